/*
 * reading_send.h: access records on their way to the province (PROTOCOL §15), and there.
 *
 * A record's name is (board, log, no). The log's name changes when the center says that a number was
 * used for another record: after a power cut that took records which had gone out already, and after a
 * restore. So nothing is lost and nothing is counted twice.
 */
#ifndef TRAM_STORE_READING_SEND_H
#define TRAM_STORE_READING_SEND_H

#include <stddef.h>
#include <stdint.h>

#include "base/pool.h"
#include "base/rc.h"
#include "store/reading.h"
#include "store/store.h"

#define READING_LOG_SIZE 32		/* hex digits */

struct reading_record {
	int64_t no;
	struct reading reading;
};

/* Board: the next records, at most limit, oldest first; they are durable when this returns. log: in
 * the pool. */
enum rc reading_send_next(struct store *store, struct pool *pool, size_t limit, const char **log,
		struct reading_record **rows, size_t *count) MUST_CHECK;
/* They have come up to this one. */
enum rc reading_send_done(struct store *store, int64_t no) MUST_CHECK;
/* The center has other records under these numbers: go on under a new name. */
enum rc reading_send_rename(struct store *store) MUST_CHECK;

/* Center: all or none. RC_CONFLICT: another record stands under one of the numbers. Takes away what
 * is older than 12 months. Inside store_begin. */
enum rc reading_send_take(struct store *store, const char *board, const char *log,
		const struct reading_record *rows, size_t count, int64_t now_ms) MUST_CHECK;
/* The highest number of this log, 0: none. */
enum rc reading_send_head(struct store *store, const char *board, const char *log,
		int64_t *no) MUST_CHECK;
/* As reading_sums and reading_outside (reading.h), of one board at the center. */
enum rc reading_send_sums(struct store *store, struct pool *pool, const char *board,
		int64_t from_ms, struct reading_sum **rows, size_t *count) MUST_CHECK;
enum rc reading_send_outside(struct store *store, struct pool *pool, const char *board,
		int64_t from_ms, const char *account, size_t limit, size_t offset,
		struct reading_row **rows, size_t *count) MUST_CHECK;
/* When the newest one was written, 0: none. */
enum rc reading_send_newest(struct store *store, const char *board, int64_t *at) MUST_CHECK;

#endif
