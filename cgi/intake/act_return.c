/*
 * act_return.c: the result into its people's hands (/tra): to whom, on what proof, how they signed
 * for it (DOMAIN 1.3 step 14). A slip lost: the card, and the pledge that is signed for it.
 */
#include <string.h>

#include "base/text.h"
#include "dossier/ink.h"
#include "intake/intake.h"
#include "store/journal.h"
#include "store/original.h"
#include "web/show.h"
#include "web/text_vi.h"

static const struct field fields[] = {
	{ "receiver", FIELD_CHOICE, true, 0, 0, "applicant|submitter|other", "act.return.receiver" },
	{ "name", FIELD_LINE, false, 0, 120, NULL, "act.return.name" },
	{ "number", FIELD_ID_NUMBER, false, 0, 0, NULL, "act.return.number" },
	{ "phone", FIELD_PHONE, false, 0, 0, NULL, "act.return.phone" },
	{ "relation", FIELD_LINE, false, 0, 80, NULL, "act.return.relation" },
	{ "authorisation", FIELD_LINE, false, 0, 160, NULL, "act.return.authorisation" },
	{ "proof", FIELD_CHOICE, true, 0, 0, "slip|card|authorisation|pledge|referral",
	  "act.return.proof" },
	{ "way", FIELD_CHOICE, false, 0, 0, "counter|point|post|electronic", "act.return.way" },
	{ "point", FIELD_LINE, false, 0, 160, NULL, "act.return.point" },
	{ "tracking", FIELD_LINE, false, 0, 60, NULL, "act.return.tracking" },
	{ "signature", FIELD_CHOICE, true, 0, 0, "screen|paper|fingerprint|witness",
	  "act.return.signature" },
	{ "ink", FIELD_LINE, false, 0, INK_MAX, NULL, "act.return.ink" },
	{ "witness", FIELD_LINE, false, 0, 120, NULL, "act.return.witness" },
	{ "slip_taken", FIELD_FLAG, false, 0, 0, NULL, "act.return.slip_taken" },
	{ "note", FIELD_LINES, false, 0, 1000, NULL, "act.note_label" },
};
#define FIELDS (sizeof(fields) / sizeof(fields[0]))

#define RESULTS_MAX 20

/* What of the dossier is still here: results not yet handed out, originals not yet given back. */
struct owed {
	struct dossier_result *results;
	size_t result_count;
	bool given[RESULTS_MAX];
	struct original_row *originals;
	size_t original_count;
};

static void read_event(struct owed *owed, const char *kind, const json_t *body)
{
	const json_t *item;
	size_t i;

	if (strcmp(kind, "dossier.part_returned") == 0) {
		json_array_foreach(json_object_get(body, "results"), i, item) {
			int64_t no = 0;

			if (num_parse(json_string_value(item), 1, RESULTS_MAX, &no) == RC_OK)
				owed->given[no - 1] = true;
		}
	} else if (strcmp(kind, "dossier.result_recalled") == 0) {
		memset(owed->given, 0, sizeof(owed->given));
	}
}

static enum rc read_owed(struct web *web, struct request *request, const struct dossier_row *row,
		struct owed *owed)
{
	struct journal_row *rows = NULL;
	size_t count = 0, i;
	enum rc rc;

	memset(owed, 0, sizeof(*owed));
	rc = original_of(web->store, request->pool, row, &owed->originals, &owed->original_count);
	if (rc == RC_OK)
		rc = dossier_results(web->store, request->pool, row, &owed->results,
				&owed->result_count);
	if (owed->result_count > RESULTS_MAX)
		owed->result_count = RESULTS_MAX;
	if (rc == RC_OK)
		rc = journal_subject(web->store, request->pool, row->board, row->id, &rows, &count);
	for (i = 0; rc == RC_OK && i < count; i++) {
		json_t *body = NULL;

		if (rows[i].event.body == NULL ||
				json_parse(rows[i].event.body, rows[i].event.body_len, &body) != RC_OK)
			continue;
		read_event(owed, rows[i].event.kind, body);
		json_decref(body);
	}
	return rc;
}

