/* test_image.c: pictures, PDFs and the sandbox they are read in. Pictures are drawn here. */
#define _DEFAULT_SOURCE /* SIGSYS, socket */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "image/image.h"
#include "image/sandbox.h"

struct bytes { const uint8_t *data; size_t len, at; };

static size_t read_bytes(void *arg, uint8_t *out, size_t cap)
{
	struct bytes *bytes = arg;
	size_t left = bytes->len - bytes->at, len = left < cap ? left : cap;

	memcpy(out, bytes->data + bytes->at, len);
	bytes->at += len;
	return len;
}

static bool rewind_bytes(void *arg)
{
	((struct bytes *)arg)->at = 0;
	return true;
}

static struct image_input input_of(struct bytes *bytes)
{
	return (struct image_input){ read_bytes, rewind_bytes, bytes };
}

/* Lines of "text" on paper: dark strokes of 3 pixels, with a margin; blur: passes of a box of 3. */
static void draw_page(struct raster *raster, uint32_t width, uint32_t height, int paper, int blur)
{
	size_t count = (size_t)width * height;

	*raster = (struct raster){ .width = width, .height = height, .space = IMAGE_GREY,
		.bytes = malloc(count), .source_width = width, .source_height = height };
	memset(raster->bytes, paper, count);
	for (uint32_t y = 60; y + 60 < height; y++)
		for (uint32_t x = 60; x + 60 < width; x++)
			if (y % 30 < 14 && (x * 7 + y / 30 * 13) % 11 < 4)
				raster->bytes[(size_t)y * width + x] = (uint8_t)(paper / 6);
	for (; blur > 0; blur--) {
		uint8_t *from = malloc(count);

		memcpy(from, raster->bytes, count);
		for (uint32_t y = 1; y + 1 < height; y++)
			for (uint32_t x = 1; x + 1 < width; x++) {
				int sum = 0;

				for (int dy = -1; dy <= 1; dy++)
					for (int dx = -1; dx <= 1; dx++)
						sum += from[(size_t)((int)y + dy) * width + (size_t)((int)x + dx)];
				raster->bytes[(size_t)y * width + x] = (uint8_t)(sum / 9);
			}
		free(from);
	}
}

static unsigned judge(int paper, int blur, uint32_t width, uint32_t height)
{
	const struct quality_bounds bounds = { 60, 1000, 12 };
	struct raster raster;
	unsigned warnings;

	draw_page(&raster, width, height, paper, blur);
	warnings = quality_judge(&raster, &bounds);
	raster_free(&raster);
	return warnings;
}

static void warnings_say_what_a_person_would(void **state)
{
	(void)state;
	assert_int_equal(judge(230, 0, 900, 1200), 0);
	assert_int_equal(judge(230, 1, 900, 1200), 0);
	assert_int_equal(judge(230, 12, 900, 1200), IMAGE_BLURRED);
	assert_int_equal(judge(50, 0, 900, 1200), IMAGE_DARK);
	assert_int_equal(judge(230, 0, 600, 800), IMAGE_SMALL);
	/* A blank page is not blurred. */
	{
		struct raster blank = { .width = 900, .height = 1200, .space = IMAGE_GREY,
			.bytes = malloc(900 * 1200) };

		memset(blank.bytes, 250, 900 * 1200);
		assert_int_equal(quality_sharpness(&blank), -1);
		raster_free(&blank);
	}
}

static void a_page_keeps_its_limit_and_comes_back(void **state)
{
	const struct image_limits limits = { .longest = 500, .max_pixels = 4000000 };
	struct raster page, back;
	struct image_bytes jpeg;
	int quality;
	struct bytes bytes;
	struct image_input input;

	(void)state;
	draw_page(&page, 900, 1200, 230, 0);
	assert_true(jpegout_write(&page, 90, 30, 300 * 1024, &jpeg, &quality));
	assert_true(jpeg.len <= 300 * 1024 && quality <= 90 && quality >= 30);
	bytes = (struct bytes){ jpeg.data, jpeg.len, 0 };
	input = input_of(&bytes);
	assert_null(picture_read(&input, &limits, &back));
	assert_int_equal(back.width, 375);
	assert_int_equal(back.height, 500);
	assert_int_equal(back.source_width, 900);
	raster_free(&back);
	/* Cut anywhere: told, never taken. */
	for (size_t len = 0; len < jpeg.len; len += jpeg.len / 17) {
		bytes = (struct bytes){ jpeg.data, len, 0 };
		assert_non_null(picture_read(&input, &limits, &back));
		assert_null(back.bytes);
	}
	bytes = (struct bytes){ jpeg.data, jpeg.len, 0 };
	assert_string_equal(picture_read(&input, &(struct image_limits){ .longest = 500,
			.max_pixels = 1000000 }, &back), IMAGE_PIXELS);
	free(jpeg.data);
	raster_free(&page);
}

