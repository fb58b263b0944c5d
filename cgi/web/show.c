/*
 * show.c: times and money as people write them. The words stand in www/text/vi.txt; the order in
 * which Vietnamese puts them stands here.
 */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "base/when.h"
#include "web/show.h"
#include "web/text_vi.h"

#define TWO(pool, n) pool_printf(pool, "%02d", n)
#define PLAIN(pool, n) pool_printf(pool, "%d", n)

static const char *weekday_name(struct pool *pool, int weekday)
{
	return text_get(pool_printf(pool, "show.weekday_%d", weekday));
}

/* On paper days and months below 10 (months below 3) are written with a nought (NĐ 30/2020, annex
 * I: so that no digit can be added before them). */
static char *paper(struct pool *pool, int64_t at_ms, const char *key)
{
	struct when_local at;

	when_to_local(at_ms, &at);
	return text_fill(pool, key, TWO(pool, at.hour), TWO(pool, at.minute), TWO(pool, at.day),
			at.month < 3 ? TWO(pool, at.month) : PLAIN(pool, at.month),
			PLAIN(pool, at.year), weekday_name(pool, at.weekday), NULL);
}

char *show_time_paper(struct pool *pool, int64_t at_ms)
{
	return paper(pool, at_ms, "show.time_paper");
}

char *show_due_paper(struct pool *pool, int64_t at_ms)
{
	return paper(pool, at_ms, "show.due_paper");
}

char *show_date_paper(struct pool *pool, int64_t at_ms)
{
	struct when_local at;

	when_to_local(at_ms, &at);
	return text_fill(pool, "show.date_paper", TWO(pool, at.day), at.month < 3 ?
			TWO(pool, at.month) : PLAIN(pool, at.month), PLAIN(pool, at.year), NULL);
}

char *show_time_screen(struct pool *pool, int64_t at_ms)
{
	struct when_local at;

	when_to_local(at_ms, &at);
	return pool_printf(pool, "%02d:%02d, %s %d/%d/%d", at.hour, at.minute,
			weekday_name(pool, at.weekday), at.day, at.month, at.year);
}

char *show_clock(struct pool *pool, int64_t at_ms)
{
	struct when_local at;

	when_to_local(at_ms, &at);
	return pool_printf(pool, "%02d:%02d", at.hour, at.minute);
}

char *show_date(struct pool *pool, int64_t at_ms)
{
	struct when_local at;

	when_to_local(at_ms, &at);
	return pool_printf(pool, "%02d/%02d/%d", at.day, at.month, at.year);
}

char *show_time_plain(struct pool *pool, int64_t at_ms)
{
	return pool_printf(pool, "%s %s", show_date(pool, at_ms), show_clock(pool, at_ms));
}

char *show_birth(struct pool *pool, const char *iso)
{
	int year, month, day;

	if (strlen(iso) != 10 || when_parse_date(iso, &year, &month, &day) != RC_OK)
		return pool_strdup(pool, iso);
	return pool_printf(pool, "%02d/%02d/%d", day, month, year);
}

char *show_due(struct pool *pool, int64_t due_at, int64_t now_ms, const char **tag)
{
	struct when_local due, now;
	int64_t days;

	when_to_local(due_at, &due);
	when_to_local(now_ms, &now);
	days = when_day_number(due.year, due.month, due.day) -
			when_day_number(now.year, now.month, now.day);
	*tag = days > 0 ? "ok" : days == 0 && due_at >= now_ms ? "wait" : "bad";
	if (days == 0)
		return text_fill(pool, due_at >= now_ms ? "show.due_today" : "show.due_over_today",
				show_clock(pool, due_at), NULL);
	return text_fill(pool, days > 0 ? "show.due_days" : "show.due_over_days",
			PLAIN(pool, (int)(days > 0 ? days : -days)), NULL);
}

static char *grouped(struct pool *pool, int64_t number)
{
	char digits[24];
	size_t len = (size_t)snprintf(digits, sizeof digits, "%lld", (long long)number), start,
	       n = 0;
	char *out = pool_alloc(pool, 2 * len + 1);

	start = digits[0] == '-';
	for (size_t i = 0; i < len; i++) {
		if (i > start && (len - i) % 3 == 0)
			out[n++] = '.';
		out[n++] = digits[i];
	}
	return out;
}

