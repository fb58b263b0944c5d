/*
 * heal.c: what a hello shows to have come apart is put right (PROTOCOL §16): this board was put back from
 * an old copy, or the center was. What the other side has comes back, byte for byte; nothing of ours is
 * thrown away.
 */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "forward/forward.h"
#include "link/greet.h"
#include "link/lost.h"
#include "link/wire_take.h"
#include "store/slip.h"

#define HEAL_ANSWER_MAX 65536u
#define HEAL_LINES_MAX (4u * 1024 * 1024)
#define HEAL_STEP 200u		/* so far back first, when the other side does not know what we begin with */
#define HEAL_BRANCHES_MAX 1000

/* ---- from the center ---- */

static enum rc heal_stage(struct forward *forward, const struct buf *lines, bool *gap)
{
	const char *why = NULL;
	size_t staged, line;
	enum rc rc = wire_take_branch(forward->store, forward->store->board, lines->data, lines->len, &staged,
			&why, &line);

	*gap = rc == RC_PROTOCOL && strcmp(why, "gap") == 0;
	if (rc && !*gap)
		return forward_fail(forward, "heal", rc == RC_PROTOCOL ? why : "database", rc);
	return RC_OK;
}

/* One answer. *head: of its last line, or of the log when *end. */
static enum rc heal_pull_part(struct forward *forward, const char *what, const char *typ, uint64_t after,
		struct journal_head *head, char **token, bool *end, bool *gap)
{
	struct http_answer answer = { 0 };
	struct buf lines = { 0 };
	char path[64];
	enum rc rc;

	*gap = false;
	snprintf(path, sizeof(path), "/v1/%s?after=%llu", what, (unsigned long long)after);
	rc = http_request(forward->http, "GET", path, "Accept-Encoding: gzip\r\n", NULL, 0,
			HEAL_LINES_MAX, &answer);
	if (rc || (answer.status != 200 && answer.status != 204))
		rc = forward_fail_http(forward, what, rc, http_fault(forward->http), &answer);
	else if (exchange_head(forward, &answer, typ, head, token))
		rc = forward_fail(forward, what, "feed-signature", RC_PROTOCOL);
	*end = answer.status == 204;
	if (rc == RC_OK && !*end)
		rc = exchange_lines(forward, &answer, head, after, &lines);
	if (rc == RC_OK && !*end)
		rc = heal_stage(forward, &lines, gap);
	buf_free(&lines);
	http_answer_free(&answer);
	return rc;
}

/* Everything of a log after a position waits here; further back if what comes does not follow. *head:
 * where it ends. */
static enum rc heal_pull(struct forward *forward, const char *what, const char *typ, uint64_t after,
		struct journal_head *head, char **token)
{
	uint64_t step = HEAL_STEP;
	bool end = false, gap;
	enum rc rc = RC_OK;

	while (rc == RC_OK && !end) {
		rc = heal_pull_part(forward, what, typ, after, head, token, &end, &gap);
		if (rc || end)
			break;
		if (gap && after == 0)
			return forward_fail(forward, what, "gap", RC_PROTOCOL);
		if (gap) {
			after = after > step ? after - step : 0;
			step *= 2;
		} else {
			after = head->seq;
		}
	}
	return rc;
}

static enum rc heal_branch_part(struct forward *forward, int number, uint64_t *after, bool *more, bool *none)
{
	struct http_answer answer = { 0 };
	struct buf lines = { 0 };
	struct journal_head last;
	char path[64];
	bool gap = false;
	enum rc rc;

	snprintf(path, sizeof(path), "/v1/branch?n=%d&after=%llu", number, (unsigned long long)*after);
	rc = http_request(forward->http, "GET", path, "Accept-Encoding: gzip\r\n", NULL, 0,
			HEAL_LINES_MAX, &answer);
	*more = rc == RC_OK && answer.status == 200;
	*none = rc == RC_OK && answer.status == 404;
	if (rc || (!*more && !*none && answer.status != 204))
		rc = forward_fail_http(forward, "branch", rc, http_fault(forward->http), &answer);
	if (rc == RC_OK && *more)
		rc = exchange_lines(forward, &answer, NULL, 0, &lines);
	if (rc == RC_OK && *more)
		rc = heal_stage(forward, &lines, &gap);
	/* A branch of what is not here yet is of no use now. */
	*more = *more && !gap;
	if (rc == RC_OK && *more && exchange_last_line(forward, &lines, &last))
		rc = forward_fail(forward, "branch", "line", RC_PROTOCOL);
	else if (rc == RC_OK && *more)
		*after = last.seq;
	buf_free(&lines);
	http_answer_free(&answer);
	return rc;
}

