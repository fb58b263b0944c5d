/*
 * forward.h: what the parts of tram-forward share. It ships the journal and the blobs, fetches the
 * center's events and files, and knows nothing of pages. Order and rules: link/PROTOCOL.md §10.
 */
#ifndef TRAM_FORWARD_FORWARD_H
#define TRAM_FORWARD_FORWARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/json.h"
#include "base/pool.h"
#include "base/rc.h"
#include "base/settings.h"
#include "crypt/jws.h"
#include "link/http.h"
#include "forward/gauge.h"
#include "forward/backlog.h"
#include "link/address.h"
#include "link/identity.h"
#include "link/tusc.h"
#include "link/wire.h"
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
	struct identity_keys keys;	/* the center's receipt keys */
	struct pool *pool;		/* emptied between steps */
	uint8_t instance[WIRE_NONCE_SIZE];	/* this start of the program (store/fence.h) */
	int stop_fd, wake_fd, uplink_fd, ask_fd;
	int stir_fd;			/* can be read when any of the last three can */
	char *addresses[ADDRESS_MAX];	/* of the center, tried in turn */
	size_t address_count, address;
	size_t tried;			/* of them, since the last good answer */
	bool unreachable;		/* the last failure was the line's, not the center's word */
	bool go_now;			/* the uplink came up, or somebody asked: no pause */

	bool retimed;			/* the times of this boot are corrected */
	bool reopen;			/* the identity changed: open the connections anew */
	bool greeted;			/* hello was answered since the last failure */
	int64_t greet_at;		/* boottime of the next hello */
	int64_t looked_at;		/* boottime of the last look at the feed */
	int64_t pumped_at;		/* boottime at which the lanes were served last */
	bool feed_more;			/* the last look gave way: it is not at the feed's end */
	bool look_now;			/* something may wait in the feed: look at once */
	bool journal_more;		/* a long backlog: events wait, though the time for them is over */
	uint64_t proven_seq;		/* of the center's log, its signature is kept for it; 0: not looked yet */
	bool fetched_all;		/* nothing waited when we looked last, and nothing has come since */
	int64_t fetch_again_at;		/* boottime of the next look all the same */
	struct backlog backlog;		/* contents to send */
	struct gauge gauge;
	int64_t goodput_told, goodput_at;	/* what the pages were told, and when (boottime) */
	struct forward_aside *aside;
	size_t aside_count, aside_cap;

	const char *settings_path;
	pid_t stick_pid;		/* of the child that writes or reads a stick; 0: none; -1: of before */
	int stick_fd;			/* its end stirs us; -1: none */
	int64_t room_at;		/* boottime of the next look at the disk; 0: none yet */
	int64_t release_at;		/* boottime: the center is asked for a release again */
	int64_t readings_at;		/* boottime: access records go again */
	int64_t history_at;		/* boottime of the next line of history */

	/* Health */
	bool down;
	char reason[64];		/* of the last failure; "" when all is well */
	char aside_reason[64];		/* why content is left alone; "" */
	int64_t round_trip_ms;		/* of the last hello, -1 */
	int64_t round_trip_at;		/* wall time of it, 0 */
	struct journal_head center_own;	/* head of our log as the center named it then */
	struct journal_head center_head;	/* and of its own */
	const char *files_wait;		/* "quiet", "budget": why no file goes now; "" */
	int64_t failing_since;		/* boottime, 0 */
	int64_t retry_at;		/* boottime at which the pause ends */
	int64_t last_ok_at;		/* wall time of the last good answer, 0 */
	int64_t health_at;		/* boottime of the last writing */
	int64_t health_cost_ms;		/* what counting took then: a long queue is counted seldom */
	bool health_changed;		/* progress: soon */
	char join_reason[48];		/* why the last invitation did not serve, "" */
	bool joining;			/* on the way with one */
	int64_t join_at;		/* wall time at which the last one was through, 0 */
	char renew_reason[48];		/* why the certificate was not renewed, "" */
	bool health_urgent;		/* up, down, another reason: now */
};

/* A step failed: RC_GONE with the stop pipe readable, or the reason is set and said in one log
 * line. what: "journal" …; reason: one of PROTOCOL's problem names or a word of our own. */
enum rc forward_fail(struct forward *forward, const char *what, const char *reason, enum rc rc)
		MUST_CHECK;
/* The same from what http says: a transport fault, or an answer of that status. */
enum rc forward_fail_http(struct forward *forward, const char *what, enum rc rc,
		enum tls_fault fault, const struct http_answer *answer) MUST_CHECK;
/* Is the answer this problem document? */
bool forward_is_problem(const struct http_answer *answer, const char *name);
/* The payload of a statement by one of the center's receipt keys, in forward->pool. RC_PROTOCOL. */
enum rc forward_verify(struct forward *forward, const char *typ, const char *token, char **payload,
		size_t *len) MUST_CHECK;
/* Brings the gauge up to the bytes that went through. */
void forward_gauge(struct forward *forward);
/* SIGTERM came; a page, the kernel or a person wants something. */
bool forward_stopped(const struct forward *forward);
bool forward_woken(const struct forward *forward);