static void every_orientation_lies_upright(void **state)
{
	/* Two rows of three: 1 2 3 / 4 5 6, as each orientation shows it (EXIF 2.3). */
	static const struct { int orientation; uint32_t width; const char *shown; } cases[] = {
		{ 1, 3, "123456" }, { 2, 3, "321654" }, { 3, 3, "654321" }, { 4, 3, "456123" },
		{ 5, 2, "142536" }, { 6, 2, "415263" }, { 7, 2, "635241" }, { 8, 2, "362514" },
	};

	(void)state;
	for (size_t i = 0; i < 8; i++) {
		struct raster out;
		struct raster_writer *writer = raster_writer_new(3, 2, IMAGE_GREY, 100,
				cases[i].orientation, &out);

		raster_writer_line(writer, (const uint8_t *)"123");
		raster_writer_line(writer, (const uint8_t *)"456");
		assert_true(raster_writer_end(writer));
		assert_int_equal(out.width, cases[i].width);
		assert_memory_equal(out.bytes, cases[i].shown, 6);
		raster_free(&out);
	}
	/* Four quarters lead back; a quarter of upright is 6. */
	for (int i = 1; i <= 8; i++)
		assert_int_equal(raster_turned(raster_turned(i, 1), 3), i);
	assert_int_equal(raster_turned(1, 1), 6);
}

static void shrinking_keeps_the_mean(void **state)
{
	(void)state;
	for (uint32_t longest = 7; longest < 100; longest += 9) {
		struct raster from, to;

		draw_page(&from, 211, 307, 200, 0);
		assert_true(raster_shrink(&from, longest, &to));
		assert_int_equal(to.height, longest);
		assert_in_range(quality_brightness(&to), quality_brightness(&from) - 12,
				quality_brightness(&from) + 12);
		raster_free(&from);
		raster_free(&to);
	}
}

static const char *check_pdf(const char *text, size_t *pages)
{
	struct bytes bytes = { (const uint8_t *)text, strlen(text), 0 };
	struct image_input input = input_of(&bytes);

	return pdfcheck_read(&input, pages);
}

static void pdf_with_a_page_and_without(void **state)
{
	size_t pages;

	(void)state;
	assert_null(check_pdf("%PDF-1.4\n1 0 obj\n<</Type/Pages/Count 2>>\nendobj\n"
			"2 0 obj<</Type /Page>>endobj 3 0 obj<</Type/Page/Rotate 90>>endobj\n"
			"trailer<</Root 1 0 R>>", &pages));
	assert_int_equal(pages, 2);
	assert_string_equal(check_pdf("%PDF-1.4\n1 0 obj<</Type/Pages/Count 0>>endobj", &pages), IMAGE_EMPTY);
	assert_string_equal(check_pdf("%PDF-1.4\n", &pages), IMAGE_EMPTY);
	/* Words inside texts, comments and streams are no words of the file. */
	assert_string_equal(check_pdf("%PDF-1.4\n1 0 obj (<</Type/Page>> \\) ( )) endobj\n"
			"% <</Type/Page>>\n2 0 obj<</Length 9>>stream\n/Type/Page \nendstream endobj", &pages),
			IMAGE_EMPTY);
	assert_string_equal(check_pdf("%PDF-1.4\n1 0 obj<</Type/Page>>endobj\n"
			"trailer<</Root 1 0 R/Encrypt 5 0 R>>", &pages), IMAGE_ENCRYPTED);
	assert_string_equal(check_pdf("%PDF-1.4\n1 0 obj<</Type/Page>>endobj\n"
			"trailer<</Encrypt<</Filter/Standard>>/Root 1 0 R>>", &pages), IMAGE_ENCRYPTED);
	assert_null(check_pdf("%PDF-1.4\n1 0 obj<</Type/Page/Title(/Encrypt 5 0 R)>>endobj\n"
			"2 0 obj<<>>stream\n/Encrypt 5 0 R\nendstream endobj", &pages));
}

