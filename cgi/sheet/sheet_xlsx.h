/*
 * sheet_xlsx.h: the state of reading one XLSX, between the parts (sheet_xlsx.c) and the cells
 * (sheet_cells.c).
 */
#ifndef TRAM_SHEET_SHEET_XLSX_H
#define TRAM_SHEET_SHEET_XLSX_H

#include <expat.h>
#include <stdbool.h>
#include <stdint.h>
#include <zip.h>

#include "sheet/sheet.h"

struct custom_format {
	unsigned id;
	unsigned char format;
};

struct xlsx {
	zip_t *zip;
	XML_Parser parser;
	struct sheet_out *out;
	enum sheet_exit status;
	size_t left;			/* bytes that may still be unpacked */

	const char *wanted_type;	/* of a relation looked for */
	char wanted_id[64], target[512], folder[128];
	char sheet_id[64];
	bool from_1904;

	struct custom_format *custom;	/* number formats of the file */
	size_t custom_count;
	unsigned char *styles;		/* of a cell's style: its format */
	size_t style_count;
	bool in_cell_styles;

	struct buf strings;		/* shared strings, one after the other */
	uint32_t *string_at;		/* their beginnings, and the end of the last */
	size_t string_count, string_room;

	struct buf text;		/* what is being collected */
	bool collecting, phonetic;
	size_t row, column;		/* of the cell at hand, from 1 and 0 */
	char type;			/* s shared, i inline, t text, b flag, e error, n number */
	unsigned char format;
	bool formula, has_value, in_cell;
};

/* Ends the parse with this status. */
void xlsx_stop(struct xlsx *xlsx, enum sheet_exit status);
/* Names without their prefix: producers differ. */
const char *xlsx_local(const char *name);
const char *xlsx_attribute(const char **attributes, const char *local);

void cells_on_style(void *arg, const char *name, const char **attributes);
void cells_on_string(void *arg, const char *name, const char **attributes);
void cells_on_string_end(void *arg, const char *name);
void cells_on_start(void *arg, const char *name, const char **attributes);
void cells_on_end(void *arg, const char *name);
void cells_on_text(void *arg, const char *text, int len);

#endif
