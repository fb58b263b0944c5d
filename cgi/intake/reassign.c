/*
 * reassign.c: Chuyển người phụ trách (/quan-ly/chuyen-viec): all open work of somebody who is away or
 * has left goes to another, one event a dossier under one batch id. What moved since the page was
 * shown is left where it is, and the answer says how many those were.
 */
#include <string.h>

#include "base/encode.h"
#include "base/text.h"
#include "crypt/random.h"
#include "intake/intake.h"
#include "store/account.h"
#include "web/show.h"
#include "web/text_vi.h"

#define ROWS 150	/* of one page: a form has at most 200 fields */
#define DOSSIER_CHARS (2 * EVENT_ID_SIZE + 1 + 2 * EVENT_ID_SIZE)	/* id:seen */

static const struct field fields[] = {
	{ "from", FIELD_LINE, true, 0, 47, NULL, "reassign.from" },
	{ "to", FIELD_LINE, true, 0, 47, NULL, "reassign.to" },
	{ "reason", FIELD_LINE, true, 3, 300, NULL, "correct.reason" },
};
#define FIELDS (sizeof(fields) / sizeof(fields[0]))

#define WORKERS (ROLE_SPECIALIST | ROLE_SIGNER | ROLE_INTAKE)

struct move {
	struct web *web;
	struct request *request;
	struct account from, to;
	size_t moved, left;
	char batch[2 * EVENT_ID_SIZE + 1];
};

static enum rc show_people(struct web *web, struct request *request, struct view *view,
		const char *from, const char *to)
{
	struct account *rows = NULL;
	size_t count = 0;
	enum rc rc = account_list(web->store, request->pool, &rows, &count);

	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		bool gone = rows[i].locked || (rows[i].ends_at != 0 && rows[i].ends_at <= request->now_ms);
		struct view *item;

		if ((rows[i].roles & WORKERS) == 0)
			continue;
		/* Whoever is locked or has left may still have work, but gets none. */
		item = view_item(view, "froms");
		view_set(item, "id", pool_strdup(request->pool, rows[i].id));
		view_set(item, "name", rows[i].name);
		view_flag(item, "chosen", strcmp(rows[i].id, from) == 0);
		if (gone || strcmp(rows[i].id, from) == 0)
			continue;
		item = view_item(view, "tos");
		view_set(item, "id", pool_strdup(request->pool, rows[i].id));
		view_set(item, "name", rows[i].name);
		view_set(item, "unit", rows[i].unit[0] != '\0' ? rows[i].unit : rows[i].title);
		view_flag(item, "chosen", strcmp(rows[i].id, to) == 0);
	}
	return rc;
}

static enum rc show_work(struct web *web, struct request *request, struct view *view,
		const char *from)
{
	struct dossier_query query = { .kind = LIST_MINE, .account = from, .now_ms = request->now_ms,
		.limit = ROWS + 1 };
	struct dossier_row *rows = NULL;
	size_t count = 0;
	enum rc rc = dossier_list(web->store, request->pool, &query, &rows, &count);

	view_flag(view, "more", count > ROWS);
	for (size_t i = 0; rc == RC_OK && i < count && i < ROWS; i++) {
		struct view *item = view_item(view, "dossiers");

		dossier_show_row(item, &rows[i], request->now_ms);
		view_set(item, "dossier", pool_printf(request->pool, "%s:%s", rows[i].id_hex,
				rows[i].seen));
	}
	view_flag(view, "dossiers_shown", count > 0);
	return rc;
}

/* "?xong=12&lai=2" after the move. */
static void show_done(struct request *request, struct view *view)
{
	int64_t moved = 0, left = 0;

	if (num_parse(request_query(request, "xong"), 0, ROWS, &moved) != RC_OK)
		return;
	if (num_parse(request_query(request, "lai"), 0, ROWS, &left) != RC_OK)
		left = 0;
	view_flag(view, "done", true);
	view_set(view, "moved", pool_printf(request->pool, "%lld", (long long)moved));
	view_int(view, "left", left);
}

static enum rc show(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	bool again = request->method == METHOD_POST;
	const char *from = again ? form_raw(request->form, "from") : request_query(request, "tu");
	enum rc rc = show_people(web, request, view, from, again ? form_raw(request->form, "to") : "");

	if (rc == RC_OK && from[0] != '\0') {
		view_set(view, "from", pool_strdup(request->pool, from));
		rc = show_work(web, request, view, from);
	}
	if (rc != RC_OK)
		return rc;
	show_done(request, view);
	if (again) {
		form_show(request->form, fields, FIELDS, view);
		view_set(view, "work_fault", form_fault_of(request->form, "work"));
		response->status = 422;
	}
	view_set(view, "title", text_get("reassign.title"));
	return web_page(web, request, response, "intake/reassign", view);
}

