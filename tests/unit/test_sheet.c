/* test_sheet.c: spreadsheets in and out: what a clerk opens in Excel, what Excel, LibreOffice and an enemy
 * hand in. */
#define _GNU_SOURCE /* memfd_create */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zip.h>

#include <cmocka.h>

#include "base/csv.h"
#include "base/file.h"
#include "base/rows.h"
#include "sheet/sheet.h"
#include "sheet_fixture.h"
#include "thin.h"
#include "web/sheet.h"

static bool keep(void *arg, const char *bytes, size_t len)
{
	buf_add(arg, bytes, len);
	return true;
}

static enum sheet_exit read_bytes(const char *bytes, size_t len, struct buf *rows, struct sheet_out *out)
{
	enum sheet_exit status;

	memset(out, 0, sizeof(*out));
	buf_reset(rows);
	buf_text(rows, "");
	out->write = keep;
	out->arg = rows;
	status = sheet_read(bytes, len, out);
	if (status == SHEET_EXIT_OK)
		status = sheet_out_end(out);
	buf_free(&out->line);
	return status;
}

static void check(const char *what, const char *bytes, size_t len, enum sheet_exit wanted, const char *rows)
{
	struct buf got = { 0 };
	struct sheet_out out;
	enum sheet_exit status = read_bytes(bytes, len, &got, &out);

	if (status != wanted)
		fail_msg("%s: status %d, wanted %d", what, (int)status, (int)wanted);
	if (rows != NULL && strcmp(got.data, rows) != 0)
		fail_msg("%s: got\n%s\nwanted\n%s", what, got.data, rows);
	buf_free(&got);
}

static void check_sheet(const char *what, const char *cells, enum sheet_exit wanted, const char *rows)
{
	struct buf file = { 0 };

	sheet_fixture(&file, SHEET_STYLES, SHEET_STRINGS, cells);
	check(what, file.data, file.len, wanted, rows);
	buf_free(&file);
}

static void csv_as_excel_opens_it(void **state)
{
	static const char *const cases[][2] = {
		{ "Nguyễn Văn Thử", "Nguyễn Văn Thử" }, { "", "" }, { "a;b", "\"a;b\"" }, { "a,b", "\"a,b\"" },
		{ "\"x\"", "\"\"\"x\"\"\"" }, { "a\nb", "\"a\nb\"" }, { "=1+1", "'=1+1" }, { "+84", "'+84" },
		{ "-5", "'-5" }, { "@SUM(A1)", "'@SUM(A1)" }, { "=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0" },
		{ "\t=1", "\"'\t=1\"" }, { "\r=1", "\"'\r=1\"" }, { "=\"a\"", "\"'=\"\"a\"\"\"" },
		{ "000090000001", "000090000001" },
	};
	struct buf out = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buf_reset(&out);
		buf_text(&out, "");
		csv_add(&out, cases[i][0]);
		assert_string_equal(out.data, cases[i][1]);
	}
	buf_free(&out);
}

static void rows_come_back(void **state)
{
	static const char *const cells[] = { "a\tb", "c\nd", "\\", "", "x\r", "\\n", "" };
	struct buf out = { 0 };
	char *back[10];

	(void)state;
	for (size_t i = 0; i < 7; i++) {
		if (i > 0)
			buf_char(&out, '\t');
		rows_add(&out, cells[i], strlen(cells[i]));
	}
	assert_null(strchr(out.data, '\n'));
	assert_int_equal(rows_split(out.data, back, 10), 7);
	for (size_t i = 0; i < 7; i++)
		assert_string_equal(back[i], cells[i]);
	buf_reset(&out);
	buf_text(&out, "a\\");
	assert_int_equal(rows_split(out.data, back, 10), 1);
	assert_string_equal(back[0], "a\\");
	buf_reset(&out);
	buf_text(&out, "a\tb\tc");
	assert_int_equal(rows_split(out.data, back, 2), 2);
	assert_string_equal(back[1], "b");
	buf_free(&out);
}

