/*
 * photo.h: files as they are handed in become files as a manifest names them: a photo is stored as it
 * came, then made a page; the pages of one paper become one PDF; a PDF stays as it is.
 */
#ifndef TRAM_INTAKE_PHOTO_H
#define TRAM_INTAKE_PHOTO_H

#include "store/draft.h"
#include "web/web.h"

struct photo_kept { char sha256[65]; int64_t size; const char *type; };

/* A spooled file, durable as a blob: of a photo the page made of it. RC_INVALID: *why, a text key, says
 * what is wrong with it (neither photo nor PDF, damaged, too many pixels, encrypted, no page). When the
 * program for photos cannot run, the photo is kept as it came. RC_FULL, RC_IO. */
enum rc photo_keep(struct web *web, struct pool *pool, const char *spool_path, int64_t size,
		struct photo_kept *out, const char **why) MUST_CHECK;
/* Before a PDF is taken as it is, unchanged: RC_INVALID, *why: it asks for a password or has no page.
 * Anything else passes. */
enum rc photo_check_pdf(struct web *web, struct pool *pool, const char *path, const char **why) MUST_CHECK;
/* The page a quarter clockwise from what it is, made anew of the original. */
enum rc photo_turn(struct web *web, struct pool *pool, const char *sha256, struct photo_kept *out,
		const char **why) MUST_CHECK;
/* Binds the photos of every paper among the files (ordered by component) into a PDF each. What cannot be
 * bound stays as it is: said in the log, never a fault of the person's act. */
enum rc photo_bind(struct web *web, struct pool *pool, const struct draft_file *files, size_t count) MUST_CHECK;
enum rc photo_bind_draft(struct web *web, struct pool *pool, const char *draft) MUST_CHECK;

#endif
