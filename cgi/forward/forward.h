/*
 * forward.h: what the parts of tram-forward share. It ships the journal and the blobs, fetches the
 * center's events and files, and knows nothing of pages. Order and rules: link/PROTOCOL.md §10.
 */
#ifndef TRAM_FORWARD_FORWARD_H
#define TRAM_FORWARD_FORWARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/pool.h"
#include "base/rc.h"
#include "base/settings.h"
#include "crypt/jws.h"
#include "link/http.h"
#include "link/tusc.h"
#include "store/journal.h"
#include "store/linkstate.h"
#include "store/store.h"

/* Content that cannot be sent or fetched now, though the center is well: left alone for a while. */
struct forward_aside {
	char sha256[65];
	int64_t until_ms;
};

struct forward {
	const struct settings *settings;
	struct store *store;
	struct tls_client *tls;
	struct http *http;		/* journal, feed, content */
	struct tusc *tusc;
	struct jws_key *receipt_key;
	struct pool *pool;		/* emptied between steps */
	int stop_fd, wake_fd;

	bool greeted;			/* hello was answered since the last failure */
	int64_t greet_at;		/* boottime of the next hello */
	int64_t looked_at;		/* boottime of the last look at the feed */
	int64_t pumped_at;		/* boottime at which the lanes were served last */
	bool look_now;			/* something may wait in the feed: look at once */
	struct pool *waiting_pool;	/* holds waiting, until it is asked for anew */
	struct link_blob *waiting;	/* contents to send, in order, read some dozens at a time */
	size_t waiting_count, waiting_next;
	struct forward_aside *aside;
	size_t aside_count, aside_cap;

	/* Health */
	bool down;
	char reason[64];		/* of the last failure; "" when all is well */
	char aside_reason[64];		/* why content is left alone; "" */
	int64_t round_trip_ms;		/* of the last hello, -1 */
	int64_t failing_since;		/* boottime, 0 */
	int64_t last_ok_at;		/* wall time of the last good answer, 0 */
	int64_t health_at;		/* boottime of the last writing */
	int64_t health_cost_ms;		/* what counting took then: a long queue is counted seldom */
	bool health_changed;		/* progress: soon */
	bool health_urgent;		/* up, down, another reason: now */
};

/* A step failed: RC_GONE with the stop pipe readable, or the reason is set and said in one log
 * line. what: "journal" …; reason: one of PROTOCOL's problem names or a word of our own. */
enum rc forward_fail(struct forward *forward, const char *what, const char *reason, enum rc rc)
		MUST_CHECK;
/* The same from what http says: a transport fault, or an answer of that status. */
enum rc forward_fail_http(struct forward *forward, const char *what, enum rc rc,
		enum tls_fault fault, const struct http_answer *answer) MUST_CHECK;
/* SIGTERM came; the wake fifo has something. */
bool forward_stopped(const struct forward *forward);
bool forward_woken(const struct forward *forward);

/* exchange.c: each RC_OK, or failed as above and nothing is marked done. */
enum rc exchange_hello(struct forward *forward) MUST_CHECK;
enum rc exchange_journal(struct forward *forward) MUST_CHECK;	/* until all is receipted */
enum rc exchange_feed(struct forward *forward) MUST_CHECK;	/* until nothing is newer */

/* blobs.c */
/* New events may have brought more urgent contents: read the queue anew. */
void blobs_forget_queue(struct forward *forward);
enum rc blobs_fetch(struct forward *forward) MUST_CHECK;	/* result files, one round of them */
/* Keeps the lanes full until the wake fifo has something, until_ms, or a failure. */
enum rc blobs_send(struct forward *forward, int64_t until_ms) MUST_CHECK;

/* health.c: writes health.json at once when the link's state changed, within 2 s of progress, and
 * every minute. health_next: the boottime of the next writing, or until_ms if that is sooner. */
void health_put(struct forward *forward);
int64_t health_next(const struct forward *forward, int64_t until_ms);

#endif
