/*
 * embed.c: host tool of the build: makes C of SQL, board data, templates, sentences and static
 * file names. It knows nothing of the program it is built into, and needs nothing but libc.
 *
 *	embed SRC_ROOT OUT_DIR
 *		cgi/schema/<engine>/<database>/NNNN.sql and
 *		board/{catalogue,calendar,forms,keying}.json, board/{communes.tsv,rights.tsv,demo/confirm.json}
 *						→ gen/schema.c, gen/embed.h
 *		www/pages, www/text/vi.txt	→ gen/pages.c (all of it), gen/pages_PROGRAM.c (what that
 *						program of a board shows)
 *		www/static/NAME.EXT		→ static/NAME.<8 hex>.EXT
 *		Touches only files whose content changes, and none when there is a fault.
 *	embed --check-c FILE…
 *		From the source root: every literal text key in these C files stands in vi.txt, and a
 *		program names no page of a folder that is not built into it.
 *
 * Exit: 0; 1 with "file:line: what" on stderr for each fault.
 */
#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "embed.h"

static int fault_count;

void fault(const char *file, int line, const char *format, ...)
{
	va_list args;

	if (line > 0)
		fprintf(stderr, "%s:%d: ", file, line);
	else
		fprintf(stderr, "%s: ", file);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	fault_count++;
}

static _Noreturn void die(const char *what, const char *path)
{
	fprintf(stderr, "embed: %s %s: %s\n", what, path, strerror(errno));
	exit(1);
}

void *grow(void *memory, size_t size_bytes)
{
	void *out = realloc(memory, size_bytes == 0 ? 1 : size_bytes);

	if (out == NULL)
		die("memory", "");
	return out;
}

char *join(const char *a, const char *b)
{
	size_t a_len = strlen(a), b_len = strlen(b);
	char *out = grow(NULL, a_len + b_len + 1);

	memcpy(out, a, a_len);
	memcpy(out + a_len, b, b_len + 1);
	return out;
}

void out_add(struct out *out, const char *bytes, size_t len)
{
	if (out->len + len + 1 > out->cap) {
		out->cap = (out->len + len + 1) * 2;
		out->data = grow(out->data, out->cap);
	}
	if (len > 0)
		memcpy(out->data + out->len, bytes, len);
	out->len += len;
	out->data[out->len] = '\0';
}

void out_text(struct out *out, const char *text)
{
	out_add(out, text, strlen(text));
}

void out_printf(struct out *out, const char *format, ...)
{
	char line[1024];
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(line, sizeof line, format, args);
	va_end(args);
	if (len < 0 || (size_t)len >= sizeof line) {
		errno = ERANGE;
		die("line", format);
	}
	out_add(out, line, (size_t)len);
}

void out_literal(struct out *out, const char *bytes, size_t len)
{
	out_add(out, "\"", 1);
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)bytes[i];

		if (c == '"' || c == '\\' || c == '?')	/* "??" would be a trigraph */
			out_printf(out, "\\%c", c);
		else if (c == '\n')
			out_text(out, "\\n");
		else if (c < 32 || c == 127)
			out_printf(out, "\\%03o", c);
		else
			out_add(out, (const char *)&c, 1);
	}
	out_add(out, "\"", 1);
}

void out_bytes(struct out *out, const char *name, const char *bytes, size_t len)
{
	out_printf(out, "static const unsigned char %s[] = {", name);
	for (size_t i = 0; i < len; i++)
		out_printf(out, "%s%u,", i % 24 == 0 ? "\n" : "", (unsigned char)bytes[i]);
	out_text(out, "0\n};\n");
}

char *slurp(const char *path, size_t *len)
{
	FILE *file = fopen(path, "rb");
	struct out out = { 0 };
	char block[65536];
	size_t got;

	if (file == NULL) {
		if (errno == ENOENT)
			return NULL;
		die("open", path);
	}
	while ((got = fread(block, 1, sizeof block, file)) > 0)
		out_add(&out, block, got);
	if (ferror(file))
		die("read", path);
	fclose(file);
	out_add(&out, "", 0);
	*len = out.len;
	return out.data;
}

static void make_parents(const char *path)
{
	char *copy = join(path, "");

	for (char *p = copy + 1; *p != '\0'; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		if (mkdir(copy, 0777) != 0 && errno != EEXIST)
			die("mkdir", copy);
		*p = '/';
	}
}

