/*
 * board.c: `tram board`: which boards the center knows, by the fingerprint of their certificates.
 */
#include <stdio.h>
#include <string.h>

#include "base/encode.h"
#include "base/file.h"
#include "base/json.h"
#include "base/when.h"
#include "crypt/cert.h"
#include "crypt/random.h"
#include "crypt/token.h"
#include "store/enrol.h"
#include "store/linkstate.h"
#include "tool/board.h"
#include "tool/tool.h"

static const char usage[] =
		"usage: tram board add BOARD --data FOLDER --cert FILE --slip-key FILE [--name NAME]\n"
		"                  [--point-name TEXT] [--point-address TEXT] [--point-phone TEXT]\n"
		"       tram board invite BOARD --data FOLDER [--name NAME] [--point-name TEXT] …\n"
		"       tram board confirm BOARD --data FOLDER\n"
		"       tram board revoke BOARD --data FOLDER [--reason TEXT]\n"
		"       tram board slip-key BOARD --data FOLDER\n"
		"       tram board list --data FOLDER\n\n"
		"At the center. BOARD is the board_id of its tram.conf; --cert its client certificate\n"
		"(PEM), --slip-key its keys/web/slip.key. The point's name, address and telephone are what\n"
		"the public status page shows. Adding a board again renews certificate, key and point.\n"
		"invite prints what the board types into `tram enroll`: good once and for 72 hours.\n"
		"confirm lets a board renew whose certificate expired more than 180 days ago.\n"
		"slip-key prints the key that printed slips are looked up by, for a new machine of a lost board\n"
		"(tram init board --again).\n"
		"Exit status: 0 done; 2 wrong input or no such board; 75 the database failed; 78 wrong\n"
		"configuration.\n";

struct request {
	const char *verb, *board, *cert, *slip_key, *name;
	const char *point_name, *point_address, *point_phone, *reason;
	struct cert_info info;
	uint8_t key[32];
};

/* Read before the process becomes the owner of the data: keys may be closed to that user. */
static enum rc read_files(struct pool *pool, struct request *request)
{
	char *text;
	size_t len;
	enum rc rc;

	if (!request->cert || !request->slip_key) {
		fputs("tram board add: --cert and --slip-key are needed\n", stderr);
		return RC_INVALID;
	}
	rc = file_read(pool, request->cert, 65536, &text, &len);
	if (rc == RC_OK)
		rc = cert_read(pool, text, &request->info);
	if (rc != RC_OK) {
		fprintf(stderr, "tram board: %s: no certificate\n", request->cert);
		return RC_INVALID;
	}
	rc = file_read(pool, request->slip_key, 256, &text, &len);
	if (rc == RC_OK) {
		text[strcspn(text, "\r\n")] = '\0';
		rc = hex_decode(text, request->key, sizeof(request->key));
	}
	if (rc != RC_OK) {
		fprintf(stderr, "tram board: %s: not 64 hex digits\n", request->slip_key);
		return RC_INVALID;
	}
	return RC_OK;
}

static char *point_of(struct pool *pool, const struct request *request)
{
	json_t *point = json_new_object();
	char *text;

	json_put(point, "name", request->point_name);
	json_put(point, "address", request->point_address);
	json_put(point, "phone", request->point_phone);
	text = json_to_text(pool, point);
	json_decref(point);
	return text;
}

static enum rc add(struct store *store, struct pool *pool, const struct request *request)
{
	return linkstate_board_add(store, request->board,
			request->name ? request->name : request->board, point_of(pool, request),
			request->info.fingerprint, request->key);
}

/* rc: of what was done inside store_begin. */
static enum rc finish(struct store *store, enum rc rc)
{
	if (rc == RC_OK)
		return store_commit(store);
	store_abort(store);
	return rc;
}

static enum rc invite(struct store *store, struct pool *pool, const struct request *request)
{
	struct enrol_invite wish = { .board = request->board, .name = request->name,
		.made_by = "system", .made_at = when_now_ms() };
	uint8_t secret[TOKEN_SECRET_SIZE];
	char *token = NULL;
	enum rc rc = store_begin(store, false);

	if (request->point_name)
		wish.point = point_of(pool, request);
	random_bytes(secret, sizeof(secret));
	if (rc == RC_OK)
		rc = finish(store, enrol_invite_make(store, pool, &wish, secret,
				request->info.fingerprint, &token));
	memset(secret, 0, sizeof(secret));
	if (rc == RC_OK)
		printf("%s\n", token);
	return rc;
}

static enum rc confirm(struct store *store, const char *board)
{
	enum rc rc = store_begin(store, false);

	return rc == RC_OK ? finish(store, enrol_cert_allow(store, board, "system")) : rc;
}

static enum rc revoke(struct store *store, const struct request *request)
{
	enum rc rc = store_begin(store, false);

