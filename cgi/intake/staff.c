/*
 * staff.c: /quan-ly/nguoi and /quan-ly/may: the deputy at the counter: who is here, unlock on the
 * spot, whose procedures are whose, who stands in for whom; which tablets are paired. Accounts are made
 * and their roles given in the administration.
 */
#include <string.h>

#include "base/log.h"
#include "crypt/random.h"
#include "intake/intake.h"
#include "store/device.h"
#include "web/show.h"
#include "web/text_vi.h"

#define DEVICE_MAX_AGE_S (400 * 24 * 3600)
#define PROCEDURES_MAX 4000

static const char *role_words(struct pool *pool, unsigned roles)
{
	char names[256], *at = names;
	const char *words = "";

	account_roles_text(roles, names, sizeof(names));
	while (*at != '\0') {
		size_t len = strcspn(at, ",");
		bool more = at[len] == ',';

		at[len] = '\0';
		words = pool_printf(pool, "%s%s%s", words, words[0] != '\0' ? ", " : "",
				text_get(pool_printf(pool, "role.%s", at)));
		at += len + more;
	}
	return words;
}

static const char *name_of(const struct account *rows, size_t count, const char *id)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(rows[i].id, id) == 0)
			return rows[i].name;
	return "";
}

enum rc page_staff(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	struct account *rows = NULL;
	size_t count = 0;
	enum rc rc = account_list(web->store, request->pool, &rows, &count);

	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		struct view *item = view_item(view, "people");
		bool shut = account_is_shut(web->store, &rows[i], request->now_ms);
		bool idle = account_is_idle(web->store, &rows[i], request->now_ms);

		view_set(item, "id", rows[i].id);
		view_set(item, "name", rows[i].name);
		view_set(item, "job", rows[i].title);
		view_set(item, "roles", role_words(request->pool, rows[i].roles));
		view_flag(item, "shut", shut);
		view_flag(item, "locked", rows[i].locked);
		view_flag(item, "idle", idle && !rows[i].locked);
		view_flag(item, "ended", shut && !rows[i].locked && !idle);
		view_set(item, "substitute", name_of(rows, count, rows[i].substitute));
		view_flag(item, "own", strcmp(rows[i].id, request->session->account.id) == 0);
		if (rows[i].used_at > 0)
			view_set(item, "used", show_date(request->pool, rows[i].used_at));
	}
	if (rc != RC_OK)
		return rc;
	view_set(view, "title", text_get("staff.title"));
	return web_page(web, request, response, "intake/staff", view);
}

/* Also who is not locked may have run into the wait of wrong passwords: that ends too. */
enum rc page_staff_unlock(struct web *web, struct request *request, struct response *response)
{
	const char *own = request->session->account.id;
	struct account account;
	enum rc rc = account_by_id(web->store, request->pool, request->params[0], &account);

	if (rc == RC_OK && strcmp(account.id, own) == 0)
		rc = RC_CONFLICT;
	if (rc == RC_OK && (account.locked || account_is_idle(web->store, &account, request->now_ms)))
		rc = account_set_locked(web->store, account.id, false, own);
	if (rc == RC_OK)
		rc = account_forget_failures(web->store, account.login);
	if (rc != RC_OK)
		return rc;
	log_info("account unlocked account=%s by=%s", account.id, own);
	response_see_other(response, "/quan-ly/nguoi");
	return RC_OK;
}

/* ---- one person's procedures and substitute ---- */

bool staff_has_code(const char *list, const char *code)
{
	size_t len = strlen(code);
	const char *at = list;

	while ((at = strstr(at, code)) != NULL) {
		if ((at == list || at[-1] == ' ') && (at[len] == ' ' || at[len] == '\0'))
			return true;
		at += len;
	}
	return false;
}

static void show_procedures(struct web *web, struct request *request, struct view *view,
		const struct account *account)
{
	const struct catalogue *catalogue = &intake_of(web)->catalogue;
	bool again = request->method == METHOD_POST;
	const char *field = NULL;
	struct view *group = NULL;

	for (size_t i = 0; i < catalogue->count; i++) {
		const struct procedure *one = &catalogue->procedures[i];
		struct view *item;

		if (!one->enabled)
			continue;
		if (field == NULL || strcmp(field, one->field) != 0) {
			field = one->field;
			group = view_item(view, "fields");
			view_set(group, "field_name", field);
		}
		item = view_item(group, "procedures");
		view_set(item, "code", one->code);
		view_set(item, "procedure", one->name);
		view_flag(item, "own", again ? form_raw(request->form, pool_printf(request->pool, "p.%s",
				one->code))[0] != '\0' : staff_has_code(account->procedures, one->code));
	}
}

static enum rc show_person(struct web *web, struct request *request, struct response *response,
		const struct account *account)
{
	struct view *view = view_new(request->pool);
	const char *chosen = request->method == METHOD_POST ?
			form_raw(request->form, "substitute") : account->substitute;
	struct account *rows = NULL;
	size_t count = 0;
	enum rc rc = account_list(web->store, request->pool, &rows, &count);

	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		struct view *item;

		if (strcmp(rows[i].id, account->id) == 0 || (rows[i].locked &&
				strcmp(rows[i].id, chosen) != 0) || (rows[i].roles & ROLES_STAFF) == 0)
			continue;
		item = view_item(view, "others");
		view_set(item, "value", rows[i].id);
		view_set(item, "words", rows[i].name);
		view_flag(item, "chosen", strcmp(rows[i].id, chosen) == 0);
	}
	if (rc != RC_OK)
		return rc;
	show_procedures(web, request, view, account);
	view_set(view, "title", account->name);
	view_set(view, "id", account->id);
	view_set(view, "job", account->title);
	view_set(view, "roles", role_words(request->pool, account->roles));
	if (request->method == METHOD_POST) {
		static const struct field field = { "substitute", FIELD_LINE, false, 0, 47, NULL,
			"account.substitute" };

		form_show(request->form, &field, 1, view);
		response->status = 422;
	}
	return web_page(web, request, response, "intake/staff_person", view);
}

