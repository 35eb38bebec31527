/* The store: one SQLite database per user, in WAL mode, for sessions, events,
 * messages, budgets, breaker state and prompt history. Two truths are written
 * in one transaction: `message` (neutral JSON with the provider's signatures)
 * is what the model gets again; `event` is what faces get.
 *
 * Life cycle: store_open() starts the one writer thread of the process. What
 * must be written is handed to it and committed in groups; an event is given
 * its seq and time in that transaction and is then handed to on_stored (the
 * bus). Reading goes through a struct store_reader: one per thread, its own
 * connection.
 *
 * SQL stays inside this room; store/db.h is the driver's seam. */
#ifndef FRIDAY_STORE_STORE_H
#define FRIDAY_STORE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/id.h"
#include "event/event.h"

struct finder;
struct store;
struct store_audit;
struct store_reader;

struct store_opts {
	const char *folder; /* state folder; made if missing, 0700 */
	/* Called by the writer thread after the commit, in seq order, with the
	 * caller's reference kept by the store. May be NULL. */
	void (*on_stored)(struct event *ev, void *ctx);
	/* A group could not be written (disk full, lock): its events are kept
	 * in memory, up to a bound, and tried again with the next group. */
	void (*on_fault)(const struct error *err, void *ctx);
	void *ctx;
	const char *user_id;   /* NULL: "local" */
	const char *tenant_id; /* NULL: "local" */
	int busy_ms; /* how long a lock of others is waited for; 0: 5,000 */
	const struct store_audit *audit; /* copied; NULL: no audit log */
};

/* Errors: ERR_STORE_NETWORK_FS, ERR_STORE_NEWER, ERR_STORE_CORRUPT,
 * ERR_STORE_LOCKED, ERR_STORE_FULL, ERR_IO. */
int store_open(const struct store_opts *opts, struct store **ret,
    struct error *err);
/* Writes what waits (at most 5 s), stops the writer, releases leases. */
void store_close(struct store *s);
DEFINE_CLEANUP(store_close, struct store);
const char *store_path(const struct store *s);

int store_reader_open(struct store *s, struct store_reader **ret,
    struct error *err);
void store_reader_close(struct store_reader *r);
DEFINE_CLEANUP(store_reader_close, struct store_reader);

/* --- writing: any thread ------------------------------------------------ */

/* A message to be kept with an event, in the same transaction. */
struct store_message {
	const char *id;
	const char *session;
	const char *run;
	const char *role; /* "user", "assistant" */
	struct str json;  /* neutral form, copied */
};

/* Queues events (references taken) and messages as one unit: all or none are
 * stored. EVENT_BORDER types cause a synced commit. Returns at once; blocks
 * only while the queue is full (bounded), at most 10 s. */
int store_append(struct store *s, struct event *const *events,
    size_t n_events, const struct store_message *messages, size_t n_messages,
    struct error *err);
enum store_append_flags {
	/* Border events are committed, but perhaps not on the disk: a crash of
	 * the machine may lose them, one of the process does not. */
	STORE_LAZY = 1,
};
/* The same for events, and waits until they are committed, at most timeout_ms.
 * Errors too: the unit's own fault, that of its group, ERR_TIMEOUT. *ret_kept
 * (may be NULL), after an error: they will be tried again. */
int store_append_wait(struct store *s, struct event *const *events,
    size_t n_events, unsigned flags, int timeout_ms, bool *ret_kept,
    struct error *err);
/* Import: as store_append, but the events keep their time_ms, nobody is told
 * of them, and it waits for the commit. Their seqs go on from the session's
 * last. */
int store_import(struct store *s, struct event *const *events,
    size_t n_events, const struct store_message *messages, size_t n_messages,
    struct error *err);
/* Waits until everything queued before is committed (`synced`: and on the
 * disk). Errors: the fault of the group, ERR_TIMEOUT. */
int store_flush(struct store *s, bool synced, int timeout_ms,
    struct error *err);

/* --- sessions ----------------------------------------------------------- */

struct session_row {
	char id[ID_SIZE];
	char title[256];
	char folder[4096];
	char provider[32], model[128], mode[16];
	char parent[ID_SIZE]; /* forked from; "" */
	int64_t forked_at;    /* seq in the parent */
	int64_t created_ms, updated_ms;
	int64_t deleted_ms;   /* 0: not in the trash */
	int64_t last_seq, n_messages;
	int64_t cost_microusd;
	int64_t size_bytes;
};

