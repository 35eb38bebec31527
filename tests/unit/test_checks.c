/* What the checks of a commit do with findings: marks, rules, baselines,
 * limits, formats. What each check finds is in test_check_rows.c. */
#include "tests/unit/checks_fixture.h"

#include "base/json.h"
#include "checks/baseline.h"
#include "checks/mark.h"

/* Put together here, so that no scanner takes this file for a leak. */
#define FAKE_KEY "AKIA" "Z7Q4M2X6K3B5NWTD"

/* --- marks -------------------------------------------------------------- */

static void
test_marks(void **state)
{
	static const struct {
		const char *line, *code, *reason; /* NULL: does not count */
	} cases[] = {
		{ "x # friday:allow secret a test account", "secret",
		    "a test account" },
		{ "x /* friday:allow a,secret why not */", "secret",
		    "why not" },
		{ "<!-- friday:allow secret sample -->", "secret", "sample" },
		{ "x # friday:allow secret", "secret", NULL },
		{ "x # friday:allow secret */", "secret", NULL },
		{ "x # friday:allow secret -", "secret", NULL },
		{ "x # friday:allow", "secret", NULL },
		{ "x # friday:allowsecret why so", "secret", NULL },
		{ "x # friday:allow secrets why so", "secret", NULL },
		{ "x # friday:allow other why friday:allow secret so it is",
		    "secret", "so it is" },
		{ "", "secret", NULL },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct str reason = STR_NONE;
		bool allows = mark_allows(str_from(cases[i].line),
		    str_from(cases[i].code), &reason);

		if (allows != (cases[i].reason != NULL) ||
		    (allows && !str_eq_c(reason, cases[i].reason)))
			fail_msg("%s: %d \"%.*s\"", cases[i].line, allows,
			    STR_ARG(reason));
	}
}

static void
test_mark_lets_through(void **state)
{
	static const struct check_case cases[] = {
		{ "a.py", NULL, "x = '" FAKE_KEY
		    "' # friday:allow secret sample data\n", "" },
		{ "a.py", NULL, "# friday:allow secret sample data\nx = '"
		    FAKE_KEY "'\n", "" },
		{ "a.py", NULL, "# friday:allow bidi sample data\nx = '"
		    FAKE_KEY "'\n", "secret:2" },
		/* Of another line's code. */
		{ "a.py", NULL, "y = 1 # friday:allow secret sample data\n"
		    "x = '" FAKE_KEY "'\n", "secret:2" },
	};

	run_check_cases(cases, ARRAY_LEN(cases), "secret");
}

/* --- configuration ------------------------------------------------------ */

