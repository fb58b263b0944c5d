/*
 * project_paper.c: which papers wait to be printed, by the board's events: an act that makes a paper
 * puts it there, the word that it came out of the printer (or was written by hand) takes it away.
 * A center prints nothing of this and has no rows.
 */
#include <string.h>

#include "base/text.h"
#include "base/when.h"
#include "store/paper.h"
#include "store/project_row.h"

static const char WAIT[] =
	"INSERT INTO paper_waiting (board, subject, paper, ref, at) VALUES ($1, $2, $3, $4, $5)"
	" ON CONFLICT (board, subject, paper, ref) DO UPDATE SET at = excluded.at";
static const char DONE[] =
	"DELETE FROM paper_waiting WHERE board = $1 AND subject = $2 AND paper = $3 AND ref = $4";
static const char DONE_ALL[] =
	"DELETE FROM paper_waiting WHERE board = $1 AND subject = $2 AND paper = $3";
static const char CLEAR[] = "DELETE FROM paper_waiting WHERE board = $1 AND subject = $2";
static const char RAISE[] =
	"INSERT INTO paper_number (board, series, year, last) VALUES ($1, $2, $3, $4)"
	" ON CONFLICT (board, series, year) DO UPDATE SET last = CASE"
	" WHEN excluded.last > paper_number.last THEN excluded.last ELSE paper_number.last END";

/* Acts that make a paper for the citizen. */
static const struct { const char *kind, *paper; } made[] = {
	{ "dossier.intake_refused", "refusal" }, { "dossier.refused", "refusal" },
	{ "dossier.supplement_requested", "supplement" }, { "dossier.extended", "apology" },
	{ "dossier.stopped", "stop" }, { "intake.guided", "supplement" },
};

static struct stmt *of_subject(struct store *store, const char *sql, const struct event *event,
		const char *paper)
{
	struct stmt *stmt = db_stmt(store->tram, sql);

	stmt_text(stmt, 1, event->board);
	stmt_blob(stmt, 2, event->subject, EVENT_ID_SIZE);
	stmt_text(stmt, 3, paper);
	return stmt;
}

static enum rc waits(struct store *store, const struct event *event, const char *paper,
		const char *ref)
{
	struct stmt *stmt = of_subject(store, WAIT, event, paper);

	stmt_text(stmt, 4, ref);
	stmt_int(stmt, 5, event->time.wall_ms);
	return stmt_run(stmt);
}

static enum rc done(struct store *store, const struct event *event, const char *paper,
		const char *ref)
{
	struct stmt *stmt = of_subject(store, DONE, event, paper);

	stmt_text(stmt, 4, ref);
	return stmt_run(stmt);
}

/* A new slip makes the one before needless; what is given at once has none. */
static enum rc new_slip(struct store *store, struct pool *pool, const struct event *event,
		const json_t *body)
{
	int64_t no = json_int(json_object_get(body, "slip"), "no", 0);
	enum rc rc;

	if (no <= 0 || event->author != AUTHOR_BOARD || json_flag(body, "at_once"))
		return RC_OK;
	rc = stmt_run(of_subject(store, DONE_ALL, event, "slip"));
	if (rc == RC_OK)
		rc = stmt_run(of_subject(store, DONE_ALL, event, PAPER_SLIP_RENEWAL));
	return rc == RC_OK ? waits(store, event, "slip", pool_printf(pool, "%lld", (long long)no)) : rc;
}

/* What form 01 prints of an applicant. */
static bool applicant_differs(const json_t *before, const json_t *after)
{
	static const char *const printed_members[] = { "name", "number", "address", "phone", "email",
		"tax_code", "representative" };

	for (size_t i = 0; i < sizeof(printed_members) / sizeof(printed_members[0]); i++)
		if (strcmp(json_text(before, printed_members[i]), json_text(after, printed_members[i])) != 0)
			return true;
	return false;
}

/* Does it change what stands on the slip in the citizen's hand? */
static bool outdates_slip(const struct event *event, const json_t *body)
{
	static const char *const printed_parts[] = { "submitter", "persons", "content", "delivery", "sets",
		"channel", "postmarked_at" };
	const json_t *set = json_object_get(body, "set"), *before = json_object_get(body, "before");

	if (strcmp(event->kind, "dossier.due_adjusted") == 0)
		return true;
	if (strcmp(event->kind, "dossier.amended") != 0)
		return false;
	for (size_t i = 0; i < sizeof(printed_parts) / sizeof(printed_parts[0]); i++)
		if (json_object_get(set, printed_parts[i]) != NULL)
			return true;
	return json_object_get(set, "applicant") != NULL && applicant_differs(
			json_object_get(before, "applicant"), json_object_get(set, "applicant"));
}

/*
 * The center cannot make a slip: its secret is the point's. What it changes (granted requests) waits here
 * until somebody at the point makes the new one; so does a due time that the manager set, who is at no
 * counter, or that followed a bundle's parts.
 */
