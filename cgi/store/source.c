/*
 * source.c: see source.h.
 */
#include <string.h>

#include "base/encode.h"
#include "store/blob.h"
#include "store/source.h"

static const char PUT[] =
	"INSERT INTO blob_source (board, made, role, position, sha256, turn, warnings)"
	" VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (board, made, role, position)"
	" DO UPDATE SET sha256 = excluded.sha256, turn = excluded.turn, warnings = excluded.warnings";
static const char OF[] =
	"SELECT role, sha256, turn, warnings FROM blob_source WHERE board = $1 AND made = $2"
	" AND role IN ('original', 'thumb') ORDER BY position";
static const char PAGES[] =
	"SELECT sha256 FROM blob_source WHERE board = $1 AND made = $2 AND role = 'page'"
	" ORDER BY position";
static const char CANDIDATES[] =
	"SELECT made FROM blob_source WHERE board = $1 AND sha256 = $2 AND role = 'page'"
	" AND position = 1";

static enum rc put(struct store *store, const char *made, const char *role, size_t position,
		const char *sha256, const struct source_photo *photo)
{
	struct stmt *stmt = db_stmt(store->tram, PUT);

	stmt_text(stmt, 1, store->board);
	stmt_text(stmt, 2, made);
	stmt_text(stmt, 3, role);
	stmt_int(stmt, 4, (int64_t)position);
	stmt_text(stmt, 5, sha256);
	stmt_int(stmt, 6, photo != NULL ? photo->turn : 0);
	stmt_int(stmt, 7, photo != NULL ? (int64_t)photo->warnings : 0);
	return stmt_run(stmt);
}

enum rc source_photo_put(struct store *store, const char *made, const struct source_photo *photo)
{
	bool own;
	enum rc rc = db_write_enter(store->tram, &own);

	if (rc != RC_OK)
		return rc;
	rc = put(store, made, "original", 1, photo->original, photo);
	if (rc == RC_OK && photo->thumb[0] != '\0')
		rc = put(store, made, "thumb", 1, photo->thumb, NULL);
	return db_write_leave(store->tram, own, rc);
}

static void copy_hash(char to[65], const char *from)
{
	size_t len = strlen(from);

	if (len == 64)
		memcpy(to, from, len + 1);
}

static struct stmt *about(struct store *store, const char *sql, const char *sha256)
{
	struct stmt *stmt = db_stmt(store->tram, sql);

	stmt_text(stmt, 1, store->board);
	stmt_text(stmt, 2, sha256);
	return stmt;
}

enum rc source_photo_get(struct store *store, const char *made, struct source_photo *out)
{
	struct stmt *stmt = about(store, OF, made);
	bool row;
	enum rc rc;

	memset(out, 0, sizeof(*out));
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row) {
		if (strcmp(stmt_col_text(stmt, 0), "thumb") == 0) {
			copy_hash(out->thumb, stmt_col_text(stmt, 1));
			continue;
		}
		copy_hash(out->original, stmt_col_text(stmt, 1));
		out->turn = (int)stmt_col_int(stmt, 2);
		out->warnings = (unsigned)stmt_col_int(stmt, 3);
	}
	return rc;
}

enum rc source_pages_put(struct store *store, const char *made, const char *const *pages,
		size_t count)
{
	bool own;
	enum rc rc = db_write_enter(store->tram, &own);

	if (rc != RC_OK)
		return rc;
	for (size_t i = 0; rc == RC_OK && i < count; i++)
		rc = put(store, made, "page", i + 1, pages[i], NULL);
	return db_write_leave(store->tram, own, rc);
}

/* One text column of all rows, into the pool. */
static enum rc column(struct stmt *stmt, struct pool *pool, char ***out, size_t *count)
{
	size_t room = 0;
	bool row;
	enum rc rc;

	*out = NULL;
	*count = 0;
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row) {
		if (*count == room) {
			char **more;

			room = room ? room * 2 : 16;
			more = pool_alloc(pool, room * sizeof(*more));
			if (*count > 0)
				memcpy(more, *out, *count * sizeof(*more));
			*out = more;
		}
		(*out)[(*count)++] = stmt_col_dup(stmt, 0, pool);
	}
	return rc;
}

enum rc source_pages_get(struct store *store, struct pool *pool, const char *made, char ***pages,
		size_t *count)
{
	return column(about(store, PAGES, made), pool, pages, count);
}

enum rc source_bound(struct store *store, struct pool *pool, const char *const *pages, size_t count,
		char made[65])
{
	char **candidates, **theirs;
	size_t candidate_count, their_count;
	enum rc rc = count > 0 ? column(about(store, CANDIDATES, pages[0]), pool, &candidates,
			&candidate_count) : RC_NOT_FOUND;

	for (size_t i = 0; rc == RC_OK && i < candidate_count; i++) {
		size_t same = 0;

		rc = source_pages_get(store, pool, candidates[i], &theirs, &their_count);
		while (rc == RC_OK && their_count == count && same < count &&
				strcmp(theirs[same], pages[same]) == 0)
			same++;
		if (rc == RC_OK && same == count) {
			made[0] = '\0';
			copy_hash(made, candidates[i]);
			return RC_OK;
		}
	}
	return rc == RC_OK ? RC_NOT_FOUND : rc;
}

static bool is_photo(const struct draft_file *file)
{
	return strcmp(file->type, "image/jpeg") == 0;
}

enum rc source_settle(struct store *store, struct pool *pool, const struct draft_file *files,
		size_t count, struct draft_file **out, size_t *out_count)
{
	const char **pages = pool_alloc(pool, (count + 1) * sizeof(*pages));
	struct draft_file bound = { .no = 0 };
	uint8_t sha256[32];
	struct blob blob;
	size_t page_count = 0;
	enum rc rc;

	*out = pool_alloc(pool, (count + 1) * sizeof(**out));
	*out_count = 0;
	for (size_t i = 0; i < count; i++)
		if (is_photo(&files[i]))
			pages[page_count++] = files[i].sha256;
	rc = source_bound(store, pool, pages, page_count, bound.sha256);
	if (rc == RC_OK)
		rc = hex_decode(bound.sha256, sha256, sizeof(sha256));
	if (rc == RC_OK)
		rc = blob_find(store, store->board, sha256, &blob);
	if (rc != RC_OK && rc != RC_NOT_FOUND)
		return rc;
	for (size_t i = 0; i < count; i++) {
		if (rc == RC_NOT_FOUND || !is_photo(&files[i])) {
			(*out)[(*out_count)++] = files[i];
		} else if (bound.type == NULL) {
			bound.component = files[i].component;
			bound.size = blob.size;
			bound.type = "application/pdf";
			bound.name = pool_printf(pool, "%s.pdf", files[i].component);
			(*out)[(*out_count)++] = bound;
		}
	}
	return RC_OK;
}