/* Is this value among those of a repeated field? */
static bool ticked(const struct form *form, const char *name, const char *value)
{
	const char *one;

	for (size_t i = 0; (one = form_raw_at(form, name, i)) != NULL; i++)
		if (strcmp(one, value) == 0)
			return true;
	return false;
}

/* Numbers of the results handed out now, as text; *whole: nothing stays behind. One result alone
 * needs no tick. */
static json_t *results_now(struct pool *pool, const struct form *form, const struct owed *owed,
		bool *whole)
{
	json_t *numbers = json_new_array();

	*whole = true;
	for (size_t i = 0; i < owed->result_count; i++) {
		const char *no = pool_printf(pool, "%d", (int)i + 1);

		if (owed->given[i])
			continue;
		if (owed->result_count == 1 || ticked(form, "kq", no))
			json_add(numbers, json_string(no));
		else
			*whole = false;
	}
	return numbers;
}

/* Drawn on the screen: so much that it can be a signature. */
static void check_ink(struct form *form)
{
	const char *ink = form_text(form, "ink");
	struct pool *pool = pool_new();
	int64_t drawn = 0;
	char *path;

	if (ink[0] != '\0' && ink_read(pool, ink, strlen(ink), &path, &drawn) != RC_OK)
		form_fault(form, "signature", "act.return.ink_unread");
	else if (drawn < INK_SHORTEST)
		form_fault(form, "signature", "act.return.ink_missing");
	pool_free(pool);
}

/* What one field demands of another. */
static enum rc check_more(struct form *form)
{
	if (strcmp(form_text(form, "receiver"), "other") == 0) {
		if (form_text(form, "name")[0] == '\0')
			form_fault(form, "name", "act.return.name_missing");
		if (form_text(form, "number")[0] == '\0')
			form_fault(form, "number", "act.return.number_missing");
	}
	if (strcmp(form_text(form, "proof"), "authorisation") == 0 &&
			form_text(form, "authorisation")[0] == '\0')
		form_fault(form, "authorisation", "act.return.authorisation_missing");
	if (strcmp(form_text(form, "signature"), "witness") == 0 && form_text(form, "witness")[0] == '\0')
		form_fault(form, "witness", "act.return.witness_missing");
	if (strcmp(form_text(form, "signature"), "screen") == 0)
		check_ink(form);
	if (strcmp(form_text(form, "way"), "point") == 0 && form_text(form, "point")[0] == '\0')
		form_fault(form, "point", "act.return.point_missing");
	if (strcmp(form_text(form, "way"), "post") == 0 && form_text(form, "tracking")[0] == '\0')
		form_fault(form, "tracking", "act.return.tracking_missing");
	return form_has_faults(form) ? RC_INVALID : RC_OK;
}

/* Copies a text member that is there. */
static void copy(json_t *to, const json_t *from, const char *key)
{
	json_put(to, key, json_text(from, key));
}

static json_t *receiver_of(const struct form *form, const struct dossier_row *row,
		const json_t *accepted)
{
	static const char *const typed[] = { "name", "number", "phone", "relation", "authorisation" };
	const json_t *submitter = json_object_get(accepted, "submitter");
	const char *who = form_text(form, "receiver");
	json_t *receiver = json_new_object();

	json_put_flag(receiver, "self", strcmp(who, "applicant") == 0);
	if (strcmp(who, "applicant") == 0) {
		json_put(receiver, "name", row->applicant);
	} else if (strcmp(who, "submitter") == 0) {
		for (size_t i = 0; i < 4; i++)
			copy(receiver, submitter, typed[i]);
		if (json_text(receiver, "name")[0] == '\0')
			json_put(receiver, "name", row->submitter);
		json_put(receiver, "authorisation", form_text(form, "authorisation"));
	} else {
		for (size_t i = 0; i < sizeof(typed) / sizeof(typed[0]); i++)
			json_put(receiver, typed[i], form_text(form, typed[i]));
	}
	return receiver;
}

