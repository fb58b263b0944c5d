/*
 * exchange.c: hello, journal up, feed down. Every answer is checked against what was asked: a good
 * signature over another position is worth nothing.
 */
#include <stdio.h>
#include <string.h>

#include "base/encode.h"
#include "base/json.h"
#include "base/log.h"
#include "base/version.h"
#include "base/when.h"
#include "crypt/hash.h"
#include "crypt/random.h"
#include "forward/forward.h"
#include "link/greet.h"
#include "link/wire_take.h"
#include "store/clock.h"

#define EXCHANGE_ANSWER_MAX 65536u
#define EXCHANGE_FEED_MAX (4u * 1024 * 1024)	/* gzip or not, as it comes */
#define EXCHANGE_LINES_MAX (16u * 1024 * 1024)
#define EXCHANGE_TOKEN_MAX 4096
/* Of a long backlog, before the center is heard too. */
#define EXCHANGE_SHARE_MS 20000

#define EXCHANGE_GREETINGS 4

/* The member "receipt" of a JSON answer, verified. */
static enum rc exchange_receipt(struct forward *forward, const struct http_answer *answer,
		const char *typ, char **token, char **payload, size_t *len)
{
	json_t *object = NULL;
	enum rc rc = RC_PROTOCOL;

	if (json_parse(answer->body.data ? answer->body.data : "", answer->body.len, &object))
		return RC_PROTOCOL;
	*token = pool_strdup(forward->pool, json_text(object, "receipt"));
	rc = forward_verify(forward, typ, *token, payload, len);
	json_decref(object);
	return rc;
}

/* ---- hello ---- */

enum rc exchange_is_ours(struct forward *forward, const struct journal_head *head, bool *ours)
{
	struct journal_row *rows;
	size_t count;
	enum rc rc;

	*ours = head->seq == 0;
	if (*ours)
		return RC_OK;
	rc = journal_read(forward->store, forward->pool, forward->store->board, AUTHOR_BOARD,
			head->seq - 1, 1, 1, &rows, &count);
	if (rc == RC_OK && count == 1)
		*ours = rows[0].event.seq == head->seq &&
				hash_equal(rows[0].event.hash, head->hash, EVENT_HASH_SIZE);
	return rc;
}

/* What the two heads say (PROTOCOL §4, §16). *again: something was put right, hello is said anew. */
static enum rc exchange_check_welcome(struct forward *forward, const struct wire_hello *hello,
		const struct wire_welcome *welcome, const struct link_cursor *cursor, bool *again)
{
	bool ours;

	if (welcome->counter && linkstate_raise_counter(forward->store, welcome->counter))
		return forward_fail(forward, "hello", "database", RC_DB);
	if (exchange_is_ours(forward, &welcome->own, &ours) || linkstate_fence(forward->store, welcome->fenced))
		return forward_fail(forward, "hello", "database", RC_DB);
	*again = true;
	switch (greet_judge(hello, welcome, cursor->sent_seq, ours)) {
	case GREET_FENCED:
		*again = false;
		return forward_fail(forward, "hello", strcmp(welcome->fenced, "cloned") ? "fenced" :
				"cloned", RC_CONFLICT);
	case GREET_CENTER_LOST:
		return heal_center(forward, hello, welcome, cursor);
	case GREET_OWN_LOST:
		return heal_own(forward, hello, welcome, cursor, !ours);
	case GREET_NEW_EPOCH:
		*again = false;
		return heal_enrolled(forward);
	default:
		*again = false;
		return RC_OK;
	}
}

static enum rc exchange_make_hello(struct forward *forward, struct wire_hello *hello,
		struct link_cursor *cursor)
{
	struct store *store = forward->store;
	enum rc rc;

	memset(hello, 0, sizeof(*hello));
	hello->board = store->board;
	hello->version = TRAM_VERSION;
	random_bytes(hello->nonce, sizeof(hello->nonce));
	memcpy(hello->instance, forward->instance, sizeof(hello->instance));
	rc = linkstate_next_counter(store, &hello->counter);
	if (rc == RC_OK)
		rc = linkstate_get(store, cursor);
	if (rc == RC_OK)
		rc = journal_head_get(store, store->board, AUTHOR_BOARD, &hello->own);
	if (rc == RC_OK)
		rc = journal_head_get(store, store->board, AUTHOR_CENTER, &hello->center);
	return rc ? forward_fail(forward, "hello", "database", rc) : RC_OK;
}

/* The signed time, and by it the dates of whoever we are connected to. A trip that took too long says
 * nothing about the time; once that is known it does no harm. */
