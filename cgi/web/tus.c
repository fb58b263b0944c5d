/*
 * tus.c: the resumable upload protocol, tus 1.0.0 (tus.io/protocols/resumable-upload). What an
 * upload is for and who may touch it, the caller's functions say.
 */
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/encode.h"
#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "crypt/hash.h"
#include "web/multipart.h"
#include "web/tus_spool.h"

#define CHUNK_BYTES 65536u
#define CHECKED_MAX (1024u * 1024u) /* of a PATCH with a checksum: it is held until it is checked  \
				     */
#define METADATA_MAX 4096u

struct call {
	struct web *web;
	const struct tus_server *server;
	struct request *request;
	struct response *response;
	struct tus_spool spool;
};

/* An answer in tus's own terms; RC_OK: there is nothing more to say. */
static enum rc refuse(struct call *call, int status, const char *type, const char *title)
{
	response_problem(call->response, status, type, title, NULL);
	return RC_OK;
}

/* What allow, same_scope, finish or the disk said. */
static enum rc refuse_rc(struct call *call, enum rc rc)
{
	json_t *extra = NULL;

	switch (rc) {
	case RC_INVALID:
		if (call->spool.upload.fault != NULL) {
			extra = json_new_object();
			json_put(extra, "detail", call->spool.upload.fault);
		}
		response_problem(call->response, 422, "content", "This content is not taken", extra);
		return RC_OK;
	case RC_NOT_FOUND:
		return refuse(call, 404, "not-found", "No such upload");
	case RC_DENIED:
		return refuse(call, 403, "denied", "Not allowed");
	case RC_CONFLICT:
		return refuse(call, 409, "conflict", "Not in this state");
	case RC_TOO_LARGE:
		return refuse(call, 413, "too-large", "Too large");
	case RC_BUSY:
		response_header(call->response, "Retry-After", "2");
		return refuse(call, 503, "busy", "Busy, try again");
	case RC_FULL:
		return refuse(call, 507, "full", "No room");
	default:
		return rc;
	}
}

static void number_header(struct call *call, const char *name, int64_t number)
{
	response_header(call->response, name, pool_printf(call->request->pool, "%lld",
			(long long)number));
}

static void expires_header(struct call *call)
{
	static const char days[7][4] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
	static const char months[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug",
		"Sep", "Oct", "Nov", "Dec" };
	time_t at = (time_t)(call->spool.expires_at / 1000);
	struct tm utc;

	if (gmtime_r(&at, &utc) != NULL)
		response_header(call->response, "Upload-Expires",
				pool_printf(call->request->pool,
						"%s, %02d %s %04d %02d:%02d:%02d GMT",
						days[utc.tm_wday], utc.tm_mday, months[utc.tm_mon],
						utc.tm_year + 1900, utc.tm_hour, utc.tm_min,
						utc.tm_sec));
}

static enum rc options(struct call *call)
{
	call->response->status = 204;
	response_header(call->response, "Tus-Version", "1.0.0");
	number_header(call, "Tus-Max-Size", call->server->max_bytes);
	response_header(call->response, "Tus-Extension",
			"creation,checksum,expiration,termination");
	response_header(call->response, "Tus-Checksum-Algorithm", "sha1,sha256");
	return RC_OK;
}

static const char *clean_value(struct pool *pool, const char *name, const struct buf *value)
{
	char *clean;

	if (strcmp(name, "filename") == 0)
		return multipart_clean_name(pool, value->data);
	if (text_clean(pool, value->data, value->len, TEXT_ONE_LINE, &clean) != RC_OK)
		return NULL;
	if (strcmp(name, "sha256") == 0 && clean[0] != '\0' &&
			(strlen(clean) != 64 || strspn(clean, "0123456789abcdef") != 64))
		return NULL;
	return clean;
}

/* "key base64,key base64": the keys we know; others pass by. RC_INVALID: malformed. */
static enum rc read_metadata(struct pool *pool, const char *header, struct tus_upload *upload)
{
	const struct { const char *name; const char **to; } known[] = {
		{ "sha256", &upload->sha256 }, { "filename", &upload->filename },
		{ "component", &upload->component }, { "target", &upload->target },
	};
	struct buf value = { 0 };
	enum rc rc = strlen(header) > METADATA_MAX ? RC_INVALID : RC_OK;

