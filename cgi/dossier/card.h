/*
 * card.h: the QR of a chip ID card (DOMAIN §4): 7 to 16 fields parted by '|'; fields 0..6 are
 * used, the rest is dropped here and goes nowhere (data minimisation).
 */
#ifndef TRAM_DOSSIER_CARD_H
#define TRAM_DOSSIER_CARD_H

#include <stddef.h>

#include "base/pool.h"
#include "base/rc.h"

struct card {
	const char *number;	/* 12 digits */
	const char *old_number;	/* 9 or 12 digits or "" */
	const char *name;	/* NFC */
	const char *birth;	/* "1990-03-05", or "1990" when only the year is known */
	const char *sex;	/* "nam" | "nu" | "" */
	const char *address;
	const char *issued;	/* "2022-07-01" or "" */
	const char *warnings[5];	/* text keys "card.warn.…"; checks that contradict, never a block */
	size_t warning_count;
};

/* RC_INVALID with *reason, a text key "card.error.…". All of *out in pool. */
enum rc card_parse(struct pool *pool, const char *payload, size_t len, struct card *out,
		const char **reason) MUST_CHECK;
/* The cross-check of a typed number with birth ("yyyy-mm-dd", "yyyy" or "") and sex: NULL or a
 * text key "card.warn.…". A number that is not 12 digits is not checked. */
const char *card_check_number(const char *number, const char *birth, const char *sex);

#endif
