/* The rows of the tools that live in this room: they work on the run that
 * calls them (tool_env.session is a struct run, see door.c). */
#ifndef FRIDAY_AGENT_AGENT_TOOLS_H
#define FRIDAY_AGENT_AGENT_TOOLS_H

#include "tools/tool.h"

struct run;

extern const struct tool tool_plan;
extern const struct tool tool_ask_user;
extern const struct tool tool_task;
extern const struct tool tool_recall;
extern const struct tool tool_skill;

/* The run a call belongs to. NULL with the error set: none (the tool is run by
 * hand). */
struct run *agent_tool_run(const struct tool_call *call, struct error *err);

#endif
