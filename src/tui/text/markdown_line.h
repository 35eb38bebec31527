/* Lines of Markdown: where columns are, and the marks that begin blocks. For
 * the block structure (markdown_block.c). */
#ifndef FRIDAY_TUI_TEXT_MARKDOWN_LINE_H
#define FRIDAY_TUI_TEXT_MARKDOWN_LINE_H

#include "tui/text/markdown_state.h"

/* The rest of a line, and the column where it begins: tabs count by column,
 * and may be eaten in part. */
struct markdown_line {
	const char *text; /* of the source */
	uint32_t at, end;
	size_t column;
	size_t spare; /* columns of a tab that are left */
};

/* Columns of blanks at its beginning. */
size_t markdown_line_indent(struct markdown_line c);
void markdown_line_skip(struct markdown_line *c, size_t columns);
/* The first character that is no blank; NUL: there is none. */
char markdown_line_first(const struct markdown_line *c);
/* The text without the blanks before and behind it. */
struct markdown_range markdown_line_trimmed(const struct markdown_line *c);
struct markdown_range markdown_line_all(const struct markdown_line *c);

struct str markdown_range_text(const struct markdown *m,
    struct markdown_range r);
/* How often the text begins with c. */
size_t markdown_run_length(struct str text, char c);

/* "***" */
bool markdown_is_rule(struct str text);
/* "===" below a heading. */
bool markdown_is_underline(struct str text);
/* "## Title ##" */
bool markdown_read_heading(const struct markdown *m,
    struct markdown_range line, struct markdown_range *ret);
/* "~~~ c": the fence and its language. */
bool markdown_read_fence(const struct markdown *m, struct markdown_range line,
    size_t *ret_len, struct markdown_range *ret_language);
/* "- ", "12. ": the mark, its length and the number. */
bool markdown_read_marker(const struct markdown_line *c,
    struct markdown_container *ret, size_t *ret_len);
/* "[x] " behind the marker. */
void markdown_read_task(struct markdown_line *c,
    struct markdown_container *item);

#endif
