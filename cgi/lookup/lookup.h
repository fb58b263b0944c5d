/*
 * lookup.h: what citizens see, by the number and secret of their slip (tram-lookup).
 *
 * This program opens public.db alone: no name, no scan, no journal. The same binary serves the
 * board (guest network, turned tablet) and the center (the QR's address).
 */
#ifndef TRAM_LOOKUP_LOOKUP_H
#define TRAM_LOOKUP_LOOKUP_H

#include "base/pool.h"
#include "base/rc.h"
#include "store/slip.h"
#include "web/web.h"

/* GET / : the form */
enum rc lookup_form(struct web *web, struct request *request, struct response *response);
/* POST /tra-cuu: number and typed secret */
enum rc lookup_typed(struct web *web, struct request *request, struct response *response);
/* GET /h/:codesecret: the slip's QR, "<code>.<32 hex>"; never logged, never written into a page */
enum rc lookup_scanned(struct web *web, struct request *request, struct response *response);

/* GET /man-hinh: the screen above the counters; GET /theo-doi: one's number on the phone (board only) */
enum rc lookup_screen(struct web *web, struct request *request, struct response *response);
enum rc lookup_follow(struct web *web, struct request *request, struct response *response);
/* POST /h/:codesecret: on to the rating, without writing the secret into a page */
enum rc lookup_to_rating(struct web *web, struct request *request, struct response *response);
/* GET, POST /danh-gia/:codesecret: once per dossier, after the return (board only) */
enum rc lookup_rating(struct web *web, struct request *request, struct response *response);

/* GET /huong-dan/:procedure/:case (lookup_guide.c): what to prepare; ?b= the catalogue's version. */
enum rc lookup_guide(struct web *web, struct request *request, struct response *response);

/* Puts the status into the view: words of state, due time, the way so far, where, whom to call. */
void lookup_show(struct view *view, const struct slip_status *status, int64_t now_ms);
/* Splits "<code>.<secret>" at its last dot (codes hold dots). RC_INVALID: no such form. */
enum rc lookup_split(struct pool *pool, const char *text, const char **code,
		const char **secret) MUST_CHECK;

#endif
