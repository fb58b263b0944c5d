/*
 * jpegin.c: a JPEG into a raster of the wished size, by libjpeg: scaled while it is decoded, line by
 * line. Dimensions, and what a progressive picture would need, are checked before decoding.
 */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include "image/image.h"

#define CHUNK 32768
#define SCANS_MAX 60			/* a progressive photo has about ten */
#define COEFFICIENTS_MAX ((uint64_t)80 << 20)

struct source {
	struct jpeg_source_mgr mgr;
	const struct image_input *input;
	bool cut;			/* the end came too early */
	uint8_t bytes[CHUNK];
};

struct failure {
	struct jpeg_error_mgr mgr;
	jmp_buf jump;
	bool memory;
};

static void fail(j_common_ptr info)
{
	struct failure *failure = (struct failure *)info->err;

	failure->memory = info->err->msg_code == 56;	/* JERR_OUT_OF_MEMORY */
	longjmp(failure->jump, 1);
}

static void stay_silent(j_common_ptr info, int level)
{
	(void)info;
	(void)level;
}

static void no_output(j_common_ptr info)
{
	(void)info;
}

static void source_init(j_decompress_ptr info)
{
	(void)info;
}

static boolean source_fill(j_decompress_ptr info)
{
	static const uint8_t end[] = { 0xff, JPEG_EOI };
	struct source *source = (struct source *)info->src;
	size_t got = source->input->read(source->input->arg, source->bytes, CHUNK);

	source->mgr.next_input_byte = source->bytes;
	if (got == 0) {			/* cut off: what came is decoded, and told */
		source->cut = true;
		memcpy(source->bytes, end, sizeof(end));
		got = sizeof(end);
	}
	source->mgr.bytes_in_buffer = got;
	return TRUE;
}

static void source_skip(j_decompress_ptr info, long count)
{
	struct source *source = (struct source *)info->src;

	while (count > 0 && !source->cut) {
		long here = (long)source->mgr.bytes_in_buffer;

		if (count <= here) {
			source->mgr.next_input_byte += count;
			source->mgr.bytes_in_buffer -= (size_t)count;
			return;
		}
		count -= here;
		(void)source_fill(info);
	}
}

static void source_end(j_decompress_ptr info)
{
	(void)info;
}

/* A file of thousands of empty scans is a bomb too. */
static void watch(j_common_ptr info)
{
	if (info->is_decompressor && ((j_decompress_ptr)info)->input_scan_number > SCANS_MAX)
		fail(info);
}

/* Orientation 1..8 of an APP1 "Exif" segment; 1 when it says nothing. */
static int exif_orientation(const uint8_t *data, size_t len)
{
	bool little;
	size_t at, count;

#define U16(p) (little ? data[p] | data[(p) + 1] << 8 : data[p] << 8 | data[(p) + 1])
#define U32(p) (little ? (uint32_t)U16(p) | (uint32_t)U16((p) + 2) << 16 : \
		(uint32_t)U16(p) << 16 | (uint32_t)U16((p) + 2))
	if (len < 14 || memcmp(data, "Exif\0\0", 6) != 0)
		return 1;
	data += 6;
	len -= 6;
	little = data[0] == 'I';
	at = U32(4);
	if (at > len || len - at < 2)
		return 1;
	count = (size_t)U16(at);
	for (at += 2; count > 0 && len - at >= 12; count--, at += 12)
		if (U16(at) == 0x0112)
			return U16(at + 8) >= 1 && U16(at + 8) <= 8 ? (int)U16(at + 8) : 1;
#undef U16
#undef U32
	return 1;
}

static int orientation_of(const struct jpeg_decompress_struct *info)
{
	for (const struct jpeg_marker_struct *marker = info->marker_list; marker; marker = marker->next)
		if (marker->marker == JPEG_APP0 + 1 && marker->data_length >= 14 &&
				memcmp(marker->data, "Exif", 4) == 0)
			return exif_orientation(marker->data, marker->data_length);
	return 1;
}

/* Bytes libjpeg would hold of a picture that comes in several scans. */
static uint64_t coefficients(const struct jpeg_decompress_struct *info)
{
	uint64_t total = 0;
	int across = 1, down = 1;

	if (!info->progressive_mode && info->comps_in_scan == info->num_components)
		return 0;
	for (int i = 0; i < info->num_components; i++) {
		across = info->comp_info[i].h_samp_factor > across ? info->comp_info[i].h_samp_factor : across;
		down = info->comp_info[i].v_samp_factor > down ? info->comp_info[i].v_samp_factor : down;
	}
	for (int i = 0; i < info->num_components; i++)
		total += ((uint64_t)info->image_width * (unsigned)info->comp_info[i].h_samp_factor /
				(unsigned)across + 8) * ((uint64_t)info->image_height *
				(unsigned)info->comp_info[i].v_samp_factor / (unsigned)down + 8) * 2;
	return total;
}

