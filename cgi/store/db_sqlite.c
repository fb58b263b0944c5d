/*
 * db_sqlite.c: the SQLite driver, with the writers' lock file.
 *
 * SQLite before 3.51.3 can lose a committed write when one connection resets the WAL while another
 * checkpoints. So a writer holds <file>.lock from before BEGIN until after its checkpoint, nobody
 * else checkpoints (wal_autocheckpoint=0, no checkpoint on close), and whoever finds the WAL past
 * 4 MB after its commit checkpoints before it lets the lock go.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/latency.h"
#include "base/log.h"
#include "base/when.h"
#include "store/db_lock.h"
#include "store/db_sqlite.h"

#define CHECKPOINT_BYTES (4 * 1024 * 1024)
#define BUSY_MS 5000
#define SCRUB_BUSY_MS 200
#define LOOKASIDE_SLOT 512
#define APPLICATION_ID 0x5472616d	/* "Tram" */

static const struct db_driver driver;

enum rc db_sqlite_rc(struct sqlite_db *db, int code, const char *what)
{
	switch (code & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return RC_OK;
	case SQLITE_CONSTRAINT:
		log_error("db name=%s at=%s: constraint code=%d %s", db_kind_name(db->db.kind), what,
				code, sqlite3_errmsg(db->handle));
		return RC_CONFLICT;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return RC_BUSY;
	case SQLITE_FULL:
		log_error("db name=%s at=%s: disk full", db_kind_name(db->db.kind), what);
		return RC_FULL;
	default:
		break;
	}
	log_error("db name=%s at=%s: code=%d errno=%d %s", db_kind_name(db->db.kind), what, code,
			sqlite3_system_errno(db->handle), sqlite3_errstr(code));
	/* A full disk may show itself as a short write or a refused mapping. */
	if ((code & 0xff) == SQLITE_IOERR && (sqlite3_system_errno(db->handle) == ENOSPC
			|| sqlite3_system_errno(db->handle) == EDQUOT))
		return RC_FULL;
	/* What a failed fsync left on the disk nobody knows: start again from there. */
	if (code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC)
		log_fatal("db name=%s: fsync failed", db_kind_name(db->db.kind));
	return RC_DB;
}

/* ---- transactions ---- */

static enum rc run(struct sqlite_db *db, struct stmt **slot, const char *sql)
{
	int code;

	if (!*slot)
		*slot = db_sqlite_stmt_prepare(&db->db, sql);
	code = sqlite3_step(stmt_of(*slot)->handle);
	(void)sqlite3_reset(stmt_of(*slot)->handle);
	return db_sqlite_rc(db, code, sql);
}

static enum rc sqlite_read_begin(struct db *db)
{
	return run(db_of(db), &db_of(db)->read, "BEGIN");
}

static void sqlite_read_end(struct db *db)
{
	/* A statement left in the middle would keep the view open: COMMIT says so. */
	if (run(db_of(db), &db_of(db)->commit, "COMMIT") != RC_OK)
		(void)run(db_of(db), &db_of(db)->rollback, "ROLLBACK");
}

static enum rc sqlite_others(struct db *base, int64_t *out)
{
	struct sqlite_db *db = db_of(base);
	sqlite3_stmt *handle;
	int code;

	if (!db->version)
		db->version = db_sqlite_stmt_prepare(base, "PRAGMA data_version");
	handle = stmt_of(db->version)->handle;
	code = sqlite3_step(handle);
	if (code == SQLITE_ROW)
		*out = sqlite3_column_int64(handle, 0);
	(void)sqlite3_reset(handle);
	return db_sqlite_rc(db, code, "data version");
}

static enum rc sqlite_write_begin(struct db *base)
{
	struct sqlite_db *db = db_of(base);
	enum rc rc = db_lock_take(db->lock_fd);

	if (rc != RC_OK)
		return rc;
	rc = run(db, &db->begin, "BEGIN IMMEDIATE");
	if (rc != RC_OK)
		db_lock_drop(db->lock_fd);
	return rc;
}

/* Only ever called by the holder of the lock. A reader may keep part of the WAL back: then it is
 * tried again a megabyte later, not at every commit. */
