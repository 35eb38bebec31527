/* Differences between two texts, by lines: for previews, results and for
 * keeping the bytes of lines that an edit does not change. Bounded: texts that
 * differ too much are one replacement. */
#ifndef FRIDAY_TOOLS_DIFF_H
#define FRIDAY_TOOLS_DIFF_H

#include <stddef.h>

#include "base/buf.h"
#include "base/str.h"
#include "tools/text_lines.h"

/* A run of lines. Runs of a script cover both texts, in order. */
struct diff_run {
	enum { DIFF_KEEP, DIFF_DROP, DIFF_ADD } kind;
	size_t a, b; /* first line in the one and in the other */
	size_t n;
};

struct diff_script {
	struct diff_run *runs;
	size_t n;
};

/* Shortest script from a to b (Myers), up to a bound on the work. Lines are
 * equal when their bytes are, line endings included. */
void diff_text_lines(const struct text_lines *a, const struct text_lines *b,
    struct diff_script *ret);
void diff_script_release(struct diff_script *s);

/* Appends a unified diff with three lines of context; nothing when the texts
 * are equal. A label NULL is /dev/null; others get "a/" and "b/". Text that is
 * not UTF-8 is repaired for display. Over out's ceiling it is cut, and says
 * so. */
void diff_unified(struct str before, struct str after, const char *label_a,
    const char *label_b, struct buf *out);

#endif
