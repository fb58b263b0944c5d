/*
 * project_files.c: the files of a dossier's current manifest and of its results, and its slips.
 *
 * A body that names one place twice must not stop the journal: the first one counts.
 */
#include <stdio.h>

#include "base/encode.h"
#include "store/project_row.h"

#define FILE_SIZE_MAX (INT64_C(1) << 40)

static const char FILE_DELETE[] =
	"DELETE FROM dossier_file WHERE board = $1 AND dossier = $2 AND result = $3";
static const char FILE_KEEP[] =
	"INSERT INTO file_before (board, sha256, dossier) SELECT board, sha256, dossier"
	" FROM dossier_file WHERE board = $1 AND dossier = $2 AND result = $3"
	" ON CONFLICT DO NOTHING";
static const char KEPT_DELETE[] =
	"DELETE FROM file_before WHERE board = $1 AND dossier = $2";
static const char FILE_ADD[] =
	"INSERT INTO dossier_file (board, dossier, result, component, position, part, sha256, size,"
	" type, name, author) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
	" ON CONFLICT DO NOTHING";
static const char RESULT_DELETE[] =
	"DELETE FROM dossier_result WHERE board = $1 AND dossier = $2";
static const char RESULT_ADD[] =
	"INSERT INTO dossier_result (board, dossier, no, kind, number, summary, issuer, signer,"
	" signed_on) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING";
static const char SLIP_DELETE[] =
	"DELETE FROM dossier_slip WHERE board = $1 AND dossier = $2";
static const char SLIP_ADD[] =
	"INSERT INTO dossier_slip (board, dossier, no, hash, typed_hash)"
	" VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";

/* What a body calls its size; an impossible one counts as 0, so that sums of sizes cannot overflow. */
static int64_t file_size(const json_t *file)
{
	int64_t size = json_int(file, "size", 0);

	return size < 0 || size > FILE_SIZE_MAX ? 0 : size;
}

static struct stmt *of_dossier(struct store *store, const char *sql, const char *board,
		const uint8_t *id)
{
	struct stmt *stmt = db_stmt(store->tram, sql);

	stmt_text(stmt, 1, board);
	stmt_blob(stmt, 2, id, EVENT_ID_SIZE);
	return stmt;
}

/* What a manifest or result named before is remembered, so that its content stays. */
static enum rc delete_files(struct store *store, const char *board, const uint8_t *id, bool result)
{
	struct stmt *stmt = of_dossier(store, FILE_KEEP, board, id);
	enum rc rc;

	stmt_int(stmt, 3, result);
	rc = stmt_run(stmt);
	stmt = of_dossier(store, FILE_DELETE, board, id);
	stmt_int(stmt, 3, result);
	return rc == RC_OK ? stmt_run(stmt) : rc;
}

struct place {
	bool result;
	const char *component;
	int64_t part;
};

static enum rc add_files(struct store *store, const struct event *event, const struct place *place,
		const json_t *files, int64_t *added)
{
	const json_t *file;
	enum rc rc = RC_OK;
	size_t i;

	json_array_foreach(files, i, file) {
		struct stmt *stmt = of_dossier(store, FILE_ADD, event->board, event->subject);

		stmt_int(stmt, 3, place->result);
		stmt_text(stmt, 4, place->component);
		stmt_int(stmt, 5, (int64_t)i + 1);
		stmt_int(stmt, 6, place->part);
		stmt_text(stmt, 7, json_text(file, "sha256"));
		stmt_int(stmt, 8, file_size(file));
		stmt_text(stmt, 9, json_text(file, "type"));
		stmt_text(stmt, 10, json_text(file, "name"));
		stmt_int(stmt, 11, (int64_t)event->author);
		rc = stmt_run(stmt);
		if (rc != RC_OK)
			break;
		*added += db_changes(store->tram);
	}
	return rc;
}

enum rc project_files_manifest(struct store *store, const struct event *event,
		const json_t *manifest, int64_t *files_total)
{
	const json_t *item;
	enum rc rc = RC_OK;
	size_t i;

	/* Nothing to delete when the dossier is new; told by the caller's total. */
	if (*files_total > 0)
		rc = delete_files(store, event->board, event->subject, false);
	*files_total = 0;
	json_array_foreach(json_object_get(manifest, "items"), i, item) {
		struct place place = { false, json_text(item, "component"), (int64_t)i + 1 };

		if (rc == RC_OK)
			rc = add_files(store, event, &place, json_object_get(item, "files"),
					files_total);
	}
	return rc;
}

enum rc project_files_results(struct store *store, const struct event *event,
		const json_t *results)
{
	const json_t *result;
	int64_t added = 0;
	enum rc rc;
	size_t i;

	rc = delete_files(store, event->board, event->subject, true);
	if (rc == RC_OK)
		rc = stmt_run(of_dossier(store, RESULT_DELETE, event->board, event->subject));
	json_array_foreach(results, i, result) {
		struct stmt *stmt = of_dossier(store, RESULT_ADD, event->board, event->subject);
		struct place place = { true, NULL, (int64_t)i + 1 };
		char no[24];

		if (rc != RC_OK)
			break;
		(void)snprintf(no, sizeof(no), "%zu", i + 1);
		place.component = no;
		stmt_int(stmt, 3, place.part);
		stmt_text(stmt, 4, json_text(result, "kind"));
		stmt_text(stmt, 5, json_text(result, "number"));
		stmt_text(stmt, 6, json_text(result, "summary"));
		stmt_text(stmt, 7, json_text(result, "issuer"));
		stmt_text(stmt, 8, json_text(result, "signer"));
		stmt_text(stmt, 9, json_text(result, "signed_on"));
		rc = stmt_run(stmt);
		if (rc == RC_OK)
			rc = add_files(store, event, &place, json_object_get(result, "files"),
					&added);
	}
	return rc;
}

enum rc project_files_slip(struct store *store, const struct event *event, const json_t *slip)
{
	struct stmt *stmt = of_dossier(store, SLIP_ADD, event->board, event->subject);

	stmt_int(stmt, 3, json_int(slip, "no", 0));
	stmt_text(stmt, 4, json_text(slip, "hash"));
	stmt_text(stmt, 5, json_text(slip, "typed_hash"));
	return stmt_run(stmt);
}

enum rc project_files_clear(struct store *store, const char *board, const uint8_t *id)
{
	enum rc rc = delete_files(store, board, id, false);

	if (rc == RC_OK)
		rc = delete_files(store, board, id, true);
	if (rc == RC_OK)
		rc = stmt_run(of_dossier(store, RESULT_DELETE, board, id));
	if (rc == RC_OK)
		rc = stmt_run(of_dossier(store, SLIP_DELETE, board, id));
	if (rc == RC_OK)
		rc = stmt_run(of_dossier(store, KEPT_DELETE, board, id));
	return rc;
}
