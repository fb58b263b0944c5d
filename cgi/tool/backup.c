/*
 * backup.c: `tram backup`: writes a copy, lists and checks what lies on a medium, makes the key that opens
 * it. How it went stands in health/copy.json for the technician's page. A service runs it every minute with
 * --due; what is due stands in store/layer.h.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "base/when.h"
#include "store/clock.h"
#include "tool/backup.h"
#include "tool/backup_make.h"
#include "tool/tool.h"

#define SAID_MAX 65536u
#define ASK_FILE "copy-now"	/* in inbox/: the technician's button */
#define RETRY_S 60

static const char usage[] =
		"usage: tram backup --data FOLDER [--to FOLDER] [--base] [--due] [--json]\n"
		"       tram backup list --from FOLDER\n"
		"       tram backup check --from FOLDER\n"
		"       tram backup key --out FILE\n\n"
		"On a board: copies what is new to the medium at copy_dir of tram.conf (or --to), sealed to\n"
		"copy_recipients; the databases whole once a night or with --base. Each file is read back\n"
		"before it counts. With --due nothing is done before copy_every_s has passed. The programs go\n"
		"on meanwhile. list and check read a medium without a key: what it holds, and whether every\n"
		"byte of it is as it was written. key makes a recovery key: FILE opens the copies and belongs\n"
		"into a safe, the line that is printed goes into copy_recipients.\n"
		"Exit status: 0 done, or nothing is new; 1 a fault was found; 2 wrong usage; 75 the medium, disk\n"
		"or database failed; 78 no copy_dir or recipient, or keys are missing.\n";

struct request {
	const char *verb, *data, *conf, *to, *from, *out;
	bool base, due, as_json;
};

/* ---- how it went ---- */

static json_t *said_before(struct pool *pool, const struct settings *settings)
{
	json_t *said = json_of_file(pool, pool_printf(pool, "%s/copy.json", settings->health_dir), SAID_MAX);

	return said ? said : json_new_object();
}

static void say_room(json_t *said, const char *dir)
{
	struct statvfs room;

	if (statvfs(dir, &room) != 0)
		return;
	json_put_int(said, "medium_free", (int64_t)room.f_bavail * (int64_t)room.f_frsize);
	json_put_int(said, "medium_total", (int64_t)room.f_blocks * (int64_t)room.f_frsize);
}

/* Counted again from the medium: what a restore would find. */
static void say_layers(json_t *said, struct pool *pool, const struct backup *backup)
{
	struct layer_list list;
	struct layer_chain chain;
	const struct layer *base, *last;
	size_t i;
	int64_t bases = 0;

	if (layer_list_read(pool, backup->dir, backup->settings->board_id, &list) != RC_OK ||
			layer_chain_find(pool, &list, 0, &chain) != RC_OK)
		return;
	for (i = 0; i < list.count; i++)
		bases += list.layers[i].no == list.layers[i].base;
	base = &list.layers[chain.at[0]];
	last = &list.layers[chain.at[chain.count - 1]];
	json_put(said, "id", last->id);
	json_put_int(said, "no", (int64_t)last->no);
	json_put_int(said, "base", (int64_t)base->no);
	json_put_int(said, "bases", bases);
	json_put_int(said, "seq", (int64_t)last->own.seq);
	json_put_int(said, "taken_at", last->taken_at);
	json_put_int(said, "base_at", base->taken_at);
	json_put_int(said, "contents", base->contents);
	json_put_int(said, "contents_bytes", base->contents_bytes);
}

static void say(struct pool *pool, const struct settings *settings, const struct backup *backup, enum rc rc,
		const char *reason, bool print)
{
	json_t *said = said_before(pool, settings);
	char *text;

	json_put_int(said, "at", when_now_ms());
	(void)json_object_del(said, "reason");
	(void)json_object_del(said, "detail");
	json_put(said, "state", rc == RC_OK ? "ok" : "failed");
	json_put(said, "reason", reason);
	if (backup) {
		json_put(said, "detail", backup->detail);
		json_put_int(said, "new", (int64_t)backup->fresh);
		json_put_int(said, "new_bytes", backup->fresh_bytes);
		json_put_int(said, "faults", (int64_t)backup->faults);
		say_room(said, backup->dir);
		say_layers(said, pool, backup);
	}
	if (rc == RC_OK)
		json_put_int(said, "good_at", when_now_ms());
	text = json_to_text(pool, said);
	if (file_put(settings->health_dir, "copy.json", text, strlen(text), 0640) != RC_OK)
		log_warn("backup: its file cannot be written");
	if (print)
		puts(text);
	json_decref(said);
}

/* ---- writing ---- */

/* A folder on the data's own disk is no second copy. */
static const char *fault_of_medium(const struct settings *settings, const char *dir)
{
	struct stat there, here;

	if (stat(dir, &there) != 0 || !S_ISDIR(there.st_mode))
		return "no-medium";
	if (stat(settings->db_dir, &here) == 0 && here.st_dev == there.st_dev && !settings->copy_same_disk)
		return "no-medium";
	return access(dir, W_OK) == 0 ? NULL : "medium";
}

