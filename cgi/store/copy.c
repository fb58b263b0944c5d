/*
 * copy.c: see copy.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/encode.h"
#include "base/file.h"
#include "base/log.h"
#include "base/when.h"
#include "crypt/hash.h"
#include "store/copy.h"
#include "store/db_copy.h"

#define PIECE 65536
#define BOARDS_MAX 4096

static const char BLOBS[] =
	"SELECT board, sha256, size FROM blob WHERE board > $1 OR (board = $1 AND sha256 > $2)"
	" ORDER BY board, sha256 LIMIT $3";
static const char BOARDS[] = "SELECT DISTINCT board FROM journal_head ORDER BY board";
/* How many contents of a board the copy holds, counted as they came; one that is named by a receipt and has no
 * file would be let go for nothing. */
static const char CONTENTS[] =
	"SELECT coalesce(max(no), 0) FROM blob_receipt WHERE board = $1 AND gone < 2";
static const char LACKING[] =
	"SELECT count(*) FROM blob_receipt r WHERE r.board = $1 AND NOT EXISTS (SELECT 1 FROM blob b"
	" WHERE b.board = r.board AND b.sha256 = r.sha256) AND NOT EXISTS (SELECT 1 FROM blob_erased e"
	" WHERE e.board = r.board AND e.sha256 = r.sha256)";
static const char ERASED[] =
	"SELECT e.board, e.sha256 FROM blob_erased e WHERE NOT EXISTS (SELECT 1 FROM blob b"
	" WHERE b.board = e.board AND b.sha256 = e.sha256)";

struct copy {
	struct store *store;		/* the center's own */
	struct store *there;		/* the copy, open */
	const char *dir, *name;
	journal_report *report;
	void *arg;
	struct copy_totals *totals;
	struct pool *pool;
	int64_t taken_at;
};

static void fault(struct copy *copy, const char *board, const char *what)
{
	copy->totals->faults++;
	copy->report(copy->arg, board, AUTHOR_BOARD, 0, what);
}

/* ---- the contents ---- */

static enum rc hash_file(const char *path, int64_t size, const char *hex, bool *whole)
{
	struct pool *pool = pool_new();
	struct hash *hash = hash_new();
	uint8_t *piece = pool_alloc(pool, PIECE), found[HASH_SIZE], want[HASH_SIZE];
	int64_t sum = 0;
	size_t got = 1;
	enum rc rc = RC_OK;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	*whole = false;
	while (fd >= 0 && rc == RC_OK && got > 0) {
		rc = file_read_all(fd, piece, PIECE, &got);
		hash_update(hash, piece, got);
		sum += (int64_t)got;
	}
	hash_final(hash, found);
	*whole = fd >= 0 && rc == RC_OK && sum == size && hex_decode(hex, want, sizeof(want)) == RC_OK &&
			hash_equal(found, want, sizeof(want));
	if (fd >= 0)
		(void)close(fd);
	hash_free(hash);
	pool_free(pool);
	return RC_OK;
}

static enum rc copy_file(struct pool *pool, const char *from, const char *dir, const char *name)
{
	const char *to = pool_printf(pool, "%s/%s.part", dir, name);
	uint8_t *piece = pool_alloc(pool, PIECE);
	size_t got = 1;
	enum rc rc = RC_OK;
	int in = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	int out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (in < 0)
		rc = RC_PROTOCOL;	/* named and not there: a fault of the store, not of the copy */
	else if (out < 0)
		rc = errno == ENOSPC || errno == EDQUOT ? RC_FULL : RC_IO;
	while (rc == RC_OK && got > 0) {
		rc = file_read_all(in, piece, PIECE, &got);
		if (rc == RC_OK)
			rc = file_write_all(out, piece, got);
	}
	if (rc == RC_OK) {
		file_sync_or_die(out, "copy");
		/* What is read back next comes from the medium. */
		(void)posix_fadvise(out, 0, 0, POSIX_FADV_DONTNEED);
	}
	if (in >= 0)
		(void)close(in);
	if (out >= 0)
		(void)close(out);
	if (rc == RC_OK && rename(to, pool_printf(pool, "%s/%s", dir, name)))
		rc = RC_IO;
	if (rc != RC_OK)
		(void)unlink(to);
	return rc;
}

