/*
 * tablet.c: see tablet.h.
 *
 * A board makes a CA of its own that can vouch for tram.lan and the board's address alone, lets it sign
 * server certificates for thirteen years ahead, each for at most 825 days (what Apple's devices take of
 * a private CA), and forgets its key, which never was on the card. So nobody who takes the board can
 * make certificates for anything else, tablets install one thing once, and renewal is a change of
 * file that needs neither key nor line. The first one begins with the release of this program, not
 * with the clock of the first boot, which may be wrong either way.
 *
 * A certificate from the center, with a name in the public DNS, replaces it where there is one.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/encode.h"
#include "base/file.h"
#include "base/network.h"
#include "base/when.h"
#include "crypt/cert.h"
#include "store/clock.h"
#include "tool/tablet.h"
#include "tool/tool.h"
#include "web/view.h"

#define OWN_DOMAIN "tram.lan"
#define OWN_ADDRESS NETWORK_TABLETS ".1"
#define LEAVES 6
#define LEAF_DAYS 824
#define STEP_DAYS 790	/* the next one is good for a month before this one ends */
#define PEM_MAX 65536u

static const char usage[] =
		"usage: tram tablet-tls new --data FOLDER [--again]\n"
		"       tram tablet-tls pick --data FOLDER\n"
		"       tram tablet-tls use --data FOLDER --pem FILE --domain NAME\n"
		"       tram tablet-tls show --data FOLDER\n\n"
		"On the board. new makes a CA for " OWN_DOMAIN " and " OWN_ADDRESS " alone, server\n"
		"certificates for thirteen years, and forgets the CA's key; --again replaces them, and every\n"
		"tablet has to install the new one. pick puts the certificate of today into\n"
		"keys/tls/server.pem and prints \"changed\" or \"same\": daily, and before the web server\n"
		"starts. use takes a certificate from the center (key and chain in one PEM file) for NAME,\n"
		"quan-ly.NAME and tra-cuu.NAME. show prints the domain, the end, and the fingerprint for the\n"
		"label. What tablets fetch lies in start/.\n"
		"Exit status: 0 done; 1 none is good today; 2 wrong use or file, nothing changed; 75 disk.\n";

struct tablet {
	struct pool *pool;
	const struct settings *settings;
	const char *dir, *start;
};

static enum rc tablet_file(const struct tablet *tablet, const char *name, char **text)
{
	size_t len;
	enum rc rc = file_read(tablet->pool, pool_printf(tablet->pool, "%s/%s", tablet->dir, name),
			PEM_MAX, text, &len);

	return rc == RC_OK && strlen(*text) != len ? RC_INVALID : rc;
}

static enum rc tablet_put(const char *dir, const char *name, const void *bytes, size_t len,
		mode_t mode)
{
	enum rc rc = file_put(dir, name, bytes, len, mode);

	if (rc != RC_OK)
		fprintf(stderr, "tram tablet-tls: %s/%s: cannot be written (%s)\n", dir, name, rc_name(rc));
	return rc;
}

/* The bytes in the first block of a PEM text. */
static enum rc tablet_der(struct pool *pool, const char *pem, struct buf *der)
{
	static const char begin[] = "-----BEGIN CERTIFICATE-----";
	const char *from = strstr(pem, begin), *to = from ? strstr(from, "-----END") : NULL;
	char *text = pool_alloc(pool, strlen(pem) + 1);
	size_t len = 0;

	if (!to)
		return RC_INVALID;
	for (from += sizeof(begin) - 1; from < to; from++) {
		if (*from != '\n' && *from != '\r')
			text[len++] = *from;
	}
	return base64_decode(text, len, der);
}

/* AB:CD:… in upper case, as tablets show it, in four groups to read it by. */
static const char *tablet_print(struct pool *pool, const uint8_t hash[HASH_SIZE])
{
	struct buf text = { 0 };
	const char *out;
	size_t i;

	for (i = 0; i < HASH_SIZE; i++)
		buf_printf(&text, "%s%02X", i == 0 ? "" : i % 8 ? ":" : " ", hash[i]);
	out = pool_strdup(pool, text.data);
	buf_free(&text);
	return out;
}

