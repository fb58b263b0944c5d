/*
 * db_driver.h: what an engine must do for db.c. Only db*.c include this.
 *
 * A driver's struct db and struct stmt begin with the ones here. db.c knows transactions, the
 * cache of statements and what a failure in the middle means; a driver knows its library.
 */
#ifndef TRAM_STORE_DB_DRIVER_H
#define TRAM_STORE_DB_DRIVER_H

#include "store/db.h"

#define DB_PARAMETERS 64	/* most parameters of one statement */

enum db_phase { DB_IDLE, DB_READING, DB_WRITING };

struct db_driver {
	const char *engine;		/* folder of its schema: "sqlite", "pg" */
	void (*close)(struct db *db);
	enum rc (*read_begin)(struct db *db);
	void (*read_end)(struct db *db);
	/* Changes when another connection committed; inside a read. NULL: the engine cannot tell. */
	enum rc (*others)(struct db *db, int64_t *out);
	enum rc (*write_begin)(struct db *db);
	enum rc (*write_commit)(struct db *db);
	void (*write_abort)(struct db *db);
	/* Inside a write, a place to go back to: what follows until mark_end is undone alone. NULL: the
	 * engine's writes are each their own. Anything but RC_OK from mark_end: all of it is undone. */
	enum rc (*mark)(struct db *db);
	enum rc (*mark_end)(struct db *db, bool back);
	/* Never NULL: a statement that does not compile is a bug. */
	struct stmt *(*prepare)(struct db *db, const char *sql);
	void (*finish)(struct stmt *stmt);
	void (*bind_int)(struct stmt *stmt, int parameter, int64_t value);
	void (*bind_text)(struct stmt *stmt, int parameter, const char *value);
	void (*bind_blob)(struct stmt *stmt, int parameter, const void *bytes, size_t len);
	void (*bind_null)(struct stmt *stmt, int parameter);
	enum rc (*step)(struct stmt *stmt, bool *row);
	void (*reset)(struct stmt *stmt, bool clear);
	int64_t (*col_int)(struct stmt *stmt, int column);
	const char *(*col_text)(struct stmt *stmt, int column);
	const void *(*col_blob)(struct stmt *stmt, int column, size_t *len);
	bool (*col_null)(struct stmt *stmt, int column);
	int (*col_count)(struct stmt *stmt);
	/* A script of several statements, inside a write. */
	enum rc (*script)(struct db *db, const char *sql);
	enum rc (*version_get)(struct db *db, int *version);
	enum rc (*version_set)(struct db *db, int version);
	/* Makes deleted words leave the files (after an erase). */
	enum rc (*scrub)(struct db *db);
	void (*spare)(struct db *db);	/* gives back its pages; NULL: keeps none */
};

struct db {
	const struct db_driver *driver;
	enum db_kind kind;
	enum db_phase phase;
	enum rc broken;			/* first failure inside the open write; RC_OK: none */
	int64_t changes;
	bool held, by_hold;		/* db_hold; the open read is its */
	bool kept;			/* db_write_keep; reads are of what was kept, like those held */
	enum rc lost;			/* why what was kept cannot be settled; RC_OK: it can */
	bool generation_known;		/* of the open read */
	int64_t generation, others;
	const char *file;		/* who began the open write */
	int line;
	struct stmt **cache;		/* open addressing by the pointer of the SQL */
	size_t cache_size, cache_used;
};

struct stmt {
	struct db *db;
	const char *sql;
};

const char *db_kind_name(enum db_kind kind);

/* The library for programs of one thread; before anything else of it. */
void db_sqlite_configure(void);
/* db_sqlite.c. create: make the file if it is missing. RC_NOT_FOUND, RC_DB, RC_IO. */
enum rc db_sqlite_open(const struct settings *settings, enum db_kind kind, bool create,
		struct db **out) MUST_CHECK;

/* db_pg.c sets this where it is linked in: only what may speak to a server links libpq (it
 * triples a worker's memory). NULL: this program has no PostgreSQL. */
typedef enum rc db_pg_opener(const struct settings *settings, enum db_kind kind, struct db **out);
extern db_pg_opener *db_pg_open;

#endif
