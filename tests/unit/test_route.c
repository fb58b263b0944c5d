/*
 * test_route.c: every policy of the route table, each with what passes and what does not, over a
 * real session and a real register of boards.
 */
#define _DEFAULT_SOURCE	/* mkdtemp */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/file.h"
#include "crypt/cert.h"
#include "store/linkstate.h"
#include "store/session.h"
#include "web/form.h"
#include "web/web.h"
#include "web_fixture.h"

#define FORM "application/x-www-form-urlencoded"
#define OWN "http://localhost:9400"

static struct web_fixture at;
static struct web web;
static struct store *store;
static struct settings *settings;
static struct account account;
static char *session_token;
static char csrf[64];
static int handled;
static enum rc handler_rc;

static enum rc handle(struct web *here, struct request *request, struct response *response)
{
	(void)here;
	(void)request;
	handled++;
	buf_text(&response->body, "handled");
	return handler_rc;
}

static enum rc handle_login(struct web *here, struct request *request, struct response *response)
{
	handled++;
	return web_login(here, request, response, &account, form_raw(request->form, "tiep"));
}

static enum rc handle_logout(struct web *here, struct request *request, struct response *response)
{
	handled++;
	return web_logout(here, request, response);
}

#define GET METHOD_GET
#define POST METHOD_POST

static const struct route pages[] = {
		{"public", GET | POST, "/cong-khai", ROUTE_PUBLIC, 0, 0, handle},
		{"login", GET | POST, "/dang-nhap", ROUTE_PUBLIC | ROUTE_LOCKED_OK, 0, 0,
				handle_login},
		{"logout", POST, "/thoat", ROUTE_LOCKED_OK, 0, 0, handle_logout},
		{"home", GET, "/quay", 0, 0, 0, handle},
		{"password", GET, "/doi-mat-khau", 0, 0, 0, handle},
		{"new", GET, "/ho-so/moi", 0, ROLE_SIGNER, 0, handle},
		{"dossier", GET, "/ho-so/:code", 0, ROLE_INTAKE | ROLE_SIGNER, 0, handle},
		{"act", POST, "/ho-so/:code/chuyen", 0, 0, 100, handle},
		{"sign", POST, "/ho-so/:code/ky", 0, ROLE_SIGNER, 0, handle},
		{"upload", METHOD_PATCH | METHOD_DELETE | POST, "/tai-len",
				ROUTE_STREAM | ROUTE_NO_CSRF, 0, 0, handle},
};
static const struct route machine[] = {
	{ "hello", POST, "/v1/hello", ROUTE_CERT | ROUTE_NO_CSRF, 0, 0, handle },
	{ "renew", POST, "/v1/renew", ROUTE_CERT_ANY | ROUTE_NO_CSRF, 0, 0, handle },
};

static char dir[] = "route-test-XXXXXX";

static struct store *open_store(
		const char *conf, unsigned which, const enum db_kind *kinds, size_t count)
{
	char path[64];
	FILE *file;
	struct store *out = NULL;

	snprintf(path, sizeof path, "%s/tram.conf", dir);
	file = fopen(path, "w");
	fputs(conf, file);
	fclose(file);
	assert_int_equal(settings_load(path, &settings), RC_OK);
	for (size_t i = 0; i < count; i++) {
		const char *folder = kinds[i] == DB_TRAM ? settings->db_dir : kinds[i] == DB_AUTH ?
				settings->auth_dir : settings->run_dir;

		assert_int_equal(file_make_dir(folder, 0770), RC_OK);
		assert_int_equal(db_migrate(settings, kinds[i]), RC_OK);
	}
	assert_int_equal(store_open(settings, which, &out), RC_OK);
	return out;
}

static int begin(void)
{
	snprintf(dir, sizeof dir, "route-test-XXXXXX");
	if (mkdtemp(dir) == NULL)
		return 1;
	web_fixture_init(&at);
	handled = 0;
	handler_rc = RC_OK;
	return 0;
}

