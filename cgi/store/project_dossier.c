/*
 * project_dossier.c: what each event of a dossier changes in its row. States and holder come from
 * dossier/rule.c; the columns that pages read besides come by project_set.c. An erased body leaves
 * blanks.
 */
#include <string.h>

#include "base/when.h"
#include "store/dossier.h"
#include "store/project_set.h"

typedef enum rc handler(struct work *work);

/* How it came here, and the number it had there. */
static void set_origin(struct work *work)
{
	static const struct { const char *kind, *code, *agency; enum dossier_origin origin; } firsts[] = {
		{ "dossier.late_entered", "paper_no", "", ORIGIN_LATE },
		{ "dossier.taken_over", "old_code", "old_agency", ORIGIN_TAKEN_OVER },
		{ "dossier.result_brought", "from_code", "from", ORIGIN_BROUGHT },
		{ "dossier.intake_refused", "", "", ORIGIN_REFUSED },
	};

	for (size_t i = 0; i < sizeof(firsts) / sizeof(firsts[0]); i++) {
		if (strcmp(firsts[i].kind, work->event->kind) != 0)
			continue;
		work->row->number[ROW_ORIGIN] = firsts[i].origin;
		project_set_text(work, ROW_OLD_CODE, work->body, firsts[i].code);
		project_set_text(work, ROW_OLD_AGENCY, work->body, firsts[i].agency);
	}
}

/* A dossier's first event: accepted, entered late, taken over, result brought, refused at once. */
static enum rc on_first(struct work *work)
{
	struct project_row *row = work->row;
	enum rc rc;

	project_set_text(work, ROW_CODE, work->body, "code");
	project_set_text(work, ROW_CHANNEL, work->body, "channel");
	project_set_procedure(work);
	set_origin(work);
	row->text[ROW_CONTENT] = row->text[ROW_PROCEDURE_NAME];
	if (work->body && *json_text(work->body, "content"))
		project_set_text(work, ROW_CONTENT, work->body, "content");
	project_set_applicant(work, work_part(work, "applicant"));
	project_set_submitter(work, work_part(work, "submitter"));
	project_set_register(work, work->body);
	row->text[ROW_CLERK] = work->event->actor;
	project_set_place(work, work->body);
	project_set_due(work);
	work->words = true;
	row->number[ROW_RECEIVED_AT] = work->body ? json_int(work->body, "received_at", work_wall(work))
			: work_wall(work);
	row->number[ROW_FEE_TOTAL] = project_set_fees_total(work_part(work, "fees"));
	if (row->number[ROW_STATE] == STATE_REFUSED || row->number[ROW_STATE] == STATE_RESULT)
		row->number[ROW_FINISHED_AT] = row->number[ROW_RECEIVED_AT];
	rc = project_series_accepted(work->store, work->event, row->text[ROW_CODE]);
	if (rc == RC_OK)
		rc = project_set_manifest(work);
	if (rc == RC_OK && work_part(work, "results"))
		rc = project_files_results(work->store, work->event, work_part(work, "results"));
	return rc == RC_OK ? project_set_slip(work) : rc;
}

static enum rc on_forwarded(struct work *work)
{
	work->row->text[ROW_DESK] = work->body ? json_text(work->body, "to_account") : "";
	work->row->number[ROW_FORWARDED_AT] = work_wall(work);
	return RC_OK;
}

static enum rc on_back_at_counter(struct work *work)
{
	if (work->row->number[ROW_STATE] == STATE_ACCEPTED) {
		work->row->text[ROW_DESK] = "";
		work->row->number[ROW_FORWARDED_AT] = 0;
	}
	return RC_OK;
}

/* Back to be signed: with whoever signed it. */
static enum rc on_previous(struct work *work)
{
	if (work->before == STATE_SIGNED)
		return project_mark_signer(work->store, work->pool, work->row->board, work->row->id,
				&work->row->text[ROW_ASSIGNEE]);
	if (work->before != STATE_RESULT)
		return RC_OK;
	work->row->number[ROW_FINISHED_AT] = 0;
	return project_files_results(work->store, work->event, NULL);
}

static enum rc on_taken(struct work *work)
{
	const char *account = work->body ? json_text(work->body, "account") : "";

	work->row->text[ROW_DESK] = *account ? account : work->event->actor;
	return RC_OK;
}

static enum rc on_reassigned(struct work *work)
{
	const char *account = work->body ? json_text(work->body, "to_account") : "";

	if (work->row->number[ROW_STATE] == STATE_SIGNING)
		work->row->text[ROW_ASSIGNEE] = account;
	else
		work->row->text[ROW_DESK] = account;
	return RC_OK;
}

