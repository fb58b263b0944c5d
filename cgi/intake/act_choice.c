/*
 * act_choice.c: which acts a dossier's state, its level and a person's roles allow now, and which
 * of them is the one big button. Pure: facts in, rows of a table out.
 */
#include <string.h>

#include "intake/intake.h"
#include "store/account.h"

#define ANY_LEVEL (-1)

/* In the order of a dossier's way. */
static const struct act_choice choices[] = {
	{ "forward", "/chuyen", false, ROLE_INTAKE | ROLE_MANAGER, LEVEL_COMMUNE,
	  "dossier.forwarded" },
	{ "hand_over", "/chuyen-tinh", false, ROLE_INTAKE | ROLE_MANAGER, LEVEL_PROVINCE,
	  "dossier.handed_over" },
	{ "take", "/nhan-xu-ly", true, ROLE_SPECIALIST, LEVEL_COMMUNE, "dossier.taken" },
	{ "to_sign", "/trinh-ky", false, ROLE_SPECIALIST, LEVEL_COMMUNE, "dossier.sent_to_sign" },
	{ "sign", "/ky", false, ROLE_SIGNER, LEVEL_COMMUNE, "dossier.signed" },
	{ "finish", "/ket-qua", false, ROLE_SPECIALIST | ROLE_CLERK_SEAL, LEVEL_COMMUNE,
	  "dossier.finished" },
	{ "supplement_in", "/nhan-bo-sung", false, ROLE_INTAKE | ROLE_MANAGER, ANY_LEVEL,
	  "dossier.supplement_received" },
	{ "return", "/tra", false, ROLE_INTAKE | ROLE_RETURNER, ANY_LEVEL, "dossier.result_returned" },
	{ "pay", "/thu-tien", false, ROLE_CASHIER | ROLE_INTAKE, ANY_LEVEL, "dossier.payment_met" },
	{ "note", "/ghi-chu", false, ROLES_STAFF, ANY_LEVEL, "note.added" },
	/* Corrections: after the note, so that none of them is ever the one big button. */
	{ "scan", "/quet", false, ROLES_PREPARE, ANY_LEVEL, "dossier.manifest_changed" },
	{ "replace", "/thay-tep", false, ROLE_INTAKE | ROLE_SCANNER | ROLE_MANAGER, ANY_LEVEL,
	  "dossier.file_replaced" },
	{ "call", "/goi", false, ROLE_INTAKE | ROLE_RETURNER | ROLE_MANAGER, ANY_LEVEL, "call.noted" },
	{ "question", "/cau-hoi", false, ROLES_STAFF, ANY_LEVEL, "question.asked" },
	{ "request", "/yeu-cau", false, ROLES_ASK, ANY_LEVEL, "request.made" },
	{ "place", "/noi-de", false, ROLES_STAFF, ANY_LEVEL, "place.noted" },
	{ "originals", "/ban-goc", false, ROLE_INTAKE | ROLE_RETURNER | ROLE_MANAGER, ANY_LEVEL,
	  "originals.kept" },
	{ "propose", "/de-xuat", false, ROLE_INTAKE | ROLE_SPECIALIST, ANY_LEVEL, "draft.proposed" },
	{ "supplement", "/bo-sung", false, ROLE_MANAGER | ROLE_SIGNER | ROLE_APPROVER, ANY_LEVEL,
	  "dossier.supplement_requested" },
	{ "refuse", "/tu-choi", false, ROLE_MANAGER | ROLE_SIGNER | ROLE_APPROVER, ANY_LEVEL,
	  "dossier.refused" },
	{ "amend", "/sua", false, ROLE_INTAKE | ROLE_MANAGER, ANY_LEVEL, "dossier.amended" },
	{ "lost_slip", "/mat-giay-hen", false, ROLE_INTAKE | ROLE_RETURNER, ANY_LEVEL,
	  "slip.replaced" },
	{ "due", "/ngay-hen", false, ROLE_MANAGER, ANY_LEVEL, "dossier.due_adjusted" },
	{ "extend", "/gia-han", false, ROLE_SPECIALIST | ROLE_MANAGER, ANY_LEVEL, "dossier.extended" },
	{ "recall", "/thu-hoi", false, ROLE_INTAKE | ROLE_MANAGER, ANY_LEVEL, "dossier.recalled" },
	{ "send_back", "/tra-lai", false, ROLE_SPECIALIST, ANY_LEVEL, "dossier.sent_back" },
	{ "previous", "/lui-buoc", false, ROLE_SPECIALIST | ROLE_SIGNER | ROLE_CLERK_SEAL | ROLE_MANAGER,
	  ANY_LEVEL, "dossier.returned_to_previous" },
	{ "change", "/doi-thu-tuc", false, ROLE_INTAKE | ROLE_MANAGER, ANY_LEVEL,
	  "dossier.procedure_changed" },
	{ "recall_result", "/thu-hoi-ket-qua", false, ROLE_INTAKE | ROLE_RETURNER | ROLE_MANAGER,
	  ANY_LEVEL, "dossier.result_recalled" },
	{ "external", "/ma-khac", false, ROLE_INTAKE | ROLE_MANAGER, ANY_LEVEL, "code.external" },
	{ "withdraw", "/rut", false, ROLE_INTAKE | ROLE_MANAGER, ANY_LEVEL, "dossier.withdrawn" },
	{ "stop", "/dung", false, ROLE_SPECIALIST | ROLE_MANAGER, ANY_LEVEL, "dossier.stopped" },
	{ "pay_ask", "/yeu-cau-nop", false, ROLE_INTAKE | ROLE_SPECIALIST | ROLE_MANAGER, ANY_LEVEL,
	  "dossier.payment_requested" },
	/* Offered on the page of the request, not in the list: no role. */
	{ "request_amend", "/yeu-cau/sua", false, 0, ANY_LEVEL, "request.made" },
	/* Offered where the old slip's change is shown, not in the list: no role. */
	{ "renew_slip", "/giay-hen-moi", false, 0, ANY_LEVEL, "slip.replaced" },
	/* Offered beside each collection, not in the list: no role. */
	{ "pay_cancel", "/huy-thu", false, 0, ANY_LEVEL, "fee.cancelled" },
	{ "pay_refund", "/hoan-phi", false, 0, ANY_LEVEL, "fee.refunded" },
	{ "erase", "/xoa-du-lieu", false, ROLE_MANAGER, ANY_LEVEL, "body.erased" },
	{ "void", "/huy", false, ROLE_INTAKE | ROLE_MANAGER, ANY_LEVEL, "dossier.voided" },
};
#define CHOICES (sizeof(choices) / sizeof(choices[0]))

