/*
 * login.h: logging in, locking, logging out and changing the password, the same in every program
 * that has no more to ask than a name and a password. The look is the program's own: templates
 * "<program>/login" and "<program>/password".
 *
 * After login the person goes where "tiep" says: a path of ours, which holds no name or secret.
 */
#ifndef TRAM_WEB_LOGIN_H
#define TRAM_WEB_LOGIN_H

#include <stdbool.h>

#include "base/rc.h"
#include "web/web.h"

#define LOGIN_PATH "/dang-nhap"
#define LOGIN_PASSWORD_PATH "/doi-mat-khau"

/* GET, POST /dang-nhap. roles: who may enter this program at all; a right password of another
 * account is told so and opens nothing. */
enum rc login_enter(struct web *web, struct request *request, struct response *response,
		unsigned roles) MUST_CHECK;
/* POST /khoa: the session waits for its person. */
enum rc login_lock(struct web *web, struct request *request, struct response *response) MUST_CHECK;
/* GET, POST /doi-mat-khau: the own password; all other sessions of the account end. */
enum rc login_password(struct web *web, struct request *request,
		struct response *response) MUST_CHECK;
/* True: the person has to choose a password first, and the answer already leads there. */
bool login_must_change(struct request *request, struct response *response);

/* A path of ours: one leading '/', printable ASCII, no host, no way out of the program; "" else. */
const char *login_next(const char *path);
/* NULL, or the text key of what the password lacks of the settings' profile (TCVN 14423:2026: 14
 * characters of 4 classes, 8 with a second factor). login: the account's name must not be in it. */
const char *login_password_fault(const struct settings *settings, const char *password,
		const char *login, bool second_factor);

#endif
