/*
 * kind_note.c: bodies of notes and requests on a dossier, and of the events of books, shifts and
 * the station.
 */
#include "dossier/kind_fields.h"

#define REASON REQ_P("reason", 's')

const struct kind_field kind_fields_code_issued[] = {
	REQ("code", 's'), REQ("agency", 's'), REQ("sequence", 'i'), OPT("issued_at", 'i'), END
};
const struct kind_field kind_fields_code_external[] = { REQ("system", 's'), REQ("code", 's'), END };
const struct kind_field kind_fields_manifest_complete[] = {
	REQ("version", 'i'), REQ("files", 'i'), OPT("bytes", 'i'), REQ("complete_at", 'i'), END
};
const struct kind_field kind_fields_fee_collected[] = {
	REQ_IN("fees", 'a', kind_part_fee), REQ("total", 'i'),
	REQ_OF("method", "cash|transfer|online|exempt"), OPT_IN("receipt", 'o', kind_part_receipt),
	OPT_P("payer", 's'), OPT_P("payer_address", 's'), OPT("payer_tax_code", 's'),
	OPT("collector_unit", 's'), OPT("exempt", 's'), REQ("collected_at", 'i'),
	OPT("transaction", 's'), OPT_IN("collector", 'o', kind_part_collector), END
};
const struct kind_field kind_fields_fee_cancelled[] = {
	REQ("collected", 'e'), REASON, OPT("approver", 's'), OPT("amount", 'i'),
	OPT_OF("method", "cash|transfer"), END
};
const struct kind_field kind_fields_fee_refunded[] = {
	REQ("collected", 'e'), REQ("amount", 'i'), REASON, OPT("approver", 's'),
	OPT_OF("method", "cash|transfer"), END
};
const struct kind_field kind_fields_receipt_cancelled[] = {
	REQ_IN("receipt", 'o', kind_part_receipt), REASON, OPT("collected", 'e'), END
};
const struct kind_field kind_fields_slip_printed[] = {
	REQ("slip_no", 'i'), OPT("copy", 'i'), OPT_OF("paper", "a4|a5|80mm"), END
};
const struct kind_field kind_fields_slip_handwritten[] = { REQ("slip_no", 'i'), END };
const struct kind_field kind_fields_slip_replaced[] = {
	REQ_IN("slip", 'o', kind_part_slip), OPT("old_no", 'i'), REASON, OPT("pledge", 'b'), END
};
const struct kind_field kind_fields_paper_printed[] = {
	REQ_OF("paper", "supplement|refusal|apology|stop|control|register|receipt|handover|pledge|"
			"return|guide|list|process|many|minutes"),
	OPT("number", 's'), OPT("copy", 'i'), OPT("handwritten", 'b'), END
};
const struct kind_field kind_fields_question_asked[] = {
	REQ_P("text", 's'), OPT("to_account", 's'), OPT_OF("to", "counter|specialist|center"), END
};
const struct kind_field kind_fields_question_answered[] = {
	REQ("question", 'e'), REQ_P("text", 's'), END
};
const struct kind_field kind_fields_request_made[] = {
	REQ_OF("act", "recall|withdraw|stop|void|amend|extend|replace_file|due_change|hand_back"),
	REASON, OPT_P("details", 'o'), END
};
const struct kind_field kind_fields_request_answered[] = {
	REQ("request", 'e'), REQ("granted", 'b'), OPT_P("reason", 's'), END
};
const struct kind_field kind_fields_place_noted[] = {
	REQ("place", 's'), OPT("account", 's'), OPT("at", 'i'), END
};
const struct kind_field kind_fields_call_noted[] = {
	REQ_OF("outcome", "called|no_answer|appointment|wrong_number|message"),
	OPT("appointment_at", 'i'), OPT_P("text", 's'), END
};
const struct kind_field kind_fields_note_added[] = { REQ_P("text", 's'), END };
const struct kind_field kind_fields_draft_proposed[] = {
	REQ_OF("act", "dossier.refused|dossier.supplement_requested|dossier.extended|dossier.voided|"
			"dossier.due_adjusted|dossier.stopped|dossier.withdrawn|dossier.amended"),
	REQ_P("body", 'o'), OPT("approver", 's'), OPT_P("reason", 's'), END
};
const struct kind_field kind_fields_draft_decided[] = {
	REQ("proposal", 'e'), REQ("approved", 'b'), OPT_P("reason", 's'), END
};
const struct kind_field kind_fields_handover_given[] = {
	REQ("list", 's'), REQ("to", 's'), OPT("from", 's'),
	OPT_OF("what", "dossier|result|paper|originals"), OPT("carrier", 's'), OPT("tracking", 's'),
	OPT("postage", 'i'), OPT("answer_by", 'i'), END
};
const struct kind_field kind_fields_handover_received[] = {
	REQ("list", 's'), OPT("given", 'e'), OPT("from", 's'), OPT_P("missing", 's'), END
};
const struct kind_field kind_fields_post_delivered[] = {
	OPT("tracking", 's'), REQ("delivered", 'b'), REQ("at", 'i'), OPT_P("reason", 's'), END
};
const struct kind_field kind_fields_originals[] = {
	REQ_IN("items", 'a', kind_part_original), OPT_IN_P("receiver", 'o', kind_part_receiver), END
};
const struct kind_field kind_fields_rating_given[] = {
	REQ_OF("level", "very|satisfied|unsatisfied|skipped"), OPT("answers", 'l'), OPT_P("text", 's'),
	OPT("device", 's'), END
};
const struct kind_field kind_fields_time_corrected[] = {
	REQ("event", 'e'), REQ("wall_ms", 'i'), OPT("bound_ms", 'i'), OPT("reason", 's'), END
};
const struct kind_field kind_fields_access_justified[] = { REASON, END };

