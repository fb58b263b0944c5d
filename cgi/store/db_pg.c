/*
 * db_pg.c: the PostgreSQL driver, over libpq. An archive of its own: a program that links it can
 * open PostgreSQL, for no other reason would it carry libpq.
 *
 * Integers go as text, bytes as binary; a statement is prepared when it is first run, with the types
 * of what is then bound. READ COMMITTED with a lock on the board's head row (journal_lock) gives
 * each board one writer at a time.
 */
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "store/db_driver.h"

#define TYPE_INT8 20u
#define TYPE_TEXT 25u
#define TYPE_BYTEA 17u
#define MIGRATION_LOCK "SELECT pg_advisory_xact_lock(1416978797)"	/* "Tram" */

struct pg_db {
	struct db db;
	PGconn *conn;
	unsigned connection;		/* counts reconnections: statements live in one */
	unsigned next_name;
};

struct pg_param {
	char *bytes;
	size_t cap;
	int len, format;
	Oid type;
	bool bound, null;
};

struct pg_stmt {
	struct stmt stmt;
	char name[16];
	unsigned connection;		/* in which it is prepared; 0: nowhere */
	struct pg_param params[DB_PARAMETERS + 1];
	int param_count;
	PGresult *result;
	int row, rows;
	uint8_t *blob;			/* of the column last read as bytes */
};

static const struct db_driver driver;

static struct pg_db *db_of(struct db *db)
{
	return (struct pg_db *)db;
}

static struct pg_stmt *stmt_of(struct stmt *stmt)
{
	return (struct pg_stmt *)stmt;
}

/* SQLSTATE classes: 23 constraint, 40 and 55P03 contention, 53 and 57014 resources. */
static enum rc rc_of(struct pg_db *db, const PGresult *result, const char *what)
{
	ExecStatusType status = PQresultStatus(result);
	const char *state;

	if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK)
		return RC_OK;
	state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
	if (!state)
		state = "";
	log_error("db name=pg at=%s: state=%s", what, *state ? state : "none");
	if (PQstatus(db->conn) != CONNECTION_OK)
		return RC_DB;
	if (strncmp(state, "42", 2) == 0)
		log_bug("db name=pg at=%s: %s", what, PQresultErrorField(result,
				PG_DIAG_MESSAGE_PRIMARY));
	if (strncmp(state, "23", 2) == 0 || strcmp(state, "P0001") == 0)
		return RC_CONFLICT;
	if (strncmp(state, "40", 2) == 0 || strcmp(state, "55P03") == 0)
		return RC_BUSY;
	return strncmp(state, "53", 2) == 0 ? RC_FULL : RC_DB;
}

static enum rc run(struct pg_db *db, const char *sql)
{
	PGresult *result = PQexec(db->conn, sql);
	enum rc rc = rc_of(db, result, sql);

	PQclear(result);
	return rc;
}

/* A server that was restarted is found again at the next transaction or single read. */
static void reconnect(struct pg_db *db)
{
	if (PQstatus(db->conn) == CONNECTION_OK)
		return;
	PQreset(db->conn);
	db->connection++;
	log_warn("db name=pg: connected again (%s)",
			PQstatus(db->conn) == CONNECTION_OK ? "ok" : "refused");
}

/* ---- transactions ---- */

static enum rc pg_read_begin(struct db *db)
{
	reconnect(db_of(db));
	return run(db_of(db), "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
}

static void pg_read_end(struct db *db)
{
	(void)run(db_of(db), "COMMIT");
}

static enum rc pg_write_begin(struct db *db)
{
	reconnect(db_of(db));
	return run(db_of(db), "BEGIN");
}

static enum rc pg_write_commit(struct db *db)
{
	PGresult *result = PQexec(db_of(db)->conn, "COMMIT");
	enum rc rc = rc_of(db_of(db), result, "COMMIT");

	/* COMMIT of a transaction with an error in it answers ROLLBACK, and that is no error. */
	if (rc == RC_OK && strcmp(PQcmdStatus(result), "COMMIT") != 0)
		rc = RC_DB;
	PQclear(result);
	return rc;
}

static void pg_write_abort(struct db *db)
{
	(void)run(db_of(db), "ROLLBACK");
}

/* ---- statements ---- */

static struct stmt *pg_prepare(struct db *db, const char *sql)
{
	struct pg_stmt *stmt = calloc(1, sizeof(*stmt));

