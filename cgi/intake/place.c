/*
 * place.c: where the papers of a dossier lie and who put them there (/noi-de), and the one button of
 * who has them in his hands now (/nhan-ban-giay).
 */
#include <string.h>

#include "intake/correct.h"
#include "store/handover.h"
#include "web/show.h"
#include "web/text_vi.h"

enum rc dossier_show_place(struct web *web, struct view *item, const struct dossier_row *row)
{
	struct pool *pool = view_pool(item);
	const char *account;
	int64_t at;
	enum rc rc = dossier_place(web->store, pool, row, &account, &at);

	view_set(item, "place", row->place);
	if (rc == RC_OK && account[0] != '\0') {
		view_set(item, "place_by", dossier_show_actor(web, pool, account, AUTHOR_BOARD));
		view_set(item, "place_at", show_time_screen(pool, at));
	}
	return rc;
}

static const struct field fields[] = {
	{ "place", FIELD_LINE, true, 1, 120, NULL, "place.where" },
	{ "note", FIELD_LINES, false, 0, 500, NULL, "act.note_label" },
};

static enum rc facts(struct correct *c)
{
	correct_fact(c, "place.now", c->row.place);
	return RC_OK;
}

static enum rc body(struct correct *c, json_t *body)
{
	json_put(body, "place", form_text(c->request->form, "place"));
	json_put(body, "account", c->request->session->account.id);
	json_put_int(body, "at", c->request->now_ms);
	json_put(body, "note", form_text(c->request->form, "note"));
	return RC_OK;
}

enum rc page_place(struct web *web, struct request *request, struct response *response)
{
	static const struct correction place = { .key = "place", .kind = "place.noted",
		.fields = fields, .count = sizeof(fields) / sizeof(fields[0]), .facts = facts,
		.body = body };

	return correct_run(web, request, response, &place);
}

static json_t *received(const struct handover_row *row)
{
	json_t *body = json_new_object();

	json_put(body, "list", row->list);
	json_put(body, "given", row->id);
	json_put(body, "from", row->giver);
	return body;
}

/* The papers are here: they lie with this person, and lists on which they still are on the way, given
 * by somebody else, are received. */
enum rc page_paper_here(struct web *web, struct request *request, struct response *response)
{
	const struct account *own = &request->session->account;
	struct act_part parts[8];
	struct handover_row *rows = NULL;
	struct dossier_row row;
	json_t *noted;
	size_t count = 0, part_count = 1;
	enum rc rc = act_dossier(web, request, &row);

	if (rc == RC_OK)
		rc = handover_of(web->store, request->pool, &row, &rows, &count);
	if (rc != RC_OK)
		return rc;
	noted = json_new_object();
	json_put(noted, "place", own->unit[0] != '\0' ? pool_printf(request->pool, "%s, %s", own->name,
			own->unit) : own->name);
	json_put(noted, "account", own->id);
	json_put_int(noted, "at", request->now_ms);
	parts[0] = (struct act_part){ "place.noted", noted };
	for (size_t i = 0; i < count && part_count < sizeof(parts) / sizeof(parts[0]); i++)
		if (rows[i].got != HANDOVER_RECEIVED && strcmp(rows[i].actor, own->id) != 0)
			parts[part_count++] = (struct act_part){ "handover.received", received(&rows[i]) };
	rc = act_write_parts(web, request, response, &row, parts, part_count,
			strcmp(form_raw(request->form, "back"), "tray") == 0 ? "/xu-ly" :
			dossier_show_url(request->pool, &row, ""),
			form_raw(request->form, "form_id"), form_raw(request->form, "seen"));
	for (size_t i = 0; i < part_count; i++)
		json_decref((json_t *)parts[i].body);
	return rc;
}
