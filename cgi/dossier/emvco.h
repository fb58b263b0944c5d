/*
 * emvco.h: the text inside a VietQR: EMV QR Code Specification for Payment Systems, Merchant-Presented
 * Mode 1.1, with the account template of NAPAS (AID A000000727). A bank's app reads receiver, amount
 * and purpose from it; that the money came is said by a person, never by this code. Pure.
 */
#ifndef TRAM_DOSSIER_EMVCO_H
#define TRAM_DOSSIER_EMVCO_H

#include <stddef.h>
#include <stdint.h>

#include "base/pool.h"
#include "base/rc.h"

struct emvco_payment {
	const char *bin;		/* six digits: the bank's number at NAPAS */
	const char *account;		/* 1..19 letters and digits */
	int64_t amount_dong;		/* 1..9999999999999 */
	const char *purpose;		/* 1..25 of A-Z a-z 0-9 . - and blank: the dossier's code */
};

/* RC_INVALID: a part does not fit. *out in pool. */
enum rc emvco_write(struct pool *pool, const struct emvco_payment *payment, char **out) MUST_CHECK;
/* Reads one back: order, lengths, check sum, NAPAS template, VND. RC_INVALID: anything else. */
enum rc emvco_read(struct pool *pool, const char *text, size_t len,
		struct emvco_payment *out) MUST_CHECK;
/* CRC-16/CCITT-FALSE: polynomial 0x1021, start 0xFFFF ("123456789" → 0x29B1). */
uint16_t emvco_crc(const char *text, size_t len);

#endif
