/*
 * machine.c: see machine.h. Files of /proc and /sys, a line or a number each.
 */
#include <fcntl.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/machine.h"
#include "base/pool.h"

#define FILE_MAX 8192u
#define TEMPERATURE_LEAST (-40000)
#define TEMPERATURE_MOST 150000

/* Files of /proc and /sys have no length: read until their end. NULL: not there. */
static char *read_text(struct pool *pool, const char *path)
{
	char *text = pool_alloc(pool, FILE_MAX + 1);
	size_t got = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return NULL;
	if (file_read_all(fd, text, FILE_MAX, &got) != RC_OK)
		got = 0;
	(void)close(fd);
	text[got] = '\0';
	return got > 0 ? text : NULL;
}

/* Decimal or, with 0x, hexadecimal. */
static int64_t number_in(const char *text)
{
	char *end;
	long long value = strtoll(text, &end, 0);

	return end == text ? MACHINE_UNKNOWN : (int64_t)value;
}

static int64_t read_number(struct pool *pool, const char *path)
{
	char *text = read_text(pool, path);

	return text ? number_in(text) : MACHINE_UNKNOWN;
}

static int64_t kilobytes(const char *text, const char *name)
{
	const char *at = text ? strstr(text, name) : NULL;

	return at ? number_in(at + strlen(name)) : MACHINE_UNKNOWN;
}

/* Calls each with every path that fits. */
static void for_each(struct pool *pool, const char *pattern, struct machine *out,
		void (*each)(struct pool *pool, const char *path, struct machine *out))
{
	glob_t found;
	size_t i;

	if (glob(pattern, 0, NULL, &found) != 0)
		return;
	for (i = 0; i < found.gl_pathc; i++)
		each(pool, found.gl_pathv[i], out);
	globfree(&found);
}

static void take_zone(struct pool *pool, const char *path, struct machine *out)
{
	int64_t value = read_number(pool, path);

	if (value >= TEMPERATURE_LEAST && value <= TEMPERATURE_MOST && value > out->temperature)
		out->temperature = value;
}

/* The Raspberry Pi's firmware tells through hwmon "rpi_volt". */
static void take_supply(struct pool *pool, const char *path, struct machine *out)
{
	int64_t value = read_number(pool, path);

	if (value != MACHINE_UNKNOWN)
		out->undervoltage = value != 0;
}

/* "0x01 0x02": of the two kinds of cells the one that is used up further. 0: not defined. */
static void take_life(struct pool *pool, const char *path, struct machine *out)
{
	char *text = read_text(pool, path), *second = text ? strchr(text, ' ') : NULL;
	int64_t a = text ? number_in(text) : 0, b = second ? number_in(second) : 0;
	int64_t most = a > b ? a : b;

	if (most >= 1 && most <= 11 && most > out->life)
		out->life = most;
}

static void take_warning(struct pool *pool, const char *path, struct machine *out)
{
	int64_t value = read_number(pool, path);

	if (value >= 1 && value <= 3 && value > out->life_warning)
		out->life_warning = value;
}

void machine_read(const char *root, struct machine *out)
{
	struct pool *pool = pool_new();
	char *text = read_text(pool, pool_printf(pool, "%s/proc/meminfo", root));

	*out = (struct machine){ MACHINE_UNKNOWN, MACHINE_UNKNOWN, MACHINE_UNKNOWN, MACHINE_UNKNOWN,
		MACHINE_UNKNOWN, MACHINE_UNKNOWN, MACHINE_UNKNOWN };
	out->memory_kb = kilobytes(text, "MemTotal:");
	out->memory_free_kb = kilobytes(text, "MemAvailable:");
	out->up_s = read_number(pool, pool_printf(pool, "%s/proc/uptime", root));
	for_each(pool, pool_printf(pool, "%s/sys/class/thermal/thermal_zone*/temp", root), out, take_zone);
	for_each(pool, pool_printf(pool, "%s/sys/class/hwmon/hwmon*/in0_lcrit_alarm", root), out, take_supply);
	for_each(pool, pool_printf(pool, "%s/sys/block/mmcblk*/device/life_time", root), out, take_life);
	for_each(pool, pool_printf(pool, "%s/sys/block/mmcblk*/device/pre_eol_info", root), out, take_warning);
	pool_free(pool);
}
