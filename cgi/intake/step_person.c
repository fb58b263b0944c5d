/*
 * step_person.c: page 1 of a new dossier (/nguoi): whose it is, who brings it, by which way. A card
 * that is scanned into "the" fills the page and leads on; its contradictions are said, never a block.
 */
#include <string.h>

#include "base/when.h"
#include "dossier/card.h"
#include "intake/step_person.h"
#include "web/show.h"
#include "web/text_vi.h"

static const struct field fields[] = {
	{ "type", FIELD_CHOICE, true, 0, 0, "person|household|organisation", "step1.type" },
	{ "doc_type", FIELD_CHOICE, false, 0, 0, "cccd|passport|birth_certificate|cmnd|none",
	  "step1.doc_type" },
	{ "number", FIELD_LINE, false, 0, 30, NULL, "step1.number" },
	{ "name", FIELD_LINE, true, 2, 160, NULL, "step1.name_label" },
	{ "birth", FIELD_DATE, false, 0, 1, NULL, "step1.birth" },
	{ "sex", FIELD_CHOICE, false, 0, 0, "nam|nu", "step1.sex" },
	{ "address", FIELD_LINE, true, 4, 240, NULL, "step1.address" },
	{ "residence", FIELD_LINE, false, 0, 240, NULL, "step1.residence" },
	{ "phone", FIELD_PHONE, false, 0, 0, NULL, "step1.phone" },
	{ "no_phone", FIELD_FLAG, false, 0, 0, NULL, "step1.no_phone" },
	{ "email", FIELD_EMAIL, false, 0, 0, NULL, "step1.email" },
	{ "tax_code", FIELD_TAX, false, 0, 0, NULL, "step1.tax_code" },
	{ "representative", FIELD_LINE, false, 0, 160, NULL, "step1.representative" },
	{ "position", FIELD_LINE, false, 0, 120, NULL, "step1.position" },
	{ "who", FIELD_CHOICE, true, 0, 0, "self|other", "step1.who" },
	{ "s_number", FIELD_LINE, false, 0, 30, NULL, "step1.s_number" },
	{ "s_name", FIELD_LINE, false, 0, 160, NULL, "step1.s_name" },
	{ "s_phone", FIELD_PHONE, false, 0, 0, NULL, "step1.s_phone" },
	{ "s_relation", FIELD_LINE, false, 0, 80, NULL, "step1.s_relation" },
	{ "s_authorisation", FIELD_LINE, false, 0, 80, NULL, "step1.s_authorisation" },
	{ "s_authorised_on", FIELD_DATE, false, 0, 0, NULL, "step1.s_authorised_on" },
	{ "s_authorised_at", FIELD_LINE, false, 0, 160, NULL, "step1.s_authorised_at" },
	{ "channel", FIELD_CHOICE, true, 0, 0, "counter|post|outside", "step1.channel" },
	{ "postmark", FIELD_DATE, false, 0, 0, NULL, "step1.postmark" },
	{ "tracking", FIELD_LINE, false, 0, 40, NULL, "step1.tracking" },
	{ "outside_place", FIELD_LINE, false, 0, 160, NULL, "step1.outside_place" },
};
#define FIELDS (sizeof(fields) / sizeof(fields[0]))

static const struct draft_data_place places[] = {
	{ "applicant", "type" }, { "applicant", "doc_type" }, { "applicant", "number" },
	{ "applicant", "name" }, { "applicant", "birth" }, { "applicant", "sex" },
	{ "applicant", "address" }, { "applicant", "residence" }, { "applicant", "phone" },
	{ "applicant", "no_phone" }, { "applicant", "email" }, { "applicant", "tax_code" },
	{ "applicant", "representative" }, { "applicant", "position" },
	{ NULL, NULL },			/* who: submitter.self */
	{ "submitter", "number" }, { "submitter", "name" }, { "submitter", "phone" },
	{ "submitter", "relation" }, { "submitter", "authorisation" },
	{ "submitter", "authorised_on" }, { "submitter", "authorised_at" },
	{ NULL, "channel" },
	{ NULL, NULL },			/* postmark: postmarked_at */
	{ NULL, "tracking" }, { NULL, "outside_place" },
};
_Static_assert(sizeof(places) / sizeof(places[0]) == FIELDS, "one place for each field");

static const struct draft_data_set set = { fields, places, FIELDS };

