/*
 * main.c: tram-image: one picture or PDF on descriptor 0, the answer in words on 3, what was made of it
 * on 1 and 4. Started by the upload pool for one file, ends after it.
 *
 *	tram-image fit SIDE KB FROM LEAST TURNS MEGAPIXELS DARK SMALL SHARP THUMB
 *		page as JPEG on 1, small picture on 4; "ok WIDTH HEIGHT WARNINGS QUALITY"
 *	tram-image thumb SIDE MEGAPIXELS	small picture on 1; "ok WIDTH HEIGHT"
 *	tram-image qr MEGAPIXELS		"ok" and the code's bytes on 1
 *	tram-image bind COUNT			JPEGs on 4, 5 …; PDF on 1; "ok COUNT"
 *	tram-image pdf				"ok PAGES"
 *
 * What cannot be taken: "no REASON", a word of image.h. Exit status 0 both ways; 78 for wrong words, 75
 * when the kernel cannot shut it in.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "image/image.h"
#include "image/sandbox.h"

enum { EXIT_ENVIRONMENT = 75, EXIT_CONFIGURATION = 78 };
enum { FD_IN = 0, FD_OUT = 1, FD_ANSWER = 3, FD_MORE = 4 };
#define THUMB_QUALITY 70
#define NUMBERS 10

static size_t read_fd(void *arg, uint8_t *out, size_t cap)
{
	const int *fd = arg;
	ssize_t got;

	do
		got = read(*fd, out, cap);
	while (got < 0 && errno == EINTR);
	return got > 0 ? (size_t)got : 0;
}

static bool rewind_fd(void *arg)
{
	const int *fd = arg;

	return lseek(*fd, 0, SEEK_SET) == 0;
}

static bool write_fd(void *arg, const void *bytes, size_t len)
{
	const int *fd = arg;

	return file_write_all(*fd, bytes, len) == RC_OK;
}

static bool write_jpeg(const struct raster *raster, int fd)
{
	struct image_bytes out;
	int quality;
	bool written = jpegout_write(raster, THUMB_QUALITY, THUMB_QUALITY, 65536, &out, &quality) &&
			file_write_all(fd, out.data, out.len) == RC_OK;

	free(out.data);
	return written;
}

static int answer(const char *why, const char *text)
{
	char line[200];
	int len = why != NULL ? snprintf(line, sizeof(line), "no %s\n", why) :
			snprintf(line, sizeof(line), "ok %s\n", text);

	return len > 0 && file_write_all(FD_ANSWER, line, (size_t)len) == RC_OK ? 0 : EXIT_ENVIRONMENT;
}

/* What no quality makes small enough, noise, becomes a smaller picture. */
static bool compress(struct raster *raster, const int64_t number[NUMBERS], struct image_bytes *page,
		int *quality)
{
	size_t most = (size_t)number[1] * 1024;
	bool made = jpegout_write(raster, (int)number[2], (int)number[3], most, page, quality);

	while (made && page->len > most && raster->width > 300 && raster->height > 300) {
		uint32_t side = raster->width > raster->height ? raster->width : raster->height;
		struct raster smaller;

		if (!raster_shrink(raster, side * 3 / 4, &smaller))
			return false;
		raster_free(raster);
		*raster = smaller;
		free(page->data);
		made = jpegout_write(raster, (int)number[3], (int)number[3], most, page, quality);
	}
	return made;
}

static int fit(const struct image_input *input, const int64_t number[NUMBERS])
{
	const struct image_limits limits = { .longest = (uint32_t)number[0], .turns = (int)number[4],
		.max_pixels = (uint64_t)number[5] * 1000000 };
	const struct quality_bounds bounds = { .dark = (int)number[6], .small_side = (uint32_t)number[7],
		.sharp_percent = (int)number[8] };
	struct raster raster, small = { 0 };
	struct image_bytes page = { NULL, 0 };
	unsigned warnings;
	int quality = 0;
	char text[100];
	const char *why = picture_read(input, &limits, &raster);

	if (why != NULL)
		return answer(why, "");
	warnings = quality_judge(&raster, &bounds);
	if (!raster_shrink(&raster, (uint32_t)number[9], &small) || !compress(&raster, number, &page, &quality))
		return answer(IMAGE_MEMORY, "");
	(void)snprintf(text, sizeof(text), "%u %u %u %d", raster.width, raster.height, warnings, quality);
	raster_free(&raster);
	if (file_write_all(FD_OUT, page.data, page.len) != RC_OK || !write_jpeg(&small, FD_MORE))
		return EXIT_ENVIRONMENT;
	return answer(NULL, text);
}