	upload->sha256 = upload->filename = upload->component = upload->target = "";
	while (rc == RC_OK && *header != '\0') {
		size_t pair = strcspn(header, ","), skip = strspn(header, " "), name;
		const char *start = header + skip;

		name = strcspn(start, " ,");
		for (size_t i = 0; rc == RC_OK && i < sizeof known / sizeof known[0]; i++) {
			const char *text = start + name + (start[name] == ' ');

			if (strlen(known[i].name) != name ||
					memcmp(known[i].name, start, name) != 0)
				continue;
			buf_reset(&value);
			buf_reserve(&value, 0);
			value.data[0] = '\0';
			rc = base64_decode(text, (size_t)(header + pair - text), &value);
			if (rc == RC_OK && memchr(value.data, '\0', value.len) != NULL)
				rc = RC_INVALID;
			if (rc == RC_OK)
				*known[i].to = clean_value(pool, known[i].name, &value);
			if (rc == RC_OK && *known[i].to == NULL)
				rc = RC_INVALID;
		}
		header += pair + (header[pair] == ',');
	}
	buf_free(&value);
	return rc;
}

/* All bytes are here: adopt them, once, and keep what was answered. */
static enum rc finish(struct call *call)
{
	struct response *response = call->response;
	size_t before = response->headers.len;
	enum rc rc;

	rc = call->server->finish(call->web, call->request, response, &call->spool.upload);
	if (rc == RC_INVALID || rc == RC_NOT_FOUND)
		tus_spool_remove(call->request->pool, &call->spool);
	if (rc == RC_OK)
		rc = tus_spool_finished(call->request->pool, &call->spool,
				response->headers.data != NULL
						? pool_strdup(call->request->pool,
								  response->headers.data + before)
						: "");
	return rc;
}

static enum rc create(struct call *call)
{
	struct tus_upload *upload = &call->spool.upload;
	const char *length = request_header(call->request, "Upload-Length");
	bool exists;
	enum rc rc;

	if (num_parse(length, 0, INT64_MAX, &upload->length) != RC_OK)
		return refuse(call, 400, "length", "Upload-Length is needed");
	if (call->server->max_bytes > 0 && upload->length > call->server->max_bytes)
		return refuse_rc(call, RC_TOO_LARGE);
	if (read_metadata(call->request->pool, request_header(call->request, "Upload-Metadata"),
			upload) != RC_OK)
		return refuse(call, 400, "metadata", "Upload-Metadata is malformed");
	rc = call->server->allow(call->web, call->request, upload);
	exists = rc == RC_EXISTS;
	if (rc != RC_OK && !exists)
		return refuse_rc(call, rc);
	rc = tus_spool_new(call->request->pool, call->web->settings->spool_dir, &call->spool);
	if (rc != RC_OK)
		return refuse_rc(call, rc);
	if (exists || upload->length == 0) {
		upload->offset = upload->length;
		rc = finish(call);
		if (rc != RC_OK) {
			tus_spool_remove(call->request->pool, &call->spool);
			return refuse_rc(call, rc);
		}
	}
	call->response->status = 201;
	response_header(call->response, "Location", pool_printf(call->request->pool, "%s/%s",
			call->server->base, upload->id));
	number_header(call, "Upload-Offset", upload->offset);
	expires_header(call);
	return RC_OK;
}

/* ---- one upload ---- */

static enum rc head(struct call *call)
{
	struct tus_upload *upload = &call->spool.upload;
	enum rc rc = RC_OK;

	/* Whole, but finish failed or never ran: a client that only asks must not take it for done.
	 */
	if (upload->offset == upload->length && !call->spool.done)
		rc = finish(call);
	if (rc != RC_OK)
		return refuse_rc(call, rc);
	call->response->status = 200;
	call->response->no_body = true;
	number_header(call, "Upload-Offset", upload->offset);
	number_header(call, "Upload-Length", upload->length);
	expires_header(call);
	return RC_OK;
}

