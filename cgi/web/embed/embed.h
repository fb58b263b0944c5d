/*
 * embed.h: what the parts of the host tool share. The tool is one short-lived process of the build:
 * it frees nothing and ends on the first fault it cannot go on from.
 */
#ifndef TRAM_WEB_EMBED_H
#define TRAM_WEB_EMBED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct out { char *data; size_t len, cap; };	/* text being made, NUL-terminated */

void out_add(struct out *out, const char *bytes, size_t len);
void out_text(struct out *out, const char *text);
void out_printf(struct out *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* As a C string literal with quotes. */
void out_literal(struct out *out, const char *bytes, size_t len);
/* "static const unsigned char name[] = { … };" with a NUL at the end. */
void out_bytes(struct out *out, const char *name, const char *bytes, size_t len);

/* Keeps a text for pages_words, with a NUL; its place there. */
size_t words_add(const char *bytes, size_t len);
void words_reset(void);

/* Faults are counted; main fails at the end, so that one run shows all of them. line 0: none. */
void fault(const char *file, int line, const char *format, ...)
		__attribute__((format(printf, 3, 4)));

void *grow(void *memory, size_t size_bytes);
char *join(const char *a, const char *b);
/* NULL if there is no such file; NUL added. */
char *slurp(const char *path, size_t *len);
/* Writes only if the content differs, so that make sees no change where there is none. */
void put(const char *path, const char *bytes, size_t len);

struct names { char **at; size_t count; };
/* Files under dir (recursive), as paths relative to it, sorted; hidden files are left out. */
struct names list_files(const char *dir);

/* texts.c: www/text/vi.txt */
void texts_read(const char *root);
const char *texts_find(const char *key);	/* NULL: no such key */
void texts_write(struct out *out);
void texts_check_c(const char *file);

/* assets.c: www/static */
void assets_read(const char *root, const char *out_dir);
const char *assets_find(const char *name);	/* "/tinh/…" or NULL */
void assets_write(struct out *out);

/* templates.c: www/pages */
void templates_read(const char *root);
void templates_write(struct out *out, const char *program);	/* NULL: for all of them */

/* shown.c */
int shown_in(const char *program, const char *name);	/* NULL: in any of them */
void shown_check_c(const char *file);

#endif
