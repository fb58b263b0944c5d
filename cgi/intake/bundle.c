/*
 * bundle.c: what a page shows of a bundle: the parts of a parent with their states and due times,
 * or whose part a dossier is.
 */
#include <string.h>

#include "intake/intake.h"
#include "web/show.h"

bool bundle_has_parts(struct web *web, struct pool *pool, const struct dossier_row *row)
{
	json_t *link = dossier_last_body(web, pool, row, "dossier.linked");
	bool has = json_array_size(json_object_get(link, "parts")) > 0;

	json_decref(link);
	return has;
}

bool bundle_is_by_parts(const char *choice_key)
{
	static const char *const keys[] = { "forward", "hand_over", "take", "to_sign", "sign", "finish",
		"return", "recall", "send_back", "previous", "recall_result", "change", "extend", "supplement",
		"supplement_in" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (strcmp(keys[i], choice_key) == 0)
			return true;
	return false;
}

enum rc bundle_show(struct web *web, struct view *view, const struct dossier_row *row, int64_t now_ms)
{
	struct pool *pool = view_pool(view);
	json_t *link = dossier_last_body(web, pool, row, "dossier.linked");
	const json_t *part;
	struct dossier_row other;
	enum rc rc = RC_OK;
	size_t i;

	if (link == NULL)
		return RC_OK;
	if (json_text(link, "parent")[0] != '\0') {
		rc = dossier_find(web->store, pool, row->board, json_text(link, "parent"), &other);
		if (rc == RC_OK)
			dossier_show_row(view_item(view, "bundle_parent"), &other, now_ms);
	}
	json_array_foreach(json_object_get(link, "parts"), i, part) {
		struct view *item;

		rc = dossier_find(web->store, pool, row->board, json_text(part, "dossier"), &other);
		if (rc != RC_OK)
			break;
		item = view_item(view, "bundle_parts");
		view_int(item, "no", (int64_t)i + 1);
		view_set(item, "unit", other.unit);
		dossier_show_row(item, &other, now_ms);
		view_set(item, "due_paper", other.has_due ? show_due_paper(pool, other.due_at) : "");
		view_flag(view, "bundle_shown", true);
	}
	json_decref(link);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}
