/*
 * forks.h: logs that came apart, for whoever must look: which branches are kept, what each says, which
 * numbers both gave out (PROTOCOL §16). Fills views for the pages of board and center.
 */
#ifndef TRAM_WEB_FORKS_H
#define TRAM_WEB_FORKS_H

#include "base/rc.h"
#include "web/request.h"
#include "web/view.h"
#include "web/web.h"

/* Whose pages these are. */
struct forks_place {
	const char *here;		/* address of the list; one branch is below it */
	const char *board;		/* the only one; NULL: all, and addresses name theirs */
	const char *(*name)(struct web *web, struct pool *pool, const char *board);	/* NULL with board */
};
/* List "forks", flag "forks_shown". */
enum rc forks_show(struct web *web, struct request *request, struct view *view,
		const struct forks_place *place) MUST_CHECK;
/* Flag "forks_new": one was recorded of late. */
enum rc forks_show_new(struct web *web, struct request *request, struct view *view,
		const char *board) MUST_CHECK;
/* One branch: what it is, lists "clashes", "branch" and "kept". RC_NOT_FOUND. */
enum rc forks_show_one(struct web *web, struct request *request, struct view *view,
		const struct forks_place *place, const char *board, const char *log) MUST_CHECK;

#endif
