/*
 * user.c: `tram user`. Passwords come by standard input, never by an argument, which any process
 * of the machine could read.
 */
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "store/account.h"
#include "store/session.h"
#include "tool/tool.h"
#include "tool/user.h"
#include "web/login.h"

static const char usage[] =
		"usage: tram user add LOGIN --data FOLDER --name NAME --roles ROLE,… [--title TITLE]\n"
		"                 [--keep-password]\n"
		"       tram user passwd|lock|unlock LOGIN --data FOLDER [--keep-password]\n"
		"       tram user list --data FOLDER\n\n"
		"add and passwd read the password from standard input (one line). The person must change\n"
		"it at the next login unless --keep-password is given. lock, unlock and passwd end the\n"
		"account's sessions. Roles: intake cashier scanner specialist signer clerk_seal approver\n"
		"returner guide manager technician officer.\n"
		"Exit status: 0 done; 2 wrong input, no such account, or the login is taken; 75 the\n"
		"database failed; 78 wrong configuration.\n";

#define PASSWORD_MAX 256

/* One line of standard input, not shown when it is typed. */
static enum rc read_password(char out[PASSWORD_MAX])
{
	struct termios shown, hidden;
	bool typed = tcgetattr(STDIN_FILENO, &shown) == 0;
	char *line;

	if (typed) {
		fputs("password: ", stderr);
		hidden = shown;
		hidden.c_lflag &= ~(tcflag_t)ECHO;
		(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
	}
	line = fgets(out, PASSWORD_MAX, stdin);
	if (typed) {
		(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
		fputc('\n', stderr);
	}
	if (line)
		out[strcspn(out, "\r\n")] = '\0';
	return line ? RC_OK : RC_INVALID;
}

static enum rc list(struct store *store, struct pool *pool)
{
	struct account *rows;
	size_t count, i;
	char roles[256];
	enum rc rc = account_list(store, pool, &rows, &count);

	for (i = 0; rc == RC_OK && i < count; i++) {
		account_roles_text(rows[i].roles, roles, sizeof(roles));
		printf("%s\t%s\t%s\t%s\n", rows[i].id, rows[i].login,
				rows[i].locked ? "locked" : "open", roles);
	}
	return rc;
}

struct user_request {
	const char *verb, *login, *name, *title, *roles;
	bool keep;
};

static enum rc add(struct store *store, struct pool *pool, const struct user_request *request,
		const char *password)
{
	struct account account;
	unsigned roles;
	enum rc rc;

	if (!request->name || !request->roles
			|| account_roles_parse(request->roles, &roles) != RC_OK || roles == 0) {
		fputs("tram user add: --name and --roles are needed (tram user --help)\n", stderr);
		return RC_INVALID;
	}
	rc = account_add(store, pool, request->login, request->name,
			request->title ? request->title : "", roles, password, &account);
	if (rc == RC_OK && request->keep)
		rc = account_set_password(store, account.id, password, false, "system");
	if (rc == RC_OK)
		printf("%s\n", account.id);
	return rc;
}

static enum rc change(struct store *store, struct pool *pool, const struct user_request *request,
		const char *password)
{
	struct account account;
	enum rc rc = account_by_login(store, pool, request->login, &account);

	if (rc != RC_OK)
		return rc;
	if (strcmp(request->verb, "passwd") == 0)
		rc = account_set_password(store, account.id, password, !request->keep, "system");
	else
		rc = account_set_locked(store, account.id, strcmp(request->verb, "lock") == 0,
				"system");
	return rc == RC_OK ? session_end_account(store, account.id) : rc;
}

/* The same profile as on the pages. */
static enum rc check_password(struct store *store, struct pool *pool, const struct user_request *request,
		const char *password)
{
	struct account account = { .otp = false };
	const char *fault;
	enum rc rc = account_by_login(store, pool, request->login, &account);

	if (rc != RC_OK && rc != RC_NOT_FOUND)
		return rc;
	fault = login_password_fault(store->settings, password, request->login, account.otp);
	if (fault == NULL)
		return RC_OK;
	fprintf(stderr, "tram user: the password does not fit the settings password_min (%lld) and "
			"password_classes (%lld), or holds the login (%s)\n",
			(long long)store->settings->password_min,
			(long long)store->settings->password_classes, fault);
	return RC_INVALID;
}

static enum rc act(struct store *store, struct pool *pool, const struct user_request *request)
{
	char password[PASSWORD_MAX] = "";
	bool adds = strcmp(request->verb, "add") == 0;
	enum rc rc = RC_OK;

	if (strcmp(request->verb, "list") == 0)
		return list(store, pool);
	if (adds || strcmp(request->verb, "passwd") == 0)
		rc = read_password(password);
	if (rc == RC_OK && (adds || password[0] != '\0'))
		rc = check_password(store, pool, request, password);
	if (rc == RC_OK)
		rc = adds ? add(store, pool, request, password) : change(store, pool, request, password);
	memset(password, 0, sizeof(password));
	if (rc == RC_NOT_FOUND)
		fprintf(stderr, "tram user: no account %s\n", request->login);
	else if (rc == RC_EXISTS || rc == RC_CONFLICT)
		fprintf(stderr, "tram user: %s is taken\n", request->login);
	return rc == RC_CONFLICT ? RC_EXISTS : rc;
}

static bool is_verb(const char *word)
{
	static const char *const verbs[] = { "add", "passwd", "lock", "unlock", "list" };
	size_t i;

	for (i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (strcmp(word, verbs[i]) == 0)
			return true;
	}
	return false;
}

int user_main(int argc, char **argv)
{
	const char *words[2] = { NULL, NULL }, *data = NULL, *conf = NULL;
	struct user_request request = { 0 };
	const struct tool_option options[] = {
		{ "data", &data, NULL }, { "conf", &conf, NULL }, { "name", &request.name, NULL },
		{ "title", &request.title, NULL }, { "roles", &request.roles, NULL },
		{ "keep-password", NULL, &request.keep },
	};
	struct settings *settings = NULL;
	struct store *store = NULL;
	struct pool *pool = pool_new();
	size_t count;
	int status = tool_options(argc, argv, usage, options, sizeof(options) / sizeof(options[0]),
			words, 2, &count);
	enum rc rc;

	if (status >= 0)
		goto out;
	status = TOOL_USAGE;
	if (count == 0 || !is_verb(words[0]) || (count == 1) != (strcmp(words[0], "list") == 0)) {
		fputs(usage, stderr);
		goto out;
	}
	request.verb = words[0];
	request.login = words[1];
	rc = tool_settings(data, conf, &settings);
	if (rc == RC_OK)
		rc = tool_open(settings, STORE_AUTH | STORE_RUN, &store);
	if (rc == RC_OK)
		rc = act(store, pool, &request);
	status = tool_exit_of(rc);
out:
	store_close(store);
	settings_free(settings);
	pool_free(pool);
	return status;
}
