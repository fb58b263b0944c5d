/*
 * test_rule.c: every kind in every state by both authors under both holders, against a table
 * written from the workflow (DOMAIN §1.3), not from the code.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "dossier/kind.h"
#include "dossier/request_act.h"

/* none accepted forwarded processing signing siGned sUpplement paYment result returned (T)
 * refused (X) withdrawn stopped (O) voided, in the order of enum dossier_state. */
static const char letters[] = "NAFPSGUYRTXWOV";

/* moves: from and to, e.g. "AF" = accepted → forwarded. by: b, c. holder after: b, c, = . Facts
 * before: taken by nobody unless the state says so; supplement and payment resume PROCESSING. */
static const struct { const char *kind, *by, *moves; char holder; } table[] = {
	{ "dossier.accepted", "b", "NA", 'b' },
	{ "dossier.late_entered", "b", "NA", 'b' },
	{ "dossier.taken_over", "b", "NA", 'b' },
	{ "dossier.result_brought", "b", "NR", 'b' },
	{ "dossier.intake_refused", "b", "NX", 'b' },
	{ "dossier.forwarded", "bc", "AF PF", '=' },
	{ "dossier.sent_back", "bc", "FA PA", '=' },
	{ "dossier.returned_to_previous", "bc", "PF SP GS RP", '=' },
	{ "dossier.taken", "bc", "AP FP", '=' },
	{ "dossier.reassigned", "bc", "AA FF PP SS GG UU YY RR", '=' },
	{ "dossier.sent_to_sign", "bc", "AS PS", '=' },
	{ "dossier.signed", "bc", "SG", '=' },
	{ "dossier.sign_refused", "bc", "SP", '=' },
	{ "dossier.finished", "bc", "PR GR", '=' },
	{ "dossier.handed_over", "b", "AF FF PF", 'c' },
	{ "dossier.handed_back", "c", "AA UU YY RR XX WW OO", 'b' },
	{ "dossier.supplement_requested", "bc", "AU FU PU", '=' },
	{ "dossier.supplement_received", "bc", "UP", '=' },
	{ "dossier.payment_requested", "bc", "AY FY PY GY", '=' },
	{ "dossier.payment_met", "bc", "YP", '=' },
	{ "dossier.extended", "bc", "AA FF PP SS GG UU YY", '=' },
	{ "dossier.withdrawn", "bc", "AW FW PW SW UW YW", '=' },
	{ "dossier.stopped", "bc", "AO FO PO SO UO YO", '=' },
	{ "dossier.refused", "bc", "AX FX PX SX GX UX YX", '=' },
	{ "dossier.result_returned", "bc", "RT", '=' },
	{ "dossier.part_returned", "bc", "RR", '=' },
	{ "dossier.result_recalled", "bc", "TR", '=' },
	{ "dossier.amended", "bc", "AA FF PP SS GG UU YY RR", '=' },
	{ "dossier.voided", "b", "AV FV", '=' },
	{ "dossier.procedure_changed", "b", "AA", '=' },
	{ "dossier.manifest_changed", "bc", "AA FF PP SS GG UU YY RR", '=' },
	{ "dossier.file_replaced", "bc", "AA FF PP SS GG UU YY RR", '=' },
	{ "dossier.due_adjusted", "bc", "AA FF PP SS GG UU YY", '=' },
	{ "dossier.linked", "bc", "AA FF PP SS GG UU YY RR", '=' },
};
/* Not in the table: recalled (depends on who has taken it), seized (the holder does not write). */
static const char *const apart[] = { "dossier.recalled", "dossier.seized" };

static struct dossier_facts facts_of(enum dossier_state state, enum holder holder)
{
	struct dossier_facts facts = { state, holder, STATE_NONE, 0, 0, false, false };

	if (state == STATE_SUPPLEMENT || state == STATE_PAYMENT)
		facts.resume_state = STATE_PROCESSING;
	facts.has_result = state == STATE_RESULT || state == STATE_RETURNED;
	facts.taken_by_next = state >= STATE_PROCESSING && state <= STATE_RETURNED;
	return facts;
}

