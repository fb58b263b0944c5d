/*
 * network.c: see network.h. The rules stand in templates (board/network, with its README), what is
 * chosen in one file (base/network.h); this joins them, and knows of neither hostapd nor nftables
 * more than which file is a secret and which is for whom.
 */
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/encode.h"
#include "base/file.h"
#include "base/network.h"
#include "tool/network.h"
#include "tool/tool.h"

#define SETTINGS_MAX 16384u
#define TEMPLATE_MAX 65536u

static const char usage[] =
		"usage: tram network --settings FILE --templates FOLDER --out FOLDER [--networkd FOLDER]\n"
		"           [--domain NAME] [--wpa2] [--ap CARD] [--guest CARD] [--uplink CARD]\n"
		"       tram network --settings FILE --check\n"
		"       tram network --keys\n\n"
		"Checks the network settings of a board and writes hostapd.conf, dnsmasq.conf, hosts,\n"
		"nftables.conf, sysctl.conf, env and the files for guests and the way out, where there are\n"
		"any, into FOLDER; files of systemd-networkd into the folder of --networkd (FOLDER when not\n"
		"said). A file that no longer belongs there is removed. --keys prints every key of FILE.\n"
		"NAME is the board's for tablets, tram.lan by default. --wpa2 is for a radio that can neither\n"
		"WPA3 nor protected management frames. Cards: wlan0 for the access point, wlan1 for guests;\n"
		"out leads eth0 (cable), usb0 (modem), or the next radio (wifi).\n"
		"Exit status: 0 done; 2 the settings are wrong, with line and key, and nothing was changed;\n"
		"75 a file could not be written.\n";

/* For whom a file is, and whether it holds a passphrase. */
static const struct product {
	const char *name;
	const char *when;	/* a word, or NULL: always */
	bool secret, networkd;
} products[] = {
	{ "hostapd.conf", NULL, true, false },
	{ "hostapd-guest.conf", "guest", true, false },
	{ "dnsmasq.conf", NULL, false, false },
	{ "hosts", NULL, false, false },
	{ "nftables.conf", NULL, false, false },
	{ "sysctl.conf", NULL, false, false },
	{ "env", NULL, false, false },
	{ "wpa_supplicant.conf", "wifi", true, false },
	{ "20-tram-ap.network", NULL, false, true },
	{ "20-tram-guest.network", "guest", false, true },
	{ "20-tram-uplink.network", "uplink", false, true },
};
#define PRODUCT_COUNT (sizeof(products) / sizeof(products[0]))

struct filling {
	struct pool *pool;
	const struct network *network;
	const char *domain, *ap, *guest, *uplink, *templates, *out;
	bool wpa2;
	const struct network_printer *printer;	/* of the line, or NULL */
	const char *path;
	int line;
};

static bool holds(const struct filling *filling, const char *word)
{
	const struct network *network = filling->network;
	const struct { const char *word; bool holds; } words[] = {
		{ "guest", network->guest },
		{ "open", *network->guest_key == '\0' },
		{ "five", network->ap_channel > 13 },
		{ "uplink", network->uplink != NETWORK_NONE },
		{ "wifi", network->uplink == NETWORK_WIFI },
		{ "fixed", *network->uplink_address != '\0' },
		{ "forward", network->printer_count > 0 },
		{ "wpa2", filling->wpa2 },
	};
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(words[i].word, word) == 0)
			return words[i].holds;
	}
	return false;
}

static const char *hex_of(struct pool *pool, const char *text)
{
	char *hex = pool_alloc(pool, 2 * strlen(text) + 1);

	hex_encode((const uint8_t *)text, strlen(text), hex);
	return hex;
}

/* Who may speak to the way out, by number: nft knows no name that the system lacks. */
static const char *uplink_users(struct pool *pool)
{
	static const char *const names[] = { "tram-link", "_chrony", "systemd-network",
		"systemd-resolve", NULL };
	const char *list = "0";
	size_t i;

	for (i = 0; names[i]; i++) {
		const struct passwd *user = getpwnam(names[i]);

		if (user)
			list = pool_printf(pool, "%s, %u", list, (unsigned)user->pw_uid);
	}
	return list;
}

