/*
 * pool.h: memory that lives as long as one request, one event or one command.
 *
 * Running out of memory ends the process (log_fatal): the supervisor restarts it and nothing
 * durable depends on it. So nothing here returns NULL.
 */
#ifndef TRAM_BASE_POOL_H
#define TRAM_BASE_POOL_H

#include <stdarg.h>
#include <stddef.h>

struct pool;

struct pool *pool_new(void);
/* Frees the pool and all that came from it; NULL is fine. */
void pool_free(struct pool *pool);
/* Forgets everything but keeps one block, for the next request. */
void pool_reset(struct pool *pool);
/* Zeroed, aligned for any type. */
void *pool_alloc(struct pool *pool, size_t size_bytes);
char *pool_strdup(struct pool *pool, const char *text);
/* Copies len bytes and adds a NUL. */
char *pool_strndup(struct pool *pool, const char *text, size_t len);
char *pool_printf(struct pool *pool, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
