/*
 * setup_door.c: who stands before the box: whoever can read its label. The code is asked for five times,
 * then not for a quarter of an hour; a box that is switched off and on waits again. Its right answer is a
 * cookie that opens the pages until the box is set up.
 */
#include "admin/setup.h"

#include <stdio.h>
#include <string.h>

#include "base/encode.h"
#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "base/when.h"
#include "crypt/hash.h"
#include "web/form.h"
#include "web/text_vi.h"

#define COOKIE "tram_setup"
#define TRIES_FILE "tries"
#define TRIES 5
#define WAIT_MS (15 * WHEN_MINUTE_MS)

static enum rc read_hex(const char *dir, const char *name, char out[65])
{
	struct pool *pool = pool_new();
	uint8_t bytes[32];
	char *text = NULL;
	size_t len = 0;
	enum rc rc = file_read(pool, pool_printf(pool, "%s/%s", dir, name), 128, &text, &len);

	if (rc == RC_OK) {
		text[strcspn(text, "\r\n")] = '\0';
		rc = hex_decode(text, bytes, sizeof(bytes)) == RC_OK ? RC_OK : RC_CONFIG;
	}
	if (rc == RC_OK)
		(void)snprintf(out, 65, "%s", text);
	else
		log_error("setup: %s/%s cannot be used (%s)", dir, name, rc_name(rc));
	pool_free(pool);
	return rc;
}

static int64_t read_tries(const struct setup_app *app)
{
	struct pool *pool = pool_new();
	int64_t tries = 0;
	char *text = NULL;
	size_t len = 0;

	if (file_read(pool, pool_printf(pool, "%s/" TRIES_FILE, app->dir), 32, &text, &len) == RC_OK) {
		text[strcspn(text, "\r\n")] = '\0';
		if (num_parse(text, 0, 1000000, &tries) != RC_OK)
			tries = TRIES;
	}
	pool_free(pool);
	return tries;
}

static enum rc write_tries(struct setup_app *app, int64_t tries)
{
	char text[32];
	int len = snprintf(text, sizeof(text), "%lld\n", (long long)tries);

	if (tries > 0 && tries % TRIES == 0)
		app->wait_until = when_boottime_ms() + WAIT_MS;
	return file_put(app->dir, TRIES_FILE, text, (size_t)len, 0600);
}

enum rc setup_door_open(struct setup_app *app, const char *dir)
{
	int64_t tries;
	enum rc rc;

	app->dir = dir;
	rc = read_hex(dir, "door", app->key);
	if (rc == RC_OK)
		rc = read_hex(dir, "code", app->code);
	if (rc != RC_OK)
		return rc;
	tries = read_tries(app);
	app->wait_until = tries > 0 && tries % TRIES == 0 ? when_boottime_ms() + WAIT_MS : 0;
	return RC_OK;
}

static void cookie_of(const struct setup_app *app, char out[65])
{
	uint8_t digest[HASH_SIZE];

	hash_hmac((const uint8_t *)app->key, strlen(app->key), "door", 4, digest);
	hex_encode(digest, sizeof(digest), out);
}

bool setup_door_passed(struct web *web, struct request *request, struct response *response)
{
	const char *sent = request_cookie(request, COOKIE);
	char wanted[65];

	cookie_of(web->app, wanted);
	if (strlen(sent) == 64 && hash_equal(sent, wanted, 64))
		return true;
	response_see_other(response, "/ma");
	return false;
}

static enum rc ask(struct web *web, struct request *request, struct response *response, const char *fault,
		int64_t wait_ms)
{
	struct view *view = view_new(request->pool);

	view_set(view, "title", text_get("setup.code_title"));
	if (wait_ms > 0) {
		view_setf(view, "wait_minutes", "%lld",
				(long long)((wait_ms + WHEN_MINUTE_MS - 1) / WHEN_MINUTE_MS));
		response->status = 429;
	} else if (fault != NULL) {
		struct view *item = view_item(view, "faults");

		view_set(item, "field", "code");
		view_set(item, "sentence", text_get(fault));
		view_flag(view, "has_faults", true);
		view_set(view, "code_fault", text_get(fault));
		response->status = 422;
	}
	return web_page(web, request, response, "admin/setup_code", view);
}

enum rc setup_code(struct web *web, struct request *request, struct response *response)
{
	struct setup_app *app = web->app;
	int64_t wait_ms = app->wait_until - when_boottime_ms();
	char hash[65], cookie[65];
	enum rc rc;

	if (wait_ms > 0 || request->method != METHOD_POST)
		return ask(web, request, response, NULL, wait_ms);
	/* Something that is no code at all is a slip of the finger, no try. */
	if (setup_code_hash(form_raw(request->form, "code"), hash) != RC_OK)
		return ask(web, request, response, "setup.code_form", 0);
	if (!hash_equal(hash, app->code, 64)) {
		rc = write_tries(app, read_tries(app) + 1);
		log_warn("setup: a wrong code source=%s", request->remote);
		return rc == RC_OK ? ask(web, request, response, "setup.code_wrong",
				app->wait_until - when_boottime_ms()) : rc;
	}
	rc = write_tries(app, 0);
	if (rc != RC_OK)
		return rc;
	cookie_of(app, cookie);
	response_cookie(response, COOKIE, cookie, 0);
	response_see_other(response, "/");
	return RC_OK;
}
