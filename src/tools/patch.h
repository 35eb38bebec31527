/* Patches as models write them: the `*** Begin Patch` envelope and unified
 * diffs (git's and plain), read into one form. Prose, code fences and shell
 * here-documents around them are skipped. Parsing never looks at files. */
#ifndef FRIDAY_TOOLS_PATCH_H
#define FRIDAY_TOOLS_PATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"

enum { PATCH_ANCHORS_MAX = 8 };

struct patch_line {
	char kind;	 /* ' ' kept, '-' removed, '+' added */
	bool no_newline; /* the last line of its file, without line feed */
	bool bare;	 /* kept, and written without the space before it */
	struct str text;
};

struct patch_hunk {
	/* Lines to be found in this order above the hunk ("@@ class X"). */
	struct str anchors[PATCH_ANCHORS_MAX];
	size_t n_anchors;
	bool heading;	 /* the anchor is only a unified diff's heading */
	size_t old_line; /* where it says it begins, from 1; 0: unsaid */
	bool has_line;
	bool at_end;	 /* `*** End of File` */
	struct patch_line *lines;
	size_t n_lines;
	size_t patch_line; /* for messages, from 1 */
};

enum patch_op { PATCH_UPDATE, PATCH_ADD, PATCH_DELETE };

struct patch_file {
	enum patch_op op;
	char *path;
	char *new_path; /* of a move; NULL */
	bool mode_set;
	mode_t mode; /* permission bits */
	struct patch_hunk *hunks; /* PATCH_ADD: one, of '+' lines */
	size_t n_hunks;
	size_t patch_line;
};

struct patch {
	struct buf text; /* what the lines point into */
	struct patch_file *files;
	size_t n_files;
};

/* Whether there is a patch in the text at all. */
bool patch_present(struct str text);
/* Errors: ERR_TOOL_PATCH (with the line), ERR_TOO_LARGE. The patch is the
 * caller's to release, also after an error. */
int patch_parse(struct str text, struct patch *ret, struct error *err);
void patch_release(struct patch *p);
#define CLEANUP_PATCH CLEANUP(patch_release)

#endif