static void checkpoint(struct sqlite_db *db)
{
	int in_wal = 0, moved = 0;
	int code;

	if (db->wal_pages < db->threshold_pages)
		db->checkpoint_pages = db->threshold_pages;
	if (db->wal_pages < db->checkpoint_pages)
		return;
	code = sqlite3_wal_checkpoint_v2(db->handle, NULL, SQLITE_CHECKPOINT_PASSIVE, &in_wal, &moved);
	if (code != SQLITE_OK && code != SQLITE_BUSY)
		(void)db_sqlite_rc(db, code, "checkpoint");
	db->checkpoint_pages = moved == in_wal && code == SQLITE_OK ? db->threshold_pages
			: db->wal_pages + db->threshold_pages / 4;
}

static int64_t now_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static enum rc sqlite_write_commit(struct db *base)
{
	struct sqlite_db *db = db_of(base);
	int64_t began = base->kind == DB_TRAM ? now_us() : 0;
	enum rc rc = run(db, &db->commit, "COMMIT");

	if (rc == RC_OK && base->kind == DB_TRAM)
		latency_note(now_us() - began, when_now_ms());
	if (rc == RC_OK)
		checkpoint(db);
	else if (!sqlite3_get_autocommit(db->handle))
		(void)run(db, &db->rollback, "ROLLBACK");
	db_lock_drop(db->lock_fd);
	return rc;
}

static void sqlite_write_abort(struct db *base)
{
	struct sqlite_db *db = db_of(base);

	/* Some failures have rolled back already. */
	if (!sqlite3_get_autocommit(db->handle))
		(void)run(db, &db->rollback, "ROLLBACK");
	db_lock_drop(db->lock_fd);
}

static enum rc sqlite_mark(struct db *base)
{
	/* Some failures roll everything back: a mark would begin anew. */
	if (sqlite3_get_autocommit(db_of(base)->handle))
		return RC_DB;
	return run(db_of(base), &db_of(base)->mark, "SAVEPOINT within");
}

static enum rc sqlite_mark_end(struct db *base, bool back)
{
	struct sqlite_db *db = db_of(base);
	enum rc rc = RC_OK;

	if (sqlite3_get_autocommit(db->handle))
		return RC_DB;
	if (back)
		rc = run(db, &db->mark_back, "ROLLBACK TO within");
	return rc == RC_OK ? run(db, &db->mark_end, "RELEASE within") : rc;
}

static int wal_grew(void *arg, sqlite3 *handle, const char *name, int pages)
{
	(void)handle;
	(void)name;
	((struct sqlite_db *)arg)->wal_pages = pages;
	return SQLITE_OK;
}

static enum rc sqlite_scrub(struct db *base)
{
	struct sqlite_db *db = db_of(base);
	int in_wal = 0, moved = 0;
	enum rc rc = db_lock_take(db->lock_fd);
	int code;

	if (rc != RC_OK)
		return rc;
	/* It waits for readers while every writer waits for the lock: not long. */
	(void)sqlite3_busy_timeout(db->handle, SCRUB_BUSY_MS);
	code = sqlite3_wal_checkpoint_v2(db->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, &in_wal, &moved);
	(void)sqlite3_busy_timeout(db->handle, BUSY_MS);
	db_lock_drop(db->lock_fd);
	return code == SQLITE_BUSY ? RC_BUSY : db_sqlite_rc(db, code, "scrub");
}

/* ---- open, version ---- */

static enum rc sqlite_script(struct db *base, const char *sql)
{
	int code = sqlite3_exec(db_of(base)->handle, sql, NULL, NULL, NULL);

	if ((code & 0xff) == SQLITE_ERROR)
		log_bug("db name=%s: migration: %s", db_kind_name(base->kind),
				sqlite3_errmsg(db_of(base)->handle));
	return db_sqlite_rc(db_of(base), code, "migration");
}

static enum rc pragma_int(struct sqlite_db *db, const char *sql, int *value)
{
	sqlite3_stmt *stmt = NULL;
	int code = sqlite3_prepare_v2(db->handle, sql, -1, &stmt, NULL);

	if (code == SQLITE_OK)
		code = sqlite3_step(stmt);
	if (code == SQLITE_ROW)
		*value = sqlite3_column_int(stmt, 0);
	(void)sqlite3_finalize(stmt);
	return code == SQLITE_ROW ? RC_OK : db_sqlite_rc(db, code, sql);
}

static enum rc sqlite_version_get(struct db *base, int *version)
{
	struct sqlite_db *db = db_of(base);
	int application = 0;
	enum rc rc;