const struct kind_field kind_fields_book_opened[] = {
	REQ("symbol", 's'), REQ("book_no", 's'), REQ("year", 'i'),
	REQ_OF("kind", "copy|signature|translator|transaction|receipt|dossier"),
	REQ_OF("medium", "paper|electronic"), REQ("first", 'i'), OPT("last", 'i'), OPT("serial", 's'),
	OPT("form", 's'), OPT_IN("collector", 'o', kind_part_collector), END
};
static const struct kind_field book_item[] = {
	REQ("name", 's'), OPT("pages", 'i'), OPT("copies", 'i'), OPT("electronic", 'b'),
	OPT("amount", 'i'), END
};
const struct kind_field kind_fields_book_numbered[] = {
	REQ("number", 'i'), REQ("dossier", 'e'), OPT_P("requester", 's'), OPT_P("requester_number", 's'),
	REQ_IN_P("item", 'o', book_item), REQ("signer_name", 's'), OPT("signer_title", 's'),
	REQ("signed_at", 'i'), END
};
const struct kind_field kind_fields_book_spoiled[] = {
	REQ("number", 'i'), REASON, OPT("dossier", 'e'), END
};
const struct kind_field kind_fields_book_continued[] = {
	REQ("last", 'i'), REQ("next_book_no", 's'), END
};
const struct kind_field kind_fields_book_closed[] = {
	REQ("last", 'i'), REQ("total", 'i'), REQ("closed_at", 'i'), OPT("signer_name", 's'),
	OPT("signer_title", 's'), END
};
const struct kind_field kind_fields_book_block_taken[] = {
	REQ("first", 'i'), REQ("last", 'i'), REQ("from_board", 's'), OPT("to_board", 's'),
	OPT("returned", 'b'), END
};
const struct kind_field kind_fields_shift_opened[] = {
	REQ("counter", 's'), REQ("account", 's'), OPT("cash", 'i'), END
};
const struct kind_field kind_fields_shift_paused[] = {
	OPT("until", 'i'), OPT("reason", 's'), OPT("counter", 's'), END
};
const struct kind_field kind_fields_shift_resumed[] = { OPT("counter", 's'), END };
const struct kind_field kind_fields_shift_closed[] = {
	REQ("cash", 'i'), OPT("transfer", 'i'), OPT("receipts_used", 'i'), OPT("receipts_cancelled", 'l'),
	OPT("open_dossiers", 'i'), OPT("drafts", 'i'), OPT("originals", 'i'), OPT("successor", 's'),
	OPT("expected", 'i'), END
};

