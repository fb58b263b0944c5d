/*
 * projection.c: one event into the projected tables; see projection.h.
 */
#include <string.h>

#include "base/encode.h"
#include "base/log.h"
#include "store/erase.h"
#include "store/fork.h"
#include "store/journal.h"
#include "store/linkstate.h"
#include "store/projection.h"
#include "store/search_index.h"

static const char PARK[] =
	"INSERT INTO parked (board, author, seq, reason) VALUES ($1, $2, $3, $4)"
	" ON CONFLICT (board, author, seq) DO UPDATE SET reason = excluded.reason";
static const char UNPARK[] =
	"DELETE FROM parked WHERE board = $1 AND author = $2 AND seq = $3";
static const char MARKS_DELETE[] =
	"DELETE FROM mark WHERE board = $1 AND subject = $2";
/* The event at a position, if it had come when the event at author $4, seq $5 came. */
static const char EVENT_AT[] =
	"SELECT header, hash FROM journal WHERE board = $1 AND author = $2 AND seq = $3 AND arrival <"
	" (SELECT e.arrival FROM journal e WHERE e.board = $1 AND e.author = $4 AND e.seq = $5)";

/* The same among the recorded branches of that author's log, by its hash. */
static const char BRANCH_AT[] =
	"SELECT header, hash, author FROM journal WHERE board = $1 AND author > 1 AND author % 2 = $2"
	" AND seq = $3 AND hash = $6 AND arrival < (SELECT e.arrival FROM journal e WHERE e.board = $1"
	" AND e.author = $4 AND e.seq = $5)";