static enum rc exchange_take_time(struct forward *forward, const struct wire_welcome *welcome,
		int64_t began, bool *slow)
{
	int64_t trip = when_boottime_ms() - began;
	enum rc rc;

	forward->round_trip_ms = trip;
	if (!http_dates_fit(forward->http, welcome->time_ms + trip / 2)) {
		http_drop(forward->http);
		return forward_fail(forward, "hello", tls_fault_name(http_fault(forward->http)),
				RC_TLS);
	}
	rc = clock_learn(forward->settings, welcome->time_ms, began, trip);
	if (rc == RC_CONFLICT)
		return forward_fail(forward, "hello", "center-clock", rc);
	*slow = rc == RC_TIMEOUT && !when_is_known();
	if (rc == RC_TIMEOUT)
		return *slow ? RC_BUSY : RC_OK;
	if (rc)
		return forward_fail(forward, "hello", "clock-file", rc);
	if (!forward->retimed)
		retime_events(forward);
	return RC_OK;
}

/* One question and its answer. *slow: it took too long to tell the time, and nothing else failed. */
static enum rc exchange_greet(struct forward *forward, bool *slow, bool *again)
{
	struct http_answer answer = { 0 };
	struct wire_welcome welcome;
	struct wire_hello hello;
	struct link_cursor cursor;
	char *token = NULL, *payload, *text;
	int64_t began;
	size_t len;
	enum rc rc;

	pool_reset(forward->pool);
	rc = exchange_make_hello(forward, &hello, &cursor);
	if (rc)
		return rc;
	text = wire_hello_payload(forward->pool, &hello);
	rc = http_open(forward->http);
	began = when_boottime_ms();
	if (rc == RC_OK)
		rc = http_request(forward->http, "POST", "/v1/hello",
				"Content-Type: application/json\r\n", text, strlen(text),
				EXCHANGE_ANSWER_MAX, &answer);
	if (rc || answer.status != 200) {
		rc = forward_fail_http(forward, "hello", rc, http_fault(forward->http), &answer);
		goto out;
	}
	/* A key that was changed while we were away: the old one has announced it. */
	rc = exchange_receipt(forward, &answer, "tram-hello", &token, &payload, &len);
	if (rc == RC_PROTOCOL && token && *token && join_fetch_keys(forward) == RC_OK)
		rc = exchange_receipt(forward, &answer, "tram-hello", &token, &payload, &len);
	if (rc || wire_welcome_parse(forward->pool, payload, len, &welcome) ||
			strcmp(welcome.board, hello.board) ||
			!hash_equal(welcome.nonce, hello.nonce, sizeof(hello.nonce)))
		rc = forward_fail(forward, "hello", "receipt", RC_PROTOCOL);
	if (rc == RC_OK)
		rc = exchange_take_time(forward, &welcome, began, slow);
	if (rc == RC_OK && welcome.keys > forward->keys.announced && join_fetch_keys(forward))
		log_warn("hello: announced receipt keys could not be taken");
	if (rc == RC_OK)
		rc = exchange_check_welcome(forward, &hello, &welcome, &cursor, again);
	if (rc == RC_OK) {
		forward->round_trip_at = when_now_ms();
		forward->center_own = welcome.own;
		forward->center_head = welcome.center;
		gauge_trip(&forward->gauge, forward->round_trip_at, forward->round_trip_ms);
		forward->health_urgent = true;
	}
out:
	http_answer_free(&answer);
	return rc;
}

enum rc exchange_hello(struct forward *forward)
{
	bool slow = true, again = false;
	enum rc rc = RC_BUSY;
	int tries;

	/* On the same connection the second question does not pay for connecting. */
	for (tries = 0; (slow || (again && rc == RC_OK)) && tries < EXCHANGE_GREETINGS; tries++) {
		slow = again = false;
		rc = exchange_greet(forward, &slow, &again);
	}
	if (slow)
		return forward_fail(forward, "hello", "clock-slow", RC_TIMEOUT);
	return again && rc == RC_OK ? forward_fail(forward, "hello", "fork", RC_CONFLICT) : rc;
}

/* ---- journal ---- */

static enum rc exchange_take_receipt(struct forward *forward, const struct http_answer *answer,
		const struct event *last)
{
	struct wire_receipt receipt;
	char *token, *payload;
	size_t len;
	enum rc rc;

	if (exchange_receipt(forward, answer, "tram-receipt", &token, &payload, &len) ||
			wire_receipt_parse(forward->pool, payload, len, &receipt))
		return forward_fail(forward, "journal", "receipt", RC_PROTOCOL);
	if (strcmp(receipt.board, forward->store->board) || receipt.epoch != last->epoch ||
			receipt.seq != last->seq ||
			!hash_equal(receipt.hash, last->hash, EVENT_HASH_SIZE))
		return forward_fail(forward, "journal", "receipt-position", RC_PROTOCOL);
	rc = linkstate_receipt(forward->store, last->epoch, last->seq, last->hash, token);
	if (rc && rc != RC_EXISTS)
		return forward_fail(forward, "journal", "database", rc);
	return RC_OK;
}

