/*
 * device.h: tablets that a manager paired, and the PINs of people on them. A device is known by a
 * random cookie; the databases hold its hash.
 */
#ifndef TRAM_STORE_DEVICE_H
#define TRAM_STORE_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/pool.h"
#include "base/rc.h"
#include "store/session.h"
#include "store/store.h"

#define DEVICE_PIN_DIGITS 6
#define DEVICE_PIN_FAULTS 5

struct device {
	char hash[65];
	char id[17];			/* for addresses: says nothing about the cookie */
	const char *name, *counter;	/* "Máy quầy 3"; the counter it stands at, "" */
	int64_t at;			/* paired at */
};

/* The paired tablet of this cookie; RC_NOT_FOUND: none, or no more. */
enum rc device_find(struct store *store, struct pool *pool, const char *cookie,
		struct device *out) MUST_CHECK;
/* Pairs (or names anew) the tablet of the cookie, 32 hex characters. */
enum rc device_pair(struct store *store, const char *cookie, const char *name, const char *counter,
		const char *actor) MUST_CHECK;
/* The tablet is paired no more: its PINs go, and all sessions on it end. */
enum rc device_part(struct store *store, const char *id) MUST_CHECK;
enum rc device_list(struct store *store, struct pool *pool, struct device **rows,
		size_t *count) MUST_CHECK;

/* Managers and technicians always give their password. */
bool device_pin_may(unsigned roles);
/* Six digits, not all alike nor in a row: NULL or the text key of what is wrong with it. */
const char *device_pin_fault(const char *pin);
enum rc device_pin_set(struct store *store, const struct device *device, const char *account,
		const char *pin) MUST_CHECK;
enum rc device_pin_there(struct store *store, const struct device *device, const char *account,
		bool *there) MUST_CHECK;

/* Someone whose session rests on this tablet. */
struct device_person {
	char account[48];
	const char *name;
	int64_t seen_boot_ms;
	bool by_pin;		/* has one, may use it, and did not err five times */
};
/* Sessions of program on the tablet that are locked (or idle) and not over. */
enum rc device_people(struct store *store, struct pool *pool, const char *program,
		const struct device *device, struct device_person **rows, size_t *count) MUST_CHECK;
/* The person's session of today on this tablet opens again under a new token. RC_DENIED: wrong PIN, or
 * there is none; RC_CONFLICT: five times wrong, or a password is asked for anyway; RC_NOT_FOUND: no
 * session rests here (over after session_hours). */
enum rc device_unlock(struct store *store, struct pool *pool, const char *program,
		const struct device *device, const char *account, const char *pin,
		char **token) MUST_CHECK;

#endif