const struct projection_table projection_tables[] = {
	{ "dossier", "tbttttttttttttttttttttttttttiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii", true,
		"SELECT board, id, code, official, external, procedure, procedure_name, "
		"case_id, catalogue, unit, agency, applicant, applicant_number, phone, "
		"submitter, content, channel, desk, assignee, place, folded, old_code, "
		"old_agency, target_system, clerk, address, locality, delivery, level, state, "
		"holder, resume_state, extensions, returns, has_result, taken_by_next, "
		"received_at, has_due, due_at, due_certain, finished_at, returned_at, "
		"place_ms, place_author, place_seq, fee_total, fee_paid, manifest_version, "
		"manifest_at, files_total, complete_version, complete_at, slip_no, updated_ms, "
		"board_seq, origin, sets, forwarded_at, scans_missing FROM dossier WHERE ($1 = '' OR board = "
		"$1) ORDER BY board, id",
		"DELETE FROM dossier WHERE ($1 = '' OR board = $1)" },
	{ "dossier_file", "tbitiititti", true,
		"SELECT board, dossier, result, component, position, part, sha256, size, type, "
		"name, author FROM dossier_file WHERE ($1 = '' OR board = $1) ORDER BY board, "
		"dossier, result, component, position",
		"DELETE FROM dossier_file WHERE ($1 = '' OR board = $1)" },
	{ "file_before", "ttb", true,
		"SELECT board, sha256, dossier FROM file_before WHERE ($1 = '' OR board = $1) "
		"ORDER BY board, sha256, dossier",
		"DELETE FROM file_before WHERE ($1 = '' OR board = $1)" },
	{ "dossier_result", "tbitttttt", true,
		"SELECT board, dossier, no, kind, number, summary, issuer, signer, signed_on FROM "
		"dossier_result WHERE ($1 = '' OR board = $1) ORDER BY board, dossier, no",
		"DELETE FROM dossier_result WHERE ($1 = '' OR board = $1)" },
	{ "dossier_slip", "tbitt", true,
		"SELECT board, dossier, no, hash, typed_hash FROM dossier_slip WHERE ($1 = '' OR "
		"board = $1) ORDER BY board, dossier, no",
		"DELETE FROM dossier_slip WHERE ($1 = '' OR board = $1)" },
	{ "mark", "tbbtiiiiitt", true,
		"SELECT board, subject, id, kind, wall_ms, author, seq, amount, flag, ref, word "
		"FROM mark WHERE ($1 = '' OR board = $1) ORDER BY board, subject, id",
		"DELETE FROM mark WHERE ($1 = '' OR board = $1)" },
	{ "pending", "tbbttttiiiiii", true,
		"SELECT board, id, subject, kind, word, account, actor, author, seq, at, done, "
		"done_at, done_author FROM pending WHERE ($1 = '' OR board = $1) ORDER BY board, id",
		"DELETE FROM pending WHERE ($1 = '' OR board = $1)" },
	{ "handover", "ttbbttttttiiitiiit", true,
		"SELECT board, list, id, subject, what, giver, taker, carrier, tracking, actor, "
		"author, at, got, got_by, got_at, got_author, got_seq, missing FROM handover WHERE "
		"($1 = '' OR board = $1) ORDER BY board, list, id",
		"DELETE FROM handover WHERE ($1 = '' OR board = $1)" },
	{ "ticket", "tittttiiiiii", true,
		"SELECT board, day, number, queue, priority, counter, state, issued_at, called_at, "
		"done_at, calls, seq FROM ticket WHERE ($1 = '' OR board = $1) "
		"ORDER BY board, day, number",
		"DELETE FROM ticket WHERE ($1 = '' OR board = $1)" },
	{ "counter", "ttbiiii", true,
		"SELECT board, name, shift, paused, until_at, at, seq FROM counter WHERE ($1 = '' OR "
		"board = $1) ORDER BY board, name, shift",
		"DELETE FROM counter WHERE ($1 = '' OR board = $1)" },
	{ "rating", "tbttiii", true,
		"SELECT board, dossier, level, answers, at, author, seq FROM rating WHERE ($1 = '' OR "
		"board = $1) ORDER BY board, dossier",
		"DELETE FROM rating WHERE ($1 = '' OR board = $1)" },
	{ "day_close", "tiiiitti", true,
		"SELECT board, number, day, seq, head_seq, head_hash, actor, at FROM day_close WHERE "
		"($1 = '' OR board = $1) ORDER BY board, number",
		"DELETE FROM day_close WHERE ($1 = '' OR board = $1)" },
	{ "series", "tti", true,
		"SELECT board, day, last FROM series WHERE ($1 = '' OR board = $1) ORDER BY "
		"board, day",
		"DELETE FROM series WHERE ($1 = '' OR board = $1)" },
	{ "book", "tbttttiiiiittiiiittt", true,
		"SELECT board, id, kind, medium, symbol, book_no, year, first, last, range_end, "
		"spoiled, serial, form, opened_at, closed, closed_at, total, signer_name, "
		"signer_title, collector FROM book WHERE ($1 = '' OR board = $1) ORDER BY board, id",
		"DELETE FROM book WHERE ($1 = '' OR board = $1)" },
	{ "book_entry", "tbitbtttiiittiit", true,
		"SELECT board, book, number, book_no, dossier, requester, requester_number, name, "
		"pages, copies, amount, signer_name, signer_title, signed_at, spoiled, reason FROM "
		"book_entry WHERE ($1 = '' OR board = $1) ORDER BY board, book, number",
		"DELETE FROM book_entry WHERE ($1 = '' OR board = $1)" },
	{ "book_block", "tbiiiti", true,
		"SELECT board, book, first, last, given, point, at FROM book_block WHERE ($1 = '' OR "
		"board = $1) ORDER BY board, book, first",
		"DELETE FROM book_block WHERE ($1 = '' OR board = $1)" },
	{ "money", "tbbititiititttttt", true,
		"SELECT board, id, dossier, kind, collected, at, actor, author, seq, method, amount, "
		"payer, collector, book, serial, number, reason FROM money WHERE ($1 = '' OR "
		"board = $1) ORDER BY board, id",
		"DELETE FROM money WHERE ($1 = '' OR board = $1)" },
	{ "shift", "tbttiiiiiiiiiiiiitt", true,
		"SELECT board, id, account, counter, opened_at, opened_seq, cash_before, closed, "
		"closed_at, closed_seq, cash, expected, transfer, receipts, dossiers, drafts, "
		"originals, successor, note FROM shift WHERE ($1 = '' OR board = $1) ORDER BY "
		"board, id",
		"DELETE FROM shift WHERE ($1 = '' OR board = $1)" },
	{ "original_move", "tbbiitii", true,
		"SELECT board, dossier, event, no, source, name, count, at FROM original_move WHERE "
		"($1 = '' OR board = $1) ORDER BY board, dossier, event, no",
		"DELETE FROM original_move WHERE ($1 = '' OR board = $1)" },
	{ "original_kept", "tbtii", true,
		"SELECT board, dossier, name, count, since FROM original_kept WHERE ($1 = '' OR "
		"board = $1) ORDER BY board, dossier, name",
		"DELETE FROM original_kept WHERE ($1 = '' OR board = $1)" },
	{ "center_copy", "titiiii", true,
		"SELECT board, epoch, copy, seq, contents, taken_at, verified_at FROM center_copy WHERE "
		"($1 = '' OR board = $1) ORDER BY board, epoch, copy",
		"DELETE FROM center_copy WHERE ($1 = '' OR board = $1)" },
	{ "official_series", "tti", false,
		"SELECT agency, day, last FROM official_series WHERE ($1 = '' OR agency = $1) "
		"ORDER BY agency, day",
		"DELETE FROM official_series WHERE $1 = ''" },
	{ "paper_waiting", "tbtti", false,
		"SELECT board, subject, paper, ref, at FROM paper_waiting WHERE ($1 = '' OR board = $1) "
		"ORDER BY board, subject, paper, ref",
		"DELETE FROM paper_waiting WHERE ($1 = '' OR board = $1)" },
	{ "dossier_ordered", "tb", false,
		"SELECT board, id FROM dossier_ordered WHERE ($1 = '' OR board = $1) ORDER BY board, id",
		"DELETE FROM dossier_ordered WHERE ($1 = '' OR board = $1)" },
	{ "parked", "tiit", false,
		"SELECT board, author, seq, reason FROM parked WHERE ($1 = '' OR board = $1) "
		"ORDER BY board, author, seq",
		"DELETE FROM parked WHERE ($1 = '' OR board = $1)" },
};
const size_t projection_table_count = sizeof(projection_tables) / sizeof(projection_tables[0]);

