/*
 * paper.h: papers that wait to be printed, and the numbers of those that have a series of their own.
 * What a paper says is made of events (intake/print.h).
 */
#ifndef TRAM_STORE_PAPER_H
#define TRAM_STORE_PAPER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json.h"
#include "base/pool.h"
#include "base/rc.h"
#include "dossier/kind.h"
#include "store/store.h"

/* No paper yet: what stands on the slip was changed at the center, and a new one is to be made. */
#define PAPER_SLIP_RENEWAL "slip_renewal"

struct paper_row {
	uint8_t subject[16];
	char subject_hex[33];
	const char *paper, *ref;
	int64_t at;
	/* "": no dossier, a paper of before acceptance */
	const char *code, *applicant, *procedure_name, *procedure;
};
/* Oldest first, at most limit. */
enum rc paper_waiting(struct store *store, struct pool *pool, size_t limit, struct paper_row **rows,
		size_t *count) MUST_CHECK;
/* Counts no further than most. */
enum rc paper_waiting_count(struct store *store, int64_t most, int64_t *count) MUST_CHECK;
/* Does this paper of a dossier wait? */
enum rc paper_is_waiting(struct store *store, const uint8_t subject[16], const char *paper,
		bool *waits) MUST_CHECK;

/* "12/HDHS": the next of its series in the local year of now_ms. Inside store_begin, and before the
 * event that carries it, which alone takes it. */
enum rc paper_number_next(struct store *store, struct pool *pool, const char *series, int64_t now_ms,
		char **number) MUST_CHECK;

#endif
