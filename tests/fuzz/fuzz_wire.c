/*
 * fuzz_wire.c: lines and payloads of the link, and gzip. What a line says must come out the same
 * when it is written and read once more.
 */
#include <stdlib.h>
#include <string.h>

#include "link/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void again(struct pool *pool, const struct wire_event *event)
{
	struct journal_row row;
	struct wire_event back;
	struct buf out = { 0 };

	memset(&row, 0, sizeof(row));
	row.header = event->header;
	row.header_len = event->header_len;
	row.event.salt = event->salt;
	row.event.body = event->body;
	row.event.body_len = event->body_len;
	wire_line(&row, &out);
	if (wire_line_parse(pool, out.data, out.len - 1, &back) ||
			back.header_len != event->header_len || back.body_len != event->body_len ||
			memcmp(back.header, event->header, event->header_len) ||
			(event->salt && memcmp(back.body, event->body, event->body_len)))
		abort();
	buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct pool *pool = pool_new();
	struct wire_receipt receipt;
	struct wire_welcome welcome;
	struct wire_event event;
	struct wire_hello hello;
	struct wire_feed feed;
	struct wire_blob blob;
	struct buf plain = { 0 };
	enum rc rc;

	if (wire_line_parse(pool, text, size, &event) == RC_OK)
		again(pool, &event);
	rc = wire_receipt_parse(pool, text, size, &receipt);
	if (rc == RC_OK && wire_receipt_payload(pool, &receipt)[0] != '{')
		abort();
	rc = wire_hello_parse(pool, text, size, &hello);
	rc = rc ? wire_welcome_parse(pool, text, size, &welcome) : rc;
	rc = rc ? wire_feed_parse(pool, text, size, &feed) : rc;
	rc = rc ? wire_blob_parse(pool, text, size, &blob) : rc;
	if (wire_gunzip(data, size, 65536, &plain) == RC_OK && plain.len > 65536)
		abort();
	buf_free(&plain);
	pool_free(pool);
	return 0;
}
