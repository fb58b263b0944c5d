/*
 * rating_page.c: the tablet turned to the citizen after a return, and /quan-ly/danh-gia, a month's
 * ratings for the manager. Nothing about a person.
 */
#include <string.h>

#include "intake/intake.h"
#include "intake/month.h"
#include "store/rating.h"
#include "web/text_vi.h"

enum rc page_rate(struct web *web, struct request *request, struct response *response)
{
	struct slip_secret secret;
	struct dossier_row row;
	enum rc rc = act_dossier(web, request, &row);

	if (rc != RC_OK)
		return rc;
	if (web->settings->lookup_url[0] == '\0' || row.slip_no < 1 || row.facts.state != STATE_RETURNED)
		return RC_NOT_FOUND;
	rc = slip_make(web->store, row.id, row.slip_no, &secret);
	if (rc != RC_OK)
		return rc;
	/* Another origin of this board, so not response_see_other. */
	response->status = 303;
	response_header(response, "Location", pool_printf(request->pool, "%s/danh-gia/%s.%s?quay=1",
			web->settings->lookup_url, row.code, secret.qr));
	return RC_OK;
}

static void show_level(struct view *view, const char *name, int64_t count, int64_t all)
{
	struct view *item = view_item(view, "levels");

	view_set(item, "words", text_get(pool_printf(view_pool(view), "rating.level.%s", name)));
	view_setf(item, "count", "%lld", (long long)count);
	view_setf(item, "share", "%lld", (long long)(all > 0 ? (count * 100 + all / 2) / all : 0));
}

static void show_indices(const struct web *web, struct view *view,
		const struct rating_totals *totals)
{
	for (size_t i = 0; i < QUEUE_INDICES; i++) {
		struct view *item = view_item(view, "indices");
		int64_t hundredths = totals->answered[i] > 0 ? totals->sum[i] * 100 / totals->answered[i] : 0;

		const char *own = rating_index(web->settings, view_pool(view), i);

		view_set(item, "words", own != NULL ? own : text_get(pool_printf(view_pool(view),
				"rating.index.%d", (int)i + 1)));
		view_setf(item, "answered", "%lld", (long long)totals->answered[i]);
		if (totals->answered[i] > 0)
			view_setf(item, "mean", "%lld,%02lld", (long long)(hundredths / 100),
					(long long)(hundredths % 100));
	}
}

enum rc page_ratings(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	struct rating_totals totals;
	struct month month;
	int64_t said;
	enum rc rc;

	month_asked(request, &month);
	month_show(request, view, &month);
	rc = rating_totals_get(web->store, month.from_ms, month.to_ms, &totals);
	if (rc != RC_OK)
		return rc;
	said = totals.very + totals.satisfied + totals.unsatisfied;
	show_level(view, "very", totals.very, said);
	show_level(view, "satisfied", totals.satisfied, said);
	show_level(view, "unsatisfied", totals.unsatisfied, said);
	show_indices(web, view, &totals);
	view_int(view, "said", said);
	view_setf(view, "skipped", "%lld", (long long)totals.skipped);
	view_flag(view, "any", said + totals.skipped > 0);
	view_set(view, "title", text_get("rating.month_title"));
	return web_page(web, request, response, "intake/ratings", view);
}
