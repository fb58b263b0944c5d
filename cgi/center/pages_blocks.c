/*
 * pages_blocks.c: on /can-xem: blocks of certification numbers that two points of a commune tell differently
 * (dossier/block.h). Each point writes its own book; only here both stories meet.
 */
#include "center/pages.h"

#include <string.h>

#include "base/when.h"
#include "dossier/block.h"
#include "store/book.h"
#include "web/show.h"
#include "web/text_vi.h"

#define FINDINGS 50

static const char *name_of(struct web *web, struct pool *pool, const struct block *block)
{
	struct link_board board;

	if (block == NULL)
		return "";
	return pages_frame_board(web, pool, block->board, &board) == RC_OK ? board.name : block->board;
}

static void show(struct web *web, struct view *item, const struct block_finding *found)
{
	static const char *const keys[] = {"blocks.both", "blocks.not_taken", "blocks.not_given",
		"blocks.not_back"};
	struct pool *pool = view_pool(item);
	const char *of = name_of(web, pool, found->of), *other = name_of(web, pool, found->other);
	const char *since = show_time_screen(pool, found->of->at);

	/* "copy paper 2026" */
	view_set(item, "book", text_get(pool_printf(pool, "book.kind.%.*s",
			(int)strcspn(found->of->book, " "), found->of->book)));
	view_set(item, "year", strrchr(found->of->book, ' ') + 1);
	view_int(item, "first", found->first);
	view_int(item, "last", found->last);
	view_set(item, "what", text_fill(pool, keys[found->fault], of,
			found->fault == BLOCK_NOT_TAKEN || found->fault == BLOCK_NOT_GIVEN ? found->of->point : other,
			since, NULL));
}

enum rc pages_blocks_show(struct web *web, struct request *request, struct view *view)
{
	struct block_finding *found = pool_alloc(request->pool, FINDINGS * sizeof(*found));
	struct block *rows = NULL;
	size_t count = 0, i;
	struct when_local now;
	enum rc rc;

	when_to_local(request->now_ms, &now);
	rc = book_blocks_all(web->store, request->pool, now.year - 1, &rows, &count);

	if (rc != RC_OK)
		return rc;
	count = block_compare(rows, count, request->now_ms - WHEN_DAY_MS, found, FINDINGS);
	for (i = 0; i < count; i++)
		show(web, view_item(view, "blocks"), &found[i]);
	view_flag(view, "any_blocks", count > 0);
	return RC_OK;
}
