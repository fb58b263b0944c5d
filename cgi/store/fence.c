/*
 * fence.c: see fence.h.
 */
#include <string.h>

#include "base/encode.h"
#include "base/log.h"
#include "base/when.h"
#include "store/fence.h"
#include "store/journal.h"

#define KEPT_MS (400 * WHEN_DAY_MS)	/* what an instance said is known that long */

static const char SEEN[] =
	"UPDATE link_board SET seen_at = $2, version = CASE $3 WHEN '' THEN version ELSE $3 END"
	" WHERE board = $1"
	" RETURNING hello_counter, fenced, fence_reason, min_epoch";
static const char INSTANCE[] =
	"SELECT ended_at, counter_said, counter_first, counter_last FROM link_instance"
	" WHERE board = $1 AND instance = $2";
static const char SAID_BY_OTHER[] =
	"SELECT 1 FROM link_instance WHERE board = $1 AND instance <> $2 AND counter_first <= $3"
	" AND counter_last >= $3";
static const char END[] = "UPDATE link_instance SET ended_at = $2 WHERE board = $1 AND ended_at = 0";
static const char BEGIN[] =
	"INSERT INTO link_instance (board, instance, began_at, ended_at, counter_said, counter_first,"
	" counter_last) VALUES ($1, $2, $3, 0, $4, $5, $6)";
static const char GO_ON[] =
	"UPDATE link_instance SET counter_last = $3 WHERE board = $1 AND instance = $2";
static const char COUNTED[] =
	"UPDATE link_board SET hello_counter = $2 WHERE board = $1 AND hello_counter < $2";
static const char FORGET[] =
	"DELETE FROM link_instance WHERE board = $1 AND ended_at > 0 AND ended_at < $2";
static const char PUT[] =
	"UPDATE link_board SET fenced = 1, fence_reason = $2, fence_at = $3, fence_by = $4, min_epoch ="
	" CASE WHEN min_epoch > $5 THEN min_epoch ELSE $5 END WHERE board = $1 AND fenced = 0";
static const char IS_BOARD[] = "SELECT 1 FROM link_board WHERE board = $1";
static const char LIST[] =
	"SELECT began_at, ended_at, CASE WHEN counter_said < counter_first THEN 1 ELSE 0 END FROM link_instance WHERE board = $1"
	" ORDER BY began_at DESC LIMIT $2";

struct known {
	bool found, over;
	uint64_t said, first, last;
};

static struct stmt *of(struct store *store, const char *sql, const char *board, const char *instance)
{
	struct stmt *stmt = db_stmt(store->tram, sql);

	stmt_text(stmt, 1, board);
	stmt_text(stmt, 2, instance);
	return stmt;
}

static enum rc seen(struct store *store, struct pool *pool, const char *board, const char *version,
		struct fence_said *out)
{
	struct stmt *stmt = db_stmt(store->tram, SEEN);
	bool row = false;
	enum rc rc;

	stmt_text(stmt, 1, board);
	stmt_int(stmt, 2, when_now_ms());
	stmt_text(stmt, 3, version);
	rc = stmt_step(stmt, &row);
	if (rc != RC_OK || !row)
		return rc != RC_OK ? rc : RC_NOT_FOUND;
	out->counter = (uint64_t)stmt_col_int(stmt, 0);
	out->fenced = stmt_col_int(stmt, 1) != 0;
	out->reason = stmt_col_dup(stmt, 2, pool);
	out->min_epoch = (uint64_t)stmt_col_int(stmt, 3);
	stmt_reset(stmt);
	return RC_OK;
}

static enum rc look_up(struct store *store, const char *board, const char *instance, struct known *out)
{
	struct stmt *stmt = of(store, INSTANCE, board, instance);
	enum rc rc;

	memset(out, 0, sizeof(*out));
	rc = stmt_step(stmt, &out->found);
	if (rc != RC_OK || !out->found)
		return rc;
	out->over = stmt_col_int(stmt, 0) != 0;
	out->said = (uint64_t)stmt_col_int(stmt, 1);
	out->first = (uint64_t)stmt_col_int(stmt, 2);
	out->last = (uint64_t)stmt_col_int(stmt, 3);
	stmt_reset(stmt);
	return RC_OK;
}

/* An instance that nobody knew: the one before it is over. */
static enum rc begin(struct store *store, const char *board, const char *instance, uint64_t counter,
		struct fence_said *out)
{
	struct stmt *stmt = db_stmt(store->tram, END);
	bool ahead = counter > out->counter;
	int64_t now = when_now_ms();
	enum rc rc;

	stmt_text(stmt, 1, board);
	stmt_int(stmt, 2, now);
	rc = stmt_run(stmt);
	stmt = of(store, BEGIN, board, instance);
	stmt_int(stmt, 3, now);
	stmt_int(stmt, 4, (int64_t)counter);
	stmt_int(stmt, 5, (int64_t)(ahead ? counter : out->counter + 1));
	stmt_int(stmt, 6, (int64_t)(ahead ? counter : out->counter));
	if (rc == RC_OK)
		rc = stmt_run(stmt);
	stmt = db_stmt(store->tram, FORGET);
	stmt_text(stmt, 1, board);
	stmt_int(stmt, 2, now - KEPT_MS);
	out->verdict = ahead ? FENCE_GOOD : FENCE_RESTORED;
	return rc == RC_OK ? stmt_run(stmt) : rc;
}

/* One that was over speaks: late, or alive beside another? */
static enum rc judge_over(struct store *store, const char *board, const char *instance,
		const struct known *known, uint64_t counter, const struct fence_said *said, bool *cloned)
{
	struct stmt *stmt;
	enum rc rc;

	*cloned = counter > said->counter;
	if (*cloned || counter == known->said || (counter >= known->first && counter <= known->last))
		return RC_OK;
	stmt = of(store, SAID_BY_OTHER, board, instance);
	stmt_int(stmt, 3, (int64_t)counter);
	rc = stmt_step(stmt, cloned);
	if (rc == RC_OK && *cloned)
		stmt_reset(stmt);
	return rc;
}

