/*
 * check.c: `tram check`: the databases page by page, the chains, every content; beside the programs, at low
 * priority, once a night. What it found stands in health/check.json, where the technician's page reads it when
 * the database itself can no longer be opened. Nothing about a person is in it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "base/when.h"
#include "store/clock.h"
#include "store/db_copy.h"
#include "store/journal.h"
#include "tool/check.h"
#include "tool/tool.h"

#define SAID_MAX 65536u
#define HOUR_MS INT64_C(3600000)

static const char usage[] =
		"usage: tram check --data FOLDER [--due] [--json]\n\n"
		"Reads every page of the databases, walks the journal's chains and reads every file, beside the\n"
		"programs and behind them in priority; writes what it found to health/check.json. With --due only\n"
		"at night, and not twice within 20 hours.\n"
		"Exit status: 0 whole, or not due; 1 faults (the first of each kind is printed); 75 the disk or a\n"
		"database failed; 78 wrong configuration.\n";

struct check {
	const struct settings *settings;
	struct pool *pool;
	json_t *said;
	int64_t database, chain, contents;
	const char *what;
};

static bool is_due(const struct settings *settings, struct pool *pool)
{
	json_t *said = json_of_file(pool, pool_printf(pool, "%s/check.json", settings->health_dir), SAID_MAX);
	struct when_local local;
	int64_t now = when_now_ms(), ago = INT64_MAX;

	if (said)
		ago = now - json_int(said, "at", 0);
	json_decref(said);
	when_to_local(now, &local);
	/* Never before, or the clock went back, or two nights were slept through: at once. */
	if (ago < 0 || ago >= 72 * HOUR_MS)
		return true;
	return ago >= 20 * HOUR_MS && (local.hour >= 21 || local.hour < 5);
}

static void first(struct check *check, const char *what)
{
	if (!check->what)
		check->what = pool_strdup(check->pool, what);
	printf("fault: %s\n", what);
}

static void report(void *arg, const char *board, enum event_author author, uint64_t seq, const char *what)
{
	struct check *check = arg;
	bool content = strstr(what, "content") != NULL;

	(void)board;
	if (content)
		check->contents++;
	else
		check->chain++;
	if (content ? check->contents == 1 : check->chain == 1)
		first(check, pool_printf(check->pool, "%s %" PRIu64 ": %s", event_author_name(author), seq, what));
}

static enum rc check_databases(struct check *check)
{
	static const enum db_kind kinds[] = { DB_TRAM, DB_AUTH, DB_ACCESS };
	enum rc rc = RC_OK;
	size_t i;

	for (i = 0; rc == RC_OK && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const char *path = db_copy_path(check->pool, check->settings, kinds[i]);
		char why[120] = "";
		int64_t faults = 0;

		rc = db_copy_check(path, &faults, why, sizeof(why));
		check->database += faults;
		if (faults > 0)
			first(check, pool_printf(check->pool, "%s: %s", strrchr(path, '/') + 1, why));
	}
	return rc;
}

static enum rc check_journal(struct check *check)
{
	struct journal_totals totals = { 0 };
	struct store *store = NULL;
	enum rc rc = store_open(check->settings, STORE_TRAM, &store);

	if (rc == RC_OK)
		rc = journal_verify(store, true, report, check, &totals);
	store_close(store);
	json_put_int(check->said, "events", (int64_t)totals.events);
	json_put_int(check->said, "contents", (int64_t)totals.blobs);
	return rc == RC_PROTOCOL ? RC_OK : rc;
}

static enum rc run(struct check *check, bool as_json)
{
	int64_t began = when_boottime_ms(), at = when_now_ms();
	char *text;
	enum rc rc;

	tool_stand_back();
	rc = check_databases(check);
	/* A broken database may break the walk as well: what is known already is said all the same. */
	if (rc == RC_OK)
		rc = check_journal(check);
	json_put_int(check->said, "at", at);
	json_put(check->said, "state", rc == RC_OK && !check->what ? "ok" : check->what ? "faults" : "failed");
	json_put(check->said, "reason", rc == RC_OK ? "" : rc_name(rc));
	json_put_int(check->said, "took_ms", when_boottime_ms() - began);
	json_put_int(check->said, "database_faults", check->database);
	json_put_int(check->said, "chain_faults", check->chain);
	json_put_int(check->said, "content_faults", check->contents);
	json_put(check->said, "what", check->what);
	text = json_to_text(check->pool, check->said);
	if (file_put(check->settings->health_dir, "check.json", text, strlen(text), 0640) != RC_OK)
		log_warn("check: its file cannot be written");
	if (as_json)
		puts(text);
	else
		printf("events=%" PRId64 " contents=%" PRId64 " database=%" PRId64 " chain=%" PRId64
				" content=%" PRId64 "\n", json_int(check->said, "events", 0),
				json_int(check->said, "contents", 0), check->database, check->chain,
				check->contents);
	return rc == RC_OK && check->what ? RC_PROTOCOL : rc;
}

int check_main(int argc, char **argv)
{
	const char *data = NULL, *conf = NULL;
	bool due = false, as_json = false;
	const struct tool_option options[] = { { "data", &data, NULL }, { "conf", &conf, NULL },
		{ "due", NULL, &due }, { "json", NULL, &as_json } };
	struct check check = { .pool = pool_new(), .said = json_new_object() };
	struct settings *settings = NULL;
	size_t words;
	int status = tool_options(argc, argv, usage, options, 4, NULL, 0, &words);
	enum rc rc;

	if (status < 0) {
		rc = tool_settings(data, conf, &settings);
		if (rc == RC_OK && settings->side != SIDE_BOARD) {
			fputs("tram check: these are not a board's data; a center: tram verify\n", stderr);
			rc = RC_INVALID;
		}
		if (rc == RC_OK)
			rc = tool_become(settings, settings->db_dir);
		check.settings = settings;
		if (rc == RC_OK) {
			clock_follow(settings);
			if (!due || is_due(settings, check.pool))
				rc = run(&check, as_json);
		}
		status = tool_exit_of(rc);
	}
	json_decref(check.said);
	settings_free(settings);
	pool_free(check.pool);
	return status;
}
