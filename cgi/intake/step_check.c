/*
 * step_check.c: page 4 of a new dossier (/kiem-tra): when it is due and why, what it costs, how the
 * result comes home; and the one act, accepting it (accept.c). What is typed here goes into the accepted
 * event without a save of its own: accepting is one commit.
 */
#include <string.h>

#include "intake/accept.h"
#include "intake/step_exempt.h"
#include "store/account.h"
#include "web/show.h"
#include "web/text_vi.h"

static const struct field fields[] = {
	{ "phone", FIELD_PHONE, false, 0, 0, NULL, "step1.phone" },
	{ "no_phone", FIELD_FLAG, false, 0, 0, NULL, "step1.no_phone" },
	{ "fee_pages", FIELD_INT, false, 1, 10000, NULL, "step4.fee_pages" },
	{ "fee_copies", FIELD_INT, false, 1, 10000, NULL, "step4.fee_copies" },
	{ "exempt", FIELD_LINE, false, 0, 200, NULL, "step4.exempt" },
	{ "way", FIELD_CHOICE, false, 0, 0, "counter|point|post|electronic", "step4.way" },
	{ "d_point", FIELD_LINE, false, 0, 160, NULL, "step4.d_point" },
	{ "d_name", FIELD_LINE, false, 0, 160, NULL, "step4.d_name" },
	{ "d_phone", FIELD_PHONE, false, 0, 0, NULL, "step4.d_phone" },
	{ "d_address", FIELD_LINE, false, 0, 240, NULL, "step4.d_address" },
	{ "d_email", FIELD_EMAIL, false, 0, 0, NULL, "step4.d_email" },
	{ "notify", FIELD_CHOICE, false, 0, 0, "call|zalo|sms|email|none", "step4.notify" },
	{ "place", FIELD_LINE, false, 0, 120, NULL, "step4.place" },
	{ "note", FIELD_LINES, false, 0, 1000, NULL, "step4.note" },
	{ "signature", FIELD_CHOICE, false, 0, 0, "paper|fingerprint|witness", "step4.signature" },
	{ "witness", FIELD_LINE, false, 0, 160, NULL, "step4.witness" },
	/* The last one: who prepares a draft says nothing about money (page_step_keep). */
	{ "fee_state", FIELD_CHOICE, false, 0, 0, "paid|transfer|later", "step4.fee_state" },
};
#define FIELDS (sizeof(fields) / sizeof(fields[0]))

static const struct draft_data_place places[] = {
	{ "applicant", "phone" }, { "applicant", "no_phone" },
	{ NULL, "fee_pages" }, { NULL, "fee_copies" }, { NULL, "exempt" },
	{ "delivery", "way" }, { "delivery", "point" }, { "delivery", "name" },
	{ "delivery", "phone" }, { "delivery", "address" }, { "delivery", "email" },
	{ NULL, "notify" }, { NULL, "place" }, { NULL, "note" }, { NULL, "signature" },
	{ NULL, "witness" }, { NULL, "fee_state" },
};
_Static_assert(sizeof(places) / sizeof(places[0]) == FIELDS, "one place for each field");

static const struct draft_data_set set = { fields, places, FIELDS };
static const struct draft_data_set prepared = { fields, places, FIELDS - 1 };

static void need(struct form *form, const char *field, const char *text_key)
{
	const char *raw = form_raw(form, field);

	if (raw[strspn(raw, " \t\r\n")] == '\0')
		form_fault(form, field, text_key);
}

static void check_rest(struct form *form, const json_t *data)
{
	const json_t *applicant = json_object_get(data, "applicant");
	const char *way = form_raw(form, "way");

	if (json_text(applicant, "phone")[0] == '\0' && form_raw(form, "no_phone")[0] == '\0' &&
			!json_flag(applicant, "no_phone"))
		need(form, "phone", "step1.need_phone");
	if (strcmp(way, "post") == 0) {
		need(form, "d_name", "step4.need_d_name");
		need(form, "d_phone", "step4.need_d_phone");
		need(form, "d_address", "step4.need_d_address");
	}
	if (strcmp(way, "electronic") == 0)
		need(form, "d_email", "step4.need_d_email");
	if (strcmp(way, "point") == 0)
		need(form, "d_point", "step4.need_d_point");
	if (strcmp(form_raw(form, "signature"), "witness") == 0)
		need(form, "witness", "step4.need_witness");
}

