/*
 * slip.c: the receipt slip on paper (/giay-hen): both copies on one A4, form 01 of TT 03/2025 with the
 * fields of DOMAIN 1.7. Printing is an act of the clerk: the page is shown as often as one likes, the
 * button says that paper came out. A reprint carries its number.
 */
#include <string.h>

#include "base/text.h"
#include "intake/print.h"
#include "base/encode.h"
#include "intake/slip.h"
#include "store/journal.h"
#include "store/slip.h"
#include "web/guide.h"
#include "web/show.h"
#include "web/text_vi.h"

enum rc slip_show_codes(struct web *web, struct view *view, const struct dossier_row *row)
{
	struct pool *pool = view_pool(view);
	struct slip_secret secret;
	bool printed = true;
	enum rc rc = slip_make(web->store, row->id, row->slip_no, &secret);

	if (rc == RC_OK)
		rc = slip_is_printed(web->store, row->id, row->slip_no, &secret, &printed);
	if (rc != RC_OK)
		return rc;
	view_svg(view, "bars", show_code128_svg(pool, row->code));
	view_flag(view, "codes", printed);
	if (!printed) {
		view_set(view, "codes_before", text_get("slip.codes_before"));
		return RC_OK;
	}
	view_set(view, "secret", pool_printf(pool, "%.4s-%.4s", secret.typed, secret.typed + 4));
	view_set(view, "lookup", web->settings->public_url);
	if (web->settings->public_url[0] != '\0')
		view_svg(view, "qr", show_qr_svg(pool, pool_printf(pool, "%s/h/%s.%s",
				web->settings->public_url, row->code, secret.qr)));
	return RC_OK;
}

enum rc slip_prints(struct web *web, struct pool *pool, const struct dossier_row *row,
		int64_t *prints, bool *handwritten)
{
	struct journal_row *rows = NULL;
	size_t count = 0;
	enum rc rc = journal_subject(web->store, pool, row->board, row->id, &rows, &count);

	*prints = 0;
	*handwritten = false;
	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		const struct event *event = &rows[i].event;
		bool printed = strcmp(event->kind, "slip.printed") == 0;
		json_t *body = NULL;

		if (!printed && strcmp(event->kind, "slip.handwritten") != 0)
			continue;
		if (event->body == NULL || json_parse(event->body, event->body_len, &body) != RC_OK)
			continue;
		if (json_int(body, "slip_no", 0) == row->slip_no) {
			*prints += printed;
			*handwritten = *handwritten || !printed;
		}
		json_decref(body);
	}
	return rc;
}

/* "Bản sửa lần n": slips that an amendment made, and when the one before came out of the printer. */
static enum rc show_corrected(struct web *web, struct view *view, const struct dossier_row *row)
{
	struct journal_row *rows = NULL;
	int64_t amended = 0, printed_at = 0;
	size_t count = 0;
	enum rc rc = journal_subject(web->store, view_pool(view), row->board, row->id, &rows, &count);

	for (size_t i = 0; rc == RC_OK && i < count; i++) {
		const struct event *event = &rows[i].event;
		json_t *body = NULL;

		if (event->body == NULL || json_parse(event->body, event->body_len, &body) != RC_OK)
			continue;
		if (strcmp(event->kind, "slip.printed") == 0 &&
				json_int(body, "slip_no", 0) < row->slip_no)
			printed_at = event->time.wall_ms;
		if ((strcmp(event->kind, "dossier.amended") == 0 ||
				strcmp(event->kind, "dossier.procedure_changed") == 0) &&
				json_object_get(body, "slip") != NULL)
			amended++;
		/* Changed at the province (slip_renew.c); a lost one says nothing else than before. */
		amended += strcmp(event->kind, "slip.replaced") == 0 && !json_flag(body, "pledge");
		json_decref(body);
	}
	if (amended == 0)
		return rc;
	view_int(view, "corrected", amended);
	view_set(view, "replaces", printed_at > 0 ? show_time_screen(view_pool(view), printed_at) : "");
	return rc;
}

const char *slip_limit_words(struct pool *pool, const char *text)
{
	struct limit limit;

	return limit_parse(text, &limit) == RC_OK ? guide_limit(pool, &limit) : "";
}

