/*
 * pki.c: see pki.h. A key that exists is never overwritten: a lost CA or receipt key cannot be had
 * again. Private keys are 0600 and are written before what names them.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/encode.h"
#include "base/file.h"
#include "base/pool.h"
#include "base/text.h"
#include "base/when.h"
#include "crypt/cert.h"
#include "crypt/random.h"
#include "link/bundle_keys.h"
#include "tool/pki.h"

#define PKI_FILE_MAX 65536u
#define PKI_OK 0
#define PKI_FAILED 1
#define PKI_USAGE 2
/* Clocks of board and center differ a little on the first day. */
#define PKI_BACK_MS (60 * WHEN_MINUTE_MS)

static const char pki_help[] =
	"tram pki: keys and certificates for trials\n"
	"\n"
	"  tram pki ca --out DIR --name NAME [--days 3650]\n"
	"      ca.key and ca.crt\n"
	"  tram pki server --ca DIR --out FILE --names \"localhost 127.0.0.1\" [--days 825]\n"
	"      one PEM file with key and certificate, as lighttpd reads it\n"
	"  tram pki device --ca DIR --out DIR --name BOARD_ID [--days 730]\n"
	"      client.key, client.crt, ca.crt for a board\n"
	"  tram pki receipt-key --out DIR\n"
	"      receipt.key for the center, receipt.pub for its boards\n"
	"  tram pki stick-key --out DIR\n"
	"      stick.key and stick.pub: whom sticks are sealed to (an age identity); a board has the\n"
	"      center's stick.pub as stick-center.pub\n"
	"  tram pki slip --out DIR\n"
	"      slip.seed (stays on the board) and slip.key (shared with the center)\n"
	"  tram pki fingerprint FILE\n"
	"      SHA-256 of the first certificate in FILE, hex\n"
	"\n"
	"server and device take --not-before \"2026-11-23 08:00\" (local time; now by default).\n"
	"A key that exists is never overwritten.\n"
	"Exit codes: 0 done, 1 could not be done, 2 wrong use.\n";

struct pki_options {
	const char *out, *name, *ca, *names;
	int64_t days;
	int64_t not_before;
	struct pool *pool;
};

static int pki_fail(const char *path, const char *what)
{
	fprintf(stderr, "tram pki: %s: %s\n", path, what);
	return PKI_FAILED;
}

static int pki_misuse(const char *what)
{
	fprintf(stderr, "tram pki: %s; see tram pki --help\n", what);
	return PKI_USAGE;
}

static int pki_take_option(struct pki_options *options, const char *name, const char *value)
{
	if (!value)
		return pki_misuse("an option lacks its value");
	if (strcmp(name, "--out") == 0)
		options->out = value;
	else if (strcmp(name, "--name") == 0)
		options->name = value;
	else if (strcmp(name, "--ca") == 0)
		options->ca = value;
	else if (strcmp(name, "--names") == 0)
		options->names = value;
	else if (strcmp(name, "--days") == 0)
		return num_parse(value, 1, 36500, &options->days) ?
				pki_misuse("--days is 1 to 36500") : PKI_OK;
	else if (strcmp(name, "--not-before") == 0)
		return when_parse_local(value, &options->not_before) ?
				pki_misuse("--not-before is like \"2026-11-23 08:00\"") : PKI_OK;
	else
		return pki_misuse("unknown option");
	return PKI_OK;
}

static int pki_put(const char *dir, const char *name, const char *text, mode_t mode)
{
	enum rc rc = file_put(dir, name, text, strlen(text), mode);

	if (rc) {
		fprintf(stderr, "tram pki: %s/%s: cannot be written (%s)\n", dir, name, rc_name(rc));
		return PKI_FAILED;
	}
	return PKI_OK;
}

/* PKI_OK when dir is there (made if missing) and has no file of that name. */
static int pki_fresh(const struct pki_options *options, const char *name)
{
	const char *path = pool_printf(options->pool, "%s/%s", options->out, name);

	if (file_make_dir(options->out, 0750))
		return pki_fail(options->out, "cannot be made");
	if (access(path, F_OK) == 0)
		return pki_fail(path, "exists already; nothing was changed");
	return PKI_OK;
}

static int pki_read(const struct pki_options *options, const char *dir, const char *name,
		char **text)
{
	const char *path = pool_printf(options->pool, "%s/%s", dir, name);
	size_t len;
	enum rc rc = file_read(options->pool, path, PKI_FILE_MAX, text, &len);

	return rc ? pki_fail(path, rc_name(rc)) : PKI_OK;
}

static int pki_ca(struct pki_options *options)
{
	int64_t from = options->not_before, until = from + options->days * WHEN_DAY_MS;
	char *key, *public, *cert;
	int code;

	if (!options->out || !options->name)
		return pki_misuse("ca needs --out and --name");
	code = pki_fresh(options, "ca.key");
	if (code)
		return code;
	if (cert_key_new(options->pool, &key, &public) || cert_issue(options->pool, CERT_CA,
			options->name, NULL, public, NULL, key, from, until, &cert))
		return pki_fail(options->name, "no certificate could be made of it");
	code = pki_put(options->out, "ca.key", key, 0600);
	return code ? code : pki_put(options->out, "ca.crt", cert, 0644);
}

/* A key and its certificate under the CA in options->ca. */
static int pki_issue(struct pki_options *options, enum cert_use use, const char *name, char **key,
		char **cert, char **ca_cert)
{
	int64_t from = options->not_before, until = from + options->days * WHEN_DAY_MS;
	char *public, *ca_key;
	int code = pki_read(options, options->ca, "ca.key", &ca_key);

	if (!code)
		code = pki_read(options, options->ca, "ca.crt", ca_cert);
	if (code)
		return code;
	if (cert_key_new(options->pool, key, &public) || cert_issue(options->pool, use, name,
			options->names, public, *ca_cert, ca_key, from, until, cert))
		return pki_fail(name, "no certificate could be made of it");
	return PKI_OK;
}

