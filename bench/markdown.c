/* What laying out Markdown that streams costs: milliseconds of CPU for each
 * shape of text, by its size and by the bytes that come at once.
 *
 *	bench/markdown [SHAPE]
 */
#include <stdio.h>
#include <time.h>

#include "base/buf.h"
#include "tui/text/markdown.h"

static const struct {
	const char *name, *part;
} shape_table[] = {
	{ "mixed",
	    "## A heading\n\nSome text with **bold words**, `code` and a "
	    "[link](https://example.org/) in it, as an answer has.\n\n"
	    "- an item of a list\n- another one, with `code`\n\n```c\n"
	    "int\nmain(void)\n{\n\treturn 0;\n}\n```\n\n| a | b |\n|---|---|"
	    "\n| one cell | `two` |\n\n> a quote\n\n" },
	{ "paragraph", "Plain words that go on and on, **bold** at times. " },
	{ "lines", "Plain words on a line of their own, `code` at times.\n" },
	{ "fence", "\tif (call(argument, another) != 0)\n" },
	{ "list", "- an item of a list with some words\n" },
	{ "table", "| a cell | another `cell` | the third one |\n" },
	{ "quotes", "> > > a quote in a quote in a quote\n" },
	{ "no blanks", "abcdefghijklmnopqrstuvwxyz0123456789" },
	{ "brackets", "[" },
	{ "stars", "*a **b " },
	{ "wide", "日本語の文章は空白がない。" },
};

static double
cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Feeds in steps, and looks at the lines after every `look` of them. */
static double
run(struct str text, size_t step, size_t look, size_t *ret_lines)
{
	double start = cpu_ms();
	struct markdown *m = markdown_create(
	    &(struct markdown_opts){ .width = 100, .links = true });
	size_t at = 0;

	for (size_t i = 1; at < text.len; i++) {
		at = at + step < text.len ? at + step : text.len;
		markdown_feed(m, str_make(text.ptr, at));
		if (i % look == 0)
			markdown_lines(m);
	}
	markdown_finish(m);
	*ret_lines = markdown_lines(m)->count;
	markdown_destroy(m);
	return cpu_ms() - start;
}

static void
run_shape(const char *name, const char *part)
{
	static const size_t sizes[] = { 256 * KIB, 1024 * KIB };

	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		CLEANUP_BUF struct buf text = BUF_INIT(4 * MIB);
		size_t lines;

		if (strcmp(name, "fence") == 0)
			buf_add_cstr(&text, "```c\n");
		if (strcmp(name, "table") == 0)
			buf_add_cstr(&text, "| a | b | c |\n|---|--:|:-:|\n");
		while (text.len < sizes[i])
			buf_add_cstr(&text, part);
		printf("%-10s %5zu KiB  16 KiB steps %7.1f ms  256 bytes "
		    "%7.1f ms  20 bytes, seen each 64th %7.1f ms", name,
		    sizes[i] / KIB, run(buf_str(&text), 16 * KIB, 1, &lines),
		    run(buf_str(&text), 256, 1, &lines),
		    run(buf_str(&text), 20, 64, &lines));
		printf("  %zu lines\n", lines);
		fflush(stdout);
	}
}

int
main(int argc, char **argv)
{
	for (size_t i = 0; i < ARRAY_LEN(shape_table); i++)
		if (argc < 2 || strcmp(argv[1], shape_table[i].name) == 0)
			run_shape(shape_table[i].name, shape_table[i].part);
	return 0;
}
