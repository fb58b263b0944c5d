/*
 * cert_tray.c: /chung-thuc/khay: what lies with each signer, and what has its number, in figures
 * large enough to be written into the stamp, until it is handed out.
 */
#include <string.h>

#include "base/when.h"
#include "intake/cert.h"
#include "store/account.h"
#include "store/book.h"
#include "web/show.h"
#include "web/text_vi.h"

#define WAITING 150		/* of one form */
#define READY 60

/* Rows of one signer together, in the order in which their oldest came. */
static struct view *group_of(struct web *web, struct request *request, struct view *view,
		const char *assignee, struct view **groups, const char **ids, size_t *count)
{
	struct account account;
	struct view *group;

	for (size_t i = 0; i < *count; i++)
		if (strcmp(ids[i], assignee) == 0)
			return groups[i];
	group = view_item(view, "groups");
	view_set(group, "signer", assignee);
	view_int(group, "group", (int64_t)*count + 1);
	if (assignee[0] != '\0' && account_by_id(web->store, request->pool, assignee, &account) ==
			RC_OK) {
		view_set(group, "signer_name", account.name);
		view_set(group, "signer_title", account.title);
	} else {
		view_set(group, "signer_name", text_get("cert.nobody"));
	}
	ids[*count] = assignee;
	groups[(*count)++] = group;
	return group;
}

/* Who came today and gets it today waits in the room: a due time would only be noise. */
static bool due_matters(struct request *request, const struct book_waiting *row)
{
	char now[8], received[8], due[8];

	if (row->due_at == 0)
		return false;
	when_yymmdd(request->now_ms, now);
	when_yymmdd(row->received_at, received);
	when_yymmdd(row->due_at, due);
	return strcmp(due, now) != 0 || strcmp(received, now) != 0;
}

/* Typed wrong at the till: while nobody signed it is voided and typed anew. A transaction has been at a desk. */
static bool may_be_voided(struct request *request, const struct book_waiting *row)
{
	enum book_kind kind;

	return row->state == STATE_SIGNING && frame_can(request, ROLE_INTAKE | ROLE_MANAGER) &&
			book_kind_of(row->procedure, &kind) == RC_OK && kind != BOOK_TRANSACTION;
}

static void show_dossier(struct request *request, struct view *item, const struct book_waiting *row)
{
	view_set(item, "id", row->id_hex);
	view_set(item, "code", row->code);
	view_set(item, "code_short", dossier_show_short_code(row->code));
	view_set(item, "url", pool_printf(request->pool, "/ho-so/%s", row->code));
	view_set(item, "applicant", row->applicant);
	view_set(item, "content", row->content);
	view_set(item, "received", show_clock(request->pool, row->received_at));
	view_set(item, "due", due_matters(request, row) ?
			show_time_screen(request->pool, row->due_at) : "");
	view_flag(item, "fresh", strcmp(request_query(request, "moi"), row->code) == 0);
	view_flag(item, "may_void", may_be_voided(request, row));
	view_flag(item, "signed_already", row->state == STATE_SIGNED);
	if (row->fee_total > row->fee_paid)
		view_set(item, "owed", show_money(request->pool, row->fee_total - row->fee_paid));
	else if (row->fee_total > 0)
		view_set(item, "paid", show_money(request->pool, row->fee_total));
}

static enum rc show_waiting(struct web *web, struct request *request, struct view *view)
{
	struct book_waiting *rows = NULL;
	struct view **groups;
	const char **ids;
	size_t count = 0, group_count = 0;
	enum rc rc = book_tray(web->store, request->pool, WAITING, &rows, &count);

	groups = pool_alloc(request->pool, (count + 1) * sizeof(*groups));
	ids = pool_alloc(request->pool, (count + 1) * sizeof(*ids));
	for (size_t i = 0; rc == RC_OK && i < count; i++)
		show_dossier(request, view_item(group_of(web, request, view, rows[i].state ==
				STATE_SIGNED ? "" : rows[i].assignee, groups, ids, &group_count),
				"waiting"), &rows[i]);
	view_int(view, "waiting_count", (int64_t)count);
	view_flag(view, "waiting_shown", count > 0);
	return rc;
}

static enum rc show_numbers(struct web *web, struct request *request, struct view *item,
		const struct book_waiting *row)
{
	struct book_entry *entries = NULL;
	size_t count = 0;
	enum rc rc = book_of_dossier(web->store, request->pool, row->id, &entries, &count);

	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		struct view *entry = view_item(item, "numbers");

		view_setf(entry, "number", "%02lld", (long long)entries[i].number);
		view_setf(entry, "book_text", "%s-%s", entries[i].book_no, entries[i].symbol);
		view_set(entry, "paper", entries[i].name);
		view_int(entry, "copies", entries[i].copies);
		view_flag(entry, "electronic", strcmp(entries[i].medium, "electronic") == 0);
		view_flag(entry, "spoiled", entries[i].spoiled);
	}
	return rc;
}

static enum rc show_ready(struct web *web, struct request *request, struct view *view)
{
	struct book_waiting *rows = NULL;
	size_t count = 0;
	enum rc rc = book_ready(web->store, request->pool, READY, &rows, &count);

	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		struct view *item = view_item(view, "ready");

		show_dossier(request, item, &rows[i]);
		rc = show_numbers(web, request, item, &rows[i]);
	}
	view_flag(view, "ready_shown", count > 0);
	view_flag(view, "ready_more", count == READY);
	return rc;
}

enum rc page_cert_tray(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	const char *note = request_query(request, "bao");
	enum rc rc = show_waiting(web, request, view);

	if (rc == RC_OK)
		rc = show_ready(web, request, view);
	view_set(view, "title", text_get("cert.tray"));
	view_flag(view, "at_cert", true);
	view_flag(view, "may_take_in", frame_can(request, ROLE_INTAKE));
	view_flag(view, "may_sign", frame_can(request, ROLE_INTAKE | ROLE_CLERK_SEAL | ROLE_SIGNER));
	view_flag(view, "may_return", frame_can(request, ROLE_INTAKE | ROLE_RETURNER));
	view_flag(view, "came_late", strcmp(note, "truoc") == 0);
	view_flag(view, "chose_none", strcmp(note, "trong") == 0);
	return rc == RC_OK ? web_page(web, request, response, "intake/cert_tray", view) : rc;
}
