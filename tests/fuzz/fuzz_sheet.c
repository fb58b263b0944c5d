/* fuzz_sheet.c: whatever file a person brings, sheet_read ends and says why; what it gives are lines. Input: 'f'
 * and a file, or the parts styles, strings and cells of an XLSX, parted by 0xff (a zip made of them: the
 * compression would hide them from the fuzzer). */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sheet/sheet.h"
#include "../unit/sheet_fixture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool check(void *arg, const char *bytes, size_t len)
{
	size_t *total = arg;

	if (len == 0 || bytes[len - 1] != '\n' || memchr(bytes, '\n', len) != bytes + len - 1)
		abort();
	*total += len;
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t total = 0;
	struct sheet_out out = { .write = check, .arg = &total };
	enum sheet_exit status;

	if (size > 0 && data[0] == 'f') {
		status = sheet_read((const char *)data + 1, size - 1, &out);
	} else {
		struct buf file = { 0 };
		char *text = calloc(1, size + 3), *part[3];

		if (text == NULL)
			abort();
		if (size > 0)
			memcpy(text, data, size);
		part[0] = text;
		for (int i = 1; i < 3; i++) {
			part[i] = strchr(part[i - 1], '\xff');
			if (part[i] == NULL)
				part[i] = part[i - 1] + strlen(part[i - 1]);
			else
				*part[i]++ = '\0';
		}
		sheet_fixture(&file, part[0], part[1], part[2]);
		status = sheet_read(file.data, file.len, &out);
		buf_free(&file);
		free(text);
	}
	if (status == SHEET_EXIT_OK)
		status = sheet_out_end(&out);
	if ((status != SHEET_EXIT_OK && status < SHEET_EXIT_BAD) || status > SHEET_EXIT_LETTERS || out.row > SHEET_ROWS)
		abort();
	buf_free(&out.line);
	return 0;
}
