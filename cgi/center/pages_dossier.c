/*
 * pages_dossier.c: one dossier as the province sees it: what it is, its files and those still on
 * the way, what happened, and the next act as one button.
 */
#include "center/pages.h"

#include <string.h>

#include "base/encode.h"
#include "store/blob.h"
#include "store/bundle.h"
#include "web/esc.h"
#include "web/show.h"
#include "web/text_vi.h"

char *pages_dossier_url(struct pool *pool, const struct dossier_row *row, const char *suffix)
{
	struct buf code = {NULL, 0, 0};
	char *url;

	/* The code is the board's word: it goes into links and into Location. */
	esc_url_part(&code, row->key);
	url = pool_printf(pool, "/ho-so/%s/%s%s", row->board,
			code.data != NULL ? code.data : "", suffix);
	buf_free(&code);
	return url;
}

enum rc pages_dossier_find(struct web *web, struct request *request, struct dossier_row *out)
{
	struct link_board board;
	enum rc rc;

	/* A board id comes from the address: only one of the register reaches the store. */
	rc = pages_frame_board(web, request->pool, request->params[0], &board);
	if (rc == RC_OK)
		rc = dossier_find(web->store, request->pool, board.board, request->params[1], out);
	return rc;
}

static bool inline_type(const char *type)
{
	return strcmp(type, "image/jpeg") == 0 || strcmp(type, "image/png") == 0 ||
			strcmp(type, "application/pdf") == 0;
}

/* Component ids of the manifest → the names the accepted body carries. */
static const char *component_name(const json_t *body, const char *id)
{
	const json_t *components = json_object_get(body, "components");
	const json_t *one;
	size_t i;

	json_array_foreach(components, i, one)
		if (strcmp(json_text(one, "id"), id) == 0)
			return json_text(one, "name");
	return id;
}

static enum rc show_files(struct web *web, struct request *request, const struct dossier_row *row,
		const json_t *body, struct view *view, bool results)
{
	struct pool *pool = request->pool;
	struct dossier_file *files = NULL;
	struct view *item;
	const char *url;
	size_t count = 0, i;
	enum rc rc;

	rc = dossier_files(web->store, pool, row, results, &files, &count);
	if (rc != RC_OK)
		return rc;
	for (i = 0; i < count; i++) {
		item = view_item(view, results ? "result_files" : "files_list");
		view_set(item, "name", *files[i].name != '\0' ? files[i].name :
				text_get("center.file.unnamed"));
		if (!results)
			view_set(item, "component", component_name(body, files[i].component));
		view_set(item, "size", show_bytes(pool, files[i].size));
		view_flag(item, "here", files[i].here);
		if (!files[i].here)
			continue;
		url = pages_dossier_url(pool, row, pool_printf(pool, "/tep/%s",
				files[i].sha256));
		view_set(item, "download", url);
		if (inline_type(files[i].type))
			view_set(item, "look", pool_printf(pool, "%s?xem=1", url));
	}
	view_flag(view, results ? "has_result_files" : "has_files", count > 0);
	return RC_OK;
}

static enum rc show_results(struct web *web, struct request *request, const struct dossier_row *row,
		struct view *view)
{
	struct dossier_result *results = NULL;
	struct view *item;
	size_t count = 0, i;
	enum rc rc;

	rc = dossier_results(web->store, request->pool, row, &results, &count);
	if (rc != RC_OK)
		return rc;
	for (i = 0; i < count; i++) {
		item = view_item(view, "results");
		view_set(item, "kind", results[i].kind);
		view_set(item, "number", results[i].number);
		view_set(item, "summary", results[i].summary);
		view_set(item, "issuer", results[i].issuer);
		view_set(item, "signer", results[i].signer);
		view_set(item, "signed_on", show_birth(request->pool, results[i].signed_on));
	}
	view_flag(view, "has_results", count > 0);
	return RC_OK;
}

static void show_point(struct view *view, const struct link_board *board)
{
	json_t *point = NULL;

	view_set(view, "point", board->name);
	if (json_parse(board->point, strlen(board->point), &point) == RC_OK)
		view_set(view, "point_phone", pool_strdup(view_pool(view),
				json_text(point, "phone")));
	json_decref(point);
}

static void show_people(struct view *view, const struct dossier_row *row)
{
	view_set(view, "received", show_time_screen(view_pool(view), row->received_at));
	view_set(view, "applicant_number", row->applicant_number);
	view_set(view, "phone", row->phone);
	if (strcmp(row->submitter, row->applicant) != 0)
		view_set(view, "submitter", row->submitter);
	view_set(view, "content", row->content);
	view_set(view, "unit", row->unit);
	view_set(view, "assignee", row->assignee_name);
}

