/*
 * book_act.c: what a manager does to a book: a number spoiled (it stays, marked Hủy, and never comes
 * again), the next volume, the year's closing.
 */
#include <string.h>

#include "base/encode.h"
#include "base/text.h"
#include "intake/book_view.h"
#include "store/account.h"
#include "web/show.h"
#include "web/text_vi.h"

/* ---- a spoiled number ---- */

static const struct field spoil_fields[] = {
	{ "reason", FIELD_LINES, true, 3, 500, NULL, "book.reason" },
	{ "again", FIELD_FLAG, false, 0, 0, NULL, "book.again" },
};
#define SPOIL_FIELDS (sizeof(spoil_fields) / sizeof(spoil_fields[0]))

struct spoil { struct web *web; struct request *request; const struct book_row *book;
	const struct book_entry *entry; };

/* What happened to the number, in the dossier's own timeline. */
static enum rc note(const struct spoil *spoil, const uint8_t *dossier, const struct book_entry *again,
		const char **reason)
{
	struct pool *pool = spoil->request->pool;
	const char *old = pool_printf(pool, "%02lld", (long long)spoil->entry->number);
	json_t *body = json_new_object();
	struct event event;
	struct act act = { .subject_kind = SUBJECT_DOSSIER, .subject = dossier, .kind = "note.added",
		.actor = spoil->request->session->account.id, .body = body };
	enum rc rc;

	json_put(body, "text", again != NULL ? text_fill(pool, "book.note_again", old,
			pool_printf(pool, "%02lld, %s-%s", (long long)again->number, again->book_no,
			spoil->book->symbol), NULL) : text_fill(pool, "book.note", old, NULL));
	rc = act_append(spoil->web->store, &act, &event, reason);
	json_decref(body);
	return rc;
}

static enum rc note_alone(void *arg, const char **reason)
{
	const struct spoil *spoil = arg;
	uint8_t dossier[EVENT_ID_SIZE];

	if (hex_decode(spoil->entry->dossier, dossier, sizeof(dossier)) != RC_OK)
		return RC_INVALID;
	return note(spoil, dossier, NULL, reason);
}

/* The same paper under the next number of the same book. */
static enum rc number_again(void *arg, const char **reason)
{
	const struct spoil *spoil = arg;
	const struct book_entry *entry = spoil->entry;
	uint8_t dossier[EVENT_ID_SIZE];
	struct book_entry out;
	enum rc rc;
	struct book_signed paper = { .actor = spoil->request->session->account.id,
		.kind = spoil->book->kind, .medium = spoil->book->medium, .dossier = dossier,
		.requester = entry->requester, .requester_number = entry->requester_number,
		.name = entry->name, .pages = entry->pages, .copies = entry->copies,
		.amount = entry->amount, .signer_name = entry->signer_name,
		.signer_title = entry->signer_title, .signed_at = spoil->request->now_ms };

	if (hex_decode(entry->dossier, dossier, sizeof(dossier)) != RC_OK)
		return RC_INVALID;
	rc = book_number(spoil->web->store, spoil->request->pool, &paper, &out, reason);
	return rc == RC_OK ? note(spoil, dossier, &out, reason) : rc;
}

static enum rc spoil_show(struct web *web, struct request *request, struct response *response,
		const struct book_row *book, const struct book_entry *entry)
{
	struct view *view = view_new(request->pool);

	book_view_show(view, book);
	view_setf(view, "number", "%02lld", (long long)entry->number);
	view_set(view, "entry_volume", pool_printf(request->pool, "%s-%s", entry->book_no, book->symbol));
	view_set(view, "spoil_url", pool_printf(request->pool, "/so/chung-thuc/%s/huy/%lld",
			book->id_hex, (long long)entry->number));
	view_set(view, "requester", entry->requester);
	view_set(view, "paper", entry->name);
	view_set(view, "at", show_date(request->pool, entry->signed_at));
	view_set(view, "title", text_fill(request->pool, "book.spoil_title", pool_printf(request->pool,
			"%02lld", (long long)entry->number), NULL));
	view_flag(view, "may_again", !book->closed);
	if (request->method == METHOD_POST) {
		form_show(request->form, spoil_fields, SPOIL_FIELDS, view);
		response->status = 422;
	} else {
		view_flag(view, "again", !book->closed);
	}
	return web_page(web, request, response, "intake/book_spoil", view);
}

