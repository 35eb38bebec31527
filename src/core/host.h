/* What stands behind a struct friday: the parts of the lower rooms, wired
 * together. Private to core.
 *
 * Threads: workers run the operations, each in the order of its queue.
 * `control` owns the sessions; its operations are short. `slow` takes what
 * waits for a network or for a lot of disk. `input` helps somebody who types:
 * nothing of it may wait behind the others. `hand` runs the tools that people
 * call themselves, for as long as they take. What several touch is set up
 * before they start, or is thread-safe by itself (store, bus). */
#ifndef FRIDAY_CORE_HOST_H
#define FRIDAY_CORE_HOST_H

#include <pthread.h>
#include <stdatomic.h>

#include "agent/session.h"
#include "base/monitor.h"
#include "base/queue.h"
#include "core/config.h"
#include "core/friday.h"
#include "event/bus.h"
#include "llm/provider.h"
#include "store/store.h"
#include "tools/tool.h"

struct worker {
	struct friday *host;
	const char *name;
	pthread_t thread;
	bool started;
	struct queue *requests;
	struct store_reader *reader; /* opened when first asked for */
};

struct deny_list;
struct launcher;
struct keyring;
struct scrubber;
struct proxy;
struct host_audit;
struct host_session; /* host_session.h */

struct former_config {
	struct config *config;
	struct catalog *catalog;
	struct former_config *next;
};
struct completion_host; /* op_complete.c */
struct code_index;

struct friday {
	unsigned flags; /* enum friday_flags */
	char *folder;	/* the workspace, absolute, without links */
	char *state_dir;
	bool own_state_dir; /* ephemeral: removed at the end */
	char *settings; /* of friday_open(); NULL: none */
	/* Read by any worker; another one takes its place when settings are
	 * read again, and the former stays in `former` to the end, since
	 * sessions and calls point into it. */
	struct config *_Atomic config;
	struct catalog *_Atomic catalog;
	struct former_config *former; /* control's own */
	struct tool_registry *registry;
	struct deny_list *deny; /* what the agent never reads */
	struct launcher *launcher; /* of commands */
	struct proxy *proxy; /* their way out; [lock] started when needed */
	struct scrubber *scrubber; /* of the log */
	struct keyring *keys;
	struct bus *bus;
	struct monitor lock;  /* guards store and next_request */
	struct monitor remembering; /* held while remembered rules change */
	struct store *store;  /* opened when first asked for */
	struct host_audit *audit; /* opened with the store */
	struct undo *undo;    /* opened with it, once there is a config */
	uint64_t next_request;
	struct worker control, slow, input, hand;
	/* hand's: raised by tool.cancel */
	struct cancel hand_cancel;
	/* input's own */
	struct completion_host *completion;
	struct code_index *index; /* of the repository; NULL: no cache folder */
	/* control's own */
	struct host_session *sessions;
	char *discovered_provider; /* found at first need; NULL: not looked */
	char *discovered_model;
};

/* The store, opened at the first call. Any thread. */
int host_store(struct friday *f, struct store **ret, struct error *err);
void completion_host_destroy(struct completion_host *c);
/* Reads the settings again, for what begins from now on: open sessions keep
 * those with which they began. On failure the former ones stay. Thread:
 * control. */
int host_reload(struct friday *f, struct error *err);
/* The worker's own reader. */
int host_reader(struct worker *w, struct store_reader **ret,
    struct error *err);

#endif
