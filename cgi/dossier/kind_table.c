/*
 * kind_table.c: the table of all kinds. Rows are never removed and never change meaning.
 */
#include <string.h>

#include "dossier/kind_fields.h"

#define B(s) STATE_BIT(STATE_##s)

/* Accepted and not yet decided; with a result waiting too; and everything that is not closed. */
#define COUNTER B(ACCEPTED) | B(FORWARDED)
#define DESK COUNTER | B(PROCESSING)
#define UNDECIDED DESK | B(SIGNING) | B(SUPPLEMENT) | B(PAYMENT)
#define WORKING UNDECIDED | B(SIGNED)
#define OPEN WORKING | B(RESULT)

#define BOTH (BY_BOARD | BY_CENTER)
#define SAME (-1)
#define COMPUTED (-2)
#define KEEP (-1)
#define TO_BOARD HOLDER_BOARD
#define TO_CENTER HOLDER_CENTER

#define STATE(name, by, from, to, passes, fields) \
	{ "dossier." name, 1, SUBJECT_DOSSIER, KIND_STATE, by, from, to, passes, fields }
#define NOTE(name, by, fields) \
	{ name, 1, SUBJECT_DOSSIER, KIND_NOTE, by, 0, SAME, KEEP, fields }
#define OTHER(name, subject, by, fields) \
	{ name, 1, subject, KIND_OTHER, by, 0, SAME, KEEP, fields }

