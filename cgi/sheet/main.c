/*
 * main.c: `tram-sheet`: see sheet.h.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "sheet/sheet.h"

static const char usage[] =
		"usage: tram-sheet write --tmp FOLDER | tram-sheet read\n\n"
		"write: rows on standard input become an XLSX on standard output.\n"
		"read: an XLSX or CSV on standard input becomes rows on standard output.\n"
		"Exit status: 0 done; 10 not a spreadsheet; 11 locked or old .xls; 12 too many rows;\n"
		"13 too many columns or too long a cell; 14 too large; 15 a formula without a value;\n"
		"16 letters in an unknown encoding; 64 usage; 74 input or output failed.\n";

static bool to_stdout(void *arg, const char *bytes, size_t len)
{
	struct buf *held = arg;

	buf_add(held, bytes, len);
	if (held->len < 32768)
		return true;
	if (file_write_all(1, held->data, held->len) != RC_OK)
		return false;
	buf_reset(held);
	return true;
}

static enum sheet_exit read_all(int fd, struct buf *bytes)
{
	size_t got = 1;

	while (got > 0) {
		buf_reserve(bytes, 65536);
		if (file_read_all(fd, bytes->data + bytes->len, 65536, &got) != RC_OK)
			return SHEET_EXIT_IO;
		bytes->len += got;
		if (bytes->len > SHEET_FILE_BYTES)
			return SHEET_EXIT_SIZE;
	}
	bytes->data[bytes->len] = '\0';
	return SHEET_EXIT_OK;
}

static enum sheet_exit read_sheet(void)
{
	struct buf bytes = { 0 }, held = { 0 };
	struct sheet_out out = { .write = to_stdout, .arg = &held };
	enum sheet_exit status;
	char last[64];

	guard_set(true);
	status = read_all(0, &bytes);
	if (status == SHEET_EXIT_OK)
		status = sheet_read(bytes.data, bytes.len, &out);
	if (status == SHEET_EXIT_OK)
		status = sheet_out_end(&out);
	if (status != SHEET_EXIT_OK && status != SHEET_EXIT_IO) {
		(void)snprintf(last, sizeof(last), "!%zu\t%zu\n", out.fault_row, out.fault_column);
		(void)to_stdout(&held, last, strlen(last));
	}
	if (held.len > 0 && file_write_all(1, held.data, held.len) != RC_OK)
		status = SHEET_EXIT_IO;
	buf_free(&out.line);
	buf_free(&held);
	buf_free(&bytes);
	return status;
}

int main(int argc, char **argv)
{
	log_init("tram-sheet");
	(void)signal(SIGPIPE, SIG_IGN);
	if (argc == 2 && strcmp(argv[1], "read") == 0)
		return (int)read_sheet();
	if (argc == 4 && strcmp(argv[1], "write") == 0 && strcmp(argv[2], "--tmp") == 0) {
		guard_set(false);
		return (int)sheet_write(0, 1, argv[3]);
	}
	if (argc == 2 && strcmp(argv[1], "--help") == 0) {
		(void)fputs(usage, stdout);
		return 0;
	}
	(void)fputs(usage, stderr);
	return SHEET_EXIT_USAGE;
}
