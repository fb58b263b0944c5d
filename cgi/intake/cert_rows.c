/*
 * cert_rows.c: papers of a visit to the certification counter: price, event body, and back.
 */
#include <string.h>

#include "base/text.h"
#include "base/when.h"
#include "dossier/fee.h"
#include "intake/cert.h"
#include "store/account.h"
#include "store/book.h"
#include "web/text_vi.h"

#define FEES_MAX 8
#define ROW_ID "giay-"		/* of a component that was typed at the till */

const struct cert_work cert_works[] = {
	{ "copy", "2.000815", false, true },
	{ "signature", "2.000884", true, false },
	{ "fingerprint", "2.000884", true, false },
	{ "translator", "2.000992", true, false },
	{ "translator_free", "2.001008", true, false },
};
const size_t cert_work_count = sizeof(cert_works) / sizeof(cert_works[0]);

const struct cert_work *cert_rows_work(const char *id)
{
	for (size_t i = 0; i < cert_work_count; i++)
		if (strcmp(cert_works[i].id, id) == 0)
			return &cert_works[i];
	return NULL;
}

/* An electronic copy costs what a copy on paper costs. */
static int64_t quantity(const struct cert_row *row)
{
	return row->copies + (row->electronic ? 1 : 0);
}

enum rc cert_rows_price(const struct procedure_case *chosen, struct cert_row *rows, size_t count,
		int64_t *total_dong)
{
	struct fee_line lines[FEES_MAX];

	*total_dong = 0;
	if (chosen->fee_count > FEES_MAX)
		return RC_INVALID;
	for (size_t i = 0; i < count; i++) {
		enum rc rc = fee_count(chosen->fees, chosen->fee_count, rows[i].pages,
				quantity(&rows[i]), lines, &rows[i].amount_dong);

		if (rc != RC_OK)
			return rc;
		*total_dong += rows[i].amount_dong;
	}
	return RC_OK;
}

static char *content_of(struct pool *pool, const char *work_name, const struct cert_row *rows,
		size_t count)
{
	char *text = pool_printf(pool, "%s: ", work_name);

	for (size_t i = 0; i < count; i++)
		text = pool_printf(pool, "%s%s%s", text, i > 0 ? "; " : "",
				text_fill(pool, rows[i].electronic ? "cert.content_electronic" :
				"cert.content", rows[i].name, pool_printf(pool, "%d",
				(int)rows[i].copies), NULL));
	return text;
}

void cert_rows_put(struct pool *pool, json_t *body, const struct procedure_case *chosen,
		const char *work_name, bool seen_only, const struct cert_row *rows, size_t count)
{
	json_t *components = json_new_array(), *fees = json_new_array();

	for (size_t i = 0; i < count; i++) {
		const char *id = pool_printf(pool, ROW_ID "%d", (int)i + 1);
		json_t *component = json_new_object(), *fee = json_new_object();

		json_put(component, "id", id);
		json_put(component, "name", rows[i].name);
		json_put(component, "state", seen_only ? "da_xem" : "du");
		json_put_int(component, "copies", rows[i].copies);
		json_put_int(component, "pages", rows[i].pages);
		if (rows[i].electronic)
			json_put_flag(component, "electronic", true);
		json_add(components, component);
		json_put(fee, "id", id);
		json_put(fee, "name", pool_printf(pool, "%s: %s", chosen->fee_count > 0 ?
				chosen->fees[0].name : work_name, rows[i].name));
		json_put_int(fee, "amount", rows[i].amount_dong);
		json_put_int(fee, "quantity", quantity(&rows[i]));
		json_put_int(fee, "pages", rows[i].pages);
		json_add(fees, fee);
	}
	json_put_value(body, "components", components);
	json_put_value(body, "fees", fees);
	json_put(body, "content", content_of(pool, work_name, rows, count));
}

static int64_t fee_of(const json_t *fees, const char *id)
{
	for (size_t i = 0; i < json_array_size(fees); i++) {
		const json_t *fee = json_array_get(fees, i);

		if (strcmp(json_text(fee, "id"), id) == 0)
			return json_text(fee, "exempt")[0] != '\0' ? 0 : json_int(fee, "amount", 0);
	}
	return 0;
}

/* ROW_ID and a number: the catalogue has papers called "giay-to-…" too. */
static bool is_row(const char *id)
{
	int64_t number;

	return strncmp(id, ROW_ID, strlen(ROW_ID)) == 0 &&
			num_parse(id + strlen(ROW_ID), 1, CERT_ROWS, &number) == RC_OK;
}

size_t cert_rows_get(struct pool *pool, const json_t *body, const char *content,
		int64_t fee_total, struct cert_row rows[CERT_ROWS])
{
	const json_t *components = json_object_get(body, "components");
	size_t count = 0;

	for (size_t i = 0; i < json_array_size(components) && count < CERT_ROWS; i++) {
		const json_t *from = json_array_get(components, i);

		if (!is_row(json_text(from, "id")))
			continue;
		rows[count++] = (struct cert_row){ pool_strdup(pool, json_text(from, "name")),
			json_int(from, "pages", 0), json_int(from, "copies", 0),
			json_flag(from, "electronic"),
			fee_of(json_object_get(body, "fees"), json_text(from, "id")) };
	}
	if (count == 0)
		rows[count++] = (struct cert_row){ content, 0, 1, false, fee_total };
	return count;
}

enum rc cert_rows_numbered(struct web *web, struct request *request, const struct dossier_row *row,
		bool *numbered)
{
	struct when_local now;
	struct book_row book;
	enum book_kind kind;
	enum rc rc;

	*numbered = false;
	if (book_kind_of(row->procedure, &kind) != RC_OK)
		return RC_OK;
	when_to_local(request->now_ms, &now);
	rc = book_open_one(web->store, request->pool, book_kind_name(kind), "paper", now.year, &book);
	*numbered = rc == RC_OK;
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc cert_rows_signers(struct web *web, struct request *request, struct view *view,
		const char *typed, char **choices)
{
	struct account *rows = NULL;
	size_t count = 0;
	enum rc rc = account_list(web->store, request->pool, &rows, &count);

	*choices = pool_strdup(request->pool, "");
	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		struct view *item;

		if (!(rows[i].roles & ROLE_SIGNER) || rows[i].locked ||
				(rows[i].ends_at != 0 && rows[i].ends_at <= request->now_ms))
			continue;
		item = view_item(view, "signers");
		view_set(item, "id", pool_strdup(request->pool, rows[i].id));
		view_set(item, "name", rows[i].name);
		view_set(item, "signer_title", rows[i].title);
		view_flag(item, "selected", strcmp(typed, rows[i].id) == 0);
		*choices = pool_printf(request->pool, "%s%s%s", *choices,
				(*choices)[0] != '\0' ? "|" : "", rows[i].id);
	}
	return rc;
}
