/*
 * form.c: ids of forms that were answered, so that a double tap gets the first answer.
 */
#include <string.h>

#include "base/when.h"
#include "store/store.h"

#define KEEP_MS (2 * WHEN_DAY_MS)
#define FORM_ID_CHARS 32u

static const char CLAIM[] =
	"INSERT INTO form (board, id, location, at) VALUES ($1, $2, '', $3)"
	" ON CONFLICT (board, id) DO NOTHING";
static const char FIND[] =
	"SELECT location FROM form WHERE board = $1 AND id = $2";
static const char DONE[] =
	"UPDATE form SET location = $3 WHERE board = $1 AND id = $2";
static const char OLD[] =
	"DELETE FROM form WHERE board = $1 AND at < $2";

static struct stmt *bound(struct store *store, const char *sql, const char *form_id)
{
	struct stmt *stmt = db_stmt(store->tram, sql);

	stmt_text(stmt, 1, store->board ? store->board : "");
	stmt_text(stmt, 2, form_id);
	return stmt;
}

/* Without one, two different acts would take each other for a double tap. */
bool form_id_fits(const char *form_id)
{
	return strlen(form_id) == FORM_ID_CHARS &&
			strspn(form_id, "0123456789abcdef") == FORM_ID_CHARS;
}

enum rc form_claim(struct store *store, struct pool *pool, const char *form_id, char **location)
{
	struct stmt *stmt;
	bool row = false;
	enum rc rc;

	*location = NULL;
	if (!form_id_fits(form_id))
		return RC_INVALID;
	stmt = bound(store, CLAIM, form_id);
	stmt_int(stmt, 3, when_now_ms());
	rc = stmt_run(stmt);
	if (rc != RC_OK || db_changes(store->tram) == 1)
		return rc;
	stmt = bound(store, FIND, form_id);
	rc = stmt_step(stmt, &row);
	if (rc == RC_OK && row) {
		*location = stmt_col_dup(stmt, 0, pool);
		stmt_reset(stmt);
	}
	return rc == RC_OK ? RC_EXISTS : rc;
}

enum rc form_done(struct store *store, const char *form_id, const char *location)
{
	struct stmt *stmt = bound(store, DONE, form_id);

	stmt_text(stmt, 3, location);
	return stmt_run(stmt);
}

enum rc form_expire(struct store *store, int64_t now_ms)
{
	struct stmt *stmt = db_stmt(store->tram, OLD);

	stmt_text(stmt, 1, store->board ? store->board : "");
	stmt_int(stmt, 2, now_ms - KEEP_MS);
	return stmt_run(stmt);
}
