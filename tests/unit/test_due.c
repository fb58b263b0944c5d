/* test_due.c: the counting rules, with the calendar the point ships with. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/when.h"
#include "dossier/due.h"
#include "dossier/step_due.h"

static struct pool *pool;
static struct calendar calendar;

static const struct {
	const char *received, *limit, *due;	/* due "" = none, "?" before: not certain */
} cases[] = {
	/* The vectors that everything else must agree with. */
	{ "2026-08-21 16:10", "1 working-days", "2026-08-22T16:10" },
	{ "2026-02-13 15:30", "same-day-after-15", "2026-02-23T15:30" },
	{ "2026-11-23 15:05", "same-day-after-15", "2026-11-25T15:05" },
	{ "2026-11-23 15:00:00", "same-day-after-15", "2026-11-23T17:00" },
	/* 15:00:59 is printed 15:00; 15:01 is after it. */
	{ "2026-11-23 15:00:59", "same-day-after-15", "2026-11-23T17:00" },
	{ "2026-11-23 15:01", "same-day-after-15", "2026-11-25T15:01" },
	/* Same day. */
	{ "2026-11-23 07:00", "same-day", "2026-11-23T17:00" },
	{ "2026-11-23 16:59", "same-day", "2026-11-23T17:00" },
	{ "2026-11-23 17:00", "same-day", "2026-11-23T17:00" },
	{ "2026-11-23 17:01", "same-day", "2026-11-25T17:00" },
	{ "2026-11-23 17:01", "same-day-after-15", "2026-11-25T17:00" },
	{ "2026-11-21 09:00", "same-day-after-15", "2026-11-23T17:00" },
	{ "2026-11-22 16:00", "same-day-after-15", "2026-11-23T17:00" },
	{ "2026-11-23 12:10", "same-day-after-15", "2026-11-23T17:00" },
	{ "2026-08-22 15:30", "same-day-after-15", "2026-08-24T15:30" },
	/* Whole working days keep the clock time. */
	{ "2026-11-02 08:15", "1 working-days", "2026-11-03T08:15" },
	{ "2026-11-06 08:15", "1 working-days", "2026-11-09T08:15" },
	{ "2026-11-06 08:15", "3 working-days", "2026-11-11T08:15" },
	{ "2026-11-20 10:00", "3 working-days", "2026-11-26T10:00" },
	{ "2026-02-13 08:00", "1 working-days", "2026-02-23T08:00" },
	{ "2026-02-12 08:00", "2 working-days", "2026-02-23T08:00" },
	{ "2026-04-24 09:00", "1 working-days", "2026-04-28T09:00" },
	{ "2026-04-29 09:00", "1 working-days", "2026-05-04T09:00" },
	{ "2026-01-09 14:00", "1 working-days", "2026-01-10T14:00" },
	{ "2026-01-09 14:00", "2 working-days", "2026-01-12T14:00" },
	{ "2025-04-25 14:00", "1 working-days", "2025-04-26T14:00" },
	{ "2026-08-28 16:00", "1 working-days", "2026-09-03T16:00" },
	{ "2026-11-02 11:30", "1 working-days", "2026-11-03T11:30" },
	{ "2026-11-02 17:00", "1 working-days", "2026-11-03T17:00" },
	{ "2026-03-02 08:00", "20 working-days", "2026-03-30T08:00" },
	/* Outside the blocks the clock starts later. */
	{ "2026-11-02 06:10", "1 working-days", "2026-11-03T07:00" },
	{ "2026-11-02 11:31", "1 working-days", "2026-11-03T13:30" },
	{ "2026-11-02 12:30", "1 working-days", "2026-11-03T13:30" },
	{ "2026-11-02 17:01", "1 working-days", "2026-11-04T07:00" },
	{ "2026-11-06 18:00", "1 working-days", "2026-11-10T07:00" },
	{ "2026-11-07 09:00", "1 working-days", "2026-11-10T07:00" },
	{ "2026-02-18 09:00", "1 working-days", "2026-02-24T07:00" },
	{ "2026-11-02 00:00", "1 working-days", "2026-11-03T07:00" },
	{ "2026-11-02 23:59", "1 working-days", "2026-11-04T07:00" },
	/* Quarter days and hours consume block time; a block's end stays there. */
	{ "2026-11-02 08:00", "0.25 working-days", "2026-11-02T10:00" },
	{ "2026-11-02 09:30", "0.25 working-days", "2026-11-02T11:30" },
	{ "2026-11-02 10:00", "0.25 working-days", "2026-11-02T14:00" },
	{ "2026-11-02 16:00", "0.25 working-days", "2026-11-03T08:00" },
	{ "2026-11-02 07:00", "0.5 working-days", "2026-11-02T11:00" },
	{ "2026-11-02 13:30", "0.5 working-days", "2026-11-03T07:30" },
	{ "2026-11-02 08:00", "0.75 working-days", "2026-11-02T16:00" },
	{ "2026-11-02 08:00", "1.5 working-days", "2026-11-03T14:00" },
	{ "2026-11-06 16:00", "1.25 working-days", "2026-11-10T08:00" },
	{ "2026-11-02 07:00", "8 hours", "2026-11-02T17:00" },
	{ "2026-11-02 08:00", "8 hours", "2026-11-03T08:00" },
	{ "2026-11-02 10:30", "1 hours", "2026-11-02T11:30" },
	{ "2026-11-02 10:31", "1 hours", "2026-11-02T13:31" },
	{ "2026-11-02 16:45", "0.5 hours", "2026-11-03T07:15" },
	{ "2026-11-23 16:30", "1 hours", "2026-11-25T07:30" },
	{ "2026-11-02 17:00", "0.25 hours", "2026-11-03T07:15" },
	{ "2026-11-02 11:30", "0.25 hours", "2026-11-02T13:45" },
	{ "2026-11-02 07:00", "16 hours", "2026-11-03T17:00" },
	/* Calendar days: the first not counted, 17:00 of the last, moved on when off. */
	{ "2026-11-02 08:00", "3 calendar-days", "2026-11-05T17:00" },
	{ "2026-11-02 08:00", "5 calendar-days", "2026-11-09T17:00" },
	{ "2026-11-20 08:00", "4 calendar-days", "2026-11-25T17:00" },
	{ "2026-11-02 17:30", "3 calendar-days", "2026-11-06T17:00" },
	{ "2026-08-19 08:00", "3 calendar-days", "2026-08-22T17:00" },
	{ "2026-02-10 08:00", "5 calendar-days", "2026-02-23T17:00" },
	/* None, and years nobody has announced. */
	{ "2026-11-02 08:00", "none", "" },
	{ "2026-12-31 08:00", "1 working-days", "?2027-01-04T08:00" },
	{ "2027-02-04 08:00", "1 working-days", "?2027-02-11T08:00" },
	{ "2024-12-31 08:00", "1 working-days", "?2025-01-02T08:00" },
	{ "2026-12-30 08:00", "1 working-days", "2026-12-31T08:00" },
	{ "2026-12-31 17:30", "same-day", "?2027-01-04T17:00" },
};

