/*
 * test_serve.c: a worker on a real listening socket, spoken to by a FastCGI peer made by hand: what
 * goes out is exactly what was meant, and a peer that breaks off costs nothing but its request.
 */
#define _DEFAULT_SOURCE	/* mkdtemp */
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/log.h"
#include "store/db_driver.h"
#include "store_fixture.h"
#include "web/form.h"
#include "web/web.h"

#define BIG_BYTES 200000u

static enum rc hello(struct web *web, struct request *request, struct response *response)
{
	(void)web;
	(void)request;
	buf_text(&response->body, "hello");
	return RC_OK;
}

static enum rc big(struct web *web, struct request *request, struct response *response)
{
	(void)web;
	(void)request;
	for (size_t i = 0; i < BIG_BYTES; i++)
		buf_char(&response->body, (char)('a' + i % 26));
	return RC_OK;
}

static enum rc echo(struct web *web, struct request *request, struct response *response)
{
	(void)web;
	buf_printf(&response->body, "%zu %s %s", request->body_len, form_raw(request->form, "a"),
			request_header(request, "X-Own"));
	return RC_OK;
}

static enum rc part(struct web *web, struct request *request, struct response *response)
{
	buf_text(&response->body, request->params[0]);
	return web->app == NULL ? RC_OK : RC_BUG;
}

static enum rc drop(struct web *web, struct request *request, struct response *response)
{
	(void)web;
	(void)request;
	(void)response;
	return RC_TOO_LARGE;		/* without having read a byte */
}

/* Writes what the form says, and says whether others' writes wait to be committed with it. A form that says
 * "full" finds the disk so. */
static enum rc put(struct web *web, struct request *request, struct response *response)
{
	struct store *store = web->store;
	bool beside = db_kept(store->tram);
	const char *a = form_raw(request->form, "a");
	struct stmt *stmt;
	enum rc rc = store_begin(store, false);

	if (rc != RC_OK)
		return rc;
	stmt = db_stmt(store->tram, "INSERT INTO series (board, day, last) VALUES ('x', $1, 1)");
	stmt_text(stmt, 1, a);
	rc = stmt_run(stmt);
	if (rc != RC_OK)
		return rc;
	buf_text(&response->body, beside ? "beside others" : "first");
	if (strcmp(a, "full") == 0)
		store->tram->lost = RC_FULL;
	return store_commit(store);
}

static enum rc count(struct web *web, struct request *request, struct response *response)
{
	struct stmt *stmt = db_stmt(web->store->tram, "SELECT count(*) FROM series WHERE board = 'x'");
	bool row = false;
	enum rc rc = stmt_step(stmt, &row);

	(void)request;
	buf_printf(&response->body, "%lld%s", (long long)stmt_col_int(stmt, 0),
			db_kept(web->store->tram) ? " kept" : "");
	stmt_reset(stmt);
	return rc;
}

static const struct route routes[] = {
	{ "put", METHOD_POST, "/put", ROUTE_PUBLIC | ROUTE_TOGETHER, 0, 0, put },
	{ "count", METHOD_GET, "/count", ROUTE_PUBLIC, 0, 0, count },
	{ "hello", METHOD_GET, "/", ROUTE_PUBLIC | ROUTE_CACHE_OK, 0, 0, hello },
	{ "big", METHOD_GET, "/big", ROUTE_PUBLIC, 0, 0, big },
	{ "echo", METHOD_POST, "/echo", ROUTE_PUBLIC, 0, 1000000, echo },
	{ "drop", METHOD_POST, "/drop", ROUTE_PUBLIC | ROUTE_STREAM, 0, 0, drop },
	{ "part", METHOD_GET, "/p/:a", ROUTE_PUBLIC, 0, 0, part },
};

static char dir[] = "serve-test-XXXXXX";
static struct store_fixture board;
static struct sockaddr_un address = { .sun_family = AF_UNIX };
static pid_t worker;

static void start(int64_t recycle)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	unlink(address.sun_path);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(listen(fd, 16), 0);
	worker = fork();
	if (worker == 0) {
		struct settings settings = { .hosts = "localhost [::1] only:81", .board_id = "b1",
			.station_name = "", .recycle_requests = recycle };
		struct web web = { .program = "test", .settings = &settings, .routes = routes,
			.route_count = sizeof routes / sizeof routes[0] };

		dup2(fd, 0);
		close(fd);
		log_init("test");
		if (board.dir[0] != '\0')
			web.store = store_fixture_open(&board, STORE_TRAM);
		_exit(web_serve(&web));
	}
	close(fd);
}

