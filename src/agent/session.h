/* A session: a conversation in a workspace, and the runs it is made of. Each
 * run has one thread of straight-line code that owns the session's state while
 * it runs: ask the model, run its tool calls, go on. Everything that happens
 * is an event, stored first, then published on the bus.
 *
 * Functions here may be called from any one controlling thread (core's); they
 * never wait for a model, a tool or a disk, except create, open and destroy. */
#ifndef FRIDAY_AGENT_SESSION_H
#define FRIDAY_AGENT_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cancel.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/id.h"
#include "llm/client.h"
#include "safety/policy.h"
#include "store/store.h"
#include "tools/tool_run.h"

struct bus;
struct deny_list;
struct edit_commands;
struct hook;
struct code_index;
struct launcher;
struct json;
struct session;
struct shell_jobs;
struct undo;

/* One role's model: main, small or review. */
struct agent_model {
	const struct llm_target *targets; /* first, then fall-backs */
	size_t n_targets;
	enum llm_effort effort;
};

struct agent_opts { /* from the configuration; borrowed for the session */
	struct store *store;
	/* Where an event goes that cannot be stored any more (a full disk);
	 * all others reach it through the store's on_stored. NULL: nowhere. */
	struct bus *bus;
	const struct catalog *catalog;
	const struct tool_registry *registry;
	struct agent_model main, small; /* small.n_targets 0: main's */
	struct llm_client_opts client;	/* timeouts and retries */
	const struct policy_rule *rules;
	size_t n_rules;
	const char *const *roots; /* workspace folders, absolute; [0] is cwd */
	size_t n_roots;
	const char *config_dir;	  /* user's: commands, skills, AGENTS.md */
	const char *state_dir;	  /* spill files, drafts */
	bool trusted;		  /* the folder's own configuration counts */
	bool interactive;	  /* somebody can answer questions */
	int max_turns;		  /* per run; 0: 200 */
	int64_t max_tokens;	  /* per run; 0: no cap */
	int64_t max_wall_ms;	  /* per run; 0: no cap */
	struct budget_caps caps;  /* micro-dollars */
	double compact_at;	  /* share of the context: 0.8 */
	double temperature;	  /* negative: the provider's default */
	const char *extra_system; /* appended to the system prompt; NULL */
	const char *output_schema; /* answer must fit; NULL */
	int64_t max_output_tokens; /* 0: the model's */
	bool fetch_allow_private; /* as in tool_env */
	const char *shell;	  /* as in tool_env; NULL: found */
	struct deny_list *deny;	  /* what is never read; NULL: nothing */
	struct code_index *index; /* for code_search; NULL: none */
	int64_t context_tokens; /* of what the index has for a request, in
				 * the user's turn; 0: nothing */
	struct launcher *launcher; /* of commands; NULL: no sandbox */
	const struct hook *hooks; /* the user's, in their order */
	size_t n_hooks;
	const struct edit_commands *after_edit; /* NULL: nothing is run */
	struct undo *undo; /* records what calls change; NULL: nothing does */
};

/* Adds the tools that live in this room (plan, ask_user, task, tool_search,
 * recall, skill) to the registry, before the first session. */
int agent_tools_add(struct tool_registry *registry, struct error *err);

/* A new session, its row stored. */
int session_create(const struct agent_opts *opts, enum policy_mode mode,
    struct session **ret, struct error *err);
/* An existing one: takes its lease and reads its messages. Calls that have no
 * result (a kill) get one: "interrupted". */
int session_open(const struct agent_opts *opts, const char *id,
    struct session **ret, struct error *err);
/* Cancels a run, waits for it (at most 5 s), releases the lease. */
void session_destroy(struct session *s);
DEFINE_CLEANUP(session_destroy, struct session);
const char *session_id(const struct session *s);
bool session_running(const struct session *s);

struct attachment {
	const char *media_type; /* "image/png", "text/plain" */
	const char *name;
	struct str data; /* bytes */
};

