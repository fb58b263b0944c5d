/*
 * print_tray.c: /in, what waits for a printer, oldest first. It opens on whichever machine has one:
 * a tablet takes the dossier in, the PC in the corner prints. Each paper is printed, then confirmed,
 * or written by hand when the printer is dead.
 */
#include <string.h>

#include "intake/print.h"
#include "store/paper.h"
#include "web/show.h"
#include "web/text_vi.h"

#define ROWS 60

/* Whose paper it is before any dossier exists. */
static enum rc show_guided(struct web *web, struct view *item, const struct paper_row *row)
{
	struct pool *pool = view_pool(item);
	struct journal_row *rows = NULL;
	size_t count = 0;
	json_t *body = NULL;
	enum rc rc = journal_subject(web->store, pool, web->store->board, row->subject, &rows, &count);

	if (rc != RC_OK || count == 0 || rows[0].event.body == NULL ||
			json_parse(rows[0].event.body, rows[0].event.body_len, &body) != RC_OK)
		return rc;
	print_set(item, "applicant", json_object_get(body, "applicant"), "name");
	print_set(item, "procedure", json_object_get(body, "procedure"), "name");
	print_set(item, "what", body, "number");
	json_decref(body);
	return RC_OK;
}

static enum rc show_row(struct web *web, struct view *view, const struct paper_row *row)
{
	struct pool *pool = view_pool(view);
	struct view *item = view_item(view, "papers");
	const char *slug = print_slug(row->paper);
	bool slip = strcmp(row->paper, "slip") == 0;

	view_set(item, "paper", text_get(pool_printf(pool, "tray.paper.%s", row->paper)));
	view_set(item, "at", show_time_screen(pool, row->at));
	view_set(item, "applicant", row->applicant);
	view_set(item, "procedure", row->procedure_name);
	if (row->code[0] == '\0') {
		view_set(item, "print_url", pool_printf(pool, "/in/phieu/%s?ve=khay", row->subject_hex));
		view_set(item, "done_url", pool_printf(pool, "/in/phieu/%s", row->subject_hex));
		return show_guided(web, item, row);
	}
	view_set(item, "code_short", dossier_show_short_code(row->code));
	view_set(item, "url", pool_printf(pool, "/ho-so/%s", row->code));
	if (slip) {
		view_set(item, "print_url", pool_printf(pool, "/ho-so/%s/giay-hen?ve=khay", row->code));
		view_set(item, "done_url", pool_printf(pool, "/ho-so/%s/da-in", row->code));
	} else if (slug != NULL) {
		view_set(item, "number", row->ref);
		view_set(item, "print_url", pool_printf(pool, "/ho-so/%s/in/%s?ve=khay%s%s", row->code,
				slug, row->ref[0] != '\0' ? "&so=" : "", row->ref));
		view_set(item, "done_url", pool_printf(pool, "/ho-so/%s/in/%s", row->code, slug));
	}
	return RC_OK;
}

enum rc page_print_tray(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	struct paper_row *rows = NULL;
	size_t count = 0;
	enum rc rc = paper_waiting(web->store, request->pool, ROWS, &rows, &count);

	for (size_t i = 0; rc == RC_OK && i < count; i++)
		rc = show_row(web, view, &rows[i]);
	view_flag(view, "papers_shown", count > 0);
	view_flag(view, "more", count == ROWS);
	view_set(view, "title", text_get("tray.title"));
	return rc == RC_OK ? web_page(web, request, response, "intake/tray_print", view) : rc;
}
