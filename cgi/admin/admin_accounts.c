/*
 * admin_accounts.c: who may work at this point: the list; lock and unlock. Adding and changing: admin_account_form.c.
 */
#include "admin/admin_accounts.h"

#include <string.h>

#include "base/log.h"
#include "base/when.h"
#include "crypt/hash.h"
#include "store/session.h"
#include "web/form.h"
#include "web/show.h"
#include "web/text_vi.h"

#define GROUPS 4
#define GROUP 4

/* The roles a manager may give, in the order of the page. Officers belong to the province. */
const struct admin_role admin_role_list[] = {
	{"intake", ROLE_INTAKE}, {"returner", ROLE_RETURNER}, {"cashier", ROLE_CASHIER},
	{"scanner", ROLE_SCANNER}, {"guide", ROLE_GUIDE}, {"specialist", ROLE_SPECIALIST},
	{"signer", ROLE_SIGNER}, {"approver", ROLE_APPROVER}, {"clerk_seal", ROLE_CLERK_SEAL},
	{"manager", ROLE_MANAGER}, {"technician", ROLE_TECHNICIAN}, {"officer", ROLE_OFFICER},
};
const size_t admin_role_count = sizeof(admin_role_list) / sizeof(admin_role_list[0]);

bool admin_role_offered(const struct web *web, size_t role)
{
	bool center = web->settings->side == SIDE_CENTER;
	unsigned bit = admin_role_list[role].bit;

	return bit == ROLE_OFFICER ? center : !center || bit == ROLE_MANAGER ||
			bit == ROLE_TECHNICIAN;
}

/* Numbers out of a keyed hash, as a dice that falls alike for the same form. */
struct dice {
	const char *key;
	const char *seed;
	uint8_t bytes[HASH_SIZE];
	size_t at;
	char round;
};

static unsigned roll(struct dice *dice, unsigned limit)
{
	unsigned fair = 256 - 256 % limit, value;

	do {
		if (dice->at == 0) {
			char text[200];
			size_t len = strlen(dice->seed);

			len = len < sizeof(text) - 1 ? len : sizeof(text) - 1;
			text[0] = dice->round++;
			memcpy(text + 1, dice->seed, len);
			hash_hmac((const uint8_t *)dice->key, strlen(dice->key), text, len + 1,
					dice->bytes);
		}
		value = dice->bytes[dice->at];
		dice->at = (dice->at + 1) % HASH_SIZE;
	} while (value >= fair);
	return value % limit;
}

void admin_accounts_password(const char *key, const char *seed, char *out)
{
	static const char lower[] = "abcdefghijkmnpqrstuvwxyz";
	static const char upper[] = "ABCDEFGHJKLMNPQRSTUVWXYZ";
	static const char digit[] = "23456789";
	static const char any[] = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
	struct dice dice = {.key = key, .seed = seed};
	size_t at = 0;
	int group, i;

	for (group = 0; group < GROUPS; group++) {
		if (group > 0)
			out[at++] = '-';
		for (i = 0; i < GROUP; i++)
			out[at++] = any[roll(&dice, sizeof(any) - 1)];
	}
	out[at] = '\0';
	/* One of each class, whatever the dice said; in different groups. */
	out[roll(&dice, GROUP)] = upper[roll(&dice, sizeof(upper) - 1)];
	out[5 + roll(&dice, GROUP)] = lower[roll(&dice, sizeof(lower) - 1)];
	out[10 + roll(&dice, GROUP)] = digit[roll(&dice, sizeof(digit) - 1)];
	memset(&dice, 0, sizeof(dice));
}

const char *admin_roles_words(struct pool *pool, unsigned bits)
{
	const char *words = "";
	size_t i;

	for (i = 0; i < admin_role_count; i++)
		if ((bits & admin_role_list[i].bit) != 0)
			words = pool_printf(pool, "%s%s%s", words, *words != '\0' ? ", " : "",
					text_get(pool_printf(pool, "role.%s", admin_role_list[i].name)));
	return words;
}

static void show_row(struct web *web, struct request *request, struct view *item, const struct account *row)
{
	struct pool *pool = request->pool;
	bool idle = account_is_idle(web->store, row, request->now_ms);

	view_set(item, "id", row->id);
	view_set(item, "login", row->login);
	view_set(item, "name", row->name);
	view_set(item, "job", row->title);
	view_set(item, "unit", row->unit);
	if (row->employer[0] != '\0')
		view_set(item, "employer", text_get(pool_printf(pool, "employer.%s", row->employer)));
	view_set(item, "roles", admin_roles_words(pool, row->roles));
	view_flag(item, "locked", row->locked);
	view_flag(item, "ended", row->ends_at != 0 && row->ends_at <= request->now_ms);
	view_flag(item, "idle", idle);
	view_flag(item, "may_unlock", row->locked || idle);
	if (row->starts_at > request->now_ms)
		view_set(item, "starts", show_date(pool, row->starts_at));
	if (row->ends_at > request->now_ms)
		view_set(item, "until", show_date(pool, row->ends_at - 1));
	view_flag(item, "otp", row->otp);
	view_flag(item, "must_change", row->must_change);
	view_flag(item, "self", strcmp(row->id, request->session->account.id) == 0);
}

enum rc admin_accounts_show(struct web *web, struct request *request, struct response *response,
		const char *once_login, const char *once_password)
{
	struct view *view = view_new(request->pool);
	struct account *rows = NULL;
	size_t count = 0, i;
	enum rc rc;

	rc = account_list(web->store, request->pool, &rows, &count);
	if (rc != RC_OK)
		return rc;
	view_set(view, "title", text_get("account.list"));
	view_flag(view, "at_accounts", true);
	view_set(view, "once_login", once_login);
	view_set(view, "once_password", once_password);
	for (i = 0; i < count; i++)
		show_row(web, request, view_item(view, "rows"), &rows[i]);
	return web_page(web, request, response, "admin/accounts", view);
}

enum rc admin_accounts(struct web *web, struct request *request, struct response *response)
{
	return admin_accounts_show(web, request, response, NULL, NULL);
}

enum rc admin_accounts_other(struct web *web, struct request *request, struct account *out)
{
	enum rc rc = account_by_id(web->store, request->pool, request->params[0], out);

	if (rc == RC_OK && strcmp(out->id, request->session->account.id) == 0)
		rc = RC_CONFLICT;
	return rc;
}

static enum rc set_locked(struct web *web, struct request *request, struct response *response, bool locked)
{
	struct account account;
	enum rc rc = admin_accounts_other(web, request, &account);

	if (rc == RC_OK)
		rc = account_set_locked(web->store, account.id, locked, request->session->account.id);
	if (rc == RC_OK)
		rc = locked ? session_end_account(web->store, account.id) :
				account_forget_failures(web->store, account.login);
	if (rc != RC_OK)
		return rc;
	log_info("account %s account=%s by=%s", locked ? "locked" : "unlocked", account.id,
			request->session->account.id);
	response_see_other(response, "/tai-khoan");
	return RC_OK;
}

enum rc admin_accounts_lock(struct web *web, struct request *request, struct response *response)
{
	return set_locked(web, request, response, true);
}

enum rc admin_accounts_unlock(struct web *web, struct request *request, struct response *response)
{
	return set_locked(web, request, response, false);
}
