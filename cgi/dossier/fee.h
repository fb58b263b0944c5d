/*
 * fee.h: what a case costs. Rules are data (catalogue.h); arithmetic is here.
 */
#ifndef TRAM_DOSSIER_FEE_H
#define TRAM_DOSSIER_FEE_H

#include <stddef.h>
#include <stdint.h>

#include "base/rc.h"
#include "dossier/catalogue.h"

struct fee_line { const char *id; const char *name; int64_t amount_dong; };

/* pages: of the original, 1..10000; copies: 1..10000 (documents for per_document). lines holds at
 * least rules_count. RC_INVALID: a count out of range. Source: QĐ 2873/QĐ-UBND Hà Tĩnh. */
enum rc fee_count(const struct fee_rule *rules, size_t rule_count, int64_t pages, int64_t copies,
		struct fee_line *lines, int64_t *total_dong) MUST_CHECK;

#endif