/* ---- what the table cannot say ---- */

static bool is(const struct form *form, const char *field, const char *value)
{
	return strcmp(form_raw(form, field), value) == 0;
}

static void need(struct form *form, const char *field, const char *text_key)
{
	const char *raw = form_raw(form, field);

	if (raw[strspn(raw, " \t\r\n")] == '\0')
		form_fault(form, field, text_key);
}

static size_t digits(const char *text)
{
	size_t count = strspn(text, "0123456789");

	return text[count] == '\0' ? count : 0;
}

static void check_document(struct form *form)
{
	const char *number = form_text(form, "number");
	size_t count = digits(number);

	if (is(form, "doc_type", "none"))
		return;
	need(form, "doc_type", "step1.need_doc_type");
	need(form, "number", "step1.need_number");
	if (number[0] == '\0')
		return;
	if (is(form, "doc_type", "cccd") && count != 12)
		form_fault(form, "number", "step1.number_cccd");
	if (is(form, "doc_type", "cmnd") && count != 9 && count != 12)
		form_fault(form, "number", "step1.number_cmnd");
}

static void check_rest(struct form *form, int64_t now_ms)
{
	const char *postmark = form_text(form, "postmark");
	int year, month, day;

	if (is(form, "type", "organisation")) {
		need(form, "tax_code", "step1.need_tax_code");
		need(form, "representative", "step1.need_representative");
	} else {
		check_document(form);
	}
	if (form_raw(form, "no_phone")[0] == '\0')
		need(form, "phone", "step1.need_phone");
	if (is(form, "who", "other")) {
		need(form, "s_name", "step1.need_s_name");
		need(form, "s_relation", "step1.need_relation");
	}
	if (!is(form, "channel", "post"))
		return;
	need(form, "postmark", "step1.need_postmark");
	if (postmark[0] != '\0' && when_parse_date(postmark, &year, &month, &day) == RC_OK) {
		struct when_local now;

		when_to_local(now_ms, &now);
		if (when_day_number(year, month, day) > when_day_number(now.year, now.month, now.day))
			form_fault(form, "postmark", "step1.postmark_future");
	}
}

static void merge(json_t *data, const struct form *form)
{
	const char *postmark = form_text(form, "postmark"), *who = form_text(form, "who");
	struct when_local local = { 0 };
	int64_t at_ms;

	draft_data_merge(data, form, &set);
	if (strcmp(who, "self") == 0 || strcmp(who, "other") == 0)
		json_put_flag(draft_data_object(data, "submitter"), "self", strcmp(who, "self") == 0);
	if (postmark[0] != '\0' && when_parse_date(postmark, &local.year, &local.month,
			&local.day) == RC_OK && when_from_local(&local, &at_ms) == RC_OK)
		json_put_int(data, "postmarked_at", at_ms);
}

/* A typed number contradicts birth or sex: a warning of the draft, as the card's are. */
static void cross_check(json_t *data)
{
	const json_t *applicant = json_object_get(data, "applicant");
	const char *warning = card_check_number(json_text(applicant, "number"),
			json_text(applicant, "birth"), json_text(applicant, "sex"));
	json_t *warnings = json_new_array();

	if (warning != NULL)
		json_add(warnings, json_string(warning));
	json_put_value(data, "warnings", warnings);
}

static enum rc show(struct web *web, struct request *request, struct response *response,
		const struct draft *draft, struct form *form)
{
	struct view *view = view_new(request->pool);
	const json_t *submitter = json_object_get(draft->data, "submitter");
	int64_t postmarked_at = json_int(draft->data, "postmarked_at", 0);
	struct form *known = NULL;
	enum rc rc = RC_OK;

	if (form == NULL) {
		rc = draft_data_form(request->pool, draft->data, &set, &known);
		if (rc != RC_OK)
			return rc;
		form_show(known, fields, FIELDS, view);
		if (form_raw(known, "type")[0] == '\0')
			view_flag(view, "type_is_person", true);
		if (form_raw(known, "doc_type")[0] == '\0')
			view_flag(view, "doc_type_is_cccd", true);
		if (form_raw(known, "channel")[0] == '\0')
			view_flag(view, "channel_is_counter", true);
		view_flag(view, submitter != NULL && !json_flag(submitter, "self") ? "who_is_other" :
				"who_is_self", true);
		if (postmarked_at > 0)
			view_set(view, "postmark", show_date(request->pool, postmarked_at));
	} else {
		form_show(form, fields, FIELDS, view);
		view_set(view, "card", form_raw(form, "card"));
		view_flag(view, "card_photo_open", (request->route->policy & ROUTE_STREAM) != 0);
		view_set(view, "s_card", form_raw(form, "s_card"));
	}
	view_set(view, "card_upload", pool_printf(request->pool, "/tai-len/the/%s", draft->id));
	view_set(view, "title", text_get("step1.title"));
	view_flag(view, "focus_card", form == NULL &&
			json_text(json_object_get(draft->data, "applicant"), "name")[0] == '\0');
	return draft_page_show(web, request, response, draft, 1, view);
}

