/*
 * intake.h: the clerks' program: its state, the helpers its pages share, and every page_* handler
 * that routes.c names. One file per page; a page's file head says what the page is for.
 */
#ifndef TRAM_INTAKE_INTAKE_H
#define TRAM_INTAKE_INTAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dossier/catalogue.h"
#include "dossier/due.h"
#include "dossier/forms.h"
#include "store/dossier.h"
#include "web/form.h"
#include "web/request.h"
#include "web/response.h"
#include "web/route.h"
#include "web/view.h"
#include "web/web.h"

/* web->app of this program: what documents.c read; between two requests it may become a newer one. */
struct intake {
	struct pool *pool;		/* of what never changes */
	struct pool *catalogue_pool, *calendar_pool;
	struct catalogue catalogue;
	struct calendar calendar;
	struct forms forms;		/* of the station's form set */
	int64_t catalogue_no, calendar_no;	/* of the store; 0: not from there */
	int64_t documents_seen, outbox_seen;	/* generations of tram.db, auth.db when last looked at */
	struct intake_framed {		/* frame.c; good while tram.db's generation and the day stay */
		int64_t generation, day;
		bool backlog_known, queue_known;
		int64_t dossiers_waiting, waiting;
		char since[40], receipt[40];
	} framed;
};
struct intake *intake_of(const struct web *web);

/* Who may do what at the counter: any of the bits opens the route. */
#define ROLES_PREPARE (ROLE_INTAKE | ROLE_GUIDE | ROLE_SCANNER)	/* a draft, its papers, its scans */
#define ROLES_COUNTER (ROLES_PREPARE | ROLE_CASHIER | ROLE_RETURNER | ROLE_MANAGER)
#define ROLES_CERT (ROLE_INTAKE | ROLE_RETURNER | ROLE_CLERK_SEAL | ROLE_SIGNER | ROLE_MANAGER)
#define ROLES_HANDOVER (ROLE_INTAKE | ROLE_RETURNER | ROLE_SPECIALIST | ROLE_CLERK_SEAL | ROLE_MANAGER)
#define ROLES_PAY (ROLE_CASHIER | ROLE_INTAKE | ROLE_MANAGER)	/* see money, give it back */
#define ROLES_STAFF (ROLES_COUNTER | ROLE_SPECIALIST | ROLE_SIGNER | ROLE_APPROVER | ROLE_CLERK_SEAL)

#define ROLES_ASK (ROLE_INTAKE | ROLE_MANAGER)	/* asks the province for an act */
#define ROLES_OLD (ROLE_INTAKE | ROLE_MANAGER)	/* what did not begin at this counter */

extern const struct route intake_routes[];
extern const size_t intake_route_count;
extern const struct route uploads_routes[];		/* uploads.c: the pool of `--uploads` */
extern const size_t uploads_route_count;
const char *uploads_page_of(const struct request *request);	/* web->page_of of that pool */

/* ---- frame.c: what every page shows ---- */
/* web->frame: station, who, counter, transfer line, menu flags. */
void frame_fill(struct web *web, struct request *request, struct view *view);
bool frame_can(const struct request *request, unsigned roles);
/* False for the post's own people who only give out results and take money: no scans of papers. */
bool frame_sees_scans(const struct request *request);
/* Where a person starts, by role: the page that says what she is to do next. */
const char *frame_home(const struct request *request);

/* ---- show_dossier.c: a dossier as rows and words ---- */
/* Puts one dossier into a list item: code, url, code_short, official, procedure, applicant, phone,
 * due, due_tag (ok | wait | bad | plain), state, assignee, transfer, transfer_tag, received. */
void dossier_show_row(struct view *item, const struct dossier_row *row, int64_t now_ms);
/* The state in COUNTER's words; held by the province: "Đang xử lý (Tỉnh)". */
const char *dossier_show_state(struct pool *pool, const struct dossier_row *row);
/* "Đã lưu tại quầy" · "Đang gửi về tỉnh 2/5 tệp" · "Tỉnh đã nhận đủ 09:14"; *tag as above. */
const char *dossier_show_transfer(struct pool *pool, const struct dossier_row *row, const char **tag);
/* "/ho-so/<code><suffix>"; suffix "" or "/tra". */
char *dossier_show_url(struct pool *pool, const struct dossier_row *row, const char *suffix);
/* "T18685.1-261124-0031" → "261124-0031": what people say at the counter. */
const char *dossier_show_short_code(const char *code);
/* Shown name of an account id; "Tỉnh" for the center's, "Hệ thống" for "system", else the id. */
const char *dossier_show_actor(struct web *web, struct pool *pool, const char *actor,
		enum event_author author);

