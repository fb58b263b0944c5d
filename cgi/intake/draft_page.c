/*
 * draft_page.c: see draft_page.h. A draft belongs to the point, not to a person: whoever goes on
 * with another's says so once.
 */
#include <string.h>

#include "intake/documents.h"
#include "intake/draft_page.h"
#include "store/account.h"
#include "web/show.h"
#include "web/text_vi.h"

static const char *const suffixes[] = { "", "/nguoi", "/thu-tuc", "/giay-to", "/kiem-tra" };

char *draft_page_url(struct pool *pool, const char *id, const char *suffix)
{
	return pool_printf(pool, "/ho-so/moi/%s%s", id, suffix);
}

/* No draft of that id: accepted or refused meanwhile (then to the dossier, by the same id), or gone. */
static enum rc gone(struct web *web, struct request *request, struct response *response)
{
	struct dossier_row row;
	enum rc rc = dossier_find(web->store, request->pool, NULL, request->params[0], &row);

	if (rc == RC_OK)
		response_see_other(response, dossier_show_url(request->pool, &row,
				row.slip_no > 0 ? "/xong" : "/in/tu-choi"));
	else if (rc == RC_NOT_FOUND)
		web_error_page(web, request, response, 404, "draft.gone");
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc ask_take(struct web *web, struct request *request, struct response *response,
		const struct draft *draft)
{
	struct view *view = view_new(request->pool);

	view_set(view, "title", text_get("draft.take_title"));
	view_set(view, "owner", draft->owner_name);
	view_set(view, "applicant", json_text(json_object_get(draft->data, "applicant"), "name"));
	view_set(view, "procedure", json_text(json_object_get(draft->data, "procedure"), "name"));
	view_set(view, "updated", show_time_screen(request->pool, draft->updated_at));
	view_set(view, "take_url", draft_page_url(request->pool, draft->id, "/nhan-lai"));
	form_show_typed(request->form, view);
	response->status = request->method == METHOD_POST ? 409 : 200;
	request->reading = READING_OTHERS_DRAFT;
	return web_page(web, request, response, "intake/draft_take", view);
}

/* The manager changed the procedure meanwhile: said on every page until one was saved knowing it. */
static void follow_catalogue(struct web *web, const struct request *request, struct draft *draft)
{
	if (draft_data_renew(draft->data, &intake_of(web)->catalogue))
		json_put_flag(draft->data, "renewed", true);
	else if (request->method == METHOD_POST)
		(void)json_object_del(draft->data, "renewed");
}

enum rc draft_page_open(struct web *web, struct request *request, struct response *response,
		struct draft *draft, bool *go)
{
	enum rc rc;

