/*
 * slip_renew.c: a new slip after what stands on the old one was changed by somebody who had no paper to give
 * (/giay-hen-moi): the province granted a change and cannot make one, for a slip's secret is the point's; the
 * manager set another due time; a bundle's due time followed its parts. The old slip answers that
 * it was replaced from the moment the new one is made, not before: until then the citizen holds no other.
 */
#include "intake/correct.h"

#include <string.h>

#include "store/journal.h"
#include "store/paper.h"
#include "web/show.h"
#include "web/text_vi.h"

/* The last such event that brought no slip, for the line that says what changed. */
static enum rc last_change(struct correct *c, json_t **out)
{
	struct journal_row *rows = NULL;
	size_t count = 0;
	enum rc rc = journal_subject(c->web->store, c->request->pool, c->row.board, c->row.id, &rows,
			&count);

	*out = NULL;
	for (size_t i = count; rc == RC_OK && i > 0 && *out == NULL; i--) {
		const struct event *event = &rows[i - 1].event;

		if (event->body == NULL || (strcmp(event->kind, "dossier.amended") != 0 &&
				strcmp(event->kind, "dossier.due_adjusted") != 0))
			continue;
		rc = json_parse(event->body, event->body_len, out);
		if (rc == RC_OK && json_object_get(*out, "slip") != NULL) {
			json_decref(*out);
			*out = NULL;
		}
	}
	return rc;
}

static enum rc facts(struct correct *c)
{
	struct pool *pool = c->request->pool;
	json_t *change;
	enum rc rc = last_change(c, &change);

	if (rc == RC_OK && change != NULL)
		correct_fact(c, "correct.renew_slip.change", json_object_get(change, "set") != NULL ?
				correct_amend_words(pool, change) :
				pool_strdup(pool, json_text(change, "reason")));
	if (c->row.has_due)
		correct_fact(c, "dossier.due", show_time_screen(pool, c->row.due_at));
	correct_fact(c, "dossier.phone", c->row.phone);
	json_decref(change);
	return rc;
}

/* Another may have made it while this page was open. */
static enum rc append(struct correct *c, const uint8_t *seen, const char **reason)
{
	struct act act = { .subject_kind = SUBJECT_DOSSIER, .subject = c->row.id,
		.kind = "slip.replaced", .actor = c->request->session->account.id, .seen = seen };
	struct event event;
	json_t *body = json_new_object();
	bool waits = false;
	enum rc rc = paper_is_waiting(c->web->store, c->row.id, PAPER_SLIP_RENEWAL, &waits);

	if (rc == RC_OK && !waits) {
		*reason = "correct.renew_slip.made";
		rc = RC_CONFLICT;
	}
	if (rc == RC_OK)
		rc = correct_new_slip(c, body);
	json_put_int(body, "old_no", c->row.slip_no);
	json_put(body, "reason", text_get("correct.renew_slip.reason"));
	act.body = body;
	if (rc == RC_OK)
		rc = act_append(c->web->store, &act, &event, reason);
	json_decref(body);
	return rc;
}

enum rc page_renew_slip(struct web *web, struct request *request, struct response *response)
{
	static const struct correction renew = { .key = "renew_slip", .kind = "slip.replaced",
		.facts = facts, .append = append, .leads_to = "/giay-hen?ve=khay" };
	struct dossier_row row;
	bool waits = false;
	enum rc rc = act_dossier(web, request, &row);

	if (rc == RC_OK)
		rc = paper_is_waiting(web->store, row.id, PAPER_SLIP_RENEWAL, &waits);
	if (rc != RC_OK)
		return rc;
	if (!waits && request->method != METHOD_POST)
		return act_conflict(web, request, response, &row, "correct.renew_slip.made");
	return correct_run(web, request, response, &renew);
}
