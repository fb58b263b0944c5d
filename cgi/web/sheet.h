/*
 * sheet.h: lists of a page as CSV or XLSX, and spreadsheets into rows. The work on spreadsheets is
 * `tram-sheet`'s, started for one file and ended with it: nothing of it stays in a worker, and rows
 * go through a pipe, never all in memory.
 *
 * An export's page:
 *	rc = sheet_export_open(web, request, format, "Sổ …", columns, count, &export);
 *	for each row: sheet_export_text/int/day/minute … one per column, then sheet_export_row
 *	sheet_export_close(export, response, "so-ho-so-2026-11")
 */
#ifndef TRAM_WEB_SHEET_H
#define TRAM_WEB_SHEET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "web/web.h"

enum sheet_format { SHEET_CSV, SHEET_XLSX };
/* "csv" or "xlsx"; false: neither. */
bool sheet_format_parse(const char *name, enum sheet_format *out);

#define SHEET_ROWS_MAX 100000	/* of tram-sheet, both ways */

struct sheet_column {
	const char *label;	/* text key */
	char type;		/* 't' text, 'n' whole number, 'd' date, 'w' date and time */
	int width;		/* in characters of the XLSX */
};

struct sheet_export;
/* title: the sheet's name and its first line. Columns are borrowed. RC_FULL, RC_IO. */
enum rc sheet_export_open(struct web *web, struct request *request, enum sheet_format format,
		const char *title, const struct sheet_column *columns, size_t count,
		struct sheet_export **out) MUST_CHECK;
/* The next cell. NULL counts as "". Text is text: never a formula, in neither format. */
void sheet_export_text(struct sheet_export *export, const char *text);
void sheet_export_int(struct sheet_export *export, int64_t number);
/* A time as its local date, or date and time; 0: empty. */
void sheet_export_day(struct sheet_export *export, int64_t at_ms);
void sheet_export_minute(struct sheet_export *export, int64_t at_ms);
/* Ends the row; total: a row of sums, in bold. RC_TOO_LARGE: past SHEET_ROWS_MAX; RC_IO, RC_FULL,
 * RC_TIMEOUT. */
enum rc sheet_export_row(struct sheet_export *export, bool total) MUST_CHECK;
/* Sends the file as a download under name (without suffix); frees export in any case. */
enum rc sheet_export_close(struct sheet_export *export, struct response *response,
		const char *name) MUST_CHECK;
/* Instead of close, when something failed on the way. NULL is fine. */
void sheet_export_drop(struct sheet_export *export);

/* One row of a spreadsheet, from 1; cells are clean (NFC, no control characters), borrowed until
 * the return; count 0: an empty row. Anything but RC_OK ends the reading and is its result. */
typedef enum rc sheet_row_fn(void *arg, size_t row, char **cells, size_t count);

/* Reads an XLSX or CSV file. RC_INVALID: it is refused; *fault is the whole sentence for the person
 * (pool), with row and column where known. RC_IO, RC_TIMEOUT: it could not be read now. */
enum rc sheet_import(struct pool *pool, const char *path, sheet_row_fn *row, void *arg,
		const char **fault) MUST_CHECK;
/* The same of an open file, at its beginning; fd (above 2) stays the caller's. */
enum rc sheet_import_fd(struct pool *pool, int fd, sheet_row_fn *row, void *arg,
		const char **fault) MUST_CHECK;

/* ---- sheet_child.c: one process of tram-sheet ---- */
struct sheet_child {
	int pid;
	int to, from;		/* pipe ends of ours; -1: the child has a file there */
	int64_t deadline_ms;	/* boot time */
};
/* tmp_dir: `write --tmp tmp_dir`, NULL: `read`. in, out: the child's 0 and 1, or -1 for a pipe. RC_IO. */
enum rc sheet_child_start(const char *tmp_dir, int in, int out, struct sheet_child *child) MUST_CHECK;
/* RC_TIMEOUT: past the deadline; RC_IO: the child went away. */
enum rc sheet_child_write(struct sheet_child *child, const char *bytes, size_t len) MUST_CHECK;
enum rc sheet_child_read(struct sheet_child *child, char *bytes, size_t size, size_t *got) MUST_CHECK;
/* Closes our ends and waits; past the deadline, or kill: ends it. *status: its exit status, -1 when
 * it did not end by itself. */
void sheet_child_end(struct sheet_child *child, bool kill, int *status);

#endif
