/*
 * backup_make.c: see backup_make.h. A copy of the databases is made and checked on the board's own disk, where
 * nothing of it is readable elsewhere, then sealed to the medium piece by piece; the manifest comes last.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/encode.h"
#include "base/file.h"
#include "base/log.h"
#include "base/version.h"
#include "base/when.h"
#include "crypt/hash.h"
#include "crypt/random.h"
#include "link/wire.h"
#include "store/db_copy.h"
#include "tool/backup_make.h"

#define WORK "copy-work"
#define LATE_MS INT64_C(3600000)	/* contents recorded a little before the layer before was taken */
#define SMALL_MAX (1024u * 1024)

const struct backup_file backup_files[] = {
	{ "catalogue.age", offsetof(struct settings, catalogue_file) },
	{ "keying.age", offsetof(struct settings, keying_file) },
	{ "calendar.age", offsetof(struct settings, calendar_file) },
	{ "forms.age", offsetof(struct settings, forms_file) },
	{ "confirm.age", offsetof(struct settings, confirm_file) },
};
const size_t backup_file_count = sizeof(backup_files) / sizeof(backup_files[0]);
const char *const backup_keys[BACKUP_KEYS][2] = { { "slip.seed", "seed.age" }, { "slip.key", "key.age" },
	{ "copy.key", "name.age" } };

enum rc backup_fail(struct backup *backup, enum rc rc, const char *reason)
{
	if (!*backup->reason)
		backup->reason = reason;
	return rc;
}

static enum rc medium(struct backup *backup, enum rc rc)
{
	return rc == RC_OK ? rc : backup_fail(backup, rc, rc == RC_FULL ? "medium-full" : "medium");
}

static enum rc board(struct backup *backup, enum rc rc)
{
	return rc == RC_OK ? rc : backup_fail(backup, rc, rc == RC_FULL ? "board-full" : "database");
}

/* ---- the parts of a layer ---- */

static struct layer_part *part_new(struct backup *backup, const char *name)
{
	struct layer_part *part = &backup->layer.parts[backup->layer.part_count++];

	(void)snprintf(part->name, sizeof(part->name), "%s", name);
	return part;
}

/* One database: copied, checked, sealed. */
static enum rc put_database(struct backup *backup, enum db_kind kind, const char *name)
{
	const char *from = db_copy_path(backup->pool, backup->settings, kind);
	const char *copy = pool_printf(backup->pool, "%s/%s", backup->work, strrchr(from, '/') + 1);
	const char *dir = layer_dir(backup->pool, backup->dir, backup->layer.no);
	int64_t faults = 0;
	char why[100] = "";
	enum rc rc = RC_OK;

	if (access(copy, F_OK) != 0)
		rc = board(backup, db_copy_pages(from, copy));
	if (rc == RC_OK)
		rc = board(backup, db_copy_check(copy, &faults, why, sizeof(why)));
	if (rc == RC_OK && faults > 0) {
		(void)snprintf(backup->detail, sizeof(backup->detail), "%.20s: %.100s",
				strrchr(from, '/') + 1, why);
		rc = backup_fail(backup, RC_PROTOCOL, "damaged");
	}
	if (rc == RC_OK)
		rc = medium(backup, sealed_put_file(&backup->to, dir, name, copy,
				&part_new(backup, name)->sealed));
	db_copy_remove(backup->pool, copy);
	return rc;
}

static enum rc put_small(struct backup *backup, const char *name, const char *path)
{
	struct pool *pool = pool_new();
	char *text;
	size_t len;
	enum rc rc = file_read(pool, path, SMALL_MAX, &text, &len);

	if (rc != RC_OK)
		rc = backup_fail(backup, rc, "keys");
	else
		rc = medium(backup, sealed_put_bytes(&backup->to, layer_dir(pool, backup->dir,
				backup->layer.no), name, text, len, &part_new(backup, name)->sealed));
	pool_free(pool);
	return rc;
}

/* Settings, the files they name inside the data's folder, and the station's own keys, which a printed slip needs
 * for ever. Nothing of link_key_dir: the machine's keys arise anew on the next machine. */