static enum rc old_slip(struct store *store, const struct event *event, const json_t *body,
		int64_t slip_no)
{
	bool follows = strcmp(event->kind, "dossier.due_adjusted") == 0 && json_object_get(body, "slip") == NULL;

	if ((event->author != AUTHOR_CENTER && !follows) || slip_no <= 0 || !outdates_slip(event, body))
		return RC_OK;
	return waits(store, event, PAPER_SLIP_RENEWAL, "");
}

/* "12/HDHS" of the board's own papers: that number is gone. */
static enum rc raise(struct store *store, const struct event *event, const char *number)
{
	size_t digits = strspn(number, "0123456789");
	struct when_local at;
	struct stmt *stmt;
	char text[12] = "";
	int64_t value;

	if (event->author != AUTHOR_BOARD || digits == 0 || digits >= sizeof(text) ||
			number[digits] != '/')
		return RC_OK;
	memcpy(text, number, digits);
	if (num_parse(text, 1, 999999999, &value) != RC_OK)
		return RC_OK;
	when_to_local(event->time.wall_ms, &at);
	stmt = db_stmt(store->tram, RAISE);
	stmt_text(stmt, 1, event->board);
	stmt_text(stmt, 2, number + digits + 1);
	stmt_int(stmt, 3, at.year);
	stmt_int(stmt, 4, value);
	return stmt_run(stmt);
}

static enum rc act_papers(struct store *store, const struct event *event, const json_t *body)
{
	const char *number = json_text(body, "number");

	for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++) {
		enum rc rc;

		if (strcmp(made[i].kind, event->kind) != 0)
			continue;
		/* Guided by word of mouth or with the printed guide: nothing to sign. */
		if (strcmp(event->kind, "intake.guided") == 0 && number[0] == '\0')
			return RC_OK;
		/* The part of a bundle has it. */
		if (json_text(body, "part")[0] != '\0')
			return RC_OK;
		rc = waits(store, event, made[i].paper, "");
		return rc == RC_OK ? raise(store, event, number) : rc;
	}
	return RC_OK;
}

static enum rc money_papers(struct store *store, const struct event *event, const json_t *body)
{
	const char *number = json_text(json_object_get(body, "receipt"), "number");

	if (number[0] == '\0')
		return RC_OK;
	if (strcmp(event->kind, "fee.collected") == 0)
		return waits(store, event, "receipt", number);
	if (strcmp(event->kind, "receipt.cancelled") == 0)
		return done(store, event, "receipt", number);
	return RC_OK;
}

static enum rc printed(struct store *store, struct pool *pool, const struct event *event,
		const json_t *body)
{
	const char *paper = json_text(body, "paper");

	if (strcmp(event->kind, "slip.printed") == 0 || strcmp(event->kind, "slip.handwritten") == 0)
		return done(store, event, "slip", pool_printf(pool, "%lld",
				(long long)json_int(body, "slip_no", 0)));
	if (strcmp(event->kind, "paper.printed") == 0)
		return done(store, event, paper, strcmp(paper, "receipt") == 0 ?
				json_text(body, "number") : "");
	if (strcmp(event->kind, "intake.printed") == 0)
		return done(store, event, paper, "");
	return RC_OK;
}

/* What is over needs no slip, and what was brought no request for it. */
static enum rc needless(struct store *store, const struct event *event, enum dossier_state state)
{
	enum rc rc = RC_OK;

	if (state_is_closed(state))
		rc = stmt_run(of_subject(store, DONE_ALL, event, "slip"));
	if (rc == RC_OK && state_is_closed(state))
		rc = stmt_run(of_subject(store, DONE_ALL, event, PAPER_SLIP_RENEWAL));
	if (rc == RC_OK && (state_is_closed(state) ||
			strcmp(event->kind, "dossier.supplement_received") == 0))
		rc = stmt_run(of_subject(store, DONE_ALL, event, "supplement"));
	return rc;
}

enum rc project_paper_event(struct store *store, const struct event *event, const json_t *body,
		enum dossier_state state, int64_t slip_no)
{
	struct pool *pool;
	enum rc rc;

	if (store->settings->side == SIDE_CENTER || body == NULL)
		return RC_OK;
	pool = pool_new();
	rc = new_slip(store, pool, event, body);
	if (rc == RC_OK)
		rc = old_slip(store, event, body, slip_no);
	if (rc == RC_OK)
		rc = needless(store, event, state);
	if (rc == RC_OK)
		rc = act_papers(store, event, body);
	if (rc == RC_OK)
		rc = money_papers(store, event, body);
	if (rc == RC_OK)
		rc = printed(store, pool, event, body);
	pool_free(pool);
	return rc;
}

enum rc project_paper_clear(struct store *store, const char *board, const uint8_t *subject)
{
	struct stmt *stmt = db_stmt(store->tram, CLEAR);

	stmt_text(stmt, 1, board);
	stmt_blob(stmt, 2, subject, EVENT_ID_SIZE);
	return stmt_run(stmt);
}