/* Originals given back with it; NULL: none. */
static json_t *originals_body(struct request *request, const struct owed *owed,
		const json_t *receiver)
{
	json_t *body, *items = json_new_array();

	for (size_t i = 0; i < owed->original_count; i++) {
		json_t *item;

		if (!original_ticked(request->form, owed->originals[i].name))
			continue;
		item = json_new_object();
		json_put(item, "name", owed->originals[i].name);
		json_put_int(item, "count", owed->originals[i].count);
		json_add(items, item);
	}
	if (json_array_size(items) == 0) {
		json_decref(items);
		return NULL;
	}
	body = json_new_object();
	json_put_value(body, "items", items);
	json_put_value(body, "receiver", json_deep_copy(receiver));
	return body;
}

static json_t *return_body(struct request *request, const struct dossier_row *row,
		const json_t *accepted)
{
	struct form *form = request->form;
	const char *way = form_text(form, "way");
	json_t *body = json_new_object();

	json_put_int(body, "returned_at", request->now_ms);
	json_put_value(body, "receiver", receiver_of(form, row, accepted));
	json_put(body, "way", way[0] != '\0' ? way : "counter");
	json_put(body, "proof", form_text(form, "proof"));
	json_put(body, "signature", form_text(form, "signature"));
	json_put(body, "witness", form_text(form, "witness"));
	if (strcmp(form_text(form, "signature"), "screen") == 0)
		json_put(body, "ink", form_text(form, "ink"));
	json_put_flag(body, "slip_taken", form_flag(form, "slip_taken"));
	json_put(body, "point", strcmp(way, "point") == 0 ? form_text(form, "point") : "");
	json_put(body, "tracking", strcmp(way, "post") == 0 ? form_text(form, "tracking") : "");
	json_put(body, "note", form_text(form, "note"));
	return body;
}

static enum rc hand_out(struct web *web, struct request *request, struct response *response,
		const struct dossier_row *row, const json_t *accepted, const struct owed *owed)
{
	struct act_part parts[2] = { { "dossier.result_returned", NULL }, { "originals.returned", NULL } };
	json_t *body = return_body(request, row, accepted), *originals, *numbers;
	bool whole;
	enum rc rc;

	numbers = results_now(request->pool, request->form, owed, &whole);
	if (!whole) {
		parts[0].kind = "dossier.part_returned";
		json_put_value(body, "results", json_incref(numbers));
	}
	originals = originals_body(request, owed, json_object_get(body, "receiver"));
	json_put_flag(body, "originals_returned", originals != NULL);
	parts[0].body = body;
	parts[1].body = originals;
	rc = act_write_parts(web, request, response, row, parts, originals != NULL ? 2 : 1,
			dossier_show_url(request->pool, row, ""), form_raw(request->form, "form_id"),
			form_raw(request->form, "seen"));
	json_decref(originals);
	json_decref(numbers);
	json_decref(body);
	return rc;
}

/* What is handed out, who may take it, and what is still owed. */
static void show_case(struct request *request, struct view *view, const struct dossier_row *row,
		const struct owed *owed)
{
	bool again = request->method == METHOD_POST;
	struct pool *pool = request->pool;

	for (size_t i = 0; i < owed->result_count; i++) {
		struct view *item = view_item(view, "results");
		const char *no = pool_printf(pool, "%d", (int)i + 1);

		view_set(item, "no", no);
		view_set(item, "kind", owed->results[i].kind);
		view_set(item, "number", owed->results[i].number);
		view_set(item, "summary", owed->results[i].summary);
		view_flag(item, "given", owed->given[i]);
		view_flag(item, "ticked", again ? ticked(request->form, "kq", no) : true);
	}
	view_flag(view, "several", owed->result_count > 1);
	for (size_t i = 0; i < owed->original_count; i++) {
		struct view *item = view_item(view, "kept");

		view_int(item, "no", (int64_t)i + 1);
		view_set(item, "name", owed->originals[i].name);
		view_int(item, "count", owed->originals[i].count);
		view_flag(item, "ticked", again && original_ticked(request->form,
				owed->originals[i].name));
	}
	view_flag(view, "has_kept", owed->original_count > 0);
	view_flag(view, "kept_on", again && form_raw(request->form, "bg_giu")[0] != '\0');
	if (row->submitter[0] != '\0' && strcmp(row->submitter, row->applicant) != 0)
		view_set(view, "submitter", row->submitter);
	if (row->fee_total > row->fee_paid)
		view_set(view, "owed", show_money(pool, row->fee_total - row->fee_paid));
}