	if (!stmt)
		log_fatal("db: out of memory");
	stmt->stmt.db = db;
	stmt->stmt.sql = sql;
	(void)snprintf(stmt->name, sizeof(stmt->name), "s%u", db_of(db)->next_name++);
	return &stmt->stmt;
}

static void pg_reset(struct stmt *base, bool clear)
{
	struct pg_stmt *stmt = stmt_of(base);
	int i;

	PQclear(stmt->result);
	stmt->result = NULL;
	PQfreemem(stmt->blob);
	stmt->blob = NULL;
	for (i = 0; clear && i <= DB_PARAMETERS; i++)
		stmt->params[i].bound = false;
}

static void pg_finish(struct stmt *base)
{
	int i;

	pg_reset(base, true);
	for (i = 0; i <= DB_PARAMETERS; i++)
		free(stmt_of(base)->params[i].bytes);
	free(base);
}

static void bind(struct stmt *base, int parameter, const void *bytes, size_t len, Oid type, int format)
{
	struct pg_stmt *stmt = stmt_of(base);
	struct pg_param *param = &stmt->params[parameter];

	if (parameter < 1 || parameter > DB_PARAMETERS || len > INT32_MAX / 2)
		log_bug("db: no parameter $%d in: %s", parameter, base->sql);
	if (param->cap < len + 1) {
		free(param->bytes);
		param->cap = len + 64;
		param->bytes = malloc(param->cap);
		if (!param->bytes)
			log_fatal("db: out of memory");
	}
	memcpy(param->bytes, bytes, len);
	param->bytes[len] = '\0';
	param->len = (int)len;
	param->format = format;
	param->type = type;
	param->null = type == 0;
	param->bound = true;
	if (parameter > stmt->param_count)
		stmt->param_count = parameter;
}

static void pg_bind_int(struct stmt *stmt, int parameter, int64_t value)
{
	char text[24];
	int len = snprintf(text, sizeof(text), "%lld", (long long)value);

	bind(stmt, parameter, text, (size_t)len, TYPE_INT8, 0);
}

static void pg_bind_text(struct stmt *stmt, int parameter, const char *value)
{
	bind(stmt, parameter, value, strlen(value), TYPE_TEXT, 0);
}

static void pg_bind_blob(struct stmt *stmt, int parameter, const void *bytes, size_t len)
{
	bind(stmt, parameter, bytes, len, TYPE_BYTEA, 1);
}

static void pg_bind_null(struct stmt *stmt, int parameter)
{
	bind(stmt, parameter, "", 0, 0, 0);
}

static enum rc prepare_here(struct pg_db *db, struct pg_stmt *stmt)
{
	Oid types[DB_PARAMETERS];
	PGresult *result;
	enum rc rc;
	int i;

	if (stmt->connection == db->connection)
		return RC_OK;
	/* A number that the text leaves out still needs a type. */
	for (i = 0; i < stmt->param_count; i++)
		types[i] = stmt->params[i + 1].bound ? stmt->params[i + 1].type : TYPE_TEXT;
	result = PQprepare(db->conn, stmt->name, stmt->stmt.sql, stmt->param_count, types);
	rc = rc_of(db, result, stmt->stmt.sql);
	PQclear(result);
	if (rc == RC_OK)
		stmt->connection = db->connection;
	return rc;
}

static enum rc execute(struct pg_db *db, struct pg_stmt *stmt)
{
	const char *values[DB_PARAMETERS];
	int lengths[DB_PARAMETERS], formats[DB_PARAMETERS];
	const char *changed;
	int64_t count = 0;
	enum rc rc;
	int i;

	if (db->db.phase == DB_IDLE)
		reconnect(db);
	rc = prepare_here(db, stmt);
	if (rc != RC_OK)
		return rc;
	for (i = 0; i < stmt->param_count; i++) {
		const struct pg_param *param = &stmt->params[i + 1];

		values[i] = param->bound && !param->null ? param->bytes : NULL;
		lengths[i] = param->len;
		formats[i] = param->format;
	}
	stmt->result = PQexecPrepared(db->conn, stmt->name, stmt->param_count, values, lengths,
			formats, 0);
	rc = rc_of(db, stmt->result, stmt->stmt.sql);
	if (rc != RC_OK)
		return rc;
	stmt->row = -1;
	stmt->rows = PQntuples(stmt->result);
	changed = PQcmdTuples(stmt->result);
	if (*changed && num_parse(changed, 0, INT64_MAX, &count) == RC_OK)
		db->db.changes = count;
	return RC_OK;
}

static enum rc pg_step(struct stmt *base, bool *row)
{
	struct pg_stmt *stmt = stmt_of(base);

