/*
 * first_day.c: before the first citizen: seven ticks, then the rehearsal as a grid of person and act,
 * practice cards of invented people, the readiness sheet, the card for the counter, and the day from
 * which it is official. All but the cards is read from events. A rehearsal and a live station never
 * share a folder: the day is decided here, the folder is made by the technician.
 */
#include <stdio.h>
#include <string.h>

#include "base/when.h"
#include "intake/intake.h"
#include "store/account.h"
#include "store/book.h"
#include "store/device.h"
#include "store/director.h"
#include "web/show.h"
#include "web/text_vi.h"

#define GRID_EVENTS 1500
#define PEOPLE_MAX 60
#define CARDS 8

/* COUNTER §5; texts "prepare.<item>", "prepare.<item>.hint". url: where it is done, shown if some page
 * answers there. */
static const struct { const char *item, *url; } ticks[] = {
	{ "names", "/quan-ly/the-quay" },
	{ "hours", "/quan-ly/lich" },
	{ "people", "/quan-ly/nguoi" },
	{ "signers", "/quan-ly/nguoi" },
	{ "procedures", "/quan-ly/thu-tuc" },
	{ "books", "/so/chung-thuc" },
	{ "print", "/quan-ly/chay-thu/the" },
};
#define TICKS (sizeof(ticks) / sizeof(ticks[0]))

/* The five acts and what else a role does once; texts "rehearse.<kind>". */
static const struct { const char *kind; unsigned roles; } acts[] = {
	{ "dossier.accepted", ROLE_INTAKE },
	{ "dossier.forwarded", ROLE_INTAKE },
	{ "dossier.taken", ROLE_SPECIALIST },
	{ "dossier.signed", ROLE_SIGNER },
	{ "dossier.finished", ROLE_SPECIALIST },
	{ "dossier.result_returned", ROLE_INTAKE | ROLE_RETURNER },
};
#define ACTS (sizeof(acts) / sizeof(acts[0]))

static const struct director_tick *newest(const struct director_tick *rows, size_t count,
		const char *item)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(rows[i].item, item) == 0)
			return &rows[i];
	return NULL;
}

/* ---- facts beside the ticks ---- */

static enum rc facts(struct web *web, struct request *request, const char *item, struct view *view)
{
	const struct settings *settings = web->settings;
	struct pool *pool = request->pool;
	struct account *people = NULL;
	struct device *tablets = NULL;
	size_t count = 0, tablet_count = 0, signers = 0, enabled = 0;
	enum rc rc = RC_OK;

	if (strcmp(item, "names") == 0)
		view_set(view, "fact", pool_printf(pool, "%s · %s · %s", settings->point_name,
				settings->point_address, settings->point_phone));
	if (strcmp(item, "hours") == 0)
		view_set(view, "fact", text_fill(pool, "prepare.calendar",
				intake_of(web)->calendar.version, NULL));
	if (strcmp(item, "people") == 0 || strcmp(item, "signers") == 0) {
		rc = account_list(web->store, pool, &people, &count);
		for (size_t i = 0; rc == RC_OK && i < count; i++)
			signers += (people[i].roles & ROLE_SIGNER) != 0;
	}
	if (rc == RC_OK && strcmp(item, "people") == 0) {
		rc = device_list(web->store, pool, &tablets, &tablet_count);
		view_set(view, "fact", text_fill(pool, "prepare.people_count", pool_printf(pool, "%d",
				(int)count), pool_printf(pool, "%d", (int)tablet_count), NULL));
	}
	if (strcmp(item, "signers") == 0)
		view_set(view, "fact", text_fill(pool, "prepare.signers_count",
				pool_printf(pool, "%d", (int)signers), NULL));
	if (strcmp(item, "procedures") == 0) {
		for (size_t i = 0; i < intake_of(web)->catalogue.count; i++)
			enabled += intake_of(web)->catalogue.procedures[i].enabled;
		view_set(view, "fact", text_fill(pool, "prepare.procedures_count",
				pool_printf(pool, "%d", (int)enabled), NULL));
	}
	return rc;
}

static enum rc show_ticks(struct web *web, struct request *request, struct view *view, bool *all)
{
	struct director_tick *rows = NULL;
	const struct director_tick *live;
	size_t count = 0, done = 0;
	enum rc rc = director_ticks(web->store, request->pool, &rows, &count);

