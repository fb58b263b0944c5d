/*
 * serve.c: the loop of a FastCGI worker. One request at a time, its memory forgotten after it; the
 * worker ends by itself after recycle_requests, so that no leak lives for weeks.
 */
#include <stdio.h>
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

static void serve_one(struct web *web, struct fcgx *fcgx, struct request *request,
		struct response *response)
{
	struct db *tram = web->store != NULL ? web->store->tram : NULL;
	int64_t began_ms = when_boottime_ms();

	request->secure = response->secure = web->settings->tls_pages;
	/* A page tells one moment; the peer, who may be slow, gets it when the view is given up. */
	if (tram != NULL)
		db_hold(tram);
	route_dispatch(web, request, response);
	if (tram != NULL)
		db_release(tram);
	if (fcgx_answer(fcgx, request, response) != RC_OK)
		log_info("request peer left route=%s",
				request->route != NULL ? request->route->name : "-");
	log_access(web, request, response->status, began_ms);
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

/* While others wait, what citizens may look up follows a few writes at a time: they get their answer
 * sooner, and one write brings public.db up for all. */
static void serve_and_publish(struct web *web, struct fcgx *fcgx, struct request *request,
		struct response *response)
{
	static int behind;
	struct store *store = web->store;

	if (store != NULL)
		store->publish_later = request->method != METHOD_GET && behind < UNPUBLISHED_MAX
				&& fcgx_waiting();
	serve_one(web, fcgx, request, response);
	if (store != NULL) {
		blob_out_expire(store);
		follow(store);
	}
	if (store == NULL || !store->publish_due) {
		behind = 0;
		return;
	}
	behind++;
	if (behind >= UNPUBLISHED_MAX || !fcgx_waiting()) {
		store_publish(store);
		behind = 0;
	}
}

int web_serve(struct web *web)
{
	const struct settings *settings = web->settings;
	struct pool *pool = pool_new();
	struct response response = { .pool = pool };
	struct fcgx *fcgx = NULL;
	int64_t served = 0, limit = settings->recycle_requests;
	enum rc rc;

	if (!rights_agree(web, embed_rights_tsv)) {
		pool_free(pool);
		return EXIT_CONFIGURATION;
	}
	rc = fcgx_open((struct fcgx_limits){settings->upload_min_rate, settings->upload_deadline_s},
			&fcgx);
	if (rc != RC_OK) {
		pool_free(pool);
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
		struct request request;

		if (!fcgx_waiting())
			log_flush();
		rc = fcgx_next(fcgx, pool, &request);
		if (rc == RC_PROTOCOL) {
			rc = RC_OK;
			continue;
		}
		if (rc != RC_OK)
			break;
		response_reset(&response);
		serve_and_publish(web, fcgx, &request, &response);
		served++;
		pool_reset(pool);
	}
	notify_stopping();
	log_flush();
	log_info("stopping program=%s served=%lld", web->program, (long long)served);
	fcgx_close(fcgx);
	buf_free(&response.headers);
	buf_free(&response.body);
	pool_free(pool);
	return rc == RC_OK || rc == RC_GONE ? 0 : EXIT_ENVIRONMENT;
}
