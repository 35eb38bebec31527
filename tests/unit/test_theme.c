/* theme: the format and its errors, the themes that come with friday (that one
 * can read them is computed), fewer colours. */
#include <math.h>

#include "base/file.h"
#include "base/mem.h"
#include "tests/unit/unit.h"
#include "tui/text/theme.h"

static void
test_a_theme_is_read(void **state)
{
	struct error err = ERROR_INIT;
	struct theme t;

	assert_ok(theme_parse(STR(
	    "{\"name\": \"mine\", \"summary\": \"My own.\","
	    " \"appearance\": \"light\", \"colors\": {"
	    "\"text\": \"#102030\", \"accent\": \"color12\","
	    "\"panel\": \"default\","
	    "\"error\": {\"color\": \"#FF0000\", \"bold\": true,"
	    " \"dim\": false}}}"), &t, &err));
	assert_string_equal(t.name, "mine");
	assert_string_equal(t.summary, "My own.");
	assert_int_equal(t.background, THEME_LIGHT);
	assert_int_equal(t.roles[ROLE_TEXT].color.value, 0x102030);
	assert_int_equal(t.roles[ROLE_ACCENT].color.kind, COLOR_INDEX);
	assert_int_equal(t.roles[ROLE_ACCENT].color.value, 12);
	assert_int_equal(t.roles[ROLE_PANEL].color.kind, COLOR_DEFAULT);
	assert_int_equal(t.roles[ROLE_ERROR].color.value, 0xff0000);
	assert_int_equal(t.roles[ROLE_ERROR].flags, STYLE_BOLD);
	/* What is missing falls back: heading to accent, comment to text. */
	assert_int_equal(t.roles[ROLE_HEADING].color.value, 12);
	assert_int_equal(t.roles[ROLE_COMMENT].color.value, 0x102030);
	assert_int_equal(t.roles[ROLE_MODE_PLAN].color.value, 12);
}

static void
test_mistakes_are_named_with_their_line(void **state)
{
	static const struct {
		const char *text;
		enum error_code code;
		const char *line, *word;
	} cases[] = {
		{ "{\n\"name\": \"x\"\n\"y\"}", ERR_CONFIG_SYNTAX, "line 3",
		    "" },
		{ "[]", ERR_CONFIG_INVALID, "line 1", "object" },
		{ "{\"\": true}", ERR_CONFIG_INVALID, "line 1", "member" },
		{ "{}", ERR_CONFIG_INVALID, "line 1", "name" },
		{ "{\"name\": \"x\"}", ERR_CONFIG_INVALID, "line 1",
		    "colors" },
		{ "{\"name\": 1, \"colors\": {}}", ERR_CONFIG_INVALID,
		    "line 1", "name" },
		{ "{\"name\": \"x\",\n\"colors\": []}", ERR_CONFIG_INVALID,
		    "line 2", "colors" },
		{ "{\"name\": \"x\",\n\"colours\": {}}", ERR_CONFIG_INVALID,
		    "line 2", "colours" },
		{ "{\"name\": \"x\",\n\"appearance\": \"dim\"}",
		    ERR_CONFIG_INVALID, "line 2", "light" },
		{ "{\"name\": \"text\",\n\"colors\": {\n\"text\": \"red\"}}",
		    ERR_CONFIG_INVALID, "line 3", "text" },
		{ "{\"name\": \"x\",\"colors\": {\n\"link\": \"#12345\"}}",
		    ERR_CONFIG_INVALID, "line 2", "link" },
		{ "{\"name\": \"x\",\"colors\": {\n\"link\": \"#12345g\"}}",
		    ERR_CONFIG_INVALID, "line 2", "link" },
		{ "{\"name\": \"x\",\"colors\": {\n\"link\": \"color256\"}}",
		    ERR_CONFIG_INVALID, "line 2", "link" },
		{ "{\"name\": \"x\",\"colors\": {\n\n\"lnik\": \"#123456\"}}",
		    ERR_CONFIG_INVALID, "line 3", "no role" },
		{ "{\"name\": \"x\",\"colors\": {\"link\": {\"bold\": 1}}}",
		    ERR_CONFIG_INVALID, "line 1", "link" },
		{ "{\"name\": \"x\",\"colors\": {\"link\": {\"big\": true}}}",
		    ERR_CONFIG_INVALID, "line 1", "link" },
		{ "{\"name\": \"x\",\"colors\": {\"text\": \"default\","
		    "\"text\": \"default\"}}", ERR_CONFIG_SYNTAX, "duplicate",
		    "key" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct error err = ERROR_INIT;
		struct theme t = { .name = "untouched" };

		assert_error(theme_parse(str_from(cases[i].text), &t, &err),
		    cases[i].code);
		if (strstr(err.message, cases[i].line) == NULL ||
		    strstr(err.message, cases[i].word) == NULL)
			fail_msg("%s\n%s: wanted %s and %s", cases[i].text,
			    err.message, cases[i].line, cases[i].word);
		assert_string_equal(t.name, "untouched");
	}
}

static void
load(const char *name, struct theme *ret)
{
	const char *root = getenv("srcdir");
	CLEANUP(free_ptr) char *path = mem_printf("%s/themes/%s.json",
	    root == NULL ? "." : root, name);
	CLEANUP_BUF struct buf text = BUF_INIT(64 * KIB);
	struct error err = ERROR_INIT;

	assert_ok(file_read(path, &text, &err));
	assert_ok(theme_parse(buf_str(&text), ret, &err));
	assert_string_equal(ret->name, name);
}

static void
test_compiled_in_themes_are_those_of_the_files(void **state)
{
	static const struct {
		const char *name;
		enum theme_background background;
	} cases[] = { { "dark", THEME_DARK }, { "light", THEME_LIGHT },
		{ "ansi", THEME_ANY } };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct theme file, builtin;

		load(cases[i].name, &file);
		theme_default(&builtin, cases[i].background);
		assert_string_equal(builtin.summary, file.summary);
		assert_int_equal(builtin.background, file.background);
		for (size_t r = 0; r < ROLE_COUNT; r++)
			if (builtin.roles[r].color.kind !=
				file.roles[r].color.kind ||
			    builtin.roles[r].color.value !=
				file.roles[r].color.value ||
			    builtin.roles[r].flags != file.roles[r].flags)
				fail_msg("%s: role %zu differs",
				    cases[i].name, r);
	}
}

