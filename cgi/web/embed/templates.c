/*
 * templates.c: www/pages/NAME.html → an array of operations (web/pages.h) per template. What can be
 * known at build is settled here: sentences, asset addresses, partials; a wrong name is a fault.
 *
 * A run of blanks with a line break in it becomes one line break, except inside <pre> and
 * <textarea>; a line that holds only section tags leaves nothing behind.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../pages.h"
#include "embed.h"

#define MAX_DEPTH 32
#define MAX_LITERAL 4000	/* C promises string literals of 4095 bytes */

struct op {
	enum pages_code code;
	const char *name;
	char *text;
	size_t len;
	size_t jump;
	int line;
};

struct template {
	char *name, *path;
	struct op *ops;
	size_t count;
	int visiting;			/* while looking for partials that contain themselves */
};

struct parse {
	struct template *template;
	struct out literal;
	bool after_break; /* the last literal character was a line break, or none yet */
	bool keep;			/* inside <pre> or <textarea> */
	size_t open[MAX_DEPTH];
	size_t depth;
	int line;
};

static struct template *templates;
static size_t template_count;

/* Who may show SVG made by our own code without escaping: papers, and pages with a QR to scan; and
 * step2, whose list of procedures is rendered once, by templates. */
static const char *const svg_allowed[] = { "print/", "partial/print_", "center/token",
	"intake/done", "intake/first_dossier",
	"intake/print", "intake/step2", "intake/pay", "partial/vietqr", "admin/otp", "admin/link" };

static bool may_use_svg(const char *name)
{
	for (size_t i = 0; i < sizeof svg_allowed / sizeof svg_allowed[0]; i++) {
		if (strncmp(name, svg_allowed[i], strlen(svg_allowed[i])) == 0)
			return true;
	}
	return false;
}

static struct op *add_op(struct parse *parse, enum pages_code code, const char *name)
{
	struct template *template = parse->template;

	template->ops = grow(template->ops, (template->count + 1) * sizeof *template->ops);
	template->ops[template->count] = (struct op){ code, name, NULL, 0, 0, parse->line };
	return &template->ops[template->count++];
}

static void flush_literal(struct parse *parse)
{
	size_t at = 0;

	while (at < parse->literal.len) {
		size_t n = parse->literal.len - at;
		struct op *op = add_op(parse, PAGES_TEXT, NULL);

		op->len = n > MAX_LITERAL ? MAX_LITERAL : n;
		op->text = grow(NULL, op->len);
		memcpy(op->text, parse->literal.data + at, op->len);
		at += op->len;
	}
	parse->literal.len = 0;
}

/* Takes source text up to the next tag; returns where that is. */
static const char *take_text(struct parse *parse, const char *p)
{
	while (*p != '\0' && strncmp(p, "{{", 2) != 0) {
		size_t run = strspn(p, " \t\r\n");

		if (*p == '<') {
			if (strncasecmp(p, "<pre", 4) == 0 || strncasecmp(p, "<textarea", 9) == 0)
				parse->keep = true;
			else if (strncasecmp(p, "</pre", 5) == 0 ||
					strncasecmp(p, "</textarea", 10) == 0)
				parse->keep = false;
		}
		if (run == 0 || parse->keep) {
			parse->line += *p == '\n';
			parse->after_break = false;
			out_add(&parse->literal, p++, 1);
			continue;
		}
		bool broken = memchr(p, '\n', run) != NULL;
		if (broken && !parse->after_break)
			out_add(&parse->literal, "\n", 1);
		else if (!broken && !parse->after_break)
			out_add(&parse->literal, p, run);
		parse->after_break = parse->after_break || broken;
		for (size_t i = 0; i < run; i++)
			parse->line += p[i] == '\n';
		p += run;
	}
	return p;
}

static bool is_name(const char *name)
{
	return name[0] != '\0' && name[strspn(name, "abcdefghijklmnopqrstuvwxyz"
			"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-")] == '\0';
}

static void add_value(struct parse *parse, enum pages_code code, const char *name)
{
	flush_literal(parse);
	if (!is_name(name))
		fault(parse->template->path, parse->line, "not a name: {{%s}}", name);
	add_op(parse, code, name);
	parse->after_break = false;
}

