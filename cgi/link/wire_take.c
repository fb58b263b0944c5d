/*
 * wire_take.c: see wire_take.h. Whatever brings the lines (machine port, feed, stick, copy), each is read
 * strictly and received in order, all of them in one transaction.
 */
#include <string.h>

#include "link/wire.h"
#include "link/wire_take.h"
#include "store/bundle.h"
#include "store/fork.h"
#include "store/linkstate.h"

/* What becomes of one line. */
typedef enum rc wire_taker(struct store *store, const char *board, const struct wire_event *event, void *arg,
		const char **why);

/* Every line, in order; inside store_begin. A line that stands here already is passed over. */
static enum rc each_line(struct store *store, const char *board, const char *ndjson, size_t len,
		wire_taker *take, void *arg, const char **why, size_t *line)
{
	const char *at = ndjson, *end = ndjson + len;
	struct pool *pool = pool_new();
	enum rc rc = RC_OK;

	while (at < end && rc == RC_OK) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		struct wire_event event;

		++*line;
		if (!stop || wire_line_parse(pool, at, (size_t)(stop - at), &event)) {
			*why = "line";
			rc = RC_PROTOCOL;
			break;
		}
		rc = take(store, board, &event, arg, why);
		if (rc == RC_EXISTS)
			rc = RC_OK;
		at = stop + 1;
		pool_reset(pool);
	}
	pool_free(pool);
	return rc;
}

struct wire_log {
	enum event_author author;
	bool news;	/* of the province's, on a board at work */
};

static enum rc take_event(struct store *store, const char *board, const struct wire_event *event, void *arg,
		const char **why)
{
	const struct wire_log *log = arg;
	enum rc rc = journal_receive(store, board, log->author, event->header, event->header_len, event->salt,
			event->body, event->body_len, why);

	if (rc == RC_OK && log->news)
		rc = bundle_follow_arrived(store, board, event->header, event->header_len, event->body,
				event->body_len);
	return rc;
}

static enum rc stage_event(struct store *store, const char *board, const struct wire_event *event, void *arg,
		const char **why)
{
	enum rc rc = fork_stage(store, board, event->header, event->header_len, event->salt, event->body,
			event->body_len, why);

	*(size_t *)arg += rc == RC_OK;
	return rc;
}

static enum rc begin(struct store *store, const char **why, size_t *line)
{
	*why = NULL;
	*line = 0;
	return store_begin(store, false);
}

static enum rc end(struct store *store, enum rc rc)
{
	if (rc == RC_OK)
		return store_commit(store);
	store_abort(store);
	return rc;
}

enum rc wire_take_journal(struct store *store, const char *board, const char *ndjson, size_t len,
		struct journal_head *head, const char **why, size_t *line)
{
	struct wire_log log = { AUTHOR_BOARD, false };
	struct journal_head before;
	enum rc rc = begin(store, why, line);

	if (rc)
		return rc;
	rc = journal_head_get(store, board, AUTHOR_BOARD, &before);
	if (rc == RC_OK)
		rc = each_line(store, board, ndjson, len, take_event, &log, why, line);
	if (rc == RC_OK)
		rc = linkstate_settle(store, board, before.seq);
	if (rc == RC_OK)
		rc = journal_head_get(store, board, AUTHOR_BOARD, head);
	return end(store, rc);
}

enum rc wire_take_feed(struct store *store, const char *ndjson, size_t len, const char *token,
		const char **why, size_t *line)
{
	struct wire_log log = { AUTHOR_CENTER, true };
	enum rc rc = begin(store, why, line);

	if (rc)
		return rc;
	rc = each_line(store, store->board, ndjson, len, take_event, &log, why, line);
	if (rc == RC_OK && token)
		rc = linkstate_feed_token(store, token);
	return end(store, rc);
}

enum rc wire_take_copy(struct store *store, enum event_author author, const char *ndjson, size_t len,
		const char **why, size_t *line)
{
	struct wire_log log = { author, false };
	enum rc rc = begin(store, why, line);

	if (rc)
		return rc;
	return end(store, each_line(store, store->board, ndjson, len, take_event, &log, why, line));
}

enum rc wire_take_branch(struct store *store, const char *board, const char *ndjson, size_t len,
		size_t *staged, const char **why, size_t *line)
{
	enum rc rc = begin(store, why, line);

	*staged = 0;
	if (rc)
		return rc;
	return end(store, each_line(store, board, ndjson, len, stage_event, staged, why, line));
}
