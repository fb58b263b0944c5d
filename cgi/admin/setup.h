/*
 * setup.h: first boot on a phone (tram-admin --setup FOLDER): the code on the box, six questions, a look at
 * the answers, and what becomes of them. FOLDER is this program's and root's (board/FIRST-BOOT.md): every
 * answer is on the disk before the next page, so a power cut at any step resumes there. There is no
 * database yet and no account; what needs root is a wish that `tram setup run` does.
 */
#ifndef TRAM_ADMIN_SETUP_H
#define TRAM_ADMIN_SETUP_H

#include "base/json.h"
#include "store/setup.h"
#include "web/web.h"

struct setup_app {
	const char *dir;
	char key[65];			/* of the cookie; made with the folder */
	char code[65];			/* SHA-256 of the code on the box, hex */
	int64_t wait_until;		/* boottime: no code is looked at before */
};

extern const struct route setup_routes[];
extern const size_t setup_route_count;

#define SETUP_HANDLER(name) \
	enum rc setup_##name(struct web *web, struct request *request, struct response *response)

void setup_frame(struct web *web, struct request *request, struct view *view);
SETUP_HANDLER(root);
SETUP_HANDLER(code);		/* setup_door.c */
SETUP_HANDLER(step);		/* setup_steps.c: /buoc/1 … 6 */
SETUP_HANDLER(review);		/* setup_review.c: /xem-lai */
SETUP_HANDLER(progress);	/* /dang-lam */

/* setup_door.c: what the folder says; RC_NOT_FOUND, RC_CONFIG. */
enum rc setup_door_open(struct setup_app *app, const char *dir) MUST_CHECK;
/* Has this phone said the code? False: the answer leads to the page that asks. */
bool setup_door_passed(struct web *web, struct request *request, struct response *response);

/* What `tram setup run` said last, {} when nothing; the caller's. */
json_t *setup_said(const struct setup_app *app, struct pool *pool);
/* "network", "finish": done by root as soon as it is there. */
enum rc setup_wish(const struct setup_app *app, const char *wish) MUST_CHECK;
bool setup_is_wished(const struct setup_app *app, struct pool *pool, const char *wish);

#endif
