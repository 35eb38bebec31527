/* A run: from one prompt to the end of the work on it, straight-line code on
 * one thread. A sub-run (the task tool) is a run inside a call of another one:
 * same thread, same cancel token, same budget, its own conversation. */
#ifndef FRIDAY_AGENT_RUN_H
#define FRIDAY_AGENT_RUN_H

#include "agent/impl.h"
#include "base/hash.h"

enum run_stop {
	RUN_END_TURN,
	RUN_MAX_TOKENS,
	RUN_MAX_TURNS,
	RUN_CANCELLED,
	RUN_REFUSAL,
	RUN_BUDGET,
	RUN_ERROR,
};

/* Catches a model that repeats the same failing call. */
struct loop_guard {
	char last[HASH_SIZE]; /* name and arguments of the last failed call */
	int count;	      /* how often in a row */
};

struct run {
	struct session *session;
	const struct run *parent; /* NULL: the user's own run */
	char id[ID_SIZE];
	char trace[33];
	char parent_call[64];
	struct emit_to to;
	struct convo *convo;
	struct toolset *tools;
	struct budget *budget; /* the topmost run's */
	int64_t started_ms;    /* clock_now_ms() */
	int64_t cost_before;   /* of the budget, micro-dollars */
	struct loop_guard guard;
	_Atomic bool looping; /* the guard gave up */
	_Atomic bool wall_over;
	int stop_tries;   /* ends that hooks put off */
	int schema_tries; /* answers that did not fit the output schema */
	double cooler;	  /* taken off the temperature for that */
};

const char *run_stop_name(enum run_stop stop);

/* The thread: runs `item`, then what is queued. Ends with running false. */
struct run_job {
	struct session *session;
	struct inbox_item *item; /* NULL: compaction */
	struct buf instructions; /* of a compaction */
};
void *run_thread(void *job);

/* A run's common parts, also used by the task tool. */
void run_init(struct run *r, struct session *s, const struct run *parent,
    const char *id, const char *parent_call);
int run_emit_started(struct run *r, struct str prompt, struct error *err);
void run_emit_finished(struct run *r, enum run_stop stop,
    const struct error *fault);
/* Asks the model and runs its calls until the work is done. fault is set with
 * RUN_ERROR, RUN_BUDGET and RUN_CANCELLED. */
enum run_stop run_loop(struct run *r, struct error *fault);
/* Stores the message with the event (may be NULL), and adds it to the
 * conversation. The message is taken over, also on an error. A sub-run's
 * messages are not stored: its answer is, as the result of its call. */
int run_keep(struct run *r, struct event *ev, struct message *m,
    struct error *err);

#endif
