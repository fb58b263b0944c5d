/*
 * raster.c: see image.h. A picture is made smaller while its lines come, by the mean of the area that
 * one new pixel covers, so that nothing but the small picture is held. First the lines of one new row are
 * added up, pixel by pixel, which a compiler makes fast; then that one line is made narrower.
 */
#include <stdlib.h>
#include <string.h>

#include "image/image.h"

void raster_free(struct raster *raster)
{
	free(raster->bytes);
	memset(raster, 0, sizeof(*raster));
}

static unsigned channels_of(enum image_space space)
{
	return space == IMAGE_GREY ? 1 : 3;
}

unsigned raster_channels(const struct raster *raster)
{
	return channels_of(raster->space);
}

struct raster_writer {
	struct raster *out;
	uint32_t from_width, from_height, width, height;	/* as lines come, and made smaller */
	unsigned channels;
	int orientation;
	uint32_t lines, rows;		/* come in; laid down */
	float *sum;			/* lines of one row so far; room for one more pixel behind */
	uint8_t *row;
	unsigned taps;			/* old pixels that have a share in a new one */
	uint32_t *first;
	float *shares;
	float filled;			/* how much of the row's height is in sum */
	float step_x, step_y;
};

static void fit(uint32_t width, uint32_t height, uint32_t longest, uint32_t *w, uint32_t *h)
{
	uint32_t side = width > height ? width : height;

	*w = width;
	*h = height;
	if (side <= longest)
		return;
	*w = (uint32_t)(((uint64_t)width * longest + side / 2) / side);
	*h = (uint32_t)(((uint64_t)height * longest + side / 2) / side);
	*w = *w > 0 ? *w : 1;
	*h = *h > 0 ? *h : 1;
}

/* For each new pixel: where its part of the line begins, and the share of each old pixel in it. */
static bool shares_make(struct raster_writer *writer)
{
	writer->taps = (unsigned)writer->step_x + 2;
	writer->first = calloc(writer->width, sizeof(*writer->first));
	writer->shares = calloc((size_t)writer->width * writer->taps, sizeof(*writer->shares));
	if (writer->first == NULL || writer->shares == NULL)
		return false;
	for (uint32_t x = 0; x < writer->width; x++) {
		float left = (float)x * writer->step_x, to = left + writer->step_x;
		float *share = writer->shares + (size_t)x * writer->taps;
		uint32_t at = (uint32_t)left, last = writer->from_width - 1;

		/* Never past the line's end: shares of 0 are read too. */
		if (at + writer->taps > writer->from_width)
			at = writer->from_width > writer->taps ? writer->from_width - writer->taps : 0;
		writer->first[x] = at;
		for (unsigned k = 0; k < writer->taps && at <= last; k++, at++) {
			float from = left > (float)at ? left : (float)at;
			float end = to < (float)(at + 1) || at == last ? to : (float)(at + 1);

			share[k] = end > from ? (end - from) / writer->step_x : 0;
		}
	}
	return true;
}

struct raster_writer *raster_writer_new(uint32_t width, uint32_t height, enum image_space space,
		uint32_t longest, int orientation, struct raster *out)
{
	struct raster_writer *writer = calloc(1, sizeof(*writer));
	bool aside = orientation >= 5;

	memset(out, 0, sizeof(*out));
	if (writer == NULL || width == 0 || height == 0)
		goto fail;
	writer->out = out;
	writer->from_width = width;
	writer->from_height = height;
	writer->channels = channels_of(space);
	writer->orientation = orientation >= 1 && orientation <= 8 ? orientation : 1;
	fit(width, height, longest, &writer->width, &writer->height);
	writer->step_x = (float)width / (float)writer->width;
	writer->step_y = (float)height / (float)writer->height;
	out->space = space;
	out->width = aside ? writer->height : writer->width;
	out->height = aside ? writer->width : writer->height;
	writer->sum = calloc(((size_t)width + 1) * writer->channels, sizeof(float));
	out->bytes = malloc((size_t)writer->width * writer->height * writer->channels);
	writer->row = malloc((size_t)writer->width * writer->channels);
	if (!shares_make(writer) || !writer->sum || !writer->row || out->bytes == NULL)
		goto fail;
	return writer;
fail:
	raster_writer_drop(writer);
	raster_free(out);
	return NULL;
}

void raster_writer_drop(struct raster_writer *writer)
{
	if (writer == NULL)
		return;
	free(writer->sum);
	free(writer->row);
	free(writer->first);
	free(writer->shares);
	free(writer);
}