/* The smallest of M/8 that is not smaller than what is wished. */
static void choose_scale(struct jpeg_decompress_struct *info, uint32_t longest)
{
	uint32_t side = info->image_width > info->image_height ? info->image_width : info->image_height;

	info->scale_denom = 8;
	for (info->scale_num = 1; info->scale_num < 8; info->scale_num++)
		if ((uint64_t)side * info->scale_num / 8 >= longest)
			return;
}

/* Four channels, by Adobe's habit inverted. */
static void from_cmyk(const uint8_t *in, uint8_t *out, uint32_t width)
{
	for (uint32_t x = 0; x < width; x++, in += 4, out += 3)
		for (int c = 0; c < 3; c++)
			out[c] = (uint8_t)(in[c] * in[3] / 255);
}

static enum image_space choose_space(struct jpeg_decompress_struct *info, bool grey)
{
	if (info->num_components == 1 || (grey && info->jpeg_color_space == JCS_YCbCr)) {
		info->out_color_space = JCS_GRAYSCALE;
		return IMAGE_GREY;
	}
	if (info->num_components == 4) {
		info->out_color_space = JCS_CMYK;
		return IMAGE_RGB;
	}
	if (info->jpeg_color_space == JCS_YCbCr) {
		info->out_color_space = JCS_YCbCr;
		return IMAGE_YCC;
	}
	info->out_color_space = JCS_RGB;
	return IMAGE_RGB;
}

/* All that longjmp may cut short: what it made is in these, which the caller frees. */
struct work {
	struct jpeg_decompress_struct info;
	struct raster_writer *writer;
	uint8_t *line, *rgb;
};

static const char *decode(struct work *work, const struct image_limits *limits, struct raster *out)
{
	struct jpeg_decompress_struct *info = &work->info;
	int orientation;
	enum image_space space;

	jpeg_save_markers(info, JPEG_APP0 + 1, 0xffff);
	(void)jpeg_read_header(info, TRUE);
	if ((uint64_t)info->image_width * info->image_height > limits->max_pixels ||
			coefficients(info) > COEFFICIENTS_MAX)
		return IMAGE_PIXELS;
	if (info->num_components != 1 && info->num_components != 3 && info->num_components != 4)
		return IMAGE_DAMAGED;
	orientation = raster_turned(orientation_of(info), limits->turns);
	choose_scale(info, limits->longest);
	space = choose_space(info, limits->grey);
	info->dct_method = JDCT_ISLOW;
	(void)jpeg_start_decompress(info);
	work->line = malloc((size_t)info->output_width * (size_t)info->output_components);
	work->rgb = malloc((size_t)info->output_width * 3);
	work->writer = raster_writer_new(info->output_width, info->output_height, space,
			limits->longest, orientation, out);
	if (work->line == NULL || work->rgb == NULL || work->writer == NULL)
		return IMAGE_MEMORY;
	out->source_width = orientation >= 5 ? info->image_height : info->image_width;
	out->source_height = orientation >= 5 ? info->image_width : info->image_height;
	while (info->output_scanline < info->output_height) {
		(void)jpeg_read_scanlines(info, &work->line, 1);
		if (info->out_color_space == JCS_CMYK)
			from_cmyk(work->line, work->rgb, info->output_width);
		raster_writer_line(work->writer,
				info->out_color_space == JCS_CMYK ? work->rgb : work->line);
	}
	return NULL;
}

const char *jpegin_read(const struct image_input *input, const struct image_limits *limits,
		struct raster *out)
{
	struct source *source = calloc(1, sizeof(*source));
	struct work *work = calloc(1, sizeof(*work));
	struct failure failure;
	struct jpeg_progress_mgr progress = { .progress_monitor = watch };
	const char *why = IMAGE_MEMORY;

	memset(out, 0, sizeof(*out));
	if (source == NULL || work == NULL)
		goto out;
	source->mgr = (struct jpeg_source_mgr){ .init_source = source_init,
		.fill_input_buffer = source_fill, .skip_input_data = source_skip,
		.resync_to_restart = jpeg_resync_to_restart, .term_source = source_end };
	source->input = input;
	work->info.err = jpeg_std_error(&failure.mgr);
	failure.mgr.error_exit = fail;
	failure.mgr.emit_message = stay_silent;
	failure.mgr.output_message = no_output;
	failure.memory = false;
	if (setjmp(failure.jump) == 0) {
		jpeg_create_decompress(&work->info);
		work->info.src = &source->mgr;
		work->info.progress = &progress;
		why = decode(work, limits, out);
	} else {
		why = failure.memory ? IMAGE_MEMORY : IMAGE_DAMAGED;
	}
	if (work->writer != NULL && !raster_writer_end(work->writer) && why == NULL)
		why = IMAGE_DAMAGED;
	if (why == NULL && source->cut)
		why = IMAGE_DAMAGED;
	jpeg_destroy_decompress(&work->info);
	free(work->line);
	free(work->rgb);
out:
	if (why != NULL)
		raster_free(out);
	free(work);
	free(source);
	return why;
}
