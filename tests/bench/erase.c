/*
 * erase.c: what an erase does to a store in use, for the tests of old copies. erase SETTINGS_FILE CODE:
 * everything the board wrote about this dossier loses its body, by body.erased events of the board.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/encode.h"
#include "base/json.h"
#include "store/dossier.h"
#include "store/journal.h"
#include "store/store.h"

static void must(bool fine, const char *what)
{
	if (fine)
		return;
	fprintf(stderr, "erase: %s\n", what);
	exit(1);
}

static void erase(struct store *store, const struct event *event)
{
	static const uint8_t station[EVENT_ID_SIZE];
	struct act act = { .subject_kind = SUBJECT_STATION, .subject = station, .kind = "body.erased",
		.actor = "system" };
	char hash[2 * EVENT_HASH_SIZE + 1];
	json_t *body = json_new_object();
	const char *reason = NULL;
	struct event made;

	hex_encode(event->hash, sizeof(event->hash), hash);
	json_put(body, "author", "board");
	json_put_int(body, "seq", (int64_t)event->seq);
	json_put(body, "hash", hash);
	json_put(body, "ground", "test");
	act.body = body;
	must(act_append(store, &act, &made, &reason) == RC_OK, reason ? reason : "not appended");
	json_decref(body);
}

int main(int argc, char **argv)
{
	struct settings *settings = NULL;
	struct store *store = NULL;
	struct pool *pool = pool_new();
	struct journal_row *rows = NULL;
	struct dossier_row dossier;
	size_t count = 0, i;

	must(argc == 3, "usage: erase SETTINGS_FILE CODE");
	must(settings_load(argv[1], &settings) == RC_OK, "settings");
	must(store_open(settings, STORE_TRAM, &store) == RC_OK, "store");
	must(dossier_find(store, pool, NULL, argv[2], &dossier) == RC_OK, "no such dossier");
	must(journal_subject(store, pool, dossier.board, dossier.id, &rows, &count) == RC_OK, "journal");
	must(store_begin(store, false) == RC_OK, "begin");
	for (i = 0; i < count; i++)
		if (rows[i].event.author == AUTHOR_BOARD && rows[i].event.body)
			erase(store, &rows[i].event);
	must(store_commit(store) == RC_OK, "commit");
	store_wake(store);
	store_close(store);
	settings_free(settings);
	pool_free(pool);
	return 0;
}
