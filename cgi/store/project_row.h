/*
 * project_row.h: one row of the dossier table as the projection holds it. For project_*.c alone.
 */
#ifndef TRAM_STORE_PROJECT_ROW_H
#define TRAM_STORE_PROJECT_ROW_H

#include "store/projection.h"

/* Columns in the order of the statements in project_row.c, after board and id. */
enum row_text {
	ROW_CODE, ROW_OFFICIAL, ROW_EXTERNAL, ROW_PROCEDURE, ROW_PROCEDURE_NAME, ROW_CASE,
	ROW_CATALOGUE, ROW_UNIT, ROW_AGENCY, ROW_APPLICANT, ROW_APPLICANT_NUMBER, ROW_PHONE,
	ROW_SUBMITTER, ROW_CONTENT, ROW_CHANNEL, ROW_DESK, ROW_ASSIGNEE, ROW_PLACE, ROW_FOLDED,
	ROW_OLD_CODE, ROW_OLD_AGENCY, ROW_TARGET,
	ROW_CLERK, ROW_ADDRESS, ROW_LOCALITY, ROW_DELIVERY,
	ROW_TEXTS
};
enum row_int {
	ROW_LEVEL, ROW_STATE, ROW_HOLDER, ROW_RESUME, ROW_EXTENSIONS, ROW_RETURNS, ROW_HAS_RESULT,
	ROW_TAKEN, ROW_RECEIVED_AT, ROW_HAS_DUE, ROW_DUE_AT, ROW_DUE_CERTAIN, ROW_FINISHED_AT,
	ROW_RETURNED_AT, ROW_PLACE_MS, ROW_PLACE_AUTHOR, ROW_PLACE_SEQ, ROW_FEE_TOTAL, ROW_FEE_PAID,
	ROW_MANIFEST_VERSION, ROW_MANIFEST_AT, ROW_FILES_TOTAL, ROW_COMPLETE_VERSION,
	ROW_COMPLETE_AT, ROW_SLIP_NO, ROW_UPDATED_MS, ROW_BOARD_SEQ, ROW_ORIGIN,
	ROW_SETS, ROW_FORWARDED_AT, ROW_SCANS_MISSING,
	ROW_INTS
};

struct project_row {
	const char *board;
	const uint8_t *id;
	bool exists;
	const char *text[ROW_TEXTS];	/* never NULL; in the pool given to load, or borrowed */
	int64_t number[ROW_INTS];
};

/* All blank and exists false when there is none. */
enum rc project_row_load(struct store *store, struct pool *pool, const char *board,
		const uint8_t *id, struct project_row *out) MUST_CHECK;
enum rc project_row_save(struct store *store, const struct project_row *row) MUST_CHECK;
void project_row_facts(const struct project_row *row, struct dossier_facts *out);
void project_row_set_facts(struct project_row *row, const struct dossier_facts *facts);

/* project_files.c: files of a manifest or of results, replacing what was there. */
enum rc project_files_manifest(struct store *store, const struct event *event,
		const json_t *manifest, int64_t *files_total) MUST_CHECK;
enum rc project_files_results(struct store *store, const struct event *event,
		const json_t *results) MUST_CHECK;
enum rc project_files_clear(struct store *store, const char *board, const uint8_t *id) MUST_CHECK;
enum rc project_files_slip(struct store *store, const struct event *event,
		const json_t *slip) MUST_CHECK;

/* project_mark.c: what follows from a dossier's marks. */
enum rc project_mark_external(struct store *store, struct pool *pool, const char *board,
		const uint8_t *id, const char **code) MUST_CHECK;
/* The account that signed last, "" when none is known. */
enum rc project_mark_signer(struct store *store, struct pool *pool, const char *board,
		const uint8_t *id, const char **account) MUST_CHECK;

#endif
