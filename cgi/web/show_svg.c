/*
 * show_svg.c: codes for scanners as SVG, one path each, with their quiet zones.
 */
#include <qrencode.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "web/show.h"

#define QR_QUIET 4		/* modules, ISO/IEC 18004 */
#define BAR_QUIET 10		/* modules, ISO/IEC 15417 */
#define BAR_HEIGHT 50
#define CODE_MAX 80u

static char *take(struct pool *pool, struct buf *out)
{
	char *text = pool_strndup(pool, out->data, out->len);

	buf_free(out);
	return text;
}

char *show_qr_svg(struct pool *pool, const char *text)
{
	QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
	struct buf out = { 0 };
	int size;

	if (code == NULL) {
		log_error("qr too long bytes=%zu", strlen(text));
		return pool_strdup(pool, "");
	}
	size = code->width + 2 * QR_QUIET;
	buf_printf(&out,
			"<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"qr\" viewBox=\"0 0 %d "
			"%d\" "
			"shape-rendering=\"crispEdges\" aria-hidden=\"true\"><path d=\"",
			size, size);
	for (int y = 0; y < code->width; y++) {
		const unsigned char *row = code->data + (size_t)y * (size_t)code->width;

		for (int x = 0; x < code->width; x++) {
			int run = 0;

			while (x + run < code->width && (row[x + run] & 1) != 0)
				run++;
			if (run == 0)
				continue;
			buf_printf(&out, "M%d %dh%dv1h-%dz", x + QR_QUIET, y + QR_QUIET, run, run);
			x += run;
		}
	}
	buf_text(&out, "\"/></svg>");
	QRcode_free(code);
	return take(pool, &out);
}

/* Widths of bars and gaps of each symbol; 104 and 105 start sets B and C, 106 stops. */
static const char *const patterns[107] = {
	"212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312", "132212",
	"221213", "221312", "231212", "112232", "122132", "122231", "113222", "123122", "123221",
	"223211", "221132", "221231", "213212", "223112", "312131", "311222", "321122", "321221",
	"312212", "322112", "322211", "212123", "212321", "232121", "111323", "131123", "131321",
	"112313", "132113", "132311", "211313", "231113", "231311", "112133", "112331", "132131",
	"113123", "113321", "133121", "313121", "211331", "231131", "213113", "213311", "213131",
	"311123", "311321", "331121", "312113", "312311", "332111", "314111", "221411", "431111",
	"111224", "111422", "121124", "121421", "141122", "141221", "112214", "112412", "122114",
	"122411", "142112", "142211", "241211", "221114", "413111", "241112", "134111", "111242",
	"121142", "121241", "114212", "124112", "124211", "411212", "421112", "421211", "212141",
	"214121", "412121", "111143", "111341", "131141", "114113", "114311", "411113", "411311",
	"113141", "114131", "311141", "411131", "211412", "211214", "211232", "2331112",
};

enum set { SET_B, SET_C, SETS };
#define TO_C 99
#define TO_B 100
#define START_B 104
#define STOP 106

static bool two_digits(const char *p)
{
	return p[0] >= '0' && p[0] <= '9' && p[1] >= '0' && p[1] <= '9';
}

/* Fewest symbols from each place on in each set, from the end backwards; a change of set costs one.
 */
static void count_symbols(const char *text, size_t len, unsigned cost[CODE_MAX + 1][SETS])
{
	cost[len][SET_B] = cost[len][SET_C] = 0;
	for (size_t i = len; i-- > 0;) {
		unsigned in_b = 1 + cost[i + 1][SET_B];
		unsigned in_c = two_digits(text + i) ? 1 + cost[i + 2][SET_C] : 1000;

		cost[i][SET_B] = in_b <= 1 + in_c ? in_b : 1 + in_c;
		cost[i][SET_C] = in_c <= 1 + in_b ? in_c : 1 + in_b;
	}
}

static size_t encode(const char *text, size_t len, int *symbols)
{
	unsigned cost[CODE_MAX + 1][SETS];
	enum set set;
	size_t n = 0;
	int sum;

	count_symbols(text, len, cost);
	set = cost[0][SET_C] < cost[0][SET_B] ? SET_C : SET_B;
	symbols[n++] = START_B + (int)set;
	for (size_t i = 0; i < len;) {
		bool pair = two_digits(text + i);

		if (set == SET_B && cost[i][SET_B] < 1 + cost[i + 1][SET_B]) {
			symbols[n++] = TO_C;
			set = SET_C;
		} else if (set == SET_C && (!pair || cost[i][SET_C] < 1 + cost[i + 2][SET_C])) {
			symbols[n++] = TO_B;
			set = SET_B;
		}
		if (set == SET_C) {
			symbols[n++] = (text[i] - '0') * 10 + text[i + 1] - '0';
			i += 2;
		} else {
			symbols[n++] = text[i++] - ' ';
		}
	}
	sum = symbols[0];
	for (size_t i = 1; i < n; i++)
		sum += (int)i * symbols[i];
	symbols[n++] = sum % 103;
	symbols[n++] = STOP;
	return n;
}

char *show_code128_svg(struct pool *pool, const char *text)
{
	int symbols[2 * CODE_MAX + 4];
	struct buf out = { 0 }, path = { 0 };
	size_t len = strlen(text), count;
	int x = BAR_QUIET;

	if (len == 0 || len > CODE_MAX) {
		log_error("barcode unfit bytes=%zu", len);
		return pool_strdup(pool, "");
	}
	for (size_t i = 0; i < len; i++) {
		if (text[i] < ' ' || text[i] > '~')
			return pool_strdup(pool, "");
	}
	count = encode(text, len, symbols);
	for (size_t i = 0; i < count; i++) {
		const char *widths = patterns[symbols[i]];

		for (size_t k = 0; widths[k] != '\0'; k++) {
			int width = widths[k] - '0';

			if (k % 2 == 0)
				buf_printf(&path, "M%d 0h%dv%dh-%dz", x, width, BAR_HEIGHT, width);
			x += width;
		}
	}
	buf_printf(&out,
			"<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"barcode\" "
			"viewBox=\"0 0 %d %d\" preserveAspectRatio=\"none\" "
			"shape-rendering=\"crispEdges\" "
			"aria-hidden=\"true\"><path d=\"%s\"/></svg>",
			x + BAR_QUIET, BAR_HEIGHT, path.data);
	buf_free(&path);
	return take(pool, &out);
}
