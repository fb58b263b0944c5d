/*
 * pages_stick.c: /usb, the sticks that couriers bring from the points: their parts go in, what goes back
 * comes out. This program holds no key and opens no part: it leaves them for tram-machine --sticks
 * (machine_stick.h says where) and shows what that wrote. Nothing about a person.
 */
#define _DEFAULT_SOURCE /* DT_REG */
#include "center/pages.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "crypt/random.h"
#include "store/account.h"
#include "store/blob.h"
#include "web/form_files.h"
#include "web/show.h"
#include "web/text_vi.h"
#include "web/tus.h"

#define HERE "/usb"
#define TUS_BASE "/tai-len"
#define TUS_TARGET "usb"
#define SAID_MAX ((size_t)512 * 1024)
#define NOTE_MAX ((size_t)8 * 1024)
#define SUFFIX ".age"
/* FAT32 holds no larger file; no part is one (PROTOCOL §12). */
#define PART_MAX INT64_C(4294967295)
#define MAGIC "age-encryption.org/v1"
#define LOOK_S "3"

/* ---- taking ---- */

static bool is_sealed(const char *path)
{
	char head[sizeof(MAGIC) - 1];
	size_t got = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	bool is = fd >= 0 && file_read_all(fd, head, sizeof(head), &got) == RC_OK &&
			got == sizeof(head) && memcmp(head, MAGIC, got) == 0;

	if (fd >= 0)
		(void)close(fd);
	return is;
}

/* Into the inbox: the note first, the part last. The spool's file is synced. */
static enum rc leave(struct web *web, struct request *request, const char *spool_path, const char *filename,
		int64_t size)
{
	const char *dir = web->settings->inbox_dir;
	json_t *note = json_new_object();
	char id[33], *name, *text;
	enum rc rc;

	random_hex(16, id);
	json_put(note, "name", filename);
	json_put_int(note, "bytes", size);
	json_put_int(note, "at", request->now_ms);
	json_put(note, "by", request->session->account.id);
	text = json_to_text(request->pool, note);
	json_decref(note);
	name = pool_printf(request->pool, "stick-%s.json", id);
	rc = file_put(dir, name, text, strlen(text), 0660);
	if (rc == RC_OK && rename(spool_path, pool_printf(request->pool, "%s/stick-%s" SUFFIX, dir, id)) !=
			0) {
		log_error("stick: inbox_dir and spool_dir must be on one file system: %s",
				strerror(errno));
		(void)unlink(pool_printf(request->pool, "%s/%s", dir, name));
		rc = RC_IO;
	}
	if (rc == RC_OK) {
		file_sync_dir_or_die(dir);
		log_info("stick part came id=%s bytes=%lld by=%s", id, (long long)size,
				request->session->account.id);
	}
	return rc;
}

struct incoming {
	struct web *web;
	struct request *request;
	unsigned taken, other;
};

static enum rc take_file(void *arg, const char *name, const char *filename, const char *spool_path,
		int64_t size)
{
	struct incoming *in = arg;

	if (strcmp(name, "part") != 0 || size == 0)
		return RC_OK;
	if (!is_sealed(spool_path)) {
		in->other++;
		return RC_OK;
	}
	in->taken++;
	return leave(in->web, in->request, spool_path, filename, size);
}

static enum rc show(struct web *web, struct request *request, struct response *response,
		const char *fault);

enum rc pages_stick_post(struct web *web, struct request *request, struct response *response)
{
	struct incoming in = {web, request, 0, 0};
	struct form_files files = {take_file, NULL, &in};
	bool too_large = false;
	enum rc rc;

	if (request->method != METHOD_POST) {
		response_see_other(response, HERE);
		return RC_OK;
	}
	rc = form_files_read(web, request, &files, &too_large);
	if (rc != RC_OK)
		return rc;
	if (too_large || in.other > 0 || in.taken == 0)
		return show(web, request, response, too_large ? "stick.too_large" : in.other > 0 ?
				"stick.not_a_part" : "stick.choose");
	response_see_other(response, HERE);
	return RC_OK;
}

/* ---- the same in pieces, for what is larger than one request ---- */

static enum rc allow(struct web *web, struct request *request, struct tus_upload *upload)
{
	unsigned long long room = file_free_bytes(web->settings->inbox_dir);

