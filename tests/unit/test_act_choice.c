/*
 * test_act_choice.c: which act is the one big button, and which are offered to whom.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "intake/act_choice.c"

#define MAX 32
#define CLERK ROLE_INTAKE

static struct dossier_facts in_state(enum dossier_state state, enum holder holder)
{
	return (struct dossier_facts){ .state = state, .holder = holder };
}

static const char *next_of(enum dossier_state state, enum holder holder, enum level level)
{
	struct dossier_facts facts = in_state(state, holder);
	const struct act_choice *next = act_choice_next(&facts, level);

	return next != NULL ? next->key : "-";
}

/* Keys that the roles are offered, blanks between. */
static void offered(enum dossier_state state, enum level level, unsigned roles, const char *expected)
{
	struct dossier_facts facts = in_state(state, HOLDER_BOARD);
	const struct act_choice *out[MAX];
	char text[512] = "";
	size_t count = act_choice_list(&facts, level, roles, out, MAX), len = 0;

	for (size_t i = 0; i < count; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s", i > 0 ? " " : "",
				out[i]->key);
	assert_string_equal(text, expected);
}

static void commune_way(void **state)
{
	(void)state;
	assert_string_equal(next_of(STATE_ACCEPTED, HOLDER_BOARD, LEVEL_COMMUNE), "forward");
	assert_string_equal(next_of(STATE_FORWARDED, HOLDER_BOARD, LEVEL_COMMUNE), "take");
	assert_string_equal(next_of(STATE_PROCESSING, HOLDER_BOARD, LEVEL_COMMUNE), "to_sign");
	assert_string_equal(next_of(STATE_SIGNING, HOLDER_BOARD, LEVEL_COMMUNE), "sign");
	assert_string_equal(next_of(STATE_SIGNED, HOLDER_BOARD, LEVEL_COMMUNE), "finish");
	assert_string_equal(next_of(STATE_RESULT, HOLDER_BOARD, LEVEL_COMMUNE), "return");
}

static void province_way(void **state)
{
	(void)state;
	assert_string_equal(next_of(STATE_ACCEPTED, HOLDER_BOARD, LEVEL_PROVINCE), "hand_over");
	assert_string_equal(next_of(STATE_FORWARDED, HOLDER_CENTER, LEVEL_PROVINCE), "-");
	assert_string_equal(next_of(STATE_PROCESSING, HOLDER_CENTER, LEVEL_PROVINCE), "-");
	assert_string_equal(next_of(STATE_RESULT, HOLDER_BOARD, LEVEL_PROVINCE), "return");
	assert_string_equal(next_of(STATE_RESULT, HOLDER_CENTER, LEVEL_PROVINCE), "-");
}

static void nothing_after_the_end(void **state)
{
	static const enum dossier_state ends[] = { STATE_RETURNED, STATE_REFUSED, STATE_WITHDRAWN,
		STATE_STOPPED, STATE_VOIDED };

	(void)state;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		assert_string_equal(next_of(ends[i], HOLDER_BOARD, LEVEL_COMMUNE), "-");
		offered(ends[i], LEVEL_COMMUNE, ROLES_STAFF,
				ends[i] == STATE_RETURNED ? "note place recall_result erase" : "note place erase");
	}
}

static void by_role(void **state)
{
	(void)state;
	offered(STATE_ACCEPTED, LEVEL_COMMUNE, CLERK,
			"forward note scan replace call question place originals propose amend lost_slip change external withdraw pay_ask void");
	offered(STATE_ACCEPTED, LEVEL_COMMUNE, ROLE_SPECIALIST,
			"take to_sign note question place propose extend stop pay_ask");
	offered(STATE_ACCEPTED, LEVEL_PROVINCE, CLERK,
			"hand_over note scan replace call question place originals propose amend lost_slip change external withdraw pay_ask void");
	offered(STATE_ACCEPTED, LEVEL_PROVINCE, ROLE_SPECIALIST, "note question place propose extend stop pay_ask");
	offered(STATE_PROCESSING, LEVEL_COMMUNE, ROLE_SPECIALIST,
			"to_sign finish note question place propose extend send_back previous stop pay_ask");
	offered(STATE_PROCESSING, LEVEL_COMMUNE, CLERK,
			"note scan replace call question place originals propose amend lost_slip external withdraw pay_ask");
	offered(STATE_FORWARDED, LEVEL_COMMUNE, CLERK,
			"note scan replace call question place originals propose amend lost_slip recall external withdraw pay_ask void");
	offered(STATE_FORWARDED, LEVEL_COMMUNE, ROLE_MANAGER,
			"note replace call question place originals supplement refuse amend due extend recall external withdraw stop pay_ask void");
	offered(STATE_SIGNING, LEVEL_COMMUNE, ROLE_SIGNER, "sign note question place refuse previous");
	offered(STATE_SIGNING, LEVEL_COMMUNE, CLERK,
			"note scan replace call question place originals propose amend lost_slip external withdraw void");
	offered(STATE_RESULT, LEVEL_COMMUNE, ROLE_RETURNER,
			"return note call question place originals lost_slip");
	offered(STATE_RESULT, LEVEL_COMMUNE, ROLE_TECHNICIAN, "");
}

static void first_is_next(void **state)
{
	struct dossier_facts facts = in_state(STATE_SIGNED, HOLDER_BOARD);
	const struct act_choice *out[MAX];

	(void)state;
	assert_int_equal(act_choice_list(&facts, LEVEL_COMMUNE, ROLES_STAFF, out, 1), 1);
	assert_string_equal(out[0]->key, "finish");
	assert_int_equal(act_choice_list(&facts, LEVEL_COMMUNE, ROLES_STAFF, out, 0), 0);
	assert_null(act_choice_find("nothing"));
}

/* Held by the province: notes, and the request for what only the holder does. */
static void asked_of_the_province(void **state)
{
	struct dossier_facts facts = in_state(STATE_FORWARDED, HOLDER_CENTER);
	const struct act_choice *out[MAX];
	size_t count = act_choice_list(&facts, LEVEL_PROVINCE, CLERK, out, MAX), asked = 0;

	(void)state;
	for (size_t i = 0; i < count; i++) {
		asked += strcmp(out[i]->key, "request") == 0;
		assert_int_equal(kind_find(out[i]->kind, 1)->class, KIND_NOTE);
	}
	assert_int_equal(asked, 1);
	count = act_choice_list(&facts, LEVEL_PROVINCE, ROLE_SPECIALIST, out, MAX);
	for (size_t i = 0; i < count; i++)
		assert_string_not_equal(out[i]->key, "request");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commune_way),
		cmocka_unit_test(province_way),
		cmocka_unit_test(nothing_after_the_end),
		cmocka_unit_test(by_role),
		cmocka_unit_test(first_is_next),
		cmocka_unit_test(asked_of_the_province),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
