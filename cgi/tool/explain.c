/*
 * explain.c: due time, ID card, fee and code as the counter would count and read them. No data
 * folder is needed; nothing is stored and nothing logged.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "base/when.h"
#include "dossier/card.h"
#include "dossier/code.h"
#include "dossier/due.h"
#include "dossier/fee.h"
#include "embed.h"
#include "tool/explain.h"
#include "tool/tool.h"
#include "web/text_vi.h"
#include "web/why.h"

#define FILE_MAX_BYTES (1024u * 1024u)
#define CARD_MAX_BYTES 8192
#define LINES_MAX 64

static const char usage[] =
		"usage: tram explain due --received \"2026-08-21 16:10\" --limit \"1 working-days\"\n"
		"       tram explain due --received TIME --same-day-after-15\n"
		"       tram explain card < PAYLOAD\n"
		"       tram explain fee --procedure CODE [--case ID] [--pages N] [--copies N]\n"
		"       tram explain code TEXT\n\n"
		"Prints one JSON object. Limits: N working-days, calendar-days or hours (quarters as\n"
		"decimals), same-day, same-day-after-15, none. --calendar FILE and --catalogue FILE replace\n"
		"what is built in.\n"
		"Exit status: 0 fine; 2 wrong input, with {\"error\": …}.\n";

struct ask {
	struct pool *pool;
	const char *received, *limit, *procedure, *case_id, *pages, *copies, *calendar, *catalogue;
	bool after_15;
	const char *word;
	json_t *answer;
};

static const char *fail(struct ask *ask, const char *key, const char *arg)
{
	return text_fill(ask->pool, key, arg ? arg : "", NULL);
}

/* "--name value" and "--name=value"; a sentence, or NULL. */
static const char *read_options(struct ask *ask, int argc, char **argv)
{
	const struct { const char *name; const char **value; } options[] = {
		{ "received", &ask->received }, { "limit", &ask->limit },
		{ "procedure", &ask->procedure }, { "case", &ask->case_id },
		{ "pages", &ask->pages }, { "copies", &ask->copies },
		{ "calendar", &ask->calendar }, { "catalogue", &ask->catalogue },
	};
	size_t i, count = sizeof(options) / sizeof(options[0]);
	int at;

	for (at = 2; at < argc; at++) {
		const char *name = argv[at] + 2;
		size_t len = strcspn(name, "=");

		if (strncmp(argv[at], "--", 2) != 0) {
			if (ask->word)
				return fail(ask, "explain.option", argv[at]);
			ask->word = argv[at];
			continue;
		}
		if (strcmp(name, "same-day-after-15") == 0) {
			ask->after_15 = true;
			continue;
		}
		for (i = 0; i < count; i++) {
			if (strlen(options[i].name) == len && strncmp(options[i].name, name, len) == 0)
				break;
		}
		if (i == count || (name[len] != '=' && at + 1 == argc))
			return fail(ask, "explain.option", argv[at]);
		*options[i].value = name[len] == '=' ? name + len + 1 : argv[++at];
	}
	return NULL;
}

/* The file asked for, or what is built in; false when it cannot be read. */
static bool data_text(struct ask *ask, const char *path, const char *built_in, size_t built_in_len,
		const char **text, size_t *len)
{
	char *bytes;

	*text = built_in;
	*len = built_in_len;
	if (!path)
		return true;
	if (file_read(ask->pool, path, FILE_MAX_BYTES, &bytes, len) != RC_OK)
		return false;
	*text = bytes;
	return true;
}

static const char *explain_due(struct ask *ask)
{
	struct calendar calendar;
	struct limit limit;
	struct due due;
	const char *text, *fault;
	char when[24];
	int64_t received;
	json_t *why;
	size_t len, i;

	if (!ask->received || when_parse_local(ask->received, &received) != RC_OK)
		return fail(ask, "explain.received", NULL);
	if (ask->after_15)
		ask->limit = "same-day-after-15";
	if (!ask->limit || limit_parse(ask->limit, &limit) != RC_OK)
		return fail(ask, "explain.limit", NULL);
	if (!data_text(ask, ask->calendar, embed_calendar_json, embed_calendar_json_len, &text, &len)
			|| calendar_parse(ask->pool, text, len, &calendar, &fault) != RC_OK)
		return fail(ask, "explain.file", ask->calendar);
	if (due_count(&calendar, &limit, received, ask->pool, &due) != RC_OK)
		return fail(ask, "explain.range", NULL);
	when_iso_minute(due.due_at, when);
	json_put_value(ask->answer, "due", due.has_due ? json_string(when) : json_null());
	json_put_flag(ask->answer, "certain", due.certain);
	when_iso_minute(due.start_at, when);
	json_put(ask->answer, "start", when);
	json_put(ask->answer, "calendar", calendar.version);
	why = json_new_array();
	for (i = 0; i < due.step_count; i++)
		json_add(why, json_string(why_sentence(ask->pool, &due.steps[i])));
	json_put_value(ask->answer, "why", why);
	return NULL;
}

static void put_always(json_t *object, const char *key, const char *text)
{
	json_put_value(object, key, json_string(text));
}

