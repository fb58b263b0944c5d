/*
 * pngin.c: a PNG into a raster of the wished size, by libpng, line by line. Dimensions are checked
 * before a line is unpacked; an interlaced picture must fit into memory whole.
 */
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

#include "image/image.h"

#define SIDE_MAX 50000
#define INTERLACED_MAX ((uint64_t)8 << 20)	/* pixels */

struct work {
	png_structp png;
	png_infop info;
	struct raster_writer *writer;
	uint8_t *line;
	const char *why;
};

static void fail(png_structp png, png_const_charp text)
{
	(void)text;
	longjmp(png_jmpbuf(png), 1);
}

static void ignore(png_structp png, png_const_charp text)
{
	(void)png;
	(void)text;
}

static void take(png_structp png, png_bytep out, size_t len)
{
	const struct image_input *input = png_get_io_ptr(png);

	while (len > 0) {
		size_t got = input->read(input->arg, out, len);

		if (got == 0)
			png_error(png, "end");
		out += got;
		len -= got;
	}
}

/* White paper behind what is transparent; 8 bits a channel, RGB or grey. */
static enum image_space arrange(struct work *work)
{
	png_color_16 white = { .red = 0xffff, .green = 0xffff, .blue = 0xffff, .gray = 0xffff };
	int type = png_get_color_type(work->png, work->info);
	bool clear = (type & PNG_COLOR_MASK_ALPHA) != 0 ||
			png_get_valid(work->png, work->info, PNG_INFO_tRNS) != 0;

	png_set_expand(work->png);
	png_set_scale_16(work->png);
	if (clear) {
		if ((type & PNG_COLOR_MASK_COLOR) == 0)
			png_set_gray_to_rgb(work->png);
		white.red = white.green = white.blue = white.gray = 0xff;
		png_set_background(work->png, &white, PNG_BACKGROUND_GAMMA_SCREEN, 0, 1.0);
	}
	return (type & PNG_COLOR_MASK_COLOR) == 0 && !clear ? IMAGE_GREY : IMAGE_RGB;
}

static const char *lines(struct work *work, uint32_t width, uint32_t height, bool whole)
{
	size_t row = png_get_rowbytes(work->png, work->info);
	png_bytep *rows;

	if (!whole) {
		work->line = malloc(row);
		if (work->line == NULL)
			return IMAGE_MEMORY;
		for (uint32_t y = 0; y < height; y++) {
			png_read_row(work->png, work->line, NULL);
			raster_writer_line(work->writer, work->line);
		}
		return NULL;
	}
	(void)width;
	work->line = malloc(row * height + height * sizeof(*rows));
	if (work->line == NULL)
		return IMAGE_MEMORY;
	rows = (png_bytep *)(void *)(work->line);
	for (uint32_t y = 0; y < height; y++)
		rows[y] = work->line + height * sizeof(*rows) + y * row;
	png_read_image(work->png, rows);
	for (uint32_t y = 0; y < height; y++)
		raster_writer_line(work->writer, rows[y]);
	return NULL;
}

static const char *decode(struct work *work, const struct image_limits *limits, struct raster *out)
{
	uint32_t width, height;
	bool whole;
	enum image_space space;
	int orientation = raster_turned(1, limits->turns);

	png_set_user_limits(work->png, SIDE_MAX, SIDE_MAX);
	png_set_chunk_cache_max(work->png, 16);
	png_set_chunk_malloc_max(work->png, 1 << 20);
	png_set_keep_unknown_chunks(work->png, PNG_HANDLE_CHUNK_NEVER, NULL, 0);
	png_read_info(work->png, work->info);
	width = png_get_image_width(work->png, work->info);
	height = png_get_image_height(work->png, work->info);
	whole = png_get_interlace_type(work->png, work->info) != PNG_INTERLACE_NONE;
	if ((uint64_t)width * height > (whole && INTERLACED_MAX < limits->max_pixels ?
			INTERLACED_MAX : limits->max_pixels))
		return IMAGE_PIXELS;
	space = arrange(work);
	if (whole)
		(void)png_set_interlace_handling(work->png);
	png_read_update_info(work->png, work->info);
	if (png_get_rowbytes(work->png, work->info) != (size_t)width * (space == IMAGE_GREY ? 1 : 3))
		return IMAGE_DAMAGED;
	work->writer = raster_writer_new(width, height, space, limits->longest, orientation, out);
	if (work->writer == NULL)
		return IMAGE_MEMORY;
	out->source_width = orientation >= 5 ? height : width;
	out->source_height = orientation >= 5 ? width : height;
	return lines(work, width, height, whole);
}

const char *pngin_read(const struct image_input *input, const struct image_limits *limits,
		struct raster *out)
{
	struct work *work = calloc(1, sizeof(*work));
	const char *why = IMAGE_MEMORY;

	memset(out, 0, sizeof(*out));
	if (work == NULL)
		return why;
	work->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, fail, ignore);
	work->info = work->png != NULL ? png_create_info_struct(work->png) : NULL;
	if (work->info == NULL)
		goto out;
	work->why = IMAGE_DAMAGED;
	if (setjmp(png_jmpbuf(work->png)) == 0) {
		png_set_read_fn(work->png, (void *)(uintptr_t)input, take);
		work->why = decode(work, limits, out);
	}
	why = work->why;
	if (work->writer != NULL && !raster_writer_end(work->writer) && why == NULL)
		why = IMAGE_DAMAGED;
out:
	if (why != NULL)
		raster_free(out);
	png_destroy_read_struct(&work->png, &work->info, NULL);
	free(work->line);
	free(work);
	return why;
}
