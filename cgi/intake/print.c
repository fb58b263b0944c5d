/*
 * print.c: the table of papers and their one page: GET shows it, POST says that it came out of the
 * printer or was written by hand. See print.h.
 */
#include "intake/print.h"

#include <string.h>

#include "base/text.h"
#include "intake/slip.h"
#include "web/show.h"
#include "web/text_vi.h"

static const struct print_kind kinds[] = {
	{ "bo-sung", "supplement", "supplement", "supplement", PRINT_A4, true,
	  { "dossier.supplement_requested" }, print_acts_supplement },
	{ "tu-choi", "refusal", "refusal", "refusal", PRINT_A4, false,
	  { "dossier.refused", "dossier.intake_refused" }, print_acts_refusal },
	{ "xin-loi", "apology", "apology", "apology", PRINT_A4, true,
	  { "dossier.extended" }, print_acts_apology },
	{ "dung", "stop", "stop", "stop", PRINT_A4, false, { "dossier.stopped" }, print_acts_stop },
	{ "bien-lai", "receipt", "receipt", "receipt", PRINT_A5_WIDE, false, { "fee.collected" },
	  print_acts_receipt },
	{ "bien-nhan", "return", "return", "return", PRINT_A4, false,
	  { "dossier.result_returned", "dossier.part_returned" }, print_acts_return },
	{ "kiem-soat", "control", "control", "control", PRINT_A4, false, { NULL }, print_flow_control },
	{ "ban-giao", "handover", "handover", "handover_one", PRINT_A4, false, { NULL },
	  print_flow_handover },
	{ "qua-trinh", "process", "process", "process", PRINT_A4_WIDE, false, { NULL },
	  print_flow_process },
	{ "nhieu-ho-so", "many", "many", "many", PRINT_A4_WIDE, false, { NULL }, print_many_fill },
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static const struct print_kind *kind_of(const char *slug)
{
	for (size_t i = 0; i < KINDS; i++)
		if (strcmp(kinds[i].slug, slug) == 0)
			return &kinds[i];
	return NULL;
}

const char *print_slug(const char *word)
{
	for (size_t i = 0; i < KINDS; i++)
		if (strcmp(kinds[i].word, word) == 0)
			return kinds[i].slug;
	return NULL;
}

static const char *title_of(struct web *web, const struct print_kind *kind)
{
	return forms_find(&intake_of(web)->forms, kind->form)->title;
}

/* ---- what all papers share ---- */

void print_set(struct view *view, const char *name, const json_t *object, const char *member)
{
	view_set(view, name, pool_strdup(view_pool(view), json_text(object, member)));
}

void print_head(struct web *web, struct view *view, const char *form, const char *number,
		int64_t at_ms)
{
	const struct settings *settings = web->settings;
	const struct forms *forms = &intake_of(web)->forms;
	const struct form_paper *paper = forms_find(forms, form);
	struct pool *pool = view_pool(view);

	view_set(view, "parent_name", text_upper(pool, settings->parent_name));
	view_set(view, "agency_name", text_upper(pool, settings->agency_name));
	view_set(view, "point_name", settings->point_name);
	view_set(view, "point_address", settings->point_address);
	view_set(view, "point_phone", settings->point_phone);
	view_set(view, "place_name", settings->place_name);
	view_set(view, "website", settings->public_url);
	view_set(view, "date", show_date_paper(pool, at_ms));
	view_set(view, "form_line", forms_line(pool, forms, paper));
	view_set(view, "heading", text_upper(pool, paper->title));
	view_set(view, "title", paper->title);
	view_set(view, "paper_no", number);
}

void print_bar(struct request *request, struct view *view, const char *action, const char *back,
		int64_t again)
{
	bool tray = strcmp(request_query(request, "ve"), "khay") == 0;

	view_set(view, "print_action", action);
	view_set(view, "back_url", tray ? "/in" : back);
	view_flag(view, "to_tray", tray);
	view_int(view, "again", again);
}

enum rc print_note(struct web *web, struct request *request, enum event_subject subject_kind,
		const uint8_t subject[16], const char *kind, const json_t *body, char **location)
{
	const char *form_id = form_raw(request->form, "form_id"), *reason = NULL;
	struct event event;
	struct act act = { .subject_kind = subject_kind, .subject = subject, .kind = kind,
		.actor = request->session->account.id, .body = body };
	char *first = NULL;
	enum rc rc = store_begin(web->store, false);

	if (rc != RC_OK)
		return rc;
	rc = form_claim(web->store, request->pool, form_id, &first);
	if (rc == RC_EXISTS) {
		store_abort(web->store);
		*location = first;
		return RC_OK;
	}
	if (rc == RC_OK)
		rc = act_append(web->store, &act, &event, &reason);
	if (rc == RC_OK)
		rc = form_done(web->store, form_id, *location);
	if (rc == RC_OK)
		return store_commit(web->store);
	store_abort(web->store);
	return rc;
}

static void show_count(struct view *item, const char *name, int64_t value)
{
	view_set(item, name, value > 0 ? pool_printf(view_pool(item), "%lld", (long long)value) : "");
}

void print_items(struct view *view, const json_t *items)
{
	for (size_t i = 0; i < json_array_size(items); i++) {
		const json_t *from = json_array_get(items, i);
		struct view *item = view_item(view, "items");

		view_int(item, "no", (int64_t)i + 1);
		print_set(item, "name", from, "name");
		print_set(item, "what", from, "content");
		show_count(item, "originals", json_int(from, "originals", 0));
		show_count(item, "certified", json_int(from, "certified", 0));
		show_count(item, "copies", json_int(from, "copies", 0));
	}
	view_flag(view, "items_shown", json_array_size(items) > 0);
}

/* ---- one paper ---- */

static bool is_source(const struct print_kind *kind, const char *name)
{
	for (size_t i = 0; i < sizeof(kind->sources) / sizeof(kind->sources[0]); i++)
		if (kind->sources[i] != NULL && strcmp(kind->sources[i], name) == 0)
			return true;
	return false;
}

/* A receipt is one of several: by its number; one without a number is none. */
static bool is_wanted(const struct print *print, const json_t *act)
{
	const char *number = json_text(json_object_get(act, "receipt"), "number");

	if (strcmp(print->kind->word, "receipt") != 0)
		return true;
	return number[0] != '\0' && (print->number[0] == '\0' || strcmp(print->number, number) == 0);
}

static void find_source(struct print *print)
{
	for (size_t i = print->count; i-- > 0 && print->source == NULL;) {
		const struct event *event = &print->rows[i].event;
		json_t *act = NULL;

		if (!is_source(print->kind, event->kind) || event->body == NULL ||
				json_parse(event->body, event->body_len, &act) != RC_OK)
			continue;
		if (is_wanted(print, act)) {
			print->source = event;
			print->act = act;
		} else {
			json_decref(act);
		}
	}
}

static const char *receipt_no(const struct print *print)
{
	return strcmp(print->kind->word, "receipt") == 0 ?
			json_text(json_object_get(print->act, "receipt"), "number") : "";
}

/* Prints of this very paper: those after the act it is made of. */
static int64_t prints_before(const struct print *print)
{
	bool after = print->source == NULL;
	int64_t count = 0;

	for (size_t i = 0; i < print->count; i++) {
		const struct event *event = &print->rows[i].event;
		json_t *body = NULL;

		after = after || event == print->source;
		if (!after || strcmp(event->kind, "paper.printed") != 0 || event->body == NULL ||
				json_parse(event->body, event->body_len, &body) != RC_OK)
			continue;
		count += strcmp(json_text(body, "paper"), print->kind->word) == 0 &&
				!json_flag(body, "handwritten") &&
				(receipt_no(print)[0] == '\0' ||
				strcmp(json_text(body, "number"), receipt_no(print)) == 0);
		json_decref(body);
	}
	return count;
}

static enum rc open_paper(struct web *web, struct request *request, struct print *print)
{
	enum rc rc;

	*print = (struct print){ .web = web, .request = request,
		.kind = kind_of(request->params[1]), .number = request_query(request, "so") };
	if (request->method == METHOD_POST)
		print->number = form_raw(request->form, "number");
	if (print->kind == NULL)
		return RC_NOT_FOUND;
	rc = act_dossier(web, request, &print->row);
	if (rc == RC_OK)
		rc = journal_subject(web->store, request->pool, print->row.board, print->row.id,
				&print->rows, &print->count);
	if (rc != RC_OK)
		return rc;
	find_source(print);
	return print->kind->sources[0] != NULL && print->source == NULL ? RC_NOT_FOUND : RC_OK;
}

static void show_dossier(struct print *print)
{
	struct view *view = print->view;
	const struct dossier_row *row = &print->row;

	view_set(view, "code", row->official[0] != '\0' ? row->official : row->code);
	view_set(view, "content", row->content);
	view_set(view, "unit", row->unit);
	view_set(view, "received", show_time_paper(view_pool(view), row->received_at));
	view_set(view, "due", row->has_due ? show_due_paper(view_pool(view), row->due_at) : "");
	view_flag(view, "uncertain", row->has_due && !row->due_certain);
	view_set(view, "actor", print->source == NULL ? "" : dossier_show_actor(print->web,
			view_pool(view), print->source->actor, print->source->author));
	view_set(view, "receipt_no", pool_strdup(view_pool(view), receipt_no(print)));
	if (print->body != NULL)
		slip_show_persons(view, print->body);
	if (view_pool(view) != NULL && print->body == NULL)
		view_set(view, "applicant", row->applicant);
}

static enum rc show(struct print *print, struct response *response)
{
	struct request *request = print->request;
	struct pool *pool = request->pool;
	const struct dossier_row *row = &print->row;
	char *back = dossier_show_url(pool, row, "");
	enum rc rc = RC_OK;

	print->view = view_new(pool);
	print_head(print->web, print->view, print->kind->form, pool_strdup(pool,
			json_text(print->act, "number")), print->source != NULL ?
			print->source->time.wall_ms : request->now_ms);
	print_bar(request, print->view, pool_printf(pool, "%s/in/%s", back, print->kind->slug), back,
			prints_before(print));
	view_flag(print->view, "wide", print->kind->shape == PRINT_A4_WIDE);
	view_flag(print->view, "half", print->kind->shape == PRINT_A5_WIDE);
	show_dossier(print);
	view_svg(print->view, "bars", show_code128_svg(pool, row->code));
	if (print->kind->qr && row->slip_no > 0)
		rc = slip_show_codes(print->web, print->view, row);
	if (rc == RC_OK)
		rc = print->kind->fill(print);
	if (rc == RC_OK)
		rc = web_page(print->web, request, response,
				pool_printf(pool, "print/%s", print->kind->page), print->view);
	return rc;
}

static enum rc write(struct print *print, struct response *response)
{
	struct request *request = print->request;
	const char *next = form_raw(request->form, "next");
	json_t *body = json_new_object();
	char *location = strcmp(next, "khay") == 0 ? pool_strdup(request->pool, "/in") :
			dossier_show_url(request->pool, &print->row, "");
	enum rc rc;

	json_put(body, "paper", print->kind->word);
	json_put(body, "number", receipt_no(print)[0] != '\0' ? receipt_no(print) :
			json_text(print->act, "number"));
	if (form_raw(request->form, "by_hand")[0] != '\0')
		json_put_flag(body, "handwritten", true);
	else
		json_put_int(body, "copy", prints_before(print));
	rc = print_note(print->web, request, SUBJECT_DOSSIER, print->row.id, "paper.printed", body,
			&location);
	json_decref(body);
	if (rc == RC_OK)
		response_see_other(response, location);
	return rc;
}

/* Number of the act that a waiting paper is made of; receipts name theirs themselves. */
static enum rc waiting_number(struct web *web, struct pool *pool, const struct paper_row *row,
		const char **number)
{
	const char *slug = print_slug(row->paper);
	struct print print = { .web = web, .number = "", .kind = slug != NULL ? kind_of(slug) : NULL };
	enum rc rc;

	*number = row->ref;
	if (print.kind == NULL)
		return RC_NOT_FOUND;
	if (row->ref[0] != '\0')
		return RC_OK;
	rc = journal_subject(web->store, pool, web->store->board, row->subject, &print.rows,
			&print.count);
	if (rc != RC_OK)
		return rc;
	find_source(&print);
	*number = pool_strdup(pool, json_text(print.act, "number"));
	json_decref(print.act);
	return RC_OK;
}

/* What waits was not printed since its act: this is copy 0. */
enum rc print_waiting_note(struct web *web, struct pool *pool, const struct paper_row *row,
		const char **kind, json_t **body)
{
	const char *number = "";
	int64_t slip_no = 0;
	enum rc rc = RC_OK;

	*body = json_new_object();
	json_put_int(*body, "copy", 0);
	if (strcmp(row->paper, "slip") == 0) {
		*kind = "slip.printed";
		json_put(*body, "paper", "a4");
		rc = num_parse(row->ref, 1, INT64_MAX, &slip_no);
		json_put_int(*body, "slip_no", slip_no);
		return rc;
	}
	*kind = row->code[0] != '\0' ? "paper.printed" : "intake.printed";
	json_put(*body, "paper", row->paper);
	if (row->code[0] != '\0')
		rc = waiting_number(web, pool, row, &number);
	if (number[0] != '\0')
		json_put(*body, "number", number);
	return rc;
}

enum rc page_paper(struct web *web, struct request *request, struct response *response)
{
	struct print print;
	enum rc rc = open_paper(web, request, &print);

	if (rc == RC_OK && request->method == METHOD_POST) {
		rc = write(&print, response);
	} else if (rc == RC_OK) {
		rc = dossier_body(web->store, &print.row, &print.body);
		if (rc == RC_OK || rc == RC_NOT_FOUND)
			rc = show(&print, response);
	}
	json_decref(print.act);
	json_decref(print.body);
	return rc;
}

enum rc print_offer(struct web *web, struct view *view, const struct dossier_row *row)
{
	struct pool *pool = view_pool(view);
	struct print print = { .web = web, .number = "" };
	enum rc rc = journal_subject(web->store, pool, row->board, row->id, &print.rows, &print.count);

	for (size_t i = 0; rc == RC_OK && i < KINDS; i++) {
		struct view *item;

		print.kind = &kinds[i];
		print.source = NULL;
		find_source(&print);
		json_decref(print.act);
		print.act = NULL;
		/* A dossier that never was taken in has only its refusal. */
		if (kinds[i].sources[0] != NULL ? print.source == NULL : row->slip_no == 0)
			continue;
		item = view_item(view, "prints");
		view_set(item, "print_name", title_of(web, &kinds[i]));
		view_set(item, "print_url", dossier_show_url(pool, row,
				pool_printf(pool, "/in/%s", kinds[i].slug)));
		view_flag(view, "prints_shown", true);
	}
	return rc;
}
