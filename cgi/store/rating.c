/*
 * rating.c: see rating.h.
 */
#include <string.h>

#include "base/log.h"
#include "store/rating.h"

#define AT_ONCE 20

static const char GIVEN[] = "SELECT 1 FROM rating WHERE board = $1 AND dossier = $2";
static const char PUT[] =
	"INSERT INTO rating (board, dossier, level, answers, device, at, taken)"
	" VALUES ($1, $2, $3, $4, $5, $6, 0) ON CONFLICT DO NOTHING";
static const char NEW[] =
	"SELECT dossier, level, answers, device FROM rating WHERE board = $1 AND taken = 0"
	" ORDER BY at LIMIT $2";
static const char TAKEN[] = "UPDATE rating SET taken = 1 WHERE board = $1 AND dossier = $2";
static const char TOTALS[] =
	"SELECT level, answers, count(*) FROM rating WHERE board = $1 AND at >= $2 AND at < $3"
	" GROUP BY level, answers";

static enum rc exists(struct db *db, const char *board, const uint8_t *dossier, bool *found)
{
	struct stmt *stmt = db_stmt(db, GIVEN);
	enum rc rc;

	stmt_text(stmt, 1, board);
	stmt_blob(stmt, 2, dossier, EVENT_ID_SIZE);
	*found = false;
	rc = stmt_step(stmt, found);
	if (rc == RC_OK && *found)
		stmt_reset(stmt);
	return rc;
}

const char *rating_index(const struct settings *settings, struct pool *pool, size_t i)
{
	const char *at = settings->rating_indices;
	size_t len;

	for (; i > 0 && *at != '\0'; i--) {
		at += strcspn(at, "|");
		at += *at == '|';
	}
	at += strspn(at, " ");
	len = strcspn(at, "|");
	while (len > 0 && at[len - 1] == ' ')
		len--;
	return len > 0 ? pool_strndup(pool, at, len) : NULL;
}

enum rc rating_given(struct store *store, const struct slip_status *slip, bool *given)
{
	return exists(store->pub, slip->board, slip->dossier, given);
}

enum rc rating_put(struct store *store, const struct slip_status *slip, const char *level,
		const char *answers, const char *device, int64_t now_ms)
{
	struct stmt *stmt;
	enum rc rc = db_write_begin(store->pub);

	if (rc != RC_OK)
		return rc;
	stmt = db_stmt(store->pub, PUT);
	stmt_text(stmt, 1, slip->board);
	stmt_blob(stmt, 2, slip->dossier, EVENT_ID_SIZE);
	stmt_text(stmt, 3, level);
	stmt_text(stmt, 4, answers);
	stmt_text(stmt, 5, device);
	stmt_int(stmt, 6, now_ms);
	rc = stmt_run(stmt);
	if (rc == RC_OK && db_changes(store->pub) == 0)
		rc = RC_EXISTS;
	if (rc == RC_OK)
		return db_write_commit(store->pub);
	db_write_abort(store->pub);
	return rc;
}

struct waiting {
	uint8_t dossier[EVENT_ID_SIZE];
	const char *level, *answers, *device;
};

static enum rc read_new(struct store *store, struct pool *pool, struct waiting *rows, size_t *count)
{
	struct stmt *stmt = db_stmt(store->pub, NEW);
	bool row = false;
	enum rc rc;

	*count = 0;
	stmt_text(stmt, 1, store->board);
	stmt_int(stmt, 2, AT_ONCE);
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && *count < AT_ONCE) {
		size_t len = 0;
		const void *id = stmt_col_blob(stmt, 0, &len);

		if (len == EVENT_ID_SIZE)
			memcpy(rows[*count].dossier, id, len);
		rows[*count].level = stmt_col_dup(stmt, 1, pool);
		rows[*count].answers = stmt_col_dup(stmt, 2, pool);
		rows[(*count)++].device = stmt_col_dup(stmt, 3, pool);
	}
	stmt_reset(stmt);
	return rc;
}

static enum rc append(struct store *store, const struct waiting *row)
{
	json_t *body = json_new_object(), *answers = json_array();
	const char *reason = NULL;
	struct act act = { .subject_kind = SUBJECT_DOSSIER, .subject = row->dossier,
		.kind = "rating.given", .actor = "system", .body = body };
	struct event event;
	bool rated = false;
	enum rc rc = exists(store->tram, store->board, row->dossier, &rated);

	json_put(body, "level", row->level);
	json_put(body, "device", row->device);
	if (strspn(row->answers, "-") < strlen(row->answers)) {
		for (const char *at = row->answers; *at != '\0'; at++)
			(void)json_array_append_new(answers, json_stringn(*at == '-' ? "" : at,
					*at == '-' ? 0 : 1));
		(void)json_object_set(body, "answers", answers);
	}
	json_decref(answers);
	if (rc == RC_OK && !rated)
		rc = act_append(store, &act, &event, &reason);
	json_decref(body);
	/* Of a dossier that is not here any more, or nonsense: never asked again. */
	if (rc == RC_CONFLICT || rc == RC_INVALID || rc == RC_NOT_FOUND) {
		log_warn("rating: left out, %s", reason ? reason : rc_name(rc));
		rc = RC_OK;
	}
	return rc;
}

static enum rc mark_taken(struct store *store, const struct waiting *rows, size_t count)
{
	enum rc rc = db_write_begin(store->pub);

	if (rc != RC_OK)
		return rc;
	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		struct stmt *stmt = db_stmt(store->pub, TAKEN);

		stmt_text(stmt, 1, store->board);
		stmt_blob(stmt, 2, rows[i].dossier, EVENT_ID_SIZE);
		rc = stmt_run(stmt);
	}
	if (rc == RC_OK)
		return db_write_commit(store->pub);
	db_write_abort(store->pub);
	return rc;
}

enum rc rating_collect(struct store *store)
{
	struct waiting rows[AT_ONCE] = { 0 };
	struct pool *pool = pool_new();
	size_t count = 0;
	enum rc rc = read_new(store, pool, rows, &count);

	if (rc == RC_OK && count > 0) {
		rc = store_begin(store, false);
		/* Two workers: the lock is held, so what the other one appended is seen. */
		for (size_t i = 0; rc == RC_OK && i < count; i++)
			rc = append(store, &rows[i]);
		if (rc == RC_OK)
			rc = store_commit(store);
		else
			store_abort(store);
		if (rc == RC_OK)
			rc = mark_taken(store, rows, count);
	}
	pool_free(pool);
	return rc;
}

enum rc rating_totals_get(struct store *store, int64_t from_ms, int64_t to_ms,
		struct rating_totals *out)
{
	struct stmt *stmt = db_stmt(store->tram, TOTALS);
	bool row = false;
	enum rc rc;

	memset(out, 0, sizeof(*out));
	stmt_text(stmt, 1, store->board);
	stmt_int(stmt, 2, from_ms);
	stmt_int(stmt, 3, to_ms);
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row) {
		const char *level = stmt_col_text(stmt, 0), *answers = stmt_col_text(stmt, 1);
		int64_t count = stmt_col_int(stmt, 2);

		*(strcmp(level, "very") == 0 ? &out->very : strcmp(level, "satisfied") == 0
				? &out->satisfied : strcmp(level, "unsatisfied") == 0
				? &out->unsatisfied : &out->skipped) += count;
		for (size_t i = 0; i < QUEUE_INDICES && answers[i] != '\0'; i++) {
			if (answers[i] < '0' || answers[i] > '2')
				continue;
			out->sum[i] += count * (answers[i] - '0');
			out->answered[i] += count;
		}
	}
	return rc;
}
