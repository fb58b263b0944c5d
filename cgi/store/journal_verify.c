/*
 * journal_verify.c: walks both logs of every board and every content, and says what does not fit.
 */
#include <string.h>

#include "base/encode.h"
#include "crypt/hash.h"
#include "store/blob.h"
#include "store/fork_chain.h"
#include "store/journal.h"

#define AT_ONCE 500
#define BRANCHES_MAX 1000

static const char BOARDS[] = "SELECT DISTINCT board FROM journal_head ORDER BY board";
static const char IS_ERASED[] =
	"SELECT 1 FROM journal_erased WHERE board = $1 AND author = $2 AND seq = $3";
static const char BLOBS[] =
	"SELECT sha256 FROM blob WHERE board = $1 AND sha256 > $2 ORDER BY sha256 LIMIT $3";
static const char PARKED[] = "SELECT count(*) FROM parked WHERE board = $1";
/* Signed words of the center about the board's log; the tool checks their signatures. */
static const char RECEIPTS[] =
	"SELECT r.seq FROM receipt r LEFT JOIN journal j ON j.board = r.board AND j.author = 0"
	" AND j.seq = r.seq WHERE r.board = $1 AND (j.hash IS NULL OR j.hash <> r.hash) AND NOT EXISTS"
	" (SELECT 1 FROM journal x WHERE x.board = r.board AND x.author > 1 AND x.seq = r.seq"
	" AND x.hash = r.hash) ORDER BY r.seq";
/* Under a receipt by the cursor, and no receipt: somebody took it away. */
static const char UNCOVERED[] =
	"SELECT s.sent_seq FROM link_state s WHERE s.board = $1 AND s.sent_seq > 0 AND NOT EXISTS"
	" (SELECT 1 FROM receipt r WHERE r.board = s.board AND r.seq >= s.sent_seq)";
/* What this side named itself, and what the center called whole, must be here, or let go; on a board what the
 * center called whole stands there. $2: this side. */
static const char ABSENT[] =
	"SELECT DISTINCT f.sha256 FROM dossier_file f JOIN dossier d ON d.board = f.board"
	" AND d.id = f.dossier WHERE f.board = $1 AND ((f.author = $2 AND ($2 = 1 OR f.result = 1"
	" OR d.complete_version < d.manifest_version)) OR ($2 = 1 AND f.result = 0"
	" AND d.complete_version >= d.manifest_version)) AND NOT EXISTS (SELECT 1 FROM blob b"
	" WHERE b.board = f.board AND b.sha256 = f.sha256) AND NOT EXISTS (SELECT 1 FROM blob_receipt r"
	" WHERE r.board = f.board AND r.sha256 = f.sha256 AND r.gone > 0) ORDER BY f.sha256";
static const char COUNT[] = "SELECT count(*) FROM journal WHERE board = $1 AND author = $2";

struct walk {
	struct store *store;
	const char *board;
	enum event_author author;
	unsigned log;			/* the author's, or a recorded branch of it */
	uint64_t seq;			/* of the event before */
	uint64_t epoch;
	uint8_t hash[EVENT_HASH_SIZE];
	journal_report *report;
	void *arg;
	struct journal_totals *totals;
};

static void fault(struct walk *walk, uint64_t seq, const char *what)
{
	walk->totals->faults++;
	if (walk->report)
		walk->report(walk->arg, walk->board, walk->author, seq, what);
}

static enum rc asks(struct walk *walk, const char *sql, uint64_t seq, int64_t *value)
{
	struct stmt *stmt = db_stmt(walk->store->tram, sql);
	bool row;
	enum rc rc;

	*value = 0;
	stmt_text(stmt, 1, walk->board);
	if (sql != PARKED)
		stmt_int(stmt, 2, (int64_t)walk->log);
	if (sql == IS_ERASED)
		stmt_int(stmt, 3, (int64_t)seq);
	rc = stmt_step(stmt, &row);
	if (rc == RC_OK && row) {
		*value = stmt_col_int(stmt, 0);
		stmt_reset(stmt);
	}
	return rc;
}

static enum rc check_body(struct walk *walk, const struct event *event)
{
	uint8_t sum[EVENT_HASH_SIZE];
	struct hash *hash;
	int64_t erased = 0;
	enum rc rc;

	if (event->body && event->salt) {
		hash = hash_new();
		hash_update(hash, event->salt, EVENT_SALT_SIZE);
		hash_update(hash, event->body, event->body_len);
		hash_final(hash, sum);
		hash_free(hash);
		walk->totals->bodies++;
		if (memcmp(sum, event->body_hash, sizeof(sum)) != 0)
			fault(walk, event->seq, "the body does not fit its hash");
		return RC_OK;
	}
	rc = asks(walk, IS_ERASED, event->seq, &erased);
	if (erased)
		walk->totals->erased++;
	else if (rc == RC_OK)
		fault(walk, event->seq, "the body is missing, and no event erased it");
	return rc;
}

