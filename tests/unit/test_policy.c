/* policy: what each mode makes of each effect, and which rule wins. */
#include "safety/policy.h"
#include "base/units.h"
#include "tests/unit/unit.h"

static enum policy_answer
decide(enum policy_mode mode, unsigned effects, const char *rule_a,
    const char *rule_b, const char *tool, const char *subject)
{
	struct policy_rule rules[2];
	struct policy p = { .mode = mode, .rules = rules };
	struct policy_question q = { .tool = tool, .effects = effects,
		.subject = str_from(subject) };
	struct policy_verdict verdict;
	struct error err;

	if (rule_a != NULL)
		assert_ok(policy_rule_parse(str_from(rule_a), "user",
		    &rules[p.n_rules++], &err));
	if (rule_b != NULL)
		assert_ok(policy_rule_parse(str_from(rule_b), "project",
		    &rules[p.n_rules++], &err));
	policy_check(&p, &q, &verdict);
	assert_true(verdict.reason[0] != '\0' && verdict.rule[0] != '\0');
	return verdict.answer;
}

static void
test_modes(void **state)
{
	static const struct {
		unsigned effects;
		enum policy_answer plan, ask, edit, automatic;
	} rows[] = {
		{ EFFECT_READS_FILES, POLICY_ALLOW, POLICY_ALLOW,
		    POLICY_ALLOW, POLICY_ALLOW },
		{ EFFECT_WRITES_FILES, POLICY_DENY, POLICY_ASK, POLICY_ALLOW,
		    POLICY_ALLOW },
		{ EFFECT_RUNS_COMMANDS, POLICY_DENY, POLICY_ASK, POLICY_ASK,
		    POLICY_ALLOW },
		{ EFFECT_WRITES_GIT, POLICY_DENY, POLICY_ASK, POLICY_ASK,
		    POLICY_ALLOW },
		{ EFFECT_NETWORK, POLICY_ASK, POLICY_ASK, POLICY_ASK,
		    POLICY_ALLOW },
		{ EFFECT_RUNS_COMMANDS | EFFECT_DESTROYS, POLICY_DENY,
		    POLICY_ASK, POLICY_ASK, POLICY_ASK },
		{ EFFECT_SESSION | EFFECT_ASKS_USER, POLICY_ALLOW,
		    POLICY_ALLOW, POLICY_ALLOW, POLICY_ALLOW },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		unsigned e = rows[i].effects;

		assert_int_equal(decide(MODE_PLAN, e, NULL, NULL, "x", ""),
		    rows[i].plan);
		assert_int_equal(decide(MODE_ASK, e, NULL, NULL, "x", ""),
		    rows[i].ask);
		assert_int_equal(decide(MODE_EDIT, e, NULL, NULL, "x", ""),
		    rows[i].edit);
		assert_int_equal(decide(MODE_AUTO, e, NULL, NULL, "x", ""),
		    rows[i].automatic);
	}
}

static void
test_rules(void **state)
{
	const unsigned runs = EFFECT_RUNS_COMMANDS;
	static const struct {
		enum policy_mode mode;
		unsigned effects;
		const char *a, *b, *subject;
		enum policy_answer wanted;
	} rows[] = {
		{ MODE_ASK, runs, "allow shell(git status*)", NULL,
		    "git status --short", POLICY_ALLOW },
		{ MODE_ASK, runs, "allow shell(git status*)", NULL,
		    "git status; rm -rf /", POLICY_ASK },
		{ MODE_ASK, runs, "allow shell(git status*)", NULL,
		    "git status $(rm x)", POLICY_ASK },
		{ MODE_AUTO, runs, "allow shell", "deny shell(curl *)",
		    "curl http://x", POLICY_DENY },
		{ MODE_AUTO, runs, "ask shell(make *)", NULL, "make all",
		    POLICY_ASK },
		{ MODE_PLAN, runs, "allow shell", NULL, "ls", POLICY_DENY },
		{ MODE_AUTO, runs | EFFECT_DESTROYS, "allow shell", NULL,
		    "rm -r x", POLICY_ASK },
		{ MODE_ASK, runs, "allow *", NULL, "ls", POLICY_ALLOW },
		{ MODE_ASK, runs, "allow fetch", NULL, "ls", POLICY_ASK },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		enum policy_answer got = decide(rows[i].mode, rows[i].effects,
		    rows[i].a, rows[i].b, "shell", rows[i].subject);

		if (got != rows[i].wanted)
			fail_msg("row %zu: %d, wanted %d", i, got,
			    rows[i].wanted);
	}
}

static void
test_remembered_rule_grants_what_was_seen(void **state)
{
	struct policy_question seen = { .tool = "shell",
		.effects = EFFECT_RUNS_COMMANDS, .subject = STR("rm *") };
	struct policy_question other = { .tool = "shell",
		.effects = EFFECT_RUNS_COMMANDS,
		.subject = STR("rm everything") };
	struct policy_rule rule;
	struct policy p = { .mode = MODE_ASK, .rules = &rule, .n_rules = 1 };
	struct policy_verdict verdict;

	policy_rule_for(&seen, &rule);
	policy_check(&p, &seen, &verdict);
	assert_int_equal(verdict.answer, POLICY_ALLOW);
	policy_check(&p, &other, &verdict);
	assert_int_equal(verdict.answer, POLICY_ASK);
}

static void
test_broken_rules_are_refused(void **state)
{
	static const char *const bad[] = { "", "allow", "perhaps shell",
		"allow shell(x", "allow (x)" };
	struct policy_rule rule;
	struct error err;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_error(policy_rule_parse(str_from(bad[i]), "user", &rule,
		    &err), ERR_CONFIG_INVALID);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_modes),
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_remembered_rule_grants_what_was_seen),
		cmocka_unit_test(test_broken_rules_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
