/*
 * dossier_timeline.c: what happened to a dossier, in words: one sentence per event, from its kind
 * ("event.<kind>"), with what matters of its body. A body that was erased leaves its sentence.
 */
#include <string.h>

#include "intake/ask.h"
#include "intake/correct.h"
#include "store/journal.h"
#include "web/show.h"
#include "web/text_vi.h"

static const char *dup(struct pool *pool, const char *text)
{
	return pool_strdup(pool, text);
}

/* "a – b", or the one that is there. */
static const char *pair(struct pool *pool, const char *a, const char *b)
{
	if (a[0] == '\0' || b[0] == '\0')
		return dup(pool, a[0] != '\0' ? a : b);
	return pool_printf(pool, "%s – %s", a, b);
}

static const char *slip_detail(struct pool *pool, const json_t *body)
{
	int64_t copy = json_int(body, "copy", 1);

	if (copy <= 1)
		return "";
	return text_fill(pool, "event.detail.copy", pool_printf(pool, "%d", (int)(copy - 1)), NULL);
}

/* Kinds whose detail is one member of the body. */
static const struct { const char *kind, *member; } members[] = {
	{ "dossier.forwarded", "to_unit" }, { "dossier.handed_over", "unit" },
	{ "dossier.sent_to_sign", "signer_name" }, { "dossier.signed", "number" },
	{ "dossier.sign_refused", "reason" }, { "dossier.sent_back", "reason" },
	{ "dossier.returned_to_previous", "reason" }, { "dossier.supplement_requested", "reason" },
	{ "dossier.refused", "reason" }, { "dossier.withdrawn", "reason" },
	{ "dossier.stopped", "reason" }, { "dossier.voided", "reason" },
	{ "dossier.result_recalled", "reason" }, { "slip.replaced", "reason" },
	{ "dossier.recalled", "reason" }, { "dossier.linked", "bundle" }, { "dossier.reassigned", "reason" }, { "dossier.handed_back", "reason" },
	{ "code.issued", "code" }, { "code.external", "code" }, { "place.noted", "place" },
	{ "dossier.file_replaced", "reason" }, { "note.added", "text" }, { "question.asked", "text" }, { "question.answered", "text" },
	{ "handover.received", "missing" },
	{ "post.delivered", "reason" },
	{ "fee.cancelled", "reason" }, { "dossier.payment_requested", "reason" },
};

/* "16:00 … → 10:00 …; reason" */
static const char *due_detail(struct pool *pool, const json_t *body)
{
	const json_t *before = json_object_get(body, "before"), *due = json_object_get(body, "due");

	if (!json_flag(before, "has") || !json_flag(due, "has"))
		return dup(pool, json_text(body, "reason"));
	return pool_printf(pool, "%s → %s; %s", show_time_screen(pool, json_int(before, "at", 0)),
			show_time_screen(pool, json_int(due, "at", 0)), json_text(body, "reason"));
}

static const char *call_detail(struct pool *pool, const json_t *body)
{
	const char *words = text_get(pool_printf(pool, "correct.outcome.%s",
			json_text(body, "outcome")));

	if (json_int(body, "appointment_at", 0) > 0)
		words = pool_printf(pool, "%s, %s", words,
				show_time_screen(pool, json_int(body, "appointment_at", 0)));
	return pair(pool, words, json_text(body, "text"));
}

/* "Giấy khai sinh (2 bản), Sổ đỏ (1 bản)" */
static const char *originals_detail(struct pool *pool, const json_t *body)
{
	const char *words = "";
	const json_t *item;
	size_t i;

	json_array_foreach(json_object_get(body, "items"), i, item)
		words = pool_printf(pool, "%s%s%s", words, i > 0 ? ", " : "", text_fill(pool,
				"act.return.original", json_text(item, "name"), pool_printf(pool, "%d",
				(int)json_int(item, "count", 1)), NULL));
	return pair(pool, words, json_text(json_object_get(body, "receiver"), "name"));
}

