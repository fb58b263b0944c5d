/*
 * pages.h: the form in which the build hands templates, sentences and static names to the program
 * (build/gen/pages.c, written by web/embed). Only template.c and text_vi.c read it.
 */
#ifndef TRAM_WEB_PAGES_H
#define TRAM_WEB_PAGES_H

#include <stddef.h>
#include <stdint.h>

enum pages_code {
	PAGES_TEXT,		/* text of size bytes, as it is */
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
	uint32_t jump;
	const char *text;
};

struct pages_template { const char *name; const struct pages_op *ops; };
struct pages_pair { const char *key, *text; };

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
