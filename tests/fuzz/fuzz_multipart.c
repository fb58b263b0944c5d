/*
 * fuzz_multipart.c: a multipart body fed whole and byte by byte must give the same parts.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "web/multipart.h"

static enum rc begin(void *arg, const char *name, const char *filename)
{
	buf_printf(arg, "(%s@%s:", name, filename != NULL ? filename : "-");
	return RC_OK;
}

static enum rc data_event(void *arg, const char *bytes, size_t len)
{
	buf_add(arg, bytes, len);
	return RC_OK;
}

static enum rc end(void *arg)
{
	buf_char(arg, ')');
	return RC_OK;
}

static enum rc parse(const char *bytes, size_t len, size_t piece, struct buf *out)
{
	struct pool *pool = pool_new();
	struct multipart *multipart;
	enum rc rc;

	rc = multipart_new(pool, "multipart/form-data; boundary=B",
			&(struct multipart_events){begin, data_event, end, out}, &multipart);
	for (size_t at = 0; rc == RC_OK && at < len; at += piece)
		rc = multipart_feed(multipart, bytes + at, len - at < piece ? len - at : piece);
	if (rc == RC_OK)
		rc = multipart_finish(multipart);
	pool_free(pool);
	return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf whole = { 0 }, pieces = { 0 };
	enum rc rc = parse((const char *)data, size, size + 1, &whole);

	if (parse((const char *)data, size, 1, &pieces) != rc)
		abort();
	if (rc == RC_OK && (whole.len != pieces.len ||
			(whole.len > 0 && memcmp(whole.data, pieces.data, whole.len) != 0)))
		abort();
	buf_free(&whole);
	buf_free(&pieces);
	return 0;
}
