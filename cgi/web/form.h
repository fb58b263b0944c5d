/*
 * form.h: fields of a form as one table with validators.
 *
 * A handler declares its table, calls form_check, and either gets clean values or fills the page
 * again: everything typed stays, each fault has its field and sentence, and the summary at the top
 * links to each (UI.md 4).
 */
#ifndef TRAM_WEB_FORM_H
#define TRAM_WEB_FORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/pool.h"
#include "base/rc.h"
#include "web/view.h"

enum field_type {
	FIELD_LINE,		/* one line of text, NFC; max 0: 200 characters */
	FIELD_LINES,		/* several lines; max 0: 2000 */
	FIELD_INT,		/* min..max as number */
	FIELD_DATE,		/* dd/mm/yyyy or yyyy-mm-dd → "yyyy-mm-dd"; or a year alone if max = 1 */
	FIELD_TIME,		/* local date and time → "yyyy-mm-ddThh:mm" */
	FIELD_PHONE,		/* digits with blanks and dots → digits, 9..11, starting 0 or +84 */
	FIELD_ID_NUMBER,	/* 9 or 12 digits */
	FIELD_EMAIL,
	FIELD_TAX,		/* 10, 13 (10-3) or 12 digits */
	FIELD_CHOICE,		/* one of choices */
	FIELD_FLAG,		/* checkbox: "1" or "" */
	FIELD_HEX,		/* exactly max hex characters */
	FIELD_PASSWORD		/* as typed, NFC, 1..max characters, never shown again */
};

struct field {
	const char *name;
	enum field_type type;
	bool required;
	int64_t min, max;	/* characters for text, value for INT (max 0: none) */
	const char *choices;	/* "a|b|c" */
	const char *label;	/* text key of its label, for the summary */
};

struct form;

/* From a urlencoded or multipart body. RC_INVALID: malformed, more than 200
 * fields. What is not UTF-8 or holds U+0000 is kept with U+FFFD and becomes a fault in form_check. */
enum rc form_parse(struct pool *pool, const char *content_type, const char *body, size_t len,
		struct form **out) MUST_CHECK;
/* First value as sent (valid UTF-8, NFC), "" when absent. */
const char *form_raw(const struct form *form, const char *name);
/* i-th value of a repeated field, NULL past the last. */
const char *form_raw_at(const struct form *form, const char *name, size_t i);
/* Validates against the table. RC_INVALID: some field is wrong (faults kept in the form). */
enum rc form_check(struct form *form, const struct field *fields, size_t count) MUST_CHECK;
/* Clean values after form_check. */
const char *form_text(const struct form *form, const char *name);
int64_t form_int(const struct form *form, const char *name, int64_t otherwise);
bool form_flag(const struct form *form, const char *name);
/* A fault found by the handler itself: text key. */
void form_fault(struct form *form, const char *field, const char *text_key);
/* The same in words; sentence lives as long as the form. */
void form_fault_say(struct form *form, const char *field, const char *sentence);
bool form_has_faults(const struct form *form);
/* Forgets all of them: a button was pressed for which the fields do not matter yet. */
void form_clear_faults(struct form *form);
/* The first fault of a field as a sentence, "" when it has none. */
const char *form_fault_of(const struct form *form, const char *field);
/* Puts into the view: "<name>" as typed for every field, "<name>_fault" sentences, list "faults"
 * {field, sentence} for the summary partial (field as an id: with "-" for "."), flag "has_faults";
 * for a CHOICE also the flag "<name>_is_<choice>". */
void form_show(const struct form *form, const struct field *fields, size_t count, struct view *view);
/* For a page that cannot show the form again, because somebody was first: what a person typed by
 * hand, as the list "typed" {value}, flag "has_typed". Choices, flags and hidden fields have only
 * lower-case ASCII and are left out. form may be NULL. */
void form_show_typed(const struct form *form, struct view *view);

#endif
