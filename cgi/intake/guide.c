/*
 * guide.c: /huong-dan of a draft: what the procedure asks for, on paper and, by a QR without anything
 * personal, on the citizen's telephone; and what the pages before acceptance share.
 */
#include "intake/guide.h"

#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "crypt/random.h"
#include "web/guide.h"
#include "web/show.h"
#include "web/text_vi.h"

struct draft_body_facts guide_facts(struct web *web, struct request *request,
		const struct draft *draft)
{
	const struct intake *intake = intake_of(web);
	struct draft_body_facts facts = { .settings = web->settings, .catalogue = &intake->catalogue,
		.calendar_version = intake->calendar.version, .counter = request->session->counter,
		.ticket = draft->ticket, .now_ms = request->now_ms };

	facts.procedure = draft_data_procedure(draft->data, &intake->catalogue, &facts.chosen);
	return facts;
}

void guide_show_draft(struct view *view, const struct draft *draft, const char *title_key,
		const char *suffix)
{
	struct pool *pool = view_pool(view);

	view_set(view, "title", text_get(title_key));
	view_set(view, "draft_url", draft_page_url(pool, draft->id, ""));
	view_set(view, "action", draft_page_url(pool, draft->id, suffix));
	print_set(view, "applicant", json_object_get(draft->data, "applicant"), "name");
	print_set(view, "procedure", json_object_get(draft->data, "procedure"), "name");
}

/* Fields "why_1" … in the order of the list. */
static const char *why_name(struct pool *pool, size_t i)
{
	return pool_printf(pool, "why_%zu", i + 1);
}

void guide_show_reasons(struct web *web, struct request *request, struct view *view,
		enum form_reasons kind)
{
	const struct forms *forms = &intake_of(web)->forms;
	bool again = request->method == METHOD_POST;

	for (size_t i = 0; i < forms->reason_count[kind]; i++) {
		struct view *item = view_item(view, "reasons");
		const char *name = why_name(request->pool, i);

		view_set(item, "why", name);
		view_set(item, "why_text", forms->reasons[kind][i]);
		view_flag(item, "chosen", again && form_raw(request->form, name)[0] != '\0');
	}
}

char *guide_reason(struct web *web, struct request *request, enum form_reasons kind)
{
	const struct forms *forms = &intake_of(web)->forms;
	const char *more = form_text(request->form, "more");
	struct buf out = { 0 };
	char *text;

	for (size_t i = 0; i < forms->reason_count[kind]; i++)
		if (form_raw(request->form, why_name(request->pool, i))[0] != '\0')
			buf_printf(&out, "%s%s", out.len > 0 ? "; " : "", forms->reasons[kind][i]);
	if (more[0] != '\0')
		buf_printf(&out, "%s%s", out.len > 0 ? "; " : "", more);
	text = pool_strndup(request->pool, out.len > 0 ? out.data : "", out.len);
	buf_free(&out);
	return text;
}

/* ---- the guide ---- */

static enum rc show(struct web *web, struct request *request, struct response *response,
		const struct draft *draft, const struct draft_body_facts *facts)
{
	struct view *view = view_new(request->pool);
	struct pool *pool = request->pool;
	const char *url = web->settings->public_url;

	print_head(web, view, "guide", "", request->now_ms);
	print_bar(request, view, "", draft_page_url(pool, draft->id, "/giay-to"), 0);
	view_set(view, "park_url", draft_page_url(pool, draft->id, "/huong-dan"));
	guide_show(view, facts->procedure, facts->chosen);
	view_set(view, "unit", facts->procedure->unit[0] != '\0' ? facts->procedure->unit :
			web->settings->parent_name);
	if (url[0] != '\0')
		view_svg(view, "guide_qr", show_qr_svg(pool, pool_printf(pool, "%s/huong-dan/%s/%s?b=%s", url,
				facts->procedure->code, facts->chosen->id, facts->catalogue->version)));
	return web_page(web, request, response, "print/guide", view);
}

/* Said by word of mouth or given on paper: recorded, and the draft waits for the citizen. */
static enum rc write(struct web *web, struct request *request, struct response *response,
		const struct draft *draft, const struct draft_body_facts *facts)
{
	json_t *body = json_new_object();
	json_t *whole = draft_body_refusal(request->pool, draft->data, facts);
	char *location = pool_strdup(request->pool, "/quay?viec=nhap");
	uint8_t subject[EVENT_ID_SIZE];
	enum rc rc;

	random_bytes(subject, sizeof(subject));
	json_put(body, "draft", draft->id);
	json_put_value(body, "procedure", json_deep_copy(json_object_get(whole, "procedure")));
	rc = print_note(web, request, SUBJECT_STATION, subject, "intake.guided", body, &location);
	json_decref(body);
	json_decref(whole);
	if (rc == RC_OK)
		response_see_other(response, location);
	return rc;
}

enum rc page_guide(struct web *web, struct request *request, struct response *response)
{
	struct draft draft;
	struct draft_body_facts facts;
	bool go;
	enum rc rc = draft_page_open(web, request, response, &draft, &go);

	if (rc == RC_OK && go) {
		facts = guide_facts(web, request, &draft);
		if (facts.procedure == NULL)
			response_see_other(response, draft_page_url(request->pool, draft.id, "/thu-tuc"));
		else if (request->method == METHOD_POST)
			rc = write(web, request, response, &draft, &facts);
		else
			rc = show(web, request, response, &draft, &facts);
	}
	draft_free(&draft);
	return rc;
}
