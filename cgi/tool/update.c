/*
 * update.c: see update.h. What stops and starts the programs between the steps is the service manager's
 * (board/package/update) or a test's.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/hours.h"
#include "base/log.h"
#include "base/text.h"
#include "base/when.h"
#include "tool/tool.h"
#include "tool/update.h"
#include "tool/update_check.h"
#include "tool/update_step.h"

#define UNUSED_MS (15 * WHEN_MINUTE_MS)
#define CHECK_S 120

static const char usage[] =
		"usage: tram update STEP --data FOLDER --programs FOLDER [OPTION]…\n\n"
		"Steps, in this order; --programs is where the machine's own package has its programs.\n"
		"  offer --from FOLDER  take the release lying there, if it is signed, newer and whole\n"
		"       --suite NAME    of this machine's Debian\n"
		"  due                  status 0: a release waits, and it is time (update_hours, nobody at work)\n"
		"       [--now]         whatever the hour\n"
		"  copy                 copy the databases\n"
		"  switch               make the new version the one that runs, from its next start\n"
		"  resume [--link PATH] at the start of the machine: PATH leads to the programs to start\n"
		"  settle [--wait N]    check the new version, N seconds at most (120): it stays, or the one\n"
		"                       before comes back\n"
		"  check                the same check alone, of what runs\n"
		"  show                 what runs, and where an update stands\n"
		"--patched FILE: its time says when the machine's packages changed last.\n"
		"Exit status: 0 done; 1 refused or not passed (the last line says why); 2 wrong usage, or there\n"
		"is nothing to do; 75 disk or database failed; 78 tram.conf is wrong.\n";

struct words {
	const char *data, *conf, *programs, *from, *suite, *link, *wait, *patched;
	bool now;
};

/* 0 done, 1 refused, 2 nothing to do. */
static int tell(const char *step, enum rc rc, const char *reason)
{
	if (rc == RC_DENIED || rc == RC_CONFLICT) {
		log_warn("update step=%s refused=%s", step, reason);
		printf("%s: refused: %s\n", step, reason);
		return TOOL_FAULT;
	}
	if (rc == RC_EXISTS || rc == RC_OK) {
		printf("%s: done\n", step);
		return TOOL_OK;
	}
	if (rc == RC_NOT_FOUND || rc == RC_BUSY)
		printf("%s: nothing to do\n", step);
	return rc == RC_BUSY ? TOOL_USAGE : tool_exit_of(rc);
}

static int step_offer(struct update *update, const struct words *words)
{
	const char *reason = "";
	enum rc rc;

	if (!words->from || !words->suite) {
		fputs("tram update: offer needs --from and --suite\n", stderr);
		return TOOL_USAGE;
	}
	update->suite = words->suite;
	rc = update_offer(update, words->from, &reason);
	/* What has been taken before lies there still: no word about it. */
	if (rc == RC_DENIED && (strcmp(reason, "same") == 0 || strcmp(reason, "early") == 0)) {
		printf("offer: %s\n", reason);
		return TOOL_USAGE;
	}
	return tell("offer", rc, reason);
}

/* Pages touch the wake fifo once a minute while somebody works (store/store.h). */
static bool in_use(struct update *update)
{
	struct stat info;

	if (stat(pool_printf(update->pool, "%s/wake", update->settings->sock_dir), &info))
		return false;
	return when_kernel_ms() - (int64_t)info.st_mtim.tv_sec * 1000 < UNUSED_MS;
}

static int step_due(struct update *update, const struct words *words)
{
	struct when_local local;
	bool within = false;

	if (update->step != UPDATE_OFFERED && update->step != UPDATE_COPIED)
		return tell("due", RC_NOT_FOUND, "");
	when_to_local(when_now_ms(), &local);
	if (hours_within(update->settings->update_hours, local.hour * 60 + local.minute, &within)) {
		log_error("update: tram.conf: update_hours is HH:MM-HH:MM, blanks between");
		return TOOL_CONFIG;
	}
	if (words->now)
		return tell("due", RC_OK, "");
	if (when_is_doubtful())
		return tell("due", RC_DENIED, "clock");
	if (!within)
		return tell("due", RC_DENIED, "hours");
	return in_use(update) ? tell("due", RC_DENIED, "in-use") : tell("due", RC_OK, "");
}

