/*
 * admin_metrics.c: /metrics of a board, from health.json alone, so that it stands when the database
 * does not.
 */
#include "admin/admin.h"

#include <string.h>

#include "base/file.h"
#include "web/metrics.h"

static const struct {
	const char *name, *key, *help;
	bool time;			/* milliseconds, told in seconds */
} numbers[] = {
	{"tram_health_timestamp_seconds", "at", "When the forwarder told of itself last.", true},
	{"tram_link_answer_timestamp_seconds", "last_ok_at", "Last good answer of the center.", true},
	{"tram_link_round_trip_timestamp_seconds", "last_round_trip_at", "Last signed round trip.", true},
	{"tram_link_round_trip_seconds", "last_round_trip_ms", "Its duration.", true},
	{"tram_link_failing_seconds", "failing_for_ms", "How long the center has not been reached.", true},
	{"tram_journal_head", "head_seq", "Events of this board.", false},
	{"tram_journal_receipted", "sent_seq", "Of them under a receipt.", false},
	{"tram_feed_head", "feed_seq", "Events of the center that are here.", false},
	{"tram_unsent_timestamp_seconds", "oldest_at", "Oldest event without a receipt; 0: none.", true},
	{"tram_files_waiting", "blobs_waiting", "Files without a receipt, counted up to 1000.", false},
	{"tram_files_to_fetch", "blobs_to_fetch", "Results that are not here yet.", false},
	{"tram_files_aside", "aside", "Files that failed and are tried again later.", false},
	{"tram_events_parked", "parked", "Events that could not be projected.", false},
	{"tram_link_goodput_bytes_per_second", "goodput", "Pace of files of late.", false},
	{"tram_link_day_bytes", "day_bytes", "Bytes of today, both ways.", false},
};

enum rc admin_metrics(struct web *web, struct request *request, struct response *response)
{
	json_t *health;
	enum rc rc = metrics_begin(request, response);
	size_t i;

	if (rc != RC_OK)
		return rc;
	health = admin_health_read(web, request->pool);
	metrics_name(response, "tram_forward_up", "gauge", "The forwarder runs.");
	metrics_value(response, "tram_forward_up", NULL, NULL, health != NULL &&
			request->now_ms - json_int(health, "at", 0) < ADMIN_HEALTH_STALE_MS);
	metrics_name(response, "tram_disk_free_bytes", "gauge", "Room on the data's disk.");
	metrics_value(response, "tram_disk_free_bytes", NULL, NULL,
			(int64_t)file_free_bytes(web->settings->health_dir));
	if (health == NULL)
		return RC_OK;
	metrics_name(response, "tram_link_up", "gauge", "The center is reached.");
	metrics_value(response, "tram_link_up", NULL, NULL,
			strcmp(json_text(health, "link"), "ok") == 0);
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		int64_t value = json_int(health, numbers[i].key, 0);

		metrics_name(response, numbers[i].name, "gauge", numbers[i].help);
		if (numbers[i].time)
			metrics_seconds(response, numbers[i].name, NULL, NULL, value < 0 ? 0 : value);
		else
			metrics_value(response, numbers[i].name, NULL, NULL, value);
	}
	json_decref(health);
	return RC_OK;
}
