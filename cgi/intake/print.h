/*
 * print.h: the papers of a dossier (/ho-so/<code>/in/<slug>), each a small template between
 * partial/print_head and partial/print_foot, made of the dossier's events: so a paper exists as soon
 * as its act was written, and a reprint says what the first print said.
 *
 * The slip is a paper of its own (slip.h). Titles, numbers and series are data (dossier/forms.h).
 */
#ifndef TRAM_INTAKE_PRINT_H
#define TRAM_INTAKE_PRINT_H

#include "intake/intake.h"
#include "store/journal.h"
#include "store/paper.h"

struct print;

enum print_shape { PRINT_A4, PRINT_A4_WIDE, PRINT_A5_WIDE };

struct print_kind {
	const char *slug;		/* of the address */
	const char *word;		/* of paper.printed */
	const char *form;		/* key of forms.json */
	const char *page;		/* template print/<page> */
	enum print_shape shape;
	bool qr;			/* the citizen takes it home */
	const char *sources[3];		/* acts it is made of, the newest counts; none: any dossier */
	enum rc (*fill)(struct print *print);
};

struct print {
	struct web *web;
	struct request *request;
	struct view *view;
	const struct print_kind *kind;
	struct dossier_row row;
	json_t *body;			/* accepted as amended; NULL: erased */
	struct journal_row *rows;	/* every event of the dossier */
	size_t count;
	const struct event *source;	/* NULL: the kind names none */
	json_t *act;			/* its body, never NULL where source is not */
	const char *number;		/* of a receipt that was asked for: "" the newest */
};

/* Titles and addresses of the papers a dossier has now, as list "prints" {name, print_url}. */
enum rc print_offer(struct web *web, struct view *view, const struct dossier_row *row) MUST_CHECK;
/* NULL: no such word. The slug of a paper by the word of paper.printed. */
const char *print_slug(const char *word);

/* Head of every paper: agency, place and date, the form's line, title, number. form: a key. */
void print_head(struct web *web, struct view *view, const char *form, const char *number,
		int64_t at_ms);
/* What the bar above a paper needs; again: how often it was printed before. */
void print_bar(struct request *request, struct view *view, const char *action, const char *back,
		int64_t again);
/* The note that it came out of the printer, in one write; a second tap goes where the first went. */
enum rc print_note(struct web *web, struct request *request, enum event_subject subject_kind,
		const uint8_t subject[16], const char *kind, const json_t *body,
		char **location) MUST_CHECK;
/* A paper that waits came out of the printer: the note to write, which the caller frees. */
enum rc print_waiting_note(struct web *web, struct pool *pool, const struct paper_row *row,
		const char **kind, json_t **body) MUST_CHECK;
/* Items of a request for more papers, as list "items". */
void print_items(struct view *view, const json_t *items);
/* Duplicates: a text of a body that is freed before the page is sent. */
void print_set(struct view *view, const char *name, const json_t *object, const char *member);

/* print_acts.c */
enum rc print_acts_supplement(struct print *print) MUST_CHECK;
enum rc print_acts_refusal(struct print *print) MUST_CHECK;
enum rc print_acts_apology(struct print *print) MUST_CHECK;
enum rc print_acts_stop(struct print *print) MUST_CHECK;
enum rc print_acts_return(struct print *print) MUST_CHECK;
enum rc print_acts_receipt(struct print *print) MUST_CHECK;
/* print_flow.c */
enum rc print_flow_control(struct print *print) MUST_CHECK;
enum rc print_flow_process(struct print *print) MUST_CHECK;
enum rc print_flow_handover(struct print *print) MUST_CHECK;
/* print_many.c */
enum rc print_many_fill(struct print *print) MUST_CHECK;

#endif
