/*
 * picture.c: a photo by its first bytes: JPEG or PNG, nothing else.
 */
#include <string.h>

#include "image/image.h"

const char *picture_read(const struct image_input *input, const struct image_limits *limits,
		struct raster *out)
{
	uint8_t head[8] = { 0 };
	size_t len = 0;

	memset(out, 0, sizeof(*out));
	while (len < sizeof(head)) {
		size_t got = input->read(input->arg, head + len, sizeof(head) - len);

		if (got == 0)
			break;
		len += got;
	}
	if (!input->rewind(input->arg))
		return IMAGE_DAMAGED;
	if (len >= 3 && memcmp(head, "\xff\xd8\xff", 3) == 0)
		return jpegin_read(input, limits, out);
	if (len == 8 && memcmp(head, "\x89PNG\r\n\x1a\n", 8) == 0)
		return pngin_read(input, limits, out);
	return IMAGE_TYPE;
}
