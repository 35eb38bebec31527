/* What is left of debugging in added lines: stops for a debugger, tests that
 * keep all others from running, prints. Words in strings and comments do not
 * count, and neither do prints where a file prints already. */
#include "base/units.h"
#include "checks/families.h"
#include "index/source.h"

enum { ROW_BREAKPOINT, ROW_FOCUS, ROW_PRINT };

static const struct check_row rows[] = {
	[ROW_BREAKPOINT] = { "breakpoint", "Breakpoint", FINDING_ERROR,
	    "A stop for a debugger: the program hangs there for everybody "
	    "else.",
	    "Take it out.", false },
	[ROW_FOCUS] = { "focused-test", "Focused test", FINDING_ERROR,
	    "A test or group marked as the only one to run: all others are "
	    "left out and nobody sees it.",
	    "Take the mark out (fdescribe, .only, :focus).", false },
	[ROW_PRINT] = { "debug-print", "Debug print", FINDING_WARNING,
	    "Output that was meant for whoever debugged.",
	    "Take it out, or use the project's logger.", false },
};

enum place {
	ANYWHERE,
	AT_START = 1,  /* of the line, behind blanks */
	WHOLE = 2,     /* the line's whole statement */
	IN_TESTS = 4,  /* files of tests alone */
	OUT_OF_TESTS = 8,
	UNUSUAL = 16,  /* only where unchanged lines do not have it too */
};

#define JS "javascript typescript tsx"

static const struct {
	const char *languages, *word;
	unsigned row, place;
} words[] = {
	{ JS, "debugger", ROW_BREAKPOINT, WHOLE },
	{ "python", "breakpoint()", ROW_BREAKPOINT, WHOLE },
	{ "python", "pdb.set_trace(", ROW_BREAKPOINT, ANYWHERE },
	{ "python", "ipdb.set_trace(", ROW_BREAKPOINT, ANYWHERE },
	{ "python", "pudb.set_trace(", ROW_BREAKPOINT, ANYWHERE },
	{ "python", "import pdb", ROW_BREAKPOINT, AT_START },
	{ "python", "import ipdb", ROW_BREAKPOINT, AT_START },
	{ "python", "import pudb", ROW_BREAKPOINT, AT_START },
	{ "ruby", "binding.pry", ROW_BREAKPOINT, ANYWHERE },
	{ "ruby", "binding.irb", ROW_BREAKPOINT, ANYWHERE },
	{ "ruby", "binding.break", ROW_BREAKPOINT, ANYWHERE },
	{ "ruby", "byebug", ROW_BREAKPOINT, WHOLE },
	{ "php", "xdebug_break(", ROW_BREAKPOINT, ANYWHERE },
	{ "c_sharp", "Debugger.Break(", ROW_BREAKPOINT, ANYWHERE },
	{ "c_sharp", "Debugger.Launch(", ROW_BREAKPOINT, ANYWHERE },
	{ "c cpp", "__debugbreak(", ROW_BREAKPOINT, UNUSUAL },
	{ JS, "fdescribe(", ROW_FOCUS, AT_START | IN_TESTS },
	{ JS, "ddescribe(", ROW_FOCUS, AT_START | IN_TESTS },
	{ JS, "fit(", ROW_FOCUS, AT_START | IN_TESTS },
	{ JS, "iit(", ROW_FOCUS, AT_START | IN_TESTS },
	{ JS, "fcontext(", ROW_FOCUS, AT_START | IN_TESTS },
	{ JS, "describe.only(", ROW_FOCUS, AT_START | IN_TESTS },
	{ JS, "context.only(", ROW_FOCUS, AT_START | IN_TESTS },
	{ JS, "suite.only(", ROW_FOCUS, AT_START | IN_TESTS },
	{ JS, "it.only(", ROW_FOCUS, AT_START | IN_TESTS },
	{ JS, "test.only(", ROW_FOCUS, AT_START | IN_TESTS },
	{ JS, "specify.only(", ROW_FOCUS, AT_START | IN_TESTS },
	{ "ruby", "fdescribe", ROW_FOCUS, AT_START | IN_TESTS },
	{ "ruby", "fcontext", ROW_FOCUS, AT_START | IN_TESTS },
	{ "ruby", "fit", ROW_FOCUS, AT_START | IN_TESTS },
	{ "ruby", ", focus: true", ROW_FOCUS, IN_TESTS },
	{ "go", "FDescribe(", ROW_FOCUS, AT_START | IN_TESTS },
	{ "go", "FContext(", ROW_FOCUS, AT_START | IN_TESTS },
	{ "go", "FIt(", ROW_FOCUS, AT_START | IN_TESTS },
	{ "swift", "fdescribe(", ROW_FOCUS, AT_START | IN_TESTS },
	{ "swift", "fit(", ROW_FOCUS, AT_START | IN_TESTS },
	{ JS, "console.log(", ROW_PRINT, AT_START | OUT_OF_TESTS | UNUSUAL },
	{ JS, "console.debug(", ROW_PRINT,
	    AT_START | OUT_OF_TESTS | UNUSUAL },
	{ JS, "console.trace(", ROW_PRINT, AT_START | OUT_OF_TESTS },
	{ JS, "console.dir(", ROW_PRINT, AT_START | OUT_OF_TESTS | UNUSUAL },
	{ "rust", "dbg!(", ROW_PRINT, ANYWHERE },
	{ "go", "spew.Dump(", ROW_PRINT, AT_START },
	{ "go", "println(", ROW_PRINT, AT_START | OUT_OF_TESTS | UNUSUAL },
	{ "php", "var_dump(", ROW_PRINT, AT_START | OUT_OF_TESTS },
	{ "php", "dd(", ROW_PRINT, AT_START },
};

