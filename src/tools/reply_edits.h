/* The edits in a model's reply that is plain text: patches, unified diffs,
 * SEARCH/REPLACE blocks and whole files in code fences. For models without
 * tools and for `friday apply`. A fence without a path is never guessed at. */
#ifndef FRIDAY_TOOLS_REPLY_EDITS_H
#define FRIDAY_TOOLS_REPLY_EDITS_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "tools/change_set.h"

/* Whether a text has any edit of these forms. */
bool reply_edits_present(struct str text);
/* Plans all of them, in the order of the text (patches first); said gets a
 * line for what was tolerated or left out. Errors: those of patch_parse() and
 * edit_once(), ERR_TOOL_PATCH when there is none, or a block has no path. */
int reply_edits_plan(struct str text, struct change_set *cs,
    struct buf *said, struct error *err);

#endif
