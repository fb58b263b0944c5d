/*
 * draft_start.c: a new dossier begins (from nothing, from a scanned card, from the person of another
 * dossier, or as a copy of one), changes hands between colleagues, or is given up.
 */
#include <string.h>

#include "base/encode.h"
#include "base/log.h"
#include "dossier/card.h"
#include "intake/draft_page.h"
#include "store/account.h"
#include "web/text_vi.h"

/* The dossier a new one begins with. */
struct source {
	struct dossier_row row;
	bool copied;		/* its papers, too */
};

/* Another dossier's people, and as a copy its request and papers as well. */
static enum rc know_dossier(struct web *web, struct request *request, json_t *data,
		struct source *source, const char **next)
{
	const struct catalogue *catalogue = &intake_of(web)->catalogue;
	bool copy = form_raw(request->form, "copy")[0] != '\0';
	json_t *body = NULL;
	enum rc rc = dossier_find(web->store, request->pool, NULL, form_raw(request->form, "from"),
			&source->row);

	if (rc == RC_OK)
		rc = dossier_body(web->store, &source->row, &body);
	if (rc == RC_NOT_FOUND)		/* or erased: begun from nothing */
		return RC_OK;
	if (rc == RC_OK) {
		draft_data_same_person(data, body);
		*next = "/thu-tuc";
		source->copied = copy && draft_data_copy(data, body, catalogue);
		if (source->copied)
			*next = "/giay-to";
	}
	json_decref(body);
	return rc;
}

/* What is known before the first page: a card that was scanned, or another dossier. */
static enum rc known(struct web *web, struct request *request, json_t *data, struct source *source,
		const char **next)
{
	const char *payload = form_raw(request->form, "card"), *from = form_raw(request->form, "from");
	const char *reason;
	struct card card;
	enum rc rc = RC_OK;

	if (payload[0] != '\0' &&
			card_parse(request->pool, payload, strlen(payload), &card, &reason) == RC_OK) {
		draft_data_card(data, "applicant", &card);
		*next = card.address[0] != '\0' ? "/thu-tuc" : "/nguoi";
	} else if (from[0] != '\0') {
		rc = know_dossier(web, request, data, source, next);
	}
	return rc;
}

/* The scans of the copied dossier that are here; each is the same content, kept once. */
static enum rc copy_files(struct web *web, struct request *request, const struct source *source,
		const char *draft)
{
	struct dossier_file *files = NULL;
	size_t count = 0;
	enum rc rc = dossier_files(web->store, request->pool, &source->row, false, &files, &count);

	for (size_t i = 0; rc == RC_OK && i < count; i++)
		if (files[i].here)
			rc = draft_file_add(web->store, draft, files[i].component, files[i].sha256,
					files[i].size, files[i].type, files[i].name);
	return rc;
}

/* The form id is claimed after the draft exists; a draft that is a double tap's
 * second, or whose form had none, goes at once. */
static enum rc claim(struct web *web, struct request *request, const char *draft, char **location)
{
	const char *form_id = form_raw(request->form, "form_id");
	char *first = NULL;
	enum rc rc = store_begin(web->store, false);

	if (rc != RC_OK)
		return rc;
	rc = form_claim(web->store, request->pool, form_id, &first);
	if (rc == RC_OK)
		rc = form_done(web->store, form_id, *location);
	if (rc == RC_OK)
		return store_commit(web->store);
	store_abort(web->store);
	if (rc == RC_EXISTS) {
		*location = first;
		return draft_delete(web->store, draft);
	}
	(void)!draft_delete(web->store, draft);
	return rc;
}

/* "012" or "B012": the number called to this counter. */
static bool ticket_given(const char *ticket)
{
	size_t len = strspn(ticket, "ABCDEFGHI0123456789");

	return len >= 3 && len <= 4 && ticket[len] == '\0';
}

enum rc draft_page_begun(struct web *web, struct request *request, struct response *response,
		const char *id, const char *suffix)
{
	char *location = draft_page_url(request->pool, id, suffix);
	enum rc rc = claim(web, request, id, &location);

	if (rc == RC_OK)
		response_see_other(response, location);
	return rc;
}

enum rc page_new(struct web *web, struct request *request, struct response *response)
{
	const struct account *account = &request->session->account;
	struct source source = { .copied = false };
	json_t *data = json_new_object();
	const char *next = "/nguoi";
	char id[33];
	enum rc rc = store_room(web->store);	/* told before anything is typed */

	if (rc == RC_OK)
		rc = known(web, request, data, &source, &next);
	if (rc == RC_OK)
		rc = draft_new(web->store, account->id, account->name, data, id);
	json_decref(data);
	if (rc == RC_OK && ticket_given(form_raw(request->form, "ticket")))
		rc = draft_set_ticket(web->store, id, form_raw(request->form, "ticket"));
	if (rc == RC_OK && source.copied)
		rc = copy_files(web, request, &source, id);
	if (rc != RC_OK)
		return rc;
	return draft_page_begun(web, request, response, id, next);
}

enum rc page_draft_discard(struct web *web, struct request *request, struct response *response)
{
	struct draft draft;
	bool go;
	enum rc rc = draft_page_open(web, request, response, &draft, &go);

	if (rc == RC_OK && go) {
		rc = draft_delete(web->store, draft.id);
		if (rc == RC_OK || rc == RC_NOT_FOUND) {
			response_see_other(response, "/quay");
			rc = RC_OK;
		}
	}
	draft_free(&draft);
	return rc;
}

/* Who took whose draft is recorded; a draft is no dossier yet, so its subject is the station. */
static enum rc record(struct web *web, const struct request *request, const struct draft *draft)
{
	static const uint8_t station[EVENT_ID_SIZE];
	json_t *body = json_new_object();
	const char *reason = NULL;
	struct event event;
	struct act act = { .subject_kind = SUBJECT_STATION, .subject = station, .kind = "draft.moved",
		.actor = request->session->account.id, .body = body };
	enum rc rc = store_begin(web->store, false);

	json_put(body, "draft", draft->id);
	json_put(body, "from_account", draft->owner);
	if (rc == RC_OK) {
		rc = act_append(web->store, &act, &event, &reason);
		if (rc == RC_OK)
			rc = store_commit(web->store);
		else
			store_abort(web->store);
	}
	json_decref(body);
	return rc;
}

enum rc page_draft_take(struct web *web, struct request *request, struct response *response)
{
	const struct account *account = &request->session->account;
	struct draft draft = { 0 };
	enum rc rc = RC_NOT_FOUND;

	if (strlen(request->params[0]) == 32)
		rc = draft_load(web->store, request->pool, request->params[0], &draft);
	if (rc == RC_OK && strcmp(draft.owner, account->id) != 0) {
		rc = record(web, request, &draft);
		if (rc == RC_OK)
			rc = draft_take(web->store, draft.id, account->id, account->name);
	}
	/* A letter's draft knows a name and nothing else: nobody is whole without an address. */
	if (rc == RC_OK)
		response_see_other(response, draft_page_url(request->pool, draft.id,
				json_object_get(draft.data, "components") != NULL ? "/giay-to" :
				json_text(json_object_get(draft.data, "applicant"), "address")[0] != '\0' ?
				"/thu-tuc" : "/nguoi"));
	draft_free(&draft);
	return rc;
}
