/*
 * release_sign.c: see release_sign.h. scripts/release writes the manifest from the packages.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "link/release.h"
#include "tool/release_sign.h"
#include "tool/tool.h"

#define KEY_MAX 16384u

static const char usage[] =
		"usage: tram release --manifest FILE --key RELEASE_KEY --out FOLDER\n"
		"       tram release --data CENTER --from FOLDER\n\n"
		"Signs the manifest (JSON, cgi/tool/release.h) and writes it as " RELEASE_FILE " into FOLDER, where\n"
		"the packages lie that it names; each is measured first. scripts/release does all of it.\n"
		"With --from, at a center: verifies the release lying in FOLDER and offers it to the boards.\n"
		"Exit status: 0 signed or offered; 1 a package is not what the manifest says; 2 wrong usage or manifest;\n"
		"75 disk failed.\n";

static enum rc measure(struct pool *pool, const char *dir, const struct release_package *package)
{
	uint8_t found[HASH_SIZE];
	char *bytes;
	size_t len;
	enum rc rc = file_read(pool, pool_printf(pool, "%s/%s", dir, package->file),
			(size_t)package->size_bytes, &bytes, &len);

	if (rc == RC_OK)
		hash_sha256(bytes, len, found);
	if (rc == RC_OK && ((int64_t)len != package->size_bytes
			|| memcmp(found, package->sha256, HASH_SIZE) != 0))
		rc = RC_CONFLICT;
	if (rc != RC_OK) {
		fprintf(stderr, "tram release: %s is not what the manifest says\n", package->file);
		return RC_CONFLICT;
	}
	return RC_OK;
}

static enum rc sign(struct pool *pool, const char *manifest, const char *key_file, const char *out)
{
	struct jws_key *key = NULL;
	struct release release;
	char *text, *pem, *token, *said;
	size_t len, key_len, i;
	enum rc rc = file_read(pool, manifest, RELEASE_TOKEN_MAX, &text, &len);

	if (rc == RC_OK)
		rc = release_parse(pool, text, len, &release);
	if (rc != RC_OK) {
		fprintf(stderr, "tram release: %s is no manifest\n", manifest);
		return RC_INVALID;
	}
	for (i = 0; i < release.count && rc == RC_OK; i++)
		rc = measure(pool, out, &release.packages[i]);
	if (rc != RC_OK)
		return rc;
	rc = file_read(pool, key_file, KEY_MAX, &pem, &key_len);
	if (rc == RC_OK)
		rc = jws_key_parse(pem, &key);
	said = release_text(pool, &release);
	if (rc == RC_OK)
		rc = jws_sign(pool, key, RELEASE_TYP, said, strlen(said), &token);
	jws_key_free(key);
	if (rc != RC_OK) {
		fprintf(stderr, "tram release: %s cannot sign\n", key_file);
		return RC_INVALID;
	}
	rc = file_put(out, RELEASE_FILE, token, strlen(token), 0644);
	/* umask does not decide who reads it: the forwarder and any stick do. */
	if (rc == RC_OK && chmod(pool_printf(pool, "%s/" RELEASE_FILE, out), 0644))
		rc = RC_IO;
	if (rc == RC_OK)
		printf("%s %s packages=%zu\n", release.version, release.channel, release.count);
	return rc;
}

static int offer(struct pool *pool, const char *data, const char *conf, const char *from)
{
	struct settings *settings = NULL;
	enum rc rc = tool_settings(data, conf, &settings);

	if (rc == RC_OK && settings->side != SIDE_CENTER) {
		fputs("tram release: --from is for a center\n", stderr);
		rc = RC_INVALID;
	}
	if (rc == RC_OK)
		rc = tool_become(settings, settings->db_dir);
	if (rc == RC_OK)
		rc = release_offer(pool, settings, from);
	settings_free(settings);
	return tool_exit_of(rc);
}

int release_sign_main(int argc, char **argv)
{
	const char *manifest = NULL, *key = NULL, *out = NULL, *data = NULL, *conf = NULL, *from = NULL;
	const struct tool_option options[] = { { "manifest", &manifest, NULL }, { "key", &key, NULL },
		{ "out", &out, NULL }, { "data", &data, NULL }, { "conf", &conf, NULL },
		{ "from", &from, NULL } };
	struct pool *pool = pool_new();
	size_t words;
	int status = tool_options(argc, argv, usage, options, 6, NULL, 0, &words);

	if (status < 0 && from) {
		status = offer(pool, data, conf, from);
	} else if (status < 0 && (!manifest || !key || !out)) {
		fputs(usage, stderr);
		status = TOOL_USAGE;
	}
	if (status < 0)
		status = tool_exit_of(sign(pool, manifest, key, out));
	pool_free(pool);
	return status;
}