struct checksum { size_t len; uint8_t wanted[HASH_SIZE]; };

/* "sha1 <base64>". RC_INVALID: another algorithm or not a digest. */
static enum rc read_checksum(const char *header, struct checksum *out)
{
	struct buf digest = { 0 };
	enum rc rc = RC_INVALID;

	if (strncmp(header, "sha1 ", 5) == 0)
		out->len = 20;
	else if (strncmp(header, "sha256 ", 7) == 0)
		out->len = 32;
	else
		return RC_INVALID;
	header += out->len == 20 ? 5 : 7;
	if (base64_decode(header, strlen(header), &digest) == RC_OK && digest.len == out->len) {
		memcpy(out->wanted, digest.data, digest.len);
		rc = RC_OK;
	}
	buf_free(&digest);
	return rc;
}

static bool checksum_fits(const struct checksum *checksum, const char *bytes, size_t len)
{
	uint8_t digest[HASH_SIZE];

	if (checksum->len == 20)
		hash_sha1(bytes, len, digest);
	else
		hash_sha256(bytes, len, digest);
	return memcmp(digest, checksum->wanted, checksum->len) == 0;
}

/* Up to cap bytes of the body that is left; less only at its end or when it was cut (rc says). */
static enum rc take(struct call *call, char *out, size_t cap, size_t *len)
{
	struct request *request = call->request;
	enum rc rc = RC_OK;

	for (*len = 0; rc == RC_OK && *len < cap;) {
		size_t got = 0;

		rc = request->read(request->read_arg, out + *len, cap - *len, &got);
		*len += got;
		if (got == 0)
			break;
	}
	return rc;
}

static enum rc append(struct call *call, const char *bytes, size_t len)
{
	enum rc rc = len > 0 ? file_write_all(call->spool.fd, bytes, len) : RC_OK;
	struct stat st;

	if (rc == RC_OK)
		call->spool.upload.offset += (int64_t)len;
	else if (fstat(call->spool.fd, &st) == 0)
		call->spool.upload.offset = (int64_t)st.st_size;
	return rc;
}

/* With a checksum nothing is written before the whole PATCH fits it. */
static enum rc append_checked(struct call *call, const struct checksum *checksum, size_t size)
{
	char *bytes = pool_alloc(call->request->pool, size + 1);
	size_t len = 0;
	enum rc rc = RC_OK;

	if ((call->request->route->policy & ROUTE_STREAM) != 0) {
		rc = take(call, bytes, size, &len);
	} else {
		len = call->request->body_len;
		memcpy(bytes, call->request->body, len < size ? len : size);
	}
	if (rc == RC_OK && len < size)
		rc = RC_GONE;
	if (rc == RC_OK && !checksum_fits(checksum, bytes, size))
		return RC_PROTOCOL;
	return rc == RC_OK ? append(call, bytes, size) : rc;
}

/* Keeps whatever arrived, also when the line is cut: that is what resuming is for. */
static enum rc append_streamed(struct call *call, int64_t size)
{
	char *bytes;
	enum rc rc = RC_OK;

	if ((call->request->route->policy & ROUTE_STREAM) == 0)
		return append(call, call->request->body, call->request->body_len);
	bytes = pool_alloc(call->request->pool, CHUNK_BYTES);
	while (rc == RC_OK && size > 0) {
		size_t want = size < (int64_t)CHUNK_BYTES ? (size_t)size : CHUNK_BYTES, len = 0;
		enum rc write_rc;

		rc = take(call, bytes, want, &len);
		write_rc = append(call, bytes, len);
		rc = write_rc != RC_OK ? write_rc : rc == RC_OK && len < want ? RC_GONE : rc;
		size -= (int64_t)len;
	}
	return rc;
}

static enum rc patch_body(struct call *call)
{
	struct request *request = call->request;
	const char *header = request_header(request, "Upload-Checksum");
	int64_t size = request->content_length > 0 ? request->content_length : 0;
	struct checksum checksum;
	enum rc rc;

