/*
 * jpegout.c: a raster as a JPEG of at most so many bytes. Nothing of the camera's metadata is in a
 * raster, so nothing of it can come out.
 */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include "image/image.h"

#define STEP 6
#define SAMPLE 8u		/* one in so many rows of blocks */
#define SAMPLE_LINES 16u
#define SAMPLE_PIXELS 500000u
#define FIRST_BYTES ((size_t)256 << 10)

struct sink {
	struct jpeg_destination_mgr mgr;
	uint8_t *data;
	size_t cap, max;
};

struct failure {
	struct jpeg_error_mgr mgr;
	jmp_buf jump;
	int full;			/* more than max: how much of the picture fitted, percent; else 0 */
};

static void fail(j_common_ptr info)
{
	longjmp(((struct failure *)info->err)->jump, 1);
}

static void no_output(j_common_ptr info)
{
	(void)info;
}

static void sink_init(j_compress_ptr info)
{
	struct sink *sink = (struct sink *)info->dest;

	sink->mgr.next_output_byte = sink->data;
	sink->mgr.free_in_buffer = sink->cap;
}

static boolean sink_grow(j_compress_ptr info)
{
	struct sink *sink = (struct sink *)info->dest;
	size_t used = sink->cap, more = used * 2;
	uint8_t *data;

	if (used > sink->max) {
		((struct failure *)info->err)->full = 1 + (int)((uint64_t)info->next_scanline * 98 /
				info->image_height);
		fail((j_common_ptr)info);
	}
	data = realloc(sink->data, more);
	if (data == NULL)
		fail((j_common_ptr)info);
	sink->data = data;
	sink->cap = more;
	sink->mgr.next_output_byte = data + used;
	sink->mgr.free_in_buffer = more - used;
	return TRUE;
}

static void sink_end(j_compress_ptr info)
{
	(void)info;
}

static void compress(struct jpeg_compress_struct *info, const struct raster *raster, int quality)
{
	size_t row = (size_t)raster->width * raster_channels(raster);

	info->image_width = raster->width;
	info->image_height = raster->height;
	info->input_components = (int)raster_channels(raster);
	info->in_color_space = raster->space == IMAGE_GREY ? JCS_GRAYSCALE :
			raster->space == IMAGE_YCC ? JCS_YCbCr : JCS_RGB;
	jpeg_set_defaults(info);
	jpeg_set_quality(info, quality, TRUE);
	jpeg_start_compress(info, TRUE);
	while (info->next_scanline < info->image_height) {
		JSAMPROW line = raster->bytes + info->next_scanline * row;

		(void)jpeg_write_scanlines(info, &line, 1);
	}
	jpeg_finish_compress(info);
}

/* One try. False: *full above 0 says that it was only too large. */
static bool try(const struct raster *raster, int quality, size_t max, struct image_bytes *out,
		int *full)
{
	struct jpeg_compress_struct *info = calloc(1, sizeof(*info));
	struct sink *sink = calloc(1, sizeof(*sink));
	struct failure failure = { .full = 0 };
	volatile bool done = false;	/* setjmp */

	out->data = NULL;
	out->len = 0;
	if (info == NULL || sink == NULL)
		goto out;
	sink->max = max;
	sink->cap = max < FIRST_BYTES ? max + 1024 : FIRST_BYTES;
	sink->data = malloc(sink->cap);
	if (sink->data == NULL)
		goto out;
	sink->mgr = (struct jpeg_destination_mgr){ .init_destination = sink_init,
		.empty_output_buffer = sink_grow, .term_destination = sink_end };
	info->err = jpeg_std_error(&failure.mgr);
	failure.mgr.error_exit = fail;
	failure.mgr.output_message = no_output;
	if (setjmp(failure.jump) == 0) {
		jpeg_create_compress(info);
		info->dest = &sink->mgr;
		compress(info, raster, quality);
		out->len = sink->cap - sink->mgr.free_in_buffer;
		out->data = sink->data;
		sink->data = NULL;
		failure.full = out->len > max ? 99 : 0;
		done = true;
	}
	jpeg_destroy_compress(info);
out:
	*full = failure.full;
	if (sink != NULL)
		free(sink->data);
	free(sink);
	free(info);
	return done;
}

/* Every SAMPLE-th row of blocks as a picture of its own: what it needs tells what all need. Rows of
 * blocks are 16 lines high: so the blocks are the same ones. */
static bool sample_make(const struct raster *raster, struct raster *out)
{
	size_t row = (size_t)raster->width * raster_channels(raster), stripe = SAMPLE_LINES * row;

	*out = *raster;
	out->height = raster->height / (SAMPLE_LINES * SAMPLE) * SAMPLE_LINES;
	out->bytes = out->height > 0 ? malloc(out->height * row) : NULL;
	for (uint32_t i = 0; out->bytes != NULL && i < out->height / SAMPLE_LINES; i++)
		memcpy(out->bytes + i * stripe, raster->bytes + (i * SAMPLE + SAMPLE / 2) * stripe, stripe);
	return out->bytes != NULL;
}

static bool sample_fits(const struct raster *sample, const struct raster *raster, int quality,
		size_t max_bytes)
{
	struct image_bytes bytes;
	uint64_t whole = 0;
	int full;

	if (try(sample, quality, SIZE_MAX / 4, &bytes, &full))
		whole = (uint64_t)bytes.len * raster->height / sample->height;
	free(bytes.data);
	return whole <= max_bytes;
}

/* The best of from, from - STEP, … that will do, by the sample; least at worst. A large picture only:
 * of a small one a try costs less than a sample is worth. */
static int guess(const struct raster *raster, int from, int least, size_t max_bytes)
{
	struct raster sample;
	int good = 0, bad = (from - least + STEP - 1) / STEP;

	if ((uint64_t)raster->width * raster->height < SAMPLE_PIXELS || !sample_make(raster, &sample))
		return from;
	/* In steps down from the start: good and all before may do, bad and all after need no look. */
	while (good < bad) {
		int middle = good == 0 && bad * STEP >= from - least ? 0 : (good + bad) / 2;

		if (sample_fits(&sample, raster, from - middle * STEP, max_bytes))
			bad = middle;
		else
			good = middle + 1;
	}
	free(sample.bytes);
	return from - bad * STEP > least ? from - bad * STEP : least;
}

bool jpegout_write(const struct raster *raster, int from, int least, size_t max_bytes,
		struct image_bytes *out, int *quality)
{
	int full = 0;

	/* What was far too large goes down faster. */
	for (*quality = guess(raster, from, least, max_bytes); ; *quality -= full < 45 ? 4 * STEP :
			full < 65 ? 3 * STEP : full < 82 ? 2 * STEP : STEP) {
		bool last = *quality <= least;

		if (last)
			*quality = least;
		if (try(raster, *quality, last ? SIZE_MAX / 4 : max_bytes, out, &full) && (last || full == 0))
			return true;
		free(out->data);
		out->data = NULL;
		if (last || full == 0)
			return false;
	}
}
