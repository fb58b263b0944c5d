/*
 * code.h: dossier codes in all variants of DOMAIN §2, and the board's provisional number.
 *
 * Provisional: T<commune>.<point>-YYMMDD-NNNN, in rehearsal CT<commune>.<point>-YYMMDD-NNNN; the
 * official code comes from the center alone.
 */
#ifndef TRAM_DOSSIER_CODE_H
#define TRAM_DOSSIER_CODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/pool.h"
#include "base/rc.h"

enum code_variant { CODE_ORDINARY, CODE_MINISTRY, CODE_LONG_DATE, CODE_OLD, CODE_PROVISIONAL };

struct code {
	const char *agency;	/* "H15.50.05.13"; provisional: "18685.1" */
	const char *date;	/* "2026-10-08" */
	const char *sequence;	/* "0975", as written */
	enum code_variant variant;
	bool rehearsal;		/* provisional CT… */
};

/* Blanks around are dropped, lower case is raised. RC_INVALID. */
enum rc code_parse(struct pool *pool, const char *text, struct code *out) MUST_CHECK;
const char *code_variant_name(enum code_variant variant);
/* sequence from 1; at_ms gives the local day. */
char *code_provisional(struct pool *pool, const char *commune, const char *point, int64_t at_ms,
		int64_t sequence, bool rehearsal);
/* agency "H27.1", day of at_ms, sequence from 1: "H27.1-261124-0001". */
char *code_official(struct pool *pool, const char *agency, int64_t at_ms, int64_t sequence);

#endif
