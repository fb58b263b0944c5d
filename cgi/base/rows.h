/*
 * rows.h: a table as lines of text, for the pipe between a page and `tram-sheet`: one line a row,
 * cells parted by TAB; inside a cell "\t" "\n" "\r" and "\\" stand for TAB, LF, CR and backslash.
 */
#ifndef TRAM_BASE_ROWS_H
#define TRAM_BASE_ROWS_H

#include <stddef.h>

#include "base/buf.h"

/* Adds the cell's text, escaped. The caller adds '\t' between cells and '\n' at the end. */
void rows_add(struct buf *out, const char *cell, size_t len);
/* Splits a line (without its LF) in place; cells[] gets at most max of them, the rest is dropped.
 * Returns how many there are. An empty line is no cell. */
size_t rows_split(char *line, char **cells, size_t max);

#endif
