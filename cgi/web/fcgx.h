/*
 * fcgx.h: the FastCGI listening socket on fd 0, one request at a time. The only file that knows
 * libfcgi; knows nothing of routes.
 */
#ifndef TRAM_WEB_FCGX_H
#define TRAM_WEB_FCGX_H

#include "base/pool.h"
#include <stdbool.h>

#include "base/rc.h"
#include "web/request.h"
#include "web/response.h"

struct fcgx;

struct fcgx_limits {
	int64_t min_rate;		/* bytes a second of a body, after a grace of 10 s; 0: none */
	int64_t deadline_s;		/* for a whole body; 0: none */
};

/* fd 0 must listen. Blocks SIGTERM and SIGINT outside the wait. RC_CONFIG: fd 0 is no such socket. */
enum rc fcgx_open(struct fcgx_limits limits, struct fcgx **out) MUST_CHECK;
void fcgx_close(struct fcgx *fcgx);
/* For one more request, while first's is not answered yet. */
struct fcgx *fcgx_beside(const struct fcgx *first);
/* Takes a request, waiting for one if asked to, and copies what a handler may ask for into the pool.
 * RC_NOT_FOUND: nobody waits; RC_GONE: told to stop; RC_PROTOCOL: that connection was none (wait again);
 * RC_IO: the socket failed. */
enum rc fcgx_next(struct fcgx *fcgx, struct pool *pool, bool wait_for_one,
		struct request *request) MUST_CHECK;
/* Does somebody wait to be served already? */
bool fcgx_waiting(void);
/* Sends the answer in one go and ends the request. RC_GONE: the peer left. */
enum rc fcgx_answer(struct fcgx *fcgx, const struct request *request,
		const struct response *response) MUST_CHECK;

#endif