static void show_count(struct view *item, const char *name, int64_t value)
{
	view_set(item, name, value > 0 ? pool_printf(view_pool(item), "%lld", (long long)value) : "");
}

static void show_paper(struct view *view, const json_t *paper, size_t no)
{
	struct view *item = view_item(view, "papers");
	const char *state = json_text(paper, "state");
	bool handed_in = strcmp(state, "du") == 0;

	view_int(item, "no", (int64_t)no);
	view_set(item, "paper", json_text(paper, "name"));
	view_set(item, "paper_state", handed_in ? "" :
			text_get(pool_printf(view_pool(view), "slip.state.%s", state)));
	view_flag(item, "kept", json_flag(paper, "kept"));
	show_count(item, "originals", handed_in ? json_int(paper, "originals", 0) : 0);
	show_count(item, "certified", handed_in ? json_int(paper, "certified", 0) : 0);
	show_count(item, "copies_count", handed_in ? json_int(paper, "copies", 0) : 0);
}

static void show_papers(struct view *view, const json_t *body)
{
	const json_t *papers = json_object_get(body, "components");
	struct slip_size size;

	slip_fit(body, &size);
	for (size_t i = 0; i < size.papers; i++)
		show_paper(view, json_array_get(papers, i), i + 1);
	view_flag(view, "table", size.table && size.papers > 0);
	view_flag(view, "running", !size.table);
	view_int(view, "left_out", (int64_t)(json_array_size(papers) - size.papers));
	view_set(view, "size", size.name);
	view_set(view, "sets", pool_printf(view_pool(view), "%02d", (int)json_int(body, "sets", 1)));
}

/* "Bên nam: Nguyễn Văn Thử; Bên nữ: Trần Thị Mẫu" */
static void show_related(struct view *view, const json_t *persons)
{
	const json_t *person;
	size_t i;

	json_array_foreach(persons, i, person) {
		struct view *item = view_item(view, "related");

		view_set(item, "role", json_text(person, "role"));
		view_set(item, "person", json_text(person, "name"));
		view_flag(item, "first", i == 0);
	}
	view_flag(view, "has_related", json_array_size(persons) > 0);
}

void slip_show_persons(struct view *view, const json_t *body)
{
	const json_t *applicant = json_object_get(body, "applicant");
	const json_t *submitter = json_object_get(body, "submitter");
	bool other = submitter != NULL && !json_flag(submitter, "self");

	view_set(view, "applicant", json_text(applicant, "name"));
	view_set(view, "representative", json_text(applicant, "representative"));
	view_set(view, "address", json_text(applicant, "address"));
	view_set(view, "phone", json_text(applicant, "phone"));
	view_set(view, "email", json_text(applicant, "email"));
	view_set(view, "number", json_text(applicant, "number"));
	view_set(view, "tax_code", json_text(applicant, "tax_code"));
	view_set(view, "submitter", json_text(other ? submitter : applicant, "name"));
	view_set(view, "relation", other ? json_text(submitter, "relation") : "");
	view_set(view, "s_number", other ? json_text(submitter, "number") : "");
	view_set(view, "s_phone", other ? json_text(submitter, "phone") : "");
	view_set(view, "authorisation", other ? json_text(submitter, "authorisation") : "");
	show_related(view, json_object_get(body, "persons"));
	view_flag(view, "organisation", strcmp(json_text(applicant, "type"), "organisation") == 0);
}

static void show_money_lines(struct view *view, const json_t *body)
{
	const json_t *fees = json_object_get(body, "fees");
	const char *state = json_text(body, "fee_state");
	struct pool *pool = view_pool(view);
	int64_t total = 0;

	for (size_t i = 0; i < json_array_size(fees); i++)
		total += json_int(json_array_get(fees, i), "amount", 0);
	view_set(view, "fee", show_money(pool, total));
	if (total > 0 || strcmp(state, "exempt") == 0)
		view_set(view, "fee_state", text_get(pool_printf(pool, "slip.fee.%s", state)));
}

