/* language: names, and which language a file is written in. */
#include "base/units.h"
#include "syntax/language.h"
#include "tests/unit/unit.h"

static void
test_files(void **state)
{
	static const struct {
		const char *path, *text, *language;
	} cases[] = {
		{ "src/a.c", "", "c" },
		{ "src/a.h", "", "c" },
		{ "A.HPP", "", "cpp" },
		{ "x/y.tsx", "", "tsx" },
		{ "Rakefile", "", "ruby" },
		{ "a/Cargo.lock", "", "toml" },
		{ ".bashrc", "", "bash" },
		{ "run", "#!/bin/sh\nexit\n", "bash" },
		{ "run", "#!/usr/bin/env python3\n", "python" },
		{ "run", "#! /usr/bin/env -S LANG=C python3.11 -u\n",
		    "python" },
		{ "run", "#!/usr/bin/env node", "javascript" },
		{ "run", "#!", NULL },
		{ "run", "#!/usr/bin/env", NULL },
		{ "run", "echo\n#!/bin/sh\n", NULL },
		{ "notes.txt", "", NULL },
		{ "c", "", NULL },
		{ "", "", NULL },
		{ "folder.c/file", "", NULL },
		{ "dot.", "", NULL },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct language *found = language_of_file(
		    str_from(cases[i].path), str_from(cases[i].text));

		if (cases[i].language == NULL)
			assert_null(found);
		else
			assert_string_equal(found->name, cases[i].language);
	}
}

static void
test_names_and_aliases(void **state)
{
	assert_string_equal(language_by_name(STR("C++"))->name, "cpp");
	assert_string_equal(language_by_name(STR("Rust"))->name, "rust");
	assert_string_equal(language_by_name(STR("py"))->name, "python");
	assert_null(language_by_name(STR("")));
	assert_null(language_by_name(STR("cobol")));
}

static void
test_rows_are_sorted_and_whole(void **state)
{
	for (size_t i = 0; i < language_count(); i++) {
		const struct language *row = language_at(i);

		assert_non_null(row->title);
		assert_non_null(row->extensions);
		if (i > 0)
			assert_true(strcmp(language_at(i - 1)->name,
					row->name) < 0);
	}
	assert_null(language_at(language_count()));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_names_and_aliases),
		cmocka_unit_test(test_rows_are_sorted_and_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
