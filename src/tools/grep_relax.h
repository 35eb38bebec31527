/* A pattern of grep (PCRE2) said again for ripgrep, so that ripgrep finds at
 * least every file in which PCRE2 fits a line. It may find more: what fits is
 * PCRE2's to say. Where the two engines read a pattern differently the new one
 * is wider (\b is left out, \w takes all that is not ASCII), and what has no
 * such reading is refused: looking around, back references, \K, options. */
#ifndef FRIDAY_TOOLS_GREP_RELAX_H
#define FRIDAY_TOOLS_GREP_RELAX_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"

/* `pattern` has compiled as PCRE2; flags: enum grep_flags. Appends to out.
 * False: there is no such pattern, or it is over out's ceiling. */
bool grep_relax(struct str pattern, unsigned flags, struct buf *out);

#endif