static enum rc put_station(struct backup *backup)
{
	const struct settings *settings = backup->settings;
	size_t len = strlen(settings->data_dir), i;
	enum rc rc = put_small(backup, "conf.age", backup->conf_path);

	for (i = 0; rc == RC_OK && i < BACKUP_KEYS; i++)
		rc = put_small(backup, backup_keys[i][1], pool_printf(backup->pool, "%s/%s",
				settings->web_key_dir, backup_keys[i][0]));
	for (i = 0; rc == RC_OK && i < backup_file_count; i++) {
		const char *path = *(char *const *)((const char *)settings + backup_files[i].member);

		if (strncmp(path, settings->data_dir, len) == 0 && path[len] == '/')
			rc = put_small(backup, backup_files[i].part, path);
	}
	return rc;
}

/* ---- what happened since ---- */

static enum rc write_events(struct backup *backup, int fd, enum event_author author, uint64_t after,
		uint64_t upto)
{
	struct buf lines = { 0 };
	enum rc rc = RC_OK;

	while (rc == RC_OK && after < upto) {
		struct pool *pool = pool_new();
		struct journal_row *rows;
		size_t count = 0, i;

		rc = journal_read(backup->store, pool, backup->settings->board_id, author, after,
				WIRE_BATCH_EVENTS, WIRE_BATCH_BYTES, &rows, &count);
		buf_reset(&lines);
		for (i = 0; rc == RC_OK && i < count && rows[i].event.seq <= upto; i++) {
			wire_line(&rows[i], &lines);
			after = rows[i].event.seq;
		}
		if (rc == RC_OK && i == 0)
			rc = RC_DB;	/* the head counts what is not there */
		if (rc == RC_OK)
			rc = file_write_all(fd, lines.data, lines.len);
		pool_free(pool);
	}
	buf_free(&lines);
	return rc;
}

/* The center's first: ours often answer them. */
static enum rc put_events(struct backup *backup)
{
	const struct layer *layer = &backup->layer;
	const char *path = pool_printf(backup->pool, "%s/journal", backup->work);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	enum rc rc = fd < 0 ? RC_IO : RC_OK;

	if (rc == RC_OK)
		rc = write_events(backup, fd, AUTHOR_CENTER, layer->center_from.seq, layer->center.seq);
	if (rc == RC_OK)
		rc = write_events(backup, fd, AUTHOR_BOARD, layer->own_from.seq, layer->own.seq);
	if (fd >= 0)
		(void)close(fd);
	rc = board(backup, rc);
	if (rc == RC_OK)
		rc = medium(backup, sealed_put_file(&backup->to, layer_dir(backup->pool, backup->dir, layer->no),
				"journal.age", path, &part_new(backup, "journal.age")->sealed));
	(void)unlink(path);
	return rc;
}

/* ---- a layer ---- */

static void ignore(void *arg, const char *name, enum event_author author, uint64_t seq, const char *what)
{
	struct backup *backup = arg;

	(void)name;
	if (!backup->detail[0])
		(void)snprintf(backup->detail, sizeof(backup->detail), "%s %llu: %.100s",
				event_author_name(author), (unsigned long long)seq, what);
}

/* The copied tram.db, open, its chains walked. */
static enum rc open_copy(struct backup *backup)
{
	struct settings there = *backup->settings;
	struct journal_totals totals;
	const char *copy = pool_printf(backup->pool, "%s/tram.db", backup->work);
	enum rc rc = board(backup, db_copy_pages(db_copy_path(backup->pool, &there, DB_TRAM), copy));

