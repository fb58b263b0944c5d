/*
 * db_lock.h: the lock file beside an SQLite database: one writer at a time (db_sqlite.c says why).
 */
#ifndef TRAM_STORE_DB_LOCK_H
#define TRAM_STORE_DB_LOCK_H

#include "base/rc.h"

/* Waits up to ten seconds for the lock of the open file fd. RC_BUSY: others kept it all that time;
 * RC_IO: it cannot be locked. */
enum rc db_lock_take(int fd) MUST_CHECK;
/* Lets it go; fatal when that fails, since everybody else would wait for ever. */
void db_lock_drop(int fd);

#endif