static enum rc on_sent_to_sign(struct work *work)
{
	work->row->text[ROW_ASSIGNEE] = work->body ? json_text(work->body, "signer") : "";
	if (!*work->row->text[ROW_DESK])
		work->row->text[ROW_DESK] = work->event->actor;
	return RC_OK;
}

static enum rc on_finished(struct work *work)
{
	work->row->number[ROW_FINISHED_AT] = work->body
			? json_int(work->body, "decided_at", work_wall(work)) : work_wall(work);
	project_set_place(work, work->body);
	return project_files_results(work->store, work->event, work_part(work, "results"));
}

static enum rc on_handed_over(struct work *work)
{
	work->row->number[ROW_FORWARDED_AT] = work_wall(work);
	work->row->text[ROW_DESK] = "";
	if (work->body && *json_text(work->body, "unit"))
		project_set_text(work, ROW_UNIT, work->body, "unit");
	if (work->body && *json_text(work->body, "agency"))
		project_set_text(work, ROW_AGENCY, work->body, "agency");
	return RC_OK;
}

static enum rc on_desk_left(struct work *work)
{
	work->row->text[ROW_DESK] = "";
	return RC_OK;
}

static enum rc on_ended(struct work *work)
{
	work->row->number[ROW_FINISHED_AT] = work->body
			? json_int(work->body, "decided_at", work_wall(work)) : work_wall(work);
	return work_part(work, "results") ? project_files_results(work->store, work->event,
			work_part(work, "results")) : RC_OK;
}

static enum rc on_returned(struct work *work)
{
	work->row->number[ROW_RETURNED_AT] = work->body
			? json_int(work->body, "returned_at", work_wall(work)) : work_wall(work);
	return RC_OK;
}

static enum rc on_result_recalled(struct work *work)
{
	work->row->number[ROW_RETURNED_AT] = 0;
	return RC_OK;
}

static enum rc on_payment_requested(struct work *work)
{
	work->row->number[ROW_FEE_TOTAL] += project_set_fees_total(work_part(work, "fees"));
	return RC_OK;
}

static enum rc on_payment(struct work *work)
{
	project_set_due(work);
	return project_money_paid(work->store, work->row->board, work->row->id,
			&work->row->number[ROW_FEE_PAID]);
}

/* New due time, files or slip, whichever the body has. */
static enum rc on_renewed(struct work *work)
{
	enum rc rc;

	project_set_due(work);
	rc = project_set_manifest(work);
	return rc == RC_OK ? project_set_slip(work) : rc;
}

static enum rc on_procedure_changed(struct work *work)
{
	bool follows = strcmp(work->row->text[ROW_CONTENT], work->row->text[ROW_PROCEDURE_NAME]) == 0;

	project_set_procedure(work);
	if (follows)
		work->row->text[ROW_CONTENT] = work->row->text[ROW_PROCEDURE_NAME];
	if (work->body && *json_text(work->body, "content"))
		project_set_text(work, ROW_CONTENT, work->body, "content");
	if (work_part(work, "fees"))
		work->row->number[ROW_FEE_TOTAL] = project_set_fees_total(work_part(work, "fees"));
	return on_renewed(work);
}

static enum rc on_amended(struct work *work)
{
	const json_t *set = work_part(work, "set");

	if (set) {
		project_set_applicant(work, json_object_get(set, "applicant"));
		project_set_submitter(work, json_object_get(set, "submitter"));
		project_set_register(work, set);
		project_set_text(work, ROW_CONTENT, set, "content");
		project_set_text(work, ROW_CHANNEL, set, "channel");
		project_set_place(work, set);
	}
	return project_set_slip(work);
}

/* ---- notes: they commute ---- */

static enum rc on_code_issued(struct work *work)
{
	if (!work->body)
		return RC_OK;
	/* The first one stays. */
	if (!*work->row->text[ROW_OFFICIAL]) {
		project_set_text(work, ROW_OFFICIAL, work->body, "code");
		work->words = true;
	}
	return RC_OK;
}

static enum rc on_external(struct work *work)
{
	work->words = true;
	return project_mark_external(work->store, work->pool, work->row->board, work->row->id,
			&work->row->text[ROW_EXTERNAL]);
}

static enum rc on_complete(struct work *work)
{
	int64_t version = work->body ? json_int(work->body, "version", 0) : 0;

	if (version > work->row->number[ROW_COMPLETE_VERSION]) {
		work->row->number[ROW_COMPLETE_VERSION] = version;
		work->row->number[ROW_COMPLETE_AT] = json_int(work->body, "complete_at", work_wall(work));
	}
	return RC_OK;
}

