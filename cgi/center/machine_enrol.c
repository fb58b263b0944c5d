/*
 * machine_enrol.c: certificates for boards: the first one against an invitation, later ones against a
 * statement (JWS) by the old key. An expired certificate may do this one thing; a revoked or fenced
 * one not even that. Over 180 days late an officer must have said yes.
 */
#include <string.h>

#include "base/encode.h"
#include "base/log.h"
#include "base/when.h"
#include "center/machine.h"
#include "crypt/cert.h"
#include "crypt/cert_public.h"
#include "crypt/csr.h"
#include "crypt/hash.h"
#include "crypt/token.h"
#include "store/enrol.h"
#include "store/linkstate.h"
#include "store/slip.h"

#define LATE_DAYS_MAX 180
/* Clocks differ a little, and a board may not know the time yet. */
#define BACK_MS (INT64_C(60) * WHEN_MINUTE_MS)

struct asked {
	const char *board, *label;
	char *public_pem;
	char key_id[2 * HASH_SIZE + 1];
};

static enum rc refuse(struct request *request, struct response *response, int status, const char *type,
		const char *title)
{
	log_warn("certificate not given route=%s reason=%s source=%s", request->route->name, type,
			request->remote);
	response_problem(response, status, type, title, NULL);
	return RC_OK;
}

/* The request for a certificate: signed by its key, in this board's name. */
static enum rc read_request(struct request *request, const char *csr, const char *board, struct asked *out)
{
	uint8_t digest[HASH_SIZE];
	char *name = NULL;

	if (csr_read(request->pool, csr, &name, &out->public_pem) != RC_OK ||
			strcmp(name, board) != 0)
		return RC_INVALID;
	hash_sha256(out->public_pem, strlen(out->public_pem), digest);
	hex_encode(digest, sizeof(digest), out->key_id);
	out->board = pool_strdup(request->pool, board);
	return RC_OK;
}

/* A certificate for the key, as a row that is not stored yet. RC_NOT_FOUND: no CA here. */
static enum rc issue(struct web *web, struct request *request, const struct asked *asked,
		struct enrol_cert *out)
{
	int64_t from = when_now_ms() - BACK_MS;
	struct cert_info info;
	char *ca_cert = NULL, *ca_key = NULL, *cert = NULL;
	enum rc rc;

	rc = machine_keys_read(web, request->pool, "ca.crt", &ca_cert);
	if (rc == RC_OK)
		rc = machine_keys_read(web, request->pool, "ca.key", &ca_key);
	if (rc != RC_OK)
		return rc;
	rc = cert_issue(request->pool, CERT_CLIENT, asked->board, NULL, asked->public_pem, ca_cert,
			ca_key, from, from + web->settings->board_cert_days * WHEN_DAY_MS, &cert);
	memset(ca_key, 0, strlen(ca_key));
	if (rc == RC_OK)
		rc = cert_read(request->pool, cert, &info);
	if (rc != RC_OK) {
		log_error("certificate cannot be made board=%s rc=%s", asked->board, rc_name(rc));
		return RC_IO;
	}
	out->board = asked->board;
	out->key_id = asked->key_id;
	out->state = ENROL_GIVEN;
	memcpy(out->fingerprint, info.fingerprint, sizeof(out->fingerprint));
	out->cert = cert;
	out->not_after = info.not_after;
	out->asked_at = when_now_ms();
	if (out->officer == NULL)
		out->officer = "";
	return RC_OK;
}

static enum rc finish(struct web *web, enum rc rc)
{
	if (rc == RC_OK)
		return store_commit(web->store);
	store_abort(web->store);
	return rc;
}

/* ---- enrolment ---- */

/* Inside store_begin. RC_NOT_FOUND: no such invitation. */
static enum rc join(struct web *web, struct request *request, const struct asked *asked,
		const uint8_t token[32], const uint8_t slip_key[32], struct enrol_cert *cert)
{
	struct enrol_invite invite;
	bool twice = false;
	enum rc rc;

	rc = enrol_invite_find(web->store, request->pool, asked->board, token, asked->key_id,
			when_now_ms(), &invite);
	if (rc != RC_OK)
		return rc;
	if (invite.used_at != 0)
		return enrol_cert_find(web->store, request->pool, asked->board, asked->key_id, cert);
	rc = linkstate_board_labelled(web->store, asked->label, asked->board, &twice);
	if (rc == RC_OK && twice)
		return RC_CONFLICT;
	if (rc == RC_OK)
		rc = issue(web, request, asked, cert);
	if (rc == RC_NOT_FOUND)
		return RC_VERSION;
	cert->state = ENROL_USED;
	if (rc == RC_OK)
		rc = enrol_cert_put(web->store, cert);
	if (rc == RC_OK)
		rc = enrol_board_put(web->store, &invite, cert->fingerprint, slip_key,
				asked->label);
	return rc == RC_OK ? enrol_invite_used(web->store, asked->board, token, asked->key_id,
			when_now_ms()) : rc;
}

