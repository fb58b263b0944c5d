/*
 * plan.c: see plan.h.
 */
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "tool/plan.h"

#define PLAN_MAX_BYTES 65536
#define LAST_ID INT64_C(0x7fffffff)

static enum rc add_word(char **words, size_t *count, char *word)
{
	if (*count == PLAN_WORDS)
		return RC_INVALID;
	words[(*count)++] = word;
	return RC_OK;
}

static enum rc read_id(const char *value, unsigned *out)
{
	int64_t id = 0;
	enum rc rc = num_parse(value, 0, LAST_ID, &id);

	*out = (unsigned)id;
	return rc;
}

static enum rc read_groups(struct plan_process *process, char *value)
{
	enum rc rc = RC_OK;

	while (rc == RC_OK && *value) {
		size_t len = strcspn(value, " ");
		char *next = value + len + (value[len] == ' ');

		if (process->group_count == sizeof(process->groups) / sizeof(process->groups[0]))
			return RC_INVALID;
		value[len] = '\0';
		rc = read_id(value, &process->groups[process->group_count++]);
		value = next;
	}
	return rc;
}

static enum rc read_process_line(struct plan_process *process, const char *key, char *value)
{
	int64_t number = 0;
	enum rc rc;

	if (strcmp(key, "user") == 0)
		return read_id(value, &process->uid);
	if (strcmp(key, "groups") == 0)
		return read_groups(process, value);
	if (strcmp(key, "workers") == 0) {
		rc = num_parse(value, 1, PLAN_WORKERS, &number);
		process->workers = (size_t)number;
		return rc;
	}
	if (strcmp(key, "socket") == 0) {
		process->socket = value;
		return RC_OK;
	}
	if (strcmp(key, "exec") == 0 && process->argc == 0)
		return add_word(process->argv, &process->argc, value);
	if (strcmp(key, "arg") == 0 && process->argc > 0)
		return add_word(process->argv, &process->argc, value);
	if (strcmp(key, "env") == 0 && strchr(value, '='))
		return add_word(process->env, &process->env_count, value);
	return RC_INVALID;
}

static enum rc read_line(struct plan *plan, const char *key, char *value)
{
	if (strcmp(key, "process") == 0) {
		if (plan->count == PLAN_PROCESSES || !*value || strchr(value, '/'))
			return RC_INVALID;
		plan->processes[plan->count].name = value;
		plan->processes[plan->count++].workers = 1;
		return RC_OK;
	}
	if (plan->count > 0)
		return read_process_line(&plan->processes[plan->count - 1], key, value);
	if (strcmp(key, "run") == 0)
		plan->run = value;
	else if (strcmp(key, "log") == 0)
		plan->log = value;
	else if (strcmp(key, "socket-group") == 0)
		return read_id(value, &plan->socket_group);
	else
		return RC_INVALID;
	return RC_OK;
}

enum rc plan_read(struct pool *pool, const char *path, struct plan *out)
{
	char *text, *line;
	size_t len, i;
	int line_no = 0;
	enum rc rc;

	memset(out, 0, sizeof(*out));
	rc = file_read(pool, path, PLAN_MAX_BYTES, &text, &len);
	if (rc != RC_OK) {
		log_error("supervise file=%s: cannot be read (%s)", path, rc_name(rc));
		return RC_CONFIG;
	}
	for (line = text; *line;) {
		char *next = line + strcspn(line, "\n");
		char *value;

		next += *next ? (*next = '\0', 1) : 0;
		line_no++;
		line += strspn(line, " \t");
		value = line + strcspn(line, " ");
		value += *value ? (*value = '\0', 1) : 0;
		if (*line && *line != '#' && read_line(out, line, value) != RC_OK) {
			log_error("supervise file=%s line=%d key=%s: wrong key or value", path, line_no, line);
			return RC_CONFIG;
		}
		line = next;
	}
	for (i = 0; i < out->count; i++) {
		if (out->processes[i].argc == 0) {
			log_error("supervise file=%s process=%s: no exec", path, out->processes[i].name);
			return RC_CONFIG;
		}
	}
	if (!out->run || !out->log || out->count == 0) {
		log_error("supervise file=%s: run, log and a process are needed", path);
		return RC_CONFIG;
	}
	return RC_OK;
}
