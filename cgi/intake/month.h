/*
 * month.h: a month as lists ask for it: ?thang=2026-11, this month otherwise.
 */
#ifndef TRAM_INTAKE_MONTH_H
#define TRAM_INTAKE_MONTH_H

#include "intake/intake.h"

struct month {
	int year, month;
	int64_t from_ms, to_ms;		/* [from, to) */
	char query[16];			/* "2026-11" */
};
void month_asked(const struct request *request, struct month *out);
/* List "months" {month, month_no, current}: this one and the eleven before; month_text, month_query. */
void month_show(const struct request *request, struct view *view, const struct month *month);

#endif