static bool collect(void *arg, const void *bytes, size_t len)
{
	struct image_bytes *out = arg;

	out->data = realloc(out->data, out->len + len);
	memcpy(out->data + out->len, bytes, len);
	out->len += len;
	return true;
}

static void pages_are_bound_in_order_and_the_same_each_time(void **state)
{
	struct image_bytes jpeg[2], pdf[2] = { { NULL, 0 }, { NULL, 0 } };
	struct bytes bytes[2];
	struct image_input inputs[2];
	size_t pages;
	int quality;

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct raster page;

		draw_page(&page, 300 + 200 * (uint32_t)i, 400, 220, 0);
		assert_true(jpegout_write(&page, 70, 70, 1 << 20, &jpeg[i], &quality));
		raster_free(&page);
		bytes[i] = (struct bytes){ jpeg[i].data, jpeg[i].len, 0 };
		inputs[i] = input_of(&bytes[i]);
	}
	for (int i = 0; i < 2; i++)
		assert_null(bind_pages(inputs, 2, collect, &pdf[i]));
	assert_int_equal(pdf[0].len, pdf[1].len);
	assert_memory_equal(pdf[0].data, pdf[1].data, pdf[0].len);
	bytes[0] = (struct bytes){ pdf[0].data, pdf[0].len, 0 };
	assert_null(pdfcheck_read(&inputs[0], &pages));
	assert_int_equal(pages, 2);
	/* What is no JPEG is not bound. */
	bytes[0] = (struct bytes){ (const uint8_t *)"GIF89a", 6, 0 };
	assert_non_null(bind_pages(inputs, 2, collect, &pdf[1]));
	for (int i = 0; i < 2; i++) {
		free(jpeg[i].data);
		free(pdf[i].data);
	}
}

/* Runs one wish inside the sandbox; the child's wait status. */
static int inside(void (*wish)(void))
{
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		if (!sandbox_enter(3))
			_exit(75);
		wish();
		_exit(0);
	}
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

static void wish_nothing(void)
{
	free(malloc(1 << 20));
}

static void wish_file(void)
{
	(void)!open("/etc/hostname", O_RDONLY);
}

static void wish_new_file(void)
{
	(void)!open("x", O_WRONLY | O_CREAT, 0600);
}

static void wish_line(void)
{
	(void)!socket(AF_INET, SOCK_STREAM, 0);
}

static void wish_child(void)
{
	(void)!fork();
}

static void wish_program(void)
{
	char *none[] = { NULL };

	(void)!execve("/bin/true", none, none);
}

static void what_is_read_inside_can_touch_nothing(void **state)
{
	static void (*const wishes[])(void) = { wish_file, wish_new_file, wish_line, wish_child,
		wish_program };
	int status = inside(wish_nothing);

	(void)state;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 75) {
		print_message("skip the sandbox: this kernel (or emulation) has no seccomp\n");
		skip();
	}
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
#ifndef __SANITIZE_ADDRESS__
	for (size_t i = 0; i < sizeof(wishes) / sizeof(wishes[0]); i++) {
		status = inside(wishes[i]);
		assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS);
	}
#else
	(void)wishes;
#endif
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(warnings_say_what_a_person_would),
		cmocka_unit_test(a_page_keeps_its_limit_and_comes_back),
		cmocka_unit_test(every_orientation_lies_upright),
		cmocka_unit_test(shrinking_keeps_the_mean),
		cmocka_unit_test(pdf_with_a_page_and_without),
		cmocka_unit_test(pages_are_bound_in_order_and_the_same_each_time),
		cmocka_unit_test(what_is_read_inside_can_touch_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
