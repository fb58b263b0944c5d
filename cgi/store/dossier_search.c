/*
 * dossier_search.c: folded words in any order, each the beginning of a word the dossier is found by.
 *
 * The rarest word is looked up in the index of search_index.c and the few dossiers under it are compared
 * here. Where every word is common, the whole is taken as a name, which is rarer, and the newest
 * dossiers are read back as well. What the index has not come to is read from the journal's end.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "store/dossier_row.h"
#include "store/journal.h"
#include "store/search_index.h"

#define WORDS_MAX 12
#define CODE_MAX 40
#define BOARDS_MAX 4096
#define FEW 200			/* dossiers that are compared one by one */
#define NEWEST 1500		/* read back where every word is common */
#define TAIL "4000"		/* events past the index, far more than there are between two followings */
#define AFTER_ALL "\xf4\x8f\xbf\xbf"	/* U+10FFFF: after every word with this beginning */

static const char BOARDS[] = "SELECT board FROM journal_head WHERE author = 0 ORDER BY board";
static const char ONE[] = DOSSIER_SELECT "FROM dossier d WHERE d.board = $1 AND d.id = $2";
static const char RANGE_COUNT[] =
	"SELECT count(*) FROM (SELECT 1 FROM dossier_word WHERE board = $1 AND word >= $2 AND word < $3"
	" LIMIT $4) w";
static const char RANGE[] =
	"SELECT d.id, d.folded, d.received_at FROM (SELECT DISTINCT id FROM dossier_word WHERE board = $1"
	" AND word >= $2 AND word < $3) w JOIN dossier d ON d.board = $1 AND d.id = w.id";
static const char EXACT[] =
	"SELECT d.id, d.folded, d.received_at FROM dossier_word w JOIN dossier d ON d.board = w.board"
	" AND d.id = w.id WHERE w.board = $1 AND w.word = $2 ORDER BY w.at DESC LIMIT $3";
static const char BACK[] =
	"SELECT d.id, d.folded, d.received_at FROM dossier d WHERE d.board = $1"
	" ORDER BY d.received_at DESC LIMIT $2";
static const char PAST_INDEX[] =
	"SELECT d.id, d.folded, d.received_at FROM (SELECT DISTINCT subject FROM (SELECT subject FROM journal"
	" WHERE board = $1 AND author = $2 AND seq > coalesce((SELECT c.seq FROM search_cursor c"
	" WHERE c.board = $1 AND c.author = $2), 0) ORDER BY seq DESC LIMIT " TAIL ") s) q"
	" JOIN dossier d ON d.board = $1 AND d.id = q.subject";

struct words {
	const char *word[WORDS_MAX];
	size_t count;
};

struct found {
	const char *board;
	int64_t at_ms;
	uint8_t id[EVENT_ID_SIZE];
};

/* What was found so far, in any order; once each. */
struct hits {
	struct pool *pool;
	struct found *rows;
	size_t count, cap;
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

static void hit(struct hits *hits, const char *board, const void *id, int64_t at_ms)
{
	for (size_t i = 0; i < hits->count; i++)
		if (memcmp(hits->rows[i].id, id, EVENT_ID_SIZE) == 0 &&
				strcmp(hits->rows[i].board, board) == 0)
			return;
	if (hits->count == hits->cap) {
		size_t cap = hits->cap * 2 + 64;
		struct found *rows = pool_alloc(hits->pool, cap * sizeof(*rows));

		if (hits->count > 0)
			memcpy(rows, hits->rows, hits->count * sizeof(*rows));
		hits->rows = rows;
		hits->cap = cap;
	}
	hits->rows[hits->count] = (struct found){ .board = board, .at_ms = at_ms };
	memcpy(hits->rows[hits->count++].id, id, EVENT_ID_SIZE);
}

/* Rows (id, folded, received_at) of a bound statement; no more than most new ones that fit. */
static enum rc take(struct stmt *stmt, const char *board, const struct words *words, size_t most,
		struct hits *hits)
{
	size_t before = hits->count, len;
	bool row;
	enum rc rc;

	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && hits->count - before < most) {
		const void *id;

		if (!matches(words, stmt_col_text(stmt, 1)))
			continue;
		id = stmt_col_blob(stmt, 0, &len);
		if (len == EVENT_ID_SIZE)
			hit(hits, board, id, stmt_col_int(stmt, 2));
	}
	stmt_reset(stmt);
	return rc;
}

static void bind_range(struct stmt *stmt, struct pool *pool, const char *board, const char *word)
{
	stmt_text(stmt, 1, board);
	stmt_text(stmt, 2, word);
	stmt_text(stmt, 3, pool_printf(pool, "%s" AFTER_ALL, word));
}

/* Entries of the index that begin so, FEW + 1 standing for more. */
static enum rc range_count(struct store *store, struct pool *pool, const char *board, const char *word,
		int64_t *count)
{
	struct stmt *stmt = db_stmt(store->tram, RANGE_COUNT);
	bool row;
	enum rc rc;

	bind_range(stmt, pool, board, word);
	stmt_int(stmt, 4, FEW + 1);
	rc = stmt_step(stmt, &row);
	*count = rc == RC_OK && row ? stmt_col_int(stmt, 0) : FEW + 1;
	stmt_reset(stmt);
	return rc;
}