static int load(void **state)
{
	const char *fault = NULL;
	char *text;
	size_t len;

	(void)state;
	pool = pool_new();
	assert_int_equal(file_read(pool, "board/calendar.json", 65536, &text, &len), RC_OK);
	assert_int_equal(calendar_parse(pool, text, len, &calendar, &fault), RC_OK);
	assert_null(fault);
	return 0;
}

static int unload(void **state)
{
	(void)state;
	pool_free(pool);
	return 0;
}

static void counts(void **state)
{
	struct limit limit;
	struct due due;
	int64_t received;
	char text[24];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *wanted = cases[i].due;
		bool certain = *wanted != '?';

		wanted += !certain;
		assert_int_equal(when_parse_local(cases[i].received, &received), RC_OK);
		assert_int_equal(limit_parse(cases[i].limit, &limit), RC_OK);
		assert_int_equal(due_count(&calendar, &limit, received, pool, &due), RC_OK);
		when_iso_minute(due.due_at, text);
		if (!due.has_due)
			text[0] = '\0';
		if (strcmp(text, wanted) != 0 || due.certain != certain)
			fail_msg("%s + %s: %s certain=%d, wanted %s certain=%d", cases[i].received,
					cases[i].limit, text, due.certain, wanted, certain);
		assert_true(due.step_count >= 2);
		assert_true(due.step_count <= sizeof(due.steps) / sizeof(due.steps[0]));
	}
}

