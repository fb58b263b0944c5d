/*
 * restore.c: `tram restore`: from a copy on a USB medium (store/layer.h) into an empty folder. Everything is
 * read, opened and checked before tram.conf gets its name, and without tram.conf no program starts: a restore
 * cut short is no board.
 */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/encode.h"
#include "base/file.h"
#include "base/text.h"
#include "base/when.h"
#include "crypt/hash.h"
#include "store/db_copy.h"
#include "store/slip.h"
#include "store/swap.h"
#include "tool/backup_make.h"
#include "tool/folders.h"
#include "tool/init.h"
#include "tool/restore.h"
#include "tool/restore_take.h"
#include "tool/tool.h"

#define SMALL_MAX (1024u * 1024)
#define CONF_NEW "tram.conf.new"

static const char usage[] =
		"usage: tram restore --from MEDIUM --key FILE --data FOLDER [--board BOARD] [--no NUMBER]\n"
		"                    [--conf FILE] [--one-user]\n\n"
		"Makes FOLDER, which must be empty or missing, from the newest copy on MEDIUM (or the layer\n"
		"NUMBER of `tram backup list`): settings, journal, accounts, scans. FILE is the recovery key\n"
		"(`tram backup key`, or age-keygen). Everything is checked before FOLDER counts as a board's\n"
		"data. --conf: the settings of this machine instead of those in the copy. The machine gets keys\n"
		"of its own: invite it anew at the center (tram board invite) and run tram enroll before the\n"
		"programs start. What was neither copied nor sent stands on its slips alone: the time is printed.\n"
		"Exit status: 0 restored; 1 restored, but contents are lacking (each printed), or the copy has a\n"
		"fault and nothing was restored; 2 wrong usage, key or folder; 75 a disk or database failed.\n";

static void step(struct restore *restore, const char *what)
{
	int64_t now = when_boottime_ms();

	printf("%s ms=%" PRId64 "\n", what, now - restore->began);
	(void)fflush(stdout);
	restore->began = now;
}

/* ---- the copy ---- */

static enum rc find_copy(struct restore *restore)
{
	struct pool *pool = restore->pool;
	int64_t no = 0;
	char *text;
	size_t len;

	if (restore->number && num_parse(restore->number, 1, INT64_MAX, &no) != RC_OK)
		return restore_take_refuse(RC_INVALID, "--no is no number");
	if (file_read(pool, restore->key, 65536, &text, &len) != RC_OK ||
			age_identity_parse(text, &restore->identity) != RC_OK)
		return restore_take_refuse(RC_INVALID, "--key is no recovery key");
	memset(text, 0, len);
	restore->dir = restore->from;
	if (layer_list_read(pool, restore->dir, restore->board, &restore->list) != RC_OK ||
			restore->list.count == 0) {
		restore->dir = layer_folder(pool, restore->from, restore->board);
		if (!restore->dir || layer_list_read(pool, restore->dir, restore->board, &restore->list) != RC_OK)
			return restore_take_refuse(RC_INVALID, "--from holds no copy, or copies of several boards: say --board");
	}
	if (layer_chain_find(pool, &restore->list, (uint64_t)no, &restore->chain) != RC_OK)
		return restore_take_refuse(RC_INVALID, "no whole copy of that number is there");
	return RC_OK;
}

static const struct layer *layer_at(const struct restore *restore, size_t i)
{
	return &restore->list.layers[restore->chain.at[i]];
}

static const struct layer *last_layer(const struct restore *restore)
{
	return layer_at(restore, restore->chain.count - 1);
}

/* The newest layer of the chain that has this part. */
static const struct layer_part *part_find(const struct restore *restore, const char *name,
		const struct layer **layer)
{
	size_t i, j;

	for (i = restore->chain.count; i-- > 0;) {
		*layer = layer_at(restore, i);
		for (j = 0; j < (*layer)->part_count; j++) {
			if (strcmp((*layer)->parts[j].name, name) == 0)
				return &(*layer)->parts[j];
		}
	}
	return NULL;
}

static enum rc open_part(struct restore *restore, const char *part, const char *dir, const char *name)
{
	const struct layer *layer = NULL;
	const struct layer_part *found = part_find(restore, part, &layer);

	return found ? restore_take_part(restore, layer, found, dir, name) : RC_NOT_FOUND;
}

/* ---- into the folder ---- */

static bool is_empty(const char *path)
{
	DIR *listing = opendir(path);
	struct dirent *entry;
	bool empty = true;

	if (!listing)
		return errno == ENOENT;
	while (empty && (entry = readdir(listing)))
		empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
	(void)closedir(listing);
	return empty;
}

