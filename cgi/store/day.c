/*
 * day.c: see day.h.
 */
#include <stdio.h>
#include <string.h>

#include "base/encode.h"
#include "base/when.h"
#include "store/day.h"
#include "store/dossier.h"
#include "store/journal.h"
#include "store/money.h"
#include "store/original.h"

#define BODY_MAX 65536u

static const char *const names[DAY_COUNTS] = {
	"received", "taken_over", "brought", "refused", "forwarded", "handed_over", "finished",
	"finished_late", "returned", "ended", "voided", "certified", "spoiled", "tickets", "cash", "transfer",
	"online", "refunded", "receipts", "cancelled", "overdue", "drafts", "originals", "unsent",
};
static const struct { const char *kind; enum day_count count; } kinds[] = {
	{ "dossier.accepted", DAY_RECEIVED }, { "dossier.late_entered", DAY_RECEIVED },
	{ "dossier.taken_over", DAY_TAKEN_OVER }, { "dossier.result_brought", DAY_BROUGHT },
	{ "dossier.intake_refused", DAY_REFUSED }, { "dossier.refused", DAY_REFUSED },
	{ "dossier.forwarded", DAY_FORWARDED }, { "dossier.handed_over", DAY_HANDED_OVER },
	{ "dossier.finished", DAY_FINISHED }, { "dossier.result_returned", DAY_RETURNED },
	{ "dossier.withdrawn", DAY_ENDED }, { "dossier.stopped", DAY_ENDED },
	{ "dossier.voided", DAY_VOIDED }, { "book.numbered", DAY_CERTIFIED }, { "book.spoiled", DAY_SPOILED },
	{ "ticket.issued", DAY_TICKETS },
};

static const char LAST[] =
	"SELECT number, day, seq, head_seq, head_hash, actor, at FROM day_close WHERE board = $1"
	" ORDER BY number DESC LIMIT $2";
static const char OF_NUMBER[] =
	"SELECT number, day, seq, head_seq, head_hash, actor, at FROM day_close WHERE board = $1 AND number = $2";
static const char HEADERS[] =
	"SELECT header FROM journal WHERE board = $1 AND author = $2 AND seq > $3 AND seq <= $4 ORDER BY seq";
static const char ONE_HEADER[] =
	"SELECT header, hash FROM journal WHERE board = $1 AND author = $2 AND seq = $3";
static const char LATE[] =
	"SELECT 1 FROM dossier WHERE board = $1 AND id = $2 AND has_due = 1 AND finished_at > due_at";
/* A range of receipts is numbered as a book is, and is no book of certifications. */
static const char RECEIPTS[] = "SELECT 1 FROM book WHERE board = $1 AND id = $2 AND kind = 'receipt'";
static const char DRAFTS[] = "SELECT count(*) FROM draft WHERE board = $1";

const char *day_count_name(enum day_count count)
{
	return names[count];
}

static const char *day_text(struct pool *pool, int64_t number)
{
	return pool_printf(pool, "%04d-%02d-%02d", (int)(number / 10000), (int)(number / 100 % 100),
			(int)(number % 100));
}

static void read_close(struct stmt *stmt, struct pool *pool, struct day_sheet *out, int64_t *seq)
{
	memset(out, 0, sizeof(*out));
	out->number = stmt_col_int(stmt, 0);
	out->day = day_text(pool, stmt_col_int(stmt, 1));
	if (seq)
		*seq = stmt_col_int(stmt, 2);
	out->head_seq = stmt_col_int(stmt, 3);
	out->head_hash = stmt_col_dup(stmt, 4, pool);
	out->actor = stmt_col_dup(stmt, 5, pool);
	out->closed_at = stmt_col_int(stmt, 6);
}

enum rc day_list(struct store *store, struct pool *pool, size_t limit, struct day_sheet **rows,
		size_t *count)
{
	struct stmt *stmt = db_stmt(store->tram, LAST);
	bool row = false;
	enum rc rc;

	*rows = pool_alloc(pool, (limit + 1) * sizeof(**rows));
	*count = 0;
	stmt_text(stmt, 1, store->board);
	stmt_int(stmt, 2, (int64_t)limit);
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && *count < limit)
		read_close(stmt, pool, &(*rows)[(*count)++], NULL);
	stmt_reset(stmt);
	return rc;
}

