/*
 * clock.c: see clock.h.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/pool.h"
#include "base/text.h"
#include "base/when.h"
#include "store/clock.h"

#define CLOCK_TEXT 32
/* The center's clock may be put right by a little; by more it is not the center's clock that is asked. */
#define CLOCK_BACK_MS WHEN_DAY_MS

static char *clock_path(struct pool *pool, const struct settings *settings, const char *name)
{
	return pool_printf(pool, "%s/%s", settings->clock_dir, name);
}

int64_t clock_floor(const struct settings *settings)
{
	struct pool *pool = pool_new();
	int64_t floor_ms = 0;
	char *text;
	size_t len;

	if (file_read(pool, clock_path(pool, settings, "floor"), CLOCK_TEXT, &text, &len) == RC_OK) {
		text[strcspn(text, "\n")] = '\0';
		if (num_parse(text, 1, INT64_C(253402214400000), &floor_ms) != RC_OK) {
			log_error("clock: the floor cannot be read");
			floor_ms = 0;
		}
	}
	pool_free(pool);
	return floor_ms;
}

void clock_follow(const struct settings *settings)
{
	struct pool *pool = pool_new();

	if (settings->side == SIDE_BOARD) {
		when_set_boot_file(clock_path(pool, settings, "boot"));
		when_set_clock_file(clock_path(pool, settings, "clock"));
	}
	pool_free(pool);
}

static enum rc clock_put(const struct settings *settings, enum when_source source, int64_t bound_ms,
		int64_t wall_ms, int64_t since_ms)
{
	struct pool *pool = pool_new();
	enum rc rc = when_put_clock(clock_path(pool, settings, "clock"), source, bound_ms, wall_ms,
			since_ms);

	pool_free(pool);
	if (rc != RC_OK)
		log_error("clock: its file cannot be written (%s)", rc_name(rc));
	return rc;
}

enum rc clock_begin(const struct settings *settings)
{
	struct pool *pool;
	enum rc rc;

	if (settings->side != SIDE_BOARD)
		return RC_OK;
	pool = pool_new();
	rc = when_count_boot(clock_path(pool, settings, "boot"));
	clock_follow(settings);
	if (rc == RC_OK && !when_is_begun())
		rc = clock_put(settings, WHEN_FLOOR, -1, clock_floor(settings), when_boottime_ms());
	if (rc != RC_OK)
		log_error("clock: it cannot be begun (%s)", rc_name(rc));
	pool_free(pool);
	return rc;
}

static enum rc raise_floor(const struct settings *settings, int64_t to_ms)
{
	char text[CLOCK_TEXT];
	int len;

	if (clock_floor(settings) >= to_ms)
		return RC_OK;
	len = snprintf(text, sizeof(text), "%lld\n", (long long)to_ms);
	return file_put(settings->clock_dir, "floor", text, (size_t)len, 0664);
}

enum rc clock_learn(const struct settings *settings, int64_t time_ms, int64_t began_ms,
		int64_t trip_ms)
{
	int64_t floor_ms = clock_floor(settings), now = time_ms + trip_ms / 2, bound = trip_ms / 2 + 1;
	enum rc rc;

	if (trip_ms < 0 || trip_ms >= CLOCK_TRIP_MAX_MS)
		return RC_TIMEOUT;
	if (now < floor_ms - CLOCK_BACK_MS)
		return RC_CONFLICT;
	if (now < floor_ms) {	/* never earlier again: the doubt says by how much it may be late */
		bound += floor_ms - now;
		now = floor_ms;
	}
	rc = clock_put(settings, WHEN_SIGNED, bound, now, began_ms + trip_ms);
	if (rc == RC_OK)
		rc = raise_floor(settings, now);
	if (rc != RC_OK)
		log_error("clock: what was learned cannot be kept (%s)", rc_name(rc));
	return rc;
}

enum rc clock_confirm(const struct settings *settings, int64_t time_ms)
{
	if (time_ms < clock_floor(settings))
		return RC_CONFLICT;
	return clock_put(settings, WHEN_MANUAL, CLOCK_WATCH_BOUND_MS, time_ms, when_boottime_ms());
}