	for (size_t i = 0; rc == RC_OK && i < TICKS; i++) {
		struct view *item = view_item(view, "ticks");
		const struct director_tick *tick = newest(rows, count, ticks[i].item);

		view_set(item, "item", ticks[i].item);
		view_setf(item, "no", "%d", (int)i + 1);
		view_set(item, "words", text_get(pool_printf(request->pool, "prepare.%s", ticks[i].item)));
		view_set(item, "hint", text_get(pool_printf(request->pool, "prepare.%s.hint",
				ticks[i].item)));
		if (route_can_get(web, request->pool, ticks[i].url))
			view_set(item, "url", ticks[i].url);
		view_flag(item, "done", tick != NULL && tick->done);
		view_set(item, "at", tick != NULL ? show_time_screen(request->pool, tick->at) : "");
		done += tick != NULL && tick->done;
		rc = facts(web, request, ticks[i].item, item);
	}
	*all = done == TICKS;
	view_setf(view, "done_count", "%d", (int)done);
	view_flag(view, "all_done", *all);
	live = rc == RC_OK ? newest(rows, count, "live") : NULL;
	if (live != NULL && live->done)
		view_set(view, "live_from", show_date(request->pool, live->from));
	return rc;
}

static const struct field live_fields[] = {
	{ "from", FIELD_DATE, true, 0, 0, NULL, "prepare.live_from" },
};

static enum rc show_prepare(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	bool all = false;
	enum rc rc = show_ticks(web, request, view, &all);

	if (rc != RC_OK)
		return rc;
	if (request->method == METHOD_POST) {
		form_show(request->form, live_fields, 1, view);
		response->status = 422;
	}
	view_set(view, "title", text_get("prepare.title"));
	return web_page(web, request, response, "intake/prepare", view);
}

static enum rc write_tick(struct web *web, struct request *request, const char *item, bool done,
		int64_t from)
{
	struct director_tick *rows = NULL;
	const struct director_tick *before;
	size_t count = 0;
	enum rc rc = store_begin(web->store, false);

	if (rc != RC_OK)
		return rc;
	rc = director_ticks(web->store, request->pool, &rows, &count);
	before = rc == RC_OK ? newest(rows, count, item) : NULL;
	/* Tapped twice, or by two managers: it stands already. */
	if (rc != RC_OK || (before != NULL ? before->done == done && before->from == from : !done)) {
		store_abort(web->store);
		return rc;
	}
	rc = director_tick(web->store, request->session->account.id, item, done, from);
	if (rc == RC_OK)
		return store_commit(web->store);
	store_abort(web->store);
	return rc;
}

enum rc page_prepare(struct web *web, struct request *request, struct response *response)
{
	const char *item;
	enum rc rc = RC_INVALID;

	if (request->method != METHOD_POST)
		return show_prepare(web, request, response);
	item = form_raw(request->form, "item");
	for (size_t i = 0; i < TICKS; i++)
		if (strcmp(item, ticks[i].item) == 0)
			rc = write_tick(web, request, item, form_raw(request->form, "done")[0] != '\0', 0);
	if (rc == RC_OK)
		response_see_other(response, pool_printf(request->pool, "/quan-ly/chuan-bi#%s", item));
	return rc;
}

enum rc page_live(struct web *web, struct request *request, struct response *response)
{
	struct when_local local = { 0 };
	int64_t from = 0;
	bool all = false;
	enum rc rc;

	if (form_check(request->form, live_fields, 1) != RC_OK)
		return show_prepare(web, request, response);
	if (when_parse_date(form_text(request->form, "from"), &local.year, &local.month, &local.day) !=
			RC_OK || when_from_local(&local, &from) != RC_OK ||
			from + WHEN_DAY_MS <= request->now_ms)
		form_fault(request->form, "from", "prepare.live_past");
	rc = show_ticks(web, request, view_new(request->pool), &all);
	if (rc != RC_OK)
		return rc;
	if (!all)
		form_fault(request->form, "from", "prepare.live_early");
	if (form_has_faults(request->form))
		return show_prepare(web, request, response);
	rc = write_tick(web, request, "live", true, from);
	if (rc == RC_OK)
		response_see_other(response, "/quan-ly/chuan-bi#live");
	return rc;
}

/* ---- the grid ---- */

struct grid {
	struct account *people;
	size_t count;
	bool did[PEOPLE_MAX][ACTS];
};

static void seen(void *arg, const char *actor, const char *kind)
{
	struct grid *grid = arg;

	for (size_t k = 0; k < ACTS; k++) {
		if (strcmp(acts[k].kind, kind) != 0)
			continue;
		for (size_t i = 0; i < grid->count && i < PEOPLE_MAX; i++)
			if (strcmp(grid->people[i].id, actor) == 0)
				grid->did[i][k] = true;
	}
}