/* ---- what happened in a part of a log ---- */

/* Whether the query finds its subject. */
static enum rc found(struct store *store, const char *sql, const uint8_t *subject, bool *is)
{
	struct stmt *stmt = db_stmt(store->tram, sql);
	enum rc rc;

	stmt_text(stmt, 1, store->board);
	stmt_blob(stmt, 2, subject, EVENT_ID_SIZE);
	rc = stmt_step(stmt, is);
	if (rc == RC_OK && *is)
		stmt_reset(stmt);
	return rc;
}

static enum rc count_event(struct store *store, const struct event *event, int64_t counts[DAY_COUNTS])
{
	enum day_count count = DAY_COUNTS;
	bool is = false;
	enum rc rc = RC_OK;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(event->kind, kinds[i].kind) == 0)
			count = kinds[i].count;
	if (count == DAY_CERTIFIED || count == DAY_SPOILED)
		rc = found(store, RECEIPTS, event->subject, &is);
	if (rc == RC_OK && count != DAY_COUNTS && !is)
		counts[count]++;
	if (rc == RC_OK && count == DAY_FINISHED) {
		rc = found(store, LATE, event->subject, &is);
		counts[DAY_FINISHED_LATE] += is;
	}
	return rc;
}

/* Headers alone: nothing personal is read to count. */
static enum rc count_log(struct store *store, enum event_author author, int64_t after, int64_t until,
		int64_t counts[DAY_COUNTS])
{
	struct stmt *stmt = db_stmt(store->tram, HEADERS);
	struct event event;
	bool row = false;
	enum rc rc;

	stmt_text(stmt, 1, store->board);
	stmt_int(stmt, 2, (int64_t)author);
	stmt_int(stmt, 3, after);
	stmt_int(stmt, 4, until);
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row) {
		size_t len = 0;
		const char *header = stmt_col_blob(stmt, 0, &len);

		if (event_decode(header, len, &event) != RC_OK)
			continue;
		rc = count_event(store, &event, counts);
		if (rc != RC_OK)
			break;
	}
	stmt_reset(stmt);
	return rc;
}

static enum rc wall_of(struct store *store, enum event_author author, int64_t seq, int64_t *wall_ms,
		char hash_hex[2 * EVENT_HASH_SIZE + 1])
{
	struct stmt *stmt = db_stmt(store->tram, ONE_HEADER);
	struct event event = { 0 };
	bool row = false;
	size_t len = 0;
	const void *bytes;
	enum rc rc;

	hash_hex[0] = '\0';
	stmt_text(stmt, 1, store->board);
	stmt_int(stmt, 2, (int64_t)author);
	stmt_int(stmt, 3, seq);
	rc = stmt_step(stmt, &row);
	if (rc != RC_OK || !row)
		return rc == RC_OK ? RC_NOT_FOUND : rc;
	bytes = stmt_col_blob(stmt, 0, &len);
	rc = event_decode(bytes, len, &event) == RC_OK ? RC_OK : RC_DB;
	*wall_ms = event.time.wall_ms;
	bytes = stmt_col_blob(stmt, 1, &len);
	if (len == EVENT_HASH_SIZE)
		hex_encode(bytes, len, hash_hex);
	stmt_reset(stmt);
	return rc;
}

/* The last event before a time: halving, since times grow along a log but for corrections. */
static enum rc seq_before(struct store *store, enum event_author author, int64_t head, int64_t at_ms,
		int64_t *seq)
{
	int64_t low = 0, high = head, wall = 0;
	char hash[2 * EVENT_HASH_SIZE + 1];
	enum rc rc = RC_OK;

	while (rc == RC_OK && low < high) {
		int64_t middle = low + (high - low + 1) / 2;

		rc = wall_of(store, author, middle, &wall, hash);
		if (rc == RC_OK && wall < at_ms)
			low = middle;
		else
			high = middle - 1;
	}
	*seq = low;
	return rc;
}

/* ---- a sheet ---- */

static int64_t day_start(int64_t now_ms)
{
	struct when_local local;
	int64_t at = now_ms;

	when_to_local(now_ms, &local);
	local.hour = local.minute = local.second = 0;
	return when_from_local(&local, &at) == RC_OK ? at : now_ms;
}