/* Waits for the commit. row->id is given by the caller (id_make); times of 0
 * are now; counters are ignored. */
int store_session_create(struct store *s, const struct session_row *row,
    struct error *err);
/* Title, provider, model, mode of an existing session; an empty one is left
 * as it is. */
int store_session_update(struct store *s, const struct session_row *row,
    struct error *err);
int store_session_trash(struct store *s, const char *id, bool into,
    struct error *err); /* into false: out of the trash */
/* A new session with the events and messages of `id` up to and including
 * `until_seq` (0: all). */
int store_session_fork(struct store *s, const char *id, int64_t until_seq,
    const char *new_id, struct error *err);
/* Messages from `from_seq` on no longer belong to the context (rewind, later)
 * or are summed up by a compaction: they stay in the store, marked, and
 * `summary` (a message) stands for them. */
int store_context_replace(struct store *s, const char *session,
    const char *const *message_ids, size_t n_ids,
    const struct store_message *summary, struct error *err);

/* Rewinds the context to before event `from_seq`: messages from it on are
 * marked as replaced by nothing, and what a compaction from it on had replaced
 * counts again. */
int store_context_rewind(struct store *s, const char *session,
    int64_t from_seq, struct error *err);

struct session_filter {
	const char *folder; /* exact; NULL: any */
	const char *text;   /* in title or folder; NULL: any */
	bool in_trash;
	int64_t before_ms; /* updated before; 0: no bound */
	size_t limit;	   /* 0: 1,000 */
};

typedef int session_row_fn(const struct session_row *row, void *ctx);
/* Newest first. A non-zero return of fn ends the walk and is returned. */
int store_session_list(struct store_reader *r,
    const struct session_filter *filter, session_row_fn *fn, void *ctx,
    struct error *err);
/* id may be a unique prefix of at least 4 characters. Errors:
 * ERR_SESSION_NOT_FOUND. */
int store_session_get(struct store_reader *r, const char *id,
    struct session_row *ret, struct error *err);
/* The newest of a folder in which something was said; where there is none, the
 * newest: who opened one and left again does not mean that one. */
int store_session_last(struct store_reader *r, const char *folder,
    struct session_row *ret, struct error *err);

/* One process holds a session's lease; it renews it in the background and
 * takes over one whose process is gone. Errors: ERR_SESSION_BUSY. */
int store_lease_take(struct store *s, const char *session, struct error *err);
void store_lease_release(struct store *s, const char *session);

/* --- reading ------------------------------------------------------------ */

typedef int event_fn(struct event *ev, void *ctx); /* borrowed */
/* Events with seq in (after, until], oldest first; until 0: to the end; limit
 * 0: all. Neighbouring deltas of one message come as one, with the offset of
 * the first and the seq of the last: a jump in seq stands for those, and for
 * deltas that gc dropped behind their message.finished; for nothing else.
 * Callbacks of this section must not wait: they hold a snapshot. */
int store_events(struct store_reader *r, const char *session, int64_t after,
    int64_t until, size_t limit, event_fn *fn, void *ctx, struct error *err);
/* The last `limit` events with seq < before (0: end), oldest first. Deltas
 * are left out once their message is finished, else merged as above. bytes:
 * no further event once so many bytes of members are passed (0: no bound). */
int store_events_back(struct store_reader *r, const char *session,
    int64_t before, size_t limit, size_t bytes, event_fn *fn, void *ctx,
    struct error *err);

struct event_search {
	const struct finder *finder; /* is given JSON text */
	int64_t before;	  /* only seqs below; 0: from the end */
	int64_t until_ms; /* of clock_now_ms(): no further then; 0: no bound */
};

/* Events in whose members a text occurs, newest first: candidates, then. Live
 * output and deltas are left out. *ret_next (may be NULL): what to give as
 * `before` to go on, after until_ms or with the event that fn stopped at; 0:
 * all has been looked at. */
int store_events_find(struct store_reader *r, const char *session,
    const struct event_search *what, event_fn *fn, void *ctx,
    int64_t *ret_next, struct error *err);

/* Every row as it was stored, deltas one by one: for export and checks. */
int store_events_raw(struct store_reader *r, const char *session,
    int64_t after, event_fn *fn, void *ctx, struct error *err);

typedef int message_json_fn(struct str json, int64_t seq, void *ctx);
/* The messages that make the context, in order (`all`: also those that a
 * compaction replaced). */
