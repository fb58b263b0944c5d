/*
 * project_money.c: the money of a dossier, one row per event, and the shifts in which it came in.
 * Rows are keyed by event and speak of each other by the collection's id, so they come in any order.
 */
#include <string.h>

#include "base/encode.h"
#include "store/money.h"
#include "store/projection.h"

static const char ADD[] =
	"INSERT INTO money (board, id, dossier, kind, collected, at, actor, author, seq, method,"
	" amount, payer, collector, book, serial, number, reason) VALUES ($1, $2, $3, $4, $5, $6, $7,"
	" $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) ON CONFLICT DO NOTHING";
static const char STANDING[] =
	"SELECT m.amount, (SELECT coalesce(sum(r.amount), 0) FROM money r WHERE r.board = m.board"
	" AND r.collected = m.collected AND r.kind = 2 AND r.dossier = m.dossier) FROM money m"
	" WHERE m.board = $1 AND m.dossier = $2 AND m.kind = 0 AND NOT EXISTS (SELECT 1 FROM money c"
	" WHERE c.board = m.board AND c.collected = m.collected AND c.kind = 1"
	" AND c.dossier = m.dossier)";
static const char MET[] =
	"SELECT amount FROM mark WHERE board = $1 AND subject = $2 AND kind = 'dossier.payment_met'";
static const char CLEAR[] = "DELETE FROM money WHERE board = $1 AND dossier = $2";
static const char SHIFT_OPEN[] =
	"INSERT INTO shift (board, id, account, counter, opened_at, opened_seq, cash_before, closed,"
	" closed_at, closed_seq, cash, expected, transfer, receipts, dossiers, drafts, originals,"
	" successor, note) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '')"
	" ON CONFLICT DO NOTHING";
static const char SHIFT_CLOSE[] =
	"UPDATE shift SET closed = 1, closed_at = $3, closed_seq = $4, cash = $5, expected = $6,"
	" transfer = $7, receipts = $8, dossiers = $9, drafts = $10, originals = $11, successor = $12,"
	" note = $13 WHERE board = $1 AND id = $2 AND closed = 0";
static const char SHIFT_CLEAR[] = "DELETE FROM shift WHERE board = $1 AND id = $2";

static int kind_of(const char *kind)
{
	if (strcmp(kind, "fee.collected") == 0)
		return MONEY_COLLECTED;
	return strcmp(kind, "fee.cancelled") == 0 ? MONEY_CANCELLED : MONEY_REFUNDED;
}

static const char *collector_of(const json_t *body)
{
	const char *name = json_text(json_object_get(body, "collector"), "name");

	return *name ? name : json_text(body, "collector_unit");
}

/* How it came; what goes back goes in cash unless it says otherwise. */
static const char *method_of(const json_t *body)
{
	const char *method = json_text(body, "method");

	return *method ? method : "cash";
}

enum rc project_money_add(struct store *store, const struct event *event, const json_t *body)
{
	const json_t *receipt = json_object_get(body, "receipt");
	int kind = kind_of(event->kind);
	int64_t amount = json_int(body, kind == MONEY_COLLECTED ? "total" : "amount", 0);
	char own[2 * EVENT_ID_SIZE + 1];
	struct stmt *stmt = db_stmt(store->tram, ADD);

	hex_encode(event->id, EVENT_ID_SIZE, own);
	stmt_text(stmt, 1, event->board);
	stmt_blob(stmt, 2, event->id, EVENT_ID_SIZE);
	stmt_blob(stmt, 3, event->subject, EVENT_ID_SIZE);
	stmt_int(stmt, 4, kind);
	stmt_text(stmt, 5, kind == MONEY_COLLECTED ? own : json_text(body, "collected"));
	stmt_int(stmt, 6, json_int(body, "collected_at", event->time.wall_ms));
	stmt_text(stmt, 7, event->actor);
	stmt_int(stmt, 8, (int64_t)event->author);
	stmt_int(stmt, 9, (int64_t)event->seq);
	stmt_text(stmt, 10, method_of(body));
	stmt_int(stmt, 11, amount > 0 && amount <= MONEY_MAX ? amount : 0);
	stmt_text(stmt, 12, json_text(body, "payer"));
	stmt_text(stmt, 13, collector_of(body));
	stmt_text(stmt, 14, json_text(receipt, "book"));
	stmt_text(stmt, 15, json_text(receipt, "serial"));
	stmt_text(stmt, 16, json_text(receipt, "number"));
	stmt_text(stmt, 17, json_text(body, "reason"));
	return stmt_run(stmt);
}

