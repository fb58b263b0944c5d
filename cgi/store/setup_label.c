/*
 * setup_label.c: the label on a box; see setup.h. Letters that are read aloud without error (Crockford
 * base32). The code has 50 bits: asked for ten times an hour at most, it is guessed in no lifetime.
 */
#include <string.h>

#include "base/encode.h"
#include "base/network.h"
#include "crypt/hash.h"
#include "crypt/random.h"
#include "store/setup.h"
#include "store/setup_lines.h"

#define CODE_CHARS 10u
#define KEY_GROUPS 3u
#define GROUP 5u
#define LABEL_CHARS 4u

static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* count characters, a hyphen after every fifth. */
static char *random_text(struct pool *pool, size_t count)
{
	char *out = pool_alloc(pool, count + count / GROUP + 1);
	size_t i, at = 0;

	for (i = 0; i < count; i++) {
		if (i > 0 && i % GROUP == 0)
			out[at++] = '-';
		out[at++] = digits[random_below(sizeof(digits) - 1)];
	}
	out[at] = '\0';
	return out;
}

void setup_label_new(struct pool *pool, struct setup_label *out)
{
	out->label = pool_printf(pool, "Tram-%s", random_text(pool, LABEL_CHARS));
	out->ap_key = random_text(pool, (size_t)KEY_GROUPS * GROUP);
	out->code = random_text(pool, CODE_CHARS);
}

char *setup_label_text(struct pool *pool, const struct setup_label *label)
{
	return pool_printf(pool, "label = %s\nap_key = %s\ncode = %s\n", label->label, label->ap_key,
			label->code);
}

static const char *take(void *arg, const char *name, const char *value)
{
	struct setup_label *label = arg;
	const char **to = strcmp(name, "label") == 0 ? &label->label : strcmp(name, "ap_key") == 0 ?
			&label->ap_key : strcmp(name, "code") == 0 ? &label->code : NULL;
	const char *why;
	char hash[65];

	if (!to)
		return "key";
	if (**to)
		return "twice";
	*to = value;
	if (to == &label->label)
		return *value && network_check("ap_name", value, &why) == RC_OK ? NULL : "value";
	if (to == &label->ap_key)
		return network_check("ap_key", value, &why) == RC_OK ? NULL : "value";
	return setup_code_hash(value, hash) == RC_OK ? NULL : "value";
}

enum rc setup_label_parse(struct pool *pool, const char *text, size_t len, struct setup_label *out,
		struct setup_fault *fault)
{
	enum rc rc;

	*out = (struct setup_label){ .label = "", .ap_key = "", .code = "" };
	rc = setup_lines(pool, text, len, take, out, fault);
	if (rc == RC_OK && (!*out->label || !*out->ap_key || !*out->code)) {
		*fault = (struct setup_fault){ .key = !*out->label ? "label" : !*out->code ? "code" : "ap_key",
			.why = "missing" };
		rc = RC_INVALID;
	}
	return rc;
}

enum rc setup_code_hash(const char *typed, char out[65])
{
	char flat[CODE_CHARS + 2];
	uint8_t digest[HASH_SIZE];

	if (base32_clean(typed, flat, sizeof(flat)) != RC_OK || strlen(flat) != CODE_CHARS)
		return RC_INVALID;
	hash_sha256(flat, CODE_CHARS, digest);
	hex_encode(digest, sizeof(digest), out);
	memset(flat, 0, sizeof(flat));
	return RC_OK;
}