static const char *explain_card(struct ask *ask)
{
	char payload[CARD_MAX_BYTES];
	struct card card;
	const char *reason;
	json_t *warnings;
	size_t len, i;

	if (file_read_all(STDIN_FILENO, payload, sizeof(payload), &len) != RC_OK)
		return fail(ask, "card.error.form", NULL);
	if (card_parse(ask->pool, payload, len, &card, &reason) != RC_OK)
		return fail(ask, reason, NULL);
	put_always(ask->answer, "number", card.number);
	put_always(ask->answer, "old_number", card.old_number);
	put_always(ask->answer, "name", card.name);
	put_always(ask->answer, "birth", card.birth);
	put_always(ask->answer, "sex", *card.sex == '\0' ? "" : strcmp(card.sex, "nam") == 0
			? text_get("step1.sex.nam") : text_get("step1.sex.nu"));
	put_always(ask->answer, "address", card.address);
	put_always(ask->answer, "issued", card.issued);
	warnings = json_new_array();
	for (i = 0; i < card.warning_count; i++)
		json_add(warnings, json_string(text_get(card.warnings[i])));
	json_put_value(ask->answer, "warnings", warnings);
	return NULL;
}

static const char *explain_fee(struct ask *ask)
{
	const struct procedure_case *one = NULL;
	const struct procedure *procedure = NULL;
	struct fee_line lines[LINES_MAX];
	struct catalogue catalogue;
	const char *text, *fault;
	int64_t pages = 1, copies = 1, total;
	bool certain = true;
	json_t *list;
	size_t len, i;

	if (!data_text(ask, ask->catalogue, embed_catalogue_json, embed_catalogue_json_len, &text,
				&len)
			|| catalogue_parse(ask->pool, text, len, true, &catalogue, &fault) != RC_OK)
		return fail(ask, "explain.file", ask->catalogue);
	if (ask->procedure)
		procedure = catalogue_find(&catalogue, ask->procedure);
	if (procedure)
		one = procedure_case_find(procedure, ask->case_id);
	if (!one)
		return fail(ask, "explain.procedure", NULL);
	if ((ask->pages && num_parse(ask->pages, 1, 10000, &pages) != RC_OK)
			|| (ask->copies && num_parse(ask->copies, 1, 10000, &copies) != RC_OK)
			|| one->fee_count > LINES_MAX
			|| fee_count(one->fees, one->fee_count, pages, copies, lines, &total) != RC_OK)
		return fail(ask, "explain.count", NULL);
	json_put_int(ask->answer, "total", total);
	list = json_new_array();
	for (i = 0; i < one->fee_count; i++) {
		json_t *line = json_new_object();

		json_put(line, "id", lines[i].id);
		json_put(line, "name", lines[i].name);
		json_put_int(line, "amount", lines[i].amount_dong);
		json_add(list, line);
		certain = certain && one->fees[i].certain;
	}
	json_put_flag(ask->answer, "certain", certain);
	json_put(ask->answer, "procedure", procedure->code);
	json_put(ask->answer, "case", one->id);
	json_put(ask->answer, "catalogue", catalogue.version);
	json_put_value(ask->answer, "lines", list);
	return NULL;
}

static const char *explain_code(struct ask *ask)
{
	struct code code;

	if (!ask->word || code_parse(ask->pool, ask->word, &code) != RC_OK)
		return fail(ask, "explain.code", NULL);
	put_always(ask->answer, "agency", code.agency);
	put_always(ask->answer, "date", code.date);
	put_always(ask->answer, "sequence", code.sequence);
	put_always(ask->answer, "variant", code_variant_name(code.variant));
	json_put_flag(ask->answer, "rehearsal", code.rehearsal);
	return NULL;
}

static const char *explain(struct ask *ask, int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	const char *error = read_options(ask, argc, argv);

	if (error)
		return error;
	if (strcmp(what, "due") == 0)
		return explain_due(ask);
	if (strcmp(what, "card") == 0)
		return explain_card(ask);
	if (strcmp(what, "fee") == 0)
		return explain_fee(ask);
	if (strcmp(what, "code") == 0)
		return explain_code(ask);
	return fail(ask, "explain.option", what);
}

int explain_main(int argc, char **argv)
{
	struct ask ask = { 0 };
	struct buf line = { 0 };
	const char *error;
	int i, status;

	for (i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--help") == 0) {
			fputs(usage, stdout);
			return TOOL_OK;
		}
	}
	ask.pool = pool_new();
	ask.answer = json_new_object();
	error = explain(&ask, argc, argv);
	if (error) {
		/* An argument that is not UTF-8 cannot stand in JSON. */
		if (!text_is_utf8(error, strlen(error)))
			error = text_get("explain.option");
		json_object_clear(ask.answer);
		put_always(ask.answer, "error", error);
	}
	json_write(ask.answer, &line);
	buf_char(&line, '\n');
	status = error ? TOOL_USAGE : TOOL_OK;
	if (fwrite(line.data, 1, line.len, stdout) != line.len || fflush(stdout) != 0)
		status = TOOL_ENVIRONMENT;
	buf_free(&line);
	json_decref(ask.answer);
	pool_free(ask.pool);
	return status;
}