static bool has_step(const struct due *due, const char *key, const char *arg)
{
	size_t i;

	for (i = 0; i < due->step_count; i++) {
		if (strcmp(due->steps[i].text_key, key) == 0 && strcmp(due->steps[i].arg, arg) == 0)
			return true;
	}
	return false;
}

static void count_of(const char *received, const char *limit_text, struct due *due)
{
	struct limit limit;
	int64_t at;

	assert_int_equal(when_parse_local(received, &at), RC_OK);
	assert_int_equal(limit_parse(limit_text, &limit), RC_OK);
	assert_int_equal(due_count(&calendar, &limit, at, pool, due), RC_OK);
}

static void tells_the_count(void **state)
{
	struct due due;

	(void)state;
	count_of("2026-08-21 16:10", "1 working-days", &due);
	assert_string_equal(due.steps[0].text_key, "due.why.received");
	assert_true(has_step(&due, "due.why.makeup", "làm bù cho ngày 31/08/2026"));
	assert_string_equal(due.steps[due.step_count - 1].text_key, "due.why.due");
	count_of("2026-11-23 15:05", "same-day-after-15", &due);
	assert_true(has_step(&due, "due.why.after_15", ""));
	assert_true(has_step(&due, "due.why.off", "Ngày Văn hóa Việt Nam"));
	count_of("2026-02-13 08:00", "1 working-days", &due);
	assert_true(has_step(&due, "due.why.off_range", "22/02/2026: Tết Nguyên đán"));
	count_of("2026-11-07 09:00", "1 working-days", &due);
	assert_true(has_step(&due, "due.why.weekend", "08/11/2026"));
	assert_true(has_step(&due, "due.why.start", ""));
	count_of("2026-03-02 08:00", "20 working-days", &due);
	assert_true(has_step(&due, "due.why.days", "20"));
	count_of("2026-11-02 08:00", "0.25 working-days", &due);
	assert_true(has_step(&due, "due.why.hours", "2"));
	count_of("2026-12-31 08:00", "1 working-days", &due);
	assert_true(has_step(&due, "due.why.uncertain", ""));
	count_of("2026-11-02 17:30", "1 working-days", &due);
	assert_true(due.start_at > due.steps[0].at_ms);
	/* A long count keeps its end, however many holidays it meets. */
	count_of("2025-01-02 08:00", "900 working-days", &due);
	assert_string_equal(due.steps[due.step_count - 1].text_key, "due.why.uncertain");
	assert_true(has_step(&due, "due.why.days", "900"));
}

static void out_of_range(void **state)
{
	struct limit limit = { LIMIT_WORKING_DAYS, 4, false };
	struct calendar never = calendar;
	struct calendar_day off[1000];
	struct due due;
	int64_t at;
	size_t i;

	(void)state;
	assert_int_equal(due_count(&calendar, &limit, -1, pool, &due), RC_INVALID);
	assert_int_equal(due_count(&calendar, &limit, INT64_MAX, pool, &due), RC_INVALID);
	assert_int_equal(when_parse_local("1999-12-31 08:00", &at), RC_OK);
	assert_int_equal(due_count(&calendar, &limit, at, pool, &due), RC_INVALID);
	assert_int_equal(when_parse_local("2026-11-02 08:00", &at), RC_OK);
	limit.quarters = 0;
	assert_int_equal(due_count(&calendar, &limit, at, pool, &due), RC_INVALID);
	limit.quarters = -4;
	assert_int_equal(due_count(&calendar, &limit, at, pool, &due), RC_INVALID);
	limit.quarters = 4001;
	assert_int_equal(due_count(&calendar, &limit, at, pool, &due), RC_INVALID);
	limit = (struct limit){ LIMIT_CALENDAR_DAYS, 5, false };
	assert_int_equal(due_count(&calendar, &limit, at, pool, &due), RC_INVALID);
	/* A calendar without work is refused, not counted for ever. */
	for (i = 0; i < 1000; i++)
		off[i] = (struct calendar_day){ when_day_number(2026, 11, 1) + (int64_t)i, false, "x" };
	never.days = off;
	never.day_count = 1000;
	limit = (struct limit){ LIMIT_WORKING_DAYS, 4, false };
	assert_int_equal(due_count(&never, &limit, at, pool, &due), RC_INVALID);
	never.block_count = 0;
	assert_int_equal(due_count(&never, &limit, at, pool, &due), RC_INVALID);
}

