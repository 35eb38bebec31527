/* Programs of the user's that are told what happens and may say no: before
 * and after a tool, at a prompt, when the work would end, when a session
 * begins. Each gets one JSON object on stdin (docs/hooks.md). It may refuse,
 * with a reason, or change nothing.
 *
 * What refuses: exit status 2 (the reason is what it wrote to stderr), or
 * status 0 and {"decision":"deny","reason":"…"} on stdout. A hook that guards
 * (before_tool, prompt, session_start) and fails or takes too long refuses as
 * well: a guard that is ill must not wave everybody through. After a tool and
 * at the end a failure is only told.
 *
 * Thread: the run's, or a worker of it. */
#ifndef FRIDAY_AGENT_HOOKS_H
#define FRIDAY_AGENT_HOOKS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/json_writer.h"

struct run;
struct tool_call;
struct tool_result;

enum hook_event {
	HOOK_BEFORE_TOOL,
	HOOK_AFTER_TOOL,
	HOOK_PROMPT,
	HOOK_STOP,
	HOOK_SESSION_START,
	HOOK_EVENTS,
};

struct hook {
	enum hook_event event;
	char *command;	/* for sh -c */
	char *tool;	/* pattern over the tool's name; "*": all */
	int timeout_ms;
	bool sandbox; /* as commands of the model run */
};

enum { HOOK_REASON_MAX = 512, HOOK_TIMEOUT_MS = 30 * 1000 };

const char *hook_event_name(enum hook_event event);

/* Refused, or cancelled: ERR_HOOK_DENIED with the hook's reason, or
 * ERR_CANCELLED. */
int hooks_before_tool(struct run *r, const struct tool_call *call,
    struct error *err);
/* Objections go behind the result's text. */
void hooks_after_tool(struct run *r, const struct tool_call *call, bool ok,
    struct tool_result *result);
/* Before a prompt is taken, and once before a session's first. */
int hooks_prompt(struct run *r, struct str text, struct error *err);
/* Whether one objects to the end; then *ret_reason says why. */
bool hooks_stop(struct run *r, const char *stop_reason,
    char ret_reason[HOOK_REASON_MAX]);

#endif
