/*
 * draft.h: dossiers in the making (tables of tram.db, not events; gone after 7 days). A draft
 * belongs to the point, not to a person.
 *
 * data is one JSON object with the members of the accepted event's body that are known so far
 * (procedure, applicant, submitter, components …); see dossier/KINDS.md. Pages merge into it.
 */
#ifndef TRAM_STORE_DRAFT_H
#define TRAM_STORE_DRAFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json.h"
#include "base/pool.h"
#include "base/rc.h"
#include "store/store.h"

struct draft {
	char id[33];			/* hex of the future dossier's id: it exists before the first byte */
	const char *owner;		/* account id of who works on it now */
	const char *owner_name;
	json_t *data;			/* owned by the caller of draft_load: draft_free */
	const char *ticket;
	int64_t created_at, updated_at;
	bool scan;			/* scans for the accepted dossier of this id: draft_scan_open */
};

struct draft_file {
	int64_t no;			/* handle within the draft */
	const char *component;		/* component id */
	int position;			/* order within the component, from 1 */
	char sha256[65];
	int64_t size;
	const char *type, *name;	/* name as given by the device, cleaned */
};

/* These run their own short write. */
enum rc draft_new(struct store *store, const char *owner, const char *owner_name, json_t *data,
		char id[33]) MUST_CHECK;
enum rc draft_load(struct store *store, struct pool *pool, const char *id, struct draft *out) MUST_CHECK;
void draft_free(struct draft *draft);
/* Replaces data. RC_NOT_FOUND: accepted or expired meanwhile. */
enum rc draft_save(struct store *store, const char *id, const json_t *data) MUST_CHECK;
enum rc draft_take(struct store *store, const char *id, const char *owner,
		const char *owner_name) MUST_CHECK;
enum rc draft_set_ticket(struct store *store, const char *id, const char *ticket) MUST_CHECK;
enum rc draft_delete(struct store *store, const char *id) MUST_CHECK;
struct draft_row { char id[33]; const char *owner_name, *applicant, *procedure, *ticket; int64_t updated_at;
	bool guided; };		/* a request for more papers went with the citizen */
enum rc draft_list(struct store *store, struct pool *pool, size_t limit, struct draft_row **rows,
		size_t *count) MUST_CHECK;
/* Those that wait under this ticket number, newest first. */
enum rc draft_by_ticket(struct store *store, struct pool *pool, const char *ticket, size_t limit,
		struct draft_row **rows, size_t *count) MUST_CHECK;
/* Removes what is older than 7 days, files first. */
enum rc draft_expire(struct store *store, int64_t now_ms) MUST_CHECK;

/* Files: the blob is adopted first (blob.h). The same content again for a component is one file: its
 * sender did not hear that it was taken. RC_NOT_FOUND: no such draft. */
enum rc draft_file_add(struct store *store, const char *id, const char *component,
		const char *sha256_hex, int64_t size, const char *type, const char *name) MUST_CHECK;
enum rc draft_file_remove(struct store *store, const char *id, int64_t no) MUST_CHECK;
/* One place up or down among its component's files; at the end: nothing. */
enum rc draft_file_move(struct store *store, const char *id, int64_t no, bool up) MUST_CHECK;
/* Another content in its place: turned. */
enum rc draft_file_put(struct store *store, const char *id, int64_t no, const char *sha256_hex,
		int64_t size, const char *type) MUST_CHECK;
enum rc draft_file_list(struct store *store, struct pool *pool, const char *id,
		struct draft_file **rows, size_t *count) MUST_CHECK;

/* Scans after acceptance (/quet): a draft under the dossier's own id, so that uploads, order and thumbs
 * are those of a draft. Made when missing; data as draft_new. It is in no list of drafts, is gone after
 * 7 days without an act, and closes after its event; what it still names is then in the manifest. */
enum rc draft_scan_open(struct store *store, const char *dossier_id_hex, const char *owner,
		const char *owner_name, json_t *data) MUST_CHECK;
/* RC_OK also when there is none. */
enum rc draft_scan_close(struct store *store, const char *dossier_id_hex) MUST_CHECK;

/* The next provisional number of the day; inside store_begin, and taken by the event that names it. */
enum rc draft_next_code(struct store *store, struct pool *pool, int64_t now_ms, char **code) MUST_CHECK;
/* Accepts: in one write: the form id, the next provisional number, the manifest from the draft's
 * files, the accepted event, the draft closed. body: the accepted event's body complete but for
 * code, manifest and slip, which are filled in here. With a paper_no it is dossier.late_entered;
 * a member parts (an array of such bodies) is taken out: the dossiers of a bundle, accepted beside it.
 * RC_EXISTS: this draft or form was accepted already: *location of the first. RC_CONFLICT + reason.
 * RC_FULL. *location "/ho-so/<code>/xong". */
enum rc draft_accept(struct store *store, struct pool *pool, const char *id, const char *form_id,
		const char *actor, json_t *body, char **location, const char **reason) MUST_CHECK;
/* Refuses the draft (form 03): form id, next provisional number, dossier.intake_refused, the draft
 * closed. body: complete but for code. *location "/ho-so/<code>/in/tu-choi". The rest as
 * draft_accept, but for number: "" or the next of its series (store/paper.h), put into body. */
enum rc draft_refuse(struct store *store, struct pool *pool, const char *id, const char *form_id,
		const char *actor, const char *series, json_t *body, char **location,
		const char **reason) MUST_CHECK;
/* The same for what is typed on one page and never was a draft (the certification counter): accepted,
 * paid when body says so, and sent to the signer (body of dossier.sent_to_sign) in one write. '*' in
 * location_format becomes the code. */
enum rc draft_accept_now(struct store *store, struct pool *pool, const char *form_id,
		const char *actor, json_t *body, const json_t *to_sign, const char *location_format,
		char **location, const char **reason) MUST_CHECK;

#endif
