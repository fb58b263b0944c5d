/*
 * pages.h: the officers' pages at the province (tram-center): what its files share.
 *
 * An officer works on the dossiers that points handed over and reads those that communes decide.
 * A dossier's address names its board and its number: /ho-so/<board>/<code>.
 */
#ifndef TRAM_CENTER_PAGES_H
#define TRAM_CENTER_PAGES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/json.h"
#include "base/rc.h"
#include "store/dossier.h"
#include "store/linkstate.h"
#include "web/form.h"
#include "web/web.h"

extern const struct route pages_routes[];
extern const size_t pages_route_count;
extern const struct route pages_upload_routes[];	/* the pool of `--uploads` */
extern const size_t pages_upload_route_count;
const char *pages_upload_page_of(const struct request *request);	/* web->page_of of that pool */

#define PAGES_HANDLER(name) \
	enum rc pages_##name(struct web *web, struct request *request, struct response *response)

/* pages_frame.c */
void pages_frame(struct web *web, struct request *request, struct view *view);
PAGES_HANDLER(frame_login);
PAGES_HANDLER(frame_lock);
PAGES_HANDLER(frame_logout);
PAGES_HANDLER(frame_password);
PAGES_HANDLER(frame_root);
/* All boards of the register, each with the name of its station and point; its id stands in for a
 * missing name. */
enum rc pages_frame_boards(struct web *web, struct pool *pool, struct link_board **rows,
		size_t *count) MUST_CHECK;
/* One of them. RC_NOT_FOUND. */
enum rc pages_frame_board(struct web *web, struct pool *pool, const char *board,
		struct link_board *out) MUST_CHECK;

/* pages_blocks.c: list "blocks" {book, year, first, last, what} and flag "any_blocks" of /can-xem. */
enum rc pages_blocks_show(struct web *web, struct request *request, struct view *view) MUST_CHECK;

/* pages_look.c: looks of the officers themselves; web->answered. Into the lists "sums" and "looks" of /truy-cap. */
void pages_look_record(struct web *web, struct request *request, const struct response *response);
enum rc pages_look_sums(struct web *web, struct view *view, int64_t from_ms, const char *current) MUST_CHECK;
enum rc pages_look_outside(struct web *web, struct view *view, int64_t from_ms, const char *account,
		size_t limit, size_t offset, bool *more) MUST_CHECK;

/* pages_inbox.c: GET /ho-so */
PAGES_HANDLER(inbox);
/* One dossier as values of a view: code, url, words of state and due time, files on the way. */
void pages_inbox_show(struct view *view, const struct dossier_row *row, int64_t now_ms);
/* What an officer may do with it now. */
bool pages_inbox_can_take(const struct dossier_row *row);
bool pages_inbox_can_work(const struct dossier_row *row);

/* pages_dossier.c: GET /ho-so/:board/:code and its files */
PAGES_HANDLER(dossier);
PAGES_HANDLER(dossier_file);
/* The dossier that params[0] and params[1] name. RC_NOT_FOUND. */
enum rc pages_dossier_find(struct web *web, struct request *request,
		struct dossier_row *out) MUST_CHECK;
char *pages_dossier_url(struct pool *pool, const struct dossier_row *row, const char *suffix);

/* pages_timeline.c: the events of a dossier in words, into list "timeline" of the view. point: how
 * its people are called, whom the center does not know by name. */
enum rc pages_timeline(struct web *web, struct request *request, const struct dossier_row *row,
		const char *point, struct view *view) MUST_CHECK;

/* pages_act.c: one act of the officer */
struct pages_act_part { const char *kind; const json_t *body; };
/* The 409 page of one dossier; reason: a text key. */
enum rc pages_act_conflict(struct web *web, struct request *request, struct response *response,
		const struct dossier_row *row, const char *reason) MUST_CHECK;