static enum rc read_body(struct store *store, struct pool *pool, int64_t seq, json_t **body)
{
	struct journal_row *rows = NULL;
	size_t count = 0;
	enum rc rc = journal_read(store, pool, store->board, AUTHOR_BOARD, (uint64_t)seq - 1, 1, BODY_MAX,
			&rows, &count);

	*body = NULL;
	if (rc == RC_OK && (count == 0 || rows[0].event.body == NULL ||
			json_parse(rows[0].event.body, rows[0].event.body_len, body) != RC_OK))
		return RC_NOT_FOUND;
	return rc;
}

/* Where the sheet begins: at the head of the one before, else at this morning. */
static enum rc begin(struct store *store, struct pool *pool, int64_t now_ms, int64_t center_head,
		struct day_sheet *out)
{
	struct stmt *stmt = db_stmt(store->tram, LAST);
	struct day_sheet before;
	json_t *body = NULL;
	bool row = false;
	int64_t seq = 0;
	enum rc rc;

	stmt_text(stmt, 1, store->board);
	stmt_int(stmt, 2, 1);
	rc = stmt_step(stmt, &row);
	if (rc != RC_OK)
		return rc;
	out->number = 1;
	out->before_day = out->before_hash = "";
	if (!row) {
		out->from_ms = day_start(now_ms);
		rc = seq_before(store, AUTHOR_BOARD, out->head_seq, out->from_ms, &out->before_seq);
		return rc == RC_OK ? seq_before(store, AUTHOR_CENTER, center_head, out->from_ms,
				&out->before_center) : rc;
	}
	read_close(stmt, pool, &before, &seq);
	stmt_reset(stmt);
	rc = read_body(store, pool, seq, &body);
	out->number = before.number + 1;
	out->from_ms = before.closed_at;
	out->before_number = before.number;
	out->before_seq = before.head_seq;
	out->before_hash = before.head_hash;
	out->before_day = before.day;
	out->before_center = json_int(body, "center_seq", 0);
	json_decref(body);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc one_count(struct store *store, const char *sql, int64_t *count)
{
	struct stmt *stmt = db_stmt(store->tram, sql);
	bool row = false;
	enum rc rc;

	stmt_text(stmt, 1, store->board);
	rc = stmt_step(stmt, &row);
	*count = rc == RC_OK && row ? stmt_col_int(stmt, 0) : 0;
	stmt_reset(stmt);
	return rc;
}

static enum rc count_rest(struct store *store, int64_t now_ms, struct day_sheet *out)
{
	int64_t lists[LIST_OPEN + 1] = { 0 };
	struct dossier_backlog backlog;
	struct money_totals money;
	enum rc rc = money_totals_day(store, out->from_ms, now_ms + 1, &money);

	if (rc == RC_OK)
		rc = dossier_counts(store, "", now_ms, lists);
	if (rc == RC_OK)
		rc = dossier_backlog_get(store, &backlog);
	if (rc == RC_OK)
		rc = one_count(store, DRAFTS, &out->counts[DAY_DRAFTS]);
	if (rc == RC_OK)
		rc = original_total(store, &out->counts[DAY_ORIGINALS]);
	if (rc != RC_OK)
		return rc;
	out->counts[DAY_CASH] = money.cash_in;
	out->counts[DAY_TRANSFER] = money.transfer_in;
	out->counts[DAY_ONLINE] = money.online_in;
	out->counts[DAY_REFUNDED] = money.cash_back + money.transfer_back;
	out->counts[DAY_RECEIPTS] = money.receipts;
	out->counts[DAY_CANCELLED] = money.cancellations;
	out->counts[DAY_OVERDUE] = lists[LIST_OVERDUE];
	out->counts[DAY_UNSENT] = backlog.dossiers_waiting;
	return RC_OK;
}

enum rc day_now(struct store *store, struct pool *pool, int64_t now_ms, struct day_sheet *out)
{
	struct journal_head head, center;
	char hash[2 * EVENT_HASH_SIZE + 1];
	struct when_local local;
	enum rc rc;

