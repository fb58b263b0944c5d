/*
 * slip_fit.c: how small the slip's papers must be set so that a copy stays within half an A4.
 *
 * An estimate from the number of characters, on the safe side; the figures were taken off printed
 * pages (slip.css, Times at 10 pt) and hold with the fonts that are metric-compatible with it.
 */
#include "base/text.h"
#include "intake/slip.h"

/* One way to set the papers: what a line holds and takes, in characters and tenths of a millimetre. */
struct way {
	const char *name;
	bool table;
	int line_chars, line_height;	/* of the papers */
	int head_height;		/* of the table's head */
	int text_height;		/* a line of the other paragraphs */
	int room;			/* for papers and for what the paragraphs have beyond the usual */
};

static const struct way ways[] = {
	{ "few", true, 78, 44, 44, 62, 150 },
	{ "many", true, 92, 34, 34, 58, 225 },
	{ "most", false, 125, 33, 0, 56, 240 },
	{ "vast", false, 150, 28, 0, 52, 280 },
};
#define WAYS (sizeof(ways) / sizeof(ways[0]))

#define TEXT_LINE 105		/* characters of a paragraph's line */
#define SHORT_LINE 94		/* beside the QR */
#define PAPER_EXTRA 28		/* counts, state and number of a paper in a paragraph */

static int lines(size_t chars, int per_line)
{
	return (int)((chars + (size_t)per_line - 1) / (size_t)per_line);
}

static size_t chars(const json_t *object, const char *member)
{
	return text_chars(json_text(object, member));
}

/* Lines that names, addresses and content need beyond the one that each has. */
static int more_lines(const json_t *body)
{
	const json_t *applicant = json_object_get(body, "applicant");
	const json_t *submitter = json_object_get(body, "submitter");
	const json_t *delivery = json_object_get(body, "delivery");
	const json_t *procedure = json_object_get(body, "procedure");
	size_t who = chars(applicant, "name") + chars(applicant, "tax_code") +
			chars(applicant, "representative") + chars(submitter, "name") +
			chars(submitter, "relation") + chars(submitter, "number") +
			chars(submitter, "authorisation") + 60;
	size_t reach = chars(applicant, "number") + chars(applicant, "phone") +
			chars(applicant, "email") + 36;
	size_t wish = chars(body, "content") + chars(procedure, "unit") + 50;
	size_t way = chars(delivery, "name") + chars(delivery, "phone") +
			chars(delivery, "address") + chars(delivery, "point") + chars(delivery, "email");
	const json_t *person;
	size_t related = 0, i;
	int more = lines(who, SHORT_LINE) + lines(chars(applicant, "address") + 10, SHORT_LINE) +
			lines(reach, SHORT_LINE) + lines(wish, TEXT_LINE) - 4;

	json_array_foreach(json_object_get(body, "persons"), i, person)
		related += chars(person, "role") + chars(person, "name") + 4;
	if (related > 0)
		more += lines(related + 18, TEXT_LINE);
	return more + (way > 75 ? lines(way - 75, TEXT_LINE) : 0);
}

static int height(const struct way *way, const json_t *papers, size_t count)
{
	size_t all = 0;
	int rows = 0;

	for (size_t i = 0; i < count; i++) {
		size_t own = chars(json_array_get(papers, i), "name");

		rows += lines(own + 12, way->line_chars);
		all += own + PAPER_EXTRA;
	}
	if (!way->table)
		rows = lines(all, way->line_chars);
	return rows * way->line_height + (count > 0 ? way->head_height : 0);
}

void slip_fit(const json_t *body, struct slip_size *out)
{
	const json_t *papers = json_object_get(body, "components");
	size_t count = json_array_size(papers);
	int more = more_lines(body);
	const struct way *way = ways;

	for (size_t i = 0; i < WAYS; i++) {
		way = &ways[i];
		if (height(way, papers, count) + more * way->text_height <= way->room)
			break;
	}
	while (count > 0 && height(way, papers, count) + more * way->text_height > way->room)
		count--;
	*out = (struct slip_size){ way->name, way->table, count };
}
