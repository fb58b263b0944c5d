/*
 * keying.h: in which order another system's form asks for what we know of a dossier, read from
 * board/keying.json. Pure: text in, structs out.
 *
 * The document: {"version", "systems": [{"id", "name", "certain", "fields": [{"label", "value", "or",
 * "type": "date|time|sex"}]}], "otherwise": [fields]}. value and or name a member of the accepted
 * dossier (KINDS.md), "applicant.name"; or counts where value is empty. Labels are the other system's
 * own words.
 */
#ifndef TRAM_DOSSIER_KEYING_H
#define TRAM_DOSSIER_KEYING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/json.h"
#include "base/pool.h"
#include "base/rc.h"

enum keying_type { KEYING_TEXT, KEYING_DATE, KEYING_TIME, KEYING_SEX };

struct keying_field {
	const char *label, *value, *otherwise;	/* otherwise: "" none */
	enum keying_type type;
};

struct keying {
	const char *name;		/* of the system; its id where the document does not know it */
	bool known, certain;
	const struct keying_field *fields;
	size_t count;
};

/* The form of system, or the general one. RC_INVALID: no such document. */
enum rc keying_find(struct pool *pool, const char *text, size_t len, const char *system,
		struct keying *out) MUST_CHECK;
/* The member a field names, NULL: the dossier has none. Borrowed from body. */
const json_t *keying_member(const json_t *body, const char *path);

#endif
