/* The built-in tools, in the order in which a model is shown them. */
#include "tools/tool.h"
#include "tools/tool_rows.h"

const struct tool *const tool_table[] = {
	&tool_read,
	&tool_write,
	&tool_edit,
	&tool_apply_patch,
	&tool_list,
	&tool_glob,
	&tool_grep,
	&tool_code_search,
	&tool_symbol,
	&tool_repo_map,
	&tool_outline,
	&tool_git,
	&tool_shell,
	&tool_shell_background,
	&tool_fetch,
	&tool_tool_search,
	NULL,
};
