/*
 * kind_state.c: bodies of the events that change a dossier's state; only its holder writes them.
 */
#include "dossier/kind_fields.h"

#define PROCEDURE REQ_IN("procedure", 'o', kind_part_procedure)
#define APPLICANT REQ_IN_P("applicant", 'o', kind_part_applicant)
#define DUE REQ_IN("due", 'o', kind_part_due)
#define OPT_DUE OPT_IN("due", 'o', kind_part_due)
#define OPT_SLIP OPT_IN("slip", 'o', kind_part_slip)
#define OPT_MANIFEST OPT_IN("manifest", 'o', kind_part_manifest)
#define OPT_COMPONENTS OPT_IN("components", 'a', kind_part_component)
#define FEES OPT_IN("fees", 'a', kind_part_fee)
#define REASON REQ_P("reason", 's')
#define CHANNEL REQ_OF("channel", "counter|post|outside")
#define SIGNER OPT("signer", 's'), OPT("signer_name", 's'), OPT("signer_title", 's')

/* What every taken-in dossier has. */
#define INTAKE REQ("code", 's'), PROCEDURE, APPLICANT, \
	OPT_IN_P("submitter", 'o', kind_part_submitter), OPT_IN_P("persons", 'a', kind_part_person), \
	CHANNEL, OPT("postmarked_at", 'i'), OPT("tracking", 's'), OPT("outside_place", 's'), \
	OPT_P("content", 's'), REQ("received_at", 'i'), DUE, OPT_COMPONENTS, \
	REQ_IN("manifest", 'o', kind_part_manifest), FEES, \
	OPT_OF("fee_state", "none|unpaid|paid|later|exempt"), \
	OPT_IN_P("delivery", 'o', kind_part_delivery), OPT_OF("notify", "call|zalo|sms|email|none"), \
	OPT("place", 's'), OPT("counter", 's'), OPT("sets", 'i'), OPT("locality", 's'), \
	OPT("ticket", 's'), OPT("consent", 'b'), \
	OPT_OF("signature", "screen|paper|fingerprint|witness"), OPT_P("witness", 's'), \
	OPT("agreed_due", 'b'), OPT("at_once", 'b'), OPT_SLIP