const struct kind_field kind_fields_station_opened[] = {
	REQ("board", 's'), OPT("commune", 's'), OPT("point", 's'), REQ_OF("mode", "live|rehearsal"),
	OPT("program", 's'), OPT("catalogue", 's'), OPT("calendar", 's'), END
};
const struct kind_field kind_fields_station_prepared[] = {
	REQ_OF("item", "names|hours|people|signers|procedures|books|print|live"), OPT("done", 'b'),
	OPT("from", 'i'), END
};
const struct kind_field kind_fields_epoch_opened[] = {
	REQ("epoch", 'i'), REQ("reason", 's'), OPT("seq", 'i'), OPT("hash", 'h'), END
};
const struct kind_field kind_fields_body_erased[] = {
	REQ_OF("author", "board|center"), REQ("seq", 'i'), REQ("hash", 'h'), REQ("ground", 's'),
	OPT("approver", 's'), OPT("number", 's'), OPT("kept", 'o'), END
};
const struct kind_field kind_fields_account_changed[] = {
	REQ("account", 's'), REQ_OF("change", "added|changed|locked|unlocked|password|ended|reset"),
	OPT("roles", 'l'), OPT("substitute", 's'), OPT("from", 'i'), OPT("until", 'i'), END
};
const struct kind_field kind_fields_signer_changed[] = {
	REQ("name", 's'), REQ("title", 's'), OPT("account", 's'), OPT("from", 'i'), OPT("until", 'i'), END
};
const struct kind_field kind_fields_version_changed[] = {
	REQ("version", 's'), OPT("sha256", 'h'), OPT("before", 's'), END
};
const struct kind_field kind_fields_copy_verified[] = {
	REQ("copy", 's'), REQ("seq", 'i'), REQ("hash", 'h'), REQ("verified_at", 'i'),
	OPT("taken_at", 'i'), OPT("contents", 'i'), END
};
const struct kind_field kind_fields_clock_corrected[] = {
	REQ("before_ms", 'i'), REQ("after_ms", 'i'),
	REQ_OF("source", "unknown|floor|rtc|ntp|signed|manual"), OPT("bound_ms", 'i'), END
};
const struct kind_field kind_fields_fork_recorded[] = {
	REQ("epoch", 'i'), REQ("seq", 'i'), REQ("kept", 'h'), REQ("branch", 'h'),
	OPT("last", 'i'), END
};
const struct kind_field kind_fields_board_fenced[] = {
	REASON, REQ("epoch", 'i'), OPT("seq", 'i'), OPT("hash", 'h'), OPT("approver", 's'), END
};
const struct kind_field kind_fields_day_closed[] = {
	REQ("day", 's'), REQ("number", 'i'), REQ("head_seq", 'i'), REQ("head_hash", 'h'),
	OPT("center_seq", 'i'), OPT("before_seq", 'i'), OPT("before_hash", 'h'), OPT("before_center", 'i'),
	OPT("received", 'i'), OPT("taken_over", 'i'), OPT("brought", 'i'), OPT("refused", 'i'),
	OPT("forwarded", 'i'), OPT("handed_over", 'i'), OPT("finished", 'i'), OPT("finished_late", 'i'),
	OPT("returned", 'i'), OPT("ended", 'i'), OPT("voided", 'i'), OPT("certified", 'i'),
	OPT("spoiled", 'i'), OPT("tickets", 'i'), OPT("cash", 'i'), OPT("transfer", 'i'), OPT("online", 'i'),
	OPT("cancelled", 'i'), OPT("refunded", 'i'), OPT("receipts", 'i'), OPT("receipts_cancelled", 'i'),
	OPT("overdue", 'i'), OPT("drafts", 'i'), OPT("originals", 'i'), OPT("unsent", 'i'),
	END
};
const struct kind_field kind_fields_ticket_issued[] = {
	REQ("number", 's'), OPT("queue", 's'), OPT_OF("priority", "none|elderly|disabled|pregnant|merit"),
	END
};
const struct kind_field kind_fields_ticket_called[] = {
	REQ("number", 's'), REQ("counter", 's'), OPT_OF("outcome", "called|again|absent|moved|done"), END
};
const struct kind_field kind_fields_queue_changed[] = {
	REQ("queues", 'l'), OPT_IN("counters", 'a', kind_part_counter), OPT("priority_run", 'i'), END
};
const struct kind_field kind_fields_intake_guided[] = {
	REQ("draft", 'e'), OPT_IN("procedure", 'o', kind_part_procedure), OPT("number", 's'),
	OPT_IN_P("applicant", 'o', kind_part_applicant), OPT_IN_P("items", 'a', kind_part_supplement),
	OPT_P("reason", 's'), END
};
const struct kind_field kind_fields_intake_printed[] = {
	REQ_OF("paper", "supplement|guide"), OPT("copy", 'i'), OPT("handwritten", 'b'), END
};
const struct kind_field kind_fields_draft_moved[] = {
	REQ("draft", 'e'), REQ("from_account", 's'), END
};
const struct kind_field kind_fields_feedback_received[] = {
	REQ("number", 's'), REQ_P("text", 's'), OPT_P("from", 's'), OPT_P("phone", 's'),
	REQ("answer_by", 'i'), END
};
const struct kind_field kind_fields_feedback_answered[] = {
	REQ("feedback", 'e'), REQ_P("text", 's'), END
};
