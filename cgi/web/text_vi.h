/*
 * text_vi.h: the sentences of www/text/vi.txt, embedded at build.
 */
#ifndef TRAM_WEB_TEXT_VI_H
#define TRAM_WEB_TEXT_VI_H

#include <stdbool.h>

#include "base/pool.h"

/* The sentence of a key; an unknown key is a bug (the build checks literal keys): logged, and shown as "[?]". */
const char *text_get(const char *key);
bool text_known(const char *key);
/* With {0}, {1} … replaced by the arguments; the last argument is NULL. */
char *text_fill(struct pool *pool, const char *key, ...) __attribute__((sentinel));

#endif