/* place, and who put it there: place_by, place_at; flag place_mine. */
enum rc dossier_show_place(struct web *web, struct view *item, const struct dossier_row *row) MUST_CHECK;
/* original.c: is this paper among those ticked, fields "bg.1", "bg.2" …? form may be NULL. */
bool original_ticked(const struct form *form, const char *name);
/* Originals of the dossier that lie here: list "originals" {original_no, original, original_count,
 * original_since, ticked}, originals_total. form: what was ticked, or NULL. */
enum rc original_show(struct web *web, struct view *view, const struct dossier_row *row,
		const struct form *form) MUST_CHECK;
/* The count of a due time in words: items {text} of the list. */
void dossier_show_why(struct view *view, const char *list, const struct due *due);
/* dossier_proof.c: "eta": when the files that wait will be at the province. */
enum rc dossier_show_eta(struct web *web, struct view *view, const struct dossier_row *row) MUST_CHECK;
/* dossier_timeline.c: every event of the dossier as list "events" {at, actor, text, detail, aside},
 * newest first. */
enum rc dossier_show_timeline(struct web *web, struct view *view, const struct dossier_row *row) MUST_CHECK;
/* step_line.c: by when the desk that a dossier in that state lies at is to be done; 0: not said. */
enum rc step_line_due(struct web *web, struct pool *pool, const struct dossier_row *row,
		enum dossier_state state, int64_t *due_at) MUST_CHECK;
/* Of a list's row: step_due, and the flag step_late. */
enum rc step_line_tag(struct web *web, struct view *item, const struct dossier_row *row,
		int64_t now_ms) MUST_CHECK;
/* List "steps" {step, step_at; flags step_now, step_past, step_overdue}, flag steps_shown. */
enum rc step_line_show(struct web *web, struct view *view, const struct dossier_row *row,
		const json_t *body, int64_t now_ms) MUST_CHECK;
/* erase_page.c: "erased_at", "erased_by", "erased_second", "erased_why", "erased_number" where its personal data
 * were erased. */
enum rc erase_show(struct web *web, struct view *view, const struct dossier_row *row) MUST_CHECK;
/* bundle.c: list "bundle_parts" {as dossier_show_row, no, unit, due_paper}, flag "bundle_shown", list
 * "bundle_parent" of one. Nothing for a dossier that is in no bundle. */
/* Is it the parent of a bundle? Its state follows its parts (store/bundle.h): acts of bundle_is_by_parts are
 * done on them. */
bool bundle_has_parts(struct web *web, struct pool *pool, const struct dossier_row *row);
bool bundle_is_by_parts(const char *choice_key);
enum rc bundle_show(struct web *web, struct view *view, const struct dossier_row *row,
		int64_t now_ms) MUST_CHECK;
/* Body of the newest event of a kind, parsed (caller json_decref's), or NULL: none, or erased. */
json_t *dossier_last_body(struct web *web, struct pool *pool, const struct dossier_row *row,
		const char *kind);
/* Who wrote it, as shown; "" for none. */
const char *dossier_last_actor(struct web *web, struct pool *pool, const struct dossier_row *row,
		const char *kind);

/* ---- act_choice.c: what may be done now (pure) ---- */
struct act_choice {
	const char *key;	/* text keys "act.<key>", "act.who.<key>" */
	const char *suffix;	/* of the dossier's address */
	bool post;		/* one button does it: no page of its own */
	unsigned roles;
	int level;		/* enum level, or -1: any */
	const char *kind;	/* the event it writes */
};
/* NULL: no such key. */
const struct act_choice *act_choice_find(const char *key);
/* The next legal act of a dossier, whoever does it; NULL: nothing is to be done here. */
const struct act_choice *act_choice_next(const struct dossier_facts *facts, enum level level);
/* Acts that these roles may do now, the one to offer first at [0]; at most max. */
size_t act_choice_list(const struct dossier_facts *facts, enum level level, unsigned roles,
		const struct act_choice **out, size_t max);

/* ---- act.c: one act of the person at the page ---- */
/* The dossier named by params[0]. RC_NOT_FOUND becomes the 404 page. */
enum rc act_dossier(struct web *web, struct request *request, struct dossier_row *out) MUST_CHECK;
/* Finds the dossier and asks the rules: *go false: the answer (409 page) is complete. */
enum rc act_open(struct web *web, struct request *request, struct response *response,
		const char *choice_key, struct dossier_row *row, bool *go) MUST_CHECK;
/* Renders an act's page with the dossier's row values, `seen`, and on POST what was typed (422). */
enum rc act_page(struct web *web, struct request *request, struct response *response,
		const struct dossier_row *row, const char *choice_key, struct view *view) MUST_CHECK;
