/*
 * test_tus.c: uploads by tus and by a streamed form: whole, cut, resumed, disturbed, refused.
 */
#define _DEFAULT_SOURCE	/* flock, mkdtemp */
#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/encode.h"
#include "base/file.h"
#include "crypt/hash.h"
#include "web/tus.h"
#include "web_fixture.h"

#define OCTETS "application/offset+octet-stream"

static struct web_fixture at;
static struct settings settings = { .upload_max_bytes = 1000 };
static struct web web = { .program = "test", .settings = &settings };
static const struct route route = { .name = "upload", .policy = ROUTE_STREAM };
static enum rc allow_rc, finish_rc;
static int finished;
static char last_content[4096], last_name[300];

static enum rc allow(struct web *unused, struct request *request, struct tus_upload *upload)
{
	(void)unused;
	upload->scope = pool_strdup(request->pool, request_header(request, "X-Who"));
	return allow_rc;
}

static enum rc same_scope(struct web *unused, struct request *request,
		const struct tus_upload *upload)
{
	(void)unused;
	return strcmp(upload->scope, request_header(request, "X-Who")) == 0 ? RC_OK : RC_DENIED;
}

static enum rc finish(struct web *unused, struct request *request, struct response *response,
		struct tus_upload *upload)
{
	char *bytes;
	size_t len;

	(void)unused;
	finished++;
	if (finish_rc != RC_OK || allow_rc == RC_EXISTS) {
		if (finish_rc == RC_OK)
			response_header(response, "X-Receipt", "had");
		return finish_rc;
	}
	assert_int_equal(file_read(request->pool, upload->path, sizeof last_content, &bytes, &len),
			RC_OK);
	snprintf(last_content, sizeof last_content, "%s", bytes);
	snprintf(last_name, sizeof last_name, "%s", upload->filename);
	assert_int_equal(unlink(upload->path), 0);	/* as adopting does */
	response_header(response, "X-Receipt", "new");
	return RC_OK;
}

static const struct tus_server server = { "/up", 1000, allow, same_scope, finish };

static unsigned spool_files(void)
{
	DIR *dir = opendir(settings.spool_dir);
	struct dirent *entry;
	unsigned count = 0;

	while ((entry = readdir(dir)) != NULL)
		count += entry->d_name[0] != '.';
	closedir(dir);
	return count;
}

static int set_up(void **state)
{
	static char dir[] = "tus-test-XXXXXX";

	(void)state;
	snprintf(dir, sizeof dir, "tus-test-XXXXXX");
	settings.spool_dir = mkdtemp(dir);
	allow_rc = finish_rc = RC_OK;
	finished = 0;
	last_content[0] = last_name[0] = '\0';
	web_fixture_init(&at);
	return settings.spool_dir == NULL;
}

static int tear_down(void **state)
{
	char command[64];

	(void)state;
	web_fixture_free(&at);
	snprintf(command, sizeof command, "rm -rf ./%s", settings.spool_dir);
	return system(command);
}

static void ask(const char *method, const char *id)
{
	web_fixture_request(&at, method, "/up/x");
	at.request.route = &route;
	at.request.params[0] = id;
	web_fixture_header(&at, "X-Who", "ann");
	web_fixture_header(&at, "Tus-Resumable", "1.0.0");
}

static int answer(void)
{
	assert_int_equal(tus_handle(&web, &server, &at.request, &at.response), RC_OK);
	return at.response.status;
}

static char *create(const char *length, const char *metadata)
{
	ask("POST", NULL);
	web_fixture_header(&at, "Upload-Length", length);
	if (metadata != NULL)
		web_fixture_header(&at, "Upload-Metadata", metadata);
	assert_int_equal(answer(), 201);
	assert_int_equal(strncmp(web_fixture_answer(&at, "Location"), "/up/", 4), 0);
	return pool_strdup(at.pool, web_fixture_answer(&at, "Location") + 4);
}

static int patch(const char *id, const char *offset, const char *bytes)
{
	ask("PATCH", id);
	web_fixture_header(&at, "Upload-Offset", offset);
	web_fixture_body(&at, OCTETS, bytes, strlen(bytes));
	return answer();
}

static const char *offset_of(const char *id)
{
	ask("HEAD", id);
	assert_int_equal(answer(), 200);
	return web_fixture_answer(&at, "Upload-Offset");
}