static enum rc exchange_post(struct forward *forward, const struct journal_row *rows, size_t count)
{
	static const char extra[] = "Content-Type: application/x-ndjson\r\n"
			"Content-Encoding: gzip\r\n";
	struct http_answer answer = { 0 };
	struct buf lines = { 0 }, packed = { 0 };
	enum rc rc;
	size_t i;

	for (i = 0; i < count; i++)
		wire_line(&rows[i], &lines);
	rc = wire_gzip(lines.data, lines.len, &packed);
	if (rc) {
		rc = forward_fail(forward, "journal", "memory", rc);
		goto out;
	}
	rc = http_request(forward->http, "POST", "/v1/journal", extra, packed.data, packed.len,
			EXCHANGE_ANSWER_MAX, &answer);
	/* A branch that one of them records goes before it. */
	if (rc == RC_OK && forward_is_problem(&answer, "branch") && heal_send_branches(forward) == RC_OK)
		rc = http_request(forward->http, "POST", "/v1/journal", extra, packed.data, packed.len,
				EXCHANGE_ANSWER_MAX, &answer);
	if (rc || answer.status != 200)
		rc = forward_fail_http(forward, "journal", rc, http_fault(forward->http), &answer);
	else
		rc = exchange_take_receipt(forward, &answer, &rows[count - 1].event);
out:
	buf_free(&lines);
	buf_free(&packed);
	http_answer_free(&answer);
	return rc;
}

enum rc exchange_journal(struct forward *forward)
{
	int64_t until = when_boottime_ms() + EXCHANGE_SHARE_MS;
	struct journal_row *rows;
	struct link_cursor cursor;
	size_t count;
	enum rc rc;

	for (;;) {
		pool_reset(forward->pool);
		rc = linkstate_get(forward->store, &cursor);
		if (rc == RC_OK)
			rc = journal_read(forward->store, forward->pool, forward->store->board,
					AUTHOR_BOARD, cursor.sent_seq, WIRE_BATCH_EVENTS,
					WIRE_BATCH_BYTES, &rows, &count);
		if (rc)
			return forward_fail(forward, "journal", "database", rc);
		forward->journal_more = count > 0 && when_boottime_ms() >= until;
		if (count == 0 || forward->journal_more)
			return RC_OK;
		rc = exchange_post(forward, rows, count);
		if (rc)
			return rc;
		backlog_forget(&forward->backlog);
		forward->look_now = true;	/* the center may have answered with events of its own */
		log_info("journal sent seq=%llu events=%zu",
				(unsigned long long)rows[count - 1].event.seq, count);
		forward->health_changed = true;
		health_put(forward);
	}
}

/* ---- feed ---- */

/* Position of the last of the lines, by its own bytes. */
enum rc exchange_last_line(struct forward *forward, const struct buf *lines,
		struct journal_head *head)
{
	struct wire_event wire;
	struct event event;
	size_t start;

	if (lines->len < 2 || lines->data[lines->len - 1] != '\n')
		return RC_PROTOCOL;
	for (start = lines->len - 1; start > 0 && lines->data[start - 1] != '\n';)
		start--;
	if (wire_line_parse(forward->pool, lines->data + start, lines->len - 1 - start, &wire) ||
			event_decode(wire.header, wire.header_len, &event))
		return RC_PROTOCOL;
	head->epoch = event.epoch;
	head->seq = event.seq;
	hash_sha256(wire.header, wire.header_len, head->hash);
	return RC_OK;
}

enum rc exchange_head(struct forward *forward, const struct http_answer *answer, const char *typ,
		struct journal_head *head, char **token)
{
	char text[EXCHANGE_TOKEN_MAX], *payload;
	struct wire_feed feed;
	size_t len;

	http_header(answer, "Tram-Head", text, sizeof(text));
	if (forward_verify(forward, typ, text, &payload, &len) ||
			wire_feed_parse(forward->pool, payload, len, &feed) ||
			strcmp(feed.board, forward->store->board))
		return RC_PROTOCOL;
	*head = feed.head;
	if (token)
		*token = pool_strdup(forward->pool, text);
	return RC_OK;
}