static unsigned all_act_roles(void)
{
	unsigned roles = 0;

	for (size_t k = 0; k < ACTS; k++)
		roles |= acts[k].roles;
	return roles;
}

static enum rc show_grid(struct web *web, struct request *request, struct view *view)
{
	struct grid grid = { 0 };
	size_t left = 0;
	enum rc rc = account_list(web->store, request->pool, &grid.people, &grid.count);

	if (rc == RC_OK)
		rc = director_acts(web->store, GRID_EVENTS, seen, &grid);
	if (rc != RC_OK)
		return rc;
	for (size_t k = 0; k < ACTS; k++)
		view_set(view_item(view, "acts"), "act", text_get(pool_printf(request->pool, "rehearse.%s",
				acts[k].kind)));
	for (size_t i = 0; i < grid.count && i < PEOPLE_MAX; i++) {
		struct view *person;

		if ((grid.people[i].roles & all_act_roles()) == 0 ||
				account_is_shut(web->store, &grid.people[i], request->now_ms))
			continue;
		person = view_item(view, "people");
		view_set(person, "name", grid.people[i].name);
		for (size_t k = 0; k < ACTS; k++) {
			struct view *cell = view_item(person, "cells");
			bool must = (grid.people[i].roles & acts[k].roles) != 0;

			view_set(cell, "act", text_get(pool_printf(request->pool, "rehearse.%s",
					acts[k].kind)));
			view_flag(cell, "did", grid.did[i][k]);
			view_flag(cell, "open", must && !grid.did[i][k]);
			left += must && !grid.did[i][k];
		}
	}
	view_setf(view, "left", "%d", (int)left);
	view_flag(view, "complete", left == 0);
	return RC_OK;
}

enum rc page_rehearse(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	enum rc rc = show_grid(web, request, view);

	if (rc != RC_OK)
		return rc;
	view_set(view, "title", text_get("rehearse.title"));
	view_flag(view, "trial", web->settings->mode == MODE_REHEARSAL);
	return web_page(web, request, response, "intake/rehearse", view);
}

/* ---- papers ---- */

static void paper(struct web *web, struct request *request, struct view *view, const char *title,
		const char *back)
{
	const struct settings *settings = web->settings;

	view_set(view, "title", text_get(title));
	view_set(view, "point_name", settings->point_name);
	view_set(view, "point_address", settings->point_address);
	view_set(view, "point_phone", settings->point_phone);
	view_set(view, "place_name", settings->place_name);
	view_set(view, "date", show_date_paper(request->pool, request->now_ms));
	view_set(view, "back_url", back);
}

enum rc page_ready(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);
	bool all = false;
	enum rc rc = show_ticks(web, request, view, &all);

	if (rc == RC_OK)
		rc = show_grid(web, request, view);
	if (rc != RC_OK)
		return rc;
	paper(web, request, view, "ready.title", "/quan-ly/chay-thu");
	view_set(view, "heading", text_get("ready.heading"));
	return web_page(web, request, response, "print/ready", view);
}

/* Invented people, told apart by their numbers: 000 is nobody's province. */
enum rc page_practice_cards(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);

	/* Outside a rehearsal a card that belongs to nobody is only a way to err. */
	if (web->settings->mode != MODE_REHEARSAL)
		return RC_NOT_FOUND;
	paper(web, request, view, "practice.title", "/quan-ly/chay-thu");
	for (int i = 1; i <= CARDS; i++) {
		struct view *card = view_item(view, "cards");
		const char *key = pool_printf(request->pool, "practice.name.%d", i);
		const char *sex = text_get(i % 2 == 0 ? "practice.woman" : "practice.man");
		const char *number = pool_printf(request->pool, "000%d85%06d", i % 2 == 0, i);
		const char *address = text_get("practice.address");

		view_set(card, "name", text_get(key));
		view_set(card, "number", number);
		view_setf(card, "birth", "0%d/03/1985", i);
		view_set(card, "sex", sex);
		view_set(card, "address", address);
		view_svg(card, "qr", show_qr_svg(request->pool, pool_printf(request->pool,
				"%s||%s|0%d031985|%s|%s|01012022", number, text_get(key), i, sex, address)));
	}
	return web_page(web, request, response, "print/practice", view);
}

enum rc page_counter_card(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);

	paper(web, request, view, "card5.title", "/quan-ly/chuan-bi");
	return web_page(web, request, response, "print/counter_card", view);
}
