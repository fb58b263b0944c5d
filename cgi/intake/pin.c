/*
 * pin.c: several people on one paired tablet: /khoa lists whose work rests here and opens it by PIN,
 * /ma-pin chooses one. Managers, technicians and every act that asks a second person take a password.
 */
#include <string.h>

#include "base/log.h"
#include "base/when.h"
#include "intake/intake.h"
#include "store/device.h"
#include "web/login.h"
#include "web/show.h"
#include "web/text_vi.h"

static const struct field open_fields[] = {
	{ "who", FIELD_LINE, true, 1, 47, NULL, "pin.who" },
	{ "pin", FIELD_PASSWORD, true, 1, 20, NULL, "pin.pin" },
};
static const struct field choose_fields[] = {
	{ "pin", FIELD_PASSWORD, true, 1, 20, NULL, "pin.new" },
	{ "again", FIELD_PASSWORD, true, 1, 20, NULL, "pin.again" },
};
#define FIELDS 2

bool pin_resting(struct web *web, struct request *request)
{
	struct device device;
	struct device_person *rows;
	size_t count = 0;

	if (device_find(web->store, request->pool, request->device, &device) != RC_OK ||
			device_people(web->store, request->pool, web->program, &device, &rows, &count) != RC_OK)
		return false;
	for (size_t i = 0; i < count; i++)
		if (rows[i].by_pin)
			return true;
	return false;
}

static enum rc show_lock(struct web *web, struct request *request, struct response *response,
		const struct device *device, const char *next)
{
	struct view *view = view_new(request->pool);
	bool again = request->method == METHOD_POST;
	const char *chosen = again ? form_raw(request->form, "who") : request->session != NULL ?
			request->session->account.id : "";
	struct device_person *rows = NULL;
	size_t count = 0, by_pin = 0;
	enum rc rc = device_people(web->store, request->pool, web->program, device, &rows, &count);

	for (size_t i = 0; rc == RC_OK && i < count; i++)
		by_pin += rows[i].by_pin;
	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		struct view *item = view_item(view, rows[i].by_pin ? "people" : "others");

		view_set(item, "id", rows[i].account);
		view_set(item, "name", rows[i].name);
		view_flag(item, "chosen", strcmp(rows[i].account, chosen) == 0 || by_pin == 1);
	}
	if (rc != RC_OK)
		return rc;
	if (again) {
		form_show(request->form, open_fields, FIELDS, view);
		view_set(view, "pin", "");
		response->status = 422;
	}
	view_flag(view, "any", by_pin > 0);
	view_flag(view, "any_others", count > by_pin);
	view_set(view, "device_name", device->name);
	view_set(view, "next", next);
	view_set(view, "title", text_get("pin.lock"));
	return web_page(web, request, response, "intake/lock", view);
}

enum rc page_lock_people(struct web *web, struct request *request, struct response *response)
{
	struct device device;
	enum rc rc = device_find(web->store, request->pool, request->device, &device);

	if (rc != RC_OK && rc != RC_NOT_FOUND)
		return rc;
	if (request->session != NULL && !request->session->locked) {
		response_see_other(response, "/");
		return RC_OK;
	}
	if (rc == RC_NOT_FOUND) {
		response_see_other(response, LOGIN_PATH);
		return RC_OK;
	}
	return show_lock(web, request, response, &device, login_next(request_query(request, "tiep")));
}

enum rc page_unlock(struct web *web, struct request *request, struct response *response)
{
	const char *next = login_next(form_raw(request->form, "tiep"));
	struct session *open = request->session;
	struct device device;
	char *token = NULL;
	enum rc rc = device_find(web->store, request->pool, request->device, &device);

