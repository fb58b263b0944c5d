/*
 * pdf.c: see pdf.h.
 */
#include "base/pdf.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static const char NAME[] = "/Encrypt";

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '\0';
}

void pdf_scan_feed(struct pdf_scan *scan, const void *bytes, size_t len)
{
	const char *at = bytes;
	size_t i;

	for (i = 0; i < len && !scan->encrypted; i++) {
		char c = at[i];

		if (scan->named) {
			if (is_blank(c))
				continue;
			/* A reference "12 0 R" or a dictionary "<<"; another name has it as its beginning. */
			scan->encrypted = (c >= '0' && c <= '9') || c == '<';
			scan->named = false;
			scan->matched = 0;
		}
		if (c == NAME[scan->matched])
			scan->matched++;
		else
			scan->matched = c == NAME[0];
		if (scan->matched == sizeof(NAME) - 1) {
			scan->named = true;
			scan->matched = 0;
		}
	}
}

enum rc pdf_file_encrypted(const char *path, bool *encrypted)
{
	struct pdf_scan scan = { 0, false, false };
	char bytes[8192];
	bool first = true;
	ssize_t len;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	*encrypted = false;
	if (fd < 0)
		return RC_IO;
	while ((len = read(fd, bytes, sizeof(bytes))) > 0 && !scan.encrypted) {
		if (first && (len < 5 || memcmp(bytes, "%PDF-", 5) != 0))
			break;
		first = false;
		pdf_scan_feed(&scan, bytes, (size_t)len);
	}
	(void)close(fd);
	*encrypted = scan.encrypted;
	return len < 0 ? RC_IO : RC_OK;
}
