/*
 * dossier_row.h: how a dossier is read; for dossier*.c alone.
 */
#ifndef TRAM_STORE_DOSSIER_ROW_H
#define TRAM_STORE_DOSSIER_ROW_H

#include "store/dossier.h"

/* Texts, then integers, then what is computed from the journal and the link; see dossier.c. */
#define DOSSIER_SELECT \
	"SELECT d.board, d.id, d.code, d.official, d.external, d.procedure, d.procedure_name, " \
	"d.case_id, d.catalogue, d.unit, d.agency, d.applicant, d.applicant_number, d.phone, " \
	"d.submitter, d.content, d.channel, d.assignee, d.place, " \
	"d.level, d.state, d.holder, d.resume_state, d.extensions, d.returns, d.has_result, " \
	"d.taken_by_next, d.received_at, d.due_at, d.finished_at, d.returned_at, d.has_due, " \
	"d.due_certain, d.fee_total, d.fee_paid, d.manifest_version, d.files_total, " \
	"d.complete_version, d.complete_at, d.slip_no, d.origin, d.old_code, d.old_agency, " \
	"d.target_system, " \
	"(SELECT j.id FROM journal j WHERE j.board = d.board AND j.subject = d.id " \
	"ORDER BY j.arrival DESC LIMIT 1), " \
	"CASE WHEN d.board_seq <= coalesce((SELECT l.sent_seq FROM link_state l " \
	"WHERE l.board = d.board), 0) THEN 1 ELSE 0 END, " \
	"CASE WHEN d.complete_version >= d.manifest_version THEN d.files_total ELSE " \
	"(SELECT count(*) FROM dossier_file f WHERE f.board = d.board AND f.dossier = d.id " \
	"AND f.result = 0 AND EXISTS (SELECT 1 FROM blob_receipt r WHERE r.board = f.board " \
	"AND r.sha256 = f.sha256)) END, " \
	"CASE WHEN d.complete_version >= d.manifest_version THEN d.files_total ELSE " \
	"(SELECT count(*) FROM dossier_file f WHERE f.board = d.board AND f.dossier = d.id " \
	"AND f.result = 0 AND EXISTS (SELECT 1 FROM blob b WHERE b.board = f.board " \
	"AND b.sha256 = f.sha256)) END, d.scans_missing, " \
	"CASE WHEN d.code <> '' AND EXISTS (SELECT 1 FROM dossier o WHERE o.code = d.code " \
	"AND o.board = d.board AND o.id <> d.id) THEN 1 ELSE 0 END "

/* The current row of a DOSSIER_SELECT; texts into pool. */
void dossier_row_read(struct store *store, struct stmt *stmt, struct pool *pool,
		struct dossier_row *out);
/* All rows of the bound statement, at most limit, with assignees' names. */
enum rc dossier_row_all(struct store *store, struct stmt *stmt, struct pool *pool, size_t limit,
		struct dossier_row **rows, size_t *count) MUST_CHECK;
/* Fills assignee_name; the id where accounts are not open or the account is of the other side. */
enum rc dossier_row_names(struct store *store, struct pool *pool, struct dossier_row *rows,
		size_t count) MUST_CHECK;

#endif