/* As the citizen asked for it. */
static void show_way(struct view *view, const json_t *accepted)
{
	const json_t *delivery = json_object_get(accepted, "delivery");
	const char *way = json_text(delivery, "way");
	struct pool *pool = view_pool(view);

	view_flag(view, pool_printf(pool, "way_is_%s", way[0] != '\0' ? way : "counter"), true);
	view_set(view, "point", pool_strdup(pool, json_text(delivery, "point")));
	if (way[0] != '\0' && strcmp(way, "counter") != 0)
		view_set(view, "asked_way", text_get(pool_printf(pool, "delivery.%s", way)));
}

/* Each original given back, or the word that what is not goes on lying here. */
static void check_originals(struct request *request, const struct owed *owed)
{
	bool all = true;

	for (size_t i = 0; i < owed->original_count; i++)
		all = all && original_ticked(request->form, owed->originals[i].name);
	if (!all && form_raw(request->form, "bg_giu")[0] == '\0')
		form_fault(request->form, "bg", "act.return.originals_open");
}

/* A result at least, when there are several to choose from. */
static void check_results(struct request *request, const struct owed *owed)
{
	bool whole;
	json_t *numbers = results_now(request->pool, request->form, owed, &whole);

	if (owed->result_count > 1 && json_array_size(numbers) == 0)
		form_fault(request->form, "kq", "act.return.none");
	json_decref(numbers);
}

enum rc page_return(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	json_t *accepted = NULL;
	struct dossier_row row;
	struct owed owed;
	bool go, done = false;
	enum rc rc = act_open(web, request, response, "return", &row, &go);

	if (rc != RC_OK || !go)
		return rc;
	rc = dossier_body(web->store, &row, &accepted);
	if (rc == RC_NOT_FOUND)
		accepted = json_new_object();
	else if (rc != RC_OK)
		return rc;
	rc = read_owed(web, request, &row, &owed);
	if (rc != RC_OK)
		goto out;
	if (request->method == METHOD_POST) {
		rc = act_sent_before(web, request, response, &done);
		if (rc != RC_OK || done)
			goto out;
		rc = form_check(request->form, fields, FIELDS);
		if (rc == RC_OK)
			check_results(request, &owed);
		if (rc == RC_OK)
			check_originals(request, &owed);
		if (rc == RC_OK)
			rc = check_more(request->form);
		if (rc == RC_OK) {
			rc = hand_out(web, request, response, &row, accepted, &owed);
			goto out;
		}
		form_show(request->form, fields, FIELDS, view);
		view_set(view, "kq_fault", form_fault_of(request->form, "kq"));
		view_set(view, "bg_fault", form_fault_of(request->form, "bg"));
		view_set(view, "phone_typed", form_raw(request->form, "phone"));
	} else {
		view_flag(view, "receiver_is_applicant", true);
		view_flag(view, "proof_is_slip", true);
		view_flag(view, "signature_is_paper", true);
		view_flag(view, "slip_taken", true);
		show_way(view, accepted);
	}
	show_case(request, view, &row, &owed);
	rc = act_page(web, request, response, &row, "return", view);
out:
	json_decref(accepted);
	return rc;
}
