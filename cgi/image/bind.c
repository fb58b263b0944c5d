/*
 * bind.c: JPEGs into one PDF (ISO 32000-1), a page each, in order, on A4 upright or lying.
 *
 * A writer of our own: libharu holds the whole document in memory, twice when it is written; this one
 * holds a chunk, whatever the number of pages, passes the JPEG's bytes on as they are (DCTDecode, 7.4.8)
 * and makes the same bytes of the same pages: the name of a content is its hash.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "image/image.h"

#define CHUNK 32768

struct out {
	bind_write *write;
	void *arg;
	uint64_t at;			/* bytes written */
	uint64_t *offsets;		/* of object n at [n] */
	bool ok;
};

struct page { uint32_t width, height, channels; uint64_t bytes; };

static void put_bytes(struct out *out, const void *bytes, size_t len)
{
	out->ok = out->ok && out->write(out->arg, bytes, len);
	out->at += len;
}

__attribute__((format(printf, 2, 3)))
static void put(struct out *out, const char *format, ...)
{
	char text[512];
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (len < 0 || (size_t)len >= sizeof(text))
		out->ok = false;
	else
		put_bytes(out, text, (size_t)len);
}

static void begin(struct out *out, size_t number)
{
	out->offsets[number] = out->at;
	put(out, "%zu 0 obj\n", number);
}

/* Reads exactly len bytes. */
static bool take(const struct image_input *input, uint8_t *bytes, size_t len)
{
	while (len > 0) {
		size_t got = input->read(input->arg, bytes, len);

		if (got == 0)
			return false;
		bytes += got;
		len -= got;
	}
	return true;
}

/* Size and channels by the frame header (T.81 B.2.2); the length by reading to the end. */
static bool measure(const struct image_input *input, struct page *page)
{
	uint8_t head[20], skip[CHUNK];
	bool found = false;
	size_t got;

	if (!input->rewind(input->arg) || !take(input, head, 2) || head[0] != 0xff || head[1] != 0xd8)
		return false;
	page->bytes = 2;
	while (!found) {
		size_t len;

		if (!take(input, head, 4) || head[0] != 0xff)
			return false;
		len = (size_t)(head[2] << 8 | head[3]);
		if (len < 2 || head[1] == 0xda)
			return false;
		page->bytes += 4;
		len -= 2;
		found = head[1] >= 0xc0 && head[1] <= 0xc2;
		if (found) {
			if (len < 6 || !take(input, head, 6) || head[0] != 8)
				return false;
			page->height = (uint32_t)(head[1] << 8 | head[2]);
			page->width = (uint32_t)(head[3] << 8 | head[4]);
			page->channels = head[5];
			page->bytes += 6;
			len -= 6;
		}
		for (page->bytes += len; len > 0; len -= got) {
			got = len < CHUNK ? len : CHUNK;
			if (!take(input, skip, got))
				return false;
		}
	}
	while ((got = input->read(input->arg, skip, CHUNK)) > 0)
		page->bytes += got;
	return page->width > 0 && page->height > 0 && (page->channels == 1 || page->channels == 3);
}

static void put_page(struct out *out, const struct image_input *input, const struct page *page,
		size_t first)
{
	bool lying = page->width > page->height;
	double across = lying ? 842 : 595, down = lying ? 595 : 842;
	double scale = across / page->width < down / page->height ? across / page->width :
			down / page->height;
	double width = page->width * scale, height = page->height * scale;
	char content[200];
	uint8_t bytes[CHUNK];
	uint64_t left = page->bytes;
	size_t got;

	begin(out, first);
	put(out, "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %.0f %.0f] /Contents %zu 0 R "
			"/Resources << /XObject << /I %zu 0 R >> >> >>\nendobj\n", across, down, first + 1,
			first + 2);
	(void)snprintf(content, sizeof(content), "q %.2f 0 0 %.2f %.2f %.2f cm /I Do Q", width, height,
			(across - width) / 2, (down - height) / 2);
	begin(out, first + 1);
	put(out, "<< /Length %zu >>\nstream\n%s\nendstream\nendobj\n", strlen(content), content);
	begin(out, first + 2);
	put(out, "<< /Type /XObject /Subtype /Image /Width %u /Height %u /ColorSpace /%s "
			"/BitsPerComponent 8 /Filter /DCTDecode /Length %llu >>\nstream\n", page->width,
			page->height, page->channels == 1 ? "DeviceGray" : "DeviceRGB",
			(unsigned long long)page->bytes);
	if (!input->rewind(input->arg))
		out->ok = false;
	while (out->ok && left > 0 && (got = input->read(input->arg, bytes, CHUNK)) > 0) {
		got = got > left ? (size_t)left : got;
		put_bytes(out, bytes, got);
		left -= got;
	}
	out->ok = out->ok && left == 0;
	put(out, "\nendstream\nendobj\n");
}

static void put_tree(struct out *out, size_t count)
{
	/* The second line tells what copies files that they are bytes (7.5.2). */
	put(out, "%%PDF-1.4\n%%\xe2\xe3\xcf\xd3\n");
	begin(out, 1);
	put(out, "<< /Type /Catalog /Pages 2 0 R >>\nendobj\n");
	begin(out, 2);
	put(out, "<< /Type /Pages /Count %zu /Kids [", count);
	for (size_t i = 0; i < count; i++)
		put(out, "%s%zu 0 R", i > 0 ? " " : "", 3 + 3 * i);
	put(out, "] >>\nendobj\n");
}

static void put_end(struct out *out, size_t objects)
{
	uint64_t start = out->at;

	put(out, "xref\n0 %zu\n0000000000 65535 f \n", objects + 1);
	for (size_t i = 1; i <= objects; i++)
		put(out, "%010llu 00000 n \n", (unsigned long long)out->offsets[i]);
	put(out, "trailer\n<< /Size %zu /Root 1 0 R >>\nstartxref\n%llu\n%%%%EOF\n", objects + 1,
			(unsigned long long)start);
}

const char *bind_pages(const struct image_input *pages, size_t count, bind_write *write, void *arg)
{
	struct out out = { .write = write, .arg = arg, .ok = true };
	struct page page;
	const char *why = NULL;

	if (count == 0 || count > BIND_MAX)
		return IMAGE_PIXELS;
	out.offsets = calloc(3 + 3 * count, sizeof(*out.offsets));
	if (out.offsets == NULL)
		return IMAGE_MEMORY;
	put_tree(&out, count);
	for (size_t i = 0; why == NULL && i < count; i++) {
		memset(&page, 0, sizeof(page));
		if (measure(&pages[i], &page))
			put_page(&out, &pages[i], &page, 3 + 3 * i);
		else
			why = IMAGE_DAMAGED;
	}
	put_end(&out, 2 + 3 * count);
	free(out.offsets);
	return why != NULL ? why : out.ok ? NULL : IMAGE_DAMAGED;
}