enum rc page_book_spoil(struct web *web, struct request *request, struct response *response)
{
	struct spoil spoil = { web, request, NULL, NULL };
	struct book_entry entry;
	struct book_row book;
	int64_t number = 0;
	json_t *body;
	enum rc rc = book_view_open(web, request, &book);

	if (rc == RC_OK && num_parse(request->params[1], 1, INT64_MAX, &number) != RC_OK)
		rc = RC_NOT_FOUND;
	if (rc == RC_OK)
		rc = book_entry_find(web->store, request->pool, &book, number, &entry);
	if (rc != RC_OK)
		return rc;
	if (request->method != METHOD_POST)
		return entry.spoiled ? book_view_conflict(web, request, response, &book,
				"book.rule.spoiled") : spoil_show(web, request, response, &book, &entry);
	rc = form_check(request->form, spoil_fields, SPOIL_FIELDS);
	if (rc != RC_OK)
		return rc == RC_INVALID ? spoil_show(web, request, response, &book, &entry) : rc;
	spoil.book = &book;
	spoil.entry = &entry;
	body = json_new_object();
	json_put_int(body, "number", number);
	json_put(body, "reason", form_text(request->form, "reason"));
	json_put(body, "dossier", entry.dossier);
	rc = book_view_act(web, request, response, &book, "book.spoiled", body,
			form_flag(request->form, "again") && !book.closed ? number_again : note_alone, &spoil);
	json_decref(body);
	return rc;
}

/* ---- volume and closing ---- */

/* The last number as the page showed it: one given since then is told. */
static enum rc seen_last(const struct request *request, int64_t *last)
{
	return num_parse(form_raw(request->form, "seen_last"), 0, INT64_MAX, last);
}

enum rc page_book_continue(struct web *web, struct request *request, struct response *response)
{
	struct book_row book;
	int64_t last, volume = 0;
	json_t *body;
	enum rc rc = book_view_open(web, request, &book);

	if (rc == RC_OK)
		rc = seen_last(request, &last);
	if (rc != RC_OK)
		return rc;
	/* "01/2026" → 2 */
	if (num_parse(pool_strndup(request->pool, book.book_no, strcspn(book.book_no, "/")), 1, 998,
			&volume) != RC_OK)
		volume = 0;
	body = json_new_object();
	json_put_int(body, "last", last);
	json_put(body, "next_book_no", pool_printf(request->pool, "%02d/%d", (int)volume + 1, book.year));
	rc = book_view_act(web, request, response, &book, "book.continued", body, NULL, NULL);
	json_decref(body);
	return rc;
}

enum rc page_book_close(struct web *web, struct request *request, struct response *response)
{
	struct account signer;
	struct when_local now;
	struct book_row book;
	int64_t last, total = 0;
	json_t *body;
	enum rc rc = book_view_open(web, request, &book);

	if (rc == RC_OK)
		rc = seen_last(request, &last);
	if (rc == RC_OK)
		rc = book_closing_total(web->store, &book, &total);
	if (rc != RC_OK)
		return rc;
	rc = account_by_id(web->store, request->pool, form_raw(request->form, "signer"), &signer);
	if (rc == RC_OK && !(signer.roles & ROLE_SIGNER))
		rc = RC_NOT_FOUND;
	if (rc == RC_NOT_FOUND)
		return book_view_conflict(web, request, response, &book, "cert.need_signer");
	if (rc != RC_OK)
		return rc;
	when_to_local(request->now_ms, &now);
	if (now.year < book.year || (now.year == book.year && (now.month < 12 || now.day < 31)))
		return book_view_conflict(web, request, response, &book, "book.too_early");
	body = json_new_object();
	json_put_int(body, "last", last);
	json_put_int(body, "total", total);
	json_put_int(body, "closed_at", request->now_ms);
	json_put(body, "signer_name", signer.name);
	json_put(body, "signer_title", signer.title);
	rc = book_view_act(web, request, response, &book, "book.closed", body, NULL, NULL);
	json_decref(body);
	return rc;
}
