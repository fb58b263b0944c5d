/*
 * tus.h: tus 1.0.0 server (core, creation, checksum, expiration, termination) and multipart uploads,
 * into the spool, never whole in memory. One module for the tablets and for the machine port.
 *
 * An upload is spool/<32 hex> (bytes) and spool/<32 hex>.json (length, scope, metadata, expiry). A
 * PATCH's bytes are fsynced before it is answered; the offset is the file's size, so that nothing
 * can run ahead of the bytes.
 */
#ifndef TRAM_WEB_TUS_H
#define TRAM_WEB_TUS_H

#include "base/rc.h"
#include "web/web.h"

struct tus_upload {
	char id[33];
	int64_t length, offset;
	const char *scope;		/* set by allow: "draft:<id>", "board:<id>" … */
	const char *sha256;		/* metadata sha256 (hex), "" */
	const char *filename, *component, *target;	/* metadata, cleaned, "" */
	const char *path;		/* of the spool file */
	const char *fault;		/* finish, RC_INVALID: what is wrong with the content, for its sender */
};

struct tus_server {
	const char *base;		/* "/tai-len": uploads live at base/<id> */
	int64_t max_bytes;
	/* May this request create this upload? Sets upload->scope. RC_DENIED, RC_NOT_FOUND, RC_INVALID,
	 * RC_TOO_LARGE, RC_EXISTS: the content is there already: answered as a finished upload. */
	enum rc (*allow)(struct web *web, struct request *request, struct tus_upload *upload);
	/* May this request touch it? Compares scope with the session or certificate. */
	enum rc (*same_scope)(struct web *web, struct request *request, const struct tus_upload *upload);
	/* All bytes are in the spool: adopt. May add headers. Runs again if it failed before. */
	enum rc (*finish)(struct web *web, struct request *request, struct response *response,
			struct tus_upload *upload);
};

/* The handler behind routes POST/OPTIONS base and HEAD/PATCH/DELETE/OPTIONS base/:id. */
enum rc tus_handle(struct web *web, const struct tus_server *server, struct request *request,
		struct response *response) MUST_CHECK;

/* Streams a multipart/form-data body: every file part goes to the spool and is handed to `file`
 * (path fsynced), every other part to `field`, its value as sent (U+0000 as U+0001,
 * UTF-8 not checked: form_parse does). RC_GONE on a cut body: nothing was handed on for the
 * cut part. RC_TOO_LARGE: a file was, and was not kept; everything else was handed on. */
struct multipart_sink {
	enum rc (*field)(void *arg, const char *name, const char *value);
	enum rc (*file)(void *arg, const char *name, const char *filename, const char *spool_path,
			int64_t size);
	void *arg;
	int64_t max_file_bytes;
};
enum rc multipart_stream(struct web *web, struct request *request, const struct multipart_sink *sink)
		MUST_CHECK;
/* Removes spool files older than a day. */
void tus_expire(const struct settings *settings);

#endif
