/* sheet_fixture.h: XLSX files as tests need them: chosen parts in a zip. Header only: fuzz targets use it too. */
#ifndef TRAM_TESTS_SHEET_FIXTURE_H
#define TRAM_TESTS_SHEET_FIXTURE_H

#include <stdlib.h>
#include <string.h>
#include <zip.h>

#include "base/buf.h"

/* Styles 0 plain, 1 date, 2 date and time, 3 time, 4 twelve zeros, 5 a Vietnamese date, 6 text and colour. */
#define SHEET_STYLES "<styleSheet><numFmts><numFmt numFmtId=\"170\" formatCode=\"000000000000\"/>" \
	"<numFmt numFmtId=\"171\" formatCode=\"[$-42A]dd/mm/yyyy;@\"/>" \
	"<numFmt numFmtId=\"172\" formatCode=\"[Red]0 &quot;hồ sơ&quot;\"/></numFmts>" \
	"<cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/>" \
	"<xf numFmtId=\"22\"/><xf numFmtId=\"20\"/><xf numFmtId=\"170\"/><xf numFmtId=\"171\"/><xf numFmtId=\"172\"/>" \
	"</cellXfs></styleSheet>"
#define SHEET_STRINGS "<sst><si><t>Nguyễn Văn Thử</t></si><si><r><t>漢</t></r><rPh><t>kan</t></rPh></si></sst>"

static inline void sheet_fixture_part(zip_t *zip, const char *name, const char *text, size_t len)
{
	zip_source_t *source = zip_source_buffer(zip, text, len, 0);
	zip_int64_t index = source == NULL ? -1 : zip_file_add(zip, name, source, ZIP_FL_ENC_UTF_8);

	/* Level 1: a bomb of 160 MB is also made under qemu. */
	if (index < 0 || zip_set_file_compression(zip, (zip_uint64_t)index, ZIP_CM_DEFLATE, 1) != 0)
		abort();
}

/* Appends the file's bytes to out; cells: what stands in <sheetData>. */
static inline void sheet_fixture(struct buf *out, const char *styles, const char *strings, const char *cells)
{
	static const char rels[] = "<Relationships><Relationship Id=\"rId1\" Type=\"http://x/officeDocument\" "
			"Target=\"xl/workbook.xml\"/></Relationships>";
	static const char book[] = "<x:workbook xmlns:x=\"a\" xmlns:r=\"b\"><x:sheets><x:sheet name=\"h\" sheetId=\"9\" "
			"state=\"hidden\" r:id=\"rId9\"/><x:sheet name=\"a\" sheetId=\"1\" r:id=\"rId1\"/></x:sheets></x:workbook>";
	static const char book_rels[] = "<Relationships><Relationship Id=\"rId1\" Type=\"http://x/worksheet\" "
			"Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"rId2\" Type=\"http://x/styles\" "
			"Target=\"/xl/styles.xml\"/><Relationship Id=\"rId3\" Type=\"http://x/sharedStrings\" "
			"Target=\"sharedStrings.xml\"/></Relationships>";
	struct buf sheet = { 0 };
	zip_error_t error;
	zip_source_t *source, *kept;
	zip_stat_t info;
	zip_t *zip;

	buf_text(&sheet, "<worksheet><sheetData>");
	buf_text(&sheet, cells);
	buf_text(&sheet, "</sheetData></worksheet>");
	zip_error_init(&error);
	source = zip_source_buffer_create(NULL, 0, 0, &error);
	zip = zip_open_from_source(source, ZIP_TRUNCATE, &error);
	if (zip == NULL)
		abort();
	kept = source;
	zip_source_keep(kept);
	sheet_fixture_part(zip, "_rels/.rels", rels, sizeof(rels) - 1);
	sheet_fixture_part(zip, "xl/workbook.xml", book, sizeof(book) - 1);
	sheet_fixture_part(zip, "xl/_rels/workbook.xml.rels", book_rels, sizeof(book_rels) - 1);
	sheet_fixture_part(zip, "xl/styles.xml", styles, strlen(styles));
	sheet_fixture_part(zip, "xl/sharedStrings.xml", strings, strlen(strings));
	sheet_fixture_part(zip, "xl/worksheets/sheet1.xml", sheet.data, sheet.len);
	if (zip_close(zip) != 0 || zip_source_stat(kept, &info) != 0 || zip_source_open(kept) != 0)
		abort();
	buf_reserve(out, (size_t)info.size + 1);
	if (zip_source_read(kept, out->data + out->len, info.size) != (zip_int64_t)info.size)
		abort();
	out->len += (size_t)info.size;
	(void)zip_source_close(kept);
	zip_source_free(kept);
	zip_error_fini(&error);
	buf_free(&sheet);
}

#endif
