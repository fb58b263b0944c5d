/*
 * pages.h: the form in which the build hands templates, sentences and static names to the program
 * (build/gen/pages.c, written by web/embed). Only template.c and text_vi.c read it.
 *
 * No pointer stands in these tables, only places in pages_words and pages_ops: a pointer would be
 * relocated when a program starts, and every process would have half a megabyte of its own.
 */
#ifndef TRAM_WEB_PAGES_H
#define TRAM_WEB_PAGES_H

#include <stddef.h>
#include <stdint.h>

enum pages_code {
	PAGES_TEXT,		/* text of size bytes, as it is; jump: its place in pages_words */
	PAGES_VALUE,		/* the value of hash, escaped */
	PAGES_SVG,		/* the value of hash, raw: made by our own code */
	PAGES_SECTION,		/* for each, or once if set; jump: the op of its PAGES_END */
	PAGES_UNLESS,		/* only if not set; jump: the op after it */
	PAGES_END,		/* jump: the op of its PAGES_SECTION */
	PAGES_PARTIAL,		/* jump: index in pages_templates */
	PAGES_STOP
};

struct pages_op {
	enum pages_code code;
	uint32_t hash;		/* pages_hash of a name; of PAGES_TEXT: its size in bytes */
	uint32_t jump;		/* ops are counted from the template's first */
};

struct pages_template { uint32_t name, ops; };	/* places in pages_words, pages_ops */
struct pages_pair { uint32_t key, text; };	/* places in pages_words */

extern const char pages_words[];	/* each NUL-terminated */
extern const struct pages_op pages_ops[];
/* All sorted by name; each has one more, empty entry past its count. */
extern const struct pages_template pages_templates[];
extern const size_t pages_template_count;
extern const struct pages_pair pages_texts[];
extern const size_t pages_text_count;
extern const struct pages_pair pages_assets[];	/* "app.css" → "/tinh/app.0badcafe.css" */
extern const size_t pages_asset_count;

/* FNV-1a of a value's name. The build fails if two names used in templates share one. */
static inline uint32_t pages_hash(const char *name)
{
	uint32_t hash = UINT32_C(2166136261);

	for (; *name != '\0'; name++)
		hash = (hash ^ (uint8_t)*name) * UINT32_C(16777619);
	return hash;
}

#endif
