/*
 * first_dossier.c: /tap-su: a new clerk's first dossier in a rehearsal, step by step with a practice card
 * on the screen: what to press next, ticked by her own events. No page of its own does any of it: she
 * works on the real ones.
 */
#include <string.h>

#include "intake/intake.h"
#include "store/director.h"
#include "web/show.h"
#include "web/text_vi.h"

#define LOOKED_AT 2000		/* newest events of the board */

/* Texts "first_dossier.<key>" and "….hint"; done by any of the kinds. */
static const struct step { const char *key, *kinds; } steps[] = {
	{ "take", "|dossier.accepted|" },
	{ "print", "|slip.printed|slip.handwritten|" },
	{ "forward", "|dossier.forwarded|dossier.handed_over|" },
	{ "note", "|note.added|" },
};
#define STEPS (sizeof(steps) / sizeof(steps[0]))

struct own { const char *account; bool did[STEPS]; };

static void seen(void *arg, const char *actor, const char *kind)
{
	struct own *own = arg;
	char word[64];

	if (strcmp(actor, own->account) != 0 || strlen(kind) > sizeof(word) - 3)
		return;
	word[0] = '|';
	strncpy(word + 1, kind, sizeof(word) - 2);
	word[strlen(kind) + 1] = '|';
	word[strlen(kind) + 2] = '\0';
	for (size_t i = 0; i < STEPS; i++)
		own->did[i] = own->did[i] || strstr(steps[i].kinds, word) != NULL;
}

/* A card that belongs to nobody: what its QR says, and the same for a tablet without a scanner. */
static void show_card(struct pool *pool, struct view *view)
{
	const char *name = text_get("practice.name.8"), *address = text_get("practice.address");
	const char *card = pool_printf(pool, "000185000008||%s|08031985|%s|%s|01012022", name,
			text_get("practice.woman"), address);

	view_set(view, "card_name", name);
	view_set(view, "card", card);
	view_svg(view, "card_qr", show_qr_svg(pool, card));
}

enum rc page_first_dossier(struct web *web, struct request *request, struct response *response)
{
	struct own own = { .account = request->session->account.id };
	struct view *view;
	size_t done = 0;
	bool current = false;
	enum rc rc;

	if (web->settings->mode != MODE_REHEARSAL)
		return RC_NOT_FOUND;
	view = view_new(request->pool);
	rc = director_acts(web->store, LOOKED_AT, seen, &own);
	for (size_t i = 0; rc == RC_OK && i < STEPS; i++) {
		struct view *item = view_item(view, "steps");

		view_set(item, "step", text_get(pool_printf(request->pool, "first_dossier.%s", steps[i].key)));
		view_set(item, "hint", text_get(pool_printf(request->pool, "first_dossier.%s.hint",
				steps[i].key)));
		view_flag(item, "did", own.did[i]);
		view_flag(item, "now", !own.did[i] && !current);
		current = current || !own.did[i];
		done += own.did[i];
	}
	show_card(request->pool, view);
	view_flag(view, "complete", done == STEPS);
	view_flag(view, "begun", own.did[0]);
	view_set(view, "title", text_get("first_dossier.title"));
	return rc == RC_OK ? web_page(web, request, response, "intake/first_dossier", view) : rc;
}
