/*
 * correct_due.c: another due time: adjusted by the manager with its ground (/ngay-hen), or put off
 * with an apology (/gia-han), which is allowed once and at least a day before the old one ends.
 */
#include "intake/correct.h"

#include <string.h>

#include "base/when.h"
#include "web/show.h"

#define COUNT(fields) (sizeof(fields) / sizeof((fields)[0]))
#define LONGEST_MS (INT64_C(1000) * WHEN_DAY_MS)

static int64_t typed_at(const struct correct *c)
{
	int64_t at_ms = 0;

	if (when_parse_local(form_text(c->request->form, "due_at"), &at_ms) != RC_OK)
		return 0;
	return at_ms;
}

static enum rc facts(struct correct *c)
{
	if (c->row.has_due)
		correct_fact(c, "correct.due_now", show_time_screen(c->request->pool, c->row.due_at));
	return RC_OK;
}

static const char *initial(struct correct *c, const char *name)
{
	char *text;

	if (strcmp(name, "due_at") == 0 && c->row.has_due) {
		text = pool_alloc(c->request->pool, 24);
		when_iso_minute(c->row.due_at, text);
		return text;
	}
	if (strcmp(name, "late_unit") == 0)
		return c->row.unit;
	return "";
}

const char *correct_due_fault(const struct web *web, const struct dossier_row *row, int64_t now_ms,
		const char *typed, int64_t *at_ms)
{
	struct when_local local;

	*at_ms = 0;
	if (when_parse_local(typed, at_ms) != RC_OK)
		*at_ms = 0;
	when_to_local(*at_ms, &local);
	if (*at_ms <= now_ms)
		return "correct.due_past";
	if (*at_ms > now_ms + LONGEST_MS)
		return "correct.due_far";
	if (row->has_due && *at_ms / WHEN_MINUTE_MS == row->due_at / WHEN_MINUTE_MS)
		return "correct.due_same";
	if (!calendar_works(&intake_of(web)->calendar, when_day_number(local.year, local.month,
			local.day)))
		return "correct.due_free_day";
	return NULL;
}

static enum rc check_due(struct correct *c)
{
	struct form *form = c->request->form;
	int64_t at_ms;
	const char *fault = correct_due_fault(c->web, &c->row, c->request->now_ms,
			form_text(form, "due_at"), &at_ms);

	if (fault != NULL)
		form_fault(form, "due_at", fault);
	return RC_OK;
}

bool correct_due_certain(const struct calendar *calendar, int64_t at_ms)
{
	struct when_local local;

	when_to_local(at_ms, &local);
	return local.year >= calendar->announced_from && local.year <= calendar->announced_to;
}

json_t *correct_due_json(const struct calendar *calendar, bool has, int64_t at_ms, bool certain)
{
	json_t *due = json_new_object();

	json_put_flag(due, "has", has);
	if (has) {
		json_put_int(due, "at", at_ms);
		json_put_flag(due, "certain", certain);
	}
	json_put(due, "calendar", calendar->version);
	return due;
}

static void put_due(struct correct *c, json_t *body)
{
	const struct calendar *calendar = &intake_of(c->web)->calendar;
	int64_t at_ms = typed_at(c);

	json_put_value(body, "due", correct_due_json(calendar, true, at_ms,
			correct_due_certain(calendar, at_ms)));
	json_put_value(body, "before", correct_due_json(calendar, c->row.has_due, c->row.due_at,
			c->row.due_certain));
	json_put(body, "reason", form_text(c->request->form, "reason"));
}

static enum rc adjust_body(struct correct *c, json_t *body)
{
	put_due(c, body);
	json_put(body, "approver", c->request->session->account.id);
	return RC_OK;
}

static const struct field adjust_fields[] = {
	{ "due_at", FIELD_TIME, true, 0, 0, NULL, "correct.due_at" },
	{ "reason", FIELD_LINES, true, 3, 1000, NULL, "correct.ground" },
};

const struct correction correct_due_adjust = { .key = "due", .kind = "dossier.due_adjusted",
	.fields = adjust_fields, .count = COUNT(adjust_fields), .facts = facts, .initial = initial,
	.check = check_due, .body = adjust_body };

enum rc page_due(struct web *web, struct request *request, struct response *response)
{
	return correct_run(web, request, response, &correct_due_adjust);
}

static const struct field extend_fields[] = {
	{ "due_at", FIELD_TIME, true, 0, 0, NULL, "correct.due_at" },
	{ "reason", FIELD_LINES, true, 3, 1000, NULL, "correct.late_reason" },
	{ "late_unit", FIELD_LINE, true, 2, 160, NULL, "correct.late_unit" },
	{ "number", FIELD_LINE, false, 0, 60, NULL, "act.finish.number" },
	{ "signer_name", FIELD_LINE, true, 2, 120, NULL, "act.finish.signer" },
	{ "signer_title", FIELD_LINE, false, 0, 120, NULL, "act.finish.signer_title" },
};

/* The last moment to say so: so many days, or working days, before the time ends. */
static int64_t notice_ends(const struct web *web, int64_t due_at)
{
	const struct calendar *calendar = &intake_of(web)->calendar;
	int64_t days = web->settings->extend_notice_days, at = due_at;
	struct when_local local;

	if (!web->settings->extend_notice_working)
		return due_at - days * WHEN_DAY_MS;
	for (int looked = 0; days > 0 && looked < 400; looked++) {
		at -= WHEN_DAY_MS;
		when_to_local(at, &local);
		days -= calendar_works(calendar, when_day_number(local.year, local.month, local.day));
	}
	return at;
}

const char *correct_due_too_late(const struct web *web, const struct dossier_row *row,
		int64_t now_ms)
{
	if (!row->has_due)
		return "correct.no_due";
	if (row->facts.extensions >= web->settings->extend_times)
		return "rule.extended";
	return now_ms > notice_ends(web, row->due_at) ? "correct.extend_late" : NULL;
}

static enum rc extend_check(struct correct *c)
{
	const char *late = correct_due_too_late(c->web, &c->row, c->request->now_ms);
	struct form *form = c->request->form;

	/* Once too often is the rules' answer, with who was first. */
	if (late != NULL && strcmp(late, "rule.extended") != 0)
		form_fault(form, "due_at", late);
	else if (typed_at(c) < c->row.due_at)
		form_fault(form, "due_at", "correct.extend_earlier");
	return form_has_faults(form) ? RC_OK : check_due(c);
}

static enum rc extend_body(struct correct *c, json_t *body)
{
	static const char *const names[] = { "late_unit", "number", "signer_name", "signer_title" };

	put_due(c, body);
	json_put_int(body, "allowed", c->web->settings->extend_times);
	for (size_t i = 0; i < COUNT(names); i++)
		json_put(body, names[i], form_text(c->request->form, names[i]));
	return RC_OK;
}

const struct correction correct_due_extend = { .key = "extend", .kind = "dossier.extended",
	.fields = extend_fields, .count = COUNT(extend_fields), .facts = facts, .initial = initial,
	.check = extend_check, .body = extend_body };

enum rc page_extend(struct web *web, struct request *request, struct response *response)
{
	return correct_run(web, request, response, &correct_due_extend);
}
