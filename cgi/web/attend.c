/*
 * attend.c: see attend.h.
 */
#include <string.h>

#include "base/text.h"
#include "store/parked.h"
#include "web/attend.h"
#include "web/form.h"
#include "web/show.h"
#include "web/text_vi.h"

#define ATTEND_MAX 100

static const char *words_or(struct pool *pool, const char *prefix, const char *word,
		const char *otherwise)
{
	const char *key = pool_printf(pool, "%s%s", prefix, word);

	return text_known(key) ? text_get(key) : text_get(otherwise);
}

static void show_event(struct view *item, const struct parked_row *row, bool named)
{
	struct pool *pool = view_pool(item);

	view_set(item, "board", row->board);
	view_flag(item, "named", named);
	view_setf(item, "log", "%u", row->log);
	view_setf(item, "seq", "%llu", (unsigned long long)row->seq);
	view_set(item, "what", words_or(pool, "event.", row->kind, "event.unknown"));
	view_set(item, "code", row->code);
	view_set(item, "from", text_get(row->author == AUTHOR_CENTER ? "attend.from_center" :
			"attend.from_board"));
	if (row->at > 0)
		view_set(item, "at", show_time_screen(pool, row->at));
	view_set(item, "why", text_known(row->reason) ? text_get(row->reason) :
			words_or(pool, "attend.why.", row->reason, "attend.why.other"));
}

enum rc attend_show(struct web *web, struct request *request, struct view *view, const char *board)
{
	struct parked_row *rows = NULL;
	struct parked_blob *blobs = NULL;
	size_t count = 0, i;
	enum rc rc = parked_list(web->store, request->pool, board, ATTEND_MAX, &rows, &count);

	for (i = 0; rc == RC_OK && i < count; i++)
		show_event(view_item(view, "parked"), &rows[i], board[0] == '\0');
	view_flag(view, "any_parked", rc == RC_OK && count > 0);
	if (rc == RC_OK)
		rc = parked_blobs(web->store, request->pool, board, ATTEND_MAX, &blobs, &count);
	for (i = 0; rc == RC_OK && i < count; i++) {
		struct view *item = view_item(view, "parked_files");

		view_set(item, "board", blobs[i].board);
		view_flag(item, "named", board[0] == '\0');
		view_set(item, "file", pool_strndup(request->pool, blobs[i].sha256, 8));
		view_set(item, "since", show_time_screen(request->pool, blobs[i].at));
		view_int(item, "tries", blobs[i].tries);
		view_set(item, "why", words_or(request->pool, "attend.file.", blobs[i].reason,
				"attend.file.other"));
	}
	view_flag(view, "any_files", rc == RC_OK && count > 0);
	view_flag(view, "nothing", rc == RC_OK && count == 0 && blobs != NULL && rows != NULL &&
			rows[0].board == NULL);
	return rc;
}

enum rc attend_retry(struct web *web, struct request *request, const char *board, bool *left)
{
	const char *of = board[0] != '\0' ? board : form_raw(request->form, "board");
	int64_t seq = 0, log = 0;

	if (of[0] == '\0' || num_parse(form_raw(request->form, "seq"), 1, INT64_MAX, &seq) != RC_OK ||
			num_parse(form_raw(request->form, "log"), 0, INT32_MAX, &log) != RC_OK)
		return RC_INVALID;
	return parked_retry(web->store, of, (unsigned)log, (uint64_t)seq, left);
}