char *show_money(struct pool *pool, int64_t dong)
{
	return text_fill(pool, "show.money", grouped(pool, dong), NULL);
}

static void word(struct buf *out, const char *text)
{
	if (out->len > 0)
		buf_char(out, ' ');
	buf_text(out, text);
}

static void digit(struct buf *out, struct pool *pool, int value)
{
	word(out, text_get(pool_printf(pool, "show.digit_%d", value)));
}

/* 0..999. full: something stands before it, so a missing hundred is said ("không trăm linh năm").
 */
static void three_digits(struct buf *out, struct pool *pool, int value, bool full)
{
	int hundred = value / 100, ten = value / 10 % 10, one = value % 10;

	if (hundred > 0 || full) {
		digit(out, pool, hundred);
		word(out, text_get("show.hundred"));
	}
	if (ten == 0 && one > 0 && (hundred > 0 || full))
		word(out, text_get("show.gap"));
	if (ten == 1) {
		word(out, text_get("show.ten"));
	} else if (ten > 1) {
		digit(out, pool, ten);
		word(out, text_get("show.tens"));
	}
	if (one == 1 && ten > 1)
		word(out, text_get("show.digit_one_last"));
	else if (one == 4 && ten > 1)
		word(out, text_get("show.digit_four_last"));
	else if (one == 5 && ten > 0)
		word(out, text_get("show.digit_five_last"));
	else if (one > 0)
		digit(out, pool, one);
}

/* Below a thousand million; *started: something has been said already. */
static void nine_digits(struct buf *out, struct pool *pool, int64_t value, bool *started)
{
	static const int64_t scales[] = { 1, 1000, 1000000 };

	for (int i = 2; i >= 0; i--) {
		int part = (int)(value / scales[i] % 1000);

		if (part == 0)
			continue;
		three_digits(out, pool, part, *started);
		if (i == 2)
			word(out, text_get("show.scale_2"));
		else if (i == 1)
			word(out, text_get("show.scale_1"));
		*started = true;
	}
}

/* First letter as a capital; text_upper knows the letters, the first one is found by its bytes. */
static char *capital(struct pool *pool, const char *text)
{
	size_t n = 1;

	while (((unsigned char)text[n] & 0xc0) == 0x80)
		n++;
	return pool_printf(pool, "%s%s", text_upper(pool, pool_strndup(pool, text, n)), text + n);
}

char *show_money_words(struct pool *pool, int64_t dong)
{
	struct buf out = { 0 };
	bool started = false;
	uint64_t value = dong < 0 ? 0 - (uint64_t)dong : (uint64_t)dong;
	int64_t high = (int64_t)(value / 1000000000), low = (int64_t)(value % 1000000000);
	char *text;

	if (dong < 0)
		word(&out, text_get("show.money_minus"));
	if (high > 0) {
		nine_digits(&out, pool, high % 1000000000, &started);
		word(&out, text_get("show.scale_3"));
	}
	nine_digits(&out, pool, low, &started);
	if (!started)
		digit(&out, pool, 0);
	word(&out, text_get("show.money_dong"));
	text = capital(pool, out.data);
	buf_free(&out);
	return text;
}

char *show_bytes(struct pool *pool, int64_t bytes)
{
	int64_t tenths;

	if (bytes < 1000)
		return pool_printf(pool, "%lld B", (long long)bytes);
	if (bytes < 1000000)
		return pool_printf(pool, "%lld kB", (long long)((bytes + 500) / 1000));
	if (bytes >= INT64_C(1000000000)) {
		tenths = bytes / INT64_C(100000000);
		return pool_printf(pool, "%lld,%lld GB", (long long)(tenths / 10),
				(long long)(tenths % 10));
	}
	tenths = (bytes + 50000) / 100000;
	return pool_printf(
			pool, "%lld,%lld MB", (long long)(tenths / 10), (long long)(tenths % 10));
}