	return rc == RC_OK ? finish(store, linkstate_board_revoke(store, request->board, "system",
			request->reason ? request->reason : "")) : rc;
}

/* The CA whose hash an invitation carries. */
static enum rc read_ca(const struct settings *settings, struct pool *pool, struct request *request)
{
	const char *path = pool_printf(pool, "%s/ca.crt", settings->center_key_dir);
	char *text;
	size_t len;
	enum rc rc = file_read(pool, path, 65536, &text, &len);

	if (rc == RC_OK)
		rc = cert_read(pool, text, &request->info);
	if (rc != RC_OK)
		fprintf(stderr, "tram board: %s: no certificate\n", path);
	return rc == RC_OK ? RC_OK : RC_INVALID;
}

static enum rc list(struct store *store, struct pool *pool)
{
	struct link_board *rows;
	size_t count, i;
	char hex[2 * HASH_SIZE + 1];
	enum rc rc = linkstate_board_list(store, pool, &rows, &count);

	for (i = 0; rc == RC_OK && i < count; i++) {
		hex_encode(rows[i].fingerprint, HASH_SIZE, hex);
		printf("%s\t%s\t%s\t%s\n", rows[i].board,
				rows[i].revoked ? "revoked" : rows[i].fenced ? "fenced" : "open", hex,
				rows[i].name);
	}
	return rc;
}

static enum rc print_slip_key(struct store *store, const char *board)
{
	uint8_t key[32];
	char hex[65];
	enum rc rc = linkstate_slip_key(store, board, key);

	if (rc == RC_OK) {
		hex_encode(key, sizeof(key), hex);
		puts(hex);
	}
	memset(key, 0, sizeof(key));
	memset(hex, 0, sizeof(hex));
	return rc;
}

static enum rc act(const struct settings *settings, struct pool *pool, struct request *request)
{
	struct store *store = NULL;
	enum rc rc = RC_OK;

	if (settings->side != SIDE_CENTER) {
		fputs("tram board: these are not a center's data\n", stderr);
		return RC_INVALID;
	}
	if (strcmp(request->verb, "add") == 0)
		rc = read_files(pool, request);
	if (rc == RC_OK && strcmp(request->verb, "invite") == 0)
		rc = read_ca(settings, pool, request);
	if (rc == RC_OK)
		rc = tool_open(settings, STORE_TRAM | STORE_PUBLIC, &store);
	if (rc == RC_OK && strcmp(request->verb, "add") == 0)
		rc = add(store, pool, request);
	else if (rc == RC_OK && strcmp(request->verb, "invite") == 0)
		rc = invite(store, pool, request);
	else if (rc == RC_OK && strcmp(request->verb, "confirm") == 0)
		rc = confirm(store, request->board);
	else if (rc == RC_OK && strcmp(request->verb, "revoke") == 0)
		rc = revoke(store, request);
	else if (rc == RC_OK && strcmp(request->verb, "slip-key") == 0)
		rc = print_slip_key(store, request->board);
	else if (rc == RC_OK)
		rc = list(store, pool);
	if (rc == RC_NOT_FOUND)
		fprintf(stderr, "tram board: no board %s\n", request->board);
	store_close(store);
	return rc;
}

int board_main(int argc, char **argv)
{
	const char *words[2] = { NULL, NULL }, *data = NULL, *conf = NULL;
	struct request request = { 0 };
	const struct tool_option options[] = {
		{ "data", &data, NULL }, { "conf", &conf, NULL }, { "cert", &request.cert, NULL },
		{ "slip-key", &request.slip_key, NULL }, { "name", &request.name, NULL },
		{ "point-name", &request.point_name, NULL },
		{ "point-address", &request.point_address, NULL },
		{ "point-phone", &request.point_phone, NULL }, { "reason", &request.reason, NULL },
	};
	struct settings *settings = NULL;
	struct pool *pool = pool_new();
	size_t count;
	int status = tool_options(argc, argv, usage, options, sizeof(options) / sizeof(options[0]),
			words, 2, &count);
	enum rc rc;

	if (status >= 0)
		goto out;
	status = TOOL_USAGE;
	if (!(count == 1 && strcmp(words[0], "list") == 0)
			&& !(count == 2 && (strcmp(words[0], "add") == 0 || strcmp(words[0], "revoke") == 0
			|| strcmp(words[0], "invite") == 0 || strcmp(words[0], "confirm") == 0
			|| strcmp(words[0], "slip-key") == 0))) {
		fputs(usage, stderr);
		goto out;
	}
	request.verb = words[0];
	request.board = words[1];
	rc = tool_settings(data, conf, &settings);
	if (rc == RC_OK)
		rc = act(settings, pool, &request);
	status = tool_exit_of(rc);
out:
	settings_free(settings);
	pool_free(pool);
	return status;
}
