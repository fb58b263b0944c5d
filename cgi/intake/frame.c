/*
 * frame.c: what every page of the counter shows: place, counter, person, menu by role, and how the
 * transfer to the province stands. Knows no single dossier.
 */
#include <string.h>

#include "base/log.h"
#include "base/when.h"
#include "intake/intake.h"
#include "store/account.h"
#include "store/rating.h"
#include "web/show.h"
#include "web/text_vi.h"

struct intake *intake_of(const struct web *web)
{
	return web->app;
}

static bool open_session(const struct request *request)
{
	return request->session != NULL && !request->session->locked;
}

bool frame_can(const struct request *request, unsigned roles)
{
	return open_session(request) && (request->session->account.roles & roles) != 0;
}

const char *frame_home(const struct request *request)
{
	static const struct { unsigned roles; const char *url; } homes[] = {
		{ ROLES_PREPARE, "/quay" },
		{ ROLE_MANAGER, "/quan-ly" },
		{ ROLE_SIGNER | ROLE_APPROVER, "/duyet" },
		{ ROLE_SPECIALIST, "/xu-ly" },
		{ ROLE_CASHIER, "/thu-tien" },
		{ ROLE_CLERK_SEAL, "/chung-thuc/khay" },
	};

	for (size_t i = 0; i < sizeof(homes) / sizeof(homes[0]); i++)
		if (frame_can(request, homes[i].roles))
			return homes[i].url;
	/* Who only returns: the post office's own people begin with what leaves by post. */
	if (!frame_can(request, ROLE_RETURNER))
		return "/quay";
	return strcmp(request->session->account.employer, "post") == 0 ? "/buu-chinh/giao" :
			"/tra-ket-qua";
}

/* The header's clock: today as 09:14, another day as 09:14, 25/11/2026. */
static const char *moment(struct pool *pool, int64_t at_ms, int64_t now_ms)
{
	const char *day = show_date(pool, at_ms);

	if (strcmp(day, show_date(pool, now_ms)) == 0)
		return show_clock(pool, at_ms);
	return pool_printf(pool, "%s, %s", show_clock(pool, at_ms), day);
}

static void fill_transfer(struct web *web, struct request *request, struct view *view)
{
	struct dossier_backlog backlog = { 0 };

	if (dossier_backlog_get(web->store, &backlog) != RC_OK)
		return;
	view_flag(view, "transfer_known", true);
	view_flag(view, "transfer_ok", backlog.dossiers_waiting == 0);
	view_int(view, "transfer_count", backlog.dossiers_waiting);
	if (backlog.dossiers_waiting > 0)
		view_set(view, "transfer_since", moment(request->pool, backlog.oldest_at, request->now_ms));
	if (backlog.last_receipt_at > 0)
		view_set(view, "transfer_at",
				moment(request->pool, backlog.last_receipt_at, request->now_ms));
}

/* While somebody works here the forwarder looks at the province's feed often: told once a minute.
 * What the administration changed goes into the journal with the next page that is opened. */
static void stir(struct web *web, int64_t now_ms)
{
	static int64_t told_at;

	if (account_outbox_flush(web->store) != RC_OK)
		log_warn("outbox: waits in auth.db");
	if (now_ms - told_at < WHEN_MINUTE_MS && now_ms >= told_at)
		return;
	told_at = now_ms;
	store_wake(web->store);
	/* What citizens said meanwhile; it waits in public.db when it cannot be written now. */
	if (rating_collect(web->store) != RC_OK)
		log_warn("rating: waits in public.db");
}

/* How many people wait: an index of the day's tickets alone. */
static void fill_queue(struct web *web, struct request *request, struct view *view)
{
	int64_t waiting = 0;

	if (frame_can(request, ROLES_COUNTER) && queue_waiting(web->store, false,
			queue_day(request->now_ms), &waiting) == RC_OK)
		view_int(view, "queue_waiting", waiting);
}

void frame_fill(struct web *web, struct request *request, struct view *view)
{
	const struct settings *settings = web->settings;
	const char *today = show_time_screen(request->pool, request->now_ms);
	const char *day = strstr(today, ", ");

	view_set(view, "station_name", settings->station_name);
	view_set(view, "place_name", settings->place_name);
	view_set(view, "today", day != NULL ? day + 2 : today);
	view_flag(view, "rehearsal", settings->mode == MODE_REHEARSAL);
	if (!open_session(request))
		return;
	stir(web, request->now_ms);
	view_set(view, "user_name", request->session->account.name);
	view_set(view, "counter", request->session->counter);
	view_set(view, "frame_point", settings->point_name);
	view_flag(view, "can_find", frame_can(request, ROLES_STAFF));
	view_flag(view, "can_intake", frame_can(request, ROLES_COUNTER));
	view_flag(view, "can_cert", frame_can(request, ROLES_CERT));
	view_flag(view, "can_work", frame_can(request, ROLE_SPECIALIST | ROLE_MANAGER));
	view_flag(view, "can_sign", frame_can(request, ROLE_SIGNER | ROLE_APPROVER | ROLE_MANAGER));
	view_flag(view, "can_till", frame_can(request, ROLE_CASHIER));
	view_flag(view, "can_return", frame_can(request, ROLES_COUNTER));
	view_flag(view, "can_manage", frame_can(request, ROLE_MANAGER));
	view_flag(view, "can_menu", true);
	view_flag(view, "has_menu", true);
	fill_transfer(web, request, view);
	fill_queue(web, request, view);
}
