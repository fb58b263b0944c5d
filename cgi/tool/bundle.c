/*
 * bundle.c: see bundle.h. What is done with a stick stands in link/bundle_*.c.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "link/bundle_side.h"
#include "tool/bundle.h"
#include "tool/tool.h"

#define PARTS_MAX 1000

static const char make_usage[] =
		"usage: tram bundle --data FOLDER [--out FOLDER] [--board BOARD] [--json]\n\n"
		"On a board: writes everything that the center has not receipted into --out (stick_dir of\n"
		"tram.conf by default), as parts sealed to the center. At the center: receipts, events and\n"
		"results for --board, sealed to it. Prints each part with the six groups of digits that\n"
		"are read aloud when the stick is handed over.\n"
		"Exit status: 0 written; 1 there is nothing to carry; 2 wrong usage; 75 stick, disk or\n"
		"database failed; 78 keys are missing.\n";

static const char take_usage[] =
		"usage: tram import --data FOLDER [--json] PART…\n\n"
		"Takes the parts of a stick, in any order, as often as one likes, beside the network. A part\n"
		"that came before the ones it needs is kept, sealed, and taken when they have come. Prints of each\n"
		"the six groups of digits that the courier's note has.\n"
		"Exit status: 0 all taken, had or kept; 1 one was refused; 2 wrong usage; 75 disk or\n"
		"database failed; 78 keys are missing.\n";

/* As who may read the keys: forward's user on a board. */
static enum rc open_side(const char *data, const char *conf, struct pool *pool,
		struct settings **settings, struct store **store, struct bundle_keys *keys)
{
	enum rc rc = tool_settings(data, conf, settings);

	if (rc == RC_OK)
		rc = tool_become(*settings, (*settings)->side == SIDE_BOARD ? (*settings)->link_key_dir :
				(*settings)->center_key_dir);
	if (rc == RC_OK)
		rc = store_open(*settings, STORE_TRAM | STORE_PUBLIC, store);
	return rc == RC_OK ? bundle_keys_load(*settings, pool, keys) : rc;
}

static void print_made(struct pool *pool, const struct bundle_made *made, bool as_json)
{
	json_t *all = json_new_object();
	char groups[BUNDLE_GROUPS_MAX];

	json_put(all, "id", made->id);
	json_put_int(all, "bytes", made->bytes);
	json_put_int(all, "after", (int64_t)made->after);
	json_put_int(all, "seq", (int64_t)made->seq);
	bundle_made_json(made, all);
	for (size_t i = 0; !as_json && i < made->part_count; i++) {
		bundle_groups(made->parts[i].sha256, groups);
		printf("part %s %" PRId64 " %s\n", made->parts[i].name, made->parts[i].bytes, groups);
	}
	if (as_json)
		puts(json_to_text(pool, all));
	else
		printf("events %" PRIu64 " files %" PRIu64 " bytes %" PRId64 "\n", made->events, made->files,
				made->bytes);
	json_decref(all);
}

static enum rc make(struct store *store, struct pool *pool, const struct bundle_keys *keys,
		const char *board, const char *dir, struct bundle_made *made)
{
	if (!*dir) {
		fputs("tram bundle: --out is missing and tram.conf names no stick_dir\n", stderr);
		return RC_INVALID;
	}
	if (store->settings->side == SIDE_BOARD)
		return bundle_board_make(store, pool, keys, dir, made);
	if (!board) {
		fputs("tram bundle: --board is missing\n", stderr);
		return RC_INVALID;
	}
	return bundle_center_make(store, pool, keys, board, dir, made);
}

