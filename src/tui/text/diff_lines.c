/* Unified diffs as lines; see diff_lines.h. */
#include "tui/text/diff_lines.h"

#include "tui/text/wrap.h"

void
diff_lines(struct str diff, const struct diff_lines_opts *opts,
    struct lines *out)
{
	struct str line;
	uint32_t at = 0;

	while (str_next_line(&diff, &line)) {
		char c = line.len > 0 ? line.ptr[0] : ' ';

		wrap_text(line, &(struct wrap_opts){ .width = opts->width,
		    .style = STYLE(c == '+' ? ROLE_ADDED : c == '-' ?
		    ROLE_REMOVED : ROLE_TEXT), .source = at }, out);
		at += (uint32_t)line.len + 1;
	}
}

void
diff_count(struct str diff, size_t *ret_added, size_t *ret_removed)
{
	struct str line;

	*ret_added = *ret_removed = 0;
	while (str_next_line(&diff, &line)) {
		if (str_starts(line, STR("+++ ")) ||
		    str_starts(line, STR("--- ")))
			continue;
		*ret_added += str_starts(line, STR("+"));
		*ret_removed += str_starts(line, STR("-"));
	}
}
