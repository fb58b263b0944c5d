/*
 * room.c: keeps room on the board's disk. When there is less than keep_free_mb, scans that the center holds
 * twice go, oldest first (store/letgo.h). The rule stands in the database alone, so it holds with the line
 * down as well.
 */
#include "base/file.h"
#include "base/log.h"
#include "base/when.h"
#include "forward/forward.h"
#include "store/letgo.h"

#define LOOK_MS WHEN_MINUTE_MS

void room_keep(struct forward *forward)
{
	int64_t now = when_boottime_ms(), wanted, free_bytes, freed = 0;

	if (now < forward->room_at)
		return;
	/* The first time: what a power cut left half gone. */
	if (forward->room_at == 0 && letgo_sweep(forward->store))
		log_warn("room: files of scans let go could not be removed");
	forward->room_at = now + LOOK_MS;
	free_bytes = (int64_t)(file_free_bytes(forward->settings->blob_dir) & INT64_MAX);
	wanted = forward->settings->keep_free_mb * INT64_C(1048576) - free_bytes;
	if (wanted > 0 && letgo_oldest(forward->store, wanted, &freed))
		log_warn("room: scans could not be let go");
	if (freed > 0)
		forward->health_changed = true;
}

void room_add(struct forward *forward, json_t *health)
{
	struct letgo_room room;

	if (letgo_room_get(forward->store, &room))
		return;
	json_put_int(health, "room_dossiers", room.dossiers);
	json_put_int(health, "dossier_bytes", room.dossier_bytes);
}