	if (strcmp(upload->target, TUS_TARGET) != 0 || upload->length == 0)
		return RC_INVALID;
	if (upload->length > PART_MAX)
		return RC_TOO_LARGE;
	if (room < (unsigned long long)(upload->length + web->settings->reserve_bytes))
		return RC_FULL;
	upload->scope = pool_printf(request->pool, "stick:%s", request->session->account.id);
	return RC_OK;
}

static enum rc same_scope(struct web *web, struct request *request, const struct tus_upload *upload)
{
	(void)web;
	return strcmp(upload->scope, pool_printf(request->pool, "stick:%s",
			request->session->account.id)) == 0 ? RC_OK : RC_NOT_FOUND;
}

static enum rc finish(struct web *web, struct request *request, struct response *response,
		struct tus_upload *upload)
{
	(void)response;
	if (!is_sealed(upload->path)) {
		upload->fault = text_get("stick.not_a_part");
		return RC_INVALID;
	}
	return leave(web, request, upload->path, upload->filename, upload->length);
}

enum rc pages_stick_tus(struct web *web, struct request *request, struct response *response)
{
	const struct tus_server server = {.base = TUS_BASE, .max_bytes = PART_MAX, .allow = allow,
		.same_scope = same_scope, .finish = finish};

	return tus_handle(web, &server, request, response);
}

/* ---- showing ---- */

static json_t *read_said(struct web *web, struct pool *pool)
{
	json_t *said = json_of_file(pool, pool_printf(pool, "%s/sticks.json", web->settings->health_dir),
			SAID_MAX);

	return said != NULL ? said : json_new_object();
}

/* Those that nobody has judged yet. */
static bool show_waiting(struct web *web, struct request *request, struct view *view)
{
	const char *dir_name = web->settings->inbox_dir;
	DIR *dir = opendir(dir_name);
	struct dirent *entry;
	bool any = false;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		size_t len = strlen(entry->d_name);
		json_t *note = NULL;
		struct view *item;

		if (strncmp(entry->d_name, "stick-", 6) == 0 && len == 43)
			note = json_of_file(request->pool, pool_printf(request->pool, "%s/%s", dir_name,
					entry->d_name), NOTE_MAX);
		if (note == NULL)
			continue;
		item = view_item(view, "waiting");
		view_set(item, "name", pool_strdup(request->pool, json_text(note, "name")));
		view_set(item, "size", show_bytes(request->pool, json_int(note, "bytes", 0)));
		view_set(item, "at", show_time_screen(request->pool, json_int(note, "at", 0)));
		json_decref(note);
		any = true;
	}
	if (dir != NULL)
		(void)closedir(dir);
	view_flag(view, "any_waiting", any);
	return any;
}

static void show_part(struct web *web, struct request *request, struct view *view, const json_t *part)
{
	struct pool *pool = request->pool;
	struct view *item = view_item(view, "parts");
	const char *outcome = json_text(part, "outcome"), *why = json_text(part, "why");
	const char *key = pool_printf(pool, "stick.why.%s", why);
	struct link_board board;

	view_set(item, "name", pool_strdup(pool, json_text(part, "name")));
	view_set(item, "size", show_bytes(pool, json_int(part, "bytes", 0)));
	view_set(item, "at", show_time_screen(pool, json_int(part, "done_at", 0)));
	view_set(item, "groups", pool_strdup(pool, json_text(part, "groups")));
	if (pages_frame_board(web, pool, json_text(part, "board"), &board) == RC_OK)
		view_set(item, "point", board.name);
	view_flag(item, outcome, true);
	view_setf(item, "events", "%lld", (long long)json_int(part, "events", 0));
	view_setf(item, "files", "%lld", (long long)json_int(part, "files", 0));
	if (strcmp(outcome, "refused") == 0)
		view_set(item, "why", text_get(text_known(key) ? key : "stick.why.other"));
}

