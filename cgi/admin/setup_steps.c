/*
 * setup_steps.c: the six questions, each a page of a few fields that are checked and kept at once.
 */
#include "admin/setup.h"

#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "crypt/password.h"
#include "embed.h"
#include "web/form.h"
#include "web/login.h"
#include "web/text_vi.h"

#define LABEL_FILE "label"
#define FILE_MAX ((size_t)16 * 1024)
#define AGAIN "admin_again"

enum look { LOOK_LINE, LOOK_SECRET, LOOK_CHOICE, LOOK_COMMUNE, LOOK_FLAG };

static const struct shown { enum setup_key key; enum look look; const char *choices; } shown[] = {
	{ SETUP_COMMUNE, LOOK_COMMUNE, NULL },
	{ SETUP_STATION_NAME, LOOK_LINE, NULL },
	{ SETUP_PARENT, LOOK_LINE, NULL },
	{ SETUP_AGENCY, LOOK_LINE, NULL },
	{ SETUP_AGENCY_ID, LOOK_LINE, NULL },
	{ SETUP_POINT_NO, LOOK_LINE, NULL },
	{ SETUP_POINT_NAME, LOOK_LINE, NULL },
	{ SETUP_POINT_ADDRESS, LOOK_LINE, NULL },
	{ SETUP_POINT_PHONE, LOOK_LINE, NULL },
	{ SETUP_PLACE, LOOK_LINE, NULL },
	{ SETUP_NAME, LOOK_LINE, NULL },
	{ SETUP_LOGIN, LOOK_LINE, NULL },
	{ SETUP_PASSWORD, LOOK_SECRET, NULL },
	{ SETUP_AP_NAME, LOOK_LINE, NULL },
	{ SETUP_AP_KEY, LOOK_LINE, NULL },
	{ SETUP_AP_CHANNEL, LOOK_LINE, NULL },
	{ SETUP_PRINTERS, LOOK_LINE, NULL },
	{ SETUP_GUEST, LOOK_CHOICE, "no|yes" },
	{ SETUP_GUEST_NAME, LOOK_LINE, NULL },
	{ SETUP_GUEST_KEY, LOOK_LINE, NULL },
	{ SETUP_UPLINK_KIND, LOOK_CHOICE, "cable|wifi|modem|none" },
	{ SETUP_UPLINK_NAME, LOOK_LINE, NULL },
	{ SETUP_UPLINK_KEY, LOOK_LINE, NULL },
	{ SETUP_UPLINK_ADDRESS, LOOK_LINE, NULL },
	{ SETUP_UPLINK_GATEWAY, LOOK_LINE, NULL },
	{ SETUP_UPLINK_DNS, LOOK_LINE, NULL },
	{ SETUP_CENTER, LOOK_LINE, NULL },
	{ SETUP_CENTER_NAME, LOOK_LINE, NULL },
	{ SETUP_PROXY, LOOK_LINE, NULL },
	{ SETUP_INVITE, LOOK_LINE, NULL },
	{ SETUP_LATER, LOOK_FLAG, NULL },
};
#define SHOWN (sizeof(shown) / sizeof(shown[0]))

/* ---- showing ---- */

static void add_choices(struct view *item, struct pool *pool, const char *name, const char *choices,
		const char *value)
{
	while (*choices != '\0') {
		size_t len = strcspn(choices, "|");
		const char *word = pool_strndup(pool, choices, len);
		struct view *option = view_item(item, "options");

		view_set(option, "option", word);
		view_set(option, "option_text", text_get(pool_printf(pool, "setup.%s.%s", name, word)));
		view_flag(option, "chosen", strcmp(word, value) == 0);
		choices += len + (choices[len] == '|');
	}
}

static void add_communes(struct view *item, struct pool *pool, const char *value)
{
	const char *line = embed_communes_tsv;

	while (*line != '\0') {
		size_t len = strcspn(line, "\n"), code = strcspn(line, "\t");

		if (*line != '#' && code < len) {
			struct view *option = view_item(item, "options");

			view_set(option, "option", pool_strndup(pool, line, code));
			view_set(option, "option_text", pool_strndup(pool, line + code + 1, len - code - 1));
			view_flag(option, "chosen", strlen(value) == code && strncmp(line, value, code) == 0);
		}
		line += len + (line[len] == '\n');
	}
}

static struct view *add_input(struct view *view, struct pool *pool, const char *name, const char *value,
		const char *fault)
{
	struct view *item = view_item(view, "inputs");
	const char *hint = pool_printf(pool, "setup.%s.hint", name);

	view_set(item, "field_name", name);
	view_set(item, "field_label", text_get(pool_printf(pool, "setup.%s", name)));
	if (text_known(hint))
		view_set(item, "field_hint", text_get(hint));
	view_set(item, "field_value", value);
	if (*fault != '\0')
		view_set(item, "field_fault", fault);
	return item;
}

