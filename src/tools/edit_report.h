/* What is said after files were changed, the same for write, edit and
 * apply_patch: the paths, the diff, and the syntax errors that the change
 * brought in. */
#ifndef FRIDAY_TOOLS_EDIT_REPORT_H
#define FRIDAY_TOOLS_EDIT_REPORT_H

#include "tools/change_set.h"
#include "tools/tool.h"

/* Commits and fills result: files, diff, and after what its text holds
 * already, notes and new syntax errors. On an error nothing has changed. */
int edit_report_commit(struct change_set *cs, const struct tool_call *call,
    struct tool_result *result, struct error *err);
/* Fills a preview: subject (the paths), summary ("edit a.c", "edit 3 files:
 * a.c, b.c, c.c"), diff. */
void edit_report_preview(const struct change_set *cs, const char *verb,
    struct tool_preview *ret);

#endif
