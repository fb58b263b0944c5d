/*
 * pages_invite.c: inviting a machine: its name and its point, and once the code that lets it in (typed, or
 * as a QR), good for 72 hours and one machine. The code stands in no address and in no table (the store has
 * its hash): it is made of the session's token and the form's id, so that a second tap shows the same one.
 */
#include "center/pages.h"

#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "crypt/cert.h"
#include "crypt/hash.h"
#include "crypt/token.h"
#include "store/enrol.h"
#include "web/show.h"
#include "web/text_vi.h"

#define CA_MAX ((size_t)64 * 1024)
#define BOARD_CHARS "abcdefghijklmnopqrstuvwxyz0123456789.-"

static const struct field fields[] = {
	{"board", FIELD_LINE, true, 2, 31, NULL, "boards.board"},
	{"name", FIELD_LINE, true, 1, 200, NULL, "boards.name"},
	{"point_name", FIELD_LINE, false, 0, 200, NULL, "boards.point_name"},
	{"address", FIELD_LINE, false, 0, 300, NULL, "boards.address"},
	{"phone", FIELD_LINE, false, 0, 50, NULL, "boards.phone"},
};
static const size_t field_count = sizeof(fields) / sizeof(fields[0]);

/* The CA that the machine's half put there: this program reads none of the center's keys. RC_NOT_FOUND. */
static enum rc read_ca(struct web *web, struct pool *pool, struct cert_info *info)
{
	char *pem = NULL;
	size_t len = 0;
	enum rc rc = file_read(pool, pool_printf(pool, "%s/ca.crt", web->settings->health_dir), CA_MAX,
			&pem, &len);

	return rc == RC_OK ? cert_read(pool, pem, info) : rc;
}

static enum rc show_form(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	const char *asked = request_query(request, "may");
	struct link_board board;
	struct cert_info info;
	json_t *point = NULL;

	view_set(view, "title", text_get("boards.invite"));
	view_flag(view, "no_ca", read_ca(web, request->pool, &info) != RC_OK);
	if (request->method == METHOD_POST) {
		form_show(request->form, fields, field_count, view);
		response->status = 422;
	} else if (*asked != '\0' && linkstate_board_find(web->store, request->pool, asked, &board) ==
			RC_OK) {
		view_set(view, "board", board.board);
		view_set(view, "name", board.name);
		view_flag(view, "again", true);
		if (json_parse(board.point, strlen(board.point), &point) == RC_OK) {
			view_set(view, "point_name", pool_strdup(request->pool, json_text(point, "name")));
			view_set(view, "address", pool_strdup(request->pool, json_text(point, "address")));
			view_set(view, "phone", pool_strdup(request->pool, json_text(point, "phone")));
			json_decref(point);
		}
	}
	return web_page(web, request, response, "center/invite", view);
}

static char *point_of(struct request *request)
{
	json_t *point = json_new_object();
	char *text;

	json_put(point, "name", form_text(request->form, "point_name"));
	json_put(point, "address", form_text(request->form, "address"));
	json_put(point, "phone", form_text(request->form, "phone"));
	text = json_to_text(request->pool, point);
	json_decref(point);
	return text;
}

static void secret_of(struct request *request, uint8_t out[TOKEN_SECRET_SIZE])
{
	const char *key = request->session->csrf;
	const char *text = pool_printf(request->pool, "invite %s %s", form_raw(request->form, "form_id"),
			form_text(request->form, "board"));
	uint8_t digest[HASH_SIZE];

	hash_hmac((const uint8_t *)key, strlen(key), text, strlen(text), digest);
	memcpy(out, digest, TOKEN_SECRET_SIZE);
	memset(digest, 0, sizeof(digest));
}

/* Inside store_begin. A second tap changes nothing. */
static enum rc make(struct web *web, struct request *request, const struct cert_info *ca, char **token)
{
	const char *form_id = form_raw(request->form, "form_id");
	struct enrol_invite wish = {.board = form_text(request->form, "board"),
		.name = form_text(request->form, "name"), .point = point_of(request),
		.made_by = request->session->account.id, .made_at = request->now_ms};
	struct token again = {.board = wish.board};
	uint8_t secret[TOKEN_SECRET_SIZE];
	char *location = NULL;
	enum rc rc = form_claim(web->store, request->pool, form_id, &location);

	secret_of(request, secret);
	if (rc == RC_OK)
		rc = enrol_invite_make(web->store, request->pool, &wish, secret, ca->fingerprint, token);
	else if (rc == RC_EXISTS) {
		memcpy(again.secret, secret, sizeof(secret));
		memcpy(again.ca, ca->fingerprint, sizeof(again.ca));
		*token = token_text(request->pool, &again);
		memset(&again, 0, sizeof(again));
		rc = RC_OK;
	}
	if (rc == RC_OK)
		rc = form_done(web->store, form_id, "/diem");
	memset(secret, 0, sizeof(secret));
	return rc;
}

static enum rc show_token(struct web *web, struct request *request, struct response *response,
		const struct cert_info *ca, const char *token)
{
	struct view *view = view_new(request->pool);
	char groups[HASH_GROUPS_MAX];

	hash_groups(ca->fingerprint, groups);
	view_set(view, "title", text_get("boards.token_title"));
	view_set(view, "board", form_text(request->form, "board"));
	view_set(view, "name", form_text(request->form, "name"));
	view_set(view, "token", token);
	view_svg(view, "qr", show_qr_svg(request->pool, token));
	view_set(view, "groups", pool_strdup(request->pool, groups));
	view_set(view, "until", show_time_screen(request->pool, request->now_ms + TOKEN_LIFE_MS));
	return web_page(web, request, response, "center/token", view);
}

enum rc pages_invite(struct web *web, struct request *request, struct response *response)
{
	struct cert_info ca;
	char *token = NULL;
	const char *board;
	enum rc rc;

	if (request->method != METHOD_POST)
		return show_form(web, request, response);
	rc = form_check(request->form, fields, field_count);
	board = form_text(request->form, "board");
	if (rc == RC_OK && board[strspn(board, BOARD_CHARS)] != '\0')
		form_fault(request->form, "board", "boards.board_wrong");
	if (read_ca(web, request->pool, &ca) != RC_OK)
		form_fault(request->form, "board", "boards.no_ca");
	if (form_has_faults(request->form))
		return show_form(web, request, response);
	rc = store_begin(web->store, false);
	if (rc != RC_OK)
		return rc;
	rc = make(web, request, &ca, &token);
	if (rc == RC_OK)
		rc = store_commit(web->store);
	else
		store_abort(web->store);
	if (rc != RC_OK)
		return rc;
	log_info("board invited board=%s by=%s", board, request->session->account.id);
	return show_token(web, request, response, &ca, token);
}