/* RFC 9562, version 8: made of the certificate, so that the same profile installed again replaces itself. */
static const char *tablet_uuid(struct pool *pool, const uint8_t *bytes)
{
	return pool_printf(pool, "%02X%02X%02X%02X-%02X%02X-8%01X%02X-A%01X%02X-%02X%02X%02X%02X%02X%02X",
			bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6] & 15u, bytes[7],
			bytes[8] & 15u, bytes[9], bytes[10], bytes[11], bytes[12], bytes[13], bytes[14],
			bytes[15]);
}

static enum rc tablet_page(const struct tablet *tablet, struct view *view, const char *page,
		const char *name)
{
	struct buf html = { 0 };
	enum rc rc = template_render(page, view, &html);

	if (rc == RC_OK)
		rc = tablet_put(tablet->start, name, html.data, html.len, 0644);
	buf_free(&html);
	return rc;
}

/* What tablets fetch before they trust anything, without TLS; so the fingerprint is on the label. */
static enum rc tablet_pages(const struct tablet *tablet, const char *domain, const char *ca_pem)
{
	struct view *view = view_new(tablet->pool);
	struct buf der = { 0 }, text = { 0 };
	uint8_t hash[HASH_SIZE];
	char *json;
	enum rc rc = tablet_der(tablet->pool, ca_pem, &der);

	if (rc != RC_OK)
		goto out;
	hash_sha256(der.data, der.len, hash);
	base64_encode((const uint8_t *)der.data, der.len, &text);
	view_set(view, "domain", domain);
	view_set(view, "station_name", tablet->settings->station_name);
	view_set(view, "fingerprint", tablet_print(tablet->pool, hash));
	view_set(view, "certificate", text.data);
	view_set(view, "uuid", tablet_uuid(tablet->pool, hash));
	view_set(view, "uuid_inner", tablet_uuid(tablet->pool, hash + HASH_SIZE / 2));
	view_flag(view, "own", strcmp(domain, OWN_DOMAIN) == 0);
	/* RFC 8908; only a tablet that trusts the page already can ask. */
	json = pool_printf(tablet->pool, "{\"captive\":true,\"user-portal-url\":\"https://%s/\"}\n", domain);
	rc = tablet_put(tablet->start, "tram.crt", der.data, der.len, 0644);
	if (rc == RC_OK)
		rc = tablet_page(tablet, view, "start/profile", "tram.mobileconfig");
	if (rc == RC_OK)
		rc = tablet_put(tablet->start, "captive.json", json, strlen(json), 0644);
	if (rc == RC_OK)
		rc = tablet_page(tablet, view, "start/index", "index.html");
out:
	buf_free(&der);
	buf_free(&text);
	return rc;
}

/* ---- which one is good today ---- */

struct choice {
	char *pem;
	const char *name;
	const char *domain;
	int64_t until;
	bool good;	/* today */
};

static enum rc choose(const struct tablet *tablet, struct choice *out)
{
	int64_t now = when_now_ms();
	struct cert_info info;
	char *pem, *domain;
	int n;

	*out = (struct choice){ 0 };
	if (tablet_file(tablet, "center.pem", &pem) == RC_OK &&
			tablet_file(tablet, "domain", &domain) == RC_OK &&
			cert_read(tablet->pool, pem, &info) == RC_OK && now < info.not_after) {
		*out = (struct choice){ pem, "center.pem", domain, info.not_after, true };
		return RC_OK;
	}
	for (n = 1; n <= LEAVES; n++) {
		const char *name = pool_printf(tablet->pool, "leaf-%d.pem", n);
		enum rc rc = tablet_file(tablet, name, &pem);

		if (rc == RC_OK)
			rc = cert_read(tablet->pool, pem, &info);
		if (rc != RC_OK)
			return rc;
		/* Before the first one a clock is wrong; after the last the last is what there is. */
		if (n > 1 && now < info.not_before)
			break;
		*out = (struct choice){ pem, name, OWN_DOMAIN, info.not_after, now < info.not_after };
	}
	return RC_OK;
}

