/* markdown: whole layouts, and that a text that comes in pieces ends up as the
 * same lines as one that comes at once. */
#include "base/mem.h"
#include "tests/unit/markdown_fixture.h"

static void
assert_laid_out(const char *text, const struct markdown_opts *opts,
    const char *wanted)
{
	struct markdown *m = markdown_create(opts);
	CLEANUP_BUF struct buf out = BUF_INIT(1 * MIB);

	markdown_feed(m, str_from(text));
	markdown_finish(m);
	lines_dump(markdown_lines(m), &out);
	check_sources(markdown_lines(m), str_from(text));
	if (strcmp(buf_text(&out), wanted) != 0)
		fail_msg("%s\n--- wanted:\n%s--- got:\n%s", text, wanted,
		    buf_text(&out));
	markdown_destroy(m);
}

static const struct {
	const char *text, *wanted;
} layouts[] = {
	{ "", "" },
	{ "one two three four five\n", "one two three four\nfive\n" },
	{ "# Title #\ntext\n", "Title\n\ntext\n" },
	{ "#hash\n", "#hash\n" },
	{ "Title\n=====\ntext", "Title\n\ntext\n" },
	{ "one\ntwo\n---\n", "one\ntwo\n\n────────────────────\n" },
	{ "**bold** _em_ `a*b` ~~no~~ a\\*b", "bold em a*b no a*b\n" },
	{ "&amp; &#65;&copy; &nope;", "& A© &nope;\n" },
	{ "a  \nb\\\nc", "a\nb\nc\n" },
	{ "[text](https://a.b/)", "text (https://a.b/)\n" },
	{ "<https://a.b/> x", "https://a.b/ x\n" },
	{ "![alt](x.png)", "[image: alt] (x.png)\n" },
	{ "[a]: https://a.b/\n", "[a]: https://a.b/\n" },
	{ "<b>x</b> <!-- y -->", "<b>x</b> <!-- y -->\n" },
	{ "text:\n- a\n- b\n\ntext", "text:\n• a\n• b\n\ntext\n" },
	{ "- a\n\n- b\n  c\n\n  d\n", "• a\n\n• b\n  c\n\n  d\n" },
	{ "1. a\n1. b\n7. c\n\n3) d\n", "1. a\n2. b\n3. c\n\n3) d\n" },
	{ "9. nine\n10. ten and more words\n    - sub\n",
	    "9. nine\n10. ten and more\n    words\n    • sub\n" },
	{ "- [ ] open\n- [x] done\n- [y] no", "☐ open\n☑ done\n• [y] no\n" },
	{ "-\n- x\n", "•\n• x\n" },
	{ "- a\nlazy\n- b\n\nout", "• a\n  lazy\n• b\n\nout\n" },
	{ "> quote\n> more\n>\n> - item\n\nout",
	    "│ quote\n│ more\n│\n│ • item\n\nout\n" },
	{ "> a\n\n> b\n", "│ a\n\n│ b\n" },
	{ "> > deep\nlazy", "│ │ deep\n│ │ lazy\n" },
	{ "```c\nint a;\n\tb;\n```\nx", "  int a;\n      b;\n\nx\n" },
	{ "```\n123456789012345678901\n```\n",
	    "  123456789012345678\n  901\n" },
	{ "~~~\n```\n~~~\n", "  ```\n" },
	{ "- x\n  ```\n  y\n   z\n  ```\n", "• x\n    y\n     z\n" },
	{ "    code\n\n    more\n\ntext\n", "  code\n\n  more\n\ntext\n" },
	{ "| a | b |\n|---|--:|\n| 1 | 22 |\n",
	    "a │  b\n──┼───\n1 │ 22\n" },
	{ "a | b\n:-:|---\nlong cell text here | and one more\n",
	    "    a      │ b\n───────────┼────────\nlong cell  │ and one\n"
	    "text here  │ more\n" },
	{ "| a \\| b | c |\n|-|-|\n| `x \\| y` | z |\n",
	    "a | b │ c\n──────┼──\nx | y │ z\n" },
	{ "|a|b|c|d|\n|-|-|-|-|\n|one one|two two|three 3|four 4|\n",
	    "a: one one\nb: two two\nc: three 3\nd: four 4\n" },
	{ "| a | b |\nno table\n", "| a | b |\nno table\n" },
	{ "1986\\. A year", "1986. A year\n" },
	{ "日本語の文章は空白がないのです", "日本語の文章は空白が\nないのです\n" },
};

static void
test_layouts_at_20_columns(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(layouts); i++)
		assert_laid_out(layouts[i].text,
		    &(struct markdown_opts){ .width = 20 },
		    layouts[i].wanted);
}