static int finish(int signal_no)
{
	int status = -1;

	if (signal_no != 0)
		kill(worker, signal_no);
	assert_int_equal(waitpid(worker, &status, 0), worker);
	worker = 0;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void record(struct buf *out, uint8_t type, const char *bytes, size_t len)
{
	const uint8_t header[8] = { 1, type, 0, 1, (uint8_t)(len >> 8), (uint8_t)len, 0, 0 };

	buf_add(out, header, 8);
	buf_add(out, bytes, len);
}

static void pair(struct buf *out, const char *name, const char *value)
{
	buf_char(out, (char)strlen(name));
	buf_char(out, (char)strlen(value));
	buf_text(out, name);
	buf_text(out, value);
}

struct call { const char *method, *target, *host, *type, *length; const char *body; size_t len; };

static int send_request(const struct call *call, bool with_end)
{
	static const char begin[8] = { 0, 1, 0, 0, 0, 0, 0, 0 };
	struct buf out = { 0 }, params = { 0 };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
	pair(&params, "REQUEST_METHOD", call->method);
	pair(&params, "REQUEST_URI", call->target);
	pair(&params, "HTTP_HOST", call->host != NULL ? call->host : "localhost:9400");
	pair(&params, "REMOTE_ADDR", "192.0.2.7");
	pair(&params, "HTTP_X_OWN", "own");
	if (call->type != NULL)
		pair(&params, "CONTENT_TYPE", call->type);
	if (call->length != NULL)
		pair(&params, "CONTENT_LENGTH", call->length);
	record(&out, 1, begin, 8);
	record(&out, 4, params.data, params.len);
	record(&out, 4, "", 0);
	for (size_t at = 0; at < call->len; at += 60000)
		record(&out, 5, call->body + at, call->len - at < 60000 ? call->len - at : 60000);
	if (with_end)
		record(&out, 5, "", 0);
	for (size_t at = 0; at < out.len;) {
		ssize_t n = send(fd, out.data + at, out.len - at, MSG_NOSIGNAL);

		if (n <= 0)
			break;		/* the worker has answered and gone */
		at += (size_t)n;
	}
	buf_free(&out);
	buf_free(&params);
	return fd;
}

/* Reads records to the end; out gets what they carried. The end-of-request record must be last. */
static void read_answer(int fd, struct buf *out)
{
	struct buf raw = { 0 };
	char block[65536];
	ssize_t n;
	size_t at = 0;
	bool ended = false;

	buf_reset(out);
	buf_text(out, "");
	while ((n = read(fd, block, sizeof block)) > 0)
		buf_add(&raw, block, (size_t)n);
	assert_int_equal(n, 0);		/* closed, not reset */
	close(fd);
	while (at + 8 <= raw.len) {
		const uint8_t *header = (const uint8_t *)raw.data + at;
		size_t len = (size_t)header[4] * 256 + header[5];

		assert_int_equal(header[0], 1);
		assert_false(ended);
		if (header[1] == 6)
			buf_add(out, header + 8, len);
		else
			ended = header[1] == 3;
		at += 8 + len + header[6];
	}
	assert_int_equal(at, raw.len);
	assert_true(ended);
	buf_free(&raw);
}

static struct buf got;

static const char *ask(const struct call *call)
{
	read_answer(send_request(call, true), &got);
	return got.data;
}

static void answers(void **state)
{
	(void)state;
	start(0);
	ask(&(struct call){ .method = "GET", .target = "/" });
	assert_int_equal(strncmp(got.data,
					 "Status: 200 OK\r\nContent-Type: text/html; "
					 "charset=utf-8\r\n"
					 "Content-Length: 5\r\n",
					 71),
			0);
	assert_non_null(strstr(got.data, "\r\nContent-Security-Policy: default-src 'self'; "
					 "frame-ancestors 'none'; base-uri 'none'; form-action "
					 "'self'; object-src 'none'\r\n"));
	assert_non_null(strstr(got.data, "\r\nReferrer-Policy: no-referrer\r\n"));
	assert_non_null(strstr(got.data, "\r\nX-Content-Type-Options: nosniff\r\n"));
	assert_non_null(strstr(got.data, "\r\nCache-Control: no-cache\r\n"));
	assert_string_equal(strstr(got.data, "\r\n\r\n"), "\r\n\r\nhello");
	ask(&(struct call){ .method = "HEAD", .target = "/" });
	assert_non_null(strstr(got.data, "Content-Length: 5\r\n"));
	assert_string_equal(strstr(got.data, "\r\n\r\n"), "\r\n\r\n");
	ask(&(struct call){ .method = "GET", .target = "/p/%C4%91" });
	assert_string_equal(strstr(got.data, "\r\n\r\n"), "\r\n\r\nđ");
	assert_non_null(strstr(got.data, "\r\nCache-Control: no-store\r\n"));
	assert_int_equal(finish(SIGTERM), 0);
}

static void big_answer(void **state)
{
	const char *body;

	(void)state;
	start(0);
	ask(&(struct call){ .method = "GET", .target = "/big" });
	body = strstr(got.data, "\r\n\r\n") + 4;
	assert_int_equal(strlen(body), BIG_BYTES);
	for (size_t i = 0; i < BIG_BYTES; i++) {
		if (body[i] != (char)('a' + i % 26))
			fail_msg("byte %zu", i);
	}
	assert_int_equal(finish(SIGTERM), 0);
}

static void refusals(void **state)
{
	static const struct { struct call call; const char *status; } cases[] = {
		{ { .method = "GET", .target = "/", .host = "evil.example" }, "421" },
		{ { .method = "GET", .target = "/", .host = "localhost.evil.example" }, "421" },
		{ { .method = "GET", .target = "/", .host = "localhost:1:2" }, "421" },
		{ { .method = "GET", .target = "/", .host = "" }, "421" },
		{ { .method = "GET", .target = "/", .host = "only" }, "421" },
		{ { .method = "GET", .target = "/", .host = "only:81" }, "200" },
		{ { .method = "GET", .target = "/", .host = "LOCALHOST" }, "200" },
		{ { .method = "GET", .target = "/", .host = "[::1]:9400" }, "200" },
		{ { .method = "GET", .target = "/%2e%2e/etc" }, "400" },
		{ { .method = "GET", .target = "/nothing" }, "404" },
		{ { .method = "GET", .target = "/p/" }, "404" },
		{ { .method = "GET", .target = "/p/a/b" }, "404" },
		{ { .method = "POST", .target = "/" }, "405" },
		{ { .method = "BREW", .target = "/" }, "405" },
	};

	(void)state;
	start(0);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		ask(&cases[i].call);
		if (strncmp(got.data, "Status: ", 8) != 0 ||
				strncmp(got.data + 8, cases[i].status, 3) != 0)
			fail_msg("%zu: %.12s", i, got.data);
	}
	assert_non_null(strstr(ask(&(struct call){ .method = "POST", .target = "/" }),
			"\r\nAllow: GET, HEAD\r\n"));
	assert_int_equal(finish(SIGTERM), 0);
}

