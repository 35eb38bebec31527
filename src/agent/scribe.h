/* The scribe: a session's helper thread for what a run must not wait for.
 * It gives out streamed text in batches (the first piece at once, then at
 * most every 15 ms, and what is pending even when the stream pauses), saves
 * small state, and rings the alarm of a run's wall time. The thread is started
 * when it is first needed.
 *
 * Thread: any, one stream at a time. */
#ifndef FRIDAY_AGENT_SCRIBE_H
#define FRIDAY_AGENT_SCRIBE_H

#include "agent/emit.h"

struct scribe;

struct scribe *scribe_create(struct store *store);
/* Saves what waits, ends the thread. */
void scribe_destroy(struct scribe *s);

/* A stream of deltas for this message begins; `to` is copied, its strings are
 * borrowed until scribe_stream_end(). */
void scribe_stream_begin(struct scribe *s, const struct emit_to *to,
    const char *message_id);
void scribe_text(struct scribe *s, struct str text);
void scribe_reasoning(struct scribe *s, struct str text);
/* From the first piece of reasoning to the last, of the last stream. */
int64_t scribe_thought_ms(struct scribe *s);
/* Gives out the rest. Errors: the first one of the stream. */
int scribe_stream_end(struct scribe *s, struct error *err);

/* Saves a value of small state soon; json empty removes it. A later value for
 * the key replaces one that waits. One key per session: the queue. */
void scribe_save_state(struct scribe *s, const char *key, struct str json);
void scribe_save_session(struct scribe *s, const struct session_row *row);

/* Calls ring(ctx) on the scribe's thread once at_ms (clock_now_ms()) has
 * come; 0: no alarm any more. */
void scribe_set_alarm(struct scribe *s, int64_t at_ms,
    void (*ring)(void *ctx), void *ctx);

#endif
