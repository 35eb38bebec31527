/* Events: what happened, in the order in which it happened. The screen draws
 * them, --json prints them, the store keeps them; resuming a session is
 * replaying them. This header holds the one table of event types: the JSON
 * form, the checks and the documentation follow from it.
 *
 * An event is immutable once it is published. Its JSON form is one object:
 *
 *	{"type":"text.delta","session":ID,"run":ID,"seq":N,"time":ISO,
 *	 …members of the type…}
 *
 * `members` is that last part as JSON text without braces, so that an event
 * is written once and never parsed on its way. */
#ifndef FRIDAY_EVENT_EVENT_H
#define FRIDAY_EVENT_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/id.h"

struct json;

/* The number in run.started; raised when a type or a field is added. */
#define EVENT_SCHEMA 1

/* How soon an event must be on the disk. */
enum event_sync {
	EVENT_LAZY,   /* deltas: within 50 ms, unsynced */
	EVENT_BORDER, /* synced before it is shown as done */
};

/* X(enumerator, name, sync, fields). `fields` lists the members, separated by
 * spaces: name:kind, kind one of s(tring) i(nteger) b(oolean) o(bject)
 * a(rray); a '?' behind the kind: may be absent. Append only. */
#define EVENT_TABLE(X)                                                        \
	X(EVENT_RUN_STARTED, "run.started", EVENT_BORDER,                     \
	    "schema:i prompt:s provider:s model:s mode:s cwd:s "              \
	    "parent_call:s?")                                                 \
	X(EVENT_USER_MESSAGE, "user.message", EVENT_BORDER,                   \
	    "text:s attachments:a?")                                          \
	X(EVENT_TEXT_DELTA, "text.delta", EVENT_LAZY,                         \
	    "message_id:s offset_bytes:i text:s")                             \
	X(EVENT_REASONING_DELTA, "reasoning.delta", EVENT_LAZY,               \
	    "message_id:s offset_bytes:i text:s")                             \
	X(EVENT_MESSAGE_FINISHED, "message.finished", EVENT_BORDER,           \
	    "message_id:s text:s reasoning:s? reasoning_ms:i? stop_reason:s") \
	X(EVENT_TOOL_STARTED, "tool.started", EVENT_BORDER,                   \
	    "call_id:s name:s arguments:o rule:s? reason:s?")                 \
	X(EVENT_TOOL_OUTPUT, "tool.output", EVENT_LAZY,                       \
	    "call_id:s stream:s text:s")                                      \
	X(EVENT_TOOL_FINISHED, "tool.finished", EVENT_BORDER,                 \
	    "call_id:s name:s ok:b result:s error:o? duration_ms:i files:a "  \
	    "diff:s?")                                                        \
	X(EVENT_APPROVAL_REQUESTED, "approval.requested", EVENT_BORDER,       \
	    "call_id:s name:s kind:s summary:s reason:s rule:s diff:s? "      \
	    "parts:a? paths:a? hosts:a? always:a?")                           \
	X(EVENT_APPROVAL_RESOLVED, "approval.resolved", EVENT_BORDER,         \
	    "call_id:s decision:s scope:s reason:s? by:s?")                   \
	X(EVENT_QUESTION_REQUESTED, "question.requested", EVENT_BORDER,       \
	    "call_id:s questions:a")                                          \
	X(EVENT_QUESTION_RESOLVED, "question.resolved", EVENT_BORDER,         \
	    "call_id:s answers:a cancelled:b")                                \
	X(EVENT_SHELL_STARTED, "shell.started", EVENT_BORDER,                 \
	    "shell_id:s command:s cwd:s")                                     \
	X(EVENT_SHELL_OUTPUT, "shell.output", EVENT_LAZY,                     \
	    "shell_id:s text:s")                                              \
	X(EVENT_SHELL_EXITED, "shell.exited", EVENT_BORDER,                   \
	    "shell_id:s exit_status:i? signal:s?")                            \
	X(EVENT_QUEUE_UPDATED, "queue.updated", EVENT_BORDER, "items:a")      \
	X(EVENT_MODE_CHANGED, "mode.changed", EVENT_BORDER, "mode:s")         \
	X(EVENT_MODEL_CHANGED, "model.changed", EVENT_BORDER,                 \
	    "provider:s model:s effort:s?")                                   \
	X(EVENT_SESSION_CHANGED, "session.changed", EVENT_BORDER,             \
	    "title:s? rewound_to:i?")                                         \
	X(EVENT_FILES_RESTORED, "files.restored", EVENT_BORDER,               \
	    "files:a point:s? kind:s? label:s?")                              \
	X(EVENT_NOTICE, "notice", EVENT_BORDER,                           \
	    "level:s text:s code:s? count:i? places:a?")                      \
	X(EVENT_PLAN_UPDATED, "plan.updated", EVENT_BORDER, "items:a")        \
	X(EVENT_USAGE, "usage", EVENT_BORDER,                                 \
	    "input_tokens:i output_tokens:i cached_tokens:i "                 \
	    "reasoning_tokens:i cost_microusd:i context_used:i "              \
	    "context_limit:i provider:s? model:s?")                           \
	X(EVENT_RETRY, "retry", EVENT_BORDER,                                 \
	    "attempt:i delay_ms:i reason:s provider:s?")                      \
	X(EVENT_COMPACTED, "compacted", EVENT_BORDER,                         \
	    "tokens_before:i tokens_after:i summary:s?")                      \
	X(EVENT_ERROR, "error", EVENT_BORDER,                                 \
	    "code:s message:s details:s retryable:b trace_id:s span_id:s "    \
	    "cause:s hint:s?")                                                \
	X(EVENT_RUN_FINISHED, "run.finished", EVENT_BORDER,                   \
	    "stop_reason:s duration_ms:i? cost_microusd:i?")

enum event_type {
#define X(enumerator, name, sync, fields) enumerator,
	EVENT_TABLE(X)
#undef X
	EVENT_TYPE_COUNT
};

struct event_row {
	const char *name;
	enum event_sync sync;
	const char *fields; /* as in EVENT_TABLE */
};

extern const struct event_row event_table[EVENT_TYPE_COUNT];

struct event {
	_Atomic unsigned refs;
	enum event_type type;
	int64_t seq;	 /* per session, from 1, no gaps; 0: not stored yet */
	int64_t time_ms; /* wall clock; set when it is stored */
	char session[ID_SIZE];
	char run[ID_SIZE];	      /* "" outside a run */
	char parent_call[64];	      /* of a sub-run; "" otherwise */
	struct buf members;	      /* JSON members without braces */
};

/* A new event with one reference. `members` is copied; it must be the members
 * of one JSON object as text. run may be NULL. */
struct event *event_create(enum event_type type, const char *session,
    const char *run, struct str members);
struct event *event_ref(struct event *ev);
void event_unref(struct event *ev);
DEFINE_CLEANUP(event_unref, struct event);

/* Appends the whole JSON object, without a line feed. */
int event_print(const struct event *ev, struct buf *out);
/* False: no such type. */
bool event_type_by_name(struct str name, enum event_type *ret);
/* Whether an object has the members that its type's row demands, each of its
 * kind. Errors: ERR_INVALID naming the member. */
int event_check(const struct json *object, struct error *err);

#endif