	there.db_dir = (char *)(size_t)backup->work;
	if (rc == RC_OK)
		rc = board(backup, store_open(&there, STORE_TRAM, &backup->there));
	if (rc == RC_OK) {
		/* settings live as long as the backup's, not as long as this function's copy */
		backup->there->settings = backup->settings;
		rc = journal_verify(backup->there, false, ignore, backup, &totals);
		rc = rc == RC_PROTOCOL ? backup_fail(backup, rc, "damaged") : board(backup, rc);
	}
	if (rc == RC_OK)
		rc = board(backup, journal_head_get(backup->there, backup->settings->board_id, AUTHOR_BOARD,
				&backup->layer.own));
	if (rc == RC_OK)
		rc = board(backup, journal_head_get(backup->there, backup->settings->board_id, AUTHOR_CENTER,
				&backup->layer.center));
	return rc;
}

static enum rc put_contents(struct backup *backup, int64_t since_ms)
{
	struct buf lines = { 0 };
	enum rc rc = backup_contents_seal(backup, since_ms, &lines);

	if (rc == RC_OK) {
		hash_sha256(lines.data ? lines.data : "", lines.len, backup->layer.contents_sha256);
		rc = medium(backup, sealed_put_plain(layer_dir(backup->pool, backup->dir, backup->layer.no),
				LAYER_CONTENTS, lines.data ? lines.data : "", lines.len));
	}
	buf_free(&lines);
	return rc;
}

static enum rc make_base(struct backup *backup)
{
	struct layer *layer = &backup->layer;
	enum rc rc = open_copy(backup);

	if (rc == RC_OK)
		rc = put_contents(backup, INT64_MIN);
	store_close(backup->there);
	backup->there = NULL;
	if (rc == RC_OK)
		rc = put_database(backup, DB_TRAM, "tram.age");
	if (rc == RC_OK)
		rc = put_database(backup, DB_AUTH, "auth.age");
	if (rc == RC_OK)
		rc = put_database(backup, DB_ACCESS, "access.age");
	if (rc == RC_OK)
		rc = put_station(backup);
	layer->base = layer->no;
	return rc;
}

static enum rc make_next(struct backup *backup)
{
	const struct layer *last = &backup->list.layers[backup->chain.at[backup->chain.count - 1]];
	struct layer *layer = &backup->layer;
	const char *name = backup->settings->board_id;
	enum rc rc;

	layer->base = last->base;
	layer->own_from = last->own;
	layer->center_from = last->center;
	rc = board(backup, db_read_begin(backup->store->tram));
	if (rc != RC_OK)
		return rc;
	rc = board(backup, journal_head_get(backup->store, name, AUTHOR_BOARD, &layer->own));
	if (rc == RC_OK)
		rc = board(backup, journal_head_get(backup->store, name, AUTHOR_CENTER, &layer->center));
	if (rc == RC_OK)
		rc = put_events(backup);
	db_read_end(backup->store->tram);
	if (rc == RC_OK)
		rc = put_contents(backup, last->taken_at - LATE_MS);
	return rc == RC_OK ? put_database(backup, DB_AUTH, "auth.age") : rc;
}

/* The manifest, and a last look: what a restore will read. */
static enum rc finish(struct backup *backup)
{
	struct pool *pool = pool_new();
	struct layer *layer = &backup->layer, again;
	const char *dir = layer_dir(pool, backup->dir, layer->no);
	char *text, *found;
	size_t len;
	enum rc rc;

	layer->verified_at = when_now_ms();
	text = layer_print(pool, layer);
	rc = medium(backup, sealed_put_plain(dir, LAYER_MANIFEST, text, strlen(text)));
	if (rc == RC_OK)
		rc = medium(backup, sealed_sync_dir(backup->dir));
	if (rc == RC_OK && (file_read(pool, pool_printf(pool, "%s/" LAYER_MANIFEST, dir), SMALL_MAX, &found,
			&len) != RC_OK || layer_parse(pool, found, len, &again) != RC_OK))
		rc = backup_fail(backup, RC_IO, "medium");
	pool_free(pool);
	return rc;
}

