/*
 * pki.c: see pki.h. A key that exists is never overwritten: a lost CA or receipt key cannot be had
 * again. Private keys are 0600 and are written before what names them.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/encode.h"
#include "base/file.h"
#include "base/pool.h"
#include "base/text.h"
#include "base/when.h"
#include "crypt/cert.h"
#include "crypt/jws.h"
#include "crypt/random.h"
#include "link/bundle_keys.h"
#include "link/identity.h"
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
	"  tram pki release-key --out DIR\n"
	"      release.key, which signs updates and is kept away from every board and center, and\n"
	"      release.pub for all of them\n"
	"  tram pki receipt-roll --out DIR\n"
	"      announces the next receipt key, signed by the one in use: receipt.next.key, and a line\n"
	"      of receipt.chain, which boards fetch. Both are good from now on\n"
	"  tram pki receipt-switch --out DIR [--days 30]\n"
	"      signs with the next key from now on, if it was announced so many days ago; the old one's\n"
	"      public half stays as receipt-OLD.pub. Restart tram-machine then\n"
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
		return num_parse(value, 0, 36500, &options->days) ?
				pki_misuse("--days is a number up to 36500") : PKI_OK;
	else if (strcmp(name, "--not-before") == 0)
		return when_parse_local(value, &options->not_before) ?
				pki_misuse("--not-before is like \"2026-11-23 08:00\"") : PKI_OK;
	else
		return pki_misuse("unknown option");
	return PKI_OK;
}

/* By root into a folder of one of our programs: the program's, or it could not read it. */
static int pki_give(const char *dir, const char *name)
{
	struct stat info;
	int at = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), code = PKI_OK;

	if (at < 0 || fstat(at, &info) || (geteuid() == 0 && fchownat(at, name, info.st_uid,
			info.st_gid, AT_SYMLINK_NOFOLLOW)))
		code = pki_fail(dir, "the file cannot be given to the folder's owner");
	if (at >= 0)
		close(at);
	return code;
}

static int pki_put(const char *dir, const char *name, const char *text, mode_t mode)
{
	enum rc rc = file_put(dir, name, text, strlen(text), mode);

	if (rc) {
		fprintf(stderr, "tram pki: %s/%s: cannot be written (%s)\n", dir, name, rc_name(rc));
		return PKI_FAILED;
	}
	return pki_give(dir, name);
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

/* A P-256 pair, NAME.key and NAME.pub. */
static int pki_signing_key(struct pki_options *options, const char *name)
{
	char *key, *public;
	int code;

	if (!options->out)
		return pki_misuse(pool_printf(options->pool, "%s-key needs --out", name));
	code = pki_fresh(options, pool_printf(options->pool, "%s.key", name));
	if (code)
		return code;
	if (cert_key_new(options->pool, &key, &public))
		return PKI_FAILED;
	code = pki_put(options->out, pool_printf(options->pool, "%s.key", name), key, 0600);
	return code ? code : pki_put(options->out, pool_printf(options->pool, "%s.pub", name), public, 0644);
}

static int pki_receipt_key(struct pki_options *options)
{
	return pki_signing_key(options, "receipt");
}

static int pki_release_key(struct pki_options *options)
{
	return pki_signing_key(options, "release");
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

static int pki_receipt_roll(struct pki_options *options)
{
	char *old_pem, *key, *public, *payload, *token, *chain;
	struct jws_key *old = NULL;
	int code;
	size_t len;
	enum rc rc;

	if (!options->out)
		return pki_misuse("receipt-roll needs --out");
	code = pki_fresh(options, "receipt.next.key");
	if (!code)
		code = pki_read(options, options->out, "receipt.key", &old_pem);
	if (code)
		return code;
	rc = jws_key_parse(old_pem, &old);
	if (rc == RC_OK)
		rc = cert_key_new(options->pool, &key, &public);
	if (rc == RC_OK) {
		payload = identity_key_payload(options->pool, public, when_now_ms());
		rc = jws_sign(options->pool, old, "tram-key", payload, strlen(payload), &token);
	}
	jws_key_free(old);
	if (rc != RC_OK)
		return pki_fail(options->out, "no key could be announced");
	if (file_read(options->pool, pool_printf(options->pool, "%s/receipt.chain", options->out),
			PKI_FILE_MAX, &chain, &len) != RC_OK)
		chain = pool_strdup(options->pool, "");
	/* The key first: an announcement of a key that is lost would be for ever. */
	code = pki_put(options->out, "receipt.next.key", key, 0600);
	return code ? code : pki_put(options->out, "receipt.chain",
			pool_printf(options->pool, "%s%s\n", chain, token), 0644);
}

static int pki_receipt_switch(struct pki_options *options)
{
	struct jws_key *old = NULL, *next = NULL;
	char *old_pem, *old_public, *next_pem, *next_public;
	struct stat info;
	int code;

	if (!options->out)
		return pki_misuse("receipt-switch needs --out");
	code = pki_read(options, options->out, "receipt.key", &old_pem);
	if (!code)
		code = pki_read(options, options->out, "receipt.pub", &old_public);
	if (!code)
		code = pki_read(options, options->out, "receipt.next.key", &next_pem);
	if (code)
		return code;
	if (stat(pool_printf(options->pool, "%s/receipt.next.key", options->out), &info) ||
			when_kernel_ms() - (int64_t)info.st_mtim.tv_sec * 1000 <
					options->days * WHEN_DAY_MS)
		return pki_fail(options->out, "the next key was announced too short a time ago");
	if (jws_key_parse(old_pem, &old) || jws_key_parse(next_pem, &next) ||
			jws_key_public(options->pool, next, &next_public))
		code = pki_fail(options->out, "the keys cannot be read");
	if (!code)
		code = pki_put(options->out, pool_printf(options->pool, "receipt-%s.pub",
				jws_key_id(old)), old_public, 0644);
	if (!code)
		code = pki_put(options->out, "receipt.key", next_pem, 0600);
	if (!code)
		code = pki_put(options->out, "receipt.pub", next_public, 0644);
	if (!code)
		(void)unlink(pool_printf(options->pool, "%s/receipt.next.key", options->out));
	jws_key_free(old);
	jws_key_free(next);
	return code;
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
	{ "release-key", pki_release_key, 1 },
	{ "receipt-roll", pki_receipt_roll, 1 },
	{ "receipt-switch", pki_receipt_switch, 30 },
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
		if (options.days == 0 && pki_commands[i].run != pki_receipt_switch)
			return pki_misuse("--days is 1 to 36500");
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
