/*
 * register.c: see register.h.
 */
#include <string.h>

#include "base/encode.h"
#include "store/register.h"

#define ALL INT64_C(0x7fffffff)

/* $1 board, $2 from, $3 to, $4 states and $5 origins as bits, $6 procedures, $7 channel, $8 clerk. */
#define FILTERS \
	" d.board = $1 AND d.received_at < $3" \
	" AND (CAST($4 AS bigint) >> CAST(d.state AS integer)) & 1 = 1" \
	" AND (CAST($5 AS bigint) >> CAST(d.origin AS integer)) & 1 = 1" \
	" AND ($6 = '' OR $6 LIKE '%|' || d.procedure || '|%')" \
	" AND ($7 = '' OR d.channel = $7) AND ($8 = '' OR d.clerk = $8)"

/* The keys of a page come from the index alone: the table is looked into for the rows shown only. */
static const char LIST[] =
	"SELECT r.id, r.code, r.official, r.old_code, r.procedure_name, r.content, r.applicant, r.address,"
	" r.phone, r.locality, r.unit, r.agency, r.channel, r.delivery, r.clerk, r.place, r.sets,"
	" r.received_at, r.due_at, r.forwarded_at, r.finished_at, r.returned_at, r.has_due, r.state,"
	" r.holder, r.origin FROM (SELECT d.received_at AS at, d.id AS id FROM dossier d WHERE" FILTERS
	" AND (d.received_at, d.id) > ($2, $9) ORDER BY d.received_at, d.id LIMIT $10) k"
	" JOIN dossier r ON r.board = $1 AND r.id = k.id ORDER BY k.at, k.id";
/* No further than a month can have: origins 0 and 1 are intake (enum dossier_origin). */
static const char COUNT[] =
	"SELECT count(*), coalesce(sum(CASE WHEN w.origin IN (0, 1) THEN 1 ELSE 0 END), 0) FROM"
	" (SELECT d.origin AS origin FROM dossier d WHERE" FILTERS " AND d.received_at >= $2 LIMIT $9) w";

static struct stmt *bound(struct store *store, const char *sql, const struct register_query *query)
{
	struct stmt *stmt = db_stmt(store->tram, sql);

	stmt_text(stmt, 1, store->board);
	stmt_int(stmt, 2, query->from_ms);
	stmt_int(stmt, 3, query->to_ms);
	stmt_int(stmt, 4, query->states != 0 ? query->states : ALL);
	stmt_int(stmt, 5, query->origins != 0 ? query->origins : ALL);
	stmt_text(stmt, 6, query->procedures);
	stmt_text(stmt, 7, query->channel);
	stmt_text(stmt, 8, query->clerk);
	return stmt;
}

static void read_row(struct stmt *stmt, struct pool *pool, struct register_row *out)
{
	const char **const texts[] = { &out->code, &out->official, &out->old_code, &out->procedure_name,
		&out->content, &out->applicant, &out->address, &out->phone, &out->locality, &out->unit,
		&out->agency, &out->channel, &out->delivery, &out->clerk, &out->place };
	int64_t *const numbers[] = { &out->sets, &out->received_at, &out->due_at, &out->forwarded_at,
		&out->finished_at, &out->returned_at };
	size_t len = 0;
	const void *id = stmt_col_blob(stmt, 0, &len);
	int column = 1;

	if (len == EVENT_ID_SIZE)
		hex_encode(id, len, out->id_hex);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		*texts[i] = stmt_col_dup(stmt, column++, pool);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		*numbers[i] = stmt_col_int(stmt, column++);
	out->has_due = stmt_col_int(stmt, column++) != 0;
	out->state = (enum dossier_state)stmt_col_int(stmt, column++);
	out->holder = stmt_col_int(stmt, column++) != 0 ? HOLDER_CENTER : HOLDER_BOARD;
	out->origin = (enum dossier_origin)stmt_col_int(stmt, column);
}

enum rc register_list(struct store *store, struct pool *pool, const struct register_query *query,
		size_t limit, struct register_row **rows, size_t *count)
{
	uint8_t after[EVENT_ID_SIZE] = { 0 };
	struct stmt *stmt;
	bool row = false;
	enum rc rc;

	*count = 0;
	if (query->after_id[0] != '\0' && hex_decode(query->after_id, after, sizeof(after)) != RC_OK)
		return RC_INVALID;
	*rows = pool_alloc(pool, (limit + 1) * sizeof(**rows));
	stmt = bound(store, LIST, query);
	if (query->after_id[0] != '\0')
		stmt_int(stmt, 2, query->after_ms);
	stmt_blob(stmt, 9, after, query->after_id[0] != '\0' ? sizeof(after) : 0);
	stmt_int(stmt, 10, (int64_t)limit);
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && *count < limit)
		read_row(stmt, pool, &(*rows)[(*count)++]);
	stmt_reset(stmt);
	return rc;
}

enum rc register_count(struct store *store, const struct register_query *query, int64_t *count,
		int64_t *intake)
{
	struct stmt *stmt = bound(store, COUNT, query);
	bool row = false;
	enum rc rc;

	stmt_int(stmt, 9, REGISTER_COUNT_MAX);
	rc = stmt_step(stmt, &row);
	*count = rc == RC_OK && row ? stmt_col_int(stmt, 0) : 0;
	*intake = rc == RC_OK && row ? stmt_col_int(stmt, 1) : 0;
	stmt_reset(stmt);
	return rc;
}
