/*
 * texts.c: the sentences of www/text/vi.txt: "key = text" lines, "#" comments; "\n" in a text is a
 * line break. Also the check that C code names only keys that exist.
 */
#include <stdlib.h>
#include <string.h>

#include "embed.h"

struct sentence { char *key, *text; int line; };

static struct sentence *sentences;
static size_t sentence_count;

static int by_key(const void *a, const void *b)
{
	return strcmp(((const struct sentence *)a)->key, ((const struct sentence *)b)->key);
}

static bool is_key(const char *key)
{
	return key[0] != '\0' &&
	       key[strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789_.-")] == '\0';
}

static char *trim(char *text)
{
	char *end = text + strlen(text);

	while (end > text && strchr(" \t\r", end[-1]) != NULL)
		*--end = '\0';
	return text + strspn(text, " \t");
}

static void unescape(char *text)
{
	char *to = text;

	for (; *text != '\0'; text++) {
		if (text[0] == '\\' && text[1] == 'n') {
			*to++ = '\n';
			text++;
		} else {
			*to++ = *text;
		}
	}
	*to = '\0';
}

void texts_read(const char *root)
{
	char *path = join(root, "/www/text/vi.txt"), *line, *next;
	size_t len = 0;
	char *data = slurp(path, &len);
	int number = 0;

	for (line = data; line != NULL && *line != '\0'; line = next) {
		char *equal, *key, *text;

		number++;
		next = strchr(line, '\n');
		next = next != NULL ? (*next = '\0', next + 1) : line + strlen(line);
		key = trim(line);
		if (*key == '\0' || *key == '#')
			continue;
		equal = strchr(key, '=');
		if (equal == NULL) {
			fault(path, number, "no '='");
			continue;
		}
		*equal = '\0';
		key = trim(key);
		text = trim(equal + 1);
		if (!is_key(key) || *text == '\0' || strlen(text) > 4000) {
			fault(path, number,
					"key or text is empty, too long or has other characters: "
					"%s",
					key);
			continue;
		}
		unescape(text);
		sentences = grow(sentences, (sentence_count + 1) * sizeof *sentences);
		sentences[sentence_count++] = (struct sentence){ key, text, number };
	}
	if (sentence_count > 0)
		qsort(sentences, sentence_count, sizeof *sentences, by_key);
	for (size_t i = 1; i < sentence_count; i++) {
		if (strcmp(sentences[i].key, sentences[i - 1].key) == 0)
			fault(path, sentences[i].line > sentences[i - 1].line ? sentences[i].line :
					sentences[i - 1].line, "key twice: %s", sentences[i].key);
	}
}

const char *texts_find(const char *key)
{
	struct sentence wanted = { (char *)key, NULL, 0 }, *found;

	if (sentence_count == 0)
		return NULL;
	found = bsearch(&wanted, sentences, sentence_count, sizeof *sentences, by_key);
	return found != NULL ? found->text : NULL;
}

void texts_write(struct out *out)
{
	out_text(out, "const struct pages_pair pages_texts[] = {\n");
	for (size_t i = 0; i < sentence_count; i++) {
		size_t key = words_add(sentences[i].key, strlen(sentences[i].key));

		out_printf(out, "\t{ %zu, %zu },\n", key,
				words_add(sentences[i].text, strlen(sentences[i].text)));
	}
	out_printf(out, "\t{ 0 }\n};\nconst size_t pages_text_count = %zu;\n\n", sentence_count);
}

/* Calls whose string argument is a text key; suffixes: what is appended to it. */
static const struct { const char *call; int argument; const char *suffixes[2]; } calls[] = {
	{ "text_get(", 0, { "", NULL } },
	{ "text_fill(", 1, { "", NULL } },
	{ "form_fault(", 2, { "", NULL } },
	{ "web_error_page(", 4, { ".title", ".text" } },
	{ "FIELD_", 5, { "", NULL } },
};

/* The argument at the wanted place, if it is one plain string literal; else NULL. */
static char *literal_argument(const char *p, int argument)
{
	int depth = 0;

	for (; argument > 0 && *p != '\0'; p++) {
		if (*p == '"') {
			for (p++; *p != '\0' && *p != '"'; p++)
				p += *p == '\\' && p[1] != '\0';
			if (*p == '\0')
				return NULL;
		} else if (*p == '(' || *p == '[') {
			depth++;
		} else if (*p == ')' || *p == ']' || *p == '}') {
			if (depth-- == 0)
				return NULL;
		} else if (*p == ';') {
			return NULL;
		} else if (*p == ',' && depth == 0) {
			argument--;
		}
	}
	p += strspn(p, " \t\n");
	if (*p != '"')
		return NULL;
	const char *end = strchr(p + 1, '"');
	if (end == NULL || (end[1 + strspn(end + 1, " \t\n")] != ',' &&
					   end[1 + strspn(end + 1, " \t\n")] != ')' &&
					   end[1 + strspn(end + 1, " \t\n")] != '}'))
		return NULL;
	char *out = grow(NULL, (size_t)(end - p));
	memcpy(out, p + 1, (size_t)(end - p - 1));
	out[end - p - 1] = '\0';
	return out;
}

void texts_check_c(const char *file)
{
	size_t len = 0;
	char *data = slurp(file, &len);
	int line = 1;

	if (data == NULL) {
		fault(file, 0, "no such file");
		return;
	}
	for (const char *p = data; *p != '\0'; p++) {
		line += *p == '\n';
		for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
			size_t n = strlen(calls[i].call);
			char *key;

			if (strncmp(p, calls[i].call, n) != 0)
				continue;
			key = literal_argument(p + n, calls[i].argument);
			if (key == NULL || strchr(key, '.') == NULL)
				continue;
			for (int s = 0; s < 2 && calls[i].suffixes[s] != NULL; s++) {
				char *whole = join(key, calls[i].suffixes[s]);

				if (texts_find(whole) == NULL)
					fault(file, line, "no such text key: %s", whole);
			}
		}
	}
}