static const char *detail(struct pool *pool, const char *kind, const json_t *body)
{
	const json_t *result = json_array_get(json_object_get(body, "results"), 0);

	if (strcmp(kind, "dossier.finished") == 0)
		return pair(pool, json_text(result, "kind"), json_text(result, "number"));
	if (strcmp(kind, "dossier.amended") == 0)
		return correct_amend_words(pool, body);
	if (strcmp(kind, "dossier.due_adjusted") == 0 || strcmp(kind, "dossier.extended") == 0)
		return due_detail(pool, body);
	if (strcmp(kind, "dossier.procedure_changed") == 0)
		return pair(pool, json_text(json_object_get(body, "procedure"), "name"),
				json_text(body, "reason"));
	if (strcmp(kind, "dossier.taken_over") == 0)
		return pair(pool, json_text(body, "old_code"), json_text(body, "old_agency"));
	if (strcmp(kind, "dossier.result_brought") == 0)
		return pair(pool, json_text(body, "from_code"), json_text(body, "from"));
	if (strcmp(kind, "dossier.late_entered") == 0)
		return pair(pool, json_text(body, "paper_no"), json_text(body, "reason"));
	if (strcmp(kind, "handover.given") == 0)
		return pair(pool, json_text(body, "to"), json_text(body, "list"));
	if (strncmp(kind, "originals.", 10) == 0)
		return originals_detail(pool, body);
	if (strcmp(kind, "request.made") == 0)
		return pair(pool, ask_words(pool, json_text(body, "act")), json_text(body, "reason"));
	if (strcmp(kind, "request.answered") == 0)
		return pair(pool, text_get(json_flag(body, "granted") ? "request.granted" :
				"request.refused"), json_text(body, "reason"));
	if (strcmp(kind, "time.corrected") == 0)
		return text_fill(pool, "event.detail.time", show_time_screen(pool,
				json_int(body, "wall_ms", 0)), NULL);
	if (strcmp(kind, "call.noted") == 0)
		return call_detail(pool, body);
	if (strcmp(kind, "dossier.result_returned") == 0)
		return dup(pool, json_text(json_object_get(body, "receiver"), "name"));
	if (strcmp(kind, "slip.printed") == 0)
		return slip_detail(pool, body);
	if (strcmp(kind, "fee.collected") == 0)
		return pair(pool, show_money(pool, json_int(body, "total", 0)),
				json_text(json_object_get(body, "receipt"), "number"));
	if (strcmp(kind, "fee.refunded") == 0)
		return pair(pool, show_money(pool, json_int(body, "amount", 0)),
				json_text(body, "reason"));
	if (strcmp(kind, "receipt.cancelled") == 0)
		return dup(pool, json_text(json_object_get(body, "receipt"), "number"));
	if (strcmp(kind, "manifest.complete") == 0 && json_int(body, "files", 0) > 0)
		return text_fill(pool, "event.detail.files",
				pool_printf(pool, "%d", (int)json_int(body, "files", 0)), NULL);
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		if (strcmp(members[i].kind, kind) == 0)
			return dup(pool, json_text(body, members[i].member));
	return "";
}

static void show_event(struct web *web, struct view *item, const struct event *event)
{
	struct pool *pool = view_pool(item);
	const struct kind *kind = kind_find(event->kind, event->kind_version);
	json_t *body = NULL;

	view_set(item, "at", show_time_screen(pool, event->time.wall_ms));
	if (event->time.boot_count > 0 && when_source_is_doubtful(event->time.source))
		view_set(item, "at", text_fill(pool, "event.at_doubt", show_time_screen(pool,
				event->time.wall_ms), NULL));
	view_set(item, "actor", dossier_show_actor(web, pool, event->actor, event->author));
	view_set(item, "text", kind != NULL ? text_get(pool_printf(pool, "event.%s", kind->name)) :
			text_get("event.unknown"));
	view_flag(item, "aside", kind == NULL || kind->class != KIND_STATE);
	if (event->body == NULL) {
		/* Sums and numbers are still there. */
		if (event->kept != NULL && json_parse(event->kept, strlen(event->kept), &body) == RC_OK) {
			view_set(item, "note", text_get("event.erased"));
			view_set(item, "detail", detail(pool, event->kind, body));
			json_decref(body);
		} else {
			view_set(item, "detail", text_get("event.erased"));
		}
	} else if (json_parse(event->body, event->body_len, &body) == RC_OK) {
		view_set(item, "detail", detail(pool, event->kind, body));
		if (strcmp(event->kind, "note.added") != 0)
			view_set(item, "note", dup(pool, json_text(body, "note")));
		json_decref(body);
	}
}

enum rc dossier_show_timeline(struct web *web, struct view *view, const struct dossier_row *row)
{
	struct journal_row *rows = NULL;
	size_t count = 0;
	enum rc rc = journal_subject(web->store, view_pool(view), row->board, row->id, &rows, &count);

	while (rc == RC_OK && count > 0)
		show_event(web, view_item(view, "events"), &rows[--count].event);
	return rc;
}

/* The newest event of a kind, or NULL. */
static const struct event *last_of(struct web *web, struct pool *pool,
		const struct dossier_row *row, const char *kind)
{
	struct journal_row *rows = NULL;
	size_t count = 0;

	if (journal_subject(web->store, pool, row->board, row->id, &rows, &count) != RC_OK)
		return NULL;
	while (count > 0) {
		if (strcmp(rows[--count].event.kind, kind) == 0)
			return &rows[count].event;
	}
	return NULL;
}

json_t *dossier_last_body(struct web *web, struct pool *pool, const struct dossier_row *row,
		const char *kind)
{
	const struct event *event = last_of(web, pool, row, kind);
	json_t *body = NULL;

	if (event == NULL || event->body == NULL ||
			json_parse(event->body, event->body_len, &body) != RC_OK)
		return NULL;
	return body;
}

const char *dossier_last_actor(struct web *web, struct pool *pool, const struct dossier_row *row,
		const char *kind)
{
	const struct event *event = last_of(web, pool, row, kind);

	return event != NULL ? dossier_show_actor(web, pool, event->actor, event->author) : "";
}