static void show_return(struct web *web, struct request *request, struct view *view, const char *board_id,
		const json_t *one)
{
	struct pool *pool = request->pool;
	struct view *item = view_item(view, "returns");
	const char *state = json_text(one, "state");
	struct link_board board;
	const json_t *part;
	size_t i;

	view_set(item, "point", pages_frame_board(web, pool, board_id, &board) == RC_OK ? board.name :
			pool_strdup(pool, board_id));
	view_set(item, "at", show_time_screen(pool, json_int(one, "at", 0)));
	view_flag(item, "done", strcmp(state, "done") == 0);
	view_flag(item, "nothing", strcmp(state, "nothing") == 0);
	view_flag(item, "failed", strcmp(state, "failed") == 0);
	json_array_foreach(json_object_get(one, "parts"), i, part) {
		struct view *row = view_item(item, "made");
		const char *name = pool_strdup(pool, json_text(part, "name"));

		view_set(row, "name", name);
		view_set(row, "url", pool_printf(pool, HERE "/ve/%s/%s", board_id, name));
		view_set(row, "size", show_bytes(pool, json_int(part, "bytes", 0)));
		view_set(row, "groups", pool_strdup(pool, json_text(part, "groups")));
	}
}

static bool is_asked(struct web *web, struct pool *pool, const char *board)
{
	return access(pool_printf(pool, "%s/return-%s", web->settings->inbox_dir, board), F_OK) == 0;
}

static enum rc show(struct web *web, struct request *request, struct response *response, const char *fault)
{
	struct view *view = view_new(request->pool);
	json_t *said = read_said(web, request->pool), *one;
	struct link_board *boards = NULL;
	const char *name;
	size_t count = 0, i;
	bool busy = show_waiting(web, request, view);
	enum rc rc = pages_frame_boards(web, request->pool, &boards, &count);

	for (i = 0; i < count; i++) {
		struct view *item = view_item(view, "boards");
		bool asked = is_asked(web, request->pool, boards[i].board);

		view_set(item, "board", boards[i].board);
		view_set(item, "name", boards[i].name);
		if (asked)
			view_set(view_item(view, "asked"), "point", boards[i].name);
		busy = busy || asked;
	}
	json_array_foreach(json_object_get(said, "parts"), i, one)
		show_part(web, request, view, one);
	view_flag(view, "any_parts", json_array_size(json_object_get(said, "parts")) > 0);
	json_object_foreach(json_object_get(said, "returns"), name, one)
		show_return(web, request, view, pool_strdup(request->pool, name), one);
	json_decref(said);
	view_flag(view, "any_boards", count > 0);
	view_set(view, "title", text_get("stick.title"));
	view_set(view, "max_size", show_bytes(request->pool, web->settings->upload_max_bytes));
	view_int(view, "max_bytes", PART_MAX);
	if (fault != NULL) {
		struct view *item = view_item(view, "faults");

		view_set(item, "field", "part");
		view_set(item, "sentence", text_get(fault));
		view_flag(view, "has_faults", true);
		view_set(view, "part_fault", text_get(fault));
		response->status = strcmp(fault, "stick.too_large") == 0 ? 413 : 422;
	} else if (busy) {
		response_header(response, "Refresh", LOOK_S);
	}
	return rc == RC_OK ? web_page(web, request, response, "center/stick", view) : rc;
}

enum rc pages_stick(struct web *web, struct request *request, struct response *response)
{
	return show(web, request, response, NULL);
}

/* ---- giving ---- */

/* A wish that is there already is the same wish. */
enum rc pages_stick_return(struct web *web, struct request *request, struct response *response)
{
	const char *asked = form_raw(request->form, "board"), *by = request->session->account.id;
	struct link_board board;
	enum rc rc = pages_frame_board(web, request->pool, asked, &board);

	if (rc == RC_OK)
		rc = file_put(web->settings->inbox_dir, pool_printf(request->pool, "return-%s",
				board.board), by, strlen(by), 0660);
	if (rc == RC_OK)
		response_see_other(response, HERE);
	return rc;
}

/* Only a name that the list of that board's return has. */
enum rc pages_stick_part(struct web *web, struct request *request, struct response *response)
{
	json_t *said = read_said(web, request->pool);
	const json_t *one = json_object_get(json_object_get(said, "returns"), request->params[0]), *part;
	const char *name = NULL;
	char *path = NULL;
	size_t i;
	enum rc rc = RC_NOT_FOUND;

	json_array_foreach(json_object_get(one, "parts"), i, part)
		if (strcmp(json_text(part, "name"), request->params[1]) == 0)
			name = request->params[1];
	if (name != NULL)
		rc = blob_link_file(web->store, request->pool, pool_printf(request->pool, "%s/ve-%s/%s",
				web->settings->spool_dir, request->params[0], name), &path);
	if (rc == RC_OK)
		response_file(response, path, "application/octet-stream", name, false);
	json_decref(said);
	return rc;
}
