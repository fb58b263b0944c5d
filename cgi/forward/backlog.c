/*
 * backlog.c: see backlog.h. The lists are read in portions along their indexes, so that 50,000 dossiers
 * drain at the pace of one.
 */
#include <stdlib.h>
#include <string.h>

#include "base/when.h"
#include "forward/forward.h"

#define BACKLOG_PORTION 64
#define BACKLOG_NEWEST_EVERY 4
#define BACKLOG_AGAIN_MS (15 * WHEN_MINUTE_MS)

void backlog_open(struct backlog *backlog)
{
	memset(backlog, 0, sizeof(*backlog));
	backlog->pool = pool_new();
}

void backlog_close(struct backlog *backlog)
{
	pool_free(backlog->pool);
	backlog->pool = NULL;
}

void backlog_forget(struct backlog *backlog)
{
	memset(backlog->lists, 0, sizeof(backlog->lists));
	backlog->dry = false;
	backlog->results_dry = false;
}

static bool comes_first(const struct link_blob *one, const struct link_blob *other)
{
	if (one->due_at != other->due_at)
		return one->due_at < other->due_at;
	return one->size < other->size;
}

static int by_due(const void *one, const void *other)
{
	return comes_first(one, other) ? -1 : comes_first(other, one);
}

static enum rc read_lists(struct forward *forward)
{
	struct backlog *backlog = &forward->backlog;
	struct backlog_list *results = &backlog->lists[BACKLOG_RESULTS];
	size_t portion = BACKLOG_PORTION + TUSC_LANES + forward->aside_count;
	enum rc rc;

	memset(backlog->lists, 0, sizeof(backlog->lists));
	pool_reset(backlog->pool);
	rc = linkstate_blobs_to_send(forward->store, backlog->pool, LINK_BY_DUE, portion,
			&backlog->lists[BACKLOG_DUE].rows, &backlog->lists[BACKLOG_DUE].count);
	if (rc == RC_OK && backlog->lists[BACKLOG_DUE].count == portion)
		rc = linkstate_blobs_to_send(forward->store, backlog->pool, LINK_NEWEST, portion,
				&backlog->lists[BACKLOG_NEWEST].rows, &backlog->lists[BACKLOG_NEWEST].count);
	if (rc == RC_OK && !backlog->results_dry)
		rc = linkstate_results_to_send(forward->store, backlog->pool, portion, &results->rows,
				&results->count);
	if (rc != RC_OK) {
		memset(backlog->lists, 0, sizeof(backlog->lists));
		return rc;
	}
	backlog->results_dry = backlog->results_dry || results->count == 0;
	if (results->count > 1)
		qsort(results->rows, results->count, sizeof(*results->rows), by_due);
	return RC_OK;
}

static const struct link_blob *head_of(const struct backlog *backlog, int list)
{
	const struct backlog_list *from = &backlog->lists[list];

	return from->next < from->count ? &from->rows[from->next] : NULL;
}

/* The list whose head goes next, -1: all are empty. */
static int choose(const struct backlog *backlog)
{
	const struct link_blob *due = head_of(backlog, BACKLOG_DUE);
	const struct link_blob *result = head_of(backlog, BACKLOG_RESULTS);

	if (head_of(backlog, BACKLOG_NEWEST) && backlog->turn % BACKLOG_NEWEST_EVERY == BACKLOG_NEWEST_EVERY - 1)
		return BACKLOG_NEWEST;
	if (due && result)
		return comes_first(result, due) ? BACKLOG_RESULTS : BACKLOG_DUE;
	/* A portion by due time is over: what is left of the newest would jump the next one. */
	return due ? BACKLOG_DUE : result ? BACKLOG_RESULTS : -1;
}

static enum rc may_go(struct forward *forward, const struct link_blob *blob, bool *may)
{
	bool receipted = false;
	enum rc rc;

	*may = false;
	if (tusc_has(forward->tusc, blob->sha256) || blobs_is_aside(forward, blob->sha256))
		return RC_OK;
	/* It stands in two lists, or in two dossiers. */
	rc = linkstate_blob_receipted(forward->store, blob->sha256, &receipted);
	*may = rc == RC_OK && !receipted;
	return rc;
}

enum rc backlog_next(struct forward *forward, const struct link_blob **out)
{
	struct backlog *backlog = &forward->backlog;
	bool fresh = false, may;
	enum rc rc;
	int list;

	*out = NULL;
	if (backlog->dry && when_boottime_ms() < backlog->again_at)
		return RC_OK;
	for (;;) {
		while ((list = choose(backlog)) >= 0) {
			const struct link_blob *blob = head_of(backlog, list);

			backlog->lists[list].next++;
			rc = may_go(forward, blob, &may);
			if (rc != RC_OK)
				return rc;
			if (may) {
				backlog->turn++;
				*out = blob;
				return RC_OK;
			}
		}
		if (fresh) {
			backlog->dry = forward->aside_count == 0 && tusc_is_idle(forward->tusc);
			backlog->again_at = when_boottime_ms() + BACKLOG_AGAIN_MS;
			return RC_OK;
		}
		fresh = true;
		rc = read_lists(forward);
		if (rc != RC_OK)
			return rc;
	}
}
