/*
 * project_mark.c: one row per note, and per event of books, shifts and the station: what counts of
 * it, nothing personal. Rows are keyed by event, so they come in any order.
 */
#include <string.h>

#include "base/encode.h"
#include "store/project_row.h"

static const char ADD[] =
	"INSERT INTO mark (board, subject, id, kind, wall_ms, author, seq, amount, flag, ref, word)"
	" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING";
static const char SIGNER[] =
	"SELECT word FROM mark WHERE board = $1 AND subject = $2 AND kind = 'dossier.signed'"
	" ORDER BY wall_ms DESC, author DESC, seq DESC LIMIT 1";
static const char EXTERNAL[] =
	"SELECT word FROM mark WHERE board = $1 AND subject = $2 AND kind = 'code.external'"
	" ORDER BY wall_ms DESC, author DESC, seq DESC LIMIT 1";

/* Which members of a body are its amount, flag, reference and word; "" for none. */
static const struct marked {
	const char *kind;
	const char *amount, *flag, *ref, *word;
} marked[] = {
	{ "dossier.payment_met", "amount", "", "", "" },
	{ "dossier.linked", "", "", "parent", "bundle" },
	{ "dossier.signed", "", "", "", "signer" },
	{ "code.issued", "sequence", "", "", "code" },
	{ "code.external", "", "", "", "code" },
	{ "manifest.complete", "version", "", "", "" },
	{ "fee.collected", "total", "", "", "method" },
	{ "fee.cancelled", "", "", "collected", "" },
	{ "fee.refunded", "amount", "", "collected", "" },
	{ "receipt.cancelled", "", "", "collected", "" },
	{ "slip.printed", "slip_no", "", "", "paper" },
	{ "slip.handwritten", "slip_no", "", "", "" },
	{ "slip.replaced", "old_no", "pledge", "", "" },
	{ "paper.printed", "copy", "handwritten", "", "paper" },
	{ "question.asked", "", "", "", "to" },
	{ "question.answered", "", "", "question", "" },
	{ "request.made", "", "", "", "act" },
	{ "request.answered", "", "granted", "request", "" },
	{ "place.noted", "at", "", "account", "place" },
	{ "call.noted", "appointment_at", "", "", "outcome" },
	{ "draft.proposed", "", "", "", "act" },
	{ "draft.decided", "", "approved", "proposal", "" },
	{ "handover.given", "postage", "", "", "list" },
	{ "handover.received", "", "", "given", "list" },
	{ "post.delivered", "at", "delivered", "", "tracking" },
	{ "rating.given", "", "", "", "level" },
	{ "time.corrected", "wall_ms", "", "event", "" },
	{ "book.opened", "first", "", "", "book_no" },
	{ "book.numbered", "number", "", "dossier", "" },
	{ "book.spoiled", "number", "", "dossier", "" },
	{ "book.continued", "last", "", "", "next_book_no" },
	{ "book.closed", "last", "", "", "" },
	{ "book.block_taken", "first", "", "", "from_board" },
	{ "shift.opened", "cash", "", "", "account" },
	{ "shift.paused", "until", "", "", "" },
	{ "shift.closed", "cash", "", "", "successor" },
	{ "station.opened", "", "", "", "mode" },
	{ "station.prepared", "from", "done", "", "item" },
	{ "epoch.opened", "epoch", "", "", "" },
	{ "body.erased", "seq", "", "", "author" },
	{ "account.changed", "", "", "", "account" },
	{ "signer.changed", "until", "", "", "account" },
	{ "catalogue.changed", "", "", "", "version" },
	{ "calendar.changed", "", "", "", "version" },
	{ "copy.verified", "seq", "", "", "copy" },
	{ "station.clock_corrected", "after_ms", "", "", "source" },
	{ "fork.recorded", "seq", "", "", "" },
	{ "board.fenced", "epoch", "", "", "" },
	{ "day.closed", "head_seq", "", "", "day" },
	{ "ticket.issued", "", "", "", "number" },
	{ "ticket.called", "", "", "", "number" },
	{ "queue.changed", "priority_run", "", "", "" },
	{ "intake.guided", "", "", "draft", "number" },
	{ "intake.printed", "copy", "handwritten", "", "paper" },
	{ "draft.moved", "", "", "draft", "from_account" },
	{ "feedback.received", "answer_by", "", "", "number" },
	{ "feedback.answered", "", "", "feedback", "" },
};

enum rc project_mark_add(struct store *store, const struct event *event, const json_t *body)
{
	static const struct marked nothing = { "", "", "", "", "" };
	const struct marked *of = &nothing;
	struct stmt *stmt;
	size_t i;

	for (i = 0; i < sizeof(marked) / sizeof(marked[0]); i++) {
		if (strcmp(marked[i].kind, event->kind) == 0)
			of = &marked[i];
	}
	stmt = db_stmt(store->tram, ADD);
	stmt_text(stmt, 1, event->board);
	stmt_blob(stmt, 2, event->subject, EVENT_ID_SIZE);
	stmt_blob(stmt, 3, event->id, EVENT_ID_SIZE);
	stmt_text(stmt, 4, event->kind);
	stmt_int(stmt, 5, event->time.wall_ms);
	stmt_int(stmt, 6, (int64_t)event->author);
	stmt_int(stmt, 7, (int64_t)event->seq);
	stmt_int(stmt, 8, json_int(body, of->amount, 0));
	stmt_int(stmt, 9, json_flag(body, of->flag));
	stmt_text(stmt, 10, json_text(body, of->ref));
	stmt_text(stmt, 11, json_text(body, of->word));
	return stmt_run(stmt);
}

static enum rc newest(struct store *store, struct pool *pool, const char *sql, const char *board,
		const uint8_t *id, const char **code)
{
	struct stmt *stmt = db_stmt(store->tram, sql);
	bool row;
	enum rc rc;

	*code = "";
	stmt_text(stmt, 1, board);
	stmt_blob(stmt, 2, id, EVENT_ID_SIZE);
	rc = stmt_step(stmt, &row);
	if (rc == RC_OK && row) {
		*code = stmt_col_dup(stmt, 0, pool);
		stmt_reset(stmt);
	}
	return rc;
}

enum rc project_mark_external(struct store *store, struct pool *pool, const char *board,
		const uint8_t *id, const char **code)
{
	return newest(store, pool, EXTERNAL, board, id, code);
}

enum rc project_mark_signer(struct store *store, struct pool *pool, const char *board,
		const uint8_t *id, const char **account)
{
	return newest(store, pool, SIGNER, board, id, account);
}
