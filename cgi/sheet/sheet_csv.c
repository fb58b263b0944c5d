/*
 * sheet_csv.c: a text file of cells: RFC 4180 and what Excel saves as "CSV" or "Unicode text". And where
 * rows of any reader go.
 */
#include <stdint.h>
#include <string.h>

#include "base/rows.h"
#include "base/text.h"
#include "sheet/sheet.h"

static enum sheet_exit fault(struct sheet_out *out, size_t row, size_t column, enum sheet_exit status)
{
	out->fault_row = row;
	out->fault_column = column;
	return status;
}

enum sheet_exit sheet_out_end(struct sheet_out *out)
{
	bool ok;

	if (out->line.len == 0)
		return SHEET_EXIT_OK;
	buf_char(&out->line, '\n');
	ok = out->write(out->arg, out->line.data, out->line.len);
	buf_reset(&out->line);
	out->column = 0;
	return ok ? SHEET_EXIT_OK : SHEET_EXIT_IO;
}

enum sheet_exit sheet_out_cell(struct sheet_out *out, size_t row, size_t column, const char *text,
		size_t len)
{
	enum sheet_exit status;

	if (len == 0)
		return SHEET_EXIT_OK;
	if (row > SHEET_ROWS)
		return fault(out, row, 0, SHEET_EXIT_ROWS);
	if (column >= SHEET_COLUMNS || len > SHEET_CELL)
		return fault(out, row, column + 1, SHEET_EXIT_COLUMNS);
	if (row < out->row || (row == out->row && column < out->column))
		return fault(out, row, column + 1, SHEET_EXIT_BAD);
	if (row > out->row) {
		status = sheet_out_end(out);
		if (status != SHEET_EXIT_OK)
			return status;
		for (out->row++; out->row < row; out->row++)
			if (!out->write(out->arg, "\n", 1))
				return SHEET_EXIT_IO;
	}
	for (; out->column < column; out->column++)
		buf_char(&out->line, '\t');
	/* A line of ours that begins with '!' is the refusal's. */
	if (column == 0 && *text == '!')
		buf_char(&out->line, '\\');
	rows_add(&out->line, text, len);
	return SHEET_EXIT_OK;
}

static char separator_of(const char *at, const char *end)
{
	size_t semicolons = 0, commas = 0, tabs = 0;
	bool quoted = false;

	for (; at < end && (quoted || (*at != '\n' && *at != '\r')); at++) {
		if (*at == '"')
			quoted = !quoted;
		semicolons += !quoted && *at == ';';
		commas += !quoted && *at == ',';
		tabs += !quoted && *at == '\t';
	}
	if (tabs > 0 && tabs >= semicolons && tabs >= commas)
		return '\t';
	return commas > semicolons ? ',' : ';';
}

struct csv {
	const char *at, *end;
	char separator;
	struct buf cell;
};

/* One cell; at stands at what ended it. */
static void next_cell(struct csv *csv)
{
	bool quoted = csv->at < csv->end && *csv->at == '"';

	buf_reset(&csv->cell);
	if (quoted)
		csv->at++;
	for (; csv->at < csv->end; csv->at++) {
		if (quoted && *csv->at == '"') {
			if (csv->at + 1 < csv->end && csv->at[1] == '"')
				csv->at++;
			else {
				quoted = false;
				continue;
			}
		} else if (!quoted && (*csv->at == csv->separator || *csv->at == '\n' || *csv->at == '\r')) {
			return;
		}
		if (csv->cell.len <= SHEET_CELL)
			buf_char(&csv->cell, *csv->at);
	}
}

static enum sheet_exit read_rows(struct csv *csv, struct sheet_out *out)
{
	enum sheet_exit status = SHEET_EXIT_OK;
	size_t row = 1, column = 0;

	while (status == SHEET_EXIT_OK && csv->at < csv->end) {
		next_cell(csv);
		if (csv->cell.len > 0)
			status = sheet_out_cell(out, row, column, csv->cell.data, csv->cell.len);
		if (csv->at >= csv->end)
			break;
		if (*csv->at == csv->separator) {
			column++;
			csv->at++;
			continue;
		}
		if (*csv->at == '\r' && csv->at + 1 < csv->end && csv->at[1] == '\n')
			csv->at++;
		csv->at++;
		row++;
		column = 0;
	}
	return status;
}

static void put_utf8(struct buf *out, uint32_t c)
{
	if (c < 0x80) {
		buf_char(out, (char)c);
		return;
	}
	if (c >= 0x10000) {
		buf_char(out, (char)(0xf0 | c >> 18));
		buf_char(out, (char)(0x80 | (c >> 12 & 0x3f)));
	} else if (c >= 0x800) {
		buf_char(out, (char)(0xe0 | c >> 12));
	} else {
		buf_char(out, (char)(0xc0 | c >> 6));
		buf_char(out, (char)(0x80 | (c & 0x3f)));
		return;
	}
	buf_char(out, (char)(0x80 | (c >> 6 & 0x3f)));
	buf_char(out, (char)(0x80 | (c & 0x3f)));
}

/* A lone half of a pair becomes bytes that are no UTF-8: refused afterwards like any other garbage. */
static void from_utf16(const uint8_t *in, size_t len, bool big, struct buf *out)
{
	for (size_t i = 0; i + 1 < len; i += 2) {
		uint32_t c = (uint32_t)(big ? in[i] << 8 | in[i + 1] : in[i + 1] << 8 | in[i]);

		if (c >= 0xd800 && c < 0xdc00 && i + 3 < len) {
			uint32_t low = (uint32_t)(big ? in[i + 2] << 8 | in[i + 3] : in[i + 3] << 8 | in[i + 2]);

			if (low >= 0xdc00 && low < 0xe000) {
				c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
				i += 2;
			}
		}
		put_utf8(out, c);
	}
}

enum sheet_exit sheet_csv_read(const char *bytes, size_t len, struct sheet_out *out)
{
	struct buf converted = { 0 };
	struct csv csv = { .at = bytes, .end = bytes + len };
	const uint8_t *raw = (const uint8_t *)bytes;
	enum sheet_exit status = SHEET_EXIT_LETTERS;

	if (len >= 2 && ((raw[0] == 0xff && raw[1] == 0xfe) || (raw[0] == 0xfe && raw[1] == 0xff))) {
		from_utf16(raw + 2, len - 2, raw[0] == 0xfe, &converted);
		buf_char(&converted, '\n');
		csv.at = converted.data;
		csv.end = converted.data + converted.len;
	} else if (len >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0) {
		csv.at += 3;
	}
	if (memchr(csv.at, '\0', (size_t)(csv.end - csv.at)) != NULL) {
		status = SHEET_EXIT_BAD;
		goto out;
	}
	if (!text_is_utf8(csv.at, (size_t)(csv.end - csv.at)))
		goto out;
	csv.separator = separator_of(csv.at, csv.end);
	if (csv.end - csv.at > 5 && memcmp(csv.at, "sep=", 4) == 0) {
		csv.separator = csv.at[4];
		csv.at += 5;
		while (csv.at < csv.end && (*csv.at == '\r' || *csv.at == '\n'))
			csv.at++;
	}
	status = read_rows(&csv, out);
out:
	buf_free(&converted);
	buf_free(&csv.cell);
	return status;
}