static char target(const char *moves, char from)
{
	for (; *moves; moves += moves[2] ? 3 : 2) {
		if (moves[0] == from)
			return moves[1];
	}
	return '\0';
}

static void one_transition(size_t row, enum dossier_state from, enum holder holder,
		enum event_author author)
{
	const struct kind *kind = kind_find(table[row].kind, 1);
	struct dossier_facts facts = facts_of(from, holder);
	char letter = author == AUTHOR_BOARD ? 'b' : 'c', to = target(table[row].moves, letters[from]);
	bool first = from == STATE_NONE;
	bool holds = first || (holder == HOLDER_BOARD) == (author == AUTHOR_BOARD);
	bool legal = strchr(table[row].by, letter) && to && holds;
	json_t *body = json_object();
	const char *reason = NULL;
	enum rc rc;

	assert_non_null(kind);
	rc = rule_check(&facts, kind, author, body, &reason);
	json_decref(body);
	if ((rc == RC_OK) != legal)
		fail_msg("%s by %c in %c held by %d: %s", table[row].kind, letter, letters[from], holder,
				reason ? reason : "allowed");
	if (!legal) {
		assert_int_equal(rc, RC_CONFLICT);
		assert_non_null(reason);
		assert_memory_equal(reason, "rule.", 5);
		return;
	}
	assert_null(reason);
	rule_apply(&facts, kind);
	if (letters[facts.state] != to)
		fail_msg("%s in %c goes to %c", table[row].kind, letters[from], letters[facts.state]);
	if (table[row].holder == '=')
		assert_int_equal(facts.holder, holder);
	else
		assert_int_equal(facts.holder, table[row].holder == 'c' ? HOLDER_CENTER : HOLDER_BOARD);
}

static void the_whole_matrix(void **state)
{
	size_t row;
	int from;

	(void)state;
	for (row = 0; row < sizeof(table) / sizeof(table[0]); row++) {
		for (from = STATE_NONE; from <= STATE_VOIDED; from++) {
			enum dossier_state s = (enum dossier_state)from;

			one_transition(row, s, HOLDER_BOARD, AUTHOR_BOARD);
			one_transition(row, s, HOLDER_BOARD, AUTHOR_CENTER);
			one_transition(row, s, HOLDER_CENTER, AUTHOR_BOARD);
			one_transition(row, s, HOLDER_CENTER, AUTHOR_CENTER);
		}
	}
}

static void every_state_kind_is_in_the_matrix(void **state)
{
	size_t i, row;

	(void)state;
	for (i = 0; i < kind_count; i++) {
		bool found = kind_table[i].class != KIND_STATE;

		for (row = 0; row < sizeof(table) / sizeof(table[0]); row++)
			found = found || strcmp(table[row].kind, kind_table[i].name) == 0;
		for (row = 0; row < sizeof(apart) / sizeof(apart[0]); row++)
			found = found || strcmp(apart[row], kind_table[i].name) == 0;
		if (!found)
			fail_msg("no row for %s", kind_table[i].name);
	}
}

