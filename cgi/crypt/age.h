/*
 * age.h: files sealed to X25519 keys, in the format age v1 (age-encryption.org/v1): any `age` opens
 * and makes them. Over Mbed TLS's X25519, HKDF-SHA-256 and ChaCha20-Poly1305; 64 KiB at a time, so
 * that a stick of any size needs little memory.
 *
 * Not the program `age`: the forwarder alone holds the board's keys and starts nothing, the whole runs
 * under the emulator and in the property test, and a part cut short is told from a whole one here.
 * Recipients of other types in a header are passed over; passphrases and plugins are not read.
 */
#ifndef TRAM_CRYPT_AGE_H
#define TRAM_CRYPT_AGE_H

#include <stddef.h>
#include <stdint.h>

#include "base/pool.h"
#include "base/rc.h"

#define AGE_KEY_SIZE 32
#define AGE_CHUNK 65536

struct age_identity {
	uint8_t secret[AGE_KEY_SIZE];
	uint8_t point[AGE_KEY_SIZE];	/* the recipient that belongs to it */
};

void age_identity_new(struct age_identity *out);
/* "AGE-SECRET-KEY-1…" and "age1…" (Bech32), as age-keygen writes them. */
char *age_identity_text(struct pool *pool, const struct age_identity *identity);
char *age_recipient_text(struct pool *pool, const uint8_t point[AGE_KEY_SIZE]);
/* A key file: lines of "#" and blank ones are passed over, the first other one counts. RC_INVALID. */
enum rc age_identity_parse(const char *text, struct age_identity *out) MUST_CHECK;
/* "age1…", blanks and a line's end around it are nothing. RC_INVALID. */
enum rc age_recipient_parse(const char *text, uint8_t point[AGE_KEY_SIZE]) MUST_CHECK;

/* Sealing to fd (not closed). */
struct age_writer;
enum rc age_writer_new(int fd, const uint8_t recipient[AGE_KEY_SIZE],
		struct age_writer **out) MUST_CHECK;
/* The same to several: each of them opens it alone. RC_INVALID: to nobody. */
enum rc age_writer_new_for(int fd, const uint8_t (*recipients)[AGE_KEY_SIZE], size_t count,
		struct age_writer **out) MUST_CHECK;
enum rc age_writer_add(struct age_writer *writer, const void *bytes, size_t len) MUST_CHECK;
/* The last chunk: without it no reader takes the file for whole. */
enum rc age_writer_end(struct age_writer *writer) MUST_CHECK;
void age_writer_free(struct age_writer *writer);

/* Opening from fd (not closed). new: RC_INVALID: no age file, or its head is broken; RC_DENIED: sealed
 * to others. */
struct age_reader;
enum rc age_reader_new(int fd, const struct age_identity *identity,
		struct age_reader **out) MUST_CHECK;
/* Up to size bytes, all authentic; *got 0: the true end. RC_PROTOCOL: altered or cut short. RC_IO. */
enum rc age_reader_take(struct age_reader *reader, void *bytes, size_t size, size_t *got) MUST_CHECK;
void age_reader_free(struct age_reader *reader);

#endif
