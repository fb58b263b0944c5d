/*
 * post.c: with the postal employee: what came by post becomes drafts, its clock starting at the
 * incoming postmark (/buu-chinh/nhan); results that go by post leave in one list with their tracking
 * numbers (/buu-chinh/giao), with labels to print; each is delivered or comes back. Shows address and
 * telephone, never a scan.
 */
#include <string.h>

#include "base/encode.h"
#include "base/text.h"
#include "base/when.h"
#include "crypt/random.h"
#include "intake/intake.h"
#include "store/account.h"
#include "store/draft.h"
#include "store/handover.h"
#include "web/show.h"
#include "web/text_vi.h"

#define ROWS 40		/* three fields a row, of a form's 200 */

/* ---- taken in ---- */

static const struct field take_fields[] = {
	{ "postmark", FIELD_DATE, true, 0, 0, NULL, "post.postmark" },
	{ "letters", FIELD_LINES, true, 4, 6000, NULL, "post.letters" },
};

/* Noon of the postmark's day: the day counts, not the hour. */
static int64_t postmark_at(const struct form *form)
{
	struct when_local local = { 0 };
	int64_t at_ms = 0;

	if (when_parse_date(form_text(form, "postmark"), &local.year, &local.month, &local.day) != RC_OK)
		return 0;
	local.hour = 12;
	return when_from_local(&local, &at_ms) == RC_OK ? at_ms : 0;
}

/* One draft for each line "tracking number" or "tracking number: sender". */
static enum rc write_drafts(struct web *web, struct request *request, int64_t *count)
{
	const struct account *own = &request->session->account;
	const char *at = form_text(request->form, "letters");
	int64_t postmarked_at = postmark_at(request->form);
	struct pool *pool = request->pool;
	enum rc rc = RC_OK;
	char id[33];

	for (*count = 0; rc == RC_OK && *at != '\0'; at += strcspn(at, "\n")) {
		size_t len, code;
		json_t *data, *applicant;

		at += strspn(at, " \t\n");
		len = strcspn(at, "\n");
		code = strcspn(at, ": \t\n");
		if (len == 0)
			continue;
		data = json_new_object();
		json_put(data, "channel", "post");
		json_put(data, "tracking", text_upper(pool, pool_strndup(pool, at, code)));
		json_put_int(data, "postmarked_at", postmarked_at);
		while (code < len && strchr(": \t", at[code]) != NULL)
			code++;
		if (code < len) {
			applicant = json_new_object();
			json_put(applicant, "name", pool_strndup(pool, at + code, len - code));
			json_put_value(data, "applicant", applicant);
		}
		rc = draft_new(web->store, own->id, own->name, data, id);
		json_decref(data);
		(*count)++;
	}
	return rc;
}

static enum rc take(struct web *web, struct request *request, struct response *response)
{
	const char *form_id = form_raw(request->form, "form_id");
	char *location = NULL;
	int64_t count = 0;
	enum rc rc = store_begin(web->store, true);

	if (rc != RC_OK)
		return rc;
	rc = form_claim(web->store, request->pool, form_id, &location);
	if (rc == RC_OK)
		rc = write_drafts(web, request, &count);
	if (rc == RC_OK) {
		location = pool_strdup(request->pool, "/quay?viec=nhap");
		rc = form_done(web->store, form_id, location);
	}
	if (rc == RC_OK)
		rc = store_commit(web->store);
	else
		store_abort(web->store);
	if (rc != RC_OK && rc != RC_EXISTS)
		return rc;
	response_see_other(response, location);
	return RC_OK;
}

enum rc page_post_in(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);

	if (request->method == METHOD_POST) {
		enum rc rc = form_check(request->form, take_fields, 2);

		if (rc == RC_OK && postmark_at(request->form) > request->now_ms + WHEN_DAY_MS / 2)
			form_fault(request->form, "postmark", "step1.postmark_future");
		if (!form_has_faults(request->form))
			return take(web, request, response);
		form_show(request->form, take_fields, 2, view);
		response->status = 422;
	} else {
		view_set(view, "postmark", show_date(request->pool, request->now_ms));
	}
	view_set(view, "title", text_get("post.in"));
	return web_page(web, request, response, "intake/post_in", view);
}

/* ---- sent out ---- */

static const struct field send_fields[] = {
	{ "carrier", FIELD_LINE, true, 2, 120, NULL, "post.carrier" },
};

/* Where it goes: what the citizen asked for, else the applicant's address. */
static enum rc show_address(struct web *web, struct view *item, const struct dossier_row *row)
{
	struct pool *pool = view_pool(item);
	const json_t *delivery, *applicant;
	json_t *body = NULL;
	enum rc rc = dossier_body(web->store, row, &body);