/* One content: there and whole, or copied and read back. */
static enum rc content(struct copy *copy, const char *board, const char *hex, int64_t size)
{
	struct pool *pool = pool_new();
	const char *dir = pool_printf(pool, "%s/blobs/%s", copy->dir, board);
	const char *path = pool_printf(pool, "%s/%s", dir, hex);
	bool whole;
	enum rc rc = hash_file(path, size, hex, &whole);

	copy->totals->contents++;
	if (rc == RC_OK && !whole) {
		rc = file_make_dir(dir, 0700);
		if (rc == RC_OK)
			rc = copy_file(pool, pool_printf(pool, "%s/%s/%s", copy->store->settings->blob_dir,
					board, hex), dir, hex);
		if (rc == RC_OK)
			rc = hash_file(path, size, hex, &whole);
		if (rc == RC_PROTOCOL || (rc == RC_OK && !whole)) {
			fault(copy, board, pool_printf(pool, "the content %s is missing or damaged", hex));
			rc = RC_OK;
		} else if (rc == RC_OK) {
			copy->totals->contents_new++;
			copy->totals->bytes_new += size;
		}
	}
	pool_free(pool);
	return rc;
}

static enum rc contents(struct copy *copy)
{
	struct pool *pool = pool_new();
	char board[64] = "", hex[65] = "";
	bool row = true;
	enum rc rc = RC_OK;

	while (rc == RC_OK && row) {
		struct stmt *stmt = db_stmt(copy->there->tram, BLOBS);
		int64_t size;

		stmt_text(stmt, 1, board);
		stmt_text(stmt, 2, hex);
		stmt_int(stmt, 3, 1);
		rc = stmt_step(stmt, &row);
		if (rc != RC_OK || !row)
			break;
		(void)snprintf(board, sizeof(board), "%s", stmt_col_text(stmt, 0));
		(void)snprintf(hex, sizeof(hex), "%s", stmt_col_text(stmt, 1));
		size = stmt_col_int(stmt, 2);
		stmt_reset(stmt);
		rc = content(copy, board, hex, size);
	}
	pool_free(pool);
	return rc;
}

/* What was erased since an earlier run goes from here too. */
static enum rc erased(struct copy *copy)
{
	struct pool *pool = pool_new();
	struct stmt *stmt = db_stmt(copy->there->tram, ERASED);
	bool row = false;
	enum rc rc;

	while ((rc = stmt_step(stmt, &row)) == RC_OK && row)
		(void)unlink(pool_printf(pool, "%s/blobs/%s/%s", copy->dir, stmt_col_text(stmt, 0),
				stmt_col_text(stmt, 1)));
	stmt_reset(stmt);
	pool_free(pool);
	return rc;
}

/* ---- the announcement ---- */

static enum rc number(struct store *store, const char *sql, const char *board, int64_t *out)
{
	struct stmt *stmt = db_stmt(store->tram, sql);
	bool row = false;
	enum rc rc;

	stmt_text(stmt, 1, board);
	rc = stmt_step(stmt, &row);
	*out = 0;
	if (rc == RC_OK && row) {
		*out = stmt_col_int(stmt, 0);
		stmt_reset(stmt);
	}
	return rc;
}

static enum rc announce(struct copy *copy, const char *board)
{
	static const uint8_t station[EVENT_ID_SIZE];
	json_t *body = json_new_object();
	struct act act = { .board = board, .subject_kind = SUBJECT_STATION, .subject = station,
		.kind = "copy.verified", .actor = "system", .body = body };
	char hex[2 * EVENT_HASH_SIZE + 1];
	const char *reason = "";
	struct journal_head head;
	struct event event;
	int64_t count = 0;
	enum rc rc = journal_head_get(copy->there, board, AUTHOR_BOARD, &head);

	if (rc == RC_OK)
		rc = number(copy->there, CONTENTS, board, &count);
	if (rc != RC_OK || head.seq == 0)
		goto out;
	hex_encode(head.hash, sizeof(head.hash), hex);
	json_put(body, "copy", copy->name);
	json_put_int(body, "seq", (int64_t)head.seq);
	json_put(body, "hash", hex);
	json_put_int(body, "verified_at", when_now_ms());
	json_put_int(body, "taken_at", copy->taken_at);
	json_put_int(body, "contents", count);
	rc = store_begin(copy->store, false);
	if (rc != RC_OK)
		goto out;
	rc = act_append(copy->store, &act, &event, &reason);
	if (rc == RC_OK)
		rc = store_commit(copy->store);
	else
		store_abort(copy->store);
	copy->totals->boards += rc == RC_OK;
out:
	json_decref(body);
	return rc;
}