/* Notes: any state but none, whoever holds, by the authors the kind names; nothing changes. */
static void notes_commute(void **state)
{
	static const char *const center_only[] = { "code.issued", "manifest.complete" };
	static const char *const board_only[] = { "slip.printed", "slip.handwritten", "slip.replaced" };
	const char *reason;
	size_t i, j;
	int s, side;

	(void)state;
	for (i = 0; i < kind_count; i++) {
		const struct kind *kind = &kind_table[i];
		bool board = true, center = true;

		if (kind->class != KIND_NOTE)
			continue;
		for (j = 0; j < sizeof(center_only) / sizeof(center_only[0]); j++)
			board = board && strcmp(kind->name, center_only[j]) != 0;
		for (j = 0; j < sizeof(board_only) / sizeof(board_only[0]); j++)
			center = center && strcmp(kind->name, board_only[j]) != 0;
		for (s = STATE_NONE; s <= STATE_VOIDED; s++) {
			for (side = 0; side < 4; side++) {
				enum event_author author = side & 1 ? AUTHOR_CENTER : AUTHOR_BOARD;
				struct dossier_facts facts = facts_of((enum dossier_state)s,
						side & 2 ? HOLDER_CENTER : HOLDER_BOARD);
				struct dossier_facts before = facts;
				bool legal = s != STATE_NONE && (side & 1 ? center : board);

				if ((rule_check(&facts, kind, author, NULL, &reason) == RC_OK) != legal)
					fail_msg("%s in %c by %d", kind->name, letters[s], side & 1);
				rule_apply(&facts, kind);
				assert_memory_equal(&facts, &before, sizeof(facts));
			}
		}
	}
}

static void other_subjects_ask_for_the_author_alone(void **state)
{
	const char *reason;

	(void)state;
	assert_int_equal(rule_check(NULL, kind_find("station.opened", 1), AUTHOR_BOARD, NULL, &reason),
			RC_OK);
	assert_int_equal(rule_check(NULL, kind_find("board.fenced", 1), AUTHOR_CENTER, NULL, &reason),
			RC_OK);
	assert_int_equal(rule_check(NULL, kind_find("board.fenced", 1), AUTHOR_BOARD, NULL, &reason),
			RC_CONFLICT);
	assert_string_equal(reason, "rule.author");
	assert_int_equal(rule_check(NULL, kind_find("book.numbered", 1), AUTHOR_CENTER, NULL, &reason),
			RC_CONFLICT);
}

/* Refused with this reason, or "" = may follow and is applied. */
static void act(struct dossier_facts *facts, const char *name, enum event_author author,
		const char *reason)
{
	const struct kind *kind = kind_find(name, 1);
	json_t *body = json_object();
	const char *why = NULL;
	enum rc rc;

	assert_non_null(kind);
	rc = rule_check(facts, kind, author, body, &why);
	json_decref(body);
	if (*reason) {
		if (rc == RC_OK)
			fail_msg("%s should be refused", name);
		assert_string_equal(why, reason);
		return;
	}
	if (rc != RC_OK)
		fail_msg("%s refused: %s", name, why);
	rule_apply(facts, kind);
}

#define BOARD(name, reason) act(&facts, "dossier." name, AUTHOR_BOARD, reason)
#define CENTER(name, reason) act(&facts, "dossier." name, AUTHOR_CENTER, reason)

static void decided_by_the_commune(void **state)
{
	struct dossier_facts facts = { 0 };

	(void)state;
	BOARD("taken", "rule.none");
	BOARD("accepted", "");
	BOARD("accepted", "rule.exists");
	BOARD("result_returned", "rule.state");
	BOARD("forwarded", "");
	assert_false(facts.taken_by_next);
	BOARD("taken", "");
	assert_true(facts.taken_by_next);
	CENTER("finished", "rule.holder");
	BOARD("sent_to_sign", "");
	BOARD("finished", "rule.state");
	BOARD("signed", "");
	BOARD("withdrawn", "rule.state");
	BOARD("finished", "");
	assert_true(facts.has_result);
	BOARD("part_returned", "");
	BOARD("result_returned", "");
	assert_int_equal(facts.returns, 2);
	assert_true(facts.has_result);
	BOARD("amended", "rule.closed");
	BOARD("result_recalled", "");
	assert_int_equal(facts.state, STATE_RESULT);
	assert_int_equal(facts.returns, 1);
	BOARD("returned_to_previous", "");
	assert_false(facts.has_result);
	assert_int_equal(facts.state, STATE_PROCESSING);
}

