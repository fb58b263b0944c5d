/*
 * handover_new.c: a new list (/ban-giao/moi): what changes hands, to whom, which dossiers. Where the
 * list is the act itself (to a specialist, to the province) each dossier's state event is written
 * with it, all in one transaction: a list is whole or it is not there.
 */
#include <string.h>

#include "base/encode.h"
#include "base/when.h"
#include "crypt/random.h"
#include "intake/intake.h"
#include "store/account.h"
#include "store/handover.h"
#include "web/text_vi.h"

/* Each row of the receiving page has two fields of a form's 200. */
#define LIST_MAX 80

/* Text keys "handover.mode.<slug>", "handover.to.<slug>", "handover.to_default.<slug>". */
struct mode {
	const char *slug;
	const char *what;		/* member of handover.given */
	const char *state;		/* the act that the list is, or NULL */
	bool lists;			/* candidates are listed; else only what is scanned or typed */
	enum handover_from from;
	const char *way;
	bool ticked;
};

static const struct mode modes[] = {
	{ "ho-so", "dossier", "dossier.forwarded", true, HANDOVER_TO_DESK, "", false },
	{ "tinh", "dossier", "dossier.handed_over", true, HANDOVER_TO_PROVINCE, "", true },
	{ "ket-qua", "result", NULL, true, HANDOVER_OF_RESULTS, "", false },
	{ "diem", "result", NULL, true, HANDOVER_OF_RESULTS, "point", true },
	{ "giay-to", "paper", NULL, false, HANDOVER_TO_DESK, "", false },
	{ "ban-goc", "originals", NULL, false, HANDOVER_TO_DESK, "", false },
};
#define MODES (sizeof(modes) / sizeof(modes[0]))

struct chosen {
	struct dossier_row row;
	char seen[33];
};

struct plan {
	struct web *web;
	struct request *request;
	struct response *response;
	const struct mode *mode;
	struct view *view;
	struct chosen chosen[LIST_MAX];
	size_t count;
	char *specialists;		/* choices of the field "to" */
};

static const struct mode *mode_find(const char *slug)
{
	for (size_t i = 0; i < MODES; i++)
		if (strcmp(modes[i].slug, slug) == 0)
			return &modes[i];
	return &modes[0];
}

static bool to_desk(const struct plan *plan)
{
	return plan->mode->state != NULL && strcmp(plan->mode->state, "dossier.forwarded") == 0;
}

static void row_fault(struct plan *plan, const char *code, const char *text_key)
{
	struct view *item = view_item(plan->view, "row_faults");

	view_set(item, "row_code", dossier_show_short_code(code));
	view_set(item, "row_text", text_get(text_key));
	if (form_fault_of(plan->request->form, "codes")[0] == '\0')
		form_fault(plan->request->form, "codes", "handover.rows_wrong");
}

static void choose(struct plan *plan, const char *code, const char *seen)
{
	struct chosen *one = &plan->chosen[plan->count];
	enum rc rc;

	for (size_t i = 0; i < plan->count; i++)
		if (strcmp(plan->chosen[i].row.code, code) == 0)
			return;
	if (plan->count == LIST_MAX) {
		form_fault(plan->request->form, "codes", "handover.too_many");
		return;
	}
	rc = dossier_find(plan->web->store, plan->request->pool, NULL, code, &one->row);
	if (rc != RC_OK) {
		row_fault(plan, code, "handover.unknown");
		return;
	}
	for (size_t i = 0; i < plan->count; i++)
		if (memcmp(plan->chosen[i].row.id, one->row.id, sizeof(one->row.id)) == 0)
			return;
	memcpy(one->seen, strlen(seen) == 32 ? seen : one->row.seen, 33);
	plan->count++;
}

/* Ticked rows "code seen", then what was scanned or typed, a code a line. */
static void read_chosen(struct plan *plan)
{
	struct pool *pool = plan->request->pool;
	struct form *form = plan->request->form;
	const char *value, *at;

	for (size_t i = 0; (value = form_raw_at(form, "hs[]", i)) != NULL; i++) {
		size_t len = strcspn(value, " ");

		choose(plan, pool_strndup(pool, value, len), value[len] == ' ' ? value + len + 1 : "");
	}
	at = form_text(form, "codes");
	while (*at != '\0') {
		size_t len = strcspn(at, "\n ,;\t");
		const char *typed = pool_strndup(pool, at, len), *code = search_code(pool, typed);

		if (code != NULL)
			choose(plan, code, "");
		else if (len > 0)
			row_fault(plan, typed, "handover.no_code");
		at += len + (at[len] != '\0');
	}
	if (plan->count == 0 && !form_has_faults(form))
		form_fault(form, "codes", "handover.none_chosen");
}

