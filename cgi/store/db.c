/*
 * db.c: transactions and cached statements over a driver; see db.h and db_driver.h.
 *
 * A write in which any statement failed can only be aborted: SQLite rolls some failures back by
 * itself and would go on outside the transaction, PostgreSQL refuses everything after an error.
 */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "embed.h"
#include "store/db_driver.h"

#define CACHE_START 128u

db_pg_opener *db_pg_open;

const char *db_kind_name(enum db_kind kind)
{
	static const char *const names[] = { "tram", "auth", "run", "public", "access" };

	return names[kind];
}

static bool wants_pg(const struct settings *settings, enum db_kind kind)
{
	return kind == DB_TRAM && settings->pg && *settings->pg;
}

static enum rc open_any(const struct settings *settings, enum db_kind kind, bool create,
		struct db **out)
{
	if (!wants_pg(settings, kind))
		return db_sqlite_open(settings, kind, create, out);
	if (!db_pg_open) {
		log_error("db name=%s: this program is built without PostgreSQL", db_kind_name(kind));
		return RC_CONFIG;
	}
	return db_pg_open(settings, kind, out);
}

int db_schema(const struct db *db)
{
	const char *name = db_kind_name(db->kind);
	int newest = 0;
	size_t i;

	for (i = 0; i < embed_sql_count; i++) {
		const struct embed_sql *sql = &embed_sql[i];

		if (strcmp(sql->engine, db->driver->engine) == 0 && strcmp(sql->database, name) == 0
				&& sql->number > newest)
			newest = sql->number;
	}
	return newest;
}

enum rc db_schema_found(const struct settings *settings, enum db_kind kind, int *version)
{
	struct db *db = NULL;
	enum rc rc = open_any(settings, kind, false, &db);

	*version = 0;
	if (rc == RC_OK)
		rc = db->driver->version_get(db, version);
	db_close(db);
	return rc;
}

enum rc db_open(const struct settings *settings, enum db_kind kind, struct db **out)
{
	struct db *db = NULL;
	int version = 0;
	enum rc rc;

	*out = NULL;
	rc = open_any(settings, kind, false, &db);
	if (rc != RC_OK)
		return rc;
	rc = db->driver->version_get(db, &version);
	if (rc == RC_OK && version != db_schema(db)) {
		log_error("db name=%s version=%d serves=%d: wrong schema version, run tram migrate",
				db_kind_name(kind), version, db_schema(db));
		rc = RC_VERSION;
	}
	if (rc != RC_OK) {
		db_close(db);
		return rc;
	}
	*out = db;
	return RC_OK;
}

void db_spare(struct db *db)
{
	if (db && db->driver->spare)
		db->driver->spare(db);
}

static void read_end(struct db *db)
{
	db->phase = DB_IDLE;
	db->by_hold = false;
	db->driver->read_end(db);
}

void db_close(struct db *db)
{
	size_t i;

	if (!db)
		return;
	if (db->phase == DB_WRITING)
		db_write_abort(db);
	if (db->kept)
		db->driver->write_abort(db);
	else if (db->phase == DB_READING)
		read_end(db);
	for (i = 0; i < db->cache_size; i++) {
		if (db->cache[i])
			db->driver->finish(db->cache[i]);
	}
	free(db->cache);
	db->driver->close(db);
}

static const struct embed_sql *migration_find(const struct db *db, int number)
{
	size_t i;

	for (i = 0; i < embed_sql_count; i++) {
		const struct embed_sql *sql = &embed_sql[i];

		if (sql->number == number && strcmp(sql->engine, db->driver->engine) == 0
				&& strcmp(sql->database, db_kind_name(db->kind)) == 0)
			return sql;
	}
	return NULL;
}

/* One migration in one transaction; the version is read again inside it, since another program may
 * be migrating too. */
static enum rc migrate_one(struct db *db, int newest, bool *more)
{
	const struct embed_sql *sql;
	int version = 0;
	enum rc rc;

	*more = false;
	rc = db_write_begin(db);
	if (rc != RC_OK)
		return rc;
	rc = db->driver->version_get(db, &version);
	if (rc == RC_OK && version > newest) {
		log_error("db name=%s version=%d serves=%d: newer than this program",
				db_kind_name(db->kind), version, newest);
		rc = RC_VERSION;
	}
	if (rc != RC_OK || version == newest) {
		db_write_abort(db);
		return rc;
	}
	sql = migration_find(db, version + 1);
	if (!sql)
		log_bug("db name=%s: migration %d is missing", db_kind_name(db->kind), version + 1);
	rc = db->driver->script(db, sql->sql);
	if (rc == RC_OK)
		rc = db->driver->version_set(db, version + 1);
	if (rc == RC_OK)
		rc = db_write_commit(db);
	else
		db_write_abort(db);
	if (rc == RC_OK)
		log_info("db name=%s version=%d: migrated", db_kind_name(db->kind), version + 1);
	*more = rc == RC_OK && version + 1 < newest;
	return rc;
}

