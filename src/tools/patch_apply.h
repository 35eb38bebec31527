/* Applies a parsed patch: to one text (pure), and to all its files through a
 * change set. A hunk goes where its lines are: exactly there, or with the
 * layout tolerances of match.h; where several places fit, an anchor, a line
 * number or the order of the hunks must decide, else it is refused. */
#ifndef FRIDAY_TOOLS_PATCH_APPLY_H
#define FRIDAY_TOOLS_PATCH_APPLY_H

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "tools/change_set.h"
#include "tools/patch.h"

/* Appends what the content becomes. ret_tolerance: what had to be tolerated
 * (enum match_tolerance). Errors: ERR_TOOL_NO_MATCH, ERR_TOOL_AMBIGUOUS,
 * ERR_TOOL_PATCH, ERR_INVALID (encodings). */
int patch_apply_text(const struct patch_file *file, struct str content,
    struct buf *out, unsigned *ret_tolerance, struct error *err);

/* Plans all files; said gets a line for each. */
int patch_apply_files(const struct patch *patch, struct change_set *cs,
    struct buf *said, struct error *err);

#endif