	if (rc == RC_NOT_FOUND)
		return RC_OK;
	if (rc != RC_OK)
		return rc;
	delivery = json_object_get(body, "delivery");
	applicant = json_object_get(body, "applicant");
	view_set(item, "to_name", pool_strdup(pool, json_text(delivery, "name")[0] != '\0' ?
			json_text(delivery, "name") : row->applicant));
	view_set(item, "to_phone", pool_strdup(pool, json_text(delivery, "phone")[0] != '\0' ?
			json_text(delivery, "phone") : row->phone));
	view_set(item, "to_address", pool_strdup(pool, json_text(delivery, "address")[0] != '\0' ?
			json_text(delivery, "address") : json_text(applicant, "address")));
	json_decref(body);
	return RC_OK;
}

struct letter {
	const char *tracking;
	int64_t postage;
};

/* What was typed for a row; false: it stays here. */
static bool letter_of(struct request *request, const struct dossier_row *row, struct letter *out)
{
	struct pool *pool = request->pool;
	const char *typed = form_raw(request->form, pool_printf(pool, "vd_%s", row->id_hex));
	const char *money = form_raw(request->form, pool_printf(pool, "cuoc_%s", row->id_hex));
	char *clean = NULL;

	out->postage = 0;
	if (text_clean(pool, typed, strlen(typed), TEXT_ONE_LINE, &clean) != RC_OK || clean[0] == '\0')
		return false;
	out->tracking = text_upper(pool, clean);
	if (money[0] != '\0' && num_parse(money, 0, 100000000, &out->postage) != RC_OK)
		form_fault(request->form, "carrier", "post.postage_wrong");
	if (strlen(clean) > 60)
		form_fault(request->form, "carrier", "post.tracking_long");
	return true;
}

static enum rc give(struct web *web, struct request *request, const struct dossier_row *row,
		const struct letter *letter, const char *list, const char *batch, const char **reason)
{
	json_t *body = json_new_object();
	struct event event;
	const struct act act = {
		.subject_kind = SUBJECT_DOSSIER,
		.subject = row->id,
		.kind = "handover.given",
		.actor = request->session->account.id,
		.body = body,
	};
	enum rc rc;

	json_put(body, "list", list);
	json_put(body, "to", form_text(request->form, "carrier"));
	json_put(body, "from", request->session->account.name);
	json_put(body, "what", "result");
	json_put(body, "carrier", form_text(request->form, "carrier"));
	json_put(body, "tracking", letter->tracking);
	if (letter->postage > 0)
		json_put_int(body, "postage", letter->postage);
	json_put(body, "batch", batch);
	rc = act_append(web->store, &act, &event, reason);
	json_decref(body);
	return rc;
}

/* The candidates are read inside the write: what left meanwhile is not on them. */
static enum rc send(struct web *web, struct request *request, struct response *response)
{
	const char *form_id = form_raw(request->form, "form_id"), *list = NULL, *reason = NULL;
	struct dossier_row *rows = NULL;
	char *location = NULL, day[8], batch[33];
	size_t count = 0;
	enum rc rc = store_begin(web->store, false);

	if (rc != RC_OK)
		return rc;
	random_hex(16, batch);
	when_yymmdd(request->now_ms, day);
	rc = form_claim(web->store, request->pool, form_id, &location);
	if (rc == RC_OK)
		rc = handover_next(web->store, request->pool, day, &list);
	if (rc == RC_OK)
		rc = handover_candidates(web->store, request->pool, HANDOVER_OF_RESULTS, "post", ROWS,
				&rows, &count);
	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		struct letter letter;

		if (letter_of(request, &rows[i], &letter))
			rc = give(web, request, &rows[i], &letter, list, batch, &reason);
	}
	if (rc == RC_OK) {
		location = pool_printf(request->pool, "/ban-giao/%s", list);
		rc = form_done(web->store, form_id, location);
	}
	if (rc == RC_OK)
		rc = store_commit(web->store);
	else
		store_abort(web->store);
	if (rc != RC_OK && rc != RC_EXISTS)
		return rc;
	response_see_other(response, location);
	return RC_OK;
}

static enum rc show_letters(struct web *web, struct request *request, struct view *view)
{
	struct handover_row *rows = NULL;
	struct dossier_row *dossiers = NULL;
	size_t count = 0;
	enum rc rc = handover_in_post(web->store, request->pool, ROWS, &rows, &dossiers, &count);

	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		struct view *item = view_item(view, "letters");

		dossier_show_row(item, &dossiers[i], request->now_ms);
		view_set(item, "tracking", rows[i].tracking);
		view_set(item, "carrier", rows[i].carrier);
		view_set(item, "list", rows[i].list);
		view_set(item, "at", show_time_screen(request->pool, rows[i].at));
		view_set(item, "seen", dossiers[i].seen);
		rc = show_address(web, item, &dossiers[i]);
		view_flag(view, "letters_shown", true);
	}
	return rc;
}

enum rc page_post_out(struct web *web, struct request *request, struct response *response)
{
	bool post = request->method == METHOD_POST, any = false, done = false;
	struct view *view = view_new(request->pool);
	struct dossier_row *rows = NULL;
	size_t count = 0;
	enum rc rc = RC_OK;