static void bodies(void **state)
{
	char *body = malloc(150000), length[16];
	int fd;

	(void)state;
	memset(body, 'x', 150000);
	memcpy(body, "a=1&", 4);
	start(0);
	snprintf(length, sizeof length, "%d", 150000);
	ask(&(struct call){"POST", "/echo", NULL, "application/x-www-form-urlencoded", length, body,
			150000});
	assert_non_null(strstr(got.data, "\r\n\r\n150000 1 own"));
	/* Shorter than it said: 400, and nothing of it reached the handler. */
	ask(&(struct call){ "POST", "/echo", NULL, "text/plain", "150001", body, 150000 });
	assert_int_equal(strncmp(got.data, "Status: 400", 11), 0);
	/* Too large: said before a byte of it is read, and the peer still gets the answer. */
	ask(&(struct call){ "POST", "/echo", NULL, "text/plain", "1000001", body, 150000 });
	assert_int_equal(strncmp(got.data, "Status: 413", 11), 0);
	ask(&(struct call){ "POST", "/drop", NULL, "text/plain", "150000", body, 150000 });
	assert_int_equal(strncmp(got.data, "Status: 413", 11), 0);
	ask(&(struct call){ "POST", "/echo", NULL, "text/plain", "-5", body, 0 });
	assert_int_equal(strncmp(got.data, "Status: 200", 11), 0);
	/* A peer that leaves in the middle of its body. */
	fd = send_request(&(struct call){"POST", "/echo", NULL, "text/plain", "150000", body, 9},
			false);
	close(fd);
	assert_non_null(strstr(ask(&(struct call){ .method = "GET", .target = "/" }), "hello"));
	free(body);
	assert_int_equal(finish(SIGTERM), 0);
}

