/*
 * setup.c: see setup.h.
 */
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "base/network.h"
#include "base/text.h"
#include "crypt/token.h"
#include "embed.h"
#include "store/setup.h"
#include "store/setup_lines.h"

#define ANSWERS "answers"
#define FILE_MAX ((size_t)16 * 1024)

enum kind {
	KIND_TEXT,
	KIND_DIGITS,
	KIND_LOGIN,
	KIND_AGENCY,	/* H27, H27.1 … */
	KIND_NETWORK,	/* as base/network.h takes it */
	KIND_YES,	/* yes | no */
	KIND_URL,
	KIND_URLS,
	KIND_PROXY,
	KIND_HOST,
	KIND_TOKEN,
	KIND_HASH	/* an encoded password */
};

static const struct row {
	const char *name;
	enum setup_step step;
	enum kind kind;
	int64_t min, max;	/* characters of KIND_TEXT and KIND_DIGITS */
	bool needed, secret;
} rows[SETUP_KEYS] = {
	[SETUP_COMMUNE] = { "commune_code", SETUP_STATION, KIND_DIGITS, 5, 5, true, false },
	[SETUP_STATION_NAME] = { "station_name", SETUP_STATION, KIND_TEXT, 1, 200, true, false },
	[SETUP_PARENT] = { "parent_name", SETUP_STATION, KIND_TEXT, 1, 200, false, false },
	[SETUP_AGENCY] = { "agency_name", SETUP_STATION, KIND_TEXT, 1, 200, false, false },
	[SETUP_AGENCY_ID] = { "agency_id", SETUP_STATION, KIND_AGENCY, 0, 0, false, false },
	[SETUP_POINT_NO] = { "point_no", SETUP_POINT, KIND_DIGITS, 1, 3, true, false },
	[SETUP_POINT_NAME] = { "point_name", SETUP_POINT, KIND_TEXT, 1, 200, true, false },
	[SETUP_POINT_ADDRESS] = { "point_address", SETUP_POINT, KIND_TEXT, 1, 300, true, false },
	[SETUP_POINT_PHONE] = { "point_phone", SETUP_POINT, KIND_TEXT, 1, 50, true, false },
	[SETUP_PLACE] = { "place_name", SETUP_POINT, KIND_TEXT, 1, 100, false, false },
	[SETUP_LOGIN] = { "admin_login", SETUP_ADMIN, KIND_LOGIN, 0, 0, true, false },
	[SETUP_NAME] = { "admin_name", SETUP_ADMIN, KIND_TEXT, 1, 100, true, false },
	[SETUP_PASSWORD] = { "admin_password", SETUP_ADMIN, KIND_TEXT, 1, 200, false, true },
	[SETUP_HASH] = { "admin_hash", SETUP_ADMIN, KIND_HASH, 0, 0, false, true },
	[SETUP_AP_NAME] = { "ap_name", SETUP_WIFI, KIND_NETWORK, 0, 0, true, false },
	[SETUP_AP_KEY] = { "ap_key", SETUP_WIFI, KIND_NETWORK, 0, 0, true, true },
	[SETUP_AP_CHANNEL] = { "ap_channel", SETUP_WIFI, KIND_NETWORK, 0, 0, false, false },
	[SETUP_GUEST] = { "guest", SETUP_WIFI, KIND_NETWORK, 0, 0, false, false },
	[SETUP_GUEST_NAME] = { "guest_name", SETUP_WIFI, KIND_NETWORK, 0, 0, false, false },
	[SETUP_GUEST_KEY] = { "guest_key", SETUP_WIFI, KIND_NETWORK, 0, 0, false, true },
	[SETUP_PRINTERS] = { "printers", SETUP_WIFI, KIND_NETWORK, 0, 0, false, false },
	[SETUP_UPLINK_KIND] = { "uplink", SETUP_UPLINK, KIND_NETWORK, 0, 0, true, false },
	[SETUP_UPLINK_NAME] = { "uplink_name", SETUP_UPLINK, KIND_NETWORK, 0, 0, false, false },
	[SETUP_UPLINK_KEY] = { "uplink_key", SETUP_UPLINK, KIND_NETWORK, 0, 0, false, true },
	[SETUP_UPLINK_ADDRESS] = { "uplink_address", SETUP_UPLINK, KIND_NETWORK, 0, 0, false, false },
	[SETUP_UPLINK_GATEWAY] = { "uplink_gateway", SETUP_UPLINK, KIND_NETWORK, 0, 0, false, false },
	[SETUP_UPLINK_DNS] = { "uplink_dns", SETUP_UPLINK, KIND_NETWORK, 0, 0, false, false },
	[SETUP_CENTER] = { "center_url", SETUP_UPLINK, KIND_URL, 0, 0, true, false },
	[SETUP_CENTER_MORE] = { "center_more", SETUP_UPLINK, KIND_URLS, 0, 0, false, false },
	[SETUP_CENTER_NAME] = { "center_name", SETUP_UPLINK, KIND_HOST, 0, 0, false, false },
	[SETUP_PROXY] = { "link_proxy", SETUP_UPLINK, KIND_PROXY, 0, 0, false, false },
	[SETUP_INVITE] = { "invitation", SETUP_TOKEN, KIND_TOKEN, 0, 0, false, true },
	[SETUP_LATER] = { "invitation_later", SETUP_TOKEN, KIND_YES, 0, 0, false, false },
	[SETUP_REHEARSE] = { "rehearse", SETUP_TOKEN, KIND_YES, 0, 0, false, false },
};

