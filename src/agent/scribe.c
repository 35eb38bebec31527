/* The scribe; see scribe.h. All its state is behind one monitor; the store is
 * called inside it for deltas only, since appending does not wait and the
 * order of deltas must hold. What waits for a commit is written outside. */
#include "agent/scribe.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/monitor.h"
#include "base/thread.h"

enum { BATCH_MS = 15 };
#define PENDING_MAX (32 * MIB)
#define STATE_MAX (64 * MIB)

struct channel {
	enum event_type type;
	struct buf pending;
	int64_t offset; /* bytes given out so far */
};

struct scribe {
	struct monitor monitor;
	struct store *store;
	pthread_t thread;
	bool started, ending;
	/* The stream. */
	bool streaming;
	struct emit_to to;
	char message_id[ID_SIZE];
	struct channel text, reasoning;
	int64_t last_ms; /* when deltas were given out last; 0: never */
	int64_t thought_from_ms, thought_to_ms;
	struct error fault;
	/* What waits to be saved. */
	char state_key[64];
	struct buf state;
	bool state_dirty, row_dirty;
	struct session_row row;
	/* The alarm. */
	int64_t alarm_ms;
	void (*ring)(void *ctx);
	void *ring_ctx;
};

static void
give_out(struct scribe *s, struct channel *c)
{
	struct emit e;

	if (c->pending.len == 0)
		return;
	emit_begin(&e);
	jw_key_cstr(&e.w, "message_id", s->message_id);
	jw_key_int(&e.w, "offset_bytes", c->offset);
	jw_key_str(&e.w, "text", buf_str(&c->pending));
	c->offset += (int64_t)c->pending.len;
	buf_clear(&c->pending);
	if (s->fault.code == ERR_NONE)
		emit_end(&e, &s->to, c->type, &s->fault);
	else
		event_unref(emit_event(&e, &s->to, c->type));
}

static void
give_out_all(struct scribe *s)
{
	give_out(s, &s->reasoning);
	give_out(s, &s->text);
	s->last_ms = clock_now_ms();
}

static bool
has_pending(const struct scribe *s)
{
	return s->streaming &&
	    (s->text.pending.len > 0 || s->reasoning.pending.len > 0);
}

/* Inside; leaves the monitor while the store commits. */
static void
save(struct scribe *s)
{
	CLEANUP_BUF struct buf json = BUF_INIT(STATE_MAX);
	struct session_row row = s->row;
	bool state = s->state_dirty, session = s->row_dirty;
	char key[sizeof(s->state_key)];
	struct str value;

	snprintf(key, sizeof(key), "%s", s->state_key);
	buf_add_str(&json, buf_str(&s->state));
	s->state_dirty = s->row_dirty = false;
	monitor_leave(&s->monitor);
	value = json.len == 0 ? STR_NONE : buf_str(&json);
	/* A fault here is the store's, which tells of it by on_fault. */
	if (state)
		store_state_set(s->store, key, value, NULL);
	if (session)
		store_session_update(s->store, &row, NULL);
	monitor_enter(&s->monitor);
	monitor_wake(&s->monitor);
}

/* When the thread must act next; 0: when woken. */
static int64_t
next_deadline(const struct scribe *s)
{
	int64_t at = s->alarm_ms;

	if (has_pending(s) && (at == 0 || s->last_ms + BATCH_MS < at))
		at = s->last_ms + BATCH_MS;
	return at;
}

static void *
scribe_main(void *ctx)
{
	struct scribe *s = ctx;

	monitor_enter(&s->monitor);
	for (;;) {
		int64_t now = clock_now_ms();

		if (has_pending(s) && now >= s->last_ms + BATCH_MS)
			give_out_all(s);
		if (s->alarm_ms != 0 && now >= s->alarm_ms) {
			void (*ring)(void *) = s->ring;
			void *ring_ctx = s->ring_ctx;

			s->alarm_ms = 0;
			monitor_leave(&s->monitor);
			ring(ring_ctx);
			monitor_enter(&s->monitor);
		}
		if (s->state_dirty || s->row_dirty)
			save(s);
		else if (s->ending)
			break;
		else
			monitor_wait(&s->monitor, next_deadline(s));
	}
	monitor_leave(&s->monitor);
	return NULL;
}

/* Inside. Without a thread everything still happens, only later: deltas with
 * the next piece, state at the end. */