static enum rc find_people(struct move *move)
{
	struct form *form = move->request->form;
	struct store *store = move->web->store;
	enum rc rc = account_by_id(store, move->request->pool, form_text(form, "from"), &move->from);

	if (rc == RC_NOT_FOUND)
		form_fault(form, "from", "reassign.nobody");
	if (rc != RC_OK && rc != RC_NOT_FOUND)
		return rc;
	rc = account_by_id(store, move->request->pool, form_text(form, "to"), &move->to);
	if (rc == RC_NOT_FOUND || (rc == RC_OK && (move->to.locked || (move->to.roles & WORKERS) == 0 ||
			(move->to.ends_at != 0 && move->to.ends_at <= move->request->now_ms))))
		form_fault(form, "to", "reassign.nobody");
	else if (rc == RC_OK && strcmp(move->to.id, move->from.id) == 0)
		form_fault(form, "to", "reassign.same");
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* A dossier that waits for a signature needs one who signs. */
static bool may_take(const struct move *move, const struct dossier_row *row)
{
	return strcmp(row->assignee, move->from.id) == 0 &&
			(row->facts.state != STATE_SIGNING || (move->to.roles & ROLE_SIGNER) != 0);
}

static enum rc move_one(struct move *move, const char *id, const char *seen)
{
	const char *reason = NULL;
	uint8_t seen_id[EVENT_ID_SIZE];
	struct dossier_row row;
	struct event event;
	json_t *body;
	struct act act = { .subject_kind = SUBJECT_DOSSIER, .subject = row.id,
		.kind = "dossier.reassigned", .actor = move->request->session->account.id,
		.seen = seen_id };
	enum rc rc = dossier_find(move->web->store, move->request->pool, NULL, id, &row);

	if (rc == RC_NOT_FOUND || hex_decode(seen, seen_id, sizeof(seen_id)) != RC_OK)
		return RC_INVALID;
	if (rc != RC_OK)
		return rc;
	if (!may_take(move, &row)) {
		move->left++;
		return RC_OK;
	}
	body = json_new_object();
	json_put(body, "to_account", move->to.id);
	json_put(body, "from_account", move->from.id);
	json_put(body, "reason", form_text(move->request->form, "reason"));
	json_put(body, "batch", move->batch);
	act.body = body;
	rc = act_append(move->web->store, &act, &event, &reason);
	json_decref(body);
	if (rc == RC_OK)
		move->moved++;
	else if (rc == RC_CONFLICT)
		move->left++;
	return rc == RC_CONFLICT ? RC_OK : rc;
}

static enum rc move_all(struct move *move, char **location)
{
	struct request *request = move->request;
	const char *form_id = form_raw(request->form, "form_id"), *one;
	char *first = NULL;
	enum rc rc = store_begin(move->web->store, false);

	if (rc != RC_OK)
		return rc;
	rc = form_claim(move->web->store, request->pool, form_id, &first);
	for (size_t i = 0; rc == RC_OK && (one = form_raw_at(request->form, "d[]", i)) != NULL; i++) {
		if (strlen(one) != DOSSIER_CHARS)
			rc = RC_INVALID;
		else
			rc = move_one(move, pool_strndup(request->pool, one, 2 * EVENT_ID_SIZE),
					one + 2 * EVENT_ID_SIZE + 1);
	}
	if (rc == RC_OK) {
		*location = pool_printf(request->pool, "/quan-ly/chuyen-viec?tu=%s&xong=%zu&lai=%zu",
				move->from.id, move->moved, move->left);
		rc = form_done(move->web->store, form_id, *location);
	}
	if (rc == RC_OK)
		return store_commit(move->web->store);
	store_abort(move->web->store);
	if (rc != RC_EXISTS)
		return rc;
	*location = first;
	return RC_OK;
}

enum rc page_reassign(struct web *web, struct request *request, struct response *response)
{
	struct move move = { .web = web, .request = request };
	uint8_t batch[EVENT_ID_SIZE];
	char *location = NULL;
	enum rc rc;

	if (request->method != METHOD_POST)
		return show(web, request, response);
	rc = form_check(request->form, fields, FIELDS);
	if (rc == RC_OK)
		rc = find_people(&move);
	if (rc != RC_OK && rc != RC_INVALID)
		return rc;
	if (rc == RC_OK && form_raw_at(request->form, "d[]", 0) == NULL)
		form_fault(request->form, "work", "reassign.nothing");
	if (form_has_faults(request->form))
		return show(web, request, response);
	random_bytes(batch, sizeof(batch));
	hex_encode(batch, sizeof(batch), move.batch);
	rc = move_all(&move, &location);
	if (rc == RC_OK)
		response_see_other(response, location);
	return rc;
}