static enum rc put_settings(struct restore *restore)
{
	const char *path = restore->conf;
	enum rc rc = file_make_dir(restore->data, 0755);

	if (rc == RC_OK && !path) {
		rc = open_part(restore, "conf.age", restore->data, CONF_NEW);
		path = pool_printf(restore->pool, "%s/" CONF_NEW, restore->data);
	}
	if (rc == RC_OK)
		rc = settings_load(path, &restore->settings);
	if (rc != RC_OK)
		return rc;
	if (restore->settings->side != SIDE_BOARD ||
			strcmp(restore->settings->board_id, last_layer(restore)->board) != 0)
		return restore_take_refuse(RC_INVALID, "the settings are of another board than the copy");
	if (access(db_copy_path(restore->pool, restore->settings, DB_TRAM), F_OK) == 0)
		return restore_take_refuse(RC_INVALID, "the settings name folders that hold a board's data already");
	restore->apart = !restore->one_user && folders_apart(restore->settings);
	return folders_make(restore->settings, restore->apart);
}

static enum rc put_parts(struct restore *restore)
{
	const struct settings *settings = restore->settings;
	size_t len = strlen(settings->data_dir), i;
	enum rc rc = open_part(restore, "tram.age", settings->db_dir, "tram.db");

	if (rc == RC_OK)
		rc = open_part(restore, "auth.age", settings->auth_dir, "auth.db");
	if (rc == RC_OK)
		rc = open_part(restore, "access.age", settings->db_dir, "access.db");
	for (i = 0; rc == RC_OK && i < BACKUP_KEYS; i++)
		rc = open_part(restore, backup_keys[i][1], settings->web_key_dir, backup_keys[i][0]);
	for (i = 0; rc == RC_OK && i < backup_file_count; i++) {
		const char *path = *(char *const *)((const char *)settings + backup_files[i].member);

		/* Those of settings of this machine's own are there already. */
		if (strncmp(path, settings->data_dir, len) != 0 || path[len] != '/' || access(path, F_OK) == 0)
			continue;
		rc = open_part(restore, backup_files[i].part, settings->data_dir, path + len + 1);
		if (rc == RC_OK && chmod(path, 0644) != 0)
			rc = RC_IO;
		if (rc == RC_NOT_FOUND)
			rc = RC_OK;
	}
	return rc == RC_NOT_FOUND ? restore_take_refuse(RC_PROTOCOL, "the copy lacks a part") : rc;
}

static enum rc read_name_key(struct restore *restore)
{
	char *text;
	size_t len;
	enum rc rc = file_read(restore->pool, pool_printf(restore->pool, "%s/copy.key",
			restore->settings->web_key_dir), 256, &text, &len);

	if (rc != RC_OK)
		return rc;
	text[strcspn(text, "\r\n")] = '\0';
	return hex_decode(text, restore->name_key, sizeof(restore->name_key)) == RC_OK ? RC_OK : RC_PROTOCOL;
}

/* ---- is it whole? ---- */

static void report(void *arg, const char *board, enum event_author author, uint64_t seq, const char *what)
{
	struct restore *restore = arg;

	if (strstr(what, "is named and not here")) {
		restore->lost++;
		printf("lacking: %s\n", what);
	} else {
		restore->faults++;
		printf("fault %s %s %" PRIu64 ": %s\n", board ? board : "-", event_author_name(author), seq, what);
	}
}

static enum rc check_heads(struct restore *restore)
{
	const struct layer *last = last_layer(restore);
	struct journal_head own, center;
	enum rc rc = journal_head_get(restore->store, last->board, AUTHOR_BOARD, &own);

	if (rc == RC_OK)
		rc = journal_head_get(restore->store, last->board, AUTHOR_CENTER, &center);
	if (rc == RC_OK && (own.seq != last->own.seq || !hash_equal(own.hash, last->own.hash, sizeof(own.hash)) ||
			center.seq != last->center.seq ||
			!hash_equal(center.hash, last->center.hash, sizeof(center.hash)))) {
		printf("fault: the journal does not end where the copy says\n");
		restore->faults++;
	}
	return rc;
}

static enum rc check_all(struct restore *restore)
{
	static const enum db_kind kinds[] = { DB_TRAM, DB_AUTH, DB_ACCESS };
	struct journal_totals totals;
	enum rc rc = check_heads(restore);
	size_t i;

	for (i = 0; rc == RC_OK && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		char why[100];
		int64_t faults = 0;

		rc = db_copy_check(db_copy_path(restore->pool, restore->settings, kinds[i]), &faults, why,
				sizeof(why));
		if (faults > 0)
			printf("fault: a database: %s\n", why);
		restore->faults += (uint64_t)faults;
	}
	if (rc == RC_OK)
		rc = journal_verify(restore->store, true, report, restore, &totals);
	if (rc == RC_PROTOCOL)
		rc = RC_OK;
	return rc == RC_OK && restore->faults > 0 ? RC_PROTOCOL : rc;
}