static void cells_of_a_sheet(void **state)
{
	(void)state;
	check_sheet("texts, shared and inline, gaps", "<row r=\"2\"><c r=\"A2\" t=\"s\"><v>0</v></c>"
			"<c r=\"C2\" t=\"inlineStr\"><is><r><t>a</t></r><r><t>b</t></r></is></c></row>"
			"<row r=\"5\"><c r=\"B5\" t=\"s\"><v>1</v></c></row>", SHEET_EXIT_OK,
			"\nNguyễn Văn Thử\t\tab\n\n\n\t漢\n");
	check_sheet("numbers as they are", "<row><c><v>1</v></c><c><v>0.1</v></c><c><v>0.10000000000000001</v></c>"
			"<c><v>9.0000001E7</v></c><c><v>-5</v></c><c><v>1234567890123456789</v></c></row>",
			SHEET_EXIT_OK, "1\t0.1\t0.1\t90000001\t-5\t1.23456789012346e+18\n");
	check_sheet("dates by style", "<row><c s=\"1\"><v>46351</v></c><c s=\"2\"><v>46351.628472222219</v></c>"
			"<c s=\"3\"><v>0.5</v></c><c s=\"4\"><v>90000001</v></c><c s=\"5\"><v>46351</v></c>"
			"<c s=\"6\"><v>46351</v></c><c s=\"1\"><v>59</v></c><c s=\"1\"><v>61</v></c>"
			"<c s=\"1\"><v>99999999</v></c></row>", SHEET_EXIT_OK,
			"2026-11-25\t2026-11-25T15:05\t12:00\t000090000001\t2026-11-25\t46351\t1900-02-28\t"
			"1900-03-01\t99999999\n");
	check_sheet("a formula is what stood there", "<row><c><f>A1+1</f><v>2</v></c>"
			"<c t=\"str\"><f>CONCAT(1)</f><v>=x</v></c></row>", SHEET_EXIT_OK, "2\t=x\n");
	check_sheet("a formula without a value", "<row><c><v>1</v></c><c><f>A1+1</f></c></row>",
			SHEET_EXIT_FORMULA, NULL);
	check_sheet("an error", "<row><c t=\"e\"><f>A9</f><v>#REF!</v></c></row>", SHEET_EXIT_FORMULA, NULL);
	check_sheet("a line that begins like a refusal", "<row><c t=\"inlineStr\"><is><t>!1</t></is></c></row>",
			SHEET_EXIT_OK, "\\!1\n");
	check_sheet("reading aid left out", "<row><c t=\"inlineStr\"><is><t>a</t><rPh><t>b</t></rPh></is></c></row>",
			SHEET_EXIT_OK, "a\n");
	check_sheet("formatted empty rows at the end are none", "<row r=\"1\"><c><v>1</v></c></row>"
			"<row r=\"1048576\"><c s=\"1\"/></row>", SHEET_EXIT_OK, "1\n");
	check_sheet("empty", "", SHEET_EXIT_OK, "");
}

static void refused_with_a_reason(void **state)
{
	static const char locked[] = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and more";
	struct buf file = { 0 };
	struct sheet_out out;

	(void)state;
	check("old .xls", locked, sizeof(locked) - 1, SHEET_EXIT_LOCKED, "");
	check("cut zip", "PK\x03\x04 nothing", 12, SHEET_EXIT_BAD, "");
	check("picture", "\x89PNG\r\n\x1a\n\0\0", 10, SHEET_EXIT_BAD, "");
	check("TCVN3", "Nguy\xd4n V\xa8n;1\n", 13, SHEET_EXIT_LETTERS, "");
	check_sheet("row 100,001", "<row r=\"100001\"><c><v>1</v></c></row>", SHEET_EXIT_ROWS, "");
	check_sheet("column 101", "<row r=\"1\"><c r=\"CW1\"><v>1</v></c></row>", SHEET_EXIT_COLUMNS, "");
	check_sheet("rows go back", "<row r=\"5\"><c><v>1</v></c></row><row r=\"4\"><c><v>1</v></c></row>",
			SHEET_EXIT_BAD, NULL);
	check_sheet("string that is not there", "<row><c t=\"s\"><v>9</v></c></row>", SHEET_EXIT_BAD, NULL);
	check_sheet("no address", "<row><c r=\"1A\"><v>1</v></c></row>", SHEET_EXIT_BAD, NULL);
	check_sheet("broken XML", "<row><c><v>1</c></row>", SHEET_EXIT_BAD, NULL);
	sheet_fixture(&file, "<!DOCTYPE x [<!ENTITY a \"aaaa\">]><styleSheet>&a;</styleSheet>", SHEET_STRINGS, "");
	check("entities", file.data, file.len, SHEET_EXIT_BAD, NULL);
	buf_reset(&file);
	sheet_fixture(&file, SHEET_STYLES, SHEET_STRINGS, "<row r=\"7\"><c r=\"AB7\"><f>NOW()</f></c></row>");
	{
		struct buf rows = { 0 };

		assert_int_equal(read_bytes(file.data, file.len, &rows, &out), SHEET_EXIT_FORMULA);
		assert_int_equal(out.fault_row, 7);
		assert_int_equal(out.fault_column, 28);
		buf_free(&rows);
	}
	buf_free(&file);
}

