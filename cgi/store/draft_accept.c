/*
 * draft_accept.c: a draft becomes a dossier, in one write and one fsync: form id, number, manifest,
 * slip, event, projection, draft closed.
 */
#include <string.h>

#include "base/encode.h"
#include "base/log.h"
#include "base/when.h"
#include "crypt/random.h"
#include "dossier/code.h"
#include "store/bundle.h"
#include "store/draft.h"
#include "store/late.h"
#include "store/money.h"
#include "store/paper.h"
#include "store/slip.h"
#include "store/swap.h"
#include "store/source.h"

static const char SERIES[] = "SELECT last FROM series WHERE board = $1 AND day = $2";
static const char CODE[] = "SELECT code FROM dossier WHERE board = $1 AND id = $2";

static char *place_of(struct pool *pool, const char *code)
{
	return pool_printf(pool, "/ho-so/%s/xong", code);
}

static char *refusal_of(struct pool *pool, const char *code)
{
	return pool_printf(pool, "/ho-so/%s/in/tu-choi", code);
}

/* The draft is gone: it was accepted by another form, then RC_EXISTS, or expired. */
static enum rc accepted_before(struct store *store, struct pool *pool, const uint8_t *id,
		char **location)
{
	struct stmt *stmt = db_stmt(store->tram, CODE);
	bool row;
	enum rc rc;

	stmt_text(stmt, 1, store->board);
	stmt_blob(stmt, 2, id, EVENT_ID_SIZE);
	rc = stmt_step(stmt, &row);
	if (rc != RC_OK)
		return rc;
	if (!row)
		return RC_NOT_FOUND;
	*location = place_of(pool, stmt_col_text(stmt, 0));
	stmt_reset(stmt);
	return RC_EXISTS;
}

enum rc draft_next_code(struct store *store, struct pool *pool, int64_t now_ms, char **code)
{
	const struct settings *settings = store->settings;
	struct stmt *stmt = db_stmt(store->tram, SERIES);
	int64_t last = 0;
	char day[8];
	bool row;
	enum rc rc;

	when_yymmdd(now_ms, day);
	stmt_text(stmt, 1, store->board);
	stmt_text(stmt, 2, day);
	rc = stmt_step(stmt, &row);
	if (rc != RC_OK)
		return rc;
	if (row) {
		last = stmt_col_int(stmt, 0);
		stmt_reset(stmt);
	}
	rc = swap_pass(store, "code", now_ms, SWAP_CODES, &last);
	if (rc != RC_OK)
		return rc;
	*code = code_provisional(pool, settings->commune_code, settings->point_no, now_ms, last + 1,
			settings->mode == MODE_REHEARSAL);
	return RC_OK;
}

static json_t *file_json(const struct draft_file *file)
{
	json_t *out = json_new_object();

	json_put(out, "sha256", file->sha256);
	json_put_int(out, "size", file->size);
	json_put(out, "type", file->type);
	json_put(out, "name", file->name);
	return out;
}

/* Files come ordered by component and position. Photos of one component that were bound are its PDF. */
static enum rc manifest_of(struct store *store, struct pool *pool, const struct draft_file *files,
		size_t count, json_t **out)
{
	json_t *manifest = json_new_object(), *items = json_new_array();
	enum rc rc = RC_OK;

	for (size_t i = 0, end; rc == RC_OK && i < count; i = end) {
		struct draft_file *settled = NULL;
		json_t *item = json_new_object(), *list = json_new_array();
		size_t settled_count = 0;

		for (end = i; end < count && strcmp(files[end].component, files[i].component) == 0;)
			end++;
		rc = source_settle(store, pool, files + i, end - i, &settled, &settled_count);
		for (size_t f = 0; rc == RC_OK && f < settled_count; f++)
			json_add(list, file_json(&settled[f]));
		json_put(item, "component", files[i].component);
		json_put_value(item, "files", list);
		json_add(items, item);
	}
	json_put_int(manifest, "version", 1);
	json_put_value(manifest, "items", items);
	*out = manifest;
	return rc;
}