static void remove_layer(struct backup *backup, uint64_t no)
{
	struct pool *pool = pool_new();
	const char *dir = layer_dir(pool, backup->dir, no);
	DIR *listing;
	struct dirent *entry;

	/* The manifest first: from then on the layer does not exist, however far the rest comes. */
	if (unlink(pool_printf(pool, "%s/" LAYER_MANIFEST, dir)) == 0 && sealed_sync_dir(dir) != RC_OK)
		log_warn("backup: a layer that is going may come back");
	listing = opendir(dir);
	while (listing && (entry = readdir(listing))) {
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			(void)unlink(pool_printf(pool, "%s/%s", dir, entry->d_name));
	}
	if (listing)
		(void)closedir(listing);
	(void)rmdir(dir);
	pool_free(pool);
}

/* ---- what may go ---- */

static int64_t layer_bytes(const struct layer *layer)
{
	int64_t sum = layer->contents * 100;
	size_t i;

	for (i = 0; i < layer->part_count; i++)
		sum += layer->parts[i].sealed.bytes;
	return sum;
}

/* After a new base stands: older ones beyond the limit. keep 1: to make room. */
static void prune(struct backup *backup, size_t keep)
{
	struct pool *pool = pool_new();
	struct layer_list list;
	int64_t *sizes;
	uint64_t oldest, whole;
	size_t i;

	if (layer_list_read(pool, backup->dir, backup->settings->board_id, &list) != RC_OK)
		goto out;
	sizes = pool_alloc(pool, (list.count + 1) * sizeof(*sizes));
	for (i = 0; i < list.count; i++)
		sizes[i] = layer_bytes(&list.layers[i]);
	oldest = layer_oldest(&list, keep, backup->settings->copy_max_mb * 1048576, sizes);
	/* Of nights before the last two only the night itself: hundreds of layers are slow to look through. */
	whole = layer_oldest(&list, 2, 0, sizes);
	for (i = 0; i < list.count; i++) {
		if (list.layers[i].no < oldest || (list.layers[i].no < whole &&
				list.layers[i].no != list.layers[i].base))
			remove_layer(backup, list.layers[i].no);
	}
	for (i = 0; i < list.torn_count; i++) {
		if (list.torn[i] != backup->layer.no || backup->layer.verified_at == 0)
			remove_layer(backup, list.torn[i]);
	}
	if (backup_contents_prune(backup) != RC_OK)
		log_warn("backup: contents nobody names any more stay on the medium");
out:
	pool_free(pool);
}

/* ---- all of it ---- */

/* The name of contents is made with a key of the station's own, and of no machine. */
static enum rc read_name_key(struct backup *backup)
{
	char *text;
	size_t len;
	enum rc rc = file_read(backup->pool, pool_printf(backup->pool, "%s/copy.key",
			backup->settings->web_key_dir), 256, &text, &len);

	if (rc == RC_OK) {
		text[strcspn(text, "\r\n")] = '\0';
		rc = hex_decode(text, backup->name_key, sizeof(backup->name_key));
	}
	return rc == RC_OK ? rc : backup_fail(backup, RC_CONFIG, "keys");
}

/* A copy of tram.db beside it, and the reserve that what was begun needs. */
static bool has_room(struct backup *backup)
{
	struct stat info;

	return stat(db_copy_path(backup->pool, backup->settings, DB_TRAM), &info) != 0 ||
			file_free_bytes(backup->settings->spool_dir) > (unsigned long long)info.st_size +
			(unsigned long long)backup->settings->reserve_bytes;
}

static enum rc look(struct backup *backup)
{
	const char *name = backup->settings->board_id;
	struct layer_now now = { .at_ms = when_now_ms(), .forced = backup->base };
	struct when_local local;
	enum rc rc = medium(backup, layer_list_read(backup->pool, backup->dir, name, &backup->list));

