/*
 * fuzz_form.c: form bodies. The first byte picks the content type; what comes out of the parser is
 * valid UTF-8 without NUL, whatever went in.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "web/form.h"

static const struct field fields[] = {
	{ "a", FIELD_LINE, false, 1, 5, NULL, NULL },
	{ "b", FIELD_LINES, true, 0, 0, NULL, NULL },
	{ "c", FIELD_INT, false, -5, 5, NULL, NULL },
	{ "d", FIELD_DATE, false, 0, 1, NULL, NULL },
	{ "e", FIELD_TIME, false, 0, 0, NULL, NULL },
	{ "f", FIELD_PHONE, false, 0, 0, NULL, NULL },
	{ "g", FIELD_ID_NUMBER, false, 0, 0, NULL, NULL },
	{ "h", FIELD_EMAIL, false, 0, 0, NULL, NULL },
	{ "i", FIELD_TAX, false, 0, 0, NULL, NULL },
	{ "j", FIELD_CHOICE, false, 0, 0, "x|yy", NULL },
	{ "k", FIELD_FLAG, false, 0, 0, NULL, NULL },
	{ "l", FIELD_HEX, false, 0, 4, NULL, NULL },
	{ "m", FIELD_PASSWORD, false, 0, 9, NULL, NULL },
};
#define COUNT (sizeof fields / sizeof fields[0])

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pool *pool;
	struct form *form;

	if (size == 0)
		return 0;
	pool = pool_new();
	if (form_parse(pool,
			    data[0] & 1 ? "multipart/form-data; boundary=B"
					: "application/x-www-form-urlencoded",
			    (const char *)data + 1, size - 1, &form) == RC_OK) {
		if (form_check(form, fields, COUNT) != RC_OK && !form_has_faults(form))
			abort();
		for (size_t i = 0; i < COUNT; i++) {
			const char *raw = form_raw(form, fields[i].name);
			const char *clean = form_text(form, fields[i].name);

			if (!text_is_utf8(raw, strlen(raw)) || !text_is_utf8(clean, strlen(clean)))
				abort();
		}
		form_show(form, fields, COUNT, view_new(pool));
	}
	pool_free(pool);
	return 0;
}