static void decided_by_the_province(void **state)
{
	struct dossier_facts facts = { 0 };

	(void)state;
	BOARD("accepted", "");
	CENTER("taken", "rule.holder");
	BOARD("handed_over", "");
	assert_int_equal(facts.holder, HOLDER_CENTER);
	assert_int_equal(facts.state, STATE_FORWARDED);
	BOARD("voided", "rule.holder");
	BOARD("manifest_changed", "rule.holder");
	BOARD("recalled", "rule.holder");
	CENTER("recalled", "rule.state");
	CENTER("handed_back", "rule.state");
	CENTER("taken", "");
	CENTER("supplement_requested", "");
	CENTER("handed_back", "");
	assert_int_equal(facts.state, STATE_SUPPLEMENT);
	BOARD("supplement_received", "");
	assert_int_equal(facts.state, STATE_PROCESSING);
	BOARD("handed_over", "");
	CENTER("taken", "");
	CENTER("finished", "");
	BOARD("result_returned", "rule.holder");
	CENTER("handed_back", "");
	CENTER("handed_back", "rule.holder");
	BOARD("result_returned", "");
	assert_int_equal(facts.state, STATE_RETURNED);
	assert_int_equal(facts.holder, HOLDER_BOARD);
}

static void sent_back_by_the_province(void **state)
{
	struct dossier_facts facts = { 0 };

	(void)state;
	BOARD("accepted", "");
	BOARD("handed_over", "");
	CENTER("taken", "");
	CENTER("sent_back", "");
	CENTER("handed_back", "");
	assert_int_equal(facts.state, STATE_ACCEPTED);
	assert_false(facts.taken_by_next);
	BOARD("voided", "");
	BOARD("voided", "rule.closed");
}

static void recall_and_void_end_when_it_is_taken(void **state)
{
	struct dossier_facts facts = { 0 };

	(void)state;
	BOARD("accepted", "");
	BOARD("recalled", "rule.state");
	BOARD("forwarded", "");
	BOARD("recalled", "");
	assert_int_equal(facts.state, STATE_ACCEPTED);
	BOARD("forwarded", "");
	BOARD("taken", "");
	BOARD("recalled", "rule.state");
	BOARD("voided", "rule.state");
	/* Passed on to a second desk, it comes back to the first, and cannot be voided. */
	BOARD("forwarded", "");
	BOARD("voided", "rule.taken");
	BOARD("recalled", "");
	assert_int_equal(facts.state, STATE_PROCESSING);
	BOARD("sent_back", "");
	BOARD("voided", "");
}

static void what_waits_for_its_first_signature_can_be_voided(void **state)
{
	struct dossier_facts facts = { 0 };

	(void)state;
	BOARD("accepted", "");
	BOARD("sent_to_sign", "");
	BOARD("voided", "");
	memset(&facts, 0, sizeof(facts));
	BOARD("accepted", "");
	BOARD("taken", "");
	BOARD("sent_to_sign", "");
	BOARD("voided", "rule.taken");
	memset(&facts, 0, sizeof(facts));
	BOARD("accepted", "");
	BOARD("sent_to_sign", "");
	BOARD("signed", "");
	BOARD("voided", "rule.state");
}

static void clocks_stop_and_go_on(void **state)
{
	struct dossier_facts facts = { 0 };

	(void)state;
	BOARD("accepted", "");
	BOARD("supplement_requested", "");
	assert_int_equal(facts.resume_state, STATE_ACCEPTED);
	BOARD("payment_met", "rule.state");
	BOARD("supplement_received", "");
	assert_int_equal(facts.state, STATE_ACCEPTED);
	assert_int_equal(facts.resume_state, STATE_NONE);
	BOARD("sent_to_sign", "");
	BOARD("signed", "");
	BOARD("payment_requested", "");
	BOARD("manifest_changed", "");
	assert_int_equal(facts.resume_state, STATE_SIGNED);
	BOARD("payment_met", "");
	assert_int_equal(facts.state, STATE_SIGNED);
	BOARD("payment_requested", "");
	BOARD("refused", "");
	assert_int_equal(facts.resume_state, STATE_NONE);
}

