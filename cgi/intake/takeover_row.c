/*
 * takeover_row.c: see takeover.h. Imported text is hostile until it was checked like typed text; what
 * looks like a formula is refused, since no name begins so.
 */
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "base/when.h"
#include "intake/takeover.h"
#include "web/esc.h"
#include "web/text_vi.h"

/* The code of an old procedure that today's catalogue does not know by number or name. */
#define UNKNOWN_PROCEDURE "0.000000"

const struct field takeover_fields[] = {
	{ "old_code", FIELD_LINE, true, 1, 60, NULL, "takeover.old_code" },
	{ "old_agency", FIELD_LINE, true, 2, 160, NULL, "takeover.old_agency" },
	{ "name", FIELD_LINE, true, 2, 160, NULL, "takeover.name" },
	{ "number", FIELD_LINE, false, 6, 30, NULL, "takeover.number" },
	{ "address", FIELD_LINE, false, 0, 240, NULL, "takeover.address" },
	{ "phone", FIELD_PHONE, false, 0, 0, NULL, "takeover.phone" },
	{ "procedure", FIELD_LINE, true, 2, 240, NULL, "takeover.procedure" },
	{ "content", FIELD_LINES, false, 0, 500, NULL, "takeover.content" },
	{ "received", FIELD_LINE, true, 0, 30, NULL, "takeover.received" },
	{ "due", FIELD_LINE, false, 0, 30, NULL, "takeover.due" },
	{ "place", FIELD_LINE, false, 0, 120, NULL, "takeover.place" },
	{ "state", FIELD_CHOICE, false, 0, 0, "accepted|processing|result", "takeover.state" },
	{ "result_kind", FIELD_LINE, false, 2, 160, NULL, "takeover.result_kind" },
	{ "result_number", FIELD_LINE, false, 0, 60, NULL, "takeover.result_number" },
	{ "result_date", FIELD_LINE, false, 0, 30, NULL, "takeover.result_date" },
};
const size_t takeover_field_count = sizeof(takeover_fields) / sizeof(takeover_fields[0]);
_Static_assert(sizeof(takeover_fields) / sizeof(takeover_fields[0]) == TAKEOVER_COLUMNS,
		"a column for each field");

/* ---- a file's columns ---- */

/* Is folded one of the alternatives of a text, "a|b|c"? */
static bool is_word(struct pool *pool, const char *folded, const char *text_key)
{
	const char *at = text_get(text_key);

	while (*at != '\0') {
		size_t len = strcspn(at, "|");

		if (strcmp(folded, text_fold(pool, pool_strndup(pool, at, len))) == 0)
			return true;
		at += len + (at[len] == '|');
	}
	return false;
}

bool takeover_head_read(struct pool *pool, char **cells, size_t count, struct takeover_head *out)
{
	size_t required = 0, needed = 0;

	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < takeover_field_count; i++)
		needed += takeover_fields[i].required;
	for (size_t i = 0; i < count && i < sizeof(out->field) / sizeof(out->field[0]); i++) {
		char *folded = text_fold(pool, cells[i]);

		out->field[i] = -1;
		out->count = i + 1;
		for (size_t k = 0; k < takeover_field_count && out->field[i] < 0; k++)
			if (folded[0] != '\0' && is_word(pool, folded, pool_printf(pool, "takeover.col.%s",
					takeover_fields[k].name)))
				out->field[i] = (int)k;
		if (out->field[i] >= 0 && takeover_fields[out->field[i]].required)
			required++;
	}
	return required == needed;
}

/* "Đang xử lý" → processing; other words stay and are a fault. */
static const char *state_of(struct pool *pool, const char *cell)
{
	static const char *const states[] = { "accepted", "processing", "result" };
	char *folded = text_fold(pool, cell);

	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (is_word(pool, folded, pool_printf(pool, "takeover.word.%s", states[i])))
			return states[i];
	return cell;
}

enum rc takeover_form(struct pool *pool, const struct takeover_head *head, char **cells, size_t count,
		struct form **out)
{
	struct buf pairs = { 0 };
	enum rc rc;

