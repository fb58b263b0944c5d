/* fuzz_image.c: whatever is handed in as a photo, a PDF or a page to bind, it is read or told why not, in
 * bounded memory; what comes out is what was promised. Input: a letter that says what it is, and the file. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "image/image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct bytes { const uint8_t *data; size_t len, at; };

static size_t read_bytes(void *arg, uint8_t *out, size_t cap)
{
	struct bytes *bytes = arg;
	size_t left = bytes->len - bytes->at, len = left < cap ? left : cap;

	if (len > 0)
		memcpy(out, bytes->data + bytes->at, len);
	bytes->at += len;
	return len;
}

static bool rewind_bytes(void *arg)
{
	((struct bytes *)arg)->at = 0;
	return true;
}

static bool count(void *arg, const void *bytes, size_t len)
{
	(void)bytes;
	*(size_t *)arg += len;
	return true;
}

static void photo(const struct image_input *input, int turns, bool grey)
{
	/* Few pixels: the decoders are what is tried, not how long they take. */
	const struct image_limits limits = { .longest = 300, .max_pixels = 1 << 20, .turns = turns,
		.grey = grey };
	const struct quality_bounds bounds = { 60, 1000, 12 };
	struct raster raster;
	struct image_bytes page;
	int quality;

	if (picture_read(input, &limits, &raster) != NULL) {
		if (raster.bytes != NULL)
			abort();
		return;
	}
	if (raster.width == 0 || raster.height == 0 || raster.width > 300 || raster.height > 300 ||
			quality_judge(&raster, &bounds) > 7 ||
			!jpegout_write(&raster, 80, 40, 20000, &page, &quality) || page.len == 0)
		abort();
	free(page.data);
	raster_free(&raster);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes bytes = { data + 1, size - 1, 0 };
	struct image_input input = { read_bytes, rewind_bytes, &bytes };
	size_t pages = 0, written = 0;

	if (size == 0)
		return 0;
	if (data[0] == 'p') {
		const char *why = pdfcheck_read(&input, &pages);

		if (why == NULL && pages == 0)
			abort();
	} else if (data[0] == 'b') {
		if (bind_pages(&input, 1, count, &written) == NULL && written < bytes.len)
			abort();
	} else {
		photo(&input, data[0] & 3, (data[0] & 4) != 0);
	}
	return 0;
}
