/*
 * fee_ground.c: see fee_ground.h.
 */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "embed.h"
#include "intake/fee_ground.h"

#define GROUNDS_MAX 40

static struct fee_ground grounds[GROUNDS_MAX];
static size_t ground_count;

/* A line is name, tab, ground. */
static void read_line(char *line)
{
	char *tab = strchr(line, '\t');

	if (line[0] == '\0' || line[0] == '#')
		return;
	if (tab == NULL || ground_count == GROUNDS_MAX)
		log_bug("board/exemptions.tsv: a line that is no ground, or too many");
	*tab = '\0';
	grounds[ground_count++] = (struct fee_ground){ line, tab + 1 };
}

const struct fee_ground *fee_ground_list(size_t *count)
{
	static char *text;

	if (text == NULL) {
		text = malloc(embed_exemptions_tsv_len + 1);
		if (text == NULL)
			log_fatal("out of memory");
		memcpy(text, embed_exemptions_tsv, embed_exemptions_tsv_len);
		text[embed_exemptions_tsv_len] = '\0';
		for (char *line = text, *end; line != NULL; line = end) {
			end = strchr(line, '\n');
			if (end != NULL)
				*end++ = '\0';
			read_line(line);
		}
	}
	*count = ground_count;
	return grounds;
}

const char *fee_ground_find(const char *name)
{
	size_t count;
	const struct fee_ground *list = fee_ground_list(&count);

	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i].name, name) == 0)
			return list[i].text;
	return NULL;
}
