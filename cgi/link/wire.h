/*
 * wire.h: what goes over the link, both halves: lines of the journal, hello, receipts, cursors.
 * Pure encoding and checking; knows no sockets and no web. See PROTOCOL.md.
 *
 * One journal line: {"h":"<header text>","s":"<salt base64url>","b":"<body text>"}\n; an erased
 * event has only "h". Bodies are exact text.
 */
#ifndef TRAM_LINK_WIRE_H
#define TRAM_LINK_WIRE_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/pool.h"
#include "base/rc.h"
#include "store/journal.h"

#define WIRE_BATCH_EVENTS 200
#define WIRE_BATCH_BYTES (512 * 1024)

void wire_line(const struct journal_row *row, struct buf *out);
struct wire_event { const char *header; size_t header_len; const uint8_t *salt; const char *body; size_t body_len; };
/* One line without its LF. RC_INVALID. */
enum rc wire_line_parse(struct pool *pool, const char *line, size_t len, struct wire_event *out) MUST_CHECK;

enum rc wire_gzip(const void *bytes, size_t len, struct buf *out) MUST_CHECK;
/* RC_TOO_LARGE past max; RC_INVALID. */
enum rc wire_gunzip(const void *bytes, size_t len, size_t max, struct buf *out) MUST_CHECK;

/* Payload of a journal receipt (JWS typ "tram-receipt"). */
struct wire_receipt { const char *board; uint64_t epoch, seq; uint8_t hash[32]; uint64_t center_epoch; int64_t at_ms; };
char *wire_receipt_payload(struct pool *pool, const struct wire_receipt *receipt);
enum rc wire_receipt_parse(struct pool *pool, const char *payload, size_t len, struct wire_receipt *out) MUST_CHECK;

/* Server half of POST /v1/journal, without HTTP: every line of `ndjson` is received in order in one
 * transaction, linkstate_settle run, and *head is the board log's head afterwards. RC_PROTOCOL with
 * *why and *line (1-based) when one is refused: nothing changes. */
enum rc wire_take_journal(struct store *store, struct pool *pool, const char *board,
		const char *ndjson, size_t len, struct journal_head *head, const char **why,
		size_t *line) MUST_CHECK;
/* Client half of GET /v1/feed: the same for the center's events on the board. */
enum rc wire_take_feed(struct store *store, struct pool *pool, const char *ndjson, size_t len,
		const char **why, size_t *line) MUST_CHECK;

#endif
