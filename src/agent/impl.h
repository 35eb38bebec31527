/* What the files of this room share of a session; nobody else includes it.
 *
 * Threads: the controlling thread (core's) and the run's thread. Members under
 * [lock] are touched only inside session->monitor; those under [run] belong to
 * the run's thread while a run goes on, else to the controlling thread. */
#ifndef FRIDAY_AGENT_IMPL_H
#define FRIDAY_AGENT_IMPL_H

#include <pthread.h>

#include "agent/convo.h"
#include "agent/emit.h"
#include "agent/inbox.h"
#include "agent/scribe.h"
#include "agent/session.h"
#include "agent/toolset.h"
#include "base/monitor.h"

struct budget;
struct json;
struct run;
struct scrubber;
struct tracker;
struct workspace;

enum { PLAN_ITEMS_MAX = 50 };

struct plan_item {
	char id[16];
	char title[200];
	char status[16]; /* "pending", "in_progress", "done" */
};

struct plan {
	struct plan_item *items;
	size_t n;
};

/* Somebody waits for an answer of the user; on the stack of who waits. */
struct waiting {
	const char *call_id;
	bool is_question;
	bool answered;
	struct approval_answer answer; /* of an approval */
	struct json *answers;	       /* of a question; NULL: cancelled */
	struct waiting *next;
};

/* What fills the context, as it was at the last model call; in tokens. */
struct context_view {
	int64_t limit, used;
	int64_t system, tools, context, user, assistant, results;
};

struct lookup;

struct session {
	struct agent_opts opts;
	char id[ID_SIZE];
	struct emit_to to; /* outside a run */
	struct cancel cancel;
	struct monitor monitor;
	struct scribe *scribe;
	session_remember_fn *remember;
	void *remember_ctx;
	/* Controlling thread. */
	pthread_t thread;
	bool has_thread;
	bool has_lease;

	/* [lock] */
	struct session_row row;
	bool running;
	char run_id[ID_SIZE]; /* of the run that goes on, or went on last */
	bool leaving; /* the session goes away: queued prompts stay queued */
	bool go_on;   /* a prompt came after the cancel: it is run next */
	enum policy_mode mode;
	struct policy_rule *rules; /* the configuration's and the answers' */
	size_t n_rules;
	struct agent_model wanted; /* main model from the next call on */
	bool model_changed;
	struct inbox inbox;
	struct waiting *waiting;
	struct context_view view;
	const char *stop_reason;
	struct error last_error;
	bool refused;

	/* [run] */
	struct agent_model main;
	struct llm_client *client;	 /* main's */
	struct llm_client *small_client; /* NULL: main's */
	struct run *speaking; /* whose model call goes on, for retry events */
	struct convo convo;
	struct toolset tools;
	struct buf system;
	struct workspace *workspace;
	struct scrubber *scrubber; /* hide.h */
	struct shell_jobs *jobs;
	struct tracker *tracker; /* NULL: nothing is recorded */
	char *spill_folder;
	struct tool_env env; /* each run's door gets a copy */
	struct lookup *lookup; /* NULL: the index was not asked yet */
	struct plan plan;
	bool begun; /* hooks know of the session */
};

/* The abilities, limits and prices of the main model's first target. */
struct model session_model(const struct session *s);
/* Brings in a model chosen since the last call; makes clients, tool list and
 * system prompt. Run's thread, or before the first run. */
int session_apply_model(struct session *s, struct error *err);
/* Tells faces and the store what waits. Inside the monitor. */
void session_inbox_changed(struct session *s);
/* Registers and waits for an answer, or for the cancel. 0: answered. Errors:
 * ERR_CANCELLED, ERR_POLICY_UNANSWERED (not interactive). ready(ctx) tells
 * the faces of the question, once an answer would find who waits. */
int session_wait_answer(struct session *s, struct waiting *w,
    int (*ready)(void *ctx, struct error *err), void *ctx,
    struct error *err);
/* The messages of the context, from the store. */
int session_load(struct session *s, struct store_reader *reader,
    struct error *err);
/* Reads messages and the end of the events, repairs what a kill left. */
int session_restore(struct session *s, struct store_reader *reader,
    struct error *err);

#endif
