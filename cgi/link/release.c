/*
 * release.c: see release.h.
 */
#include <string.h>

#include "base/buf.h"
#include "base/encode.h"
#include "base/text.h"
#include "link/release.h"

#define SIZE_MAX_BYTES (INT64_C(512) * 1024 * 1024)
#define LOWER_DIGITS "abcdefghijklmnopqrstuvwxyz0123456789"
#define SCHEMA_MAX 100000

static const char *const kinds[RELEASE_KINDS] = {
	[DB_TRAM] = "tram", [DB_AUTH] = "auth", [DB_RUN] = "run", [DB_PUBLIC] = "public",
	[DB_ACCESS] = "access",
};

/* ---- versions ---- */

/* Takes one number off the text: its digits, and whether another follows. */
static bool take_number(const char **text, const char **digits, size_t *len)
{
	*digits = *text;
	*len = strspn(*text, "0123456789");
	*text += *len;
	if (**text != '.')
		return false;
	(*text)++;
	return true;
}

bool release_is_version(const char *version)
{
	const char *digits;
	size_t len;
	bool more;

	if (strlen(version) > 64)
		return false;
	do {
		more = take_number(&version, &digits, &len);
		/* A number of many digits, or with zeros before it, is none of ours. */
		if (len == 0 || len > 9 || (len > 1 && *digits == '0'))
			return false;
	} while (more);
	return *version == '\0' || ((*version == '~' || *version == '+') && version[1] != '\0'
			&& version[strspn(version, LOWER_DIGITS ".~+")] == '\0');
}

int release_compare(const char *a, const char *b)
{
	bool more_a = true, more_b = true;

	while (more_a || more_b) {
		const char *of_a = "", *of_b = "";
		size_t len_a = 0, len_b = 0;
		int order;

		if (more_a)
			more_a = take_number(&a, &of_a, &len_a);
		if (more_b)
			more_b = take_number(&b, &of_b, &len_b);
		if (len_a != len_b)
			return len_a < len_b ? -1 : 1;
		order = memcmp(of_a, of_b, len_a);
		if (order != 0)
			return order;
	}
	return 0;
}

/* ---- the manifest ---- */

static bool is_word(const char *text, const char *letters, size_t max)
{
	size_t len = strlen(text);

	return len > 0 && len <= max && strspn(text, letters) == len;
}

static enum rc parse_package(struct pool *pool, const json_t *from, struct release_package *out)
{
	const char *sha256 = json_text(from, "sha256");

	out->name = pool_strdup(pool, json_text(from, "name"));
	out->arch = pool_strdup(pool, json_text(from, "arch"));
	out->suite = pool_strdup(pool, json_text(from, "suite"));
	out->version = pool_strdup(pool, json_text(from, "version"));
	out->size_bytes = json_int(from, "size", 0);
	/* The file's name is made of these: none of them leaves its folder. */
	if (!is_word(out->name, LOWER_DIGITS "+-.", 100) || out->name[0] == '.'
			|| !is_word(out->arch, LOWER_DIGITS, 16) || !is_word(out->suite, LOWER_DIGITS, 16)
			|| !is_word(out->version, LOWER_DIGITS "ABCDEFGHIJKLMNOPQRSTUVWXYZ.+~:-", 100)
			|| strlen(sha256) != 2 * HASH_SIZE || hex_decode(sha256, out->sha256, HASH_SIZE)
			|| out->size_bytes < 1 || out->size_bytes > SIZE_MAX_BYTES)
		return RC_INVALID;
	out->file = pool_printf(pool, "%s_%s_%s.deb", out->name, out->version, out->arch);
	return RC_OK;
}

static enum rc parse_object(struct pool *pool, const json_t *from, struct release *out)
{
	const json_t *schema = json_object_get(from, "schema");
	const json_t *packages = json_object_get(from, "packages");
	size_t i;
	enum rc rc = RC_OK;