static enum rc take_range(struct store *store, const char *board, const char *word,
		const struct words *words, struct hits *hits)
{
	struct stmt *stmt = db_stmt(store->tram, RANGE);

	bind_range(stmt, hits->pool, board, word);
	return take(stmt, board, words, SIZE_MAX, hits);
}

/* Every word is common: those named just so, the newest of them, and whatever the newest dossiers have. */
static enum rc take_common(struct store *store, const char *board, const struct words *words,
		const char *phrase, size_t limit, struct hits *hits)
{
	struct stmt *stmt;
	size_t before = hits->count;
	int64_t named = 0;
	enum rc rc = RC_OK;

	if (phrase[0] != '\0')
		rc = range_count(store, hits->pool, board, phrase, &named);
	if (rc == RC_OK && named > 0 && named <= FEW) {
		rc = take_range(store, board, phrase, words, hits);
	} else if (rc == RC_OK && named > FEW) {
		stmt = db_stmt(store->tram, EXACT);
		stmt_text(stmt, 1, board);
		stmt_text(stmt, 2, phrase);
		stmt_int(stmt, 3, (int64_t)limit);
		rc = take(stmt, board, words, limit, hits);
	}
	if (rc != RC_OK || hits->count - before >= limit)
		return rc;
	stmt = db_stmt(store->tram, BACK);
	stmt_text(stmt, 1, board);
	stmt_int(stmt, 2, NEWEST);
	return take(stmt, board, words, limit, hits);
}

static enum rc search_board(struct store *store, const char *board, const struct words *words,
		const char *phrase, size_t limit, struct hits *hits)
{
	const char *rarest = "";
	int64_t least = FEW + 1, count;
	enum rc rc = RC_OK;

	for (size_t i = 0; rc == RC_OK && i < words->count && least > 0; i++) {
		rc = range_count(store, hits->pool, board, words->word[i], &count);
		if (count < least) {
			least = count;
			rarest = words->word[i];
		}
	}
	if (rc != RC_OK)
		return rc;
	rc = least <= FEW ? take_range(store, board, rarest, words, hits) :
			take_common(store, board, words, phrase, limit, hits);
	for (int author = AUTHOR_BOARD; rc == RC_OK && author <= AUTHOR_CENTER; author++) {
		struct stmt *stmt = db_stmt(store->tram, PAST_INDEX);

		stmt_text(stmt, 1, board);
		stmt_int(stmt, 2, author);
		rc = take(stmt, board, words, SIZE_MAX, hits);
	}
	return rc;
}

static int newest_first(const void *a, const void *b)
{
	const struct found *one = a, *other = b;

	if (one->at_ms != other->at_ms)
		return one->at_ms < other->at_ms ? 1 : -1;
	return memcmp(one->id, other->id, EVENT_ID_SIZE);
}

static enum rc read_found(struct store *store, struct pool *pool, const struct found *found,
		size_t total, struct dossier_row *rows, size_t *count)
{
	enum rc rc = RC_OK;

	for (size_t i = 0; i < total && rc == RC_OK; i++) {
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

/* A board looks at its own; the center at every board's. */
static enum rc search_all(struct store *store, struct pool *pool, const struct words *words,
		const char *phrase, size_t limit, struct hits *hits)
{
	struct stmt *stmt;
	const char **boards;
	size_t count = 0, i;
	bool row;
	enum rc rc;

	if (store->board)
		return search_board(store, store->board, words, phrase, limit, hits);
	stmt = db_stmt(store->tram, BOARDS);
	boards = pool_alloc(pool, BOARDS_MAX * sizeof(*boards));
	while ((rc = stmt_step(stmt, &row)) == RC_OK && row && count < BOARDS_MAX)
		boards[count++] = stmt_col_dup(stmt, 0, pool);
	stmt_reset(stmt);
	for (i = 0; i < count && rc == RC_OK; i++)
		rc = search_board(store, boards[i], words, phrase, limit, hits);
	return rc;
}

enum rc dossier_search(struct store *store, struct pool *pool, const char *typed, size_t limit,
		struct dossier_row **rows, size_t *count)
{
	struct hits hits = { .pool = pool };
	struct words words;
	const char *phrase = "";
	enum rc rc;

	*rows = NULL;
	*count = 0;
	rc = by_code(store, pool, typed, rows, count);
	if (rc != RC_NOT_FOUND)
		return rc;
	cut(pool, typed, &words);
	if (words.count == 0)
		return RC_OK;
	for (size_t i = 0; words.count > 1 && i < words.count; i++)
		phrase = pool_printf(pool, "%s~%s", phrase, words.word[i]);
	rc = search_all(store, pool, &words, phrase, limit, &hits);
	if (rc != RC_OK || hits.count == 0)
		return rc;
	qsort(hits.rows, hits.count, sizeof(*hits.rows), newest_first);
	if (hits.count > limit)
		hits.count = limit;
	*rows = pool_alloc(pool, hits.count * sizeof(**rows));
	rc = read_found(store, pool, hits.rows, hits.count, *rows, count);
	return rc == RC_OK ? dossier_row_names(store, pool, *rows, *count) : rc;
}
