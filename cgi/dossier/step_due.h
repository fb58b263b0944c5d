/*
 * step_due.h: by when each step of a case is to be done (hạn nội bộ, TT 03/2025 form 05 "Phiếu kiểm soát"):
 * every step begins where the one before ends, and none may end later than the citizen's due time.
 * Pure.
 */
#ifndef TRAM_DOSSIER_STEP_DUE_H
#define TRAM_DOSSIER_STEP_DUE_H

#include "dossier/due.h"
#include "dossier/kind.h"

struct step_due {
	const struct procedure_step *step;
	int64_t due_at;
};

/* clock_at: when the dossier's clock started. *due_at: what the case's own limit comes to, 0: none.
 * *count 0: the case has no steps, or the calendar cannot count one of them. Rows in pool. */
enum rc step_due_count(const struct calendar *calendar, const struct procedure_case *one,
		int64_t clock_at, struct pool *pool, struct step_due **rows, size_t *count,
		int64_t *due_at) MUST_CHECK;
/* The row a dossier in this state is at, at its desk's end: of several steps of one desk the last. NULL:
 * none is. */
const struct step_due *step_due_at(const struct step_due *rows, size_t count,
		enum dossier_state state);

#endif
