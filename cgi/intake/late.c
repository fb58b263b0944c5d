/*
 * late.c: Nhập bù (/nhap-bu): while the box is dead, dossiers are taken in on numbered paper that was
 * printed beforehand; afterwards each paper becomes a draft with its true time, its reason and a
 * second person who stands for it, and then goes through the usual four steps.
 */
#include <string.h>

#include "base/text.h"
#include "base/when.h"
#include "intake/correct.h"
#include "intake/draft_page.h"
#include "store/late.h"
#include "web/show.h"
#include "web/text_vi.h"

#define OLDEST_MS (60 * WHEN_DAY_MS)	/* what is older is no outage */
#define BLOCK_MAX 200

static const struct field fields[] = {
	{ "paper_no", FIELD_LINE, true, 1, 20, NULL, "late.paper_no" },
	{ "true_at", FIELD_TIME, true, 0, 0, NULL, "late.true_at" },
	{ "reason", FIELD_LINE, true, 3, 300, NULL, "late.reason" },
	{ "second_login", FIELD_LINE, false, 0, 60, NULL, "correct.second_login" },
	{ "second_password", FIELD_PASSWORD, false, 0, 200, NULL, "correct.second_password" },
};
#define FIELDS (sizeof(fields) / sizeof(fields[0]))
static const struct field count_field = { "count", FIELD_INT, true, 1, BLOCK_MAX, NULL, "late.count" };

static const char *symbol_of(const struct web *web, struct pool *pool)
{
	return pool_printf(pool, "NB%s", web->settings->point_no);
}

static enum rc show(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	struct late_block *blocks = NULL;
	bool again = request->method == METHOD_POST;
	size_t count = 0;
	enum rc rc = late_blocks(web->store, request->pool, &blocks, &count);

	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		struct view *item = view_item(view, "blocks");

		view_set(item, "block_url", pool_printf(request->pool, "/nhap-bu/in/%s", blocks[i].id_hex));
		view_set(item, "first", late_number(request->pool, blocks[i].symbol, blocks[i].first));
		view_set(item, "last", late_number(request->pool, blocks[i].symbol, blocks[i].last));
		view_set(item, "opened", show_date(request->pool, blocks[i].opened_at));
		view_set(item, "used", pool_printf(request->pool, "%lld", (long long)blocks[i].used));
		view_set(item, "left", pool_printf(request->pool, "%lld", (long long)(blocks[i].last -
				blocks[i].first + 1 - blocks[i].used)));
	}
	if (rc != RC_OK)
		return rc;
	view_flag(view, "blocks_shown", count > 0);
	if (again) {
		form_show(request->form, fields, FIELDS, view);
		view_set(view, "count_fault", form_fault_of(request->form, "count"));
		view_set(view, "count", form_raw(request->form, "count"));
		response->status = 422;
	}
	view_flag(view, "may_print", frame_can(request, ROLE_MANAGER));
	view_flag(view, "may_enter", frame_can(request, ROLE_INTAKE));
	view_set(view, "sample", late_number(request->pool, symbol_of(web, request->pool), 12));
	view_set(view, "title", text_get("late.title"));
	return web_page(web, request, response, "intake/late", view);
}

/* ---- the paper ---- */

enum rc page_late_block(struct web *web, struct request *request, struct response *response)
{
	const char *form_id = form_raw(request->form, "form_id"), *reason = NULL;
	char *location = NULL, id[33];
	enum rc rc = form_check(request->form, &count_field, 1);

	if (rc == RC_INVALID)
		return show(web, request, response);
	if (rc == RC_OK)
		rc = store_begin(web->store, false);
	if (rc != RC_OK)
		return rc;
	rc = form_claim(web->store, request->pool, form_id, &location);
	if (rc == RC_OK)
		rc = late_block_open(web->store, request->pool, request->session->account.id,
				symbol_of(web, request->pool), form_int(request->form, "count", 0), id, &reason);
	if (rc == RC_OK) {
		location = pool_printf(request->pool, "/nhap-bu/in/%s", id);
		rc = form_done(web->store, form_id, location);
	}
	if (rc == RC_OK)
		rc = store_commit(web->store);
	else
		store_abort(web->store);
	if (rc == RC_OK || rc == RC_EXISTS) {
		response_see_other(response, location);
		return RC_OK;
	}
	return rc;
}

