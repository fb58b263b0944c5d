/*
 * step_exempt.c: see step_exempt.h.
 */
#include "intake/step_exempt.h"

#include <string.h>

#include "intake/fee_ground.h"
#include "web/text_vi.h"

#define GROUND_OTHER "khac"
#define GROUND_MAX 200		/* characters of a typed one */

static const char *name_of(struct pool *pool, const char *what, const char *fee)
{
	return fee[0] != '\0' ? pool_printf(pool, "%s.%s", what, fee) : what;
}

/* The fees this dossier is asked for; one needs no name in its fields. */
static size_t fees_of(const json_t *data, const struct procedure_case *chosen,
		struct fee_line lines[DRAFT_DATA_FEES])
{
	int64_t total;

	return draft_data_fees(data, chosen, lines, &total);
}

static void put(json_t *data, const char *fee, const char *ground)
{
	if (fee[0] == '\0')
		draft_data_put(data, "exempt", ground);
	else
		draft_data_put(draft_data_object(data, "exempts"), fee, ground);
}

/* A ground chosen from the list, or another one in words; it stands in the event as it is printed. */
static void take_one(struct request *request, json_t *data, const char *fee, bool leave)
{
	struct form *form = request->form;
	const char *field = name_of(request->pool, "exempt", fee), *typed = form_text(form, field);
	const char *ground = form_raw(form, name_of(request->pool, "ground", fee));
	const char *known = fee_ground_find(ground);
	bool other = strcmp(ground, GROUND_OTHER) == 0;

	if (form_fault_of(form, field)[0] != '\0')
		return;
	if (ground[0] != '\0' && known == NULL && !other)
		form_fault(form, field, "step4.need_exempt");
	else if (other && typed[0] == '\0' && !leave)
		form_fault(form, field, "step4.need_exempt");
	else
		put(data, fee, known != NULL ? known : typed);
}

enum rc step_exempt_take(struct request *request, json_t *data, const struct procedure_case *chosen,
		bool leave)
{
	struct fee_line lines[DRAFT_DATA_FEES];
	size_t count = fees_of(data, chosen, lines);
	struct field *fields = pool_alloc(request->pool, (count + 1) * sizeof(*fields));
	enum rc rc;

	if (count < 2) {
		/* The page may not have asked: nothing costs anything. */
		if (form_raw_at(request->form, "exempt", 0) == NULL)
			return RC_OK;
		(void)json_object_del(data, "exempts");
		take_one(request, data, "", leave);
		return RC_OK;
	}
	for (size_t i = 0; i < count; i++)
		fields[i] = (struct field){ name_of(request->pool, "exempt", lines[i].id), FIELD_LINE,
			false, 0, GROUND_MAX, NULL, "step4.exempt" };
	rc = form_check(request->form, fields, count);
	if (rc != RC_OK && rc != RC_INVALID)
		return rc;
	for (size_t i = 0; i < count; i++) {
		if (form_raw_at(request->form, fields[i].name, 0) != NULL)
			take_one(request, data, lines[i].id, leave);
	}
	/* Each has its own now. */
	(void)json_object_del(data, "exempt");
	return RC_OK;
}

/* One select of grounds and one line for another. *open: something stands in it. */
static void show_one(struct view *view, const json_t *data, const struct fee_line *line, bool several,
		const struct form *form, bool *open)
{
	struct pool *pool = view_pool(view);
	const char *fee = several ? line->id : "", *field = name_of(pool, "exempt", fee);
	const char *now = draft_data_exempt(data, line->id), *fault = form_fault_of(form, field);
	const char *chosen = form_raw(form, name_of(pool, "ground", fee));
	struct view *item = view_item(view, "exemptions");
	size_t count = 0;
	const struct fee_ground *grounds = fee_ground_list(&count);
	bool listed = false;

	for (size_t i = 0; i < count; i++) {
		struct view *option = view_item(item, "grounds");
		bool is = strcmp(grounds[i].text, now) == 0;

		view_set(option, "ground", grounds[i].name);
		view_flag(option, "chosen", is);
		listed = listed || is;
	}
	view_set(item, "e_fee", several ? line->name : "");
	view_set(item, "e_ground", name_of(pool, "ground", fee));
	view_set(item, "e_name", field);
	view_set(item, "e_id", several ? pool_printf(pool, "exempt-%s", fee) : "exempt");
	view_set(item, "e_value", fault[0] != '\0' ? form_raw(form, field) : listed ? "" : now);
	view_set(item, "e_fault", fault);
	view_flag(item, "other_ground", !listed && (now[0] != '\0' ||
			strcmp(chosen, GROUND_OTHER) == 0));
	*open = *open || now[0] != '\0' || fault[0] != '\0';
}

void step_exempt_show(struct view *view, const json_t *data, const struct procedure_case *chosen,
		const struct form *form)
{
	struct fee_line lines[DRAFT_DATA_FEES];
	size_t count = fees_of(data, chosen, lines);
	bool open = false;

	for (size_t i = 0; i < count; i++)
		show_one(view, data, &lines[i], count > 1, form, &open);
	view_flag(view, "ground_open", open);
}
