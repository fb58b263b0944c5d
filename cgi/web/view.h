/*
 * view.h: what a template may show, as names and values, and the templates themselves.
 *
 * Template language (www/pages, embedded and checked at build):
 *	{{name}}		value, escaped for HTML text and quoted attributes
 *	{{#name}} … {{/name}}	for each item of the list, or once if the flag or text is set
 *	{{^name}} … {{/name}}	if not
 *	{{>partial/name}}	another template
 *	{{t key}}		sentence of www/text/vi.txt (resolved at build; {{t key a b}} fills {0} {1}
 *				with the values named a and b, escaped)
 *	{{asset app.css}}	address of a static file with its content hash
 *	{{unsafe_svg name}}	raw SVG made by our own code (QR, barcode); the build has the list of
 *				templates that may use it
 *	{{! comment }}
 * Names are looked up in the item, then in what is around it. Unknown names are empty. A number is
 * set if it is not 0. Blanks at the beginnings of lines are not sent, but inside <pre>, <textarea>.
 */
#ifndef TRAM_WEB_VIEW_H
#define TRAM_WEB_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/pool.h"
#include "base/rc.h"

struct view;

struct view *view_new(struct pool *pool);
/* Texts are borrowed: they must live as long as the pool. Setting a name again replaces it. */
void view_set(struct view *view, const char *name, const char *text);
void view_setf(struct view *view, const char *name, const char *format, ...)
		__attribute__((format(printf, 3, 4)));
void view_int(struct view *view, const char *name, int64_t value);
void view_flag(struct view *view, const char *name, bool on);
void view_svg(struct view *view, const char *name, const char *svg);
/* Appends an item to the list. */
struct view *view_item(struct view *view, const char *list);
struct pool *view_pool(struct view *view);

/* RC_BUG: no such template. */
enum rc template_render(const char *page, const struct view *view, struct buf *out) MUST_CHECK;
bool template_exists(const char *page);
/* "app.css" → "/tinh/app.<hash>.css"; "" if there is no such file. */
const char *template_asset(const char *name);

#endif
