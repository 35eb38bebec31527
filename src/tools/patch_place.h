/* Finds where the hunks of a patch belong in a text; see patch_apply.h. */
#ifndef FRIDAY_TOOLS_PATCH_PLACE_H
#define FRIDAY_TOOLS_PATCH_PLACE_H

#include "tools/match.h"
#include "tools/patch.h"
#include "tools/text_lines.h"

/* A hunk and its place. */
struct patch_place {
	const struct patch_hunk *hunk;
	size_t first, n_lines; /* of the hunk's lines; blank ones at its ends
				* may be left out */
	size_t at, n_old;      /* lines of the file that it covers */
	unsigned tolerance;
	struct match_indent indent;
};

struct patch_placer {
	const struct text_lines *file;
	struct patch_place *places; /* n_hunks, in the patch's order */
	size_t n;		    /* placed so far */
	size_t cursor;		    /* line after the last place */
	long drift;		    /* of the last place from its number */
	bool has_drift;
};

/* Places one hunk. Errors: ERR_TOOL_NO_MATCH (details: the closest place),
 * ERR_TOOL_AMBIGUOUS. */
int patch_place_hunk(struct patch_placer *p, const struct patch_hunk *hunk,
    struct error *err);

#endif
