/*
 * release.c: the release that the center offers: its manifest and this machine's packages go into the inbox,
 * the manifest last. `tram update` (root) takes them from there and believes none of it unseen; here the
 * signature is checked only so that nobody's bytes are paid for.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/encode.h"
#include "base/file.h"
#include "base/log.h"
#include "base/when.h"
#include "forward/forward.h"
#include "link/release.h"

#define LOOK_MS (60 * WHEN_MINUTE_MS)
#define SPAN_BYTES (INT64_C(256) * 1024)
#define KEY_MAX 16384u
#define PIECE 65536u

static char *in_inbox(struct forward *forward, const char *name)
{
	return pool_printf(forward->pool, "%s/%s", forward->settings->inbox_dir, name);
}

/* No key is no fault: this board takes releases by hand, or none. */
static enum rc verify(struct forward *forward, const char *token, struct release *out)
{
	struct jws_key *key = NULL;
	const char *reason = "key";
	char *pem;
	size_t len;
	enum rc rc = RC_NOT_FOUND;

	if (forward->settings->release_key_file[0]
			&& file_read(forward->pool, forward->settings->release_key_file, KEY_MAX, &pem, &len) == RC_OK
			&& jws_key_parse(pem, &key) == RC_OK)
		rc = release_verify(forward->pool, key, token, out, &reason);
	jws_key_free(key);
	if (rc != RC_OK)
		log_warn("release offered by the center refused=%s", reason);
	return rc;
}

static bool is_whole(const char *path, const struct release_package *package)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct hash *hash = hash_new();
	uint8_t piece[4096], found[HASH_SIZE];
	int64_t size = 0;
	size_t got = 1;

	while (fd >= 0 && got > 0 && size <= package->size_bytes
			&& file_read_all(fd, piece, sizeof(piece), &got) == RC_OK) {
		hash_update(hash, piece, got);
		size += (int64_t)got;
	}
	hash_final(hash, found);
	hash_free(hash);
	if (fd >= 0)
		(void)close(fd);
	return fd >= 0 && size == package->size_bytes && memcmp(found, package->sha256, HASH_SIZE) == 0;
}

/* Spans until it is whole. RC_BUSY: something else goes first; it goes on from here later. */
static enum rc fetch_spans(struct forward *forward, const struct release_package *package, int fd)
{
	char url[2 * HASH_SIZE + 32], hex[2 * HASH_SIZE + 1];
	struct stat info;

	hex_encode(package->sha256, HASH_SIZE, hex);
	(void)snprintf(url, sizeof(url), "/v1/release/%s", hex);
	for (;;) {
		struct http_answer answer = { 0 };
		int64_t got = 0;
		enum rc rc;

		if (fstat(fd, &info))
			return forward_fail(forward, "release", "disk", RC_IO);
		if (info.st_size >= package->size_bytes)
			return RC_OK;
		if (forward_woken(forward) || !blobs_may_go(forward))
			return RC_BUSY;
		rc = http_get_file(forward->http, url, fd, info.st_size, SPAN_BYTES, package->size_bytes,
				&answer.status, &got);
		if (rc == RC_FULL)
			return forward_fail(forward, "release", "disk-full", rc);
		if (rc == RC_TOO_LARGE || (rc == RC_OK && answer.status >= 400) || (rc == RC_OK && got == 0))
			return RC_NOT_FOUND;
		if (rc != RC_OK)
			return forward_fail_http(forward, "release", rc, http_fault(forward->http), &answer);
	}
}

static enum rc fetch_package(struct forward *forward, const struct release_package *package)
{
	char *path = in_inbox(forward, package->file), *part = pool_printf(forward->pool, "%s.part", path);
	enum rc rc;
	int fd;

	if (is_whole(path, package))
		return RC_OK;
	fd = open(part, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0660);
	if (fd < 0)
		return forward_fail(forward, "release", "disk", RC_IO);
	rc = fetch_spans(forward, package, fd);
	if (rc == RC_OK) {
		file_sync_or_die(fd, "release");
		/* A part of another release of that name, or a center that lies: from the beginning next time. */
		if (!is_whole(part, package) || rename(part, path))
			rc = RC_NOT_FOUND;
	}
	(void)close(fd);
	if (rc == RC_NOT_FOUND)
		(void)unlink(part);
	return rc;
}

/* Packages of releases before are of no more use. */
static void tidy(struct forward *forward, const struct release *release)
{
	DIR *dir = opendir(forward->settings->inbox_dir);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		const char *name = entry->d_name, *end = strstr(name, ".deb");
		bool wanted = false;
		size_t i;

		for (i = 0; i < release->count; i++)
			wanted = wanted || strncmp(name, release->packages[i].file, strlen(release->packages[i].file)) == 0;
		if (end && !wanted)
			(void)unlink(in_inbox(forward, name));
	}
	if (dir)
		closedir(dir);
}

static enum rc take(struct forward *forward, const char *token)
{
	struct release release;
	size_t i;
	enum rc rc = verify(forward, token, &release);

	if (rc != RC_OK)
		return RC_OK;
	for (i = 0; i < release.count && rc == RC_OK; i++) {
		const struct release_package *at = &release.packages[i];

		if (strcmp(at->name, "tram-board") == 0 && strcmp(at->arch, release_machine()) == 0)
			rc = fetch_package(forward, at);
	}
	if (rc == RC_BUSY) {
		forward->release_at = 0;	/* goes on with the next round */
		return RC_OK;
	}
	if (rc == RC_NOT_FOUND) {
		log_warn("release version=%s: a package is not there as it was announced", release.version);
		return RC_OK;
	}
	if (rc != RC_OK)
		return rc;
	tidy(forward, &release);
	if (file_put(forward->settings->inbox_dir, RELEASE_FILE, token, strlen(token), 0640))
		return forward_fail(forward, "release", "disk", RC_IO);
	log_info("release version=%s waits in the inbox", release.version);
	return RC_OK;
}

enum rc release_look(struct forward *forward)
{
	struct http_answer answer = { 0 };
	char *have = NULL, *token;
	size_t len;
	enum rc rc;

	if (when_boottime_ms() < forward->release_at || !blobs_may_go(forward))
		return RC_OK;
	pool_reset(forward->pool);
	forward->release_at = when_boottime_ms() + LOOK_MS;
	rc = http_request(forward->http, "GET", "/v1/release", NULL, NULL, 0, RELEASE_TOKEN_MAX, &answer);
	if (rc != RC_OK) {
		rc = forward_fail_http(forward, "release", rc, http_fault(forward->http), &answer);
		goto out;
	}
	/* None, or a center that knows of no releases. */
	if (answer.status != 200 || answer.body.len == 0)
		goto out;
	token = pool_strndup(forward->pool, answer.body.data, answer.body.len);
	if (file_read(forward->pool, in_inbox(forward, RELEASE_FILE), RELEASE_TOKEN_MAX, &have, &len) != RC_OK
			|| strcmp(have, token) != 0)
		rc = take(forward, token);
out:
	http_answer_free(&answer);
	return rc;
}
