/*
 * rights.c: see rights.h. Columns: program, right (the route's name), methods, address, then one for
 * each role: "x" may; "any" everybody who is logged in; "public" everybody.
 */
#include <string.h>

#include "base/log.h"
#include "store/account.h"
#include "web/rights.h"

#define FIRST_ROLE 4
#define CELLS_MAX 32

struct cell { const char *text; size_t len; };

/* The cells of the line at *text, which then stands on the next line. */
static size_t read_line(const char **text, struct cell *cells)
{
	size_t count = 0;

	while (count < CELLS_MAX) {
		size_t len = strcspn(*text, "\t\r\n");

		cells[count++] = (struct cell){ *text, len };
		*text += len;
		if (**text != '\t')
			break;
		(*text)++;
	}
	*text += strcspn(*text, "\n");
	*text += **text == '\n';
	return count;
}

static bool is(const struct cell *cell, const char *text)
{
	return cell->len == strlen(text) && memcmp(cell->text, text, cell->len) == 0;
}

/* Which role each column is about; 0 where the matrix names one this program does not know. */
static bool read_head(const struct cell *cells, size_t count, unsigned *roles)
{
	for (size_t i = FIRST_ROLE; i < count; i++) {
		char name[32] = "";

		if (cells[i].len >= sizeof(name))
			return false;
		memcpy(name, cells[i].text, cells[i].len);
		if (account_roles_parse(name, &roles[i]) != RC_OK || roles[i] == 0)
			return false;
	}
	return count > FIRST_ROLE;
}

static bool same_roles(const struct route *route, const struct cell *cells, size_t count,
		const unsigned *roles)
{
	bool open = (route->policy & ROUTE_PUBLIC) != 0;
	unsigned may = 0;

	if (open || route->roles == 0)
		return is(&cells[FIRST_ROLE], open ? "public" : "any");
	for (size_t i = FIRST_ROLE; i < count; i++) {
		if (is(&cells[i], "x"))
			may |= roles[i];
		else if (cells[i].len > 0)
			return false;
	}
	return may == route->roles;
}

static bool has_line(const struct web *web, const struct route *route, const char *matrix)
{
	unsigned roles[CELLS_MAX] = { 0 };
	struct cell cells[CELLS_MAX];
	size_t head = read_line(&matrix, cells);

	if (!read_head(cells, head, roles))
		return false;
	while (*matrix != '\0') {
		size_t count = read_line(&matrix, cells);

		if (count == head && is(&cells[0], web->program) && is(&cells[1], route->name) &&
				is(&cells[3], route->pattern))
			return same_roles(route, cells, count, roles);
	}
	return false;
}

bool rights_agree(const struct web *web, const char *matrix)
{
	bool agree = true;

	if (web->login_path == NULL)
		return true;
	for (size_t i = 0; i < web->route_count; i++) {
		if (has_line(web, &web->routes[i], matrix))
			continue;
		log_error("rights program=%s route=%s: not as board/rights.tsv says", web->program,
				web->routes[i].name);
		agree = false;
	}
	return agree;
}
