/* network.c: see network.h. */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "base/network.h"
#include "base/text.h"

#define VALUE_MAX 512

enum type { HOST, NAME, KEY, CHANNEL, FLAG, UPLINK, ADDRESS, IPV4, IPV4_LIST, PRINTERS };

struct key {
	const char *name;
	enum type type;
	bool needed;
	size_t member;
	const char *meaning;
};

#define AT(member) offsetof(struct network, member)
static const struct key keys[] = {
	{ "host", HOST, true, AT(host),
			"name of the machine, small letters, digits and hyphens, 1 to 63" },
	{ "ap_name", NAME, true, AT(ap_name), "name of the counter's Wi-Fi, 1 to 32 bytes" },
	{ "ap_key", KEY, true, AT(ap_key), "its passphrase, 8 to 63 characters of printable ASCII" },
	{ "ap_channel", CHANNEL, false, 0, "1 to 13, or 36, 40, 44, 48; missing: 6" },
	{ "guest", FLAG, false, 0, "yes: a guests' Wi-Fi on a second adapter; missing: no" },
	{ "guest_name", NAME, false, AT(guest_name), "its name, when guest = yes" },
	{ "guest_key", KEY, false, AT(guest_key), "its passphrase; missing: open" },
	{ "uplink", UPLINK, true, 0,
			"way out: none, cable, wifi, or modem (a 4G dongle that shows itself as a network card)" },
	{ "uplink_name", NAME, false, AT(uplink_name), "Wi-Fi to join, when uplink = wifi" },
	{ "uplink_key", KEY, false, AT(uplink_key), "its passphrase" },
	{ "uplink_address", ADDRESS, false, AT(uplink_address),
			"dhcp, or IPv4 with prefix as 192.0.2.20/24, when uplink = cable; missing: dhcp" },
	{ "uplink_gateway", IPV4, false, AT(uplink_gateway), "IPv4, with a fixed address" },
	{ "uplink_dns", IPV4_LIST, false, AT(uplink_dns), "IPv4, with a fixed address, blanks between" },
	{ "printers", PRINTERS, false, 0,
			"printers tablets may reach by IPP, blanks between, at most 8: the IPv4 address of one "
			"on the uplink's cable, the MAC (aa:bb:cc:dd:ee:ff) of one on the counter's Wi-Fi" },
};
#define KEY_COUNT (sizeof(keys) / sizeof(keys[0]))
#define LOWER_DIGITS "abcdefghijklmnopqrstuvwxyz0123456789"

static const char *check_host(const char *value)
{
	size_t len = strlen(value);

	return len <= 63 && strspn(value, LOWER_DIGITS "-") == len && value[0] != '-' &&
			value[len - 1] != '-' ? NULL
			: "a name has small letters, digits and hyphens, at most 63, no hyphen at an end";
}

static const char *check_name(const char *value)
{
	size_t len = strlen(value), i;

	for (i = 0; i < len; i++) {
		if ((unsigned char)value[i] < 0x20 || value[i] == 0x7f)
			return "control characters";
	}
	return len <= 32 && text_is_utf8(value, len) ? NULL : "a name has 1 to 32 bytes of UTF-8";
}

static const char *check_passphrase(const char *value)
{
	size_t len = strlen(value), i;

	for (i = 0; i < len; i++) {
		if (value[i] < 0x20 || value[i] > 0x7e)
			return "a passphrase has printable ASCII alone, no letters with marks";
	}
	return len >= 8 && len <= 63 ? NULL : "a passphrase has 8 to 63 characters";
}

static const char *check_channel(const char *value, int64_t *channel)
{
	if (num_parse(value, 1, 48, channel) || (*channel > 13 && (*channel < 36 || *channel % 4)))
		return "a channel is 1 to 13, or 36, 40, 44, 48";
	return NULL;
}

static bool read_ipv4(const char *value, uint32_t *out)
{
	struct in_addr address;

	if (inet_pton(AF_INET, value, &address) != 1)
		return false;
	*out = ntohl(address.s_addr);
	return true;
}

static bool is_unicast(uint32_t address)
{
	return address >> 24 != 0 && address >> 24 != 127 && address >> 28 < 14;
}

/* 10.77.0.0/22 */
static bool is_ours(uint32_t address)
{
	return address >> 10 == 0x0a4d0000u >> 10;
}

static const char *check_address(const char *value)
{
	char text[INET_ADDRSTRLEN];
	size_t len = strcspn(value, "/");
	int64_t prefix;
	uint32_t address;

	if (strcmp(value, "dhcp") == 0)
		return NULL;
	if (len >= sizeof(text) || value[len] == '\0' || num_parse(value + len + 1, 8, 30, &prefix))
		return "an address is \"dhcp\", or IPv4 with a prefix of 8 to 30 as 192.0.2.20/24";
	memcpy(text, value, len);
	text[len] = '\0';
	if (!read_ipv4(text, &address) || !is_unicast(address))
		return "an address is \"dhcp\", or IPv4 with a prefix of 8 to 30 as 192.0.2.20/24";
	return is_ours(address) ? "an address of the board's own networks" : NULL;
}

