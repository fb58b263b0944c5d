/*
 * bundle.c: see bundle.h.
 */
#include <string.h>

#include "base/encode.h"
#include "base/when.h"
#include "crypt/random.h"
#include "store/bundle.h"
#include "store/draft.h"

static const char PARENT[] =
	"SELECT ref FROM mark WHERE board = $1 AND subject = $2 AND kind = 'dossier.linked' AND ref <> ''"
	" LIMIT 1";

/* One part, and its link to the parent. */
static enum rc accept_part(struct store *store, struct pool *pool, const struct act *parent,
		const char *bundle, json_t *body, uint8_t id[EVENT_ID_SIZE], const char **reason)
{
	struct act act = *parent;
	struct event event;
	char parent_hex[2 * EVENT_ID_SIZE + 1], *code = NULL;
	json_t *manifest = json_new_object(), *link = json_new_object();
	enum rc rc = draft_next_code(store, pool, when_now_ms(), &code);

	json_put_int(manifest, "version", 1);
	json_put_value(body, "manifest", manifest);
	hex_encode(parent->subject, EVENT_ID_SIZE, parent_hex);
	json_put(link, "role", "part");
	json_put(link, "bundle", bundle);
	json_put(link, "parent", parent_hex);
	random_bytes(id, EVENT_ID_SIZE);
	act.subject = id;
	act.kind = "dossier.accepted";
	act.body = body;
	if (rc == RC_OK) {
		json_put(body, "code", code);
		rc = act_append(store, &act, &event, reason);
	}
	act.kind = "dossier.linked";
	act.body = link;
	if (rc == RC_OK)
		rc = act_append(store, &act, &event, reason);
	json_decref(link);
	return rc;
}

static json_t *linked(const json_t *body, const uint8_t id[EVENT_ID_SIZE])
{
	const json_t *procedure = json_object_get(body, "procedure");
	char hex[2 * EVENT_ID_SIZE + 1];
	json_t *out = json_new_object();

	hex_encode(id, EVENT_ID_SIZE, hex);
	json_put(out, "dossier", hex);
	json_put(out, "code", json_text(body, "code"));
	json_put(out, "procedure", json_text(procedure, "name"));
	json_put(out, "unit", json_text(procedure, "unit"));
	return out;
}

enum rc bundle_accept(struct store *store, struct pool *pool, const struct act *parent,
		const char *parent_code, json_t *parts, const char **reason)
{
	json_t *link = json_new_object(), *list = json_new_array();
	struct act act = *parent;
	struct event event;
	enum rc rc = RC_OK;

	for (size_t i = 0; rc == RC_OK && i < json_array_size(parts); i++) {
		json_t *body = json_array_get(parts, i);
		uint8_t id[EVENT_ID_SIZE];

		rc = accept_part(store, pool, parent, parent_code, body, id, reason);
		if (rc == RC_OK)
			json_add(list, linked(body, id));
	}
	json_put(link, "role", "parent");
	json_put(link, "bundle", parent_code);
	json_put_value(link, "parts", list);
	act.kind = "dossier.linked";
	act.body = link;
	if (rc == RC_OK)
		rc = act_append(store, &act, &event, reason);
	json_decref(link);
	return rc;
}

enum rc bundle_parent(struct store *store, struct pool *pool, const char *board, const uint8_t *part,
		const char **hex)
{
	struct stmt *stmt = db_stmt(store->tram, PARENT);
	bool row = false;
	enum rc rc;

	*hex = NULL;
	stmt_text(stmt, 1, board);
	stmt_blob(stmt, 2, part, EVENT_ID_SIZE);
	rc = stmt_step(stmt, &row);
	if (rc == RC_OK && row)
		*hex = stmt_col_dup(stmt, 0, pool);
	stmt_reset(stmt);
	return rc;
}
