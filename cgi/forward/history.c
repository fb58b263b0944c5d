/*
 * history.c: health/history: a line an hour of what health.json said, for who looks for the reason later. Two
 * files of a bounded length; losing them loses nothing. Nothing about a person.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "base/machine.h"
#include "base/when.h"
#include "forward/forward.h"

#define HISTORY_EVERY_MS (60 * WHEN_MINUTE_MS)
#define HISTORY_MAX 131072	/* about five weeks; then it becomes history.1 */

static const char *const copied[] = { "at", "link", "reason", "head_seq", "sent_seq", "parked", "blobs_waiting",
	"last_round_trip_ms", "cert_until", "clock", "clock_bound_ms", "room_dossiers", "writes",
	"database_failed" };

static void history_add_machine(json_t *line)
{
	struct machine machine;

	machine_read("", &machine);
	if (machine.temperature != MACHINE_UNKNOWN)
		json_put_int(line, "temperature", machine.temperature);
	if (machine.memory_free_kb != MACHINE_UNKNOWN)
		json_put_int(line, "memory_free_kb", machine.memory_free_kb);
	if (machine.undervoltage != MACHINE_UNKNOWN)
		json_put_int(line, "undervoltage", machine.undervoltage);
	if (machine.life != MACHINE_UNKNOWN)
		json_put_int(line, "life", machine.life);
}

static void history_write(struct forward *forward, const char *text)
{
	const char *path = pool_printf(forward->pool, "%s/history", forward->settings->health_dir);
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0640);
	struct stat info;

	if (fd < 0 || file_write_all(fd, text, strlen(text)))
		log_warn("health: history cannot be written");
	if (fd >= 0 && fstat(fd, &info) == 0 && info.st_size > HISTORY_MAX &&
			rename(path, pool_printf(forward->pool, "%s.1", path)))
		log_warn("health: history cannot be renamed: %s", strerror(errno));
	if (fd >= 0)
		(void)close(fd);
}

void history_note(struct forward *forward, const json_t *health)
{
	int64_t now = when_boottime_ms();
	json_t *line;
	size_t i;

	if (forward->history_at && now < forward->history_at)
		return;
	forward->history_at = now + HISTORY_EVERY_MS;
	line = json_new_object();
	for (i = 0; i < sizeof(copied) / sizeof(copied[0]); i++) {
		json_t *value = json_object_get(health, copied[i]);

		if (value)
			json_put_value(line, copied[i], json_incref(value));
	}
	json_put_int(line, "disk_free", (int64_t)file_free_bytes(forward->settings->blob_dir));
	history_add_machine(line);
	history_write(forward, pool_printf(forward->pool, "%s\n", json_to_text(forward->pool, line)));
	json_decref(line);
}
