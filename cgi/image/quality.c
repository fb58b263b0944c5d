/*
 * quality.c: would a person send this photo back? Too dark, too small, blurred: warnings only.
 *
 * Sharpness: in blocks that have something on them, the variance of the Laplacian beside the variance
 * of the brightness itself: an edge that is sharp has about as much of the one as of the other, a
 * blurred one far less, however dark or pale the photo is. The tenth best block speaks for the page,
 * so that an empty margin or a finger does not. A blank page has no such block and is not blurred.
 */
#include "image/image.h"

#define BLOCK 48
#define SHARP_MAX 1000	/* percent; more is as good */
#define CONTENT 120.0	/* variance from which a block is more than paper and noise */

static int luma(const struct raster *raster, uint32_t x, uint32_t y)
{
	const uint8_t *at = raster->bytes + ((size_t)y * raster->width + x) * raster_channels(raster);

	return raster->space == IMAGE_RGB ? (at[0] * 77 + at[1] * 150 + at[2] * 29) >> 8 : at[0];
}

int quality_brightness(const struct raster *raster)
{
	uint64_t sum = 0, count = 0;

	for (uint32_t y = 0; y < raster->height; y += 4)
		for (uint32_t x = 0; x < raster->width; x += 4, count++)
			sum += (uint64_t)luma(raster, x, y);
	return count > 0 ? (int)(sum / count) : 0;
}

/* Of one block: Laplacian variance in percent of the brightness variance; -1: nothing on it. */
static int block_sharpness(const struct raster *raster, uint32_t x0, uint32_t y0)
{
	int brightness[BLOCK][BLOCK];
	int64_t sum = 0, squares = 0, edge = 0, edge_squares = 0;
	double count = (BLOCK - 2) * (BLOCK - 2), variance, edge_variance;

	for (uint32_t y = 0; y < BLOCK; y++)
		for (uint32_t x = 0; x < BLOCK; x++)
			brightness[y][x] = luma(raster, x0 + x, y0 + y);
	for (int y = 1; y < BLOCK - 1; y++) {
		int line = 0, line_squares = 0, line_edge = 0, line_edge_squares = 0;

		for (int x = 1; x < BLOCK - 1; x++) {
			int here = brightness[y][x];
			int laplace = 4 * here - brightness[y][x - 1] - brightness[y][x + 1] -
					brightness[y - 1][x] - brightness[y + 1][x];

			line += here;
			line_squares += here * here;
			line_edge += laplace;
			line_edge_squares += laplace * laplace;
		}
		sum += line;
		squares += line_squares;
		edge += line_edge;
		edge_squares += line_edge_squares;
	}
	variance = (double)squares / count - (double)sum / count * ((double)sum / count);
	if (variance < CONTENT)
		return -1;
	edge_variance = (double)edge_squares / count - (double)edge / count * ((double)edge / count);
	return (int)(100 * edge_variance / variance);
}

int quality_sharpness(const struct raster *raster)
{
	uint32_t across = raster->width / BLOCK, down = raster->height / BLOCK;
	uint32_t stride = across * down > 600 ? 3 : 1;	/* every third is enough of a large page */
	uint32_t blocks[SHARP_MAX + 1] = { 0 }, count = 0, better = 0;

	for (uint32_t y = 0; y < down; y++)
		for (uint32_t x = y % stride; x < across; x += stride) {
			int value = block_sharpness(raster, x * BLOCK, y * BLOCK);

			if (value < 0)
				continue;
			blocks[value < SHARP_MAX ? value : SHARP_MAX]++;
			count++;
		}
	if (count == 0)
		return -1;
	for (int value = SHARP_MAX; value >= 0; value--) {
		better += blocks[value];
		if (better > count / 10)
			return value;
	}
	return 0;
}

unsigned quality_judge(const struct raster *raster, const struct quality_bounds *bounds)
{
	uint32_t side = raster->source_width > raster->source_height ? raster->source_width :
			raster->source_height;
	int sharp;
	unsigned warnings = 0;

	if (quality_brightness(raster) < bounds->dark)
		warnings |= IMAGE_DARK;
	if (side < bounds->small_side)
		warnings |= IMAGE_SMALL;
	sharp = quality_sharpness(raster);
	if (sharp >= 0 && sharp < bounds->sharp_percent)
		warnings |= IMAGE_BLURRED;
	return warnings;
}
