/*
 * correct.c: the page of every correction: its facts, its fields, where needed a second person who
 * logs in on the same page, and the event. What each one asks and writes stands in correct_*.c.
 */
#include "intake/correct.h"

#include <string.h>

#include "store/slip.h"
#include "web/second.h"
#include "web/text_vi.h"

#define FIELDS_MAX 20

enum rc correct_accepted(struct correct *c)
{
	return c->accepted != NULL ? RC_OK : dossier_body(c->web->store, &c->row, &c->accepted);
}

void correct_fact(struct correct *c, const char *label_key, const char *text)
{
	struct view *item;

	if (text == NULL || text[0] == '\0')
		return;
	item = view_item(c->view, "facts");
	view_set(item, "fact_name", text_get(label_key));
	view_set(item, "fact_text", text);
	view_flag(c->view, "facts_shown", true);
}

enum rc correct_new_slip(struct correct *c, json_t *body)
{
	struct slip_secret secret;
	int64_t no = c->row.slip_no + 1;
	json_t *slip;
	enum rc rc = slip_make(c->web->store, c->row.id, no, &secret);

	if (rc != RC_OK)
		return rc;
	slip = json_new_object();
	json_put_int(slip, "no", no);
	json_put(slip, "hash", secret.hash);
	json_put(slip, "typed_hash", secret.typed_hash);
	memset(&secret, 0, sizeof(secret));
	json_put_value(body, "slip", slip);
	return RC_OK;
}

enum rc correct_second(struct correct *c)
{
	enum rc rc = second_check(c->web, c->request, c->spec->second, &c->second);

	c->has_second = rc == RC_OK;
	return rc;
}

static void show_options(struct correct *c, struct view *item, const struct field *field,
		const char *chosen)
{
	struct pool *pool = c->request->pool;
	const char *at = field->choices;

	while (at != NULL && *at != '\0') {
		size_t len = strcspn(at, "|");
		struct view *option = view_item(item, "options");
		const char *word = pool_strndup(pool, at, len);

		view_set(option, "option", word);
		view_set(option, "option_text",
				text_get(pool_printf(pool, "%s.%s", field->label, word)));
		view_flag(option, "chosen", strcmp(word, chosen) == 0);
		at += len + (at[len] == '|');
	}
}

static void show_input(struct correct *c, const struct field *field)
{
	bool again = c->request->method == METHOD_POST;
	struct pool *pool = c->request->pool;
	struct view *item = view_item(c->view, "inputs");
	const char *value = "", *hint = pool_printf(pool, "%s_hint", field->label);

	if (again)
		value = form_raw(c->request->form, field->name);
	else if (c->spec->initial != NULL)
		value = c->spec->initial(c, field->name);
	if (value == NULL)
		value = "";
	view_set(item, "field_name", field->name);
	view_set(item, "field_label", text_get(field->label));
	view_set(item, "field_hint", text_known(hint) ? text_get(hint) : "");
	view_set(item, "field_value", value);
	view_set(item, "field_fault", again ? form_fault_of(c->request->form, field->name) : "");
	view_flag(item, "required", field->required);
	view_flag(item, "is_flag", field->type == FIELD_FLAG);
	view_flag(item, "is_lines", field->type == FIELD_LINES);
	view_flag(item, "is_choice", field->type == FIELD_CHOICE);
	view_flag(item, "is_time", field->type == FIELD_TIME);
	view_flag(item, "is_line", field->type != FIELD_FLAG && field->type != FIELD_LINES &&
			field->type != FIELD_CHOICE && field->type != FIELD_TIME);
	view_flag(item, "field_on", value[0] != '\0');
	if (field->type == FIELD_CHOICE)
		show_options(c, item, field, value);
}

/* Who approves a proposal is its signer. */
static bool asked(const struct correct *c, const struct field *field)
{
	return !c->proposing || strncmp(field->name, "signer_", 7) != 0;
}

static enum rc show(struct correct *c)
{
	const struct correction *spec = c->spec;
	struct request *request = c->request;
	struct pool *pool = request->pool;
	bool again = request->method == METHOD_POST;
	enum rc rc = RC_OK;

	dossier_show_row(c->view, &c->row, request->now_ms);
	view_set(c->view, "seen", again ? form_raw(request->form, "seen") : c->row.seen);
	view_set(c->view, "title", text_get(pool_printf(pool, "act.%s", spec->key)));
	view_flag(c->view, "proposing", c->proposing);
	view_set(c->view, "lead", text_get(pool_printf(pool, "correct.%s.lead", spec->key)));
	view_set(c->view, "go", text_get(pool_printf(pool, "correct.%s.go", spec->key)));
	view_set(c->view, "action", spec->action != NULL ? spec->action(c) :
			dossier_show_url(pool, &c->row, c->proposing ?
			pool_printf(pool, "/de-xuat/%s", c->slug) : act_choice_find(spec->key)->suffix));
	if (c->proposing) {
		view_set(c->view, "title", text_fill(pool, "proposal.of",
				text_get(pool_printf(pool, "act.%s", spec->key)), NULL));
		view_set(c->view, "lead", text_get("proposal.lead"));
		view_set(c->view, "go", text_get("proposal.go"));
	}
	for (size_t i = 0; i < spec->count; i++)
		if (asked(c, &spec->fields[i]))
			show_input(c, &spec->fields[i]);
	if (spec->second != 0 && !c->proposing) {
		view_flag(c->view, "second", true);
		view_set(c->view, "second_text", text_get(pool_printf(pool, "correct.%s.second",
				spec->key)));
		view_flag(c->view, "second_always", spec->second_always);
	}
	if (spec->facts != NULL)
		rc = spec->facts(c);
	if (rc != RC_OK)
		return rc;
	if (again)
		c->response->status = 422;
	return web_page(c->web, request, c->response, "intake/correct", c->view);
}

