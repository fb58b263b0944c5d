/*
 * ticket.c: see ticket.h.
 */
#include <string.h>

#include "dossier/ticket.h"

static bool serves(const char *letters, const char *number)
{
	return *letters == '\0' || *number < 'A' || *number > 'Z' || strchr(letters, *number) != NULL;
}

size_t ticket_pick(const struct ticket_waiting *rows, size_t count, const char *counter,
		const char *letters, int run, int limit)
{
	size_t first_priority = count, first_other = count;

	for (size_t i = 0; i < count; i++) {
		if (*rows[i].counter != '\0') {
			if (strcmp(rows[i].counter, counter) == 0)
				return i;
			continue;
		}
		if (!serves(letters, rows[i].number))
			continue;
		if (rows[i].priority && first_priority == count)
			first_priority = i;
		if (!rows[i].priority && first_other == count)
			first_other = i;
	}
	if (limit > 0 && run >= limit && first_other < count)
		return first_other;
	return first_priority < count ? first_priority : first_other;
}

size_t ticket_before(const struct ticket_waiting *rows, size_t count, size_t place)
{
	char letter = rows[place].number[0];
	bool lettered = letter >= 'A' && letter <= 'Z';
	size_t before = 0;

	if (*rows[place].counter != '\0')
		return 0;
	for (size_t i = 0; i < count; i++) {
		if (i == place || (lettered && rows[i].number[0] != letter) || *rows[i].counter != '\0')
			continue;
		before += rows[i].priority != rows[place].priority ? rows[i].priority : i < place;
	}
	return before;
}
