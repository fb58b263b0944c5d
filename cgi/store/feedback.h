/*
 * feedback.h: the small book of complaints and proposals (phản ánh, kiến nghị) that people bring to the
 * point: a number of the year, the time by which they are answered, the answer, once. Read from the
 * events themselves: a year of them is short, and only the manager's page reads it.
 */
#ifndef TRAM_STORE_FEEDBACK_H
#define TRAM_STORE_FEEDBACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/pool.h"
#include "base/rc.h"
#include "store/store.h"

struct feedback {
	char id[33];
	const char *number;			/* "03/2026" */
	const char *text, *from, *phone;	/* text NULL: erased */
	const char *actor;
	int64_t at, answer_by;
	const char *answer, *answered_by;	/* answer NULL: not answered, or erased */
	int64_t answered_at;			/* 0: not answered */
};

/* Those of one year, unanswered first by the time of their answer, then the answered, newest first. */
enum rc feedback_list(struct store *store, struct pool *pool, int year, struct feedback **rows,
		size_t *count) MUST_CHECK;
/* RC_NOT_FOUND. id as hex; of this year or the one before. */
enum rc feedback_find(struct store *store, struct pool *pool, const char *id, int year,
		struct feedback *out, int *of_year) MUST_CHECK;

/* Inside store_begin. text, from, phone, answer_by of *feedback; its number is given. */
enum rc feedback_receive(struct store *store, struct pool *pool, const char *actor, int year,
		struct feedback *feedback) MUST_CHECK;
/* RC_CONFLICT: answered before. */
enum rc feedback_answer(struct store *store, struct pool *pool, const char *actor, int year,
		const char *id, const char *text) MUST_CHECK;

#endif
