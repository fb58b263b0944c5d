/*
 * identity_keys.c: the receipt keys a board trusts: the pinned one, and what it leads to. Old keys
 * stay, for old receipts are verified with them.
 */
#include <dirent.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "link/identity.h"

#define CHAIN_MAX 262144u
#define KEY_MAX 16384u

char *identity_key_payload(struct pool *pool, const char *public_pem, int64_t at_ms)
{
	json_t *payload = json_new_object();
	char *text;

	json_put(payload, "key", public_pem);
	json_put_int(payload, "at_ms", at_ms);
	text = json_to_text(pool, payload);
	json_decref(payload);
	return text;
}

static bool has_key(const struct identity_keys *keys, const struct jws_key *key)
{
	for (size_t i = 0; i < keys->count; i++) {
		if (strcmp(jws_key_id(keys->keys[i]), jws_key_id(key)) == 0)
			return true;
	}
	return false;
}

/* *added: it brought a key that we had not. RC_PROTOCOL: it does not follow from ours. */
static enum rc follow(struct identity_keys *keys, const char *announcement, bool *added)
{
	const struct jws_key *const *known = (const struct jws_key *const *)keys->keys;
	struct pool *pool = pool_new();
	struct jws_key *key = NULL;
	json_t *object = NULL;
	char *payload;
	size_t len;
	enum rc rc = jws_verify(pool, known, keys->count, "tram-key", announcement, &payload, &len);

	if (rc == RC_OK && (json_parse(payload, len, &object) != RC_OK ||
			jws_key_parse(json_text(object, "key"), &key) != RC_OK))
		rc = RC_PROTOCOL;
	if (rc == RC_OK && !has_key(keys, key)) {
		if (keys->count < IDENTITY_KEYS_MAX) {
			keys->keys[keys->count++] = key;
			key = NULL;
			*added = true;
		} else {
			rc = RC_TOO_LARGE;
		}
	}
	jws_key_free(key);
	json_decref(object);
	pool_free(pool);
	return rc;
}

enum rc identity_keys_load(const struct settings *settings, struct identity_keys *out)
{
	struct pool *pool = pool_new();
	char *text;
	size_t len;
	bool added;
	enum rc rc;

	memset(out, 0, sizeof(*out));
	rc = file_read(pool, pool_printf(pool, "%s/receipt.pub", settings->link_key_dir), KEY_MAX,
			&text, &len);
	if (rc == RC_OK)
		rc = jws_key_parse(text, &out->keys[0]);
	if (rc != RC_OK) {
		log_error("identity: %s/receipt.pub: no public key", settings->link_key_dir);
		pool_free(pool);
		return RC_CONFIG;
	}
	out->count = 1;
	if (file_read(pool, pool_printf(pool, "%s/receipt.chain", settings->link_key_dir), CHAIN_MAX,
			&text, &len) == RC_OK) {
		for (; *text; out->announced++) {
			size_t line = strcspn(text, "\n");

			/* One of before our enrolment follows from nothing that we have. */
			if (follow(out, pool_strndup(pool, text, line), &added) != RC_OK)
				log_info("identity: an announced receipt key is not followed");
			text += line + (text[line] == '\n');
		}
	}
	pool_free(pool);
	return RC_OK;
}

static enum rc add_file(struct pool *pool, const char *dir, const char *name,
		struct identity_keys *out)
{
	char *text;
	size_t len;
	enum rc rc = file_read(pool, pool_printf(pool, "%s/%s", dir, name), KEY_MAX, &text, &len);

	if (rc != RC_OK || out->count == IDENTITY_KEYS_MAX)
		return RC_CONFIG;
	rc = jws_key_parse(text, &out->keys[out->count]);
	if (rc != RC_OK)
		return RC_CONFIG;
	out->count++;
	return RC_OK;
}

enum rc identity_keys_own(const struct settings *settings, struct identity_keys *out)
{
	struct pool *pool = pool_new();
	DIR *dir = opendir(settings->center_key_dir);
	struct dirent *entry;
	enum rc rc;

	memset(out, 0, sizeof(*out));
	rc = add_file(pool, settings->center_key_dir, "receipt.pub", out);
	while (rc == RC_OK && dir && (entry = readdir(dir))) {
		if (strncmp(entry->d_name, "receipt-", 8) == 0)
			rc = add_file(pool, settings->center_key_dir, entry->d_name, out);
	}
	if (dir)
		closedir(dir);
	pool_free(pool);
	return rc;
}

void identity_keys_free(struct identity_keys *keys)
{
	for (size_t i = 0; i < keys->count; i++)
		jws_key_free(keys->keys[i]);
	memset(keys, 0, sizeof(*keys));
}

enum rc identity_keys_take(const struct settings *settings, struct identity_keys *keys,
		const json_t *announcements)
{
	struct buf chain = { 0 };
	const json_t *one;
	bool added = false;
	enum rc rc = RC_OK;
	size_t i;

	json_array_foreach(announcements, i, one) {
		const char *text = json_is_string(one) ? json_string_value(one) : "";

		if (strchr(text, '\n'))
			continue;
		if (follow(keys, text, &added) == RC_TOO_LARGE)
			log_error("identity: too many receipt keys");
		buf_printf(&chain, "%s\n", text);
	}
	if (!added || chain.len > CHAIN_MAX)
		rc = RC_PROTOCOL;
	if (rc == RC_OK)
		rc = file_put(settings->link_key_dir, "receipt.chain", chain.data, chain.len, 0644);
	if (rc == RC_OK) {
		keys->announced = (int64_t)json_array_size(announcements);
		log_info("receipt keys now=%zu", keys->count);
	}
	buf_free(&chain);
	return rc;
}
