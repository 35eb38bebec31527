/* New notes of work to be done that nobody will find again: without an issue's
 * number, a link or a name. */
#include "base/units.h"
#include "checks/families.h"
#include "index/source.h"

static const struct check_row rows[] = {
	{ "todo", "TODO without a reference", FINDING_OFF,
	    "A new TODO, FIXME or XXX in a comment that refers to no issue.",
	    "Open an issue and name it: TODO(#123), TODO: … PROJ-12.", false },
};

static bool
is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_word(char c)
{
	return is_upper(c) || is_digit(c) || (c >= 'a' && c <= 'z') ||
	    c == '_';
}

/* "#12", "PROJ-12", a link. */
static bool
has_reference(struct str text)
{
	if (str_find(text, STR("://"), 0) != SIZE_MAX)
		return true;
	for (size_t i = 1; i + 1 < text.len; i++) {
		char before = text.ptr[i - 1], c = text.ptr[i];

		if (is_digit(text.ptr[i + 1]) && ((c == '#') ||
		    (c == '-' && is_upper(before))))
			return true;
	}
	return false;
}

static size_t
find_mark(struct str line)
{
	static const char *const marks[] = { "TODO", "FIXME", "XXX" };

	for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
		struct str mark = str_from(marks[i]);
		size_t at = str_find(line, mark, 0);

		if (at != SIZE_MAX && (at == 0 || !is_word(line.ptr[at - 1])) &&
		    (at + mark.len >= line.len ||
			!is_word(line.ptr[at + mark.len])))
			return at;
	}
	return SIZE_MAX;
}

static void
look(struct check_run *run, struct check_file *f)
{
	uint32_t line = 0;
	struct str text;

	if ((f->source & (SOURCE_VENDORED | SOURCE_GENERATED)) != 0)
		return;
	while (check_file_next_added(f, &line, &text)) {
		size_t at = find_mark(text);

		if (at == SIZE_MAX || has_reference(str_sub(text, at,
		    SIZE_MAX)))
			continue;
		if (check_file_kind(f, check_file_offset(f, line) + at) !=
		    SYNTAX_COMMENT && f->kinds != NULL)
			continue;
		check_report(run, &rows[0], f, line, (uint32_t)at + 1,
		    "no issue is named");
	}
}

const struct check_family check_todo = {
	.rows = rows, .n_rows = ARRAY_LEN(rows), .file = look,
};
