/*
 * queue_admin.c: /quan-ly/quay: which queues there are, what each counter is for and which queues it
 * serves. A queue with somebody waiting stays; what another manager changed meanwhile is shown, not
 * overwritten. Numbers already taken keep their names.
 */
#include <string.h>

#include "base/text.h"
#include "intake/intake.h"
#include "store/queue.h"
#include "web/show.h"
#include "web/text_vi.h"

#define BLANK_QUEUES 2
#define BLANK_PLACES 3
#define NAME_MAX_CHARS 60
#define RUN_MAX 100

static const struct field fields[] = {
	{ "run", FIELD_INT, true, 0, RUN_MAX, NULL, "desks.run" },
};

static const char *name_of(struct pool *pool, const char *part, size_t i)
{
	return pool_printf(pool, "%s%zu", part, i + 1);
}

/* ---- what was typed ---- */

/* One line, clean, short; a fault otherwise. */
static const char *line(struct form *form, struct pool *pool, const char *name)
{
	const char *raw = form_raw(form, name);
	char *clean = NULL;

	if (text_clean(pool, raw, strlen(raw), TEXT_ONE_LINE, &clean) != RC_OK ||
			text_chars(clean) > NAME_MAX_CHARS || strchr(clean, '|') != NULL) {
		form_fault(form, name, "desks.name_wrong");
		return raw;
	}
	return clean;
}

static bool doubled(const struct queue_setup *setup, const char *name)
{
	for (size_t i = 0; i < setup->queues; i++)
		if (strcmp(setup->names[i], name) == 0)
			return true;
	return false;
}

/* Rows left blank are no queue; the letters close up behind them. */
static void read_queues(struct form *form, struct pool *pool, struct queue_setup *out)
{
	for (size_t i = 0; i < QUEUE_MAX; i++) {
		const char *field = name_of(pool, "queue", i), *name = line(form, pool, field);

		if (name[0] == '\0')
			continue;
		if (doubled(out, name))
			form_fault(form, field, "desks.name_twice");
		out->names[out->queues++] = name;
	}
	if (out->queues == 0)
		out->names[out->queues++] = "";
}

/* "b, a" → "AB": only letters of a queue, each once. */
static const char *letters(struct form *form, struct pool *pool, const char *name, size_t queues)
{
	char *out = pool_alloc(pool, QUEUE_MAX + 1);
	bool chosen[QUEUE_MAX] = { false };
	size_t len = 0;

	for (const char *at = form_raw(form, name); *at != '\0'; at++) {
		char letter = *at >= 'a' && *at <= 'i' ? (char)(*at - 'a' + 'A') : *at;

		if (letter == ' ' || letter == ',')
			continue;
		if (letter < 'A' || letter >= 'A' + (int)queues || queues < 2) {
			form_fault(form, name, queues < 2 ? "desks.serves_one" : "desks.serves_wrong");
			break;
		}
		chosen[letter - 'A'] = true;
	}
	for (size_t i = 0; i < QUEUE_MAX; i++)
		if (chosen[i])
			out[len++] = (char)('A' + (int)i);
	out[len] = '\0';
	return out;
}

static void read_places(struct form *form, struct pool *pool, struct queue_setup *out)
{
	for (size_t i = 0; i < QUEUE_PLACES; i++) {
		const char *no = name_of(pool, "no", i), *number = form_raw(form, no);
		struct queue_place place;

		place.name = line(form, pool, name_of(pool, "name", i));
		place.serves = letters(form, pool, name_of(pool, "serves", i), out->queues);
		if (number[0] == '\0' && place.name[0] == '\0' && place.serves[0] == '\0')
			continue;
		if (num_parse(number, 1, 99, &place.no) != RC_OK) {
			form_fault(form, no, "desks.no_wrong");
			continue;
		}
		for (size_t k = 0; k < out->place_count; k++)
			if (out->places[k].no == place.no)
				form_fault(form, no, "desks.no_twice");
		out->places[out->place_count++] = place;
	}
}

/* People who wait under a letter that would be gone, or would be another queue's; a new name is none. */
static enum rc check_waiting(struct web *web, struct request *request, const struct queue_setup *before,
		const struct queue_setup *setup)
{
	enum rc rc = RC_OK;

	for (size_t i = 0; rc == RC_OK && before->queues > 1 && i < before->queues; i++) {
		bool same = i < setup->queues && (strcmp(before->names[i], setup->names[i]) == 0 ||
				!doubled(before, setup->names[i]));
		int64_t waiting = 0;

		if (same || setup->queues < 2)
			continue;
		rc = queue_setup_waiting(web->store, (char)('A' + (int)i), queue_day(request->now_ms), &waiting);
		if (rc == RC_OK && waiting > 0)
			form_fault_say(request->form, name_of(request->pool, "queue", i),
					text_fill(request->pool, "desks.still_waiting", before->names[i],
					pool_printf(request->pool, "%d", (int)waiting), NULL));
	}
	return rc;
}

/* ---- the page ---- */