void setup_clear(struct setup *setup)
{
	for (size_t i = 0; i < SETUP_KEYS; i++)
		setup->value[i] = "";
}

const char *setup_name(enum setup_key key)
{
	return rows[key].name;
}

enum setup_step setup_step_of(enum setup_key key)
{
	return rows[key].step;
}

bool setup_is_needed(enum setup_key key)
{
	return rows[key].needed || key == SETUP_PASSWORD;
}

bool setup_is_secret(enum setup_key key)
{
	return rows[key].secret;
}

/* ---- single values ---- */

static bool only(const char *text, const char *allowed, size_t least, size_t most)
{
	size_t len = strlen(text);

	return len >= least && len <= most && strspn(text, allowed) == len;
}

#define SMALL "abcdefghijklmnopqrstuvwxyz"
#define NUMERAL "0123456789"

static bool is_agency(const char *text)
{
	size_t parts = 0;

	if (*text < 'A' || *text > 'Z')
		return false;
	for (text++;; text++) {
		size_t digits = strspn(text, NUMERAL);

		if (digits < 1 || digits > 3 || ++parts > 4)
			return false;
		text += digits;
		if (*text != '.')
			return *text == '\0';
	}
}

static bool is_url(const char *text, const char *scheme, bool port)
{
	const char *host, *colon;
	size_t len = strlen(scheme);
	int64_t number = 0;

	if (strncmp(text, scheme, len) != 0 || strlen(text) > 200)
		return false;
	host = text + len;
	colon = strrchr(host, ':');
	if (colon == host || *host == '\0' || host[strspn(host, SMALL "ABCDEFGHIJKLMNOPQRSTUVWXYZ" NUMERAL
			".-:[]")] != '\0')
		return false;
	return colon ? num_parse(colon + 1, 1, 65535, &number) == RC_OK : !port;
}

/* Each of several, blanks between. */
static bool each(struct pool *pool, const char *text, size_t most, bool (*is)(const char *word))
{
	size_t count = 0;

	while (*(text += strspn(text, " ")) != '\0') {
		size_t len = strcspn(text, " ");

		if (++count > most || !is(pool_strndup(pool, text, len)))
			return false;
		text += len;
	}
	return count > 0;
}

static bool is_https(const char *text)
{
	return is_url(text, "https://", false);
}

bool setup_value_fits(struct pool *pool, enum setup_key key, const char *value)
{
	const struct row *row = &rows[key];
	int64_t chars = (int64_t)text_chars(value);
	const char *why = NULL;
	struct token token;

	if (*value == '\0')
		return true;
	switch (row->kind) {
	case KIND_TEXT:
		return chars >= row->min && chars <= row->max;
	case KIND_DIGITS:
		return only(value, NUMERAL, (size_t)row->min, (size_t)row->max);
	case KIND_LOGIN:
		return only(value, SMALL NUMERAL ".-_", 2, 40);
	case KIND_AGENCY:
		return is_agency(value);
	case KIND_NETWORK:
		return network_check(row->name, value, &why) == RC_OK;
	case KIND_YES:
		return strcmp(value, "yes") == 0 || strcmp(value, "no") == 0;
	case KIND_URL:
		return is_https(value);
	case KIND_URLS:
		return each(pool, value, 7, is_https);
	case KIND_PROXY:
		return is_url(value, "http://", true);
	case KIND_HOST:
		return only(value, SMALL "ABCDEFGHIJKLMNOPQRSTUVWXYZ" NUMERAL ".-_", 1, 100);
	case KIND_TOKEN:
		return strlen(value) <= 200 && token_parse(pool, value, &token) == RC_OK;
	case KIND_HASH:
		return strncmp(value, "$argon2id$", 10) == 0 && strlen(value) < 300;
	}
	return false;
}