enum rc correct_sent_before(struct correct *c, bool *done)
{
	return act_sent_before(c->web, c->request, c->response, done);
}

static enum rc check(struct correct *c)
{
	struct field all[FIELDS_MAX];
	size_t count = 0;
	enum rc rc;

	for (size_t i = 0; i < c->spec->count; i++)
		if (asked(c, &c->spec->fields[i]))
			all[count++] = c->spec->fields[i];
	if (c->spec->second != 0 && !c->proposing) {
		memcpy(&all[count], second_fields, sizeof(second_fields));
		count += SECOND_FIELDS;
	}
	rc = form_check(c->request->form, all, count);
	if (rc == RC_OK && c->spec->check != NULL)
		rc = c->spec->check(c);
	if (rc == RC_OK && form_has_faults(c->request->form))
		rc = RC_INVALID;
	/* Last: a password is asked of the other person only for what is otherwise right. */
	if (rc == RC_OK && c->spec->second_always && !c->proposing)
		rc = correct_second(c);
	if (rc == RC_INVALID)
		form_show(c->request->form, all, count, c->view);
	return rc;
}

static enum rc write_proposal(struct correct *c, json_t *of)
{
	json_t *body = json_new_object();
	enum rc rc;

	json_put(body, "act", c->spec->kind);
	json_put_value(body, "body", json_incref(of));
	rc = act_write(c->web, c->request, c->response, &c->row, "draft.proposed", body,
			dossier_show_url(c->request->pool, &c->row, ""));
	json_decref(body);
	return rc;
}

static const char *leads_to(const struct correct *c)
{
	const char *suffix = c->spec->leads_to != NULL ? c->spec->leads_to : "";

	if (c->spec->paid_leads_to != NULL && c->row.fee_paid > 0)
		suffix = c->spec->paid_leads_to;
	return dossier_show_url(c->request->pool, &c->row, suffix);
}

/* Several events in one write. */
static enum rc write_own(struct correct *c)
{
	const char *form_id = form_raw(c->request->form, "form_id"), *reason = NULL;
	const char *location = leads_to(c);
	uint8_t seen[EVENT_ID_SIZE];
	char *first = NULL;
	enum rc rc = act_seen(c->request, seen) ? store_begin(c->web->store, false) : RC_INVALID;

	if (rc != RC_OK)
		return rc;
	rc = form_claim(c->web->store, c->request->pool, form_id, &first);
	if (rc == RC_OK)
		rc = c->spec->append(c, seen, &reason);
	if (rc == RC_OK)
		rc = form_done(c->web->store, form_id, location);
	if (rc == RC_OK)
		rc = store_commit(c->web->store);
	else
		store_abort(c->web->store);
	if (rc == RC_CONFLICT)
		return act_conflict(c->web, c->request, c->response, &c->row, reason);
	if (rc == RC_OK || rc == RC_EXISTS)
		response_see_other(c->response, rc == RC_OK ? location : first);
	return rc == RC_EXISTS ? RC_OK : rc;
}

static enum rc write(struct correct *c)
{
	json_t *body;
	enum rc rc;

	if (c->spec->append != NULL)
		return write_own(c);
	body = json_new_object();
	rc = c->spec->body(c, body);
	if (rc == RC_OK && c->proposing)
		rc = write_proposal(c, body);
	else if (rc == RC_OK)
		rc = act_write(c->web, c->request, c->response, &c->row, c->spec->kind, body,
				leads_to(c));
	json_decref(body);
	return rc;
}

static enum rc run(struct web *web, struct request *request, struct response *response,
		const struct correction *spec, const char *slug)
{
	struct correct c = { .web = web, .request = request, .response = response, .spec = spec,
		.proposing = slug != NULL, .slug = slug };
	bool go, done = false;
	enum rc rc = act_open(web, request, response, spec->key, &c.row, &go);

	if (rc != RC_OK || !go)
		return rc;
	c.view = view_new(request->pool);
	if (request->method == METHOD_POST) {
		rc = correct_sent_before(&c, &done);
		if (rc == RC_OK && !done)
			rc = check(&c);
		if (done || (rc != RC_OK && rc != RC_INVALID))
			goto out;
		if (rc == RC_OK) {
			rc = write(&c);
			goto out;
		}
		/* The other of two taps at once may have been written in between. */
		rc = correct_sent_before(&c, &done);
		if (rc != RC_OK || done)
			goto out;
	}
	rc = show(&c);
out:
	json_decref(c.accepted);
	return rc;
}

enum rc correct_run(struct web *web, struct request *request, struct response *response,
		const struct correction *spec)
{
	return run(web, request, response, spec, NULL);
}

enum rc correct_propose(struct web *web, struct request *request, struct response *response,
		const struct correction *spec, const char *slug)
{
	return run(web, request, response, spec, slug);
}