	if (post)
		rc = act_sent_before(web, request, response, &done);
	if (rc == RC_OK && !done)
		rc = handover_candidates(web->store, request->pool, HANDOVER_OF_RESULTS, "post", ROWS,
				&rows, &count);
	if (rc != RC_OK || done)
		return rc;
	if (post && form_check(request->form, send_fields, 1) == RC_INVALID)
		response->status = 422;
	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		struct view *item = view_item(view, "rows");
		struct letter letter = { "", 0 };

		any = (post && letter_of(request, &rows[i], &letter)) || any;
		dossier_show_row(item, &rows[i], request->now_ms);
		view_set(item, "id", pool_strdup(request->pool, rows[i].id_hex));
		view_set(item, "tracking", letter.tracking);
		view_set(item, "postage", post ? form_raw(request->form, pool_printf(request->pool,
				"cuoc_%s", rows[i].id_hex)) : "");
		rc = show_address(web, item, &rows[i]);
		view_flag(view, "rows_shown", true);
	}
	if (post && !any)
		form_fault(request->form, "carrier", "post.none_typed");
	if (rc == RC_OK && post && !form_has_faults(request->form))
		return send(web, request, response);
	if (post) {
		form_show(request->form, send_fields, 1, view);
		response->status = 422;
	} else {
		view_set(view, "carrier", text_get("post.carrier_default"));
	}
	if (rc == RC_OK)
		rc = show_letters(web, request, view);
	view_set(view, "title", text_get("post.out"));
	return rc == RC_OK ? web_page(web, request, response, "intake/post_out", view) : rc;
}

/* ---- delivered, or back ---- */

static const struct field outcome_fields[] = {
	{ "outcome", FIELD_CHOICE, true, 0, 0, "delivered|back", "post.outcome" },
	{ "tracking", FIELD_LINE, true, 1, 60, NULL, "act.return.tracking" },
	{ "reason", FIELD_LINE, false, 0, 200, NULL, "post.reason" },
};

/* What follows for the dossier: returned by post, or its result lies here again. */
static json_t *after_body(struct request *request, const struct dossier_row *row, bool delivered)
{
	json_t *body = json_new_object(), *receiver;

	if (!delivered) {
		json_put(body, "place", text_get("post.back_place"));
		json_put(body, "account", request->session->account.id);
		json_put_int(body, "at", request->now_ms);
		return body;
	}
	receiver = json_new_object();
	json_put_flag(receiver, "self", true);
	json_put(receiver, "name", row->applicant);
	json_put_int(body, "returned_at", request->now_ms);
	json_put_value(body, "receiver", receiver);
	json_put(body, "way", "post");
	json_put(body, "tracking", form_text(request->form, "tracking"));
	return body;
}

/* Buttons of a row: a fault can only come from a forged or stale form. */
enum rc page_post_outcome(struct web *web, struct request *request, struct response *response)
{
	struct act_part parts[2] = { { "post.delivered", NULL }, { NULL, NULL } };
	struct dossier_row row;
	json_t *body, *after;
	bool delivered, done = false;
	enum rc rc = act_dossier(web, request, &row);

	if (rc == RC_OK)
		rc = act_sent_before(web, request, response, &done);
	if (rc == RC_OK && !done)
		rc = form_check(request->form, outcome_fields, 3);
	if (rc != RC_OK || done)
		return rc;
	delivered = strcmp(form_text(request->form, "outcome"), "delivered") == 0;
	if (row.facts.state != STATE_RESULT)
		return act_conflict(web, request, response, &row, "rule.state");
	body = json_new_object();
	json_put(body, "tracking", form_text(request->form, "tracking"));
	json_put_flag(body, "delivered", delivered);
	json_put_int(body, "at", request->now_ms);
	json_put(body, "reason", delivered ? "" : form_text(request->form, "reason"));
	after = after_body(request, &row, delivered);
	parts[0].body = body;
	parts[1] = (struct act_part){ delivered ? "dossier.result_returned" : "place.noted", after };
	rc = act_write_parts(web, request, response, &row, parts, 2, "/buu-chinh/giao",
			form_raw(request->form, "form_id"), form_raw(request->form, "seen"));
	json_decref(after);
	json_decref(body);
	return rc;
}

/* ---- labels ---- */

enum rc page_post_labels(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	struct handover_row *rows = NULL;
	struct dossier_row *dossiers = NULL;
	size_t count = 0;
	enum rc rc = handover_items(web->store, request->pool, request->params[0], &rows, &dossiers,
			&count);

	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		struct view *item = view_item(view, "labels");

		view_set(item, "code", dossiers[i].code);
		view_set(item, "tracking", rows[i].tracking);
		if (rows[i].tracking[0] != '\0')
			view_svg(item, "bars", show_code128_svg(request->pool, rows[i].tracking));
		rc = show_address(web, item, &dossiers[i]);
	}
	view_set(view, "list", rc == RC_OK ? rows[0].list : "");
	view_set(view, "from_name", web->settings->agency_name);
	view_set(view, "from_address", web->settings->point_address);
	view_set(view, "from_phone", web->settings->point_phone);
	view_set(view, "title", text_get("post.labels"));
	return rc == RC_OK ? web_page(web, request, response, "print/labels", view) : rc;
}