/* NULL: no such name. */
static const char *value_of(const struct filling *filling, const char *name)
{
	const struct network *network = filling->network;
	const struct network_printer *printer = filling->printer;
	struct pool *pool = filling->pool;
	const struct { const char *name, *value; } values[] = {
		{ "OUT", filling->out }, { "DOMAIN", filling->domain }, { "AP", filling->ap },
		{ "AP_NAME", hex_of(pool, network->ap_name) }, { "AP_KEY", network->ap_key },
		{ "AP_CHANNEL", pool_printf(pool, "%d", (int)network->ap_channel) },
		{ "GUEST", filling->guest }, { "GUEST_NAME", hex_of(pool, network->guest_name) },
		{ "GUEST_KEY", network->guest_key },
		/* As far from the other as channels of 2.4 GHz allow. */
		{ "GUEST_CHANNEL", network->ap_channel <= 6 ? "11" : "1" },
		{ "UPLINK", filling->uplink }, { "UPLINK_NAME", hex_of(pool, network->uplink_name) },
		{ "UPLINK_KEY", network->uplink_key }, { "UPLINK_ADDRESS", network->uplink_address },
		{ "UPLINK_GATEWAY", network->uplink_gateway }, { "UPLINK_DNS", network->uplink_dns },
		{ "HOST", network->host },
		{ "TABLETS", NETWORK_TABLETS }, { "GUESTS", NETWORK_GUESTS },
		{ "PRINTERS", NETWORK_PRINTERS }, { "USERS", uplink_users(pool) },
		{ "PRINTER", printer ? printer->name : NULL },
		{ "PRINTER_MAC", printer ? printer->mac : NULL },
		{ "PRINTER_ADDRESS", printer ? printer->address : NULL },
	};
	size_t i;

	for (i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		if (strcmp(values[i].name, name) == 0)
			return values[i].value;
	}
	return NULL;
}

static enum rc fill_line(const struct filling *filling, const char *line, size_t len, struct buf *out)
{
	size_t i;

	for (i = 0; i < len; i++) {
		const char *end = line[i] == '@' ? memchr(line + i + 1, '@', len - i - 1) : NULL;
		const char *value;

		if (!end) {
			buf_char(out, line[i]);
			continue;
		}
		value = value_of(filling, pool_strndup(filling->pool, line + i + 1,
				(size_t)(end - line) - i - 1));
		if (!value) {
			fprintf(stderr, "tram network: %s line %d: no such name here\n", filling->path,
					filling->line);
			return RC_CONFIG;
		}
		buf_text(out, value);
		i = (size_t)(end - line);
	}
	buf_char(out, '\n');
	return RC_OK;
}

/* A line of a template, with its condition. */
static enum rc take_line(struct filling *filling, const char *line, size_t len, struct buf *out)
{
	char kind = len ? *line : '\0';
	const char *blank = memchr(line, ' ', len);
	const char *word;
	enum rc rc = RC_OK;
	size_t i;

	if ((kind != '?' && kind != '!' && kind != '*') || !blank)
		return fill_line(filling, line, len, out);
	word = pool_strndup(filling->pool, line + 1, (size_t)(blank - line) - 1);
	len -= (size_t)(blank + 1 - line);
	line = blank + 1;
	if (kind != '*')
		return holds(filling, word) == (kind == '?') ?
				fill_line(filling, line, len, out) : RC_OK;
	for (i = 0; i < filling->network->printer_count && rc == RC_OK; i++) {
		filling->printer = &filling->network->printers[i];
		if ((strcmp(word, "wifi-printer") == 0) == (filling->printer->mac != NULL))
			rc = fill_line(filling, line, len, out);
	}
	filling->printer = NULL;
	return rc;
}

static enum rc fill(struct filling *filling, const char *text, struct buf *out)
{
	enum rc rc = RC_OK;

	buf_text(out, "");
	while (*text && rc == RC_OK) {
		size_t len = strcspn(text, "\n");

		filling->line++;
		rc = take_line(filling, text, len, out);
		text += len + (text[len] == '\n');
	}
	return rc;
}

static enum rc put_product(struct filling *filling, const struct product *product, const char *dir)
{
	struct pool *pool = filling->pool;
	const char *path = pool_printf(pool, "%s/%s", dir, product->name);
	mode_t mode = product->secret ? 0600 : 0644;
	struct buf made = { 0 };
	size_t len;
	char *text;
	enum rc rc;

	if (product->when && !holds(filling, product->when))
		return unlink(path) == 0 || errno == ENOENT ? RC_OK : RC_IO;
	filling->path = pool_printf(pool, "%s/%s.in", filling->templates, product->name);
	filling->line = 0;
	rc = file_read(pool, filling->path, TEMPLATE_MAX, &text, &len);
	if (rc != RC_OK)
		fprintf(stderr, "tram network: %s: cannot be read (%s)\n", filling->path, rc_name(rc));
	else
		rc = fill(filling, text, &made);
	if (rc == RC_OK) {
		rc = file_put(dir, product->name, made.data, made.len, mode);
		/* Others than root read it, whatever the umask. */
		if (rc == RC_OK && chmod(path, mode))
			rc = RC_IO;
		if (rc != RC_OK)
			fprintf(stderr, "tram network: %s: cannot be written (%s)\n", path, rc_name(rc));
	}
	if (made.data)
		memset(made.data, 0, made.len);
	buf_free(&made);
	return rc;
}