static int pki_server(struct pki_options *options)
{
	char *key, *cert, *ca_cert, *dir, *slash;
	const char *file;
	char first[65];
	int code;

	if (!options->ca || !options->out || !options->names)
		return pki_misuse("server needs --ca, --out and --names");
	if (strcspn(options->names, " ") == 0 || strcspn(options->names, " ") >= sizeof(first))
		return pki_misuse("--names begins with a name");
	snprintf(first, sizeof(first), "%.*s", (int)strcspn(options->names, " "), options->names);
	dir = pool_strdup(options->pool, options->out);
	slash = strrchr(dir, '/');
	file = slash ? slash + 1 : options->out;
	if (slash)
		*slash = '\0';
	options->out = !slash ? "." : slash == dir ? "/" : dir;
	code = pki_fresh(options, file);
	if (!code)
		code = pki_issue(options, CERT_SERVER, first, &key, &cert, &ca_cert);
	return code ? code : pki_put(options->out, file,
			pool_printf(options->pool, "%s%s", key, cert), 0600);
}

static int pki_device(struct pki_options *options)
{
	char *key, *cert, *ca_cert;
	int code;

	if (!options->ca || !options->out || !options->name)
		return pki_misuse("device needs --ca, --out and --name");
	code = pki_fresh(options, "client.key");
	if (!code)
		code = pki_issue(options, CERT_CLIENT, options->name, &key, &cert, &ca_cert);
	if (!code)
		code = pki_put(options->out, "client.key", key, 0600);
	if (!code)
		code = pki_put(options->out, "client.crt", cert, 0644);
	return code ? code : pki_put(options->out, "ca.crt", ca_cert, 0644);
}

static int pki_receipt_key(struct pki_options *options)
{
	char *key, *public;
	int code;

	if (!options->out)
		return pki_misuse("receipt-key needs --out");
	code = pki_fresh(options, "receipt.key");
	if (code)
		return code;
	if (cert_key_new(options->pool, &key, &public))
		return PKI_FAILED;
	code = pki_put(options->out, "receipt.key", key, 0600);
	return code ? code : pki_put(options->out, "receipt.pub", public, 0644);
}

static int pki_stick_key(struct pki_options *options)
{
	int code;
	enum rc rc;

	if (!options->out)
		return pki_misuse("stick-key needs --out");
	code = pki_fresh(options, "stick.key");
	if (code)
		return code;
	rc = bundle_keys_make(options->pool, options->out);
	return rc ? pki_fail(options->out, rc_name(rc)) : PKI_OK;
}

static int pki_slip(struct pki_options *options)
{
	char text[65];
	int code;

	if (!options->out)
		return pki_misuse("slip needs --out");
	code = pki_fresh(options, "slip.seed");
	if (!code)
		code = pki_fresh(options, "slip.key");
	if (code)
		return code;
	random_hex(32, text);
	code = pki_put(options->out, "slip.seed", text, 0600);
	random_hex(32, text);
	return code ? code : pki_put(options->out, "slip.key", text, 0600);
}

static int pki_fingerprint(struct pool *pool, const char *path)
{
	struct cert_info info;
	char text[2 * HASH_SIZE + 1], *pem;
	size_t len;
	enum rc rc = file_read(pool, path, PKI_FILE_MAX, &pem, &len);

	if (rc)
		return pki_fail(path, rc_name(rc));
	if (cert_read(pool, pem, &info))
		return pki_fail(path, "holds no certificate");
	hex_encode(info.fingerprint, sizeof(info.fingerprint), text);
	return printf("%s\n", text) < 0 || fflush(stdout) ? PKI_FAILED : PKI_OK;
}

static const struct {
	const char *name;
	int (*run)(struct pki_options *options);
	int64_t days;
} pki_commands[] = {
	{ "ca", pki_ca, 3650 },
	{ "server", pki_server, 825 },
	{ "device", pki_device, 730 },
	{ "receipt-key", pki_receipt_key, 1 },
	{ "slip", pki_slip, 1 },
	{ "stick-key", pki_stick_key, 1 },
};

static int pki_run(struct pool *pool, int argc, char **argv)
{
	struct pki_options options = { .pool = pool, .not_before = when_now_ms() - PKI_BACK_MS };
	size_t i;
	int at, code;

	if (strcmp(argv[1], "fingerprint") == 0)
		return argc == 3 ? pki_fingerprint(pool, argv[2]) :
				pki_misuse("fingerprint takes one file");
	for (i = 0; i < sizeof(pki_commands) / sizeof(pki_commands[0]); i++) {
		if (strcmp(argv[1], pki_commands[i].name))
			continue;
		options.days = pki_commands[i].days;
		for (at = 2; at < argc; at += 2) {
			code = pki_take_option(&options, argv[at],
					at + 1 < argc ? argv[at + 1] : NULL);
			if (code)
				return code;
		}
		return pki_commands[i].run(&options);
	}
	return pki_misuse("unknown command");
}

int pki_main(int argc, char **argv)
{
	struct pool *pool;
	int at, code;

	for (at = 1; at < argc; at++) {
		if (strcmp(argv[at], "--help") == 0)
			return fputs(pki_help, stdout) < 0 ? PKI_FAILED : PKI_OK;
	}
	if (argc < 2)
		return pki_misuse("a command is missing");
	pool = pool_new();
	code = pki_run(pool, argc, argv);
	pool_free(pool);
	return code;
}
