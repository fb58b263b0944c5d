/*
 * wire.h: what goes over the link, both halves: lines of the journal, hello, receipts, cursors.
 * Pure encoding and checking; knows no store, no sockets and no web. See PROTOCOL.md.
 *
 * One journal line: {"h":"<header text>","s":"<salt base64url>","b":"<body text>"}\n; an erased
 * event has only "h". Bodies are exact text.
 */
#ifndef TRAM_LINK_WIRE_H
#define TRAM_LINK_WIRE_H

#include <stdbool.h>
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

/* Payloads, each made and read by one pair of functions. Numbers stay below 2^53. Parsers answer
 * RC_PROTOCOL; whether the values are the ones expected is for the caller to compare. */

/* Journal receipt (JWS typ "tram-receipt"). */
struct wire_receipt { const char *board; uint64_t epoch, seq; uint8_t hash[32]; uint64_t center_epoch; int64_t at_ms; };
char *wire_receipt_payload(struct pool *pool, const struct wire_receipt *receipt);
enum rc wire_receipt_parse(struct pool *pool, const char *payload, size_t len, struct wire_receipt *out) MUST_CHECK;

/* Body of POST /v1/hello. own: the board's log as the board has it; center: the center's. instance: made
 * anew by each start of the board's forwarder (store/fence.h). */
#define WIRE_NONCE_SIZE 16
struct wire_hello {
	const char *board;
	struct journal_head own, center;
	uint64_t counter;
	uint8_t nonce[WIRE_NONCE_SIZE], instance[WIRE_NONCE_SIZE];
	const char *version;	/* what the board runs; "" when it does not say, or nothing to print */
};
char *wire_hello_payload(struct pool *pool, const struct wire_hello *hello);
enum rc wire_hello_parse(struct pool *pool, const char *text, size_t len, struct wire_hello *out) MUST_CHECK;

/* Its answer (JWS typ "tram-hello"). own: the board's log as the center has it. */
struct wire_welcome {
	const char *board;
	uint8_t nonce[WIRE_NONCE_SIZE];
	int64_t time_ms;
	struct journal_head own, center;
	int64_t keys;			/* announced receipt keys so far, 0 */
	uint64_t counter;		/* go on after it: an old copy was put back; 0 */
	const char *fenced;		/* "cloned", "officer"; "": the board is not shut out */
	uint64_t min_epoch;		/* what is written now belongs to this epoch or a later one; 0 */
	bool lost;			/* the board has events of the center's log that are not here */
	bool apart;			/* or that stand here in a recorded branch */
};
char *wire_welcome_payload(struct pool *pool, const struct wire_welcome *welcome);
enum rc wire_welcome_parse(struct pool *pool, const char *payload, size_t len, struct wire_welcome *out) MUST_CHECK;

/* Tram-Head (JWS typ "tram-feed"): the last line of the answer, or the head when it is empty. */
struct wire_feed { const char *board; struct journal_head head; };
char *wire_feed_payload(struct pool *pool, const struct wire_feed *feed);
enum rc wire_feed_parse(struct pool *pool, const char *payload, size_t len, struct wire_feed *out) MUST_CHECK;

/* Tram-Receipt (JWS typ "tram-blob"). */
struct wire_blob {
	const char *board, *sha256;
	int64_t size, at_ms;
	uint64_t center_epoch, no;	/* its number among the board's contents there; 0: not said */
};
char *wire_blob_payload(struct pool *pool, const struct wire_blob *blob);
enum rc wire_blob_parse(struct pool *pool, const char *payload, size_t len, struct wire_blob *out) MUST_CHECK;

#endif