/* {{t key a b}}: the sentence, escaped, with the values named a and b for {0} and {1}. */
static void add_sentence(struct parse *parse, char *arguments)
{
	char *words[10];
	size_t count = 0;
	const char *text;

	while (count < 10 && *(arguments += strspn(arguments, " \t\n")) != '\0') {
		words[count++] = arguments;
		arguments += strcspn(arguments, " \t\n");
		if (*arguments != '\0')
			*arguments++ = '\0';
	}
	text = count > 0 ? texts_find(words[0]) : NULL;
	if (text == NULL) {
		fault(parse->template->path, parse->line, "no such text key: %s",
				count > 0 ? words[0] : "");
		text = count > 0 ? words[0] : "";
	}
	for (; *text != '\0'; text++) {
		if (text[0] == '{' && text[1] >= '0' && text[1] <= '9' && text[2] == '}') {
			size_t i = (size_t)(text[1] - '0') + 1;

			if (i >= count)
				fault(parse->template->path, parse->line, "no value for {%zu}",
						i - 1);
			else
				add_value(parse, PAGES_VALUE, words[i]);
			text += 2;
		} else if (*text == '&') {
			out_text(&parse->literal, "&amp;");
		} else if (*text == '<') {
			out_text(&parse->literal, "&lt;");
		} else if (*text == '>') {
			out_text(&parse->literal, "&gt;");
		} else if (*text == '"') {
			out_text(&parse->literal, "&quot;");
		} else {
			out_add(&parse->literal, text, 1);
		}
	}
	parse->after_break = false;
}

static void close_section(struct parse *parse, const char *name)
{
	struct template *template = parse->template;
	struct op *open;

	if (parse->depth == 0) {
		fault(template->path, parse->line, "{{/%s}} without its beginning", name);
		return;
	}
	open = &template->ops[parse->open[--parse->depth]];
	if (strcmp(open->name, name) != 0)
		fault(template->path, parse->line, "{{/%s}} closes {{%s}} of line %d", name,
				open->name, open->line);
	if (open->code == PAGES_SECTION)
		add_op(parse, PAGES_END, NULL)->jump = parse->open[parse->depth];
	template->ops[parse->open[parse->depth]].jump = template->count -
			(template->ops[parse->open[parse->depth]].code == PAGES_SECTION);
}

static void take_tag(struct parse *parse, char *tag)
{
	const char *path = parse->template->path;

	if (tag[0] == '!')
		return;
	if (tag[0] == '#' || tag[0] == '^' || tag[0] == '/' || tag[0] == '>') {
		char *name = tag + 1 + strspn(tag + 1, " \t");

		flush_literal(parse);
		if (tag[0] == '>') {
			add_op(parse, PAGES_PARTIAL, name);
			return;
		}
		if (!is_name(name))
			fault(path, parse->line, "not a name: {{%s}}", tag);
		if (tag[0] == '/') {
			close_section(parse, name);
			return;
		}
		add_op(parse, tag[0] == '#' ? PAGES_SECTION : PAGES_UNLESS, name);
		if (parse->depth == MAX_DEPTH)
			fault(path, parse->line, "sections too deep");
		else
			parse->open[parse->depth++] = parse->template->count - 1;
	} else if (strncmp(tag, "t ", 2) == 0) {
		add_sentence(parse, tag + 2);
	} else if (strncmp(tag, "asset ", 6) == 0) {
		const char *address = assets_find(tag + 6);

		if (address == NULL)
			fault(path, parse->line, "no such file in www/static: %s", tag + 6);
		else
			out_text(&parse->literal, address);
		parse->after_break = false;
	} else if (strncmp(tag, "unsafe_svg ", 11) == 0) {
		if (!may_use_svg(parse->template->name))
			fault(path, parse->line,
					"unsafe_svg is not allowed in this template (see "
					"templates.c)");
		add_value(parse, PAGES_SVG, tag + 11);
	} else if (strcmp(tag, "t") == 0 || strcmp(tag, "asset") == 0) {
		fault(path, parse->line, "{{%s}} without an argument", tag);
	} else {
		add_value(parse, PAGES_VALUE, tag);
	}
}

static void parse_template(struct template *template, const char *p)
{
	struct parse parse = { .template = template, .after_break = true, .line = 1 };

	for (p = take_text(&parse, p); *p != '\0'; p = take_text(&parse, p)) {
		const char *end = strstr(p, "}}");
		char *tag;

		if (end == NULL) {
			fault(template->path, parse.line, "{{ without }}");
			return;
		}
		p += 2 + strspn(p + 2, " \t\n");
		tag = grow(NULL, (size_t)(end - p) + 1);
		memcpy(tag, p, (size_t)(end - p));
		tag[end - p] = '\0';
		for (size_t n = strlen(tag); n > 0 && strchr(" \t\n", tag[n - 1]) != NULL; n--)
			tag[n - 1] = '\0';
		take_tag(&parse, tag);
		for (; p < end; p++)
			parse.line += *p == '\n';
		p = end + 2;
	}
	flush_literal(&parse);
	while (parse.depth > 0)
		fault(template->path, template->ops[parse.open[parse.depth - 1]].line,
				"{{%s}} is not closed",
				template->ops[parse.open[parse.depth - 1]].name),
				parse.depth--;
	add_op(&parse, PAGES_STOP, NULL);
}