/* Pages and copies, where the rule counts them. */
static void show_counted(struct view *item, const struct fee_rule *rule, const json_t *data)
{
	struct pool *pool = view_pool(item);
	const char *copies = pool_printf(pool, "%d", (int)json_int(data, "fee_copies", 1));

	if (strcmp(rule->kind, "certified_copy") == 0)
		view_set(item, "counted", text_fill(pool, "step4.counted", pool_printf(pool, "%d",
				(int)json_int(data, "fee_pages", 1)), copies, NULL));
	else if (strcmp(rule->kind, "flat") != 0)
		view_set(item, "counted", text_fill(pool, "step4.counted_copies", copies, NULL));
}

static void show_fees(struct view *view, const struct draft *draft,
		const struct procedure_case *chosen)
{
	struct fee_line lines[DRAFT_DATA_FEES];
	int64_t total = 0;
	bool pages = false, copies = false;
	size_t count = draft_data_fees(draft->data, chosen, lines, &total);

	for (size_t i = 0; i < count; i++) {
		struct view *item = view_item(view, "fees");

		view_set(item, "fee", lines[i].name);
		view_set(item, "amount", show_money(view_pool(view), lines[i].amount_dong));
		view_set(item, "fee_exempt", draft_data_exempt(draft->data, lines[i].id));
		show_counted(item, &chosen->fees[i], draft->data);
	}
	view_set(view, "total", show_money(view_pool(view), total));
	view_flag(view, "asks_counts", draft_data_fee_asks(chosen, &pages, &copies));
	view_flag(view, "asks_pages", pages);
	view_flag(view, "asks_copies", copies);
	view_flag(view, "costs", chosen->fee_count > 0);
	view_flag(view, "to_pay", total > 0);
}

static void show_defaults(struct view *view, const struct form *form)
{
	if (form_raw(form, "way")[0] == '\0')
		view_flag(view, "way_is_counter", true);
	if (form_raw(form, "notify")[0] == '\0')
		view_flag(view, "notify_is_call", true);
	if (form_raw(form, "signature")[0] == '\0')
		view_flag(view, "signature_is_paper", true);
	if (form_raw(form, "fee_state")[0] == '\0')
		view_flag(view, "fee_state_is_paid", true);
	if (form_raw(form, "fee_pages")[0] == '\0')
		view_set(view, "fee_pages", "1");
	if (form_raw(form, "fee_copies")[0] == '\0')
		view_set(view, "fee_copies", "1");
}

static enum rc show_papers(struct web *web, struct view *view, const struct draft *draft)
{
	const json_t *papers = json_object_get(draft->data, "components");
	struct draft_file *files = NULL;
	size_t count = 0;
	enum rc rc = draft_file_list(web->store, view_pool(view), draft->id, &files, &count);

	for (size_t i = 0; rc == RC_OK && i < json_array_size(papers); i++) {
		const json_t *paper = json_array_get(papers, i);
		const char *state = json_text(paper, "state");
		struct view *item;
		int own = 0;

		if (strcmp(state, "khong") == 0)
			continue;
		for (size_t k = 0; k < count; k++)
			own += strcmp(files[k].component, json_text(paper, "id")) == 0;
		item = view_item(view, "papers");
		view_set(item, "paper", json_text(paper, "name"));
		view_set(item, "paper_state", text_get(state[0] == '\0' ? "step3.unchecked" :
				pool_printf(view_pool(view), "step3.state.%s", state)));
		view_set(item, "paper_tag", strcmp(state, "thieu") == 0 || state[0] == '\0' ? "bad" : "ok");
		view_int(item, "file_count", own);
	}
	view_int(view, "file_total", (int64_t)count);
	return rc;
}