/* A row of the page: as typed when something was, else as it stands. */
static struct view *show_field(struct view *item, struct form *form, const char *part, size_t i,
		const char *stands)
{
	struct pool *pool = view_pool(item);
	const char *name = name_of(pool, part, i), *fault = form != NULL ? form_fault_of(form, name) : "";

	view_set(item, pool_printf(pool, "%s_id", part), name);
	view_set(item, part, form != NULL ? form_raw(form, name) : stands);
	if (fault[0] != '\0')
		view_set(item, pool_printf(pool, "%s_fault", part), fault);
	return item;
}

static void show_rows(struct view *view, struct form *form, const struct queue_setup *setup)
{
	struct pool *pool = view_pool(view);

	for (size_t i = 0; i < QUEUE_MAX; i++) {
		if (form != NULL ? form_raw_at(form, name_of(pool, "queue", i), 0) == NULL :
				i >= setup->queues + BLANK_QUEUES)
			break;
		view_setf(show_field(view_item(view, "queues"), form, "queue", i,
				i < setup->queues ? setup->names[i] : ""), "letter", "%c", 'A' + (int)i);
	}
	for (size_t i = 0; i < QUEUE_PLACES; i++) {
		const struct queue_place *place = i < setup->place_count ? &setup->places[i] : NULL;
		struct view *item;

		if (form == NULL && i >= setup->place_count + BLANK_PLACES)
			break;
		if (form != NULL && form_raw_at(form, name_of(pool, "no", i), 0) == NULL)
			break;
		item = view_item(view, "places");
		view_setf(item, "row", "%d", (int)i + 1);
		show_field(item, form, "no", i, place != NULL ? pool_printf(pool, "%d", (int)place->no) : "");
		show_field(item, form, "name", i, place != NULL ? place->name : "");
		show_field(item, form, "serves", i, place != NULL ? place->serves : "");
	}
}

/* typed: the form comes back. */
static enum rc show(struct web *web, struct request *request, struct response *response,
		const struct queue_setup *setup, bool typed)
{
	struct view *view = view_new(request->pool);

	show_rows(view, typed ? request->form : NULL, setup);
	view_int(view, "run", setup->priority_run);
	if (typed)
		form_show(request->form, fields, 1, view);
	view_set(view, "seen", setup->seen);
	if (setup->seen[0] != '\0')
		view_set(view, "changed", text_fill(request->pool, "desks.changed", dossier_show_actor(web,
				request->pool, setup->actor, AUTHOR_BOARD),
				show_time_screen(request->pool, setup->at), NULL));
	view_flag(view, "conflict", response->status == 409);
	view_set(view, "title", text_get("desks.title"));
	return web_page(web, request, response, "intake/queue_admin", view);
}

static enum rc write(struct web *web, struct request *request, const struct queue_setup *setup)
{
	const char *form_id = form_raw(request->form, "form_id");
	struct queue_setup now;
	char *first = NULL;
	enum rc rc = store_begin(web->store, false);

	if (rc != RC_OK)
		return rc;
	rc = form_claim(web->store, request->pool, form_id, &first);
	if (rc == RC_OK)
		rc = queue_setup_get(web->store, request->pool, &now);
	if (rc == RC_OK && strcmp(now.seen, form_raw(request->form, "seen")) != 0)
		rc = RC_CONFLICT;
	if (rc == RC_OK)
		rc = queue_setup_change(web->store, request->session->account.id, setup);
	if (rc == RC_OK)
		rc = form_done(web->store, form_id, "/quan-ly/quay");
	if (rc == RC_OK)
		return store_commit(web->store);
	store_abort(web->store);
	return rc == RC_EXISTS ? RC_OK : rc;
}

enum rc page_queue_admin(struct web *web, struct request *request, struct response *response)
{
	struct queue_setup before, setup = { .queues = 0 };
	bool current;
	enum rc rc = queue_setup_get(web->store, request->pool, &before);

	if (rc != RC_OK)
		return rc;
	if (request->method != METHOD_POST)
		return show(web, request, response, &before, false);
	rc = form_check(request->form, fields, 1);
	if (rc != RC_OK && rc != RC_INVALID)
		return rc;
	read_queues(request->form, request->pool, &setup);
	read_places(request->form, request->pool, &setup);
	/* Of an older page nothing is judged: write finds a second tap, or that somebody was first. */
	current = strcmp(before.seen, form_raw(request->form, "seen")) == 0;
	rc = current ? check_waiting(web, request, &before, &setup) : RC_OK;
	if (rc != RC_OK)
		return rc;
	if (current && form_has_faults(request->form)) {
		response->status = 422;
		return show(web, request, response, &before, true);
	}
	setup.priority_run = form_int(request->form, "run", 0);
	rc = write(web, request, &setup);
	if (rc == RC_CONFLICT) {
		response->status = 409;
		rc = queue_setup_get(web->store, request->pool, &before);
		return rc == RC_OK ? show(web, request, response, &before, false) : rc;
	}
	if (rc == RC_OK)
		response_see_other(response, "/quan-ly/quay");
	return rc;
}
