/*
 * sheet.h: `tram-sheet`, the only program that touches spreadsheet files. It is started for one file
 * and ends with it: the libraries' memory never stays in a page's worker, and what a hostile file
 * does to them happens in a process without network, files or rights.
 *
 *	tram-sheet write --tmp FOLDER	rows on standard input → XLSX on standard output
 *	tram-sheet read			XLSX or CSV on standard input → rows on standard output
 *
 * Rows are lines of base/rows.h. `write` takes a letter as each line's first cell:
 *	N name		of the sheet
 *	C t30 n8 …	a letter and a width for each column: t text, n whole number, d date
 *			"2026-11-25", w date and time "2026-11-25T15:05"
 *	T text		a line of title
 *	H cells		the head of the table, repeated on every printed page
 *	R cells		a row; text is always text, never a formula
 *	F cells		a row in bold: totals
 *
 * `read` takes the first visible sheet. Line n is row n of the sheet; empty rows are empty lines. Dates
 * come out as in C above, a time alone as "15:05", numbers as they are (0.1, not 0.10000000000000001), a
 * number shown with leading zeros keeps them. No formula is ever evaluated: a cell with a formula
 * counts as the text that stood on the screen when the file was saved; where the file has none, or an
 * error (#REF!), it is refused.
 *
 * Exit status: enum sheet_exit. On a refusal the last line of `read` is "!" row TAB column (from 1; 0:
 * not known).
 */
#ifndef TRAM_SHEET_SHEET_H
#define TRAM_SHEET_SHEET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

enum sheet_exit {
	SHEET_EXIT_OK = 0,
	SHEET_EXIT_BAD = 10,		/* not a spreadsheet, or a broken one */
	SHEET_EXIT_LOCKED = 11,		/* with a password, or the old .xls */
	SHEET_EXIT_ROWS = 12,		/* more than SHEET_ROWS */
	SHEET_EXIT_COLUMNS = 13,	/* more than SHEET_COLUMNS, or a cell over SHEET_CELL bytes */
	SHEET_EXIT_SIZE = 14,		/* the file, or what it unpacks to, is too large */
	SHEET_EXIT_FORMULA = 15,	/* a formula without a saved value */
	SHEET_EXIT_LETTERS = 16,	/* a CSV that is not UTF-8 or UTF-16 */
	SHEET_EXIT_USAGE = 64,
	SHEET_EXIT_IO = 74		/* no room, or the reader went away */
};

#define SHEET_ROWS 100000u
#define SHEET_COLUMNS 100u
#define SHEET_CELL 8000u
#define SHEET_FILE_BYTES (25u << 20)
#define SHEET_UNPACKED_BYTES (160u << 20)	/* 100,000 rows of 20 columns need about 90 */
#define SHEET_STRINGS_BYTES (48u << 20)

/* Where rows go, in order; pending empty ones are written only before the next full one, so that
 * formatted empty rows at a sheet's end are no rows. */
struct sheet_out {
	bool (*write)(void *arg, const char *bytes, size_t len);
	void *arg;
	struct buf line;
	size_t row;		/* rows written */
	size_t column;		/* of the row at hand */
	size_t fault_row, fault_column;
};
/* Adds a cell to row (from 1, never going back) at column (from 0, growing). */
enum sheet_exit sheet_out_cell(struct sheet_out *out, size_t row, size_t column, const char *text,
		size_t len);
/* Ends the row at hand. SHEET_EXIT_IO. */
enum sheet_exit sheet_out_end(struct sheet_out *out);

/* The whole file; says by its first bytes what it is. */
enum sheet_exit sheet_read(const char *bytes, size_t len, struct sheet_out *out);
enum sheet_exit sheet_csv_read(const char *bytes, size_t len, struct sheet_out *out);
enum sheet_exit sheet_xlsx_read(const char *bytes, size_t len, struct sheet_out *out);
/* sheet_write.c */
enum sheet_exit sheet_write(int in, int out, const char *tmp_dir);

/* guard.c: limits of memory, time and calls for this process. reading: nothing but read and write. */
void guard_set(bool reading);

/* ---- sheet_format.c: what a number means by its format (pure) ---- */
enum format_kind { FORMAT_PLAIN = 0, FORMAT_DATE, FORMAT_DATE_TIME, FORMAT_TIME,
	FORMAT_ZEROS /* + digits */ };
unsigned char format_of_id(unsigned id);		/* of the built-in ids */
unsigned char format_of_code(const char *code);	/* "dd/mm/yyyy", "000000000000" */
/* The text of a number cell; out at least 40 bytes. from_1904: the workbook's dates. */
void format_number(const char *value, unsigned char format, bool from_1904, char *out, size_t size);

#endif
