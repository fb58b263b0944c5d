/*
 * forks.c: see forks.h.
 */
#include <string.h>

#include "base/text.h"
#include "base/when.h"
#include "store/dossier.h"
#include "store/fork.h"
#include "web/forks.h"
#include "web/show.h"
#include "web/text_vi.h"

#define FORKS_MAX 50
#define CLASHES_MAX 20
#define EVENTS_MAX 100
#define LOGS_MAX 1000
#define NEW_MS (30 * WHEN_DAY_MS)	/* so long a branch stands on the page that one opens in the morning */

static char *dossier_url(struct pool *pool, const struct forks_place *place, const char *board,
		const char *id)
{
	return place->board ? pool_printf(pool, "/ho-so/%s", id) :
			pool_printf(pool, "/ho-so/%s/%s", board, id);
}

static enum rc show_sums(struct web *web, struct pool *pool, struct view *item,
		const struct forks_place *place, const struct fork_row *fork, struct fork_clash **clashes,
		size_t *count)
{
	struct fork_sums sums;
	enum rc rc = fork_sum(web->store, fork, &sums);

	if (rc == RC_OK)
		rc = fork_clashes(web->store, pool, fork, CLASHES_MAX, clashes, count);
	if (rc != RC_OK)
		return rc;
	if (!place->board)
		view_set(item, "name", place->name(web, pool, fork->board));
	view_set(item, "board", fork->board);
	view_flag(item, "of_center", fork->author == AUTHOR_CENTER);
	view_set(item, "since", show_time_screen(pool, fork->at));
	view_setf(item, "count", "%llu", (unsigned long long)(fork->last - fork->first + 1));
	view_setf(item, "dossiers", "%lld", (long long)sums.dossiers);
	view_int(item, "unused", sums.parked);
	view_int(item, "clashing", (int64_t)*count);
	view_set(item, "fork_url", place->board ? pool_printf(pool, "%s/%u", place->here, fork->log) :
			pool_printf(pool, "%s/%s/%u", place->here, fork->board, fork->log));
	return RC_OK;
}

enum rc forks_show(struct web *web, struct request *request, struct view *view,
		const struct forks_place *place)
{
	struct fork_row *rows = NULL;
	struct fork_clash *clashes;
	size_t count = 0, found, i;
	enum rc rc = fork_list(web->store, request->pool, place->board ? place->board : "", FORKS_MAX,
			&rows, &count);

	for (i = 0; rc == RC_OK && i < count; i++)
		rc = show_sums(web, request->pool, view_item(view, "forks"), place, &rows[i], &clashes,
				&found);
	view_flag(view, "forks_shown", count > 0);
	return rc;
}

enum rc forks_show_new(struct web *web, struct request *request, struct view *view, const char *board)
{
	struct fork_row *rows = NULL;
	size_t count = 0, i;
	enum rc rc = fork_list(web->store, request->pool, board, LOGS_MAX, &rows, &count);

	for (i = 0; rc == RC_OK && i < count; i++)
		if (rows[i].at > request->now_ms - NEW_MS)
			view_flag(view, "forks_new", true);
	return rc;
}

/* ---- one ---- */

static enum rc show_dossier(struct web *web, struct pool *pool, struct view *item,
		const struct forks_place *place, const char *board, const char *id)
{
	struct dossier_row row;
	enum rc rc = dossier_find(web->store, pool, board, id, &row);

	if (rc != RC_OK)
		return rc == RC_NOT_FOUND ? RC_OK : rc;
	view_set(item, "dossier_url", dossier_url(pool, place, board, id));
	view_set(item, "applicant", row.applicant[0] != '\0' ? row.applicant : text_get("forks.nobody"));
	view_set(item, "procedure", row.procedure_name);
	view_set(item, "received", show_time_screen(pool, row.received_at));
	view_set(item, "state", text_get(pool_printf(pool, "state.%s", state_name(row.facts.state))));
	return RC_OK;
}

