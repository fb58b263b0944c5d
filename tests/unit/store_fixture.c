/*
 * store_fixture.c: see store_fixture.h.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/when.h"
#include "crypt/random.h"
#include "store/account.h"
#include "store/db_driver.h"
#include "store/journal.h"
#include "store_fixture.h"

static void put(const char *dir, const char *name, const char *text)
{
	assert_int_equal(file_put(dir, name, text, strlen(text), 0600), RC_OK);
}

static void shell(const char *command)
{
	assert_int_equal(system(command), 0);
}

/* A schema of our own, and the connection string that looks there first. */
static void use_pg(struct store_fixture *fixture, const char *pg)
{
	char command[1024], hex[17];

	random_hex(8, hex);
	(void)snprintf(fixture->pg_schema, sizeof(fixture->pg_schema), "t%s", hex);
	(void)snprintf(command, sizeof(command), "psql -q -d \"%s\" -c 'CREATE SCHEMA %s'", pg,
			fixture->pg_schema);
	shell(command);
	free(fixture->settings->pg);
	(void)snprintf(command, sizeof(command), "%s options='-c search_path=%s'", pg,
			fixture->pg_schema);
	fixture->settings->pg = strdup(command);
	assert_non_null(fixture->settings->pg);
}

static void make_folders(struct store_fixture *fixture)
{
	const struct settings *settings = fixture->settings;
	const char *dirs[] = { settings->db_dir, settings->auth_dir, settings->run_dir,
			settings->public_dir, settings->blob_dir, settings->spool_dir, settings->out_dir,
			settings->inbox_dir, settings->health_dir, settings->sock_dir,
			settings->web_key_dir };
	size_t i;

	for (i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		if (dirs[i] && *dirs[i])
			assert_int_equal(file_make_dir(dirs[i], 0770), RC_OK);
	}
	if (settings->side == SIDE_BOARD) {
		put(settings->web_key_dir, "slip.seed",
				"1111111111111111111111111111111111111111111111111111111111111111\n");
		put(settings->web_key_dir, "slip.key",
				"2222222222222222222222222222222222222222222222222222222222222222\n");
	}
}

/* Migrated once for each program: it is half of what a short walk costs. */
static void migrate(struct store_fixture *fixture)
{
	static const enum db_kind kinds[] = { DB_TRAM, DB_AUTH, DB_RUN, DB_PUBLIC };
	static struct { char *bytes; size_t len; } made[4];
	static struct pool *kept;
	const struct settings *settings = fixture->settings;
	const char *dirs[] = { settings->db_dir, settings->auth_dir, settings->run_dir, settings->public_dir };
	size_t i;

	if (!kept)
		kept = pool_new();
	for (i = 0; i < 4; i++) {
		const char *name = pool_printf(fixture->pool, "%s.db", db_kind_name(kinds[i]));
		const char *path = pool_printf(fixture->pool, "%s/%s", dirs[i], name);
		struct stat log;

		if (made[i].bytes && (!fixture->pg_schema[0] || kinds[i] != DB_TRAM)) {
			assert_int_equal(file_put(dirs[i], name, made[i].bytes, made[i].len, 0660), RC_OK);
			continue;
		}
		assert_int_equal(db_migrate(fixture->settings, kinds[i]), RC_OK);
		if (fixture->pg_schema[0] && kinds[i] == DB_TRAM)
			continue;
		if (stat(pool_printf(fixture->pool, "%s-wal", path), &log) != 0 || log.st_size == 0)
			assert_int_equal(file_read(kept, path, 8 << 20, &made[i].bytes, &made[i].len), RC_OK);
	}
}

void store_fixture_init(struct store_fixture *fixture, enum settings_side side,
		const char *board_id, const char *pg)
{
	const char *tmp = getenv("TMPDIR");
	char path[320], text[1024];

	memset(fixture, 0, sizeof(*fixture));
	fixture->pool = pool_new();
	(void)snprintf(fixture->dir, sizeof(fixture->dir), "%s/tram-test-XXXXXX",
			tmp ? tmp : "build");
	if (!tmp)
		(void)mkdir("build", 0777);
	assert_non_null(mkdtemp(fixture->dir));
	(void)snprintf(text, sizeof(text), side == SIDE_BOARD
			? "side = board\nmode = rehearsal\nboard_id = %s\ncommune_code = 18685\n"
			"agency_id = H27.9\nreserve_bytes = 0\npoint_name = Điểm thử\n"
			"point_phone = 0239 000 0000\n"
			: "side = center\nmode = rehearsal\nreserve_bytes = 0\nofficial_agency = H27.1\n",
			board_id ? board_id : "b18685-1");
	put(fixture->dir, "tram.conf", text);
	(void)snprintf(path, sizeof(path), "%s/tram.conf", fixture->dir);
	assert_int_equal(settings_load(path, &fixture->settings), RC_OK);
	make_folders(fixture);
	if (pg)
		use_pg(fixture, pg);
	migrate(fixture);
	fixture->store = store_fixture_open(fixture,
			STORE_TRAM | STORE_AUTH | STORE_RUN | STORE_PUBLIC);
}

