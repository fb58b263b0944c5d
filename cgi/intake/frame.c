/*
 * frame.c: what every page of the counter shows: place, counter, person, menu by role, and how the
 * transfer to the province stands. Knows no single dossier.
 */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/when.h"
#include "intake/intake.h"
#include "store/account.h"
#include "store/rating.h"
#include "web/show.h"
#include "web/text_vi.h"

struct intake *intake_of(const struct web *web)
{
	return web->app;
}

static bool open_session(const struct request *request)
{
	return request->session != NULL && !request->session->locked;
}

bool frame_can(const struct request *request, unsigned roles)
{
	return open_session(request) && (request->session->account.roles & roles) != 0;
}

static bool of_the_post(const struct request *request)
{
	return strcmp(request->session->account.employer, "post") == 0;
}

bool frame_sees_scans(const struct request *request)
{
	return !of_the_post(request) || frame_can(request, ~(ROLE_RETURNER | ROLE_CASHIER | ROLE_GUIDE));
}

const char *frame_home(const struct request *request)
{
	static const struct { unsigned roles; const char *url; } homes[] = {
		{ ROLES_PREPARE, "/quay" },
		{ ROLE_MANAGER, "/quan-ly" },
		{ ROLE_SIGNER | ROLE_APPROVER, "/duyet" },
		{ ROLE_SPECIALIST, "/xu-ly" },
		{ ROLE_CASHIER, "/thu-tien" },
		{ ROLE_CLERK_SEAL, "/chung-thuc/khay" },
	};

	for (size_t i = 0; i < sizeof(homes) / sizeof(homes[0]); i++)
		if (frame_can(request, homes[i].roles))
			return homes[i].url;
	/* Who only returns: the post office's own people begin with what leaves by post. */
	if (!frame_can(request, ROLE_RETURNER))
		return "/quay";
	return of_the_post(request) ? "/buu-chinh/giao" : "/tra-ket-qua";
}

/* The header's clock: today as 09:14, another day as 09:14, 25/11/2026. */
static const char *moment(struct pool *pool, int64_t at_ms, int64_t now_ms)
{
	const char *day = show_date(pool, at_ms);

	if (strcmp(day, show_date(pool, now_ms)) == 0)
		return show_clock(pool, at_ms);
	return pool_printf(pool, "%s, %s", show_clock(pool, at_ms), day);
}

/* What every page tells of the store is computed once for all pages between two commits of a day. The
 * queue is an index of the day's tickets alone. */
static void look(struct web *web, const struct request *request)
{
	struct intake_framed *framed = &intake_of(web)->framed;
	int64_t generation = db_generation(web->store->tram), day = queue_day(request->now_ms);
	struct dossier_backlog backlog = { 0 };

	if (framed->generation == generation && framed->day == day)
		return;
	framed->generation = generation;
	framed->day = day;
	framed->backlog_known = dossier_backlog_get(web->store, &backlog) == RC_OK;
	framed->queue_known = queue_waiting(web->store, false, day, &framed->waiting) == RC_OK;
	framed->dossiers_waiting = backlog.dossiers_waiting;
	framed->since[0] = framed->receipt[0] = '\0';
	if (backlog.dossiers_waiting > 0)
		(void)snprintf(framed->since, sizeof(framed->since), "%s",
				moment(request->pool, backlog.oldest_at, request->now_ms));
	if (backlog.last_receipt_at > 0)
		(void)snprintf(framed->receipt, sizeof(framed->receipt), "%s",
				moment(request->pool, backlog.last_receipt_at, request->now_ms));
}

static void fill_transfer(struct web *web, struct view *view)
{
	const struct intake_framed *framed = &intake_of(web)->framed;

	if (!framed->backlog_known)
		return;
	view_flag(view, "transfer_known", true);
	view_flag(view, "transfer_ok", framed->dossiers_waiting == 0);
	view_set(view, "transfer_count", framed->dossiers_waiting < DOSSIER_BACKLOG_MAX ?
			pool_printf(view_pool(view), "%d", (int)framed->dossiers_waiting) :
			text_fill(view_pool(view), "frame.at_least",
					pool_printf(view_pool(view), "%d", DOSSIER_BACKLOG_MAX), NULL));
	view_set(view, "transfer_since", framed->since);
	view_set(view, "transfer_at", framed->receipt);
}

/* While somebody works here the forwarder looks at the province's feed often: told once a minute.
 * What the administration changed goes into the journal with the next page that is opened. */
static void stir(struct web *web, int64_t now_ms)
{
	static int64_t told_at;
	int64_t generation = db_generation(web->store->auth);

	if (generation != intake_of(web)->outbox_seen) {
		if (account_outbox_flush(web->store) == RC_OK)
			intake_of(web)->outbox_seen = generation;
		else
			log_warn("outbox: waits in auth.db");
	}
	if (now_ms - told_at < WHEN_MINUTE_MS && now_ms >= told_at)
		return;
	told_at = now_ms;
	store_wake(web->store);
	/* What citizens said meanwhile; it waits in public.db when it cannot be written now. */
	if (rating_collect(web->store) != RC_OK)
		log_warn("rating: waits in public.db");
}

/* How many people wait. */
static void fill_queue(struct web *web, struct request *request, struct view *view)
{
	if (frame_can(request, ROLES_COUNTER) && intake_of(web)->framed.queue_known)
		view_int(view, "queue_waiting", intake_of(web)->framed.waiting);
}

/* Thứ Sáu 27/11/2026; made once a day. */
static const char *today(struct pool *pool, int64_t now_ms)
{
	static char text[64];
	static int64_t made = -1;
	int64_t day = queue_day(now_ms);
	const char *time, *date;

	if (day != made) {
		time = show_time_screen(pool, now_ms);
		date = strstr(time, ", ");
		(void)snprintf(text, sizeof(text), "%s", date != NULL ? date + 2 : time);
		made = day;
	}
	return text;
}

void frame_fill(struct web *web, struct request *request, struct view *view)
{
	const struct settings *settings = web->settings;
	view_set(view, "station_name", settings->station_name);
	view_set(view, "place_name", settings->place_name);
	view_set(view, "today", today(request->pool, request->now_ms));
	view_flag(view, "rehearsal", settings->mode == MODE_REHEARSAL);
	if (!open_session(request))
		return;
	stir(web, request->now_ms);
	view_set(view, "user_name", request->session->account.name);
	view_set(view, "counter", request->session->counter);
	view_set(view, "frame_point", settings->point_name);
	view_flag(view, "can_find", frame_can(request, ROLES_STAFF));
	view_flag(view, "can_intake", frame_can(request, ROLES_COUNTER));
	view_flag(view, "can_cert", frame_can(request, ROLES_CERT));
	view_flag(view, "can_work", frame_can(request, ROLE_SPECIALIST | ROLE_MANAGER));
	view_flag(view, "can_sign", frame_can(request, ROLE_SIGNER | ROLE_APPROVER | ROLE_MANAGER));
	view_flag(view, "can_till", frame_can(request, ROLE_CASHIER));
	view_flag(view, "can_return", frame_can(request, ROLES_COUNTER));
	view_flag(view, "can_manage", frame_can(request, ROLE_MANAGER));
	view_flag(view, "can_menu", true);
	view_flag(view, "has_menu", true);
	look(web, request);
	fill_transfer(web, view);
	fill_queue(web, request, view);
}