const struct kind kind_table[] = {
	STATE("accepted", BY_BOARD, B(NONE), STATE_ACCEPTED, TO_BOARD, kind_fields_accepted),
	STATE("late_entered", BY_BOARD, B(NONE), STATE_ACCEPTED, TO_BOARD,
			kind_fields_late_entered),
	STATE("taken_over", BY_BOARD, B(NONE), STATE_ACCEPTED, TO_BOARD, kind_fields_taken_over),
	STATE("result_brought", BY_BOARD, B(NONE), STATE_RESULT, TO_BOARD,
			kind_fields_result_brought),
	STATE("intake_refused", BY_BOARD, B(NONE), STATE_REFUSED, TO_BOARD,
			kind_fields_intake_refused),
	STATE("forwarded", BOTH, B(ACCEPTED) | B(PROCESSING), STATE_FORWARDED, KEEP,
			kind_fields_forwarded),
	STATE("recalled", BOTH, B(FORWARDED), COMPUTED, KEEP, kind_fields_recalled),
	STATE("sent_back", BOTH, B(FORWARDED) | B(PROCESSING), STATE_ACCEPTED, KEEP,
			kind_fields_sent_back),
	STATE("returned_to_previous", BOTH, B(PROCESSING) | B(SIGNING) | B(SIGNED) | B(RESULT),
			COMPUTED, KEEP, kind_fields_returned_to_previous),
	STATE("taken", BOTH, COUNTER, STATE_PROCESSING, KEEP, kind_fields_taken),
	STATE("reassigned", BOTH, OPEN, SAME, KEEP, kind_fields_reassigned),
	STATE("sent_to_sign", BOTH, B(ACCEPTED) | B(PROCESSING), STATE_SIGNING, KEEP,
			kind_fields_sent_to_sign),
	STATE("signed", BOTH, B(SIGNING), STATE_SIGNED, KEEP, kind_fields_signed),
	STATE("sign_refused", BOTH, B(SIGNING), STATE_PROCESSING, KEEP, kind_fields_sign_refused),
	STATE("finished", BOTH, B(PROCESSING) | B(SIGNED), STATE_RESULT, KEEP,
			kind_fields_finished),
	STATE("handed_over", BY_BOARD, DESK, STATE_FORWARDED, TO_CENTER, kind_fields_handed_over),
	STATE("handed_back", BY_CENTER, B(ACCEPTED) | B(SUPPLEMENT) | B(PAYMENT) | B(RESULT)
			| B(REFUSED) | B(WITHDRAWN) | B(STOPPED), SAME, TO_BOARD,
			kind_fields_handed_back),
	STATE("supplement_requested", BOTH, DESK, STATE_SUPPLEMENT, KEEP,
			kind_fields_supplement_requested),
	STATE("supplement_received", BOTH, B(SUPPLEMENT), COMPUTED, KEEP,
			kind_fields_supplement_received),
	STATE("payment_requested", BOTH, DESK | B(SIGNED), STATE_PAYMENT, KEEP,
			kind_fields_payment_requested),
	STATE("payment_met", BOTH, B(PAYMENT), COMPUTED, KEEP, kind_fields_payment_met),
	STATE("extended", BOTH, WORKING, SAME, KEEP, kind_fields_extended),
	STATE("withdrawn", BOTH, UNDECIDED, STATE_WITHDRAWN, KEEP, kind_fields_withdrawn),
	STATE("stopped", BOTH, UNDECIDED, STATE_STOPPED, KEEP, kind_fields_stopped),
	STATE("refused", BOTH, WORKING, STATE_REFUSED, KEEP, kind_fields_refused),
	STATE("result_returned", BOTH, B(RESULT), STATE_RETURNED, KEEP,
			kind_fields_result_returned),
	STATE("part_returned", BOTH, B(RESULT), SAME, KEEP, kind_fields_part_returned),
	STATE("result_recalled", BOTH, B(RETURNED), STATE_RESULT, KEEP,
			kind_fields_result_recalled),
	STATE("amended", BOTH, OPEN, SAME, KEEP, kind_fields_amended),
	STATE("voided", BY_BOARD, COUNTER | B(SIGNING), STATE_VOIDED, KEEP, kind_fields_voided),
	STATE("procedure_changed", BY_BOARD, B(ACCEPTED), SAME, KEEP,
			kind_fields_procedure_changed),
	STATE("manifest_changed", BOTH, OPEN, SAME, KEEP, kind_fields_manifest_changed),
	STATE("file_replaced", BOTH, OPEN, SAME, KEEP, kind_fields_file_replaced),
	STATE("due_adjusted", BOTH, WORKING, SAME, KEEP, kind_fields_due_adjusted),
	STATE("seized", BY_CENTER, OPEN, SAME, TO_CENTER, kind_fields_seized),
	STATE("linked", BOTH, OPEN, SAME, KEEP, kind_fields_linked),

	NOTE("code.issued", BY_CENTER, kind_fields_code_issued),
	NOTE("code.external", BOTH, kind_fields_code_external),
	NOTE("manifest.complete", BY_CENTER, kind_fields_manifest_complete),
	NOTE("fee.collected", BOTH, kind_fields_fee_collected),
	NOTE("fee.cancelled", BOTH, kind_fields_fee_cancelled),
	NOTE("fee.refunded", BOTH, kind_fields_fee_refunded),
	NOTE("receipt.cancelled", BOTH, kind_fields_receipt_cancelled),
	NOTE("slip.printed", BY_BOARD, kind_fields_slip_printed),
	NOTE("slip.handwritten", BY_BOARD, kind_fields_slip_handwritten),
	NOTE("slip.replaced", BY_BOARD, kind_fields_slip_replaced),
	NOTE("paper.printed", BOTH, kind_fields_paper_printed),
	NOTE("question.asked", BOTH, kind_fields_question_asked),
	NOTE("question.answered", BOTH, kind_fields_question_answered),
	NOTE("request.made", BOTH, kind_fields_request_made),
	NOTE("request.answered", BOTH, kind_fields_request_answered),
	NOTE("place.noted", BOTH, kind_fields_place_noted),
	NOTE("call.noted", BOTH, kind_fields_call_noted),
	NOTE("note.added", BOTH, kind_fields_note_added),
	NOTE("draft.proposed", BOTH, kind_fields_draft_proposed),
	NOTE("draft.decided", BOTH, kind_fields_draft_decided),
	NOTE("handover.given", BOTH, kind_fields_handover_given),
	NOTE("handover.received", BOTH, kind_fields_handover_received),
	NOTE("post.delivered", BOTH, kind_fields_post_delivered),
	NOTE("originals.kept", BOTH, kind_fields_originals),
	NOTE("originals.returned", BOTH, kind_fields_originals),
	NOTE("rating.given", BOTH, kind_fields_rating_given),
	NOTE("time.corrected", BOTH, kind_fields_time_corrected),
	NOTE("access.justified", BOTH, kind_fields_access_justified),

	OTHER("book.opened", SUBJECT_BOOK, BY_BOARD, kind_fields_book_opened),
	OTHER("book.numbered", SUBJECT_BOOK, BY_BOARD, kind_fields_book_numbered),
	OTHER("book.spoiled", SUBJECT_BOOK, BY_BOARD, kind_fields_book_spoiled),
	OTHER("book.continued", SUBJECT_BOOK, BY_BOARD, kind_fields_book_continued),
	OTHER("book.closed", SUBJECT_BOOK, BY_BOARD, kind_fields_book_closed),
	OTHER("book.block_taken", SUBJECT_BOOK, BY_BOARD, kind_fields_book_block_taken),
	OTHER("shift.opened", SUBJECT_SHIFT, BY_BOARD, kind_fields_shift_opened),
	OTHER("shift.paused", SUBJECT_SHIFT, BY_BOARD, kind_fields_shift_paused),
	OTHER("shift.resumed", SUBJECT_SHIFT, BY_BOARD, kind_fields_shift_resumed),
	OTHER("shift.closed", SUBJECT_SHIFT, BY_BOARD, kind_fields_shift_closed),
	OTHER("station.opened", SUBJECT_STATION, BOTH, kind_fields_station_opened),
	OTHER("station.prepared", SUBJECT_STATION, BY_BOARD, kind_fields_station_prepared),
	OTHER("epoch.opened", SUBJECT_STATION, BOTH, kind_fields_epoch_opened),
	OTHER("body.erased", SUBJECT_STATION, BOTH, kind_fields_body_erased),
	OTHER("account.changed", SUBJECT_STATION, BOTH, kind_fields_account_changed),
	OTHER("signer.changed", SUBJECT_STATION, BOTH, kind_fields_signer_changed),
	OTHER("catalogue.changed", SUBJECT_STATION, BOTH, kind_fields_version_changed),
	OTHER("calendar.changed", SUBJECT_STATION, BOTH, kind_fields_version_changed),
	OTHER("copy.verified", SUBJECT_STATION, BOTH, kind_fields_copy_verified),
	OTHER("station.clock_corrected", SUBJECT_STATION, BOTH, kind_fields_clock_corrected),
	OTHER("fork.recorded", SUBJECT_STATION, BOTH, kind_fields_fork_recorded),
	OTHER("board.fenced", SUBJECT_STATION, BY_CENTER, kind_fields_board_fenced),
	OTHER("day.closed", SUBJECT_STATION, BY_BOARD, kind_fields_day_closed),
	OTHER("ticket.issued", SUBJECT_STATION, BY_BOARD, kind_fields_ticket_issued),
	OTHER("ticket.called", SUBJECT_STATION, BY_BOARD, kind_fields_ticket_called),
	OTHER("queue.changed", SUBJECT_STATION, BY_BOARD, kind_fields_queue_changed),
	OTHER("intake.guided", SUBJECT_STATION, BY_BOARD, kind_fields_intake_guided),
	OTHER("intake.printed", SUBJECT_STATION, BY_BOARD, kind_fields_intake_printed),
	OTHER("draft.moved", SUBJECT_STATION, BY_BOARD, kind_fields_draft_moved),
	OTHER("feedback.received", SUBJECT_STATION, BOTH, kind_fields_feedback_received),
	OTHER("feedback.answered", SUBJECT_STATION, BOTH, kind_fields_feedback_answered),
};

const size_t kind_count = sizeof(kind_table) / sizeof(kind_table[0]);

const struct kind *kind_find(const char *name, int version)
{
	size_t i;

	for (i = 0; i < kind_count; i++) {
		if (kind_table[i].version == version && strcmp(kind_table[i].name, name) == 0)
			return &kind_table[i];
	}
	return NULL;
}

bool kind_is_first(const struct kind *kind)
{
	return kind->class == KIND_STATE && kind->from == STATE_BIT(STATE_NONE);
}