/* A card into its person. False: it cannot be read, and the field has its fault. */
static bool read_card(struct request *request, const struct draft *draft, const char *field,
		const char *payload, size_t len)
{
	const char *who = strcmp(field, "card") == 0 ? "applicant" : "submitter";
	const char *reason = "card.error.form";
	struct card card;

	if (card_parse(request->pool, payload, len, &card, &reason) != RC_OK) {
		form_fault(request->form, field, reason);
		return false;
	}
	draft_data_card(draft->data, who, &card);
	return true;
}

static bool blank(const struct form *form, const char *field)
{
	const char *raw = form_raw(form, field);

	return raw[strspn(raw, " \t\r\n")] == '\0';
}

/* A card of one of the two persons: nothing else is demanded yet. */
static enum rc take_card(struct web *web, struct request *request, struct response *response,
		const struct draft *draft, const char *field, const char *payload, size_t len)
{
	bool own = strcmp(field, "card") == 0;
	const char *next = "/nguoi";

	if (!read_card(request, draft, field, payload, len))
		return show(web, request, response, draft, request->form);
	if (own && json_text(json_object_get(draft->data, "applicant"), "address")[0] != '\0')
		next = "/thu-tuc";
	else if (!own)
		next = "/nguoi#s_relation";
	return draft_page_save(web, request, response, draft, next);
}

static enum rc post(struct web *web, struct request *request, struct response *response,
		const struct draft *draft)
{
	bool later = form_raw(request->form, "later")[0] != '\0';
	bool cards = !blank(request->form, "card") || !blank(request->form, "s_card");
	enum rc rc = form_check(request->form, fields, FIELDS);

	if (rc != RC_OK && rc != RC_INVALID)
		return rc;
	if (cards) {
		const char *field = !blank(request->form, "card") ? "card" : "s_card";
		const char *payload = form_raw(request->form, field);

		/* Faults of fields left blank do not matter yet: what is right was cleaned above. */
		merge(draft->data, request->form);
		form_clear_faults(request->form);
		return take_card(web, request, response, draft, field, payload, strlen(payload));
	}
	check_rest(request->form, request->now_ms);
	merge(draft->data, request->form);
	cross_check(draft->data);
	if (!form_has_faults(request->form) || later)
		return draft_page_save(web, request, response, draft, "/thu-tuc");
	rc = draft_save(web->store, draft->id, draft->data);
	return rc == RC_OK ? show(web, request, response, draft, request->form) : rc;
}

enum rc step_person_photo(struct web *web, struct request *request, struct response *response,
		const struct draft *draft, const struct step_person_photo *photo)
{
	enum rc rc = form_check(request->form, fields, FIELDS);

	if (rc != RC_OK && rc != RC_INVALID)
		return rc;
	merge(draft->data, request->form);
	form_clear_faults(request->form);
	if (photo->fault == NULL)
		return take_card(web, request, response, draft, photo->field, photo->text, photo->len);
	rc = draft_save(web->store, draft->id, draft->data);
	form_fault(request->form, photo->field, photo->fault);
	return rc == RC_OK ? show(web, request, response, draft, request->form) : rc;
}

enum rc page_step_person(struct web *web, struct request *request, struct response *response)
{
	struct draft draft;
	bool go;
	enum rc rc = draft_page_open(web, request, response, &draft, &go);

	if (rc == RC_OK && go)
		rc = request->method == METHOD_POST ? post(web, request, response, &draft) :
				show(web, request, response, &draft, NULL);
	draft_free(&draft);
	return rc;
}
