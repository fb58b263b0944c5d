/*
 * shots.h: the scans of a paper on a page: their small pictures, read back from the disk, order, turning,
 * removing, what is wrong with a photo. For page 3 of a new dossier and for scanning after acceptance.
 */
#ifndef TRAM_INTAKE_SHOTS_H
#define TRAM_INTAKE_SHOTS_H

#include "store/draft.h"
#include "web/request.h"
#include "web/view.h"
#include "web/web.h"

struct shots_count { size_t photos, others; };
/* Of one paper. */
struct shots_count shots_count(const char *component, const struct draft_file *files, size_t count);

/* List "files" of the paper's item (partial shots), file_count, has_files. */
void shots_show(struct web *web, struct view *paper, const char *draft, const char *component,
		const struct draft_file *files, size_t count);
/* "pages_differ": as many pages as photos? Only where all are photos. */
void shots_show_pages(struct view *paper, int64_t pages, const char *component,
		const struct draft_file *files, size_t count);
/* What the form around needs: upload, max_size, max_bytes. upload: address in the upload pool. */
void shots_show_form(struct web *web, struct view *view, const char *upload);
/* Does what a button of a scan asks: remove, up, down, turn. *at: where the page goes on, an id of the
 * page; NULL: it was none of these buttons. A second tap of remove is no fault. */
enum rc shots_button(struct web *web, struct request *request, const char *draft, const char **at) MUST_CHECK;

#endif