static struct stmt *of_dossier(struct store *store, const char *sql, const char *board,
		const uint8_t *dossier)
{
	struct stmt *stmt = db_stmt(store->tram, sql);

	stmt_text(stmt, 1, board);
	stmt_blob(stmt, 2, dossier, EVENT_ID_SIZE);
	return stmt;
}

enum rc project_money_paid(struct store *store, const char *board, const uint8_t *dossier,
		int64_t *paid)
{
	struct stmt *stmt = of_dossier(store, STANDING, board, dossier);
	bool row;
	enum rc rc;

	*paid = 0;
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row) {
		int64_t amount = stmt_col_int(stmt, 0), back = stmt_col_int(stmt, 1);

		*paid += back < amount ? amount - back : 0;
	}
	stmt_reset(stmt);
	if (rc != RC_OK)
		return rc;
	stmt = of_dossier(store, MET, board, dossier);
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row) {
		int64_t amount = stmt_col_int(stmt, 0);

		*paid += amount > 0 && amount <= MONEY_MAX ? amount : 0;
	}
	stmt_reset(stmt);
	return rc;
}

enum rc project_money_clear(struct store *store, const char *board, const uint8_t *dossier)
{
	return stmt_run(of_dossier(store, CLEAR, board, dossier));
}

/* ---- shifts: the board's own, so in order ---- */

static enum rc shift_opened(struct store *store, const struct event *event, const json_t *body)
{
	struct stmt *stmt = db_stmt(store->tram, SHIFT_OPEN);

	stmt_text(stmt, 1, event->board);
	stmt_blob(stmt, 2, event->subject, EVENT_ID_SIZE);
	stmt_text(stmt, 3, body ? json_text(body, "account") : event->actor);
	stmt_text(stmt, 4, json_text(body, "counter"));
	stmt_int(stmt, 5, event->time.wall_ms);
	stmt_int(stmt, 6, (int64_t)event->seq);
	stmt_int(stmt, 7, json_int(body, "cash", 0));
	return stmt_run(stmt);
}

static enum rc shift_closed(struct store *store, const struct event *event, const json_t *body)
{
	struct stmt *stmt = db_stmt(store->tram, SHIFT_CLOSE);

	stmt_text(stmt, 1, event->board);
	stmt_blob(stmt, 2, event->subject, EVENT_ID_SIZE);
	stmt_int(stmt, 3, event->time.wall_ms);
	stmt_int(stmt, 4, (int64_t)event->seq);
	stmt_int(stmt, 5, json_int(body, "cash", 0));
	stmt_int(stmt, 6, json_int(body, "expected", 0));
	stmt_int(stmt, 7, json_int(body, "transfer", 0));
	stmt_int(stmt, 8, json_int(body, "receipts_used", 0));
	stmt_int(stmt, 9, json_int(body, "open_dossiers", 0));
	stmt_int(stmt, 10, json_int(body, "drafts", 0));
	stmt_int(stmt, 11, json_int(body, "originals", 0));
	stmt_text(stmt, 12, json_text(body, "successor"));
	stmt_text(stmt, 13, json_text(body, "note"));
	return stmt_run(stmt);
}

enum rc project_money_shift(struct store *store, const struct event *event, const json_t *body)
{
	if (strcmp(event->kind, "shift.opened") == 0)
		return shift_opened(store, event, body);
	if (strcmp(event->kind, "shift.closed") == 0)
		return shift_closed(store, event, body);
	return RC_OK;
}

enum rc project_money_shift_clear(struct store *store, const char *board, const uint8_t *id)
{
	return stmt_run(of_dossier(store, SHIFT_CLEAR, board, id));
}
