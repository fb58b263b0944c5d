/*
 * setup_lines.c: see setup_lines.h. From a card that anybody may have had in hand: nothing of it is
 * believed before all of it was read.
 */
#include <arpa/inet.h>
#include <string.h>

#include "base/text.h"
#include "store/setup_lines.h"

#define LINES_MAX 400
#define TEXT_MAX ((size_t)16 * 1024)

bool setup_is_wpa(const char *text)
{
	size_t len = strlen(text), i;

	if (len < 8 || len > 63)
		return false;
	for (i = 0; i < len; i++)
		if (text[i] < 0x20 || text[i] > 0x7e)
			return false;
	return text[0] != ' ' && text[len - 1] != ' ';
}

bool setup_is_uplink(const char *text)
{
	return strcmp(text, "none") == 0 || strcmp(text, "cable") == 0 || strcmp(text, "wifi") == 0 ||
			strcmp(text, "modem") == 0;
}

bool setup_is_ipv4(const char *text)
{
	struct in_addr address;

	return text[strspn(text, "0123456789.")] == '\0' && inet_pton(AF_INET, text, &address) == 1 &&
			address.s_addr != 0 && address.s_addr != INADDR_NONE;
}

bool setup_is_cidr(const char *text)
{
	const char *slash = strchr(text, '/');
	char address[16];
	int64_t bits = 0;

	if (!slash || (size_t)(slash - text) >= sizeof(address))
		return false;
	memcpy(address, text, (size_t)(slash - text));
	address[slash - text] = '\0';
	return setup_is_ipv4(address) && num_parse(slash + 1, 8, 30, &bits) == RC_OK;
}

bool setup_is_port(const char *text)
{
	int64_t port = 0;

	return num_parse(text, 1, 65535, &port) == RC_OK;
}

enum rc setup_lines(struct pool *pool, const char *text, size_t len, setup_take *take, void *arg,
		struct setup_fault *fault)
{
	int line = 0;

	*fault = (struct setup_fault){ .key = "", .why = "long" };
	if (len > TEXT_MAX)
		return RC_INVALID;
	while (len > 0) {
		const char *end = memchr(text, '\n', len);
		size_t taken = end ? (size_t)(end - text) : len;
		char *clean, *value;
		size_t name;

		*fault = (struct setup_fault){ .key = "", .line = ++line, .why = "line" };
		if (line > LINES_MAX || text_clean(pool, text, taken, TEXT_ONE_LINE, &clean) != RC_OK)
			return RC_INVALID;
		if (*clean != '\0' && *clean != '#') {
			value = strchr(clean, '=');
			if (!value)
				return RC_INVALID;
			name = (size_t)(value - clean);
			while (name > 0 && clean[name - 1] == ' ')
				name--;
			clean[name] = '\0';
			value++;
			value += strspn(value, " ");
			fault->key = clean;
			fault->why = take(arg, clean, value);
			if (fault->why)
				return RC_INVALID;
		}
		text += taken + (end != NULL);
		len -= taken + (end != NULL);
	}
	*fault = (struct setup_fault){ .key = "", .why = "" };
	return RC_OK;
}
