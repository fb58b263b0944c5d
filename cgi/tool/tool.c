/*
 * tool.c: see tool.h.
 */
#define _GNU_SOURCE /* setgroups, syscall */
#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/log.h"
#include "tool/tool.h"

int tool_exit_of(enum rc rc)
{
	switch (rc) {
	case RC_OK:
		return TOOL_OK;
	case RC_CONFLICT:
	case RC_PROTOCOL:
		return TOOL_FAULT;
	case RC_INVALID:
	case RC_NOT_FOUND:
	case RC_EXISTS:
	case RC_DENIED:
	case RC_TOO_LARGE:
		return TOOL_USAGE;
	case RC_CONFIG:
	case RC_VERSION:
		return TOOL_CONFIG;
	default:
		return TOOL_ENVIRONMENT;
	}
}

static const struct tool_option *find(const struct tool_option *options, size_t count,
		const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (strncmp(options[i].name, name, len) == 0 && options[i].name[len] == '\0')
			return &options[i];
	}
	return NULL;
}

static int misuse(const char *command, const char *what, const char *word)
{
	fprintf(stderr, "tram %s: %s %s (tram %s --help)\n", command, what, word, command);
	return TOOL_USAGE;
}

int tool_options(int argc, char **argv, const char *usage, const struct tool_option *options,
		size_t option_count, const char **words, size_t max_words, size_t *word_count)
{
	int i;

	*word_count = 0;
	for (i = 1; i < argc; i++) {
		const char *name = argv[i] + 2;
		const struct tool_option *option;
		size_t len;

		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
			fputs(usage, stdout);
			return TOOL_OK;
		}
		if (strncmp(argv[i], "--", 2) != 0) {
			if (*word_count == max_words)
				return misuse(argv[0], "one word too many:", argv[i]);
			words[(*word_count)++] = argv[i];
			continue;
		}
		len = strcspn(name, "=");
		option = find(options, option_count, name, len);
		if (!option)
			return misuse(argv[0], "no such option:", argv[i]);
		if (option->flag) {
			if (name[len] == '=')
				return misuse(argv[0], "takes no value:", argv[i]);
			*option->flag = true;
		} else if (name[len] == '=') {
			*option->value = name + len + 1;
		} else if (i + 1 < argc) {
			*option->value = argv[++i];
		} else {
			return misuse(argv[0], "needs a value:", argv[i]);
		}
	}
	return -1;
}

enum rc tool_settings(const char *data, const char *conf, struct settings **out)
{
	struct pool *pool = pool_new();
	enum rc rc;

	if (!conf && data)
		conf = pool_printf(pool, "%s/tram.conf", data);
	if (conf) {
		rc = settings_load(conf, out);
	} else {
		fputs("tram: which data? say --data FOLDER\n", stderr);
		rc = RC_INVALID;
	}
	pool_free(pool);
	return rc;
}

enum rc tool_become(const struct settings *settings, const char *folder)
{
	const char *shared[] = { settings->db_dir, settings->auth_dir, settings->run_dir,
			settings->public_dir, settings->blob_dir, settings->spool_dir, settings->out_dir,
			settings->inbox_dir, settings->health_dir };
	gid_t groups[sizeof(shared) / sizeof(shared[0])];
	struct stat owner, st;
	size_t count = 0;
	size_t i;

	umask(0007);
	if (geteuid() != 0)
		return RC_OK;
	if (stat(folder, &owner)) {
		log_error("tool folder=%s: %s", folder, strerror(errno));
		return RC_IO;
	}
	if (owner.st_uid == 0)
		return RC_OK;
	for (i = 0; i < sizeof(shared) / sizeof(shared[0]); i++) {
		if (stat(shared[i], &st) == 0)
			groups[count++] = st.st_gid;
	}
	if (setgroups(count, groups) || setgid(owner.st_gid) || setuid(owner.st_uid)) {
		log_error("tool uid=%u: cannot become the owner of the data", (unsigned)owner.st_uid);
		return RC_IO;
	}
	return RC_OK;
}

enum rc tool_open(const struct settings *settings, unsigned which, struct store **out)
{
	enum rc rc = tool_become(settings, which & STORE_TRAM ? settings->db_dir
			: settings->auth_dir);

	return rc == RC_OK ? store_open(settings, which, out) : rc;
}

void tool_stand_back(void)
{
	enum { WHO_PROCESS = 1, CLASS_IDLE = 3, CLASS_SHIFT = 13 };

	(void)setpriority(PRIO_PROCESS, 0, 19);
	(void)syscall(SYS_ioprio_set, WHO_PROCESS, 0, CLASS_IDLE << CLASS_SHIFT);
}