	memset(out, 0, sizeof(*out));
	when_to_local(now_ms, &local);
	out->day = day_text(pool, local.year * INT64_C(10000) + local.month * 100 + local.day);
	out->actor = "";
	rc = journal_head_get(store, store->board, AUTHOR_BOARD, &head);
	if (rc == RC_OK)
		rc = journal_head_get(store, store->board, AUTHOR_CENTER, &center);
	if (rc != RC_OK)
		return rc;
	hex_encode(head.hash, EVENT_HASH_SIZE, hash);
	out->head_seq = (int64_t)head.seq;
	out->head_hash = pool_strdup(pool, hash);
	out->center_seq = (int64_t)center.seq;
	rc = begin(store, pool, now_ms, out->center_seq, out);
	if (rc == RC_OK)
		rc = count_log(store, AUTHOR_BOARD, out->before_seq, out->head_seq, out->counts);
	if (rc == RC_OK)
		rc = count_log(store, AUTHOR_CENTER, out->before_center, out->center_seq, out->counts);
	return rc == RC_OK ? count_rest(store, now_ms, out) : rc;
}

static json_t *body_of(const struct day_sheet *sheet)
{
	json_t *body = json_new_object();

	json_put(body, "day", sheet->day);
	json_put_int(body, "number", sheet->number);
	json_put_int(body, "head_seq", sheet->head_seq);
	json_put(body, "head_hash", sheet->head_hash);
	json_put_int(body, "center_seq", sheet->center_seq);
	if (sheet->before_number > 0) {
		json_put_int(body, "before_seq", sheet->before_seq);
		json_put(body, "before_hash", sheet->before_hash);
		json_put_int(body, "before_center", sheet->before_center);
	}
	for (int i = 0; i < DAY_COUNTS; i++)
		json_put_int(body, names[i], sheet->counts[i]);
	return body;
}

enum rc day_close(struct store *store, struct pool *pool, const char *actor, int64_t number,
		int64_t now_ms, struct day_sheet *out)
{
	static const uint8_t station[EVENT_ID_SIZE];
	struct act act = { .subject_kind = SUBJECT_STATION, .subject = station, .kind = "day.closed",
		.actor = actor };
	const char *reason = NULL;
	struct event event;
	json_t *body;
	enum rc rc = day_now(store, pool, now_ms, out);

	if (rc != RC_OK)
		return rc;
	if (out->number != number)
		return RC_CONFLICT;
	body = body_of(out);
	act.body = body;
	rc = act_append(store, &act, &event, &reason);
	json_decref(body);
	return rc;
}

enum rc day_find(struct store *store, struct pool *pool, int64_t number, struct day_sheet *out)
{
	struct stmt *stmt = db_stmt(store->tram, OF_NUMBER);
	json_t *body = NULL;
	bool row = false;
	int64_t seq = 0;
	enum rc rc;

	stmt_text(stmt, 1, store->board);
	stmt_int(stmt, 2, number);
	rc = stmt_step(stmt, &row);
	if (rc != RC_OK || !row)
		return rc == RC_OK ? RC_NOT_FOUND : rc;
	read_close(stmt, pool, out, &seq);
	stmt_reset(stmt);
	rc = read_body(store, pool, seq, &body);
	if (rc != RC_OK)
		return rc;
	out->center_seq = json_int(body, "center_seq", 0);
	out->before_seq = json_int(body, "before_seq", 0);
	out->before_hash = pool_strdup(pool, json_text(body, "before_hash"));
	out->before_number = *out->before_hash != '\0' ? number - 1 : 0;
	out->before_day = "";
	for (int i = 0; i < DAY_COUNTS; i++)
		out->counts[i] = json_int(body, names[i], 0);
	json_decref(body);
	return RC_OK;
}

enum rc day_before_holds(struct store *store, const struct day_sheet *sheet, bool *holds)
{
	char hash[2 * EVENT_HASH_SIZE + 1];
	int64_t wall;
	enum rc rc;

	*holds = true;
	if (sheet->before_number == 0)
		return RC_OK;
	rc = wall_of(store, AUTHOR_BOARD, sheet->before_seq, &wall, hash);
	*holds = rc == RC_OK && strcmp(hash, sheet->before_hash) == 0;
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}
