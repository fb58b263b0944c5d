/*
 * due.c: the count of DOMAIN, "Counting rules", in local minutes.
 */
#include <string.h>

#include "base/when.h"
#include "dossier/due.h"

#define LOCAL_MINUTES (7 * 60)
#define DAY_MINUTES 1440
#define QUARTER_DAY_MINUTES 120	/* 8 h = 1 working day */
#define QUARTER_HOUR_MINUTES 15
#define FIFTEEN (15 * 60)	/* "sau 15 giờ": strictly after the minute 15:00 */
#define DAYS_SHOWN 6		/* of longer counts only the holidays and the sum are shown */
#define STEP_MAX (sizeof(((struct due *)0)->steps) / sizeof(struct due_step))
#define NO_WORK_DAYS 400	/* a calendar without work in so long is a wrong calendar */

struct count {
	const struct calendar *calendar;
	struct pool *pool;
	struct due *out;
	int64_t day;		/* day number */
	int minute;		/* of the day */
	bool listing;		/* every day is shown */
};

static int64_t ms_of(int64_t day, int minute)
{
	return (day * DAY_MINUTES + minute - LOCAL_MINUTES) * WHEN_MINUTE_MS;
}

static int64_t now_of(const struct count *count)
{
	return ms_of(count->day, count->minute);
}

/* The last steps are kept free for what the count came to. */
static void say(struct count *count, int64_t at_ms, const char *key, const char *arg, size_t spare)
{
	struct due *out = count->out;

	if (out->step_count + spare >= STEP_MAX)
		return;
	out->steps[out->step_count++] = (struct due_step){ at_ms, key, arg ? arg : "" };
}

static char *date_text(struct pool *pool, int64_t day)
{
	int y, m, d;

	when_from_day_number(day, &y, &m, &d);
	return pool_printf(pool, "%02d/%02d/%04d", d, m, y);
}

/* The days from..to are off: weekends in one sentence, each holiday in one. */
static void say_off(struct count *count, int64_t from, int64_t to)
{
	while (from <= to) {
		const char *why = calendar_why(count->calendar, from);
		int64_t last = from;

		while (last < to && strcmp(calendar_why(count->calendar, last + 1), why) == 0)
			last++;
		if (*why && last > from)
			say(count, ms_of(from, 0), "due.why.off_range",
					pool_printf(count->pool, "%s: %s",
							date_text(count->pool, last), why), 4);
		else if (*why)
			say(count, ms_of(from, 0), "due.why.off", why, 4);
		else if (count->listing)
			say(count, ms_of(from, 0), last > from ? "due.why.weekend" : "due.why.day_off",
					date_text(count->pool, last), 4);
		from = last + 1;
	}
}

static void say_makeup(struct count *count)
{
	const char *why = calendar_why(count->calendar, count->day);

	if (*why)
		say(count, now_of(count), "due.why.makeup", why, 4);
}

/* To the next worked day, this one included. */
static enum rc skip_off(struct count *count)
{
	int64_t off = count->day;

	while (!calendar_works(count->calendar, count->day)) {
		if (++count->day - off > NO_WORK_DAYS)
			return RC_INVALID;
	}
	say_off(count, off, count->day - 1);
	say_makeup(count);
	return RC_OK;
}

static enum rc next_day(struct count *count)
{
	count->day++;
	return skip_off(count);
}

static int first_minute(const struct calendar *calendar)
{
	return calendar->blocks[0].from_minute;
}

static int last_minute(const struct calendar *calendar)
{
	return calendar->blocks[calendar->block_count - 1].to_minute;
}

/* Into a block: where the clock starts. A block's end belongs to the block. */
static enum rc start(struct count *count)
{
	const struct calendar *calendar = count->calendar;
	enum rc rc;
	size_t i;

	if (!calendar_works(calendar, count->day)) {
		count->minute = first_minute(calendar);
		rc = skip_off(count);
		say(count, now_of(count), "due.why.start", NULL, 0);
		return rc;
	}
	for (i = 0; i < calendar->block_count; i++) {
		if (count->minute > calendar->blocks[i].to_minute)
			continue;
		if (count->minute < calendar->blocks[i].from_minute) {
			count->minute = calendar->blocks[i].from_minute;
			say(count, now_of(count), "due.why.start", NULL, 0);
		}
		return RC_OK;
	}
	count->minute = first_minute(calendar);
	rc = next_day(count);
	say(count, now_of(count), "due.why.start", NULL, 0);
	return rc;
}