const struct act_choice *act_choice_find(const char *key)
{
	for (size_t i = 0; i < CHOICES; i++)
		if (strcmp(choices[i].key, key) == 0)
			return &choices[i];
	return NULL;
}

/* Notes may always be written; these have no purpose once all is over. */
static bool ends_with_dossier(const struct act_choice *choice)
{
	return strcmp(choice->key, "call") == 0 || strcmp(choice->key, "lost_slip") == 0 ||
			strcmp(choice->key, "external") == 0 || strcmp(choice->key, "question") == 0 ||
			strcmp(choice->key, "propose") == 0 || strcmp(choice->key, "originals") == 0;
}

static bool allowed(const struct act_choice *choice, const struct dossier_facts *facts,
		enum level level)
{
	const char *reason;

	if (state_is_closed(facts->state) && ends_with_dossier(choice))
		return false;
	/* A draft is a note and may always be written; what it proposes is done by who holds it. */
	if (strcmp(choice->key, "propose") == 0 && (facts->holder != HOLDER_BOARD ||
			facts->state == STATE_RESULT))
		return false;
	if (strcmp(choice->key, "erase") == 0 && !state_is_closed(facts->state))
		return false;
	/* Who holds it does it; the other side asks. */
	if (strncmp(choice->key, "request", 7) == 0 && (facts->holder != HOLDER_CENTER ||
			state_is_closed(facts->state)))
		return false;
	return (choice->level == ANY_LEVEL || choice->level == (int)level) &&
			rule_check(facts, kind_find(choice->kind, 1), AUTHOR_BOARD, NULL, &reason) == RC_OK;
}

static const char *next_key(enum dossier_state state, enum level level)
{
	switch (state) {
	case STATE_ACCEPTED:
		return level == LEVEL_PROVINCE ? "hand_over" : "forward";
	case STATE_FORWARDED:
		return level == LEVEL_PROVINCE ? "hand_over" : "take";
	case STATE_PROCESSING:
		return level == LEVEL_PROVINCE ? "hand_over" : "to_sign";
	case STATE_SIGNING:
		return "sign";
	case STATE_SIGNED:
		return "finish";
	case STATE_SUPPLEMENT:
		return "supplement_in";
	case STATE_PAYMENT:
		return "pay";
	case STATE_RESULT:
		return "return";
	default:
		return NULL;
	}
}

const struct act_choice *act_choice_next(const struct dossier_facts *facts, enum level level)
{
	const char *key = next_key(facts->state, level);
	const struct act_choice *choice = key != NULL ? act_choice_find(key) : NULL;

	return choice != NULL && allowed(choice, facts, level) ? choice : NULL;
}

size_t act_choice_list(const struct dossier_facts *facts, enum level level, unsigned roles,
		const struct act_choice **out, size_t max)
{
	const struct act_choice *next = act_choice_next(facts, level);
	size_t count = 0;

	if (next != NULL && (next->roles & roles) != 0 && max > 0)
		out[count++] = next;
	for (size_t i = 0; i < CHOICES && count < max; i++) {
		if (&choices[i] == next || (choices[i].roles & roles) == 0)
			continue;
		/* Going round again is not an act to offer: what is being worked on stays there. */
		if (facts->state == STATE_PROCESSING && strcmp(choices[i].key, "forward") == 0)
			continue;
		if (allowed(&choices[i], facts, level))
			out[count++] = &choices[i];
	}
	return count;
}
