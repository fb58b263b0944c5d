/*
 * admin_import.c: see admin_import.h. Pure: text in, rows out.
 */
#include "admin/admin_import.h"

#include <string.h>

#include "base/text.h"
#include "web/text_vi.h"

#define COLUMNS 6
#define CELL_CHARS 100

/* The separator of this list: what the first line has; a copy out of a spreadsheet has TABs. */
static char separator_of(const char *text)
{
	size_t len = strcspn(text, "\n");

	if (memchr(text, '\t', len) != NULL)
		return '\t';
	return memchr(text, ';', len) != NULL ? ';' : ',';
}

static char *cell_of(struct pool *pool, const char *from, size_t len)
{
	char *clean = NULL;

	while (len > 0 && (from[0] == ' ' || from[0] == '"')) {
		from++;
		len--;
	}
	while (len > 0 && (from[len - 1] == ' ' || from[len - 1] == '"' || from[len - 1] == '\r'))
		len--;
	return text_clean(pool, from, len, TEXT_ONE_LINE, &clean) == RC_OK ? clean : NULL;
}

/* "Nguyen Van Thu" folded → "thu.nguyen". */
static const char *login_of(struct pool *pool, const char *name)
{
	char *folded = text_fold(pool, name), *last = strrchr(folded, ' ');

	for (char *at = folded; *at != '\0'; at++)
		if ((*at < 'a' || *at > 'z') && *at != ' ')
			return "";
	if (last == NULL)
		return folded;
	return pool_printf(pool, "%s.%.*s", last + 1, (int)strcspn(folded, " "), folded);
}

static unsigned role_of(struct pool *pool, const char *word, bool center)
{
	const char *folded = text_fold(pool, word);

	for (size_t i = 0; i < admin_role_count; i++) {
		const char *name = admin_role_list[i].name;
		bool officer = admin_role_list[i].bit == ROLE_OFFICER;

		if (officer == center || admin_role_list[i].bit == ROLE_MANAGER ||
				admin_role_list[i].bit == ROLE_TECHNICIAN)
			if (strcmp(folded, name) == 0 || strcmp(folded, text_fold(pool,
					text_get(pool_printf(pool, "role.%s", name)))) == 0)
				return admin_role_list[i].bit;
	}
	return 0;
}

static const char *employer_of(struct pool *pool, const char *word)
{
	static const char *const words[] = {"commune", "vertical", "post", "business"};
	const char *folded = text_fold(pool, word);

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(folded, words[i]) == 0 || strcmp(folded, text_fold(pool,
				text_get(pool_printf(pool, "employer.%s", words[i])))) == 0)
			return words[i];
	return word[0] == '\0' ? "" : NULL;
}

static void read_roles(struct pool *pool, const char *text, bool center,
		struct admin_import_row *row)
{
	while (*text != '\0') {
		size_t len = strcspn(text, ",+/;");
		char *word = cell_of(pool, text, len);
		unsigned bit = word != NULL && word[0] != '\0' ? role_of(pool, word, center) : 0;

		if (bit == 0 && word != NULL && word[0] != '\0' && row->fault == NULL)
			row->fault = "import.role_unknown";
		row->roles |= bit;
		text += len + (text[len] != '\0');
	}
}

/* A login as typed, but for the capital that a spreadsheet puts at its beginning. */
static const char *small(char *login)
{
	for (char *at = login; *at != '\0'; at++)
		if (*at >= 'A' && *at <= 'Z')
			*at = (char)(*at - 'A' + 'a');
	return login;
}

static void read_row(struct pool *pool, char *cells[COLUMNS], bool center,
		struct admin_import_row *row)
{
	memset(row, 0, sizeof(*row));
	for (size_t i = 0; i < COLUMNS; i++)
		if (cells[i] == NULL || text_chars(cells[i]) > CELL_CHARS)
			row->fault = "import.cell_wrong";
	row->name = cells[0] != NULL ? cells[0] : "";
	row->login = cells[1] != NULL ? small(cells[1]) : "";
	row->job = cells[2] != NULL ? cells[2] : "";
	row->employer = cells[3] != NULL ? employer_of(pool, cells[3]) : "";
	row->unit = cells[4] != NULL ? cells[4] : "";
	if (row->fault != NULL)
		return;
	if (row->employer == NULL) {
		row->employer = "";
		row->fault = "import.employer_unknown";
	}
	if (row->name[0] == '\0')
		row->fault = "import.name_missing";
	if (row->login[0] == '\0')
		row->login = login_of(pool, row->name);
	read_roles(pool, cells[5], center, row);
	if (row->fault == NULL && (row->login[0] == '\0' || strlen(row->login) < 3 ||
			strlen(row->login) > 40 || !admin_login_good(row->login)))
		row->fault = "account.login_form";
	if (row->fault == NULL && row->roles == 0)
		row->fault = "account.roles_none";
	if (row->fault == NULL && (row->roles & ROLE_SIGNER) != 0 && row->job[0] == '\0')
		row->fault = "account.signer_title";
}

size_t admin_import_parse(struct pool *pool, const char *text, bool center,
		struct admin_import_row *rows, size_t max, bool *more)
{
	char separator = separator_of(text);
	size_t count = 0;
	bool first = true;

	*more = false;
	for (; *text != '\0'; text += strcspn(text, "\n"), text += *text == '\n') {
		char *cells[COLUMNS] = { 0 };
		size_t len = strcspn(text, "\r\n"), at = 0, i;
		bool head = first;

		if (strspn(text, " \t;,\r") >= len)
			continue;
		first = false;
		for (i = 0; i < COLUMNS; i++) {
			const char *end = at <= len ? memchr(text + at, separator, len - at) : NULL;
			size_t stop = end == NULL || i + 1 == COLUMNS ? len : (size_t)(end - text);

			cells[i] = at <= len ? cell_of(pool, text + at, stop - at) : pool_strdup(pool, "");
			at = stop + 1;
		}
		/* The line that names the columns. */
		if (head && cells[0] != NULL && strcmp(text_fold(pool, cells[0]),
				text_fold(pool, text_get("account.name"))) == 0)
			continue;
		if (count == max) {
			*more = true;
			break;
		}
		read_row(pool, cells, center, &rows[count]);
		for (i = 0; i < count; i++)
			if (rows[count].fault == NULL && strcmp(rows[i].login, rows[count].login) == 0)
				rows[count].fault = "import.login_twice";
		count++;
	}
	return count;
}