static enum rc answer(struct web *web, struct request *request, struct response *response, const char *cert,
		bool with_key)
{
	json_t *reply = json_new_object();
	char *text = NULL;
	enum rc rc = RC_OK;

	json_put(reply, "certificate", cert);
	if (with_key)
		rc = machine_keys_read(web, request->pool, "receipt.pub", &text);
	if (with_key && rc == RC_OK)
		json_put(reply, "receipt_key", text);
	/* Whom sticks are sealed to, where this center takes them. */
	if (with_key && rc == RC_OK && machine_keys_read(web, request->pool, "stick.pub", &text) == RC_OK)
		json_put(reply, "stick_key", text);
	if (rc == RC_OK)
		response_json(response, reply);
	json_decref(reply);
	return rc;
}

static enum rc take_join(struct request *request, json_t *body, struct asked *asked, uint8_t token[32],
		uint8_t slip_key[32])
{
	struct token secret;
	uint8_t label[HASH_SIZE];

	if (hex_decode(json_text(body, "token"), secret.secret, sizeof(secret.secret)) != RC_OK ||
			hex_decode(json_text(body, "slip_key"), slip_key, 32) != RC_OK)
		return RC_INVALID;
	asked->label = pool_strdup(request->pool, json_text(body, "label"));
	if (*asked->label && hex_decode(asked->label, label, sizeof(label)) != RC_OK)
		return RC_INVALID;
	token_hash(&secret, token);
	return read_request(request, json_text(body, "csr"), json_text(body, "board"), asked);
}

enum rc machine_enrol_join(struct web *web, struct request *request, struct response *response)
{
	struct enrol_cert cert = {0};
	struct asked asked = {0};
	uint8_t token[HASH_SIZE], slip_key[32];
	json_t *body = NULL;
	enum rc rc;

	rc = json_parse(request->body, request->body_len, &body);
	if (rc == RC_OK)
		rc = take_join(request, body, &asked, token, slip_key);
	json_decref(body);
	if (rc != RC_OK)
		return refuse(request, response, 422, "invalid", "This is no request to enrol");
	rc = store_begin(web->store, false);
	if (rc != RC_OK)
		return rc;
	rc = finish(web, join(web, request, &asked, token, slip_key, &cert));
	memset(slip_key, 0, sizeof(slip_key));
	if (rc == RC_NOT_FOUND)
		return refuse(request, response, 403, "token",
				"The invitation is unknown, used or too old");
	if (rc == RC_CONFLICT)
		return refuse(request, response, 409, "label",
				"Another board has enrolled with this label");
	if (rc == RC_VERSION)
		return refuse(request, response, 503, "no-ca", "This center gives no certificates");
	if (rc == RC_OK && web->store->pub != NULL && slip_point_publish(web->store) != RC_OK)
		log_warn("public status is behind");
	if (rc != RC_OK)
		return rc;
	log_info("board enrolled board=%s", asked.board);
	return answer(web, request, response, cert.cert, true);
}

/* ---- renewal ---- */

/* The statement's payload before its signature can be checked: it brings the certificate whose key
 * must have signed it. */
static json_t *peek(struct request *request, const char *token)
{
	const char *first = strchr(token, '.');
	const char *second = first != NULL ? strchr(first + 1, '.') : NULL;
	struct buf bytes = {NULL, 0, 0};
	json_t *payload = NULL;

	(void)request;
	if (second != NULL && base64url_decode(first + 1, (size_t)(second - first - 1), &bytes) ==
			RC_OK && json_parse(bytes.len > 0 ? bytes.data : "", bytes.len, &payload) != RC_OK)
		payload = NULL;
	buf_free(&bytes);
	return payload;
}