/* The ticked codes of procedures that are switched on now, and those of before that are not. */
static const char *ticked(struct web *web, struct request *request, const char *before)
{
	const struct catalogue *catalogue = &intake_of(web)->catalogue;
	struct buf list = { 0 };
	const char *out;

	for (size_t i = 0; i < catalogue->count && list.len < PROCEDURES_MAX; i++) {
		const struct procedure *one = &catalogue->procedures[i];
		bool on = one->enabled ? form_raw(request->form, pool_printf(request->pool, "p.%s",
				one->code))[0] != '\0' : staff_has_code(before, one->code);

		if (on)
			buf_printf(&list, "%s%s", list.len > 0 ? " " : "", one->code);
	}
	out = pool_strdup(request->pool, list.data != NULL ? list.data : "");
	buf_free(&list);
	return out;
}

enum rc page_staff_person(struct web *web, struct request *request, struct response *response)
{
	struct account before, after, other;
	enum rc rc = account_by_id(web->store, request->pool, request->params[0], &before);

	if (rc != RC_OK)
		return rc;
	if (request->method != METHOD_POST)
		return show_person(web, request, response, &before);
	after = before;
	after.substitute = form_raw(request->form, "substitute");
	after.procedures = ticked(web, request, before.procedures);
	if (after.substitute[0] != '\0' && (strcmp(after.substitute, before.id) == 0 ||
			account_by_id(web->store, request->pool, after.substitute, &other) != RC_OK)) {
		form_fault(request->form, "substitute", "account.substitute_wrong");
		return show_person(web, request, response, &before);
	}
	rc = account_edit(web->store, before.id, &after, request->session->account.id);
	if (rc == RC_OK)
		response_see_other(response, "/quan-ly/nguoi");
	return rc;
}

/* ---- tablets ---- */

static const struct field device_fields[] = {
	{ "name", FIELD_LINE, true, 2, 40, NULL, "tablet.name" },
	{ "at", FIELD_INT, false, 1, 99, NULL, "tablet.counter" },
};
#define DEVICE_FIELDS 2

static enum rc show_tablets(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	struct device *rows = NULL, here = { .hash = "" };
	size_t count = 0;
	enum rc rc = device_find(web->store, request->pool, request->device, &here);

	if (rc == RC_OK || rc == RC_NOT_FOUND)
		rc = device_list(web->store, request->pool, &rows, &count);
	if (rc != RC_OK)
		return rc;
	for (size_t i = 0; i < count; i++) {
		struct view *item = view_item(view, "tablets");

		view_set(item, "id", rows[i].id);
		view_set(item, "tablet", rows[i].name);
		view_set(item, "stands_at", rows[i].counter);
		view_set(item, "since", show_date(request->pool, rows[i].at));
		view_flag(item, "here", strcmp(rows[i].hash, here.hash) == 0);
	}
	view_flag(view, "tablets_shown", count > 0);
	view_flag(view, "paired", here.hash[0] != '\0');
	view_set(view, "name", here.hash[0] != '\0' ? here.name : "");
	view_set(view, "at", here.hash[0] != '\0' ? here.counter : request->session->counter);
	if (request->method == METHOD_POST) {
		form_show(request->form, device_fields, DEVICE_FIELDS, view);
		response->status = 422;
	}
	view_set(view, "title", text_get("tablet.title"));
	return web_page(web, request, response, "intake/tablets", view);
}

enum rc page_tablets(struct web *web, struct request *request, struct response *response)
{
	const char *own = request->session->account.id;
	struct device here;
	char cookie[33];
	enum rc rc;

	if (request->method != METHOD_POST)
		return show_tablets(web, request, response);
	if (form_check(request->form, device_fields, DEVICE_FIELDS) != RC_OK)
		return show_tablets(web, request, response);
	/* A new cookie for a new pairing: what this tablet was before opens nothing. */
	random_hex(16, cookie);
	rc = device_find(web->store, request->pool, request->device, &here);
	if (rc == RC_OK)
		memcpy(cookie, request->device, sizeof(cookie));
	else if (rc != RC_NOT_FOUND)
		return rc;
	rc = device_pair(web->store, cookie, form_text(request->form, "name"),
			form_text(request->form, "at"), own);
	if (rc != RC_OK)
		return rc;
	log_info("tablet paired by=%s", own);
	response_cookie(response, web_cookie(web, request->pool, true), cookie, DEVICE_MAX_AGE_S);
	response_see_other(response, "/quan-ly/may");
	return RC_OK;
}

enum rc page_tablet_part(struct web *web, struct request *request, struct response *response)
{
	enum rc rc = device_part(web->store, request->params[0]);

	if (rc == RC_NOT_FOUND)		/* tapped twice */
		rc = RC_OK;
	if (rc != RC_OK)
		return rc;
	log_info("tablet parted id=%.16s by=%s", request->params[0], request->session->account.id);
	response_see_other(response, "/quan-ly/may");
	return RC_OK;
}