/* SIGTERM lets a request under way finish. */
static void stops_after_the_request(void **state)
{
	int fd;

	(void)state;
	start(0);
	ask(&(struct call){ .method = "GET", .target = "/" });
	fd = send_request(&(struct call){"POST", "/echo", NULL, "text/plain", "3", "ab", 2}, false);
	/* The worker has the request when it has emptied the line. */
	for (int i = 0; i < 200; i++) {
		struct pollfd ready = { .fd = fd, .events = POLLIN };

		if (poll(&ready, 1, 10) != 0)
			break;
		if (i == 20)
			kill(worker, SIGTERM);
		if (i == 40) {
			struct buf rest = { 0 };

			record(&rest, 5, "c", 1);
			record(&rest, 5, "", 0);
			assert_int_equal(send(fd, rest.data, rest.len, 0), rest.len);
			buf_free(&rest);
		}
	}
	read_answer(fd, &got);
	assert_non_null(strstr(got.data, "\r\n\r\n3 "));
	assert_int_equal(finish(0), 0);
}

static void recycled(void **state)
{
	(void)state;
	start(3);
	for (int i = 0; i < 3; i++)
		ask(&(struct call){ .method = "GET", .target = "/" });
	assert_int_equal(finish(0), 0);
}

/* Sends all while the worker stands still: it finds them waiting. */
static void ask_at_once(const char *const *forms, size_t number, int *peers)
{
	int status;

	kill(worker, SIGSTOP);
	assert_int_equal(waitpid(worker, &status, WUNTRACED), worker);
	for (size_t i = 0; i < number; i++) {
		char length[24];

		snprintf(length, sizeof length, "%zu", strlen(forms[i]));
		peers[i] = forms[i][0] == '/' ? send_request(&(struct call){ .method = "GET",
				.target = forms[i] }, true) : send_request(&(struct call){ "POST", "/put", NULL,
				"application/x-www-form-urlencoded", length, forms[i], strlen(forms[i]) }, true);
	}
	kill(worker, SIGCONT);
}

static void expect(int peer, const char *status, const char *body)
{
	read_answer(peer, &got);
	assert_int_equal(strncmp(got.data + strlen("Status: "), status, 3), 0);
	if (body != NULL)
		assert_string_equal(strstr(got.data, "\r\n\r\n") + 4, body);
}

static void those_who_wait_share_a_commit(void **state)
{
	static const char *const forms[] = { "a=1", "a=2", "a=2", "a=3", "/count", "a=4", "a=full", "a=5" };
	int peers[8];

	(void)state;
	store_fixture_init(&board, SIDE_BOARD, NULL, NULL);
	store_close(board.store);
	board.store = NULL;
	start(0);
	assert_string_equal(strstr(ask(&(struct call){ .method = "GET", .target = "/count" }), "\r\n\r\n"),
			"\r\n\r\n0");
	ask_at_once(forms, 8, peers);
	expect(peers[0], "200", "first");
	expect(peers[1], "200", "beside others");
	expect(peers[2], "409", NULL);		/* undone alone */
	expect(peers[3], "200", "beside others");
	expect(peers[4], "200", "3");		/* who asks for another page sees it committed */
	/* Where it cannot be committed nobody hears that it was done. */
	expect(peers[5], "507", NULL);
	expect(peers[6], "507", NULL);
	expect(peers[7], "507", NULL);
	ask_at_once(forms + 5, 1, peers);
	expect(peers[0], "200", "first");
	ask(&(struct call){ .method = "GET", .target = "/count" });
	assert_string_equal(strstr(got.data, "\r\n\r\n") + 4, "4");
	assert_int_equal(finish(SIGTERM), 0);
	store_fixture_free(&board);
}

static void needs_a_listening_socket(void **state)
{
	int status;

	(void)state;
	worker = fork();
	if (worker == 0) {
		struct settings settings = { .hosts = "localhost" };
		struct web web = { .program = "test", .settings = &settings };
		int ends[2];

		if (pipe(ends) != 0)
			_exit(1);
		dup2(ends[0], 0);
		_exit(web_serve(&web));
	}
	status = finish(0);
	assert_int_equal(status, 78);
}

static int set_up(void **state)
{
	(void)state;
	if (mkdtemp(dir) == NULL)
		return 1;
	snprintf(address.sun_path, sizeof address.sun_path, "%s/s", dir);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	buf_free(&got);
	unlink(address.sun_path);
	return rmdir(dir);
}

static int end_worker(void **state)
{
	(void)state;
	if (worker > 0)
		finish(SIGKILL);
	return 0;
}

#define TEST(name) cmocka_unit_test_teardown(name, end_worker)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(answers), TEST(big_answer), TEST(refusals), TEST(bodies),
		TEST(stops_after_the_request), TEST(recycled),
		TEST(those_who_wait_share_a_commit), TEST(needs_a_listening_socket),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
