/*
 * link_graph.c: see link_graph.h. What health.json holds is numbers of our own forwarder; anything
 * else in it counts as nothing.
 */
#include <string.h>

#include "admin/link_graph.h"
#include "base/buf.h"

#define SLOTS 96
#define SLOT_MS (INT64_C(900) * 1000)
#define STEP 10			/* width of a slot in the picture's units */
#define HALF 100		/* height of either half */
#define LOST_Y 206
#define LOST_HEIGHT 10

struct slot { int64_t up, down, lost_ms, slowest_ms; };

static int64_t at(const json_t *row, size_t i)
{
	int64_t value = json_integer_value(json_array_get(row, i));

	return value > 0 && value < INT64_C(1) << 50 ? value : 0;
}

/* In order of time, the last one being now's. */
static void read_slots(const json_t *slots, int64_t now_ms, struct slot out[SLOTS])
{
	int64_t first = now_ms / SLOT_MS - SLOTS + 1;
	const json_t *row;
	size_t i;

	memset(out, 0, SLOTS * sizeof(*out));
	json_array_foreach((json_t *)(uintptr_t)slots, i, row) {
		int64_t place = at(row, 0) - first;

		if (place < 0 || place >= SLOTS || json_array_size(row) != 6)
			continue;
		out[place] = (struct slot){ at(row, 1), at(row, 2), at(row, 4), at(row, 5) };
		if (out[place].lost_ms > SLOT_MS)
			out[place].lost_ms = SLOT_MS;
	}
}

static int64_t larger(int64_t one, int64_t other)
{
	return one > other ? one : other;
}

void link_graph_sum(const json_t *slots, int64_t now_ms, struct link_day *day, struct link_hour hours[24])
{
	struct slot read[SLOTS];
	int i;

	memset(day, 0, sizeof(*day));
	memset(hours, 0, 24 * sizeof(*hours));
	read_slots(slots, now_ms, read);
	for (i = 0; i < SLOTS; i++) {
		struct link_hour *hour = &hours[i / 4];

		day->up += read[i].up;
		day->down += read[i].down;
		day->lost_ms += read[i].lost_ms;
		day->most = larger(day->most, larger(read[i].up, read[i].down));
		day->slowest_ms = larger(day->slowest_ms, read[i].slowest_ms);
		hour->up += read[i].up;
		hour->down += read[i].down;
		hour->lost_ms += read[i].lost_ms;
		hour->slowest_ms = larger(hour->slowest_ms, read[i].slowest_ms);
	}
}

/* At least a line where anything went through. */
static int height(int64_t bytes, int64_t most)
{
	int64_t units = most > 0 ? bytes * HALF / most : 0;

	return bytes > 0 && units < 2 ? 2 : (int)units;
}

char *link_graph_svg(struct pool *pool, const json_t *slots, int64_t now_ms)
{
	struct slot read[SLOTS];
	struct buf out = { 0 };
	int64_t most = 1;
	char *text;
	int i;

	read_slots(slots, now_ms, read);
	for (i = 0; i < SLOTS; i++)
		most = larger(most, larger(read[i].up, read[i].down));
	buf_printf(&out, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"100%%\" "
			"preserveAspectRatio=\"none\" height=\"180\" aria-hidden=\"true\">"
			"<path fill=\"none\" stroke=\"#ccd4db\" d=\"", SLOTS * STEP, LOST_Y + LOST_HEIGHT);
	for (i = 0; i <= SLOTS; i += 16)
		buf_printf(&out, "M%d 0v%d", i * STEP, LOST_Y + LOST_HEIGHT);
	buf_printf(&out, "\"/><path fill=\"#0a4a63\" d=\"");
	for (i = 0; i < SLOTS; i++)
		if (read[i].up > 0)
			buf_printf(&out, "M%d %dh%dV%dh-%dz", i * STEP + 1,
					HALF - height(read[i].up, most), STEP - 2, HALF, STEP - 2);
	buf_text(&out, "\"/><path fill=\"#7aa7b8\" d=\"");
	for (i = 0; i < SLOTS; i++)
		if (read[i].down > 0)
			buf_printf(&out, "M%d %dh%dv%dh-%dz", i * STEP + 1, HALF + 1, STEP - 2,
					height(read[i].down, most), STEP - 2);
	buf_text(&out, "\"/><path fill=\"#8a1616\" d=\"");
	for (i = 0; i < SLOTS; i++)
		if (read[i].lost_ms > 0)
			buf_printf(&out, "M%d %dh%dv%dh-%dz", i * STEP, LOST_Y,
					(int)larger(1, read[i].lost_ms * STEP / SLOT_MS), LOST_HEIGHT,
					(int)larger(1, read[i].lost_ms * STEP / SLOT_MS));
	buf_printf(&out, "\"/><path stroke=\"#5c6873\" d=\"M0 %dh%d\"/></svg>", HALF, SLOTS * STEP);
	text = pool_strndup(pool, out.data, out.len);
	buf_free(&out);
	return text;
}
