/* What the status line and the panel show: facts of the open session, kept up
 * to date from its events. */
#ifndef FRIDAY_TUI_FACTS_H
#define FRIDAY_TUI_FACTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/json.h"

enum { FACTS_TEXT = 256 };

struct facts {
	char title[FACTS_TEXT], provider[FACTS_TEXT], model[FACTS_TEXT];
	char effort[32], mode[16], folder[4096];
	char branch[FACTS_TEXT];
	int dirty;		/* changed files; -1: not known */
	bool running, stopping;
	int64_t run_started_ms; /* clock_now_ms() */
	char activity[FACTS_TEXT]; /* "thinking", "edit src/a.c"; "" */
	int64_t context_used, context_limit; /* tokens; 0: not known */
	int64_t run_cost_microusd, session_cost_microusd;
	int64_t input_tokens, output_tokens; /* of the session */
	int shells;		/* background shells that run */
	int approvals;		/* that wait */
	struct json *plan;	/* items of plan.updated; NULL: none */
	struct json *queue;	/* items of queue.updated; NULL: none */
	struct json *files;	/* {path: {added, removed}} of this session */
	struct json *context;	/* [{name, tokens}]: what fills it; NULL */
	char index[64];		/* progress of the index; "" */
	bool past_taken;	/* facts_past() did its work */
};

void facts_init(struct facts *f);
void facts_release(struct facts *f);
/* Takes one event in. Returns whether anything that is shown changed. */
bool facts_event(struct facts *f, const struct json *event, int64_t now_ms);
/* The reply of session.create or session.open: what was of another session is
 * forgotten. */
void facts_session(struct facts *f, const struct json *reply);
/* The last events of a session that was opened, oldest first: plan and context
 * as they were left. Only the first call after facts_session() counts. Returns
 * whether anything changed. */
bool facts_past(struct facts *f, const struct json *events);
/* The reply of changes.list: the files as they are by now. */
void facts_changes(struct facts *f, const struct json *reply);
/* The reply of session.context. */
void facts_context(struct facts *f, const struct json *reply);
/* The reply of repository.status: branch and dirt. Returns whether anything
 * changed. */
bool facts_repository(struct facts *f, const struct json *reply);

#endif
