/*
 * shown.c: which pages are built into which program. A program maps what it is built with: the worker
 * of lookup need not hold the clerks' pages.
 */
#include <stdio.h>
#include <string.h>

#include "embed.h"

/* Its folders; what lies in none of all folders, and the partials, every program has. */
static const struct { const char *program, *folders[2]; } shown[] = {
	{ "intake", { "intake/", "print/" } },
	{ "admin", { "admin/", "print/" } },
	{ "lookup", { "lookup/", "lookup/" } },
};
static const char *const folders[] = { "intake/", "admin/", "lookup/", "center/", "print/", "start/" };

/* The folder the name begins with, or NULL. */
static const char *folder_of(const char *name)
{
	for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
		if (strncmp(name, folders[i], strlen(folders[i])) == 0)
			return folders[i];
	}
	return NULL;
}

int shown_in(const char *program, const char *name)
{
	const char *folder = folder_of(name);

	for (size_t i = 0; program != NULL && folder != NULL && i < sizeof shown / sizeof shown[0]; i++) {
		if (strcmp(shown[i].program, program) == 0)
			return strcmp(folder, shown[i].folders[0]) == 0 ||
					strcmp(folder, shown[i].folders[1]) == 0;
	}
	return 1;
}

/* A literal that begins as a page of a folder the file's program does not show. */
void shown_check_c(const char *file)
{
	size_t len = 0;
	char *data = slurp(file, &len), *program, *line, *next;
	int number = 0;

	if (data == NULL || strncmp(file, "cgi/", 4) != 0)
		return;
	program = join(file + 4, "");
	program[strcspn(program, "/")] = '\0';
	for (line = data; line != NULL; line = next) {
		next = strchr(line, '\n');
		if (next != NULL)
			*next++ = '\0';
		number++;
		if (*line == '#')
			continue;
		for (const char *p = strchr(line, '"'); p != NULL; p = strchr(p + 1, '"')) {
			if (!shown_in(program, p + 1))
				fault(file, number, "this program has no page %.40s", p + 1);
		}
	}
}
