/*
 * db_copy.c: see db_copy.h.
 */
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "store/db_copy.h"
#include "store/db_driver.h"

#define BUSY_MS 10000

char *db_copy_path(struct pool *pool, const struct settings *settings, enum db_kind kind)
{
	const char *const dirs[] = { settings->db_dir, settings->auth_dir, settings->run_dir,
		settings->public_dir, settings->db_dir };

	return pool_printf(pool, "%s/%s.db", dirs[kind], db_kind_name(kind));
}

static enum rc rc_of(int code)
{
	switch (code & 0xff) {
	case SQLITE_OK:
	case SQLITE_DONE:
	case SQLITE_ROW:
		return RC_OK;
	case SQLITE_FULL:
		return RC_FULL;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return RC_BUSY;
	default:
		log_error("copy: sqlite code=%d", code);
		return RC_DB;
	}
}

/* As every program opens it: nobody checkpoints but who holds the writers' lock. */
static int open_beside(const char *path, sqlite3 **out)
{
	int code;

	db_sqlite_configure();
	code = sqlite3_open_v2(path, out, SQLITE_OPEN_READWRITE | SQLITE_OPEN_PRIVATECACHE, NULL);

	if (code == SQLITE_OK)
		(void)sqlite3_db_config(*out, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	if (code == SQLITE_OK)
		code = sqlite3_busy_timeout(*out, BUSY_MS);
	if (code == SQLITE_OK)
		code = sqlite3_exec(*out, "PRAGMA wal_autocheckpoint=0", NULL, NULL, NULL);
	return code;
}

enum rc db_copy_pages(const char *from, const char *to)
{
	sqlite3 *source = NULL, *target = NULL;
	sqlite3_backup *backup;
	int code, fd;

	code = open_beside(from, &source);
	if (code == SQLITE_OK)
		code = sqlite3_open_v2(to, &target, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);
	backup = code == SQLITE_OK ? sqlite3_backup_init(target, "main", source, "main") : NULL;
	if (code == SQLITE_OK && !backup)
		code = sqlite3_errcode(target);
	if (backup) {
		(void)sqlite3_backup_step(backup, -1);
		code = sqlite3_backup_finish(backup);
	}
	(void)sqlite3_close(source);
	(void)sqlite3_close(target);
	fd = code == SQLITE_OK ? open(to, O_RDONLY | O_CLOEXEC) : -1;
	if (fd >= 0) {
		file_sync_or_die(fd, "copy");
		(void)posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
		(void)close(fd);
	}
	return rc_of(code);
}

/* Every row of a check is a fault, but a single "ok". */
static int count_faults(sqlite3 *db, const char *sql, int64_t *faults, char *why, size_t why_size)
{
	sqlite3_stmt *stmt = NULL;
	int code = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);

	while (code == SQLITE_OK || code == SQLITE_ROW) {
		const char *word;

		code = sqlite3_step(stmt);
		if (code != SQLITE_ROW)
			break;
		word = (const char *)sqlite3_column_text(stmt, 0);
		if (word && strcmp(word, "ok") == 0)
			continue;
		if ((*faults)++ == 0)
			(void)snprintf(why, why_size, "%s", word ? word : "");
	}
	(void)sqlite3_finalize(stmt);
	return code == SQLITE_DONE ? SQLITE_OK : code;
}

enum rc db_copy_check(const char *path, int64_t *faults, char *why, size_t why_size)
{
	sqlite3 *db = NULL;
	int code = open_beside(path, &db);
	enum rc rc;

	*faults = 0;
	why[0] = '\0';
	if (code == SQLITE_OK)
		code = count_faults(db, "PRAGMA integrity_check", faults, why, why_size);
	if (code == SQLITE_OK)
		code = count_faults(db, "PRAGMA foreign_key_check", faults, why, why_size);
	(void)sqlite3_close(db);
	/* Pages that cannot be understood end the check itself. */
	if ((code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB) {
		if ((*faults)++ == 0)
			(void)snprintf(why, why_size, "%s", sqlite3_errstr(code));
		return RC_OK;
	}
	rc = rc_of(code);
	return rc;
}

void db_copy_remove(struct pool *pool, const char *path)
{
	static const char *const ends[] = { "", "-wal", "-shm", "-journal", ".lock" };
	size_t i;

	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		(void)unlink(pool_printf(pool, "%s%s", path, ends[i]));
}
