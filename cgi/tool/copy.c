/*
 * copy.c: see copy.h and store/copy.h.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "store/copy.h"
#include "tool/copy.h"
#include "tool/tool.h"

static const char copy_usage[] =
		"usage: tram copy --data FOLDER --to FOLDER [--name NAME]\n\n"
		"At the center: copies its databases and contents into another folder, best on a disk of its\n"
		"own, reads all of it back, and announces it to the boards, which may then let go of scans it\n"
		"holds. Run it daily. NAME (copy by default) tells several copies apart. The programs go on\n"
		"meanwhile. To restore: stop them, put tram.db, auth.db and blobs back in their places, start.\n"
		"Exit status: 0 copied and announced; 1 a fault (printed), nothing is announced; 2 wrong\n"
		"usage; 75 a disk or database failed; 78 the store is in PostgreSQL.\n";

static void report(void *arg, const char *board, enum event_author author, uint64_t seq, const char *what)
{
	(void)arg;
	printf("fault %s %s %" PRIu64 ": %s\n", board ? board : "-", event_author_name(author), seq, what);
}

static bool name_fits(const char *name)
{
	size_t len = strlen(name);

	return len > 0 && len < 32 && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789.-") == len;
}

int copy_main(int argc, char **argv)
{
	const char *data = NULL, *conf = NULL, *to = NULL, *name = "copy";
	const struct tool_option options[] = { { "data", &data, NULL }, { "conf", &conf, NULL },
		{ "to", &to, NULL }, { "name", &name, NULL } };
	struct settings *settings = NULL;
	struct store *store = NULL;
	struct copy_totals totals = { 0 };
	size_t words;
	int status = tool_options(argc, argv, copy_usage, options, 4, NULL, 0, &words);
	enum rc rc;

	if (status >= 0)
		return status;
	rc = tool_settings(data, conf, &settings);
	if (rc == RC_OK && (settings->side != SIDE_CENTER || !to || !name_fits(name))) {
		fputs("tram copy: a center, --to and a plain --name are needed (tram copy --help)\n", stderr);
		rc = RC_INVALID;
	}
	if (rc == RC_OK)
		rc = tool_open(settings, STORE_TRAM | STORE_PUBLIC, &store);
	if (rc == RC_OK)
		rc = copy_make(store, to, name, report, NULL, &totals);
	if (rc == RC_OK || rc == RC_PROTOCOL)
		printf("events=%" PRIu64 " contents=%" PRIu64 " new=%" PRIu64 " bytes=%" PRId64 " boards=%"
				PRIu64 " faults=%" PRIu64 "\n", totals.events, totals.contents,
				totals.contents_new, totals.bytes_new, totals.boards, totals.faults);
	status = rc == RC_PROTOCOL ? TOOL_FAULT : tool_exit_of(rc);
	store_close(store);
	settings_free(settings);
	return status;
}
