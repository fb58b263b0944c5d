/*
 * admin_import_file.h: the people of a spreadsheet file sent with the form, as the lines one would paste.
 */
#ifndef TRAM_ADMIN_ADMIN_IMPORT_FILE_H
#define TRAM_ADMIN_ADMIN_IMPORT_FILE_H

#include "web/web.h"

#define ADMIN_IMPORT_BYTES (256u * 1024u)	/* of the whole form: some forty people */

/* The file of field "file" in the body that has been read; it stays in memory. *lines NULL: none was
 * chosen. RC_INVALID: *fault says in a sentence why it is no list. */
enum rc admin_import_file(struct request *request, char **lines, const char **fault) MUST_CHECK;

#endif
