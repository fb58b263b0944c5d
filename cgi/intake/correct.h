/*
 * correct.h: acts that put something right: one table of fields each, one page for all of them
 * (correct.c). Every correction is an event with its reason; nothing is overwritten.
 */
#ifndef TRAM_INTAKE_CORRECT_H
#define TRAM_INTAKE_CORRECT_H

#include "intake/intake.h"
#include "store/account.h"

struct correct;

/* Text keys: "act.<key>", "correct.<key>.lead", "correct.<key>.go"; a field's label has its hint
 * in "<label>_hint" where there is one, and its choices in "<label>.<choice>". */
struct correction {
	const char *key;		/* of act_choice.c */
	const char *kind;
	const struct field *fields;
	size_t count;
	unsigned second;		/* roles of the second person at the page; 0: nobody is asked */
	bool second_always;		/* false: the check demands it where it matters */
	/* What the page says above its fields; may be NULL. */
	enum rc (*facts)(struct correct *c);
	/* What stands in a field at first; NULL or "": nothing. A flag is set by any text. */
	const char *(*initial)(struct correct *c, const char *name);
	/* Faults beyond the table go into the form; may be NULL. */
	enum rc (*check)(struct correct *c);
	enum rc (*body)(struct correct *c, json_t *body);
	const char *leads_to;		/* suffix of the dossier's address after the act */
	const char *paid_leads_to;	/* the same where money was taken for it; may be NULL */
	/* An act of several events: inside store_begin, instead of body; may be NULL. */
	enum rc (*append)(struct correct *c, const uint8_t *seen, const char **reason);
	/* Where the form goes, when not to the dossier's address and the choice's suffix. */
	const char *(*action)(struct correct *c);
};

struct correct {
	struct web *web;
	struct request *request;
	struct response *response;
	const struct correction *spec;
	struct dossier_row row;
	json_t *accepted;		/* as amended; NULL until correct_accepted */
	struct view *view;
	bool proposing;			/* the act is proposed, not done: its body goes to /duyet */
	const char *slug;		/* of /de-xuat/<slug>, when proposing */
	struct account second;		/* after correct_second: who else stands for it */
	bool has_second;
};

/* The whole page: GET shows the form, POST writes the event. */
enum rc correct_run(struct web *web, struct request *request, struct response *response,
		const struct correction *spec) MUST_CHECK;
/* The same page, written as draft.proposed: who approves it signs it and stands for it. */
enum rc correct_propose(struct web *web, struct request *request, struct response *response,
		const struct correction *spec, const char *slug) MUST_CHECK;
/* The dossier's words as amended; RC_NOT_FOUND: erased. */
enum rc correct_accepted(struct correct *c) MUST_CHECK;
/* Login and password of another person with one of spec->second. A fault stands in the form. */
enum rc correct_second(struct correct *c) MUST_CHECK;
/* A second tap finds things as the first one left them, which may look like a fault: it goes where
 * the first one went. *done: the answer is complete. */
enum rc correct_sent_before(struct correct *c, bool *done) MUST_CHECK;
/* One line of facts; text is borrowed. */
void correct_fact(struct correct *c, const char *label_key, const char *text);
/* The next slip, with secrets of its own, into body.slip. */
enum rc correct_new_slip(struct correct *c, json_t *body) MUST_CHECK;

/* Those that can be proposed. */
extern const struct correction correct_due_adjust, correct_due_extend;
extern const struct correction correct_back_void, correct_back_withdraw, correct_back_stop;
extern const struct correction correct_end_refuse, correct_end_supplement;

/* correct_due.c: {has, at, certain, calendar} of an event. */
json_t *correct_due_json(const struct calendar *calendar, bool has, int64_t at_ms, bool certain);
/* What stands against a due time typed as text: a text key, or NULL. In the future, another than
 * before, on a day people work. */
const char *correct_due_fault(const struct web *web, const struct dossier_row *row, int64_t now_ms,
		const char *typed, int64_t *at_ms);
/* Was this time counted on years that are announced? */
bool correct_due_certain(const struct calendar *calendar, int64_t at_ms);
/* Why a due time may not be put off with an apology now; NULL: it may. Of TT 03/2025 form 04; notice
 * and number are settings. */
const char *correct_due_too_late(const struct web *web, const struct dossier_row *row,
		int64_t now_ms);

/* correct_amend.c: "Họ và tên: A → B; …" of a dossier.amended body, for the timeline. */
const char *correct_amend_words(struct pool *pool, const json_t *body);

#endif
