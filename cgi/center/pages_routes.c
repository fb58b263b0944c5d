/*
 * pages_routes.c: the officers' addresses. Who may open what stands here and nowhere else.
 */
#include "center/pages.h"

#include "store/account.h"

#define GET (METHOD_GET | METHOD_HEAD)
#define POST METHOD_POST

const struct route pages_routes[] = {
	{"root", GET, "/", 0, ROLE_OFFICER, 0, pages_frame_root},
	{"login", GET | POST, "/dang-nhap", ROUTE_PUBLIC | ROUTE_NO_FORM_ID | ROUTE_LOCKED_OK, 0, 0,
		pages_frame_login},
	{"lock", POST, "/khoa", ROUTE_NO_FORM_ID | ROUTE_LOCKED_OK, 0, 0, pages_frame_lock},
	{"logout", POST, "/thoat", ROUTE_NO_FORM_ID | ROUTE_LOCKED_OK, 0, 0, pages_frame_logout},
	{"password", GET | POST, "/doi-mat-khau", ROUTE_NO_FORM_ID, 0, 0, pages_frame_password},
	{"metrics", GET, "/metrics", ROUTE_PUBLIC, 0, 0, pages_metrics},
	{"inbox", GET, "/ho-so", 0, ROLE_OFFICER, 0, pages_inbox},
	{"dossier", GET, "/ho-so/:board/:code", 0, ROLE_OFFICER, 0, pages_dossier},
	{"file", GET, "/ho-so/:board/:code/tep/:sha", 0, ROLE_OFFICER, 0, pages_dossier_file},
	{"act.take", POST, "/ho-so/:board/:code/nhan-xu-ly", 0, ROLE_OFFICER, 0, pages_act_take},
	{"act.finish", GET, "/ho-so/:board/:code/ket-qua", 0, ROLE_OFFICER, 0, pages_finish},
	{"attend", GET | POST, "/can-xem", 0, ROLE_OFFICER, 0, pages_attend},
	{"questions", GET, "/cau-hoi", 0, ROLE_OFFICER, 0, pages_questions},
	{"act.question", GET | POST, "/ho-so/:board/:code/cau-hoi", 0, ROLE_OFFICER, 0, pages_question},
	{"act.answer", POST, "/ho-so/:board/:code/cau-hoi/:id", 0, ROLE_OFFICER, 0,
		pages_question_answer},
	{"readings", GET, "/truy-cap", 0, ROLE_MANAGER, 0, pages_readings},
	{"boards", GET, "/diem", 0, ROLE_OFFICER, 0, pages_boards},
	{"board.invite", GET | POST, "/diem/moi", 0, ROLE_MANAGER, 0, pages_invite},
	{"board", GET, "/diem/:board", 0, ROLE_OFFICER, 0, pages_board},
	{"board.revoke", POST, "/diem/:board/thu-hoi", 0, ROLE_MANAGER, 0, pages_board_revoke},
	{"board.allow", POST, "/diem/:board/gia-han", 0, ROLE_MANAGER, 0, pages_board_allow},
	{"board.fence", GET | POST, "/diem/:board/khoa", 0, ROLE_MANAGER, 0, pages_fence},
	{"forks", GET, "/nhanh", 0, ROLE_OFFICER, 0, pages_forks},
	{"fork", GET, "/nhanh/:board/:log", 0, ROLE_OFFICER, 0, pages_fork},
	{"stick", GET, "/usb", 0, ROLE_OFFICER, 0, pages_stick},
	{"stick.return", POST, "/usb/ve", ROUTE_NO_FORM_ID, ROLE_OFFICER, 0, pages_stick_return},
	{"stick.part", GET, "/usb/ve/:board/:part", 0, ROLE_OFFICER, 0, pages_stick_part},
	{"requests", GET, "/de-nghi", 0, ROLE_OFFICER, 0, pages_requests},
	{"act.request", GET | POST, "/ho-so/:board/:code/de-nghi/:id", 0, ROLE_OFFICER, 0,
		pages_request},
	{"act.paper", POST, "/ho-so/:board/:code/nhan-ban-giay", 0, ROLE_OFFICER, 0, pages_paper_here},
	{"act.seize", GET | POST, "/ho-so/:board/:code/tam-giu", 0, ROLE_MANAGER, 0, pages_seize},
	{"act.give_back", GET | POST, "/ho-so/:board/:code/tra-diem", 0, ROLE_OFFICER, 0,
		pages_give_back},
	{"act.end", GET | POST, "/ho-so/:board/:code/:act", 0, ROLE_OFFICER, 0, pages_act_end},
};
const size_t pages_route_count = sizeof(pages_routes) / sizeof(pages_routes[0]);

/* The token is a field of the multipart form, checked by the handler before it keeps a file. */
const struct route pages_upload_routes[] = {
	{"act.finish.post", POST, "/tai-len/:board/:code/ket-qua",
		ROUTE_STREAM | ROUTE_NO_CSRF | ROUTE_NO_FORM_ID, ROLE_OFFICER, 0,
		pages_finish_post},
	{"stick.upload", GET | POST, "/tai-len/usb", ROUTE_STREAM | ROUTE_NO_CSRF | ROUTE_NO_FORM_ID,
		ROLE_OFFICER, 0, pages_stick_post},
	{"upload.new", METHOD_POST | METHOD_OPTIONS, "/tai-len", ROUTE_STREAM | ROUTE_NO_FORM_ID,
		ROLE_OFFICER, 0, pages_stick_tus},
	{"upload", METHOD_HEAD | METHOD_PATCH | METHOD_DELETE | METHOD_OPTIONS, "/tai-len/:id",
		ROUTE_STREAM | ROUTE_NO_FORM_ID, ROLE_OFFICER, 0, pages_stick_tus},
};
const size_t pages_upload_route_count = sizeof(pages_upload_routes) /
		sizeof(pages_upload_routes[0]);

const char *pages_upload_page_of(const struct request *request)
{
	if (request->route->handler == pages_stick_post)
		return "/usb";
	if (request->route->handler == pages_stick_tus)
		return NULL;
	return pool_printf(request->pool, "/ho-so/%s/%s/ket-qua", request->params[0],
			request->params[1]);
}