static enum rc complete(struct store *store, struct pool *pool, const uint8_t *dossier,
		const struct draft_file *files, size_t count, json_t *body, char **code)
{
	struct slip_secret secret;
	json_t *slip, *manifest = NULL;
	enum rc rc = manifest_of(store, pool, files, count, &manifest);

	if (rc != RC_OK) {
		json_decref(manifest);
		return rc;
	}
	json_put_value(body, "manifest", manifest);
	rc = draft_next_code(store, pool, when_now_ms(), code);
	if (rc == RC_OK)
		rc = slip_make(store, dossier, 1, &secret);
	if (rc != RC_OK)
		return rc;
	slip = json_new_object();
	json_put_int(slip, "no", 1);
	json_put(slip, "hash", secret.hash);
	json_put(slip, "typed_hash", secret.typed_hash);
	memset(&secret, 0, sizeof(secret));
	json_put(body, "code", *code);
	json_put_value(body, "slip", slip);
	return RC_OK;
}

/* Paid at the counter: the money and its receipt are events of their own, in the same commit. */
static enum rc collect(struct store *store, struct pool *pool, const struct act *accepted,
		const json_t *body, const char **reason)
{
	const json_t *applicant = json_object_get(body, "applicant");
	const json_t *submitter = json_object_get(body, "submitter");
	const json_t *fees = json_object_get(body, "fees");
	bool other = *json_text(submitter, "name") && !json_flag(submitter, "self");
	struct money_payment payment = { .dossier = accepted->subject, .actor = accepted->actor,
		.fees = fees, .method = "cash", .counter = json_text(body, "counter"),
		.at_ms = json_int(body, "received_at", 0),
		.payer = json_text(other ? submitter : applicant, "name"),
		.payer_address = json_text(other ? submitter : applicant, "address") };

	/* A business is named on its receipt whoever brought the money. */
	if (*json_text(applicant, "tax_code")) {
		payment.payer = json_text(applicant, "name");
		payment.payer_address = json_text(applicant, "address");
		payment.payer_tax_code = json_text(applicant, "tax_code");
	}
	for (size_t i = 0; i < json_array_size(fees); i++) {
		const json_t *fee = json_array_get(fees, i);

		if (!*json_text(fee, "exempt"))
			payment.total += json_int(fee, "amount", 0);
	}
	return payment.total > 0 ? money_collect(store, pool, &payment, reason) : RC_OK;
}

/* A paper of ours, entered once, and by another than the one who stands for it besides. */
static enum rc check_late(struct store *store, struct pool *pool, const char *actor,
		const json_t *body, const char **reason)
{
	if (strcmp(json_text(body, "second"), actor) == 0) {
		*reason = "correct.second_own";
		return RC_CONFLICT;
	}
	return late_number_check(store, pool, json_text(body, "paper_no"), reason);
}

static enum rc accept(struct store *store, struct pool *pool, const char *id, const char *form_id,
		const char *actor, json_t *body, json_t *parts, char **location, const char **reason)
{
	struct event event;
	struct act act = { .subject_kind = SUBJECT_DOSSIER, .kind = "dossier.accepted" };
	uint8_t dossier[EVENT_ID_SIZE];
	struct draft_file *files = NULL;
	size_t count = 0;
	char *code = NULL;
	enum rc rc;

	/* A draft is accepted once: that it is gone and which dossier it became is all that a second
	 * tap needs, so this form needs no row of its own. */
	if (!form_id_fits(form_id))
		return RC_INVALID;
	if (hex_decode(id, dossier, sizeof(dossier)) != RC_OK)
		return RC_NOT_FOUND;
	rc = draft_file_list(store, pool, id, &files, &count);
	if (rc == RC_OK)
		rc = draft_delete(store, id);
	if (rc == RC_NOT_FOUND)
		rc = accepted_before(store, pool, dossier, location);
	if (rc == RC_OK)
		rc = complete(store, pool, dossier, files, count, body, &code);
	if (rc != RC_OK)
		return rc;
	act.subject = dossier;
	act.actor = actor;
	act.body = body;
	if (json_text(body, "paper_no")[0] != '\0') {
		act.kind = "dossier.late_entered";
		rc = check_late(store, pool, actor, body, reason);
		if (rc != RC_OK)
			return rc;
	}
	rc = act_append(store, &act, &event, reason);
	if (rc == RC_OK && strcmp(json_text(body, "fee_state"), "paid") == 0 &&
			json_object_get(body, "fees") != NULL)
		rc = collect(store, pool, &act, body, reason);
	if (rc == RC_OK && parts != NULL)
		rc = bundle_accept(store, pool, &act, code, parts, reason);
	if (rc != RC_OK)
		return rc;
	*location = place_of(pool, code);
	return RC_OK;
}

