/*
 * store_fixture.h: a data folder of its own for a test: settings, keys, migrated databases, and the
 * store opened on them. With a connection string tram.db is a schema of its own on PostgreSQL.
 */
#ifndef TRAM_TESTS_STORE_FIXTURE_H
#define TRAM_TESTS_STORE_FIXTURE_H

#include "base/json.h"
#include "base/settings.h"
#include "store/store.h"

struct store_fixture {
	char dir[256];
	struct settings *settings;
	struct store *store;
	struct pool *pool;
	char pg_schema[32];		/* "" on SQLite */
};

/* Fails the test (cmocka) when something does not work. board_id NULL: b18685-1; unused at the
 * center. pg NULL: SQLite. */
void store_fixture_init(struct store_fixture *fixture, enum settings_side side,
		const char *board_id, const char *pg);
/* Closes and removes everything. */
void store_fixture_free(struct store_fixture *fixture);
/* One more store on the same data, as another program would have. */
struct store *store_fixture_open(struct store_fixture *fixture, unsigned which);

/* The demo accounts: canbo, chuyenvien, nguoiky, quanly, kythuat (tinh at the center). Slow: each
 * costs an argon2. */
void store_fixture_accounts(struct store_fixture *fixture);
#define STORE_FIXTURE_PASSWORD "Tram-Demo-2026!"

/* A legal body of dossier.accepted; the caller decrefs. */
json_t *store_fixture_accepted(const char *code, const char *name, bool province);
/* Appends one act on a dossier in a write of its own; id 16 bytes. */
enum rc store_fixture_act(struct store_fixture *fixture, const char *board, const uint8_t *id,
		const char *kind, const char *actor, json_t *body);
/* 16 bytes that n gives. */
void store_fixture_id(unsigned n, uint8_t id[16]);
/* The example body of a kind in tests/data/kinds; the caller decrefs. */
json_t *store_fixture_example(const char *kind, int version);
/* Every projected table made anew equals the live one. */
void store_fixture_rebuilds(struct store_fixture *fixture);

/* "CT18685.1-YYMMDD-000n" of today: what is erased is counted on the day it was written. */
void store_fixture_code(unsigned n, char out[32]);

#endif