static const char *check_ipv4(const char *value)
{
	uint32_t address;

	return read_ipv4(value, &address) && is_unicast(address) && !is_ours(address) ? NULL
			: "an IPv4 address as 192.0.2.1, none of the board's own networks";
}

static bool is_mac(const char *value)
{
	size_t i;

	for (i = 0; i < 17; i++) {
		if (i % 3 == 2 ? value[i] != ':' : value[i] == '\0' || !strchr("0123456789abcdef", value[i]))
			return false;
	}
	/* Bit 0 of the first byte: a group, never one card. */
	return value[17] == '\0' && strchr("02468ace", value[1]);
}

static const char *check_printer(const char *value)
{
	uint32_t address;

	if (is_mac(value))
		return NULL;
	if (!read_ipv4(value, &address))
		return "a printer is an IPv4 address, or a MAC in small letters";
	if (address >> 24 != 10 && address >> 20 != 0xac1 && address >> 16 != 0xc0a8)
		return "a printer's address is one of a private network";
	return is_ours(address) ? "an address of the board's own networks" : NULL;
}

/* Splits value in place; hands each word on. */
static const char *check_list(char *value, const char *(*check)(const char *), size_t max,
		const char **words, size_t *count)
{
	size_t i;

	*count = 0;
	while (*(value += strspn(value, " "))) {
		size_t len = strcspn(value, " ");
		bool last = value[len] == '\0';
		const char *fault;

		value[len] = '\0';
		if (*count == max)
			return "more than there is room for";
		fault = check(value);
		for (i = 0; i < *count && !fault; i++)
			fault = strcmp(words[i], value) == 0 ? "one stands there twice" : NULL;
		if (fault)
			return fault;
		words[(*count)++] = value;
		value += len + !last;
	}
	return NULL;
}

static void set_printers(struct network *out, const char **words, size_t count)
{
	static const char *const names[NETWORK_PRINTERS_MAX] = { "may-in-1", "may-in-2", "may-in-3",
		"may-in-4", "may-in-5", "may-in-6", "may-in-7", "may-in-8" };
	static const char *const own[NETWORK_PRINTERS_MAX] = { NETWORK_PRINTERS ".11",
		NETWORK_PRINTERS ".12", NETWORK_PRINTERS ".13", NETWORK_PRINTERS ".14",
		NETWORK_PRINTERS ".15", NETWORK_PRINTERS ".16", NETWORK_PRINTERS ".17",
		NETWORK_PRINTERS ".18" };
	size_t i;

	for (i = 0; i < count; i++) {
		bool mac = is_mac(words[i]);

		out->printers[i] = (struct network_printer){ names[i], mac ? words[i] : NULL,
			mac ? own[i] : words[i] };
	}
	out->printer_count = count;
}

static const char *check_word(const char *value, const char *const words[], int *index)
{
	for (*index = 0; words[*index]; ++*index) {
		if (strcmp(words[*index], value) == 0)
			return NULL;
	}
	return "none of the words there are for it";
}

/* Checks, and sets *out. */
static const char *take(struct pool *pool, const struct key *key, const char *value,
		struct network *out)
{
	static const char *const flags[] = { "no", "yes", NULL };
	static const char *const uplinks[] = { "none", "cable", "wifi", "modem", NULL };
	const char *fault = NULL, *words[NETWORK_PRINTERS_MAX];
	size_t count;
	int word = 0;

	if (strlen(value) > VALUE_MAX)
		return "too long";
	if (*value == '\0')
		return key->needed ? "empty" : NULL;
	switch (key->type) {
	case HOST: fault = check_host(value); break;
	case NAME: fault = check_name(value); break;
	case KEY: fault = check_passphrase(value); break;
	case CHANNEL: return check_channel(value, &out->ap_channel);
	case FLAG:
		fault = check_word(value, flags, &word);
		out->guest = word == 1;
		return fault;
	case UPLINK:
		fault = check_word(value, uplinks, &word);
		out->uplink = fault ? NETWORK_NONE : (enum network_uplink)word;
		return fault;
	case ADDRESS: fault = check_address(value); break;
	case IPV4: fault = check_ipv4(value); break;
	case IPV4_LIST:
		fault = check_list(pool_strdup(pool, value), check_ipv4, 3, words, &count);
		break;
	case PRINTERS:
		fault = check_list(pool_strdup(pool, value), check_printer, NETWORK_PRINTERS_MAX, words,
				&count);
		if (!fault)
			set_printers(out, words, count);
		return fault;
	}
	if (!fault)
		*(const char **)((char *)out + key->member) = key->type == ADDRESS &&
				strcmp(value, "dhcp") == 0 ? "" : pool_strdup(pool, value);
	return fault;
}

static enum rc refuse(struct network_fault *fault, int line, const char *key, const char *why)
{
	*fault = (struct network_fault){ line, key, why };
	return RC_INVALID;
}

