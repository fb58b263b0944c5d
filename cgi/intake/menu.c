/*
 * menu.c: /viec, "all work": every page of the counter that a person may open, in groups. A new page
 * that is not an act on one dossier adds a row. Who sees a row is asked of the route table, so that
 * the menu never promises what the route refuses.
 */
#include <string.h>

#include "intake/intake.h"
#include "web/text_vi.h"

struct menu_row {
	const char *group;	/* one of groups[] */
	const char *url;	/* answers GET; a query may follow */
	const char *key;	/* texts "menu.<key>" and, if there is more to say, "menu.<key>.hint" */
};

/* In the order of the page; texts "menu.group.<group>". */
static const char *const groups[] = { "counter", "cert", "work", "paper", "money", "queue", "moves",
	"books", "manage", "self" };
#define GROUPS (sizeof(groups) / sizeof(groups[0]))

/* One row a page, one row a line: the rows of a group in the order in which they are used. */
static const struct menu_row rows[] = {
	{ "counter", "/quay", "home" },
	{ "counter", "/tra-ket-qua", "results" },
	{ "counter", "/tra-ket-qua/chua-den", "uncollected" },
	{ "counter", "/quay?viec=nhap", "drafts" },

	{ "counter", "/ban-goc", "originals" },

	{ "cert", "/chung-thuc", "cert" },
	{ "cert", "/chung-thuc/khay", "cert_tray" },

	{ "work", "/xu-ly", "work" },
	{ "work", "/duyet", "sign" },
	{ "work", "/cau-hoi", "questions" },

	{ "paper", "/in", "print_tray" },

	{ "moves", "/ban-giao", "handovers" },
	{ "moves", "/ban-giao/moi", "handover_new" },
	{ "moves", "/buu-chinh/nhan", "post_in" },
	{ "moves", "/buu-chinh/giao", "post_out" },

	{ "queue", "/hang-doi", "queue" },
	{ "queue", "/hang-doi/lay-so", "queue_take" },

	{ "money", "/thu-tien", "pay" },
	{ "money", "/chot-ca", "shift" },
	{ "money", "/thu-tien/don-vi", "pay_setup" },

	{ "books", "/so/bien-lai", "receipts" },
	{ "books", "/so/ho-so", "register" },
	{ "books", "/chot-ngay", "day" },
	{ "books", "/so/chung-thuc", "books" },

	{ "counter", "/nhap-bu", "late" },
	{ "counter", "/nhan-ket-qua", "brought" },
	{ "counter", "/nhap-he-thong", "keying" },
	{ "counter", "/tiep-quan", "takeover" },

	{ "manage", "/quan-ly/chuyen-viec", "reassign" },

	{ "self", "/tap-su", "first_dossier" },
	{ "self", "/chon-quay", "counter" },
	{ "manage", "/quan-ly", "manage" },
	{ "manage", "/quan-ly/thu-tuc", "catalog" },
	{ "manage", "/quan-ly/lich", "calendar" },
	{ "manage", "/quan-ly/nguoi", "staff" },
	{ "manage", "/quan-ly/may", "tablets" },
	{ "manage", "/quan-ly/quay", "desks" },
	{ "manage", "/quan-ly/danh-gia", "ratings" },
	{ "manage", "/quan-ly/phan-anh", "feedback" },
	{ "manage", "/quan-ly/truy-cap", "reading" },
	{ "manage", "/quan-ly/chuan-bi", "prepare" },
	{ "manage", "/quan-ly/chay-thu", "rehearse" },
	{ "manage", "/quan-ly/the-quay", "counter_card" },
	{ "self", "/ma-pin", "pin" },
	{ "self", "/doi-mat-khau", "password" },
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

static bool open_to(const struct web *web, struct request *request, const struct menu_row *row)
{
	size_t len = strcspn(row->url, "?");

	return route_open_to(web, request->pool, pool_strndup(request->pool, row->url, len),
			request->session->account.roles);
}

static void show_group(const struct web *web, struct request *request, struct view *view,
		const char *name)
{
	struct pool *pool = request->pool;
	struct view *group = NULL;

	for (size_t i = 0; i < ROWS; i++) {
		const char *hint = pool_printf(pool, "menu.%s.hint", rows[i].key);
		struct view *item;

		if (strcmp(rows[i].group, name) != 0 || !open_to(web, request, &rows[i]))
			continue;
		if (strcmp(rows[i].url, "/tap-su") == 0 && web->settings->mode != MODE_REHEARSAL)
			continue;
		if (group == NULL) {
			group = view_item(view, "groups");
			view_set(group, "group", name);
			view_set(group, "group_name", text_get(pool_printf(pool, "menu.group.%s", name)));
		}
		item = view_item(group, "rows");
		view_set(item, "url", rows[i].url);
		view_set(item, "name", text_get(pool_printf(pool, "menu.%s", rows[i].key)));
		if (text_known(hint))
			view_set(item, "hint", text_get(hint));
	}
}

enum rc page_menu(struct web *web, struct request *request, struct response *response)
{
	struct view *view = view_new(request->pool);

	for (size_t i = 0; i < GROUPS; i++)
		show_group(web, request, view, groups[i]);
	view_set(view, "title", text_get("menu.title"));
	view_flag(view, "at_menu", true);
	return web_page(web, request, response, "intake/menu", view);
}
