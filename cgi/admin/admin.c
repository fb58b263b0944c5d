/*
 * admin.c: the addresses of the administration, who may open them, and what every page shows.
 */
#include "admin/admin.h"
#include "admin/admin_import_file.h"

#include "store/account.h"
#include "web/login.h"
#include "web/show.h"
#include "web/text_vi.h"

#define GET (METHOD_GET | METHOD_HEAD)
#define POST METHOD_POST
#define ANY_ADMIN (ROLE_MANAGER | ROLE_TECHNICIAN)

const struct route admin_routes[] = {
	{"root", GET, "/", 0, ANY_ADMIN, 0, admin_root},
	{"login", GET | POST, "/dang-nhap", ROUTE_PUBLIC | ROUTE_NO_FORM_ID | ROUTE_LOCKED_OK, 0, 0,
		admin_login},
	{"lock", POST, "/khoa", ROUTE_NO_FORM_ID | ROUTE_LOCKED_OK, 0, 0, admin_lock},
	{"logout", POST, "/thoat", ROUTE_NO_FORM_ID | ROUTE_LOCKED_OK, 0, 0, admin_logout},
	{"password", GET | POST, "/doi-mat-khau", ROUTE_NO_FORM_ID, 0, 0, admin_password},
	{"accounts", GET, "/tai-khoan", 0, ROLE_MANAGER, 0, admin_accounts},
	{"accounts.add", GET | POST, "/tai-khoan/moi", ROUTE_NO_FORM_ID, ROLE_MANAGER, 0,
		admin_accounts_add},
	{"otp", GET | POST, "/ma-mot-lan", ROUTE_NO_FORM_ID, ANY_ADMIN, 0, admin_otp},
	{"otp.end", GET | POST, "/tai-khoan/:id/bo-ma", ROUTE_NO_FORM_ID, ROLE_MANAGER, 0,
		admin_otp_end},
	{"accounts.import", GET | POST, "/tai-khoan/danh-sach", ROUTE_NO_FORM_ID, ROLE_MANAGER,
		ADMIN_IMPORT_BYTES, admin_import},
	{"accounts.edit", GET | POST, "/tai-khoan/:id", ROUTE_NO_FORM_ID, ROLE_MANAGER, 0,
		admin_accounts_edit},
	{"accounts.lock", POST, "/tai-khoan/:id/khoa", ROUTE_NO_FORM_ID, ROLE_MANAGER, 0,
		admin_accounts_lock},
	{"accounts.unlock", POST, "/tai-khoan/:id/mo", ROUTE_NO_FORM_ID, ROLE_MANAGER, 0,
		admin_accounts_unlock},
	{"accounts.reset", GET | POST, "/tai-khoan/:id/mat-khau", ROUTE_NO_FORM_ID, ROLE_MANAGER, 0,
		admin_accounts_reset},
	{"health", GET, "/suc-khoe", 0, ANY_ADMIN, 0, admin_health},
	{"health.copy", POST, "/suc-khoe/sao-luu", ROUTE_NO_FORM_ID, ANY_ADMIN, 0, admin_health_copy},
	{"health.diagnose", POST, "/suc-khoe/chan-doan", ROUTE_NO_FORM_ID, ANY_ADMIN, 0, admin_diagnose},
	{"link", GET, "/duong-truyen", 0, ANY_ADMIN, 0, admin_link},
	{"link.try", POST, "/duong-truyen", ROUTE_NO_FORM_ID, ANY_ADMIN, 0, admin_link_try},
	{"stick", GET, "/usb", 0, ANY_ADMIN, 0, admin_stick},
	{"stick.write", POST, "/usb/ghi", ROUTE_NO_FORM_ID, ANY_ADMIN, 0, admin_stick_write},
	{"stick.read", POST, "/usb/nhan", ROUTE_NO_FORM_ID, ANY_ADMIN, 0, admin_stick_read},
	{"enrol", GET | POST, "/noi-tinh", ROUTE_NO_FORM_ID, ANY_ADMIN, 0, admin_enrol},
	{"accept", GET | POST, "/kiem-tra", ROUTE_NO_FORM_ID, ANY_ADMIN, 0, admin_accept},
	{"accept.slip", GET, "/kiem-tra/phieu-thu", 0, ANY_ADMIN, 0, admin_accept_slip},
	{"accept.sheet", GET, "/kiem-tra/bien-ban", 0, ANY_ADMIN, 0, admin_accept_sheet},
	{"accept.live", POST, "/kiem-tra/chinh-thuc", ROUTE_NO_FORM_ID, ANY_ADMIN, 0, admin_accept_live},
	{"guides", GET, "/huong-dan", 0, ANY_ADMIN, 0, admin_guide},
	{"guide.technician", GET, "/huong-dan/lap-dat", 0, ANY_ADMIN, 0, admin_guide_technician},
	{"guide.manager", GET, "/huong-dan/quan-tri", 0, ANY_ADMIN, 0, admin_guide_manager},
	{"setup.begun", GET, "/dang-lam", 0, ANY_ADMIN, 0, admin_accept_begun},
	{"metrics", GET, "/metrics", ROUTE_PUBLIC, 0, 0, admin_metrics},
};
const size_t admin_route_count = sizeof(admin_routes) / sizeof(admin_routes[0]);

static bool can(const struct request *request, unsigned roles)
{
	return request->session != NULL && !request->session->locked &&
			(request->session->account.roles & roles) != 0;
}

void admin_frame(struct web *web, struct request *request, struct view *view)
{
	const char *name = web->settings->station_name;

	view_set(view, "station_name", name != NULL && *name != '\0' ? name :
			text_get("admin.name"));
	view_set(view, "today", show_date(request->pool, request->now_ms));
	view_flag(view, "rehearsal", web->settings->mode == MODE_REHEARSAL);
	if (!can(request, ANY_ADMIN))
		return;
	view_set(view, "user_name", request->session->account.name);
	view_flag(view, "can_accounts", can(request, ROLE_MANAGER));
	view_flag(view, "can_health", true);
}

enum rc admin_root(struct web *web, struct request *request, struct response *response)
{
	(void)web;
	if (!login_must_change(request, response))
		response_see_other(response, can(request, ROLE_MANAGER) ? "/tai-khoan" :
				"/suc-khoe");
	return RC_OK;
}

enum rc admin_login(struct web *web, struct request *request, struct response *response)
{
	return login_enter(web, request, response, ANY_ADMIN);
}

enum rc admin_lock(struct web *web, struct request *request, struct response *response)
{
	return login_lock(web, request, response);
}

enum rc admin_logout(struct web *web, struct request *request, struct response *response)
{
	return web_logout(web, request, response);
}

enum rc admin_password(struct web *web, struct request *request, struct response *response)
{
	return login_password(web, request, response);
}