static enum rc on_fee(struct work *work)
{
	enum rc rc = project_money_add(work->store, work->event, work->body);

	return rc == RC_OK ? project_money_paid(work->store, work->row->board, work->row->id,
			&work->row->number[ROW_FEE_PAID]) : rc;
}

static enum rc on_rating(struct work *work)
{
	return project_rating_given(work->store, work->event, work->body);
}

static enum rc on_originals(struct work *work)
{
	return project_original_note(work->store, work->event, work->body);
}

static enum rc on_place(struct work *work)
{
	project_set_place(work, work->body);
	return RC_OK;
}

/* mark: the event leaves a row in mark too (every note does). */
static const struct {
	const char *kind;
	handler *handle;
	bool mark;
} handlers[] = {
	{ "dossier.forwarded", on_forwarded, false },
	{ "dossier.recalled", on_back_at_counter, false },
	{ "dossier.sent_back", on_back_at_counter, false },
	{ "dossier.returned_to_previous", on_previous, false },
	{ "dossier.taken", on_taken, false },
	{ "dossier.reassigned", on_reassigned, false },
	{ "dossier.sent_to_sign", on_sent_to_sign, false },
	{ "dossier.signed", NULL, true },
	{ "dossier.finished", on_finished, false },
	{ "dossier.handed_over", on_handed_over, false },
	{ "dossier.handed_back", on_desk_left, false },
	{ "dossier.seized", on_desk_left, false },
	{ "dossier.supplement_received", on_renewed, false },
	{ "dossier.payment_requested", on_payment_requested, false },
	{ "dossier.payment_met", on_payment, true },
	{ "dossier.extended", on_renewed, false },
	{ "dossier.withdrawn", on_ended, false },
	{ "dossier.stopped", on_ended, false },
	{ "dossier.refused", on_ended, false },
	{ "dossier.voided", on_ended, false },
	{ "dossier.result_returned", on_returned, false },
	{ "dossier.result_recalled", on_result_recalled, false },
	{ "dossier.amended", on_amended, false },
	{ "dossier.procedure_changed", on_procedure_changed, false },
	{ "dossier.manifest_changed", on_renewed, false },
	{ "dossier.file_replaced", on_renewed, false },
	{ "dossier.due_adjusted", on_renewed, false },
	{ "dossier.linked", NULL, true },
	{ "code.issued", on_code_issued, true },
	{ "code.external", on_external, true },
	{ "manifest.complete", on_complete, true },
	{ "fee.collected", on_fee, true },
	{ "fee.cancelled", on_fee, true },
	{ "fee.refunded", on_fee, true },
	{ "slip.replaced", project_set_slip, true },
	{ "place.noted", on_place, true },
	{ "rating.given", on_rating, true },
	{ "originals.kept", on_originals, true },
	{ "originals.returned", on_originals, true },
};

static enum rc handle(struct work *work, const struct kind *kind)
{
	handler *does = kind_is_first(kind) ? on_first : NULL;
	bool mark = kind->class == KIND_NOTE;
	enum rc rc = RC_OK;
	size_t i;

	for (i = 0; i < sizeof(handlers) / sizeof(handlers[0]); i++) {
		if (strcmp(handlers[i].kind, kind->name) == 0) {
			does = handlers[i].handle;
			mark = handlers[i].mark;
		}
	}
	if (mark)
		rc = project_mark_add(work->store, work->event, work->body);
	if (rc == RC_OK && kind->class == KIND_NOTE)
		rc = project_pending_note(work->store, work->event, work->body);
	else if (rc == RC_OK)
		rc = project_pending_state(work->store, work->event, kind, work->body, work->before,
				(enum dossier_state)work->row->number[ROW_STATE]);
	if (rc == RC_OK)
		rc = project_original_list(work->store, work->event, work_part(work, "components"));
	return rc == RC_OK && does ? does(work) : rc;
}

/* Who is to act now: the signer while it waits for a signature, nobody when it is closed. */
static void set_assignee(struct project_row *row)
{
	enum dossier_state state = (enum dossier_state)row->number[ROW_STATE];

	if (state_is_closed(state))
		row->text[ROW_ASSIGNEE] = "";
	else if (state != STATE_SIGNING)
		row->text[ROW_ASSIGNEE] = row->text[ROW_DESK];
}

static enum rc save(struct work *work)
{
	struct project_row *row = work->row;

