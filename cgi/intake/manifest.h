/*
 * manifest.h: the files of an accepted dossier, paper by paper, on their way to a new manifest version.
 */
#ifndef TRAM_INTAKE_MANIFEST_H
#define TRAM_INTAKE_MANIFEST_H

#include "intake/intake.h"
#include "store/draft.h"

#define MANIFEST_FILES 400	/* of one dossier */

/* Files ordered by paper, in the order of the manifest; one array to be changed in place. */
struct manifest {
	struct draft_file files[MANIFEST_FILES];
	size_t count;
};
/* The current files. RC_TOO_LARGE: more than MANIFEST_FILES. *out from the pool. */
enum rc manifest_load(struct web *web, struct pool *pool, const struct dossier_row *row,
		struct manifest **out) MUST_CHECK;
/* A bound PDF of this paper becomes its pages again, so that pages can be added. */
enum rc manifest_open(struct web *web, struct pool *pool, struct manifest *manifest,
		const char *component) MUST_CHECK;
/* At the end of its paper, or as a new paper. False: it is there already, or there is no room. */
bool manifest_add(struct manifest *manifest, const struct draft_file *file);
/* Takes the i-th out. */
void manifest_drop(struct manifest *manifest, size_t i);
/* Binds photos into PDFs; the manifest object of the next version. Caller json_decref's. */
enum rc manifest_make(struct web *web, struct pool *pool, const struct dossier_row *row,
		struct manifest *manifest, json_t **out) MUST_CHECK;
/* How many photos and other files a paper has in it, as pages: for the paper's page count. */
size_t manifest_pages(const struct manifest *manifest, const char *component, bool *all_photos);

#endif
