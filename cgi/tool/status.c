/*
 * status.c: `tram status`: how far the journal and the link are. Reads only, and holds no personal
 * data: it is for the technician.
 */
#include <inttypes.h>
#include <stdio.h>

#include "base/file.h"
#include "store/dossier.h"
#include "store/journal.h"
#include "store/linkstate.h"
#include "tool/status.h"
#include "tool/tool.h"

static const char usage[] =
		"usage: tram status --data FOLDER [--json]\n\n"
		"On a board: heads of both logs, events and files that wait for a receipt, dossiers that\n"
		"wait and since when, parked events. At the center: the same heads for every board.\n"
		"Exit status: 0 told; 75 the database failed; 78 wrong configuration.\n";

static enum rc put_log(struct store *store, const char *board, enum event_author author,
		json_t *into)
{
	struct journal_head head;
	json_t *log;
	enum rc rc = journal_head_get(store, board, author, &head);

	if (rc != RC_OK)
		return rc;
	log = json_new_object();
	json_put_int(log, "epoch", (int64_t)head.epoch);
	json_put_int(log, "seq", (int64_t)head.seq);
	json_put_value(into, author == AUTHOR_BOARD ? "board_log" : "center_log", log);
	return RC_OK;
}

static enum rc put_board_side(struct store *store, struct pool *pool, json_t *into)
{
	struct link_cursor cursor;
	struct dossier_backlog backlog;
	struct journal_head head;
	struct link_blob *blobs;
	size_t to_send = 0, results = 0, to_fetch = 0;
	enum rc rc = put_log(store, store->board, AUTHOR_BOARD, into);

	if (rc == RC_OK)
		rc = put_log(store, store->board, AUTHOR_CENTER, into);
	if (rc == RC_OK)
		rc = linkstate_get(store, &cursor);
	if (rc == RC_OK)
		rc = journal_head_get(store, store->board, AUTHOR_BOARD, &head);
	if (rc == RC_OK)
		rc = dossier_backlog_get(store, &backlog);
	if (rc == RC_OK)
		rc = linkstate_blobs_to_send(store, pool, LINK_BY_DUE, 100000, &blobs, &to_send);
	if (rc == RC_OK)
		rc = linkstate_results_to_send(store, pool, 100000, &blobs, &results);
	if (rc == RC_OK)
		rc = linkstate_blobs_to_fetch(store, pool, 100000, &blobs, &to_fetch);
	if (rc != RC_OK)
		return rc;
	json_put_int(into, "sent_seq", (int64_t)cursor.sent_seq);
	json_put_int(into, "unsent", (int64_t)(head.seq - cursor.sent_seq));
	json_put_int(into, "files_to_send", (int64_t)(to_send + results));
	json_put_int(into, "files_to_fetch", (int64_t)to_fetch);
	json_put_int(into, "receipt_at", cursor.receipt_at);
	json_put_int(into, "hello_counter", (int64_t)cursor.hello_counter);
	json_put_int(into, "dossiers_waiting", backlog.dossiers_waiting);
	json_put_int(into, "oldest_at", backlog.oldest_at);
	return RC_OK;
}

static enum rc put_center_side(struct store *store, struct pool *pool, json_t *into)
{
	json_t *boards = json_new_array();
	struct link_board *rows;
	size_t count, i;
	enum rc rc = linkstate_board_list(store, pool, &rows, &count);

	for (i = 0; rc == RC_OK && i < count; i++) {
		json_t *board = json_new_object();

		json_put(board, "board", rows[i].board);
		json_put_flag(board, "revoked", rows[i].revoked);
		json_put_flag(board, "fenced", rows[i].fenced);
		json_put_int(board, "seen_at", rows[i].seen_at);
		json_put_int(board, "hello_counter", (int64_t)rows[i].hello_counter);
		rc = put_log(store, rows[i].board, AUTHOR_BOARD, board);
		if (rc == RC_OK)
			rc = put_log(store, rows[i].board, AUTHOR_CENTER, board);
		json_add(boards, board);
	}
	json_put_value(into, "boards", boards);
	return rc;
}

static void ignore(void *arg, const char *board, enum event_author author, uint64_t seq,
		const char *what)
{
	(void)arg, (void)board, (void)author, (void)seq, (void)what;
}

static void print_plain(const json_t *object, const char *indent)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)object, key, value) {
		if (json_is_object(value)) {
			printf("%s%s: epoch %" PRId64 " seq %" PRId64 "\n", indent, key,
					json_int(value, "epoch", 0), json_int(value, "seq", 0));
		} else if (json_is_array(value)) {
			for (size_t i = 0; i < json_array_size(value); i++)
				print_plain(json_array_get(value, i), "  ");
		} else if (json_is_string(value)) {
			printf("%s%s: %s\n", indent, key, json_string_value(value));
		} else if (json_is_boolean(value)) {
			printf("%s%s: %s\n", indent, key, json_is_true(value) ? "yes" : "no");
		} else {
			printf("%s%s: %lld\n", indent, key, (long long)json_integer_value(value));
		}
	}
}

int status_main(int argc, char **argv)
{
	const char *data = NULL, *conf = NULL;
	bool as_json = false;
	const struct tool_option options[] = { { "data", &data, NULL }, { "conf", &conf, NULL },
		{ "json", NULL, &as_json } };
	struct journal_totals totals = { 0 };
	struct settings *settings = NULL;
	struct store *store = NULL;
	struct pool *pool = pool_new();
	json_t *all = json_new_object();
	size_t words;
	int status = tool_options(argc, argv, usage, options, 3, NULL, 0, &words);
	enum rc rc;

	if (status >= 0)
		goto out;
	rc = tool_settings(data, conf, &settings);
	if (rc == RC_OK)
		rc = tool_open(settings, STORE_TRAM, &store);
	if (rc == RC_OK) {
		json_put(all, "side", settings->side == SIDE_BOARD ? "board" : "center");
		json_put(all, "mode", settings->mode == MODE_LIVE ? "live" : "rehearsal");
		rc = settings->side == SIDE_BOARD ? put_board_side(store, pool, all)
				: put_center_side(store, pool, all);
	}
	if (rc == RC_OK) {
		rc = journal_verify(store, false, ignore, NULL, &totals);
		json_put_int(all, "parked", (int64_t)totals.parked);
		json_put_int(all, "faults", (int64_t)totals.faults);
		json_put_int(all, "free_bytes", (int64_t)file_free_bytes(settings->blob_dir));
		rc = rc == RC_PROTOCOL ? RC_OK : rc;
	}
	if (rc == RC_OK && as_json)
		puts(json_to_text(pool, all));
	else if (rc == RC_OK)
		print_plain(all, "");
	status = tool_exit_of(rc);
out:
	json_decref(all);
	store_close(store);
	settings_free(settings);
	pool_free(pool);
	return status;
}
