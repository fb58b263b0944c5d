/*
 * project_set.h: the columns of one dossier's row that an event's body fills. For project_dossier.c
 * alone. What a body does not name stays as it was; an erased body (NULL) leaves all of it.
 */
#ifndef TRAM_STORE_PROJECT_SET_H
#define TRAM_STORE_PROJECT_SET_H

#include "store/project_row.h"

struct work {
	struct store *store;
	struct pool *pool;
	const struct event *event;
	const json_t *body;		/* NULL: erased */
	struct project_row *row;
	enum dossier_state before;
	bool words;			/* something it is searched by changed */
};

static inline int64_t work_wall(const struct work *work)
{
	return work->event->time.wall_ms;
}

static inline const json_t *work_part(const struct work *work, const char *name)
{
	return work->body ? json_object_get(work->body, name) : NULL;
}

void project_set_text(struct work *work, enum row_text column, const json_t *object,
		const char *name);
/* The latest word by time wins, whichever side said it and in whatever order the words came. */
void project_set_place(struct work *work, const json_t *object);
void project_set_due(struct work *work);
void project_set_applicant(struct work *work, const json_t *applicant);
void project_set_submitter(struct work *work, const json_t *submitter);
/* What the register shows of a dossier besides: where the person lives, how the result goes out. */
void project_set_register(struct work *work, const json_t *object);
void project_set_procedure(struct work *work);
/* The body's manifest, its files and how many papers have no scan. RC_OK; a store's fault. */
enum rc project_set_manifest(struct work *work) MUST_CHECK;
/* The body's slip, on a board alone: it has the seed of slips. RC_OK; a store's fault. */
enum rc project_set_slip(struct work *work) MUST_CHECK;
/* Đồng of a body's fees that are not exempt. */
int64_t project_set_fees_total(const json_t *fees);

#endif
