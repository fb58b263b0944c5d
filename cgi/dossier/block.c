/*
 * block.c: see block.h.
 */
#include <string.h>

#include "dossier/block.h"

struct compare {
	const struct block *rows;
	size_t count;
	int64_t before_ms;
	struct block_finding *out;
	size_t found, max;
};

static size_t commune_len(const char *board)
{
	const char *dash = strrchr(board, '-');

	return dash != NULL ? (size_t)(dash - board) : strlen(board);
}

/* The same book of the same commune, told by another point. */
static int told_elsewhere(const struct block *one, const struct block *other)
{
	size_t len = commune_len(one->board);

	return len == commune_len(other->board) && strncmp(one->board, other->board, len) == 0
			&& strcmp(one->book, other->book) == 0 && strcmp(one->board, other->board) != 0;
}

static void find(struct compare *c, enum block_fault fault, const struct block *of, const struct block *other,
		int64_t first, int64_t last)
{
	if (c->found < c->max)
		c->out[c->found++] = (struct block_finding){ fault, of, other, first, last };
}

/* The other point's row of these ways (bits) that has number at; NULL: none, and *next is the first after it
 * that one has. */
static const struct block *holder(const struct compare *c, const struct block *of, unsigned ways, int64_t at,
		int64_t *next)
{
	*next = INT64_MAX;
	for (size_t i = 0; i < c->count; i++) {
		const struct block *row = &c->rows[i];

		if ((ways & 1u << (unsigned)row->way) == 0 || row->last < at || !told_elsewhere(of, row))
			continue;
		if (row->first <= at)
			return row;
		if (row->first < *next)
			*next = row->first;
	}
	return NULL;
}

/* The parts of a row that no other point's row of these ways has, or that one has. */
static void parts(struct compare *c, const struct block *of, unsigned ways, enum block_fault missing,
		unsigned back_ways)
{
	int64_t at = of->first, next;

	while (at <= of->last && c->found < c->max) {
		const struct block *row = holder(c, of, ways, at, &next), *back;
		int64_t end, back_next;

		if (row != NULL) {
			at = row->last + 1;
			continue;
		}
		end = next <= of->last ? next - 1 : of->last;
		back = back_ways != 0 ? holder(c, of, back_ways, at, &back_next) : NULL;
		if (back != NULL && back->last < end)
			end = back->last;
		else if (back == NULL && back_ways != 0 && back_next <= end)
			end = back_next - 1;
		if (of->at < c->before_ms && (back == NULL || back->at < c->before_ms))
			find(c, back != NULL ? BLOCK_NOT_BACK : missing, of, back, at, end);
		at = end + 1;
	}
}

/* Two points took the same numbers; each pair is told once, by the first of the rows. */
static void both(struct compare *c, size_t i)
{
	const struct block *one = &c->rows[i];

	for (size_t k = i + 1; k < c->count; k++) {
		const struct block *other = &c->rows[k];
		int64_t first = one->first > other->first ? one->first : other->first;
		int64_t last = one->last < other->last ? one->last : other->last;

		if (other->way == BLOCK_TAKEN && first <= last && told_elsewhere(one, other))
			find(c, BLOCK_BOTH, one, other, first, last);
	}
}

size_t block_compare(const struct block *rows, size_t count, int64_t before_ms, struct block_finding *out,
		size_t max)
{
	struct compare c = { rows, count, before_ms, out, 0, max };

	for (size_t i = 0; i < count; i++)
		if (rows[i].way == BLOCK_TAKEN)
			both(&c, i);
	for (size_t i = 0; i < count; i++) {
		if (rows[i].way == BLOCK_GIVEN)
			parts(&c, &rows[i], 1u << BLOCK_TAKEN, BLOCK_NOT_TAKEN, 1u << BLOCK_RETURNED);
		else if (rows[i].way == BLOCK_TAKEN)
			parts(&c, &rows[i], 1u << BLOCK_GIVEN, BLOCK_NOT_GIVEN, 0);
	}
	return c.found;
}
