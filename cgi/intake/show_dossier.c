/*
 * show_dossier.c: a dossier as rows and words of a page. The legal state and the transfer are two
 * things and never mixed (UI.md 2).
 */
#include <string.h>

#include "intake/intake.h"
#include "store/account.h"
#include "web/show.h"
#include "web/text_vi.h"
#include "web/why.h"

const char *dossier_show_state(struct pool *pool, const struct dossier_row *row)
{
	const char *state = text_get(pool_printf(pool, "state.%s", state_name(row->facts.state)));

	if (row->facts.holder == HOLDER_CENTER && !state_is_closed(row->facts.state))
		return text_fill(pool, "dossier.state_at_province", state, NULL);
	return state;
}

const char *dossier_show_transfer(struct pool *pool, const struct dossier_row *row, const char **tag)
{
	*tag = "plain";
	switch (dossier_transfer(row)) {
	case TRANSFER_COMPLETE:
		*tag = "ok";
		if (row->complete_at == 0)
			return text_get("transfer.complete");
		return text_fill(pool, "transfer.complete_at", show_clock(pool, row->complete_at), NULL);
	case TRANSFER_SENDING:
		*tag = "wait";
		if (row->files_total == 0)
			return text_get("transfer.sending");
		return text_fill(pool, "transfer.sending_files",
				pool_printf(pool, "%d", row->files_sent),
				pool_printf(pool, "%d", row->files_total), NULL);
	case TRANSFER_STORED:
		break;
	}
	return text_get("transfer.stored");
}

char *dossier_show_url(struct pool *pool, const struct dossier_row *row, const char *suffix)
{
	return pool_printf(pool, "/ho-so/%s%s", row->key, suffix);
}

const char *dossier_show_short_code(const char *code)
{
	const char *dash = strchr(code, '-');

	return dash != NULL ? dash + 1 : code;
}

/* How it came here, where that is not the usual way, and its number there. */
static void show_origin(struct view *item, const struct dossier_row *row)
{
	static const char *const keys[] = { [ORIGIN_LATE] = "origin.late",
		[ORIGIN_TAKEN_OVER] = "origin.taken_over", [ORIGIN_BROUGHT] = "origin.brought",
		[ORIGIN_REFUSED] = NULL };
	const char *key = (size_t)row->origin < sizeof(keys) / sizeof(keys[0]) ?
			keys[row->origin] : NULL;

	if (key == NULL)
		return;
	view_set(item, "origin", text_get(key));
	view_set(item, "old_code", row->old_code);
	view_set(item, "old_agency", row->old_agency);
}

void dossier_show_row(struct view *item, const struct dossier_row *row, int64_t now_ms)
{
	struct pool *pool = view_pool(item);
	const char *tag = "plain";

	view_set(item, "code", row->code);
	view_set(item, "code_short", dossier_show_short_code(row->code));
	view_set(item, "official", row->official);
	view_flag(item, "shared", row->shared);
	view_set(item, "key", row->key);
	view_int(item, "scans_missing", row->scans_missing);
	show_origin(item, row);
	view_set(item, "url", dossier_show_url(pool, row, ""));
	view_set(item, "procedure", row->procedure_name);
	view_set(item, "applicant", row->applicant[0] != '\0' ? row->applicant : text_get("erase.name"));
	view_set(item, "phone", row->phone);
	/* The province's people have no names here. */
	if (row->facts.holder == HOLDER_BOARD)
		view_set(item, "assignee", row->assignee_name);
	view_set(item, "received", show_time_screen(pool, row->received_at));
	view_set(item, "state", dossier_show_state(pool, row));
	if (state_is_closed(row->facts.state) || row->facts.state == STATE_RESULT) {
		view_set(item, "due", row->has_due ? show_date(pool, row->due_at) : "");
	} else if (row->has_due) {
		view_set(item, "due", show_due(pool, row->due_at, now_ms, &tag));
	} else {
		view_set(item, "due", text_get("dossier.no_due"));
	}
	view_set(item, "due_tag", tag);
	view_set(item, "transfer", dossier_show_transfer(pool, row, &tag));
	view_set(item, "transfer_tag", tag);
}

const char *dossier_show_actor(struct web *web, struct pool *pool, const char *actor,
		enum event_author author)
{
	struct account account;

	if (author == AUTHOR_CENTER)
		return text_get("actor.province");
	if (strcmp(actor, "system") == 0)
		return text_get("actor.system");
	if (account_by_id(web->store, pool, actor, &account) != RC_OK)
		return text_get("actor.unknown");
	return account.name;
}

void dossier_show_why(struct view *view, const char *list, const struct due *due)
{
	for (size_t i = 0; i < due->step_count; i++)
		view_set(view_item(view, list), "text", why_sentence(view_pool(view), &due->steps[i]));
}