static enum rc show_clashes(struct web *web, struct pool *pool, struct view *view,
		const struct forks_place *place, const struct fork_clash *rows, size_t count)
{
	enum rc rc = RC_OK;
	size_t i;

	for (i = 0; rc == RC_OK && i < count; i++) {
		struct view *item = view_item(view, "clashes"), *kept, *branch;

		view_set(item, "number", rows[i].number);
		view_flag(item, "official", strcmp(rows[i].kind, "official") == 0);
		kept = view_item(item, "both");
		rc = show_dossier(web, pool, kept, place, rows[i].one_board, rows[i].one);
		branch = view_item(item, "both");
		view_flag(branch, "of_branch", true);
		if (rc == RC_OK)
			rc = show_dossier(web, pool, branch, place, rows[i].board, rows[i].two);
	}
	return rc;
}

static const char *words(struct pool *pool, const char *prefix, const char *word, const char *otherwise)
{
	const char *key = pool_printf(pool, "%s%s", prefix, word);

	return text_known(key) ? text_get(key) : text_get(otherwise);
}

/* The events of one log between two places, into the list of this name. */
static enum rc show_events(struct web *web, struct pool *pool, struct view *view,
		const struct forks_place *place, const struct fork_row *fork, unsigned log, uint64_t last,
		const char *list)
{
	struct fork_event *rows = NULL;
	size_t count = 0, i;
	enum rc rc = fork_events(web->store, pool, fork->board, log, fork->first, last, EVENTS_MAX, &rows,
			&count);

	for (i = 0; rc == RC_OK && i < count; i++) {
		struct view *item = view_item(view, list);

		view_set(item, "at", rows[i].at > 0 ? show_time_screen(pool, rows[i].at) : "");
		view_set(item, "what", words(pool, "event.", rows[i].kind, "event.unknown"));
		view_set(item, "code", rows[i].code);
		view_set(item, "applicant", rows[i].applicant);
		if (rows[i].code[0] != '\0')
			view_set(item, "dossier_url", dossier_url(pool, place, fork->board,
					rows[i].dossier));
		if (rows[i].parked[0] != '\0')
			view_set(item, "parked", text_known(rows[i].parked) ? text_get(rows[i].parked) :
					words(pool, "attend.why.", rows[i].parked, "attend.why.other"));
	}
	view_flag(view, pool_printf(pool, "%s_shown", list), count > 0);
	view_flag(view, pool_printf(pool, "%s_more", list), count == EVENTS_MAX);
	return rc;
}

static enum rc find(struct web *web, struct pool *pool, const char *board, const char *log,
		struct fork_row *out)
{
	struct fork_row *rows = NULL;
	int64_t number = 0;
	size_t count = 0, i;
	enum rc rc;

	if (num_parse(log, 2, INT32_MAX, &number) != RC_OK || board[0] == '\0')
		return RC_NOT_FOUND;
	rc = fork_list(web->store, pool, board, LOGS_MAX, &rows, &count);
	for (i = 0; rc == RC_OK && i < count; i++) {
		if (rows[i].log == (unsigned)number) {
			*out = rows[i];
			return RC_OK;
		}
	}
	return rc == RC_OK ? RC_NOT_FOUND : rc;
}

enum rc forks_show_one(struct web *web, struct request *request, struct view *view,
		const struct forks_place *place, const char *board, const char *log)
{
	struct fork_clash *clashes = NULL;
	struct fork_row fork;
	size_t count = 0;
	enum rc rc = find(web, request->pool, board, log, &fork);

	if (rc == RC_OK)
		rc = show_sums(web, request->pool, view, place, &fork, &clashes, &count);
	if (rc == RC_OK)
		rc = show_clashes(web, request->pool, view, place, clashes, count);
	if (rc == RC_OK)
		rc = show_events(web, request->pool, view, place, &fork, fork.log, fork.last, "branch");
	/* What the log that goes on says of the same time: up to where it recorded the branch. */
	if (rc == RC_OK)
		rc = show_events(web, request->pool, view, place, &fork, fork.author, fork.position, "kept");
	view_set(view, "here", place->here);
	return rc;
}
