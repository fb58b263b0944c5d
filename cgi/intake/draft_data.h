/*
 * draft_data.h: a dossier in the making as one JSON object (KINDS.md, dossier.accepted), and how it
 * becomes the fields of a form, the lines of a fee and at last the body of the accepted event.
 *
 * Pure: no store, no request. A draft has a few members more than the body: warnings (of the card),
 * answers (by question), renewed, fee_pages, fee_copies, exempt, exempts (by fee), a person's id, late (paper_no,
 * received_at, reason, second); the body is made new from the known
 * ones, so nothing else can slip through.
 */
#ifndef TRAM_INTAKE_DRAFT_DATA_H
#define TRAM_INTAKE_DRAFT_DATA_H

#include "base/json.h"
#include "base/pool.h"
#include "base/rc.h"
#include "base/settings.h"
#include "dossier/card.h"
#include "dossier/catalogue.h"
#include "dossier/due.h"
#include "dossier/fee.h"
#include "web/form.h"

#define DRAFT_DATA_FEES 8
#define DRAFT_BODY_GAPS 16

/* Where a form's field lives in the draft: member of an object, or of the draft itself (NULL). */
struct draft_data_place { const char *object, *member; };

/* One page's fields and their places, in the same order. */
struct draft_data_set {
	const struct field *fields;
	const struct draft_data_place *places;
	size_t count;
};

/* The object of that name, made when absent; borrowed. */
json_t *draft_data_object(json_t *data, const char *name);
/* A text member; "" takes it out. */
void draft_data_put(json_t *object, const char *member, const char *text);
/* After form_check: what is right goes in, what was sent blank goes out, what is wrong or was not
 * sent leaves the draft as it was. A checkbox not sent is off. */
void draft_data_merge(json_t *data, const struct form *form, const struct draft_data_set *set);
/* The draft's values as a form, for form_show. */
enum rc draft_data_form(struct pool *pool, const json_t *data, const struct draft_data_set *set,
		struct form **out) MUST_CHECK;

/* Puts a scanned card into "applicant" or "submitter"; its warnings into "warnings". */
void draft_data_card(json_t *data, const char *who, const struct card *card);
/* The applicant of another dossier's body, for the next dossier of the same person. */
void draft_data_same_person(json_t *data, const json_t *body);

/* Another dossier's request and papers besides. False: its procedure is no longer taken in here. */
bool draft_data_copy(json_t *data, const json_t *body, const struct catalogue *catalogue);

/* What was answered to the procedure's questions. */
struct answers draft_data_answers(const json_t *data, const struct procedure *procedure);
/* Do the answers ask for this paper? */
bool draft_data_asks_paper(const json_t *data, const struct procedure_case *chosen,
		const struct component *component);
/* A draft of an older version of the catalogue follows the newer one; what was typed stays. True: its
 * papers or its name are others now, or the procedure or case is gone. */
bool draft_data_renew(json_t *data, const struct catalogue *catalogue);
/* Chooses procedure and case ("" the first): drops the old one's papers, keeps added ones. */
void draft_data_choose(json_t *data, const struct catalogue *catalogue,
		const struct procedure *procedure, const struct procedure_case *chosen);
/* NULL: none chosen, or no longer in the catalogue. *chosen: its case. */
const struct procedure *draft_data_procedure(const json_t *data, const struct catalogue *catalogue,
		const struct procedure_case **chosen);
/* The draft's entry of a paper; NULL: none. */
json_t *draft_data_paper(const json_t *data, const char *id);
/* A paper that the catalogue does not name. Returns its entry; borrowed. */
json_t *draft_data_add_paper(struct pool *pool, json_t *data, const char *name);

/* Fees as the case asks for them; exempt ones are 0. *total 0 when the counts are out of range. */
size_t draft_data_fees(const json_t *data, const struct procedure_case *chosen,
		struct fee_line lines[DRAFT_DATA_FEES], int64_t *total_dong);
/* The ground on which this fee is not taken, of its own ("exempts") or of all ("exempt"); "": it is. */
const char *draft_data_exempt(const json_t *data, const char *fee_id);
/* Does a fee depend on the number of pages, of copies? */
bool draft_data_fee_asks(const struct procedure_case *chosen, bool *pages, bool *copies);

/* When it was handed in: now, or when it was taken in on paper (late entry). */
int64_t draft_data_received(const json_t *data, int64_t now_ms);
/* The citizen's due time: of the case, or of a bundle's last part where that is later. */
enum rc draft_data_due(const struct calendar *calendar, const struct procedure_case *chosen,
		int64_t clock_ms, struct pool *pool, struct due *out) MUST_CHECK;
/* When the clock starts: now, or by post the day of the postmark at this hour (DOMAIN 1.5). */
int64_t draft_data_clock(const json_t *data, int64_t now_ms);

/* ---- draft_body.c ---- */
/* What still stands against accepting: page 1..4, field to go to, sentence. */
struct draft_body_gap { int page; const char *field, *text_key; };
size_t draft_body_gaps(const json_t *data, const struct procedure *procedure,
		const struct procedure_case *chosen, struct draft_body_gap gaps[DRAFT_BODY_GAPS]);

struct draft_body_facts {
	const struct settings *settings;
	const struct catalogue *catalogue;
	const char *calendar_version;
	const struct procedure *procedure;
	const struct procedure_case *chosen;
	const struct due *due;
	const char *counter, *ticket;
	int64_t now_ms;
};
/* The accepted event's body but for code, manifest and slip. Caller json_decref's. */
json_t *draft_body_make(struct pool *pool, const json_t *data,
		const struct draft_body_facts *accept);
/* The body of dossier.intake_refused but for code, number and reason. accept->procedure may be NULL:
 * then it has none and is no whole body. Caller json_decref's. */
json_t *draft_body_refusal(struct pool *pool, const json_t *data,
		const struct draft_body_facts *accept);

#endif