/* EXIF 2.3, tag 0x0112: where line y begins in the raster, and how far the next pixel is. */
static void place(const struct raster_writer *writer, uint32_t y, size_t *first, ptrdiff_t *step)
{
	ptrdiff_t channels = (ptrdiff_t)writer->channels, row = (ptrdiff_t)writer->out->width * channels;
	ptrdiff_t last_x = (ptrdiff_t)writer->width - 1, last_y = (ptrdiff_t)writer->height - 1;
	ptrdiff_t line = (ptrdiff_t)y;

	switch (writer->orientation) {
	case 2: *first = (size_t)(line * row + last_x * channels); *step = -channels; break;
	case 3: *first = (size_t)((last_y - line) * row + last_x * channels); *step = -channels; break;
	case 4: *first = (size_t)((last_y - line) * row); *step = channels; break;
	case 5: *first = (size_t)(line * channels); *step = row; break;
	case 6: *first = (size_t)((last_y - line) * channels); *step = row; break;
	case 7: *first = (size_t)((last_y - line) * channels + last_x * row); *step = -row; break;
	case 8: *first = (size_t)(line * channels + last_x * row); *step = -row; break;
	default: *first = (size_t)(line * row); *step = channels; break;
	}
}

/* Lays down one row of bytes. */
static void lay_bytes(struct raster_writer *writer, const uint8_t *line)
{
	size_t at;
	ptrdiff_t step;

	if (writer->rows >= writer->height)
		return;
	place(writer, writer->rows++, &at, &step);
	if (step == (ptrdiff_t)writer->channels) {
		memcpy(writer->out->bytes + at, line, (size_t)writer->width * writer->channels);
		return;
	}
	for (uint32_t x = 0; x < writer->width; x++) {
		memcpy(writer->out->bytes + at, line + (size_t)x * writer->channels, writer->channels);
		at = (size_t)((ptrdiff_t)at + step);
	}
}

static uint8_t byte_of(float value)
{
	value += 0.5f;
	return value >= 255 ? 255 : value <= 0 ? 0 : (uint8_t)value;
}

/* Means of the parts of the summed line that each new pixel covers, as bytes. */
static void narrow(struct raster_writer *writer, float scale)
{
	unsigned taps = writer->taps < writer->from_width ? writer->taps : writer->from_width;
	const float *share = writer->shares;
	uint8_t *to = writer->row;

	if (writer->channels == 1) {
		for (uint32_t x = 0; x < writer->width; x++, share += writer->taps) {
			const float *at = writer->sum + writer->first[x];
			float total = 0;

			for (unsigned k = 0; k < taps; k++)
				total += share[k] * at[k];
			to[x] = byte_of(total * scale);
		}
		return;
	}
	for (uint32_t x = 0; x < writer->width; x++, share += writer->taps, to += 3) {
		const float *at = writer->sum + (size_t)writer->first[x] * 3;
		float mean[4] = { 0 };	/* the fourth is the next pixel's: four at once are as cheap */

		for (unsigned k = 0; k < taps; k++, at += 3)
			for (int c = 0; c < 4; c++)
				mean[c] += share[k] * at[c];
		for (int c = 0; c < 3; c++)
			to[c] = byte_of(mean[c] * scale);
	}
}

/* Lays down what is in sum, as bytes. */
static void lay_sum(struct raster_writer *writer)
{
	narrow(writer, writer->filled > 0 ? 1.0f / writer->filled : 0);
	lay_bytes(writer, writer->row);
	memset(writer->sum, 0, (size_t)writer->from_width * writer->channels * sizeof(float));
	writer->filled = 0;
}

static void add(struct raster_writer *writer, const uint8_t *restrict line, float part)
{
	size_t count = (size_t)writer->from_width * writer->channels;
	float *restrict sum = writer->sum;

	for (size_t i = 0; i < count; i++)
		sum[i] += (float)line[i] * part;
	writer->filled += part;
}

void raster_writer_line(struct raster_writer *writer, const uint8_t *line)
{
	float left = (float)writer->lines, bottom = left + 1.0f;

	if (writer->lines >= writer->from_height)
		return;
	writer->lines++;
	if (writer->width == writer->from_width && writer->height == writer->from_height) {
		lay_bytes(writer, line);
		return;
	}
	while (writer->rows < writer->height && left < bottom) {
		float edge = (float)(writer->rows + 1) * writer->step_y;
		float stop = edge < bottom ? edge : bottom;

		add(writer, line, stop - left);
		left = stop;
		if (edge > bottom && writer->lines < writer->from_height)
			break;
		lay_sum(writer);
	}
	/* What rounding left of the last row. */
	while (writer->lines == writer->from_height && writer->rows < writer->height) {
		add(writer, line, 1.0f);
		lay_sum(writer);
	}
}

bool raster_writer_end(struct raster_writer *writer)
{
	bool whole = writer->rows == writer->height;

	raster_writer_drop(writer);
	return whole;
}

int raster_turned(int orientation, int turns)
{
	/* One quarter clockwise after each of 1..8. */
	static const int next[] = { 0, 6, 7, 8, 5, 2, 3, 4, 1 };
	int out = orientation >= 1 && orientation <= 8 ? orientation : 1;

	for (int i = 0; i < (turns & 3); i++)
		out = next[out];
	return out;
}

bool raster_shrink(const struct raster *from, uint32_t longest, struct raster *out)
{
	struct raster_writer *writer = raster_writer_new(from->width, from->height, from->space,
			longest, 1, out);

	if (writer == NULL)
		return false;
	for (uint32_t y = 0; y < from->height; y++)
		raster_writer_line(writer, from->bytes + (size_t)y * from->width * raster_channels(from));
	return raster_writer_end(writer);
}
