/*
 * admin_accept.c: /kiem-tra, the technician's last look before leaving: a test slip printed and scanned back, a
 * practice card scanned, one rehearsal dossier through all acts, the cable pulled while the counter goes on;
 * then the sheet that two people sign. Acts and cable are seen in the forwarder's health file, where they
 * can be; nothing here is about a citizen. From the rehearsal the last button leads to the live station.
 */
#include "admin/admin.h"

#include <string.h>
#include <unistd.h>

#include "base/encode.h"
#include "base/file.h"
#include "base/log.h"
#include "crypt/hash.h"
#include "dossier/card.h"
#include "web/form.h"
#include "web/show.h"
#include "web/text_vi.h"

#define HERE "/kiem-tra"
#define KEPT "acceptance.json"	/* in health_dir */
#define LIVE_FILE "setup-live"	/* in inbox_dir: `tram setup run` takes it */
#define FILE_MAX ((size_t)64 * 1024)
#define LOOK_S "4"

enum row { ROW_SLIP, ROW_CARD, ROW_ACTS, ROW_CABLE, ROWS };
static const char *const row_names[ROWS] = { "slip", "card", "acts", "cable" };
static const char *const acts[] = { "dossier.accepted", "dossier.forwarded", "dossier.taken", "dossier.signed",
	"dossier.finished", "dossier.result_returned" };
#define ACTS (sizeof(acts) / sizeof(acts[0]))

static json_t *load(struct web *web, struct pool *pool)
{
	json_t *kept = json_of_file(pool, pool_printf(pool, "%s/" KEPT, web->settings->health_dir), FILE_MAX);

	return kept != NULL ? kept : json_new_object();
}

static enum rc save(struct web *web, struct pool *pool, const json_t *kept)
{
	const char *text = json_to_text(pool, kept);

	return file_put(web->settings->health_dir, KEPT, text, strlen(text), 0640);
}

static bool is_done(const json_t *kept, enum row row)
{
	return json_int(json_object_get(kept, row_names[row]), "at", 0) > 0;
}

/* how: "seen" by the machine, "said" by the person. */
static void put_done(json_t *kept, enum row row, const struct request *request, const char *how)
{
	json_t *one = json_new_object();

	json_put_int(one, "at", request->now_ms);
	json_put(one, "by", request->session->account.id);
	json_put(one, "how", how);
	json_put_value(kept, row_names[row], one);
}

/* What stands on the test slip: of this machine and mode, so that no other's slip passes. */
static char *slip_code(struct web *web, struct pool *pool)
{
	const char *text = pool_printf(pool, "slip %s %d", web->settings->board_id, (int)web->settings->mode);
	uint8_t digest[HASH_SIZE];
	char flat[17];

	hash_sha256(text, strlen(text), digest);
	base32_encode(digest, 5, flat);
	return pool_printf(pool, "THU-%.8s", flat);
}

/* ---- what the machine sees by itself ---- */

static bool sees_acts(const json_t *health)
{
	const json_t *seen = json_object_get(health, "acts");
	size_t i;

	for (i = 0; i < ACTS; i++)
		if (!json_flag(seen, acts[i]))
			return false;
	return true;
}

/* The way out goes, something is written while it is away, it comes back. *changed: a step of that. */
static void watch_cable(json_t *kept, const json_t *health, const struct request *request, bool *changed)
{
	json_t *cable = json_object_get(kept, "watch");
	bool way = json_flag(health, "way_out");
	int64_t head = json_int(health, "head_seq", 0);

	if (cable == NULL || is_done(kept, ROW_CABLE) || json_int(health, "at", 0) < json_int(cable, "from", 0))
		return;
	if (!way && json_int(cable, "lost", 0) == 0) {
		json_put_int(cable, "lost", request->now_ms);
		json_put_int(cable, "lost_head", head);
		*changed = true;
	} else if (!way && json_int(cable, "worked", 0) == 0 && head > json_int(cable, "lost_head", 0)) {
		json_put_int(cable, "worked", request->now_ms);
		*changed = true;
	} else if (way && json_int(cable, "lost", 0) > 0 && json_int(cable, "worked", 0) > 0) {
		put_done(kept, ROW_CABLE, request, "seen");
		*changed = true;
	}
}

/* ---- showing ---- */

