/*
 * correct_amend.c: what was written wrong at acceptance (/sua): each member before and after, with
 * the reason. Another name or number makes the dossier somebody else's: a second person stands for it.
 */
#include "intake/correct.h"

#include <string.h>

#include "dossier/request_act.h"
#include "web/show.h"
#include "web/text_vi.h"

#define COUNT(fields) (sizeof(fields) / sizeof((fields)[0]))
#define OF_APPLICANT 7		/* the first fields are the applicant's members */

static const struct field fields[] = {
	{ "name", FIELD_LINE, true, 2, 160, NULL, "act.return.name" },
	{ "number", FIELD_LINE, false, 6, 30, NULL, "dossier.number" },
	{ "birth", FIELD_DATE, false, 0, 1, NULL, "correct.birth" },
	{ "phone", FIELD_PHONE, false, 0, 0, NULL, "dossier.phone" },
	{ "email", FIELD_EMAIL, false, 0, 0, NULL, "correct.email" },
	{ "address", FIELD_LINE, false, 0, 300, NULL, "dossier.address" },
	{ "residence", FIELD_LINE, false, 0, 300, NULL, "correct.residence" },
	{ "content", FIELD_LINES, false, 0, 500, NULL, "dossier.content" },
	{ "reason", FIELD_LINES, true, 3, 1000, NULL, "correct.reason" },
	{ "new_slip", FIELD_FLAG, false, 0, 0, NULL, "correct.new_slip" },
};

static const char *now_of(struct correct *c, const char *name)
{
	if (correct_accepted(c) != RC_OK)
		return "";
	if (strcmp(name, "content") == 0)
		return c->row.content;
	return json_text(json_object_get(c->accepted, "applicant"), name);
}

static const char *initial(struct correct *c, const char *name)
{
	if (strcmp(name, "new_slip") == 0)
		return c->row.slip_no > 0 ? "1" : "";
	if (strcmp(name, "reason") == 0)
		return "";
	if (strcmp(name, "birth") == 0 && now_of(c, name)[0] != '\0')
		return show_birth(c->request->pool, now_of(c, name));
	return pool_strdup(c->request->pool, now_of(c, name));
}

static bool changed(struct correct *c, const char *name)
{
	return strcmp(form_text(c->request->form, name), now_of(c, name)) != 0;
}

/* A card's number has 12 digits, an old one 9; passports and tax codes are as they are. */
static bool number_fits(struct correct *c)
{
	const char *type = json_text(json_object_get(c->accepted, "applicant"), "doc_type");
	const char *number = form_text(c->request->form, "number");
	size_t len = strlen(number);

	if (strcmp(type, "cccd") != 0 && strcmp(type, "cmnd") != 0)
		return true;
	return strspn(number, "0123456789") == len && (len == 12 || (len == 9 && type[1] == 'm'));
}

static enum rc check(struct correct *c)
{
	struct form *form = c->request->form;
	bool any = false;
	enum rc rc = correct_accepted(c);

	if (rc != RC_OK)
		return rc;
	for (size_t i = 0; i <= OF_APPLICANT; i++)
		any = any || changed(c, fields[i].name);
	if (!any)
		form_fault(form, "name", "correct.nothing_changed");
	if (changed(c, "number") && !number_fits(c))
		form_fault(form, "number", "form.id_number");
	if (form_has_faults(form) || (!changed(c, "name") && !changed(c, "number")))
		return RC_OK;
	return correct_second(c);
}

static enum rc body(struct correct *c, json_t *out)
{
	struct form *form = c->request->form;
	const json_t *applicant = json_object_get(c->accepted, "applicant");
	json_t *set = json_new_object(), *before = json_new_object();
	json_t *person = json_deep_copy(applicant);
	bool other = false;

	for (size_t i = 0; i < OF_APPLICANT; i++) {
		const char *name = fields[i].name;

		if (!changed(c, name))
			continue;
		other = true;
		(void)json_object_del(person, name);
		json_put(person, name, form_text(form, name));
	}
	if (json_text(person, "phone")[0] != '\0')
		(void)json_object_del(person, "no_phone");
	if (other) {
		json_put_value(before, "applicant", json_deep_copy(applicant));
		json_put_value(set, "applicant", person);
	} else {
		json_decref(person);
	}
	if (changed(c, "content")) {
		json_put(before, "content", c->row.content);
		json_put(set, "content", form_text(form, "content"));
	}
	json_put_value(out, "set", set);
	json_put_value(out, "before", before);
	json_put(out, "reason", form_text(form, "reason"));
	if (c->has_second)
		json_put(out, "second", c->second.id);
	if (c->spec->count == COUNT(fields) && c->row.slip_no > 0 && form_flag(form, "new_slip"))
		return correct_new_slip(c, out);
	return RC_OK;
}

enum rc page_amend(struct web *web, struct request *request, struct response *response)
{
	static const struct correction amend = { .key = "amend", .kind = "dossier.amended",
		.fields = fields, .count = COUNT(fields), .second = ROLES_STAFF,
		.initial = initial, .check = check, .body = body };

	return correct_run(web, request, response, &amend);
}

/* The same, asked of the province while it holds the dossier: the whole change travels with it. */
static enum rc request_body(struct correct *c, json_t *out)
{
	json_t *details = json_new_object();
	enum rc rc = body(c, details);

	json_put(out, "act", "amend");
	json_put(out, "reason", json_text(details, "reason"));
	json_put_value(out, "details", details);
	return rc;
}

enum rc page_request_amend(struct web *web, struct request *request, struct response *response)
{
	/* No new slip: its secret is the point's, made when it is printed. */
	static const struct correction amend = { .key = "request_amend", .kind = "request.made",
		.fields = fields, .count = COUNT(fields) - 1, .second = ROLES_STAFF,
		.initial = initial, .check = check, .body = request_body, .leads_to = "/yeu-cau" };
	struct dossier_row row;
	enum rc rc = act_dossier(web, request, &row);

	if (rc != RC_OK)
		return rc;
	if (!request_act_possible(request_act_find("amend"), &row.facts))
		return act_conflict(web, request, response, &row, "request.not_now");
	return correct_run(web, request, response, &amend);
}

static const char *add_words(struct pool *pool, const char *words, const char *label,
		const char *before, const char *after)
{
	if (strcmp(before, after) == 0)
		return words;
	return pool_printf(pool, "%s%s: %s → %s; ", words, text_get(label),
			before[0] != '\0' ? before : "–", after[0] != '\0' ? after : "–");
}

const char *correct_amend_words(struct pool *pool, const json_t *amended)
{
	const json_t *set = json_object_get(amended, "set");
	const json_t *before = json_object_get(amended, "before");
	const json_t *new_one = json_object_get(set, "applicant");
	const json_t *old_one = json_object_get(before, "applicant");
	const char *words = "";

	for (size_t i = 0; new_one != NULL && old_one != NULL && i < OF_APPLICANT; i++)
		words = add_words(pool, words, fields[i].label, json_text(old_one, fields[i].name),
				json_text(new_one, fields[i].name));
	if (json_object_get(set, "content") != NULL)
		words = add_words(pool, words, "dossier.content", json_text(before, "content"),
				json_text(set, "content"));
	return pool_printf(pool, "%s%s", words, json_text(amended, "reason"));
}
