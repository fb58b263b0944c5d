/*
 * machine.h: the machine interface for boards (tram-machine): what its handlers share.
 *
 * Every route demands a registered certificate (route.c), so request->board is always set here.
 * link/PROTOCOL.md describes what is said; this program only joins HTTP to link/wire and store.
 */
#ifndef TRAM_CENTER_MACHINE_H
#define TRAM_CENTER_MACHINE_H

#include "base/buf.h"
#include "base/rc.h"
#include "crypt/jws.h"
#include "store/journal.h"
#include "web/web.h"

/* Over this a journal body is refused, unpacked: a full batch of the largest bodies, escaped, is
 * under half of it. Packed, the route's limit holds. */
#define MACHINE_JOURNAL_MAX ((size_t)4 * 1024 * 1024)

/* web->app */
struct machine {
	struct jws_key *receipt_key;	/* center_key_dir/receipt.key */
};

/* Signs the payload (JSON text, as wire.h makes it) with the receipt key; *token in the request's
 * pool. RC_IO: signing failed, logged. */
enum rc machine_sign(struct web *web, struct request *request, const char *typ,
		const char *payload, char **token) MUST_CHECK;

/* machine_enrol.c: certificates. POST /v1/enrol, POST /v1/renew */
enum rc machine_enrol_join(struct web *web, struct request *request, struct response *response);
enum rc machine_enrol_renew(struct web *web, struct request *request, struct response *response);
/* machine_keys.c: GET /v1/ca, GET /v1/keys */
enum rc machine_keys_ca(struct web *web, struct request *request, struct response *response);
enum rc machine_keys(struct web *web, struct request *request, struct response *response);
/* How many keys were announced so far. */
int64_t machine_keys_count(struct web *web, struct pool *pool);
/* A small text file of center_key_dir. RC_NOT_FOUND: none here. */
enum rc machine_keys_read(struct web *web, struct pool *pool, const char *name, char **text) MUST_CHECK;

/* POST /v1/hello */
enum rc machine_hello(struct web *web, struct request *request, struct response *response);
/* POST /v1/journal */
enum rc machine_journal(struct web *web, struct request *request, struct response *response);
/* The request's body unpacked; bounded, so that a small bomb stays small. RC_TOO_LARGE, RC_INVALID. */
enum rc machine_journal_unpack(struct request *request, struct buf *out) MUST_CHECK;
/* machine_branch.c: GET, POST /v1/branch; POST /v1/lost */
enum rc machine_branch(struct web *web, struct request *request, struct response *response);
enum rc machine_branch_lost(struct web *web, struct request *request, struct response *response);
/* machine_feed.c: journal lines as the answer, gzip when the request takes it. */
enum rc machine_feed_rows(struct request *request, struct response *response,
		const struct journal_row *rows, size_t count) MUST_CHECK;
/* GET /v1/feed?after=N */
enum rc machine_feed(struct web *web, struct request *request, struct response *response);
/* POST /v1/readings?log=… */
enum rc machine_readings(struct web *web, struct request *request, struct response *response);
/* GET /v1/own?after=N */
enum rc machine_feed_own(struct web *web, struct request *request, struct response *response);
/* tus at /v1/blobs */
enum rc machine_blobs(struct web *web, struct request *request, struct response *response);
/* machine_release.c: GET /v1/release, GET /v1/release/:sha */
enum rc machine_release(struct web *web, struct request *request, struct response *response);
enum rc machine_release_package(struct web *web, struct request *request, struct response *response);
/* GET /v1/content/:sha */
enum rc machine_blobs_content(struct web *web, struct request *request, struct response *response);

#endif