void put(const char *path, const char *bytes, size_t len)
{
	size_t old_len = 0;
	char *old = slurp(path, &old_len), *temp;
	FILE *file;

	if (old != NULL && old_len == len && memcmp(old, bytes, len) == 0)
		return;
	make_parents(path);
	temp = join(path, ".tmp");
	file = fopen(temp, "wb");
	if (file == NULL || fwrite(bytes, 1, len, file) != len || fclose(file) != 0)
		die("write", temp);
	if (rename(temp, path) != 0)
		die("rename", path);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void list_into(const char *dir, const char *prefix, struct names *names)
{
	DIR *stream = opendir(dir);
	struct dirent *entry;

	if (stream == NULL)
		return;
	while ((entry = readdir(stream)) != NULL) {
		struct stat st;
		char *path = join(join(dir, "/"), entry->d_name);

		if (entry->d_name[0] == '.' || stat(path, &st) != 0)
			continue;
		if (S_ISDIR(st.st_mode)) {
			list_into(path, join(join(prefix, entry->d_name), "/"), names);
			continue;
		}
		names->at = grow(names->at, (names->count + 1) * sizeof *names->at);
		names->at[names->count++] = join(prefix, entry->d_name);
	}
	closedir(stream);
}

struct names list_files(const char *dir)
{
	struct names names = { 0 };

	list_into(dir, "", &names);
	if (names.count > 0)
		qsort(names.at, names.count, sizeof *names.at, by_name);
	return names;
}

static void schema_files(const char *root, struct out *source)
{
	char *dir = join(root, "/cgi/schema");
	struct names files = list_files(dir);
	struct out table = { 0 };
	size_t count = 0;

	for (size_t i = 0; i < files.count; i++) {
		char name[32];
		const char *file = files.at[i], *database = strchr(file, '/');
		const char *number = database != NULL ? strchr(database + 1, '/') : NULL;
		size_t len = 0;
		char *path = join(join(dir, "/"), file), *sql;

		if (strstr(file, ".sql") == NULL)
			continue;
		if (number == NULL || strspn(number + 1, "0123456789") != 4 ||
				strcmp(number + 5, ".sql") != 0) {
			fault(path, 0, "not <engine>/<database>/NNNN.sql");
			continue;
		}
		sql = slurp(path, &len);
		if (sql == NULL)
			continue;
		snprintf(name, sizeof name, "sql_%zu", count++);
		out_bytes(source, name, sql, len);
		out_printf(&table, "\t{ \"%.*s\", \"%.*s\", %ld, (const char *)%s },\n",
				(int)(database - file), file, (int)(number - database - 1),
				database + 1, strtol(number + 1, NULL, 10), name);
	}
	out_text(source, "const struct embed_sql embed_sql[] = {\n");
	out_add(source, table.data, table.len);
	out_printf(source, "\t{ 0 }\n};\nconst size_t embed_sql_count = %zu;\n", count);
}

static void data_file(const char *root, const char *path, const char *name, struct out *source,
		struct out *header)
{
	size_t len = 0;
	char *bytes = slurp(join(root, path), &len), *array = join(name, "_bytes");

	out_bytes(source, array, bytes != NULL ? bytes : "", len);
	out_printf(source, "const char *const %s = (const char *)%s;\nconst size_t %s_len = %zu;\n",
			name, array, name, len);
	out_printf(header, "extern const char *const %s;\nextern const size_t %s_len;\n", name,
			name);
}

static struct out words;		/* literals, a line each */
static size_t words_len;

size_t words_add(const char *bytes, size_t len)
{
	size_t place = words_len;

	out_text(&words, "\t");
	out_literal(&words, bytes, len);
	out_text(&words, " \"\\0\"\n");
	words_len += len + 1;
	return place;
}

void words_reset(void)
{
	words.len = 0;
	words_len = 0;
}

/* Longer than the 4095 characters that every C11 compiler must take; gcc and clang take it. */
static void words_write(struct out *out)
{
	out_text(out, "#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n"
			"const char pages_words[] =\n");
	out_add(out, words.data, words.len);
	out_text(out, "\t\"\";\n");
}

/* What the named program shows, or everything. */
static void write_pages(const char *out_dir, const char *program)
{
	struct out pages = { 0 };

	words_reset();
	out_text(&pages, "/* Made by web/embed. */\n#include \"web/pages.h\"\n\n");
	texts_write(&pages);
	assets_write(&pages);
	templates_write(&pages, program);
	words_write(&pages);
	put(join(out_dir, program != NULL ? join("/gen/pages_", join(program, ".c")) : "/gen/pages.c"),
			pages.data, pages.len);
}

static void write_schema(const char *root, const char *out_dir)
{
	struct out source = { 0 }, header = { 0 };

	out_text(&header, "/* Made by web/embed. */\n#ifndef TRAM_GEN_EMBED_H\n#define "
			  "TRAM_GEN_EMBED_H\n"
			  "#include <stddef.h>\n\nstruct embed_sql { const char *engine, "
			  "*database; int number; "
			  "const char *sql; };\nextern const struct embed_sql embed_sql[];\n"
			  "extern const size_t embed_sql_count;\n"
			  "/* NUL-terminated; empty where the file is missing. */\n");
	out_text(&source, "/* Made by web/embed. */\n#include \"embed.h\"\n\n");
	schema_files(root, &source);
	data_file(root, "/board/catalogue.json", "embed_catalogue_json", &source, &header);
	data_file(root, "/board/calendar.json", "embed_calendar_json", &source, &header);
	data_file(root, "/board/forms.json", "embed_forms_json", &source, &header);
	data_file(root, "/board/keying.json", "embed_keying_json", &source, &header);
	data_file(root, "/board/communes.tsv", "embed_communes_tsv", &source, &header);
	data_file(root, "/board/rights.tsv", "embed_rights_tsv", &source, &header);
	data_file(root, "/board/exemptions.tsv", "embed_exemptions_tsv", &source, &header);
	data_file(root, "/board/demo/confirm.json", "embed_confirm_json", &source, &header);
	out_text(&header, "#endif\n");
	put(join(out_dir, "/gen/schema.c"), source.data, source.len);
	put(join(out_dir, "/gen/embed.h"), header.data, header.len);
}

int main(int argc, char **argv)
{
	if (argc > 2 && strcmp(argv[1], "--check-c") == 0) {
		texts_read(".");
		for (int i = 2; i < argc; i++) {
			texts_check_c(argv[i]);
			shown_check_c(argv[i]);
		}
		return fault_count > 0;
	}
	if (argc != 3) {
		fputs("usage: embed SRC_ROOT OUT_DIR\n       embed --check-c FILE...\n", stderr);
		return 1;
	}
	texts_read(argv[1]);
	assets_read(argv[1], argv[2]);
	templates_read(argv[1]);
	if (fault_count > 0)
		return 1;
	write_schema(argv[1], argv[2]);
	write_pages(argv[2], NULL);
	write_pages(argv[2], "intake");
	write_pages(argv[2], "admin");
	write_pages(argv[2], "lookup");
	return fault_count > 0;
}