/* A zip of a few hundred KB that unpacks to more than is allowed; a hundred thousand rows. */
static void bombs_and_long_lists(void **state)
{
	struct buf cells = { 0 }, file = { 0 }, rows = { 0 };
	struct sheet_out out;
	size_t lines = 0;
	char blank[1 << 16];

	(void)state;
	memset(blank, ' ', sizeof(blank));
	/* Ten seconds of an emulated processor, which counts bytes as any other does. */
	while (thin() == 1 && cells.len < SHEET_UNPACKED_BYTES) {
		buf_text(&cells, "<row><c s=\"0\"/></row>");
		buf_add(&cells, blank, sizeof(blank));
	}
	if (cells.len > 0) {
		sheet_fixture(&file, SHEET_STYLES, SHEET_STRINGS, cells.data);
		assert_true(file.len < 2u << 20);
		assert_int_equal(read_bytes(file.data, file.len, &rows, &out), SHEET_EXIT_SIZE);
		buf_reset(&cells);
		buf_reset(&file);
	}
	for (unsigned i = 1; i <= SHEET_ROWS; i++)
		buf_printf(&cells, "<row r=\"%u\"><c r=\"A%u\" t=\"s\"><v>0</v></c></row>", i, i);
	sheet_fixture(&file, SHEET_STYLES, SHEET_STRINGS, cells.data);
	assert_int_equal(read_bytes(file.data, file.len, &rows, &out), SHEET_EXIT_OK);
	for (size_t i = 0; i < rows.len; i++)
		lines += rows.data[i] == '\n';
	assert_int_equal(lines, SHEET_ROWS);

	buf_printf(&cells, "<row><c><v>1</v></c></row>");
	buf_reset(&file);
	sheet_fixture(&file, SHEET_STYLES, SHEET_STRINGS, cells.data);
	assert_int_equal(read_bytes(file.data, file.len, &rows, &out), SHEET_EXIT_ROWS);
	assert_int_equal(out.fault_row, SHEET_ROWS + 1);
	buf_free(&cells);
	buf_free(&file);
	buf_free(&rows);
}

