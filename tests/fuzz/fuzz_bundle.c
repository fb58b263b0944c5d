/*
 * fuzz_bundle.c: everything that a stick may hold. The first byte says where the rest goes: a sealed file
 * as it lies there; the tar inside one (sealed here, so that its signature and names are reached); what a
 * part says of itself; a key's text.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "link/bundle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A key of this test alone; tests/fuzz/corpus/fuzz_bundle is sealed to it. */
static const char key_text[] = "AGE-SECRET-KEY-1V87HS6E8ZWK7EQ8WEUXZPRKMDJT9M2GHPFFRJ6TWX5HZ5TCU9U2S234370";

static int file_of(const uint8_t *data, size_t size)
{
	char path[] = "/tmp/tram-fuzz-XXXXXX";
	int fd = mkstemp(path);

	if (fd < 0 || unlink(path) || write(fd, data, size) != (ssize_t)size ||
			lseek(fd, 0, SEEK_SET) != 0)
		abort();
	return fd;
}

static enum rc nobody(void *arg, struct pool *pool, const char *cert_pem, const char *board,
		const char *announced, struct bundle_signer *signer, const char **why)
{
	(void)arg, (void)pool, (void)cert_pem, (void)board, (void)announced, (void)signer;
	*why = "certificate";
	return RC_DENIED;
}

/* Nothing here has a signature that anybody knows: nothing may pass. */
static void check(int fd, const struct age_identity *identity)
{
	struct pool *pool = pool_new();
	struct bundle_head head;
	const char *why = NULL;

	if (bundle_check(pool, fd, identity, 1 << 20, true, nobody, NULL, &head, &why) == RC_OK || !why)
		abort();
	pool_free(pool);
	(void)close(fd);
}

static void check_tar(const uint8_t *data, size_t size, const struct age_identity *identity)
{
	struct age_writer *writer;
	int fd = file_of(data, 0);

	if (age_writer_new(fd, identity->point, &writer) || age_writer_add(writer, data, size) ||
			age_writer_end(writer) || lseek(fd, 0, SEEK_SET) != 0)
		abort();
	age_writer_free(writer);
	check(fd, identity);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pool *pool = pool_new();
	static struct age_identity identity;
	struct age_identity other;
	struct bundle_head head, again;
	uint8_t point[AGE_KEY_SIZE];
	char *text;

	if (!identity.point[0] && age_identity_parse(key_text, &identity))
		abort();
	if (size == 0)
		goto out;
	switch (data[0] % 4) {
	case 0:
		check(file_of(data + 1, size - 1), &identity);
		break;
	case 1:
		check_tar(data + 1, size - 1, &identity);
		break;
	case 2:
		if (bundle_payload_parse(pool, (const char *)data + 1, size - 1, &head) == RC_OK) {
			text = bundle_payload(pool, &head);
			if (bundle_payload_parse(pool, text, strlen(text), &again) ||
					again.seq != head.seq || strcmp(again.board, head.board))
				abort();
		}
		break;
	default:
		text = pool_strndup(pool, (const char *)data + 1, size - 1);
		if (age_recipient_parse(text, point) == RC_OK &&
				age_recipient_text(pool, point)[0] != 'a')
			abort();
		if (age_identity_parse(text, &other) == RC_OK && age_identity_text(pool, &other)[0] != 'A')
			abort();
	}
out:
	pool_free(pool);
	return 0;
}
