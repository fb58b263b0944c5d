/*
 * projection.h: from the journal to the tables that pages read. One function for every event, live,
 * received and rebuilt alike, in the transaction that stores the event.
 *
 * Deterministic: no local clock, nothing of the order in which the two logs came together. State
 * events of a dossier are ordered by its one holder; notes commute: a row per event, or the latest
 * by (wall time, author, sequence).
 */
#ifndef TRAM_STORE_PROJECTION_H
#define TRAM_STORE_PROJECTION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/json.h"
#include "base/pool.h"
#include "base/rc.h"
#include "dossier/event.h"
#include "dossier/kind.h"
#include "store/journal.h"
#include "store/store.h"

/* event->body NULL: erased, projected as what was kept of it. body: its parsed and checked form (act_append),
 * borrowed; else NULL. What cannot be projected is parked with its reason, and RC_OK. */
enum rc projection_event(struct store *store, const struct event *event, const json_t *body) MUST_CHECK;
/* Makes one subject's rows anew from the journal, up to and with the event last (NULL: all): after an
 * erase, and when a seizure undoes what a fenced board still wrote. */
enum rc projection_redo(struct store *store, const char *board, const uint8_t *subject,
		const struct event *last) MUST_CHECK;
/* Empties every projected table of a board, or of all ("": the center's own numbers too). */
enum rc projection_clear(struct store *store, const char *board) MUST_CHECK;

/* A projected table, for comparing. columns: one letter each, t text, i integer, b bytes. rows: in
 * key order, of board $1 or of all boards when that is "". shared: equal on board and center. */
struct projection_table {
	const char *name;
	const char *columns;
	bool shared;
	const char *rows;
	const char *clear;
};
extern const struct projection_table projection_tables[];
extern const size_t projection_table_count;

/* Digest of one table, of board or "" for all (journal_digest.c). */
enum rc journal_digest_table(struct store *store, const struct projection_table *table,
		const char *board, char hex[65], int64_t *rows) MUST_CHECK;

/* project_order.c: one order for a dossier's events on both sides, whatever came first; set: from now on it
 * must be used, since something of this dossier was parked or is of a branch; matters: it must. */
enum rc project_order_set(struct store *store, const struct event *event) MUST_CHECK;
void project_order(struct journal_row *rows, size_t count);
/* All dossiers of a board for which it must, made anew; log not 0: those of that branch alone. */
enum rc project_order_all(struct store *store, const char *board, unsigned log) MUST_CHECK;
enum rc project_order_matters(struct store *store, const struct event *event, bool *matters) MUST_CHECK;

/* The parts of projection_event, one per group of kinds. facts: before the event. */
enum rc project_dossier_event(struct store *store, const struct event *event,
		const struct kind *kind, const json_t *body, const char **parked) MUST_CHECK;
enum rc project_dossier_facts(struct store *store, const char *board, const uint8_t *id,
		struct dossier_facts *out) MUST_CHECK;
/* Of dossier.seized: the last position of the board's log that counts; 0 for any other event. */
uint64_t project_dossier_seized(const struct event *event);
enum rc project_dossier_clear(struct store *store, const char *board, const uint8_t *id) MUST_CHECK;
enum rc project_mark_add(struct store *store, const struct event *event, const json_t *body) MUST_CHECK;
/* project_pending.c: what waits for an answer, and handover lists. before, after: the event. */
enum rc project_pending_state(struct store *store, const struct event *event,
		const struct kind *kind, const json_t *body, enum dossier_state before,
		enum dossier_state after) MUST_CHECK;
enum rc project_pending_note(struct store *store, const struct event *event,
		const json_t *body) MUST_CHECK;
enum rc project_pending_clear(struct store *store, const char *board, const uint8_t *id) MUST_CHECK;
/* Numbers: the board's provisional series, the center's official ones. */
enum rc project_series_accepted(struct store *store, const struct event *event,
		const char *code) MUST_CHECK;
enum rc project_series_official(struct store *store, const json_t *body, const char *code) MUST_CHECK;
/* project_book.c: books and their entries. check: RC_CONFLICT and *reason when a rule of the book
 * stands against it; event: *parked then. */
enum rc project_book_check(struct store *store, const char *board, const uint8_t *id,
		const char *kind, const json_t *body, const char **reason) MUST_CHECK;
enum rc project_book_event(struct store *store, const struct event *event, const json_t *body,
		const char **parked) MUST_CHECK;
enum rc project_book_clear(struct store *store, const char *board, const uint8_t *id) MUST_CHECK;
/* project_money.c: collections, cancellations and refunds of a dossier; shifts. */
enum rc project_money_add(struct store *store, const struct event *event, const json_t *body) MUST_CHECK;
/* What a dossier has paid: collections that stand, less what was given back of each; and what the
 * province took itself (dossier.payment_met). */
enum rc project_money_paid(struct store *store, const char *board, const uint8_t *dossier,
		int64_t *paid) MUST_CHECK;
enum rc project_money_clear(struct store *store, const char *board,
		const uint8_t *dossier) MUST_CHECK;
enum rc project_money_shift(struct store *store, const struct event *event,
		const json_t *body) MUST_CHECK;
enum rc project_money_shift_clear(struct store *store, const char *board,
		const uint8_t *id) MUST_CHECK;
/* project_queue.c: tickets and counters, sheets of closed days, ratings. clear: of one subject. */
enum rc project_copy_event(struct store *store, const struct event *event,
		const json_t *body) MUST_CHECK;
enum rc project_copy_clear(struct store *store, const char *board, const uint8_t *id) MUST_CHECK;
enum rc project_queue_event(struct store *store, const struct event *event,
		const json_t *body) MUST_CHECK;
enum rc project_queue_clear(struct store *store, const char *board, const uint8_t *id) MUST_CHECK;
enum rc project_rating_given(struct store *store, const struct event *event,
		const json_t *body) MUST_CHECK;
/* project_paper.c: papers to print. state: of the dossier after the event, STATE_NONE for others. */
enum rc project_paper_event(struct store *store, const struct event *event, const json_t *body,
		enum dossier_state state, int64_t slip_no) MUST_CHECK;
enum rc project_paper_clear(struct store *store, const char *board, const uint8_t *subject) MUST_CHECK;
/* project_original.c: originals in keeping. list: of a body that names all papers (NULL: it does not). */
enum rc project_original_list(struct store *store, const struct event *event,
		const json_t *components) MUST_CHECK;
enum rc project_original_note(struct store *store, const struct event *event,
		const json_t *body) MUST_CHECK;
enum rc project_original_clear(struct store *store, const char *board, const uint8_t *id) MUST_CHECK;
/* Words a dossier is found by, one blank between: of texts folded, of numbers their digits joined;
 * long numbers whole and by their last four digits. */
char *project_search_fold(struct pool *pool, const char *const *texts, size_t text_count,
		const char *const *numbers, size_t number_count);

#endif