	memset(draft, 0, sizeof(*draft));
	*go = false;
	if (strlen(request->params[0]) != 32 || strspn(request->params[0], "0123456789abcdef") != 32)
		return RC_NOT_FOUND;
	rc = draft_load(web->store, request->pool, request->params[0], draft);
	if (rc == RC_NOT_FOUND || (rc == RC_OK && draft->scan))
		return gone(web, request, response);
	if (rc == RC_OK && strcmp(draft->owner, request->session->account.id) != 0)
		return ask_take(web, request, response, draft);
	if (rc == RC_OK)
		follow_catalogue(web, request, draft);
	*go = rc == RC_OK;
	return rc;
}

static void show_steps(struct view *view, const struct draft *draft, int page)
{
	static const char *const names[] = { "", "step1.name", "step2.name", "step3.name",
		"step4.name" };
	bool done[5] = { false };
	const json_t *papers = json_object_get(draft->data, "components");

	done[1] = json_text(json_object_get(draft->data, "applicant"), "name")[0] != '\0';
	done[2] = json_object_get(draft->data, "procedure") != NULL;
	done[3] = done[2] && page > 3 && papers != NULL;
	for (int i = 1; i <= 4; i++) {
		struct view *item = view_item(view, "steps");
		bool reachable = i < page || (i == 2 && done[1]) || (i > 2 && done[2]);

		view_int(item, "no", i);
		view_set(item, "step_name", text_get(names[i]));
		view_flag(item, "current", i == page);
		view_flag(item, "done", i != page && done[i]);
		view_set(item, "step_url", reachable && i != page ?
				draft_page_url(view_pool(view), draft->id, suffixes[i]) : "");
	}
}

static void put_due(struct web *web, struct view *view, const struct draft *draft,
		const struct procedure_case *chosen, int64_t now_ms)
{
	struct due *due = pool_alloc(view_pool(view), sizeof(*due));

	if (draft_data_due(&intake_of(web)->calendar, chosen, draft_data_clock(draft->data, now_ms),
			view_pool(view), due) != RC_OK)
		return;
	view_set(view, "side_due", due->has_due ? show_time_screen(view_pool(view), due->due_at) :
			text_get("dossier.no_due"));
	view_flag(view, "side_uncertain", due->has_due && !due->certain);
	view_setf(view, "side_due_ms", "%lld", due->has_due ? (long long)due->due_at : 0LL);
	view_flag(view, "side_has_why", due->has_due && due->step_count > 0);
	if (due->has_due)
		dossier_show_why(view, "why", due);
}

/* Somebody else may submit only as the procedure allows; said, never enforced here. */
static void show_who(struct view *view, const json_t *data, const struct procedure *procedure)
{
	const json_t *submitter = json_object_get(data, "submitter");

	if (submitter == NULL || json_flag(submitter, "self") ||
			strcmp(procedure->who, "anyone") == 0)
		return;
	if (strcmp(procedure->who, "in_person") == 0)
		view_set(view_item(view, "warnings"), "warning", text_get("draft.warn.in_person"));
	else if (strcmp(procedure->who, "relative") == 0)
		view_set(view_item(view, "warnings"), "warning", text_get("draft.warn.relative"));
	else if (json_text(submitter, "authorisation")[0] == '\0')
		view_set(view_item(view, "warnings"), "warning", text_get("draft.warn.authorised"));
}

/* The same procedure of the same person is open already: said, never forbidden. */
static void show_twin(struct web *web, struct view *view, const json_t *data,
		const struct procedure *procedure)
{
	const json_t *applicant = json_object_get(data, "applicant");
	const char *number = json_text(applicant, json_text(applicant, "number")[0] != '\0' ? "number" :
			"tax_code");
	struct dossier_row *rows = NULL;
	size_t count = 0;

	if (number[0] == '\0' || dossier_search(web->store, view_pool(view), number, 10, &rows,
			&count) != RC_OK)
		return;
	for (size_t i = 0; i < count; i++)
		if (strcmp(rows[i].procedure, procedure->code) == 0 &&
				strcmp(rows[i].applicant_number, number) == 0 &&
				!state_is_closed(rows[i].facts.state))
			view_set(view_item(view, "warnings"), "warning", text_fill(view_pool(view),
					"draft.warn.twin", rows[i].code, NULL));
}

/* Taken in on paper: the clock runs since then. */
static void show_late(struct view *view, const json_t *data)
{
	const json_t *late = json_object_get(data, "late");

	if (late != NULL)
		view_set(view, "side_late", text_fill(view_pool(view), "late.side",
				pool_strdup(view_pool(view), json_text(late, "paper_no")),
				show_time_screen(view_pool(view), json_int(late, "received_at", 0)), NULL));
}

static void show_side(struct web *web, struct request *request, struct view *view,
		const struct draft *draft, int page)
{
	const json_t *applicant = json_object_get(draft->data, "applicant");
	const json_t *submitter = json_object_get(draft->data, "submitter");
	const json_t *warnings = json_object_get(draft->data, "warnings");
	const struct procedure_case *chosen;
	const struct procedure *procedure = draft_data_procedure(draft->data,
			&intake_of(web)->catalogue, &chosen);
	struct fee_line lines[DRAFT_DATA_FEES];
	int64_t total = 0;

	show_late(view, draft->data);
	view_set(view, "side_name", json_text(applicant, "name"));
	view_set(view, "side_number", json_text(applicant, "number"));
	if (submitter != NULL && !json_flag(submitter, "self"))
		view_set(view, "side_submitter", json_text(submitter, "name"));
	for (size_t i = 0; i < json_array_size(warnings); i++) {
		const char *key = json_string_value(json_array_get(warnings, i));

		if (key != NULL && text_known(key))
			view_set(view_item(view, "warnings"), "warning", text_get(key));
	}
	if (json_flag(draft->data, "renewed"))
		view_set(view_item(view, "warnings"), "warning", text_get("draft.warn.renewed"));
	if (procedure == NULL)
		return;
	if (!procedure_is_offered(procedure, documents_day(request->now_ms)))
		view_set(view_item(view, "warnings"), "warning", text_get("draft.warn.not_offered"));
	view_set(view, "side_procedure", procedure->name);
	view_set(view, "side_case", procedure->case_count > 1 ? chosen->name : "");
	view_set(view, "side_unit", procedure->unit[0] != '\0' ? procedure->unit :
			web->settings->parent_name);
	(void)draft_data_fees(draft->data, chosen, lines, &total);
	view_flag(view, "side_count", page < 4);
	view_set(view, "side_fee", show_money(request->pool, total));
	put_due(web, view, draft, chosen, request->now_ms);
	show_who(view, draft->data, procedure);
	if (page >= 2)
		show_twin(web, view, draft->data, procedure);
}

/* Not among the procedures this clerk has of her own: a warning, no refusal. */
static enum rc show_outside(struct web *web, struct request *request, struct view *view,
		const struct draft *draft)
{
	const struct procedure_case *chosen;
	const struct procedure *procedure = draft_data_procedure(draft->data,
			&intake_of(web)->catalogue, &chosen);
	struct account account;
	enum rc rc;

	if (procedure == NULL)
		return RC_OK;
	rc = account_by_id(web->store, request->pool, request->session->account.id, &account);
	if (rc == RC_OK)
		view_flag(view, "outside_own", account.procedures[0] != '\0' &&
				!staff_has_code(account.procedures, procedure->code));
	return rc;
}

enum rc draft_page_show(struct web *web, struct request *request, struct response *response,
		const struct draft *draft, int page, struct view *view)
{
	enum rc rc;

	view_set(view, "draft", draft->id);
	view_set(view, "draft_url", draft_page_url(request->pool, draft->id, ""));
	view_set(view, "action", draft_page_url(request->pool, draft->id, suffixes[page]));
	rc = show_outside(web, request, view, draft);
	if (rc != RC_OK)
		return rc;
	show_steps(view, draft, page);
	show_side(web, request, view, draft, page);
	if (request->method == METHOD_POST)
		response->status = 422;
	return web_page(web, request, response, pool_printf(request->pool, "intake/step%d", page),
			view);
}

void draft_page_show_gaps(struct view *view, const struct draft *draft, struct web *web)
{
	struct draft_body_gap gaps[DRAFT_BODY_GAPS];
	const struct procedure_case *chosen;
	const struct procedure *procedure = draft_data_procedure(draft->data,
			&intake_of(web)->catalogue, &chosen);
	size_t count = draft_body_gaps(draft->data, procedure, chosen, gaps);
	bool any = false;

	for (size_t i = 0; i < count; i++) {
		struct view *item;
		const json_t *paper = draft_data_paper(draft->data, gaps[i].field);

		if (gaps[i].page == 4)
			continue;
		any = true;
		item = view_item(view, "gaps");
		view_set(item, "gap", paper != NULL ? text_fill(view_pool(view), gaps[i].text_key,
				json_text(paper, "name"), NULL) : text_get(gaps[i].text_key));
		view_set(item, "gap_url", pool_printf(view_pool(view), "%s#%s",
				draft_page_url(view_pool(view), draft->id, suffixes[gaps[i].page]),
				gaps[i].field));
	}
	view_flag(view, "has_gaps", any);
}

enum rc draft_page_save(struct web *web, struct request *request, struct response *response,
		const struct draft *draft, const char *suffix)
{
	enum rc rc = draft_save(web->store, draft->id, draft->data);

	if (rc == RC_NOT_FOUND)
		return gone(web, request, response);
	if (rc != RC_OK)
		return rc;
	if (form_raw(request->form, "later")[0] != '\0')
		response_see_other(response, "/quay?viec=nhap");
	else
		response_see_other(response, draft_page_url(request->pool, draft->id, suffix));
	return RC_OK;
}
