/*
 * copy.h: the center's verified copy of its store in a second folder, on a disk of its own: the databases by
 * SQLite's backup, the contents as files. It is read back and checked before it is announced to the boards
 * (copy.verified), which may then let go of what it holds (letgo.h). SQLite alone; who keeps the store in
 * PostgreSQL copies it by its own means.
 *
 * The folder: tram.db, auth.db, access.db, blobs/<board>/<sha256>. Each run makes the databases anew, so what was erased
 * since is in no file of it; contents that are there and whole stay.
 */
#ifndef TRAM_STORE_COPY_H
#define TRAM_STORE_COPY_H

#include <stdint.h>

#include "base/rc.h"
#include "store/journal.h"
#include "store/store.h"

struct copy_totals {
	uint64_t events, contents, contents_new, boards, faults;
	int64_t bytes_new;
};
/* name: of this copy, in the announcement ([a-z0-9.-]{1,31}). Faults go to report, as of journal_verify; with
 * any, nothing is announced: RC_PROTOCOL. RC_CONFIG: PostgreSQL. */
enum rc copy_make(struct store *store, const char *dir, const char *name, journal_report *report, void *arg,
		struct copy_totals *totals) MUST_CHECK;

#endif
