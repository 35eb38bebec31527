/* Syntax errors that a change brings in: the text in the commit against the
 * one before, by tree-sitter.
 *
 * A grammar is not a compiler: each has constructs that it does not know, and
 * macros make errors normal in C and C++. So an error counts only where the
 * text before had none of its like, and how much is believed is a column of
 * the table below: it was filled in by what real code gives. */
#include "base/units.h"
#include "checks/families.h"
#include "checks/syntax_window.h"
#include "index/source.h"

enum { SHOWN_MAX = 3, PARSE_MS = 1000 };

#define PARSE_BYTES_MAX (1 * MIB)

static const struct check_row rows[] = {
	{ "syntax", "Syntax error", FINDING_ERROR,
	    "Source text that its language's grammar does not understand, and "
	    "did before the change.",
	    "Correct it; where the grammar is behind the language, mark the "
	    "line.", false },
};

enum trust {
	TRUST_NONE,    /* dialects and templates: nothing is said */
	TRUST_CHANGED, /* where the text before was clean */
	TRUST_BRACKETS, /* that, and where brackets do not match any more */
	TRUST_NEW,     /* in new files too */
};

static const struct {
	const char *language;
	enum trust trust;
} trusted[] = {
	{ "bash", TRUST_CHANGED },
	{ "c", TRUST_BRACKETS },
	{ "c_sharp", TRUST_CHANGED },
	{ "cpp", TRUST_BRACKETS },
	{ "go", TRUST_NEW },
	{ "java", TRUST_NEW },
	{ "javascript", TRUST_NEW },
	{ "kotlin", TRUST_BRACKETS },
	{ "lua", TRUST_CHANGED },
	{ "php", TRUST_CHANGED },
	{ "python", TRUST_NEW },
	{ "ruby", TRUST_CHANGED },
	{ "rust", TRUST_NEW },
	{ "scala", TRUST_BRACKETS },
	{ "swift", TRUST_BRACKETS },
	{ "tsx", TRUST_CHANGED },
	{ "typescript", TRUST_CHANGED },
};

static enum trust
trust_of(const struct language *language)
{
	for (size_t i = 0; language != NULL && i < ARRAY_LEN(trusted); i++)
		if (strcmp(language->name, trusted[i].language) == 0)
			return trusted[i].trust;
	return TRUST_NONE;
}

/* Folders whose files are broken on purpose, or to be filled in. */
static bool
is_sample(struct str path)
{
	static const char *const parts[] = { "testdata", "fixture", "fixtures",
		"__fixtures__", "invalid", "malformed", "broken", "corpus",
		"seeds", "templates", "template", "cases", "baselines",
		"snapshots", "__snapshots__", "test-fixtures", "errors" };
	struct str part;

	if (str_find(path, STR("{{"), 0) != SIZE_MAX)
		return true;
	while (str_next_field(&path, '/', &part))
		for (size_t i = 0; path.len > 0 && i < ARRAY_LEN(parts); i++)
			if (str_eq_nocase(part, str_from(parts[i])))
				return true;
	return false;
}

bool
check_is_sample(const struct check_file *file)
{
	return is_sample(file->path);
}

/* --- brackets ----------------------------------------------------------- */

/* Skips a literal of C and its like; at its first quote. */
static size_t
skip_quoted(struct str text, size_t at)
{
	char quote = text.ptr[at++];

	while (at < text.len && text.ptr[at] != quote &&
	    text.ptr[at] != '\n')
		at += text.ptr[at] == '\\' ? 2 : 1;
	return at + 1;
}

static size_t
skip_comment(struct str text, size_t at)
{
	bool line = text.ptr[at + 1] == '/';
	size_t end = line ? str_find_char(text, '\n', at) :
			    str_find(text, STR("*/"), at + 2);

	return end == SIZE_MAX ? text.len : end + (line ? 0 : 2);
}

/* How many of ( [ { are open at the end; below 0: too many are closed. Both
 * arms of an #if count: what was even before is even after. */
