/*
 * serve.c: the loop of a FastCGI worker. One request at a time, its memory forgotten after it; the
 * worker ends by itself after recycle_requests, so that no leak lives for weeks.
 */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/notify.h"
#include "base/when.h"
#include "crypt/random.h"
#include "embed.h"
#include "store/blob.h"
#include "store/search_index.h"
#include "store/store.h"
#include "web/fcgx.h"
#include "web/rights.h"
#include "web/web.h"

#define EXIT_ENVIRONMENT 75
#define EXIT_CONFIGURATION 78
#define UNPUBLISHED_MAX 16
#define FOLLOW_EVENTS 100
#define TOGETHER_MAX 8u		/* requests that share one commit */

/* NĐ 333/2026 wants source, destination, account, time, action: the route's name stands for the
 * action, never the path. */
static void log_access(const struct web *web, const struct request *request, int status,
		int64_t began_ms)
{
	static const char *const methods[] = { [METHOD_GET] = "GET", [METHOD_POST] = "POST",
		[METHOD_HEAD] = "HEAD", [METHOD_PATCH] = "PATCH", [METHOD_OPTIONS] = "OPTIONS",
		[METHOD_DELETE] = "DELETE", [METHOD_OTHER] = "OTHER" };

	log_info("request source=%s program=%s route=%s method=%s account=%s status=%d ms=%lld",
			request->remote, web->program,
			request->route != NULL ? request->route->name : "-",
			methods[request->method],
			request->session != NULL ? request->session->account.id
			: request->board != NULL ? request->board
						 : "-",
			status, (long long)(when_boottime_ms() - began_ms));
}

/* Now and then, when the answer is out: the index of words follows. */
static void follow(struct store *store)
{
	if (store->tram == NULL || store->unfollowed < FOLLOW_EVENTS)
		return;
	store->unfollowed = 0;
	if (search_follow(store, false) != RC_OK)
		log_warn("search: its index follows later");
}

/* A request under way. */
struct turn {
	struct fcgx *fcgx;
	struct pool *pool;
	struct request request;
	struct response response;
	int64_t began_ms;
};

/* kept: those whose answers wait for the commit that what they wrote shares. */
struct line {
	struct web *web;
	struct turn turns[TOGETHER_MAX];
	size_t kept;
	int behind;			/* answers since public.db was brought up */
};

static void turn_open(struct line *line, struct turn *turn)
{
	if (turn->fcgx == NULL)
		turn->fcgx = fcgx_beside(line->turns[0].fcgx);
	if (turn->pool == NULL)
		turn->pool = pool_new();
	turn->response.pool = turn->pool;
	response_reset(&turn->response);
}

static void turn_close(struct turn *turn)
{
	fcgx_close(turn->fcgx);
	buf_free(&turn->response.headers);
	buf_free(&turn->response.body);
	pool_free(turn->pool);
	memset(turn, 0, sizeof(*turn));
}

static void make_answer(struct web *web, struct turn *turn)
{
	struct db *tram = web->store != NULL ? web->store->tram : NULL;

	turn->began_ms = when_boottime_ms();
	turn->request.secure = turn->response.secure = web->settings->tls_pages;
	/* A page tells one moment; the peer, who may be slow, gets it when the view is given up. */
	if (tram != NULL)
		db_hold(tram);
	route_dispatch(web, &turn->request, &turn->response);
	if (tram != NULL)
		db_release(tram);
}

static void send_answer(struct web *web, struct turn *turn)
{
	if (fcgx_answer(turn->fcgx, &turn->request, &turn->response) != RC_OK)
		log_info("request peer left route=%s",
				turn->request.route != NULL ? turn->request.route->name : "-");
	log_access(web, &turn->request, turn->response.status, turn->began_ms);
	pool_reset(turn->pool);
}

/* While others wait, what citizens may look up follows a few writes at a time: they get their answer
 * sooner, and one write brings public.db up for all. */
static bool may_publish_later(const struct line *line)
{
	return line->behind < UNPUBLISHED_MAX && fcgx_waiting();
}