static void in_pieces(void **state)
{
	char *id = create("10", "filename w6FuaC9hLmpwZw==,other,component YzE=");

	(void)state;
	assert_string_equal(offset_of(id), "0");
	assert_int_equal(patch(id, "0", "0123"), 204);
	assert_string_equal(web_fixture_answer(&at, "Upload-Offset"), "4");
	assert_string_equal(web_fixture_answer(&at, "Tus-Resumable"), "1.0.0");
	assert_string_not_equal(web_fixture_answer(&at, "Upload-Expires"), "");
	assert_string_equal(offset_of(id), "4");
	assert_string_equal(web_fixture_answer(&at, "Upload-Length"), "10");
	assert_int_equal(finished, 0);
	assert_int_equal(patch(id, "4", "456789"), 204);
	assert_int_equal(finished, 1);
	assert_string_equal(last_content, "0123456789");
	assert_string_equal(last_name, "a.jpg");
	assert_string_equal(web_fixture_answer(&at, "X-Receipt"), "new");
	/* Asked again: the same answer, nothing done twice. */
	assert_string_equal(offset_of(id), "10");
	assert_string_equal(web_fixture_answer(&at, "X-Receipt"), "new");
	assert_int_equal(patch(id, "10", ""), 204);
	assert_int_equal(patch(id, "4", "456789"), 409);
	assert_int_equal(finished, 1);
}

static void cut_and_resumed(void **state)
{
	char *id = create("10", NULL);

	(void)state;
	ask("PATCH", id);
	web_fixture_header(&at, "Upload-Offset", "0");
	web_fixture_body(&at, OCTETS, "012345", 6);
	at.request.content_length = 10;		/* the line broke after six */
	at.after = RC_GONE;
	at.piece = 2;
	assert_int_equal(tus_handle(&web, &server, &at.request, &at.response), RC_GONE);
	assert_string_equal(offset_of(id), "6");
	assert_int_equal(patch(id, "0", "0123456789"), 409);
	assert_int_equal(patch(id, "6", "6789"), 204);
	assert_string_equal(last_content, "0123456789");
}

static void past_the_end(void **state)
{
	char *id = create("4", NULL);

	(void)state;
	assert_int_equal(patch(id, "0", "01234"), 413);
	assert_string_equal(offset_of(id), "0");
	assert_int_equal(patch(id, "-1", "0123"), 400);
	assert_int_equal(patch(id, "0x", "0123"), 400);
	ask("PATCH", id);
	web_fixture_header(&at, "Upload-Offset", "0");
	web_fixture_body(&at, "text/plain", "0123", 4);
	assert_int_equal(answer(), 415);
}

static void checksums(void **state)
{
	uint8_t digest[32];
	struct buf value = { 0 };
	char *id = create("4", NULL);

	(void)state;
	buf_text(&value, "sha1 ");
	hash_sha1("0123", 4, digest);
	base64_encode(digest, 20, &value);
	ask("PATCH", id);
	web_fixture_header(&at, "Upload-Offset", "0");
	web_fixture_header(&at, "Upload-Checksum", value.data);
	web_fixture_body(&at, OCTETS, "01x3", 4);
	assert_int_equal(answer(), 460);
	assert_string_equal(offset_of(id), "0");
	ask("PATCH", id);
	web_fixture_header(&at, "Upload-Offset", "0");
	web_fixture_header(&at, "Upload-Checksum", "md5 AAAA");
	web_fixture_body(&at, OCTETS, "0123", 4);
	assert_int_equal(answer(), 400);
	/* A cut PATCH cannot be checked: nothing of it stays. */
	ask("PATCH", id);
	web_fixture_header(&at, "Upload-Offset", "0");
	web_fixture_header(&at, "Upload-Checksum", value.data);
	web_fixture_body(&at, OCTETS, "012", 3);
	at.request.content_length = 4;
	at.after = RC_GONE;
	assert_int_equal(tus_handle(&web, &server, &at.request, &at.response), RC_GONE);
	assert_string_equal(offset_of(id), "0");
	buf_reset(&value);
	buf_text(&value, "sha256 ");
	hash_sha256("0123", 4, digest);
	base64_encode(digest, 32, &value);
	ask("PATCH", id);
	web_fixture_header(&at, "Upload-Offset", "0");
	web_fixture_header(&at, "Upload-Checksum", value.data);
	web_fixture_body(&at, OCTETS, "0123", 4);
	assert_int_equal(answer(), 204);
	assert_string_equal(last_content, "0123");
	buf_free(&value);
}

static void two_at_once(void **state)
{
	char *id = create("4", NULL);
	int fd = open(pool_printf(at.pool, "%s/%s", settings.spool_dir, id), O_RDWR);

	(void)state;
	assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
	assert_int_equal(patch(id, "0", "0123"), 423);
	ask("DELETE", id);
	assert_int_equal(answer(), 423);
	close(fd);
	assert_int_equal(patch(id, "0", "0123"), 204);
}

