/*
 * photo.c: see photo.h. Every step leaves whole, durable contents: a power cut between two of them
 * leaves the original, or an original and its page, never less.
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/encode.h"
#include "base/file.h"
#include "base/log.h"
#include "intake/photo.h"
#include "store/blob.h"
#include "store/source.h"
#include "web/imaging.h"

static void kept_from(const struct blob *blob, struct photo_kept *out)
{
	hex_encode(blob->sha256, sizeof(blob->sha256), out->sha256);
	out->size = blob->size;
	out->type = blob->type;
}

/* The page of an original, adopted with its small picture, and what it was made of. */
static enum rc make_page(struct web *web, struct pool *pool, const char *path, const char *original,
		int turn, struct photo_kept *out, const char **why)
{
	struct source_photo photo = { .turn = turn };
	struct imaging_photo made;
	struct blob page, thumb;
	enum rc rc = imaging_fit(web->settings, pool, path, turn, &made, why);

	if (rc != RC_OK)
		return rc;
	rc = blob_adopt(web->store, NULL, made.page, NULL, -1, true, &page);
	if (rc == RC_OK)
		rc = blob_adopt(web->store, NULL, made.thumb, NULL, -1, true, &thumb);
	else
		(void)unlink(made.thumb);
	if (rc != RC_OK)
		return rc == RC_INVALID ? RC_IO : rc;
	memcpy(photo.original, original, sizeof(photo.original));
	hex_encode(thumb.sha256, sizeof(thumb.sha256), photo.thumb);
	photo.warnings = made.warnings;
	kept_from(&page, out);
	return source_photo_put(web->store, out->sha256, &photo);
}

static enum rc keep_photo(struct web *web, struct pool *pool, const char *spool_path, int64_t size,
		struct photo_kept *out, const char **why)
{
	struct photo_kept original;
	struct blob blob;
	enum rc rc = blob_adopt(web->store, NULL, spool_path, NULL, size, true, &blob);

	if (rc != RC_OK)
		return rc;
	kept_from(&blob, &original);
	rc = make_page(web, pool, blob_path(web->store, pool, blob.sha256), original.sha256, 0, out, why);
	if (rc == RC_IO) {
		log_warn("photo: kept as it came, no page could be made");
		*out = original;
		rc = RC_OK;
	}
	return rc;
}

/* By the first bytes; "" for what we do not know. */
static const char *type_of(const char *path)
{
	char head[16] = "";
	const char *type = NULL;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	size_t got = 0;

	if (fd >= 0) {
		if (file_read_all(fd, head, sizeof(head), &got) == RC_OK)
			type = blob_sniff(head, sizeof(head));
		(void)close(fd);
	}
	return type != NULL ? type : "";
}

enum rc photo_check_pdf(struct web *web, struct pool *pool, const char *path, const char **why)
{
	enum rc rc = strcmp(type_of(path), "application/pdf") == 0 ?
			imaging_pdf(web->settings, pool, path, why) : RC_OK;

	/* A program that does not run is no judgement of the file. */
	return rc == RC_INVALID ? rc : RC_OK;
}

enum rc photo_keep(struct web *web, struct pool *pool, const char *spool_path, int64_t size,
		struct photo_kept *out, const char **why)
{
	const char *type = type_of(spool_path);
	struct blob blob;
	enum rc rc;

	*why = "upload.type";
	if (strncmp(type, "image/", 6) == 0)
		return keep_photo(web, pool, spool_path, size, out, why);
	rc = photo_check_pdf(web, pool, spool_path, why);
	if (rc != RC_OK) {
		(void)unlink(spool_path);
		return rc;
	}
	rc = blob_adopt(web->store, NULL, spool_path, NULL, size, true, &blob);
	if (rc == RC_OK)
		kept_from(&blob, out);
	else
		*why = "upload.type";
	return rc;
}

enum rc photo_turn(struct web *web, struct pool *pool, const char *sha256, struct photo_kept *out,
		const char **why)
{
	struct source_photo photo;
	uint8_t original[32];
	char *path = NULL;
	enum rc rc = source_photo_get(web->store, sha256, &photo);

	*why = "upload.type";
	if (rc != RC_OK)
		return rc;
	if (photo.original[0] == '\0') {	/* kept as it came: it is its own original */
		memcpy(photo.original, sha256, sizeof(photo.original));
		photo.turn = 0;
	}
	rc = hex_decode(photo.original, original, sizeof(original));
	if (rc == RC_OK)
		rc = blob_check(web->store, pool, NULL, original, &path);
	return rc == RC_OK ? make_page(web, pool, path, photo.original, (photo.turn + 1) & 3, out, why) : rc;
}

/* One paper's photos; files that are not photos are passed over. */
static enum rc bind_paper(struct web *web, struct pool *pool, const struct draft_file *files,
		size_t count)
{
	const char **pages = pool_alloc(pool, (count + 1) * sizeof(*pages));
	const char **paths = pool_alloc(pool, (count + 1) * sizeof(*paths));
	const char *why = NULL;
	char *pdf = NULL, made[65];
	struct photo_kept kept;
	struct blob blob;
	size_t page_count = 0;
	enum rc rc = RC_OK;

	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		uint8_t sha256[32];
		char *path = NULL;

		if (strcmp(files[i].type, "image/jpeg") != 0)
			continue;
		rc = hex_decode(files[i].sha256, sha256, sizeof(sha256));
		if (rc == RC_OK)
			rc = blob_check(web->store, pool, NULL, sha256, &path);
		pages[page_count] = files[i].sha256;
		paths[page_count++] = path;
	}
	if (rc != RC_OK || page_count == 0)
		return rc;
	rc = source_bound(web->store, pool, pages, page_count, made);
	if (rc != RC_NOT_FOUND)
		return rc;
	rc = imaging_bind(web->settings, pool, paths, page_count, &pdf, &why);
	if (rc == RC_OK)
		rc = blob_adopt(web->store, NULL, pdf, NULL, -1, true, &blob);
	if (rc != RC_OK)
		return rc;
	kept_from(&blob, &kept);
	return source_pages_put(web->store, kept.sha256, pages, page_count);
}

enum rc photo_bind(struct web *web, struct pool *pool, const struct draft_file *files, size_t count)
{
	for (size_t i = 0, end; i < count; i = end) {
		enum rc rc;

		for (end = i; end < count && strcmp(files[end].component, files[i].component) == 0;)
			end++;
		rc = bind_paper(web, pool, files + i, end - i);
		if (rc == RC_FULL)
			return rc;
		if (rc != RC_OK)
			log_warn("photo: pages not bound rc=%s", rc_name(rc));
	}
	return RC_OK;
}

enum rc photo_bind_draft(struct web *web, struct pool *pool, const char *draft)
{
	struct draft_file *files = NULL;
	size_t count = 0;
	enum rc rc = draft_file_list(web->store, pool, draft, &files, &count);

	return rc == RC_OK ? photo_bind(web, pool, files, count) : rc;
}