struct store *store_fixture_open(struct store_fixture *fixture, unsigned which)
{
	struct store *store = NULL;

	assert_int_equal(store_open(fixture->settings, which, &store), RC_OK);
	return store;
}

void store_fixture_free(struct store_fixture *fixture)
{
	char command[512];

	store_close(fixture->store);
	settings_free(fixture->settings);
	pool_free(fixture->pool);
	if (fixture->pg_schema[0]) {
		(void)snprintf(command, sizeof(command),
				"psql -q -d \"%s\" -c 'SET client_min_messages = error;"
				" DROP SCHEMA %s CASCADE'", getenv("TRAM_TEST_PG"), fixture->pg_schema);
		shell(command);
	}
	if (!getenv("TRAM_TEST_KEEP")) {
		(void)snprintf(command, sizeof(command), "rm -rf '%s'", fixture->dir);
		shell(command);
	}
	memset(fixture, 0, sizeof(*fixture));
}

void store_fixture_accounts(struct store_fixture *fixture)
{
	static const struct { const char *login, *name; unsigned roles; bool center; } rows[] = {
		{ "canbo", "Nguyễn Thị Quầy", ROLE_INTAKE | ROLE_RETURNER | ROLE_SCANNER
				| ROLE_CASHIER, false },
		{ "chuyenvien", "Trần Văn Chuyên", ROLE_SPECIALIST, false },
		{ "nguoiky", "Lê Thị Ký", ROLE_SIGNER | ROLE_APPROVER, false },
		{ "quanly", "Phạm Văn Quản", ROLE_MANAGER, false },
		{ "kythuat", "Hoàng Văn Kỹ", ROLE_TECHNICIAN, false },
		{ "tinh", "Võ Thị Tỉnh", ROLE_OFFICER, true },
	};
	struct account account;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].center == (fixture->settings->side == SIDE_CENTER))
			assert_int_equal(account_add(fixture->store, fixture->pool, rows[i].login,
					rows[i].name, "", rows[i].roles, STORE_FIXTURE_PASSWORD,
					&account), RC_OK);
	}
}

json_t *store_fixture_accepted(const char *code, const char *name, bool province)
{
	json_t *body = json_pack("{s:s, s:{s:s, s:s, s:s, s:s, s:s}, s:{s:s, s:s, s:s, s:s},"
			" s:s, s:I, s:{s:b, s:I, s:b}, s:{s:i, s:[]}}",
			"code", code, "procedure", "code", province ? "9.999001" : "2.000635",
			"name", "Cấp bản sao trích lục hộ tịch", "level", province ? "province" : "commune",
			"unit", "Sở Thử nghiệm", "agency", "H27.1",
			"applicant", "type", "person", "name", name, "number", "000090000001",
			"phone", "0239 000 0000", "channel", "counter", "received_at",
			(json_int_t)1795500000000, "due", "has", 1, "at", (json_int_t)1795600000000,
			"certain", 1, "manifest", "version", 1, "items");

	assert_non_null(body);
	return body;
}

enum rc store_fixture_act(struct store_fixture *fixture, const char *board, const uint8_t *id,
		const char *kind, const char *actor, json_t *body)
{
	const struct kind *row = kind_find(kind, 1);
	struct act act = { .board = board, .subject = id, .kind = kind, .actor = actor,
			.body = body };
	struct event event;
	const char *reason;
	enum rc rc;

	assert_non_null(row);
	act.subject_kind = row->subject;
	rc = store_begin(fixture->store, false);
	assert_int_equal(rc, RC_OK);
	rc = act_append(fixture->store, &act, &event, &reason);
	if (rc == RC_OK)
		rc = store_commit(fixture->store);
	else
		store_abort(fixture->store);
	json_decref(body);
	return rc;
}

void store_fixture_id(unsigned n, uint8_t id[16])
{
	memset(id, 0x5a, 16);
	id[0] = (uint8_t)(n >> 24);
	id[1] = (uint8_t)(n >> 16);
	id[2] = (uint8_t)(n >> 8);
	id[3] = (uint8_t)n;
}

json_t *store_fixture_example(const char *kind, int version)
{
	struct pool *pool = pool_new();
	json_t *body = NULL;
	char *text;
	size_t len;

	assert_int_equal(file_read(pool, pool_printf(pool, "tests/data/kinds/%s.%d.json", kind,
			version), 1 << 20, &text, &len), RC_OK);
	assert_int_equal(json_parse(text, len, &body), RC_OK);
	pool_free(pool);
	return body;
}

static void print_fault(void *arg, const char *board, enum event_author author, uint64_t seq,
		const char *what)
{
	(void)arg;
	print_error("%s %s %llu: %s\n", board, event_author_name(author), (unsigned long long)seq,
			what);
}

void store_fixture_rebuilds(struct store_fixture *fixture)
{
	assert_int_equal(journal_rebuild(fixture->store, true, print_fault, NULL), RC_OK);
}

void store_fixture_code(unsigned n, char out[32])
{
	char day[8];

	when_yymmdd(when_now_ms(), day);
	(void)snprintf(out, 32, "CT18685.1-%s-%04u", day, n);
}
