/*
 * settings_print.c: `tram settings`: every key of tram.conf, or a check of one file.
 */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "tool/settings_print.h"
#include "tool/tool.h"

static const char usage[] =
		"usage: tram settings [--check FILE]\n\n"
		"Prints every key with its default and meaning, ready to be copied into a tram.conf; or\n"
		"checks FILE and says which line is wrong.\n"
		"Exit status: 0 fine; 78 FILE is wrong.\n";

int settings_print_main(int argc, char **argv)
{
	const char *file = NULL;
	const struct tool_option options[] = { { "check", &file, NULL } };
	struct settings *settings = NULL;
	struct buf text = { 0 };
	size_t words;
	int status = tool_options(argc, argv, usage, options, 1, NULL, 0, &words);
	enum rc rc;

	if (status >= 0)
		return status;
	if (file) {
		rc = settings_load(file, &settings);
		settings_free(settings);
		return tool_exit_of(rc);
	}
	settings_describe(&text);
	status = fwrite(text.data, 1, text.len, stdout) == text.len ? TOOL_OK : TOOL_ENVIRONMENT;
	buf_free(&text);
	return status;
}