	for (size_t i = 0; i < count && i < head->count; i++) {
		const char *name, *cell = cells[i];

		if (head->field[i] < 0 || cell[0] == '\0')
			continue;
		name = takeover_fields[head->field[i]].name;
		if (strcmp(name, "state") == 0)
			cell = state_of(pool, cell);
		buf_text(&pairs, pairs.len > 0 ? "&" : "");
		esc_url_part(&pairs, name);
		buf_char(&pairs, '=');
		esc_url_part(&pairs, cell);
	}
	rc = form_parse(pool, "application/x-www-form-urlencoded",
			pairs.data != NULL ? pairs.data : "", pairs.len, out);
	buf_free(&pairs);
	return rc;
}

/* ---- what the table cannot say ---- */

/* "25/11/2026", "25/11/2026 15:05", "2026-11-25T15:05"; minute: when no time is given. 0: no such. */
static int64_t moment_of(struct pool *pool, const char *text, int minute)
{
	size_t len = strcspn(text, " T");
	const char *clock = text[len] != '\0' ? text + len + 1 : "";
	struct when_local local = { 0 };
	int64_t hour = minute / 60, minutes = minute % 60, at_ms = 0;
	const char *colon = strchr(clock, ':');

	if (when_parse_typed(pool_strndup(pool, text, len), &local.year, &local.month,
			&local.day) != RC_OK)
		return 0;
	if (clock[0] != '\0' && (colon == NULL ||
			num_parse(pool_strndup(pool, clock, (size_t)(colon - clock)), 0, 23, &hour) != RC_OK ||
			num_parse(pool_strndup(pool, colon + 1, strcspn(colon + 1, ":")), 0, 59,
					&minutes) != RC_OK))
		return 0;
	local.hour = (int)hour;
	local.minute = (int)minutes;
	return when_from_local(&local, &at_ms) == RC_OK ? at_ms : 0;
}

struct moments { int64_t received_at, due_at, result_at; };

/* A day alone begins and ends with the hours of work. */
static void read_moments(struct web *web, struct pool *pool, const struct form *form,
		struct moments *out)
{
	const struct calendar *calendar = &intake_of(web)->calendar;
	int opens = calendar->block_count > 0 ? calendar->blocks[0].from_minute : 0;
	int closes = calendar->block_count > 0 ?
			calendar->blocks[calendar->block_count - 1].to_minute : 0;

	out->received_at = moment_of(pool, form_text(form, "received"), opens);
	out->due_at = moment_of(pool, form_text(form, "due"), closes);
	out->result_at = moment_of(pool, form_text(form, "result_date"), opens);
}

static bool given(const struct form *form, const char *name)
{
	return form_text(form, name)[0] != '\0';
}

enum rc takeover_check(struct web *web, struct pool *pool, struct form *form, int64_t now_ms)
{
	struct moments at;
	enum rc rc = form_check(form, takeover_fields, takeover_field_count);

	if (rc != RC_OK && rc != RC_INVALID)
		return rc;
	read_moments(web, pool, form, &at);
	for (size_t i = 0; i < takeover_field_count; i++) {
		const char *text = form_text(form, takeover_fields[i].name);

		if (takeover_fields[i].type != FIELD_PHONE && (text[0] == '=' || text[0] == '@'))
			form_fault(form, takeover_fields[i].name, "takeover.formula");
	}
	if (given(form, "received") && at.received_at == 0)
		form_fault(form, "received", "takeover.no_date");
	else if (at.received_at > now_ms)
		form_fault(form, "received", "takeover.future");
	if (given(form, "due") && at.due_at == 0)
		form_fault(form, "due", "takeover.no_date");
	else if (at.due_at > 0 && at.due_at < at.received_at)
		form_fault(form, "due", "takeover.due_before");
	if (given(form, "result_date") && at.result_at == 0)
		form_fault(form, "result_date", "takeover.no_date");
	else if (at.result_at > now_ms)
		form_fault(form, "result_date", "takeover.future");
	else if (at.result_at > 0 && at.result_at < at.received_at)
		form_fault(form, "result_date", "takeover.result_before");
	return form_has_faults(form) ? RC_INVALID : RC_OK;
}

/* ---- the events ---- */