/* Why this dossier does not belong on this list; NULL: it does. What the state act demands is asked
 * of the rules when it is written. */
static const char *misfit(const struct plan *plan, const struct dossier_row *row)
{
	if (plan->mode->state != NULL && row->level != (to_desk(plan) ? LEVEL_COMMUNE : LEVEL_PROVINCE))
		return to_desk(plan) ? "handover.of_province" : "handover.of_commune";
	if (strcmp(plan->mode->what, "result") == 0 && row->facts.state != STATE_RESULT)
		return "handover.no_result";
	return NULL;
}

static const char *taker_of(struct plan *plan)
{
	struct form *form = plan->request->form;
	struct account account;
	const char *to = form_text(form, "to");

	if (!to_desk(plan) || strcmp(to, "none") == 0)
		return form_text(form, "unit");
	if (account_by_id(plan->web->store, plan->request->pool, to, &account) != RC_OK)
		return form_text(form, "unit");
	return pool_printf(plan->request->pool, "%s, %s", account.name,
			act_forward_unit(plan->web, plan->request, to));
}

static json_t *state_body(struct plan *plan, const struct dossier_row *row, const char *list,
		const char *batch, int64_t until)
{
	struct form *form = plan->request->form;
	const char *to = form_text(form, "to");
	json_t *body = json_new_object();

	if (to_desk(plan)) {
		bool known = strcmp(to, "none") != 0;

		json_put(body, "to_unit", known ? act_forward_unit(plan->web, plan->request, to) :
				form_text(form, "unit"));
		if (known)
			json_put(body, "to_account", to);
	} else {
		json_put(body, "unit", row->unit[0] != '\0' ? row->unit : form_text(form, "unit"));
		json_put(body, "agency", row->agency);
		json_put(body, "note", act_forward_note(plan->request->pool, row, ""));
	}
	if (until > 0)
		json_put_int(body, "internal_due_at", until);
	json_put_flag(body, "paper", true);
	json_put(body, "list", list);
	json_put(body, "batch", batch);
	return body;
}

static json_t *given_body(struct plan *plan, const char *list, const char *batch)
{
	const struct account *own = &plan->request->session->account;
	struct form *form = plan->request->form;
	json_t *body = json_new_object();

	json_put(body, "list", list);
	json_put(body, "to", taker_of(plan));
	json_put(body, "from", own->unit[0] != '\0' ? pool_printf(plan->request->pool, "%s, %s",
			own->name, own->unit) : own->name);
	json_put(body, "what", plan->mode->what);
	json_put(body, "carrier", form_text(form, "carrier"));
	json_put(body, "note", form_text(form, "note"));
	json_put(body, "batch", batch);
	return body;
}

static enum rc append(struct plan *plan, const struct chosen *one, const char *kind,
		const json_t *body, bool check_seen, const char **reason)
{
	struct event event;
	uint8_t seen[EVENT_ID_SIZE];
	struct act act = {
		.subject_kind = SUBJECT_DOSSIER,
		.subject = one->row.id,
		.kind = kind,
		.actor = plan->request->session->account.id,
		.body = body,
	};

	if (check_seen) {
		if (hex_decode(one->seen, seen, sizeof(seen)) != RC_OK)
			return RC_INVALID;
		act.seen = seen;
	}
	return act_append(plan->web->store, &act, &event, reason);
}

