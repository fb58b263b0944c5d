/*
 * identity.c: see identity.h. A key is written before anybody is asked about it, and an answer that
 * was lost is asked for again with the same key.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/encode.h"
#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "base/when.h"
#include "crypt/cert.h"
#include "crypt/csr.h"
#include "crypt/token.h"
#include "link/address.h"
#include "link/identity.h"

#define FILE_MAX_BYTES 65536u
#define ANSWER_MAX 65536u

static char *path_of(struct pool *pool, const struct settings *settings, const char *name)
{
	return pool_printf(pool, "%s/%s", settings->link_key_dir, name);
}

static bool is_there(struct pool *pool, const struct settings *settings, const char *name)
{
	return access(path_of(pool, settings, name), F_OK) == 0;
}

static enum rc get(struct pool *pool, const struct settings *settings, const char *name, char **text)
{
	size_t len;

	return file_read(pool, path_of(pool, settings, name), FILE_MAX_BYTES, text, &len);
}

static enum rc put(const struct settings *settings, const char *name, const char *text, mode_t mode)
{
	return file_put(settings->link_key_dir, name, text, strlen(text), mode);
}

/* The new certificate is there: key first, certificate last, so that the certificate's .next says
 * that this is not done. */
static enum rc move_into_place(struct pool *pool, const struct settings *settings)
{
	if (is_there(pool, settings, "client.key.next") &&
			rename(path_of(pool, settings, "client.key.next"),
					path_of(pool, settings, "client.key")) && errno != ENOENT)
		return RC_IO;
	file_sync_dir_or_die(settings->link_key_dir);
	/* Gone: the forwarder, or `tram enroll`, finished it at the same moment. */
	if (rename(path_of(pool, settings, "client.crt.next"), path_of(pool, settings, "client.crt")) &&
			errno != ENOENT)
		return RC_IO;
	file_sync_dir_or_die(settings->link_key_dir);
	return RC_OK;
}

bool identity_ready(const struct settings *settings)
{
	struct pool *pool = pool_new();
	bool ready;

	if (is_there(pool, settings, "client.crt.next") && move_into_place(pool, settings) != RC_OK)
		log_error("identity: the new certificate cannot be moved into place");
	ready = is_there(pool, settings, "client.key") && is_there(pool, settings, "client.crt") &&
			is_there(pool, settings, "ca.crt") && is_there(pool, settings, "receipt.pub");
	pool_free(pool);
	return ready;
}

/* The key that waits for a certificate, made if there is none, and a request by it. */
static enum rc make_request(struct pool *pool, const struct settings *settings, char **key, char **csr)
{
	char *public;
	enum rc rc = get(pool, settings, "client.key.next", key);

	if (rc == RC_NOT_FOUND) {
		rc = cert_key_new(pool, key, &public);
		if (rc == RC_OK)
			rc = put(settings, "client.key.next", *key, 0600);
	}
	return rc == RC_OK ? csr_new(pool, settings->board_id, *key, csr) : rc;
}

static enum rc take_certificate(struct pool *pool, const struct settings *settings, const char *cert,
		const char *ca, const char *key)
{
	struct cert_info info;
	enum rc rc;

	if (cert_read(pool, cert, &info) != RC_OK || !cert_is_for(cert, ca, key) ||
			strcmp(info.common_name, settings->board_id) != 0)
		return RC_PROTOCOL;
	rc = put(settings, "client.crt.next", cert, 0644);
	return rc == RC_OK ? move_into_place(pool, settings) : rc;
}

/* "about:tram:<name>" of a problem document, or "status". */
static void problem_name(const struct http_answer *answer, char *out, size_t out_size)
{
	static const char prefix[] = "about:tram:";
	json_t *problem = NULL;
	const char *type = "";

	snprintf(out, out_size, "status-%d", answer->status);
	if (answer->body.len == 0 || json_parse(answer->body.data, answer->body.len, &problem))
		return;
	type = json_text(problem, "type");
	if (strncmp(type, prefix, strlen(prefix)) == 0 &&
			strspn(type + strlen(prefix), "abcdefghijklmnopqrstuvwxyz-") ==
					strlen(type + strlen(prefix)))
		snprintf(out, out_size, "%.40s", type + strlen(prefix));
	json_decref(problem);
}