/* ---- a file of them ---- */

struct reading { struct pool *pool; struct setup *out; bool seen[SETUP_KEYS]; };

static const char *take(void *arg, const char *name, const char *value)
{
	struct reading *reading = arg;

	for (size_t i = 0; i < SETUP_KEYS; i++) {
		if (strcmp(rows[i].name, name) != 0)
			continue;
		if (reading->seen[i])
			return "twice";
		reading->seen[i] = true;
		if (!setup_value_fits(reading->pool, (enum setup_key)i, value))
			return "value";
		reading->out->value[i] = value;
		return NULL;
	}
	return "key";
}

enum rc setup_parse(struct pool *pool, const char *text, size_t len, struct setup *out,
		struct setup_fault *fault)
{
	struct reading reading = { .pool = pool, .out = out };

	setup_clear(out);
	return setup_lines(pool, text, len, take, &reading, fault);
}

/* ---- a step as a whole ---- */

static enum rc fault_at(struct setup_fault *fault, enum setup_key key, const char *why)
{
	*fault = (struct setup_fault){ .key = rows[key].name, .why = why };
	return RC_INVALID;
}

static bool said(const struct setup *setup, enum setup_key key)
{
	return *setup->value[key] != '\0';
}

/* What the network's keys say together. What other steps ask is taken as something that fits. */
static enum rc check_network(struct pool *pool, const struct setup *setup, enum setup_step step,
		struct setup_fault *fault)
{
	static const struct { enum setup_key key; const char *value; } stand_in[] = {
		{ SETUP_COMMUNE, "0" }, { SETUP_POINT_NO, "0" }, { SETUP_AP_NAME, "0" },
		{ SETUP_AP_KEY, "00000000" } };
	struct setup whole = *setup;
	struct network network;
	struct network_fault wrong;

	for (size_t i = 0; i < sizeof(stand_in) / sizeof(stand_in[0]); i++)
		if (!said(&whole, stand_in[i].key))
			whole.value[stand_in[i].key] = stand_in[i].value;
	if (step == SETUP_WIFI)
		for (size_t i = SETUP_UPLINK_KIND; i <= SETUP_UPLINK_DNS; i++)
			whole.value[i] = i == SETUP_UPLINK_KIND ? "cable" : "";
	if (network_read(pool, setup_network(pool, &whole), &network, &wrong) == RC_OK)
		return RC_OK;
	for (size_t i = 0; i < SETUP_KEYS; i++)
		if (rows[i].step == step && strcmp(rows[i].name, wrong.key) == 0)
			return fault_at(fault, (enum setup_key)i, said(setup, (enum setup_key)i) ? "value" :
					"missing");
	return fault_at(fault, SETUP_UPLINK_KIND, "printers");
}

static enum rc check_token(struct pool *pool, const struct setup *setup, struct setup_fault *fault)
{
	struct token token;

	if (!said(setup, SETUP_INVITE))
		return strcmp(setup->value[SETUP_LATER], "yes") == 0 ? RC_OK :
				fault_at(fault, SETUP_INVITE, "missing");
	if (token_parse(pool, setup->value[SETUP_INVITE], &token) != RC_OK)
		return fault_at(fault, SETUP_INVITE, "value");
	return strcmp(token.board, setup_board_id(pool, setup)) == 0 ? RC_OK :
			fault_at(fault, SETUP_INVITE, "board");
}

enum rc setup_check(struct pool *pool, const struct setup *setup, enum setup_step step,
		struct setup_fault *fault)
{
	*fault = (struct setup_fault){ .key = "", .why = "" };
	for (size_t i = 0; i < SETUP_KEYS; i++) {
		if (rows[i].step != step)
			continue;
		if (rows[i].needed && !said(setup, (enum setup_key)i))
			return fault_at(fault, (enum setup_key)i, "missing");
		if (!setup_value_fits(pool, (enum setup_key)i, setup->value[i]))
			return fault_at(fault, (enum setup_key)i, "value");
	}
	if (step == SETUP_STATION && !setup_commune(pool, setup->value[SETUP_COMMUNE]))
		return fault_at(fault, SETUP_COMMUNE, "value");
	if (step == SETUP_POINT && setup->value[SETUP_POINT_NO][0] == '0')
		return fault_at(fault, SETUP_POINT_NO, "value");
	if (step == SETUP_ADMIN && !said(setup, SETUP_HASH) && !said(setup, SETUP_PASSWORD))
		return fault_at(fault, SETUP_PASSWORD, "missing");
	if (step == SETUP_WIFI || step == SETUP_UPLINK)
		return check_network(pool, setup, step, fault);
	return step == SETUP_TOKEN ? check_token(pool, setup, fault) : RC_OK;
}

