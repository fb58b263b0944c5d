/*
 * dossier_proof.c: /ho-so/<code>/duong-truyen: where each event and each file of a dossier is, proven
 * by which of the province's receipts, and when the files that wait will be there.
 */
#include <string.h>

#include "base/when.h"
#include "intake/intake.h"
#include "store/journal.h"
#include "store/linkstate.h"
#include "web/show.h"
#include "web/text_vi.h"

/* One of four contents sent is of the newest manifest (forward/backlog.c): its share of the line. */
#define NEWEST_SHARE 4

static char *show_span(struct pool *pool, int64_t seconds)
{
	if (seconds < 90)
		return pool_printf(pool, "1 %s", text_get("link.minute"));
	if (seconds < 2 * 3600)
		return pool_printf(pool, "%lld %s", (long long)((seconds + 30) / 60),
				text_get("link.minute"));
	return pool_printf(pool, "%lld %s", (long long)((seconds + 1800) / 3600), text_get("link.hour"));
}

/* By due time it waits for all before it; as newest intake for those that came after it, with a share
 * of the line. Whichever comes first. */
static const char *estimate(struct pool *pool, const struct link_wait *wait, int64_t goodput)
{
	int64_t by_due = (wait->before + wait->own) / goodput;
	int64_t by_newest = (wait->newer + wait->own) * NEWEST_SHARE / goodput;

	if (wait->far && (wait->newer_far || by_newest > by_due))
		return text_fill(pool, "proof.eta_far", show_span(pool, by_due), NULL);
	if (!wait->newer_far && (wait->far || by_newest < by_due))
		by_due = by_newest;
	return text_fill(pool, "proof.eta", show_span(pool, by_due), NULL);
}

enum rc dossier_show_eta(struct web *web, struct view *view, const struct dossier_row *row)
{
	struct link_cursor cursor;
	struct link_wait wait;
	enum rc rc = linkstate_get(web->store, &cursor);

	/* What goes before it is counted where the line's speed is known. */
	if (rc == RC_OK)
		rc = linkstate_wait(web->store, row->id, cursor.goodput > 0, &wait);
	if (rc != RC_OK || wait.files_own == 0)
		return rc;
	view_set(view, "eta", cursor.goodput > 0 ? estimate(view_pool(view), &wait, cursor.goodput) :
			text_get("proof.eta_unknown"));
	return RC_OK;
}

static void show_receipt(struct view *item, const struct link_receipt *receipt)
{
	char *code = pool_alloc(view_pool(item), 10);

	linkstate_proof_code(receipt->hash, code);
	view_setf(item, "receipt", "%llu", (unsigned long long)receipt->seq);
	view_set(item, "receipt_code", code);
}

static void show_at(struct view *item, const char *jws)
{
	int64_t at = linkstate_proof_at(jws);

	if (at > 0)
		view_set(item, "there_at", show_time_screen(view_pool(item), at));
}

/* Newest first, as in the timeline. */
static enum rc show_events(struct web *web, struct view *view, const struct dossier_row *row,
		struct buf *jws)
{
	struct pool *pool = view_pool(view);
	struct journal_row *rows = NULL;
	size_t count = 0;
	uint64_t written = 0;
	enum rc rc = journal_subject(web->store, pool, row->board, row->id, &rows, &count);

	for (size_t i = count; rc == RC_OK && i-- > 0;) {
		const struct event *event = &rows[i].event;
		struct view *item = view_item(view, "events");
		struct link_receipt receipt;

		view_set(item, "text", kind_find(event->kind, event->kind_version) != NULL ?
				text_get(pool_printf(pool, "event.%s", event->kind)) :
				text_get("event.unknown"));
		view_set(item, "at", show_time_screen(pool, event->time.wall_ms));
		view_flag(item, "theirs", event->author == AUTHOR_CENTER);
		if (event->author == AUTHOR_CENTER)
			continue;
		rc = linkstate_covering(web->store, pool, row->board, event->epoch, event->seq,
				&receipt);
		if (rc == RC_NOT_FOUND) {
			rc = RC_OK;
			continue;
		}
		if (rc != RC_OK)
			break;
		show_receipt(item, &receipt);
		show_at(item, receipt.jws);
		if (receipt.seq != written)	/* one receipt covers many events */
			buf_printf(jws, "%s\n", receipt.jws);
		written = receipt.seq;
	}
	return rc;
}

static enum rc show_files(struct web *web, struct view *view, const struct dossier_row *row, bool results,
		struct buf *jws)
{
	struct pool *pool = view_pool(view);
	struct dossier_file *files = NULL;
	size_t count = 0;
	enum rc rc = dossier_files(web->store, pool, row, results, &files, &count);

	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		struct view *item = view_item(view, "files");
		const char *proof = NULL;

		view_flag(view, "files_shown", true);
		view_set(item, "name", files[i].name);
		view_set(item, "size", show_bytes(pool, files[i].size));
		view_flag(item, "here", files[i].here);
		rc = linkstate_blob_proof(web->store, pool, row->board, files[i].sha256, &proof);
		view_flag(item, "sent", rc == RC_OK);
		view_flag(item, "theirs", rc == RC_NOT_FOUND && results &&
				row->facts.holder == HOLDER_CENTER);
		if (rc == RC_OK) {
			show_at(item, proof);
			buf_printf(jws, "%s\n", proof);
		}
		if (rc == RC_NOT_FOUND)
			rc = RC_OK;
	}
	return rc;
}

static enum rc collect(struct web *web, struct request *request, struct view *view,
		struct dossier_row *row, struct buf *jws)
{
	enum rc rc = act_dossier(web, request, row);

	if (rc == RC_OK)
		rc = show_events(web, view, row, jws);
	if (rc == RC_OK)
		rc = show_files(web, view, row, false, jws);
	return rc == RC_OK ? show_files(web, view, row, true, jws) : rc;
}

enum rc page_dossier_proof(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	struct dossier_row row = { 0 };
	struct buf jws = { 0 };
	enum rc rc = collect(web, request, view, &row, &jws);

	if (rc == RC_OK)
		rc = dossier_show_eta(web, view, &row);
	if (rc == RC_OK) {
		dossier_show_row(view, &row, request->now_ms);
		view_set(view, "title", text_get("proof.title"));
		view_flag(view, "receipts_shown", jws.len > 0);
		rc = web_page(web, request, response, "intake/proof", view);
	}
	buf_free(&jws);
	return rc;
}

/* The receipts themselves, one JWS a line: any program that knows RFC 7515 checks them. */
enum rc page_dossier_receipts(struct web *web, struct request *request, struct response *response)
{
	struct dossier_row row = { 0 };
	struct buf jws = { 0 };
	enum rc rc = collect(web, request, view_new(request->pool), &row, &jws);

	if (rc == RC_OK) {
		buf_add(&response->body, jws.data ? jws.data : "", jws.len);
		response_download(response, "text/plain; charset=utf-8",
				pool_printf(request->pool, "bien-nhan-%s.txt", row.code));
	}
	buf_free(&jws);
	return rc;
}