static void
count_brackets(struct str text, long ret[3])
{
	static const char open[] = "([{", close[] = ")]}";
	size_t at = 0;

	ret[0] = ret[1] = ret[2] = 0;
	while (at < text.len) {
		char c = text.ptr[at];
		const char *found;

		if (c == '"' || c == '\'') {
			at = skip_quoted(text, at);
			continue;
		}
		if (c == '/' && at + 1 < text.len &&
		    (text.ptr[at + 1] == '/' || text.ptr[at + 1] == '*')) {
			at = skip_comment(text, at);
			continue;
		}
		if (c != '\0' && (found = strchr(open, c)) != NULL)
			ret[found - open]++;
		else if (c != '\0' && (found = strchr(close, c)) != NULL)
			ret[found - close]--;
		at++;
	}
}

static bool
brackets_broke(struct str before, struct str after)
{
	long old[3], now[3];

	count_brackets(before, old);
	count_brackets(after, now);
	if (old[0] != 0 || old[1] != 0 || old[2] != 0)
		return false;
	return now[0] != 0 || now[1] != 0 || now[2] != 0;
}

/* --- looking ------------------------------------------------------------ */

static bool
is_clean(const struct check_file *f, const struct syntax_opts *opts)
{
	CLEANUP(syntax_tree_destroyp) struct syntax_tree *tree = NULL;
	struct syntax_errors errors;

	if (syntax_parse(f->language, f->old, opts, &tree, NULL) != 0)
		return false;
	syntax_errors(tree, &errors);
	return errors.count == 0;
}

/* Whether an error could count at all: what is not believed is not parsed. */
static bool
can_count(const struct check_file *f)
{
	switch (trust_of(f->language)) {
	case TRUST_NEW:
		return true;
	case TRUST_CHANGED:
		return f->old.len > 0;
	case TRUST_BRACKETS:
		return f->old.len > 0 && brackets_broke(f->old, f->text);
	case TRUST_NONE:
		break;
	}
	return false;
}

static bool
is_believed(const struct check_file *f, const struct syntax_opts *opts)
{
	return trust_of(f->language) == TRUST_BRACKETS || f->old.len == 0 ||
	    is_clean(f, opts);
}

static void
look(struct check_run *run, struct check_file *f)
{
	struct syntax_opts opts = SYNTAX_OPTS_INIT;
	struct syntax_errors errors = { .count = 0 };
	size_t shown = 0;

	opts.timeout_ms = PARSE_MS;
	opts.bytes_max = PARSE_BYTES_MAX;
	opts.cancel = f->cancel;
	if (f->added.n == 0 || (f->source & (SOURCE_VENDORED |
	    SOURCE_MINIFIED | SOURCE_GENERATED)) != 0 ||
	    is_sample(f->path) || !can_count(f) ||
	    syntax_window_is_clean(f, &opts) ||
	    !check_may_parse(run, f->text.len))
		return;
	if (syntax_new_errors(f->language, f->old, f->text, &opts, &errors,
	    NULL) != 0 || errors.count == 0 || !is_believed(f, &opts))
		return;
	/* An error shows where the parser gives up, which may be behind the
	 * change: then the first one is told. */
	for (size_t i = 0; i < errors.n_shown && shown < SHOWN_MAX; i++) {
		const struct syntax_error *e = &errors.shown[i];

		if (!check_file_is_added(f, e->line))
			continue;
		check_report(run, &rows[0], f, e->line, e->column, "%s: %s",
		    f->language->title, e->message);
		shown++;
	}
	if (shown == 0 && errors.n_shown > 0)
		check_report(run, &rows[0], f, errors.shown[0].line,
		    errors.shown[0].column, "%s: %s (by this change)",
		    f->language->title, errors.shown[0].message);
}

const struct check_family check_syntax = {
	.rows = rows, .n_rows = ARRAY_LEN(rows), .file = look,
};
