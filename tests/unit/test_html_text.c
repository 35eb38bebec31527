/* html_text: a page's structure as light Markdown; hostile pages. */
#include "base/units.h"
#include "net/url.h"
#include "tests/unit/unit.h"
#include "tools/html_text.h"

static const struct {
	const char *html;
	const char *wanted;
} cases[] = {
	{ "", "" },
	{ "plain", "plain" },
	{ "  a \n\t b  ", "a b" },
	{ "<title> The &amp; page </title><p>x", "Title: The & page\n\nx" },
	{ "<p>a</p><p>b</p>", "a\n\nb" },
	{ "<div>a</div><div>b<br>c<br><br>d</div>", "a\nb\nc\n\nd" },
	{ "<h1>A</h1>b<H3 class=x>C</H3>", "# A\n\nb\n\n### C" },
	{ "<ul><li>a<li>b<ul><li>c</ul></ul>d", "- a\n- b\n  - c\n\nd" },
	{ "<ol><li>a</li><li>b</li></ol>", "1. a\n2. b" },
	{ "<li>a", "- a" },
	{ "<a href='/x?a=1&amp;b=2'>go</a> on",
	    "[go](https://h.org/x?a=1&b=2) on" },
	{ "see <a href=y>here </a>.", "see [here](https://h.org/d/y) ." },
	{ "<a href=#top>top</a>", "top" },
	{ "<a href=javascript:x()>no</a>", "no" },
	{ "<a href=x><img src=y></a>z", "z" },
	{ "<a href=x><img src=y alt='A \"b\"'></a>",
	    "[[image: A \"b\"]](https://h.org/d/x)" },
	{ "<a href=x>never closed", "[never closed](https://h.org/d/x)" },
	{ "<pre>\n a\n  b &lt;c&gt;\n</pre>d",
	    "```\n a\n  b <c>\n```\n\nd" },
	{ "<pre><code>x</code></pre>", "```\nx\n```" },
	{ "use <code>a b</code>, not <tt>c</tt>", "use `a b`, not `c`" },
	{ "<table><tr><th>a</th><th>b</th></tr><tr><td>c<td>d</table>",
	    "a | b\nc | d" },
	{ "a<hr/>b", "a\n\n---\n\nb" },
	{ "a<script>if (1<2) x('</p>');</script>b", "ab" },
	{ "a<SCRIPT src=x></SCRIPT >b", "ab" },
	{ "a<style>p > q {}</style>b", "ab" },
	{ "a<svg><title>t</title><g><svg></svg></g></svg>b", "ab" },
	{ "a<svg/>b", "ab" },
	{ "a<template><p>x<script></template></script></template>b", "ab" },
	{ "a<!-- <p>x --> b<!doctype x><?php x ?>c", "a bc" },
	{ "a<!-- never closed <p>b", "a" },
	{ "a<script>never closed", "a" },
	{ "<p title=\"a > b\">c", "c" },
	{ "<p title=\"never closed>c", "" },
	{ "a < b <3 c<", "a < b <3 c<" },
	{ "&lt;p&gt; &eacute;&#233;&#xE9; &mdash; &nbsp;x &bogus; & &amp",
	    "<p> \xc3\xa9\xc3\xa9\xc3\xa9 \xe2\x80\x94 x &bogus; & &amp" },
	{ "&#27;[31m&#0;&#x9b;&#1114112;&#xd800;&#99999999999;",
	    "\xef\xbf\xbd[31m\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"
	    "\xef\xbf\xbd" "999;" },
	{ "a\xff" "b", "a\xef\xbf\xbd" "b" },
	{ "</p></ul></pre></code></a></svg>x", "x" },
	{ "<unknown-element-with-a-long-name>x</unknown>", "x" },
};

static void
test_pages(void **state)
{
	struct error err;
	struct url base;

	assert_ok(url_parse(STR("https://h.org/d/p"), &base, &err));
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP_BUF struct buf out = BUF_INIT(KIB);

		assert_ok(html_to_text(str_from(cases[i].html), &base, &out,
		    &err));
		if (strcmp(buf_text(&out), cases[i].wanted) != 0)
			fail_msg("%s\ngave %s", cases[i].html, buf_text(&out));
	}
}

static void
test_without_base(void **state)
{
	CLEANUP_BUF struct buf out = BUF_INIT(KIB);
	struct error err;

	assert_ok(html_to_text(STR("<a href=x>y</a>"), NULL, &out, &err));
	assert_string_equal(buf_text(&out), "[y](x)");
}

static void
test_ceiling_keeps_the_beginning(void **state)
{
	CLEANUP_BUF struct buf out = BUF_INIT(11);
	struct error err;

	assert_error(html_to_text(STR("<p>hello<p>to the world"), NULL, &out,
	    &err), ERR_TOO_LARGE);
	assert_string_equal(buf_text(&out), "hello\n\nto ");
	assert_int_equal(buf_add_char(&out, '!'), 0);
}

/* A million unclosed tags of each kind cost no more than their length; a
 * quadratic reader would not end within the test's time. */
static void
test_hostile_repetition(void **state)
{
	static const char *const parts[] = { "<a href=x>", "<pre>", "<ul>",
		"<svg>", "<script>", "<!--", "<", "</", "<p a=\"", "&", "<li>",
		"<h1>", "<title>", "&#", "<code>", "<a href='", "<td>" };

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		CLEANUP_BUF struct buf page = BUF_INIT(16 * MIB);
		CLEANUP_BUF struct buf out = BUF_INIT(16 * MIB);

		while (page.len < 2 * MIB)
			buf_add_cstr(&page, parts[i]);
		html_to_text(buf_str(&page), NULL, &out, NULL);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pages),
		cmocka_unit_test(test_without_base),
		cmocka_unit_test(test_ceiling_keeps_the_beginning),
		cmocka_unit_test(test_hostile_repetition),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
