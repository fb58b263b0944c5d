/*
 * reading_wire.h: access records as lines (PROTOCOL §15): made on the board, read at the center.
 */
#ifndef TRAM_LINK_READING_WIRE_H
#define TRAM_LINK_READING_WIRE_H

#include <stddef.h>

#include "base/buf.h"
#include "base/pool.h"
#include "base/rc.h"
#include "store/reading_send.h"

#define READING_WIRE_LINES 500		/* of one request */

void reading_wire_write(const struct reading_record *record, struct buf *out);
/* All lines, in rising order of their numbers; strings in the pool. RC_INVALID and *line, from 1, when
 * one is not a record or there are too many. */
enum rc reading_wire_read(struct pool *pool, const char *ndjson, size_t len,
		struct reading_record **rows, size_t *count, size_t *line) MUST_CHECK;
/* The name of a log: 32 small hex digits. */
bool reading_wire_is_log(const char *text);

#endif