/* The label's network is proposed until another is chosen. */
static void propose(const struct setup_app *app, struct pool *pool, struct setup *setup)
{
	struct setup label;
	struct setup_fault fault;
	char *text = NULL;
	size_t len = 0;

	if (*setup->value[SETUP_AP_NAME] == '\0' && file_read(pool, pool_printf(pool, "%s/" LABEL_FILE,
			app->dir), FILE_MAX, &text, &len) == RC_OK && setup_parse(pool, text, len, &label,
			&fault) == RC_OK) {
		setup->value[SETUP_AP_NAME] = label.value[SETUP_AP_NAME];
		setup->value[SETUP_AP_KEY] = label.value[SETUP_AP_KEY];
	}
	if (*setup->value[SETUP_POINT_NO] == '\0')
		setup->value[SETUP_POINT_NO] = "1";
	if (*setup->value[SETUP_UPLINK_KIND] == '\0')
		setup->value[SETUP_UPLINK_KIND] = "cable";
	if (*setup->value[SETUP_GUEST] == '\0')
		setup->value[SETUP_GUEST] = "no";
}

static void show_field(struct view *view, struct pool *pool, const struct setup *setup,
		const struct form *form, const struct shown *row)
{
	const char *name = setup_name(row->key), *value = setup->value[row->key];
	bool kept = setup_is_secret(row->key) && row->key != SETUP_AP_KEY && (*value != '\0' ||
			(row->key == SETUP_PASSWORD && *setup->value[SETUP_HASH] != '\0'));
	struct view *item = add_input(view, pool, name, row->look == LOOK_SECRET || kept ? "" : value,
			form_fault_of(form, name));

	view_flag(item, "optional", !setup_is_needed(row->key) && row->key != SETUP_INVITE);
	view_flag(item, "is_line", row->look == LOOK_LINE);
	view_flag(item, "is_secret", row->look == LOOK_SECRET);
	view_flag(item, "is_choice", row->look == LOOK_CHOICE);
	view_flag(item, "is_select", row->look == LOOK_COMMUNE);
	view_flag(item, "is_flag", row->look == LOOK_FLAG);
	view_flag(item, "field_on", strcmp(value, "yes") == 0);
	view_flag(item, "kept", kept);
	if (row->look == LOOK_CHOICE)
		add_choices(item, pool, name, row->choices, value);
	if (row->look == LOOK_COMMUNE)
		add_communes(item, pool, value);
	if (row->key == SETUP_PASSWORD) {
		item = add_input(view, pool, AGAIN, "", form_fault_of(form, AGAIN));
		view_flag(item, "is_secret", true);
	}
}

/* What became of the try of the line, on the page after it. Looked at again by a link: a page that comes anew of
 * itself would take away what is being typed. */
static void show_line(const struct setup_app *app, struct request *request, struct view *view)
{
	json_t *said = setup_said(app, request->pool);
	bool waits = setup_is_wished(app, request->pool, "network");

	if (waits || strcmp(json_text(said, "do"), "network") == 0) {
		const char *state = waits ? "running" : json_text(said, "state");
		const char *key = pool_printf(request->pool, "setup.line.%s", json_text(said, "reason"));

		view_flag(view, "line_running", strcmp(state, "running") == 0);
		view_flag(view, "line_done", strcmp(state, "done") == 0);
		if (strcmp(state, "failed") == 0)
			view_set(view, "line_failed", text_get(text_known(key) ? key :
					"setup.line.other"));
	}
	json_decref(said);
}

static enum rc show(struct web *web, struct request *request, struct response *response, int step,
		const struct setup *setup, const struct form *form)
{
	struct view *view = view_new(request->pool);
	int i;

	form_show(form, NULL, 0, view);
	for (i = 0; i < (int)SHOWN; i++)
		if ((int)setup_step_of(shown[i].key) == step)
			show_field(view, request->pool, setup, form, &shown[i]);
	for (i = 0; i < SETUP_STEPS; i++) {
		struct view *item = view_item(view, "steps");

		view_set(item, "name", text_get(pool_printf(request->pool, "setup.step.%d", i + 1)));
		view_set(item, "url", pool_printf(request->pool, "/buoc/%d", i + 1));
		view_flag(item, "current", i == step);
		view_flag(item, "done", i < (int)setup_next(request->pool, setup));
	}
	view_set(view, "title", text_get(pool_printf(request->pool, "setup.title.%d", step + 1)));
	view_set(view, "lead", text_get(pool_printf(request->pool, "setup.lead.%d", step + 1)));
	view_set(view, "action", pool_printf(request->pool, "/buoc/%d", step + 1));
	view_set(view, "back", step > 0 ? pool_printf(request->pool, "/buoc/%d", step) : NULL);
	view_set(view, "board", setup_board_id(request->pool, setup));
	if (step == SETUP_TOKEN)
		show_line(web->app, request, view);
	return web_page(web, request, response, "admin/setup_step", view);
}

