/*
 * csv.h: cells of a CSV file as Excel opens it by a double click.
 *
 * The separator is ';': in a Vietnamese Windows the decimal sign is the comma, and Excel then parts
 * the columns of a CSV at semicolons. A "sep=" line would settle it for every machine, but makes Excel
 * forget the byte order mark and garble the letters. Whoever has an English Windows takes the XLSX.
 */
#ifndef TRAM_BASE_CSV_H
#define TRAM_BASE_CSV_H

#include "base/buf.h"

#define CSV_BOM "\xef\xbb\xbf"	/* first bytes of the file, or Excel takes it for Windows-1258 */
#define CSV_SEPARATOR ';'
#define CSV_ROW_END "\r\n"	/* RFC 4180 */

/* Adds the cell, quoted where it must be. Text that a spreadsheet would calculate (it begins with
 * = + - @ or a control character) gets an apostrophe before it: what a citizen typed is never a
 * formula on a clerk's computer. */
void csv_add(struct buf *out, const char *cell);

#endif