enum rc heal_fetch_branches(struct forward *forward)
{
	bool none = false, more;
	enum rc rc = RC_OK;
	int number;

	for (number = 1; rc == RC_OK && !none && number <= HEAL_BRANCHES_MAX; number++) {
		uint64_t after = 0;

		for (more = true; rc == RC_OK && more;)
			rc = heal_branch_part(forward, number, &after, &more, &none);
	}
	return rc;
}

/* ---- this board was put back ---- */

/* token: the center's signature for the head of its log. */
static enum rc heal_join(struct forward *forward, const struct fork_lost *lost, const char *token,
		struct fork_healed *healed, const char **why)
{
	enum rc rc = store_begin(forward->store, false);

	*why = "";
	if (rc)
		return rc;
	rc = fork_heal(forward->store, forward->store->board, lost, healed, why);
	if (rc == RC_OK && token && lost->other.seq > 0)
		rc = linkstate_feed_token(forward->store, token);
	if (rc == RC_OK)
		return store_commit(forward->store);
	store_abort(forward->store);
	return rc;
}

enum rc heal_own(struct forward *forward, const struct wire_hello *hello,
		const struct wire_welcome *welcome, const struct link_cursor *cursor, bool restored)
{
	struct fork_lost lost = { .author = AUTHOR_BOARD, .apart = welcome->apart,
		.reason = restored ? "restored" : NULL };
	struct fork_healed healed;
	const char *why;
	char *token = NULL;
	enum rc rc;

	/* What is under a receipt both have; the rest of ours may be a branch. */
	rc = heal_pull(forward, "own", "tram-own", greet_before(cursor->sent_seq < hello->own.seq ?
			cursor->sent_seq : hello->own.seq, welcome->own.seq), &lost.own, NULL);
	if (rc == RC_OK)
		rc = heal_pull(forward, "feed", "tram-feed", greet_before(hello->center.seq,
				welcome->center.seq), &lost.other, &token);
	if (rc)
		return rc;
	rc = heal_join(forward, &lost, token, &healed, &why);
	if (rc == RC_PROTOCOL && strcmp(why, "branch") == 0 && heal_fetch_branches(forward) == RC_OK)
		rc = heal_join(forward, &lost, token, &healed, &why);
	if (rc)
		return forward_fail(forward, "heal", rc == RC_PROTOCOL && *why ? why : "database", rc);
	log_warn("restored: own events are back events=%llu, new epoch; a branch of %llu after seq=%llu",
			(unsigned long long)healed.events, (unsigned long long)healed.branch,
			(unsigned long long)healed.base);
	if (healed.aside && slip_back(forward->store, forward->store->board, 0))
		log_warn("forward: public status is behind");
	if (slip_publish(forward->store))
		log_warn("forward: public status is behind");
	backlog_forget(&forward->backlog);
	forward->fetched_all = false;
	forward->health_urgent = true;
	return RC_OK;
}

enum rc heal_enrolled(struct forward *forward)
{
	enum rc rc = store_begin(forward->store, false);

	if (rc == RC_OK) {
		rc = fork_open_epoch(forward->store, forward->store->board, "enrolled");
		if (rc == RC_OK)
			rc = store_commit(forward->store);
		else
			store_abort(forward->store);
	}
	return rc ? forward_fail(forward, "hello", "database", rc) : RC_OK;
}

/* ---- to the center ---- */

/* Lines of one log after a position, some of them; *last: of the last one, 0: there are none. */
static enum rc heal_push_part(struct forward *forward, unsigned log, uint64_t after, uint64_t *last,
		bool *gap)
{
	static const char extra[] = "Content-Type: application/x-ndjson\r\n"
			"Content-Encoding: gzip\r\n";
	struct http_answer answer = { 0 };
	struct buf lines = { 0 }, packed = { 0 };
	struct journal_row *rows = NULL;
	struct pool *pool = pool_new();
	size_t count = 0, i;
	enum rc rc = journal_read(forward->store, pool, forward->store->board, log, after,
			WIRE_BATCH_EVENTS, WIRE_BATCH_BYTES, &rows, &count);

	*gap = false;
	*last = count ? rows[count - 1].event.seq : 0;
	if (rc) {
		rc = forward_fail(forward, "branch", "database", rc);
		goto out;
	}
	if (count == 0)
		goto out;
	for (i = 0; i < count; i++)
		wire_line(&rows[i], &lines);
	rc = wire_gzip(lines.data, lines.len, &packed);
	if (rc == RC_OK)
		rc = http_request(forward->http, "POST", "/v1/branch", extra, packed.data, packed.len,
				HEAL_ANSWER_MAX, &answer);
	*gap = rc == RC_OK && forward_is_problem(&answer, "gap");
	if (rc || (answer.status != 200 && !*gap))
		rc = forward_fail_http(forward, "branch", rc, http_fault(forward->http), &answer);
out:
	buf_free(&lines);
	buf_free(&packed);
	http_answer_free(&answer);
	pool_free(pool);
	return rc;
}

