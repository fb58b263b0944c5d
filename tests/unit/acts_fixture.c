/*
 * acts_fixture.c: see acts_fixture.h.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "acts_fixture.h"
#include "store/journal.h"
#include "store_fixture.h"

void acts_begin(struct acts *acts, uint64_t seed)
{
	for (size_t i = 0; i < sizeof(acts->examples) / sizeof(acts->examples[0]); i++)
		json_decref(acts->examples[i]);
	memset(acts, 0, sizeof(*acts));
	acts->dice = seed;
}

uint64_t acts_roll(struct acts *acts, uint64_t limit)
{
	acts->dice ^= acts->dice << 13;
	acts->dice ^= acts->dice >> 7;
	acts->dice ^= acts->dice << 17;
	return acts->dice % limit;
}

json_t *acts_body(struct acts *acts, const char *kind, unsigned n)
{
	json_t *body;
	char text[64];

	if (strcmp(kind, "dossier.accepted") == 0) {
		(void)snprintf(text, sizeof(text), "CT18685.1-261124-%04llu",
				(unsigned long long)++acts->day_numbers);
		return store_fixture_accepted(text, n % 3 ? "Nguyễn Văn Thử" : "Trần Thị Đặng",
				n % 2 == 0);
	}
	body = store_fixture_example(kind, 1);
	if (json_object_get(body, "manifest"))
		json_put_int(json_object_get(body, "manifest"), "version", (int64_t)acts_roll(acts, 9) + 1);
	if (json_object_get(body, "slip"))
		json_put_int(json_object_get(body, "slip"), "no", (int64_t)acts_roll(acts, 5) + 1);
	if (json_object_get(body, "collected"))
		json_put(body, "collected", "00000000000000000000000000000000");
	return body;
}

bool acts_do(struct acts *acts, struct store *store, enum event_author author, const char *board)
{
	const struct kind *kind = &kind_table[acts_roll(acts, kind_count)];
	/* Half of all acts are on the newest dossiers, so that both sides meet on them. */
	unsigned n = acts_roll(acts, 2) && acts->dossiers > 8 ? acts->dossiers -
			(unsigned)acts_roll(acts, 8) : (unsigned)acts_roll(acts, acts->dossiers + 1) + 1;
	bool first = kind_is_first(kind) || acts_roll(acts, 12) == 0;
	struct act one = { .board = board, .kind = first ? "dossier.accepted" : kind->name,
			.subject_kind = first ? SUBJECT_DOSSIER : kind->subject,
			.actor = author == AUTHOR_BOARD ? "u-clerk" : "c-officer" };
	uint8_t id[16];
	struct event event;
	const char *reason;
	size_t at = (size_t)(kind - kind_table);
	json_t *body;
	enum rc rc;

	/* Erases have a test of their own; the center alone gives out codes, in settle. */
	if (!first && (strcmp(kind->name, "body.erased") == 0 || strcmp(kind->name, "code.issued") == 0
			|| strcmp(kind->name, "manifest.complete") == 0
			|| strcmp(kind->name, "epoch.opened") == 0
			|| strcmp(kind->name, "station.opened") == 0))
		return false;
	if (first && (author != AUTHOR_BOARD || acts_roll(acts, 4)))
		return false;
	if (first)
		n = acts->dossiers + 1;
	if (!first && !acts->examples[at])
		acts->examples[at] = acts_body(acts, kind->name, n);
	body = first ? acts_body(acts, "dossier.accepted", n) : json_deep_copy(acts->examples[at]);
	if (!first && json_object_get(body, "manifest"))
		json_put_int(json_object_get(body, "manifest"), "version", (int64_t)acts_roll(acts, 9) + 1);
	if (strcmp(one.kind, "dossier.seized") == 0) {
		struct journal_head known;

		assert_int_equal(journal_head_get(store, board, AUTHOR_BOARD, &known), RC_OK);
		json_put_int(body, "seq", (int64_t)known.seq);
	}
	store_fixture_id(n, id);
	/* No dossier has the id of the station or of a book: what stands on one of theirs stands on nothing of it. */
	if (one.subject_kind != SUBJECT_DOSSIER)
		id[15] = (uint8_t)one.subject_kind;
	one.subject = id;
	one.body = body;
	assert_int_equal(store_begin(store, false), RC_OK);
	rc = act_append(store, &one, &event, &reason);
	if (rc == RC_OK && strcmp(one.kind, "dossier.handed_back") != 0 && acts_roll(acts, 20) == 0) {
		store_abort(store);	/* a cut before the commit */
		rc = RC_CONFLICT;
	} else if (rc == RC_OK) {
		assert_int_equal(store_commit(store), RC_OK);
		acts->dossiers += first;
	} else {
		assert_int_equal(rc, RC_CONFLICT);
		store_abort(store);
	}
	json_decref(body);
	return rc == RC_OK;
}