int bundle_main(int argc, char **argv)
{
	const char *data = NULL, *conf = NULL, *out = NULL, *board = NULL;
	bool as_json = false;
	const struct tool_option options[] = { { "data", &data, NULL }, { "conf", &conf, NULL },
		{ "out", &out, NULL }, { "board", &board, NULL }, { "json", NULL, &as_json } };
	struct pool *pool = pool_new();
	struct settings *settings = NULL;
	struct store *store = NULL;
	struct bundle_keys keys = { 0 };
	struct bundle_made made;
	size_t words;
	int status = tool_options(argc, argv, make_usage, options, 5, NULL, 0, &words);
	enum rc rc;

	if (status >= 0)
		goto out;
	rc = open_side(data, conf, pool, &settings, &store, &keys);
	if (rc == RC_OK) {
		rc = make(store, pool, &keys, board, out ? out : settings->stick_dir, &made);
		if (rc == RC_OK)
			print_made(pool, &made, as_json);
		else if (rc == RC_NOT_FOUND)
			fputs("tram bundle: nothing to carry\n", stderr);
		else if (rc != RC_INVALID)
			fprintf(stderr, "tram bundle: not written (%s)\n", rc_name(rc));
	}
	status = rc == RC_NOT_FOUND && store ? TOOL_FAULT : tool_exit_of(rc);
out:
	bundle_keys_free(&keys);
	store_close(store);
	settings_free(settings);
	pool_free(pool);
	return status;
}

static void print_taken(struct pool *pool, const char *name, const struct bundle_taken *taken, bool as_json)
{
	json_t *one = json_new_object();
	char groups[BUNDLE_GROUPS_MAX];

	bundle_part_groups(name, groups);
	json_put(one, "part", name);
	json_put(one, "groups", groups);
	json_put(one, "outcome", bundle_outcome_name(taken->outcome));
	json_put(one, "why", taken->why);
	json_put(one, "board", taken->head.board);
	json_put(one, "id", taken->head.id);
	json_put_int(one, "events", (int64_t)taken->events);
	json_put_int(one, "files", (int64_t)taken->files);
	json_put_int(one, "files_again", (int64_t)taken->files_again);
	json_put_int(one, "files_unnamed", (int64_t)taken->files_unnamed);
	json_put_int(one, "receipts", (int64_t)taken->receipts);
	if (as_json)
		puts(json_to_text(pool, one));
	else
		printf("%s %s %s %s events %" PRIu64 " files %" PRIu64 " receipts %" PRIu64 "\n",
				bundle_outcome_name(taken->outcome), name, groups, taken->why, taken->events,
				taken->files, taken->receipts);
	json_decref(one);
}

int bundle_import_main(int argc, char **argv)
{
	const char *data = NULL, *conf = NULL, *parts[PARTS_MAX];
	bool as_json = false, refused = false;
	const struct tool_option options[] = { { "data", &data, NULL }, { "conf", &conf, NULL },
		{ "json", NULL, &as_json } };
	struct pool *pool = pool_new();
	struct settings *settings = NULL;
	struct store *store = NULL;
	struct bundle_keys keys = { 0 };
	size_t count = 0, i;
	int status = tool_options(argc, argv, take_usage, options, 3, parts, PARTS_MAX, &count);
	enum rc rc;

	if (status >= 0)
		goto out;
	rc = count ? open_side(data, conf, pool, &settings, &store, &keys) : RC_INVALID;
	for (i = 0; rc == RC_OK && i < count; i++) {
		struct bundle_taken taken;

		rc = settings->side == SIDE_BOARD ?
				bundle_board_take(store, pool, &keys, parts[i], &taken) :
				bundle_center_take(store, pool, &keys, parts[i], &taken);
		if (rc)
			fprintf(stderr, "tram import: %s: %s\n", parts[i], rc_name(rc));
		else
			print_taken(pool, parts[i], &taken, as_json);
		refused |= rc == RC_OK && taken.outcome == BUNDLE_REFUSED;
	}
	status = rc == RC_OK && refused ? TOOL_FAULT : tool_exit_of(rc);
out:
	bundle_keys_free(&keys);
	store_close(store);
	settings_free(settings);
	pool_free(pool);
	return status;
}
