/*
 * db_copy.h: a copy of an SQLite file by its backup, and the question whether a file is whole. Both work on
 * paths, beside the programs that have the database open.
 */
#ifndef TRAM_STORE_DB_COPY_H
#define TRAM_STORE_DB_COPY_H

#include <stdint.h>

#include "base/pool.h"
#include "base/rc.h"
#include "base/settings.h"
#include "store/db.h"

/* Where the database of that kind lies; SQLite alone. */
char *db_copy_path(struct pool *pool, const struct settings *settings, enum db_kind kind);
/* All pages in one reading: writers go on beside it, in the log. Synced. RC_FULL, RC_BUSY, RC_DB. */
enum rc db_copy_pages(const char *from, const char *to) MUST_CHECK;
/* integrity_check and foreign_key_check; reads every page. *faults: how many; why: SQLite's first word
 * about it, which names pages, tables and rows and no value. RC_DB: it cannot be opened at all. */
enum rc db_copy_check(const char *path, int64_t *faults, char *why, size_t why_size) MUST_CHECK;
/* The file and what SQLite keeps beside it go. */
void db_copy_remove(struct pool *pool, const char *path);

#endif
