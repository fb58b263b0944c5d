/*
 * link_fixture.c: see link_fixture.h: the machines of a pair, their keys and certificates, copies of their
 * databases put back or brought to life twice. How they talk: link_talk_fixture.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/when.h"
#include "crypt/cert.h"
#include "crypt/cert_public.h"
#include "crypt/random.h"
#include "link_fixture.h"
#include "store/enrol.h"

void link_fixture_run(const char *format, ...)
{
	char command[1024];
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(command, sizeof(command), format, args);
	va_end(args);
	assert_true(len > 0 && len < (int)sizeof(command));
	assert_int_equal(system(command), 0);
}

static void put(const char *dir, const char *name, const char *text)
{
	assert_int_equal(file_put(dir, name, text, strlen(text), 0600), RC_OK);
}

static char *get(struct pool *pool, const char *dir, const char *name)
{
	char *text;
	size_t len;

	assert_int_equal(file_read(pool, pool_printf(pool, "%s/%s", dir, name), 65536, &text, &len), RC_OK);
	return text;
}

/* ---- keys ---- */

static void new_certificate(struct link_pair *pair, struct machine *machine)
{
	struct pool *pool = pool_new();
	const char *dir = machine->side.settings->link_key_dir;
	int64_t from = when_now_ms() - WHEN_DAY_MS;
	char *key, *public_pem, *cert;
	struct cert_info info;

	assert_int_equal(cert_key_new(pool, &key, &public_pem), RC_OK);
	assert_int_equal(cert_issue(pool, CERT_CLIENT, LINK_BOARD, NULL, public_pem, pair->ca_cert,
			pair->ca_key, from, from + 400 * WHEN_DAY_MS, &cert), RC_OK);
	assert_int_equal(cert_read(pool, cert, &info), RC_OK);
	memcpy(machine->fingerprint, info.fingerprint, 32);
	put(dir, "client.key", key);
	put(dir, "client.crt", cert);
	pool_free(pool);
}

static void load(struct store_fixture *side, struct bundle_keys *keys)
{
	bundle_keys_free(keys);
	assert_int_equal(bundle_keys_load(side->settings, side->pool, keys), RC_OK);
}

void link_fixture_add(struct link_pair *pair, struct machine *machine)
{
	uint8_t slip[32] = { 1 };

	assert_int_equal(linkstate_board_add(pair->center.store, LINK_BOARD, "Test", "{}",
			machine->fingerprint, slip), RC_OK);
}

void link_fixture_init(struct link_pair *pair)
{
	struct pool *pool = pool_new();
	const char *center, *board;
	char *key, *public_pem;
	int64_t from = when_now_ms() - WHEN_DAY_MS;

	memset(pair, 0, sizeof(*pair));
	store_fixture_init(&pair->center, SIDE_CENTER, NULL, NULL);
	store_fixture_init(&pair->boards[0].side, SIDE_BOARD, LINK_BOARD, NULL);
	db_lose_durability_for_tests(pair->center.store->tram);
	db_lose_durability_for_tests(pair->boards[0].side.store->tram);
	center = pair->center.settings->center_key_dir;
	board = pair->boards[0].side.settings->link_key_dir;
	assert_int_equal(file_make_dir(center, 0700), RC_OK);
	assert_int_equal(file_make_dir(board, 0700), RC_OK);
	assert_int_equal(cert_key_new(pair->center.pool, &pair->ca_key, &public_pem), RC_OK);
	assert_int_equal(cert_issue(pair->center.pool, CERT_CA, "Test CA", NULL, public_pem, NULL,
			pair->ca_key, from, from + 4000 * WHEN_DAY_MS, &pair->ca_cert), RC_OK);
	assert_int_equal(cert_key_new(pool, &key, &public_pem), RC_OK);
	put(center, "receipt.key", key);
	put(board, "receipt.pub", public_pem);
	assert_int_equal(bundle_keys_make(pool, center), RC_OK);
	assert_int_equal(bundle_keys_make(pool, board), RC_OK);
	put(board, "stick-center.pub", get(pool, center, "stick.pub"));
	new_certificate(pair, &pair->boards[0]);
	load(&pair->center, &pair->keys);
	load(&pair->boards[0].side, &pair->boards[0].keys);
	link_fixture_add(pair, &pair->boards[0]);
	pair->boards[0].alive = true;
	link_fixture_start(&pair->boards[0]);
	pool_free(pool);
}

