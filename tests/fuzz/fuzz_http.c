/*
 * fuzz_http.c: the reader of HTTP answers. Whole or byte by byte, the verdict must be the same.
 */
#include <stdlib.h>
#include <string.h>

#include "link/http.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct verdict {
	enum rc rc;
	bool done;
	size_t used;
	struct http_answer answer;
};

static void read_all(const uint8_t *data, size_t size, size_t step, struct verdict *out)
{
	struct http_reader *reader = http_reader_new(false, 4096, &out->answer);

	while (out->used < size && out->rc == RC_OK && !out->done) {
		size_t part = size - out->used < step ? size - out->used : step, used;

		out->rc = http_reader_feed(reader, (const char *)data + out->used, part, &used,
				&out->done);
		out->used += used;
	}
	http_reader_free(reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct verdict whole = { .rc = RC_OK }, bytes = { .rc = RC_OK };
	char value[64];

	read_all(data, size, SIZE_MAX, &whole);
	read_all(data, size, 1, &bytes);
	if (whole.done != bytes.done || (whole.rc == RC_OK) != (bytes.rc == RC_OK))
		abort();
	if (whole.done && (whole.used != bytes.used || whole.answer.body.len != bytes.answer.body.len ||
			whole.answer.status != bytes.answer.status))
		abort();
	http_header(&whole.answer, "Upload-Offset", value, sizeof(value));
	http_answer_free(&whole.answer);
	http_answer_free(&bytes.answer);
	return 0;
}
