/*
 * setup.c: see setup.h: the words of the command.
 */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "tool/setup.h"
#include "tool/tool.h"

static const char usage[] =
		"usage: tram setup label [--boot FOLDER]\n"
		"       tram setup begin --folder SETUP --data FOLDER [--boot FOLDER]\n"
		"       tram setup run --folder SETUP --data FOLDER [--with FILE] [--reach UNIT] [--one-user]\n"
		"       tram setup reach --folder SETUP\n\n"
		"On a new board (board/FIRST-BOOT.md). label makes what is printed on a box, at random, and\n"
		"prints it; with --boot it also lays it on the card as tram-label.conf. begin, at boot, makes\n"
		"SETUP once (label, keys of the pages) and takes tram-setup.conf from the boot partition: a\n"
		"good one is erased, a broken one is answered in tram-setup.txt beside it and changes\n"
		"nothing. run does what the pages of first boot ask for: the line, then the station, with the\n"
		"lines of FILE in its tram.conf. reach asks whether the center is there, and leaves the word\n"
		"in SETUP: it is what UNIT does, so that run needs no network.\n"
		"Exit status: 0 done; 1 it was not possible, the pages say why; 2 wrong usage or file; 75 disk\n"
		"or database failed; 78 SETUP cannot be used.\n";

static int label(struct pool *pool, const char *boot)
{
	struct setup_label made;
	char *text;

	setup_label_new(pool, &made);
	text = setup_label_text(pool, &made);
	if (boot && file_put(boot, "tram-label.conf", text, strlen(text), 0600) != RC_OK) {
		fprintf(stderr, "tram setup: %s/tram-label.conf cannot be written\n", boot);
		return TOOL_ENVIRONMENT;
	}
	fputs(text, stdout);
	return TOOL_OK;
}

int setup_main(int argc, char **argv)
{
	const char *words[2] = { NULL, NULL };
	struct setup_place place = { 0 };
	const struct tool_option options[] = { { "folder", &place.folder, NULL }, { "data", &place.data, NULL },
		{ "boot", &place.boot, NULL }, { "with", &place.with, NULL },
		{ "reach", &place.reach, NULL },
		{ "one-user", NULL, &place.one_user } };
	struct pool *pool = pool_new();
	size_t count;
	int status = tool_options(argc, argv, usage, options, sizeof(options) / sizeof(options[0]), words, 2, &count);

	if (status >= 0)
		goto out;
	status = TOOL_USAGE;
	if (count == 1 && strcmp(words[0], "label") == 0)
		status = label(pool, place.boot);
	else if (count == 1 && strcmp(words[0], "begin") == 0 && place.folder && place.data)
		status = setup_begin(pool, &place);
	else if (count == 1 && strcmp(words[0], "run") == 0 && place.folder && place.data)
		status = setup_run(pool, &place);
	else if (count == 1 && strcmp(words[0], "reach") == 0 && place.folder)
		status = setup_reach_alone(pool, &place);
	else
		fputs(usage, stderr);
out:
	pool_free(pool);
	return status;
}
