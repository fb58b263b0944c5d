/*
 * attend.h: what is stored and cannot be used yet, as words of a page; the same at a point and at the
 * province.
 */
#ifndef TRAM_WEB_ATTEND_H
#define TRAM_WEB_ATTEND_H

#include "base/rc.h"
#include "web/web.h"

/* Lists "parked" and "parked_files" of the view; board "": of all boards, each named. */
enum rc attend_show(struct web *web, struct request *request, struct view *view,
		const char *board) MUST_CHECK;
/* Tries the event again that the form names; inside store_begin. board "": the form's. *left as
 * parked_retry says. RC_INVALID: the form names none. */
enum rc attend_retry(struct web *web, struct request *request, const char *board,
		bool *left) MUST_CHECK;

#endif
