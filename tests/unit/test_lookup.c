/*
 * test_lookup.c: the QR's address, and that a status says nothing it must not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lookup/lookup.c"

#define SECRET "0123456789abcdef0123456789abcdef"

static void
test_split(void **state)
{
	struct pool *pool = pool_new();
	const char *code = NULL;
	const char *secret = NULL;

	(void)state;
	assert_int_equal(lookup_split(pool, "T18685.1-261124-0001." SECRET, &code, &secret), RC_OK);
	assert_string_equal(code, "T18685.1-261124-0001");
	assert_string_equal(secret, SECRET);
	assert_int_equal(lookup_split(pool, "H27.1-261124-0001." SECRET, &code, &secret), RC_OK);
	assert_string_equal(code, "H27.1-261124-0001");
	pool_free(pool);
}

static void
test_split_refuses(void **state)
{
	static const char *const wrong[] = {
		"", ".", "T18685.1-261124-0001", "." SECRET, SECRET,
		"T18685.1-261124-0001." SECRET "0",
		"T18685.1-261124-0001.0123456789abcdef0123456789abcde",
		"T18685.1-261124-0001.0123456789ABCDEF0123456789ABCDEF",
		"T18685.1-261124-0001.0123456789abcdef0123456789abcdeg",
		"0123456789012345678901234567890123456789012345678901234567890." SECRET,
	};
	struct pool *pool = pool_new();
	const char *code = NULL;
	const char *secret = NULL;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(lookup_split(pool, wrong[i], &code, &secret), RC_INVALID);
	assert_null(code);
	pool_free(pool);
}

static struct slip_status
one(enum dossier_state state)
{
	struct slip_status status = {0};

	status.code = "T18685.1-261124-0001";
	status.official = "";
	status.state = (int)state;
	status.has_due = true;
	status.due_certain = true;
	status.due_at = 1795592700000;
	status.received_at = 1795500000000;
	status.updated_at = 1795500000000;
	status.bring = "";
	status.point_name = "Điểm tiếp nhận Thử";
	status.point_address = "";
	status.point_phone = "0239 000 0000";
	return status;
}

static char *
rendered(struct pool *pool, const struct slip_status *status, int64_t now_ms)
{
	struct view *view = view_new(pool);
	struct buf html = {NULL, 0, 0};
	char *text;

	lookup_show(view, status, now_ms);
	assert_int_equal(template_render("lookup/status", view, &html), RC_OK);
	text = pool_strndup(pool, html.data, html.len);
	buf_free(&html);
	return text;
}

static void
test_every_state_has_words(void **state)
{
	struct pool *pool = pool_new();
	struct slip_status status;
	int s;

	(void)state;
	for (s = STATE_NONE; s <= STATE_VOIDED; s++) {
		status = one((enum dossier_state)s);
		assert_null(strstr(rendered(pool, &status, status.received_at), "[?]"));
	}
	pool_free(pool);
}

/* The due time stands big while work goes on, and not where it would mislead. */
static void
test_due_only_while_it_counts(void **state)
{
	static const struct {
		enum dossier_state state;
		bool shown;
	} rows[] = {
		{STATE_ACCEPTED, true}, {STATE_FORWARDED, true}, {STATE_PROCESSING, true},
		{STATE_SIGNING, true}, {STATE_RESULT, false}, {STATE_RETURNED, false},
		{STATE_REFUSED, false}, {STATE_STOPPED, false}, {STATE_VOIDED, false},
	};
	struct pool *pool = pool_new();
	struct slip_status status;
	const char *due;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		status = one(rows[i].state);
		due = show_time_screen(pool, status.due_at);
		assert_int_equal(strstr(rendered(pool, &status, status.received_at), due) != NULL,
				rows[i].shown);
	}
	pool_free(pool);
}

static void
test_replaced_shows_no_state(void **state)
{
	struct pool *pool = pool_new();
	struct slip_status status = one(STATE_PROCESSING);
	const char *html;

	(void)state;
	status.replaced = true;
	html = rendered(pool, &status, status.received_at);
	assert_non_null(strstr(html, text_get("lookup.replaced")));
	assert_null(strstr(html, text_get("lookup.state.processing")));
	assert_null(strstr(html, show_time_screen(pool, status.due_at)));
	pool_free(pool);
}

static void
test_late_says_so(void **state)
{
	struct pool *pool = pool_new();
	struct slip_status status = one(STATE_PROCESSING);

	(void)state;
	assert_null(strstr(rendered(pool, &status, status.due_at), text_get("lookup.late")));
	assert_non_null(strstr(rendered(pool, &status, status.due_at + 60000),
			text_get("lookup.late")));
	pool_free(pool);
}

static void
test_phone_link_holds_digits_only(void **state)
{
	struct pool *pool = pool_new();
	struct slip_status status = one(STATE_PROCESSING);

	(void)state;
	assert_non_null(strstr(rendered(pool, &status, 0), "href=\"tel:02390000000\""));
	pool_free(pool);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_split_refuses),
		cmocka_unit_test(test_every_state_has_words),
		cmocka_unit_test(test_due_only_while_it_counts),
		cmocka_unit_test(test_replaced_shows_no_state),
		cmocka_unit_test(test_late_says_so),
		cmocka_unit_test(test_phone_link_holds_digits_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