/* Form id, act, commit, 303 to location: the whole writing half of an act's page. Reads `form_id`
 * and `seen` from the form. A second tap goes where the first went. When a rule or another person's
 * act stands against it, answers 409 with the sentence and that person's act (RC_OK then: the
 * response is complete). body is borrowed. */
enum rc act_write(struct web *web, struct request *request, struct response *response,
		const struct dossier_row *row, const char *kind, const json_t *body,
		const char *location) MUST_CHECK;
/* The hidden field "seen" of a form; false: absent or not 32 hex digits. */
bool act_seen(const struct request *request, uint8_t out[EVENT_ID_SIZE]);
/* The same for a form that did not come through request->form (multipart). */
enum rc act_write_form(struct web *web, struct request *request, struct response *response,
		const struct dossier_row *row, const char *kind, const json_t *body,
		const char *location, const char *form_id, const char *seen) MUST_CHECK;
/* Several events of one dossier in one write, all or none. */
struct act_part { const char *kind; const json_t *body; };
enum rc act_write_parts(struct web *web, struct request *request, struct response *response,
		const struct dossier_row *row, const struct act_part *parts, size_t count,
		const char *location, const char *form_id, const char *seen) MUST_CHECK;
/* A second tap finds things as the first one left them, which may look like a fault: it goes where
 * the first one went. *done: the answer is complete. */
enum rc act_sent_before(struct web *web, struct request *request, struct response *response,
		bool *done) MUST_CHECK;
/* The 409 page of one dossier: why, who did what when, and a way on. */
enum rc act_conflict(struct web *web, struct request *request, struct response *response,
		const struct dossier_row *row, const char *reason) MUST_CHECK;

/* ---- act_forward.c ---- */
/* Specialists that can take work now, as list "specialists" of radio choices; typed: which one is
 * chosen, "" for the first; *choices gets "id|id|…|none". */
enum rc act_forward_specialists(struct web *web, struct request *request, struct view *view,
		const char *typed, char **choices) MUST_CHECK;
/* The unit of an account as papers name it: unit, title, or the default word. */
const char *act_forward_unit(struct web *web, struct request *request, const char *account_id);

/* What the province reads of a dossier whose papers were not all scanned, before the clerk's own note. */
const char *act_forward_note(struct pool *pool, const struct dossier_row *row, const char *note);

/* search.c: the dossier's code in what a scanner or a person typed: a slip's address, a barcode, a
 * whole code. NULL: something else. */
const char *search_code(struct pool *pool, const char *text);

/* ---- pages: frame and acts ---- */
#define PAGE(name) \
	enum rc page_##name(struct web *web, struct request *request, struct response *response)
PAGE(root);
PAGE(login);
PAGE(lock);
PAGE(logout);
PAGE(password);
PAGE(counter);
PAGE(home);
PAGE(menu);

/* ---- pages: the director's day, the first day ---- */
PAGE(manage);
PAGE(attend);
/* ---- forks_page.c: logs that came apart ---- */
PAGE(forks);
PAGE(fork);
/* List "forks" of this board, for the pages where somebody must look. */
enum rc forks_of_board(struct web *web, struct request *request, struct view *view) MUST_CHECK;
/* params[0] is a number that two dossiers have: the page that says so and opens each; *answered. */
enum rc forks_choose(struct web *web, struct request *request, struct response *response,
		bool *answered) MUST_CHECK;
/* While the province shut this machine out: since when and why. */
enum rc forks_show_fence(struct web *web, struct view *view) MUST_CHECK;
PAGE(dossier_proof);		/* dossier_proof.c */
PAGE(dossier_receipts);
PAGE(prepare);
PAGE(live);
PAGE(rehearse);
PAGE(ready);
PAGE(practice_cards);
PAGE(counter_card);
PAGE(first_dossier);

/* ---- reading.c: web->guard and web->answered ---- */
/* request->reading of a page that shows whose draft it is to somebody else. */
#define READING_OTHERS_DRAFT (-1)
enum rc reading_guard(struct web *web, struct request *request, struct response *response,
		bool *answered) MUST_CHECK;
void reading_record(struct web *web, struct request *request, const struct response *response);
PAGE(reading);
PAGE(reading_reason);

/* ---- pages: people and tablets ---- */
/* Does anybody's work rest on this tablet that a PIN would open? */
bool pin_resting(struct web *web, struct request *request);
/* After a login on a paired tablet: its counter becomes the session's; *wanted: no PIN chosen yet. */
enum rc pin_wanted(struct web *web, struct request *request, bool *wanted) MUST_CHECK;
PAGE(lock_people);
PAGE(unlock);
PAGE(pin);
/* staff.c: is this code in an account's own procedures? An empty list holds none. */
bool staff_has_code(const char *list, const char *code);
PAGE(staff);
PAGE(staff_unlock);
PAGE(staff_person);
PAGE(tablets);
PAGE(tablet_part);

