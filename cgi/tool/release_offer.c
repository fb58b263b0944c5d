/*
 * release_offer.c: see release_sign.h: hands a signed release to the boards of a center.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "link/release.h"
#include "tool/release_sign.h"
#include "tool/tool.h"

#define KEY_MAX 16384u

/* The boards' machine links it into out/: readable, and writable by the center alone (blob.c). */
static enum rc copy_package(struct pool *pool, const char *from_dir, const char *to_dir,
		const struct release_package *package)
{
	uint8_t found[HASH_SIZE];
	char *bytes;
	size_t len;
	enum rc rc = file_read(pool, pool_printf(pool, "%s/%s", from_dir, package->file),
			(size_t)package->size_bytes, &bytes, &len);

	if (rc == RC_OK)
		hash_sha256(bytes, len, found);
	if (rc != RC_OK || (int64_t)len != package->size_bytes
			|| memcmp(found, package->sha256, HASH_SIZE) != 0) {
		fprintf(stderr, "tram release: %s is not what the manifest says\n", package->file);
		return RC_CONFLICT;
	}
	rc = file_put(to_dir, package->file, bytes, len, 0664);
	if (rc == RC_OK && chmod(pool_printf(pool, "%s/%s", to_dir, package->file), 0664))
		rc = RC_IO;
	return rc;
}

/* What no release names any more. */
static void tidy(struct pool *pool, const char *dir, const struct release *release)
{
	DIR *list = opendir(dir);
	struct dirent *entry;

	while (list && (entry = readdir(list))) {
		bool wanted = entry->d_name[0] == '.' || strcmp(entry->d_name, RELEASE_FILE) == 0;
		size_t i;

		for (i = 0; i < release->count; i++)
			wanted = wanted || strcmp(entry->d_name, release->packages[i].file) == 0;
		if (!wanted)
			(void)unlink(pool_printf(pool, "%s/%s", dir, entry->d_name));
	}
	if (list)
		closedir(list);
}

static enum rc verify(struct pool *pool, const struct settings *settings, const char *token,
		struct release *release)
{
	struct jws_key *key = NULL;
	const char *reason = "key";
	char *pem;
	size_t len;
	enum rc rc = RC_NOT_FOUND;

	if (settings->release_key_file[0]
			&& file_read(pool, settings->release_key_file, KEY_MAX, &pem, &len) == RC_OK
			&& jws_key_parse(pem, &key) == RC_OK)
		rc = release_verify(pool, key, token, release, &reason);
	jws_key_free(key);
	if (rc == RC_OK)
		return RC_OK;
	log_warn("release refused=%s", reason);
	fprintf(stderr, "tram release: refused: %s\n", reason);
	return RC_CONFLICT;
}

enum rc release_offer(struct pool *pool, const struct settings *settings, const char *from)
{
	const char *dir = pool_printf(pool, "%s/offer", settings->data_dir);
	struct release release;
	char *token;
	size_t len, i;
	enum rc rc = file_read(pool, pool_printf(pool, "%s/" RELEASE_FILE, from), RELEASE_TOKEN_MAX, &token,
			&len);

	if (rc != RC_OK) {
		fprintf(stderr, "tram release: no " RELEASE_FILE " in %s\n", from);
		return RC_INVALID;
	}
	token[strcspn(token, "\r\n")] = '\0';
	rc = verify(pool, settings, token, &release);
	/* The manifest last: who asks meanwhile gets the release before, whole. */
	for (i = 0; i < release.count && rc == RC_OK; i++)
		rc = copy_package(pool, from, dir, &release.packages[i]);
	if (rc == RC_OK)
		rc = file_put(dir, RELEASE_FILE, token, strlen(token), 0640);
	if (rc != RC_OK)
		return rc;
	tidy(pool, dir, &release);
	printf("%s offered to the boards, packages=%zu\n", release.version, release.count);
	return RC_OK;
}
