/*
 * revise.h: a new version of the catalogue or the calendar by a manager: what would change is shown
 * before it is saved, the version names who, when and what, and nothing of another manager's is
 * overwritten.
 */
#ifndef TRAM_INTAKE_REVISE_H
#define TRAM_INTAKE_REVISE_H

#include "base/json.h"
#include "intake/documents.h"

struct revise {
	enum document_kind kind;
	struct document current;	/* in force */
	json_t *document;		/* its tree; changed by the page */
	const char *next_version;	/* NULL: the one after current's */
	const struct document *as_came;	/* a file that something of this point's was put into: a
					 * version of its own before that, so that the next file is
					 * compared with it; NULL: none */
};

/* The document in force. RC_BUSY: this board could not keep it yet. Caller revise_close's always. */
enum rc revise_open(struct web *web, struct request *request, enum document_kind kind,
		struct revise *out) MUST_CHECK;
void revise_close(struct revise *revise);

/* A short hash of a value, for the hidden fields `base` (what the page showed) and `shown` (what the
 * preview showed). NULL: that of nothing. */
char *revise_print(struct pool *pool, const json_t *value);
/* Puts list "changes" {where, what, before, after} and flags "has_changes", "more_changes"; false:
 * nothing differs. */
bool revise_show_changes(struct view *view, const json_t *before, const json_t *after);
/* revise_affected.c: open dossiers that this calendar would make due at another time: list "affected"
 * {code_short, url, procedure, due_now, due_then}, affected_count, flags has_affected, more_affected. */
enum rc revise_affected_show(struct web *web, struct view *view,
		const struct calendar *calendar) MUST_CHECK;
/* A member's value in words: limits, money, choices. */
const char *revise_words(struct pool *pool, const char *member, const char *value);
/* List "versions" {version, at, actor, summary, current}, newest first. */
enum rc revise_show_history(struct web *web, struct view *view, enum document_kind kind) MUST_CHECK;

/* Gives the tree the next version, checks it as the readers do, saves it with its event and leads to
 * location. *fault: the readers' word against it (RC_INVALID; nothing was written). Somebody was
 * faster: answers 409 with that person's act (RC_OK, the response is complete). */
enum rc revise_save(struct web *web, struct request *request, struct response *response,
		struct revise *revise, const char *summary, const char *location,
		const char **fault) MUST_CHECK;
/* The 409 page. */
enum rc revise_conflict(struct web *web, struct request *request, struct response *response,
		enum document_kind kind, const char *back) MUST_CHECK;

#endif