static int set_up_pages(void **state)
{
	static const enum db_kind kinds[] = { DB_AUTH, DB_RUN };
	struct session session;

	(void)state;
	if (begin() != 0)
		return 1;
	store = open_store("side = board\nmode = rehearsal\nboard_id = b1\ncommune_code = 18685\n"
			   "hosts = localhost\nstation_name = Station\n",
			STORE_AUTH | STORE_RUN, kinds, 2);
	web = (struct web){.program = "intake",
			.settings = settings,
			.store = store,
			.routes = pages,
			.route_count = sizeof pages / sizeof pages[0],
			.login_path = "/dang-nhap"};
	account = (struct account){ .id = "u-0000000000000001", .login = "canbo", .name = "Ann",
		.title = "", .employer = "", .unit = "", .roles = ROLE_INTAKE, .counter = "" };
	assert_int_equal(session_new(store, at.pool, "intake", &account, "", &session_token), RC_OK);
	assert_int_equal(session_find(store, at.pool, "intake", session_token, &session), RC_OK);
	snprintf(csrf, sizeof csrf, "csrf=%s", session.csrf);
	return 0;
}

static int tear_down(void **state)
{
	char command[64];

	(void)state;
	web_fixture_free(&at);
	store_close(store);
	settings_free(settings);
	snprintf(command, sizeof command, "rm -rf ./%s", dir);
	return system(command);
}

static void ask(const char *method, const char *target, const char *body)
{
	handled = 0;
	web_fixture_request(&at, method, target);
	if (body != NULL)
		web_fixture_body(&at, FORM, body, strlen(body));
}

static void with_session(void)
{
	web_fixture_header(
			&at, "Cookie", pool_printf(at.pool, "tram_intake_b1_r=%s", session_token));
}

static int answer(void)
{
	route_dispatch(&web, &at.request, &at.response);
	return at.response.status;
}

static int as_person(const char *method, const char *target, const char *body)
{
	ask(method, target, body);
	with_session();
	return answer();
}

static void session_needed(void **state)
{
	(void)state;
	assert_int_equal(as_person("GET", "/quay", NULL), 200);
	assert_int_equal(handled, 1);
	ask("GET", "/quay", NULL);
	assert_int_equal(answer(), 303);
	assert_string_equal(web_fixture_answer(&at, "Location"), "/dang-nhap?tiep=/quay");
	ask("GET", "/ho-so/T%201%3f", NULL);
	assert_int_equal(answer(), 303);
	assert_string_equal(web_fixture_answer(&at, "Location"), "/dang-nhap?tiep=/ho-so/T%201%3F");
	/* A form that can only be posted leads back to the nearest page. */
	ask("POST", "/ho-so/T1/chuyen", "a=1");
	assert_int_equal(answer(), 303);
	assert_string_equal(web_fixture_answer(&at, "Location"), "/dang-nhap?tiep=/ho-so/T1");
	ask("GET", "/quay", NULL);
	web_fixture_header(&at, "Cookie",
			"tram_intake_b1_r=0000000000000000000000000000000000000000000");
	assert_int_equal(answer(), 303);
	/* Another program's, another mode's session. */
	ask("GET", "/quay", NULL);
	web_fixture_header(&at, "Cookie",
			pool_printf(at.pool, "tram_admin_b1_r=%s; tram_intake_b1_l=%s",
					session_token, session_token));
	assert_int_equal(answer(), 303);
	assert_int_equal(handled, 0);
	/* A script is not sent to a page. */
	ask("PATCH", "/tai-len", NULL);
	assert_int_equal(answer(), 401);
	assert_string_equal(at.response.content_type, "application/problem+json");
}

static const char *page_of(const struct request *request)
{
	return strcmp(request->route->name, "upload") == 0 ? "/ho-so/moi/1 2/giay-to" : NULL;
}

/* A pool that serves no pages knows whose form it takes. */
static void back_to_the_form(void **state)
{
	(void)state;
	web.page_of = page_of;
	ask("POST", "/tai-len", "a=1");
	assert_int_equal(answer(), 303);
	assert_string_equal(web_fixture_answer(&at, "Location"),
			"/dang-nhap?tiep=/ho-so/moi/1%202/giay-to");
	ask("POST", "/ho-so/T1/chuyen", "a=1");
	assert_int_equal(answer(), 303);
	assert_string_equal(web_fixture_answer(&at, "Location"), "/dang-nhap?tiep=/ho-so/T1");
}

