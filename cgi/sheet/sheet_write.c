/*
 * sheet_write.c: rows into an XLSX. Row by row through a temporary file in the given folder (constant
 * memory); the finished file is put together in memory and leaves by the descriptor.
 */
#define _GNU_SOURCE /* memfd_create */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "base/file.h"
#include "base/rows.h"
#include "base/text.h"
#include "base/when.h"
#include "sheet/sheet.h"

struct writer {
	lxw_workbook *book;
	lxw_worksheet *sheet;
	lxw_format *title, *head, *text, *day, *minute, *total;
	char types[SHEET_COLUMNS];
	size_t columns;
	lxw_row_t row;
};

static void formats_make(struct writer *writer)
{
	lxw_format **all[] = { &writer->title, &writer->head, &writer->text, &writer->day, &writer->minute,
		&writer->total };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		*all[i] = workbook_add_format(writer->book);
		format_set_font_name(*all[i], "Times New Roman");
		format_set_font_size(*all[i], all[i] == &writer->title ? 13 : 11);
		format_set_align(*all[i], LXW_ALIGN_VERTICAL_TOP);
		if (all[i] != &writer->title) {
			format_set_border(*all[i], LXW_BORDER_THIN);
			format_set_text_wrap(*all[i]);
		}
	}
	format_set_bold(writer->title);
	format_set_bold(writer->total);
	format_set_bold(writer->head);
	format_set_align(writer->head, LXW_ALIGN_CENTER);
	format_set_num_format(writer->day, "dd/mm/yyyy");
	format_set_num_format(writer->minute, "dd/mm/yyyy hh:mm");
}

static void sheet_start(struct writer *writer, const char *name)
{
	if (writer->sheet != NULL)
		return;
	writer->sheet = workbook_add_worksheet(writer->book, name);
	if (writer->sheet == NULL)	/* a name Excel does not take */
		writer->sheet = workbook_add_worksheet(writer->book, NULL);
	formats_make(writer);
	worksheet_set_landscape(writer->sheet);
	worksheet_set_paper(writer->sheet, 9);	/* A4 */
	worksheet_fit_to_pages(writer->sheet, 1, 0);
	worksheet_set_footer(writer->sheet, "&R&P/&N");
}

static void columns_set(struct writer *writer, char **cells, size_t count)
{
	int64_t width;

	writer->columns = count < SHEET_COLUMNS ? count : SHEET_COLUMNS;
	for (size_t i = 0; i < writer->columns; i++) {
		writer->types[i] = cells[i][0];
		if (cells[i][0] != '\0' && num_parse(cells[i] + 1, 1, 200, &width) == RC_OK)
			(void)worksheet_set_column(writer->sheet, (lxw_col_t)i, (lxw_col_t)i, (double)width,
					NULL);
	}
}

/* false: not a date of this shape; it stays text. */
static bool put_when(struct writer *writer, lxw_col_t column, const char *cell, bool minutes)
{
	lxw_datetime at = { 0 };
	struct when_local local;
	int64_t at_ms;

	if (minutes) {
		if (when_parse_local(cell, &at_ms) != RC_OK)
			return false;
		when_to_local(at_ms, &local);
		at.hour = local.hour;
		at.min = local.minute;
		at.year = local.year;
		at.month = local.month;
		at.day = local.day;
	} else if (when_parse_date(cell, &at.year, &at.month, &at.day) != RC_OK) {
		return false;
	}
	return worksheet_write_datetime(writer->sheet, writer->row, column, &at,
			minutes ? writer->minute : writer->day) == LXW_NO_ERROR;
}

static void put_cell(struct writer *writer, lxw_col_t column, char *cell, lxw_format *format)
{
	char type = column < writer->columns ? writer->types[column] : 't';
	size_t len = strlen(cell);
	int64_t number;

	if (len > SHEET_CELL) {
		for (len = SHEET_CELL; len > 0 && ((unsigned char)cell[len] & 0xc0) == 0x80; len--)
			;
		cell[len] = '\0';
	}
	if (format == writer->head || format == writer->title)
		type = 't';
	if (type == 'n' && num_parse(cell, -999999999999999, 999999999999999, &number) == RC_OK)
		(void)worksheet_write_number(writer->sheet, writer->row, column, (double)number, format);
	else if (!((type == 'd' || type == 'w') && put_when(writer, column, cell, type == 'w')))
		(void)worksheet_write_string(writer->sheet, writer->row, column, cell, format);
}