static int thumb(const struct image_input *input, const int64_t number[NUMBERS])
{
	const struct image_limits limits = { .longest = (uint32_t)number[0],
		.max_pixels = (uint64_t)number[1] * 1000000 };
	struct raster raster;
	char text[60];
	const char *why = picture_read(input, &limits, &raster);

	if (why != NULL)
		return answer(why, "");
	(void)snprintf(text, sizeof(text), "%u %u", raster.width, raster.height);
	return write_jpeg(&raster, FD_OUT) ? answer(NULL, text) : EXIT_ENVIRONMENT;
}

static int qr(const struct image_input *input, const int64_t number[NUMBERS])
{
	struct image_bytes found;
	const char *why = qr_read(input, (uint64_t)number[0] * 1000000, &found);

	if (why == NULL && file_write_all(FD_OUT, found.data, found.len) != RC_OK)
		return EXIT_ENVIRONMENT;
	return answer(why, "");
}

static int bind(const struct image_input *input, const int64_t number[NUMBERS])
{
	static struct image_input pages[BIND_MAX];
	static int fds[BIND_MAX];
	int out = FD_OUT;
	char text[30];

	(void)input;
	for (int64_t i = 0; i < number[0]; i++) {
		fds[i] = FD_MORE + (int)i;
		pages[i] = (struct image_input){ read_fd, rewind_fd, &fds[i] };
	}
	(void)snprintf(text, sizeof(text), "%d", (int)number[0]);
	return answer(bind_pages(pages, (size_t)number[0], write_fd, &out), text);
}

static int pdf(const struct image_input *input, const int64_t number[NUMBERS])
{
	size_t pages = 0;
	char text[30];
	const char *why = pdfcheck_read(input, &pages);

	(void)number;
	(void)snprintf(text, sizeof(text), "%zu", pages);
	return answer(why, text);
}

static const struct {
	const char *name;
	int numbers;
	int (*run)(const struct image_input *input, const int64_t number[NUMBERS]);
} verbs[] = {
	{ "fit", 10, fit }, { "thumb", 2, thumb }, { "qr", 1, qr }, { "bind", 1, bind }, { "pdf", 0, pdf },
};

int main(int argc, char **argv)
{
	int fd = FD_IN, fds = FD_MORE + 1;
	const struct image_input input = { read_fd, rewind_fd, &fd };
	int64_t number[NUMBERS] = { 0 };
	size_t verb = 0;

	while (verb < sizeof(verbs) / sizeof(verbs[0]) && (argc < 2 || strcmp(argv[1], verbs[verb].name)))
		verb++;
	if (verb == sizeof(verbs) / sizeof(verbs[0]) || argc != 2 + verbs[verb].numbers)
		return EXIT_CONFIGURATION;
	for (int i = 0; i < verbs[verb].numbers; i++)
		if (num_parse(argv[2 + i], 0, 1000000, &number[i]) != RC_OK)
			return EXIT_CONFIGURATION;
	if (verbs[verb].run == bind) {
		if (number[0] < 1 || number[0] > BIND_MAX)
			return EXIT_CONFIGURATION;
		fds = FD_MORE + (int)number[0];
	}
	if (verbs[verb].run == qr)
		qr_prepare();
	if (!sandbox_enter(fds))
		return EXIT_ENVIRONMENT;
	/* At once: what libraries do at the end may be more than the filter lets through. */
	_exit(verbs[verb].run(&input, number));
}