static enum rc go_on(struct store *store, const char *board, const char *instance, uint64_t counter)
{
	struct stmt *stmt = of(store, GO_ON, board, instance);

	stmt_int(stmt, 3, (int64_t)counter);
	return stmt_run(stmt);
}

static enum rc judge(struct store *store, const char *board, const char *instance, uint64_t counter,
		struct fence_said *out)
{
	struct known known;
	bool cloned = false;
	enum rc rc = look_up(store, board, instance, &known);

	if (rc != RC_OK)
		return rc;
	if (!known.found)
		return begin(store, board, instance, counter, out);
	out->verdict = FENCE_AGAIN;
	if (known.over)
		rc = judge_over(store, board, instance, &known, counter, out, &cloned);
	else if (counter > out->counter) {
		out->verdict = FENCE_GOOD;
		rc = go_on(store, board, instance, counter);
	}
	if (rc == RC_OK && cloned) {
		log_warn("two machines use one identity board=%s counter=%llu: fenced", board,
				(unsigned long long)counter);
		rc = fence_put(store, board, FENCE_CLONED, "system", "");
		out->fenced = true;
		out->reason = FENCE_CLONED;
		out->verdict = FENCE_GOOD;
	}
	return rc;
}

static enum rc count(struct store *store, const char *board, uint64_t counter)
{
	struct stmt *stmt = db_stmt(store->tram, COUNTED);

	stmt_text(stmt, 1, board);
	stmt_int(stmt, 2, (int64_t)counter);
	return stmt_run(stmt);
}

enum rc fence_hello(struct store *store, struct pool *pool, const char *board, const char *instance,
		uint64_t counter, const char *version, struct fence_said *out)
{
	enum rc rc = store_begin(store, false);

	memset(out, 0, sizeof(*out));
	out->reason = "";
	if (rc != RC_OK)
		return rc;
	rc = seen(store, pool, board, version, out);
	/* Whoever is fenced is told so, and nothing more is learnt of it. */
	if (rc == RC_OK && !out->fenced)
		rc = judge(store, board, instance, counter, out);
	if (rc == RC_OK && out->verdict != FENCE_AGAIN) {
		rc = count(store, board, counter);
		out->counter = counter > out->counter ? counter : out->counter;
	}
	if (rc == RC_OK)
		return store_commit(store);
	store_abort(store);
	return rc;
}

/* The last event of the board that counts is the one that is here. */
static enum rc record(struct store *store, const char *board, const char *reason, const char *actor,
		const char *approver, const struct journal_head *head)
{
	static const uint8_t station[EVENT_ID_SIZE];
	json_t *body = json_new_object();
	struct act act = { .board = board, .subject_kind = SUBJECT_STATION, .subject = station,
		.kind = "board.fenced", .actor = actor, .body = body };
	char hash[2 * EVENT_HASH_SIZE + 1];
	const char *why = "";
	struct event event;
	enum rc rc;

	hex_encode(head->hash, sizeof(head->hash), hash);
	json_put(body, "reason", reason);
	if (*approver)
		json_put(body, "approver", approver);
	json_put_int(body, "epoch", (int64_t)head->epoch);
	if (head->seq > 0) {
		json_put_int(body, "seq", (int64_t)head->seq);
		json_put(body, "hash", hash);
	}
	rc = act_append(store, &act, &event, &why);
	json_decref(body);
	return rc;
}

static enum rc exists(struct store *store, const char *board)
{
	struct stmt *stmt = db_stmt(store->tram, IS_BOARD);
	bool row = false;
	enum rc rc;

	stmt_text(stmt, 1, board);
	rc = stmt_step(stmt, &row);
	if (rc != RC_OK || !row)
		return rc != RC_OK ? rc : RC_NOT_FOUND;
	stmt_reset(stmt);
	return RC_EXISTS;
}

enum rc fence_put(struct store *store, const char *board, const char *reason, const char *actor,
		const char *approver)
{
	struct journal_head head;
	struct stmt *stmt;
	enum rc rc = journal_head_get(store, board, AUTHOR_BOARD, &head);

	if (rc != RC_OK)
		return rc;
	stmt = db_stmt(store->tram, PUT);
	stmt_text(stmt, 1, board);
	stmt_text(stmt, 2, reason);
	stmt_int(stmt, 3, when_now_ms());
	stmt_text(stmt, 4, actor);
	stmt_int(stmt, 5, (int64_t)head.epoch + 1);
	rc = stmt_run(stmt);
	if (rc == RC_OK && db_changes(store->tram) == 0)
		return exists(store, board);
	return rc == RC_OK ? record(store, board, reason, actor, approver, &head) : rc;
}

enum rc fence_instances(struct store *store, struct pool *pool, const char *board, size_t limit,
		struct fence_instance **rows, size_t *count_out)
{
	struct stmt *stmt = db_stmt(store->tram, LIST);
	bool row = false;
	enum rc rc;

	*rows = pool_alloc(pool, (limit + 1) * sizeof(**rows));
	*count_out = 0;
	stmt_text(stmt, 1, board);
	stmt_int(stmt, 2, (int64_t)limit);
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && *count_out < limit) {
		struct fence_instance *out = &(*rows)[(*count_out)++];

		out->began_at = stmt_col_int(stmt, 0);
		out->ended_at = stmt_col_int(stmt, 1);
		out->restored = stmt_col_int(stmt, 2) != 0;
	}
	stmt_reset(stmt);
	return rc;
}