static void locked(void **state)
{
	struct session session;

	(void)state;
	assert_int_equal(session_find(store, at.pool, "intake", session_token, &session), RC_OK);
	assert_int_equal(session_set_locked(store, &session, true), RC_OK);
	assert_int_equal(as_person("GET", "/quay", NULL), 303);
	assert_int_equal(handled, 0);
	assert_int_equal(as_person("POST", "/thoat", csrf), 303);
	assert_int_equal(handled, 1);
}

/* What another program did to a session just found is seen at once. */
static void ended_elsewhere(void **state)
{
	struct store *other = NULL;
	struct session session;

	(void)state;
	assert_int_equal(as_person("GET", "/quay", NULL), 200);
	assert_int_equal(store_open(settings, STORE_RUN, &other), RC_OK);
	assert_int_equal(session_end_account(other, "u-0000000000000001"), RC_OK);
	store_close(other);
	assert_int_equal(session_find(store, at.pool, "intake", session_token, &session), RC_NOT_FOUND);
	assert_int_equal(as_person("GET", "/quay", NULL), 303);
}

static void roles(void **state)
{
	(void)state;
	assert_int_equal(as_person("GET", "/ho-so/T1", NULL), 200);
	assert_string_equal(at.request.params[0], "T1");
	assert_int_equal(as_person("GET", "/ho-so/moi", NULL), 403);
	assert_int_equal(as_person("POST", "/ho-so/T1/ky", csrf), 403);
	assert_int_equal(handled, 0);
	assert_non_null(strstr(at.response.body.data, "<h1>"));
	assert_non_null(strstr(
			at.response.headers.data, "Content-Security-Policy: default-src 'self';"));
	assert_non_null(strstr(at.response.headers.data, "Cache-Control: no-store\r\n"));
}

static void tokens(void **state)
{
	char other[64];

	(void)state;
	assert_int_equal(as_person("POST", "/ho-so/T1/chuyen", csrf), 200);
	assert_int_equal(handled, 1);
	assert_int_equal(as_person("POST", "/ho-so/T1/chuyen", "a=1"), 403);
	assert_int_equal(as_person("POST", "/ho-so/T1/chuyen", "csrf="), 403);
	snprintf(other, sizeof other, "%s", csrf);
	other[5] = (char)(other[5] == 'A' ? 'B' : 'A');
	assert_int_equal(as_person("POST", "/ho-so/T1/chuyen", other), 403);
	assert_int_equal(handled, 0);
	ask("POST", "/ho-so/T1/chuyen", "a=1");
	with_session();
	web_fixture_header(&at, "X-Tram-Csrf", csrf + 5);
	assert_int_equal(answer(), 200);
	/* Uploads: scripts bring the token in a header; a streamed form's handler looks itself. */
	assert_int_equal(as_person("PATCH", "/tai-len", NULL), 403);
	assert_int_equal(as_person("DELETE", "/tai-len", NULL), 403);
	ask("POST", "/tai-len", NULL);
	with_session();
	web_fixture_header(&at, "Tus-Resumable", "1.0.0");
	assert_int_equal(answer(), 403);
	assert_int_equal(handled, 0);
	ask("PATCH", "/tai-len", NULL);
	with_session();
	web_fixture_header(&at, "X-Tram-Csrf", csrf + 5);
	assert_int_equal(answer(), 200);
	assert_int_equal(as_person("POST", "/tai-len", NULL), 200);
}

