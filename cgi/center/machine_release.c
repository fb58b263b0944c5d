/*
 * machine_release.c: the release that this center hands on to its boards (link/PROTOCOL.md): the manifest as
 * it was signed, and the packages it names. It lies in offer/ of the data folder; `tram release --data` puts
 * it there. The center cannot make one: it has no release key.
 */
#include <string.h>

#include "base/encode.h"
#include "base/file.h"
#include "center/machine.h"
#include "link/release.h"
#include "store/blob.h"

#define OFFER "offer"

static enum rc read_offer(struct web *web, struct request *request, char **token)
{
	size_t len;

	return file_read(request->pool, pool_printf(request->pool, "%s/" OFFER "/" RELEASE_FILE,
			web->settings->data_dir), RELEASE_TOKEN_MAX, token, &len);
}

enum rc machine_release(struct web *web, struct request *request, struct response *response)
{
	char *token;
	enum rc rc = read_offer(web, request, &token);

	if (rc == RC_NOT_FOUND) {
		response->status = 204;
		response->no_body = true;
		return RC_OK;
	}
	if (rc != RC_OK)
		return rc;
	response->content_type = "application/jose";
	buf_text(&response->body, token);
	return RC_OK;
}

enum rc machine_release_package(struct web *web, struct request *request, struct response *response)
{
	const struct release_package *package = NULL;
	uint8_t wanted[HASH_SIZE];
	struct release release;
	char *token, *path;
	size_t i;
	enum rc rc;

	if (strlen(request->params[0]) != 2 * HASH_SIZE || hex_decode(request->params[0], wanted, HASH_SIZE))
		return RC_NOT_FOUND;
	rc = read_offer(web, request, &token);
	/* Verified when it was put there; boards do so again. */
	if (rc == RC_OK)
		rc = release_payload(request->pool, token, &release);
	for (i = 0; rc == RC_OK && i < release.count; i++) {
		if (memcmp(release.packages[i].sha256, wanted, HASH_SIZE) == 0)
			package = &release.packages[i];
	}
	if (rc != RC_OK || package == NULL)
		return RC_NOT_FOUND;
	rc = blob_link_file(web->store, request->pool, pool_printf(request->pool, "%s/" OFFER "/%s",
			web->settings->data_dir, package->file), &path);
	if (rc == RC_OK)
		response_file(response, path, "application/vnd.debian.binary-package", package->file, false);
	return rc;
}