/* A name of a network card, or a host's: nothing that a file of the system could take for more. */
static bool is_plain(const char *word)
{
	return *word && strlen(word) <= 50 &&
			word[strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789.-")] == '\0';
}

static enum rc put_all(struct filling *filling, const char *networkd)
{
	enum rc rc = RC_OK;
	size_t i;

	if (!is_plain(filling->domain) || !is_plain(filling->ap) || !is_plain(filling->guest) ||
			!is_plain(filling->uplink)) {
		fputs("tram network: a card's or the board's name is not plain\n", stderr);
		return RC_INVALID;
	}
	if (strcmp(filling->ap, filling->uplink) == 0 || strcmp(filling->ap, filling->guest) == 0 ||
			strcmp(filling->guest, filling->uplink) == 0) {
		fputs("tram network: one card cannot serve two networks\n", stderr);
		return RC_INVALID;
	}
	if (file_make_dir(filling->out, 0755) || file_make_dir(networkd, 0755)) {
		fputs("tram network: a folder cannot be made\n", stderr);
		return RC_IO;
	}
	for (i = 0; i < PRODUCT_COUNT && rc == RC_OK; i++)
		rc = put_product(filling, &products[i], products[i].networkd ? networkd : filling->out);
	return rc;
}

static int read_settings(struct pool *pool, const char *path, struct network *network)
{
	struct network_fault fault;
	size_t len;
	char *text;
	enum rc rc = file_read(pool, path, SETTINGS_MAX, &text, &len);

	if (rc != RC_OK) {
		fprintf(stderr, "tram network: %s: cannot be read (%s)\n", path, rc_name(rc));
		return rc == RC_IO ? TOOL_ENVIRONMENT : TOOL_USAGE;
	}
	if (strlen(text) != len) {
		fprintf(stderr, "tram network: %s: holds a NUL byte\n", path);
		return TOOL_USAGE;
	}
	if (network_read(pool, text, network, &fault) == RC_OK)
		return TOOL_OK;
	fprintf(stderr, "tram network: %s", path);
	if (fault.line)
		fprintf(stderr, " line %d", fault.line);
	fprintf(stderr, "%s%s: %s\n", *fault.key ? " " : "", fault.key, fault.why);
	return TOOL_USAGE;
}

static int print_keys(void)
{
	struct buf text = { 0 };

	network_describe(&text);
	fputs(text.data, stdout);
	buf_free(&text);
	return TOOL_OK;
}

static const char *usual_uplink(const struct network *network)
{
	switch (network->uplink) {
	case NETWORK_MODEM: return "usb0";
	case NETWORK_WIFI: return network->guest ? "wlan2" : "wlan1";
	default: return "eth0";
	}
}

int network_main(int argc, char **argv)
{
	struct filling filling = { .domain = "tram.lan", .ap = "wlan0", .guest = "wlan1" };
	const char *from = NULL, *networkd = NULL;
	bool check = false, print = false;
	const struct tool_option options[] = { { "settings", &from, NULL },
		{ "templates", &filling.templates, NULL }, { "out", &filling.out, NULL },
		{ "networkd", &networkd, NULL }, { "domain", &filling.domain, NULL },
		{ "ap", &filling.ap, NULL }, { "guest", &filling.guest, NULL },
		{ "uplink", &filling.uplink, NULL }, { "wpa2", NULL, &filling.wpa2 },
		{ "check", NULL, &check }, { "keys", NULL, &print } };
	struct network network;
	size_t words;
	int status = tool_options(argc, argv, usage, options, sizeof(options) / sizeof(options[0]),
			NULL, 0, &words);

	if (status >= 0)
		return status;
	if (print)
		return print_keys();
	if (!from || (!check && (!filling.templates || !filling.out))) {
		fputs(usage, stderr);
		return TOOL_USAGE;
	}
	filling.pool = pool_new();
	filling.network = &network;
	status = read_settings(filling.pool, from, &network);
	if (status == TOOL_OK && !check) {
		if (!filling.uplink)
			filling.uplink = usual_uplink(&network);
		if (!network.guest && strcmp(filling.uplink, filling.guest) == 0)
			filling.guest = "none";
		status = tool_exit_of(put_all(&filling, networkd ? networkd : filling.out));
	}
	pool_free(filling.pool);
	return status;
}