/* ---- taking ---- */

/* A fault's word as a sentence: its own for the key, or the general one. */
static void say_fault(struct form *form, struct pool *pool, const char *name, const char *why)
{
	const char *own = pool_printf(pool, "setup.%s.%s", name, why);
	const char *common = pool_printf(pool, "setup.fault.%s", why);

	form_fault(form, name, text_known(own) ? pool_strdup(pool, own) : text_known(common) ? common :
			"setup.fault.value");
}

static void take_field(struct request *request, struct setup *setup, const struct shown *row)
{
	const char *name = setup_name(row->key), *raw = form_raw(request->form, name);
	char *clean = NULL;

	if (text_clean(request->pool, raw, strlen(raw), TEXT_ONE_LINE, &clean) != RC_OK) {
		say_fault(request->form, request->pool, name, "value");
		return;
	}
	/* A secret is not shown again; an empty field keeps it. */
	if (*clean == '\0' && setup_is_secret(row->key) && row->key != SETUP_INVITE)
		return;
	if (row->look == LOOK_FLAG)
		clean = pool_strdup(request->pool, *clean != '\0' ? "yes" : "");
	setup->value[row->key] = clean;
	if (!setup_value_fits(request->pool, row->key, clean))
		say_fault(request->form, request->pool, name, "value");
}

static enum rc take_password(struct web *web, struct request *request, struct setup *setup)
{
	const char *password = form_raw(request->form, setup_name(SETUP_PASSWORD));
	const char *fault;
	char *hash = NULL;
	enum rc rc;

	if (*password == '\0')
		return RC_OK;
	fault = login_password_fault(web->settings, password, setup->value[SETUP_LOGIN], false);
	if (fault != NULL)
		form_fault(request->form, setup_name(SETUP_PASSWORD), fault);
	else if (strcmp(password, form_raw(request->form, AGAIN)) != 0)
		form_fault(request->form, AGAIN, "setup.admin_again.differs");
	if (form_has_faults(request->form))
		return RC_OK;
	rc = password_hash(request->pool, password, &hash);
	if (rc == RC_OK)
		setup->value[SETUP_HASH] = hash;
	return rc;
}

/* The old try of the line says nothing of the new answers. */
static enum rc after(struct web *web, struct request *request, int step)
{
	if (step != SETUP_UPLINK)
		return RC_OK;
	(void)request;
	return setup_wish(web->app, "network");
}

static enum rc take(struct web *web, struct request *request, struct response *response, int step,
		struct setup *setup)
{
	const struct setup_app *app = web->app;
	struct setup_fault fault = { .key = "" };
	enum rc rc = RC_OK;
	size_t i;

	for (i = 0; i < SHOWN; i++)
		if ((int)setup_step_of(shown[i].key) == step)
			take_field(request, setup, &shown[i]);
	if (step == SETUP_ADMIN)
		rc = take_password(web, request, setup);
	if (rc != RC_OK)
		return rc;
	if (!form_has_faults(request->form) && setup_check(request->pool, setup, (enum setup_step)step,
			&fault) != RC_OK)
		say_fault(request->form, request->pool, fault.key, fault.why);
	if (form_has_faults(request->form)) {
		response->status = 422;
		return show(web, request, response, step, setup, request->form);
	}
	rc = setup_save(request->pool, app->dir, setup);
	if (rc == RC_OK)
		rc = after(web, request, step);
	if (rc == RC_OK)
		response_see_other(response, step + 1 < SETUP_STEPS ? pool_printf(request->pool, "/buoc/%d",
				step + 2) : "/xem-lai");
	return rc;
}

enum rc setup_step(struct web *web, struct request *request, struct response *response)
{
	const struct setup_app *app = web->app;
	struct form *none = NULL;
	struct setup setup;
	int64_t step = 0;
	enum rc rc;

	if (!setup_door_passed(web, request, response))
		return RC_OK;
	if (num_parse(request->params[0], 1, SETUP_STEPS, &step) != RC_OK)
		return RC_NOT_FOUND;
	rc = setup_load(request->pool, app->dir, &setup);
	/* A file that power cut or hand has spoilt is begun anew. */
	if (rc == RC_NOT_FOUND || rc == RC_INVALID) {
		setup_clear(&setup);
		rc = RC_OK;
	}
	if (rc != RC_OK)
		return rc;
	if (request->method == METHOD_POST)
		return take(web, request, response, (int)step - 1, &setup);
	propose(app, request->pool, &setup);
	rc = form_parse(request->pool, "application/x-www-form-urlencoded", "", 0, &none);
	return rc == RC_OK ? show(web, request, response, (int)step - 1, &setup, none) : rc;
}
