/*
 * db.h: one text of SQL for two engines, SQLite and PostgreSQL.
 *
 * Parameters are $1, $2 …, bound by name on SQLite (it numbers them by first appearance and would
 * silently swap) and by position on PostgreSQL. No SQL outside store/, none is ever formatted.
 * Every writer of an SQLite file takes the lock file beside it (deadline 10 s); whoever holds it
 * checkpoints past 4 MB; wal_autocheckpoint=0 and NO_CKPT_ON_CLOSE everywhere (the WAL-reset
 * hazard of SQLite before 3.51.3).
 */
#ifndef TRAM_STORE_DB_H
#define TRAM_STORE_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/pool.h"
#include "base/rc.h"
#include "base/settings.h"

enum db_kind { DB_TRAM, DB_AUTH, DB_RUN, DB_PUBLIC, DB_ACCESS };

/* In db_dir of a board: how long commits of tram.db take (base/latency.h). */
#define DB_WRITES "writes"

struct db;
struct stmt;

/* Opens and checks application id and schema version: RC_VERSION when this program does not serve
 * it (logged), RC_NOT_FOUND: no database there, RC_DB. tram.db and auth.db run synchronous=FULL,
 * public.db, run.db and access.db NORMAL. settings->pg not empty: DB_TRAM is that PostgreSQL database. */
enum rc db_open(const struct settings *settings, enum db_kind kind, struct db **out) MUST_CHECK;
void db_close(struct db *db);
/* Creates the database if missing and runs the migrations it lacks, each in one transaction.
 * RC_VERSION: newer than this program knows. mode: of a created SQLite file. */
enum rc db_migrate(const struct settings *settings, enum db_kind kind) MUST_CHECK;
bool db_is_pg(const struct db *db);
/* The newest schema this program knows of that database. */
int db_schema(const struct db *db);
/* The one a database has now. RC_NOT_FOUND: there is none. */
enum rc db_schema_found(const struct settings *settings, enum db_kind kind, int *version) MUST_CHECK;

/* Gives the pages it keeps in memory back, before a wait. Outside a view. */
void db_spare(struct db *db);

/* A consistent view over several reads. Reads outside are each their own. Within db_hold the view held. */
enum rc db_read_begin(struct db *db) MUST_CHECK;
void db_read_end(struct db *db);
/* Until db_release all reads are of one view, taken with the first of them and anew after each write:
 * a page tells one moment, and SQLite takes its locks once. PostgreSQL reads each by itself. */
void db_hold(struct db *db);
void db_release(struct db *db);
/* A number that changes whenever anything was committed to this database, by anybody; never the same
 * twice where the engine cannot tell. What was computed from the database alone is good as long as
 * it stays. */
int64_t db_generation(struct db *db);
/* Takes the writers' lock, then BEGIN IMMEDIATE. RC_BUSY after the deadline. Not nested. */
#define db_write_begin(db) db_write_begin_at((db), __FILE__, __LINE__)
enum rc db_write_begin_at(struct db *db, const char *file, int line) MUST_CHECK;
/* Durable when it returns RC_OK. RC_FULL: disk full, rolled back. */
enum rc db_write_commit(struct db *db) MUST_CHECK;
void db_write_abort(struct db *db);		/* fine when none is open */
/* Several writes, one commit: ends the write like db_write_commit, but it is on no disk, seen by nobody
 * else, and the writers' lock stays held until db_settle. Reads and writes of this process go on within;
 * one that is aborted undoes itself alone. PostgreSQL: the same as db_write_commit. */
enum rc db_write_keep(struct db *db) MUST_CHECK;
bool db_kept(const struct db *db);
/* Commits all that was kept; fine when nothing was. Not RC_OK: none of it was done. */
enum rc db_settle(struct db *db) MUST_CHECK;
bool db_writing(const struct db *db);
/* A short write of one's own, or part of the one that is open: *own goes to db_write_leave, which
 * commits (rc RC_OK) or aborts (any other) its own and gives rc or the commit's. */
#define db_write_enter(db, own) db_write_enter_at((db), (own), __FILE__, __LINE__)
enum rc db_write_enter_at(struct db *db, bool *own, const char *file, int line) MUST_CHECK;
enum rc db_write_leave(struct db *db, bool own, enum rc rc) MUST_CHECK;

/* Prepared once per db and cached by the pointer of sql (a string constant). The statement comes
 * back reset and with its bindings cleared. Ends the process on a statement that does not compile
 * (a bug). */
struct stmt *db_stmt(struct db *db, const char *sql);
void stmt_int(struct stmt *stmt, int parameter, int64_t value);
void stmt_text(struct stmt *stmt, int parameter, const char *value);		/* NULL: SQL NULL */
void stmt_blob(struct stmt *stmt, int parameter, const void *bytes, size_t len);
void stmt_null(struct stmt *stmt, int parameter);
/* *row false at the end (the statement is then reset). RC_CONFLICT on a constraint, RC_BUSY,
 * RC_FULL, RC_DB. */
enum rc stmt_step(struct stmt *stmt, bool *row) MUST_CHECK;
/* Does it return a row? Reset afterwards. */
enum rc stmt_any(struct stmt *stmt, bool *any) MUST_CHECK;
/* step of a statement that returns no row. */
enum rc stmt_run(struct stmt *stmt) MUST_CHECK;
void stmt_reset(struct stmt *stmt);
/* Columns from 0; text is "" for NULL and valid until the next step. */
int64_t stmt_col_int(struct stmt *stmt, int column);
const char *stmt_col_text(struct stmt *stmt, int column);
const void *stmt_col_blob(struct stmt *stmt, int column, size_t *len);
bool stmt_col_null(struct stmt *stmt, int column);
int stmt_col_count(struct stmt *stmt);
char *stmt_col_dup(struct stmt *stmt, int column, struct pool *pool);
/* Rows changed by the last stmt_run on this db. */
int64_t db_changes(const struct db *db);
/* After an erase was committed: what was deleted leaves the WAL and its file too. RC_BUSY: a reader
 * stands in the way, ask again later. */
enum rc db_scrub(struct db *db) MUST_CHECK;
/* Tests that write 100,000 times and never cut the power: commits no longer wait for the disk, and as
 * much of the database as they like stays in memory. */
void db_lose_durability_for_tests(struct db *db);

#endif
