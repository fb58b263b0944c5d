/*
 * dossier.h: reading dossiers from the projection. Writing is act_append (store.h).
 */
#ifndef TRAM_STORE_DOSSIER_H
#define TRAM_STORE_DOSSIER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/pool.h"
#include "base/rc.h"
#include "dossier/kind.h"
#include "store/store.h"

/* How a dossier came here. The numbers are stored: never renumber. */
enum dossier_origin {
	ORIGIN_ACCEPTED = 0,
	ORIGIN_LATE = 1,		/* Late entry: on numbered paper while the box was out */
	ORIGIN_TAKEN_OVER = 2,		/* Takeover: no new intake */
	ORIGIN_BROUGHT = 3,		/* a result to hand over for somebody else: no new intake */
	ORIGIN_REFUSED = 4		/* refused at the counter */
};

struct dossier_row {
	const char *board;
	uint8_t id[16];
	char id_hex[33];
	const char *code;		/* provisional number */
	const char *key;		/* the address /ho-so/<key>: the code; the id where the code names none, or two */
	bool shared;			/* another dossier of this board has the same code: a log came apart */
	const char *official;		/* "" until the center issued it */
	const char *external;		/* other systems' code, "" */
	const char *procedure, *procedure_name, *case_id, *catalogue;
	int level;			/* enum level */
	const char *unit, *agency;
	const char *applicant, *applicant_number, *phone, *submitter;
	const char *content;
	const char *channel;
	struct dossier_facts facts;	/* state, holder … */
	const char *assignee, *assignee_name;	/* who works on it now; account id, shown name */
	int64_t received_at, due_at, finished_at, returned_at;	/* 0: none */
	bool has_due, due_certain;
	const char *place;
	int64_t fee_total, fee_paid;
	int64_t manifest_version;
	int files_total;		/* of the current manifest */
	int64_t complete_version, complete_at;	/* newest manifest the center confirmed whole; 0 */
	int slip_no;
	int scans_missing;		/* papers that are there and have no scan yet */
	enum dossier_origin origin;
	const char *old_code, *old_agency;	/* of a dossier taken over or brought; LATE: paper number */
	const char *target_system;	/* the system of somebody else it has to be keyed into, "" */
	char seen[33];			/* hex id of the last event, for the hidden field */
	/* Board only, computed: */
	bool events_received;		/* all its events are under a receipt */
	int files_sent;			/* files of the current manifest with a blob receipt */
	int files_here;			/* center: files of the current manifest stored here */
};

/* By provisional or official code, or 32 hex id. board NULL: store->board. RC_NOT_FOUND. Where two have
 * the code: one of them, and whoever would act on it looks at dossier_same first. */
enum rc dossier_find(struct store *store, struct pool *pool, const char *board, const char *key,
		struct dossier_row *out) MUST_CHECK;
/* All of a board that have this provisional or official code, the oldest first. An id: none. board NULL:
 * store->board. More than one only where a log came apart (fork.h). */
enum rc dossier_same(struct store *store, struct pool *pool, const char *board, const char *key,
		size_t limit, struct dossier_row **rows, size_t *count) MUST_CHECK;

/* Do two of a board have this code? An address with it names neither. */
enum rc dossier_twins(struct store *store, const char *board, const char *key, bool *twins) MUST_CHECK;

/* The transfer in three honest words (UI.md 2). */
enum transfer { TRANSFER_STORED, TRANSFER_SENDING, TRANSFER_COMPLETE };
enum transfer dossier_transfer(const struct dossier_row *row);

enum dossier_list_kind {
	LIST_OVERDUE, LIST_DUE_TODAY, LIST_DUE_TOMORROW, LIST_SUPPLEMENT, LIST_RESULT,
	LIST_MINE,		/* assignee = account */
	LIST_TO_SIGN,		/* state SIGNING */
	LIST_TO_HAND_OVER,	/* accepted, level province, held by the board */
	LIST_UNSCANNED,		/* open, held by the board, papers without a scan */
	LIST_RECENT, LIST_OPEN,
	LIST_UNTAKEN,		/* the commune decides, nobody has it: for any specialist */
	LIST_MY_SIGNING,	/* account sent it to the signer */
	LIST_CENTER_NEW, LIST_CENTER_WORK, LIST_CENTER_DONE, LIST_CENTER_ALL
};
struct dossier_query {
	enum dossier_list_kind kind;
	const char *account;		/* for MINE */
	const char *board;		/* center: one board, or NULL for all; board side: NULL */
	int64_t now_ms;
	size_t limit, offset;
};
enum rc dossier_list(struct store *store, struct pool *pool, const struct dossier_query *query,
		struct dossier_row **rows, size_t *count) MUST_CHECK;