/* Short cells and words stay whole; the long text gets what is left. */
static void
test_narrow_columns_stay_whole(void **state)
{
	static const char text[] = "| name | start | notes |\n|-|--:|-|\n"
	    "| alpha beta | 70 ms | it starts at once but it grows with each "
	    "turn that one takes |\n| b | 110 ms | "
	    "an_identifier_that_is_longer_than_the_screen_is_wide |\n";

	assert_laid_out(text, &(struct markdown_opts){ .width = 40 },
	    "name       │  start │ notes\n"
	    "───────────┼────────┼───────────────────\n"
	    "alpha beta │  70 ms │ it starts at once\n"
	    "           │        │ but it grows with\n"
	    "           │        │ each turn that one\n"
	    "           │        │ takes\n"
	    "b          │ 110 ms │ an_identifier_that\n"
	    "           │        │ _is_longer_than_th\n"
	    "           │        │ e_screen_is_wide\n");
}

static void
test_ascii_marks(void **state)
{
	assert_laid_out("- a\n- [x] b\n\n> c\n\n|a|b|\n|-|-|\n|1|2|\n",
	    &(struct markdown_opts){ .width = 20, .ascii = true },
	    "* a\n[x] b\n\n| c\n\na | b\n--+--\n1 | 2\n");
}

/* All of it at widths that are common, and at one where nothing fits. */
static const char everything[] =
    "# Plan for *today*\n"
    "Some text with **bold words that wrap**, `code`, ~~old~~ and a\n"
    "[link](https://example.org/a?b=1&amp;c). See https://example.com/x.\n\n"
    "- one\n- two with a long text that goes past the edge of the screen\n"
    "  - nested `a`\n    continued\n  - [ ] todo\n\n  para in item\n- three\n"
    "\n1. first\n1. second\n\n   ```c\n   int main(void)\n   {\n   \treturn"
    " 0;\n   }\n   ```\n3. third\n\n> quote **bold**\n> second\n>\n> - list\n"
    ">   > nested\n\n| Name | Value | Note |\n|:-----|------:|:---:|\n"
    "| a | 1 | short |\n| b \\| c | 22 | longer than the column is wide |\n\n"
    "Setext\n------\n\n***\n\n    indented\n\n    code\n\n![alt](x.png) end\n"
    "\n```python\nprint('x')\n\n\nprint('日本語')\n```\n\n~~~\nopen fence\n";

static void
layout_of(const char *text, size_t len, const struct markdown_opts *opts,
    const size_t *steps, size_t n_steps, struct buf *out)
{
	struct markdown *m = markdown_create(opts);
	size_t at = 0, settled = 0;

	for (size_t i = 0; at < len; i++) {
		/* The text moves, as a buffer that grows does. */
		CLEANUP(free_ptr) char *copy = NULL;

		at += steps[i % n_steps];
		if (at > len)
			at = len;
		copy = mem_strndup(text, at);
		markdown_feed(m, str_make(copy, at));
		if (i % 3 != 1)
			check_sources(markdown_lines(m), str_make(copy, at));
		assert_true(markdown_settled(m) >= settled);
		settled = markdown_settled(m);
		/* Nothing may be read from here after the next feed. */
		if (at < len)
			continue;
		markdown_finish(m);
		check_sources(markdown_lines(m), str_make(copy, at));
		describe_lines(markdown_lines(m), out);
	}
	markdown_destroy(m);
}

static void
assert_same_in_steps(const char *text, size_t len,
    const struct markdown_opts *opts)
{
	static const size_t sequences[][4] = { { 1, 1, 1, 1 },
		{ 2, 5, 1, 3 }, { 7, 13, 1, 40 }, { 64, 3, 200, 1 },
		{ 1000, 4096, 4097, 1 } };
	CLEANUP_BUF struct buf once = BUF_INIT(16 * MIB);

	layout_of(text, len, opts, &len, 1, &once);
	for (size_t i = 0; i < ARRAY_LEN(sequences); i++) {
		CLEANUP_BUF struct buf steps = BUF_INIT(16 * MIB);

		/* Byte for byte only what is short. */
		if (len > 4000 && i < 3)
			continue;
		layout_of(text, len, opts, sequences[i], 4, &steps);
		if (strcmp(buf_text(&once), buf_text(&steps)) != 0)
			fail_msg("width %d, steps %zu:\n%s--- in steps\n%s",
			    opts->width, i, buf_text(&once),
			    buf_text(&steps));
	}
}

