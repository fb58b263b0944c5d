/*
 * fee_ground.h: legal grounds on which a fee is not taken, as data (board/exemptions.tsv, embedded).
 */
#ifndef TRAM_INTAKE_FEE_GROUND_H
#define TRAM_INTAKE_FEE_GROUND_H

#include <stddef.h>

struct fee_ground { const char *name, *text; };

/* In the order of the file; read once. */
const struct fee_ground *fee_ground_list(size_t *count);
/* The ground as printed; NULL: no such name. */
const char *fee_ground_find(const char *name);

#endif
