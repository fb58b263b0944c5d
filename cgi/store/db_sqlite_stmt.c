/*
 * db_sqlite_stmt.c: statements of the SQLite driver. Parameters are found by their names: SQLite numbers
 * $n by first appearance.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "store/db_sqlite.h"

struct stmt *db_sqlite_stmt_prepare(struct db *base, const char *sql)
{
	struct sqlite_db *db = db_of(base);
	struct sqlite_stmt *stmt = calloc(1, sizeof(*stmt));
	int code, i, count;

	if (!stmt)
		log_fatal("db: out of memory");
	code = sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt->handle, NULL);
	if (code == SQLITE_ERROR || !stmt->handle)
		log_bug("db name=%s: %s in: %s", db_kind_name(base->kind), sqlite3_errmsg(db->handle),
				sql);
	stmt->stmt.db = base;
	stmt->stmt.sql = sql;
	stmt->writes = !sqlite3_stmt_readonly(stmt->handle);
	count = sqlite3_bind_parameter_count(stmt->handle);
	for (i = 1; i <= DB_PARAMETERS; i++) {
		char name[16];

		(void)snprintf(name, sizeof(name), "$%d", i);
		stmt->index[i] = (unsigned char)sqlite3_bind_parameter_index(stmt->handle, name);
		count -= stmt->index[i] != 0;
	}
	if (count != 0)
		log_bug("db: a parameter is not named $1 … in: %s", sql);
	return &stmt->stmt;
}

void db_sqlite_stmt_finish(struct stmt *stmt)
{
	(void)sqlite3_finalize(stmt_of(stmt)->handle);
	free(stmt);
}

static int index_of(struct stmt *stmt, int parameter)
{
	int index = parameter >= 1 && parameter <= DB_PARAMETERS ? stmt_of(stmt)->index[parameter] : 0;

	if (index == 0)
		log_bug("db: no parameter $%d in: %s", parameter, stmt->sql);
	return index;
}

static void bound(struct stmt *stmt, int code)
{
	if (code == SQLITE_NOMEM)
		log_fatal("db: out of memory");
	if (code != SQLITE_OK)
		log_bug("db: bind code=%d in: %s", code, stmt->sql);
}

void db_sqlite_stmt_bind_int(struct stmt *stmt, int parameter, int64_t value)
{
	bound(stmt, sqlite3_bind_int64(stmt_of(stmt)->handle, index_of(stmt, parameter), value));
}

void db_sqlite_stmt_bind_text(struct stmt *stmt, int parameter, const char *value)
{
	bound(stmt, sqlite3_bind_text64(stmt_of(stmt)->handle, index_of(stmt, parameter), value,
			strlen(value), SQLITE_TRANSIENT, SQLITE_UTF8));
}

void db_sqlite_stmt_bind_blob(struct stmt *stmt, int parameter, const void *bytes, size_t len)
{
	bound(stmt, sqlite3_bind_blob64(stmt_of(stmt)->handle, index_of(stmt, parameter), bytes, len,
			SQLITE_TRANSIENT));
}

void db_sqlite_stmt_bind_null(struct stmt *stmt, int parameter)
{
	bound(stmt, sqlite3_bind_null(stmt_of(stmt)->handle, index_of(stmt, parameter)));
}

enum rc db_sqlite_stmt_step(struct stmt *base, bool *row)
{
	struct sqlite_stmt *stmt = stmt_of(base);
	struct sqlite_db *db = db_of(base->db);
	int code;

	if (stmt->writes && base->db->phase != DB_WRITING)
		log_bug("db: a write outside a transaction: %s", base->sql);
	code = sqlite3_step(stmt->handle);
	stmt->active = true;
	if (code == SQLITE_ROW) {
		*row = true;
		return RC_OK;
	}
	if (code != SQLITE_DONE)
		return db_sqlite_rc(db, code, "step");
	if (stmt->writes)
		base->db->changes = sqlite3_changes64(db->handle);
	(void)sqlite3_reset(stmt->handle);
	stmt->active = false;
	return RC_OK;
}

void db_sqlite_stmt_reset(struct stmt *base, bool clear)
{
	struct sqlite_stmt *stmt = stmt_of(base);

	if (stmt->active) {
		bool done = stmt->writes && base->db->phase == DB_WRITING;

		(void)sqlite3_reset(stmt->handle);
		if (done)	/* INSERT … RETURNING counts its rows when it ends */
			base->db->changes = sqlite3_changes64(db_of(base->db)->handle);
		stmt->active = false;
	}
	if (clear)
		(void)sqlite3_clear_bindings(stmt->handle);
}

int64_t db_sqlite_stmt_col_int(struct stmt *stmt, int column)
{
	return sqlite3_column_int64(stmt_of(stmt)->handle, column);
}

const char *db_sqlite_stmt_col_text(struct stmt *stmt, int column)
{
	const unsigned char *text = sqlite3_column_text(stmt_of(stmt)->handle, column);

	return text ? (const char *)text : "";
}

const void *db_sqlite_stmt_col_blob(struct stmt *stmt, int column, size_t *len)
{
	const void *bytes = sqlite3_column_blob(stmt_of(stmt)->handle, column);

	*len = (size_t)sqlite3_column_bytes(stmt_of(stmt)->handle, column);
	return bytes ? bytes : "";
}

bool db_sqlite_stmt_col_null(struct stmt *stmt, int column)
{
	return sqlite3_column_type(stmt_of(stmt)->handle, column) == SQLITE_NULL;
}

int db_sqlite_stmt_col_count(struct stmt *stmt)
{
	return sqlite3_column_count(stmt_of(stmt)->handle);
}