/* ---- pages ---- */
PAGE(dossier);
PAGE(forward);
PAGE(take);
PAGE(to_sign);
PAGE(sign);
PAGE(finish);
PAGE(finish_post);		/* multipart, in the upload pool: row "act.finish.post" GET, POST
				 * /tai-len/ket-qua/:code, ROUTE_STREAM, of uploads_routes */
PAGE(return);
PAGE(hand_over);
PAGE(note);
PAGE(tray_work);
PAGE(tray_sign);
PAGE(tray_results);

/* ---- pages: corrections (correct.h) ---- */
PAGE(amend);
PAGE(void);
PAGE(erase);
PAGE(due);
PAGE(extend);
PAGE(recall);
PAGE(send_back);
PAGE(recall_result);
PAGE(lost_slip);
PAGE(renew_slip);
PAGE(pledge);
PAGE(external);
PAGE(call);
PAGE(withdraw);
PAGE(stop);
PAGE(previous);
PAGE(change);

/* ---- pages: what is left over, and what comes from elsewhere ---- */
PAGE(uncollected);
PAGE(uncollected_call);
PAGE(reassign);
PAGE(late);
PAGE(late_block);
PAGE(late_print);
PAGE(brought);
PAGE(keying);
PAGE(keying_one);
PAGE(takeover);
PAGE(takeover_new);
PAGE(takeover_file);
PAGE(takeover_sample);
PAGE(takeover_upload);		/* multipart, in the upload pool */

/* ---- pages: asked, proposed, decided (correct_end.c, proposal.h, question.c, place.c) ---- */
PAGE(refuse);
PAGE(supplement);
PAGE(supplement_in);
PAGE(propose);
PAGE(proposables);
PAGE(decide);
PAGE(questions);
PAGE(question);
PAGE(question_answer);
PAGE(request);
PAGE(request_amend);
PAGE(place);
PAGE(originals);
PAGE(originals_list);
PAGE(paper_here);

/* ---- pages: the post (post.c) ---- */
PAGE(post_in);
PAGE(post_out);
PAGE(post_outcome);
PAGE(post_labels);

/* ---- pages: papers that change hands (handover.h) ---- */
PAGE(handovers);
PAGE(handover_new);
PAGE(handover);
PAGE(handover_take);
PAGE(handover_print);

/* ---- pages: certification counter and its books ---- */
PAGE(cert);
PAGE(cert_tray);
PAGE(cert_sign);
PAGE(cert_return);
PAGE(books);
PAGE(book);
PAGE(book_print);
PAGE(book_file);
PAGE(book_spoil);
PAGE(book_block);
PAGE(book_continue);
PAGE(book_close);

/* ---- pages: queue, register, closing of the day, ratings ---- */
PAGE(queue);
PAGE(queue_take);
PAGE(queue_ticket);
PAGE(queue_print);
PAGE(queue_admin);
PAGE(feedback);
PAGE(feedback_one);
PAGE(register);
PAGE(register_print);
PAGE(register_file);
PAGE(day);
PAGE(day_sheet);
PAGE(rate);
PAGE(ratings);
/* ---- pages: money (pay.h) and shifts ---- */
PAGE(pay_list);
PAGE(pay);
PAGE(pay_cancel);
PAGE(pay_refund);
PAGE(pay_ask);
PAGE(pay_setup);
PAGE(pay_range);
PAGE(receipts);
PAGE(receipts_file);
PAGE(receipt_usage);
PAGE(shift);
PAGE(shift_sheet);

/* ---- pages: the manager's catalogue and calendar ---- */
PAGE(catalog);
PAGE(catalog_history);
PAGE(catalog_new);
PAGE(catalog_sheet);
PAGE(catalog_on);
PAGE(catalog_part);
PAGE(calendar);
PAGE(calendar_history);
PAGE(bring_catalogue);
PAGE(bring_calendar);
PAGE(bring_catalogue_upload);	/* multipart, in the upload pool */
PAGE(bring_calendar_upload);

/* ---- pages: search, person, the four steps, paper, files ---- */
PAGE(find);
PAGE(person);
PAGE(new);
PAGE(step_person);
PAGE(step_procedure);
PAGE(step_papers);
PAGE(step_check);
PAGE(step_keep);
PAGE(draft_discard);
PAGE(draft_take);
PAGE(done);
PAGE(slip);
PAGE(slip_printed);
PAGE(paper);
PAGE(print_tray);
PAGE(guide);
PAGE(guide_supplement);
PAGE(guide_refuse);
PAGE(guide_paper);
PAGE(file);
PAGE(draft_file);
PAGE(draft_thumb);
PAGE(scan);
PAGE(replace);
PAGE(replace_post);		/* upload pool */

#endif
