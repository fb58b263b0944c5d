/*
 * event.h: the byte form of an event header, format 1. Pure: no hashing, no I/O.
 *
 * A header is text, LF after every line, exactly these lines in this order, one blank between
 * word and value:
 *
 *	tram-event 1
 *	board b18685-1
 *	author board			board | center
 *	epoch 1
 *	seq 42				from 1, no gaps within (board, author)
 *	prev <64 hex>			hash of the author's event before; 64 zeros for seq 1
 *	id <32 hex>			random, made before the first byte is sent
 *	subject dossier <32 hex>	dossier | book | shift | station
 *	after <32 hex>			id of the subject's last event the author had seen, or "-"
 *	kind dossier.accepted 1		kind and version
 *	actor u-2f3a…			account id [a-z0-9.-]{1,47}, never a name
 *	time 1795500000000 12 3456789 rtc 500	wall ms, boot count, boottime ms, source, bound ms
 *	body <64 hex>			SHA-256(salt[32] ‖ body); 
 *
 * The event's hash is SHA-256 of the header's bytes. A header that does not serialise to the same
 * bytes again is refused. No personal data ever stands in a header.
 */
#ifndef TRAM_DOSSIER_EVENT_H
#define TRAM_DOSSIER_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/rc.h"
#include "base/when.h"

#define EVENT_BODY_MAX 65536	/* bytes, checked when appended and received */
#define EVENT_ID_SIZE 16
#define EVENT_HASH_SIZE 32
#define EVENT_SALT_SIZE 32

enum event_author { AUTHOR_BOARD, AUTHOR_CENTER };
enum event_subject { SUBJECT_DOSSIER, SUBJECT_BOOK, SUBJECT_SHIFT, SUBJECT_STATION };

struct event {
	char board[32];
	enum event_author author;
	uint64_t epoch;
	uint64_t seq;
	uint8_t prev[EVENT_HASH_SIZE];
	uint8_t id[EVENT_ID_SIZE];
	enum event_subject subject_kind;
	uint8_t subject[EVENT_ID_SIZE];
	bool has_after;
	uint8_t after[EVENT_ID_SIZE];
	char kind[48];
	int kind_version;
	char actor[48];
	struct when_stamp time;
	uint8_t body_hash[EVENT_HASH_SIZE];
	/* Not part of the header: */
	uint8_t hash[EVENT_HASH_SIZE];		/* filled by store/journal */
	const uint8_t *salt;			/* NULL once erased */
	const char *body;			/* JSON object text; NULL once erased */
	size_t body_len;
	const char *kept;	/* once erased: JSON object text, what stays of the body; or NULL */
	/* Where it stands (store/fork.h): in its author's log, or in a recorded branch of it. position: in
	 * its author's log; all of a branch stand where its fork.recorded stands. */
	unsigned log;
	uint64_t position;
	uint64_t place;		/* orders all of one author's: by position, a branch's events within it */
};
#define EVENT_PLACE(position) ((uint64_t)(position) << 20)

/* Appends the header's bytes to out. */
void event_encode(const struct event *event, struct buf *out);
/* Strict reader of exactly len bytes; hash, salt and body are left zero. RC_INVALID. */
enum rc event_decode(const char *header, size_t len, struct event *out) MUST_CHECK;

const char *event_author_name(enum event_author author);
const char *event_subject_name(enum event_subject subject);

#endif
