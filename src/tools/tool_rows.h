/* The rows of this room's tools; each is defined in the file of its name. */
#ifndef FRIDAY_TOOLS_TOOL_ROWS_H
#define FRIDAY_TOOLS_TOOL_ROWS_H

#include "tools/tool.h"

extern const struct tool tool_apply_patch;
extern const struct tool tool_code_search;
extern const struct tool tool_edit;
extern const struct tool tool_fetch;
extern const struct tool tool_git;
extern const struct tool tool_glob;
extern const struct tool tool_grep;
extern const struct tool tool_list;
extern const struct tool tool_outline;
extern const struct tool tool_read;
extern const struct tool tool_repo_map;
extern const struct tool tool_shell;
extern const struct tool tool_shell_background;
extern const struct tool tool_symbol;
extern const struct tool tool_tool_search;
extern const struct tool tool_write;

#endif
