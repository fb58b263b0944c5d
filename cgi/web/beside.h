/*
 * beside.h: where the small programs lie that a worker starts: beside the worker, wherever that was
 * installed.
 */
#ifndef TRAM_WEB_BESIDE_H
#define TRAM_WEB_BESIDE_H

#include <stdbool.h>
#include <stddef.h>

/* Absolute path of the program of that name. False: it is not there. */
bool beside_path(const char *name, char *path, size_t size);

#endif
