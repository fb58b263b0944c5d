/*
 * routes.c: the one table of the clerks' addresses. Who may open what stands here and nowhere else.
 * Literal rows come before rows with a ":part" of the same length.
 */
#include "intake/intake.h"

#include "store/account.h"

#define GET (METHOD_GET | METHOD_HEAD)
#define POST METHOD_POST

const struct route intake_routes[] = {
	{ "root", GET, "/", 0, 0, 0, page_root },
	{ "login", GET | POST, "/dang-nhap",
	  ROUTE_PUBLIC | ROUTE_NO_FORM_ID | ROUTE_LOCKED_OK, 0, 0, page_login },
	{ "lock", POST, "/khoa", ROUTE_NO_FORM_ID | ROUTE_LOCKED_OK, 0, 0, page_lock },
	{ "lock.people", GET, "/khoa", ROUTE_PUBLIC | ROUTE_LOCKED_OK, 0, 0, page_lock_people },
	{ "lock.open", POST, "/khoa/mo", ROUTE_PUBLIC | ROUTE_NO_FORM_ID | ROUTE_LOCKED_OK, 0, 0,
	  page_unlock },
	{ "pin", GET | POST, "/ma-pin", ROUTE_NO_FORM_ID, 0, 0, page_pin },
	{ "logout", POST, "/thoat", ROUTE_NO_FORM_ID | ROUTE_LOCKED_OK, 0, 0, page_logout },
	{ "password", GET | POST, "/doi-mat-khau", ROUTE_NO_FORM_ID, 0, 0, page_password },
	{ "counter", GET | POST, "/chon-quay", ROUTE_NO_FORM_ID, 0, 0, page_counter },
	{ "home", GET, "/quay", 0, 0, 0, page_home },
	{ "menu", GET, "/viec", 0, 0, 0, page_menu },
	{ "staff", GET, "/quan-ly/nguoi", 0, ROLE_MANAGER, 0, page_staff },
	{ "staff.person", GET | POST, "/quan-ly/nguoi/:id", 0, ROLE_MANAGER, 0, page_staff_person },
	{ "staff.unlock", POST, "/quan-ly/nguoi/:id/mo", 0, ROLE_MANAGER, 0, page_staff_unlock },
	{ "reading", GET, "/quan-ly/truy-cap", 0, ROLE_MANAGER, 0, page_reading },
	{ "reading.reason", POST, "/ho-so/:code/ly-do", 0, ROLES_STAFF, 0, page_reading_reason },
	{ "tablets", GET | POST, "/quan-ly/may", 0, ROLE_MANAGER, 0, page_tablets },
	{ "tablets.part", POST, "/quan-ly/may/:id/bo", 0, ROLE_MANAGER, 0, page_tablet_part },
	{ "tray.work", GET, "/xu-ly", 0, ROLE_SPECIALIST | ROLE_MANAGER, 0, page_tray_work },
	{ "tray.sign", GET, "/duyet", 0, ROLE_SIGNER | ROLE_APPROVER | ROLE_MANAGER, 0, page_tray_sign },
	{ "tray.results", GET, "/tra-ket-qua", 0, ROLES_COUNTER, 0, page_tray_results },

	{ "uncollected", GET, "/tra-ket-qua/chua-den", 0, ROLES_COUNTER, 0, page_uncollected },
	{ "uncollected.call", POST, "/tra-ket-qua/goi", 0, ROLE_INTAKE | ROLE_RETURNER | ROLE_MANAGER, 0,
	  page_uncollected_call },

	{ "keying", GET, "/nhap-he-thong", 0, ROLES_OLD, 0, page_keying },
	{ "keying.one", GET | POST, "/ho-so/:code/nhap", 0, ROLES_OLD, 0, page_keying_one },
	{ "brought", GET | POST, "/nhan-ket-qua", 0, ROLE_INTAKE | ROLE_RETURNER, 0, page_brought },
	{ "late", GET, "/nhap-bu", 0, ROLES_OLD, 0, page_late },
	{ "late.enter", POST, "/nhap-bu", 0, ROLE_INTAKE, 0, page_late },
	{ "late.block", POST, "/nhap-bu/in", 0, ROLE_MANAGER, 0, page_late_block },
	{ "late.print", GET, "/nhap-bu/in/:block", 0, ROLES_OLD, 0, page_late_print },
	{ "reassign", GET | POST, "/quan-ly/chuyen-viec", 0, ROLE_MANAGER, 0, page_reassign },
	{ "takeover", GET, "/tiep-quan", 0, ROLES_OLD, 0, page_takeover },
	{ "takeover.new", GET | POST, "/tiep-quan/moi", 0, ROLES_OLD, 0, page_takeover_new },
	{ "takeover.sample", GET, "/tiep-quan/mau", 0, ROLES_OLD, 0, page_takeover_sample },
	{ "takeover.file", GET | POST, "/tiep-quan/:file", 0, ROLES_OLD, 0, page_takeover_file },

	{ "find", POST, "/tim", ROUTE_NO_FORM_ID, ROLES_STAFF, 0, page_find },
	{ "person", GET, "/nguoi/:id", 0, ROLES_COUNTER, 0, page_person },

	{ "draft.new", POST, "/ho-so/moi", 0, ROLES_PREPARE, 0, page_new },
	{ "draft.person", GET | POST, "/ho-so/moi/:draft/nguoi", 0, ROLES_PREPARE, 0, page_step_person },
	{ "draft.procedure", GET | POST, "/ho-so/moi/:draft/thu-tuc", 0, ROLES_PREPARE, 0,
	  page_step_procedure },
	{ "draft.papers", GET | POST, "/ho-so/moi/:draft/giay-to", 0, ROLES_PREPARE, 0,
	  page_step_papers },
	{ "draft.check", GET, "/ho-so/moi/:draft/kiem-tra", 0, ROLES_PREPARE, 0, page_step_check },
	/* Support staff prepare; only intake clerks accept. */
	{ "draft.accept", POST, "/ho-so/moi/:draft/kiem-tra", 0, ROLE_INTAKE, 0, page_step_check },
	{ "draft.discard", POST, "/ho-so/moi/:draft/bo", 0, ROLES_PREPARE, 0, page_draft_discard },
	{ "draft.take", POST, "/ho-so/moi/:draft/nhan-lai", 0, ROLES_PREPARE, 0, page_draft_take },
	{ "draft.thumb", GET, "/ho-so/moi/:draft/anh/:no", 0, ROLES_PREPARE, 0, page_draft_thumb },
	{ "draft.file", GET, "/ho-so/moi/:draft/tep/:no", 0, ROLES_PREPARE, 0, page_draft_file },

	/* Certification: the till, the signing tray, the books. Managers open and close books. */
	{ "cert", GET | POST, "/chung-thuc", 0, ROLE_INTAKE, 0, page_cert },
	{ "cert.tray", GET, "/chung-thuc/khay", 0, ROLES_CERT, 0, page_cert_tray },
	{ "cert.sign", POST, "/chung-thuc/khay", 0, ROLE_INTAKE | ROLE_CLERK_SEAL | ROLE_SIGNER, 0,
	  page_cert_sign },
	{ "cert.return", POST, "/chung-thuc/khay/tra", 0, ROLE_INTAKE | ROLE_RETURNER, 0,
	  page_cert_return },
	{ "books", GET, "/so/chung-thuc", 0, ROLES_CERT, 0, page_books },
	{ "books.open", POST, "/so/chung-thuc", 0, ROLE_MANAGER, 0, page_books },
	{ "book", GET, "/so/chung-thuc/:book", 0, ROLES_CERT, 0, page_book },
	{ "book.print", GET, "/so/chung-thuc/:book/in", 0, ROLES_CERT, 0, page_book_print },
	{ "book.spoil", GET | POST, "/so/chung-thuc/:book/huy/:number", 0, ROLE_MANAGER, 0,
	  page_book_spoil },
	{ "book.continue", POST, "/so/chung-thuc/:book/quyen-moi", 0, ROLE_MANAGER, 0,
	  page_book_continue },
	{ "book.close", POST, "/so/chung-thuc/:book/khoa", 0, ROLE_MANAGER, 0, page_book_close },

	/* Queue: numbers, calls, pauses. */
	{ "queue", GET | POST, "/hang-doi", 0, ROLES_COUNTER, 0, page_queue },
	{ "queue.take", GET | POST, "/hang-doi/lay-so", 0, ROLES_COUNTER, 0, page_queue_take },
	{ "queue.ticket", GET, "/hang-doi/so/:number", 0, ROLES_COUNTER, 0, page_queue_ticket },
	{ "queue.print", GET, "/hang-doi/so/:number/in", 0, ROLES_COUNTER, 0, page_queue_print },

	{ "ratings", GET, "/quan-ly/danh-gia", 0, ROLE_MANAGER, 0, page_ratings },

	{ "rate", GET, "/ho-so/:code/danh-gia", 0, ROLES_COUNTER, 0, page_rate },
	{ "dossier", GET, "/ho-so/:code", 0, ROLES_STAFF, 0, page_dossier },
	{ "done", GET, "/ho-so/:code/xong", 0, ROLES_COUNTER, 0, page_done },
	{ "slip", GET, "/ho-so/:code/giay-hen", 0, ROLES_COUNTER, 0, page_slip },
	{ "paper", GET | POST, "/ho-so/:code/in/:paper", 0, ROLES_STAFF, 0, page_paper },
	{ "print.tray", GET, "/in", 0, ROLES_STAFF, 0, page_print_tray },
	{ "slip.printed", POST, "/ho-so/:code/da-in", 0, ROLES_COUNTER, 0, page_slip_printed },
	{ "file", GET, "/ho-so/:code/tep/:sha", 0, ROLES_STAFF, 0, page_file },

	{ "act.forward", GET | POST, "/ho-so/:code/chuyen", 0,
	  ROLE_INTAKE | ROLE_MANAGER, 0, page_forward },
	{ "act.take", POST, "/ho-so/:code/nhan-xu-ly", 0, ROLE_SPECIALIST, 0, page_take },
	{ "act.to_sign", GET | POST, "/ho-so/:code/trinh-ky", 0, ROLE_SPECIALIST, 0, page_to_sign },
	{ "act.sign", GET | POST, "/ho-so/:code/ky", 0, ROLE_SIGNER, 0, page_sign },
	{ "act.finish", GET, "/ho-so/:code/ket-qua", 0, ROLE_SPECIALIST | ROLE_CLERK_SEAL, 0,
	  page_finish },
	{ "act.return", GET | POST, "/ho-so/:code/tra", 0, ROLE_INTAKE | ROLE_RETURNER, 0, page_return },
	{ "act.hand_over", GET | POST, "/ho-so/:code/chuyen-tinh", 0, ROLE_INTAKE | ROLE_MANAGER, 0,
	  page_hand_over },
	{ "act.note", GET | POST, "/ho-so/:code/ghi-chu", 0, ROLES_STAFF, 0, page_note },

	/* Papers that change hands. Literal rows first: a list's number is a part of the address. */
	{ "handovers", GET, "/ban-giao", 0, ROLES_HANDOVER, 0, page_handovers },
	{ "handover.new", GET | POST, "/ban-giao/moi", 0, ROLES_HANDOVER, 0, page_handover_new },
	{ "handover", GET, "/ban-giao/:list", 0, ROLES_HANDOVER, 0, page_handover },
	{ "handover.take", POST, "/ban-giao/:list", 0, ROLES_HANDOVER, 0, page_handover_take },
	{ "handover.print", GET, "/ban-giao/:list/in", 0, ROLES_HANDOVER, 0, page_handover_print },

	/* Corrections: what a second person must stand for is asked on the page itself. */
	{ "act.amend", GET | POST, "/ho-so/:code/sua", 0, ROLE_INTAKE | ROLE_MANAGER, 0, page_amend },
	{ "act.void", GET | POST, "/ho-so/:code/huy", 0, ROLE_INTAKE | ROLE_MANAGER, 0, page_void },
	{ "act.due", GET | POST, "/ho-so/:code/ngay-hen", 0, ROLE_MANAGER, 0, page_due },
	{ "act.extend", GET | POST, "/ho-so/:code/gia-han", 0, ROLE_SPECIALIST | ROLE_MANAGER, 0,
	  page_extend },
	{ "act.recall", GET | POST, "/ho-so/:code/thu-hoi", 0, ROLE_INTAKE | ROLE_MANAGER, 0,
	  page_recall },
	{ "act.send_back", GET | POST, "/ho-so/:code/tra-lai", 0, ROLE_SPECIALIST, 0, page_send_back },
	{ "act.previous", GET | POST, "/ho-so/:code/lui-buoc", 0,
	  ROLE_SPECIALIST | ROLE_SIGNER | ROLE_CLERK_SEAL | ROLE_MANAGER, 0, page_previous },
	{ "act.change", GET | POST, "/ho-so/:code/doi-thu-tuc", 0, ROLE_INTAKE | ROLE_MANAGER, 0,
	  page_change },
	{ "act.recall_result", GET | POST, "/ho-so/:code/thu-hoi-ket-qua", 0,
	  ROLE_INTAKE | ROLE_RETURNER | ROLE_MANAGER, 0, page_recall_result },
	{ "act.lost_slip", GET | POST, "/ho-so/:code/mat-giay-hen", 0, ROLE_INTAKE | ROLE_RETURNER, 0,
	  page_lost_slip },
	{ "act.pledge", GET, "/ho-so/:code/cam-ket", 0, ROLE_INTAKE | ROLE_RETURNER, 0, page_pledge },
	{ "act.external", GET | POST, "/ho-so/:code/ma-khac", 0, ROLE_INTAKE | ROLE_MANAGER, 0,
	  page_external },
	{ "act.call", GET | POST, "/ho-so/:code/goi", 0, ROLE_INTAKE | ROLE_RETURNER | ROLE_MANAGER, 0,
	  page_call },
	{ "act.withdraw", GET | POST, "/ho-so/:code/rut", 0, ROLE_INTAKE | ROLE_MANAGER, 0,
	  page_withdraw },
	{ "act.stop", GET | POST, "/ho-so/:code/dung", 0, ROLE_SPECIALIST | ROLE_MANAGER, 0, page_stop },
};
const size_t intake_route_count = sizeof(intake_routes) / sizeof(intake_routes[0]);