static struct stmt *at_position(struct store *store, const char *sql, const char *board,
		unsigned log, uint64_t seq)
{
	struct stmt *stmt = db_stmt(store->tram, sql);

	stmt_text(stmt, 1, board);
	stmt_int(stmt, 2, (int64_t)log);
	stmt_int(stmt, 3, (int64_t)seq);
	return stmt;
}

static enum rc park(struct store *store, const struct event *event, const char *reason)
{
	struct stmt *stmt = at_position(store, PARK, event->board, event->log, event->seq);

	log_warn("journal board=%s author=%s seq=%llu kind=%s: parked, %s", event->board,
			event_author_name(event->author), (unsigned long long)event->seq, event->kind,
			reason);
	stmt_text(stmt, 4, reason);
	return stmt_run(stmt);
}

static enum rc erased_row(struct stmt *stmt, const struct event *erase, bool branch, struct event *out)
{
	const void *bytes;
	size_t len;
	bool row;
	enum rc rc;

	stmt_int(stmt, 4, (int64_t)erase->log);
	stmt_int(stmt, 5, (int64_t)erase->seq);
	rc = stmt_step(stmt, &row);
	if (rc != RC_OK)
		return rc;
	if (!row)
		return RC_NOT_FOUND;
	bytes = stmt_col_blob(stmt, 0, &len);
	rc = event_decode(bytes, len, out) == RC_OK ? RC_OK : RC_DB;
	bytes = stmt_col_blob(stmt, 1, &len);
	if (len == EVENT_HASH_SIZE)
		memcpy(out->hash, bytes, len);
	if (branch)
		out->log = (unsigned)stmt_col_int(stmt, 2);
	stmt_reset(stmt);
	return rc;
}