static enum rc check_event(struct walk *walk, const struct journal_row *row)
{
	const struct event *event = &row->event;
	uint8_t sum[EVENT_HASH_SIZE];
	struct event again;

	walk->totals->events++;
	hash_sha256(row->header, row->header_len, sum);
	if (event_decode(row->header, row->header_len, &again) != RC_OK)
		fault(walk, walk->seq + 1, "the header is not in its form");
	else if (strcmp(again.board, walk->board) != 0 || again.author != walk->author)
		fault(walk, again.seq, "the header names another log");
	else if (again.seq != walk->seq + 1)
		fault(walk, again.seq, "the sequence has a gap");
	else if (memcmp(again.prev, walk->hash, EVENT_HASH_SIZE) != 0)
		fault(walk, again.seq, "the chain is broken before this event");
	else if (again.epoch < walk->epoch)
		fault(walk, again.seq, "the epoch goes back");
	else if (memcmp(sum, event->hash, EVENT_HASH_SIZE) != 0)
		fault(walk, again.seq, "the stored hash is not the header's");
	walk->seq = again.seq ? again.seq : walk->seq + 1;
	walk->epoch = again.epoch;
	memcpy(walk->hash, sum, sizeof(sum));
	return check_body(walk, event);
}

/* From walk->seq on. */
static enum rc check_events(struct walk *walk)
{
	size_t count = 1;
	enum rc rc = RC_OK;

	while (rc == RC_OK && count > 0) {
		struct pool *pool = pool_new();
		struct journal_row *rows;
		size_t i;

		rc = journal_read(walk->store, pool, walk->board, walk->log, walk->seq, AT_ONCE,
				4 * 1024 * 1024, &rows, &count);
		for (i = 0; i < count && rc == RC_OK; i++)
			rc = check_event(walk, &rows[i]);
		pool_free(pool);
	}
	return rc;
}

static enum rc check_log(struct walk *walk, enum event_author author)
{
	struct journal_head head;
	int64_t stored = 0;
	enum rc rc;

	walk->author = author;
	walk->log = author;
	walk->seq = 0;
	walk->epoch = 0;
	memset(walk->hash, 0, sizeof(walk->hash));
	rc = check_events(walk);
	if (rc == RC_OK)
		rc = asks(walk, COUNT, 0, &stored);
	if (rc == RC_OK)
		rc = journal_head_get(walk->store, walk->board, walk->author, &head);
	if (rc != RC_OK)
		return rc;
	if (head.seq != walk->seq || memcmp(head.hash, walk->hash, EVENT_HASH_SIZE) != 0)
		fault(walk, head.seq, "the head is not the last event");
	if ((uint64_t)stored != walk->seq)
		fault(walk, walk->seq, "the number of events is not the last sequence");
	return RC_OK;
}

/* A branch leaves a log, or another branch of it, and ends with the event that its record names. */
static enum rc check_branch(struct walk *walk, const struct fork_row *fork)
{
	struct pool *pool = pool_new();
	struct journal_row *rows;
	size_t count = 0;
	bool stands = fork->first == 1;
	enum rc rc = journal_read(walk->store, pool, walk->board, fork->log, 0, 1, 1, &rows, &count);

	walk->author = fork->author;
	walk->log = fork->log;
	walk->seq = fork->first - 1;
	walk->epoch = 0;
	memset(walk->hash, 0, sizeof(walk->hash));
	if (rc == RC_OK && count == 1)
		memcpy(walk->hash, rows[0].event.prev, sizeof(walk->hash));
	if (rc == RC_OK && !stands)
		rc = fork_stands(walk->store, walk->board, fork->author, fork->first - 1, walk->hash,
				true, &stands);
	if (rc == RC_OK && !stands)
		fault(walk, fork->first, "a branch leaves no log");
	if (rc == RC_OK)
		rc = check_events(walk);
	if (rc == RC_OK && (walk->seq != fork->last || memcmp(walk->hash, fork->branch,
			EVENT_HASH_SIZE) != 0))
		fault(walk, fork->last, "a branch does not end as it was recorded");
	pool_free(pool);
	return rc;
}

static enum rc check_branches(struct walk *walk)
{
	struct pool *pool = pool_new();
	struct fork_row *rows;
	size_t count = 0, i;
	enum rc rc = fork_list(walk->store, pool, walk->board, BRANCHES_MAX, &rows, &count);