static void origins(void **state)
{
	static const struct { const char *origin, *site; int status;
	} cases[] = {
			{OWN, NULL, 200},
			{OWN, "same-origin", 200},
			{"null", "same-origin", 200},
			{"", "", 200},
			{"http://localhost:9401", NULL, 403},
			{"https://localhost:9400", NULL, 403},
			{"http://evil.example", NULL, 403},
			{"http://localhost:9400.evil.example", NULL, 403},
			{OWN, "cross-site", 403},
			{"null", "cross-site", 403},
			{"", "same-site", 403},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		for (int public = 0; public < 2; public++) {
			ask("POST", public ? "/cong-khai" : "/ho-so/T1/chuyen", csrf);
			with_session();
			web_fixture_header(&at, "Origin", cases[i].origin);
			if (cases[i].site != NULL)
				web_fixture_header(&at, "Sec-Fetch-Site", cases[i].site);
			if (answer() != cases[i].status)
				fail_msg("%s %s: %d", cases[i].origin,
						cases[i].site != NULL ? cases[i].site : "-",
						at.response.status);
			assert_int_equal(handled, cases[i].status == 200);
		}
	}
	ask("GET", "/quay", NULL);
	with_session();
	web_fixture_header(&at, "Sec-Fetch-Site", "cross-site");
	assert_int_equal(answer(), 200);
}

static void sizes(void **state)
{
	char body[120];

	(void)state;
	memset(body, 'a', sizeof body);
	body[101] = '\0';
	assert_int_equal(as_person("POST", "/ho-so/T1/chuyen", body), 413);
	body[100] = '\0';
	assert_int_equal(as_person("POST", "/ho-so/T1/chuyen", body), 403);
	ask("POST", "/ho-so/T1/chuyen", csrf);
	with_session();
	at.request.content_length += 1;
	assert_int_equal(answer(), 400);
	assert_int_equal(as_person("POST", "/ho-so/T1/chuyen", "a=%zz"), 400);
	assert_int_equal(handled, 0);
}

static void results(void **state)
{
	static const struct { enum rc rc; int status;
	} cases[] = {
			{RC_INVALID, 400},
			{RC_NOT_FOUND, 404},
			{RC_DENIED, 403},
			{RC_CONFLICT, 409},
			{RC_TOO_LARGE, 413},
			{RC_BUSY, 503},
			{RC_FULL, 507},
			{RC_GONE, 400},
			{RC_TIMEOUT, 408},
			{RC_IO, 500},
			{RC_DB, 500},
			{RC_BUG, 500},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		handler_rc = cases[i].rc;
		assert_int_equal(as_person("GET", "/quay", NULL), cases[i].status);
		assert_null(strstr(at.response.body.data, "handled"));
		assert_null(strstr(at.response.body.data, "[?]"));
		ask("GET", "/quay", NULL);
		with_session();
		web_fixture_header(&at, "X-Tram-Csrf", csrf + 5);
		assert_int_equal(answer(), cases[i].status);
		assert_string_equal(at.response.content_type, "application/problem+json");
	}
}

static void password_first(void **state)
{
	(void)state;
	account.must_change = true;
	assert_int_equal(session_new(store, at.pool, "intake", &account, "", &session_token), RC_OK);
	assert_int_equal(as_person("GET", "/quay", NULL), 303);
	assert_string_equal(web_fixture_answer(&at, "Location"), "/doi-mat-khau");
	assert_int_equal(as_person("GET", "/doi-mat-khau", NULL), 200);
	assert_int_equal(as_person("POST", "/ho-so/T1/chuyen", "a=1"), 303);
	assert_int_equal(handled, 0);
}

static void login_and_logout(void **state)
{
	const char *cookie;

	(void)state;
	assert_int_equal(account_add(store, at.pool, "canbo", "Ann", "", ROLE_INTAKE,
					 "Tram-Demo-2026!", &account),
			RC_OK);
	ask("POST", "/dang-nhap", "tiep=/quay");
	assert_int_equal(answer(), 303);
	assert_string_equal(web_fixture_answer(&at, "Location"), "/quay");
	cookie = web_fixture_answer(&at, "Set-Cookie");
	assert_int_equal(strncmp(cookie, "tram_intake_b1_r=", 17), 0);
	assert_non_null(strstr(cookie, "; HttpOnly; SameSite=Strict"));
	assert_non_null(strstr(at.response.headers.data, "tram_intake_b1_r_dev="));
	ask("POST", "/dang-nhap", "tiep=//evil.example");
	assert_int_equal(answer(), 303);
	assert_string_equal(web_fixture_answer(&at, "Location"), "/");
	assert_int_equal(as_person("POST", "/thoat", csrf), 303);
	assert_string_equal(web_fixture_answer(&at, "Clear-Site-Data"), "\"cache\", \"storage\"");
	assert_non_null(strstr(web_fixture_answer(&at, "Set-Cookie"), "Max-Age=0"));
	assert_int_equal(as_person("GET", "/quay", NULL), 303);
}