static int step_check(struct update *update, const struct words *words, bool settle)
{
	const char *reason = "";
	int64_t wait_s = CHECK_S;
	enum rc rc;

	if (words->wait && num_parse(words->wait, 0, 3600, &wait_s) != RC_OK) {
		fputs("tram update: --wait is a number of seconds\n", stderr);
		return TOOL_USAGE;
	}
	if (settle && update->step != UPDATE_SWITCHED)
		return TOOL_OK;		/* the lasting state: nothing to settle */
	rc = update_check(update->pool, update->settings, wait_s * 1000, &reason);
	if (!settle)
		return tell("check", rc, reason);
	if (rc == RC_OK)
		return tell("settle", update_settle(update, true, ""), "");
	if (update_settle(update, false, reason) == RC_CONFLICT)
		return tell("settle", RC_CONFLICT, pool_printf(update->pool, "%s, and no way back", reason));
	return tell("settle", RC_CONFLICT, reason);
}

static int step_show(struct update *update)
{
	const char *programs;
	struct release running;
	enum rc rc = update_running(update, &programs, &running);

	if (rc != RC_OK)
		return tool_exit_of(rc);
	printf("version=%s\nstep=%s\nto=%s\nreason=%s\n", running.version, update_step_name(update->step),
			update->to, update->reason);
	return TOOL_OK;
}

static int step(struct update *update, const char *name, const struct words *words)
{
	if (strcmp(name, "offer") == 0)
		return step_offer(update, words);
	if (strcmp(name, "due") == 0)
		return step_due(update, words);
	if (strcmp(name, "copy") == 0)
		return tell(name, update_copy(update), "");
	if (strcmp(name, "switch") == 0)
		return tell(name, update_switch(update), "");
	if (strcmp(name, "resume") == 0)
		return tool_exit_of(update_resume(update));
	if (strcmp(name, "settle") == 0)
		return step_check(update, words, true);
	if (strcmp(name, "check") == 0)
		return step_check(update, words, false);
	if (strcmp(name, "show") == 0)
		return step_show(update);
	fprintf(stderr, "tram update: no such step: %s (tram update --help)\n", name);
	return TOOL_USAGE;
}

int update_main(int argc, char **argv)
{
	struct words words = { .link = "" };
	const struct tool_option options[] = { { "data", &words.data, NULL }, { "conf", &words.conf, NULL },
		{ "programs", &words.programs, NULL }, { "from", &words.from, NULL },
		{ "suite", &words.suite, NULL }, { "link", &words.link, NULL }, { "wait", &words.wait, NULL },
		{ "patched", &words.patched, NULL },
		{ "now", NULL, &words.now } };
	struct settings *settings = NULL;
	struct update update = { .pool = pool_new() };
	const char *name = NULL;
	size_t count;
	int status = tool_options(argc, argv, usage, options, sizeof(options) / sizeof(options[0]), &name, 1,
			&count);
	enum rc rc;

	if (status >= 0)
		goto out;
	status = TOOL_USAGE;
	if (count != 1 || !words.programs) {
		fputs(usage, stderr);
		goto out;
	}
	rc = tool_settings(words.data, words.conf, &settings);
	if (rc == RC_OK) {
		update.settings = settings;
		update.factory = words.programs;
		update.link = words.link;
		update.patched = words.patched;
		rc = update_read(&update);
	}
	status = rc == RC_OK ? step(&update, name, &words) : tool_exit_of(rc);
out:
	settings_free(settings);
	pool_free(update.pool);
	return status;
}
