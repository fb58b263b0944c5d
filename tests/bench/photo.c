#define _GNU_SOURCE /* wait4 */
/* photo.c: draws a photo of 12 megapixels, a page of text on paper with the noise of a camera, and
 * measures the program that makes a page of it. usage: photo TRAM_IMAGE FOLDER
 * Prints "seconds=… cpu_s=… peak_mb=… kb=…" of one run. */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <jpeglib.h>

#define WIDTH 4000
#define HEIGHT 3000

/* Columns of strokes like letters, lines of a page that lies on its side, as a camera stores it. */
static uint8_t shade(int x, int y, uint32_t *random)
{
	int paper = 215 - (x + y) / 160, line = x % 62, letter = (y * 7 + x / 62 * 131) % 97;

	*random = *random * 1664525u + 1013904223u;
	if (x > 300 && x < WIDTH - 300 && y > 250 && y < HEIGHT - 250 && line < 34 && letter < 38 &&
			(line / 9 + letter / 11) % 2 == 0)
		paper = 45;
	return (uint8_t)(paper + (int)(*random >> 28) - 8);
}

static int draw(const char *path)
{
	struct jpeg_compress_struct info;
	struct jpeg_error_mgr errors;
	FILE *file = fopen(path, "wb");
	JSAMPLE *line = malloc(WIDTH * 3);
	uint32_t random = 1;

	if (file == NULL || line == NULL)
		return 1;
	info.err = jpeg_std_error(&errors);
	jpeg_create_compress(&info);
	jpeg_stdio_dest(&info, file);
	info.image_width = WIDTH;
	info.image_height = HEIGHT;
	info.input_components = 3;
	info.in_color_space = JCS_RGB;
	jpeg_set_defaults(&info);
	jpeg_set_quality(&info, 92, TRUE);
	jpeg_start_compress(&info, TRUE);
	for (int y = 0; y < HEIGHT; y++) {
		for (int x = 0; x < WIDTH; x++) {
			uint8_t grey = shade(x, y, &random);

			line[3 * x] = grey;
			line[3 * x + 1] = (JSAMPLE)(grey - grey / 24);
			line[3 * x + 2] = (JSAMPLE)(grey - grey / 10);
		}
		(void)jpeg_write_scanlines(&info, &line, 1);
	}
	jpeg_finish_compress(&info);
	jpeg_destroy_compress(&info);
	free(line);
	return fclose(file) != 0;
}

static void place(const char *path, int flags, int fd)
{
	int open_fd = open(path, flags, 0600);

	if (open_fd < 0 || dup2(open_fd, fd) < 0)
		_exit(111);
	if (open_fd != fd)
		(void)close(open_fd);
}

int main(int argc, char **argv)
{
	char photo[600], page[600], thumb[600], answer[600];
	struct timespec began, ended;
	struct rusage used;
	struct stat made;
	int status;
	pid_t child;

	if (argc != 3)
		return 2;
	(void)snprintf(photo, sizeof(photo), "%s/photo.jpg", argv[2]);
	(void)snprintf(page, sizeof(page), "%s/page.jpg", argv[2]);
	(void)snprintf(thumb, sizeof(thumb), "%s/thumb.jpg", argv[2]);
	(void)snprintf(answer, sizeof(answer), "%s/answer", argv[2]);
	if (access(photo, R_OK) != 0 && draw(photo) != 0)
		return 1;
	(void)clock_gettime(CLOCK_MONOTONIC, &began);
	child = fork();
	if (child == 0) {
		place(photo, O_RDONLY, 0);
		place(page, O_RDWR | O_CREAT | O_TRUNC, 1);
		place(answer, O_RDWR | O_CREAT | O_TRUNC, 3);
		place(thumb, O_RDWR | O_CREAT | O_TRUNC, 4);
		(void)execl(argv[1], "tram-image", "fit", "2340", "400", "82", "34", "0", "64", "60", "1000",
				"12", "240", (char *)NULL);
		_exit(111);
	}
	if (child < 0 || wait4(child, &status, 0, &used) != child || status != 0)
		return 1;
	(void)clock_gettime(CLOCK_MONOTONIC, &ended);
	if (stat(page, &made) != 0 || made.st_size == 0)
		return 1;
	printf("seconds=%.3f cpu_s=%.3f peak_mb=%.1f kb=%.0f\n", (double)(ended.tv_sec - began.tv_sec) +
			(double)(ended.tv_nsec - began.tv_nsec) / 1e9,
			(double)used.ru_utime.tv_sec + (double)used.ru_stime.tv_sec +
			(double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6,
			(double)used.ru_maxrss / 1024, (double)made.st_size / 1024);
	return 0;
}