/* Relative luminance and contrast as WCAG 2 has them. */
static double
luminance(uint32_t rgb)
{
	static const double weights[] = { 0.2126, 0.7152, 0.0722 };
	double sum = 0;

	for (int i = 0; i < 3; i++) {
		double c = (double)(rgb >> (16 - 8 * i) & 0xff) / 255;

		c = c <= 0.03928 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
		sum += weights[i] * c;
	}
	return sum;
}

static double
contrast(uint32_t a, uint32_t b)
{
	double x = luminance(a) + 0.05, y = luminance(b) + 0.05;

	return x > y ? x / y : y / x;
}

static uint32_t
rgb_of(const struct theme *t, enum style_role role, uint32_t fallback)
{
	return t->roles[role].color.kind == COLOR_RGB ?
	    t->roles[role].color.value : fallback;
}

static void
assert_readable(const struct theme *t, enum style_role text, uint32_t plain,
    enum style_role ground, uint32_t empty, double least)
{
	double found = contrast(rgb_of(t, text, plain),
	    rgb_of(t, ground, empty));

	if (found < least)
		fail_msg("%s: role %d on %d has a contrast of %.2f, not %.1f",
		    t->name, (int)text, (int)ground, found, least);
}

static bool
is_one_of(enum style_role role, const enum style_role *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (list[i] == role)
			return true;
	return false;
}

/* Text on the background and plain text on each ground at 4.5; what is meant
 * to stand back at 3; colours of code on the grounds of diffs at 3. */