const struct kind_field kind_fields_accepted[] = { INTAKE, END };
const struct kind_field kind_fields_late_entered[] = {
	INTAKE, REQ("paper_no", 's'), REQ("entered_at", 'i'), REASON, REQ("second", 's'), END
};
const struct kind_field kind_fields_taken_over[] = {
	REQ("code", 's'), PROCEDURE, APPLICANT, REQ("old_code", 's'), OPT("old_agency", 's'),
	REQ("received_at", 'i'), DUE, OPT_IN_P("submitter", 'o', kind_part_submitter), OPT_P("content", 's'), OPT("place", 's'),
	OPT("import", 's'), OPT_COMPONENTS, OPT_MANIFEST, OPT_SLIP, END
};
const struct kind_field kind_fields_result_brought[] = {
	REQ("code", 's'), PROCEDURE, APPLICANT, REQ("from_code", 's'), REQ("from", 's'),
	REQ("received_at", 'i'), OPT_DUE, OPT_IN_P("submitter", 'o', kind_part_submitter),
	OPT_P("content", 's'), OPT("place", 's'), OPT_IN_P("delivery", 'o', kind_part_delivery),
	REQ_IN_P("results", 'a', kind_part_result), OPT_SLIP, END
};
const struct kind_field kind_fields_intake_refused[] = {
	REQ("code", 's'), PROCEDURE, APPLICANT, OPT_IN_P("submitter", 'o', kind_part_submitter),
	OPT_P("content", 's'), REQ("received_at", 'i'), REASON, OPT("number", 's'), CHANNEL,
	OPT_COMPONENTS, OPT("counter", 's'), END
};
const struct kind_field kind_fields_forwarded[] = {
	REQ("to_unit", 's'), OPT("to_account", 's'), OPT("internal_due_at", 'i'), OPT("paper", 'b'),
	OPT("list", 's'), END
};
const struct kind_field kind_fields_recalled[] = { OPT_P("reason", 's'), END };
const struct kind_field kind_fields_sent_back[] = { REASON, OPT("paper", 'b'), END };
const struct kind_field kind_fields_returned_to_previous[] = { REASON, END };
const struct kind_field kind_fields_taken[] = {
	OPT("unit", 's'), OPT("account", 's'), OPT("paper", 'b'), END
};
const struct kind_field kind_fields_reassigned[] = {
	REQ("to_account", 's'), OPT("to_unit", 's'), OPT("from_account", 's'), OPT_P("reason", 's'), END
};
const struct kind_field kind_fields_sent_to_sign[] = {
	REQ("signer", 's'), OPT("signer_name", 's'), OPT("signer_title", 's'), OPT_P("summary", 's'),
	OPT_IN_P("results", 'a', kind_part_result), END
};
const struct kind_field kind_fields_signed[] = {
	SIGNER, REQ("signed_at", 'i'), OPT("number", 's'), OPT("on_paper", 'b'), END
};
const struct kind_field kind_fields_sign_refused[] = { REASON, END };
const struct kind_field kind_fields_finished[] = {
	REQ_IN_P("results", 'a', kind_part_result), REQ("decided_at", 'i'), OPT("place", 's'), END
};
const struct kind_field kind_fields_handed_over[] = {
	REQ("unit", 's'), OPT("agency", 's'), OPT("list", 's'), OPT("paper", 'b'),
	OPT("internal_due_at", 'i'), END
};
const struct kind_field kind_fields_handed_back[] = {
	OPT_P("reason", 's'), OPT("list", 's'), OPT("paper", 'b'), END
};
const struct kind_field kind_fields_supplement_requested[] = {
	REQ_IN_P("items", 'a', kind_part_supplement), REASON, REQ("requested_at", 'i'),
	OPT("answer_by", 'i'), OPT("number", 's'), OPT("proposal", 'e'), OPT("part", 'e'), END
};
const struct kind_field kind_fields_supplement_received[] = {
	REQ("received_at", 'i'), OPT_IN_P("items", 'a', kind_part_supplement), OPT_DUE,
	OPT_COMPONENTS, OPT_MANIFEST, OPT_SLIP, END
};
const struct kind_field kind_fields_payment_requested[] = {
	REQ_IN("fees", 'a', kind_part_fee), REQ("requested_at", 'i'), OPT_P("reason", 's'),
	OPT("answer_by", 'i'), OPT("number", 's'), END
};
const struct kind_field kind_fields_payment_met[] = {
	REQ("paid_at", 'i'), OPT("amount", 'i'), OPT_IN("receipt", 'o', kind_part_receipt), OPT_DUE,
	OPT_SLIP, END
};
const struct kind_field kind_fields_extended[] = {
	DUE, OPT_IN("before", 'o', kind_part_due), REASON, OPT("number", 's'), OPT("late_unit", 's'),
	SIGNER, OPT("place", 's'), OPT("allowed", 'i'), OPT("proposal", 'e'), END
};
const struct kind_field kind_fields_withdrawn[] = {
	REASON, OPT_P("asked_by", 's'), OPT("asked_at", 'i'), OPT("slip_taken", 'b'),
	OPT("proposal", 'e'), END
};
const struct kind_field kind_fields_stopped[] = {
	REASON, OPT("number", 's'), SIGNER, OPT("proposal", 'e'), END
};
const struct kind_field kind_fields_refused[] = {
	REASON, OPT("number", 's'), SIGNER, OPT("decided_at", 'i'), OPT("proposal", 'e'),
	OPT_IN_P("results", 'a', kind_part_result), END
};
#define HAND_OUT REQ("returned_at", 'i'), REQ_IN_P("receiver", 'o', kind_part_receiver), \
	OPT_OF("way", "counter|point|post|electronic"), \
	OPT_OF("proof", "slip|card|authorisation|pledge|referral"), \
	OPT_OF("signature", "screen|paper|fingerprint|witness"), OPT_P("witness", 's'), \
	OPT_P("ink", 's'), OPT("slip_taken", 'b'), OPT("originals_returned", 'b'), OPT("tracking", 's'), \
	OPT("point", 's')

const struct kind_field kind_fields_result_returned[] = { HAND_OUT, END };
const struct kind_field kind_fields_part_returned[] = { HAND_OUT, REQ("results", 'l'), END };
const struct kind_field kind_fields_result_recalled[] = { REASON, OPT("approver", 's'), END };
const struct kind_field kind_fields_amended[] = {
	REQ_IN_P("set", 'o', kind_part_amendable), OPT_IN_P("before", 'o', kind_part_amendable),
	REASON, OPT("second", 's'), OPT_SLIP, END
};
const struct kind_field kind_fields_voided[] = {
	REASON, REQ("approver", 's'), OPT("slip_taken", 'b'), OPT("receipts_cancelled", 'l'),
	OPT("proposal", 'e'), END
};
const struct kind_field kind_fields_procedure_changed[] = {
	PROCEDURE, DUE, OPT_COMPONENTS, FEES, OPT_MANIFEST, OPT_P("content", 's'), REASON, OPT_SLIP, END
};
const struct kind_field kind_fields_manifest_changed[] = {
	REQ_IN_P("manifest", 'o', kind_part_manifest), OPT_COMPONENTS, OPT_P("reason", 's'), END
};
const struct kind_field kind_fields_file_replaced[] = {
	REQ_IN_P("manifest", 'o', kind_part_manifest), REQ("component", 's'), REQ("old", 'h'),
	OPT("new", 'h'), OPT("to_component", 's'), REASON, OPT_COMPONENTS, END
};
const struct kind_field kind_fields_due_adjusted[] = {
	DUE, OPT_IN("before", 'o', kind_part_due), REASON, REQ("approver", 's'), OPT_SLIP,
	OPT("proposal", 'e'), END
};
const struct kind_field kind_fields_seized[] = {
	REASON, REQ("epoch", 'i'), OPT("seq", 'i'), OPT("hash", 'h'), END
};
const struct kind_field kind_fields_linked[] = {
	REQ_OF("role", "parent|part"), REQ("bundle", 's'), OPT("parent", 'e'),
	OPT_IN("parts", 'a', kind_part_linked), END
};
