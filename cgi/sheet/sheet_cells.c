/*
 * sheet_cells.c: styles, shared strings and cells of an XLSX (ECMA-376 part 1, 18.3, 18.4, 18.8).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "sheet/sheet_xlsx.h"

#define STRINGS 2000000u
#define STYLES 70000u
#define CUSTOM 5000u
#define EXCEL_ROWS 1048576
#define EXCEL_COLUMNS 16384u

static void *grown(void *old, size_t size)
{
	void *more = realloc(old, size);

	if (more == NULL)
		abort();
	return more;
}

static unsigned number_of(const char *text)
{
	int64_t number;

	return text != NULL && num_parse(text, 0, INT32_MAX, &number) == RC_OK ? (unsigned)number : 0;
}

static void add_custom(struct xlsx *xlsx, const char *id, const char *code)
{
	if (id == NULL || code == NULL || xlsx->custom_count >= CUSTOM)
		return;
	xlsx->custom = grown(xlsx->custom, (xlsx->custom_count + 1) * sizeof(*xlsx->custom));
	xlsx->custom[xlsx->custom_count].id = number_of(id);
	xlsx->custom[xlsx->custom_count++].format = format_of_code(code);
}

static unsigned char format_by_id(const struct xlsx *xlsx, unsigned id)
{
	for (size_t i = 0; i < xlsx->custom_count; i++)
		if (xlsx->custom[i].id == id)
			return xlsx->custom[i].format;
	return format_of_id(id);
}

void cells_on_style(void *arg, const char *name, const char **attributes)
{
	struct xlsx *xlsx = arg;

	name = xlsx_local(name);
	if (strcmp(name, "numFmt") == 0) {
		add_custom(xlsx, xlsx_attribute(attributes, "numFmtId"),
				xlsx_attribute(attributes, "formatCode"));
	} else if (strcmp(name, "cellXfs") == 0) {
		xlsx->in_cell_styles = true;
	} else if (strcmp(name, "cellStyles") == 0 || strcmp(name, "dxfs") == 0) {
		xlsx->in_cell_styles = false;
	} else if (xlsx->in_cell_styles && strcmp(name, "xf") == 0 && xlsx->style_count < STYLES) {
		if ((xlsx->style_count & 255) == 0)
			xlsx->styles = grown(xlsx->styles, xlsx->style_count + 256);
		xlsx->styles[xlsx->style_count++] = format_by_id(xlsx,
				number_of(xlsx_attribute(attributes, "numFmtId")));
	}
}

/* Text of a string: <t>, but not the reading aid in <rPh>. */
static void text_start(struct xlsx *xlsx, const char *name)
{
	if (strcmp(name, "rPh") == 0)
		xlsx->phonetic = true;
	else if (strcmp(name, "t") == 0)
		xlsx->collecting = !xlsx->phonetic;
}

static void text_end(struct xlsx *xlsx, const char *name)
{
	if (strcmp(name, "rPh") == 0)
		xlsx->phonetic = false;
	else if (strcmp(name, "t") == 0)
		xlsx->collecting = false;
}

void cells_on_text(void *arg, const char *text, int len)
{
	struct xlsx *xlsx = arg;

	/* One byte over the limit is enough to be refused as too long. */
	if (xlsx->collecting && xlsx->text.len <= SHEET_CELL)
		buf_add(&xlsx->text, text, (size_t)len);
}

void cells_on_string(void *arg, const char *name, const char **attributes)
{
	struct xlsx *xlsx = arg;

	(void)attributes;
	name = xlsx_local(name);
	if (strcmp(name, "si") == 0)
		buf_reset(&xlsx->text);
	else
		text_start(xlsx, name);
}

void cells_on_string_end(void *arg, const char *name)
{
	struct xlsx *xlsx = arg;

	name = xlsx_local(name);
	if (strcmp(name, "si") != 0) {
		text_end(xlsx, name);
		return;
	}
	if (xlsx->string_count >= STRINGS || xlsx->strings.len + xlsx->text.len > SHEET_STRINGS_BYTES) {
		xlsx_stop(xlsx, SHEET_EXIT_SIZE);
		return;
	}
	if (xlsx->string_count + 2 > xlsx->string_room) {
		xlsx->string_room = xlsx->string_room * 2 + 256;
		xlsx->string_at = grown(xlsx->string_at, xlsx->string_room * sizeof(*xlsx->string_at));
	}
	xlsx->string_at[xlsx->string_count++] = (uint32_t)xlsx->strings.len;
	if (xlsx->text.len > 0)
		buf_add(&xlsx->strings, xlsx->text.data, xlsx->text.len);
	xlsx->string_at[xlsx->string_count] = (uint32_t)xlsx->strings.len;
}