/* ---- certificates ---- */

static char *cert_pem, *other_pem;

static int set_up_machine(void **state)
{
	static const enum db_kind kinds[] = { DB_TRAM };
	const uint8_t slip_key[32] = { 1 };
	struct cert_info info;
	char *private_pem, *public_pem;

	(void)state;
	if (begin() != 0)
		return 1;
	store = open_store("side = center\nmode = rehearsal\nhosts = localhost\n", STORE_TRAM,
			kinds, 1);
	web = (struct web){ .program = "machine", .settings = settings, .store = store,
		.routes = machine, .route_count = 2, .machine = true };
	assert_int_equal(cert_key_new(at.pool, &private_pem, &public_pem), RC_OK);
	for (int i = 0; i < 2; i++)
		assert_int_equal(cert_issue(at.pool, CERT_CA, "b1", NULL, public_pem, NULL,
						 private_pem, INT64_C(1700000000000),
						 INT64_C(1900000000000),
						 i == 0 ? &cert_pem : &other_pem),
				RC_OK);
	assert_int_equal(cert_read(at.pool, cert_pem, &info), RC_OK);
	assert_int_equal(linkstate_board_add(
					 store, "b1", "Board 1", "{}", info.fingerprint, slip_key),
			RC_OK);
	return 0;
}

static int as_machine(const char *target, const char *verify, const char *pem)
{
	ask("POST", target, NULL);
	web_fixture_body(&at, "application/json", "{}", 2);
	at.request.client_verify = verify;
	at.request.client_cert = pem;
	return answer();
}

static void certificates(void **state)
{
	static const struct { const char *verify; int pem; const char *problem; } cases[] = {
		{ "", 0, "certificate-none" }, { "NONE", 0, "certificate-none" },
		{ "NONE", 1, "certificate-none" }, { "FAILED:certificate has expired", 1,
		"certificate-failed" }, { "success", 1, "certificate-failed" },
		{ "SUCCESS", 0, "certificate-unreadable" }, { "SUCCESS", 2, "certificate-unknown" },
	};

	(void)state;
	assert_int_equal(as_machine("/v1/hello", "SUCCESS", cert_pem), 200);
	assert_string_equal(at.request.board, "b1");
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_int_equal(as_machine("/v1/hello", cases[i].verify, cases[i].pem == 0 ? "" :
				cases[i].pem == 1 ? cert_pem : other_pem), 403);
		assert_int_equal(handled, 0);
		assert_null(at.request.board);
		assert_string_equal(at.response.content_type, "application/problem+json");
		assert_non_null(strstr(at.response.body.data, cases[i].problem));
	}
	assert_int_equal(store_begin(store, false), RC_OK);
	assert_int_equal(linkstate_board_revoke(store, "b1", "system", ""), RC_OK);
	assert_int_equal(store_commit(store), RC_OK);
	assert_int_equal(as_machine("/v1/hello", "SUCCESS", cert_pem), 403);
	assert_non_null(strstr(at.response.body.data, "certificate-revoked"));
	/* Renewing judges for itself: an expired certificate arrives as FAILED. */
	assert_int_equal(as_machine("/v1/renew", "FAILED:certificate has expired", ""), 200);
}

#define PAGES(name) cmocka_unit_test_setup_teardown(name, set_up_pages, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
			PAGES(session_needed),
			PAGES(back_to_the_form),
			PAGES(locked),
			PAGES(ended_elsewhere),
			PAGES(roles),
			PAGES(tokens),
			PAGES(origins),
			PAGES(sizes),
			PAGES(results),
			PAGES(password_first),
			PAGES(login_and_logout),
			cmocka_unit_test_setup_teardown(certificates, set_up_machine, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
