/*
 * kind_fields.h: the bodies' fields, for kind_table.c alone. Others read KINDS.md and kind.h.
 */
#ifndef TRAM_DOSSIER_KIND_FIELDS_H
#define TRAM_DOSSIER_KIND_FIELDS_H

#include "dossier/kind.h"

/* Shapes of a field. …_P: holds personal data. */
#define OPT(name, type) { name, type, false, false, NULL, NULL }
#define OPT_P(name, type) { name, type, false, true, NULL, NULL }
#define REQ(name, type) { name, type, true, false, NULL, NULL }
#define REQ_P(name, type) { name, type, true, true, NULL, NULL }
#define OPT_IN(name, type, inner) { name, type, false, false, inner, NULL }
#define OPT_IN_P(name, type, inner) { name, type, false, true, inner, NULL }
#define REQ_IN(name, type, inner) { name, type, true, false, inner, NULL }
#define REQ_IN_P(name, type, inner) { name, type, true, true, inner, NULL }
#define OPT_OF(name, words) { name, 's', false, false, NULL, words }
#define REQ_OF(name, words) { name, 's', true, false, NULL, words }
#define END { NULL, 0, false, false, NULL, NULL }

/* kind_parts.c */
extern const struct kind_field kind_part_procedure[];
extern const struct kind_field kind_part_applicant[];
extern const struct kind_field kind_part_submitter[];
extern const struct kind_field kind_part_person[];
extern const struct kind_field kind_part_due[];
extern const struct kind_field kind_part_component[];
extern const struct kind_field kind_part_manifest[];
extern const struct kind_field kind_part_fee[];
extern const struct kind_field kind_part_delivery[];
extern const struct kind_field kind_part_slip[];
extern const struct kind_field kind_part_result[];
extern const struct kind_field kind_part_receiver[];
extern const struct kind_field kind_part_supplement[];
extern const struct kind_field kind_part_original[];
extern const struct kind_field kind_part_receipt[];
extern const struct kind_field kind_part_collector[];
extern const struct kind_field kind_part_counter[];
extern const struct kind_field kind_part_linked[];
extern const struct kind_field kind_part_amendable[];
/* kind_state.c */
extern const struct kind_field kind_fields_accepted[];
extern const struct kind_field kind_fields_late_entered[];
extern const struct kind_field kind_fields_taken_over[];
extern const struct kind_field kind_fields_result_brought[];
extern const struct kind_field kind_fields_intake_refused[];
extern const struct kind_field kind_fields_forwarded[];
extern const struct kind_field kind_fields_recalled[];
extern const struct kind_field kind_fields_sent_back[];
extern const struct kind_field kind_fields_returned_to_previous[];
extern const struct kind_field kind_fields_taken[];
extern const struct kind_field kind_fields_reassigned[];
extern const struct kind_field kind_fields_sent_to_sign[];
extern const struct kind_field kind_fields_signed[];
extern const struct kind_field kind_fields_sign_refused[];
extern const struct kind_field kind_fields_finished[];
extern const struct kind_field kind_fields_handed_over[];
extern const struct kind_field kind_fields_handed_back[];
extern const struct kind_field kind_fields_supplement_requested[];
extern const struct kind_field kind_fields_supplement_received[];
extern const struct kind_field kind_fields_payment_requested[];
extern const struct kind_field kind_fields_payment_met[];
extern const struct kind_field kind_fields_extended[];
extern const struct kind_field kind_fields_withdrawn[];
extern const struct kind_field kind_fields_stopped[];
extern const struct kind_field kind_fields_refused[];
extern const struct kind_field kind_fields_result_returned[];
extern const struct kind_field kind_fields_part_returned[];
extern const struct kind_field kind_fields_result_recalled[];
extern const struct kind_field kind_fields_amended[];
extern const struct kind_field kind_fields_voided[];
extern const struct kind_field kind_fields_procedure_changed[];
extern const struct kind_field kind_fields_manifest_changed[];
extern const struct kind_field kind_fields_file_replaced[];
extern const struct kind_field kind_fields_due_adjusted[];
extern const struct kind_field kind_fields_seized[];
extern const struct kind_field kind_fields_linked[];
/* kind_note.c */
extern const struct kind_field kind_fields_code_issued[];
extern const struct kind_field kind_fields_code_external[];
extern const struct kind_field kind_fields_manifest_complete[];
extern const struct kind_field kind_fields_fee_collected[];
extern const struct kind_field kind_fields_fee_cancelled[];
extern const struct kind_field kind_fields_fee_refunded[];
extern const struct kind_field kind_fields_receipt_cancelled[];
extern const struct kind_field kind_fields_slip_printed[];
extern const struct kind_field kind_fields_slip_handwritten[];
extern const struct kind_field kind_fields_slip_replaced[];
extern const struct kind_field kind_fields_paper_printed[];
extern const struct kind_field kind_fields_question_asked[];
extern const struct kind_field kind_fields_question_answered[];
extern const struct kind_field kind_fields_request_made[];
extern const struct kind_field kind_fields_request_answered[];
extern const struct kind_field kind_fields_place_noted[];
extern const struct kind_field kind_fields_call_noted[];
extern const struct kind_field kind_fields_note_added[];
extern const struct kind_field kind_fields_draft_proposed[];
extern const struct kind_field kind_fields_draft_decided[];
extern const struct kind_field kind_fields_handover_given[];
extern const struct kind_field kind_fields_handover_received[];
extern const struct kind_field kind_fields_post_delivered[];
extern const struct kind_field kind_fields_originals[];
extern const struct kind_field kind_fields_rating_given[];
extern const struct kind_field kind_fields_time_corrected[];
extern const struct kind_field kind_fields_access_justified[];
extern const struct kind_field kind_fields_book_opened[];
extern const struct kind_field kind_fields_book_numbered[];
extern const struct kind_field kind_fields_book_spoiled[];
extern const struct kind_field kind_fields_book_continued[];
extern const struct kind_field kind_fields_book_closed[];
extern const struct kind_field kind_fields_book_block_taken[];
extern const struct kind_field kind_fields_shift_opened[];
extern const struct kind_field kind_fields_shift_paused[];
extern const struct kind_field kind_fields_shift_resumed[];
extern const struct kind_field kind_fields_shift_closed[];
extern const struct kind_field kind_fields_station_opened[];
extern const struct kind_field kind_fields_epoch_opened[];
extern const struct kind_field kind_fields_body_erased[];
extern const struct kind_field kind_fields_station_prepared[];
extern const struct kind_field kind_fields_account_changed[];
extern const struct kind_field kind_fields_signer_changed[];
extern const struct kind_field kind_fields_version_changed[];
extern const struct kind_field kind_fields_copy_verified[];
extern const struct kind_field kind_fields_clock_corrected[];
extern const struct kind_field kind_fields_fork_recorded[];
extern const struct kind_field kind_fields_board_fenced[];
extern const struct kind_field kind_fields_day_closed[];
extern const struct kind_field kind_fields_ticket_issued[];
extern const struct kind_field kind_fields_ticket_called[];
extern const struct kind_field kind_fields_queue_changed[];
extern const struct kind_field kind_fields_intake_guided[];
extern const struct kind_field kind_fields_intake_printed[];
extern const struct kind_field kind_fields_draft_moved[];
extern const struct kind_field kind_fields_feedback_received[];
extern const struct kind_field kind_fields_feedback_answered[];

#endif