/* join.c: who this board is */
/* Opens what the identity allows. RC_NOT_FOUND: this board has none yet. RC_CONFIG. */
enum rc join_open(struct forward *forward) MUST_CHECK;
void join_close(struct forward *forward);
/* An invitation that the administration left in the inbox is used; reopen says that it served. */
void join_look(struct forward *forward);
/* A new certificate when the old one is near its end, or over. Failures are logged and shown: the
 * next hello tries again. */
void join_renew(struct forward *forward);
/* While there is no identity: until until_ms, but an invitation ends it at once. */
void join_wait(struct forward *forward, int64_t until_ms);
/* New receipt keys, if the center announced some; RC_PROTOCOL: none that follow from ours. */
enum rc join_fetch_keys(struct forward *forward) MUST_CHECK;

/* retime.c: corrects the times of what this boot wrote before it knew the time; once. */
void retime_events(struct forward *forward);

/* line.c: the settings of the line, read once (RC_CONFIG, logged), and its connections. */
enum rc line_read(struct forward *forward) MUST_CHECK;
enum rc line_open(struct forward *forward) MUST_CHECK;

/* exchange.c: each RC_OK, or failed as above and nothing is marked done. */
enum rc exchange_hello(struct forward *forward) MUST_CHECK;
enum rc exchange_journal(struct forward *forward) MUST_CHECK;	/* until all is receipted */
/* Until nothing is newer, or something else goes first: feed_more. */
enum rc exchange_feed(struct forward *forward) MUST_CHECK;

/* release.c: the release the center offers, when it is time to look */
enum rc release_look(struct forward *forward) MUST_CHECK;

/* Is what the center calls the head of our log the event that we have there? */
enum rc exchange_is_ours(struct forward *forward, const struct journal_head *head, bool *ours) MUST_CHECK;
/* An answer's Tram-Head; token (may be NULL) in the pool. RC_PROTOCOL. */
enum rc exchange_head(struct forward *forward, const struct http_answer *answer, const char *typ,
		struct journal_head *head, char **token) MUST_CHECK;
/* Position of the last of some lines, by its own bytes. */
enum rc exchange_last_line(struct forward *forward, const struct buf *lines,
		struct journal_head *head) MUST_CHECK;
/* Its lines, unpacked; the last one must be the head's, past `after`. head NULL: unchecked. */
enum rc exchange_lines(struct forward *forward, const struct http_answer *answer,
		const struct journal_head *head, uint64_t after, struct buf *lines) MUST_CHECK;

/* heal.c: what a hello shows to have come apart (PROTOCOL §16) is put right. */
/* An old copy of this board was put back (restored), or a log came apart: takes back what is ours, opens
 * a new epoch, records what was written meanwhile as a branch. */
enum rc heal_own(struct forward *forward, const struct wire_hello *hello,
		const struct wire_welcome *welcome, const struct link_cursor *cursor,
		bool restored) MUST_CHECK;
/* The center was put back: gives it what it lost of both logs, with its own signatures as proof. */
enum rc heal_center(struct forward *forward, const struct wire_hello *hello,
		const struct wire_welcome *welcome, const struct link_cursor *cursor) MUST_CHECK;
/* This board was let in again after a fence: what it writes now belongs to a new epoch. */
enum rc heal_enrolled(struct forward *forward) MUST_CHECK;
/* All recorded branches of our log go to the center; the center's come here. */
enum rc heal_send_branches(struct forward *forward) MUST_CHECK;
enum rc heal_fetch_branches(struct forward *forward) MUST_CHECK;

/* readings.c: access records, when it is time for them again */
enum rc readings_send(struct forward *forward) MUST_CHECK;

/* blobs.c */
/* Set aside for a while? */
bool blobs_is_aside(struct forward *forward, const char *sha256);
/* Whatever is set aside: somebody asks for it. */
void blobs_try_again(struct forward *forward);
/* May files go now, by quiet hours and the day's budget? Sets files_wait. Events always may. */
bool blobs_may_go(struct forward *forward);
enum rc blobs_fetch(struct forward *forward) MUST_CHECK;	/* result files, one round of them */
/* Keeps the lanes full until the wake fifo has something, until_ms, or a failure. */
enum rc blobs_send(struct forward *forward, int64_t until_ms) MUST_CHECK;

/* health.c: writes health.json at once when the link's state changed, within 2 s of progress, and
 * every minute. health_next: the boottime of the next writing, or until_ms if that is sooner. */
void health_put(struct forward *forward);
/* The day's gauge and the last answers as the process before this one left them. */
void health_take_up(struct forward *forward);
int64_t health_next(const struct forward *forward, int64_t until_ms);

/* history.c: a line an hour of what health.json says. */
void history_note(struct forward *forward, const json_t *health);

/* stick.c: starts the child that a file in inbox/ asks for, one at a time. */
void stick_look(struct forward *forward);
/* The child: what is "write" or "read". Its exit status; how it went stands in health/stick.json. */
int stick_main(const struct settings *settings, const char *what);

/* room.c: lets go of scans when the disk needs it, at most once a minute; and how many dossiers have room. */
void room_keep(struct forward *forward);
void room_add(struct forward *forward, json_t *health);

#endif
