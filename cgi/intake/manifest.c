/*
 * manifest.c: see manifest.h.
 */
#include <string.h>

#include "base/encode.h"
#include "intake/manifest.h"
#include "intake/photo.h"
#include "store/blob.h"
#include "store/source.h"

enum rc manifest_load(struct web *web, struct pool *pool, const struct dossier_row *row,
		struct manifest **out)
{
	struct dossier_file *files = NULL;
	size_t count = 0;
	enum rc rc = dossier_files(web->store, pool, row, false, &files, &count);

	*out = pool_alloc(pool, sizeof(**out));
	if (rc == RC_OK && count > MANIFEST_FILES)
		rc = RC_TOO_LARGE;
	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		struct draft_file *file = &(*out)->files[(*out)->count++];

		file->component = files[i].component;
		memcpy(file->sha256, files[i].sha256, sizeof(file->sha256));
		file->size = files[i].size;
		file->type = files[i].type;
		file->name = files[i].name;
	}
	return rc;
}

static bool insert(struct manifest *manifest, size_t at, const struct draft_file *file)
{
	if (manifest->count == MANIFEST_FILES)
		return false;
	memmove(&manifest->files[at + 1], &manifest->files[at],
			(manifest->count - at) * sizeof(manifest->files[0]));
	manifest->files[at] = *file;
	manifest->count++;
	return true;
}

void manifest_drop(struct manifest *manifest, size_t i)
{
	manifest->count--;
	memmove(&manifest->files[i], &manifest->files[i + 1],
			(manifest->count - i) * sizeof(manifest->files[0]));
}

bool manifest_add(struct manifest *manifest, const struct draft_file *file)
{
	size_t at = manifest->count;

	for (size_t i = 0; i < manifest->count; i++) {
		if (strcmp(manifest->files[i].component, file->component) != 0)
			continue;
		if (strcmp(manifest->files[i].sha256, file->sha256) == 0)
			return false;
		at = i + 1;
	}
	return insert(manifest, at, file);
}

/* The pages in the place of the PDF at i. False: one of them is not here, or there is no room. */
static enum rc replace_by_pages(struct web *web, struct pool *pool, struct manifest *manifest, size_t i,
		char **pages, size_t count, bool *done)
{
	struct draft_file *found = pool_alloc(pool, (count + 1) * sizeof(*found));
	enum rc rc = RC_OK;

	*done = false;
	for (size_t page = 0; rc == RC_OK && page < count; page++) {
		uint8_t sha256[32];
		struct blob blob;

		rc = hex_decode(pages[page], sha256, sizeof(sha256));
		if (rc == RC_OK)
			rc = blob_find(web->store, NULL, sha256, &blob);
		found[page].component = manifest->files[i].component;
		memcpy(found[page].sha256, pages[page], 65);
		found[page].size = rc == RC_OK ? blob.size : 0;
		found[page].type = rc == RC_OK ? blob.type : "";
		found[page].name = "";
	}
	if (rc == RC_NOT_FOUND || manifest->count + count > MANIFEST_FILES)
		return RC_OK;
	if (rc != RC_OK)
		return rc;
	manifest_drop(manifest, i);
	for (size_t page = count; page > 0; page--)
		(void)insert(manifest, i, &found[page - 1]);
	*done = true;
	return RC_OK;
}

enum rc manifest_open(struct web *web, struct pool *pool, struct manifest *manifest,
		const char *component)
{
	enum rc rc = RC_OK;

	for (size_t i = 0; rc == RC_OK && i < manifest->count;) {
		char **pages = NULL;
		size_t count = 0;
		bool done = false;

		if (strcmp(manifest->files[i].component, component) == 0)
			rc = source_pages_get(web->store, pool, manifest->files[i].sha256, &pages, &count);
		if (rc == RC_OK && count > 0)
			rc = replace_by_pages(web, pool, manifest, i, pages, count, &done);
		i += done ? count : 1;
	}
	return rc;
}

size_t manifest_pages(const struct manifest *manifest, const char *component, bool *all_photos)
{
	size_t count = 0;

	*all_photos = true;
	for (size_t i = 0; i < manifest->count; i++) {
		if (strcmp(manifest->files[i].component, component) != 0)
			continue;
		*all_photos = *all_photos && strncmp(manifest->files[i].type, "image/", 6) == 0;
		count++;
	}
	return count;
}

static json_t *file_json(const struct draft_file *file)
{
	json_t *out = json_new_object();

	json_put(out, "sha256", file->sha256);
	json_put_int(out, "size", file->size);
	json_put(out, "type", file->type);
	json_put(out, "name", file->name);
	return out;
}

enum rc manifest_make(struct web *web, struct pool *pool, const struct dossier_row *row,
		struct manifest *manifest, json_t **out)
{
	json_t *items = json_new_array();
	enum rc rc = photo_bind(web, pool, manifest->files, manifest->count);

	*out = json_new_object();
	json_put_int(*out, "version", row->manifest_version + 1);
	for (size_t i = 0, end; rc == RC_OK && i < manifest->count; i = end) {
		const char *component = manifest->files[i].component;
		json_t *item = json_new_object(), *list = json_new_array();
		struct draft_file *settled = NULL;
		size_t count = 0;

		for (end = i; end < manifest->count &&
				strcmp(manifest->files[end].component, component) == 0;)
			end++;
		rc = source_settle(web->store, pool, &manifest->files[i], end - i, &settled, &count);
		for (size_t f = 0; rc == RC_OK && f < count; f++)
			json_add(list, file_json(&settled[f]));
		json_put(item, "component", component);
		json_put_value(item, "files", list);
		json_add(items, item);
	}
	json_put_value(*out, "items", items);
	return rc;
}