static enum rc each_board(struct copy *copy, enum rc (*does)(struct copy *copy, const char *board))
{
	struct stmt *stmt = db_stmt(copy->there->tram, BOARDS);
	const char **boards = pool_alloc(copy->pool, BOARDS_MAX * sizeof(*boards));
	size_t count = 0, i;
	bool row = false;
	enum rc rc;

	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && count < BOARDS_MAX)
		boards[count++] = stmt_col_dup(stmt, 0, copy->pool);
	stmt_reset(stmt);
	for (i = 0; rc == RC_OK && i < count; i++)
		rc = does(copy, boards[i]);
	return rc;
}

static enum rc check_board(struct copy *copy, const char *board)
{
	int64_t lacking = 0;
	enum rc rc = number(copy->there, LACKING, board, &lacking);

	if (rc == RC_OK && lacking > 0)
		fault(copy, board, "a receipt names a content that is not here");
	return rc;
}

/* ---- all of it ---- */

/* The copied journal's chains, then every content. */
static enum rc check(struct copy *copy)
{
	struct journal_totals totals;
	enum rc rc = journal_verify(copy->there, false, copy->report, copy->arg, &totals);

	copy->totals->events = totals.events;
	copy->totals->faults += totals.faults;
	if (rc == RC_OK)
		rc = contents(copy);
	if (rc == RC_OK)
		rc = erased(copy);
	return rc == RC_OK ? each_board(copy, check_board) : rc;
}

static enum rc take(struct copy *copy, const char *fresh)
{
	struct settings there = *copy->store->settings;
	struct pool *pool = copy->pool;
	const char *tram = pool_printf(pool, "%s/tram.db", fresh);
	const char *auth = pool_printf(pool, "%s/auth.db", fresh);
	const char *looks = pool_printf(pool, "%s/access.db", fresh), *here;
	bool seen;
	enum rc rc;

	db_copy_remove(pool, tram);
	db_copy_remove(pool, auth);
	db_copy_remove(pool, looks);
	copy->taken_at = when_now_ms();
	rc = db_copy_pages(pool_printf(pool, "%s/tram.db", there.db_dir), tram);
	if (rc == RC_OK)
		rc = db_copy_pages(pool_printf(pool, "%s/auth.db", there.auth_dir), auth);
	/* Not there before the first officers' page. */
	here = pool_printf(pool, "%s/access.db", there.db_dir);
	seen = access(here, F_OK) == 0;
	if (rc == RC_OK && seen)
		rc = db_copy_pages(here, looks);
	there.db_dir = (char *)(size_t)fresh;
	if (rc == RC_OK)
		rc = store_open(&there, STORE_TRAM, &copy->there);
	if (rc == RC_OK)
		rc = check(copy);
	if (rc == RC_OK && copy->totals->faults > 0)
		rc = RC_PROTOCOL;
	/* In its place before it is announced: what the boards rely on must be there. */
	if (rc == RC_OK && seen && rename(looks, pool_printf(pool, "%s/access.db", copy->dir)))
		rc = RC_IO;
	if (rc == RC_OK && (rename(auth, pool_printf(pool, "%s/auth.db", copy->dir)) ||
			rename(tram, pool_printf(pool, "%s/tram.db", copy->dir))))
		rc = RC_IO;
	if (rc == RC_OK)
		file_sync_dir_or_die(copy->dir);
	if (rc == RC_OK)
		rc = each_board(copy, announce);
	store_close(copy->there);
	db_copy_remove(pool, tram);
	db_copy_remove(pool, auth);
	db_copy_remove(pool, looks);
	return rc;
}

enum rc copy_make(struct store *store, const char *dir, const char *name, journal_report *report, void *arg,
		struct copy_totals *totals)
{
	struct copy copy = { .store = store, .dir = dir, .name = name, .report = report, .arg = arg,
		.totals = totals, .pool = pool_new() };
	const char *fresh = pool_printf(copy.pool, "%s/new", dir);
	enum rc rc = db_is_pg(store->tram) ? RC_CONFIG : RC_OK;

	memset(totals, 0, sizeof(*totals));
	if (rc == RC_OK)
		rc = file_make_dir(fresh, 0700);
	if (rc == RC_OK)
		rc = take(&copy, fresh);
	(void)rmdir(fresh);
	pool_free(copy.pool);
	return rc;
}
