/*
 * template.c: runs the operations that web/embed made of www/pages. Everything but unsafe_svg
 * goes through esc_html.
 */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "web/esc.h"
#include "web/pages.h"
#include "web/view_value.h"

struct scope {
	const struct view *view;
	const struct scope *around;
};

static const struct view_value *find(const struct scope *scope, uint32_t hash)
{
	const struct view_value *value = NULL;

	for (; scope != NULL && value == NULL; scope = scope->around)
		value = view_find(scope->view, hash);
	return value;
}

/* From op `at` to its PAGES_END or PAGES_STOP. Sections and partials recurse; the build has
 * limited both (no partial contains itself). */
static void run(const struct pages_op *ops, uint32_t at, const struct scope *scope, struct buf *out)
{
	for (;; at++) {
		const struct pages_op *op = &ops[at];
		const struct view_value *value;

		switch (op->code) {
		case PAGES_TEXT:
			buf_add(out, pages_words + op->jump, op->hash);
			break;
		case PAGES_VALUE:
			value = find(scope, op->hash);
			if (value != NULL && !value->svg)
				esc_html(out, value->text);
			break;
		case PAGES_SVG:
			value = find(scope, op->hash);
			if (value != NULL && value->svg)
				buf_text(out, value->text);
			break;
		case PAGES_SECTION:
			value = find(scope, op->hash);
			if (value != NULL && value->first != NULL) {
				for (const struct view *item = value->first; item != NULL;
						item = item->next)
					run(ops, at + 1, &(struct scope){ item, scope }, out);
			} else if (value != NULL && value->on) {
				run(ops, at + 1, scope, out);
			}
			at = op->jump;
			break;
		case PAGES_UNLESS:
			value = find(scope, op->hash);
			if (value != NULL && value->on)
				at = op->jump - 1;
			break;
		case PAGES_PARTIAL:
			run(pages_ops + pages_templates[op->jump].ops, 0, scope, out);
			break;
		case PAGES_END:
		case PAGES_STOP:
			return;
		}
	}
}

static int by_name(const void *name, const void *template)
{
	return strcmp(name, pages_words + ((const struct pages_template *)template)->name);
}

static const struct pages_template *find_template(const char *page)
{
	return bsearch(page, pages_templates, pages_template_count, sizeof(struct pages_template),
			by_name);
}

bool template_exists(const char *page)
{
	return find_template(page) != NULL;
}

enum rc template_render(const char *page, const struct view *view, struct buf *out)
{
	const struct pages_template *template = find_template(page);

	if (template == NULL) {
		log_error("template no such page=%s", page);
		return RC_BUG;
	}
	run(pages_ops + template->ops, 0, &(struct scope){ view, NULL }, out);
	return RC_OK;
}

static int by_key(const void *key, const void *pair)
{
	return strcmp(key, pages_words + ((const struct pages_pair *)pair)->key);
}

const char *template_asset(const char *name)
{
	const struct pages_pair *pair = bsearch(name, pages_assets, pages_asset_count, sizeof *pair,
			by_key);

	return pair != NULL ? pages_words + pair->text : "";
}
