/*
 * guide.c: see guide.h.
 */
#include "web/guide.h"

#include <string.h>

#include "web/show.h"
#include "web/text_vi.h"

const char *guide_limit(struct pool *pool, const struct limit *limit)
{
	static const char *const parts[] = { "", ",25", ",5", ",75" };
	const char *number = pool_printf(pool, "%d%s", limit->quarters / 4, parts[limit->quarters % 4]);

	switch (limit->unit) {
	case LIMIT_WORKING_DAYS:
		return text_fill(pool, "slip.limit.working_days", number, NULL);
	case LIMIT_CALENDAR_DAYS:
		return text_fill(pool, "slip.limit.calendar_days", number, NULL);
	case LIMIT_HOURS:
		return text_fill(pool, "slip.limit.hours", number, NULL);
	case LIMIT_SAME_DAY:
		return text_get(limit->after_15 ? "slip.limit.same_day_15" : "slip.limit.same_day");
	case LIMIT_NONE:
		break;
	}
	return text_get("slip.limit.none");
}

static void show_count(struct view *item, const char *name, int value)
{
	view_set(item, name, value > 0 ? pool_printf(view_pool(item), "%d", value) : "");
}

static void show_component(struct view *view, const struct component *component, size_t no)
{
	struct view *item = view_item(view, "components");

	view_int(item, "no", (int64_t)no);
	view_set(item, "component", component->name);
	view_set(item, "condition", component->condition);
	show_count(item, "originals", component->originals);
	show_count(item, "certified", component->certified);
	show_count(item, "copies", component->copies);
	view_flag(item, "present", component->submission == PRESENT);
	view_flag(item, "lookup", component->submission == SYSTEM_LOOKUP);
	view_flag(item, "optional", !component->required && component->submission != SYSTEM_LOOKUP);
}

/* The rule in one line: "10.000 d" or "2.000 d a page, from page 3 on 1.000 d". */
static const char *fee_words(struct pool *pool, const struct fee_rule *fee)
{
	if (strcmp(fee->kind, "certified_copy") == 0)
		return text_fill(pool, "guide.fee.certified_copy", show_money(pool, fee->first_pages_dong),
				pool_printf(pool, "%d", fee->first_pages),
				show_money(pool, fee->next_pages_dong),
				show_money(pool, fee->max_per_copy_dong), NULL);
	if (strcmp(fee->kind, "per_copy") == 0)
		return text_fill(pool, "guide.fee.per_copy", show_money(pool, fee->amount_dong), NULL);
	if (strcmp(fee->kind, "per_document") == 0)
		return text_fill(pool, "guide.fee.per_document", show_money(pool, fee->amount_dong), NULL);
	return show_money(pool, fee->amount_dong);
}

void guide_show(struct view *view, const struct procedure *procedure,
		const struct procedure_case *chosen)
{
	struct pool *pool = view_pool(view);
	const char *who = pool_printf(pool, "guide.who.%s", procedure->who);

	view_set(view, "procedure", procedure->name);
	view_set(view, "procedure_code", procedure->code);
	view_set(view, "case_name", procedure->case_count > 1 ? chosen->name : "");
	view_set(view, "field", procedure->field);
	view_set(view, "limit", guide_limit(pool, &chosen->limit));
	view_set(view, "who", text_known(who) ? text_get(who) : "");
	for (size_t i = 0; i < chosen->component_count; i++)
		show_component(view, &chosen->components[i], i + 1);
	for (size_t i = 0; i < chosen->fee_count; i++) {
		struct view *item = view_item(view, "fees");

		view_set(item, "fee_name", chosen->fees[i].name);
		view_set(item, "fee_amount", fee_words(pool, &chosen->fees[i]));
	}
	view_flag(view, "fees_shown", chosen->fee_count > 0);
}
