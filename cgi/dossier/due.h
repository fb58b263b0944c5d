/*
 * due.h: when a result is due (DOMAIN §1.5 and "Counting rules"), with the count in words.
 *
 * Times compare at printed-minute precision. All pure: the calendar is a value.
 */
#ifndef TRAM_DOSSIER_DUE_H
#define TRAM_DOSSIER_DUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/pool.h"
#include "base/rc.h"
#include "dossier/catalogue.h"

struct work_block { int from_minute, to_minute; };	/* minutes after midnight */

struct calendar_day { int64_t day; bool works; const char *why; };	/* exceptions, by day number */

struct calendar {
	const char *version;
	struct work_block blocks[4];	/* 07:00–11:30, 13:30–17:00 by default */
	size_t block_count;
	const struct calendar_day *days;	/* sorted by day */
	size_t day_count;
	int announced_from, announced_to;	/* years whose calendar is announced */
};

/* board/calendar.json. RC_INVALID with *fault. */
enum rc calendar_parse(struct pool *pool, const char *text, size_t len, struct calendar *out,
		const char **fault) MUST_CHECK;
bool calendar_works(const struct calendar *calendar, int64_t day_number);
/* Why a day is an exception, "" when it is none. */
const char *calendar_why(const struct calendar *calendar, int64_t day_number);

/* One sentence of the count. text_key "due.why.…" has {0} at_ms with its hour, {1} arg, {2} at_ms as
 * a date: web/why.h makes the sentence. */
struct due_step { int64_t at_ms; const char *text_key; const char *arg; };

struct due {
	bool has_due;			/* false: LIMIT_NONE */
	int64_t start_at;		/* when the clock started after moving into a block */
	int64_t due_at;
	bool certain;			/* false: touches a year not announced */
	struct due_step steps[40];	/* the count, for people; long counts are summed up */
	size_t step_count;
};

/* received_at: ms UTC. RC_INVALID: a limit or a time out of range (year 2000..2200). */
enum rc due_count(const struct calendar *calendar, const struct limit *limit, int64_t received_at,
		struct pool *pool, struct due *out) MUST_CHECK;
/* A due time put off by a pause from..to (the citizen completes his papers): the pause in working
 * time, whole days of it keeping the clock time; of a limit in calendar days the days of the pause.
 * Only has_due, due_at and certain of *out are set. RC_INVALID: a time out of range. */
enum rc due_shift(const struct calendar *calendar, const struct limit *limit, int64_t due_at,
		int64_t from, int64_t to, struct pool *pool, struct due *out) MUST_CHECK;
/* "1 working-days", "0.25 working-days", "3 calendar-days", "8 hours", "same-day",
 * "same-day-after-15", "none". RC_INVALID also for zero, more than 1000, and parts finer than a
 * quarter (calendar days: than one). */
enum rc limit_parse(const char *text, struct limit *out) MUST_CHECK;
/* The text that limit_parse reads; what a dossier pins as procedure.limit. */
char *limit_format(struct pool *pool, const struct limit *limit);

#endif
