/*
 * again_fixture.c: what was on its way arrives again, late, or in another order: requests, answers, sticks. See
 * link_fixture.h.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "link/bundle_side.h"
#include "link/greet.h"
#include "link/issue.h"
#include "link/wire_take.h"
#include "link_fixture.h"
#include "store/linkstate.h"

static void forget(struct link_message *message)
{
	free(message->text);
	free(message->token);
	memset(message, 0, sizeof(*message));
}

void link_fixture_keep(struct link_pair *pair, const struct link_message *message)
{
	struct link_message *kept = &pair->kept[pair->kept_count++ % LINK_KEPT];

	forget(kept);
	*kept = *message;
	kept->text = malloc(message->len + 1);
	assert_non_null(kept->text);
	memcpy(kept->text, message->text, message->len);
	kept->text[message->len] = '\0';
	kept->token = message->token ? strdup(message->token) : NULL;
}

void link_fixture_forget_hellos(struct link_pair *pair)
{
	for (size_t i = 0; i < LINK_KEPT; i++)
		if (pair->kept[i].what == LINK_HELLO)
			forget(&pair->kept[i]);
}

void link_fixture_forget(struct link_pair *pair)
{
	for (size_t i = 0; i < LINK_KEPT; i++)
		forget(&pair->kept[i]);
}

static bool is_refusal(enum rc rc, const char *why)
{
	return rc == RC_PROTOCOL && (strcmp(why, "fork") == 0 || strcmp(why, "gap") == 0 ||
			strcmp(why, "hash") == 0 || strcmp(why, "branch") == 0);
}

static void journal_again(struct link_pair *pair, const struct link_message *message)
{
	struct pool *pool = pool_new();
	struct journal_head head;
	const char *why = "";
	size_t line;
	char *token;
	enum rc rc = wire_take_journal(pair->center.store, LINK_BOARD, message->text, message->len, &head,
			&why, &line);

	assert_true(rc == RC_OK || is_refusal(rc, why));
	if (rc == RC_OK && head.seq == message->last.seq)
		assert_int_equal(issue_receipt(pair->center.store, pool, pair->keys.sign, LINK_BOARD, &head,
				&token), RC_OK);
	pool_free(pool);
}

/* As the forwarder does: what ends where the log is already is no answer to what was asked. */
static void feed_again(struct machine *machine, const struct link_message *message)
{
	struct journal_head had;
	const char *why = "";
	size_t line;
	enum rc rc;

	assert_int_equal(journal_head_get(machine->side.store, LINK_BOARD, AUTHOR_CENTER, &had), RC_OK);
	if (message->last.seq > had.seq) {
		rc = wire_take_feed(machine->side.store, message->text, message->len,
				message->token, &why, &line);
		assert_true(rc == RC_OK || is_refusal(rc, why));
	}
}

static void receipt_again(struct machine *machine, const struct link_message *message)
{
	enum rc rc = linkstate_receipt(machine->side.store, message->last.epoch, message->last.seq,
			message->last.hash, message->token);

	assert_true(rc == RC_OK || rc == RC_EXISTS || rc == RC_PROTOCOL);
}

/* Nobody may be taken for somebody new, or for a second machine, by what he said before. */
static void hello_again(struct link_pair *pair, const struct link_message *message)
{
	struct pool *pool = pool_new();
	bool was = link_fixture_fenced(pair);
	struct wire_welcome welcome;
	struct wire_hello hello;
	enum fence_verdict verdict;

	assert_int_equal(wire_hello_parse(pool, message->text, message->len, &hello), RC_OK);
	assert_int_equal(greet_answer(pair->center.store, pool, LINK_BOARD, &hello, &welcome, &verdict), RC_OK);
	assert_true(was ? *welcome.fenced != '\0' : verdict == FENCE_AGAIN);
	assert_true(was == link_fixture_fenced(pair));
	pool_free(pool);
}

void link_fixture_again(struct link_pair *pair, struct machine *machine, uint64_t which)
{
	const struct link_message *message = &pair->kept[which % LINK_KEPT];
	struct link_board row;

	if (!message->text)
		return;
	memcpy(pair->said.fingerprint, message->fingerprint, sizeof(pair->said.fingerprint));
	if ((message->what == LINK_JOURNAL || message->what == LINK_HELLO) &&
			(!link_fixture_registered(pair, &pair->said, &row) ||
			(row.fenced && message->what == LINK_JOURNAL)))
		return;
	pair->again++;
	pair->late += which % LINK_KEPT != (pair->kept_count - 1) % LINK_KEPT;
	if (message->what == LINK_JOURNAL)
		journal_again(pair, message);
	else if (message->what == LINK_FEED)
		feed_again(machine, message);
	else if (message->what == LINK_RECEIPT)
		receipt_again(machine, message);
	else
		hello_again(pair, message);
}

/* ---- the drawer with sticks ---- */

static struct link_stick *new_stick(struct link_pair *pair, struct pool *pool, bool up, char **dir)
{
	struct link_stick *stick = &pair->drawer[pair->drawer_count++ % LINK_DRAWER];

	if (*stick->dir)
		link_fixture_run("rm -rf '%s'", stick->dir);
	*dir = pool_printf(pool, "%s/drawer-%u", pair->center.dir, pair->sticks++);
	(void)snprintf(stick->dir, sizeof(stick->dir), "%s", *dir);
	stick->up = up;
	assert_int_equal(file_make_dir(*dir, 0700), RC_OK);
	return stick;
}

void link_fixture_stick_keep(struct link_pair *pair, struct machine *machine, bool up)
{
	struct pool *pool = pool_new();
	struct bundle_made made;
	struct link_stick *stick;
	char *dir;
	enum rc rc;

	stick = new_stick(pair, pool, up, &dir);
	rc = up ? bundle_board_make(machine->side.store, pool, &machine->keys, dir, &made) :
			bundle_center_make(pair->center.store, pool, &pair->keys, LINK_BOARD, dir, &made);
	assert_true(rc == RC_OK || rc == RC_NOT_FOUND);
	if (rc == RC_NOT_FOUND) {
		link_fixture_run("rm -rf '%s'", dir);
		*stick->dir = '\0';
	}
	pool_free(pool);
}

static int backwards(const struct dirent **one, const struct dirent **other)
{
	return strcmp((*other)->d_name, (*one)->d_name);
}

static int is_part(const struct dirent *entry)
{
	return strstr(entry->d_name, BUNDLE_SUFFIX) != NULL;
}

void link_fixture_stick_late(struct link_pair *pair, struct machine *machine, uint64_t which)
{
	const struct link_stick *stick = &pair->drawer[which % LINK_DRAWER];
	struct pool *pool = pool_new();
	struct bundle_taken taken;
	struct dirent **parts;
	int count, i;

	count = *stick->dir ? scandir(stick->dir, &parts, is_part, backwards) : 0;
	for (i = 0; i < count; i++) {
		const char *path = pool_printf(pool, "%s/%s", stick->dir, parts[i]->d_name);

		assert_int_equal(stick->up ? bundle_center_take(pair->center.store, pool, &pair->keys, path, &taken) :
				bundle_board_take(machine->side.store, pool, &machine->keys, path, &taken), RC_OK);
		pair->sticks_late++;
		free(parts[i]);
	}
	if (*stick->dir)
		free(parts);
	pool_free(pool);
}
