/*
 * esc.h: one function per kind of place a text is put into, so that a raw write stands out.
 */
#ifndef TRAM_WEB_ESC_H
#define TRAM_WEB_ESC_H

#include "base/buf.h"

/* Text between tags or inside a quoted attribute value: & < > " '. */
void esc_html(struct buf *out, const char *text);
/* One part of a path or a query value: all but unreserved characters (RFC 3986 2.3) as %XX. */
void esc_url_part(struct buf *out, const char *text);
/* A file name for Content-Disposition: filename="ascii" and filename*=UTF-8'' (RFC 6266). */
void esc_filename(struct buf *out, const char *name);

#endif