static void limits(void **state)
{
	static const struct { const char *in, *out; } good[] = {
		{ "1 working-days", "1 working-days" }, { "1 working-day", "1 working-days" },
		{ "0.25 working-days", "0.25 working-days" }, { "1,5 working-days", "1.5 working-days" },
		{ "2.50 working-days", "2.5 working-days" }, { "3.0 working-days", "3 working-days" },
		{ "10 calendar-days", "10 calendar-days" }, { "0.75 hours", "0.75 hours" },
		{ "1000 hours", "1000 hours" }, { "same-day", "same-day" },
		{ "same-day-after-15", "same-day-after-15" }, { "none", "none" },
	};
	static const char *const bad[] = { "", " ", "1", "working-days", "1 days", "0 working-days",
		"0.0 working-days", "-1 working-days", "+1 working-days", "1.3 working-days",
		"1. working-days", ".5 working-days", "1.5 calendar-days", "1001 working-days",
		"99999999999999999999 hours", "1  working-days", "1 working-days ", " 1 working-days",
		"1 Working-days", "same-day-after-16", "None", "1e2 hours", "0x1 hours", "1 hourss" };
	struct limit limit;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_int_equal(limit_parse(good[i].in, &limit), RC_OK);
		assert_string_equal(limit_format(pool, &limit), good[i].out);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (limit_parse(bad[i], &limit) != RC_INVALID)
			fail_msg("taken: %s", bad[i]);
	}
}

static void calendar_knows_its_days(void **state)
{
	(void)state;
	assert_false(calendar_works(&calendar, when_day_number(2026, 11, 24)));
	assert_true(calendar_works(&calendar, when_day_number(2026, 11, 23)));
	assert_true(calendar_works(&calendar, when_day_number(2026, 8, 22)));
	assert_false(calendar_works(&calendar, when_day_number(2026, 8, 29)));
	assert_true(calendar_works(&calendar, when_day_number(2026, 1, 10)));
	assert_false(calendar_works(&calendar, when_day_number(2026, 1, 2)));
	assert_false(calendar_works(&calendar, when_day_number(2025, 5, 2)));
	assert_true(calendar_works(&calendar, when_day_number(2025, 4, 26)));
	assert_string_equal(calendar_why(&calendar, when_day_number(2026, 9, 1)), "Quốc khánh");
	assert_string_equal(calendar_why(&calendar, when_day_number(2026, 9, 3)), "");
	assert_int_equal(calendar.announced_to, 2026);
}

