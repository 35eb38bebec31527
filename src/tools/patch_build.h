/* What the two parsers of patches share: a cursor over lines and the parts of
 * a patch under construction. Used by patch*.c only. */
#ifndef FRIDAY_TOOLS_PATCH_BUILD_H
#define FRIDAY_TOOLS_PATCH_BUILD_H

#include "tools/patch.h"
#include "tools/text_lines.h"

struct patch_reader {
	struct text_lines lines;
	size_t at;     /* next line */
	size_t indent; /* blanks before every line, to be taken off */
	bool in_fence; /* a code fence is open around the diff */
	struct patch *patch;
};

/* Editors put a BOM before the first line of what they copy; a line of a hunk
 * has its sign before it. */
struct str patch_skip_bom(struct str line);
/* Line i without its ending and the common indentation; empty past the end. */
struct str patch_reader_line(const struct patch_reader *r, size_t i);
/* New parts; the last file and the last hunk are under construction. */
struct patch_file *patch_add_file(struct patch_reader *r, enum patch_op op,
    struct str path);
struct patch_hunk *patch_add_hunk(struct patch_reader *r);
/* Errors: ERR_TOO_LARGE. */
int patch_add_line(struct patch_reader *r, char kind, struct str text,
    struct error *err);
/* A context line whose first column was left out. Errors: ERR_TOO_LARGE. */
int patch_add_bare(struct patch_reader *r, struct str text,
    struct error *err);
struct patch_file *patch_last_file(struct patch_reader *r);
struct patch_hunk *patch_last_hunk(struct patch_reader *r); /* or NULL */
/* What follows "@@": numbers, an anchor, or both. */
void patch_read_marker(struct patch_hunk *h, struct str rest);
/* ERR_TOOL_PATCH with the number of the line before the cursor. */
int patch_error(const struct patch_reader *r, struct error *err,
    const char *what);

bool patch_envelope_present(struct str text);
int patch_envelope_parse(struct patch_reader *r, struct error *err);
bool patch_unified_present(struct str text);
int patch_unified_parse(struct patch_reader *r, struct error *err);

#endif