/* Form id, the acts in order, commit, 303 to the dossier. A second tap goes where the first went.
 * When a rule or another person's act stands against it: 409 with the sentence, RC_OK. */
enum rc pages_act_write(struct web *web, struct request *request, struct response *response,
		const struct dossier_row *row, const struct pages_act_part *parts, size_t count,
		const char *form_id, const char *seen) MUST_CHECK;
/* A second tap goes where the first one went. *done: the answer is complete. */
enum rc pages_act_sent_before(struct web *web, struct request *request, struct response *response,
		bool *done) MUST_CHECK;
PAGES_HANDLER(act_take);
PAGES_HANDLER(act_end);		/* GET, POST /:act: refuse, stop, ask for more papers */

/* pages_question.c: questions that stop no clock; papers that have come */
PAGES_HANDLER(questions);
PAGES_HANDLER(question);
PAGES_HANDLER(question_answer);
PAGES_HANDLER(paper_here);
/* Lists on which the dossier's papers still are on the way, as list "papers" of the view. */
enum rc pages_question_papers(struct web *web, struct view *view,
		const struct dossier_row *row) MUST_CHECK;

/* pages_request.c: what a point asks the province to do with a dossier the province holds */
PAGES_HANDLER(requests);
PAGES_HANDLER(request);		/* GET, POST /de-nghi/:id */
/* An act of request.made in words. */
const char *pages_request_words(struct pool *pool, const char *act);
/* How many wait, up to 50. */
enum rc pages_request_count(struct web *web, struct request *request, int64_t *count) MUST_CHECK;
/* Those of one dossier that wait for an answer, as list "requests", flag "requests_shown". */
enum rc pages_request_open(struct web *web, struct view *view, const struct dossier_row *row,
		const char *point) MUST_CHECK;

/* pages_boards.c: the machines of the points; only who supervises changes anything */
PAGES_HANDLER(boards);
PAGES_HANDLER(board);
PAGES_HANDLER(board_revoke);
PAGES_HANDLER(board_allow);
bool pages_boards_may(const struct request *request);
/* pages_fence.c: shutting a machine out, taking its dossiers, giving them back */
PAGES_HANDLER(fence);
PAGES_HANDLER(seize);
PAGES_HANDLER(give_back);
/* Why, since when and by whom it is shut out. */
void pages_fence_show(struct web *web, struct request *request, struct view *view,
		const struct link_board *board);
/* Whose a dossier of a machine that is or was shut out is now, and what may be done. */
enum rc pages_fence_show_dossier(struct web *web, struct request *request, struct view *view,
		const struct link_board *board, const struct dossier_row *row) MUST_CHECK;

/* pages_forks.c: logs that came apart */
PAGES_HANDLER(forks);
PAGES_HANDLER(fork);
enum rc pages_forks_list(struct web *web, struct request *request, struct view *view) MUST_CHECK;
/* web->guard: an address that names two dossiers. */
enum rc pages_forks_guard(struct web *web, struct request *request, struct response *response,
		bool *answered) MUST_CHECK;

/* pages_invite.c: the code that lets a machine in, shown once */
PAGES_HANDLER(invite);

/* pages_stick.c: what couriers carry */
PAGES_HANDLER(stick);
PAGES_HANDLER(stick_return);
PAGES_HANDLER(stick_part);
PAGES_HANDLER(stick_post);	/* multipart, in the upload pool */
PAGES_HANDLER(stick_tus);	/* the same in pieces */

/* pages_readings.c: who at a point looked at whose data; for who supervises */
PAGES_HANDLER(readings);

/* pages_attend.c: what cannot be used yet */
PAGES_HANDLER(attend);

/* pages_finish.c: the result */
PAGES_HANDLER(finish);		/* GET: the form */
PAGES_HANDLER(finish_post);	/* multipart, in the upload pool */

/* pages_metrics.c: numbers for a watching program on this machine */
enum rc pages_metrics(struct web *web, struct request *request, struct response *response);

#endif
