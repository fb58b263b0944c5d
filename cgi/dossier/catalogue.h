/*
 * catalogue.h: the procedures a point takes in, read from one versioned document
 * (board/catalogue.json, later also from the center's feed). Pure: text in, structs out.
 *
 * Codes are opaque text. Values the document marks uncertain need a manager's confirmation before
 * the procedure can be switched on (in the demo data they are confirmed by board/demo/confirm.json).
 * The document: {"version", "procedures": [{"code", "name", "field", "level": "commune|province",
 * "unit", "agency", "target_system", "who", "enabled", "rehearsal_only", "usual_rank", "uncertain":
 * ["name"], "cases": [{"id", "name", "limit", "uncertain": ["limit", "components"], "components":
 * [{"id", "name", "originals", "certified", "copies", "submission": "submit|present|lookup",
 * "condition", "required"}], "fees": [{"id", "name", "kind", "amount", "first_pages", "first",
 * "next", "max", "certain": false}]}]}]}. Left out: "", 0, enabled and certain true.
 */
#ifndef TRAM_DOSSIER_CATALOGUE_H
#define TRAM_DOSSIER_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/pool.h"
#include "base/rc.h"

enum limit_unit { LIMIT_WORKING_DAYS, LIMIT_CALENDAR_DAYS, LIMIT_HOURS, LIMIT_SAME_DAY, LIMIT_NONE };

struct limit {
	enum limit_unit unit;
	int quarters;		/* days or hours × 4: "0.25 working-days" is 1; 0 for SAME_DAY, NONE */
	bool after_15;		/* "S/15": taken after 15:00 → next working day (same clock time) */
};

enum submission { SUBMIT, PRESENT, SYSTEM_LOOKUP };	/* Nộp · Chỉ cần xem · Cơ quan tự tra cứu */

struct component {
	const char *id;		/* stable within the procedure: "to-khai" */
	const char *name;	/* Vietnamese, as printed */
	int originals, certified, copies;
	enum submission submission;
	const char *condition;	/* "" or the Vietnamese condition */
	bool required;
};

struct fee_rule {
	const char *id;		/* "le-phi" */
	const char *name;
	const char *kind;	/* "flat" | "per_copy" | "certified_copy" | "per_document" */
	int64_t amount_dong;	/* flat, per_copy, per_document */
	int64_t first_pages_dong, next_pages_dong, max_per_copy_dong;	/* certified_copy: 2.000 / 1.000 from page 3 / 200.000 */
	int first_pages;
	bool certain;		/* false: the amount waits for a confirmation */
};

struct procedure_case {
	const char *id;		/* "thuong" */
	const char *name;
	struct limit limit;
	const struct component *components;
	size_t component_count;
	const struct fee_rule *fees;
	size_t fee_count;
	bool limit_certain, components_certain;
};

enum level { LEVEL_COMMUNE, LEVEL_PROVINCE };

struct procedure {
	const char *code;		/* "2.000635" */
	const char *name;
	const char *field;		/* lĩnh vực */
	enum level level;		/* who decides: the board holds it, or hands it over */
	const char *unit;		/* deciding unit as shown; "" = the point's own commune */
	const char *agency;		/* H27.x of the deciding unit, "" = configuration */
	const char *target_system;
	const char *who;		/* "anyone" | "relative" | "authorised" | "in_person" */
	bool certain;			/* name, field, level, who: none waits for a confirmation */
	bool wanted;			/* the document switches it on */
	bool enabled;			/* wanted, and every value of it certain or confirmed */
	bool rehearsal_only;		/* 9.999001 */
	int usual_rank;			/* 1..8: among the eight often used; 0: not */
	const char *folded;		/* name folded for search */
	const struct procedure_case *cases;
	size_t case_count;
};

struct catalogue {
	const char *version;		/* "2026.11.1": a dossier pins it */
	const struct procedure *procedures;	/* in display order */
	size_t count;
};

/* All of *out lives in pool. rehearsal: keeps rehearsal_only procedures, else drops them.
 * RC_INVALID: *fault says where ("procedures[3].cases[0].limit: …"). */
enum rc catalogue_parse(struct pool *pool, const char *text, size_t len, bool rehearsal,
		struct catalogue *out, const char **fault) MUST_CHECK;
/*
 * Confirmed values over the uncertain ones, all in pool; a procedure whose values are then all
 * certain is enabled when it was wanted. The document:
 *
 *	{"confirmed": [{"code": "2.000635", "by": "…", "on": "2026-11-20", "name": "…",
 *		"cases": [{"id": "thuong", "limit": "same-day-after-15", "components": true,
 *			"fees": [{"id": "le-phi", "amount": 8000}]}]}]}
 *
 * name confirms name, field, level and who together; components: true confirms the list as it
 * stands; a fee's amount is the amount of its kind (certified_copy: first, next, max as well).
 * Codes, cases and fees that the catalogue does not have are passed over. RC_INVALID with *fault.
 */
enum rc catalogue_confirm(struct pool *pool, struct catalogue *catalogue, const char *text,
		size_t len, const char **fault) MUST_CHECK;
/* No value of it waits for a confirmation. */
bool catalogue_is_certain(const struct procedure *procedure);
/* NULL: not in this catalogue. */
const struct procedure *catalogue_find(const struct catalogue *catalogue, const char *code);
/* case_id "" or NULL: the first case. NULL: none of that id. */
const struct procedure_case *procedure_case_find(const struct procedure *procedure,
		const char *case_id);

#endif