/* The event that an erase names; RC_NOT_FOUND when it has not come yet. Where a log came apart two stand
 * at one position: the hash says which. */
static enum rc erased_event(struct store *store, const struct event *erase, const json_t *body,
		const uint8_t hash[EVENT_HASH_SIZE], struct event *out)
{
	enum event_author author = strcmp(json_text(body, "author"), "center") == 0 ? AUTHOR_CENTER
			: AUTHOR_BOARD;
	uint64_t seq = (uint64_t)json_int(body, "seq", 0);
	struct stmt *stmt = at_position(store, EVENT_AT, erase->board, author, seq);
	struct event main_log;
	enum rc rc = erased_row(stmt, erase, false, &main_log);

	if (rc == RC_OK)
		*out = main_log;
	if ((rc != RC_OK && rc != RC_NOT_FOUND) ||
			(rc == RC_OK && memcmp(main_log.hash, hash, EVENT_HASH_SIZE) == 0))
		return rc;
	stmt = at_position(store, BRANCH_AT, erase->board, author, seq);
	stmt_blob(stmt, 6, hash, EVENT_HASH_SIZE);
	if (erased_row(stmt, erase, true, out) == RC_OK)
		return RC_OK;
	return rc;
}

/* body.erased: body and salt go, and what was projected from them. An erase outranks everything
 * but another erase: without its body nobody would know what to erase. */
static enum rc erase(struct store *store, const struct event *event, const json_t *body,
		const char **parked)
{
	struct event target = { 0 };
	struct erase_name *named = NULL;
	uint8_t hash[EVENT_HASH_SIZE];
	const json_t *kept;
	struct pool *pool;
	enum rc rc;

	if (!body)
		return RC_OK;
	if (hex_decode(json_text(body, "hash"), hash, sizeof(hash)) != RC_OK) {
		*parked = "erase.other";
		return RC_OK;
	}
	/* Also where it waits to be joined to a log. */
	rc = fork_forget_body(store, event->board, strcmp(json_text(body, "author"), "center") == 0 ?
			AUTHOR_CENTER : AUTHOR_BOARD, (uint64_t)json_int(body, "seq", 0), hash);
	if (rc == RC_OK)
		rc = erased_event(store, event, body, hash, &target);
	if (rc == RC_NOT_FOUND) {
		*parked = "erase.absent";
		return RC_OK;
	}
	if (rc != RC_OK)
		return rc;
	if (memcmp(hash, target.hash, sizeof(hash)) != 0 || strcmp(target.kind, "body.erased") == 0) {
		*parked = "erase.other";
		return RC_OK;
	}
	/* Replayed: it was done when it came. */
	if (store->redoing || store->rebuilding)
		return RC_OK;
	pool = pool_new();
	kept = json_object_get(body, "kept");
	rc = erase_named(store, pool, &target, &named);
	if (rc == RC_OK)
		rc = journal_erase(store, &target, event, kept ? json_to_text(pool, kept) : NULL);
	if (rc == RC_OK)
		rc = projection_redo(store, target.board, target.subject, NULL);
	/* Not a name may stay among the words it was found by, no scan that nothing else names. */
	if (rc == RC_OK)
		rc = search_renew(store, target.board, target.subject);
	if (rc == RC_OK)
		rc = erase_contents(store, target.board, named);
	pool_free(pool);
	return rc;
}