/* ---- enrolment ---- */

/* To whom, through what. */
struct door { const struct settings *settings; const char *url; int stop_fd; };

/* One request on a connection of its own. ca_file NULL: to whoever answers there. */
static enum rc ask_once(const struct door *door, const char *ca_file, const char *method,
		const char *path, const char *body, struct http_answer *answer, const char **reason)
{
	const struct settings *settings = door->settings;
	struct tls_client *tls = NULL;
	struct http *http = NULL;
	enum rc rc = tls_client_new(ca_file, NULL, NULL, &tls);

	if (rc == RC_OK) {
		tls_client_set_stop(tls, door->stop_fd);
		rc = address_proxy(settings, tls);
	}
	if (rc == RC_OK)
		rc = http_new(tls, door->url, settings->center_name, settings->link_timeout_s * 1000,
				&http);
	if (rc == RC_OK)
		rc = http_request(http, method, path, body ? "Content-Type: application/json\r\n" :
				NULL, body, body ? strlen(body) : 0, ANSWER_MAX, answer);
	if (rc != RC_OK)
		*reason = http && http_fault(http) ? tls_fault_name(http_fault(http)) : rc_name(rc);
	http_free(http);
	tls_client_free(tls);
	return rc;
}

/* The CA from whoever answers, if it is the one that the invitation names; token NULL: any. */
static enum rc fetch_ca(struct pool *pool, const struct door *door, const struct token *token,
		char **ca, const char **reason)
{
	struct http_answer answer = { 0 };
	struct cert_info info;
	enum rc rc = ask_once(door, NULL, "GET", "/v1/ca", NULL, &answer, reason);

	if (rc == RC_OK) {
		*ca = pool_strndup(pool, answer.body.len ? answer.body.data : "", answer.body.len);
		if (answer.status != 200 || cert_read(pool, *ca, &info) != RC_OK || (token &&
				memcmp(info.fingerprint, token->ca, sizeof(token->ca)) != 0)) {
			*reason = answer.status == 503 ? "no-ca" : "other-center";
			rc = RC_PROTOCOL;
		}
	}
	http_answer_free(&answer);
	return rc;
}

static char *join_body(struct pool *pool, const struct settings *settings, const struct token *token,
		const char *csr, const char *slip_key)
{
	json_t *body = json_new_object();
	char secret[2 * TOKEN_SECRET_SIZE + 1], *text, *label;

	hex_encode(token->secret, sizeof(token->secret), secret);
	json_put(body, "board", settings->board_id);
	json_put(body, "token", secret);
	json_put(body, "csr", csr);
	json_put(body, "slip_key", slip_key);
	if (get(pool, settings, "label", &label) == RC_OK) {
		label[strcspn(label, "\r\n")] = '\0';
		json_put(body, "label", label);
	}
	text = json_to_text(pool, body);
	json_decref(body);
	memset(secret, 0, sizeof(secret));
	return text;
}

static enum rc take_join(struct pool *pool, const struct settings *settings,
		const struct http_answer *answer, const char *ca, const char *key)
{
	json_t *reply = NULL;
	struct jws_key *receipt = NULL;
	const char *pem;
	enum rc rc = RC_PROTOCOL;

	if (json_parse(answer->body.data ? answer->body.data : "", answer->body.len, &reply))
		return RC_PROTOCOL;
	pem = json_text(reply, "receipt_key");
	if (jws_key_parse(pem, &receipt) != RC_OK || !cert_is_for(json_text(reply, "certificate"), ca,
			key))
		goto out;
	/* A new beginning: what was pinned before belongs to another enrolment. */
	(void)unlink(path_of(pool, settings, "receipt.chain"));
	rc = put(settings, "ca.crt", ca, 0644);
	if (rc == RC_OK)
		rc = put(settings, "receipt.pub", pem, 0644);
	if (rc == RC_OK && *json_text(reply, "stick_key"))
		rc = put(settings, "stick-center.pub", json_text(reply, "stick_key"), 0644);
	if (rc == RC_OK)
		rc = take_certificate(pool, settings, json_text(reply, "certificate"), ca, key);
out:
	jws_key_free(receipt);
	json_decref(reply);
	return rc;
}

