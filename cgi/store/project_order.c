/*
 * project_order.c: one order for the events of a dossier, whatever the order in which they came: each after
 * what its author had seen, a branch where its fork.recorded stands. Where a log came apart both sides may
 * have acted on one dossier; then both must come to the same end, so both project it by this order.
 */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "store/projection.h"

struct order {
	struct journal_row *rows;
	size_t count;
	bool *placed;
	size_t *after;			/* index of what its author had seen; count: nothing that is here */
	uint64_t first[2];		/* of each author: the place of its first one that is not placed */
};

/* Does one stand before other in the log of one author? */
static bool stands_before(const struct event *one, const struct event *other)
{
	return one->author == other->author && one->place < other->place;
}

/* Mostly the row before; so from there back, then on. */
static void find_after(struct order *order)
{
	for (size_t at = 0; at < order->count; at++) {
		const struct event *event = &order->rows[at].event;
		size_t step;

		order->after[at] = order->count;
		for (step = 1; event->has_after && step < order->count; step++) {
			size_t i = at >= step ? at - step : step;

			if (memcmp(order->rows[i].event.id, event->after, EVENT_ID_SIZE) == 0) {
				order->after[at] = i;
				break;
			}
		}
	}
}

static void find_first(struct order *order)
{
	order->first[0] = order->first[1] = UINT64_MAX;
	for (size_t i = 0; i < order->count; i++) {
		const struct event *event = &order->rows[i].event;

		if (!order->placed[i] && event->place < order->first[event->author != 0])
			order->first[event->author != 0] = event->place;
	}
}

static bool is_ready(const struct order *order, size_t at)
{
	const struct event *event = &order->rows[at].event;
	size_t after = order->after[at];

	return event->place <= order->first[event->author != 0] &&
			(after == order->count || order->placed[after]);
}

/* Of two that could be next: what stands in a log before a branch, then the center's, then the board's. */
static bool goes_first(const struct event *one, const struct event *other)
{
	bool branch = one->log > AUTHOR_CENTER, other_branch = other->log > AUTHOR_CENTER;

	if (branch != other_branch)
		return other_branch;
	if (one->author != other->author)
		return one->author == AUTHOR_CENTER;
	return stands_before(one, other);
}

void project_order(struct journal_row *rows, size_t count)
{
	struct order order = { .rows = rows, .count = count, .placed = calloc(count + 1, sizeof(bool)),
		.after = calloc(count + 1, sizeof(size_t)) };
	struct journal_row *sorted = calloc(count + 1, sizeof(*sorted));
	size_t i, n;

	if (!order.placed || !order.after || !sorted)
		log_fatal("projection: out of memory");
	find_after(&order);
	for (n = 0; n < count; n++) {
		size_t next = count, any = count;

		find_first(&order);
		for (i = 0; i < count; i++) {
			if (order.placed[i])
				continue;
			if (any == count || goes_first(&rows[i].event, &rows[any].event))
				any = i;
			if (is_ready(&order, i) && (next == count ||
					goes_first(&rows[i].event, &rows[next].event)))
				next = i;
		}
		next = next == count ? any : next;
		order.placed[next] = true;
		sorted[n] = rows[next];
	}
	if (count)
		memcpy(rows, sorted, count * sizeof(*rows));
	free(sorted);
	free(order.after);
	free(order.placed);
}

enum rc project_order_set(struct store *store, const struct event *event)
{
	static const char SET[] =
		"INSERT INTO dossier_ordered (board, id) VALUES ($1, $2) ON CONFLICT (board, id) DO NOTHING";
	struct stmt *stmt = db_stmt(store->tram, SET);

	stmt_text(stmt, 1, event->board);
	stmt_blob(stmt, 2, event->subject, EVENT_ID_SIZE);
	return stmt_run(stmt);
}

enum rc project_order_matters(struct store *store, const struct event *event, bool *matters)
{
	static const char ORDERED[] = "SELECT 1 FROM dossier_ordered WHERE board = $1 AND id = $2";
	struct stmt *stmt = db_stmt(store->tram, ORDERED);
	enum rc rc;

	*matters = false;
	stmt_text(stmt, 1, event->board);
	stmt_blob(stmt, 2, event->subject, EVENT_ID_SIZE);
	rc = stmt_step(stmt, matters);
	if (rc == RC_OK && *matters)
		stmt_reset(stmt);
	return rc;
}

static enum rc subjects(struct stmt *stmt, struct pool *pool, uint8_t (**ids)[EVENT_ID_SIZE], size_t *count)
{
	size_t room = 0;
	bool row = false;
	enum rc rc;

	*ids = NULL;
	*count = 0;
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row) {
		size_t len = 0;
		const void *id = stmt_col_blob(stmt, 0, &len);

		if (*count == room) {
			uint8_t (*more)[EVENT_ID_SIZE];

			room = room ? room * 2 : 64;
			more = pool_alloc(pool, room * sizeof(*more));
			if (*count)
				memcpy(more, *ids, *count * sizeof(*more));
			*ids = more;
		}
		if (len == EVENT_ID_SIZE)
			memcpy((*ids)[(*count)++], id, len);
	}
	stmt_reset(stmt);
	return rc;
}

enum rc project_order_all(struct store *store, const char *board, unsigned log)
{
	static const char OF_BRANCH[] =
		"SELECT o.id FROM dossier_ordered o WHERE o.board = $1 AND EXISTS (SELECT 1 FROM journal j"
		" WHERE j.board = o.board AND j.subject = o.id AND j.author = $2)";
	static const char OF_ALL[] = "SELECT id FROM dossier_ordered WHERE board = $1";
	struct stmt *stmt = db_stmt(store->tram, log ? OF_BRANCH : OF_ALL);
	struct pool *pool = pool_new();
	uint8_t (*ids)[EVENT_ID_SIZE];
	size_t count, i;
	enum rc rc;

	stmt_text(stmt, 1, board);
	if (log)
		stmt_int(stmt, 2, (int64_t)log);
	rc = subjects(stmt, pool, &ids, &count);
	for (i = 0; rc == RC_OK && i < count; i++)
		rc = projection_redo(store, board, ids[i], NULL);
	pool_free(pool);
	return rc;
}