/* Accepted, paid and sent to the signer, without a draft. */
static enum rc accept_now(struct store *store, struct pool *pool, const char *form_id,
		const char *actor, json_t *body, const json_t *to_sign, char **code, char **location,
		const char **reason)
{
	uint8_t dossier[EVENT_ID_SIZE];
	struct event event;
	struct act act = { .subject_kind = SUBJECT_DOSSIER, .subject = dossier,
		.kind = "dossier.accepted", .actor = actor, .body = body };
	enum rc rc = form_claim(store, pool, form_id, location);

	random_bytes(dossier, sizeof(dossier));
	if (rc == RC_OK)
		rc = complete(store, pool, dossier, NULL, 0, body, code);
	if (rc == RC_OK)
		rc = act_append(store, &act, &event, reason);
	if (rc == RC_OK && strcmp(json_text(body, "fee_state"), "paid") == 0)
		rc = collect(store, pool, &act, body, reason);
	act.kind = "dossier.sent_to_sign";
	act.body = to_sign;
	if (rc == RC_OK)
		rc = act_append(store, &act, &event, reason);
	return rc;
}

enum rc draft_accept_now(struct store *store, struct pool *pool, const char *form_id,
		const char *actor, json_t *body, const json_t *to_sign, const char *location_format,
		char **location, const char **reason)
{
	const char *at = strchr(location_format, '*');
	char *code = NULL;
	enum rc rc;

	*location = NULL;
	*reason = NULL;
	rc = store_begin(store, true);
	if (rc != RC_OK)
		return rc;
	rc = accept_now(store, pool, form_id, actor, body, to_sign, &code, location, reason);
	if (rc == RC_OK) {
		*location = at ? pool_printf(pool, "%.*s%s%s", (int)(at - location_format),
				location_format, code, at + 1) : pool_strdup(pool, location_format);
		rc = form_done(store, form_id, *location);
	}
	if (rc != RC_OK) {
		store_abort(store);
		return rc;
	}
	return store_commit(store);
}

enum rc draft_accept(struct store *store, struct pool *pool, const char *id, const char *form_id,
		const char *actor, json_t *body, char **location, const char **reason)
{
	json_t *parts = json_incref(json_object_get(body, "parts"));
	enum rc rc;

	(void)json_object_del(body, "parts");
	*location = NULL;
	*reason = NULL;
	rc = store_begin(store, true);
	if (rc != RC_OK)
		goto out;
	rc = accept(store, pool, id, form_id, actor, body, parts, location, reason);
	if (rc == RC_OK)
		rc = store_commit(store);
	else
		store_abort(store);
out:
	json_decref(parts);
	return rc;
}

static enum rc refuse(struct store *store, struct pool *pool, const char *id, const char *form_id,
		const char *actor, const char *series, json_t *body, char **location,
		const char **reason)
{
	uint8_t dossier[EVENT_ID_SIZE];
	struct event event;
	struct act act = { .subject_kind = SUBJECT_DOSSIER, .subject = dossier,
		.kind = "dossier.intake_refused", .actor = actor, .body = body };
	char *code = NULL, *number = NULL;
	enum rc rc = hex_decode(id, dossier, sizeof(dossier));

	if (rc != RC_OK)
		return RC_NOT_FOUND;
	rc = form_claim(store, pool, form_id, location);
	if (rc == RC_OK)
		rc = draft_delete(store, id);
	if (rc == RC_NOT_FOUND)
		rc = accepted_before(store, pool, dossier, location);
	if (rc == RC_OK)
		rc = draft_next_code(store, pool, when_now_ms(), &code);
	if (rc == RC_OK && *series)
		rc = paper_number_next(store, pool, series, when_now_ms(), &number);
	if (rc != RC_OK)
		return rc;
	json_put(body, "code", code);
	json_put(body, "number", number);
	rc = act_append(store, &act, &event, reason);
	if (rc != RC_OK)
		return rc;
	*location = refusal_of(pool, code);
	return form_done(store, form_id, *location);
}

enum rc draft_refuse(struct store *store, struct pool *pool, const char *id, const char *form_id,
		const char *actor, const char *series, json_t *body, char **location,
		const char **reason)
{
	enum rc rc;

	*location = NULL;
	*reason = NULL;
	rc = store_begin(store, true);
	if (rc != RC_OK)
		return rc;
	rc = refuse(store, pool, id, form_id, actor, series, body, location, reason);
	if (rc != RC_OK) {
		store_abort(store);
		return rc;
	}
	return store_commit(store);
}