static void wrong_calendars(void **state)
{
#define HEAD "{\"version\":\"1\",\"announced\":{\"from\":2026,\"to\":2026},"
#define BLOCKS "\"blocks\":[[\"07:00\",\"11:30\"]],"
	static const struct { const char *text, *fault; } bad[] = {
		{ "", "not a JSON object" },
		{ "[]", "not a JSON object" },
		{ "{}", "version" },
		{ "{\"version\":\"1\"}", "announced" },
		{ "{\"version\":\"1\",\"announced\":{\"from\":2027,\"to\":2026}}", "announced" },
		{ HEAD "\"days\":[]}", "blocks" },
		{ HEAD "\"blocks\":[],\"days\":[]}", "blocks" },
		{ HEAD "\"blocks\":[[\"11:30\",\"07:00\"]],\"days\":[]}", "blocks" },
		{ HEAD "\"blocks\":[[\"07:00\"]],\"days\":[]}", "blocks" },
		{ HEAD "\"blocks\":[[\"07:60\",\"08:00\"]],\"days\":[]}", "blocks" },
		{ HEAD "\"blocks\":[[\"24:00\",\"25:00\"]],\"days\":[]}", "blocks" },
		{ HEAD "\"blocks\":[[\"07:00\",\"09:00\"],[\"08:00\",\"10:00\"]],\"days\":[]}", "blocks" },
		{ HEAD BLOCKS "\"days\":{}}", "days" },
		{ HEAD BLOCKS "\"days\":[7]}", "days[0]" },
		{ HEAD BLOCKS "\"days\":[{\"from\":\"2026-01-01\"}]}", "days[0]" },
		{ HEAD BLOCKS "\"days\":[{\"from\":\"2026-02-30\",\"why\":\"x\"}]}", "days[0]" },
		{ HEAD BLOCKS "\"days\":[{\"from\":\"01/01/2026\",\"why\":\"x\"},"
				"{\"from\":\"2026-13-01\",\"why\":\"x\"}]}", "days[1]" },
		{ HEAD BLOCKS "\"days\":[{\"from\":\"2026-01-02\",\"to\":\"2026-01-01\","
				"\"why\":\"x\"}]}", "days[0]" },
		{ HEAD BLOCKS "\"days\":[{\"from\":\"2026-01-01\",\"to\":\"2026-12-01\","
				"\"why\":\"x\"}]}", "days[0]" },
		{ HEAD BLOCKS "\"days\":[{\"from\":\"2026-01-01\",\"why\":\"x\"},"
				"{\"from\":\"2026-01-01\",\"why\":\"y\"}]}", "days: " },
	};
	struct calendar out;
	const char *fault;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		fault = NULL;
		if (calendar_parse(pool, bad[i].text, strlen(bad[i].text), &out, &fault) != RC_INVALID)
			fail_msg("taken: %s", bad[i].text);
		assert_non_null(fault);
		if (strncmp(fault, bad[i].fault, strlen(bad[i].fault)) != 0)
			fail_msg("%s: fault %s", bad[i].text, fault);
	}
}

/* The citizen completes his papers: the due time waits as long. */
static const struct {
	const char *limit, *due, *from, *to, *after;	/* after "?" before: not certain */
} pauses[] = {
	/* Two working days keep the clock time, over the day of culture (24/11) and a weekend. */
	{ "5 working-days", "2026-11-25 10:00", "2026-11-23 09:00", "2026-11-26 09:00", "2026-11-27T10:00" },
	{ "5 working-days", "2026-11-27 10:00", "2026-11-26 08:00", "2026-11-27 08:00", "2026-11-30T10:00" },
	/* Nothing is lost by what comes at once, nor by a weekend. */
	{ "5 working-days", "2026-12-01 10:00", "2026-11-26 09:00", "2026-11-26 09:00", "2026-12-01T10:00" },
	{ "5 working-days", "2026-12-01 10:00", "2026-11-27 17:00", "2026-11-30 07:00", "2026-12-01T10:00" },
	/* Hours are hours of work: the lunch is none. */
	{ "5 working-days", "2026-12-01 10:00", "2026-11-26 11:00", "2026-11-26 14:00", "2026-12-01T11:00" },
	{ "8 hours", "2026-12-01 16:30", "2026-11-26 08:00", "2026-11-26 10:00", "2026-12-02T08:30" },
	/* Calendar days, and a last day that is off. */
	{ "15 calendar-days", "2026-12-01 17:00", "2026-11-23 09:00", "2026-11-26 16:00", "2026-12-04T17:00" },
	{ "15 calendar-days", "2026-12-01 17:00", "2026-11-23 09:00", "2026-11-27 16:00", "2026-12-07T17:00" },
	/* Into a year whose calendar is not announced. */
	{ "5 working-days", "2026-12-31 10:00", "2026-11-25 09:00", "2026-11-27 09:00", "?2027-01-05T10:00" },
};