static void show_delivery(struct view *view, const json_t *body, const struct settings *settings)
{
	const json_t *delivery = json_object_get(body, "delivery");
	const char *way = json_text(delivery, "way");
	struct pool *pool = view_pool(view);

	if (strcmp(way, "post") == 0)
		view_set(view, "delivery", text_fill(pool, "slip.way.post", json_text(delivery, "name"),
				json_text(delivery, "phone"), json_text(delivery, "address"), NULL));
	else if (strcmp(way, "electronic") == 0)
		view_set(view, "delivery", text_fill(pool, "slip.way.electronic",
				json_text(delivery, "email"), NULL));
	else if (strcmp(way, "point") == 0)
		view_set(view, "delivery", text_fill(pool, "slip.way.point",
				json_text(delivery, "point"), NULL));
	else
		view_set(view, "delivery", text_fill(pool, "slip.way.counter", settings->point_name,
				settings->point_address, NULL));
}

static void show_times(struct web *web, struct view *view, const struct dossier_row *row,
		const json_t *body)
{
	struct pool *pool = view_pool(view);
	const json_t *procedure = json_object_get(body, "procedure");

	view_set(view, "received", show_time_paper(pool, row->received_at));
	view_set(view, "date", show_date_paper(pool, row->received_at));
	view_set(view, "limit", slip_limit_words(pool, json_text(procedure, "limit")));
	if (row->origin == ORIGIN_LATE)
		view_set(view, "late", text_fill(pool, "slip.late", row->old_code, NULL));
	if (row->has_due) {
		const char *at = show_time_screen(pool, row->due_at);	/* "15:05, thu Tu 25/11/2026" */

		view_set(view, "due", show_due_paper(pool, row->due_at));
		view_set(view, "due_large", text_fill(pool, "slip.due_large", pool_strndup(pool, at, 2),
				at + 3, NULL));
	}
	view_flag(view, "uncertain", row->has_due && !row->due_certain);
	if (strcmp(json_text(body, "channel"), "post") == 0 && json_int(body, "postmarked_at", 0) > 0)
		view_set(view, "postmark", show_date(pool, json_int(body, "postmarked_at", 0)));
	view_set(view, "place_name", web->settings->place_name);
}

static void show_codes_in_words(struct web *web, struct view *view, const struct dossier_row *row)
{
	const struct settings *settings = web->settings;
	const struct form_paper *paper = forms_find(&intake_of(web)->forms, "slip");

	view_set(view, "code", row->code);
	view_set(view, "official", row->official);
	view_set(view, "external_code", row->external);
	if (row->official[0] == '\0' && row->level == LEVEL_PROVINCE)
		view_set(view, "provisional", settings->outage_wording != NULL &&
				settings->outage_wording[0] != '\0' ? settings->outage_wording :
				text_get("slip.provisional"));
	view_set(view, "parent_name", text_upper(view_pool(view), settings->parent_name));
	view_set(view, "agency_name", text_upper(view_pool(view), settings->agency_name));
	view_set(view, "point_name", settings->point_name);
	view_set(view, "point_address", settings->point_address);
	view_set(view, "point_phone", settings->point_phone);
	view_set(view, "form_no", forms_line(view_pool(view), &intake_of(web)->forms, paper));
	view_set(view, "heading", text_upper(view_pool(view), paper->title));
	view_set(view, "slip_serial", pool_printf(view_pool(view), "%s/%s",
			dossier_show_short_code(row->code), paper->series));
}

/* The time was not confirmed when the dossier was accepted; what is known of it since. */
static const char *time_doubt(struct pool *pool, const struct journal_row *rows, size_t count)
{
	const char *words = text_get("slip.time_doubt");
	char first[2 * EVENT_ID_SIZE + 1];

	hex_encode(rows[0].event.id, EVENT_ID_SIZE, first);
	for (size_t i = 1; i < count; i++) {
		json_t *body = NULL;

		if (strcmp(rows[i].event.kind, "time.corrected") != 0 || rows[i].event.body == NULL ||
				json_parse(rows[i].event.body, rows[i].event.body_len, &body) != RC_OK)
			continue;
		if (strcmp(json_text(body, "event"), first) == 0)
			words = text_fill(pool, "slip.time_corrected", show_time_paper(pool,
					json_int(body, "wall_ms", 0)), NULL);
		json_decref(body);
	}
	return words;
}

