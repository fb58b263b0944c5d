/*
 * greet.c: see greet.h.
 */
#include <string.h>

#include "base/encode.h"
#include "link/greet.h"
#include "store/fork.h"

/* Does the board have events of our log that are not here? Then this center was put back from a copy. Or
 * do they stand in a branch, since two machines of one identity had different ones? */
static enum rc compare(struct store *store, const char *board, const struct journal_head *theirs,
		struct wire_welcome *welcome)
{
	bool main_log = theirs->seq == 0, anywhere = main_log;
	enum rc rc = RC_OK;

	if (!main_log)
		rc = fork_stands(store, board, AUTHOR_CENTER, theirs->seq, theirs->hash, false, &main_log);
	if (rc == RC_OK && !main_log)
		rc = fork_stands(store, board, AUTHOR_CENTER, theirs->seq, theirs->hash, true, &anywhere);
	welcome->lost = !main_log && !anywhere;
	welcome->apart = !main_log && anywhere;
	return rc;
}

enum rc greet_answer(struct store *store, struct pool *pool, const char *board,
		const struct wire_hello *hello, struct wire_welcome *welcome, enum fence_verdict *verdict)
{
	char instance[2 * WIRE_NONCE_SIZE + 1];
	struct fence_said said;
	enum rc rc;

	memset(welcome, 0, sizeof(*welcome));
	hex_encode(hello->instance, sizeof(hello->instance), instance);
	rc = fence_hello(store, pool, board, instance, hello->counter,
			hello->version ? hello->version : "", &said);
	*verdict = said.verdict;
	welcome->board = pool_strdup(pool, board);
	memcpy(welcome->nonce, hello->nonce, sizeof(welcome->nonce));
	if (rc == RC_OK)
		rc = journal_head_get(store, board, AUTHOR_BOARD, &welcome->own);
	if (rc == RC_OK)
		rc = journal_head_get(store, board, AUTHOR_CENTER, &welcome->center);
	welcome->fenced = !said.fenced ? "" : strcmp(said.reason, FENCE_CLONED) == 0 ? FENCE_CLONED :
			"officer";
	welcome->counter = said.counter > hello->counter ? said.counter : 0;
	welcome->min_epoch = said.min_epoch;
	return rc == RC_OK && !said.fenced ? compare(store, board, &hello->center, welcome) : rc;
}

enum greet_next greet_judge(const struct wire_hello *hello, const struct wire_welcome *welcome,
		uint64_t sent_seq, bool ours)
{
	if (*welcome->fenced)
		return GREET_FENCED;
	if (welcome->lost)
		return GREET_CENTER_LOST;
	/* Before what it lost of ours: it can be given that only where its log of ours is a piece of ours. */
	if (!ours || welcome->apart)
		return GREET_OWN_LOST;
	if (welcome->own.seq < sent_seq)
		return GREET_CENTER_LOST;
	return hello->own.seq > 0 && hello->own.epoch < welcome->min_epoch ? GREET_NEW_EPOCH : GREET_ON;
}

uint64_t greet_before(uint64_t one, uint64_t other)
{
	uint64_t least = one < other ? one : other;

	return least > 0 ? least - 1 : 0;
}
