/*
 * project_row.c: loading and saving one row of the dossier table; see project_row.h.
 */
#include <string.h>

#include "store/project_row.h"

static const char LOAD[] =
	"SELECT code, official, external, procedure, procedure_name, case_id, "
	"catalogue, unit, agency, applicant, applicant_number, phone, submitter, "
	"content, channel, desk, assignee, place, folded, old_code, old_agency, "
	"target_system, clerk, address, locality, delivery, level, state, holder, "
	"resume_state, extensions, returns, has_result, taken_by_next, received_at, "
	"has_due, due_at, due_certain, finished_at, returned_at, place_ms, "
	"place_author, place_seq, fee_total, fee_paid, manifest_version, manifest_at, "
	"files_total, complete_version, complete_at, slip_no, updated_ms, board_seq, "
	"origin, sets, forwarded_at, scans_missing FROM dossier WHERE board = $1 AND id = $2";
static const char INSERT[] =
	"INSERT INTO dossier (board, id, code, official, external, procedure, "
	"procedure_name, case_id, catalogue, unit, agency, applicant, "
	"applicant_number, phone, submitter, content, channel, desk, assignee, place, "
	"folded, old_code, old_agency, target_system, clerk, address, locality, "
	"delivery, level, state, holder, resume_state, extensions, returns, "
	"has_result, taken_by_next, received_at, has_due, due_at, due_certain, "
	"finished_at, returned_at, place_ms, place_author, place_seq, fee_total, "
	"fee_paid, manifest_version, manifest_at, files_total, complete_version, "
	"complete_at, slip_no, updated_ms, board_seq, origin, sets, forwarded_at, scans_missing) "
	"VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, "
	"$16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, "
	"$31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44, $45, "
	"$46, $47, $48, $49, $50, $51, $52, $53, $54, $55, $56, $57, $58, $59)";
static const char UPDATE[] =
	"UPDATE dossier SET code = $3, official = $4, external = $5, procedure = $6, "
	"procedure_name = $7, case_id = $8, catalogue = $9, unit = $10, agency = $11, "
	"applicant = $12, applicant_number = $13, phone = $14, submitter = $15, "
	"content = $16, channel = $17, desk = $18, assignee = $19, place = $20, folded "
	"= $21, old_code = $22, old_agency = $23, target_system = $24, clerk = $25, "
	"address = $26, locality = $27, delivery = $28, level = $29, state = $30, "
	"holder = $31, resume_state = $32, extensions = $33, returns = $34, has_result "
	"= $35, taken_by_next = $36, received_at = $37, has_due = $38, due_at = $39, "
	"due_certain = $40, finished_at = $41, returned_at = $42, place_ms = $43, "
	"place_author = $44, place_seq = $45, fee_total = $46, fee_paid = $47, "
	"manifest_version = $48, manifest_at = $49, files_total = $50, "
	"complete_version = $51, complete_at = $52, slip_no = $53, updated_ms = $54, "
	"board_seq = $55, origin = $56, sets = $57, forwarded_at = $58, "
	"scans_missing = $59 WHERE board = $1 AND id = $2";

enum rc project_row_load(struct store *store, struct pool *pool, const char *board,
		const uint8_t *id, struct project_row *out)
{
	struct stmt *stmt = db_stmt(store->tram, LOAD);
	bool row;
	enum rc rc;
	int i;

	memset(out, 0, sizeof(*out));
	out->board = board;
	out->id = id;
	for (i = 0; i < ROW_TEXTS; i++)
		out->text[i] = "";
	stmt_text(stmt, 1, board);
	stmt_blob(stmt, 2, id, EVENT_ID_SIZE);
	rc = stmt_step(stmt, &row);
	if (rc != RC_OK || !row)
		return rc;
	out->exists = true;
	for (i = 0; i < ROW_TEXTS; i++)
		out->text[i] = stmt_col_dup(stmt, i, pool);
	for (i = 0; i < ROW_INTS; i++)
		out->number[i] = stmt_col_int(stmt, ROW_TEXTS + i);
	stmt_reset(stmt);
	return RC_OK;
}

enum rc project_row_save(struct store *store, const struct project_row *row)
{
	struct stmt *stmt = row->exists ? db_stmt(store->tram, UPDATE) : db_stmt(store->tram, INSERT);
	int i;

	stmt_text(stmt, 1, row->board);
	stmt_blob(stmt, 2, row->id, EVENT_ID_SIZE);
	for (i = 0; i < ROW_TEXTS; i++)
		stmt_text(stmt, 3 + i, row->text[i]);
	for (i = 0; i < ROW_INTS; i++)
		stmt_int(stmt, 3 + ROW_TEXTS + i, row->number[i]);
	return stmt_run(stmt);
}

void project_row_facts(const struct project_row *row, struct dossier_facts *out)
{
	const int64_t *number = row->number;

	memset(out, 0, sizeof(*out));
	out->state = (enum dossier_state)number[ROW_STATE];
	out->holder = number[ROW_HOLDER] ? HOLDER_CENTER : HOLDER_BOARD;
	out->resume_state = (enum dossier_state)number[ROW_RESUME];
	out->extensions = (int)number[ROW_EXTENSIONS];
	out->returns = (int)number[ROW_RETURNS];
	out->has_result = number[ROW_HAS_RESULT] != 0;
	out->taken_by_next = number[ROW_TAKEN] != 0;
}

void project_row_set_facts(struct project_row *row, const struct dossier_facts *facts)
{
	int64_t *number = row->number;

	number[ROW_STATE] = facts->state;
	number[ROW_HOLDER] = facts->holder;
	number[ROW_RESUME] = facts->resume_state;
	number[ROW_EXTENSIONS] = facts->extensions;
	number[ROW_RETURNS] = facts->returns;
	number[ROW_HAS_RESULT] = facts->has_result;
	number[ROW_TAKEN] = facts->taken_by_next;
}