/* Nothing due: neither asked for, nor so long ago. After a failure it is tried again every minute. */
static bool is_due(struct pool *pool, const struct settings *settings)
{
	json_t *said = said_before(pool, settings);
	int64_t ago = when_now_ms() - json_int(said, "at", 0);
	int64_t pause = strcmp(json_text(said, "state"), "ok") == 0 ? settings->copy_every_s : RETRY_S;

	json_decref(said);
	if (unlink(pool_printf(pool, "%s/" ASK_FILE, settings->inbox_dir)) == 0)
		return true;
	/* A clock that went back is no reason to wait for years. */
	return ago < 0 || ago >= pause * 1000;
}

/* One at a time. -1: another one is at it. */
static int lock(struct pool *pool, const struct settings *settings)
{
	int fd = open(pool_printf(pool, "%s/copy.lock", settings->spool_dir), O_RDWR | O_CREAT | O_CLOEXEC, 0660);

	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0) {
		(void)close(fd);
		fd = -1;
	}
	return fd;
}

/* A service that fails every minute for the same reason says it once; the health file says it always. */
static bool told_before(struct pool *pool, const struct settings *settings, const struct request *request,
		const char *reason)
{
	json_t *said = said_before(pool, settings);
	bool same = request->due && strcmp(json_text(said, "reason"), reason) == 0;

	json_decref(said);
	return same;
}

static enum rc write_copy(struct pool *pool, const struct settings *settings, const struct request *request)
{
	const char *medium = request->to ? request->to : settings->copy_dir, *fault;
	struct backup backup = { .settings = settings, .pool = pool, .base = request->base, .reason = "" };
	int fd = lock(pool, settings);
	bool told;
	enum rc rc;

	if (fd < 0) {
		fputs("tram backup: another copy is under way\n", stderr);
		return RC_BUSY;
	}
	backup.conf_path = request->conf ? request->conf : pool_printf(pool, "%s/tram.conf", request->data);
	backup.dir = pool_printf(pool, "%s/" LAYER_FOLDER "%s", medium, settings->board_id);
	fault = !*medium ? "no-folder" : sealed_to_parse(settings->copy_recipients, &backup.to) != RC_OK ?
			"no-recipient" : fault_of_medium(settings, medium);
	if (fault) {
		rc = strcmp(fault, "no-medium") == 0 || strcmp(fault, "medium") == 0 ? RC_IO : RC_CONFIG;
		if (!told_before(pool, settings, request, fault))
			fprintf(stderr, "tram backup: %s\n", fault);
		say(pool, settings, NULL, rc, fault, request->as_json);
		goto out;
	}
	tool_stand_back();
	rc = backup_make(&backup);
	if (rc == RC_OK && backup.faults > 0)
		backup.reason = "contents";
	told = told_before(pool, settings, request, backup.reason);
	say(pool, settings, &backup, rc, backup.reason, request->as_json);
	if (rc != RC_OK && told)
		goto out;
	if (rc != RC_OK)
		fprintf(stderr, "tram backup: not copied: %s %s\n", backup.reason, backup.detail);
	else if (!request->as_json && backup.layer.no)
		printf("%s %06" PRIu64 " seq=%" PRIu64 " contents=%" PRId64 " new=%" PRIu64 " bytes=%" PRId64
				" faults=%" PRIu64 "\n", backup.step == LAYER_BASE ? "base" : "layer",
				backup.layer.no, backup.layer.own.seq, backup.layer.contents, backup.fresh,
				backup.fresh_bytes, backup.faults);
	else if (!request->as_json && !request->due)
		puts("nothing is new");
	if (rc == RC_OK && backup.faults > 0)
		rc = RC_PROTOCOL;
out:
	(void)close(fd);
	return rc;
}

/* ---- reading ---- */

/* `list` and `check` take the medium, or the copy's own folder on it. */
static char *folder_of(struct pool *pool, const char *from, struct layer_list *list)
{
	char *only = NULL;

	if (layer_list_read(pool, from, NULL, list) == RC_OK && list->newest > 0)
		return pool_strdup(pool, from);
	only = layer_folder(pool, from, NULL);
	return only && layer_list_read(pool, only, NULL, list) == RC_OK ? only : NULL;
}

static void print_layer(struct pool *pool, const struct layer *layer)
{
	char at[24];

	(void)pool;
	when_iso_minute(layer->taken_at, at);
	printf("%06" PRIu64 " %s %s board=%s mode=%s program=%s seq=%" PRIu64 " contents=%" PRId64 " bytes=%" PRId64 " id=%s\n",
			layer->no, layer->no == layer->base ? "base " : "layer", at, layer->board, layer->mode, layer->program,
			layer->own.seq, layer->contents, layer->contents_bytes, layer->id);
}