enum rc page_late_print(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	const struct settings *settings = web->settings;
	struct late_block block;
	enum rc rc = late_block_find(web->store, request->pool, request->params[0], &block);

	if (rc != RC_OK)
		return rc;
	for (int64_t i = block.first; i <= block.last; i++) {
		struct view *sheet = view_item(view, "sheets");

		for (int copy = 0; copy < 2; copy++) {
			struct view *item = view_item(sheet, "copies");
			char *number = late_number(request->pool, block.symbol, i);

			view_set(item, "number", number);
			view_set(item, "copy_name", text_get(copy == 0 ? "slip.copy.keep" : "slip.copy.give"));
		}
	}
	view_set(view, "parent_name", text_upper(request->pool, settings->parent_name));
	view_set(view, "agency_name", text_upper(request->pool, settings->agency_name));
	view_set(view, "point_name", settings->point_name);
	view_set(view, "point_address", settings->point_address);
	view_set(view, "point_phone", settings->point_phone);
	view_set(view, "title", text_get("late.paper"));
	return web_page(web, request, response, "print/late", view);
}

/* ---- one paper becomes a draft ---- */

static enum rc check(struct correct *c, const char **number, int64_t *at_ms)
{
	struct form *form = c->request->form;
	struct pool *pool = c->request->pool;
	int64_t now_ms = c->request->now_ms;
	const char *reason = NULL;
	enum rc rc = form_check(form, fields, FIELDS);

	*number = "";
	if (rc != RC_OK && rc != RC_INVALID)
		return rc;
	if (form_text(form, "true_at")[0] != '\0' &&
			when_parse_local(form_text(form, "true_at"), at_ms) != RC_OK)
		form_fault(form, "true_at", "takeover.no_date");
	else if (form_text(form, "true_at")[0] != '\0' && *at_ms > now_ms)
		form_fault(form, "true_at", "late.future");
	else if (form_text(form, "true_at")[0] != '\0' && *at_ms < now_ms - OLDEST_MS)
		form_fault(form, "true_at", "late.too_old");
	if (form_text(form, "paper_no")[0] != '\0') {
		rc = late_number_parse(pool, symbol_of(c->web, pool), form_text(form, "paper_no"), number);
		if (rc == RC_OK)
			rc = late_number_check(c->web->store, pool, *number, &reason);
		if (rc == RC_INVALID || rc == RC_CONFLICT)
			form_fault(form, "paper_no", rc == RC_INVALID ? "late.range" : reason);
		else if (rc != RC_OK)
			return rc;
	}
	if (form_has_faults(form))
		return RC_INVALID;
	return correct_second(c);
}

enum rc page_late(struct web *web, struct request *request, struct response *response)
{
	static const struct correction spec = { .key = "late", .second = ROLES_STAFF,
		.second_always = true };
	struct correct c = { .web = web, .request = request, .response = response, .spec = &spec };
	const struct account *account = &request->session->account;
	const char *number;
	json_t *data, *late;
	int64_t at_ms = 0;
	bool done = false;
	char id[33];
	enum rc rc;

	if (request->method != METHOD_POST)
		return show(web, request, response);
	rc = correct_sent_before(&c, &done);
	if (rc != RC_OK || done)
		return rc;
	rc = check(&c, &number, &at_ms);
	if (rc == RC_INVALID)
		return show(web, request, response);
	if (rc != RC_OK)
		return rc;
	data = json_new_object();
	late = draft_data_object(data, "late");
	json_put(late, "paper_no", number);
	json_put_int(late, "received_at", at_ms);
	json_put(late, "reason", form_text(request->form, "reason"));
	json_put(late, "second", c.second.id);
	rc = draft_new(web->store, account->id, account->name, data, id);
	json_decref(data);
	if (rc == RC_OK)
		rc = draft_page_begun(web, request, response, id, "/nguoi");
	return rc;
}
