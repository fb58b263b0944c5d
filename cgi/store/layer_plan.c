/*
 * layer_plan.c: which layers belong together, what is to be done next, what may go. Pure.
 */
#include <string.h>

#include "base/when.h"
#include "crypt/hash.h"
#include "store/layer.h"

#define HOUR_MS INT64_C(3600000)
#define NIGHT_AFTER_MS (20 * HOUR_MS)
#define ANY_TIME_AFTER_MS (48 * HOUR_MS)
#define NIGHT_FROM 21
#define NIGHT_TO 5
#define UPON_MAX 500u

static bool same(const struct journal_head *a, const struct journal_head *b)
{
	return a->seq == b->seq && hash_equal(a->hash, b->hash, EVENT_HASH_SIZE);
}

/* Does `next` continue where `before` ended? */
static bool follows(const struct layer *before, const struct layer *next)
{
	return next->base == before->base && next->no != next->base && strcmp(next->id, before->id) == 0 &&
			same(&next->own_from, &before->own) && same(&next->center_from, &before->center);
}

static size_t find(const struct layer_list *list, uint64_t no)
{
	size_t i;

	for (i = 0; i < list->count; i++) {
		if (list->layers[i].no == no)
			return i;
	}
	return list->count;
}

/* The chain of one base as far as it goes, at most to `no` (0: to its end). */
static void chain_of(struct pool *pool, const struct layer_list *list, size_t base, uint64_t no,
		struct layer_chain *out)
{
	size_t i, last = base;

	out->at = pool_alloc(pool, (list->count + 1) * sizeof(*out->at));
	out->at[0] = base;
	out->count = 1;
	for (i = base + 1; i < list->count; i++) {
		if ((no && list->layers[i].no > no) || !follows(&list->layers[last], &list->layers[i]))
			continue;
		out->at[out->count++] = i;
		last = i;
	}
}

enum rc layer_chain_find(struct pool *pool, const struct layer_list *list, uint64_t no,
		struct layer_chain *out)
{
	size_t i = list->count;

	if (no) {
		size_t at = find(list, no), base = at < list->count ? find(list, list->layers[at].base) : at;

		if (base == list->count)
			return RC_NOT_FOUND;
		chain_of(pool, list, base, no, out);
		return list->layers[out->at[out->count - 1]].no == no ? RC_OK : RC_NOT_FOUND;
	}
	while (i-- > 0) {
		if (list->layers[i].no != list->layers[i].base)
			continue;
		chain_of(pool, list, i, 0, out);
		return RC_OK;
	}
	return RC_NOT_FOUND;
}

/* Does what the copy knows of belong to the journal that is here? */
static bool belongs(const struct layer *last, const struct layer_now *now)
{
	return now->own.seq >= last->own.seq && now->center.seq >= last->center.seq &&
			(now->own.seq != last->own.seq || same(&now->own, &last->own));
}

enum layer_step layer_step_upon(const struct layer_list *list, const struct layer_chain *chain,
		const struct layer_now *now)
{
	const struct layer *last = &list->layers[chain->at[chain->count - 1]];

	if (!belongs(last, now))
		return LAYER_BASE;
	return now->own.seq > last->own.seq || now->center.seq > last->center.seq ? LAYER_NEXT :
			LAYER_NOTHING;
}

enum layer_step layer_step_of(const struct layer_list *list, const struct layer_now *now)
{
	struct pool *pool = pool_new();
	struct layer_chain chain;
	enum layer_step step = LAYER_BASE;
	int64_t age;

	if (now->forced || layer_chain_find(pool, list, 0, &chain) != RC_OK)
		goto out;
	/* A clock that went back makes no copy old or new. */
	age = now->at_ms - list->layers[chain.at[0]].taken_at;
	if (age >= ANY_TIME_AFTER_MS || chain.count > UPON_MAX)
		goto out;
	if (age >= NIGHT_AFTER_MS && (now->hour >= NIGHT_FROM || now->hour < NIGHT_TO))
		goto out;
	step = layer_step_upon(list, &chain, now);
out:
	pool_free(pool);
	return step;
}

uint64_t layer_oldest(const struct layer_list *list, size_t keep, int64_t max_bytes, const int64_t *sizes)
{
	size_t bases = 0, first = list->count, i;
	int64_t sum = 0;

	/* From the newest back, as long as it may stay; the newest base always may. */
	for (i = list->count; i-- > 0;) {
		sum += sizes[i];
		if (list->layers[i].no != list->layers[i].base)
			continue;
		if (bases > 0 && (bases >= keep || (max_bytes > 0 && sum > max_bytes)))
			break;
		bases++;
		first = i;
	}
	return first < list->count ? list->layers[first].no : 0;
}
