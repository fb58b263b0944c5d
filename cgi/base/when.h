/*
 * when.h: time. Stored times are 64-bit milliseconds since 1970 UTC; people see UTC+7.
 *
 * Vietnam has had no daylight saving since 1975, so local time is UTC+7 by arithmetic: no tz
 * database is needed on the board.
 */
#ifndef TRAM_BASE_WHEN_H
#define TRAM_BASE_WHEN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/rc.h"

#define WHEN_MINUTE_MS INT64_C(60000)
#define WHEN_DAY_MS INT64_C(86400000)
#define WHEN_LOCAL_MS (INT64_C(7) * 3600 * 1000)	/* Viet Nam's clock is ahead of UTC, the whole year */
#define WHEN_MAX_MS INT64_C(253402214400000)	/* 9999-12-31 */

struct when_local {
	int year, month, day;		/* 2026, 1..12, 1..31 */
	int hour, minute, second;
	int weekday;			/* 0 = Sunday … 6 = Saturday */
};

/* How the clock was known when an event was written. */
enum when_source { WHEN_UNKNOWN, WHEN_FLOOR, WHEN_RTC, WHEN_NTP, WHEN_SIGNED, WHEN_MANUAL };

/* The time part of an event header. */
struct when_stamp {
	int64_t wall_ms;
	uint64_t boot_count;
	uint64_t mono_ms;		/* CLOCK_BOOTTIME */
	enum when_source source;
	int64_t bound_ms;		/* the wall time is within ± this; -1: no bound known */
};

/* The best that is known of the time: signed or confirmed time of this boot, carried on by
 * CLOCK_BOOTTIME, whatever the kernel's clock does; else the kernel's, but never before the floor and
 * never much after it (WHEN_PLAUSIBLE_MS); without a clock file the kernel's alone. */
int64_t when_now_ms(void);
int64_t when_kernel_ms(void);		/* CLOCK_REALTIME: what times of files are in */
int64_t when_boottime_ms(void);
/* when_now_ms, CLOCK_BOOTTIME, boot counter, and how the time is known; without a clock file:
 * WHEN_NTP if the kernel's clock is synchronised, else WHEN_RTC. */
void when_stamp_now(struct when_stamp *out);
/* Is the clock file of this boot? */
bool when_is_begun(void);
/* Signed or confirmed time of this boot; on a side without a clock file always. */
bool when_is_known(void);
/* The same without what a person read off a watch, who may err by a year: certificates are judged by it. */
bool when_is_signed(void);
/* Neither known nor at least by NTP, which is a hint: papers say so. */
bool when_is_doubtful(void);
/* Of an event's header: neither known nor at least by NTP. */
bool when_source_is_doubtful(enum when_source source);
/* The earliest that it can be now as far as anybody here can tell: known or not doubtful: now; else the
 * floor carried on, or the beginning of the local day if that is later. */
int64_t when_earliest_ms(void);

/* A board that lay off longer than this is rarer than a clock that is wrong. */
#define WHEN_PLAUSIBLE_MS (60 * WHEN_DAY_MS)

/* Reads the boot counter from this file, again with each look into the clock file; absent: 0. */
void when_set_boot_file(const char *path);
/* Once per boot (the first caller counts, others of the same boot do not): "COUNT BOOT_ID\n" in
 * path is raised when the kernel's boot id is another. RC_IO, RC_FULL. */
enum rc when_count_boot(const char *path) MUST_CHECK;
/* The clock file: read again at most once a second. Of another boot: nothing is known. Absent: nobody
 * keeps one here. */
void when_set_clock_file(const char *path);	/* copied; NULL: none */
/* Writes it, atomically and without fsync: it was wall_ms at since_ms of CLOCK_BOOTTIME, within
 * bound_ms (-1: no bound). WHEN_FLOOR: at least that. RC_IO, RC_FULL. */
enum rc when_put_clock(const char *path, enum when_source source, int64_t bound_ms,
		int64_t wall_ms, int64_t since_ms) MUST_CHECK;
/* "unknown" "floor" "rtc" "ntp" "signed" "manual": the words of event headers. */
const char *when_source_name(enum when_source source);
enum rc when_source_parse(const char *name, enum when_source *out) MUST_CHECK;

void when_to_local(int64_t at_ms, struct when_local *out);
/* RC_INVALID: no such date or time. weekday is ignored. */
enum rc when_from_local(const struct when_local *local, int64_t *at_ms) MUST_CHECK;
/* "2026-11-23 15:05", "2026-11-23T15:05", with or without seconds; RC_INVALID otherwise. */
enum rc when_parse_local(const char *text, int64_t *at_ms) MUST_CHECK;
/* "yyyy-mm-dd" or "dd/mm/yyyy" or "ddmmyyyy" into year, month, day; RC_INVALID otherwise. */
enum rc when_parse_date(const char *text, int *year, int *month, int *day) MUST_CHECK;
/* As people type it: besides, day and month of one digit, and dots or dashes between: "1/9/2026". */
enum rc when_parse_typed(const char *text, int *year, int *month, int *day) MUST_CHECK;
/* Days since 1970-01-01 of a civil date, and back. */
int64_t when_day_number(int year, int month, int day);
void when_from_day_number(int64_t days, int *year, int *month, int *day);
/* "2026-11-23T15:05" (local), out at least 24 bytes. */
void when_iso_minute(int64_t at_ms, char *out);
/* "261123" (local day), out at least 7 bytes. */
void when_yymmdd(int64_t at_ms, char *out);

#endif
