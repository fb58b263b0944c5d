/*
 * text.h: Vietnamese text as it comes from forms, scanners and files.
 *
 * Everything stored is NFC; everything searched is folded (lower case, no diacritics, đ→d).
 */
#ifndef TRAM_BASE_TEXT_H
#define TRAM_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/pool.h"
#include "base/rc.h"

enum text_lines { TEXT_ONE_LINE, TEXT_MANY_LINES };	/* MANY allows \n and \t, makes \r\n to \n */

/* NFC copy of len bytes, ends trimmed, runs of blanks made one in ONE_LINE. *out from pool.
 * RC_INVALID: not UTF-8, U+0000, or a control character (C0, C1, bidi overrides). */
enum rc text_clean(struct pool *pool, const char *in, size_t len, enum text_lines lines,
		char **out) MUST_CHECK;
/* Folded copy for search and comparison: lower case, diacritics gone, đ→d, everything that is
 * not a letter or digit becomes one blank. Input is valid UTF-8. Never fails. */
char *text_fold(struct pool *pool, const char *in);
/* Upper case, Vietnamese letters included ("đ"→"Đ"). */
char *text_upper(struct pool *pool, const char *in);
bool text_is_utf8(const char *in, size_t len);
/* Unicode characters, not bytes, of valid UTF-8. */
size_t text_chars(const char *in);

/* The only number parser: decimal, whole string, within [min, max]; else RC_INVALID. */
enum rc num_parse(const char *in, int64_t min, int64_t max, int64_t *out) MUST_CHECK;

#endif