static enum rc heal_push(struct forward *forward, unsigned log, uint64_t after)
{
	uint64_t last = 1, step = HEAL_STEP;
	bool gap;
	enum rc rc = RC_OK;

	while (rc == RC_OK && last > 0) {
		rc = heal_push_part(forward, log, after, &last, &gap);
		if (rc == RC_OK && gap && after == 0)	/* a branch of what is not there yet: of no use there */
			return log > AUTHOR_CENTER ? RC_OK : forward_fail(forward, "branch", "gap",
					RC_PROTOCOL);
		if (gap) {
			after = after > step ? after - step : 0;
			step *= 2;
		} else if (last > 0) {
			after = last;
		}
	}
	return rc;
}

enum rc heal_send_branches(struct forward *forward)
{
	struct pool *pool = pool_new();
	struct fork_row *rows = NULL;
	size_t count = 0;
	enum rc rc = fork_list(forward->store, pool, forward->store->board, HEAL_BRANCHES_MAX, &rows,
			&count);

	if (rc)
		rc = forward_fail(forward, "branch", "database", rc);
	for (; rc == RC_OK && count > 0; count--)
		rc = heal_push(forward, rows[count - 1].log, 0);
	pool_free(pool);
	return rc;
}

/* ---- the center was put back ---- */

static enum rc heal_tell(struct forward *forward, const char *claim, bool *branch)
{
	struct http_answer answer = { 0 };
	enum rc rc = http_request(forward->http, "POST", "/v1/lost",
			"Content-Type: application/json\r\n", claim, strlen(claim), HEAL_ANSWER_MAX,
			&answer);

	*branch = rc == RC_OK && forward_is_problem(&answer, "branch");
	if (rc || (answer.status != 200 && !*branch))
		rc = forward_fail_http(forward, "lost", rc, http_fault(forward->http), &answer);
	http_answer_free(&answer);
	return rc;
}

enum rc heal_center(struct forward *forward, const struct wire_hello *hello,
		const struct wire_welcome *welcome, const struct link_cursor *cursor)
{
	struct journal_head own = { 0 };
	bool ours = false, branch = false;
	char *claim;
	enum rc rc = exchange_is_ours(forward, &welcome->own, &ours);

	if (rc)
		return forward_fail(forward, "hello", "database", rc);
	log_warn("the center was put back from an old copy: it has %llu of ours, %llu of its own",
			(unsigned long long)welcome->own.seq, (unsigned long long)welcome->center.seq);
	if (hello->center.seq > 0)
		rc = heal_push(forward, AUTHOR_CENTER, greet_before(hello->center.seq,
				welcome->center.seq));
	/* Its own events come after those of ours that it had seen. */
	if (rc == RC_OK && ours)
		rc = heal_push(forward, AUTHOR_BOARD, welcome->own.seq);
	if (rc == RC_OK && ours && journal_head_get(forward->store, forward->store->board, AUTHOR_BOARD,
			&own))
		rc = forward_fail(forward, "hello", "database", RC_DB);
	if (rc)
		return rc;
	claim = lost_claim(forward->store, forward->pool, welcome, cursor, &own);
	rc = heal_tell(forward, claim, &branch);
	if (rc == RC_OK && branch)
		rc = heal_send_branches(forward);
	if (rc == RC_OK && branch)
		rc = heal_tell(forward, claim, &branch);
	if (rc == RC_OK && branch)
		rc = forward_fail(forward, "lost", "branch", RC_PROTOCOL);
	/* Whatever it made of the claim: what it did not have goes again, and gets a receipt of now. */
	if (rc == RC_OK && ours && linkstate_sent_back(forward->store, forward->store->board, welcome->own.seq))
		rc = forward_fail(forward, "hello", "database", RC_DB);
	return rc;
}