static int tablet_pick(const struct tablet *tablet)
{
	struct choice choice;
	char *ca, *old = NULL;
	enum rc rc = tablet_file(tablet, "ca.crt", &ca);
	bool changed;

	if (rc == RC_OK)
		rc = choose(tablet, &choice);
	if (rc != RC_OK) {
		fputs("tram tablet-tls: no certificates here: tram tablet-tls new\n", stderr);
		return rc == RC_IO ? TOOL_ENVIRONMENT : TOOL_USAGE;
	}
	changed = tablet_file(tablet, "server.pem", &old) != RC_OK || strcmp(old, choice.pem) != 0;
	if (changed)
		rc = tablet_put(tablet->dir, "server.pem", choice.pem, strlen(choice.pem), 0600);
	/* Always: another release may have other words. */
	if (rc == RC_OK)
		rc = tablet_pages(tablet, choice.domain, ca);
	if (rc != RC_OK)
		return tool_exit_of(rc);
	puts(changed ? "changed" : "same");
	return choice.good ? TOOL_OK : TOOL_FAULT;
}

static int tablet_show(const struct tablet *tablet)
{
	struct buf der = { 0 };
	struct choice choice;
	uint8_t hash[HASH_SIZE];
	char *ca;
	enum rc rc = tablet_file(tablet, "ca.crt", &ca);

	if (rc == RC_OK)
		rc = choose(tablet, &choice);
	if (rc == RC_OK)
		rc = tablet_der(tablet->pool, ca, &der);
	if (rc == RC_OK) {
		hash_sha256(der.data, der.len, hash);
		printf("domain\t%s\nfile\t%s\ndays\t%lld\nfingerprint\t%s\n", choice.domain, choice.name,
				(long long)((choice.until - when_now_ms()) / WHEN_DAY_MS),
				tablet_print(tablet->pool, hash));
	} else {
		fputs("tram tablet-tls: no certificates here: tram tablet-tls new\n", stderr);
	}
	buf_free(&der);
	return rc == RC_OK && !choice.good ? TOOL_FAULT : tool_exit_of(rc);
}

/* ---- making them ---- */

/* It is never earlier than the release of this program. */
static int64_t released_ms(void)
{
	struct stat info;

	if (stat("/proc/self/exe", &info))
		return when_now_ms();
	return (int64_t)info.st_mtime * 1000 - WHEN_DAY_MS;
}

static enum rc make_leaf(const struct tablet *tablet, int n, int64_t from, const char *ca,
		const char *ca_key)
{
	static const char names[] = OWN_DOMAIN " quan-ly." OWN_DOMAIN " tra-cuu." OWN_DOMAIN " "
			OWN_ADDRESS;
	char *key, *public, *pem, *whole;
	enum rc rc = cert_key_new(tablet->pool, &key, &public);

	from += (n - 1) * STEP_DAYS * WHEN_DAY_MS;
	if (rc == RC_OK)
		rc = cert_issue(tablet->pool, CERT_SERVER, OWN_DOMAIN, names, public, ca, ca_key, from,
				from + LEAF_DAYS * WHEN_DAY_MS, &pem);
	if (rc != RC_OK)
		return rc;
	whole = pool_printf(tablet->pool, "%s%s", key, pem);
	rc = tablet_put(tablet->dir, pool_printf(tablet->pool, "leaf-%d.pem", n), whole, strlen(whole),
			0600);
	memset(key, 0, strlen(key));
	memset(whole, 0, strlen(whole));
	return rc;
}

/* ca.crt last: where it is missing, whatever else is there counts for nothing. */
static int tablet_new(const struct tablet *tablet, bool again)
{
	int64_t from = released_ms();
	char *ca_key = NULL, *public, *ca, *old;
	enum rc rc;
	int n;

	if (!again && tablet_file(tablet, "ca.crt", &old) == RC_OK) {
		fputs("tram tablet-tls: there are certificates already; nothing was changed\n", stderr);
		return TOOL_USAGE;
	}
	rc = cert_key_new(tablet->pool, &ca_key, &public);
	if (rc == RC_OK)
		rc = cert_issue(tablet->pool, CERT_BOUND_CA,
				pool_printf(tablet->pool, "Tram %s", tablet->settings->board_id),
				OWN_DOMAIN " " OWN_ADDRESS, public, NULL, ca_key, from,
				from + (LEAVES * STEP_DAYS + LEAF_DAYS) * WHEN_DAY_MS, &ca);
	if (rc == RC_OK && unlink(pool_printf(tablet->pool, "%s/ca.crt", tablet->dir)) && errno != ENOENT)
		rc = RC_IO;
	for (n = 1; n <= LEAVES && rc == RC_OK; n++)
		rc = make_leaf(tablet, n, from, ca, ca_key);
	if (ca_key)
		memset(ca_key, 0, strlen(ca_key));
	if (rc == RC_OK)
		rc = tablet_put(tablet->dir, "ca.crt", ca, strlen(ca), 0644);
	return rc == RC_OK ? tablet_pick(tablet) : tool_exit_of(rc);
}

