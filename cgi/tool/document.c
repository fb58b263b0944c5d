/*
 * document.c: `tram catalogue check|import|export` and the same of `tram calendar`: the documents of a
 * board as files. A file is judged by the reader that every worker uses before a byte is written.
 */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "dossier/catalogue.h"
#include "dossier/due.h"
#include "store/document.h"
#include "tool/document.h"
#include "tool/tool.h"
#include "web/text_vi.h"

static const char usage[] =
		"usage: tram catalogue|calendar check FILE\n"
		"       tram catalogue|calendar import FILE --data FOLDER\n"
		"       tram catalogue|calendar export --data FOLDER\n\n"
		"check reads FILE as the pages would and says what is wrong. import makes it the version in\n"
		"force, with its event; what was confirmed or switched on here before counts as FILE says.\n"
		"export prints the version in force.\n"
		"Exit status: 0 done; 1 the board has that version, or somebody was faster; 2 wrong usage or\n"
		"FILE, nothing changed; 75 the disk or database failed.\n";

struct job {
	enum document_kind kind;
	struct pool *pool;
	struct document file;
	size_t items, enabled;
};

/* Reads and judges FILE; explained on stderr. */
static enum rc read_file(struct job *job, const char *path)
{
	struct catalogue catalogue = { 0 };
	struct calendar calendar = { 0 };
	const char *fault = "";
	char *text = NULL;
	size_t i;
	enum rc rc = file_read(job->pool, path, CATALOGUE_BYTES, &text, &job->file.len);

	if (rc != RC_OK) {
		fprintf(stderr, "tram: %s cannot be read (%s)\n", path, rc_name(rc));
		return RC_INVALID;
	}
	job->file.text = text;
	rc = strlen(text) != job->file.len ? RC_INVALID : job->kind == DOCUMENT_CATALOGUE ?
			catalogue_parse(job->pool, text, job->file.len, true, &catalogue, &fault) :
			calendar_parse(job->pool, text, job->file.len, &calendar, &fault);
	if (rc != RC_OK) {
		fprintf(stderr, "tram: %s: wrong at %s\n", path, fault);
		return RC_INVALID;
	}
	job->file.version = job->kind == DOCUMENT_CATALOGUE ? catalogue.version : calendar.version;
	job->items = job->kind == DOCUMENT_CATALOGUE ? catalogue.count : calendar.day_count;
	for (i = 0; i < catalogue.count; i++)
		job->enabled += catalogue.procedures[i].enabled;
	return RC_OK;
}

static void say(const struct job *job)
{
	if (job->kind == DOCUMENT_CATALOGUE)
		printf("version %s: %zu procedures, %zu switched on\n", job->file.version, job->items,
				job->enabled);
	else
		printf("version %s: %zu exceptional days\n", job->file.version, job->items);
}

static enum rc bring(struct job *job, struct store *store)
{
	const char *reason = NULL;
	int64_t newest = 0;
	enum rc rc = document_newest(store, job->kind, &newest);

	job->file.actor = "import";
	job->file.summary = text_fill(job->pool, "doc.did_import", job->file.version, NULL);
	if (rc == RC_OK && newest == 0) {
		fprintf(stderr, "tram: the board has never served its pages: start it once first\n");
		return RC_CONFLICT;
	}
	if (rc == RC_OK)
		rc = store_begin(store, false);
	if (rc != RC_OK)
		return rc;
	rc = document_put(store, job->kind, &job->file, newest, &reason);
	if (rc == RC_OK)
		return store_commit(store);
	store_abort(store);
	if (rc == RC_CONFLICT)
		fprintf(stderr, "tram: nothing changed: %s\n", reason != NULL ? reason : "a newer version");
	return rc;
}

static enum rc print_current(struct job *job, struct store *store)
{
	struct document current;
	int64_t newest = 0;
	enum rc rc = document_newest(store, job->kind, &newest);

	if (rc == RC_OK)
		rc = document_get(store, job->pool, job->kind, newest, &current);
	if (rc == RC_OK && (fwrite(current.text, 1, current.len, stdout) != current.len ||
			fflush(stdout) != 0))
		rc = RC_IO;
	return rc;
}

static int run(struct job *job, const char *what, const char *path, const char *data)
{
	bool check = strcmp(what, "check") == 0, import = strcmp(what, "import") == 0;
	struct settings *settings = NULL;
	struct store *store = NULL;
	enum rc rc = RC_OK;

	if ((!check && !import && strcmp(what, "export") != 0) || (check || import) != (path != NULL)) {
		fputs(usage, stderr);
		return TOOL_USAGE;
	}
	if (path != NULL && read_file(job, path) != RC_OK)
		return TOOL_USAGE;
	if (check) {
		say(job);
		return TOOL_OK;
	}
	rc = tool_settings(data, NULL, &settings);
	if (rc == RC_OK)
		rc = tool_open(settings, STORE_TRAM | STORE_PUBLIC, &store);
	if (rc == RC_OK)
		rc = import ? bring(job, store) : print_current(job, store);
	if (rc == RC_OK && import)
		say(job);
	store_close(store);
	settings_free(settings);
	return rc == RC_CONFLICT ? TOOL_FAULT : tool_exit_of(rc);
}

static int start(enum document_kind kind, int argc, char **argv)
{
	const char *data = NULL, *words[2] = { "", NULL };
	const struct tool_option options[] = { { "data", &data, NULL } };
	struct job job = { .kind = kind };
	size_t count = 0;
	int status = tool_options(argc, argv, usage, options, 1, words, 2, &count);

	if (status >= 0)
		return status;
	job.pool = pool_new();
	status = run(&job, count > 0 ? words[0] : "", count > 1 ? words[1] : NULL, data);
	pool_free(job.pool);
	return status;
}

int document_catalogue_main(int argc, char **argv)
{
	return start(DOCUMENT_CATALOGUE, argc, argv);
}

int document_calendar_main(int argc, char **argv)
{
	return start(DOCUMENT_CALENDAR, argc, argv);
}
