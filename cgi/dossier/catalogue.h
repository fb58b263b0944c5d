/*
 * catalogue.h: the procedures a point takes in, read from one versioned document
 * (board/catalogue.json, what a manager made of it, or a file that came by stick). Pure: text in,
 * structs out.
 *
 * Codes are opaque text. Values the document marks uncertain need a manager's confirmation before
 * the procedure can be switched on (in the demo data they are confirmed by board/demo/confirm.json).
 * The document: {"version", "procedures": [{"code", "name", "field", "level": "commune|province",
 * "unit", "agency", "target_system", "contact", "courier", "expected_answer", "who", "enabled",
 * "rehearsal_only", "usual_rank", "valid_from", "valid_to": "2027-02-28", "uncertain": ["name"],
 * "questions": [{"id", "text"}], "roles": [{"id", "name", "required", "applicant", "sex"}], "cases":
 * [{"id", "name", "condition", "when", "limit", "uncertain": ["limit", "components"], "components":
 * [{"id", "name", "originals", "certified", "copies", "submission": "submit|present|lookup",
 * "condition", "when", "required"}], "fees": [{"id", "name", "kind", "amount", "first_pages",
 * "first", "next", "max", "condition", "when", "certain": false}], "steps": [{"name", "role",
 * "limit"}], "parts": [{"procedure", "name", "unit", "agency", "level", "limit"}]}]}], "abolished": [{"code", "by"}]}. "when" names answers to the procedure's questions:
 * {"da-ly-hon": true}. "sources": {"limit": "…"} beside any value says where it comes from; people
 * read it, nothing counts with it. Left out: "", 0, enabled and certain true.
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

/* Bit i: question i of the procedure. As a condition: these must have been answered so. */
struct answers { uint8_t yes, no; };

enum submission { SUBMIT, PRESENT, SYSTEM_LOOKUP };	/* Nộp · Chỉ cần xem · Cơ quan tự tra cứu */

struct component {
	const char *id;		/* stable within the procedure: "to-khai" */
	const char *name;	/* Vietnamese, as printed */
	int originals, certified, copies;
	enum submission submission;
	const char *condition;	/* "" or the Vietnamese condition */
	bool required;
	struct answers when;
};

struct fee_rule {
	const char *id;		/* "le-phi" */
	const char *name;
	const char *kind;	/* "flat" | "per_copy" | "certified_copy" | "per_document" */
	int64_t amount_dong;	/* flat, per_copy, per_document */
	int64_t first_pages_dong, next_pages_dong, max_per_copy_dong;	/* certified_copy: 2.000 / 1.000 from page 3 / 200.000 */
	int first_pages;
	bool certain;		/* false: the amount waits for a confirmation */
	struct answers when;
};

/* One step inside the office; a quarter of a day is the least. */
struct procedure_step {
	const char *name, *role;	/* role: "intake" | "specialist" | "approver" | "signer" | "seal" |
					 * "return" | "other_unit" */
	struct limit limit;		/* working days or hours, or NONE: within the step before */
};

/* "Có / Không", at most three of a procedure. */
struct question { const char *id, *text; };

/* A related person: "Bên nam". */
struct role {
	const char *id, *name;
	const char *sex;	/* "nam" | "nu" | "" */
	bool required, applicant;	/* applicant: usually the one who applies */
};

enum level { LEVEL_COMMUNE, LEVEL_PROVINCE };

/* What a bundle consists of: each part is a dossier of its own, decided elsewhere or here. */
struct bundle_part {
	const char *procedure;	/* its code; "" = the bundle's */
	const char *name, *unit, *agency;	/* unit "" = the point's own commune */
	enum level level;
	struct limit limit;
};

struct procedure;

struct procedure_case {
	const struct procedure *of;	/* whose case it is; its questions are what `when` means */
	const char *id;		/* "thuong" */
	const char *name;
	const char *condition;	/* when it is this case, in words */
	struct answers when;	/* … and by the answers */
	struct limit limit;
	const struct component *components;
	size_t component_count;
	const struct fee_rule *fees;
	size_t fee_count;
	const struct procedure_step *steps;
	size_t step_count;
	const struct bundle_part *parts;	/* none: no bundle */
	size_t part_count;
	bool limit_certain, components_certain;
};

struct procedure {
	const char *code;		/* "2.000635" */
	const char *name;
	const char *field;		/* lĩnh vực */
	enum level level;		/* who decides: the board holds it, or hands it over */
	const char *unit;		/* deciding unit as shown; "" = the point's own commune */
	const char *agency;		/* H27.x of the deciding unit, "" = configuration */
	const char *target_system;
	const char *contact, *courier, *expected_answer;	/* of the deciding unit, in words */
	const char *who;		/* "anyone" | "relative" | "authorised" | "in_person" */
	bool certain;			/* name, field, level, who: none waits for a confirmation */
	bool wanted;			/* the document switches it on */
	bool enabled;			/* wanted, and every value of it certain or confirmed */
	bool rehearsal_only;		/* 9.999001 */
	int64_t valid_from, valid_to;	/* day numbers, both included; 0: no bound */
	int usual_rank;			/* 1..8: among the eight often used; 0: not */
	const char *folded;		/* name folded for search */
	const struct procedure_case *cases;
	size_t case_count;
	const struct question *questions;
	size_t question_count;		/* at most CATALOGUE_QUESTIONS */
	const struct role *roles;
	size_t role_count;		/* at most CATALOGUE_ROLES */
};

#define CATALOGUE_QUESTIONS 3
#define CATALOGUE_ROLES 8
#define CATALOGUE_FEES 8		/* of one case */
#define CATALOGUE_COMPONENTS 24
#define CATALOGUE_BYTES ((size_t)1 << 20)	/* what a document may measure */

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
 * Confirmed values over the uncertain ones: a new document's text, in pool. What is confirmed:
 *
 *	{"confirmed": [{"code": "2.000635", "by": "…", "on": "2026-11-20", "name": "…",
 *		"valid_to": "2027-02-28",
 *		"cases": [{"id": "thuong", "limit": "same-day-after-15", "components": true,
 *			"fees": [{"id": "le-phi", "amount": 8000}]}]}]}
 *
 * name confirms name, field, level and who together; valid_to sets another last day, "" none; components: true confirms papers and steps as
 * they stand; a fee's amount is the amount of its kind (certified_copy: first, next, max as well).
 * Codes, cases and fees that the document does not have are passed over. RC_INVALID with *fault.
 */
enum rc catalogue_confirm(struct pool *pool, const char *text, size_t len, const char *confirmed,
		size_t confirmed_len, char **out, const char **fault) MUST_CHECK;
/* No value of it waits for a confirmation. */
bool catalogue_is_certain(const struct procedure *procedure);
/* NULL: not in this catalogue. */
const struct procedure *catalogue_find(const struct catalogue *catalogue, const char *code);
/* Switched on, and in force on that day. */
bool procedure_is_offered(const struct procedure *procedure, int64_t day_number);
/* Do the answers given fulfil the condition? An empty one is fulfilled. */
bool procedure_answers_meet(struct answers given, struct answers condition);
/* The case that the answers lead to: the last one whose condition is not empty and met, else the
 * first without one. */
const struct procedure_case *procedure_case_of(const struct procedure *procedure,
		struct answers given);
/* Is the case chosen by the answers, so that nobody has to be asked for it? */
bool procedure_case_is_answered(const struct procedure *procedure);
/* case_id "" or NULL: the first case. NULL: none of that id. */
const struct procedure_case *procedure_case_find(const struct procedure *procedure,
		const char *case_id);

#endif
