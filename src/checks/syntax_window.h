/* Whether the parts of a text around its added lines are free of syntax errors
 * on their own: a small change to a large file is judged in a small part of
 * the time. Parts go from one line at the left margin that begins something to
 * the next. Of this room only. */
#ifndef FRIDAY_CHECKS_SYNTAX_WINDOW_H
#define FRIDAY_CHECKS_SYNTAX_WINDOW_H

#include <stdbool.h>

#include "checks/check_file.h"
#include "syntax/syntax.h"

/* True: there are no errors, by a parse of the parts. False: parse it all. */
bool syntax_window_is_clean(struct check_file *f,
    const struct syntax_opts *opts);

#endif