	rc = pragma_int(db, "PRAGMA user_version", version);
	if (rc == RC_OK)
		rc = pragma_int(db, "PRAGMA application_id", &application);
	if (rc == RC_OK && *version != 0 && application != APPLICATION_ID + (int)base->kind) {
		log_error("db name=%s application=%d: not a database of this kind",
				db_kind_name(base->kind), application);
		rc = RC_VERSION;
	}
	return rc;
}

/* The header's numbers take no parameters; they are written with the migration, in its commit. */
static enum rc sqlite_version_set(struct db *base, int version)
{
	char sql[96];

	(void)snprintf(sql, sizeof(sql), "PRAGMA application_id=%d; PRAGMA user_version=%d",
			APPLICATION_ID + (int)base->kind, version);
	return sqlite_script(base, sql);
}

static void sqlite_close(struct db *base)
{
	struct sqlite_db *db = db_of(base);
	struct stmt *own[] = { db->begin, db->commit, db->rollback, db->read, db->version,
			db->mark, db->mark_back, db->mark_end };
	size_t i;

	for (i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
		if (own[i])
			db_sqlite_stmt_finish(own[i]);
	}
	if (db->handle && sqlite3_close(db->handle) != SQLITE_OK)
		log_bug("db name=%s: closed with a statement open", db_kind_name(base->kind));
	if (db->lock_fd >= 0)
		(void)close(db->lock_fd);
	free(db);
}

/* The umask of the programs (0007) leaves files to the folder's group. SQLite gives -wal and -shm the
 * mode and owner of the database. */
#define FILE_MODE 0660

static enum rc prepare_files(struct sqlite_db *db, const char *path, bool create)
{
	char lock[1100];
	struct stat info;
	int fd = -1;

	/* The file is not opened to see whether it is there: closing it again would drop the locks
	 * of another connection of this process. */
	if (stat(path, &info) != 0 && errno == ENOENT && create)
		fd = open(path, O_RDWR | O_CLOEXEC | O_CREAT | O_EXCL, FILE_MODE);
	if (fd >= 0)
		(void)close(fd);
	if (stat(path, &info) != 0) {
		int why = errno;

		log_error("db file=%s: cannot be opened (errno %d)", path, why);
		return why == ENOENT ? RC_NOT_FOUND : RC_IO;
	}
	if (snprintf(lock, sizeof(lock), "%s.lock", path) >= (int)sizeof(lock))
		return RC_IO;
	db->lock_fd = open(lock, O_RDWR | O_CLOEXEC | O_CREAT, FILE_MODE);
	if (db->lock_fd < 0) {
		log_error("db file=%s: cannot be opened (errno %d)", lock, errno);
		return RC_IO;
	}
	return RC_OK;
}

static enum rc set_up(struct sqlite_db *db, bool create)
{
	bool full = db->db.kind == DB_TRAM || db->db.kind == DB_AUTH;
	int page = 4096;
	enum rc rc = RC_OK;
	int code;

	(void)sqlite3_extended_result_codes(db->handle, 1);
	(void)sqlite3_busy_timeout(db->handle, BUSY_MS);
	(void)sqlite3_db_config(db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	/* 120 KB a connection by default; a worker has five. */
	(void)sqlite3_db_config(db->handle, SQLITE_DBCONFIG_LOOKASIDE, NULL, LOOKASIDE_SLOT,
			db->db.kind == DB_TRAM ? 80 : 10);
	(void)sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	if (create) {
		rc = db_lock_take(db->lock_fd);
		if (rc != RC_OK)
			return rc;
		code = sqlite3_exec(db->handle, "PRAGMA journal_mode=WAL", NULL, NULL, NULL);
		db_lock_drop(db->lock_fd);
		rc = db_sqlite_rc(db, code, "journal mode");
	}
	if (rc == RC_OK)
		rc = db_sqlite_rc(db, sqlite3_exec(db->handle, full ? "PRAGMA synchronous=FULL"
				: "PRAGMA synchronous=NORMAL", NULL, NULL, NULL), "synchronous");
	if (rc == RC_OK)
		rc = db_sqlite_rc(db, sqlite3_exec(db->handle, "PRAGMA wal_autocheckpoint=0;"
				"PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF; PRAGMA secure_delete=ON;"
				"PRAGMA temp_store=MEMORY; PRAGMA cache_size=-1024", NULL, NULL, NULL),
				"settings");
	if (rc == RC_OK)
		rc = pragma_int(db, "PRAGMA page_size", &page);
	db->threshold_pages = CHECKPOINT_BYTES / page;
	db->checkpoint_pages = db->threshold_pages;
	(void)sqlite3_wal_hook(db->handle, wal_grew, db);
	return rc;
}

/* Our programs have one thread each: no mutexes, no statistics kept for others; and no 20 pages of cache
 * taken beforehand by every connection. */
void db_sqlite_configure(void)
{
	static bool done;

	if (done)
		return;
	done = true;
	if (sqlite3_config(SQLITE_CONFIG_SINGLETHREAD) != SQLITE_OK ||
			sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0) != SQLITE_OK ||
			sqlite3_config(SQLITE_CONFIG_PAGECACHE, NULL, 0, 0) != SQLITE_OK)
		log_warn("db: SQLite was configured before");
}

