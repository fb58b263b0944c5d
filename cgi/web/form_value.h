/*
 * form_value.h: one value against one row of a field table. For form.c alone.
 */
#ifndef TRAM_WEB_FORM_VALUE_H
#define TRAM_WEB_FORM_VALUE_H

#include "web/form.h"

/* raw is not blank. The clean value (pool), or NULL and the fault's sentence. */
const char *form_value_clean(struct pool *pool, const struct field *field, const char *raw,
		const char **fault);

#endif