static void put_row(struct writer *writer, char kind, char **cells, size_t count)
{
	lxw_format *format = kind == 'T' ? writer->title : kind == 'H' ? writer->head
			: kind == 'F' ? writer->total : writer->text;

	for (size_t i = 0; i < count && i < SHEET_COLUMNS; i++)
		put_cell(writer, (lxw_col_t)i, cells[i], format);
	for (size_t i = count; kind != 'T' && i < writer->columns; i++)
		(void)worksheet_write_blank(writer->sheet, writer->row, (lxw_col_t)i, format);
	writer->row++;
	if (kind == 'H') {
		worksheet_freeze_panes(writer->sheet, writer->row, 0);
		(void)worksheet_repeat_rows(writer->sheet, writer->row - 1, writer->row - 1);
	}
}

static enum sheet_exit put_line(struct writer *writer, char *line)
{
	char *cells[SHEET_COLUMNS + 1];
	size_t count = rows_split(line, cells, SHEET_COLUMNS + 1);

	if (count == 0 || cells[0][0] == '\0' || cells[0][1] != '\0'
			|| strchr("NCTHRF", cells[0][0]) == NULL)
		return SHEET_EXIT_BAD;
	sheet_start(writer, cells[0][0] == 'N' && count > 1 ? cells[1] : NULL);
	switch (cells[0][0]) {
	case 'N':
		break;
	case 'C':
		columns_set(writer, cells + 1, count - 1);
		break;
	default:
		if (writer->row >= SHEET_ROWS + 20)
			return SHEET_EXIT_ROWS;
		put_row(writer, cells[0][0], cells + 1, count - 1);
	}
	return SHEET_EXIT_OK;
}

static enum sheet_exit send_file(int from, int to)
{
	char block[32768];
	size_t got = 1;

	if (lseek(from, 0, SEEK_SET) != 0)
		return SHEET_EXIT_IO;
	while (got > 0) {
		if (file_read_all(from, block, sizeof(block), &got) != RC_OK ||
				file_write_all(to, block, got) != RC_OK)
			return SHEET_EXIT_IO;
	}
	return SHEET_EXIT_OK;
}

enum sheet_exit sheet_write(int in, int out, const char *tmp_dir)
{
	int held = memfd_create("sheet", MFD_CLOEXEC), copy = dup(in);
	char *folder = NULL;
	lxw_workbook_options options = { .constant_memory = LXW_TRUE, .tmpdir = NULL };
	struct writer writer = { 0 };
	enum sheet_exit status = SHEET_EXIT_IO;
	FILE *lines = copy >= 0 ? fdopen(copy, "r") : NULL;
	char *line = NULL, name[32];
	size_t size = 0;
	ssize_t len;

	if (held < 0 || lines == NULL)
		goto out;
	folder = strdup(tmp_dir);	/* const in newer libraries, not in older ones */
	options.tmpdir = folder;
	(void)snprintf(name, sizeof(name), "/proc/self/fd/%d", held);
	writer.book = workbook_new_opt(name, &options);
	if (writer.book == NULL)
		goto out;
	status = SHEET_EXIT_OK;
	while (status == SHEET_EXIT_OK && (len = getline(&line, &size, lines)) > 0) {
		if (line[len - 1] == '\n')
			line[len - 1] = '\0';
		status = put_line(&writer, line);
	}
	if (ferror(lines))
		status = SHEET_EXIT_IO;
	if (writer.sheet == NULL && status == SHEET_EXIT_OK)
		sheet_start(&writer, NULL);
	/* Frees the book whatever comes. */
	if (workbook_close(writer.book) != LXW_NO_ERROR && status == SHEET_EXIT_OK)
		status = SHEET_EXIT_IO;
	if (status == SHEET_EXIT_OK)
		status = send_file(held, out);
out:
	free(line);
	free(folder);
	if (lines != NULL)
		(void)fclose(lines);
	else if (copy >= 0)
		(void)close(copy);
	if (held >= 0)
		(void)close(held);
	return status;
}