json_t *takeover_procedure(struct web *web, const char *typed)
{
	const struct catalogue *catalogue = &intake_of(web)->catalogue;
	const struct procedure *procedure = catalogue_find(catalogue, typed);
	struct pool *pool = pool_new();
	json_t *out = json_new_object();
	char *folded = text_fold(pool, typed);
	const char *unit;

	for (size_t i = 0; procedure == NULL && i < catalogue->count; i++)
		if (strcmp(catalogue->procedures[i].folded, folded) == 0)
			procedure = &catalogue->procedures[i];
	unit = procedure != NULL ? procedure->unit : "";
	json_put(out, "code", procedure != NULL ? procedure->code : UNKNOWN_PROCEDURE);
	json_put(out, "name", procedure != NULL ? procedure->name : typed);
	json_put(out, "level", procedure != NULL && procedure->level == LEVEL_PROVINCE ? "province" :
			"commune");
	json_put(out, "unit", unit[0] != '\0' ? unit : web->settings->parent_name);
	json_put(out, "agency", procedure != NULL && procedure->agency[0] != '\0' ? procedure->agency :
			web->settings->agency_id);
	json_put(out, "field", procedure != NULL ? procedure->field : "");
	pool_free(pool);
	return out;
}

json_t *takeover_applicant(const struct form *form, struct pool *pool, const char *suffix)
{
	static const char *const members[] = { "name", "number", "address", "phone" };
	json_t *out = json_new_object();

	json_put(out, "type", "person");
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		json_put(out, members[i], form_text(form, pool_printf(pool, "%s%s", members[i], suffix)));
	if (json_text(out, "phone")[0] == '\0')
		json_put_flag(out, "no_phone", true);
	return out;
}

static json_t *finished_body(const struct form *form, const struct moments *at, int64_t now_ms)
{
	json_t *body = json_new_object(), *results = json_new_array(), *result = json_new_object();
	int64_t decided_at = at->result_at;

	/* Nobody wrote when: by its due time, and not after today. */
	if (decided_at == 0)
		decided_at = at->due_at > 0 && at->due_at < now_ms ? at->due_at : at->received_at;
	json_put(result, "kind", given(form, "result_kind") ? form_text(form, "result_kind") :
			text_get("takeover.result"));
	json_put(result, "number", form_text(form, "result_number"));
	json_put(result, "issuer", form_text(form, "old_agency"));
	json_add(results, result);
	json_put_value(body, "results", results);
	json_put_int(body, "decided_at", decided_at);
	json_put(body, "place", form_text(form, "place"));
	return body;
}

void takeover_make(struct web *web, struct pool *pool, const struct form *form, int64_t now_ms,
		const char *account, const char *import, struct takeover_bodies *out)
{
	static const char *const texts[] = { "old_code", "old_agency", "content", "place" };
	const char *state = form_text(form, "state");
	json_t *body = json_new_object(), *due = json_new_object();
	struct moments at;

	memset(out, 0, sizeof(*out));
	read_moments(web, pool, form, &at);
	json_put_value(body, "procedure", takeover_procedure(web, form_text(form, "procedure")));
	json_put_value(body, "applicant", takeover_applicant(form, pool, ""));
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		json_put(body, texts[i], form_text(form, texts[i]));
	json_put_int(body, "received_at", at.received_at);
	json_put_flag(due, "has", at.due_at > 0);
	if (at.due_at > 0) {
		json_put_int(due, "at", at.due_at);
		json_put_flag(due, "certain", true);
	}
	json_put(due, "calendar", intake_of(web)->calendar.version);
	json_put_value(body, "due", due);
	json_put(body, "import", import);
	out->body = body;
	if (strcmp(state, "processing") != 0 && strcmp(state, "result") != 0)
		return;
	out->taken = json_new_object();
	json_put(out->taken, "account", account);
	json_put_flag(out->taken, "paper", true);
	if (strcmp(state, "result") == 0)
		out->finished = finished_body(form, &at, now_ms);
}

void takeover_free(struct takeover_bodies *bodies)
{
	json_decref(bodies->body);
	json_decref(bodies->taken);
	json_decref(bodies->finished);
	memset(bodies, 0, sizeof(*bodies));
}
