/*
 * stick.h: what goes on a stick and comes from it, as the database knows it (link/bundle_*.c carries it).
 */
#ifndef TRAM_STORE_STICK_H
#define TRAM_STORE_STICK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/pool.h"
#include "base/rc.h"
#include "store/linkstate.h"
#include "store/store.h"

/* Board: contents that the center has not receipted, of dossiers whose events are at most upto; by due
 * time, small before big. upload_url is "". */
enum rc stick_contents(struct store *store, struct pool *pool, uint64_t upto, size_t limit,
		struct link_blob **rows, size_t *count) MUST_CHECK;
/* Board: is this content wanted of the center (a result that is not here)? *size of it. */
enum rc stick_result_wanted(struct store *store, const char *sha256, int64_t *size) MUST_CHECK;

/* Center: what a board said on its newest stick (JSON), "" when never. */
enum rc stick_said_get(struct store *store, struct pool *pool, const char *board, char **json) MUST_CHECK;
enum rc stick_said_put(struct store *store, const char *board, const char *json) MUST_CHECK;
/* Center: number of a content's receipt. RC_NOT_FOUND. */
enum rc stick_receipt_no(struct store *store, const char *board, const char *sha256,
		uint64_t *no) MUST_CHECK;
/* Center: receipts for contents, ascending by number, from no on. */
struct stick_receipt { uint64_t no; const char *jws; };
enum rc stick_receipts(struct store *store, struct pool *pool, const char *board, uint64_t from,
		size_t limit, struct stick_receipt **rows, size_t *count) MUST_CHECK;
/* Center: result files that events of the center's log after `after` may have named. */
enum rc stick_results(struct store *store, struct pool *pool, const char *board, uint64_t after,
		size_t limit, struct link_blob **rows, size_t *count) MUST_CHECK;

#endif