static void show_row(struct view *view, struct pool *pool, const json_t *kept, enum row row)
{
	const json_t *one = json_object_get(kept, row_names[row]);
	struct view *item = view_item(view, "rows");

	view_set(item, "what", text_get(pool_printf(pool, "accept.%s", row_names[row])));
	view_flag(item, "row_done", is_done(kept, row));
	if (is_done(kept, row)) {
		view_set(item, "at", show_time_screen(pool, json_int(one, "at", 0)));
		view_set(item, "how", text_get(strcmp(json_text(one, "how"), "seen") == 0 ? "accept.seen" :
				"accept.said"));
	}
	view_flag(view, pool_printf(pool, "%s_done", row_names[row]), is_done(kept, row));
}

static void show_cable(struct view *view, struct response *response, const json_t *kept, const json_t *health)
{
	const json_t *cable = json_object_get(kept, "watch");

	if (cable == NULL || is_done(kept, ROW_CABLE))
		return;
	view_flag(view, "watching", true);
	view_flag(view, "pull", json_int(cable, "lost", 0) == 0);
	view_flag(view, "work", json_int(cable, "lost", 0) > 0 && json_int(cable, "worked", 0) == 0);
	view_flag(view, "plug", json_int(cable, "worked", 0) > 0 && !json_flag(health, "way_out"));
	response_header(response, "Refresh", LOOK_S);
}

static void show_acts(struct view *view, struct pool *pool, const json_t *health)
{
	const json_t *seen = json_object_get(health, "acts");
	size_t i;

	for (i = 0; seen != NULL && i < ACTS; i++) {
		struct view *item = view_item(view, "acts");

		view_set(item, "act", text_get(pool_printf(pool, "rehearse.%s", acts[i])));
		view_flag(item, "act_done", json_flag(seen, acts[i]));
	}
}

static bool all_done(const json_t *kept)
{
	int row;

	for (row = 0; row < ROWS; row++)
		if (!is_done(kept, (enum row)row))
			return false;
	return true;
}

static enum rc show(struct web *web, struct request *request, struct response *response, const json_t *kept,
		const json_t *health, const struct form *form)
{
	struct view *view = view_new(request->pool);
	bool rehearsal = web->settings->mode == MODE_REHEARSAL;
	int row;

	for (row = 0; row < ROWS; row++)
		show_row(view, request->pool, kept, (enum row)row);
	show_acts(view, request->pool, health);
	show_cable(view, response, kept, health);
	if (form != NULL) {
		form_show(form, NULL, 0, view);
		view_set(view, "slip_code_fault", form_fault_of(form, "slip_code"));
		view_set(view, "card_fault", form_fault_of(form, "card"));
		response->status = 422;
	}
	view_set(view, "title", text_get("accept.title"));
	view_flag(view, "at_accept", true);
	view_flag(view, "no_health", health == NULL);
	view_flag(view, "all_done", all_done(kept));
	view_flag(view, "may_live", rehearsal);
	view_flag(view, "live_asked", access(pool_printf(request->pool, "%s/" LIVE_FILE,
			web->settings->inbox_dir), F_OK) == 0);
	return web_page(web, request, response, "admin/accept", view);
}

/* ---- taking ---- */

static void take_card(struct request *request, json_t *kept)
{
	const char *typed = form_raw(request->form, "card"), *reason = "card.error.form";
	struct card card;

	if (card_parse(request->pool, typed, strlen(typed), &card, &reason) != RC_OK)
		form_fault(request->form, "card", reason);
	else if (strncmp(card.number, "000", 3) != 0)	/* nobody's card lies about here */
		form_fault(request->form, "card", "accept.card_real");
	else
		put_done(kept, ROW_CARD, request, "seen");
}

/* RC_INVALID: a fault stands in the form. */
static enum rc take(struct web *web, struct request *request, json_t *kept)
{
	const char *what = form_raw(request->form, "do"), *typed = form_raw(request->form, "slip_code");
	json_t *watch;

