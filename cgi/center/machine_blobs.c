/*
 * machine_blobs.c: a board's files by tus at /v1/blobs, and result files back at /v1/content.
 *
 * A board may name only what its own manifests and results name. What belongs to another board is
 * answered exactly as what does not exist: nobody learns by asking who has which file.
 */
#include <string.h>

#include "base/encode.h"
#include "base/log.h"
#include "center/machine.h"
#include "crypt/hash.h"
#include "link/issue.h"
#include "store/blob.h"
#include "store/linkstate.h"
#include "store/parked.h"
#include "web/tus.h"

#define SCOPE "board:"

/* Whether this board's manifests or results name the content; its size by them. */
static enum rc wanted(struct web *web, struct request *request, const char *sha256, uint8_t raw[HASH_SIZE],
		int64_t *size)
{
	if (strlen(sha256) != 2 * HASH_SIZE || hex_decode(sha256, raw, HASH_SIZE) != RC_OK)
		return RC_NOT_FOUND;
	return linkstate_blob_wanted(web->store, request->board, sha256, size);
}

static enum rc allow(struct web *web, struct request *request, struct tus_upload *upload)
{
	uint8_t raw[HASH_SIZE];
	struct blob blob;
	int64_t size = 0;
	enum rc rc;

	upload->scope = pool_printf(request->pool, SCOPE "%s", request->board);
	rc = wanted(web, request, upload->sha256, raw, &size);
	if (rc != RC_OK)
		return rc;
	if (upload->length != size)
		return RC_INVALID;
	rc = blob_find(web->store, request->board, raw, &blob);
	if (rc == RC_OK)
		return RC_EXISTS;
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc same_scope(struct web *web, struct request *request, const struct tus_upload *upload)
{
	(void)web;
	if (upload->scope == NULL || strncmp(upload->scope, SCOPE, strlen(SCOPE)) != 0 ||
			strcmp(upload->scope + strlen(SCOPE), request->board) != 0)
		return RC_NOT_FOUND;
	return RC_OK;
}

static enum rc put_receipt(struct web *web, struct request *request, struct response *response,
		const char *sha256, int64_t size)
{
	const struct machine *machine = web->app;
	char *token = NULL;
	enum rc rc;

	rc = issue_blob(web->store, request->pool, machine->receipt_key, request->board, sha256, size,
			&token);
	if (rc == RC_OK)
		response_header(response, "Tram-Receipt", token);
	return rc;
}

static enum rc finish(struct web *web, struct request *request, struct response *response,
		struct tus_upload *upload)
{
	uint8_t raw[HASH_SIZE];
	struct blob blob;
	int64_t size = 0;
	enum rc rc;

	rc = wanted(web, request, upload->sha256, raw, &size);
	if (rc != RC_OK)
		return rc;
	rc = blob_find(web->store, request->board, raw, &blob);
	if (rc == RC_NOT_FOUND)
		rc = blob_adopt(web->store, request->board, upload->path, raw, size, false, &blob);
	if (rc == RC_PROTOCOL) {
		log_warn("blob is not what it was announced as board=%s sha256=%.16s",
				request->board, upload->sha256);
		if (parked_blob_note(web->store, request->board, upload->sha256, "content") != RC_OK)
			log_warn("a content that is none could not be noted");
		return RC_INVALID;
	}
	if (rc == RC_OK)
		rc = put_receipt(web, request, response, upload->sha256, size);
	return rc;
}

static const struct tus_server server = {
	.base = "/v1/blobs",
	.allow = allow,
	.same_scope = same_scope,
	.finish = finish,
};

enum rc machine_blobs(struct web *web, struct request *request, struct response *response)
{
	struct tus_server here = server;

	here.max_bytes = web->settings->upload_max_bytes;
	return tus_handle(web, &here, request, response);
}

enum rc machine_blobs_content(struct web *web, struct request *request, struct response *response)
{
	const char *sha256 = request->params[0];
	uint8_t raw[HASH_SIZE];
	struct blob blob;
	char *path = NULL;
	int64_t size = 0;
	enum rc rc;

	rc = wanted(web, request, sha256, raw, &size);
	if (rc == RC_OK)
		rc = blob_find(web->store, request->board, raw, &blob);
	if (rc == RC_OK)
		rc = blob_link_out(web->store, request->pool, request->board, raw, &path);
	if (rc != RC_OK)
		return rc;
	response_file(response, path, "application/octet-stream", sha256, false);
	return RC_OK;
}