struct submit_opts {
	struct str text;
	const struct attachment *attachments;
	size_t n_attachments;
	enum { SUBMIT_STEER, SUBMIT_QUEUE } when_busy;
};

/* Starts a run; while one goes on, steers it (the text is taken before the
 * next model call) or queues it. ret_run: the run's id, "" when queued. */
int session_submit(struct session *s, const struct submit_opts *opts,
    char ret_run[ID_SIZE], struct error *err);
void session_cancel(struct session *s, enum cancel_step step);
/* Waits for the end of the run, at most timeout_ms (-1: no limit). */
bool session_wait(struct session *s, int timeout_ms);

/* Answers to approval.requested and question.requested. Errors: ERR_NOT_FOUND
 * (nothing of that id waits). */
int session_answer(struct session *s, const char *call_id,
    const struct approval_answer *answer, struct error *err);
int session_answer_question(struct session *s, const char *call_id,
    const struct json *answers, struct error *err); /* NULL: cancelled */
/* Rules to be kept for "always" are handed to this. */
typedef void session_remember_fn(const struct policy_rule *rule, void *ctx);
void session_on_remember(struct session *s, session_remember_fn *fn,
    void *ctx);

/* Rules that hold from the next call on. session_own_rules gives a copy of
 * those that were answered "for this session" (free() it), removing takes all
 * that say the same and come from the same source. */
void session_add_rule(struct session *s, const struct policy_rule *rule);
void session_remove_rule(struct session *s, const struct policy_rule *rule);
size_t session_own_rules(struct session *s, struct policy_rule **ret);

enum policy_mode session_mode(const struct session *s);
int session_set_mode(struct session *s, enum policy_mode mode,
    struct error *err);
/* Takes effect with the next model call; targets are copied by reference. */
int session_set_model(struct session *s, const struct agent_model *main,
    struct error *err);
int session_rename(struct session *s, const char *title, struct error *err);
/* The queue: list as JSON array of {id,text}, drop, move to index. */
void session_queue_json(struct session *s, struct buf *out);
int session_queue_change(struct session *s, const char *item_id,
    struct str new_text, int new_index, bool drop, struct error *err);
/* Starts a run with the first that waits: a run that was stopped or failed
 * leaves the queue as it is. Errors: ERR_NOT_FOUND (nothing waits),
 * ERR_BUSY. */
int session_queue_start(struct session *s, struct error *err);
/* Compacts now, as a run of its own (events: compacted). instructions may be
 * empty. */
int session_compact(struct session *s, struct str instructions,
    struct error *err);
/* The summary that stands for the older turns, and another text for it. Only
 * while no run goes on. Errors: ERR_BUSY, ERR_NOT_FOUND (nothing was summed up
 * yet), ERR_INVALID. */
int session_summary(struct session *s, struct buf *out, struct error *err);
int session_set_summary(struct session *s, struct str text,
    struct error *err);
/* Takes the messages from event `from_seq` on out of the conversation; they
 * stay in the store, and so do the events. Only while no run goes on. Errors:
 * ERR_BUSY. */
int session_rewind(struct session *s, int64_t from_seq, struct error *err);
/* What fills the context, as JSON: {"limit","used","parts":[{name,tokens}]}. */
void session_context_json(struct session *s, struct buf *out);
/* Something that is said outside a run: an event notice. code may be NULL. */
void session_notice(struct session *s, const char *level, const char *code,
    const char *text);
/* The background shells, NULL before the first one was possible; lives as long
 * as the session. */
struct shell_jobs *session_shells(struct session *s);
/* Why the last run ended; "" when none has. */
const char *session_stop_reason(const struct session *s);
/* Whether the last run had a call refused by policy, or because nobody was
 * there to answer: the caller's exit status is 3 then. */
bool session_refused(const struct session *s);
void session_last_error(const struct session *s, struct error *ret);

#endif