static void a_pause_puts_it_off(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(pauses) / sizeof(pauses[0]); i++) {
		int64_t due_at, from, to;
		struct limit limit;
		struct due due;
		char text[24];

		assert_int_equal(limit_parse(pauses[i].limit, &limit), RC_OK);
		assert_int_equal(when_parse_local(pauses[i].due, &due_at), RC_OK);
		assert_int_equal(when_parse_local(pauses[i].from, &from), RC_OK);
		assert_int_equal(when_parse_local(pauses[i].to, &to), RC_OK);
		assert_int_equal(due_shift(&calendar, &limit, due_at, from, to, pool, &due), RC_OK);
		when_iso_minute(due.due_at, text);
		assert_string_equal(text, pauses[i].after + (pauses[i].after[0] == '?'));
		assert_int_equal(due.certain, pauses[i].after[0] != '?');
		assert_true(due.has_due && due.step_count == 0);
		assert_int_equal(due_shift(&calendar, &limit, due_at, to + 1, to, pool, &due), RC_INVALID);
		assert_int_equal(due_shift(&calendar, &limit, -1, from, to, pool, &due), RC_INVALID);
		assert_int_equal(due_shift(&calendar, &limit, due_at, from, from + INT64_C(4000) *
				WHEN_DAY_MS, pool, &due), RC_INVALID);
	}
}

/* A case of three days: a quarter, two days at one desk in two steps, half a day, a quarter. */
static void steps_end_one_after_the_other(void **state)
{
	static const struct { const char *role, *limit, *until; } wanted[] = {
		{ "intake", "0.25 working-days", "2026-11-02T10:00" },
		{ "specialist", "1 working-days", "2026-11-03T10:00" },
		{ "approver", "none", "2026-11-03T10:00" },
		{ "specialist", "1 working-days", "2026-11-04T10:00" },
		{ "signer", "0.5 working-days", "2026-11-04T16:00" },
		/* Later than the citizen's time no step may end. */
		{ "return", "2 working-days", "2026-11-05T08:00" },
	};
	struct procedure_step steps[6];
	struct procedure_case one = { .steps = steps, .step_count = 6 };
	struct step_due *rows;
	int64_t clock, due_at;
	size_t count;

	(void)state;
	assert_int_equal(limit_parse("3 working-days", &one.limit), RC_OK);
	for (size_t i = 0; i < 6; i++) {
		steps[i] = (struct procedure_step){ .name = "x", .role = wanted[i].role };
		assert_int_equal(limit_parse(wanted[i].limit, &steps[i].limit), RC_OK);
	}
	assert_int_equal(when_parse_local("2026-11-02 08:00", &clock), RC_OK);
	assert_int_equal(step_due_count(&calendar, &one, clock, pool, &rows, &count, &due_at), RC_OK);
	assert_int_equal(count, 6);
	for (size_t i = 0; i < count; i++) {
		char text[24];

		when_iso_minute(rows[i].due_at, text);
		assert_string_equal(text, wanted[i].until);
	}
	assert_true(rows[5].due_at == due_at);
	assert_ptr_equal(step_due_at(rows, count, STATE_ACCEPTED), &rows[0]);
	assert_ptr_equal(step_due_at(rows, count, STATE_PROCESSING), &rows[3]);
	assert_ptr_equal(step_due_at(rows, count, STATE_SIGNING), &rows[4]);
	assert_ptr_equal(step_due_at(rows, count, STATE_RESULT), &rows[5]);
	assert_null(step_due_at(rows, count, STATE_SUPPLEMENT));
	assert_null(step_due_at(rows, count, STATE_RETURNED));
	one.step_count = 0;
	assert_int_equal(step_due_count(&calendar, &one, clock, pool, &rows, &count, &due_at), RC_OK);
	assert_int_equal(count, 0);
	assert_int_equal(step_due_count(&calendar, &one, -5, pool, &rows, &count, &due_at), RC_INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(steps_end_one_after_the_other),
		cmocka_unit_test(a_pause_puts_it_off),
		cmocka_unit_test(counts),
		cmocka_unit_test(tells_the_count),
		cmocka_unit_test(out_of_range),
		cmocka_unit_test(limits),
		cmocka_unit_test(calendar_knows_its_days),
		cmocka_unit_test(wrong_calendars),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