	out->version = pool_strdup(pool, json_text(from, "version"));
	out->channel = pool_strdup(pool, json_text(from, "channel"));
	out->made_at = json_int(from, "made_at", -1);
	out->not_before = json_int(from, "not_before", -1);
	out->count = json_array_size(packages);
	if (!release_is_version(out->version) || !is_word(out->channel, LOWER_DIGITS "-", 31)
			|| out->made_at < 0 || out->not_before < 0 || !json_is_object(schema)
			|| out->count > RELEASE_PACKAGES)
		return RC_INVALID;
	for (i = 0; i < RELEASE_KINDS; i++) {
		int64_t number = json_int(schema, kinds[i], 0);

		if (number < 1 || number > SCHEMA_MAX)
			return RC_INVALID;
		out->schema[i] = (int)number;
	}
	out->packages = pool_alloc(pool, (out->count + 1) * sizeof(*out->packages));
	for (i = 0; i < out->count && rc == RC_OK; i++)
		rc = parse_package(pool, json_array_get(packages, i), &out->packages[i]);
	return rc;
}

enum rc release_parse(struct pool *pool, const char *text, size_t len, struct release *out)
{
	json_t *object = NULL;
	enum rc rc;

	memset(out, 0, sizeof(*out));
	rc = json_parse(text, len, &object) == RC_OK ? parse_object(pool, object, out) : RC_INVALID;
	json_decref(object);
	return rc;
}

enum rc release_verify(struct pool *pool, const struct jws_key *key, const char *token,
		struct release *out, const char **reason)
{
	char *payload;
	size_t len;

	memset(out, 0, sizeof(*out));
	*reason = "signature";
	if (jws_verify(pool, &key, 1, RELEASE_TYP, token, &payload, &len) != RC_OK)
		return RC_PROTOCOL;
	*reason = "manifest";
	return release_parse(pool, payload, len, out);
}

enum rc release_payload(struct pool *pool, const char *token, struct release *out)
{
	const char *dot = strchr(token, '.'), *end = dot ? strchr(dot + 1, '.') : NULL;
	struct buf text = { 0 };
	enum rc rc = RC_INVALID;

	if (end && base64url_decode(dot + 1, (size_t)(end - dot - 1), &text) == RC_OK)
		rc = release_parse(pool, text.data ? text.data : "", text.len, out);
	buf_free(&text);
	return rc;
}

const char *release_machine(void)
{
#if defined(__x86_64__)
	return "amd64";
#elif defined(__aarch64__)
	return "arm64";
#else
	return "armhf";
#endif
}

char *release_text(struct pool *pool, const struct release *release)
{
	json_t *object = json_new_object(), *schema = json_new_object(), *packages = json_new_array();
	char *text, hex[2 * HASH_SIZE + 1];
	size_t i;

	for (i = 0; i < RELEASE_KINDS; i++)
		json_put_int(schema, kinds[i], release->schema[i]);
	for (i = 0; i < release->count; i++) {
		const struct release_package *from = &release->packages[i];
		json_t *package = json_new_object();

		hex_encode(from->sha256, HASH_SIZE, hex);
		json_put(package, "name", from->name);
		json_put(package, "arch", from->arch);
		json_put(package, "suite", from->suite);
		json_put(package, "version", from->version);
		json_put(package, "sha256", hex);
		json_put_int(package, "size", from->size_bytes);
		json_add(packages, package);
	}
	json_put(object, "version", release->version);
	json_put(object, "channel", release->channel);
	json_put_int(object, "made_at", release->made_at);
	json_put_int(object, "not_before", release->not_before);
	json_put_value(object, "schema", schema);
	json_put_value(object, "packages", packages);
	text = json_to_text(pool, object);
	json_decref(object);
	return text;
}

const struct release_package *release_find(const struct release *release, const char *name,
		const char *arch, const char *suite)
{
	size_t i;

	for (i = 0; i < release->count; i++) {
		const struct release_package *at = &release->packages[i];

		if (strcmp(at->name, name) == 0 && strcmp(at->arch, arch) == 0
				&& strcmp(at->suite, suite) == 0)
			return at;
	}
	return NULL;
}