static bool
color_digits(struct str language, struct str code, uint8_t *roles, void *ctx)
{
	for (size_t i = 0; i < code.len; i++)
		roles[i] = code.ptr[i] >= '0' && code.ptr[i] <= '9' ?
		    ROLE_NUMBER : ROLE_TEXT;
	return true;
}

static void
test_steps_give_the_same_lines(void **state)
{
	static const int widths[] = { 1, 2, 5, 20, 40, 80, 200 };

	for (size_t i = 0; i < ARRAY_LEN(widths); i++)
		assert_same_in_steps(everything, strlen(everything),
		    &(struct markdown_opts){ .width = widths[i],
		    .links = i % 2 == 0, .highlight = i % 3 == 0 ?
		    color_digits : NULL });
	for (size_t i = 0; i < ARRAY_LEN(layouts); i++)
		assert_same_in_steps(layouts[i].text, strlen(layouts[i].text),
		    &(struct markdown_opts){ .width = 20 });
}

/* Repeats `part` up to `size` bytes. */
static char *
repeated(const char *part, size_t size)
{
	struct buf b = BUF_INIT(64 * MIB);

	while (b.len < size)
		buf_add_cstr(&b, part);
	return buf_steal(&b);
}

static const char *const long_shapes[] = {
	"Plain words that go on and on without any end. ",
	"words and **bold ones**, `code` and [x](y) and *em*\n",
	"**never closed `nor this [or that ",
	"nospacesatallinthistext",
	"日本語の文章、", "- item with words\n", "1. a\n   - b\n",
	"> quoted text that goes on\n", "| a | bb | ccc `x` |\n",
	"```\ncode 123\n", "code line 12\n", "\\*", "[", "`", "> ", "- ",
	"*a **b ", "&amp;", "![", "<a", "e\xcc\x81", "\t", "\n", "a\n\n",
	"# h\n", "_", "~~", "http://a.b/c ", "\xf0\x9f\x91\xa9\xe2\x80\x8d",
	"|", "    x\n", "1. ", "\n    \n", "```c\nx = 1\n```\n",
};

static void
test_steps_of_long_texts_give_the_same_lines(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(long_shapes); i++) {
		CLEANUP(free_ptr) char *text = repeated(long_shapes[i],
		    24 * KIB);

		assert_same_in_steps(text, strlen(text),
		    &(struct markdown_opts){ .width = 60,
		    .highlight = color_digits });
	}
}

static void
test_long_tables_keep_their_columns(void **state)
{
	CLEANUP_BUF struct buf text = BUF_INIT(1 * MIB);

	buf_add_cstr(&text, "| n | what |\n|--:|---|\n");
	for (int i = 0; i < 400; i++)
		buf_printf(&text, "| %d | row *%d* |\n", i * i, i);
	assert_same_in_steps(buf_text(&text), text.len,
	    &(struct markdown_opts){ .width = 40 });
	buf_add_cstr(&text, "\nend\n");
	assert_same_in_steps(buf_text(&text), text.len,
	    &(struct markdown_opts){ .width = 9 });
}

/* No byte of plain text gets lost where a long paragraph is settled. */
static void
test_long_paragraphs_lose_nothing(void **state)
{
	CLEANUP_BUF struct buf text = BUF_INIT(1 * MIB);
	CLEANUP_BUF struct buf out = BUF_INIT(1 * MIB);
	struct markdown *m = markdown_create(
	    &(struct markdown_opts){ .width = 37 });
	const struct lines *l;

	for (int i = 0; i < 5000; i++)
		buf_printf(&text, "%sw%d", i == 0 ? "" : " ", i);
	markdown_feed(m, buf_str(&text));
	markdown_finish(m);
	l = markdown_lines(m);
	for (size_t i = 0; i < l->count; i++) {
		assert_int_equal(l->lines[i].flags, i == 0 ? 0 :
		    LINE_WRAPPED);
		if (i > 0)
			buf_add_char(&out, ' ');
		lines_text(l, i, &out);
	}
	assert_string_equal(buf_text(&out), buf_text(&text));
	markdown_destroy(m);
}

/* What is shown on the way, one character after the other. */
static void
assert_never_shown(const char *text, const char *unwanted)
{
	struct markdown *m = markdown_create(
	    &(struct markdown_opts){ .width = 40 });

	for (size_t n = 1; n <= strlen(text); n++) {
		CLEANUP_BUF struct buf out = BUF_INIT(64 * KIB);

		markdown_feed(m, str_make(text, n));
		lines_dump(markdown_lines(m), &out);
		if (strstr(buf_text(&out), unwanted) != NULL)
			fail_msg("\"%.*s\" shows\n%s", (int)n, text,
			    buf_text(&out));
	}
	markdown_destroy(m);
}

