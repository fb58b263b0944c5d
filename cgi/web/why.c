/*
 * why.c: see why.h.
 */
#include "web/show.h"
#include "web/text_vi.h"
#include "web/why.h"

char *why_sentence(struct pool *pool, const struct due_step *step)
{
	return text_fill(pool, step->text_key, show_time_screen(pool, step->at_ms), step->arg,
			show_date(pool, step->at_ms), NULL);
}