static void
test_rules(void **state)
{
	static const struct {
		const char *rule;
		enum error_code code;
		bool counts, counts_narrow;
	} cases[] = {
		{ "off secret", ERR_NONE, true, false },
		{ "warning line-ends", ERR_NONE, true, true },
		{ "error line-ends", ERR_NONE, true, true },
		{ "  error\t line-ends ", ERR_NONE, true, true },
		{ "note line-ends", ERR_NONE, true, false },
		{ "error *", ERR_NONE, true, true },
		{ "allow secret tests/**", ERR_NONE, true, false },
		{ "allow * vendor/**", ERR_NONE, true, false },
		{ "allow-line secret EXAMPLE", ERR_NONE, true, false },
		{ "allow secret", ERR_INVALID, false, false },
		{ "allow-line secret  ", ERR_INVALID, false, false },
		{ "off nothing", ERR_INVALID, false, false },
		{ "loud secret", ERR_INVALID, false, false },
		{ "off secret now", ERR_INVALID, false, false },
		{ "", ERR_INVALID, false, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		for (unsigned flags = 0; flags < 2; flags++) {
			CLEANUP(check_config_destroyp)
			struct check_config *c = check_config_create();
			struct error err = ERROR_INIT;
			bool counts = false;
			int rc = check_config_rule(c,
			    str_from(cases[i].rule), flags, &counts, &err);

			assert_int_equal(rc, -(int)cases[i].code);
			if (rc == 0 && counts != (flags == 0 ?
			    cases[i].counts : cases[i].counts_narrow))
				fail_msg("\"%s\" with %u: %d", cases[i].rule,
				    flags, counts);
		}
	}
}

static void
assert_judged(const char *const *rules, size_t n_rules, const char *path,
    const char *text, const char *want)
{
	CLEANUP(check_config_destroyp) struct check_config *config =
	    check_config_create();
	CLEANUP_BUF struct buf got = BUF_INIT(64 * KIB);
	const struct check_text file = { .path = path, .mode = 0100644,
		.after = str_from(text) };
	struct error err = ERROR_INIT;

	for (size_t i = 0; i < n_rules; i++)
		assert_ok(check_config_rule(config, str_from(rules[i]), 0,
		    NULL, &err));
	judge_texts(&file, 1, config, "secret", &got);
	assert_string_equal(buf_text(&got), want);
}

static void
test_allowing(void **state)
{
	static const char *const path[] = { "allow secret tests/**" };
	static const char *const all[] = { "allow * *.{py,txt}" };
	static const char *const line[] = { "allow-line secret sample*KEY" };
	static const char text[] = "sample x = '" FAKE_KEY "' # KEY\n";

	assert_judged(NULL, 0, "tests/a.py", text, "secret:1");
	assert_judged(path, 1, "tests/a.py", text, "");
	assert_judged(path, 1, "src/a.py", text, "secret:1");
	assert_judged(all, 1, "src/a.py", text, "");
	assert_judged(line, 1, "src/a.c", text, "");
	assert_judged(line, 1, "src/a.c", "x = '" FAKE_KEY "'\n", "secret:1");
}

static void
test_skipped_checks_are_told(void **state)
{
	CLEANUP(check_config_destroyp) struct check_config *config =
	    check_config_create();
	CLEANUP_CHECK_REPORT struct check_report report = { .n_skips = 0 };
	const struct check_text file = { .path = "a.py", .mode = 0100644,
		.after = STR("x = '" FAKE_KEY "'\n") };
	struct check_opts opts = CHECK_OPTS_INIT;
	struct error err = ERROR_INIT;

	assert_false(check_config_skip(config, STR("secrets")));
	assert_true(check_config_skip(config, STR("secret")));
	opts.texts = &file;
	opts.n_texts = 1;
	opts.config = config;
	assert_ok(checks_run(&opts, &report, &err));
	assert_int_equal(report.findings.n, 0);
	assert_int_equal(report.n_skips, 1);
	assert_string_equal(report.skips[0].row->code, "secret");
	assert_int_equal(report.skips[0].reason, CHECK_SKIP_ASKED);
}

/* --- baseline ----------------------------------------------------------- */

static void
test_baseline(void **state)
{
	CLEANUP_FINDINGS struct findings list = { .n = 0 };
	CLEANUP_BUF struct buf text = BUF_INIT(64 * KIB);
	CLEANUP(baseline_destroyp) struct baseline *b = NULL;
	struct finding f = FINDING_INIT;
	struct error err = ERROR_INIT;
	char other[33];

	f.path = (char *)"a \"b\".c";
	f.code = (char *)"secret";
	f.message = (char *)"found";
	finding_fingerprint(STR("secret"), STR("a.c"), STR("  x = 1"),
	    f.fingerprint);
	findings_add(&list, &f);
	baseline_write(&list, &text);
	assert_ok(baseline_parse(buf_str(&text), &b, &err));
	assert_true(baseline_has(b, f.fingerprint));
	/* Indented otherwise it is the same line. */
	finding_fingerprint(STR("secret"), STR("a.c"), STR("x = 1\t"), other);
	assert_true(baseline_has(b, other));
	finding_fingerprint(STR("secret"), STR("b.c"), STR("x = 1"), other);
	assert_false(baseline_has(b, other));
	assert_false(baseline_has(NULL, other));
}

static void
test_bad_baselines(void **state)
{
	static const char *const texts[] = { "", "{", "[]", "{}",
		"{\"version\":2,\"findings\":[]}",
		"{\"version\":1,\"findings\":{}}" };

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct baseline *b = NULL;

		assert_error(baseline_parse(str_from(texts[i]), &b, NULL),
		    ERR_PARSE);
		assert_null(b);
	}
}

/* --- fixing ------------------------------------------------------------- */

