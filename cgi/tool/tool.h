/*
 * tool.h: what the commands of `tram` share: exit codes, options, opening the data of one side.
 *
 * A command is a function int NAME_main(int argc, char **argv) with argv[0] its own name; what it
 * returns is the exit status.
 */
#ifndef TRAM_TOOL_TOOL_H
#define TRAM_TOOL_TOOL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/pool.h"
#include "base/rc.h"
#include "base/settings.h"
#include "store/store.h"

enum tool_exit {
	TOOL_OK = 0,
	TOOL_FAULT = 1,		/* the command ran and found something wrong */
	TOOL_USAGE = 2,		/* wrong options or input; nothing was changed */
	TOOL_ENVIRONMENT = 75,	/* disk, database, memory, lock: try again */
	TOOL_CONFIG = 78	/* tram.conf, keys or schema do not fit */
};
/* The exit status that tells of rc. */
int tool_exit_of(enum rc rc);

struct tool_option {
	const char *name;	/* without the two hyphens */
	const char **value;	/* the word after it, or after "="; or … */
	bool *flag;		/* … a flag without a value */
};
/* Reads options and up to max_words other words. --help prints usage on stdout. Returns -1 to go
 * on, else the exit status to return at once (faults are explained on stderr). */
int tool_options(int argc, char **argv, const char *usage, const struct tool_option *options,
		size_t option_count, const char **words, size_t max_words, size_t *word_count);

/* Settings of --data DIR (DIR/tram.conf) or, when conf is given, of that file. RC_INVALID when
 * neither was said, RC_CONFIG; both explained on stderr. */
enum rc tool_settings(const char *data, const char *conf, struct settings **out) MUST_CHECK;
/* When started as root: becomes the owner of folder, with the groups of all folders of settings,
 * so that no file of root is left in the data. Else nothing. */
enum rc tool_become(const struct settings *settings, const char *folder) MUST_CHECK;
/* tool_become the owner of the data, then store_open. */
enum rc tool_open(const struct settings *settings, unsigned which, struct store **out) MUST_CHECK;
/* The counter comes first: for the processor, and for the disk where its scheduler knows of it. */
void tool_stand_back(void);

#endif