static void resolve_partials(struct template *template)
{
	template->visiting = 1;
	for (size_t i = 0; i < template->count; i++) {
		struct op *op = &template->ops[i];
		size_t k = 0;

		if (op->code != PAGES_PARTIAL)
			continue;
		while (k < template_count && strcmp(templates[k].name, op->name) != 0)
			k++;
		op->jump = k;
		if (k == template_count) {
			fault(template->path, op->line, "no such partial: %s", op->name);
			op->code = PAGES_TEXT;
			op->name = NULL;
		} else if (templates[k].visiting == 1) {
			fault(template->path, op->line, "a partial within itself: %s", op->name);
		} else if (templates[k].visiting == 0) {
			resolve_partials(&templates[k]);
		}
	}
	template->visiting = 2;
}

struct hashed { uint32_t hash; const char *name; };

static int by_hash(const void *a, const void *b)
{
	const struct hashed *x = a, *y = b;

	return x->hash < y->hash ? -1 : x->hash > y->hash;
}

static void check_hashes(void)
{
	struct hashed *names = NULL;
	size_t count = 0;

	for (size_t i = 0; i < template_count; i++) {
		for (size_t k = 0; k < templates[i].count; k++) {
			const char *name = templates[i].ops[k].name;

			if (name == NULL || templates[i].ops[k].code == PAGES_PARTIAL)
				continue;
			names = grow(names, (count + 1) * sizeof *names);
			names[count++] = (struct hashed){ pages_hash(name), name };
		}
	}
	if (count > 0)
		qsort(names, count, sizeof *names, by_hash);
	for (size_t i = 1; i < count; i++) {
		if (names[i].hash == names[i - 1].hash &&
				strcmp(names[i].name, names[i - 1].name) != 0)
			fault("www/pages", 0, "rename a value: %s and %s hash alike", names[i].name,
					names[i - 1].name);
	}
}

void templates_read(const char *root)
{
	char *dir = join(root, "/www/pages/");
	struct names files = list_files(dir);

	templates = grow(NULL, (files.count + 1) * sizeof *templates);
	for (size_t i = 0; i < files.count; i++) {
		size_t n = strlen(files.at[i]), len = 0;
		struct template *template = &templates[template_count];
		char *source;

		if (n < 6 || strcmp(files.at[i] + n - 5, ".html") != 0)
			continue;
		memset(template, 0, sizeof *template);
		template->path = join(dir, files.at[i]);
		template->name = join(files.at[i], "");
		template->name[n - 5] = '\0';
		source = slurp(template->path, &len);
		parse_template(template, source != NULL ? source : "");
		template_count++;
	}
	for (size_t i = 0; i < template_count; i++) {
		if (templates[i].visiting == 0)
			resolve_partials(&templates[i]);
	}
	check_hashes();
}

static int by_template(const void *a, const void *b)
{
	return strcmp(templates[*(const size_t *)a].name, templates[*(const size_t *)b].name);
}

static void write_ops(struct out *out, const struct template *template, const size_t *place)
{
	static const char *const codes[] = {"PAGES_TEXT", "PAGES_VALUE", "PAGES_SVG",
			"PAGES_SECTION", "PAGES_UNLESS", "PAGES_END", "PAGES_PARTIAL",
			"PAGES_STOP"};

	out_printf(out, "\t/* %s */\n", template->name);
	for (size_t k = 0; k < template->count; k++) {
		const struct op *op = &template->ops[k];
		size_t jump = op->code == PAGES_PARTIAL ? place[op->jump] : op->jump;
		size_t hash = op->name != NULL ? pages_hash(op->name) : 0;

		if (op->code == PAGES_PARTIAL && jump == SIZE_MAX)
			fault(template->path, op->line, "a partial that this program has not: %s",
					op->name);
		if (op->code == PAGES_TEXT) {
			jump = words_add(op->text, op->len);
			hash = op->len;
		}
		out_printf(out, "\t{ %s, %zuu, %zu },\n", codes[op->code], hash, jump);
	}
}

void templates_write(struct out *out, const char *program)
{
	size_t *order = grow(NULL, template_count * sizeof *order);
	size_t *place = grow(NULL, template_count * sizeof *place);
	size_t count = 0;

	for (size_t i = 0; i < template_count; i++) {
		place[i] = SIZE_MAX;
		if (shown_in(program, templates[i].name))
			order[count++] = i;
	}
	if (count > 0)
		qsort(order, count, sizeof *order, by_template);
	for (size_t i = 0; i < count; i++)
		place[order[i]] = i;
	out_text(out, "const struct pages_op pages_ops[] = {\n");
	for (size_t i = 0; i < count; i++)
		write_ops(out, &templates[order[i]], place);
	out_text(out, "\t{ PAGES_STOP, 0, 0 }\n};\nconst struct pages_template pages_templates[] = {\n");
	for (size_t i = 0, first = 0; i < count; first += templates[order[i]].count, i++) {
		const char *name = templates[order[i]].name;

		out_printf(out, "\t{ %zu, %zu },\n", words_add(name, strlen(name)), first);
	}
	out_printf(out, "\t{ 0 }\n};\nconst size_t pages_template_count = %zu;\n", count);
}