static void others_see_nothing(void **state)
{
	char *id = create("4", NULL);

	(void)state;
	for (int i = 0; i < 3; i++) {
		static const char *const methods[] = { "HEAD", "PATCH", "DELETE" };

		web_fixture_request(&at, methods[i], "/up/x");
		at.request.route = &route;
		at.request.params[0] = id;
		web_fixture_header(&at, "X-Who", "bob");
		web_fixture_header(&at, "Tus-Resumable", "1.0.0");
		web_fixture_header(&at, "Upload-Offset", "0");
		web_fixture_body(&at, OCTETS, "0123", 4);
		assert_int_equal(answer(), 404);
	}
	ask("HEAD", "00000000000000000000000000000000");
	assert_int_equal(answer(), 404);
	ask("HEAD", "../../../etc/passwd/////////////");
	assert_int_equal(answer(), 404);
	assert_int_equal(patch(id, "0", "0123"), 204);
}

static void refused(void **state)
{
	static const struct {
		const char *length, *metadata;
		enum rc allow;
		int status;
	} cases[] = {
			{"1001", NULL, RC_OK, 413},
			{"-1", NULL, RC_OK, 400},
			{"", NULL, RC_OK, 400},
			{"1e3", NULL, RC_OK, 400},
			{"4", "filename !!", RC_OK, 400},
			{"4", "sha256 eHg=", RC_OK, 400},
			{"4", NULL, RC_DENIED, 403},
			{"4", NULL, RC_NOT_FOUND, 404},
			{"4", NULL, RC_FULL, 507},
			{"4", NULL, RC_BUSY, 503},
			{"4", NULL, RC_INVALID, 422},
			{"4", NULL, RC_TOO_LARGE, 413},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		allow_rc = cases[i].allow;
		ask("POST", NULL);
		web_fixture_header(&at, "Upload-Length", cases[i].length);
		if (cases[i].metadata != NULL)
			web_fixture_header(&at, "Upload-Metadata", cases[i].metadata);
		assert_int_equal(answer(), cases[i].status);
		assert_int_equal(spool_files(), 0);
	}
	ask("POST", NULL);
	at.header_count = 1;
	assert_int_equal(answer(), 412);
	assert_string_equal(web_fixture_answer(&at, "Tus-Version"), "1.0.0");
	ask("OPTIONS", NULL);
	assert_int_equal(answer(), 204);
	assert_string_equal(web_fixture_answer(&at, "Tus-Checksum-Algorithm"), "sha1,sha256");
}

static void there_already(void **state)
{
	char *id;

	(void)state;
	allow_rc = RC_EXISTS;
	id = create("9", NULL);
	assert_string_equal(web_fixture_answer(&at, "Upload-Offset"), "9");
	assert_string_equal(web_fixture_answer(&at, "X-Receipt"), "had");
	/* A client that knows nothing of this begins at 0, is told to look, and finds it whole. */
	assert_int_equal(patch(id, "0", "012345678"), 409);
	assert_string_equal(offset_of(id), "9");
}

/* finish fails for want of room: the upload is not done until it has run, whoever asks. */
static void finish_runs_again(void **state)
{
	char *id = create("4", NULL);

	(void)state;
	finish_rc = RC_FULL;
	assert_int_equal(patch(id, "0", "0123"), 507);
	ask("HEAD", id);
	assert_int_equal(answer(), 507);
	finish_rc = RC_OK;
	assert_string_equal(offset_of(id), "4");
	assert_int_equal(finished, 3);
	assert_string_equal(last_content, "0123");
}

static void unfit_content_goes(void **state)
{
	char *id = create("4", NULL);

	(void)state;
	finish_rc = RC_INVALID;
	assert_int_equal(patch(id, "0", "0123"), 422);
	assert_int_equal(spool_files(), 0);
	ask("HEAD", id);
	assert_int_equal(answer(), 404);
}

/* Only a POST may speak for another method: the route table asked an OPTIONS for no token. */
static void override_of_a_safe_method(void **state)
{
	static const char *const methods[] = { "OPTIONS", "HEAD" };
	char *id = create("4", NULL);
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		ask(methods[i], id);
		web_fixture_header(&at, "X-HTTP-Method-Override", "DELETE");
		assert_int_equal(answer(), i == 0 ? 204 : 200);
		assert_int_equal(spool_files(), 2);
	}
}

static void removed(void **state)
{
	char *id = create("4", NULL);

	(void)state;
	assert_int_equal(spool_files(), 2);
	web_fixture_request(&at, "POST", "/up/x");
	at.request.route = &route;
	at.request.params[0] = id;
	web_fixture_header(&at, "X-Who", "ann");
	web_fixture_header(&at, "Tus-Resumable", "1.0.0");
	web_fixture_header(&at, "X-HTTP-Method-Override", "DELETE");
	assert_int_equal(answer(), 204);
	assert_int_equal(spool_files(), 0);
}

