/*
 * request_act.h: what the side that does not hold a dossier may ask of the holder (request.made), and
 * which event the holder writes who grants it. Pure; board and center read the same table.
 */
#ifndef TRAM_DOSSIER_REQUEST_ACT_H
#define TRAM_DOSSIER_REQUEST_ACT_H

#include <stdbool.h>
#include <stddef.h>

#include "dossier/kind.h"

struct request_act {
	const char *act;	/* the word in request.made */
	const char *kind;	/* what the center writes who grants it */
	bool back;		/* and hands the dossier back to its point in the same commit */
	bool due;		/* asks for a due time: details.due */
};

extern const struct request_act request_act_table[];
extern const size_t request_act_count;

/* NULL: no such act. */
const struct request_act *request_act_find(const char *act);
/* May the center do it to this dossier now? Only while it holds it. */
bool request_act_possible(const struct request_act *of, const struct dossier_facts *facts);

#endif
