/*
 * erase_page.c: /ho-so/<code>/xoa-du-lieu: the personal data of a closed dossier are erased on both sides
 * (store/erase.h), by the manager and a second person, on a ground out of a list: free words would stay for
 * ever, in the one event that nothing erases. Luật 91/2025/QH15; a request is answered within 20 days
 * (NĐ 356/2025 Đ5.4).
 */
#include "intake/correct.h"

#include <string.h>

#include "store/erase.h"
#include "store/journal.h"
#include "store/original.h"
#include "web/show.h"
#include "web/text_vi.h"

#define COUNT(fields) (sizeof(fields) / sizeof((fields)[0]))

static const struct field fields[] = {
	{ "ground", FIELD_CHOICE, true, 0, 0, "request|expired|mistake|order", "erase.ground" },
	{ "number", FIELD_LINE, false, 0, 60, NULL, "erase.number" },
};

static enum rc facts(struct correct *c)
{
	correct_fact(c, "erase.goes", text_get("erase.goes_what"));
	correct_fact(c, "erase.stays", text_get("erase.stays_what"));
	correct_fact(c, "erase.copies", text_fill(c->request->pool, "erase.copies_what",
			pool_printf(c->request->pool, "%d", (int)c->web->settings->copy_keep), NULL));
	return RC_OK;
}

static enum rc append(struct correct *c, const uint8_t *seen, const char **reason)
{
	struct erase erase = { .actor = c->request->session->account.id, .approver = c->second.id,
		.ground = form_text(c->request->form, "ground"),
		.number = form_text(c->request->form, "number") };
	uint8_t last[EVENT_ID_SIZE];
	size_t events = 0;
	enum rc rc = journal_last(c->web->store, c->row.board, c->row.id, last);

	if (rc == RC_OK && memcmp(last, seen, sizeof(last)) != 0) {
		*reason = "act.seen";
		return RC_CONFLICT;
	}
	if (rc == RC_OK)
		rc = erase_dossier(c->web->store, &c->row, &erase, &events, reason);
	if (rc == RC_OK && events == 0) {
		*reason = "erase.nothing";
		rc = RC_CONFLICT;
	}
	return rc;
}

/* What stands against it by the dossier alone; NULL: nothing. */
static enum rc against(struct web *web, struct request *request, const struct dossier_row *row,
		const char **reason)
{
	struct original_row *originals = NULL;
	size_t count = 0;
	bool booked = false;
	enum rc rc = original_of(web->store, request->pool, row, &originals, &count);

	*reason = NULL;
	if (rc == RC_OK)
		rc = erase_is_booked(web->store, row, &booked);
	if (!state_is_closed(row->facts.state))
		*reason = "erase.open";
	else if (booked)
		*reason = "erase.booked";
	else if (count > 0)
		*reason = "erase.originals";
	return rc;
}

enum rc page_erase(struct web *web, struct request *request, struct response *response)
{
	static const struct correction spec = { .key = "erase", .kind = "body.erased", .fields = fields,
		.count = COUNT(fields), .second = ROLE_MANAGER | ROLE_APPROVER | ROLE_SIGNER,
		.second_always = true, .facts = facts, .append = append };
	struct dossier_row row;
	const char *reason = NULL;
	enum rc rc = act_dossier(web, request, &row);

	if (rc == RC_OK)
		rc = against(web, request, &row, &reason);
	if (rc != RC_OK)
		return rc;
	if (reason != NULL)
		return act_conflict(web, request, response, &row, reason);
	return correct_run(web, request, response, &spec);
}

enum rc erase_show(struct web *web, struct view *view, const struct dossier_row *row)
{
	struct pool *pool = view_pool(view);
	const char *ground;
	struct erased erased;
	enum rc rc = erase_of(web->store, pool, row, &erased);

	if (rc != RC_OK)
		return rc == RC_NOT_FOUND ? RC_OK : rc;
	ground = pool_printf(pool, "erase.ground.%s", erased.erase.ground);
	view_set(view, "erased_at", show_time_screen(pool, erased.at));
	view_set(view, "erased_by", dossier_show_actor(web, pool, erased.erase.actor, AUTHOR_BOARD));
	view_set(view, "erased_second", erased.erase.approver[0] == '\0' ? "" :
			dossier_show_actor(web, pool, erased.erase.approver, AUTHOR_BOARD));
	view_set(view, "erased_why", text_known(ground) ? text_get(ground) : erased.erase.ground);
	view_set(view, "erased_number", erased.erase.number);
	return RC_OK;
}
