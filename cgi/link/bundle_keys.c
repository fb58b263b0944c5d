/*
 * bundle_keys.c: see bundle_keys.h.
 */
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "link/bundle_keys.h"

#define FILE_MAX 65536u

static enum rc read_key(struct pool *pool, const char *dir, const char *name, char **text)
{
	size_t len;
	enum rc rc = file_read(pool, pool_printf(pool, "%s/%s", dir, name), FILE_MAX, text, &len);

	if (rc)
		log_error("stick: %s/%s: cannot be read (%s)", dir, name, rc_name(rc));
	return rc ? RC_CONFIG : RC_OK;
}

static enum rc unusable(const char *dir, const char *name)
{
	log_error("stick: %s/%s: no usable key", dir, name);
	return RC_CONFIG;
}

static enum rc read_jws(struct pool *pool, const char *dir, const char *name, struct jws_key **out)
{
	char *text;
	enum rc rc = read_key(pool, dir, name, &text);

	if (rc == RC_OK && jws_key_parse(text, out))
		rc = unusable(dir, name);
	return rc;
}

enum rc bundle_keys_load(const struct settings *settings, struct pool *pool, struct bundle_keys *out)
{
	bool board = settings->side == SIDE_BOARD;
	const char *dir = board ? settings->link_key_dir : settings->center_key_dir;
	char *text;
	enum rc rc;

	memset(out, 0, sizeof(*out));
	rc = read_jws(pool, dir, board ? "client.key" : "receipt.key", &out->sign);
	if (rc == RC_OK && board)
		rc = identity_keys_load(settings, &out->receipts);
	if (rc == RC_OK && board)
		rc = read_key(pool, dir, "client.crt", &out->cert_pem);
	if (rc == RC_OK)
		rc = read_key(pool, dir, "stick.key", &text);
	if (rc == RC_OK && age_identity_parse(text, &out->own))
		rc = unusable(dir, "stick.key");
	if (rc == RC_OK && board)
		rc = read_key(pool, dir, "stick-center.pub", &text);
	if (rc == RC_OK && board && age_recipient_parse(text, out->center))
		rc = unusable(dir, "stick-center.pub");
	if (rc)
		bundle_keys_free(out);
	return rc;
}

void bundle_keys_free(struct bundle_keys *keys)
{
	jws_key_free(keys->sign);
	identity_keys_free(&keys->receipts);
	memset(keys, 0, sizeof(*keys));
}

enum rc bundle_keys_make(struct pool *pool, const char *dir)
{
	struct age_identity identity;
	const char *public, *text;
	enum rc rc;

	if (access(pool_printf(pool, "%s/stick.key", dir), F_OK) == 0)
		return RC_OK;
	age_identity_new(&identity);
	public = age_recipient_text(pool, identity.point);
	text = pool_printf(pool, "# public key: %s\n%s\n", public, age_identity_text(pool, &identity));
	rc = file_put(dir, "stick.key", text, strlen(text), 0600);
	text = pool_printf(pool, "%s\n", public);
	if (rc == RC_OK)
		rc = file_put(dir, "stick.pub", text, strlen(text), 0644);
	memset(&identity, 0, sizeof(identity));
	return rc;
}
