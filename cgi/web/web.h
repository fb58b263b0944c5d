/*
 * web.h: a FastCGI program: its routes, its store, its look.
 *
 * main() of a program: settings_load, store_open, fill struct web, web_serve.
 */
#ifndef TRAM_WEB_WEB_H
#define TRAM_WEB_WEB_H

#include "base/settings.h"
#include "store/store.h"
#include "web/route.h"
#include "web/view.h"

struct web {
	const char *program;		/* "intake": cookie name, session program, logs */
	const struct settings *settings;
	struct store *store;
	const struct route *routes;
	size_t route_count;
	bool machine;			/* errors as problem documents */
	const char *login_path;		/* "/dang-nhap"; NULL: the program has no sessions */
	void *app;			/* the program's own state (catalogue, calendar …) */
	/* Fills the values every page of the program needs (station, who, transfer line); may be NULL. */
	void (*frame)(struct web *web, struct request *request, struct view *view);
	/* Before a handler whose session, role and token are in order: may answer itself, *answered. And
	 * after a handler that did not fail. Both may be NULL. */
	enum rc (*guard)(struct web *web, struct request *request, struct response *response,
			bool *answered);
	void (*answered)(struct web *web, struct request *request, const struct response *response);
	/* Before each handler: what the program keeps in app may be older than the store. May be NULL. */
	void (*begin)(struct web *web);
	/* For a pool that takes forms of pages it does not serve (uploads): the page of a form posted
	 * to request->route, where the person goes on after logging in again; NULL: none. May be NULL. */
	const char *(*page_of)(const struct request *request);
};

/* Serves requests from the listening socket on fd 0 until SIGTERM or recycle_requests; returns the
 * exit status. */
int web_serve(struct web *web);
/* Renders page (name of www/pages/<page>.html without suffix, "intake/home") with the frame's
 * values, csrf and a fresh form id, into response. */
enum rc web_page(struct web *web, struct request *request, struct response *response,
		const char *page, struct view *view) MUST_CHECK;
/* A page that says what went wrong: text keys "<key>.title", "<key>.text"; status as given. */
void web_error_page(struct web *web, struct request *request, struct response *response,
		int status, const char *key);
/* Logs the person in: session cookie, device cookie, 303 to next (a path of ours) or home. */
enum rc web_login(struct web *web, struct request *request, struct response *response,
		const struct account *account, const char *next) MUST_CHECK;
/* Ends the session: cookie gone, Clear-Site-Data. */
enum rc web_logout(struct web *web, struct request *request, struct response *response) MUST_CHECK;

/* The session's cookie name, or the device's: tram_<program>_<board or center>_<mode>[_dev]. */
const char *web_cookie(const struct web *web, struct pool *pool, bool device);

#endif