static void
test_what_is_fixed(void **state)
{
	static const struct {
		const char *before, *after, *want; /* want NULL: as it is */
	} cases[] = {
		{ NULL, "a\r\nb\nc\r\n", "a\r\nb\r\nc\r\n" },
		{ "a\nb\n", "a\nb\nc\r\n", "a\nb\nc\n" },
		{ "a\r\n", "a\r\nb\n", "a\r\nb\r\n" },
		/* No line end is made or lost. */
		{ NULL, "a\r\nb\nc\r", "a\nb\nc\r" },
		{ NULL, "a\r\r\nb\nc", "a\r\nb\nc" },
		{ NULL, "a\nb", NULL },
		/* Mixed before: not by this change. */
		{ "a\r\nb\n", "a\r\nb\nc\n", NULL },
		{ "x\xe2\x80\x8b\n", "x\xe2\x80\x8b\ny\xe2\x80\x8b\n",
		    "x\xe2\x80\x8b\ny\n" },
		/* What changes the order of text may be meant. */
		{ NULL, "x\xe2\x80\xae\n", NULL },
		{ NULL, "x\xe2\x80\x8b // friday:allow invisible it is so\n",
		    NULL },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(check_config_destroyp) struct check_config *config =
		    check_config_create();
		CLEANUP_CHECK_FIXES struct check_fixes fixes = { .n = 0 };
		const struct check_text text = { .path = "a.c",
			.before = str_from(cases[i].before),
			.after = str_from(cases[i].after), .mode = 0100644,
			.old_mode = cases[i].before == NULL ? 0 : 0100644 };
		struct check_opts opts = CHECK_OPTS_INIT;
		struct error err = ERROR_INIT;

		opts.texts = &text;
		opts.n_texts = 1;
		opts.config = config;
		assert_ok(checks_fix(&opts, &fixes, &err));
		if (fixes.n != (cases[i].want != NULL) || (fixes.n == 1 &&
		    strcmp(buf_text(&fixes.items[0].after), cases[i].want)))
			fail_msg("case %zu: %s", i, fixes.n == 0 ? "as it is" :
			    buf_text(&fixes.items[0].after));
	}
}

/* --- findings ----------------------------------------------------------- */

static void
test_findings_beyond_the_limit_are_counted(void **state)
{
	CLEANUP_FINDINGS struct findings list = { .max = 2 };
	struct finding f = FINDING_INIT;

	f.path = (char *)"a";
	f.code = (char *)"x";
	f.message = (char *)"m";
	f.severity = FINDING_ERROR;
	for (int i = 0; i < 5; i++)
		findings_add(&list, &f);
	assert_int_equal(list.n, 2);
	assert_int_equal(list.dropped, 3);
	assert_int_equal(list.count[FINDING_ERROR], 5);
}

static void
test_sarif(void **state)
{
	const struct sarif_opts opts = { .tool = "friday",
		.rule = check_rule };
	CLEANUP_FINDINGS struct findings list = { .n = 0 };
	CLEANUP_BUF struct buf out = BUF_INIT(1 * MIB);
	CLEANUP_JSON struct json *log = NULL;
	struct finding f = FINDING_INIT;
	const struct json *run, *result, *place;
	struct error err = ERROR_INIT;

	f.path = (char *)"a b/\xc3\xa4.c";
	f.code = (char *)"conflict";
	f.message = (char *)"a \"mark\"";
	f.severity = FINDING_ERROR;
	f.line = 3;
	f.column = 7;
	findings_add(&list, &f);
	assert_ok(findings_write_sarif(&list, &opts, &out, &err));
	assert_ok(json_parse(buf_str(&out), NULL, &log, &err));
	assert_true(str_eq(json_get_str(log, "version"), STR("2.1.0")));
	run = json_first(json_get(log, "runs"));
	assert_int_equal(json_count(json_get(json_get(json_get(run, "tool"),
	    "driver"), "rules")), check_count());
	result = json_first(json_get(run, "results"));
	assert_true(str_eq(json_get_str(result, "ruleId"), STR("conflict")));
	assert_true(str_eq(json_get_str(result, "level"), STR("error")));
	place = json_get(json_first(json_get(result, "locations")),
	    "physicalLocation");
	assert_true(str_eq(json_get_str(json_get(place, "artifactLocation"),
	    "uri"), STR("a%20b/%C3%A4.c")));
	assert_int_equal(json_get_int(json_get(place, "region"),
	    "startLine", 0), 3);
}

static void
test_table_is_sound(void **state)
{
	for (size_t i = 0; i < check_count(); i++) {
		const struct check_row *row = check_at(i);

		assert_ptr_equal(check_by_code(str_from(row->code)), row);
		assert_non_null(row->explanation);
		assert_non_null(row->fix);
		assert_int_equal(row->fix[strlen(row->fix) - 1], '.');
		assert_int_equal(row->explanation[strlen(row->explanation) -
		    1], '.');
	}
	assert_null(check_at(check_count()));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_marks),
		cmocka_unit_test(test_mark_lets_through),
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_allowing),
		cmocka_unit_test(test_skipped_checks_are_told),
		cmocka_unit_test(test_baseline),
		cmocka_unit_test(test_bad_baselines),
		cmocka_unit_test(test_what_is_fixed),
		cmocka_unit_test(test_findings_beyond_the_limit_are_counted),
		cmocka_unit_test(test_sarif),
		cmocka_unit_test(test_table_is_sound),
	};

	use_build_folder();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
