/*
 * rule.c: which event may follow, and what the dossier is after it (DOMAIN §1.3, one holder).
 */
#include <string.h>

#include "dossier/kind.h"

#define EXTENSIONS_BY_DEFAULT 1	/* TT 03/2025 form 04: once */

static bool is_kind(const struct kind *kind, const char *name)
{
	return strcmp(kind->name, name) == 0;
}

/* Why this state kind may not follow in this state. */
static const char *state_reason(const struct dossier_facts *facts, const struct kind *kind)
{
	if (kind_is_first(kind))
		return "rule.exists";
	if (facts->state == STATE_NONE)
		return "rule.none";
	if (state_is_closed(facts->state))
		return "rule.closed";
	return "rule.state";
}

/* Rules beyond state and holder; NULL: none stands against it. */
static const char *special_reason(const struct dossier_facts *facts, const struct kind *kind,
		enum event_author author, const json_t *body)
{
	if (is_kind(kind, "dossier.voided") && facts->taken_by_next)
		return "rule.taken";
	if (is_kind(kind, "dossier.recalled") && author == AUTHOR_CENTER && !facts->taken_by_next)
		return "rule.state";
	/* An erased body was checked when it was written. */
	if (is_kind(kind, "dossier.extended") && body
			&& facts->extensions >= json_int(body, "allowed", EXTENSIONS_BY_DEFAULT))
		return "rule.extended";
	return NULL;
}

enum rc rule_check(const struct dossier_facts *facts, const struct kind *kind,
		enum event_author author, const json_t *body, const char **reason)
{
	enum holder side = author == AUTHOR_CENTER ? HOLDER_CENTER : HOLDER_BOARD;

	*reason = NULL;
	if (!(kind->by & (author == AUTHOR_CENTER ? BY_CENTER : BY_BOARD)))
		*reason = "rule.author";
	else if (kind->class == KIND_OTHER)
		;
	else if (kind->class == KIND_NOTE)
		*reason = facts->state == STATE_NONE ? "rule.none" : NULL;
	else if (!(kind->from & STATE_BIT(facts->state)))
		*reason = state_reason(facts, kind);
	else if (is_kind(kind, "dossier.seized"))
		/* The one event by which a side that does not hold the dossier takes it. */
		*reason = facts->holder == HOLDER_CENTER ? "rule.holder" : NULL;
	else if (!kind_is_first(kind) && facts->holder != side)
		*reason = "rule.holder";
	else
		*reason = special_reason(facts, kind, author, body);
	return *reason ? RC_CONFLICT : RC_OK;
}

static enum dossier_state previous_state(enum dossier_state state)
{
	switch (state) {
	case STATE_PROCESSING:
		return STATE_FORWARDED;
	case STATE_SIGNED:
		return STATE_SIGNING;
	default:
		return STATE_PROCESSING;	/* from SIGNING, RESULT */
	}
}

static enum dossier_state computed_state(const struct dossier_facts *facts,
		const struct kind *kind)
{
	if (is_kind(kind, "dossier.recalled"))
		return facts->taken_by_next ? STATE_PROCESSING : STATE_ACCEPTED;
	if (is_kind(kind, "dossier.returned_to_previous"))
		return previous_state(facts->state);
	/* Supplement and payment go on where they stopped. */
	return facts->resume_state == STATE_NONE ? STATE_PROCESSING : facts->resume_state;
}

void rule_apply(struct dossier_facts *facts, const struct kind *kind)
{
	enum dossier_state before = facts->state;

	if (kind->class != KIND_STATE)
		return;
	if (kind_is_first(kind))
		memset(facts, 0, sizeof(*facts));
	if (kind->to >= 0)
		facts->state = (enum dossier_state)kind->to;
	else if (kind->to == -2)
		facts->state = computed_state(facts, kind);
	if (kind->passes_to >= 0)
		facts->holder = (enum holder)kind->passes_to;

	if (facts->state == STATE_SUPPLEMENT || facts->state == STATE_PAYMENT) {
		if (before != facts->state)
			facts->resume_state = before;
	} else {
		facts->resume_state = STATE_NONE;
	}
	if (facts->state == STATE_RESULT)
		facts->has_result = true;
	else if (before == STATE_RESULT && facts->state != STATE_RETURNED)
		facts->has_result = false;
	/* Straight from the counter to the signature (chứng thực) nobody has taken it yet. */
	if (facts->state == STATE_PROCESSING)
		facts->taken_by_next = true;
	else if (facts->state == STATE_ACCEPTED)
		facts->taken_by_next = false;

	if (is_kind(kind, "dossier.extended"))
		facts->extensions++;
	if (is_kind(kind, "dossier.result_returned") || is_kind(kind, "dossier.part_returned"))
		facts->returns++;
	if (is_kind(kind, "dossier.result_recalled") && facts->returns > 0)
		facts->returns--;
}
