/*
 * doctor.c: see doctor.h. The lines come from web/doctor.h, as those of the page do.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/when.h"
#include "store/clock.h"
#include "tool/doctor.h"
#include "tool/tool.h"
#include "web/diagnose.h"
#include "web/doctor.h"

static const char doctor_usage[] =
		"usage: tram doctor --data FOLDER [--json]\n\n"
		"On a board: is the machine well? The lines of the technician's page: disk, speed of writing, life of\n"
		"the card, database, nightly check, copies, memory, temperature, supply, clock, link. Reads the\n"
		"health files and the kernel alone, so it works when the database does not. A dead link is not\n"
		"ill health.\n"
		"Exit status: 0 well, or something to watch; 1 something is bad; 78 wrong configuration.\n";

static const char diagnose_usage[] =
		"usage: tram diagnose --data FOLDER [--out FILE-OR-FOLDER]\n\n"
		"On a board: health, its history, versions, counters and the programs' last log lines in one file,\n"
		"sealed to support_recipient of tram.conf; nothing about a person. --out: a file, or a folder such\n"
		"as a USB stick's; the current folder by default.\n"
		"Exit status: 0 written; 2 wrong usage; 75 it could not be written; 78 no support_recipient.\n";

static void print_plain(const struct doctor_line *lines, size_t count)
{
	struct pool *pool = pool_new();
	size_t i;

	for (i = 0; i < count; i++) {
		printf("%-8s %s: %s\n", doctor_tag(lines[i].state), doctor_name(pool, &lines[i]), lines[i].value);
		if (*lines[i].advice)
			printf("         → %s\n", lines[i].advice);
	}
	pool_free(pool);
}

static void print_json(struct pool *pool, const struct doctor_line *lines, size_t count)
{
	json_t *all = json_new_object(), *rows = json_new_array();
	size_t i;

	json_put(all, "verdict", doctor_tag(doctor_verdict(lines, count)));
	for (i = 0; i < count; i++) {
		json_t *row = json_new_object();

		json_put(row, "key", lines[i].key);
		json_put(row, "state", doctor_tag(lines[i].state));
		json_put(row, "value", lines[i].value);
		json_put(row, "advice", lines[i].advice);
		json_put_flag(row, "link", lines[i].link);
		json_add(rows, row);
	}
	json_put_value(all, "lines", rows);
	puts(json_to_text(pool, all));
	json_decref(all);
}

static enum rc board_settings(const char *data, const char *conf, struct settings **settings)
{
	enum rc rc = tool_settings(data, conf, settings);

	if (rc == RC_OK && (*settings)->side != SIDE_BOARD) {
		fputs("tram: these are not a board's data\n", stderr);
		rc = RC_INVALID;
	}
	if (rc == RC_OK)
		clock_follow(*settings);
	return rc;
}

int doctor_main(int argc, char **argv)
{
	const char *data = NULL, *conf = NULL;
	bool as_json = false;
	const struct tool_option options[] = { { "data", &data, NULL }, { "conf", &conf, NULL },
		{ "json", NULL, &as_json } };
	struct doctor_line lines[DOCTOR_LINES_MAX];
	struct pool *pool = pool_new();
	struct settings *settings = NULL;
	struct doctor doctor;
	size_t words, count;
	int status = tool_options(argc, argv, doctor_usage, options, 3, NULL, 0, &words);
	enum rc rc;

	if (status >= 0)
		goto out;
	rc = board_settings(data, conf, &settings);
	status = tool_exit_of(rc);
	if (rc != RC_OK)
		goto out;
	doctor_read(pool, settings, "", when_now_ms(), &doctor);
	count = doctor_lines(pool, &doctor, lines);
	doctor_urgent_first(lines, count);
	if (as_json)
		print_json(pool, lines, count);
	else
		print_plain(lines, count);
	status = doctor_verdict(lines, count) == DOCTOR_BAD ? TOOL_FAULT : TOOL_OK;
	doctor_free(&doctor);
out:
	settings_free(settings);
	pool_free(pool);
	return status;
}

static enum rc write_to(struct pool *pool, const struct settings *settings, const char *out, int64_t now_ms,
		const struct buf *sealed)
{
	struct stat info;
	const char *slash;

	if (stat(out, &info) == 0 && S_ISDIR(info.st_mode))
		return file_put(out, diagnose_name(pool, settings, now_ms), sealed->data, sealed->len, 0640);
	slash = strrchr(out, '/');
	return file_put(!slash ? "." : slash == out ? "/" : pool_strndup(pool, out, (size_t)(slash - out)),
			slash ? slash + 1 : out, sealed->data, sealed->len, 0640);
}

int doctor_diagnose_main(int argc, char **argv)
{
	const char *data = NULL, *conf = NULL, *out = ".";
	const struct tool_option options[] = { { "data", &data, NULL }, { "conf", &conf, NULL },
		{ "out", &out, NULL } };
	struct pool *pool = pool_new();
	struct settings *settings = NULL;
	struct buf sealed = { 0 };
	size_t words;
	int64_t now;
	int status = tool_options(argc, argv, diagnose_usage, options, 3, NULL, 0, &words);
	enum rc rc;

	if (status >= 0)
		goto out;
	rc = board_settings(data, conf, &settings);
	now = when_now_ms();
	if (rc == RC_OK)
		rc = diagnose_make(pool, settings, now, &sealed);
	if (rc == RC_NOT_FOUND) {
		fputs("tram diagnose: tram.conf names no support_recipient\n", stderr);
		rc = RC_CONFIG;
	}
	if (rc == RC_OK)
		rc = write_to(pool, settings, out, now, &sealed);
	status = tool_exit_of(rc);
out:
	buf_free(&sealed);
	settings_free(settings);
	pool_free(pool);
	return status;
}
