/*
 * beside.c: see beside.h.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "web/beside.h"

bool beside_path(const char *name, char *path, size_t size)
{
	ssize_t len = readlink("/proc/self/exe", path, size - 1);
	char *slash;

	if (len <= 0)
		return false;
	path[len] = '\0';
	slash = strrchr(path, '/');
	/* Unit tests' programs lie one folder deeper. */
	for (int up = 0; slash != NULL && up < 2; up++) {
		size_t room = size - (size_t)(slash - path);
		int put = snprintf(slash, room, "/%s", name);

		if (put < 0 || (size_t)put >= room)
			return false;
		if (access(path, X_OK) == 0)
			return true;
		*slash = '\0';
		slash = strrchr(path, '/');
	}
	return false;
}