/* What the board brings, whichever address it is brought to. */
struct joining { const struct token *token; char *key, *csr, *slip_key; };

static enum rc join_at(struct pool *pool, const struct door *door, const struct joining *joining,
		const char **reason)
{
	const struct settings *settings = door->settings;
	struct http_answer answer = { 0 };
	char *ca = NULL, name[48];
	enum rc rc = fetch_ca(pool, door, joining->token, &ca, reason);

	if (rc == RC_OK)
		rc = put(settings, "ca.crt.next", ca, 0644);
	if (rc != RC_OK)
		return rc;
	rc = ask_once(door, path_of(pool, settings, "ca.crt.next"), "POST", "/v1/enrol",
			join_body(pool, settings, joining->token, joining->csr, joining->slip_key), &answer,
			reason);
	(void)unlink(path_of(pool, settings, "ca.crt.next"));
	if (rc == RC_OK && answer.status != 200) {
		problem_name(&answer, name, sizeof(name));
		*reason = pool_strdup(pool, name);
		rc = answer.status == 403 || answer.status == 409 ? RC_DENIED :
				answer.status >= 500 ? RC_BUSY : RC_PROTOCOL;
	} else if (rc == RC_OK) {
		*reason = "answer";
		rc = take_join(pool, settings, &answer, ca, joining->key);
	}
	http_answer_free(&answer);
	return rc;
}

/* Of the center's addresses the next is tried until one of them answers as the invitation's center: where
 * a portal stands before the first, or nobody, the second may be well. */
static enum rc join(struct pool *pool, const struct settings *settings, const struct token *token,
		int stop_fd, const char **reason)
{
	struct joining joining = { .token = token };
	struct door door = { .settings = settings, .stop_fd = stop_fd };
	char *addresses[ADDRESS_MAX];
	size_t count = 0, i;
	bool go_on;
	enum rc rc = get(pool, settings, "slip.key", &joining.slip_key);

	*reason = "slip-key";
	if (rc != RC_OK)
		return RC_CONFIG;
	joining.slip_key[strcspn(joining.slip_key, "\r\n")] = '\0';
	*reason = "key";
	rc = make_request(pool, settings, &joining.key, &joining.csr);
	if (rc == RC_OK) {
		*reason = "center-url";
		rc = address_list(settings, addresses, &count);
	}
	go_on = rc == RC_OK;
	for (i = 0; go_on && i < count; i++) {
		door.url = addresses[i];
		rc = join_at(pool, &door, &joining, reason);
		go_on = rc != RC_OK && rc != RC_GONE && rc != RC_DENIED;
	}
	address_free(addresses, count);
	return rc;
}

enum rc identity_join(const struct settings *settings, const char *typed, int stop_fd,
		const char **reason)
{
	static char word[48];
	struct pool *pool = pool_new();
	struct token token;
	const char *why = "token";
	enum rc rc = token_parse(pool, typed, &token);

	if (rc == RC_OK && strcmp(token.board, settings->board_id) != 0) {
		why = "other-board";
		rc = RC_INVALID;
	}
	if (rc == RC_OK && !settings->center_url[0]) {
		why = "center-url";
		rc = RC_CONFIG;
	}
	if (rc == RC_OK)
		rc = join(pool, settings, &token, stop_fd, &why);
	if (rc == RC_OK)
		log_info("enrolled board=%s", settings->board_id);
	else
		log_warn("enrolment failed reason=%s rc=%s", why, rc_name(rc));
	snprintf(word, sizeof(word), "%.40s", rc == RC_OK ? "" : why);
	*reason = word;
	memset(&token, 0, sizeof(token));
	pool_free(pool);
	return rc;
}

