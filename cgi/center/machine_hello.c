/*
 * machine_hello.c: POST /v1/hello: who has what, and the time, signed over the board's nonce so
 * that an old answer is worth nothing.
 */
#include <string.h>

#include "base/log.h"
#include "base/when.h"
#include "center/machine.h"
#include "crypt/hash.h"
#include "store/linkstate.h"

static bool
is_hex(const char *text, size_t digits)
{
	return strlen(text) == digits && strspn(text, "0123456789abcdef") == digits;
}

/* The members that must be there, in their form; the name of the first wrong one or NULL. */
static const char *
wrong_member(const json_t *hello)
{
	static const char *const numbers[] = {"epoch", "seq", "center_epoch", "center_seq"};
	size_t i;

	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (!json_is_integer(json_object_get(hello, numbers[i])) ||
				json_int(hello, numbers[i], -1) < 0)
			return numbers[i];
	if (json_int(hello, "counter", 0) < 1)
		return "counter";
	if (!is_hex(json_text(hello, "hash"), 2 * HASH_SIZE))
		return "hash";
	if (!is_hex(json_text(hello, "center_hash"), 2 * HASH_SIZE))
		return "center_hash";
	if (!is_hex(json_text(hello, "nonce"), 32))
		return "nonce";
	return NULL;
}

/* A counter seen before means two machines with one identity: neither is served until a person
 * has looked (promise 6). */
static enum rc
take_counter(struct web *web, struct request *request, struct response *response, int64_t counter)
{
	enum rc rc;

	rc = linkstate_board_hello(web->store, request->board, (uint64_t)counter);
	if (rc == RC_CONFLICT) {
		log_warn("hello counter not ahead: cloned? board=%s counter=%lld", request->board,
				(long long)counter);
		response_problem(response, 409, "cloned",
				"This counter was seen before: two machines use one identity", NULL);
	}
	return rc;
}

static enum rc
answer(struct web *web, struct request *request, struct response *response, const json_t *hello)
{
	struct journal_head board, center;
	json_t *payload = json_new_object();
	json_t *reply = json_new_object();
	char *token = NULL;
	enum rc rc;

	rc = journal_head_get(web->store, request->board, AUTHOR_BOARD, &board);
	if (rc == RC_OK)
		rc = journal_head_get(web->store, request->board, AUTHOR_CENTER, &center);
	if (rc != RC_OK)
		goto out;
	json_put(payload, "board", request->board);
	json_put(payload, "nonce", json_text(hello, "nonce"));
	json_put_int(payload, "time_ms", when_now_ms());
	machine_sign_head(payload, "board_epoch", "board_seq", "board_hash", &board);
	machine_sign_head(payload, "center_epoch", "center_seq", "center_hash", &center);
	rc = machine_sign(web, request, "tram-hello", payload, &token);
	if (rc != RC_OK)
		goto out;
	json_put(reply, "receipt", token);
	response_json(response, reply);
out:
	json_decref(payload);
	json_decref(reply);
	return rc;
}

enum rc
machine_hello(struct web *web, struct request *request, struct response *response)
{
	json_t *hello = NULL;
	json_t *extra;
	const char *wrong;
	enum rc rc;

	rc = json_parse(request->body, request->body_len, &hello);
	if (rc != RC_OK) {
		response_problem(response, 400, "json", "The body is not one JSON object", NULL);
		return RC_OK;
	}
	wrong = wrong_member(hello);
	if (wrong != NULL) {
		extra = json_new_object();
		json_put(extra, "member", wrong);
		response_problem(response, 422, "hello", "A member is missing or wrong", extra);
		goto out;
	}
	if (strcmp(json_text(hello, "board"), request->board) != 0) {
		log_warn("hello names another board than its certificate board=%s", request->board);
		response_problem(response, 422, "identity",
				"The certificate belongs to another board", NULL);
		goto out;
	}
	rc = take_counter(web, request, response, json_int(hello, "counter", 0));
	if (rc == RC_CONFLICT) {
		rc = RC_OK;
		goto out;
	}
	if (rc == RC_OK)
		rc = answer(web, request, response, hello);
out:
	json_decref(hello);
	return rc;
}