enum rc db_migrate(const struct settings *settings, enum db_kind kind)
{
	struct db *db = NULL;
	bool more = true;
	enum rc rc;

	rc = open_any(settings, kind, true, &db);
	while (rc == RC_OK && more)
		rc = migrate_one(db, db_schema(db), &more);
	/* So that the file is whole by itself; programs that run meanwhile may stand against it. */
	if (rc == RC_OK && db_scrub(db) != RC_OK)
		log_info("db name=%s: the migration stays in its log for now", db_kind_name(kind));
	db_close(db);
	return rc;
}

bool db_is_pg(const struct db *db)
{
	return strcmp(db->driver->engine, "pg") == 0;
}

enum rc db_read_begin(struct db *db)
{
	enum rc rc;

	if (db->phase == DB_READING && db->by_hold)
		return RC_OK;
	if (db->phase != DB_IDLE)
		log_bug("db name=%s: read begun inside a transaction", db_kind_name(db->kind));
	rc = db->driver->read_begin(db);
	if (rc == RC_OK)
		db->phase = DB_READING;
	db->by_hold = false;
	db->generation_known = false;
	return rc;
}

void db_read_end(struct db *db)
{
	if (db->phase == DB_READING && !db->by_hold)
		read_end(db);
}

void db_hold(struct db *db)
{
	db->held = db->driver->others != NULL;
}

void db_release(struct db *db)
{
	db->held = false;
	if (db->phase == DB_READING && db->by_hold && !db->kept)
		read_end(db);
}

/* The first read of those held. One that cannot begin leaves each read to itself. */
static void view_held(struct db *db)
{
	if (!db->held || db->phase != DB_IDLE || db->driver->read_begin(db) != RC_OK)
		return;
	db->phase = DB_READING;
	db->by_hold = true;
	db->generation_known = false;
}

int64_t db_generation(struct db *db)
{
	int64_t others = 0;

	view_held(db);
	if (db->phase == DB_READING && db->generation_known)
		return db->generation;
	if (db->driver->others == NULL || db->phase == DB_WRITING ||
			db->driver->others(db, &others) != RC_OK || others != db->others)
		db->generation++;
	db->others = others;
	db->generation_known = true;
	return db->generation;
}

enum rc db_write_begin_at(struct db *db, const char *file, int line)
{
	enum rc rc;

	if (db->phase == DB_READING && db->by_hold && !db->kept)
		read_end(db);
	if (db->phase != (db->kept ? DB_READING : DB_IDLE))
		log_bug("db name=%s: write begun at %s:%d inside the one of %s:%d",
				db_kind_name(db->kind), file, line, db->file ? db->file : "a read",
				db->line);
	if (db->kept)
		rc = db->lost = db->lost != RC_OK ? db->lost : db->driver->mark(db);
	else
		rc = db->driver->write_begin(db);
	if (rc != RC_OK) {
		log_warn("db name=%s at=%s:%d: no write (%s)", db_kind_name(db->kind), file, line,
				rc_name(rc));
		return rc;
	}
	db->phase = DB_WRITING;
	db->broken = RC_OK;
	db->file = file;
	db->line = line;
	return RC_OK;
}

/* What was kept is read on, like a view held. */
static void go_on(struct db *db)
{
	db->phase = DB_READING;
	db->by_hold = db->kept = true;
	db->generation++;
	db->generation_known = true;
}

/* Of a write within what was kept. */
static enum rc within_end(struct db *db, bool back)
{
	enum rc rc = db->driver->mark_end(db, back);

	if (rc != RC_OK && db->lost == RC_OK)
		db->lost = db->broken != RC_OK ? db->broken : rc;
	go_on(db);
	return rc;
}

enum rc db_write_commit(struct db *db)
{
	enum rc rc = db->broken;

	if (db->phase != DB_WRITING)
		log_bug("db name=%s: commit without a write", db_kind_name(db->kind));
	if (rc != RC_OK) {
		db_write_abort(db);
		return rc;
	}
	if (db->kept)
		return within_end(db, false);
	db->phase = DB_IDLE;
	db->generation++;
	return db->driver->write_commit(db);
}

enum rc db_write_keep(struct db *db)
{
	if (db->phase != DB_WRITING || db->broken != RC_OK || db->kept || db->driver->mark == NULL)
		return db_write_commit(db);
	go_on(db);
	return RC_OK;
}

bool db_kept(const struct db *db)
{
	return db->kept;
}

enum rc db_settle(struct db *db)
{
	enum rc rc = db->lost;

	if (!db->kept)
		return RC_OK;
	if (db->phase != DB_READING)
		log_bug("db name=%s: settled inside the write of %s:%d", db_kind_name(db->kind),
				db->file, db->line);
	db->phase = DB_IDLE;
	db->by_hold = db->kept = false;
	db->lost = RC_OK;
	db->generation++;
	if (rc == RC_OK)
		return db->driver->write_commit(db);
	db->driver->write_abort(db);
	return rc;
}