	when_to_local(now.at_ms, &local);
	now.hour = local.hour;
	if (rc == RC_OK)
		rc = board(backup, journal_head_get(backup->store, name, AUTHOR_BOARD, &now.own));
	if (rc == RC_OK)
		rc = board(backup, journal_head_get(backup->store, name, AUTHOR_CENTER, &now.center));
	if (rc != RC_OK)
		return rc;
	backup->step = layer_step_of(&backup->list, &now);
	if (layer_chain_find(backup->pool, &backup->list, 0, &backup->chain) != RC_OK)
		backup->chain.count = 0;
	if (backup->step == LAYER_BASE && !has_room(backup)) {
		rc = backup_fail(backup, RC_FULL, "board-full");
		/* What is new needs little room, and a full card may be a dying one. */
		if (backup->chain.count > 0 && layer_step_upon(&backup->list, &backup->chain, &now) != LAYER_BASE) {
			backup->step = layer_step_upon(&backup->list, &backup->chain, &now);
			rc = RC_OK;
		}
	}
	return rc;
}

static enum rc make(struct backup *backup)
{
	struct layer *layer = &backup->layer;
	const struct settings *settings = backup->settings;
	char *id = pool_alloc(backup->pool, 33);
	enum rc rc;

	random_hex(16, id);
	memset(layer, 0, sizeof(*layer));
	layer->id = backup->chain.count ? backup->list.layers[backup->chain.at[0]].id : id;
	layer->board = settings->board_id;
	layer->mode = settings->mode == MODE_LIVE ? "live" : "rehearsal";
	layer->program = TRAM_VERSION;
	layer->no = ++backup->list.newest;
	layer->taken_at = when_now_ms();
	backup->known_count = 0;
	rc = backup_contents_known(backup);
	if (rc == RC_OK)
		rc = medium(backup, sealed_make_dir(layer_dir(backup->pool, backup->dir, layer->no)));
	if (rc == RC_OK)
		rc = backup->step == LAYER_BASE ? make_base(backup) : make_next(backup);
	if (rc == RC_OK)
		rc = finish(backup);
	if (rc != RC_OK) {
		remove_layer(backup, layer->no);
		layer->no = 0;
		layer->verified_at = 0;
	}
	return rc;
}

static bool is_full(const struct backup *backup, enum rc rc)
{
	return rc == RC_FULL && strcmp(backup->reason, "medium-full") == 0;
}

/* Full: older copies give way, but never the newest. If a base still does not fit beside that, what is new may. */
static enum rc make_fitting(struct backup *backup)
{
	struct layer_now now = { .forced = false };
	enum rc rc = board(backup, file_make_dir(backup->work, 0700));

	if (rc == RC_OK)
		rc = make(backup);
	if (!is_full(backup, rc))
		return rc;
	backup->reason = "";
	prune(backup, 1);
	rc = make(backup);
	if (!is_full(backup, rc) || backup->step != LAYER_BASE || backup->chain.count == 0 ||
			journal_head_get(backup->store, backup->settings->board_id, AUTHOR_BOARD, &now.own) ||
			journal_head_get(backup->store, backup->settings->board_id, AUTHOR_CENTER, &now.center))
		return rc;
	/* prune left the newest chain as it was. */
	backup->step = layer_step_upon(&backup->list, &backup->chain, &now);
	return backup->step == LAYER_NEXT ? make(backup) : backup->step == LAYER_NOTHING ? RC_OK : rc;
}

enum rc backup_make(struct backup *backup)
{
	enum rc rc;

	backup->reason = "";
	backup->work = pool_printf(backup->pool, "%s/" WORK, backup->settings->spool_dir);
	rc = read_name_key(backup);
	if (rc == RC_OK)
		rc = board(backup, store_open(backup->settings, STORE_TRAM, &backup->store));
	if (rc == RC_OK)
		rc = medium(backup, sealed_make_dir(backup->dir));
	if (rc == RC_OK)
		rc = medium(backup, sealed_make_dir(pool_printf(backup->pool, "%s/contents", backup->dir)));
	if (rc == RC_OK)
		rc = look(backup);
	if (rc == RC_OK && backup->step != LAYER_NOTHING)
		rc = make_fitting(backup);
	if (rc == RC_OK && backup->step == LAYER_BASE)
		prune(backup, (size_t)backup->settings->copy_keep);
	db_copy_remove(backup->pool, pool_printf(backup->pool, "%s/tram.db", backup->work));
	(void)rmdir(backup->work);
	store_close(backup->store);
	return rc;
}
