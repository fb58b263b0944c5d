/*
 * test_request.c: addresses, cookies and queries that nobody has checked yet, and headers going
 * out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "web/esc.h"
#include "web_fixture.h"

static void targets(void **state)
{
	static const char *const wrong[] = {
			"",
			"*",
			"quay",
			"http://a/b",
			"/a/../b",
			"/..",
			"/a/..",
			"/.",
			"/a/./b",
			"//a",
			"/a//b",
			"/%2e%2e/b",
			"/a%2fb",
			"/a%2Fb",
			"/a%00b",
			"/a%",
			"/a%4",
			"/a%zz",
			"/a%0ab",
			"/a%7f",
			"/a\\b",
			"/%ff",
			"/%c0%af",
			"/%ed%a0%80",
	};
	struct web_fixture at;

	(void)state;
	web_fixture_init(&at);
	assert_int_equal(request_set_target(&at.request, "/ho-so/%C4%91/x?a=1?b"), RC_OK);
	assert_string_equal(at.request.path, "/ho-so/đ/x");
	assert_string_equal(at.request.query, "a=1?b");
	assert_int_equal(request_set_target(&at.request, "/...a/.b"), RC_OK);
	assert_int_equal(request_set_target(&at.request, "/a+b"), RC_OK);
	assert_string_equal(at.request.path, "/a+b");
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		assert_int_equal(request_set_target(&at.request, wrong[i]), RC_INVALID);
		assert_null(at.request.path);
	}
	web_fixture_free(&at);
}

static void too_long_target(void **state)
{
	struct web_fixture at;
	char target[1100];

	(void)state;
	web_fixture_init(&at);
	memset(target, 'a', sizeof target);
	target[0] = '/';
	target[1024] = '\0';
	assert_int_equal(request_set_target(&at.request, target), RC_OK);
	target[1024] = 'a';
	target[1025] = '\0';
	assert_int_equal(request_set_target(&at.request, target), RC_INVALID);
	web_fixture_free(&at);
}

static void cookies(void **state)
{
	struct web_fixture at;

	(void)state;
	web_fixture_init(&at);
	web_fixture_header(&at, "Cookie", "ab=2; a=1;b=; aa=3; __Host-a=4");
	assert_string_equal(request_cookie(&at.request, "a"), "1");
	assert_string_equal(request_cookie(&at.request, "ab"), "2");
	assert_string_equal(request_cookie(&at.request, "b"), "");
	assert_string_equal(request_cookie(&at.request, "c"), "");
	/* A neighbour without TLS cannot set the cookie that counts. */
	at.request.secure = true;
	assert_string_equal(request_cookie(&at.request, "a"), "4");
	assert_string_equal(request_cookie(&at.request, "ab"), "");
	web_fixture_free(&at);
}

static void queries(void **state)
{
	struct web_fixture at;

	(void)state;
	web_fixture_init(&at);
	web_fixture_request(&at, "GET", "/x?loc=m%E1%BB%9Bi++h%C6%A1n&a=1&a=2&z=%ff&n=%00&loca=x");
	assert_string_equal(request_query(&at.request, "loc"), "mới hơn");
	assert_string_equal(request_query(&at.request, "a"), "1");
	assert_string_equal(request_query(&at.request, "z"), "");
	assert_string_equal(request_query(&at.request, "n"), "");
	assert_string_equal(request_query(&at.request, "lo"), "");
	web_fixture_free(&at);
}

static void answers(void **state)
{
	struct web_fixture at;

	(void)state;
	web_fixture_init(&at);
	response_cookie(&at.response, "tram", "abc", 0);
	assert_string_equal(web_fixture_answer(&at, "Set-Cookie"),
			"tram=abc; Path=/; HttpOnly; SameSite=Strict");
	response_reset(&at.response);
	at.response.secure = true;
	response_cookie(&at.response, "tram", "abc", -1);
	assert_string_equal(web_fixture_answer(&at, "Set-Cookie"),
			"__Host-tram=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0; Secure");
	response_reset(&at.response);
	response_see_other(&at.response, "/quay");
	assert_int_equal(at.response.status, 303);
	assert_string_equal(web_fixture_answer(&at, "Location"), "/quay");
	response_problem(&at.response, 409, "gap", "Gap", json_pack("{s:i, s:s}", "seq", 5, "type",
			"stays"));
	assert_string_equal(at.response.body.data, "{\"type\":\"about:tram:gap\",\"title\":\"Gap\","
			"\"status\":409,\"seq\":5}");
	web_fixture_free(&at);
}

static void downloads(void **state)
{
	struct web_fixture at;

	(void)state;
	web_fixture_init(&at);
	response_file(&at.response, "x/out/1", "text/html", "a\"b\r\nc đ.html", true);
	assert_string_equal(web_fixture_answer(&at, "Content-Disposition"),
			"attachment; filename=\"a_b__c __.html\"; "
			"filename*=UTF-8''a%22b%0D%0Ac%20%C4%91.html");
	assert_non_null(strstr(web_fixture_answer(&at, "Content-Security-Policy"), "sandbox"));
	assert_true(at.response.own_policy);
	response_reset(&at.response);
	response_file(&at.response, "x/out/1", "application/pdf", "a.pdf", true);
	assert_int_equal(strncmp(web_fixture_answer(&at, "Content-Disposition"), "inline", 6), 0);
	web_fixture_free(&at);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(targets),
		cmocka_unit_test(too_long_target),
		cmocka_unit_test(cookies),
		cmocka_unit_test(queries),
		cmocka_unit_test(answers),
		cmocka_unit_test(downloads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
