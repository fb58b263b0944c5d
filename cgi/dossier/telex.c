/*
 * telex.c: see telex.h. Marks are written as combining characters; the tone goes where spelling puts it:
 * on the vowel that has a mark, else on the last of two before a final consonant, else on the first.
 */
#include <ctype.h>
#include <string.h>

#include "base/buf.h"
#include "dossier/telex.h"

#define WORD_MAX 16
#define LETTERS "abcdefghijklmnopqrstuvwxyz"

enum mark { MARK_NONE, MARK_ROOF, MARK_HORN, MARK_BREVE, MARK_BAR };
struct letter { char base; enum mark mark; };

static bool is_vowel(char letter)
{
	return letter != '\0' && strchr("aeiouy", tolower((unsigned char)letter)) != NULL;
}

static const char *tone_of(char key)
{
	switch (tolower((unsigned char)key)) {
	case 'f': return "\xcc\x80";	/* grave */
	case 's': return "\xcc\x81";	/* acute */
	case 'r': return "\xcc\x89";	/* hook above */
	case 'x': return "\xcc\x83";	/* tilde */
	case 'j': return "\xcc\xa3";	/* dot below */
	default: return NULL;
	}
}

static bool has_vowel(const struct letter *letters, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (is_vowel(letters[i].base))
			return true;
	return false;
}

/* The last letter of that base, without a mark. */
static struct letter *last_of(struct letter *letters, size_t count, char base)
{
	while (count > 0) {
		struct letter *letter = &letters[--count];

		if (tolower((unsigned char)letter->base) == base)
			return letter->mark == MARK_NONE ? letter : NULL;
	}
	return NULL;
}

/* w: after uo both, else the last a, o or u; alone it is u with a horn. False: a letter of its own. */
static bool hook(struct letter *letters, size_t *count, char key)
{
	struct letter *o = last_of(letters, *count, 'o'), *u = last_of(letters, *count, 'u');
	struct letter *a = last_of(letters, *count, 'a');

	if (o != NULL && u != NULL && o == u + 1) {
		u->mark = o->mark = MARK_HORN;
	} else if (a != NULL && (u == NULL || a < u || u + 1 != a || (u > letters &&
			tolower((unsigned char)u[-1].base) == 'q'))) {
		a->mark = MARK_BREVE;
	} else if (o != NULL || u != NULL) {
		(o != NULL ? o : u)->mark = MARK_HORN;
	} else if (!has_vowel(letters, *count)) {
		letters[*count].base = key == 'W' ? 'U' : 'u';
		letters[(*count)++].mark = MARK_HORN;
	} else {
		return false;
	}
	return true;
}

/* Which letter carries the tone. */
static size_t tone_place(const struct letter *letters, size_t count)
{
	size_t first = 0, last, found = count;

	for (size_t i = 0; i < count; i++)
		if (letters[i].mark != MARK_NONE && letters[i].mark != MARK_BAR)
			found = i;
	if (found < count)
		return found;
	while (first < count && !is_vowel(letters[first].base))
		first++;
	/* qu and gi before another vowel belong to the consonant. */
	if (first > 0 && first + 1 < count && is_vowel(letters[first + 1].base) &&
			((tolower((unsigned char)letters[first - 1].base) == 'q' &&
			tolower((unsigned char)letters[first].base) == 'u') ||
			(tolower((unsigned char)letters[first - 1].base) == 'g' &&
			tolower((unsigned char)letters[first].base) == 'i')))
		first++;
	for (last = first; last + 1 < count && is_vowel(letters[last + 1].base);)
		last++;
	if (last + 1 < count)
		return last;		/* a final consonant */
	return last - first >= 2 ? first + 1 : first;
}

static void put_letter(struct buf *out, const struct letter *letter, const char *tone)
{
	static const char *const marks[] = { "", "\xcc\x82", "\xcc\x9b", "\xcc\x86" };

	if (letter->mark == MARK_BAR) {
		buf_text(out, letter->base == 'D' ? "\xc4\x90" : "\xc4\x91");
		return;
	}
	buf_char(out, letter->base);
	buf_text(out, marks[letter->mark]);
	buf_text(out, tone);
}

/* One word of letters; too long for Vietnamese: as it is. */
static void compose_word(struct buf *out, const char *word, size_t len)
{
	struct letter letters[WORD_MAX + 1];
	const char *tone = NULL;
	size_t count = 0, place;

	if (len > WORD_MAX) {
		buf_add(out, word, len);
		return;
	}
	for (size_t i = 0; i < len; i++) {
		char key = (char)tolower((unsigned char)word[i]);
		struct letter *twin = key == 'a' || key == 'e' || key == 'o' ?
				last_of(letters, count, key) : NULL;

		/* None of these keys is a letter after a vowel. */
		if (tone_of(key) != NULL && has_vowel(letters, count)) {
			tone = tone_of(key);
		} else if (key == 'w' && hook(letters, &count, word[i])) {
			continue;
		} else if (twin != NULL && (twin == &letters[count - 1] || i + 1 == len)) {
			twin->mark = MARK_ROOF;
		} else if (key == 'd' && count > 0 && letters[0].mark == MARK_NONE &&
				tolower((unsigned char)letters[0].base) == 'd' && (count == 1 || i + 1 == len)) {
			letters[0].mark = MARK_BAR;
		} else {
			letters[count].base = word[i];
			letters[count++].mark = MARK_NONE;
		}
	}
	place = tone_place(letters, count);
	for (size_t i = 0; i < count; i++)
		put_letter(out, &letters[i], tone != NULL && i == place ? tone : "");
}

char *telex_compose(struct pool *pool, const char *text)
{
	struct buf out = { 0 };
	char *composed;

	while (*text != '\0') {
		size_t len = strspn(text, LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZ");

		if (len > 0)
			compose_word(&out, text, len);
		else
			buf_char(&out, text[len++]);
		text += len;
	}
	composed = pool_strndup(pool, out.data != NULL ? out.data : "", out.len);
	buf_free(&out);
	return composed;
}

bool telex_suspect(const char *text)
{
	static const char *const pairs[] = { "aa", "ee", "oo", "dd" };
	char lower[WORD_MAX + 1];

	while (*text != '\0') {
		size_t len = strspn(text, LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZ"), i;
		bool vowel = false;

		for (i = 0; i < len && i < WORD_MAX; i++) {
			lower[i] = (char)tolower((unsigned char)text[i]);
			vowel = vowel || is_vowel(lower[i]);
		}
		lower[i] = '\0';
		for (size_t p = 0; p < sizeof(pairs) / sizeof(pairs[0]); p++)
			if (strstr(lower, pairs[p]) != NULL)
				return true;
		if (strchr(lower, 'w') != NULL || (i > 1 && vowel && tone_of(lower[i - 1]) != NULL))
			return true;
		text += len > 0 ? len : 1;
	}
	return false;
}