int store_messages(struct store_reader *r, const char *session, bool all,
    message_json_fn *fn, void *ctx, struct error *err);
/* Messages of the session whose text contains `text`, newest first. */
int store_messages_find(struct store_reader *r, const char *session,
    const char *text, size_t limit, message_json_fn *fn, void *ctx,
    struct error *err);

/* --- budgets ------------------------------------------------------------ */

/* Before a model call its estimated cost is reserved under the call's id;
 * after it, it is committed with the real figures, or released. Each exactly
 * once, also across kill -9: a reservation whose process is gone counts as
 * spent at its estimate until it is older than a day, then it is dropped. */
struct budget_caps { /* micro-dollars; 0: no cap */
	int64_t run, day, month;
};

struct budget_use { /* committed + reserved */
	int64_t run, day, month;
};

/* Checks the caps and reserves in one transaction; waits for the commit.
 * root_run: the run whose budget it draws on (a sub-run's topmost parent).
 * Errors: ERR_BUDGET (with *ret_use filled), store errors. */
int store_budget_reserve(struct store *s, const char *call_id,
    const char *session, const char *root_run, int64_t estimate_microusd,
    const struct budget_caps *caps, struct budget_use *ret_use,
    struct error *err);

struct budget_spent {
	const char *provider, *model;
	int64_t input_tokens, cached_tokens, cache_write_tokens,
	    output_tokens;
	int64_t cost_microusd;
};

int store_budget_commit(struct store *s, const char *call_id,
    const struct budget_spent *spent, struct error *err);
int store_budget_release(struct store *s, const char *call_id,
    struct error *err);

struct cost_row {
	char period[11]; /* "2026-11-21", "2026-11", or "" in a model's row */
	char provider[32], model[128];
	int64_t calls, input_tokens, cached_tokens, output_tokens,
	    cost_microusd;
};
enum cost_group { COST_DAY, COST_MONTH, COST_MODEL };
typedef int cost_row_fn(const struct cost_row *row, void *ctx);
int store_cost(struct store_reader *r, enum cost_group group, cost_row_fn *fn,
    void *ctx, struct error *err);

/* --- small state -------------------------------------------------------- */

/* A value under a key ("breaker/openai", "trust/HASH", "draft/…"): JSON text.
 * Waits for the commit. json.ptr NULL removes. */
int store_state_set(struct store *s, const char *key, struct str json,
    struct error *err);
/* False: no such key. Appends. */
bool store_state_get(struct store_reader *r, const char *key,
    struct buf *ret);
/* Adds `n` to a counter's bucket of the current minute and returns the sum of
 * the buckets of the last `window_ms` (retry budget). */
int store_counter_add(struct store *s, const char *key, int n,
    int64_t window_ms, int64_t *ret_sum, struct error *err);
/* Prompt history of a folder; newest first. */
int store_history_add(struct store *s, const char *folder, struct str text,
    struct error *err);
typedef int history_fn(struct str text, int64_t time_ms, void *ctx);
int store_history(struct store_reader *r, const char *folder, size_t limit,
    history_fn *fn, void *ctx, struct error *err);

/* --- upkeep ------------------------------------------------------------- */

struct gc_opts {
	int64_t older_than_ms; /* age of the trash to empty; -1: 30 days */
	int64_t keep_bytes;	/* database size aimed at; 0: no aim */
	bool dry_run;
};
struct gc_result {
	int64_t sessions, events, bytes_before, bytes_after;
};
/* Empties the trash, drops old deltas that a message.finished has folded,
 * vacuums. */
int store_gc(struct store *s, const struct gc_opts *opts,
    struct gc_result *ret, struct error *err);
/* A consistent copy while running, with its SHA-256 beside it in
 * `path`.sha256. */
int store_backup(struct store *s, const char *path, struct error *err);
/* Checks the copy (checksum, integrity, schema), then puts it in place; the
 * former database is kept as friday.db.before-restore. Errors:
 * ERR_STORE_LOCKED (a store is open there), ERR_STORE_CORRUPT,
 * ERR_STORE_NEWER, ERR_NOT_FOUND (no copy, no checksum). */
int store_restore(const char *folder, const char *path, struct error *err);
int store_check(struct store_reader *r, struct error *err); /* integrity */

struct store_stats {
	int64_t bytes, sessions, events, messages, trash;
	int schema;
};
int store_stats(struct store_reader *r, struct store_stats *ret,
    struct error *err);

#endif