static void machine_free(struct machine *machine)
{
	bundle_keys_free(&machine->keys);
	if (machine->side.store)
		store_fixture_free(&machine->side);
	memset(machine, 0, sizeof(*machine));
}

void link_fixture_free(struct link_pair *pair)
{
	machine_free(&pair->boards[0]);
	machine_free(&pair->boards[1]);
	bundle_keys_free(&pair->keys);
	store_fixture_free(&pair->center);
	link_fixture_forget(pair);
}

/* ---- copies ---- */

static void reopen(struct store_fixture *side)
{
	side->store = store_fixture_open(side, STORE_TRAM | STORE_AUTH | STORE_RUN | STORE_PUBLIC);
	db_lose_durability_for_tests(side->store->tram);
}

void link_fixture_copy(struct store_fixture *side, const char *file)
{
	(void)unlink(file);
	store_close(side->store);
	/* What stands in the log file belongs to it: sqlite3's own copy. */
	link_fixture_run("sqlite3 '%s/tram.db' \"VACUUM INTO '%s'\"", side->settings->db_dir, file);
	reopen(side);
}

void link_fixture_put_back(struct store_fixture *side, const char *file)
{
	store_close(side->store);
	link_fixture_run("rm -f '%s'/tram.db-wal '%s'/tram.db-shm", side->settings->db_dir, side->settings->db_dir);
	link_fixture_run("cp '%s' '%s/tram.db'", file, side->settings->db_dir);
	reopen(side);
}

void link_fixture_start(struct machine *machine)
{
	random_bytes(machine->instance, sizeof(machine->instance));
	machine->greeted = false;
}

void link_fixture_clone(struct link_pair *pair, struct machine *of, struct machine *to)
{
	char *file = pool_printf(pair->center.pool, "%s/clone.db", pair->center.dir);

	machine_free(to);
	store_fixture_init(&to->side, SIDE_BOARD, LINK_BOARD, NULL);
	link_fixture_copy(&of->side, file);
	link_fixture_put_back(&to->side, file);
	link_fixture_run("mkdir -p '%s/keys' && cp -r '%s' '%s/keys/link'", to->side.dir,
			of->side.settings->link_key_dir, to->side.dir);
	load(&to->side, &to->keys);
	memcpy(to->fingerprint, of->fingerprint, sizeof(to->fingerprint));
	to->alive = true;
	link_fixture_start(to);
}

void link_fixture_enrol(struct link_pair *pair, struct machine *machine)
{
	struct enrol_invite invite = { .board = LINK_BOARD, .name = "Test", .point = "{}", .made_by = "system",
		.key_id = "" };
	uint8_t slip[32] = { 1 };

	new_certificate(pair, machine);
	load(&machine->side, &machine->keys);
	assert_int_equal(store_begin(pair->center.store, false), RC_OK);
	assert_int_equal(enrol_board_put(pair->center.store, &invite, machine->fingerprint, slip, ""),
			RC_OK);
	assert_int_equal(store_commit(pair->center.store), RC_OK);
	machine->greeted = false;
}

bool link_fixture_registered(struct link_pair *pair, const struct machine *machine, struct link_board *row)
{
	struct pool *pool = pool_new();
	enum rc rc = linkstate_board_by_cert(pair->center.store, pool, machine->fingerprint, row);

	assert_true(rc == RC_OK || rc == RC_NOT_FOUND);
	pool_free(pool);
	return rc == RC_OK && !row->revoked;
}

bool link_fixture_fenced(struct link_pair *pair)
{
	struct pool *pool = pool_new();
	struct link_board *rows;
	size_t count;
	bool fenced;

	assert_int_equal(linkstate_board_list(pair->center.store, pool, &rows, &count), RC_OK);
	assert_int_equal(count, 1);
	fenced = rows[0].fenced;
	pool_free(pool);
	return fenced;
}