static void
wake_thread(struct scribe *s)
{
	if (!s->started)
		s->started = thread_start(&s->thread, "scribe", scribe_main,
				 s, NULL) == 0;
	else
		monitor_wake(&s->monitor);
}

struct scribe *
scribe_create(struct store *store)
{
	struct scribe *s = mem_new(struct scribe);

	monitor_init(&s->monitor);
	s->store = store;
	s->text = (struct channel){ .type = EVENT_TEXT_DELTA,
		.pending = BUF_INIT(PENDING_MAX) };
	s->reasoning = (struct channel){ .type = EVENT_REASONING_DELTA,
		.pending = BUF_INIT(PENDING_MAX) };
	buf_init(&s->state, STATE_MAX);
	return s;
}

void
scribe_destroy(struct scribe *s)
{
	if (s == NULL)
		return;
	monitor_enter(&s->monitor);
	s->ending = true;
	monitor_wake(&s->monitor);
	monitor_leave(&s->monitor);
	if (s->started)
		pthread_join(s->thread, NULL);
	else if (s->state_dirty || s->row_dirty)
		scribe_main(s);
	buf_release(&s->text.pending);
	buf_release(&s->reasoning.pending);
	buf_release(&s->state);
	monitor_release(&s->monitor);
	free(s);
}

void
scribe_stream_begin(struct scribe *s, const struct emit_to *to,
    const char *message_id)
{
	monitor_enter(&s->monitor);
	s->to = *to;
	snprintf(s->message_id, sizeof(s->message_id), "%s", message_id);
	s->text.offset = s->reasoning.offset = 0;
	s->last_ms = 0;
	s->thought_from_ms = s->thought_to_ms = 0;
	s->fault = ERROR_INIT;
	s->streaming = true;
	monitor_leave(&s->monitor);
}

static void
add_piece(struct scribe *s, struct channel *c, struct str text)
{
	bool waiting;

	if (text.len == 0)
		return;
	monitor_enter(&s->monitor);
	waiting = has_pending(s);
	buf_add_str(&c->pending, text);
	if (s->last_ms == 0 || clock_now_ms() >= s->last_ms + BATCH_MS)
		give_out_all(s);
	else if (!waiting)
		wake_thread(s);
	monitor_leave(&s->monitor);
}

void
scribe_text(struct scribe *s, struct str text)
{
	add_piece(s, &s->text, text);
}

void
scribe_reasoning(struct scribe *s, struct str text)
{
	int64_t now_ms = clock_now_ms();

	add_piece(s, &s->reasoning, text);
	monitor_enter(&s->monitor);
	if (s->thought_from_ms == 0)
		s->thought_from_ms = now_ms;
	s->thought_to_ms = now_ms;
	monitor_leave(&s->monitor);
}

int64_t
scribe_thought_ms(struct scribe *s)
{
	int64_t ms;

	monitor_enter(&s->monitor);
	ms = s->thought_to_ms - s->thought_from_ms;
	monitor_leave(&s->monitor);
	return ms;
}

int
scribe_stream_end(struct scribe *s, struct error *err)
{
	int rc;

	monitor_enter(&s->monitor);
	give_out_all(s);
	s->streaming = false;
	buf_clear(&s->text.pending);
	buf_clear(&s->reasoning.pending);
	rc = -(int)s->fault.code;
	if (rc != 0 && err != NULL)
		*err = s->fault;
	monitor_leave(&s->monitor);
	return rc;
}

void
scribe_save_state(struct scribe *s, const char *key, struct str json)
{
	monitor_enter(&s->monitor);
	snprintf(s->state_key, sizeof(s->state_key), "%s", key);
	buf_clear(&s->state);
	buf_add_str(&s->state, json);
	s->state_dirty = true;
	wake_thread(s);
	monitor_leave(&s->monitor);
}

void
scribe_save_session(struct scribe *s, const struct session_row *row)
{
	monitor_enter(&s->monitor);
	s->row = *row;
	s->row_dirty = true;
	wake_thread(s);
	monitor_leave(&s->monitor);
}

void
scribe_set_alarm(struct scribe *s, int64_t at_ms, void (*ring)(void *ctx),
    void *ctx)
{
	monitor_enter(&s->monitor);
	s->alarm_ms = at_ms;
	s->ring = ring;
	s->ring_ctx = ctx;
	if (at_ms != 0)
		wake_thread(s);
	monitor_leave(&s->monitor);
}