/* Every dossier's events; a rule against one of them stands in *against. */
static enum rc write_rows(struct plan *plan, const char *list, const struct chosen **against,
		const char **reason)
{
	char batch[33];
	enum rc rc = RC_OK;

	random_hex(16, batch);
	for (size_t i = 0; rc == RC_OK && i < plan->count; i++) {
		const struct chosen *one = &plan->chosen[i];
		json_t *body;

		*against = one;
		if (plan->mode->state != NULL) {
			int64_t until = 0;

			rc = step_line_due(plan->web, plan->request->pool, &one->row, STATE_FORWARDED,
					&until);
			body = state_body(plan, &one->row, list, batch, until);
			if (rc == RC_OK)
				rc = append(plan, one, plan->mode->state, body, true, reason);
			json_decref(body);
		}
		body = given_body(plan, list, batch);
		if (rc == RC_OK)
			rc = append(plan, one, "handover.given", body, plan->mode->state == NULL, reason);
		json_decref(body);
	}
	return rc;
}

/* *again: some dossier stood against it, and the page comes back. */
static enum rc write_list(struct plan *plan, bool *again)
{
	struct store *store = plan->web->store;
	struct request *request = plan->request;
	const char *form_id = form_raw(request->form, "form_id"), *list = NULL, *reason = NULL;
	const struct chosen *against = NULL;
	char *location = NULL, day[8];
	enum rc rc = store_begin(store, false);

	if (rc != RC_OK)
		return rc;
	when_yymmdd(request->now_ms, day);
	rc = form_claim(store, request->pool, form_id, &location);
	if (rc == RC_OK)
		rc = handover_next(store, request->pool, day, &list);
	if (rc == RC_OK)
		rc = write_rows(plan, list, &against, &reason);
	if (rc == RC_OK) {
		location = pool_printf(request->pool, "/ban-giao/%s", list);
		rc = form_done(store, form_id, location);
	}
	if (rc == RC_OK)
		rc = store_commit(store);
	else
		store_abort(store);
	if (rc == RC_CONFLICT && against != NULL) {
		row_fault(plan, against->row.code, reason != NULL ? reason : "act.seen");
		*again = true;
		return RC_OK;
	}
	if (rc == RC_OK || rc == RC_EXISTS)
		response_see_other(plan->response, location);
	return rc == RC_EXISTS ? RC_OK : rc;
}

static bool to_province(const struct plan *plan)
{
	return plan->mode->state != NULL && !to_desk(plan);
}

static bool is_chosen(const struct plan *plan, const struct dossier_row *row)
{
	for (size_t i = 0; i < plan->count; i++)
		if (memcmp(plan->chosen[i].row.id, row->id, sizeof(row->id)) == 0)
			return true;
	return false;
}

static void show_row(struct plan *plan, const struct dossier_row *row, bool ticked)
{
	struct view *item = view_item(plan->view, "rows");

	dossier_show_row(item, row, plan->request->now_ms);
	view_setf(item, "value", "%s %s", row->code, row->seen);
	view_set(item, "place", row->place);
	/* What is not wholly scanned goes by the clerk's word, never by itself. */
	view_flag(item, "unscanned_row", to_province(plan) && row->scans_missing > 0);
	view_flag(item, "ticked", ticked && (plan->request->method == METHOD_POST ||
			!to_province(plan) || row->scans_missing == 0));
	if (to_province(plan) && row->scans_missing > 0)
		view_flag(plan->view, "asks_unscanned", true);
	view_flag(plan->view, "rows_shown", true);
}

/* Candidates, and what was chosen besides them. */
static enum rc show_rows(struct plan *plan)
{
	const struct mode *mode = plan->mode;
	bool again = plan->request->method == METHOD_POST;
	struct dossier_row *rows = NULL;
	size_t count = 0;
	enum rc rc = RC_OK;

	if (mode->lists)
		rc = handover_candidates(plan->web->store, plan->request->pool, mode->from, mode->way,
				LIST_MAX, &rows, &count);
	for (size_t i = 0; rc == RC_OK && i < plan->count; i++) {
		bool listed = false;

		for (size_t j = 0; j < count && !listed; j++)
			listed = memcmp(rows[j].id, plan->chosen[i].row.id, sizeof(rows[j].id)) == 0;
		if (!listed)
			show_row(plan, &plan->chosen[i].row, true);
	}
	for (size_t i = 0; rc == RC_OK && i < count; i++)
		show_row(plan, &rows[i], again ? is_chosen(plan, &rows[i]) : mode->ticked);
	view_flag(plan->view, "more", count == LIST_MAX);
	view_flag(plan->view, "lists", mode->lists);
	return rc;
}

