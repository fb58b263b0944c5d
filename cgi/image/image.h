/*
 * image.h: photos, card codes and PDFs as strangers send them, read in a process that can touch
 * nothing else (sandbox.h). Knows nothing of dossiers, and no file but the descriptors it was given.
 *
 * Memory is bounded before anything is decoded: JPEG is scaled while it is decoded (M/8), PNG line by
 * line, and one raster of the wished size is all that is held. Answers are words for web's texts.
 */
#ifndef TRAM_IMAGE_IMAGE_H
#define TRAM_IMAGE_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of the input in order. read: up to cap bytes, 0 at the end or when it fails; rewind: to the
 * first byte again. */
struct image_input {
	size_t (*read)(void *arg, uint8_t *out, size_t cap);
	bool (*rewind)(void *arg);
	void *arg;
};

/* Why an input is not taken; NULL: it is. */
#define IMAGE_TYPE "type"		/* neither JPEG nor PNG */
#define IMAGE_DAMAGED "damaged"		/* cut off or not decodable */
#define IMAGE_PIXELS "pixels"		/* more pixels, or a form that needs more memory, than allowed */
#define IMAGE_MEMORY "memory"
#define IMAGE_ENCRYPTED "encrypted"	/* PDF: asks for a password, or forbids */
#define IMAGE_EMPTY "empty"		/* PDF without a page */
#define IMAGE_NO_CODE "no-code"		/* no QR in the picture */

/* ---- raster.c: pixels of one picture, upright ---- */
enum image_space { IMAGE_GREY = 1, IMAGE_RGB = 3, IMAGE_YCC = 4 };	/* bytes a pixel: grey 1, else 3 */
struct raster {
	uint32_t width, height;
	enum image_space space;
	uint8_t *bytes;			/* rows without gaps; raster_free */
	uint32_t source_width, source_height;	/* of the picture as it came, upright */
};
void raster_free(struct raster *raster);
unsigned raster_channels(const struct raster *raster);

/* Takes a picture's lines in order, makes it smaller by area means, and lays each line down turned. */
struct raster_writer;
/* width, height: of the lines that come; longest: longest side wished, never enlarged. turn: EXIF
 * orientation 1..8. NULL: no memory. */
struct raster_writer *raster_writer_new(uint32_t width, uint32_t height, enum image_space space,
		uint32_t longest, int orientation, struct raster *out);
void raster_writer_line(struct raster_writer *writer, const uint8_t *line);
/* False: lines are missing. Frees the writer. */
bool raster_writer_end(struct raster_writer *writer);
void raster_writer_drop(struct raster_writer *writer);
/* Clockwise after an EXIF orientation: the orientation of both. turns: 0..3 quarters. */
int raster_turned(int orientation, int turns);
/* A smaller copy. False: no memory. */
bool raster_shrink(const struct raster *from, uint32_t longest, struct raster *out);

/* ---- jpegin.c, pngin.c ---- */
struct image_limits {
	uint32_t longest;		/* longest side wanted, in pixels */
	uint64_t max_pixels;		/* of the input */
	int turns;			/* quarters clockwise, besides what EXIF says */
	bool grey;			/* only brightness is wanted */
};
/* By the first bytes. NULL or why not; then *out is empty. */
const char *picture_read(const struct image_input *input, const struct image_limits *limits,
		struct raster *out);
const char *jpegin_read(const struct image_input *input, const struct image_limits *limits,
		struct raster *out);
const char *pngin_read(const struct image_input *input, const struct image_limits *limits,
		struct raster *out);

/* ---- jpegout.c ---- */
struct image_bytes { uint8_t *data; size_t len; };	/* free() */
/* Encodes, quality from `from` down in steps until at most max_bytes; below `least` the smallest is
 * taken as it is. No metadata is written. False: no memory. */
bool jpegout_write(const struct raster *raster, int from, int least, size_t max_bytes,
		struct image_bytes *out, int *quality);

/* ---- quality.c ---- */
enum { IMAGE_DARK = 1, IMAGE_SMALL = 2, IMAGE_BLURRED = 4 };
struct quality_bounds {
	int dark;		/* mean brightness 0..255 below which it is too dark */
	uint32_t small_side;	/* longest side of the input below which it is too small */
	int sharp_percent;	/* see quality.c */
};
unsigned quality_judge(const struct raster *raster, const struct quality_bounds *bounds);
int quality_brightness(const struct raster *raster);
int quality_sharpness(const struct raster *raster);

/* ---- qr.c ---- */
/* Loads what the search will need from the disk; before the process is shut in. */
void qr_prepare(void);
/* The first QR's bytes. NULL or why not. */
const char *qr_read(const struct image_input *input, uint64_t max_pixels, struct image_bytes *out);

/* ---- bind.c: pages of one paper as one PDF; the JPEGs go in as they are ---- */
typedef bool bind_write(void *arg, const void *bytes, size_t len);
/* Every input is a JPEG of one or three channels; count 1..BIND_MAX. NULL or why not. */
#define BIND_MAX 200
const char *bind_pages(const struct image_input *pages, size_t count, bind_write *write, void *arg);

/* ---- pdfcheck.c ---- */
/* NULL: has a page and asks for no password; *pages: how many were seen (at least). */
const char *pdfcheck_read(const struct image_input *input, size_t *pages);

#endif