static void expired(void **state)
{
	char *old_id = create("4", NULL), *young_id = create("4", NULL);
	const struct timespec day_ago[2] = { { 1000, 0 }, { 1000, 0 } };

	(void)state;
	utimensat(AT_FDCWD, pool_printf(at.pool, "%s/%s", settings.spool_dir, old_id), day_ago, 0);
	utimensat(AT_FDCWD, pool_printf(at.pool, "%s/%s.json", settings.spool_dir, old_id), day_ago,
			0);
	/* Bytes still come in for the other: its record stays however old. */
	utimensat(AT_FDCWD, pool_printf(at.pool, "%s/%s.json", settings.spool_dir, young_id),
			day_ago, 0);
	tus_expire(&settings);
	assert_int_equal(spool_files(), 2);
	assert_string_equal(offset_of(young_id), "0");
}

static void nothing_to_send(void **state)
{
	(void)state;
	create("0", NULL);
	assert_string_equal(web_fixture_answer(&at, "Upload-Offset"), "0");
	assert_int_equal(finished, 1);
}

/* ---- streamed forms ---- */

static struct buf form_log;

static enum rc take_field(void *arg, const char *name, const char *value)
{
	(void)arg;
	buf_printf(&form_log, "%s=%s;", name, value);
	return strcmp(value, "stop") == 0 ? RC_DENIED : RC_OK;
}

static enum rc take_file(void *arg, const char *name, const char *filename, const char *path,
		int64_t size)
{
	char *bytes;
	size_t len;

	(void)arg;
	assert_int_equal(file_read(at.pool, path, 4096, &bytes, &len), RC_OK);
	assert_int_equal(len, size);
	buf_printf(&form_log, "%s@%s=%s;", name, filename, bytes);
	return RC_OK;
}

#define PART(headers, content)                                                                     \
	"--B\r\nContent-Disposition: form-data; " headers "\r\n\r\n" content "\r\n"
#define FILE_A PART("name=\"f\"; filename=\"a.pdf\"", "AAA")

static enum rc stream(const char *body, size_t len, enum rc after)
{
	const struct multipart_sink sink = { take_field, take_file, NULL, 10 };
	enum rc rc;

	buf_reset(&form_log);
	buf_text(&form_log, "");
	web_fixture_request(&at, "POST", "/up");
	at.request.route = &route;
	web_fixture_body(&at, "multipart/form-data; boundary=B", body, len);
	at.piece = 5;
	at.after = after;
	rc = multipart_stream(&web, &at.request, &sink);
	assert_int_equal(spool_files(), 0);
	return rc;
}

static void streamed(void **state)
{
	static const char body[] =
			PART("name=\"csrf\"", "x") FILE_A PART("name=\"f\"; filename=\"\"", "")
					PART("name=\"g\"; filename=\"..\\b\"", "") "--B--\r\n";

	(void)state;
	assert_int_equal(stream(body, sizeof body - 1, RC_OK), RC_OK);
	assert_string_equal(form_log.data, "csrf=x;f@a.pdf=AAA;g@b=;");
	for (size_t len = 0; len < sizeof body - 3; len++) {
		assert_int_equal(stream(body, len, RC_GONE), RC_GONE);
		/* A file whose closing boundary has not come was handed to nobody. */
		if (len < (size_t)(strstr(body, "AAA\r\n--B") - body) + 8)
			assert_null(strstr(form_log.data, "a.pdf"));
	}
	buf_free(&form_log);
}

static void streamed_refusals(void **state)
{
	static const char big[] = PART("name=\"f\"; filename=\"a\"", "12345678901") "--B--";
	static const char stop[] = PART("name=\"csrf\"", "stop") FILE_A "--B--";
	static const char nul[] = PART("name=\"a\"", "x\0y") "--B--";

	(void)state;
	assert_int_equal(stream(big, sizeof big - 1, RC_OK), RC_TOO_LARGE);
	assert_int_equal(stream(stop, sizeof stop - 1, RC_OK), RC_DENIED);
	assert_string_equal(form_log.data, "csrf=stop;");
	assert_int_equal(stream(nul, sizeof nul - 1, RC_OK), RC_OK);
	assert_string_equal(form_log.data, "a=x\1y;");
	buf_free(&form_log);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(in_pieces), TEST(cut_and_resumed), TEST(past_the_end), TEST(checksums),
		TEST(two_at_once), TEST(others_see_nothing), TEST(refused), TEST(there_already),
		TEST(finish_runs_again), TEST(unfit_content_goes), TEST(removed), TEST(expired),
		TEST(override_of_a_safe_method), TEST(nothing_to_send), TEST(streamed), TEST(streamed_refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
