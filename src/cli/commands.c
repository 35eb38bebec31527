/* The list of all commands. */
#include "cli/command.h"

static const struct command *const lists[] = {
	command_chat_rows,
	command_run_rows,
	command_session_rows,
	command_undo_rows,
	command_audit_rows,
	command_blame_rows,
	command_checks_rows,
	command_tool_rows,
	command_index_rows,
	command_graph_rows,
	command_hook_rows,
	command_review_rows,
	command_sandbox_rows,
	command_model_rows,
	command_secret_rows,
	command_config_rows,
	command_help_rows,
};

const struct command *
command_at(size_t index)
{
	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		for (const struct command *c = lists[i]; c->name; c++)
			if (index-- == 0)
				return c;
	return NULL;
}
