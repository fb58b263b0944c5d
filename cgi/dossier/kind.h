/*
 * kind.h: every kind of event, in one table: who may write it, on what subject, from which states,
 * what it changes, and the fields of its body. Used by board, center and rebuild alike. Pure.
 *
 * A kind or version is never removed and never changes meaning: a new meaning is a new version.
 */
#ifndef TRAM_DOSSIER_KIND_H
#define TRAM_DOSSIER_KIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json.h"
#include "base/pool.h"
#include "base/rc.h"
#include "dossier/event.h"

/* Legal states. The numbers are stored: never renumber. On screen: text key "state.<name>". */
enum dossier_state {
	STATE_NONE = 0,		/* before the first event */
	STATE_ACCEPTED = 1,	/* Đã tiếp nhận */
	STATE_FORWARDED = 2,	/* Đã chuyển */
	STATE_PROCESSING = 3,	/* Đang xử lý */
	STATE_SIGNING = 4,	/* Chờ ký */
	STATE_SIGNED = 5,	/* Đã ký */
	STATE_SUPPLEMENT = 6,	/* Chờ người dân bổ sung */
	STATE_PAYMENT = 7,	/* Chờ nộp tiền */
	STATE_RESULT = 8,	/* Có kết quả, chờ trả */
	STATE_RETURNED = 9,	/* Đã trả */
	STATE_REFUSED = 10,	/* Từ chối */
	STATE_WITHDRAWN = 11,	/* Đã rút */
	STATE_STOPPED = 12,	/* Dừng */
	STATE_VOIDED = 13	/* Đã hủy (nhập nhầm) */
};
#define STATE_BIT(s) (1u << (unsigned)(s))
/* "accepted", "forwarded" …; and the code of DOMAIN §3 (1..10) for the national portal. */
const char *state_name(enum dossier_state state);
int state_portal_code(enum dossier_state state);
bool state_is_closed(enum dossier_state state);	/* returned, refused, withdrawn, stopped, voided */

enum holder { HOLDER_BOARD = 0, HOLDER_CENTER = 1 };

/* What the rules need to know of a dossier; the projection keeps it as columns. */
struct dossier_facts {
	enum dossier_state state;
	enum holder holder;
	enum dossier_state resume_state;	/* where a supplement or payment goes back to */
	int extensions;				/* apologies so far */
	int returns;				/* results handed over so far and not recalled */
	bool has_result;
	bool taken_by_next;			/* somebody after the counter has taken it */
};

/* Who may author: bits. */
#define BY_BOARD 1u
#define BY_CENTER 2u

enum kind_class {
	KIND_STATE,	/* only the holder writes it: changes state, due time, result, holder … */
	KIND_NOTE,	/* either side at any time, as BY_ says; commutes with everything */
	KIND_OTHER	/* subject is not a dossier */
};

/* One member of a body or of an object inside it. KINDS.md shows all of them in one table. */
struct kind_field {
	const char *name;
	char type;	/* s text, i integer, b flag, a array of objects, o object, l array of texts,
			 * h sha-256 hex, e 16-byte id hex */
	bool required;	/* texts and arrays not empty */
	bool personal;	/* holds personal data (used by access records and the erase list) */
	const struct kind_field *inner;	/* a, o: their members; NULL: any members */
	const char *one_of;		/* s: the legal words, '|' between; NULL: any text */
};

struct kind {
	const char *name;		/* "dossier.accepted" */
	int version;
	enum event_subject subject;
	enum kind_class class;
	unsigned by;			/* BY_BOARD | BY_CENTER */
	unsigned from;			/* STATE_BITs this may follow; 0 for notes: any but NONE */
	int to;				/* state after, or -1: unchanged, -2: computed by rule_apply */
	int passes_to;			/* holder after, or -1 */
	const struct kind_field *fields;	/* ends with name NULL */
};

extern const struct kind kind_table[];
extern const size_t kind_count;

/* Makes the dossier: accepted, late_entered, taken_over, result_brought, intake_refused. */
bool kind_is_first(const struct kind *kind);

/* NULL: a kind or version this program does not know (promise 7: stored and parked). */
const struct kind *kind_find(const char *name, int version);
/* Every body may have these too: batch (acts on many dossiers share one id), note. */
extern const struct kind_field kind_common_fields[];
/* Body against the kind's fields, inner ones too: types, words, required, no field unknown.
 * RC_INVALID and *field, the (inner) field's name. */
enum rc kind_check_body(const struct kind *kind, const json_t *body, const char **field) MUST_CHECK;

/* May this event follow? RC_OK, RC_CONFLICT with *reason, a text key "rule.…". Kinds of other
 * subjects than a dossier are checked for their author alone; facts may be NULL for them. body NULL:
 * erased. */
enum rc rule_check(const struct dossier_facts *facts, const struct kind *kind,
		enum event_author author, const json_t *body, const char **reason) MUST_CHECK;
/* What the dossier is after the event. Call only after rule_check said RC_OK. Looks at no body, so
 * that a rebuild after an erase comes to the same facts. */
void rule_apply(struct dossier_facts *facts, const struct kind *kind);

#endif
