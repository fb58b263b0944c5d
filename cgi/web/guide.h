/*
 * guide.h: what a procedure asks for, as values for a page: the clerks' printed guide and the
 * citizens' page on a telephone say the same.
 */
#ifndef TRAM_WEB_GUIDE_H
#define TRAM_WEB_GUIDE_H

#include "dossier/catalogue.h"
#include "web/view.h"

/* procedure, case_name, field, limit, who, list "components" {no, component, condition, originals,
 * certified, copies, present, lookup, optional}, list "fees" {fee_name, fee_amount}, flag fees_shown. */
void guide_show(struct view *view, const struct procedure *procedure,
		const struct procedure_case *chosen);
/* "3 ngay lam viec" in Vietnamese words. */
const char *guide_limit(struct pool *pool, const struct limit *limit);

#endif