static enum rc show_receiver(struct web *web, struct view *view, const struct dossier_row *row)
{
	struct journal_row *rows = NULL;
	size_t count = 0;
	enum rc rc = journal_subject(web->store, view_pool(view), row->board, row->id, &rows, &count);

	if (rc == RC_OK && count > 0)
		view_set(view, "receiver", dossier_show_actor(web, view_pool(view),
				rows[0].event.actor, rows[0].event.author));
	if (rc == RC_OK && count > 0 && rows[0].event.time.boot_count > 0 &&
			when_source_is_doubtful(rows[0].event.time.source))
		view_set(view, "doubt", time_doubt(view_pool(view), rows, count));
	return rc;
}

/* Two copies on one A4, each on an A5, or the citizen's alone on a roll: as ?kho= asks. */
static const char *show_size(struct request *request, struct view *view, const struct dossier_row *row)
{
	static const char *const sizes[] = { "a4", "a5", "80mm" };
	const char *asked = request_query(request, "kho"), *size = sizes[0];
	const char *tray = strcmp(request_query(request, "ve"), "khay") == 0 ? "&ve=khay" : "";
	struct pool *pool = request->pool;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		if (strcmp(asked, sizes[i]) == 0)
			size = sizes[i];
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct view *item;

		if (strcmp(sizes[i], size) == 0)
			continue;
		item = view_item(view, "sizes");
		view_set(item, "size_name", text_get(pool_printf(pool, "slip.size.%s", sizes[i])));
		view_set(item, "size_url", dossier_show_url(pool, row,
				pool_printf(pool, "/giay-hen?kho=%s%s", sizes[i], tray)));
	}
	view_set(view, "paper_size", size);
	view_set(view, "slip_hint", text_get(pool_printf(pool, "slip.tool.%s", size)));
	view_flag(view, "a5", strcmp(size, "a5") == 0);
	return size;
}

static enum rc show(struct web *web, struct request *request, struct response *response,
		const struct dossier_row *row, const json_t *body)
{
	struct view *view = view_new(request->pool);
	static const char *const copies[] = { "slip.copy.keep", "slip.copy.give" };
	int64_t prints = 0;
	bool handwritten = false;
	enum rc rc = slip_prints(web, request->pool, row, &prints, &handwritten);

	if (rc == RC_OK)
		rc = slip_show_codes(web, view, row);
	if (rc == RC_OK)
		rc = show_receiver(web, view, row);
	if (rc == RC_OK)
		rc = show_corrected(web, view, row);
	if (rc == RC_OK)
		rc = bundle_show(web, view, row, request->now_ms);
	if (rc != RC_OK)
		return rc;
	for (size_t i = 0; i < sizeof(copies) / sizeof(copies[0]); i++)
		view_set(view_item(view, "copies"), "copy_name", text_get(copies[i]));
	show_codes_in_words(web, view, row);
	slip_show_persons(view, body);
	show_papers(view, body);
	show_money_lines(view, body);
	show_delivery(view, body, web->settings);
	show_times(web, view, row, body);
	view_set(view, "content", json_text(body, "content")[0] != '\0' ?
			json_text(body, "content") : row->procedure_name);
	view_set(view, "unit", row->unit);
	print_bar(request, view, "", dossier_show_url(request->pool, row, "/xong"), prints);
	view_set(view, "title", text_fill(request->pool, "slip.title_of", row->code, NULL));
	view_set(view, "url", dossier_show_url(request->pool, row, ""));
	/* The done page prints it out of a frame. */
	response->own_policy = true;
	response_header(response, "Content-Security-Policy", "default-src 'self'; "
			"frame-ancestors 'self'; base-uri 'none'; form-action 'self'; object-src 'none'");
	return web_page(web, request, response, strcmp(show_size(request, view, row), "80mm") == 0 ?
			"print/slip_80" : "print/slip", view);
}

enum rc page_slip(struct web *web, struct request *request, struct response *response)
{
	struct dossier_row row;
	json_t *body = NULL;
	enum rc rc = act_dossier(web, request, &row);

	if (rc == RC_OK)
		rc = dossier_body(web->store, &row, &body);
	if (rc == RC_OK)
		rc = show(web, request, response, &row, body);
	json_decref(body);
	return rc;
}
