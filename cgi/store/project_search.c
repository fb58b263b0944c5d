/*
 * project_search.c: the words and digits a dossier is found by: folded words of names and codes,
 * long numbers whole and by their last four digits.
 */
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "store/projection.h"

#define WORD_MIN 2	/* single letters and digits find too much */

static bool has_word(const struct buf *words, const char *word, size_t len)
{
	const char *at = words->data;

	while (at && *at) {
		size_t here = strcspn(at, " ");

		if (here == len && memcmp(at, word, len) == 0)
			return true;
		at += here + (at[here] == ' ');
	}
	return false;
}

static void add_word(struct buf *words, const char *word, size_t len)
{
	if (len < WORD_MIN || has_word(words, word, len))
		return;
	if (words->len)
		buf_char(words, ' ');
	buf_add(words, word, len);
}

static void add_words(struct buf *words, const char *folded)
{
	while (*folded) {
		size_t len = strcspn(folded, " ");

		add_word(words, folded, len);
		if (len > 4 && strspn(folded, "0123456789") >= len)
			add_word(words, folded + len - 4, 4);
		folded += len + (folded[len] == ' ');
	}
}

char *project_search_fold(struct pool *pool, const char *const *texts, size_t text_count,
		const char *const *numbers, size_t number_count)
{
	struct buf words = { 0 };
	char *out;
	size_t i;

	for (i = 0; i < text_count; i++)
		add_words(&words, text_fold(pool, texts[i]));
	/* "0239 000 0000" is one number. */
	for (i = 0; i < number_count; i++) {
		char *folded = text_fold(pool, numbers[i]);
		char *to = folded;
		const char *from;

		for (from = folded; *from; from++) {
			if (*from != ' ')
				*to++ = *from;
		}
		*to = '\0';
		add_words(&words, folded);
	}
	out = pool_strndup(pool, words.data ? words.data : "", words.len);
	buf_free(&words);
	return out;
}