static enum rc project_other(struct store *store, const struct event *event,
		const struct kind *kind, const json_t *body, const char **parked)
{
	enum rc rc;

	if (rule_check(NULL, kind, event->author, body, parked) != RC_OK)
		return RC_OK;
	*parked = NULL;
	/* The sheet of that day is the log's that goes on. */
	if (event->log > AUTHOR_CENTER && strcmp(kind->name, "day.closed") == 0) {
		*parked = "fork.day";
		return RC_OK;
	}
	if (event->subject_kind == SUBJECT_BOOK) {
		rc = project_book_event(store, event, body, parked);
		if (rc != RC_OK || *parked)
			return rc;
	}
	rc = project_mark_add(store, event, body);
	if (rc == RC_OK && event->subject_kind == SUBJECT_SHIFT)
		rc = project_money_shift(store, event, body);
	if (rc == RC_OK)
		rc = project_queue_event(store, event, body);
	if (rc == RC_OK)
		rc = project_copy_event(store, event, body);
	if (rc == RC_OK)
		rc = project_paper_event(store, event, body, STATE_NONE, 0);
	if (rc == RC_OK && strcmp(kind->name, "body.erased") == 0)
		rc = erase(store, event, body, parked);
	if (rc == RC_OK && body && event->author == AUTHOR_CENTER && store->board && !store->redoing
			&& !store->rebuilding && strcmp(kind->name, "epoch.opened") == 0)
		rc = linkstate_blobs_stale(store, event->board, json_int(body, "epoch", 0));
	/* Replayed: the branch's events follow it by their own places. */
	if (rc == RC_OK && body && strcmp(kind->name, "fork.recorded") == 0 && !store->redoing
			&& !store->rebuilding && !store->recording)
		rc = fork_record(store, event, body, parked);
	return rc;
}

/* own: the body is what act_append has just checked. */
static enum rc dispatch(struct store *store, const struct event *event, const json_t *body, bool own,
		const char **parked)
{
	const struct kind *kind = kind_find(event->kind, event->kind_version);
	const char *field;

	if (!kind)
		*parked = "kind";
	else if (kind->subject != event->subject_kind)
		*parked = "subject";
	else if (event->body && (!body || (!own && kind_check_body(kind, body, &field) != RC_OK)))
		*parked = "body";
	else if (kind->subject == SUBJECT_DOSSIER)
		return project_dossier_event(store, event, kind, body, parked);
	else
		return project_other(store, event, kind, body, parked);
	return RC_OK;
}

/* A seizure counts from the position of the board's log that it names: it goes before what the board
 * wrote after that, wherever the two met. */
static void order_seizures(struct journal_row *rows, size_t count)
{
	size_t i, at;

	for (i = 0; i < count; i++) {
		struct journal_row seizure = rows[i];
		uint64_t seq = project_dossier_seized(&seizure.event);

		for (at = 0; at < i && (rows[at].event.author != AUTHOR_BOARD
				|| rows[at].event.position <= seq); at++)
			;
		if (seq == 0 || at == i)
			continue;
		memmove(&rows[at + 1], &rows[at], (i - at) * sizeof(*rows));
		rows[at] = seizure;
	}
}

/* How many rows there are up to and with the event last. */
static size_t count_to(const struct journal_row *rows, size_t count, const struct event *last)
{
	size_t i;

	for (i = 0; last && i < count; i++) {
		if (rows[i].event.log == last->log && rows[i].event.seq == last->seq)
			return i + 1;
	}
	return count;
}

/* The subject's events up to and with last (NULL: all), in the order in which they are projected anew. */
static enum rc ordered(struct store *store, struct pool *pool, const char *board, const uint8_t *subject,
		const struct event *last, struct journal_row **rows, size_t *count)
{
	enum rc rc = journal_subject(store, pool, board, subject, rows, count);
	size_t i = 0;

	if (rc != RC_OK)
		return rc;
	*count = count_to(*rows, *count, last);
	while (i < *count && (*rows)[i].event.subject_kind != SUBJECT_DOSSIER)
		i++;
	if (i < *count)
		project_order(*rows, *count);
	order_seizures(*rows, *count);
	return RC_OK;
}