/* Folders whose programs talk to people. */
static bool
prints_by_trade(const struct check_file *f)
{
	static const char *const parts[] = { "bin", "cli", "script",
		"scripts", "tools", "tool", "build", "examples", "example",
		"demo", "demos", "docs", "bench", "benchmarks", "ci",
		"tasks", "commands", "playground" };
	struct str path = f->path, part;

	if (str_starts(f->text, STR("#!")))
		return true;
	while (str_next_field(&path, '/', &part))
		for (size_t i = 0; path.len > 0 && i < ARRAY_LEN(parts); i++)
			if (str_eq_nocase(part, str_from(parts[i])))
				return true;
	return false;
}

static bool
is_of(const char *languages, const struct language *language)
{
	struct str rest = str_from(languages), one;

	while (str_next_field(&rest, ' ', &one))
		if (str_eq_c(one, language->name))
			return true;
	return false;
}

static bool
is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '_' || c == '$';
}

static bool
only_blanks(struct str text)
{
	return str_trim(text).len == 0;
}

/* Where the word stands in the line as a word of its own; SIZE_MAX: not. */
static size_t
find_word(struct str line, struct str word, unsigned place)
{
	size_t at = 0;

	while ((at = str_find(line, word, at)) != SIZE_MAX) {
		struct str rest = str_sub(line, at + word.len, SIZE_MAX);
		bool whole = at == 0 || (!is_word(line.ptr[at - 1]) &&
		    line.ptr[at - 1] != '.' && line.ptr[at - 1] != '@');

		if (is_word(word.ptr[word.len - 1]) && rest.len > 0 &&
		    is_word(rest.ptr[0]))
			whole = false;
		if ((place & (AT_START | WHOLE)) != 0 &&
		    !only_blanks(str_sub(line, 0, at)))
			whole = false;
		if ((place & WHOLE) != 0 && rest.len > 0 &&
		    strchr(" \t;#/}", rest.ptr[0]) == NULL)
			whole = false;
		if (whole)
			return at;
		at += word.len;
	}
	return SIZE_MAX;
}

/* Whether the text before had the word as well. */
static bool
is_usual(const struct check_file *f, struct str word)
{
	return str_find(f->old, word, 0) != SIZE_MAX;
}

static bool
fits_place(const struct check_file *f, struct str word, unsigned place)
{
	bool test = (f->source & SOURCE_TEST) != 0;

	/* Test runners have samples of focused tests. */
	if (((place & IN_TESTS) != 0 && (!test || check_is_sample(f))) ||
	    ((place & OUT_OF_TESTS) != 0 && (test || prints_by_trade(f))))
		return false;
	return (place & UNUSUAL) == 0 || !is_usual(f, word);
}

static void
look_for(struct check_run *run, struct check_file *f, size_t index)
{
	struct str word = str_from(words[index].word), text;
	const struct check_row *row = &rows[words[index].row];
	unsigned place = words[index].place;
	uint32_t line = 0;

	if (!check_is_on(run, row) ||
	    str_find(f->text, word, 0) == SIZE_MAX ||
	    !fits_place(f, word, place))
		return;
	while (check_file_next_added(f, &line, &text)) {
		size_t at = find_word(text, word, place);

		if (at == SIZE_MAX || !check_file_is_code(f,
		    check_file_offset(f, line) + at))
			continue;
		if (word.ptr[word.len - 1] == '(')
			check_report(run, row, f, line, (uint32_t)at + 1,
			    "%.*s…)", STR_ARG(word));
		else
			check_report(run, row, f, line, (uint32_t)at + 1,
			    "%.*s", STR_ARG(word));
	}
}

static void
look(struct check_run *run, struct check_file *f)
{
	if (f->added.n == 0 || f->language == NULL ||
	    (f->source & (SOURCE_VENDORED | SOURCE_MINIFIED |
		SOURCE_GENERATED)) != 0)
		return;
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (is_of(words[i].languages, f->language))
			look_for(run, f, i);
}

const struct check_family check_debug = {
	.rows = rows, .n_rows = ARRAY_LEN(rows), .file = look,
};