enum rc exchange_lines(struct forward *forward, const struct http_answer *answer,
		const struct journal_head *head, uint64_t after, struct buf *lines)
{
	struct journal_head last;
	char encoding[16];
	enum rc rc;

	http_header(answer, "Content-Encoding", encoding, sizeof(encoding));
	if (strcmp(encoding, "gzip") == 0)
		rc = wire_gunzip(answer->body.data, answer->body.len, EXCHANGE_LINES_MAX, lines);
	else
		rc = encoding[0] ? RC_PROTOCOL : RC_OK;
	if (rc == RC_OK && !encoding[0])
		buf_add(lines, answer->body.data, answer->body.len);
	if (rc)
		return forward_fail(forward, "feed", "garbage", RC_PROTOCOL);
	if (head == NULL)
		return RC_OK;
	if (exchange_last_line(forward, lines, &last) || last.epoch != head->epoch ||
			last.seq != head->seq || last.seq <= after ||
			!hash_equal(last.hash, head->hash, EVENT_HASH_SIZE))
		return forward_fail(forward, "feed", "feed-position", RC_PROTOCOL);
	return RC_OK;
}

static enum rc exchange_take_lines(struct forward *forward, const struct http_answer *answer,
		const struct journal_head *had, const struct journal_head *head, const char *token)
{
	struct buf lines = { 0 };
	const char *why = NULL;
	size_t line;
	enum rc rc = exchange_lines(forward, answer, head, had->seq, &lines);

	if (rc)
		goto out;
	rc = wire_take_feed(forward->store, lines.data, lines.len, token, &why, &line);
	if (rc == RC_PROTOCOL && why && strcmp(why, "branch") == 0 &&
			heal_fetch_branches(forward) == RC_OK)
		rc = wire_take_feed(forward->store, lines.data, lines.len, token, &why, &line);
	forward->fetched_all = false;
	if (rc)
		rc = forward_fail(forward, "feed", why ? why : "database", rc);
	else
		log_info("feed stored seq=%llu", (unsigned long long)head->seq);
	if (rc == RC_OK)
		forward->proven_seq = head->seq;
out:
	buf_free(&lines);
	return rc;
}

/* 204: our head must be the center's. What came by `tram restore` came without a signature: kept now. */
static enum rc exchange_check_end(struct forward *forward, const struct journal_head *head,
		const struct journal_head *had, const char *token)
{
	if (head->seq == had->seq && (head->seq == 0 ||
			hash_equal(head->hash, had->hash, EVENT_HASH_SIZE))) {
		if (forward->proven_seq == head->seq)
			return RC_OK;
		forward->proven_seq = head->seq;
		return linkstate_feed_token(forward->store, token) ? forward_fail(forward, "feed", "database",
				RC_DB) : RC_OK;
	}
	return forward_fail(forward, "feed", head->seq < had->seq ? "center-restored" : "feed-position",
			RC_PROTOCOL);
}

/* Of a long feed: does something go before the rest of it? New events of ours at once; of a long backlog of
 * ours, which had its share, as much later. */
static enum rc exchange_give_way(struct forward *forward, int64_t until, bool *gives)
{
	struct journal_head own;
	struct link_cursor cursor;

	*gives = when_boottime_ms() >= until;
	if (*gives || forward->journal_more)
		return RC_OK;
	if (linkstate_get(forward->store, &cursor) || journal_head_get(forward->store,
			forward->store->board, AUTHOR_BOARD, &own))
		return forward_fail(forward, "feed", "database", RC_DB);
	*gives = own.seq > cursor.sent_seq;
	return RC_OK;
}

enum rc exchange_feed(struct forward *forward)
{
	int64_t until = when_boottime_ms() + EXCHANGE_SHARE_MS;
	struct http_answer answer = { 0 };
	struct journal_head had, head;
	bool more = true;
	enum rc rc = RC_OK;
	char path[64], *token;

	forward->feed_more = false;
	while (rc == RC_OK && more) {
		pool_reset(forward->pool);
		rc = journal_head_get(forward->store, forward->store->board, AUTHOR_CENTER, &had);
		if (rc) {
			rc = forward_fail(forward, "feed", "database", rc);
			break;
		}
		snprintf(path, sizeof(path), "/v1/feed?after=%llu", (unsigned long long)had.seq);
		rc = http_request(forward->http, "GET", path, "Accept-Encoding: gzip\r\n", NULL, 0,
				EXCHANGE_FEED_MAX, &answer);
		if (rc || (answer.status != 200 && answer.status != 204)) {
			rc = forward_fail_http(forward, "feed", rc, http_fault(forward->http), &answer);
		} else if (exchange_head(forward, &answer, "tram-feed", &head, &token)) {
			rc = forward_fail(forward, "feed", "feed-signature", RC_PROTOCOL);
		} else if (answer.status == 204) {
			more = false;
			rc = exchange_check_end(forward, &head, &had, token);
		} else {
			rc = exchange_take_lines(forward, &answer, &had, &head, token);
			forward->health_changed = true;
			if (rc == RC_OK)
				rc = exchange_give_way(forward, until, &forward->feed_more);
			more = !forward->feed_more;
		}
	}
	http_answer_free(&answer);
	return rc;
}