static uint64_t check_layer(struct pool *pool, const char *dir, const struct layer *layer)
{
	struct layer_content *lines;
	uint64_t faults = 0;
	size_t count = 0, i;
	bool whole;

	for (i = 0; i < layer->part_count; i++) {
		const char *path = pool_printf(pool, "%s/%s", layer_dir(pool, dir, layer->no), layer->parts[i].name);

		if (sealed_check(path, &layer->parts[i].sealed, &whole) != RC_OK || !whole) {
			printf("fault %06" PRIu64 " %s\n", layer->no, layer->parts[i].name);
			faults++;
		}
	}
	if (layer_contents(pool, dir, layer, &lines, &count) != RC_OK) {
		printf("fault %06" PRIu64 " " LAYER_CONTENTS "\n", layer->no);
		return faults + 1;
	}
	for (i = 0; i < count; i++) {
		char name[LAYER_CONTENT_NAME];

		layer_content_name(lines[i].name, name);
		if (sealed_check(pool_printf(pool, "%s/contents/%s", dir, name), &lines[i].sealed, &whole) != RC_OK ||
				!whole) {
			printf("fault %06" PRIu64 " contents/%s\n", layer->no, name);
			faults++;
		}
	}
	return faults;
}

static enum rc read_medium(struct pool *pool, const struct request *request)
{
	struct layer_list list;
	const char *dir = request->from ? folder_of(pool, request->from, &list) : NULL;
	uint64_t faults = 0;
	size_t i;

	if (!dir) {
		fputs("tram backup: --from holds no copy\n", stderr);
		return RC_NOT_FOUND;
	}
	for (i = 0; i < list.count; i++) {
		struct pool *one = pool_new();

		print_layer(one, &list.layers[i]);
		if (strcmp(request->verb, "check") == 0)
			faults += check_layer(one, dir, &list.layers[i]);
		pool_free(one);
	}
	for (i = 0; i < list.torn_count; i++)
		printf("torn  %06" PRIu64 "\n", list.torn[i]);
	if (strcmp(request->verb, "check") == 0)
		printf("layers=%zu torn=%zu faults=%" PRIu64 "\n", list.count, list.torn_count, faults);
	return faults > 0 ? RC_PROTOCOL : RC_OK;
}

static enum rc make_key(struct pool *pool, const struct request *request)
{
	struct age_identity identity;
	const char *slash = request->out ? strrchr(request->out, '/') : NULL;
	char *text, *dir = slash ? pool_strndup(pool, request->out, (size_t)(slash - request->out)) :
			pool_strdup(pool, ".");
	enum rc rc;

	if (!request->out || access(request->out, F_OK) == 0) {
		fputs("tram backup key: --out must name a new file\n", stderr);
		return RC_INVALID;
	}
	age_identity_new(&identity);
	text = pool_printf(pool, "# opens the copies of a board: keep it in a safe\n# public key: %s\n%s\n",
			age_recipient_text(pool, identity.point), age_identity_text(pool, &identity));
	rc = file_put(*dir ? dir : "/", slash ? slash + 1 : request->out, text, strlen(text), 0600);
	if (rc == RC_OK)
		puts(age_recipient_text(pool, identity.point));
	memset(&identity, 0, sizeof(identity));
	memset(text, 0, strlen(text));
	return rc;
}

static enum rc run(struct pool *pool, const struct request *request)
{
	struct settings *settings = NULL;
	enum rc rc;

	if (strcmp(request->verb, "key") == 0)
		return make_key(pool, request);
	if (strcmp(request->verb, "list") == 0 || strcmp(request->verb, "check") == 0)
		return read_medium(pool, request);
	if (*request->verb) {
		fputs(usage, stderr);
		return RC_INVALID;
	}
	rc = tool_settings(request->data, request->conf, &settings);
	if (rc == RC_OK && settings->side != SIDE_BOARD) {
		fputs("tram backup: these are not a board's data; a center is copied by tram copy\n", stderr);
		rc = RC_INVALID;
	}
	if (rc == RC_OK)
		rc = tool_become(settings, settings->db_dir);
	if (rc == RC_OK) {
		clock_follow(settings);
		if (!request->due || (settings->copy_dir[0] && is_due(pool, settings)))
			rc = write_copy(pool, settings, request);
	}
	settings_free(settings);
	return rc;
}

int backup_main(int argc, char **argv)
{
	struct request request = { .verb = "" };
	const struct tool_option options[] = { { "data", &request.data, NULL }, { "conf", &request.conf, NULL },
		{ "to", &request.to, NULL }, { "from", &request.from, NULL }, { "out", &request.out, NULL },
		{ "base", NULL, &request.base }, { "due", NULL, &request.due },
		{ "json", NULL, &request.as_json } };
	struct pool *pool = pool_new();
	const char *word = NULL;
	size_t words;
	int status = tool_options(argc, argv, usage, options, 8, &word, 1, &words);

	if (status < 0) {
		request.verb = words ? word : "";
		status = tool_exit_of(run(pool, &request));
	}
	pool_free(pool);
	return status;
}