static void
test_all_roles_can_be_read(void **state)
{
	static const char *const names[] = { "dark", "light",
		"high-contrast", "colorblind", "gruvbox-dark",
		"solarized-light", "catppuccin-mocha" };
	static const enum style_role grounds[] = { ROLE_BACKGROUND,
		ROLE_SELECTION, ROLE_MATCH, ROLE_PANEL, ROLE_ADDED_LINE,
		ROLE_REMOVED_LINE, ROLE_ADDED_WORD, ROLE_REMOVED_WORD };
	static const enum style_role faint[] = { ROLE_MUTED, ROLE_COMMENT,
		ROLE_REASONING, ROLE_QUOTE, ROLE_MODE_ASK };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct theme t;
		uint32_t plain, empty;

		load(names[i], &t);
		/* Where the terminal's own colours count: usual ones. */
		plain = t.background == THEME_LIGHT ? 0x1f2328 : 0xc9d1d9;
		empty = t.background == THEME_LIGHT ? 0xffffff : 0x12161c;
		plain = rgb_of(&t, ROLE_TEXT, plain);
		empty = rgb_of(&t, ROLE_BACKGROUND, empty);
		for (size_t r = 0; r < ROLE_COUNT; r++) {
			bool ground = is_one_of((enum style_role)r, grounds,
			    ARRAY_LEN(grounds));
			bool is_faint = is_one_of((enum style_role)r, faint,
			    ARRAY_LEN(faint));

			if (r == ROLE_BORDER)
				continue;
			if (ground) {
				assert_readable(&t, ROLE_TEXT, plain,
				    (enum style_role)r, empty, 4.5);
				continue;
			}
			assert_readable(&t, (enum style_role)r, plain,
			    ROLE_BACKGROUND, empty, is_faint ? 3 : 4.5);
			if (r < ROLE_KEYWORD || r > ROLE_PUNCTUATION)
				continue;
			assert_readable(&t, (enum style_role)r, plain,
			    ROLE_ADDED_LINE, empty, 3);
			assert_readable(&t, (enum style_role)r, plain,
			    ROLE_REMOVED_LINE, empty, 3);
		}
	}
}

/* In the theme for people who cannot tell red from green, what was added and
 * what was removed differ in blue. */
static void
test_colorblind_differs_in_blue(void **state)
{
	static const enum style_role pairs[][2] = {
		{ ROLE_ADDED, ROLE_REMOVED },
		{ ROLE_ADDED_LINE, ROLE_REMOVED_LINE },
		{ ROLE_ADDED_WORD, ROLE_REMOVED_WORD },
		{ ROLE_SUCCESS, ROLE_ERROR },
	};
	struct theme t;

	load("colorblind", &t);
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++)
		assert_true(rgb_of(&t, pairs[i][0], 0) % 256 >
		    rgb_of(&t, pairs[i][1], 0) % 256 + 48);
}

static void
test_fewer_colours(void **state)
{
	static const struct {
		struct theme_color from;
		int colors;
		struct theme_color to;
	} cases[] = {
		{ { COLOR_RGB, 0x123456 }, 1 << 24, { COLOR_RGB, 0x123456 } },
		{ { COLOR_RGB, 0xff0000 }, 256, { COLOR_INDEX, 196 } },
		{ { COLOR_RGB, 0x000000 }, 256, { COLOR_INDEX, 16 } },
		{ { COLOR_RGB, 0x808080 }, 256, { COLOR_INDEX, 244 } },
		{ { COLOR_RGB, 0x5f87af }, 256, { COLOR_INDEX, 67 } },
		{ { COLOR_RGB, 0xff7b72 }, 16, { COLOR_INDEX, 9 } },
		{ { COLOR_RGB, 0x1a7f37 }, 16, { COLOR_INDEX, 2 } },
		{ { COLOR_RGB, 0x8b949e }, 16, { COLOR_INDEX, 7 } },
		{ { COLOR_RGB, 0x101418 }, 16, { COLOR_INDEX, 0 } },
		{ { COLOR_RGB, 0x79b8ff }, 8, { COLOR_INDEX, 4 } },
		{ { COLOR_INDEX, 196 }, 16, { COLOR_INDEX, 9 } },
		{ { COLOR_INDEX, 12 }, 16, { COLOR_INDEX, 12 } },
		{ { COLOR_INDEX, 12 }, 8, { COLOR_INDEX, 4 } },
		{ { COLOR_INDEX, 250 }, 256, { COLOR_INDEX, 250 } },
		{ { COLOR_DEFAULT, 0 }, 16, { COLOR_DEFAULT, 0 } },
		{ { COLOR_RGB, 0xff0000 }, 2, { COLOR_DEFAULT, 0 } },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct theme_color got = theme_reduce(cases[i].from,
		    cases[i].colors);

		if (got.kind != cases[i].to.kind ||
		    got.value != cases[i].to.value)
			fail_msg("case %zu: %d %u", i, (int)got.kind,
			    (unsigned)got.value);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_theme_is_read),
		cmocka_unit_test(test_mistakes_are_named_with_their_line),
		cmocka_unit_test(
		    test_compiled_in_themes_are_those_of_the_files),
		cmocka_unit_test(test_all_roles_can_be_read),
		cmocka_unit_test(test_colorblind_differs_in_blue),
		cmocka_unit_test(test_fewer_colours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