enum rc db_sqlite_open(const struct settings *settings, enum db_kind kind, bool create,
		struct db **out)
{
	const char *dirs[] = { settings->db_dir, settings->auth_dir, settings->run_dir,
			settings->public_dir, settings->db_dir };
	struct sqlite_db *db = calloc(1, sizeof(*db));
	char path[1024];
	enum rc rc;

	*out = NULL;
	if (!db)
		log_fatal("db: out of memory");
	db_sqlite_configure();
	db->db.driver = &driver;
	db->db.kind = kind;
	db->lock_fd = -1;
	rc = snprintf(path, sizeof(path), "%s/%s.db", dirs[kind], db_kind_name(kind))
			< (int)sizeof(path) ? RC_OK : RC_IO;
	if (rc == RC_OK)
		rc = prepare_files(db, path, create);
	if (rc == RC_OK)
		rc = db_sqlite_rc(db, sqlite3_open_v2(path, &db->handle, SQLITE_OPEN_READWRITE
				| SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE, NULL), "open");
	if (rc == RC_OK)
		rc = set_up(db, create);
	/* A center has the dossiers of many boards, and memory for what its indexes keep changing. */
	if (rc == RC_OK && kind == DB_TRAM && settings->side == SIDE_CENTER)
		rc = db_sqlite_rc(db, sqlite3_exec(db->handle, "PRAGMA cache_size=-16384", NULL, NULL, NULL),
				"cache");
	if (rc == RC_OK && kind == DB_TRAM && settings->side == SIDE_BOARD &&
			snprintf(path, sizeof(path), "%s/" DB_WRITES, settings->db_dir) < (int)sizeof(path))
		latency_open(path);
	if (rc != RC_OK) {
		db_close(&db->db);
		return rc;
	}
	*out = &db->db;
	return RC_OK;
}

void db_lose_durability_for_tests(struct db *db)
{
	if (!db_is_pg(db))
		(void)sqlite_script(db, "PRAGMA synchronous=OFF; PRAGMA cache_size=-400000");
}

static void sqlite_spare(struct db *db)
{
	(void)sqlite3_db_release_memory(db_of(db)->handle);
}

static const struct db_driver driver = {
	.engine = "sqlite",
	.close = sqlite_close,
	.read_begin = sqlite_read_begin,
	.read_end = sqlite_read_end,
	.others = sqlite_others,
	.write_begin = sqlite_write_begin,
	.write_commit = sqlite_write_commit,
	.write_abort = sqlite_write_abort,
	.mark = sqlite_mark,
	.mark_end = sqlite_mark_end,
	.prepare = db_sqlite_stmt_prepare,
	.finish = db_sqlite_stmt_finish,
	.bind_int = db_sqlite_stmt_bind_int,
	.bind_text = db_sqlite_stmt_bind_text,
	.bind_blob = db_sqlite_stmt_bind_blob,
	.bind_null = db_sqlite_stmt_bind_null,
	.step = db_sqlite_stmt_step,
	.reset = db_sqlite_stmt_reset,
	.col_int = db_sqlite_stmt_col_int,
	.col_text = db_sqlite_stmt_col_text,
	.col_blob = db_sqlite_stmt_col_blob,
	.col_null = db_sqlite_stmt_col_null,
	.col_count = db_sqlite_stmt_col_count,
	.script = sqlite_script,
	.version_get = sqlite_version_get,
	.version_set = sqlite_version_set,
	.scrub = sqlite_scrub,
	.spare = sqlite_spare,
};
