/*
 * db_sqlite.h: what db_sqlite.c (files, transactions) and db_sqlite_stmt.c (statements) share. For
 * those two alone.
 */
#ifndef TRAM_STORE_DB_SQLITE_H
#define TRAM_STORE_DB_SQLITE_H

#include <sqlite3.h>

#include "store/db_driver.h"

struct sqlite_db {
	struct db db;
	sqlite3 *handle;
	int lock_fd;
	int wal_pages, checkpoint_pages;	/* in the WAL after the last commit; checkpoint from here */
	int threshold_pages;
	struct stmt *begin, *commit, *rollback, *read, *version, *mark, *mark_back, *mark_end;
};

struct sqlite_stmt {
	struct stmt stmt;
	sqlite3_stmt *handle;
	bool writes;
	bool active;
	unsigned char index[DB_PARAMETERS + 1];	/* of parameter $n, as SQLite numbers them */
};

static inline struct sqlite_db *db_of(struct db *db)
{
	return (struct sqlite_db *)db;
}

static inline struct sqlite_stmt *stmt_of(struct stmt *stmt)
{
	return (struct sqlite_stmt *)stmt;
}

/*
 * RC_OK for SQLITE_OK, ROW and DONE; RC_CONFLICT, RC_BUSY, RC_FULL, RC_DB for the others, logged with
 * what was done. Ends the program after a failed fsync: what that left on the disk nobody knows.
 */
enum rc db_sqlite_rc(struct sqlite_db *db, int code, const char *what);

/* The driver's statements (db_driver.h). */
struct stmt *db_sqlite_stmt_prepare(struct db *base, const char *sql);
void db_sqlite_stmt_finish(struct stmt *stmt);
void db_sqlite_stmt_bind_int(struct stmt *stmt, int parameter, int64_t value);
void db_sqlite_stmt_bind_text(struct stmt *stmt, int parameter, const char *value);
void db_sqlite_stmt_bind_blob(struct stmt *stmt, int parameter, const void *bytes, size_t len);
void db_sqlite_stmt_bind_null(struct stmt *stmt, int parameter);
enum rc db_sqlite_stmt_step(struct stmt *base, bool *row) MUST_CHECK;
void db_sqlite_stmt_reset(struct stmt *base, bool clear);
int64_t db_sqlite_stmt_col_int(struct stmt *stmt, int column);
const char *db_sqlite_stmt_col_text(struct stmt *stmt, int column);
const void *db_sqlite_stmt_col_blob(struct stmt *stmt, int column, size_t *len);
bool db_sqlite_stmt_col_null(struct stmt *stmt, int column);
int db_sqlite_stmt_col_count(struct stmt *stmt);

#endif
