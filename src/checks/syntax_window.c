/* Parts of sources; see syntax_window.h. A part that was cut wrongly (in the
 * middle of a long string, say) has errors, and then the whole is parsed: only
 * a clean part is taken as an answer. */
#include "checks/syntax_window.h"

#include "base/units.h"

/* Languages whose definitions stand at the left margin. */
static const char *const languages[] = { "bash", "go", "javascript", "lua",
	"python", "ruby", "rust", "tsx", "typescript" };

static bool
has_parts(const struct language *language)
{
	for (size_t i = 0; i < ARRAY_LEN(languages); i++)
		if (strcmp(language->name, languages[i]) == 0)
			return true;
	return false;
}

/* Words that go on with what is above them. */
static bool
goes_on(struct str line)
{
	static const char *const words[] = { "else", "elif", "elsif",
		"except", "finally", "rescue", "ensure", "end", "fi", "done",
		"esac", "then", "do", "until", "when", "catch" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		struct str word = str_from(words[i]);

		if (str_starts(line, word) && (line.len == word.len ||
		    strchr(" \t:;(|{", line.ptr[word.len]) != NULL))
			return true;
	}
	return false;
}

static bool
begins(struct str line)
{
	return line.len > 0 && strchr(" \t)]}>*+-.,|&?:;", line.ptr[0]) ==
	    NULL && !goes_on(line);
}

/* Appends the part around the lines from `first` to `last`, of what is behind
 * line `done`. Returns its last line. */
static uint32_t
add_part(struct check_file *f, uint32_t done, uint32_t first, uint32_t last,
    struct buf *out)
{
	uint32_t n = check_file_lines(f);
	size_t from, to;

	while (first > done + 1 && !begins(check_file_line(f, first)))
		first--;
	while (last < n && !begins(check_file_line(f, last + 1)))
		last++;
	from = check_file_offset(f, first);
	to = f->starts[last];
	buf_add_str(out, str_sub(f->text, from, to - from));
	return last;
}

bool
syntax_window_is_clean(struct check_file *f, const struct syntax_opts *opts)
{
	CLEANUP(syntax_tree_destroyp) struct syntax_tree *tree = NULL;
	CLEANUP_BUF struct buf parts = BUF_INIT(f->text.len / 2);
	struct syntax_errors errors;
	uint32_t done = 0, n = check_file_lines(f);

	if (f->old.len == 0 || !has_parts(f->language))
		return false;
	for (size_t i = 0; i < f->added.n; i++) {
		const struct line_range *r = &f->added.items[i];
		uint32_t last = r->first + r->count - 1;

		if (last <= done || last > n)
			continue;
		done = add_part(f, done, r->first > done ? r->first :
		    done + 1, last, &parts);
	}
	/* More than half of it: not worth it. */
	if (parts.failed != 0 || parts.len == 0 ||
	    syntax_parse(f->language, buf_str(&parts), opts, &tree, NULL) != 0)
		return false;
	syntax_errors(tree, &errors);
	return errors.count == 0;
}
