/* The table of operations, over the lists of the op_*.c files. */
#include "core/operation.h"

#include <string.h>

static const struct operation *const lists[] = {
	op_session_rows,
	op_run_rows,
	op_transcript_rows,
	op_tool_rows,
	op_sandbox_rows,
	op_model_rows,
	op_config_rows,
	op_permission_rows,
	op_secret_rows,
	op_upkeep_rows,
	op_repository_rows,
	op_shell_rows,
	op_guide_rows,
	op_input_rows,
	op_complete_rows,
	op_undo_rows,
	op_changes_rows,
	op_audit_rows,
	op_checks_rows,
	op_checks_change_rows,
	op_index_rows,
	op_code_rows,
	op_graph_rows,
	op_hook_rows,
	op_message_rows,
	op_push_rows,
	op_trail_rows,
	op_review_rows,
	op_blame_rows,
};

const struct operation *
operation_at(size_t index)
{
	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		for (const struct operation *o = lists[i]; o->face.name; o++)
			if (index-- == 0)
				return o;
	return NULL;
}

const struct operation *
operation_by_name(const char *name)
{
	const struct operation *o;

	for (size_t i = 0; (o = operation_at(i)) != NULL; i++)
		if (strcmp(o->face.name, name) == 0)
			return o;
	return NULL;
}
