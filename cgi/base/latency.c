/*
 * latency.c: see latency.h. The file: LATENCY_DAYS slots, a day's found by its number. Counters only grow but
 * when a slot's day changes; two processes that notice this at once may lose a few counts, no more.
 */
#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/latency.h"
#include "base/when.h"

#define STEPS 40
#define FIRST_US 250		/* upper end of the first step; each next one is √2 times as long */
#define LOCAL_MS (INT64_C(7) * 3600 * 1000)

struct slot {
	_Atomic int32_t day;
	_Atomic uint32_t max_us;
	_Atomic uint32_t steps[STEPS];
};
struct page {
	struct slot slots[LATENCY_DAYS];
};

static struct page *page;	/* of this process; NULL: nothing is counted */

static int64_t upper_us(int step)
{
	int64_t us = (int64_t)FIRST_US << (step / 2);

	return step % 2 ? us * 141 / 100 : us;
}

static int step_of(int64_t us)
{
	int step = 0;

	while (step < STEPS - 1 && us > upper_us(step))
		step++;
	return step;
}

static int32_t day_of(int64_t wall_ms)
{
	return wall_ms > 0 ? (int32_t)((wall_ms + LOCAL_MS) / WHEN_DAY_MS) : 0;
}

static struct page *map(const char *path, int flags, int protection)
{
	int fd = open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0660);
	struct stat info;
	void *at = MAP_FAILED;

	if (fd < 0)
		return NULL;
	if (fstat(fd, &info) == 0 && (info.st_size >= (off_t)sizeof(struct page) ||
			((flags & O_CREAT) && ftruncate(fd, (off_t)sizeof(struct page)) == 0)))
		at = mmap(NULL, sizeof(struct page), protection, MAP_SHARED, fd, 0);
	(void)close(fd);
	return at == MAP_FAILED ? NULL : at;
}

void latency_open(const char *path)
{
	if (!page)
		page = map(path, O_RDWR | O_CREAT, PROT_READ | PROT_WRITE);
}

void latency_note(int64_t took_us, int64_t wall_ms)
{
	int32_t day = day_of(wall_ms);
	struct slot *slot;
	uint32_t us, before;

	if (!page || took_us < 0)
		return;
	us = took_us > INT32_MAX ? (uint32_t)INT32_MAX : (uint32_t)took_us;
	slot = &page->slots[day % LATENCY_DAYS];
	if (atomic_exchange(&slot->day, day) != day) {
		for (int i = 0; i < STEPS; i++)
			atomic_store_explicit(&slot->steps[i], 0, memory_order_relaxed);
		atomic_store(&slot->max_us, 0);
	}
	atomic_fetch_add_explicit(&slot->steps[step_of(us)], 1, memory_order_relaxed);
	before = atomic_load_explicit(&slot->max_us, memory_order_relaxed);
	while (us > before && !atomic_compare_exchange_weak(&slot->max_us, &before, us))
		continue;
}

static int64_t percentile(const int64_t *steps, int64_t count, int percent)
{
	int64_t rank = (count * percent + 99) / 100, seen = 0;
	int i;

	for (i = 0; i < STEPS - 1; i++) {
		seen += steps[i];
		if (seen >= rank)
			break;
	}
	return upper_us(i);
}

enum rc latency_read(const char *path, int64_t wall_ms, int days, struct latency *out)
{
	struct page *at = map(path, O_RDONLY, PROT_READ);
	int64_t steps[STEPS] = { 0 };
	int32_t today = day_of(wall_ms);
	int i, step;

	memset(out, 0, sizeof(*out));
	if (!at)
		return RC_NOT_FOUND;
	for (i = 0; i < LATENCY_DAYS; i++) {
		const struct slot *slot = &at->slots[i];
		int32_t day = slot->day;

		if (day > today || day <= today - days)
			continue;
		if ((int64_t)slot->max_us > out->max_us)
			out->max_us = slot->max_us;
		for (step = 0; step < STEPS; step++) {
			steps[step] += slot->steps[step];
			out->count += slot->steps[step];
		}
	}
	(void)munmap(at, sizeof(*at));
	if (out->count > 0) {
		out->p50_us = percentile(steps, out->count, 50);
		out->p95_us = percentile(steps, out->count, 95);
		out->p99_us = percentile(steps, out->count, 99);
	}
	return RC_OK;
}