enum rc identity_reach(const struct settings *settings, const char *typed, const char **reason)
{
	static char word[48];
	struct pool *pool = pool_new();
	struct door door = { .settings = settings, .stop_fd = -1 };
	struct token token;
	bool named = token_parse(pool, typed, &token) == RC_OK;
	char *addresses[ADDRESS_MAX], *ca = NULL;
	const char *why = "center-url";
	size_t count = 0, i;
	enum rc rc = address_list(settings, addresses, &count), last = RC_CONFIG;

	for (i = 0; rc == RC_OK && last != RC_OK && i < count; i++) {
		door.url = addresses[i];
		last = fetch_ca(pool, &door, named ? &token : NULL, &ca, &why);
	}
	snprintf(word, sizeof(word), "%.40s", last == RC_OK ? "" : why);
	*reason = word;
	memset(&token, 0, sizeof(token));
	address_free(addresses, count);
	pool_free(pool);
	return last;
}

/* ---- renewal ---- */

enum rc identity_dates(const struct settings *settings, int64_t *renew_at, int64_t *not_after)
{
	struct pool *pool = pool_new();
	struct cert_info info;
	char *pem;
	enum rc rc = get(pool, settings, "client.crt", &pem);

	if (rc == RC_OK)
		rc = cert_read(pool, pem, &info);
	if (rc == RC_OK) {
		*not_after = info.not_after;
		*renew_at = info.not_after - (info.not_after - info.not_before) / 3;
	}
	pool_free(pool);
	return rc;
}

/* The statement: who asks, by which certificate, for which key; signed by the old key. */
static enum rc renew_statement(struct pool *pool, const struct settings *settings, const char *csr,
		char **token)
{
	json_t *payload = json_new_object();
	struct jws_key *key = NULL;
	char *cert, *pem, *text;
	enum rc rc = get(pool, settings, "client.crt", &cert);

	if (rc == RC_OK)
		rc = get(pool, settings, "client.key", &pem);
	if (rc == RC_OK) {
		rc = jws_key_parse(pem, &key);
		memset(pem, 0, strlen(pem));
	}
	if (rc == RC_OK) {
		json_put(payload, "board", settings->board_id);
		json_put(payload, "certificate", cert);
		json_put(payload, "csr", csr);
		text = json_to_text(pool, payload);
		rc = jws_sign(pool, key, "tram-renew", text, strlen(text), token);
	}
	json_decref(payload);
	jws_key_free(key);
	return rc;
}

enum rc identity_renew(const struct settings *settings, struct http *http, char *reason,
		size_t reason_size)
{
	struct pool *pool = pool_new();
	struct http_answer answer = { 0 };
	json_t *reply = NULL;
	char *key, *csr, *ca, *token;
	enum rc rc = make_request(pool, settings, &key, &csr);

	snprintf(reason, reason_size, "renewal");
	if (rc == RC_OK)
		rc = get(pool, settings, "ca.crt", &ca);
	if (rc == RC_OK)
		rc = renew_statement(pool, settings, csr, &token);
	if (rc == RC_OK)
		rc = http_request(http, "POST", "/v1/renew", "Content-Type: application/jose\r\n",
				token, strlen(token), ANSWER_MAX, &answer);
	if (rc != RC_OK)
		goto out;
	if (answer.status != 200) {
		problem_name(&answer, reason, reason_size);
		rc = answer.status == 403 ? RC_DENIED : RC_PROTOCOL;
		goto out;
	}
	rc = json_parse(answer.body.data ? answer.body.data : "", answer.body.len, &reply);
	if (rc == RC_OK)
		rc = take_certificate(pool, settings, json_text(reply, "certificate"), ca, key);
	if (rc == RC_OK)
		log_info("certificate renewed");
out:
	json_decref(reply);
	http_answer_free(&answer);
	pool_free(pool);
	return rc;
}
