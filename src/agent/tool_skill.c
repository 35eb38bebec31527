/* skill: the text of a skill, when the model needs it. */
#include "agent/agent_tools.h"
#include "agent/run.h"
#include "agent/skills.h"
#include "base/json.h"

static const char schema[] =
    "{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\"}},"
    "\"required\":[\"name\"],\"additionalProperties\":false}";

static int
skill_run(const struct tool_call *call, struct tool_result *result,
    struct error *err)
{
	struct run *r = agent_tool_run(call, err);

	if (r == NULL)
		return -ERR_UNSUPPORTED;
	return skills_read(&r->session->opts,
	    json_get_str(call->args, "name"), &result->text, err);
}

const struct tool tool_skill = {
	.name = "skill",
	.summary = "Load a skill",
	.description = "Gives the text of a skill of the list in <context>. "
	    "Load it before doing what it is about.",
	.schema = schema,
	.effects = EFFECT_READS_FILES,
	.output_max = 64 * KIB,
	.timeout_ms = 5 * 1000,
	.deferred = true,
	.run = skill_run,
};
