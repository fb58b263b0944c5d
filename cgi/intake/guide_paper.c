/*
 * guide_paper.c: /in/phieu/<id>: the printed request of before acceptance, made of its event. Its
 * prints are events beside it, on the same subject.
 */
#include <string.h>

#include "base/encode.h"
#include "intake/guide.h"
#include "intake/slip.h"

static int64_t prints(const struct journal_row *rows, size_t count)
{
	int64_t printed = 0;

	for (size_t i = 0; i < count; i++) {
		json_t *body = NULL;

		if (strcmp(rows[i].event.kind, "intake.printed") != 0 || rows[i].event.body == NULL ||
				json_parse(rows[i].event.body, rows[i].event.body_len, &body) != RC_OK)
			continue;
		printed += !json_flag(body, "handwritten");
		json_decref(body);
	}
	return printed;
}

static enum rc show(struct web *web, struct request *request, struct response *response,
		const struct event *event, const json_t *act, int64_t again)
{
	struct view *view = view_new(request->pool);
	struct pool *pool = request->pool;
	const char *draft = json_text(act, "draft");

	print_head(web, view, "supplement", pool_strdup(pool, json_text(act, "number")),
			event->time.wall_ms);
	print_bar(request, view, pool_printf(pool, "/in/phieu/%s", request->params[0]),
			draft_page_url(pool, draft, "/bo-sung"), again);
	slip_show_persons(view, act);
	print_set(view, "content", json_object_get(act, "procedure"), "name");
	print_items(view, json_object_get(act, "items"));
	print_set(view, "reason", act, "reason");
	view_set(view, "actor", dossier_show_actor(web, pool, event->actor, event->author));
	return web_page(web, request, response, "print/supplement", view);
}

static enum rc write(struct web *web, struct request *request, struct response *response,
		const uint8_t *subject, int64_t again)
{
	json_t *body = json_new_object();
	char *location = pool_strdup(request->pool, strcmp(form_raw(request->form, "next"), "khay") == 0 ?
			"/in" : "/quay?viec=nhap");
	enum rc rc;

	json_put(body, "paper", "supplement");
	if (form_raw(request->form, "by_hand")[0] != '\0')
		json_put_flag(body, "handwritten", true);
	else
		json_put_int(body, "copy", again);
	rc = print_note(web, request, SUBJECT_STATION, subject, "intake.printed", body, &location);
	json_decref(body);
	if (rc == RC_OK)
		response_see_other(response, location);
	return rc;
}

enum rc page_guide_paper(struct web *web, struct request *request, struct response *response)
{
	struct journal_row *rows = NULL;
	uint8_t subject[EVENT_ID_SIZE];
	size_t count = 0;
	json_t *act = NULL;
	enum rc rc = strlen(request->params[0]) == 2 * EVENT_ID_SIZE ?
			hex_decode(request->params[0], subject, sizeof(subject)) : RC_INVALID;

	if (rc != RC_OK)
		return RC_NOT_FOUND;
	rc = journal_subject(web->store, request->pool, web->store->board, subject, &rows, &count);
	if (rc != RC_OK)
		return rc;
	if (count == 0 || strcmp(rows[0].event.kind, "intake.guided") != 0 ||
			rows[0].event.body == NULL ||
			json_parse(rows[0].event.body, rows[0].event.body_len, &act) != RC_OK)
		return RC_NOT_FOUND;
	if (json_text(act, "number")[0] == '\0')
		rc = RC_NOT_FOUND;
	else if (request->method == METHOD_POST)
		rc = write(web, request, response, subject, prints(rows, count));
	else
		rc = show(web, request, response, &rows[0].event, act, prints(rows, count));
	json_decref(act);
	return rc;
}
