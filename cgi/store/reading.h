/*
 * reading.h: records of who looked at personal data (access.db: a board's clerks, the center's officers), and
 * the reasons given for a look outside one's own work (run.db for the shift; the reason itself is an event).
 *
 * access.db is written with every look and must not make one wait for the disk: WAL with
 * synchronous=NORMAL, as run.db and public.db: a commit syncs nothing. Only the look that finds the WAL
 * past 4 MB, one in some hundreds, moves it into the file, and the disk is waited for then. A power cut may cost the last half minute of records,
 * never the file; a record that cannot be written is logged and does not stop the counter.
 */
#ifndef TRAM_STORE_READING_H
#define TRAM_STORE_READING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/pool.h"
#include "base/rc.h"
#include "store/dossier.h"
#include "store/store.h"

/* Why this person may look. The numbers are stored: never renumber. */
enum reading_ground {
	READING_OWN = 0,		/* own work, or nobody's in particular: a draft, a search */
	READING_DUTY = 1,		/* the role looks at everybody's work */
	READING_REASON = 2		/* a reason was given first */
};

struct reading {
	int64_t at;
	const char *account, *route, *subject, *place;
	enum reading_ground ground;
	const char *name;		/* the account's, for the province; NULL or "": not said */
};

enum rc reading_note(struct store *store, const struct reading *reading) MUST_CHECK;
/* Has this person been recorded looking at the same by the same address and on the same ground? */
enum rc reading_seen(struct store *store, const struct reading *reading, int64_t within_ms,
		bool *seen) MUST_CHECK;

/* Per account since from_ms: all looks, and dossiers looked at outside own work. */
/* name: at the center alone. */
struct reading_sum { const char *account, *name; int64_t looks, outside; };
enum rc reading_sums(struct store *store, struct pool *pool, int64_t from_ms,
		struct reading_sum **rows, size_t *count) MUST_CHECK;
/* Looks outside own work since from_ms, one per account and dossier with the last time and how often,
 * newest first. account "": all. */
struct reading_row { const char *account, *name, *subject, *place; int64_t at, times; enum reading_ground ground; };
enum rc reading_outside(struct store *store, struct pool *pool, int64_t from_ms,
		const char *account, size_t limit, size_t offset, struct reading_row **rows,
		size_t *count) MUST_CHECK;

/* Did this person write an event on the dossier? since_ms 0: ever. */
enum rc reading_acted(struct store *store, const struct dossier_row *dossier, const char *account,
		int64_t since_ms, bool *acted) MUST_CHECK;
enum rc reading_grant(struct store *store, const char *account, const char *subject) MUST_CHECK;
enum rc reading_granted(struct store *store, const char *account, const char *subject,
		bool *granted) MUST_CHECK;

#endif
