/*
 * pages_metrics.c: /metrics of a center: every board, where its logs stand and when it was heard.
 */
#include "base/file.h"
#include "center/pages.h"
#include "store/journal.h"
#include "store/linkstate.h"
#include "web/metrics.h"

static enum rc heads(struct web *web, struct response *response, const struct link_board *boards,
		size_t count, enum event_author author, const char *name, const char *help)
{
	struct journal_head head;
	enum rc rc = RC_OK;
	size_t i;

	metrics_name(response, name, "gauge", help);
	for (i = 0; i < count && rc == RC_OK; i++) {
		rc = journal_head_get(web->store, boards[i].board, author, &head);
		if (rc == RC_OK)
			metrics_value(response, name, "board", boards[i].board, (int64_t)head.seq);
	}
	return rc;
}

enum rc pages_metrics(struct web *web, struct request *request, struct response *response)
{
	static const char seen[] = "tram_board_seen_timestamp_seconds";
	static const char shut[] = "tram_board_shut";
	struct link_board *boards = NULL;
	size_t count = 0, i;
	enum rc rc = metrics_begin(request, response);

	if (rc == RC_OK)
		rc = linkstate_board_list(web->store, request->pool, &boards, &count);
	if (rc != RC_OK)
		return rc;
	metrics_name(response, "tram_disk_free_bytes", "gauge", "Room on the data's disk.");
	metrics_value(response, "tram_disk_free_bytes", NULL, NULL,
			(int64_t)file_free_bytes(web->settings->blob_dir));
	metrics_name(response, "tram_boards", "gauge", "Boards that are registered.");
	metrics_value(response, "tram_boards", NULL, NULL, (int64_t)count);
	metrics_name(response, seen, "gauge", "Last hello of a board; 0: none.");
	for (i = 0; i < count; i++)
		metrics_seconds(response, seen, "board", boards[i].board, boards[i].seen_at);
	metrics_name(response, shut, "gauge", "1: fenced or revoked.");
	for (i = 0; i < count; i++)
		metrics_value(response, shut, "board", boards[i].board,
				boards[i].fenced || boards[i].revoked);
	rc = heads(web, response, boards, count, AUTHOR_BOARD, "tram_board_journal_head",
			"Events of a board that are here.");
	if (rc == RC_OK)
		rc = heads(web, response, boards, count, AUTHOR_CENTER, "tram_board_feed_head",
				"Events for a board.");
	return rc;
}