static enum rc add_working_days(struct count *count, int days)
{
	enum rc rc = RC_OK;
	int i;

	for (i = 1; rc == RC_OK && i <= days; i++) {
		rc = next_day(count);
		if (rc == RC_OK && count->listing)
			say(count, now_of(count), "due.why.day", pool_printf(count->pool, "%d", i), 4);
	}
	if (rc == RC_OK && !count->listing && days > 0)
		say(count, now_of(count), "due.why.days", pool_printf(count->pool, "%d", days), 0);
	return rc;
}

/* Consumes block time; ending exactly on a block's end stays there. */
static enum rc add_minutes(struct count *count, int minutes)
{
	const struct calendar *calendar = count->calendar;
	enum rc rc = RC_OK;
	size_t i;

	while (rc == RC_OK) {
		for (i = 0; i < calendar->block_count; i++) {
			const struct work_block *block = &calendar->blocks[i];
			int from = count->minute > block->from_minute ? count->minute
					: block->from_minute;

			if (from >= block->to_minute)
				continue;
			if (minutes <= block->to_minute - from) {
				count->minute = from + minutes;
				return RC_OK;
			}
			minutes -= block->to_minute - from;
			count->minute = block->to_minute;
		}
		count->minute = 0;
		rc = next_day(count);
	}
	return rc;
}

static void say_minutes(struct count *count, int minutes)
{
	static const char *const parts[] = { "", ",25", ",5", ",75" };
	int quarters = minutes / QUARTER_HOUR_MINUTES;

	say(count, now_of(count), "due.why.hours",
			pool_printf(count->pool, "%d%s", quarters / 4, parts[quarters % 4]), 0);
}

static enum rc count_working(struct count *count, const struct limit *limit)
{
	int minutes = limit->quarters % 4 * QUARTER_DAY_MINUTES;
	enum rc rc = add_working_days(count, limit->quarters / 4);

	if (rc == RC_OK && minutes > 0) {
		rc = add_minutes(count, minutes);
		say_minutes(count, minutes);
	}
	return rc;
}

static enum rc count_hours(struct count *count, const struct limit *limit)
{
	int minutes = limit->quarters * QUARTER_HOUR_MINUTES;
	enum rc rc = add_minutes(count, minutes);

	say_minutes(count, minutes);
	return rc;
}

/* Civil Code art. 147-148: the first day is not counted; a last day off moves on. */
static enum rc count_calendar(struct count *count, const struct limit *limit)
{
	int days = limit->quarters / 4;

	count->day += days;
	count->minute = last_minute(count->calendar);
	say(count, now_of(count), "due.why.calendar", pool_printf(count->pool, "%d", days), 0);
	return skip_off(count);
}

/* QĐ 2873/QĐ-UBND: taken in after 15:00, the result may come on the next working day. */
static enum rc count_same_day(struct count *count, const struct limit *limit)
{
	enum rc rc = RC_OK;

	if (limit->after_15 && count->minute > FIFTEEN) {
		say(count, now_of(count), "due.why.after_15", NULL, 0);
		rc = next_day(count);
	} else {
		count->minute = last_minute(count->calendar);
		say(count, now_of(count), "due.why.same_day", NULL, 0);
	}
	return rc;
}

static enum rc count_limit(struct count *count, const struct limit *limit)
{
	if (limit->unit == LIMIT_SAME_DAY)
		return count_same_day(count, limit);
	if (limit->quarters < 1 || limit->quarters > 4000)
		return RC_INVALID;
	switch (limit->unit) {
	case LIMIT_WORKING_DAYS:
		return count_working(count, limit);
	case LIMIT_CALENDAR_DAYS:
		return limit->quarters % 4 ? RC_INVALID : count_calendar(count, limit);
	case LIMIT_HOURS:
		return count_hours(count, limit);
	default:
		return RC_INVALID;
	}
}

static int year_of(int64_t day)
{
	int y, m, d;

	when_from_day_number(day, &y, &m, &d);
	return y;
}

enum rc due_count(const struct calendar *calendar, const struct limit *limit, int64_t received_at,
		struct pool *pool, struct due *out)
{
	struct count count = { calendar, pool, out, 0, 0, limit->quarters / 4 <= DAYS_SHOWN };
	int64_t first;
	enum rc rc;

