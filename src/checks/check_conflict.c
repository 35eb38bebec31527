/* Marks of a merge that was not resolved, also of one that was half resolved. A
 * row of equals signs underlines a title in some languages: alone it is no
 * mark. */
#include "base/units.h"
#include "checks/families.h"

enum { MARK_OURS = 1, MARK_BASE = 2, MARK_MIDDLE = 4, MARK_THEIRS = 8 };

static const struct check_row rows[] = {
	{ "conflict", "Conflict mark", FINDING_ERROR,
	    "The marks that a merge leaves where both sides changed a line.",
	    "Choose a side, take the marks out and stage the file again.",
	    false },
};

/* What follows the seven signs: nothing or a blank and a name. */
static bool
is_mark(struct str line, char sign)
{
	for (size_t i = 0; i < 7; i++)
		if (i >= line.len || line.ptr[i] != sign)
			return false;
	return line.len == 7 || line.ptr[7] == ' ';
}

static unsigned
kind_of(struct str line)
{
	if (line.len < 7)
		return 0;
	switch (line.ptr[0]) {
	case '<':
		return is_mark(line, '<') && line.len > 8 ? MARK_OURS : 0;
	case '|':
		return is_mark(line, '|') ? MARK_BASE : 0;
	case '=':
		return is_mark(line, '=') && line.len == 7 ? MARK_MIDDLE : 0;
	case '>':
		return is_mark(line, '>') && line.len > 8 ? MARK_THEIRS : 0;
	default:
		return 0;
	}
}

static void
look(struct check_run *run, struct check_file *file)
{
	unsigned seen = 0;
	uint32_t line = 0;
	struct str text;

	if (check_is_sample(file))
		return;
	while (check_file_next_added(file, &line, &text))
		seen |= kind_of(text);
	if ((seen & (MARK_OURS | MARK_THEIRS)) == 0)
		return;
	line = 0;
	while (check_file_next_added(file, &line, &text))
		if (kind_of(text) != 0)
			check_report(run, &rows[0], file, line, 1,
			    "a conflict mark is left: %.7s", text.ptr);
}

const struct check_family check_conflict = {
	.rows = rows, .n_rows = ARRAY_LEN(rows), .file = look,
};
