/*
 * qr.c: the QR on a photographed card, by zbar: first in a small picture, then in a larger one.
 */
#include <iconv.h>
#include <stdlib.h>
#include <string.h>

#include <zbar.h>

#include "image/image.h"

#define TEXT_MAX 4096

void qr_prepare(void)
{
	/* What zbar opens for every code it finds, also where the bytes are wanted as they stand. Never
	 * closed: they stay loaded. A missing one is missing later too. */
	static const char *const alphabets[] = { "ISO8859-1", "SJIS", "BIG-5", "BIG5", "UTF-8", "CP437" };

	for (size_t i = 0; i < sizeof(alphabets) / sizeof(alphabets[0]); i++)
		(void)iconv_open("UTF-8", alphabets[i]);
}

static bool scan(const struct raster *raster, struct image_bytes *out)
{
	zbar_image_scanner_t *scanner = zbar_image_scanner_create();
	zbar_image_t *image = zbar_image_create();
	const zbar_symbol_t *symbol;
	bool found = false;

	if (scanner == NULL || image == NULL)
		goto out;
	(void)zbar_image_scanner_set_config(scanner, ZBAR_NONE, ZBAR_CFG_ENABLE, 0);
	(void)zbar_image_scanner_set_config(scanner, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1);
	/* The bytes as they stand: zbar's guess at their alphabet garbles Vietnamese. */
	(void)zbar_image_scanner_set_config(scanner, ZBAR_QRCODE, ZBAR_CFG_BINARY, 1);
	zbar_image_set_format(image, 0x30303859);	/* "Y800" */
	zbar_image_set_size(image, raster->width, raster->height);
	zbar_image_set_data(image, raster->bytes, (size_t)raster->width * raster->height, NULL);
	if (zbar_scan_image(scanner, image) < 1)
		goto out;
	symbol = zbar_image_first_symbol(image);
	out->len = symbol != NULL ? zbar_symbol_get_data_length(symbol) : 0;
	if (out->len == 0 || out->len > TEXT_MAX)
		goto out;
	out->data = malloc(out->len);
	found = out->data != NULL;
	if (found)
		memcpy(out->data, zbar_symbol_get_data(symbol), out->len);
out:
	if (image != NULL)
		zbar_image_destroy(image);
	if (scanner != NULL)
		zbar_image_scanner_destroy(scanner);
	return found;
}

/* zbar wants brightness alone; a picture without YCbCr is made grey here, in place. */
static void make_grey(struct raster *raster)
{
	size_t count = (size_t)raster->width * raster->height;

	for (size_t i = 0; raster->space != IMAGE_GREY && i < count; i++) {
		const uint8_t *at = raster->bytes + i * 3;

		raster->bytes[i] = raster->space == IMAGE_YCC ? at[0] :
				(uint8_t)((at[0] * 77 + at[1] * 150 + at[2] * 29) >> 8);
	}
	raster->space = IMAGE_GREY;
}

const char *qr_read(const struct image_input *input, uint64_t max_pixels, struct image_bytes *out)
{
	static const uint32_t sides[] = { 1200, 2600, 800 };
	const char *why = NULL;

	out->data = NULL;
	out->len = 0;
	for (size_t i = 0; i < sizeof(sides) / sizeof(sides[0]); i++) {
		struct image_limits limits = { .longest = sides[i], .max_pixels = max_pixels, .grey = true };
		struct raster raster;
		bool found;

		if (!input->rewind(input->arg))
			return IMAGE_DAMAGED;
		why = picture_read(input, &limits, &raster);
		if (why != NULL)
			return why;
		make_grey(&raster);
		found = scan(&raster, out);
		raster_free(&raster);
		if (found)
			return NULL;
	}
	return IMAGE_NO_CODE;
}
