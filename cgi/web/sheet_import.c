/*
 * sheet_import.c: an XLSX or CSV that a person brought, row by row: see sheet.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/rows.h"
#include "base/text.h"
#include "web/sheet.h"
#include "web/text_vi.h"

#define COLUMNS 100
#define REFUSED_FIRST 10	/* exit status of tram-sheet, cgi/sheet/sheet.h */

static const char *const refused[] = { "sheet.bad", "sheet.locked", "sheet.rows", "sheet.columns",
	"sheet.size", "sheet.formula", "sheet.letters" };
#define REFUSED (sizeof(refused) / sizeof(refused[0]))

struct import {
	struct pool *pool;
	sheet_row_fn *row;
	void *arg;
	size_t count;		/* rows read */
	bool refused;		/* the last line says where */
	size_t fault_row, fault_column;
	struct pool *line_pool;	/* forgotten after each row */
};

static enum rc take_line(struct import *import, char *line)
{
	char *cells[COLUMNS];
	size_t count;
	int64_t number;

	if (*line == '!') {
		count = rows_split(line + 1, cells, 2);
		import->refused = true;
		if (count == 2 && num_parse(cells[0], 0, INT32_MAX, &number) == RC_OK)
			import->fault_row = (size_t)number;
		if (count == 2 && num_parse(cells[1], 0, INT32_MAX, &number) == RC_OK)
			import->fault_column = (size_t)number;
		return RC_OK;
	}
	count = rows_split(line, cells, COLUMNS);
	pool_reset(import->line_pool);
	for (size_t i = 0; i < count; i++)
		if (text_clean(import->line_pool, cells[i], strlen(cells[i]), TEXT_MANY_LINES,
				&cells[i]) != RC_OK) {
			import->refused = true;
			import->fault_row = import->count + 1;
			import->fault_column = i + 1;
			return RC_INVALID;
		}
	return import->row(import->arg, ++import->count, cells, count);
}

/* Whole lines of what came; the rest is kept for the next block. */
static enum rc take_block(struct import *import, struct buf *held, const char *block, size_t len)
{
	enum rc rc = RC_OK;
	char *at, *end;

	buf_add(held, block, len);
	at = held->data;
	while (rc == RC_OK && (end = memchr(at, '\n', held->len - (size_t)(at - held->data))) != NULL) {
		*end = '\0';
		rc = take_line(import, at);
		at = end + 1;
	}
	held->len -= (size_t)(at - held->data);
	memmove(held->data, at, held->len);
	return rc;
}

/* "Dòng 12, cột C" as spreadsheets name columns. */
static const char *sentence(struct import *import, const char *key)
{
	size_t column = import->fault_column;
	char letters[4] = "";

	if (column > 26)
		(void)snprintf(letters, sizeof(letters), "%c%c", (char)('A' + ((column - 1) / 26 - 1) % 26),
				(char)('A' + (column - 1) % 26));
	else if (column > 0)
		(void)snprintf(letters, sizeof(letters), "%c", (char)('A' + column - 1));
	if (import->fault_row == 0 || column == 0)
		return text_get(key);
	return pool_printf(import->pool, "%s %s", text_fill(import->pool, "sheet.place",
			pool_printf(import->pool, "%zu", import->fault_row), letters, NULL), text_get(key));
}

enum rc sheet_import(struct pool *pool, const char *path, sheet_row_fn *row, void *arg,
		const char **fault)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	enum rc rc;

	*fault = "";
	if (fd < 0) {
		log_error("sheet import: errno=%d", errno);
		return RC_IO;
	}
	rc = sheet_import_fd(pool, fd, row, arg, fault);
	(void)close(fd);
	return rc;
}

enum rc sheet_import_fd(struct pool *pool, int fd, sheet_row_fn *row, void *arg, const char **fault)
{
	struct import import = { .pool = pool, .row = row, .arg = arg };
	struct sheet_child child;
	struct buf held = { 0 };
	char block[8192];
	size_t got = 1;
	int status = 0;
	enum rc rc;

	*fault = "";
	import.line_pool = pool_new();
	rc = sheet_child_start(NULL, fd, -1, &child);
	while (rc == RC_OK && got > 0) {
		rc = sheet_child_read(&child, block, sizeof(block), &got);
		if (rc == RC_OK && got > 0)
			rc = take_block(&import, &held, block, got);
	}
	sheet_child_end(&child, rc != RC_OK, &status);
	if (rc == RC_INVALID && import.refused) {
		*fault = sentence(&import, "sheet.letters");
	} else if (rc == RC_OK && status >= REFUSED_FIRST && status < REFUSED_FIRST + (int)REFUSED) {
		*fault = sentence(&import, refused[status - REFUSED_FIRST]);
		rc = RC_INVALID;
	} else if (rc == RC_OK && status != 0) {
		/* It hit a limit of its process: the file is not one of a list. */
		log_warn("sheet import: tram-sheet status=%d", status);
		*fault = text_get("sheet.size");
		rc = RC_INVALID;
	}
	pool_free(import.line_pool);
	buf_free(&held);
	return rc;
}