/* The board whose registered certificate the statement brings and whose key signed it. *why: a
 * problem's name when refused (RC_DENIED). */
static enum rc judge(struct web *web, struct request *request, const char *token, const json_t *payload,
		struct link_board *board, struct cert_info *info, const char **why)
{
	const char *pem = json_text(payload, "certificate");
	struct jws_key *key = NULL;
	const struct jws_key *keys[1];
	char *public_pem = NULL, *checked = NULL;
	size_t len = 0;
	enum rc rc;

	*why = "invalid";
	if (cert_read(request->pool, pem, info) != RC_OK ||
			cert_public_key(request->pool, pem, &public_pem) != RC_OK ||
			jws_key_parse(public_pem, &key) != RC_OK)
		return RC_DENIED;
	keys[0] = key;
	rc = jws_verify(request->pool, keys, 1, "tram-renew", token, &checked, &len);
	jws_key_free(key);
	*why = "signature";
	if (rc != RC_OK)
		return RC_DENIED;
	rc = linkstate_board_by_cert(web->store, request->pool, info->fingerprint, board);
	*why = rc == RC_NOT_FOUND ? "certificate-unknown" : board->revoked ? "certificate-revoked" :
			board->fenced ? "fenced" : "identity";
	if (rc == RC_NOT_FOUND)
		return RC_DENIED;
	if (rc != RC_OK)
		return rc;
	return board->revoked || board->fenced ||
			strcmp(board->board, json_text(payload, "board")) != 0 ? RC_DENIED : RC_OK;
}

/* Inside store_begin: the certificate for that key; RC_EXISTS: an officer must say yes first. */
static enum rc renew(struct web *web, struct request *request, const struct asked *asked, int64_t late_days,
		struct enrol_cert *cert)
{
	enum rc rc;

	rc = enrol_cert_find(web->store, request->pool, asked->board, asked->key_id, cert);
	if (rc == RC_OK && cert->state >= ENROL_GIVEN)
		return RC_OK;
	if (rc == RC_NOT_FOUND) {
		memset(cert, 0, sizeof(*cert));
		cert->board = asked->board;
		cert->key_id = asked->key_id;
		cert->cert = cert->officer = "";
		cert->asked_at = when_now_ms();
		rc = RC_OK;
	}
	cert->late_days = late_days;
	if (rc == RC_OK && late_days > LATE_DAYS_MAX && cert->state != ENROL_ALLOWED) {
		rc = enrol_cert_put(web->store, cert);
		return rc;
	}
	if (rc == RC_OK)
		rc = issue(web, request, asked, cert);
	if (rc == RC_NOT_FOUND)
		return RC_VERSION;
	return rc == RC_OK ? enrol_cert_put(web->store, cert) : rc;
}

enum rc machine_enrol_renew(struct web *web, struct request *request, struct response *response)
{
	char *token = pool_strndup(request->pool, request->body, request->body_len);
	json_t *payload = peek(request, token);
	struct enrol_cert cert = {0};
	struct link_board board = {0};
	struct cert_info info;
	struct asked asked = {0};
	const char *why = "invalid";
	int64_t late;
	enum rc rc = RC_DENIED;

	if (payload != NULL)
		rc = judge(web, request, token, payload, &board, &info, &why);
	if (rc == RC_OK && read_request(request, json_text(payload, "csr"), board.board, &asked) !=
			RC_OK) {
		why = "invalid";
		rc = RC_DENIED;
	}
	json_decref(payload);
	if (rc == RC_DENIED)
		return refuse(request, response, strcmp(why, "invalid") == 0 ? 422 : 403, why,
				"No certificate can be renewed by this");
	if (rc == RC_OK)
		rc = store_begin(web->store, false);
	if (rc != RC_OK)
		return rc;
	late = (when_now_ms() - info.not_after) / WHEN_DAY_MS;
	rc = finish(web, renew(web, request, &asked, late > 0 ? late : 0, &cert));
	if (rc == RC_VERSION)
		return refuse(request, response, 503, "no-ca", "This center gives no certificates");
	if (rc == RC_OK && cert.state < ENROL_GIVEN)
		return refuse(request, response, 403, "officer",
				"Expired for long: an officer of the center must confirm it");
	if (rc != RC_OK)
		return rc;
	log_info("certificate given board=%s late_days=%lld", board.board, (long long)late);
	return answer(web, request, response, cert.cert, false);
}