static int tablet_refuse(const char *why)
{
	fprintf(stderr, "tram tablet-tls: %s; nothing was changed\n", why);
	return TOOL_USAGE;
}

static int tablet_use(const struct tablet *tablet, const char *pem, const char *domain)
{
	struct cert_info info;
	enum rc rc;

	if (cert_read(tablet->pool, pem, &info) != RC_OK || !cert_has_key(pem, pem))
		return tablet_refuse("the file does not begin with a certificate and hold its key");
	if (strlen(domain) > 50 || domain[strspn(domain, "abcdefghijklmnopqrstuvwxyz0123456789.-")] ||
			!cert_names(pem, domain) ||
			!cert_names(pem, pool_printf(tablet->pool, "quan-ly.%s", domain)) ||
			!cert_names(pem, pool_printf(tablet->pool, "tra-cuu.%s", domain)))
		return tablet_refuse("the certificate is not for NAME, quan-ly.NAME and tra-cuu.NAME");
	if (when_now_ms() >= info.not_after)
		return tablet_refuse("the certificate has ended");
	rc = tablet_put(tablet->dir, "domain", domain, strlen(domain), 0644);
	if (rc == RC_OK)
		rc = tablet_put(tablet->dir, "center.pem", pem, strlen(pem), 0600);
	if (rc != RC_OK)
		return tool_exit_of(rc);
	fprintf(stderr, "tram.conf needs: hosts = %s quan-ly.%s tra-cuu.%s\n", domain, domain, domain);
	return tablet_pick(tablet);
}

static int tablet_do(struct tablet *tablet, const char *verb, bool again, const char *from,
		const char *domain)
{
	char *pem = NULL;
	size_t len;

	/* Read as who started this: root's stick need not be the web server's to read. */
	if (strcmp(verb, "use") == 0 && (!from || !domain ||
			file_read(tablet->pool, from, PEM_MAX, &pem, &len) != RC_OK || strlen(pem) != len))
		return tablet_refuse("use needs --domain and a readable --pem");
	clock_follow(tablet->settings);
	tablet->dir = pool_printf(tablet->pool, "%s/keys/tls", tablet->settings->data_dir);
	tablet->start = pool_printf(tablet->pool, "%s/start", tablet->settings->data_dir);
	if (tool_become(tablet->settings, tablet->dir) != RC_OK)
		return TOOL_ENVIRONMENT;
	if (strcmp(verb, "new") == 0)
		return tablet_new(tablet, again);
	if (strcmp(verb, "pick") == 0)
		return tablet_pick(tablet);
	if (strcmp(verb, "use") == 0)
		return tablet_use(tablet, pem, domain);
	if (strcmp(verb, "show") == 0)
		return tablet_show(tablet);
	fputs(usage, stderr);
	return TOOL_USAGE;
}

int tablet_main(int argc, char **argv)
{
	const char *data = NULL, *conf = NULL, *from = NULL, *domain = NULL, *verb = "";
	bool again = false;
	const struct tool_option options[] = { { "data", &data, NULL }, { "conf", &conf, NULL },
		{ "pem", &from, NULL }, { "domain", &domain, NULL }, { "again", NULL, &again } };
	struct settings *settings = NULL;
	struct tablet tablet = { 0 };
	size_t words;
	int status = tool_options(argc, argv, usage, options, 5, &verb, 1, &words);
	enum rc rc;

	if (status >= 0)
		return status;
	rc = tool_settings(data, conf, &settings);
	if (rc == RC_OK && settings->side != SIDE_BOARD) {
		fputs("tram tablet-tls: these are not a board's data\n", stderr);
		rc = RC_INVALID;
	}
	if (rc == RC_OK) {
		tablet.pool = pool_new();
		tablet.settings = settings;
		status = tablet_do(&tablet, words ? verb : "", again, from, domain);
		pool_free(tablet.pool);
	} else {
		status = tool_exit_of(rc);
	}
	settings_free(settings);
	return status;
}