/* What one key alone cannot tell. */
static enum rc check_whole(const struct network *network, struct network_fault *fault)
{
	bool fixed = *network->uplink_address != '\0';
	size_t i;

	if (network->guest && *network->guest_name == '\0')
		return refuse(fault, 0, "guest_name", "guests need a name");
	if (network->guest && (strcmp(network->guest_name, network->ap_name) == 0 ||
			strcmp(network->guest_key, network->ap_key) == 0))
		return refuse(fault, 0, "guest_name", "guests have a name and a passphrase of their own");
	if (network->uplink == NETWORK_WIFI && (*network->uplink_name == '\0' ||
			*network->uplink_key == '\0'))
		return refuse(fault, 0, "uplink_name", "the Wi-Fi to join needs a name and a passphrase");
	if (fixed && network->uplink != NETWORK_CABLE)
		return refuse(fault, 0, "uplink_address", "a fixed address needs uplink = cable");
	if (fixed != (*network->uplink_gateway != '\0') || fixed != (*network->uplink_dns != '\0'))
		return refuse(fault, 0, "uplink_gateway",
				"address, gateway and dns are given together or not at all");
	for (i = 0; i < network->printer_count; i++) {
		if (!network->printers[i].mac && network->uplink != NETWORK_CABLE)
			return refuse(fault, 0, "printers", "a printer by address needs uplink = cable");
	}
	return RC_OK;
}

/* One line without its end; seen: in which line each key stands. */
static enum rc read_line(struct pool *pool, int number, const char *line, size_t len, int seen[],
		struct network *out, struct network_fault *fault)
{
	const char *equals, *name, *why;
	size_t name_len, i;

	while (len && (line[len - 1] == ' ' || line[len - 1] == '\t' || line[len - 1] == '\r'))
		len--;
	for (; len && (*line == ' ' || *line == '\t'); len--)
		line++;
	if (len == 0 || *line == '#')
		return RC_OK;
	equals = memchr(line, '=', len);
	if (!equals)
		return refuse(fault, number, "", "a line is \"key = value\"");
	name_len = (size_t)(equals - line);
	while (name_len && line[name_len - 1] == ' ')
		name_len--;
	name = pool_strndup(pool, line, name_len);
	for (equals++; equals < line + len && *equals == ' ';)
		equals++;
	for (i = 0; i < KEY_COUNT && strcmp(keys[i].name, name) != 0;)
		i++;
	if (i == KEY_COUNT)
		return refuse(fault, number, "", "no such key");
	if (seen[i])
		return refuse(fault, number, keys[i].name, "stands there twice");
	seen[i] = number;
	why = take(pool, &keys[i], pool_strndup(pool, equals, (size_t)(line + len - equals)), out);
	return why ? refuse(fault, number, keys[i].name, why) : RC_OK;
}

static void set_defaults(struct network *out)
{
	size_t i;

	*out = (struct network){ .ap_channel = 6 };
	for (i = 0; i < KEY_COUNT; i++) {
		if (keys[i].type != CHANNEL && keys[i].type != FLAG && keys[i].type != UPLINK &&
				keys[i].type != PRINTERS)
			*(const char **)((char *)out + keys[i].member) = "";
	}
}

enum rc network_read(struct pool *pool, const char *text, struct network *out,
		struct network_fault *fault)
{
	int seen[KEY_COUNT] = { 0 };
	enum rc rc = RC_OK;
	int number = 0;
	size_t i;

	set_defaults(out);
	*fault = (struct network_fault){ 0, "", "" };
	while (rc == RC_OK && *text) {
		size_t len = strcspn(text, "\n");

		rc = read_line(pool, ++number, text, len, seen, out, fault);
		text += len + (text[len] == '\n');
	}
	for (i = 0; i < KEY_COUNT && rc == RC_OK; i++) {
		if (!seen[i] && keys[i].needed)
			rc = refuse(fault, 0, keys[i].name, "is missing");
	}
	return rc == RC_OK ? check_whole(out, fault) : rc;
}

enum rc network_check(const char *key, const char *value, const char **why)
{
	struct network scratch;
	struct pool *pool;
	size_t i;

	*why = NULL;
	for (i = 0; i < KEY_COUNT && strcmp(keys[i].name, key) != 0;)
		i++;
	if (i == KEY_COUNT)
		return RC_NOT_FOUND;
	/* A line is what the file holds. */
	if (value[strcspn(value, "\r\n")] || *value == ' ' || (*value && value[strlen(value) - 1] == ' '))
		*why = "blanks at the ends, or more than one line";
	if (*why)
		return RC_INVALID;
	pool = pool_new();
	set_defaults(&scratch);
	*why = take(pool, &keys[i], value, &scratch);
	pool_free(pool);
	return *why ? RC_INVALID : RC_OK;
}

void network_describe(struct buf *out)
{
	size_t i;

	for (i = 0; i < KEY_COUNT; i++)
		buf_printf(out, "# %s%s\n%s%s =\n", keys[i].meaning, keys[i].needed ? " (needed)" : "",
				keys[i].needed ? "" : "#", keys[i].name);
}