	memset(out, 0, sizeof(*out));
	if (received_at < 0 || received_at > WHEN_DAY_MS * 366 * 300 || calendar->block_count == 0)
		return RC_INVALID;
	count.day = (received_at / WHEN_MINUTE_MS + LOCAL_MINUTES) / DAY_MINUTES;
	count.minute = (int)((received_at / WHEN_MINUTE_MS + LOCAL_MINUTES) % DAY_MINUTES);
	first = count.day;
	if (year_of(first) < 2000 || year_of(first) > 2200)
		return RC_INVALID;
	say(&count, now_of(&count), "due.why.received", NULL, 0);
	rc = start(&count);
	out->start_at = now_of(&count);
	out->certain = true;
	if (rc == RC_OK && limit->unit == LIMIT_NONE) {
		say(&count, now_of(&count), "due.why.none", NULL, 0);
		return RC_OK;
	}
	if (rc == RC_OK)
		rc = count_limit(&count, limit);
	if (rc != RC_OK || year_of(count.day) > 2200) {
		memset(out, 0, sizeof(*out));
		return RC_INVALID;
	}
	out->has_due = true;
	out->due_at = now_of(&count);
	out->certain = year_of(first) >= calendar->announced_from
			&& year_of(count.day) <= calendar->announced_to;
	say(&count, out->due_at, "due.why.due", NULL, 0);
	if (!out->certain)
		say(&count, out->due_at, "due.why.uncertain", NULL, 0);
	return RC_OK;
}

/* Minutes of a day's work up to this minute. */
static int worked_until(const struct calendar *calendar, int minute)
{
	int sum = 0;
	size_t i;

	for (i = 0; i < calendar->block_count; i++) {
		const struct work_block *block = &calendar->blocks[i];

		if (minute > block->from_minute)
			sum += (minute < block->to_minute ? minute : block->to_minute) - block->from_minute;
	}
	return sum;
}

static void split(int64_t at_ms, int64_t *day, int *minute)
{
	int64_t minutes = at_ms / WHEN_MINUTE_MS + LOCAL_MINUTES;

	*day = minutes / DAY_MINUTES;
	*minute = (int)(minutes % DAY_MINUTES);
}

/* Working minutes from..to. */
static int64_t worked_between(const struct calendar *calendar, int64_t from, int64_t to)
{
	int64_t day, last, sum = 0;
	int from_minute, to_minute;

	split(from, &day, &from_minute);
	split(to, &last, &to_minute);
	for (; day <= last; day++) {
		if (calendar_works(calendar, day))
			sum += worked_until(calendar, day == last ? to_minute : DAY_MINUTES)
					- worked_until(calendar, from_minute);
		from_minute = 0;
	}
	return sum > 0 ? sum : 0;
}

enum rc due_shift(const struct calendar *calendar, const struct limit *limit, int64_t due_at,
		int64_t from, int64_t to, struct pool *pool, struct due *out)
{
	struct count count = { calendar, pool, out, 0, 0, false };
	int64_t first, day, pause, whole = worked_until(calendar, DAY_MINUTES);
	enum rc rc = RC_OK;
	int minute;

	memset(out, 0, sizeof(*out));
	if (due_at < 0 || from < 0 || to < from || to - from > WHEN_DAY_MS * 3660 || whole <= 0
			|| due_at > WHEN_DAY_MS * 366 * 300)
		return RC_INVALID;
	out->step_count = STEP_MAX;	/* nothing is said: the count before stays the reason */
	split(due_at, &count.day, &count.minute);
	first = count.day;
	if (limit->unit == LIMIT_CALENDAR_DAYS) {
		split(from, &day, &minute);
		split(to, &pause, &minute);
		count.day += pause - day;
		rc = skip_off(&count);
	} else {
		pause = worked_between(calendar, from, to);
		for (; rc == RC_OK && pause >= whole; pause -= whole)
			rc = next_day(&count);
		if (rc == RC_OK && pause > 0)
			rc = add_minutes(&count, (int)pause);
	}
	out->step_count = 0;
	if (rc != RC_OK || year_of(count.day) > 2200)
		return RC_INVALID;
	out->has_due = true;
	out->due_at = now_of(&count);
	out->certain = year_of(first) >= calendar->announced_from
			&& year_of(count.day) <= calendar->announced_to;
	return RC_OK;
}
