/*
 * pool.c: a list of blocks, the newest first; big requests get a block of their own.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/pool.h"

#define POOL_BLOCK 16384u
#define POOL_ALIGN (_Alignof(max_align_t))

struct pool_block {
	struct pool_block *next;
	size_t used, size;
	max_align_t bytes[];
};

struct pool {
	struct pool_block *blocks;	/* the first is the one being filled */
};

static struct pool_block *block_new(size_t size)
{
	struct pool_block *block;

	if (size > SIZE_MAX - sizeof(*block))
		log_fatal("pool size_bytes=%zu: out of memory", size);
	block = malloc(sizeof(*block) + size);
	if (!block)
		log_fatal("pool size_bytes=%zu: out of memory", size);
	block->next = NULL;
	block->used = 0;
	block->size = size;
	return block;
}

struct pool *pool_new(void)
{
	struct pool *pool = malloc(sizeof(*pool));

	if (!pool)
		log_fatal("pool: out of memory");
	pool->blocks = block_new(POOL_BLOCK);
	return pool;
}

static void blocks_free(struct pool_block *block)
{
	while (block) {
		struct pool_block *next = block->next;

		free(block);
		block = next;
	}
}

void pool_free(struct pool *pool)
{
	if (!pool)
		return;
	blocks_free(pool->blocks);
	free(pool);
}

void pool_reset(struct pool *pool)
{
	struct pool_block *block, *keep = NULL;

	for (block = pool->blocks; block && !keep; block = block->next) {
		if (block->size == POOL_BLOCK)
			keep = block;
	}
	while (pool->blocks) {
		block = pool->blocks;
		pool->blocks = block->next;
		if (block != keep)
			free(block);
	}
	if (!keep)
		keep = block_new(POOL_BLOCK);
	keep->next = NULL;
	keep->used = 0;
	pool->blocks = keep;
}

void *pool_alloc(struct pool *pool, size_t size_bytes)
{
	struct pool_block *block = pool->blocks;
	size_t size;
	void *bytes;

	if (size_bytes > SIZE_MAX / 2)
		log_fatal("pool size_bytes=%zu: out of memory", size_bytes);
	size = (size_bytes + POOL_ALIGN - 1) / POOL_ALIGN * POOL_ALIGN;
	if (size == 0)
		size = POOL_ALIGN;
	if (size > POOL_BLOCK / 4) {
		/* Behind the block being filled, so that its room is not lost. */
		struct pool_block *own = block_new(size);

		own->next = block->next;
		block->next = own;
		block = own;
	} else if (block->size - block->used < size) {
		block = block_new(POOL_BLOCK);
		block->next = pool->blocks;
		pool->blocks = block;
	}
	bytes = (uint8_t *)block->bytes + block->used;
	block->used += size;
	return memset(bytes, 0, size);
}

char *pool_strndup(struct pool *pool, const char *text, size_t len)
{
	char *copy = pool_alloc(pool, len + 1);

	if (len)
		memcpy(copy, text, len);
	copy[len] = '\0';
	return copy;
}

char *pool_strdup(struct pool *pool, const char *text)
{
	return pool_strndup(pool, text, strlen(text));
}

char *pool_printf(struct pool *pool, const char *format, ...)
{
	char small[256], *out;
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(small, sizeof(small), format, args);
	va_end(args);
	if (len < 0)
		log_bug("pool_printf: bad format");
	if ((size_t)len < sizeof(small))
		return pool_strndup(pool, small, (size_t)len);
	out = pool_alloc(pool, (size_t)len + 1);
	va_start(args, format);
	vsnprintf(out, (size_t)len + 1, format, args);
	va_end(args);
	return out;
}
