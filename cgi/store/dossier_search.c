/*
 * dossier_search.c: folded words in any order, each the beginning of a word the dossier is found by.
 *
 * The index dossier_words is read from the newest back, and words are compared here.
 */
#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "store/dossier_row.h"

#define WORDS_MAX 12
#define CODE_MAX 40
#define BOARDS_MAX 4096

static const char CANDIDATES[] =
	"SELECT d.id, d.folded FROM dossier d WHERE d.board = $1 ORDER BY d.received_at DESC";
static const char BOARDS[] = "SELECT board FROM journal_head WHERE author = 0 ORDER BY board";
static const char ONE[] = DOSSIER_SELECT "FROM dossier d WHERE d.board = $1 AND d.id = $2";

struct words {
	const char *word[WORDS_MAX];
	size_t count;
};

struct found {
	const char *board;
	uint8_t id[EVENT_ID_SIZE];
};

/* Words of two and more characters; digits with blanks between are one number. */
static void cut(struct pool *pool, const char *typed, struct words *out)
{
	char *folded = text_fold(pool, typed);

	memset(out, 0, sizeof(*out));
	if (strlen(folded) >= 9 && folded[strspn(folded, "0123456789 ")] == '\0') {
		char *to = folded;
		const char *from;

		for (from = folded; *from; from++) {
			if (*from != ' ')
				*to++ = *from;
		}
		*to = '\0';
	}
	while (*folded && out->count < WORDS_MAX) {
		size_t len = strcspn(folded, " ");

		if (len >= 2)
			out->word[out->count++] = pool_strndup(pool, folded, len);
		folded += len + (folded[len] == ' ');
	}
}

/* Does every word begin one of these? */
static bool matches(const struct words *words, const char *folded)
{
	size_t i;

	for (i = 0; i < words->count; i++) {
		size_t len = strlen(words->word[i]);
		const char *at = folded;

		while (*at && strncmp(at, words->word[i], len) != 0) {
			at += strcspn(at, " ");
			at += *at == ' ';
		}
		if (!*at)
			return false;
	}
	return true;
}

/* A whole number, typed or scanned from a slip, is that dossier and no other. */
static enum rc by_code(struct store *store, struct pool *pool, const char *typed,
		struct dossier_row **rows, size_t *count)
{
	struct dossier_row *row = pool_alloc(pool, sizeof(*row));
	char code[CODE_MAX];
	size_t len = 0;
	enum rc rc;

	for (; *typed && len + 1 < sizeof(code); typed++) {
		if (*typed != ' ')
			code[len++] = (char)toupper((unsigned char)*typed);
	}
	code[len] = '\0';
	if (*typed || !strchr(code, '-'))
		return RC_NOT_FOUND;
	rc = dossier_find(store, pool, NULL, code, row);
	if (rc == RC_OK) {
		*rows = row;
		*count = 1;
	}
	return rc;
}

static enum rc read_found(struct store *store, struct pool *pool, const struct found *found,
		size_t total, struct dossier_row *rows, size_t *count)
{
	enum rc rc = RC_OK;
	size_t i;

	for (i = 0; i < total && rc == RC_OK; i++) {
		struct stmt *stmt = db_stmt(store->tram, ONE);
		bool row;

		stmt_text(stmt, 1, found[i].board);
		stmt_blob(stmt, 2, found[i].id, EVENT_ID_SIZE);
		rc = stmt_step(stmt, &row);
		if (rc == RC_OK && row) {
			dossier_row_read(store, stmt, pool, &rows[(*count)++]);
			stmt_reset(stmt);
		}
	}
	return rc;
}

static enum rc search_board(struct store *store, const char *board, const struct words *words,
		size_t limit, struct found *found, size_t *total)
{
	struct stmt *stmt = db_stmt(store->tram, CANDIDATES);
	size_t len;
	bool row;
	enum rc rc;

	stmt_text(stmt, 1, board);
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && *total < limit) {
		const void *id = stmt_col_blob(stmt, 0, &len);

		if (len != EVENT_ID_SIZE || !matches(words, stmt_col_text(stmt, 1)))
			continue;
		id = stmt_col_blob(stmt, 0, &len);
		memcpy(found[*total].id, id, EVENT_ID_SIZE);
		found[(*total)++].board = board;
	}
	stmt_reset(stmt);
	return rc;
}

/* A board looks at its own; the center at every board's. */
static enum rc search_all(struct store *store, struct pool *pool, const struct words *words,
		size_t limit, struct found *found, size_t *total)
{
	struct stmt *stmt;
	const char **boards;
	size_t count = 0, i;
	bool row;
	enum rc rc;

	if (store->board)
		return search_board(store, store->board, words, limit, found, total);
	stmt = db_stmt(store->tram, BOARDS);
	boards = pool_alloc(pool, BOARDS_MAX * sizeof(*boards));
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && count < BOARDS_MAX)
		boards[count++] = stmt_col_dup(stmt, 0, pool);
	stmt_reset(stmt);
	for (i = 0; i < count && rc == RC_OK; i++)
		rc = search_board(store, boards[i], words, limit, found, total);
	return rc;
}

enum rc dossier_search(struct store *store, struct pool *pool, const char *typed, size_t limit,
		struct dossier_row **rows, size_t *count)
{
	struct found *found = pool_alloc(pool, (limit + 1) * sizeof(*found));
	struct words words;
	size_t total = 0;
	enum rc rc;

	*rows = NULL;
	*count = 0;
	rc = by_code(store, pool, typed, rows, count);
	if (rc != RC_NOT_FOUND)
		return rc;
	cut(pool, typed, &words);
	if (words.count == 0)
		return RC_OK;
	rc = search_all(store, pool, &words, limit, found, &total);
	if (rc != RC_OK || total == 0)
		return rc;
	*rows = pool_alloc(pool, total * sizeof(**rows));
	rc = read_found(store, pool, found, total, *rows, count);
	return rc == RC_OK ? dossier_row_names(store, pool, *rows, *count) : rc;
}
