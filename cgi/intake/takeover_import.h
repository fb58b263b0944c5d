/*
 * takeover_import.h: old dossiers from a file: what its page and the upload pool share.
 */
#ifndef TRAM_INTAKE_TAKEOVER_IMPORT_H
#define TRAM_INTAKE_TAKEOVER_IMPORT_H

#include "intake/intake.h"

#define TAKEOVER_UPLOAD "/tai-len/tiep-quan"
#define TAKEOVER_ROWS_MAX 5000
#define TAKEOVER_BYTES_MAX (4u << 20)

/* /tiep-quan with what view holds besides (the fault of a file). */
enum rc takeover_list_show(struct web *web, struct request *request, struct response *response,
		struct view *view) MUST_CHECK;

#endif
