/*
 * machine_branch.c: what no log takes as it is (PROTOCOL §16). POST /v1/branch: events that wait, of a
 * branch that the board will record, or of what this center lost; GET /v1/branch: recorded branches;
 * POST /v1/lost: this center was put back from an old copy, and the board proves it.
 */
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "center/machine.h"
#include "link/identity.h"
#include "link/lost.h"
#include "link/wire.h"
#include "link/wire_take.h"
#include "store/slip.h"

#define BRANCHES_MAX 1000

static enum rc stage(struct web *web, struct request *request, struct response *response)
{
	struct buf ndjson = {NULL, 0, 0};
	const char *why = NULL;
	size_t staged = 0, line = 0;
	json_t *reply;
	enum rc rc;

	rc = machine_journal_unpack(request, &ndjson);
	if (rc != RC_OK) {
		response_problem(response, rc == RC_TOO_LARGE ? 413 : 400,
				rc == RC_TOO_LARGE ? "too-large" : "invalid",
				"The lines cannot be unpacked", NULL);
		rc = RC_OK;
		goto out;
	}
	rc = wire_take_branch(web->store, request->board, ndjson.data, ndjson.len, &staged, &why, &line);
	if (rc == RC_PROTOCOL) {
		log_warn("branch refused board=%s why=%s line=%zu", request->board, why, line);
		reply = json_new_object();
		json_put_int(reply, "line", (int64_t)line);
		response_problem(response, strcmp(why, "gap") == 0 ? 409 : 422, why,
				"A line was refused", reply);
		rc = RC_OK;
		goto out;
	}
	if (rc != RC_OK)
		goto out;
	reply = json_new_object();
	json_put_int(reply, "staged", (int64_t)staged);
	response_json(response, reply);
	json_decref(reply);
out:
	buf_free(&ndjson);
	return rc;
}

/* ?n=1 … of all recorded branches of the board, in the order of their logs; ?after= within it. */
static enum rc give(struct web *web, struct request *request, struct response *response)
{
	struct fork_row *forks = NULL;
	struct journal_row *rows = NULL;
	size_t count = 0;
	int64_t number = 0, after = 0;
	enum rc rc;

	if (num_parse(request_query(request, "n"), 1, BRANCHES_MAX, &number) != RC_OK ||
			(*request_query(request, "after") != '\0' && num_parse(request_query(request,
			"after"), 0, INT64_MAX, &after) != RC_OK)) {
		response_problem(response, 400, "invalid", "n counts branches from 1", NULL);
		return RC_OK;
	}
	rc = fork_list(web->store, request->pool, request->board, BRANCHES_MAX, &forks, &count);
	if (rc != RC_OK)
		return rc;
	if ((size_t)number > count) {
		response_problem(response, 404, "not-found", "There are fewer branches", NULL);
		return RC_OK;
	}
	/* The list is newest first. */
	rc = journal_read(web->store, request->pool, request->board, forks[count - (size_t)number].log,
			(uint64_t)after, WIRE_BATCH_EVENTS, WIRE_BATCH_BYTES, &rows, &count);
	if (rc == RC_OK && count == 0) {
		response->status = 204;
		response->no_body = true;
		return RC_OK;
	}
	return rc == RC_OK ? machine_feed_rows(request, response, rows, count) : rc;
}

enum rc machine_branch(struct web *web, struct request *request, struct response *response)
{
	return request->method == METHOD_POST ? stage(web, request, response) :
			give(web, request, response);
}

enum rc machine_branch_lost(struct web *web, struct request *request, struct response *response)
{
	struct identity_keys keys = {{NULL}, 0, 0};
	struct fork_healed healed;
	const char *why = "";
	json_t *reply;
	enum rc rc;

	rc = identity_keys_own(web->settings, &keys);
	if (rc == RC_OK)
		rc = lost_take(web->store, request->pool, (const struct jws_key *const *)keys.keys,
				keys.count, request->board, request->body != NULL ?
				request->body : "", request->body_len, &healed, &why);
	identity_keys_free(&keys);
	if (rc == RC_DENIED) {
		response_problem(response, 422, "signature", "This center never said so", NULL);
		return RC_OK;
	}
	if (rc == RC_PROTOCOL) {
		log_warn("lost events refused board=%s why=%s", request->board, why);
		response_problem(response, 409, *why != '\0' ? why : "gap",
				"What waits does not reach to what was signed", NULL);
		return RC_OK;
	}
	if (rc != RC_OK)
		return rc;
	if (healed.events > 0 || healed.branch > 0)
		log_warn("restored: board=%s gave back events=%llu branch=%llu", request->board,
				(unsigned long long)healed.events, (unsigned long long)healed.branch);
	if (healed.aside && slip_back(web->store, request->board, 0) != RC_OK)
		log_warn("public status is behind");
	if (slip_publish(web->store) != RC_OK)
		log_warn("public status is behind");
	reply = json_new_object();
	json_put_int(reply, "events", (int64_t)healed.events);
	response_json(response, reply);
	json_decref(reply);
	return RC_OK;
}