static void answered(struct line *line, size_t count)
{
	struct store *store = line->web->store;

	if (store != NULL) {
		blob_out_expire(store);
		follow(store);
	}
	if (store == NULL || !store->publish_due) {
		line->behind = 0;
		return;
	}
	line->behind += (int)count;
	if (line->behind >= UNPUBLISHED_MAX || !fcgx_waiting()) {
		store_publish(store);
		line->behind = 0;
	}
}

/* One commit for all that was kept; then, and not before, their answers. Where it fails each of them
 * hears that nothing was done. */
static void settle(struct line *line)
{
	struct web *web = line->web;
	size_t count = line->kept;
	enum rc rc;

	if (count == 0)
		return;
	web->store->publish_later = may_publish_later(line);
	rc = store_settle(web->store);
	line->kept = 0;
	for (size_t i = 0; i < count; i++) {
		struct turn *turn = &line->turns[i];

		if (rc != RC_OK)
			route_failed(web, &turn->request, &turn->response, rc);
		send_answer(web, turn);
		if (i > 0)
			turn_close(turn);
	}
	answered(line, count);
}

/* At a busy counter several clerks accept in the same moment: each would wait for the commits of all before
 * it, and on a memory card one takes 20 ms. So who comes next, if the route allows it, is
 * served within the same transaction. Returns when all are answered or somebody else may still join. */
static void serve(struct line *line, bool more)
{
	struct web *web = line->web;
	struct turn *turn = &line->turns[line->kept];
	bool together = turn->request.method == METHOD_POST && web->store != NULL &&
			route_find(web, &turn->request) != NULL &&
			(turn->request.route->policy & ROUTE_TOGETHER) != 0;

	if (line->kept > 0 && !together) {
		struct turn mine = *turn;

		memset(turn, 0, sizeof(*turn));
		settle(line);
		turn = &line->turns[0];
		turn_close(turn);
		*turn = mine;
	}
	if (web->store != NULL) {
		web->store->together = together;
		web->store->publish_later = !together && turn->request.method != METHOD_GET &&
				may_publish_later(line);
	}
	make_answer(web, turn);
	if (web->store != NULL)
		web->store->together = false;
	if (line->kept > 0 || (together && db_kept(web->store->tram))) {
		line->kept++;
		if (!more || line->kept == TOGETHER_MAX)
			settle(line);
		return;
	}
	send_answer(web, turn);
	answered(line, 1);
}

int web_serve(struct web *web)
{
	const struct settings *settings = web->settings;
	struct line *line = calloc(1, sizeof(*line));
	int64_t served = 0, limit = settings->recycle_requests;
	enum rc rc;

	if (line == NULL)
		log_fatal("serve: out of memory");
	line->web = web;
	rc = rights_agree(web, embed_rights_tsv) ? fcgx_open((struct fcgx_limits){
			settings->upload_min_rate, settings->upload_deadline_s },
			&line->turns[0].fcgx) : RC_CONFIG;
	if (rc != RC_OK) {
		free(line);
		return EXIT_CONFIGURATION;
	}
	/* Not all workers of a pool in the same minute. */
	if (limit > 0)
		limit += random_below((uint32_t)(limit / 10) + 1);
	store_spare(web->store);
	log_info("serving program=%s", web->program);
	notify_ready();
	log_gather();
	while (rc == RC_OK && (limit == 0 || served < limit)) {
		struct turn *turn;

		if (line->kept > 0 && !fcgx_waiting())
			settle(line);
		turn = &line->turns[line->kept];
		turn_open(line, turn);
		rc = fcgx_next(turn->fcgx, turn->pool, false, &turn->request);
		if (rc == RC_NOT_FOUND && line->kept == 0) {
			log_flush();
			rc = fcgx_next(turn->fcgx, turn->pool, true, &turn->request);
		}
		if (rc == RC_OK) {
			served++;
			serve(line, limit == 0 || served < limit);
		} else {
			settle(line);
			rc = rc == RC_PROTOCOL || rc == RC_NOT_FOUND ? RC_OK : rc;
		}
	}
	notify_stopping();
	log_flush();
	log_info("stopping program=%s served=%lld", web->program, (long long)served);
	for (size_t i = 0; i < TOGETHER_MAX; i++)
		turn_close(&line->turns[i]);
	free(line);
	return rc == RC_OK || rc == RC_GONE ? 0 : EXIT_ENVIRONMENT;
}