static void show_acts(struct view *view, const struct dossier_row *row)
{
	struct pool *pool = view_pool(view);

	view_set(view, "seen", row->seen);
	view_flag(view, "can_take", pages_inbox_can_take(row));
	view_flag(view, "can_work", pages_inbox_can_work(row));
	view_flag(view, "held_by_point", row->facts.holder == HOLDER_BOARD &&
			!state_is_closed(row->facts.state));
	view_set(view, "take_url", pages_dossier_url(pool, row, "/nhan-xu-ly"));
	view_set(view, "finish_url", pages_dossier_url(pool, row, "/ket-qua"));
	view_set(view, "question_url", pages_dossier_url(pool, row, "/cau-hoi"));
	view_set(view, "paper_url", pages_dossier_url(pool, row, "/nhan-ban-giay"));
	view_set(view, "supplement_url", pages_dossier_url(pool, row, "/bo-sung"));
	view_set(view, "refuse_url", pages_dossier_url(pool, row, "/tu-choi"));
	view_set(view, "stop_url", pages_dossier_url(pool, row, "/dung"));
}

/* A part of a bundle: what the citizen handed in lies with the whole. */
static enum rc show_whole(struct web *web, struct view *view, const struct dossier_row *row, int64_t now_ms)
{
	struct pool *pool = view_pool(view);
	const char *hex = NULL;
	struct dossier_row whole;
	enum rc rc = bundle_parent(web->store, pool, row->board, row->id, &hex);

	if (rc != RC_OK || hex == NULL)
		return rc;
	rc = dossier_find(web->store, pool, row->board, hex, &whole);
	if (rc == RC_OK)
		pages_inbox_show(view_item(view, "whole"), &whole, now_ms);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc pages_dossier(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	struct link_board board;
	struct dossier_row row;
	json_t *body = NULL;
	enum rc rc;

	rc = pages_dossier_find(web, request, &row);
	if (rc == RC_OK)
		rc = pages_frame_board(web, request->pool, row.board, &board);
	if (rc != RC_OK)
		return rc;
	rc = dossier_body(web->store, &row, &body);
	if (rc != RC_OK && rc != RC_NOT_FOUND)
		return rc;
	view_flag(view, "erased", rc == RC_NOT_FOUND);
	pages_inbox_show(view, &row, request->now_ms);
	view_set(view, "title", pool_printf(request->pool, "%s %s", text_get("center.dossier"),
			*row.official != '\0' ? row.official : row.code));
	show_point(view, &board);
	show_people(view, &row);
	show_acts(view, &row);
	rc = show_files(web, request, &row, body, view, false);
	if (rc == RC_OK)
		rc = show_files(web, request, &row, body, view, true);
	if (rc == RC_OK)
		rc = show_results(web, request, &row, view);
	if (rc == RC_OK)
		rc = show_whole(web, view, &row, request->now_ms);
	if (rc == RC_OK)
		rc = pages_question_papers(web, view, &row);
	if (rc == RC_OK)
		rc = pages_request_open(web, view, &row, board.name);
	if (rc == RC_OK)
		rc = pages_fence_show_dossier(web, request, view, &board, &row);
	if (rc == RC_OK)
		rc = pages_timeline(web, request, &row, board.name, view);
	if (rc == RC_OK)
		rc = web_page(web, request, response, "center/dossier", view);
	json_decref(body);
	return rc;
}

enum rc pages_dossier_file(struct web *web, struct request *request, struct response *response)
{
	const char *sha256 = request->params[2];
	struct dossier_file *files = NULL;
	const struct dossier_file *file = NULL;
	struct dossier_row row;
	uint8_t raw[32];
	char *path = NULL;
	size_t count = 0, i;
	int results;
	enum rc rc;

	rc = pages_dossier_find(web, request, &row);
	if (rc != RC_OK)
		return rc;
	for (results = 0; results < 2 && file == NULL; results++) {
		rc = dossier_files(web->store, request->pool, &row, results == 1, &files, &count);
		if (rc != RC_OK)
			return rc;
		for (i = 0; i < count && file == NULL; i++)
			if (strcmp(files[i].sha256, sha256) == 0 && files[i].here)
				file = &files[i];
	}
	if (file == NULL || hex_decode(sha256, raw, sizeof(raw)) != RC_OK)
		return RC_NOT_FOUND;
	rc = blob_link_out(web->store, request->pool, row.board, raw, &path);
	if (rc == RC_OK)
		response_file(response, path, file->type, file->name,
				inline_type(file->type) && *request_query(request, "xem") != '\0');
	return rc;
}