/* Does it come last? Then nothing before it is projected otherwise than it was. */
static enum rc comes_last(struct store *store, const struct event *event, bool *last)
{
	struct pool *pool = pool_new();
	struct journal_row *rows = NULL;
	size_t count = 0;
	enum rc rc = ordered(store, pool, event->board, event->subject, event, &rows, &count);

	*last = rc == RC_OK && count > 0 && rows[count - 1].event.log == event->log &&
			rows[count - 1].event.seq == event->seq;
	pool_free(pool);
	return rc;
}

enum rc projection_event(struct store *store, const struct event *event, const json_t *body)
{
	const char *parked = NULL;
	json_t *read = NULL;
	bool apart, was = false, last = false;
	enum rc rc;

	if (!body && event->body && json_parse(event->body, event->body_len, &read) != RC_OK)
		read = NULL;
	if (!body && !event->body && event->kept && json_parse(event->kept, strlen(event->kept), &read) != RC_OK)
		read = NULL;
	rc = dispatch(store, event, body ? body : read, body != NULL, &parked);
	json_decref(read);
	if (rc == RC_OK && parked)
		rc = park(store, event, parked);
	if (rc != RC_OK || event->subject_kind != SUBJECT_DOSSIER)
		return rc;
	apart = parked || event->log > AUTHOR_CENTER;
	/* Where many are projected each such dossier is made once, at their end. */
	if (!store->redoing && !store->rebuilding && !store->recording)
		rc = project_order_matters(store, event, &was);
	if (rc == RC_OK && apart && !was)
		rc = project_order_set(store, event);
	if (rc != RC_OK || store->redoing || store->rebuilding || store->recording || (!was && !apart))
		return rc;
	if (was)
		rc = comes_last(store, event, &last);
	return rc == RC_OK && !last ? projection_redo(store, event->board, event->subject, event) : rc;
}

enum rc projection_redo(struct store *store, const char *board, const uint8_t *subject,
		const struct event *last)
{
	struct pool *pool = pool_new();
	struct journal_row *rows = NULL;
	struct stmt *stmt;
	size_t count = 0, i;
	enum rc rc;

	store->redoing = true;
	rc = ordered(store, pool, board, subject, last, &rows, &count);
	if (rc == RC_OK)
		rc = project_dossier_clear(store, board, subject);
	if (rc == RC_OK)
		rc = project_book_clear(store, board, subject);
	if (rc == RC_OK)
		rc = project_money_clear(store, board, subject);
	if (rc == RC_OK)
		rc = project_money_shift_clear(store, board, subject);
	if (rc == RC_OK)
		rc = project_queue_clear(store, board, subject);
	if (rc == RC_OK)
		rc = project_copy_clear(store, board, subject);
	if (rc == RC_OK)
		rc = project_paper_clear(store, board, subject);
	if (rc == RC_OK)
		rc = project_original_clear(store, board, subject);
	stmt = db_stmt(store->tram, MARKS_DELETE);
	stmt_text(stmt, 1, board);
	stmt_blob(stmt, 2, subject, EVENT_ID_SIZE);
	if (rc == RC_OK)
		rc = stmt_run(stmt);
	for (i = 0; i < count && rc == RC_OK; i++) {
		const struct event *event = &rows[i].event;

		rc = stmt_run(at_position(store, UNPARK, board, event->log, event->seq));
		if (rc == RC_OK)
			rc = projection_event(store, event, NULL);
	}
	store->redoing = false;
	pool_free(pool);
	return rc;
}

enum rc projection_clear(struct store *store, const char *board)
{
	enum rc rc = RC_OK;
	size_t i;

	for (i = 0; i < projection_table_count && rc == RC_OK; i++) {
		struct stmt *stmt = db_stmt(store->tram, projection_tables[i].clear);

		stmt_text(stmt, 1, board);
		rc = stmt_run(stmt);
	}
	return rc;
}