static void one_apology_by_default(void **state)
{
	const struct kind *kind = kind_find("dossier.extended", 1);
	struct dossier_facts facts = facts_of(STATE_PROCESSING, HOLDER_BOARD);
	json_t *twice = json_pack("{s:i}", "allowed", 2);
	const char *reason;

	(void)state;
	BOARD("extended", "");
	assert_int_equal(facts.extensions, 1);
	BOARD("extended", "rule.extended");
	assert_int_equal(rule_check(&facts, kind, AUTHOR_BOARD, twice, &reason), RC_OK);
	/* Erased bodies were checked when they were written. */
	assert_int_equal(rule_check(&facts, kind, AUTHOR_BOARD, NULL, &reason), RC_OK);
	rule_apply(&facts, kind);
	assert_int_equal(rule_check(&facts, kind, AUTHOR_BOARD, twice, &reason), RC_CONFLICT);
	json_decref(twice);
}

/* The one event by a side that does not hold the dossier. */
static void seizure(void **state)
{
	int s;

	(void)state;
	for (s = STATE_NONE; s <= STATE_VOIDED; s++) {
		struct dossier_facts facts = facts_of((enum dossier_state)s, HOLDER_BOARD);
		bool open = s >= STATE_ACCEPTED && s <= STATE_RESULT;

		BOARD("seized", "rule.author");
		CENTER("seized", open ? "" : s == STATE_NONE ? "rule.none" : "rule.closed");
		assert_int_equal(facts.holder, open ? HOLDER_CENTER : HOLDER_BOARD);
		assert_int_equal(facts.state, s);
		if (open)
			CENTER("seized", "rule.holder");
	}
}

/* What may be asked in which state, in the order of the states above; every word of request.made. */
static void requests_follow_the_center_rules(void **state)
{
	static const struct { const char *act, *states; } asked[] = {
		{ "recall", "F" }, { "hand_back", "P" }, { "void", "FP" }, { "replace_file", "FP" },
		{ "withdraw", "AFPSUY" }, { "stop", "AFPSUY" }, { "due_change", "AFPSGUY" },
		{ "extend", "AFPSGUY" }, { "amend", "AFPSGUYR" },
	};
	const char *words = kind_find("request.made", 1)->fields[0].one_of;
	size_t i;
	int from;

	(void)state;
	assert_int_equal(request_act_count, sizeof(asked) / sizeof(asked[0]));
	assert_null(request_act_find("nothing"));
	for (i = 0; i < request_act_count; i++) {
		const struct request_act *of = request_act_find(asked[i].act);

		assert_non_null(of);
		assert_non_null(strstr(words, asked[i].act));
		for (from = STATE_NONE; from <= STATE_VOIDED; from++) {
			struct dossier_facts facts = facts_of((enum dossier_state)from, HOLDER_CENTER);

			if (request_act_possible(of, &facts) != (strchr(asked[i].states,
					letters[from]) != NULL))
				fail_msg("%s in %c", asked[i].act, letters[from]);
			facts.holder = HOLDER_BOARD;
			assert_false(request_act_possible(of, &facts));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_whole_matrix),
		cmocka_unit_test(every_state_kind_is_in_the_matrix),
		cmocka_unit_test(notes_commute),
		cmocka_unit_test(other_subjects_ask_for_the_author_alone),
		cmocka_unit_test(decided_by_the_commune),
		cmocka_unit_test(decided_by_the_province),
		cmocka_unit_test(sent_back_by_the_province),
		cmocka_unit_test(recall_and_void_end_when_it_is_taken),
		cmocka_unit_test(what_waits_for_its_first_signature_can_be_voided),
		cmocka_unit_test(clocks_stop_and_go_on),
		cmocka_unit_test(one_apology_by_default),
		cmocka_unit_test(seizure),
		cmocka_unit_test(requests_follow_the_center_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