static void
test_halves_of_marks_do_not_flash_up(void **state)
{
	assert_never_shown("text\n\n```c\nint a;\n```\nend", "`");
	assert_never_shown("text\n- item\n- item\n", "-");
	assert_never_shown("text\n\n## Title\n", "#");
	assert_never_shown("text\n\n---\n\nmore", "-");
	assert_never_shown("text\n1. item\n2. item\n", "1.\n");
	assert_never_shown("a | b\n--|--\n1 | 2\n", "--");
	assert_never_shown("text\n\n| a | b |\n|---|:-:|\n| 1 | 2 |\n", "| a");
	assert_never_shown("> quote\n> more\n", ">");
}

struct late {
	bool ready;
	size_t asked;
};

static bool
color_later(struct str language, struct str code, uint8_t *roles, void *ctx)
{
	struct late *late = ctx;

	late->asked++;
	if (!late->ready)
		return false;
	return color_digits(language, code, roles, NULL);
}

/* Colours that come late give what colours that come at once give. */
static void
test_colors_may_come_late(void **state)
{
	static const char text[] =
	    "a\n\n```c\nint a = 12;\n```\n\n- x\n  ```c\n  b = 3;\n\n  c4\n"
	    "  ```\n\nend **x**\n\n```c\nopen 5\n6\n";
	struct late late = { false, 0 };
	struct markdown *m = markdown_create(&(struct markdown_opts){
	    .width = 12, .highlight = color_later, .ctx = &late });
	CLEANUP_BUF struct buf now = BUF_INIT(64 * KIB);
	CLEANUP_BUF struct buf later = BUF_INIT(64 * KIB);
	size_t len = strlen(text);

	layout_of(text, len, &(struct markdown_opts){ .width = 12,
	    .highlight = color_digits }, &len, 1, &now);
	markdown_feed(m, str_from(text));
	markdown_lines(m);
	late.ready = true;
	markdown_recolor(m);
	check_sources(markdown_lines(m), str_from(text));
	late.ready = false;
	markdown_finish(m);
	late.ready = true;
	late.asked = 0;
	markdown_recolor(m);
	assert_int_equal(late.asked, 1);
	describe_lines(markdown_lines(m), &later);
	assert_string_equal(buf_text(&now), buf_text(&later));
	markdown_recolor(m);
	assert_int_equal(late.asked, 1);
	markdown_reset(m);
	buf_clear(&later);
	describe_lines(markdown_lines(m), &later);
	assert_string_equal(buf_text(&now), buf_text(&later));
	markdown_destroy(m);
}

/* A link that shows another address than its own tells its own. */
static void
test_links_do_not_lie(void **state)
{
	const struct markdown_opts opts = { .width = 78, .links = true };

	assert_laid_out("[here](https://a.b/)", &opts, "here\n");
	assert_laid_out("[https://good.org](https://evil.org)", &opts,
	    "https://good.org (https://evil.org)\n");
	assert_laid_out("[www.good.org](https://evil.org)", &opts,
	    "www.good.org (https://evil.org)\n");
	assert_laid_out("https://a.b/", &opts, "https://a.b/\n");
}

static void
test_styles(void **state)
{
	static const char text[] = "a **b** `c` [d](e)\n";
	struct markdown *m = markdown_create(&(struct markdown_opts){
	    .width = 40, .links = true });
	const struct lines *l;

	markdown_feed(m, str_from(text));
	markdown_finish(m);
	l = markdown_lines(m);
	assert_int_equal(l->lines[0].count, 6);
	assert_int_equal(l->pieces[1].style.flags, STYLE_BOLD);
	assert_int_equal(l->pieces[3].style.role, ROLE_CODE);
	assert_int_equal(l->pieces[5].style.role, ROLE_LINK);
	assert_string_equal(l->links[l->pieces[5].link - 1], "e");
	markdown_destroy(m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_layouts_at_20_columns),
		cmocka_unit_test(test_narrow_columns_stay_whole),
		cmocka_unit_test(test_ascii_marks),
		cmocka_unit_test(test_steps_give_the_same_lines),
		cmocka_unit_test(test_steps_of_long_texts_give_the_same_lines),
		cmocka_unit_test(test_long_tables_keep_their_columns),
		cmocka_unit_test(test_long_paragraphs_lose_nothing),
		cmocka_unit_test(test_halves_of_marks_do_not_flash_up),
		cmocka_unit_test(test_colors_may_come_late),
		cmocka_unit_test(test_links_do_not_lie),
		cmocka_unit_test(test_styles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