	if (!stmt->result) {
		enum rc rc = execute(db_of(base->db), stmt);

		if (rc != RC_OK)
			return rc;
	}
	if (++stmt->row < stmt->rows)
		*row = true;
	else
		pg_reset(base, false);
	return RC_OK;
}

static bool pg_col_null(struct stmt *base, int column)
{
	struct pg_stmt *stmt = stmt_of(base);

	return PQgetisnull(stmt->result, stmt->row, column) != 0;
}

static const char *pg_col_text(struct stmt *base, int column)
{
	struct pg_stmt *stmt = stmt_of(base);

	return PQgetvalue(stmt->result, stmt->row, column);	/* "" for NULL */
}

static int64_t pg_col_int(struct stmt *base, int column)
{
	int64_t value = 0;

	if (!pg_col_null(base, column) && num_parse(pg_col_text(base, column), INT64_MIN, INT64_MAX,
			&value) != RC_OK)
		log_bug("db: column %d is no number in: %s", column, base->sql);
	return value;
}

static const void *pg_col_blob(struct stmt *base, int column, size_t *len)
{
	struct pg_stmt *stmt = stmt_of(base);

	/* A text column is its own bytes; bytea comes as "\x…". */
	if (PQftype(stmt->result, column) != TYPE_BYTEA) {
		*len = strlen(pg_col_text(base, column));
		return pg_col_text(base, column);
	}
	PQfreemem(stmt->blob);
	stmt->blob = PQunescapeBytea((const unsigned char *)pg_col_text(base, column), len);
	if (!stmt->blob)
		log_fatal("db: out of memory");
	return stmt->blob;
}

static int pg_col_count(struct stmt *base)
{
	return PQnfields(stmt_of(base)->result);
}

/* ---- open, version ---- */

static enum rc pg_script(struct db *db, const char *sql)
{
	return run(db_of(db), sql);
}

static enum rc pg_version_get(struct db *base, int *version)
{
	struct pg_db *db = db_of(base);
	PGresult *result = NULL;
	int64_t value = 0;
	enum rc rc = RC_OK;

	*version = 0;
	if (base->phase == DB_WRITING)
		rc = run(db, MIGRATION_LOCK);
	if (rc == RC_OK) {
		result = PQexec(db->conn, "SELECT to_regclass('schema_version') IS NOT NULL");
		rc = rc_of(db, result, "version");
	}
	if (rc == RC_OK && PQntuples(result) == 1 && *PQgetvalue(result, 0, 0) == 't') {
		PQclear(result);
		result = PQexec(db->conn, "SELECT max(version) FROM schema_version");
		rc = rc_of(db, result, "version");
		if (rc == RC_OK && !PQgetisnull(result, 0, 0)
				&& num_parse(PQgetvalue(result, 0, 0), 0, 9999, &value) != RC_OK)
			rc = RC_VERSION;
	}
	PQclear(result);
	*version = (int)value;
	return rc;
}

static enum rc pg_version_set(struct db *base, int version)
{
	struct pg_db *db = db_of(base);
	char text[16];
	const char *values[1] = { text };
	PGresult *result;
	enum rc rc;

	rc = run(db, "CREATE TABLE IF NOT EXISTS schema_version (version bigint PRIMARY KEY)");
	if (rc != RC_OK)
		return rc;
	(void)snprintf(text, sizeof(text), "%d", version);
	result = PQexecParams(db->conn, "INSERT INTO schema_version (version) VALUES ($1)", 1, NULL,
			values, NULL, NULL, 0);
	rc = rc_of(db, result, "version");
	PQclear(result);
	return rc;
}

/* Dead rows are the server's business: autovacuum, and its operator's backups. */
static enum rc pg_scrub(struct db *db)
{
	(void)db;
	return RC_OK;
}

static void pg_close(struct db *base)
{
	PQfinish(db_of(base)->conn);
	free(base);
}

static void no_notice(void *arg, const PGresult *result)
{
	(void)arg;
	(void)result;
}

static enum rc open_pg(const struct settings *settings, enum db_kind kind, struct db **out)
{
	struct pg_db *db = calloc(1, sizeof(*db));
	enum rc rc;

	*out = NULL;
	if (!db)
		log_fatal("db: out of memory");
	db->db.driver = &driver;
	db->db.kind = kind;
	db->connection = 1;
	db->conn = PQconnectdb(settings->pg);
	if (PQstatus(db->conn) != CONNECTION_OK) {
		log_error("db name=pg: the server does not answer or refuses");
		db_close(&db->db);
		return RC_DB;
	}
	(void)PQsetNoticeReceiver(db->conn, no_notice, NULL);
	rc = run(db, "SET client_encoding = 'UTF8'; SET lock_timeout = '10s';"
			" SET synchronous_commit = on; SET bytea_output = 'hex'");
	if (rc != RC_OK) {
		db_close(&db->db);
		return rc;
	}
	*out = &db->db;
	return RC_OK;
}

static const struct db_driver driver = {
	.engine = "pg",
	.close = pg_close,
	.read_begin = pg_read_begin,
	.read_end = pg_read_end,
	.write_begin = pg_write_begin,
	.write_commit = pg_write_commit,
	.write_abort = pg_write_abort,
	.prepare = pg_prepare,
	.finish = pg_finish,
	.bind_int = pg_bind_int,
	.bind_text = pg_bind_text,
	.bind_blob = pg_bind_blob,
	.bind_null = pg_bind_null,
	.step = pg_step,
	.reset = pg_reset,
	.col_int = pg_col_int,
	.col_text = pg_col_text,
	.col_blob = pg_col_blob,
	.col_null = pg_col_null,
	.col_count = pg_col_count,
	.script = pg_script,
	.version_get = pg_version_get,
	.version_set = pg_version_set,
	.scrub = pg_scrub,
};

/* Linked in means enabled. */
__attribute__((constructor)) static void enable(void)
{
	db_pg_open = open_pg;
}
