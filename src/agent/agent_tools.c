/* The tools of this room; see agent_tools.h. */
#include "agent/agent_tools.h"

#include "agent/session.h"

static const struct tool *const rows[] = {
	&tool_plan,
	&tool_ask_user,
	&tool_task,
	&tool_recall,
	&tool_skill,
};

struct run *
agent_tool_run(const struct tool_call *call, struct error *err)
{
	if (call->env->session == NULL)
		error_set(err, ERR_UNSUPPORTED,
		    "%s works only inside a session", call->tool->name);
	return call->env->session;
}

int
agent_tools_add(struct tool_registry *registry, struct error *err)
{
	int rc = 0;

	for (size_t i = 0; i < ARRAY_LEN(rows) && rc == 0; i++)
		rc = tool_registry_add(registry, rows[i], err);
	return rc;
}