enum rc step_check_show(struct web *web, struct request *request, struct response *response,
		const struct draft *draft, struct form *form)
{
	struct view *view = view_new(request->pool);
	const struct procedure_case *chosen;
	struct form *known = form;
	enum rc rc = RC_OK;

	if (draft_data_procedure(draft->data, &intake_of(web)->catalogue, &chosen) == NULL) {
		response_see_other(response, draft_page_url(request->pool, draft->id, "/thu-tuc"));
		return RC_OK;
	}
	if (known == NULL)
		rc = draft_data_form(request->pool, draft->data, &set, &known);
	if (rc == RC_OK)
		rc = show_papers(web, view, draft);
	if (rc != RC_OK)
		return rc;
	form_show(known, fields, FIELDS, view);
	show_defaults(view, known);
	show_fees(view, draft, chosen);
	step_exempt_show(view, draft->data, chosen, known);
	draft_page_show_gaps(view, draft, web);
	view_set(view, "content", json_text(draft->data, "content"));
	view_flag(view, "ask_phone", json_text(json_object_get(draft->data, "applicant"),
			"phone")[0] == '\0' || form_raw(known, "phone")[0] != '\0');
	view_flag(view, "may_accept", frame_can(request, ROLE_INTAKE));
	view_set(view, "keep_url", draft_page_url(request->pool, draft->id, "/kiem-tra/luu"));
	view_set(view, "title", text_get("step4.title"));
	return draft_page_show(web, request, response, draft, 4, view);
}

/* By the fees of the case as it was chosen; none chosen: the page leads back to where it is. */
static enum rc take_exempt(struct web *web, struct request *request, const struct draft *draft,
		bool leave)
{
	const struct procedure_case *chosen;

	if (draft_data_procedure(draft->data, &intake_of(web)->catalogue, &chosen) == NULL)
		return RC_OK;
	return step_exempt_take(request, draft->data, chosen, leave);
}

static enum rc post(struct web *web, struct request *request, struct response *response,
		const struct draft *draft)
{
	struct form *form = request->form;
	bool leave = form_raw(form, "later")[0] != '\0' || form_raw(form, "recount")[0] != '\0';
	enum rc rc = form_check(form, fields, FIELDS);

	if (rc != RC_OK && rc != RC_INVALID)
		return rc;
	if (!leave)
		check_rest(form, draft->data);
	draft_data_merge(draft->data, form, &set);
	rc = take_exempt(web, request, draft, leave);
	if (rc != RC_OK)
		return rc;
	if (!leave && !form_has_faults(form))
		return accept_draft(web, request, response, draft);
	if (leave && (!form_has_faults(form) || form_raw(form, "later")[0] != '\0'))
		return draft_page_save(web, request, response, draft, "/kiem-tra#phi");
	rc = draft_save(web->store, draft->id, draft->data);
	return rc == RC_OK ? step_check_show(web, request, response, draft, form) : rc;
}

/* What support staff filled in for the clerk who will accept: kept in the draft, never accepted. */
static enum rc keep(struct web *web, struct request *request, struct response *response,
		const struct draft *draft)
{
	struct form *form = request->form;
	enum rc rc = form_check(form, prepared.fields, prepared.count);

	if (rc != RC_OK && rc != RC_INVALID)
		return rc;
	draft_data_merge(draft->data, form, &prepared);
	rc = take_exempt(web, request, draft, true);
	if (rc != RC_OK)
		return rc;
	if (!form_has_faults(form))
		return draft_page_save(web, request, response, draft, "/kiem-tra#phi");
	rc = draft_save(web->store, draft->id, draft->data);
	return rc == RC_OK ? step_check_show(web, request, response, draft, form) : rc;
}

enum rc page_step_keep(struct web *web, struct request *request, struct response *response)
{
	struct draft draft;
	bool go;
	enum rc rc = draft_page_open(web, request, response, &draft, &go);

	if (rc == RC_OK && go)
		rc = keep(web, request, response, &draft);
	draft_free(&draft);
	return rc;
}

enum rc page_step_check(struct web *web, struct request *request, struct response *response)
{
	struct draft draft;
	bool go;
	enum rc rc = draft_page_open(web, request, response, &draft, &go);

	if (rc == RC_OK && go)
		rc = request->method == METHOD_POST ? post(web, request, response, &draft) :
				step_check_show(web, request, response, &draft, NULL);
	draft_free(&draft);
	return rc;
}
