/*
 * machine_hello.c: POST /v1/hello: who has what, and the time, signed over the board's nonce so
 * that an old answer is worth nothing.
 */
#include <string.h>

#include "base/log.h"
#include "base/when.h"
#include "center/machine.h"
#include "link/wire.h"
#include "store/linkstate.h"

static enum rc
answer(struct web *web, struct request *request, struct response *response,
		const struct wire_hello *hello)
{
	struct wire_welcome welcome;
	char *token = NULL;
	json_t *reply;
	enum rc rc;

	memset(&welcome, 0, sizeof(welcome));
	welcome.board = request->board;
	memcpy(welcome.nonce, hello->nonce, sizeof(welcome.nonce));
	rc = journal_head_get(web->store, request->board, AUTHOR_BOARD, &welcome.own);
	if (rc == RC_OK)
		rc = journal_head_get(web->store, request->board, AUTHOR_CENTER,
				&welcome.center);
	welcome.keys = machine_keys_count(web, request->pool);
	welcome.time_ms = when_now_ms();
	if (rc == RC_OK)
		rc = machine_sign(web, request, "tram-hello",
				wire_welcome_payload(request->pool, &welcome), &token);
	if (rc != RC_OK)
		return rc;
	reply = json_new_object();
	json_put(reply, "receipt", token);
	response_json(response, reply);
	json_decref(reply);
	return RC_OK;
}

/* A counter seen before means two machines with one identity (promise 6), or a board that was
 * restored: it is refused and said. Whichever of the two is served next, the other's events fork. */
enum rc
machine_hello(struct web *web, struct request *request, struct response *response)
{
	struct wire_hello hello;
	enum rc rc;

	rc = wire_hello_parse(request->pool, request->body, request->body_len, &hello);
	if (rc != RC_OK) {
		response_problem(response, 422, "invalid", "The body is not a hello", NULL);
		return RC_OK;
	}
	if (strcmp(hello.board, request->board) != 0) {
		log_warn("hello names another board than its certificate board=%s", request->board);
		response_problem(response, 403, "identity",
				"The certificate belongs to another board", NULL);
		return RC_OK;
	}
	rc = linkstate_board_hello(web->store, request->board, hello.counter,
			hello.version);
	if (rc == RC_CONFLICT) {
		log_warn("hello counter not ahead: cloned? board=%s counter=%llu", request->board,
				(unsigned long long)hello.counter);
		response_problem(response, 409, "cloned",
				"This counter was seen before: two machines use one identity", NULL);
		return RC_OK;
	}
	return rc == RC_OK ? answer(web, request, response, &hello) : rc;
}
