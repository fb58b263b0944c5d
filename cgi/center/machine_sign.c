/*
 * machine_sign.c: what the center states under its receipt key (JWS, ES256; the board pins the key).
 */
#include <string.h>

#include "base/log.h"
#include "center/machine.h"

enum rc machine_sign(struct web *web, struct request *request, const char *typ, const char *payload,
		char **token)
{
	const struct machine *machine = web->app;
	enum rc rc;

	rc = jws_sign(request->pool, machine->receipt_key, typ, payload, strlen(payload), token);
	if (rc != RC_OK) {
		log_error("statement not signed typ=%s rc=%s", typ, rc_name(rc));
		rc = RC_IO;
	}
	return rc;
}