	if (header[0] != '\0' && read_checksum(header, &checksum) != RC_OK)
		return RC_INVALID;
	if (size > call->spool.upload.length - call->spool.upload.offset ||
			(header[0] != '\0' && size > (int64_t)CHECKED_MAX))
		return RC_TOO_LARGE;
	if (lseek(call->spool.fd, 0, SEEK_END) != (off_t)call->spool.upload.offset)
		return RC_IO;
	rc = header[0] != '\0' ? append_checked(call, &checksum, (size_t)size) :
			append_streamed(call, size);
	file_sync_or_die(call->spool.fd, "upload");
	return rc;
}

static enum rc patch(struct call *call)
{
	struct tus_upload *upload = &call->spool.upload;
	int64_t offset;
	enum rc rc;

	if (strncasecmp(call->request->content_type, "application/offset+octet-stream", 31) != 0)
		return refuse(call, 415, "type", "application/offset+octet-stream is needed");
	if (num_parse(request_header(call->request, "Upload-Offset"), 0, INT64_MAX, &offset) !=
			RC_OK)
		return refuse(call, 400, "offset", "Upload-Offset is needed");
	if (offset != upload->offset) {
		number_header(call, "Upload-Offset", upload->offset);
		return refuse(call, 409, "offset", "Upload-Offset is not where the upload ends");
	}
	if (!call->spool.done) {
		rc = patch_body(call);
		if (rc == RC_INVALID)
			return refuse(call, 400, "checksum", "Upload-Checksum is malformed");
		if (rc == RC_PROTOCOL)
			return refuse(call, 460, "checksum", "Checksum mismatch");
		if (rc == RC_OK && upload->offset == upload->length)
			rc = finish(call);
		if (rc != RC_OK)
			return refuse_rc(call, rc);
	} else if (call->request->content_length > 0) {
		return refuse_rc(call, RC_TOO_LARGE);
	}
	call->response->status = 204;
	number_header(call, "Upload-Offset", upload->offset);
	expires_header(call);
	return RC_OK;
}

static enum rc on_upload(struct call *call, enum method method)
{
	struct request *request = call->request;
	enum rc rc;

	rc = tus_spool_open(request->pool, call->web->settings->spool_dir, request->params[0],
			&call->spool);
	if (rc == RC_BUSY)
		return refuse(call, 423, "locked", "Another request has this upload");
	if (rc == RC_OK &&
			call->server->same_scope(call->web, request, &call->spool.upload) != RC_OK)
		rc = RC_NOT_FOUND;
	if (rc != RC_OK)
		return refuse_rc(call, rc);
	if (call->spool.done && call->spool.headers[0] != '\0')
		buf_text(&call->response->headers, call->spool.headers);
	if (method == METHOD_HEAD)
		return head(call);
	if (method == METHOD_PATCH)
		return patch(call);
	if (method == METHOD_DELETE) {
		tus_spool_remove(request->pool, &call->spool);
		call->response->status = 204;
		return RC_OK;
	}
	return refuse(call, 405, "method", "Not on an upload");
}

enum rc tus_handle(struct web *web, const struct tus_server *server, struct request *request,
		struct response *response)
{
	struct call call = { .web = web, .server = server, .request = request, .response = response,
		.spool.fd = -1 };
	const char *override = request_header(request, "X-HTTP-Method-Override");
	/* As tus has it, for POST alone: what the route table checked for another method, such as the
	 * token of an unsafe one, holds. */
	enum method method = override[0] != '\0' && request->method == METHOD_POST
			? request_method(override) : request->method;
	enum rc rc;

	response_header(response, "Tus-Resumable", "1.0.0");
	if (method == METHOD_OPTIONS)
		return options(&call);
	if (strcmp(request_header(request, "Tus-Resumable"), "1.0.0") != 0) {
		response_header(response, "Tus-Version", "1.0.0");
		return refuse(&call, 412, "version", "Tus-Resumable 1.0.0 is needed");
	}
	if (request->params[0] != NULL)
		rc = on_upload(&call, method);
	else if (method == METHOD_POST)
		rc = create(&call);
	else
		rc = refuse(&call, 405, "method", "Uploads are created with POST");
	tus_spool_close(&call.spool);
	return rc;
}
