/*
 * book.c: see book.h.
 */
#include <string.h>

#include "dossier/book.h"

static const char *const kind_names[BOOK_KINDS] = {
	"copy", "signature", "translator", "transaction"
};

/* QĐ 1227/QĐ-BTP and its successors, as the national catalogue numbers them. */
static const struct { const char *code; enum book_kind kind; } procedures[] = {
	{ "2.000815", BOOK_COPY },
	{ "2.000942", BOOK_COPY },
	{ "2.000884", BOOK_SIGNATURE },
	{ "2.000992", BOOK_TRANSLATOR },
	{ "2.001008", BOOK_TRANSLATOR },
	{ "2.001035", BOOK_TRANSACTION },
	{ "2.001019", BOOK_TRANSACTION },
	{ "2.001016", BOOK_TRANSACTION },
	{ "2.001406", BOOK_TRANSACTION },
	{ "2.000913", BOOK_TRANSACTION },
};

const char *book_kind_name(enum book_kind kind)
{
	return kind_names[kind];
}

enum rc book_kind_parse(const char *name, enum book_kind *out)
{
	int i;

	for (i = 0; i < BOOK_KINDS; i++) {
		if (strcmp(kind_names[i], name) == 0) {
			*out = (enum book_kind)i;
			return RC_OK;
		}
	}
	return RC_NOT_FOUND;
}

enum rc book_kind_of(const char *procedure, enum book_kind *out)
{
	size_t i;

	for (i = 0; i < sizeof(procedures) / sizeof(procedures[0]); i++) {
		if (strcmp(procedures[i].code, procedure) == 0) {
			*out = procedures[i].kind;
			return RC_OK;
		}
	}
	return RC_NOT_FOUND;
}

/* More than any book of paper ever had; so that the number after the last one is always a number. */
#define NUMBER_MAX INT64_C(1000000000)

static bool is(const char *kind, const char *name)
{
	return strcmp(kind, name) == 0;
}

static const char *numbered_reason(const struct book_facts *facts, const json_t *body)
{
	int64_t next = facts->last + 1;

	if (facts->last >= NUMBER_MAX || (facts->limit > 0 && facts->last >= facts->limit)
			|| (body && json_int(body, "number", -1) > NUMBER_MAX))
		return "book.rule.full";
	if (body && facts->last >= 0 && json_int(body, "number", -1) != next)
		return "book.rule.next";
	return NULL;
}

/* What speaks of the last number must know it. */
static const char *last_reason(const struct book_facts *facts, const json_t *body)
{
	return body && facts->last >= 0 && json_int(body, "last", -1) != facts->last
			? "book.rule.last" : NULL;
}

static bool gives_away(const json_t *body)
{
	return json_text(body, "to_board")[0] != '\0';
}

/* Given back: all that is left of the block it lives on. Written in where they came from: what had gone from
 * here; whether it had is known to the store. */
static const char *returned_reason(const struct book_facts *facts, const json_t *body)
{
	int64_t first = json_int(body, "first", 0), last = json_int(body, "last", 0);

	if (first < 1 || last < first || last > NUMBER_MAX)
		return "book.rule.block";
	if (gives_away(body))
		return facts->limit == 0 || first != facts->last + 1 || last != facts->limit ?
				"book.rule.returned" : NULL;
	return facts->limit > 0 || last > facts->last ? "book.rule.returned" : NULL;
}

/*
 * Given away: the next numbers, out of those this book may still give. Taken: the very next of a book that
 * had none of its own yet; then what lies after the block before, and only when that is used up or the two
 * join, so that no number is left behind.
 */
static const char *block_reason(const struct book_facts *facts, const json_t *body)
{
	int64_t first = json_int(body, "first", 0), last = json_int(body, "last", 0);

	if (!body || facts->last < 0)
		return NULL;
	if (json_flag(body, "returned"))
		return returned_reason(facts, body);
	if (first < 1 || first > NUMBER_MAX || last < first || last > NUMBER_MAX)
		return "book.rule.block";
	if (gives_away(body))
		return first != facts->last + 1 ? "book.rule.next" :
				facts->limit > 0 && last > facts->limit ? "book.rule.full" : NULL;
	if (facts->limit == 0)
		return first != facts->last + 1 ? "book.rule.block" : NULL;
	if (first <= facts->limit)
		return "book.rule.block";
	return facts->last < facts->limit && first != facts->limit + 1 ? "book.rule.block_left" : NULL;
}

static const char *opened_reason(const json_t *body)
{
	int64_t first = body ? json_int(body, "first", 0) : 1;
	int64_t last = body ? json_int(body, "last", 0) : 0;

	return first < 1 || first > NUMBER_MAX || (last != 0 && last < first) ? "book.rule.block"
			: NULL;
}

enum rc book_check(const struct book_facts *facts, const char *kind, const json_t *body,
		const char **reason)
{
	*reason = NULL;
	if (strncmp(kind, "book.", 5) != 0)
		return RC_OK;
	if (is(kind, "book.opened"))
		*reason = facts->exists ? "book.rule.exists" : opened_reason(body);
	else if (!facts->exists)
		*reason = "book.rule.none";
	else if (is(kind, "book.spoiled"))
		/* Also in a closed book: the number stays, marked. Only one that was given. */
		*reason = body && (json_int(body, "number", 0) < 1
				|| json_int(body, "number", 0) > facts->last) ? "book.rule.given" : NULL;
	else if (facts->closed)
		*reason = "book.rule.closed";
	else if (is(kind, "book.numbered"))
		*reason = numbered_reason(facts, body);
	else if (is(kind, "book.continued") || is(kind, "book.closed"))
		*reason = last_reason(facts, body);
	else if (is(kind, "book.block_taken"))
		*reason = block_reason(facts, body);
	return *reason ? RC_CONFLICT : RC_OK;
}

static void apply_returned(struct book_facts *facts, const json_t *body)
{
	int64_t first = json_int(body, "first", 0), last = json_int(body, "last", 0);

	if (!gives_away(body)) {
		/* Nothing was given behind them: they are the next ones here. */
		if (last == facts->last)
			facts->last = first - 1;
	} else if (first > 1) {
		facts->limit = first - 1;
	} else {
		facts->last = last;	/* a limit of 0 would make it a book of its own numbers */
	}
}

void book_apply(struct book_facts *facts, const char *kind, const json_t *body)
{
	if (is(kind, "book.opened")) {
		facts->exists = true;
		facts->last = body ? json_int(body, "first", 1) - 1 : -1;
		facts->limit = body ? json_int(body, "last", 0) : 0;
	} else if (is(kind, "book.numbered")) {
		/* Gapless: an erased one was the next. */
		facts->last = body ? json_int(body, "number", 0)
				: facts->last < 0 ? -1 : facts->last + 1;
	} else if (is(kind, "book.block_taken") && body && json_flag(body, "returned")) {
		apply_returned(facts, body);
	} else if (is(kind, "book.block_taken") && body && gives_away(body)) {
		facts->last = json_int(body, "last", 0);
	} else if (is(kind, "book.block_taken") && body) {
		if (json_int(body, "first", 1) != facts->limit + 1)
			facts->last = json_int(body, "first", 1) - 1;
		facts->limit = json_int(body, "last", 0);
	} else if (is(kind, "book.closed")) {
		facts->closed = true;
	}
}
