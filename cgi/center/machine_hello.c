/*
 * machine_hello.c: POST /v1/hello: who has what, and the time, signed over the board's nonce so
 * that an old answer is worth nothing.
 */
#include <string.h>

#include "base/log.h"
#include "base/when.h"
#include "center/machine.h"
#include "link/greet.h"

static enum rc answer(struct web *web, struct request *request, struct response *response,
		struct wire_welcome *welcome)
{
	char *token = NULL;
	json_t *reply;
	enum rc rc;

	welcome->keys = machine_keys_count(web, request->pool);
	welcome->time_ms = when_now_ms();
	rc = machine_sign(web, request, "tram-hello", wire_welcome_payload(request->pool, welcome),
			&token);
	if (rc != RC_OK)
		return rc;
	reply = json_new_object();
	json_put(reply, "receipt", token);
	response_json(response, reply);
	json_decref(reply);
	return RC_OK;
}

/* Who is shut out is answered too: signed, and nothing else is. */
enum rc machine_hello(struct web *web, struct request *request, struct response *response)
{
	struct wire_hello hello;
	struct wire_welcome welcome;
	enum fence_verdict verdict;
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
	rc = greet_answer(web->store, request->pool, request->board, &hello, &welcome, &verdict);
	if (rc != RC_OK)
		return rc;
	if (verdict == FENCE_AGAIN) {
		log_warn("hello said before board=%s counter=%llu", request->board,
				(unsigned long long)hello.counter);
		response_problem(response, 409, "repeated",
				"This hello was said before, or a later one was", NULL);
		return RC_OK;
	}
	if (verdict == FENCE_RESTORED)
		log_warn("an old copy of the board was put back board=%s counter=%llu of=%llu",
				request->board, (unsigned long long)hello.counter,
				(unsigned long long)welcome.counter);
	return answer(web, request, response, &welcome);
}
