/* What ripgrep gets for a pattern of PCRE2. */
#include "base/units.h"
#include "tests/unit/unit.h"
#include "tools/grep_engine.h"
#include "tools/grep_relax.h"

#define WORD "[0-9A-Za-z_[^\\x00-\\x7F]]"
#define BLANK "[\\t-\\r\\x20[^\\x00-\\x7F]]"

static const struct {
	const char *pattern;
	unsigned flags;
	const char *wanted; /* NULL: only PCRE2 */
} cases[] = {
	{ "", 0, "" },
	{ "int main", 0, "int\\x{20}main" },
	{ "a.b", GREP_LITERAL, "a\\x{2E}b" },
	{ "--pre=sh", 0, "\\x{2D}\\x{2D}pre\\x{3D}sh" },
	{ "\\bfoo\\b", 0, "foo" },
	{ "^a$", 0, "(?:^\\x{FEFF}?)a(?:\\r?$)" },
	{ "\\w+\\s*", 0, WORD "+" BLANK "*" },
	{ "\\W\\D\\S", 0,
	    "[[^0-9A-Za-z_]][[^0-9]][[^\\t-\\r\\x20]]" },
	{ "(a|b)c+?", 0, "(?:a|b)c+?" },
	{ "(?:x){2,3}", 0, "(?:x){2,3}" },
	{ "x{2}?", 0, "x{2}?" },
	{ "f() {", 0, "f(?:)\\x{20}\\x{7B}" },
	{ "\\/\\.\\<", 0, "\\x{2F}\\x{2E}\\x{3C}" },
	{ "[a-f_\\]\\d]", 0, "[a-f\\x{5F}\\x{5D}0-9[^\\x00-\\x7F]]" },
	{ "[^\\s\"]", 0, "[^\\t-\\r\\x20\\x{22}]" },
	{ "[]a]", 0, "[\\x{5D}a]" },
	{ "[a-]", 0, "[a\\x{2D}]" },
	{ "[&&a]", 0, "[\\x{26}\\x{26}a]" },
	{ "gr\xc3\xbc", 0, "gr\\x{FC}" },
	{ "a]}b", 0, "a\\x{5D}\\x{7D}b" },
	/* Read differently, or not at all. */
	{ "gr\xc3\xbc", GREP_IGNORE_CASE, NULL },
	{ "gr\xc3\xbc", GREP_IGNORE_CASE | GREP_LITERAL, NULL },
	{ "(?=a)b", 0, NULL },
	{ "(?i)a", 0, NULL },
	{ "(?<n>a)", 0, NULL },
	{ "(*UTF)a", 0, NULL },
	{ "(a)\\1", 0, NULL },
	{ "a\\Kb", 0, NULL },
	{ "\\p{L}", 0, NULL },
	{ "\\x41", 0, NULL },
	{ "\\Qa.b\\E", 0, NULL },
	{ "a\\nb", 0, NULL },
	{ "a\nb", 0, NULL },
	{ "a\nb", GREP_LITERAL, NULL },
	{ "a++", 0, NULL },
	{ "\\b*a", 0, NULL },
	{ "a{,3}", 0, NULL },
	{ "[[:alpha:]]", 0, NULL },
	{ "[^\\W]", 0, NULL },
	{ "[\\w-x]", 0, NULL },
	{ "[\\b]", 0, NULL },
	/* Never compiled, so never seen: must end all the same. */
	{ "[a", 0, NULL },
	{ "[a-", 0, NULL },
	{ "a\\", 0, NULL },
	{ "a\xff", 0, NULL },
};

static void
test_cases(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP_BUF struct buf out = BUF_INIT(4 * KIB);
		bool ok = grep_relax(str_from(cases[i].pattern),
		    cases[i].flags, &out);

		if (ok != (cases[i].wanted != NULL) || (ok &&
		    strcmp(buf_text(&out), cases[i].wanted) != 0))
			fail_msg("%s gave %s, wanted %s", cases[i].pattern,
			    ok ? buf_text(&out) : "nothing",
			    cases[i].wanted ? cases[i].wanted : "nothing");
	}
}

static void
test_the_ceiling_counts(void **state)
{
	CLEANUP_BUF struct buf out = BUF_INIT(8);

	assert_false(grep_relax(STR("----------"), 0, &out));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_the_ceiling_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