	if (strcmp(what, "slip") == 0) {
		if (strcmp(typed, slip_code(web, request->pool)) == 0)
			put_done(kept, ROW_SLIP, request, "seen");
		else
			form_fault(request->form, "slip_code", "accept.slip_wrong");
	} else if (strcmp(what, "card") == 0) {
		take_card(request, kept);
	} else if (strcmp(what, "watch") == 0) {
		watch = json_new_object();
		json_put_int(watch, "from", request->now_ms);
		json_put_value(kept, "watch", watch);
	} else if (strcmp(what, "said-slip") == 0) {
		put_done(kept, ROW_SLIP, request, "said");
	} else if (strcmp(what, "said-acts") == 0) {
		put_done(kept, ROW_ACTS, request, "said");
	} else if (strcmp(what, "said-cable") == 0) {
		put_done(kept, ROW_CABLE, request, "said");
	} else {
		return RC_NOT_FOUND;
	}
	return form_has_faults(request->form) ? RC_INVALID : save(web, request->pool, kept);
}

enum rc admin_accept(struct web *web, struct request *request, struct response *response)
{
	json_t *kept = load(web, request->pool), *health = admin_health_read(web, request->pool);
	bool changed = false;
	enum rc rc = RC_OK;

	if (request->method == METHOD_POST) {
		rc = take(web, request, kept);
		if (rc == RC_OK)
			response_see_other(response, HERE);
		else if (rc == RC_INVALID)
			rc = show(web, request, response, kept, health, request->form);
	} else {
		watch_cable(kept, health, request, &changed);
		if (!is_done(kept, ROW_ACTS) && sees_acts(health)) {
			put_done(kept, ROW_ACTS, request, "seen");
			changed = true;
		}
		if (changed)
			rc = save(web, request->pool, kept);
		if (rc == RC_OK)
			rc = show(web, request, response, kept, health, NULL);
	}
	json_decref(kept);
	json_decref(health);
	return rc;
}

/* From the rehearsal to the real thing: root does it (`tram setup run`). */
enum rc admin_accept_live(struct web *web, struct request *request, struct response *response)
{
	enum rc rc = web->settings->mode != MODE_REHEARSAL ? RC_CONFLICT :
			file_put(web->settings->inbox_dir, LIVE_FILE, "", 0, 0660);

	if (rc == RC_OK) {
		log_info("live station asked for by=%s", request->session->account.id);
		response_see_other(response, HERE);
	}
	return rc;
}

/* ---- papers ---- */

static struct view *paper(struct web *web, struct request *request, const char *title)
{
	const struct settings *settings = web->settings;
	struct view *view = view_new(request->pool);

	view_set(view, "title", text_get(title));
	view_set(view, "parent_name", settings->parent_name);
	view_set(view, "agency_name", settings->agency_name);
	view_set(view, "point_name", settings->point_name);
	view_set(view, "point_address", settings->point_address);
	view_set(view, "point_phone", settings->point_phone);
	view_set(view, "place_name", settings->place_name);
	view_set(view, "board", settings->board_id);
	view_set(view, "date", show_date_paper(request->pool, request->now_ms));
	view_set(view, "back_url", HERE);
	return view;
}

enum rc admin_accept_slip(struct web *web, struct request *request, struct response *response)
{
	struct view *view = paper(web, request, "accept.slip_title");
	const char *code = slip_code(web, request->pool);

	view_set(view, "code", code);
	view_svg(view, "bars", show_code128_svg(request->pool, code));
	view_svg(view, "qr", show_qr_svg(request->pool, pool_printf(request->pool, "000085000001||%s|01031985|%s|%s|01012022",
			text_get("practice.name.1"), text_get("practice.woman"), text_get("practice.address"))));
	return web_page(web, request, response, "print/accept_slip", view);
}

enum rc admin_accept_sheet(struct web *web, struct request *request, struct response *response)
{
	json_t *kept = load(web, request->pool);
	struct view *view = paper(web, request, "accept.sheet");
	int row;
	enum rc rc;

	for (row = 0; row < ROWS; row++)
		show_row(view, request->pool, kept, (enum row)row);
	view_flag(view, "all_done", all_done(kept));
	rc = web_page(web, request, response, "print/accept_sheet", view);
	json_decref(kept);
	return rc;
}

/* Where first boot ended: its page looks again by itself until this program answers. */
enum rc admin_accept_begun(struct web *web, struct request *request, struct response *response)
{
	(void)web;
	(void)request;
	response_see_other(response, HERE);
	return RC_OK;
}
