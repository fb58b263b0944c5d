/*
 * rights.h: the matrix of rights (board/rights.tsv: program × address × role), built into every
 * program. A program whose table of addresses says anything else does not start.
 */
#ifndef TRAM_WEB_RIGHTS_H
#define TRAM_WEB_RIGHTS_H

#include <stdbool.h>

#include "web/web.h"

/* Does each row of the program's routes have its line in matrix, letting in the same roles? Each that
 * has not is logged. Programs without logins have no lines. */
bool rights_agree(const struct web *web, const char *matrix);

#endif
