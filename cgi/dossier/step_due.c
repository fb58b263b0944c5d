/*
 * step_due.c: see step_due.h.
 */
#include <string.h>

#include "dossier/step_due.h"

enum rc step_due_count(const struct calendar *calendar, const struct procedure_case *one,
		int64_t clock_at, struct pool *pool, struct step_due **rows, size_t *count,
		int64_t *due_at)
{
	struct due *due = pool_alloc(pool, sizeof(*due));
	int64_t from = clock_at;
	enum rc rc = due_count(calendar, &one->limit, clock_at, pool, due);

	*count = 0;
	*due_at = rc == RC_OK && due->has_due ? due->due_at : 0;
	*rows = pool_alloc(pool, (one->step_count + 1) * sizeof(**rows));
	for (size_t i = 0; rc == RC_OK && i < one->step_count; i++) {
		/* Without a time of its own a step is done within the one before. */
		if (one->steps[i].limit.unit != LIMIT_NONE) {
			rc = due_count(calendar, &one->steps[i].limit, from, pool, due);
			if (rc != RC_OK)
				break;
			from = due->due_at;
		}
		if (*due_at > 0 && from > *due_at)
			from = *due_at;
		(*rows)[i] = (struct step_due){ &one->steps[i], from };
	}
	if (rc == RC_OK)
		*count = one->step_count;
	return rc;
}

/* Whose turn it is in a state, by the roles of the catalogue. */
static bool is_turn(enum dossier_state state, const char *role)
{
	static const struct { enum dossier_state state; const char *roles; } turns[] = {
		{ STATE_ACCEPTED, "|intake|" },
		{ STATE_FORWARDED, "|specialist|other_unit|" },
		{ STATE_PROCESSING, "|specialist|other_unit|" },
		{ STATE_SIGNING, "|approver|signer|" },
		{ STATE_SIGNED, "|seal|return|" },
		{ STATE_RESULT, "|return|" },
	};

	for (size_t i = 0; i < sizeof(turns) / sizeof(turns[0]); i++) {
		const char *at = turns[i].state == state ? strstr(turns[i].roles, role) : NULL;

		if (at != NULL && at[-1] == '|' && at[strlen(role)] == '|')
			return true;
	}
	return false;
}

const struct step_due *step_due_at(const struct step_due *rows, size_t count,
		enum dossier_state state)
{
	for (size_t i = count; i-- > 0;)
		if (is_turn(state, rows[i].step->role))
			return &rows[i];
	return NULL;
}