/* Open dossiers whose clock ran between the two times: received before to_ms, due from from_ms on. */
enum rc dossier_list_running(struct store *store, struct pool *pool, int64_t from_ms, int64_t to_ms,
		size_t limit, struct dossier_row **rows, size_t *count) MUST_CHECK;
/* counts[kind] for every kind on the board's home page; of the newest no more than DOSSIER_RECENT_MAX. */
#define DOSSIER_RECENT_MAX 1000
enum rc dossier_counts(struct store *store, const char *account, int64_t now_ms,
		int64_t counts[LIST_OPEN + 1]) MUST_CHECK;
/* Folded, any word order; also code (any part of 4 digits), phone, ID number. */
enum rc dossier_search(struct store *store, struct pool *pool, const char *words, size_t limit,
		struct dossier_row **rows, size_t *count) MUST_CHECK;

/* ---- dossier_work.c: worklists, each reading an index of its own ---- */
/* Results that wait here since before_ms, the longest waiting first. */
enum rc dossier_waiting(struct store *store, struct pool *pool, int64_t before_ms, size_t limit,
		size_t offset, struct dossier_row **rows, size_t *count) MUST_CHECK;
/* The newest call to the citizen, and how many there were; outcome "" when there was none. */
struct dossier_call { const char *outcome; int64_t at, appointment_at, count; };
enum rc dossier_last_call(struct store *store, struct pool *pool, const struct dossier_row *row,
		struct dossier_call *out) MUST_CHECK;
/* Systems of others that dossiers here still have to be keyed into, and how many. */
struct dossier_system { const char *system; int64_t count; };
enum rc dossier_systems(struct store *store, struct pool *pool, struct dossier_system **rows,
		size_t *count) MUST_CHECK;
/* Those of one system without a code of it, oldest first. */
enum rc dossier_to_key(struct store *store, struct pool *pool, const char *system, size_t limit,
		size_t offset, struct dossier_row **rows, size_t *count) MUST_CHECK;
/* The province took it from a board that was shut out: since when, why and by whom. RC_NOT_FOUND: whoever holds it
 * was given it. */
struct dossier_seizure { int64_t at; const char *reason, *by; };
enum rc dossier_seizure(struct store *store, struct pool *pool, const struct dossier_row *row,
		struct dossier_seizure *out) MUST_CHECK;
/* By the number it had elsewhere, exactly as written there. Several may have it: the first.
 * RC_NOT_FOUND. */
enum rc dossier_by_old_code(struct store *store, struct pool *pool, enum dossier_origin origin,
		const char *old_code, struct dossier_row *out) MUST_CHECK;
/* Taken over or brought, newest first. */
enum rc dossier_from_elsewhere(struct store *store, struct pool *pool, enum dossier_origin origin,
		size_t limit, struct dossier_row **rows, size_t *count) MUST_CHECK;

/* The whole point's transfer for the header: computed, never a flag. dossiers_waiting looks no further
 * than DOSSIER_BACKLOG_MAX dossiers that are not whole there, and as many unsent events about others: from
 * there on it means "at least". */
#define DOSSIER_BACKLOG_MAX 500
struct dossier_backlog { int64_t dossiers_waiting; int64_t oldest_at; int64_t last_receipt_at; };
enum rc dossier_backlog_get(struct store *store, struct dossier_backlog *out) MUST_CHECK;

struct dossier_file {
	const char *component;
	int position;
	char sha256[65];
	int64_t size;
	const char *type, *name;
	bool here;			/* the content is stored on this side */
	bool gone;			/* let go: it stands at the center (letgo.h) */
	bool result;			/* a result file: component is then the result's number in order */
};
/* Current manifest, or with results = true the result files. */
enum rc dossier_files(struct store *store, struct pool *pool, const struct dossier_row *row,
		bool results, struct dossier_file **files, size_t *count) MUST_CHECK;
/* Did an earlier manifest or result of this dossier name this content? */
enum rc dossier_file_before(struct store *store, const struct dossier_row *row, const char *sha256_hex,
		bool *was) MUST_CHECK;
struct dossier_result { const char *kind, *number, *summary, *issuer, *signer, *signed_on; };
enum rc dossier_results(struct store *store, struct pool *pool, const struct dossier_row *row,
		struct dossier_result **results, size_t *count) MUST_CHECK;
/* Who put its papers where they lie (row->place), by the last word about it; account "" and at 0 where
 * nobody said so by name. */
enum rc dossier_place(struct store *store, struct pool *pool, const struct dossier_row *row,
		const char **account, int64_t *at) MUST_CHECK;
/* The accepted event's current body as amended: applicant, components, fees … as JSON object for
 * the slip; caller json_decref's. RC_NOT_FOUND: erased. */
enum rc dossier_body(struct store *store, const struct dossier_row *row, json_t **out) MUST_CHECK;

#endif
