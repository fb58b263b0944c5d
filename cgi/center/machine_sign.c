/*
 * machine_sign.c: what the center states under its receipt key (JWS, ES256; the board pins the key).
 */
#include <string.h>

#include "base/encode.h"
#include "base/log.h"
#include "center/machine.h"

enum rc
machine_sign(struct web *web, struct request *request, const char *typ, const json_t *payload,
		char **token)
{
	const struct machine *machine = web->app;
	const char *text = json_to_text(request->pool, payload);
	enum rc rc;

	rc = jws_sign(request->pool, machine->receipt_key, typ, text, strlen(text), token);
	if (rc != RC_OK) {
		log_error("statement not signed typ=%s rc=%s", typ, rc_name(rc));
		rc = RC_IO;
	}
	return rc;
}

void
machine_sign_head(json_t *object, const char *epoch, const char *seq, const char *hash,
		const struct journal_head *head)
{
	char hex[2 * EVENT_HASH_SIZE + 1];

	hex_encode(head->hash, sizeof(head->hash), hex);
	json_put_int(object, epoch, (int64_t)head->epoch);
	json_put_int(object, seq, (int64_t)head->seq);
	json_put(object, hash, hex);
}