enum setup_step setup_next(struct pool *pool, const struct setup *setup)
{
	struct setup_fault fault;
	int step = SETUP_STATION;

	while (step < SETUP_STEPS && setup_check(pool, setup, (enum setup_step)step, &fault) == RC_OK)
		step++;
	return (enum setup_step)step;
}

/* ---- what is made of them ---- */

char *setup_board_id(struct pool *pool, const struct setup *setup)
{
	return pool_printf(pool, "b%s-%s", setup->value[SETUP_COMMUNE], setup->value[SETUP_POINT_NO]);
}

char *setup_commune(struct pool *pool, const char *code)
{
	const char *line = embed_communes_tsv;
	size_t len = strlen(code);

	while (len > 0 && line && *line) {
		if (strncmp(line, code, len) == 0 && line[len] == '\t')
			return pool_strndup(pool, line + len + 1, strcspn(line + len + 1, "\r\n"));
		line = strchr(line, '\n');
		line += line != NULL;
	}
	return NULL;
}

static char *text_of(struct pool *pool, struct buf *out)
{
	char *text = pool_strndup(pool, out->data ? out->data : "", out->len);

	buf_free(out);
	return text;
}

static void put(struct buf *out, const struct setup *setup, enum setup_key key)
{
	if (*setup->value[key])
		buf_printf(out, "%s = %s\n", rows[key].name, setup->value[key]);
}

char *setup_conf(struct pool *pool, const struct setup *setup, bool rehearsal)
{
	static const enum setup_key keys[] = { SETUP_COMMUNE, SETUP_STATION_NAME, SETUP_PARENT, SETUP_AGENCY,
		SETUP_AGENCY_ID, SETUP_POINT_NO, SETUP_POINT_NAME, SETUP_POINT_ADDRESS, SETUP_POINT_PHONE,
		SETUP_PLACE, SETUP_CENTER, SETUP_CENTER_MORE, SETUP_CENTER_NAME, SETUP_PROXY };
	struct buf out = { 0 };

	buf_printf(&out, "board_id = %s\ncommune_name = %s\nmode = %s\n", setup_board_id(pool, setup),
			setup_commune(pool, setup->value[SETUP_COMMUNE]), rehearsal ? "rehearsal" : "live");
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		put(&out, setup, keys[i]);
	return text_of(pool, &out);
}

char *setup_network(struct pool *pool, const struct setup *setup)
{
	static const enum setup_key keys[] = { SETUP_AP_NAME, SETUP_AP_KEY, SETUP_AP_CHANNEL, SETUP_GUEST,
		SETUP_GUEST_NAME, SETUP_GUEST_KEY, SETUP_UPLINK_KIND, SETUP_UPLINK_NAME, SETUP_UPLINK_KEY,
		SETUP_UPLINK_ADDRESS, SETUP_UPLINK_GATEWAY, SETUP_UPLINK_DNS, SETUP_PRINTERS };
	struct buf out = { 0 };

	buf_printf(&out, "host = tram-%s\n", setup_board_id(pool, setup));
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		put(&out, setup, keys[i]);
	return text_of(pool, &out);
}

/* ---- kept ---- */

enum rc setup_load(struct pool *pool, const char *dir, struct setup *out)
{
	struct setup_fault fault;
	char *text = NULL;
	size_t len = 0;
	enum rc rc;

	setup_clear(out);
	rc = file_read(pool, pool_printf(pool, "%s/" ANSWERS, dir), FILE_MAX, &text, &len);
	if (rc == RC_OK)
		rc = setup_parse(pool, text, len, out, &fault);
	if (rc == RC_INVALID)
		log_error("setup: %s/" ANSWERS " line=%d why=%s", dir, fault.line, fault.why);
	return rc;
}

enum rc setup_save(struct pool *pool, const char *dir, const struct setup *setup)
{
	struct buf out = { 0 };
	enum rc rc;

	(void)pool;
	for (size_t i = 0; i < SETUP_KEYS; i++)
		if (i != SETUP_PASSWORD)	/* its hash is enough */
			put(&out, setup, (enum setup_key)i);
	rc = file_put(dir, ANSWERS, out.data ? out.data : "", out.len, 0600);
	if (out.data)
		memset(out.data, 0, out.len);
	buf_free(&out);
	return rc;
}