/* "BC12" → row 12, column 54; absent: the one after the last. false: not an address. */
static bool place_cell(struct xlsx *xlsx, const char *reference)
{
	size_t column = 0;
	int64_t row;

	if (reference == NULL) {
		xlsx->column++;
		return xlsx->column < EXCEL_COLUMNS;
	}
	for (; *reference >= 'A' && *reference <= 'Z' && column <= EXCEL_COLUMNS; reference++)
		column = column * 26 + (size_t)(*reference - 'A') + 1;
	if (column == 0 || column > EXCEL_COLUMNS || num_parse(reference, 1, EXCEL_ROWS, &row) != RC_OK)
		return false;
	xlsx->column = column - 1;
	xlsx->row = (size_t)row;
	return true;
}

static char type_of(const char *type)
{
	if (type == NULL || strcmp(type, "n") == 0)
		return 'n';
	if (strcmp(type, "inlineStr") == 0)
		return 'i';
	if (strcmp(type, "str") == 0 || strcmp(type, "d") == 0)
		return 't';
	return strcmp(type, "s") == 0 ? 's' : strcmp(type, "b") == 0 ? 'b' : 'e';
}

static void cell_start(struct xlsx *xlsx, const char **attributes)
{
	unsigned style = number_of(xlsx_attribute(attributes, "s"));

	if (!place_cell(xlsx, xlsx_attribute(attributes, "r"))) {
		xlsx_stop(xlsx, SHEET_EXIT_BAD);
		return;
	}
	xlsx->type = type_of(xlsx_attribute(attributes, "t"));
	xlsx->format = style < xlsx->style_count ? xlsx->styles[style] : FORMAT_PLAIN;
	xlsx->formula = xlsx->has_value = xlsx->collecting = xlsx->phonetic = false;
	xlsx->in_cell = true;
	buf_reset(&xlsx->text);
}

void cells_on_start(void *arg, const char *name, const char **attributes)
{
	struct xlsx *xlsx = arg;

	name = xlsx_local(name);
	if (strcmp(name, "c") == 0) {
		cell_start(xlsx, attributes);
	} else if (strcmp(name, "row") == 0) {
		const char *row = xlsx_attribute(attributes, "r");
		int64_t number;

		xlsx->column = (size_t)-1;
		if (row == NULL)
			xlsx->row++;
		else if (num_parse(row, 1, EXCEL_ROWS, &number) == RC_OK)
			xlsx->row = (size_t)number;
		else
			xlsx_stop(xlsx, SHEET_EXIT_BAD);
	} else if (xlsx->in_cell && strcmp(name, "f") == 0) {
		xlsx->formula = true;
	} else if (xlsx->in_cell && strcmp(name, "v") == 0) {
		xlsx->has_value = xlsx->collecting = true;
	} else if (xlsx->in_cell && xlsx->type == 'i') {
		text_start(xlsx, name);
	}
}

static enum sheet_exit cell_end(struct xlsx *xlsx)
{
	const char *text = xlsx->text.data;
	size_t len = xlsx->text.len;
	char number[48];

	if (xlsx->type == 'e' || (xlsx->formula && !xlsx->has_value)) {
		xlsx->out->fault_row = xlsx->row;
		xlsx->out->fault_column = xlsx->column + 1;
		return SHEET_EXIT_FORMULA;
	}
	if (len == 0)
		return SHEET_EXIT_OK;
	if (xlsx->type == 's') {
		int64_t at;

		if (num_parse(text, 0, (int64_t)xlsx->string_count - 1, &at) != RC_OK)
			return SHEET_EXIT_BAD;
		text = xlsx->strings.data + xlsx->string_at[at];
		len = xlsx->string_at[at + 1] - xlsx->string_at[at];
		if (len == 0)
			return SHEET_EXIT_OK;
	} else if (xlsx->type == 'n') {
		format_number(text, xlsx->format, xlsx->from_1904, number, sizeof(number));
		text = number;
		len = strlen(number);
	}
	return sheet_out_cell(xlsx->out, xlsx->row, xlsx->column, text, len);
}

void cells_on_end(void *arg, const char *name)
{
	struct xlsx *xlsx = arg;
	enum sheet_exit status;

	name = xlsx_local(name);
	if (strcmp(name, "c") == 0 && xlsx->in_cell) {
		xlsx->in_cell = false;
		status = cell_end(xlsx);
		if (status != SHEET_EXIT_OK)
			xlsx_stop(xlsx, status);
	} else if (strcmp(name, "v") == 0) {
		xlsx->collecting = false;
	} else {
		text_end(xlsx, name);
	}
}
