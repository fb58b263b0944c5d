/*
 * access.h: who may pass: host, client certificate, session, role, origin, token. route.c alone
 * calls this; a handler finds all of it settled.
 */
#ifndef TRAM_WEB_ACCESS_H
#define TRAM_WEB_ACCESS_H

#include <stdbool.h>

#include "base/rc.h"
#include "web/web.h"

/* A machine, a script or tus asks: a problem document instead of a page. */
bool access_wants_problem(const struct web *web, const struct request *request);
/* false: a Host that is not ours; answered with 421. */
bool access_host(struct web *web, struct request *request, struct response *response);
/* Certificate or session, lock, role, origin of request->route. Sets session, device, board.
 * RC_EXISTS: answered already (303 to the login, 401, a problem); RC_DENIED; store errors. */
enum rc access_check(struct web *web, struct request *request, struct response *response) MUST_CHECK;
/* The session-bound token of an unsafe method, from the form or X-Tram-Csrf. RC_DENIED. */
enum rc access_token(const struct web *web, const struct request *request) MUST_CHECK;

/* Is this the session's token? For who reads a streamed form (form_files.c). */
bool access_token_fits(const struct request *request, const char *token);

#endif