static enum rc show(struct plan *plan, const struct field *fields, size_t count)
{
	struct pool *pool = plan->request->pool;
	struct view *view = plan->view;
	const char *slug = plan->mode->slug;
	enum rc rc = show_rows(plan);

	for (size_t i = 0; i < MODES; i++) {
		struct view *item = view_item(view, "modes");

		view_set(item, "slug", modes[i].slug);
		view_set(item, "name", text_get(pool_printf(pool, "handover.mode.%s", modes[i].slug)));
		view_flag(item, "current", &modes[i] == plan->mode);
	}
	if (plan->request->method == METHOD_POST) {
		form_show(plan->request->form, fields, count, view);
		plan->response->status = 422;
	} else {
		const char *taker = pool_printf(pool, "handover.to_default.%s", slug);

		view_set(view, "unit", text_known(taker) ? text_get(taker) : "");
	}
	view_set(view, "title", text_get("handover.new"));
	view_set(view, "mode_slug", slug);
	view_set(view, "mode_hint", text_get(pool_printf(pool, "handover.hint.%s", slug)));
	view_set(view, "unit_label", text_get(pool_printf(pool, "handover.to.%s", slug)));
	view_flag(view, "to_desk", to_desk(plan));
	view_flag(view, "at_handover", true);
	return rc == RC_OK ? web_page(plan->web, plan->request, plan->response, "intake/handover_new",
			view) : rc;
}

/* Typed values that are wrong, dossiers that do not fit. */
static void check(struct plan *plan, const struct field *fields, size_t count)
{
	struct form *form = plan->request->form;
	bool named = to_desk(plan) && strcmp(form_raw(form, "to"), "none") != 0;

	/* The faults stay in the form: dossiers are looked at as well, to say everything at once. */
	if (form_check(form, fields, count) != RC_OK && !form_has_faults(form))
		form_fault(form, "codes", "handover.none_chosen");
	if (!named && form_text(form, "unit")[0] == '\0')
		form_fault(form, "unit", "handover.to_missing");
	read_chosen(plan);
	for (size_t i = 0; i < plan->count; i++) {
		const char *why = misfit(plan, &plan->chosen[i].row);

		if (why != NULL)
			row_fault(plan, plan->chosen[i].row.code, why);
		if (to_province(plan) && plan->chosen[i].row.scans_missing > 0 &&
				!form_flag(form, "unscanned"))
			form_fault(form, "unscanned", "scan.unscanned_stop");
	}
}

enum rc page_handover_new(struct web *web, struct request *request, struct response *response)
{
	bool post = request->method == METHOD_POST, again = false, done = false;
	struct plan *plan = pool_alloc(request->pool, sizeof(*plan));
	struct field fields[] = {
		{ "to", FIELD_CHOICE, false, 0, 0, NULL, "handover.to_whom" },
		{ "unit", FIELD_LINE, false, 0, 160, NULL, "handover.unit" },
		{ "carrier", FIELD_LINE, false, 0, 120, NULL, "handover.carrier" },
		{ "codes", FIELD_LINES, false, 0, 8000, NULL, "handover.codes" },
		{ "unscanned", FIELD_FLAG, false, 0, 0, NULL, "scan.go_unscanned" },
		{ "note", FIELD_LINES, false, 0, 500, NULL, "act.note_label" },
	};
	const size_t count = sizeof(fields) / sizeof(fields[0]);
	enum rc rc;

	memset(plan, 0, sizeof(*plan));
	plan->web = web;
	plan->request = request;
	plan->response = response;
	plan->view = view_new(request->pool);
	plan->mode = mode_find(post ? form_raw(request->form, "loai") : request_query(request, "loai"));
	rc = act_forward_specialists(web, request, plan->view,
			post ? form_raw(request->form, "to") : "none", &plan->specialists);
	if (rc != RC_OK)
		return rc;
	fields[0].choices = plan->specialists;
	fields[0].required = to_desk(plan);
	if (post) {
		rc = act_sent_before(web, request, response, &done);
		if (rc != RC_OK || done)
			return rc;
		check(plan, fields, count);
		if (!form_has_faults(request->form)) {
			rc = write_list(plan, &again);
			if (rc != RC_OK || !again)
				return rc;
		}
	}
	return show(plan, fields, count);
}
