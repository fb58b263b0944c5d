/*
 * enroll.c: `tram enroll`: the board makes its key and gets its certificate with an invitation of the
 * center. The administration's page does the same through the forwarder.
 */
#include <stdio.h>
#include <string.h>

#include "link/identity.h"
#include "tool/enroll.h"
#include "tool/tool.h"

#define TOKEN_LINE 256

static const char usage[] =
		"usage: tram enroll --data FOLDER [--token TEXT]\n\n"
		"On the board. TEXT is what `tram board invite` printed; without\n"
		"--token it is read from standard input, so that it stands in no list of processes.\n"
		"center_url in tram.conf must be the center's. The key is made here and never leaves.\n"
		"Exit status: 0 enrolled; 1 the center refused or is another one; 2 the text is wrong or of\n"
		"another board; 75 the center could not be reached; 78 wrong configuration.\n";

static int exit_of(enum rc rc)
{
	switch (rc) {
	case RC_DENIED:
	case RC_PROTOCOL:
	case RC_TLS:
		return TOOL_FAULT;
	case RC_INVALID:
		return TOOL_USAGE;
	case RC_TIMEOUT:
	case RC_GONE:
		return TOOL_ENVIRONMENT;
	default:
		return tool_exit_of(rc);
	}
}

int enroll_main(int argc, char **argv)
{
	const char *data = NULL, *conf = NULL, *token = NULL, *reason = "";
	const struct tool_option options[] = { { "data", &data, NULL }, { "conf", &conf, NULL },
		{ "token", &token, NULL } };
	struct settings *settings = NULL;
	char line[TOKEN_LINE] = "";
	size_t words;
	int status = tool_options(argc, argv, usage, options, 3, NULL, 0, &words);
	enum rc rc;

	if (status >= 0)
		return status;
	if (!token && fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\r\n")] = '\0';
		token = line;
	}
	rc = tool_settings(data, conf, &settings);
	if (rc == RC_OK && settings->side != SIDE_BOARD) {
		fputs("tram enroll: these are not a board's data\n", stderr);
		rc = RC_INVALID;
	}
	if (rc == RC_OK)
		rc = tool_become(settings, settings->link_key_dir);
	if (rc == RC_OK) {
		rc = identity_join(settings, token ? token : "", -1, &reason);
		if (rc == RC_OK)
			printf("enrolled: %s\n", settings->board_id);
		else
			fprintf(stderr, "tram enroll: not enrolled: %s\n", reason);
	}
	memset(line, 0, sizeof(line));
	settings_free(settings);
	return exit_of(rc);
}