void db_write_abort(struct db *db)
{
	if (db->phase != DB_WRITING)
		return;
	if (db->kept) {
		(void)within_end(db, true);
		return;
	}
	db->phase = DB_IDLE;
	db->driver->write_abort(db);
}

bool db_writing(const struct db *db)
{
	return db->phase == DB_WRITING;
}

enum rc db_write_enter_at(struct db *db, bool *own, const char *file, int line)
{
	*own = !db_writing(db);
	return *own ? db_write_begin_at(db, file, line) : RC_OK;
}

enum rc db_write_leave(struct db *db, bool own, enum rc rc)
{
	if (own && rc == RC_OK)
		return db_write_commit(db);
	if (own)
		db_write_abort(db);
	return rc;
}

static size_t cache_slot(struct stmt **cache, size_t size, const char *sql)
{
	size_t i = ((uintptr_t)sql >> 3) * 2654435761u % size;

	while (cache[i] && cache[i]->sql != sql)
		i = (i + 1) % size;
	return i;
}

static void cache_grow(struct db *db)
{
	size_t size = db->cache_size ? db->cache_size * 2 : CACHE_START;
	struct stmt **cache = calloc(size, sizeof(*cache));
	size_t i;

	if (!cache)
		log_fatal("db: out of memory");
	for (i = 0; i < db->cache_size; i++) {
		if (db->cache[i])
			cache[cache_slot(cache, size, db->cache[i]->sql)] = db->cache[i];
	}
	free(db->cache);
	db->cache = cache;
	db->cache_size = size;
}

struct stmt *db_stmt(struct db *db, const char *sql)
{
	size_t i;

	if (db->cache_used * 2 >= db->cache_size)
		cache_grow(db);
	i = cache_slot(db->cache, db->cache_size, sql);
	if (!db->cache[i]) {
		db->cache[i] = db->driver->prepare(db, sql);
		db->cache_used++;
	} else {
		db->driver->reset(db->cache[i], true);
	}
	return db->cache[i];
}

void stmt_int(struct stmt *stmt, int parameter, int64_t value)
{
	stmt->db->driver->bind_int(stmt, parameter, value);
}

void stmt_text(struct stmt *stmt, int parameter, const char *value)
{
	if (value)
		stmt->db->driver->bind_text(stmt, parameter, value);
	else
		stmt->db->driver->bind_null(stmt, parameter);
}

void stmt_blob(struct stmt *stmt, int parameter, const void *bytes, size_t len)
{
	if (bytes)
		stmt->db->driver->bind_blob(stmt, parameter, bytes, len);
	else
		stmt->db->driver->bind_null(stmt, parameter);
}

void stmt_null(struct stmt *stmt, int parameter)
{
	stmt->db->driver->bind_null(stmt, parameter);
}

enum rc stmt_step(struct stmt *stmt, bool *row)
{
	struct db *db = stmt->db;
	enum rc rc;

	*row = false;
	if (db->phase == DB_WRITING && db->broken != RC_OK)
		return db->broken;
	view_held(db);
	rc = db->driver->step(stmt, row);
	if (rc != RC_OK) {
		db->driver->reset(stmt, false);
		if (db->phase == DB_WRITING)
			db->broken = rc;
	}
	return rc;
}

enum rc stmt_any(struct stmt *stmt, bool *any)
{
	enum rc rc = stmt_step(stmt, any);

	if (rc == RC_OK && *any)
		stmt_reset(stmt);
	return rc;
}

enum rc stmt_run(struct stmt *stmt)
{
	bool row;
	enum rc rc = stmt_step(stmt, &row);

	if (rc == RC_OK && row)
		stmt_reset(stmt);
	return rc;
}

void stmt_reset(struct stmt *stmt)
{
	stmt->db->driver->reset(stmt, false);
}

int64_t stmt_col_int(struct stmt *stmt, int column)
{
	return stmt->db->driver->col_int(stmt, column);
}

const char *stmt_col_text(struct stmt *stmt, int column)
{
	return stmt->db->driver->col_text(stmt, column);
}

const void *stmt_col_blob(struct stmt *stmt, int column, size_t *len)
{
	return stmt->db->driver->col_blob(stmt, column, len);
}

bool stmt_col_null(struct stmt *stmt, int column)
{
	return stmt->db->driver->col_null(stmt, column);
}

char *stmt_col_dup(struct stmt *stmt, int column, struct pool *pool)
{
	return pool_strdup(pool, stmt_col_text(stmt, column));
}

int stmt_col_count(struct stmt *stmt)
{
	return stmt->db->driver->col_count(stmt);
}

int64_t db_changes(const struct db *db)
{
	return db->changes;
}

enum rc db_scrub(struct db *db)
{
	return db->driver->scrub(db);
}
