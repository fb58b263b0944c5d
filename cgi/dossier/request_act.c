/*
 * request_act.c: see request_act.h.
 */
#include "dossier/request_act.h"

#include <string.h>

/*
 * What only the board may write (dossier.voided) or what needs a paper in its hands (another scan)
 * is granted by sending the dossier back: the point then does it itself, with its own second person.
 */
const struct request_act request_act_table[] = {
	{ "recall", "dossier.sent_back", true, false },
	{ "hand_back", "dossier.sent_back", true, false },
	{ "withdraw", "dossier.withdrawn", true, false },
	{ "stop", "dossier.stopped", true, false },
	{ "void", "dossier.sent_back", true, false },
	{ "replace_file", "dossier.sent_back", true, false },
	{ "due_change", "dossier.due_adjusted", false, true },
	{ "extend", "dossier.extended", false, true },
	{ "amend", "dossier.amended", false, false },
};
const size_t request_act_count = sizeof(request_act_table) / sizeof(request_act_table[0]);

const struct request_act *request_act_find(const char *act)
{
	size_t i;

	for (i = 0; i < request_act_count; i++) {
		if (strcmp(request_act_table[i].act, act) == 0)
			return &request_act_table[i];
	}
	return NULL;
}

bool request_act_possible(const struct request_act *of, const struct dossier_facts *facts)
{
	const char *reason;

	/* Until somebody has taken it, it is called back; then it is asked for. */
	if (strcmp(of->act, "recall") == 0 && facts->state != STATE_FORWARDED)
		return false;
	if (strcmp(of->act, "hand_back") == 0 && facts->state == STATE_FORWARDED)
		return false;
	return facts->holder == HOLDER_CENTER && rule_check(facts, kind_find(of->kind, 1),
			AUTHOR_CENTER, NULL, &reason) == RC_OK;
}