/* ---- all of it ---- */

static enum rc take_layers(struct restore *restore)
{
	size_t i;
	enum rc rc = store_open(restore->settings, STORE_TRAM | STORE_PUBLIC, &restore->store);

	if (rc == RC_OK)
		rc = read_name_key(restore);
	for (i = 1; rc == RC_OK && i < restore->chain.count; i++)
		rc = restore_take_events(restore, layer_at(restore, i));
	if (rc == RC_OK)
		step(restore, "events");
	for (i = 0; rc == RC_OK && i < restore->chain.count; i++)
		rc = restore_take_contents(restore, layer_at(restore, i));
	if (rc == RC_OK)
		rc = restore_take_lacking(restore);
	if (rc == RC_OK)
		step(restore, "contents");
	return rc;
}

/* The public status, and numbers that may stand on slips which nobody copied. */
static enum rc mark_restored(struct restore *restore)
{
	enum rc rc = slip_point_publish(restore->store);

	if (rc == RC_OK)
		rc = swap_mark(restore->store, when_now_ms());
	if (rc == RC_OK)
		rc = slip_publish(restore->store);
	return rc;
}

static enum rc name_settings(struct restore *restore)
{
	const char *from = pool_printf(restore->pool, "%s/" CONF_NEW, restore->data);

	if (restore->conf)
		return RC_OK;
	if (chmod(from, 0644) != 0 || rename(from, pool_printf(restore->pool, "%s/tram.conf", restore->data)) != 0)
		return RC_IO;
	file_sync_dir_or_die(restore->data);
	return RC_OK;
}

static enum rc run(struct restore *restore)
{
	const struct layer *last;
	char taken[24];
	enum rc rc;

	if (!restore->from || !restore->key || !restore->data)
		return restore_take_refuse(RC_INVALID, "--from, --key and --data are needed (tram restore --help)");
	if (!is_empty(restore->data))
		return restore_take_refuse(RC_EXISTS, "--data must be missing or empty");
	restore->began = when_boottime_ms();
	rc = find_copy(restore);
	if (rc == RC_OK)
		rc = put_settings(restore);
	if (rc == RC_OK)
		rc = put_parts(restore);
	if (rc == RC_OK)
		rc = init_databases(restore->pool, restore->settings, restore->apart);
	if (rc == RC_OK) {
		step(restore, "databases");
		rc = take_layers(restore);
	}
	if (rc == RC_OK)
		rc = check_all(restore);
	if (rc == RC_OK)
		rc = mark_restored(restore);
	store_close(restore->store);
	if (rc == RC_OK)
		rc = folders_settle(restore->settings, restore->apart);
	if (rc == RC_OK)
		rc = folders_settle_contents(restore->settings, restore->apart);
	if (rc == RC_OK)
		rc = name_settings(restore);
	if (rc != RC_OK)
		return rc;
	step(restore, "checked");
	last = last_layer(restore);
	when_iso_minute(last->taken_at, taken);
	printf("taken %s: what was taken in after this and not sent is on its slips alone\n", taken);
	printf("restored %s no=%06" PRIu64 " seq=%" PRIu64 " contents=%" PRIu64 " at-center=%" PRIu64 " lacking=%"
			PRIu64 "\n", last->board, last->no, last->own.seq, restore->contents, restore->at_center,
			restore->lost);
	return restore->lost > 0 ? RC_PROTOCOL : RC_OK;
}

int restore_main(int argc, char **argv)
{
	struct restore restore = { .pool = pool_new() };
	const struct tool_option options[] = { { "from", &restore.from, NULL }, { "key", &restore.key, NULL },
		{ "data", &restore.data, NULL }, { "board", &restore.board, NULL },
		{ "no", &restore.number, NULL }, { "conf", &restore.conf, NULL },
		{ "one-user", NULL, &restore.one_user } };
	size_t words;
	int status = tool_options(argc, argv, usage, options, 7, NULL, 0, &words);

	if (status < 0) {
		enum rc rc = run(&restore);

		if (rc != RC_OK && rc != RC_INVALID && rc != RC_EXISTS && restore.lost == 0)
			fprintf(stderr, "tram restore: not restored (%s); remove %s before trying again\n",
					rc_name(rc), restore.data);
		status = tool_exit_of(rc);
	}
	memset(&restore.identity, 0, sizeof(restore.identity));
	settings_free(restore.settings);
	pool_free(restore.pool);
	return status;
}