	for (i = 0; rc == RC_OK && i < count; i++)
		rc = check_branch(walk, &rows[i]);
	pool_free(pool);
	return rc;
}

/* One fault per row of a query over the board's log. */
static enum rc check_rows(struct walk *walk, const char *sql, const char *what)
{
	struct stmt *stmt = db_stmt(walk->store->tram, sql);
	bool row;
	enum rc rc;

	stmt_text(stmt, 1, walk->board);
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row)
		fault(walk, (uint64_t)stmt_col_int(stmt, 0), what);
	return rc;
}

static enum rc check_receipts(struct walk *walk)
{
	enum rc rc;

	walk->author = AUTHOR_BOARD;
	rc = check_rows(walk, RECEIPTS, "the receipt of this position is of another event");
	return rc == RC_OK ? check_rows(walk, UNCOVERED, "the receipt of this position is gone") : rc;
}

static enum rc check_absent(struct walk *walk)
{
	struct pool *pool = pool_new();
	struct stmt *stmt = db_stmt(walk->store->tram, ABSENT);
	bool row;
	enum rc rc;

	stmt_text(stmt, 1, walk->board);
	stmt_int(stmt, 2, walk->store->board ? AUTHOR_BOARD : AUTHOR_CENTER);
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row)
		fault(walk, 0, pool_printf(pool, "the content %s is named and not here",
				stmt_col_text(stmt, 0)));
	pool_free(pool);
	return rc;
}

static enum rc check_blobs(struct walk *walk)
{
	struct pool *pool = pool_new();
	char last[65] = "";
	bool row = true;
	enum rc rc = RC_OK;

	while (rc == RC_OK && row) {
		struct stmt *stmt = db_stmt(walk->store->tram, BLOBS);
		uint8_t sha256[32];
		char *path;

		stmt_text(stmt, 1, walk->board);
		stmt_text(stmt, 2, last);
		stmt_int(stmt, 3, 1);
		rc = stmt_step(stmt, &row);
		if (rc != RC_OK || !row)
			break;
		memset(last, 0, sizeof(last));
		memcpy(last, stmt_col_text(stmt, 0), strnlen(stmt_col_text(stmt, 0), 64));
		stmt_reset(stmt);
		walk->totals->blobs++;
		rc = hex_decode(last, sha256, sizeof(sha256)) == RC_OK
				? blob_check(walk->store, pool, walk->board, sha256, &path) : RC_PROTOCOL;
		if (rc == RC_PROTOCOL || rc == RC_NOT_FOUND) {
			fault(walk, 0, pool_printf(pool, "the content %s is missing or damaged", last));
			rc = RC_OK;
		}
	}
	pool_free(pool);
	return rc;
}

/* In one view of the database: the programs may go on writing meanwhile. */
static enum rc check_board(struct walk *walk, bool blobs)
{
	int64_t parked = 0;
	enum rc rc = db_read_begin(walk->store->tram);

	if (rc != RC_OK)
		return rc;
	rc = check_log(walk, AUTHOR_BOARD);
	if (rc == RC_OK)
		rc = check_log(walk, AUTHOR_CENTER);
	if (rc == RC_OK)
		rc = check_branches(walk);
	if (rc == RC_OK)
		rc = asks(walk, PARKED, 0, &parked);
	walk->totals->parked += (uint64_t)parked;
	if (rc == RC_OK)
		rc = check_receipts(walk);
	if (rc == RC_OK && blobs)
		rc = check_absent(walk);
	db_read_end(walk->store->tram);
	/* Contents take long, and come and go as whole files. */
	return rc == RC_OK && blobs ? check_blobs(walk) : rc;
}

enum rc journal_verify(struct store *store, bool blobs, journal_report *report, void *arg,
		struct journal_totals *totals)
{
	struct pool *pool = pool_new();
	struct walk walk = { .store = store, .report = report, .arg = arg, .totals = totals };
	struct stmt *stmt = db_stmt(store->tram, BOARDS);
	const char **boards = pool_alloc(pool, 4096 * sizeof(*boards));
	size_t count = 0, i;
	bool row;
	enum rc rc;

	memset(totals, 0, sizeof(*totals));
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && count < 4096)
		boards[count++] = stmt_col_dup(stmt, 0, pool);
	stmt_reset(stmt);
	for (i = 0; i < count && rc == RC_OK; i++) {
		walk.board = boards[i];
		rc = check_board(&walk, blobs);
	}
	pool_free(pool);
	return rc == RC_OK && totals->faults > 0 ? RC_PROTOCOL : rc;
}