	if (work->words) {
		const char *texts[] = { row->text[ROW_APPLICANT], row->text[ROW_SUBMITTER],
				row->text[ROW_CODE], row->text[ROW_OFFICIAL], row->text[ROW_EXTERNAL],
				row->text[ROW_OLD_CODE], row->text[ROW_OLD_AGENCY] };
		const char *numbers[] = { row->text[ROW_APPLICANT_NUMBER], row->text[ROW_PHONE] };

		row->text[ROW_FOLDED] = project_search_fold(work->pool, texts,
				sizeof(texts) / sizeof(texts[0]), numbers, 2);
	}
	return project_row_save(work->store, row);
}

uint64_t project_dossier_seized(const struct event *event)
{
	json_t *body = NULL;
	int64_t seq = 0;

	const char *text = event->body ? event->body : event->kept;

	if (strcmp(event->kind, "dossier.seized") != 0 || !text
			|| json_parse(text, event->body ? event->body_len : strlen(text), &body) != RC_OK)
		return 0;
	seq = json_int(body, "seq", 0);
	json_decref(body);
	return seq > 0 ? (uint64_t)seq : 0;
}

enum rc project_dossier_event(struct store *store, const struct event *event,
		const struct kind *kind, const json_t *body, const char **parked)
{
	struct pool *pool = pool_new();
	struct project_row row;
	struct dossier_facts facts;
	struct work work = { store, pool, event, body, &row, STATE_NONE, false };
	uint64_t seized;
	enum rc rc;

	rc = project_row_load(store, pool, event->board, event->subject, &row);
	if (rc != RC_OK)
		goto out;
	seized = project_dossier_seized(event);
	if (seized > 0 && !store->redoing && row.number[ROW_BOARD_SEQ] > (int64_t)seized) {
		rc = projection_redo(store, event->board, event->subject, event);
		goto out;
	}
	/* A number is gone also when its event parks, whenever that is found, and a second one, of a branch. */
	if (body && strcmp(kind->name, "code.issued") == 0)
		rc = project_series_official(store, body, json_text(body, "code"));
	if (rc != RC_OK)
		goto out;
	project_row_facts(&row, &facts);
	if (rule_check(&facts, kind, event->author, body, parked) != RC_OK)
		goto out;
	*parked = NULL;
	work.before = facts.state;
	rule_apply(&facts, kind);
	project_row_set_facts(&row, &facts);
	rc = handle(&work, kind);
	if (rc != RC_OK)
		goto out;
	set_assignee(&row);
	if (event->time.wall_ms > row.number[ROW_UPDATED_MS])
		row.number[ROW_UPDATED_MS] = event->time.wall_ms;
	if (event->author == AUTHOR_BOARD)
		row.number[ROW_BOARD_SEQ] = (int64_t)event->position;
	rc = save(&work);
	if (rc == RC_OK)
		rc = project_paper_event(store, event, body, facts.state,
				row.number[ROW_SLIP_NO]);
out:
	pool_free(pool);
	return rc;
}

enum rc project_dossier_facts(struct store *store, const char *board, const uint8_t *id,
		struct dossier_facts *out)
{
	static const char FACTS[] =
		"SELECT state, holder, resume_state, extensions, returns, has_result, taken_by_next"
		" FROM dossier WHERE board = $1 AND id = $2";
	struct stmt *stmt = db_stmt(store->tram, FACTS);
	bool row;
	enum rc rc;

	memset(out, 0, sizeof(*out));
	stmt_text(stmt, 1, board);
	stmt_blob(stmt, 2, id, EVENT_ID_SIZE);
	rc = stmt_step(stmt, &row);
	if (rc != RC_OK || !row)
		return rc;
	out->state = (enum dossier_state)stmt_col_int(stmt, 0);
	out->holder = stmt_col_int(stmt, 1) ? HOLDER_CENTER : HOLDER_BOARD;
	out->resume_state = (enum dossier_state)stmt_col_int(stmt, 2);
	out->extensions = (int)stmt_col_int(stmt, 3);
	out->returns = (int)stmt_col_int(stmt, 4);
	out->has_result = stmt_col_int(stmt, 5) != 0;
	out->taken_by_next = stmt_col_int(stmt, 6) != 0;
	stmt_reset(stmt);
	return RC_OK;
}

enum rc project_dossier_clear(struct store *store, const char *board, const uint8_t *id)
{
	static const char DELETE[] = "DELETE FROM dossier WHERE board = $1 AND id = $2";
	struct stmt *stmt = db_stmt(store->tram, DELETE);
	enum rc rc;

	stmt_text(stmt, 1, board);
	stmt_blob(stmt, 2, id, EVENT_ID_SIZE);
	rc = stmt_run(stmt);
	if (rc == RC_OK)
		rc = project_pending_clear(store, board, id);
	return rc == RC_OK ? project_files_clear(store, board, id) : rc;
}
