/*
 * tar.c: see tar.h.
 */
#include <stdbool.h>
#include <string.h>

#include "base/tar.h"

/* Places of a ustar head. */
enum {
	AT_NAME = 0, AT_MODE = 100, AT_UID = 108, AT_GID = 116, AT_SIZE = 124, AT_TIME = 136, AT_SUM = 148,
	AT_TYPE = 156, AT_LINK = 157, AT_MAGIC = 257, AT_DEVICE = 329, AT_PREFIX = 345, AT_END = 500
};

/* Small letters, digits, '.', '-' and '/', no part of it empty, "." or "..": nothing else is written
 * here, and nothing else can point anywhere. */
static bool name_fits(const char *name)
{
	const char *part = name;
	size_t len = strlen(name);

	if (len == 0 || len > TAR_NAME_MAX ||
			strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789.-/") != len)
		return false;
	while (part) {
		size_t part_len = strcspn(part, "/");

		if (part_len == 0 || part[0] == '.')
			return false;
		part = part[part_len] ? part + part_len + 1 : NULL;
	}
	return true;
}

static unsigned sum_of(const uint8_t block[TAR_BLOCK])
{
	unsigned sum = 0;
	size_t i;

	for (i = 0; i < TAR_BLOCK; i++)
		sum += i >= AT_SUM && i < AT_TYPE ? ' ' : block[i];
	return sum;
}

/* digits octal digits, then what ends the field. */
static void put_octal(uint8_t *out, int digits, uint64_t value)
{
	int i;

	for (i = digits - 1; i >= 0; i--) {
		out[i] = (uint8_t)('0' + (value & 7));
		value >>= 3;
	}
}

void tar_head(const char *name, int64_t size, int64_t time_s, uint8_t out[TAR_BLOCK])
{
	memset(out, 0, TAR_BLOCK);
	memcpy(out + AT_NAME, name, strnlen(name, TAR_NAME_MAX));
	put_octal(out + AT_MODE, 7, 0600);
	put_octal(out + AT_UID, 7, 0);
	put_octal(out + AT_GID, 7, 0);
	put_octal(out + AT_SIZE, 11, (uint64_t)size);
	put_octal(out + AT_TIME, 11, (uint64_t)time_s);
	out[AT_TYPE] = '0';
	memcpy(out + AT_MAGIC, "ustar\0" "00", 8);
	put_octal(out + AT_DEVICE, 7, 0);
	put_octal(out + AT_DEVICE + 8, 7, 0);
	put_octal(out + AT_SUM, 6, sum_of(out));
	out[AT_SUM + 7] = ' ';
}

/* Octal digits, blanks before, a blank or NUL after. Base 256 is not read. */
static enum rc octal(const uint8_t *field, size_t len, uint64_t *out)
{
	size_t i = 0, digits = 0;

	*out = 0;
	while (i < len && field[i] == ' ')
		i++;
	for (; i < len && field[i] >= '0' && field[i] <= '7'; i++, digits++)
		*out = *out << 3 | (uint64_t)(field[i] - '0');
	if (digits == 0 || i == len)
		return RC_INVALID;
	for (; i < len; i++) {
		if (field[i] != ' ' && field[i] != '\0')
			return RC_INVALID;
	}
	return RC_OK;
}

static bool is_zero(const uint8_t *bytes, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (bytes[i])
			return false;
	}
	return true;
}

enum rc tar_head_parse(const uint8_t block[TAR_BLOCK], struct tar_entry *out)
{
	uint64_t sum, size;

	memset(out, 0, sizeof(*out));
	if (is_zero(block, TAR_BLOCK))
		return RC_NOT_FOUND;
	memcpy(out->name, block + AT_NAME, TAR_NAME_MAX);
	if (memcmp(block + AT_MAGIC, "ustar\0" "00", 8) || octal(block + AT_SUM, 8, &sum) ||
			sum != sum_of(block) || octal(block + AT_SIZE, 12, &size) ||
			block[AT_TYPE] != '0' || !is_zero(block + AT_LINK, AT_MAGIC - AT_LINK) ||
			!is_zero(block + AT_PREFIX, AT_END - AT_PREFIX) ||
			!is_zero(block + AT_END, TAR_BLOCK - AT_END))
		return RC_INVALID;
	/* Nothing behind the name's end either. */
	if (!name_fits(out->name) || !is_zero(block + AT_NAME + strlen(out->name),
			TAR_NAME_MAX - strlen(out->name)))
		return RC_INVALID;
	out->size = (int64_t)size;
	return RC_OK;
}

size_t tar_padding(int64_t size)
{
	return (size_t)((TAR_BLOCK - size % TAR_BLOCK) % TAR_BLOCK);
}
