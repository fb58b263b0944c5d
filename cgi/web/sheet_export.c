/*
 * sheet_export.c: a list as a file to take away: see sheet.h.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/csv.h"
#include "base/file.h"
#include "base/log.h"
#include "base/rows.h"
#include "store/blob.h"
#include "web/sheet.h"
#include "web/text_vi.h"

#define FLUSH_BYTES 16384

struct sheet_export {
	struct pool *pool;		/* the request's */
	enum sheet_format format;
	size_t columns, column, rows;
	char *path;
	int fd;				/* of the file in out_dir */
	struct sheet_child child;
	struct buf line;		/* cells of the row at hand */
	struct buf held;		/* rows not yet written */
};

bool sheet_format_parse(const char *name, enum sheet_format *out)
{
	*out = strcmp(name, "xlsx") == 0 ? SHEET_XLSX : SHEET_CSV;
	return *out == SHEET_XLSX || strcmp(name, "csv") == 0;
}

static enum rc flush(struct sheet_export *export)
{
	enum rc rc = RC_OK;

	if (export->held.len > 0)
		rc = export->format == SHEET_CSV
				? file_write_all(export->fd, export->held.data, export->held.len)
				: sheet_child_write(&export->child, export->held.data, export->held.len);
	buf_reset(&export->held);
	return rc;
}

void sheet_export_text(struct sheet_export *export, const char *text)
{
	if (text == NULL)
		text = "";
	if (export->format == SHEET_CSV) {
		if (export->column > 0)
			buf_char(&export->line, CSV_SEPARATOR);
		csv_add(&export->line, text);
	} else {
		buf_char(&export->line, '\t');
		rows_add(&export->line, text, strlen(text));
	}
	export->column++;
}

void sheet_export_int(struct sheet_export *export, int64_t number)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%lld", (long long)number);
	if (export->format == SHEET_XLSX) {
		sheet_export_text(export, text);
		return;
	}
	/* A number of ours, below zero too, is no formula. */
	if (export->column++ > 0)
		buf_char(&export->line, CSV_SEPARATOR);
	buf_text(&export->line, text);
}

static void put_when(struct sheet_export *export, int64_t at_ms, bool minutes)
{
	struct when_local at;
	char text[40] = "";

	if (at_ms > 0) {
		when_to_local(at_ms, &at);
		/* Excel reads the local order of a CSV; the XLSX writer wants the unmistakable one. */
		if (export->format == SHEET_CSV)
			(void)snprintf(text, sizeof(text), minutes ? "%02d/%02d/%04d %02d:%02d" : "%02d/%02d/%04d",
					at.day, at.month, at.year, at.hour, at.minute);
		else
			(void)snprintf(text, sizeof(text), minutes ? "%04d-%02d-%02dT%02d:%02d" : "%04d-%02d-%02d",
					at.year, at.month, at.day, at.hour, at.minute);
	}
	sheet_export_text(export, text);
}

void sheet_export_day(struct sheet_export *export, int64_t at_ms)
{
	put_when(export, at_ms, false);
}

void sheet_export_minute(struct sheet_export *export, int64_t at_ms)
{
	put_when(export, at_ms, true);
}

static enum rc end_line(struct sheet_export *export, char kind)
{
	if (export->format == SHEET_XLSX)
		buf_char(&export->held, kind);
	if (export->line.len > 0)
		buf_add(&export->held, export->line.data, export->line.len);
	buf_text(&export->held, export->format == SHEET_CSV ? CSV_ROW_END : "\n");
	buf_reset(&export->line);
	export->column = 0;
	return export->held.len >= FLUSH_BYTES ? flush(export) : RC_OK;
}

enum rc sheet_export_row(struct sheet_export *export, bool total)
{
	if (export->column > export->columns)
		log_bug("sheet row: %zu cells for %zu columns", export->column, export->columns);
	if (++export->rows > SHEET_ROWS_MAX)
		return RC_TOO_LARGE;
	return end_line(export, total ? 'F' : 'R');
}

static enum rc head_put(struct sheet_export *export, const char *title,
		const struct sheet_column *columns, size_t count)
{
	enum rc rc = RC_OK;

	if (export->format == SHEET_CSV) {
		buf_text(&export->held, CSV_BOM);
	} else {
		/* Excel takes 31 characters and none of []:*?/\ as a sheet's name: the title has them. */
		sheet_export_text(export, text_get("sheet.name"));
		rc = end_line(export, 'N');
		for (size_t i = 0; i < count; i++)
			sheet_export_text(export, pool_printf(export->pool, "%c%d", columns[i].type,
					columns[i].width));
		if (rc == RC_OK)
			rc = end_line(export, 'C');
		sheet_export_text(export, title);
		if (rc == RC_OK)
			rc = end_line(export, 'T');
	}
	for (size_t i = 0; i < count; i++)
		sheet_export_text(export, text_get(columns[i].label));
	return rc == RC_OK ? end_line(export, 'H') : rc;
}

enum rc sheet_export_open(struct web *web, struct request *request, enum sheet_format format,
		const char *title, const struct sheet_column *columns, size_t count,
		struct sheet_export **out)
{
	struct sheet_export *export = pool_alloc(request->pool, sizeof(*export));
	enum rc rc;

	*out = NULL;
	export->pool = request->pool;
	export->format = format;
	export->columns = count;
	export->child.pid = export->child.to = export->child.from = -1;
	rc = blob_new_out(web->store, request->pool, &export->path, &export->fd);
	if (rc != RC_OK)
		return rc;
	if (format == SHEET_XLSX)
		rc = sheet_child_start(web->settings->spool_dir, -1, export->fd, &export->child);
	if (rc == RC_OK)
		rc = head_put(export, title, columns, count);
	if (rc != RC_OK)
		sheet_export_drop(export);
	else
		*out = export;
	return rc;
}

static void release(struct sheet_export *export)
{
	if (export->fd >= 0)
		(void)close(export->fd);
	export->fd = -1;
	buf_free(&export->line);
	buf_free(&export->held);
}

void sheet_export_drop(struct sheet_export *export)
{
	int status;

	if (export == NULL)
		return;
	sheet_child_end(&export->child, true, &status);
	if (export->fd >= 0)
		(void)unlink(export->path);
	release(export);
}

enum rc sheet_export_close(struct sheet_export *export, struct response *response, const char *name)
{
	bool xlsx = export->format == SHEET_XLSX;
	enum rc rc = flush(export);
	int status = 0;

	if (rc == RC_OK && xlsx) {
		sheet_child_end(&export->child, false, &status);
		if (status != 0) {
			log_error("sheet export: tram-sheet status=%d", status);
			rc = RC_IO;
		}
	}
	if (rc != RC_OK) {
		sheet_export_drop(export);
		return rc;
	}
	response_file(response, export->path, xlsx
			? "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
			: "text/csv; charset=utf-8",
			pool_printf(export->pool, "%s.%s", name, xlsx ? "xlsx" : "csv"), false);
	release(export);
	return RC_OK;
}