	if (rc == RC_NOT_FOUND) {
		response_see_other(response, LOGIN_PATH);
		return RC_OK;
	}
	if (rc == RC_OK && form_check(request->form, open_fields, FIELDS) != RC_OK)
		return show_lock(web, request, response, &device, next);
	if (rc == RC_OK)
		rc = device_unlock(web->store, request->pool, web->program, &device,
				form_text(request->form, "who"), form_text(request->form, "pin"), &token);
	if (rc == RC_DENIED || rc == RC_CONFLICT || rc == RC_NOT_FOUND) {
		log_warn("pin refused account=%.47s rc=%s", form_text(request->form, "who"), rc_name(rc));
		form_fault(request->form, "pin", rc == RC_DENIED ? "pin.wrong" : rc == RC_CONFLICT ?
				"pin.password_now" : "pin.over");
		return show_lock(web, request, response, &device, next);
	}
	/* Who was working here until now rests, as if she had tapped the lock. */
	if (rc == RC_OK && open != NULL && !open->locked &&
			strcmp(open->account.id, form_text(request->form, "who")) != 0)
		rc = session_set_locked(web->store, open, true);
	if (rc != RC_OK)
		return rc;
	log_info("unlocked account=%s program=%s by=pin", form_text(request->form, "who"), web->program);
	response_cookie(response, web_cookie(web, request->pool, false), token, 0);
	response_see_other(response, next[0] != '\0' ? next : "/");
	return RC_OK;
}

/* ---- choosing one ---- */

enum rc pin_wanted(struct web *web, struct request *request, bool *wanted)
{
	const struct session *session = request->session;
	struct device device;
	bool there = false;
	enum rc rc = device_find(web->store, request->pool, request->device, &device);

	*wanted = false;
	if (rc != RC_OK)
		return rc == RC_NOT_FOUND ? RC_OK : rc;
	/* The tablet stands at a counter: who logs in there sits there. */
	if (device.counter[0] != '\0' && strcmp(device.counter, session->counter) != 0) {
		rc = session_set_counter(web->store, session, device.counter);
		if (rc != RC_OK)
			return rc;
	}
	if (!device_pin_may(session->account.roles))
		return RC_OK;
	rc = device_pin_there(web->store, &device, session->account.id, &there);
	*wanted = rc == RC_OK && !there;
	return rc;
}

static enum rc show_choose(struct web *web, struct request *request, struct response *response,
		const struct device *device)
{
	struct view *view = view_new(request->pool);

	if (request->method == METHOD_POST) {
		form_show(request->form, choose_fields, FIELDS, view);
		view_set(view, "pin", "");
		view_set(view, "again", "");
		response->status = 422;
	}
	view_set(view, "title", text_get("pin.title"));
	view_set(view, "home", frame_home(request));
	view_flag(view, "paired", device != NULL);
	view_flag(view, "may", device_pin_may(request->session->account.roles));
	view_flag(view, "form", device != NULL && device_pin_may(request->session->account.roles));
	if (device != NULL)
		view_set(view, "device_name", device->name);
	return web_page(web, request, response, "intake/pin", view);
}

enum rc page_pin(struct web *web, struct request *request, struct response *response)
{
	struct form *form = request->form;
	struct device device;
	const char *fault;
	enum rc rc = device_find(web->store, request->pool, request->device, &device);
	bool paired = rc == RC_OK;

	if (rc != RC_OK && rc != RC_NOT_FOUND)
		return rc;
	if (request->method != METHOD_POST)
		return show_choose(web, request, response, paired ? &device : NULL);
	/* The page itself says why none can be chosen here. */
	if (!paired || !device_pin_may(request->session->account.roles))
		return show_choose(web, request, response, paired ? &device : NULL);
	if (form_check(form, choose_fields, FIELDS) == RC_OK) {
		fault = device_pin_fault(form_text(form, "pin"));
		if (fault != NULL)
			form_fault(form, "pin", fault);
		else if (strcmp(form_text(form, "pin"), form_text(form, "again")) != 0)
			form_fault(form, "again", "pin.differ");
	}
	if (form_has_faults(form))
		return show_choose(web, request, response, &device);
	rc = device_pin_set(web->store, &device, request->session->account.id, form_text(form, "pin"));
	if (rc == RC_OK)
		response_see_other(response, request->session->counter[0] != '\0' ? frame_home(request) :
				"/chon-quay");
	return rc;
}