static void text_files(void **state)
{
	static const char utf16[] = "\xff\xfeH\0\t\0\xd3\x1e\n\0";
	static const struct { const char *in, *rows; } cases[] = {
		{ "a;b\r\nc;d\r\n", "a\tb\nc\td\n" }, { "a,b\n1,\"x,y\"\n", "a\tb\n1\tx,y\n" },
		{ "\xef\xbb\xbfHọ tên;Ngày\n", "Họ tên\tNgày\n" }, { "a\tb", "a\tb\n" },
		{ "sep=,\r\na,b\n", "a\tb\n" }, { "\"a\"\"b\";\"c\nd\"\n", "a\"b\tc\\nd\n" },
		{ "\n\nx\n", "\n\nx\n" }, { "a;;\n;;\n", "a\n" }, { "", "" }, { "\"open", "open\n" }, { "=1+1;2", "=1+1\t2\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check(cases[i].in, cases[i].in, strlen(cases[i].in), SHEET_EXIT_OK, cases[i].rows);
	check("UTF-16", utf16, sizeof(utf16) - 1, SHEET_EXIT_OK, "H\tồ\n");
}

/* What we write, we read; text that looks like a formula is text. */
static void written_and_read(void **state)
{
	static const char lines[] = "N\tSổ [x]\nC\tn6\tt30\td12\tw18\nT\tSổ theo dõi\nH\tSTT\tTên\tNgày\tLúc\n"
			"R\t1\t=SUM(A1)\\nhai dòng\t2026-11-25\t2026-11-25T15:05\nR\tkhông\t&<>\"\tx\t\nF\t2\n";
	int in = memfd_create("in", 0), out = memfd_create("out", 0);
	static char file[65536];
	ssize_t len;

	(void)state;
	assert_int_equal(write(in, lines, sizeof(lines) - 1), sizeof(lines) - 1);
	assert_int_equal(lseek(in, 0, SEEK_SET), 0);
	assert_int_equal(sheet_write(in, out, "."), SHEET_EXIT_OK);
	len = pread(out, file, sizeof(file), 0);
	assert_true(len > 1000);
	check("ours", file, (size_t)len, SHEET_EXIT_OK, "Sổ theo dõi\nSTT\tTên\tNgày\tLúc\n"
			"1\t=SUM(A1)\\nhai dòng\t2026-11-25\t2026-11-25T15:05\nkhông\t&<>\"\tx\n2\n");
	assert_int_equal(lseek(in, 0, SEEK_SET), 0);
	assert_int_equal(ftruncate(in, 0), 0);
	assert_int_equal(write(in, "Z\t1\n", 4), 4);
	assert_int_equal(lseek(in, 0, SEEK_SET), 0);
	assert_int_equal(sheet_write(in, out, "."), SHEET_EXIT_BAD);
	(void)close(in);
	(void)close(out);
}

static enum rc count_row(void *arg, size_t row, char **cells, size_t count)
{
	size_t *seen = arg;

	if (row == 1)
		assert_string_equal(cells[0], "Nguyễn Văn Thử");
	*seen += count;
	return RC_OK;
}

/* Through the process of its own, as a page does it. */
static void by_the_program(void **state)
{
	struct pool *pool = pool_new();
	const char *dir = getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp";
	char *name = pool_printf(pool, "sheet-test-%ld.xlsx", (long)getpid());
	char *path = pool_printf(pool, "%s/%s", dir, name);
	struct buf file = { 0 };
	const char *fault;
	size_t seen = 0;

	(void)state;
	if (getenv("RUN") != NULL && *getenv("RUN") != '\0') {
		(void)printf("skip by_the_program: a program cannot start another under emulation\n");
		skip();
	}
	sheet_fixture(&file, SHEET_STYLES, SHEET_STRINGS, "<row><c t=\"s\"><v>0</v></c><c><v>2</v></c></row>"
			"<row><c><v>3</v></c></row>");
	assert_int_equal(file_put(dir, name, file.data, file.len, 0600), RC_OK);
	assert_int_equal(sheet_import(pool, path, count_row, &seen, &fault), RC_OK);
	assert_int_equal(seen, 3);
	buf_reset(&file);
	sheet_fixture(&file, SHEET_STYLES, SHEET_STRINGS, "<row/><row><c/><c/><c><f>NOW()</f></c></row>");
	assert_int_equal(file_put(dir, name, file.data, file.len, 0600), RC_OK);
	assert_int_equal(sheet_import(pool, path, count_row, &seen, &fault), RC_INVALID);
	assert_non_null(strstr(fault, "Dòng 2, cột C"));
	assert_int_equal(file_put(dir, name, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8, 0600), RC_OK);
	assert_int_equal(sheet_import(pool, path, count_row, &seen, &fault), RC_INVALID);
	assert_non_null(strstr(fault, "mật khẩu"));
	(void)unlink(path);
	buf_free(&file);
	pool_free(pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(csv_as_excel_opens_it), cmocka_unit_test(rows_come_back),
		cmocka_unit_test(cells_of_a_sheet), cmocka_unit_test(refused_with_a_reason),
		cmocka_unit_test(bombs_and_long_lists), cmocka_unit_test(text_files),
		cmocka_unit_test(written_and_read), cmocka_unit_test(by_the_program),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
