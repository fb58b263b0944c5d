/*
 * shots.c: see shots.h.
 */
#include <string.h>

#include "base/text.h"
#include "intake/draft_page.h"
#include "intake/photo.h"
#include "intake/shots.h"
#include "store/source.h"
#include "web/imaging.h"
#include "web/show.h"
#include "web/text_vi.h"

static bool is_photo(const struct draft_file *file)
{
	return strncmp(file->type, "image/", 6) == 0;
}

struct shots_count shots_count(const char *component, const struct draft_file *files, size_t count)
{
	struct shots_count found = { 0, 0 };

	for (size_t i = 0; i < count; i++) {
		if (strcmp(files[i].component, component) != 0)
			continue;
		if (is_photo(&files[i]))
			found.photos++;
		else
			found.others++;
	}
	return found;
}

static void show_warnings(struct view *item, unsigned warnings)
{
	static const struct { unsigned bit; const char *key; } words[] = {
		{ IMAGING_DARK, "shots.dark" }, { IMAGING_SMALL, "shots.small" },
		{ IMAGING_BLURRED, "shots.blurred" },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if ((warnings & words[i].bit) != 0)
			view_set(view_item(item, "bad_words"), "bad_word", text_get(words[i].key));
	view_flag(item, "is_bad", warnings != 0);
}

void shots_show(struct web *web, struct view *paper, const char *draft, const char *component,
		const struct draft_file *files, size_t count)
{
	struct pool *pool = view_pool(paper);
	struct shots_count found = shots_count(component, files, count);
	size_t total = found.photos + found.others, at = 0;

	for (size_t i = 0; i < count; i++) {
		struct source_photo photo = { .turn = 0 };
		struct view *item;
		long long no = (long long)files[i].no;

		if (strcmp(files[i].component, component) != 0)
			continue;
		item = view_item(paper, "files");
		view_setf(item, "no", "%lld", no);
		view_int(item, "at", (int64_t)++at);
		view_flag(item, "can_up", at > 1);
		view_flag(item, "can_down", at < total);
		view_set(item, "file_name", files[i].name);
		view_set(item, "file_size", show_bytes(pool, files[i].size));
		view_flag(item, "is_pdf", !is_photo(&files[i]));
		view_set(item, "file_url", pool_printf(pool, "%s/%lld", draft_page_url(pool, draft, "/tep"), no));
		/* A name of its own for each content: a turned photo is not the one a browser kept. */
		if (is_photo(&files[i]))
			view_set(item, "thumb_url", pool_printf(pool, "%s/%lld?%.8s",
					draft_page_url(pool, draft, "/anh"), no, files[i].sha256));
		/* Without it the photo shows without a warning. */
		if (is_photo(&files[i]) && source_photo_get(web->store, files[i].sha256, &photo) == RC_OK)
			show_warnings(item, photo.warnings);
	}
	view_int(paper, "file_count", (int64_t)total);
	view_flag(paper, "has_files", total > 0);
}

void shots_show_pages(struct view *paper, int64_t pages, const char *component,
		const struct draft_file *files, size_t count)
{
	struct shots_count found = shots_count(component, files, count);
	struct pool *pool = view_pool(paper);

	if (found.photos == 0 || found.others > 0 || pages <= 0 || (size_t)pages == found.photos)
		return;
	view_set(paper, "pages_differ", text_fill(pool, "shots.pages_differ",
			pool_printf(pool, "%lld", (long long)pages),
			pool_printf(pool, "%zu", found.photos), NULL));
}

void shots_show_form(struct web *web, struct view *view, const char *upload)
{
	view_set(view, "upload", upload);
	view_set(view, "max_size", show_bytes(view_pool(view), web->settings->upload_max_bytes));
	view_setf(view, "max_bytes", "%lld", (long long)web->settings->upload_max_bytes);
}

static enum rc turn(struct web *web, struct pool *pool, const char *draft, const struct draft_file *file)
{
	struct photo_kept kept;
	const char *why = NULL;
	enum rc rc = photo_turn(web, pool, file->sha256, &kept, &why);

	return rc == RC_OK ? draft_file_put(web->store, draft, file->no, kept.sha256, kept.size,
			kept.type) : rc;
}

enum rc shots_button(struct web *web, struct request *request, const char *draft, const char **at)
{
	static const char *const names[] = { "remove", "up", "down", "turn" };
	struct draft_file *files = NULL;
	const char *pressed = NULL;
	size_t count = 0, i = 0;
	int64_t no = 0;
	enum rc rc;

	*at = NULL;
	for (size_t n = 0; pressed == NULL && n < sizeof(names) / sizeof(names[0]); n++)
		if (num_parse(form_raw(request->form, names[n]), 1, INT64_MAX, &no) == RC_OK)
			pressed = names[n];
	if (pressed == NULL)
		return RC_OK;
	rc = draft_file_list(web->store, request->pool, draft, &files, &count);
	while (i < count && files[i].no != no)
		i++;
	*at = "papers";
	if (rc != RC_OK || i == count)
		return rc;
	*at = files[i].component;
	if (strcmp(pressed, "remove") == 0)
		rc = draft_file_remove(web->store, draft, no);
	else if (strcmp(pressed, "turn") == 0)
		rc = is_photo(&files[i]) ? turn(web, request->pool, draft, &files[i]) : RC_OK;
	else
		rc = draft_file_move(web->store, draft, no, strcmp(pressed, "up") == 0);
	return rc == RC_NOT_FOUND ? RC_OK : rc;		/* gone meanwhile */
}
