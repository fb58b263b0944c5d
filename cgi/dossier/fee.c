/*
 * fee.c: see fee.h.
 */
#include <stdbool.h>
#include <string.h>

#include "dossier/fee.h"

#define COUNT_MAX 10000
#define AMOUNT_MAX INT64_C(1000000000)	/* times pages times copies fits easily */

/* Every page at first_pages_dong up to first_pages, then next_pages_dong, at most max_per_copy. */
static int64_t certified_copy(const struct fee_rule *rule, int64_t pages)
{
	int64_t first = pages < rule->first_pages ? pages : rule->first_pages;
	int64_t amount = first * rule->first_pages_dong + (pages - first) * rule->next_pages_dong;

	return rule->max_per_copy_dong > 0 && amount > rule->max_per_copy_dong
			? rule->max_per_copy_dong : amount;
}

static bool is_amount(int64_t dong)
{
	return dong >= 0 && dong <= AMOUNT_MAX;
}

static enum rc count_rule(const struct fee_rule *rule, int64_t pages, int64_t copies, int64_t *out)
{
	if (!is_amount(rule->amount_dong) || !is_amount(rule->first_pages_dong)
			|| !is_amount(rule->next_pages_dong) || !is_amount(rule->max_per_copy_dong)
			|| rule->first_pages < 0)
		return RC_INVALID;
	if (strcmp(rule->kind, "flat") == 0)
		*out = rule->amount_dong;
	else if (strcmp(rule->kind, "per_copy") == 0 || strcmp(rule->kind, "per_document") == 0)
		*out = rule->amount_dong * copies;
	else if (strcmp(rule->kind, "certified_copy") == 0)
		*out = certified_copy(rule, pages) * copies;
	else
		return RC_INVALID;
	return RC_OK;
}

enum rc fee_count(const struct fee_rule *rules, size_t rule_count, int64_t pages, int64_t copies,
		struct fee_line *lines, int64_t *total_dong)
{
	int64_t total = 0;
	size_t i;

	*total_dong = 0;
	if (pages < 1 || pages > COUNT_MAX || copies < 1 || copies > COUNT_MAX)
		return RC_INVALID;
	for (i = 0; i < rule_count; i++) {
		lines[i] = (struct fee_line){ rules[i].id, rules[i].name, 0 };
		if (count_rule(&rules[i], pages, copies, &lines[i].amount_dong) != RC_OK)
			return RC_INVALID;
		total += lines[i].amount_dong;
	}
	*total_dong = total;
	return RC_OK;
}
