/* The run's thread; see run.h. One loop: take what the user said meanwhile,
 * make room, ask the model, run its calls, again. */
#include "agent/run.h"

#include "agent/answer.h"
#include "agent/budget.h"
#include "agent/calls.h"
#include "agent/compact.h"
#include "agent/context.h"
#include "agent/hooks.h"
#include "agent/hide.h"
#include "agent/request.h"
#include "agent/titles.h"
#include "agent/turn.h"
#include "base/clock.h"
#include "base/mem.h"
#include "tools/shell_jobs.h"
#include "undo/tracker.h"

enum {
	AGAIN_MAX = 3, /* asking again after an answer that broke off */
	CUT_MAX = 3,   /* answers in a row whose calls were cut off */
	STOP_TRIES_MAX = 3, /* how often hooks may put off the end */
	END_FLUSH_MS = 5000,
};

static const char *const stop_names[] = {
	[RUN_END_TURN] = "end_turn",
	[RUN_MAX_TOKENS] = "max_tokens",
	[RUN_MAX_TURNS] = "max_turns",
	[RUN_CANCELLED] = "cancelled",
	[RUN_REFUSAL] = "refusal",
	[RUN_BUDGET] = "budget",
	[RUN_ERROR] = "error",
};

const char *
run_stop_name(enum run_stop stop)
{
	return stop_names[stop];
}

int
run_keep(struct run *r, struct event *ev, struct message *m,
    struct error *err)
{
	const struct message *kept[] = { m };
	int rc = 0;

	hide_message(r->session, m);
	if (ev != NULL)
		rc = emit_store(&r->to, &ev, 1, kept, r->parent == NULL, err);
	else if (r->parent == NULL)
		rc = emit_store(&r->to, NULL, 0, kept, 1, err);
	convo_add(r->convo, m);
	hide_tell(r, m);
	return rc;
}

/* --- after a broken answer ---------------------------------------------- */

static int
emit_retry(struct run *r, int attempt, int delay_ms, const struct error *why,
    struct message *m, struct error *err)
{
	const struct llm_target *target = &r->session->main.targets[0];
	struct event *ev;
	struct emit e;

	emit_begin(&e);
	jw_key_int(&e.w, "attempt", attempt);
	jw_key_int(&e.w, "delay_ms", delay_ms);
	jw_key_cstr(&e.w, "reason", why->message);
	jw_key_cstr(&e.w, "provider", target->provider->name);
	ev = emit_event(&e, &r->to, EVENT_RETRY);
	if (m != NULL)
		return run_keep(r, ev, m, err);
	return emit_store(&r->to, &ev, 1, NULL, 0, err);
}

/* The client does not repeat an answer that was partly shown: what the user
 * saw stays true. So the model is asked to go on behind it. */
static int
ask_again(struct run *r, int attempt, const struct turn *broken,
    struct error *err)
{
	int first = r->session->opts.client.retry_first_ms;
	int delay_ms = (first > 0 ? first : 1) << (attempt - 1);
	struct message *m = NULL;
	struct error why = *err;
	int rc;

	if (broken->message != NULL) {
		m = message_create(ROLE_USER);
		message_add_text(m, STR(CONVO_GO_ON));
	}
	rc = emit_retry(r, attempt, delay_ms, &why, m, err);
	if (rc == 0 && cancel_wait(&r->session->cancel, delay_ms))
		rc = cancel_check(&r->session->cancel, err);
	return rc;
}

/* --- the loop ----------------------------------------------------------- */

static int
take_steering(struct run *r, struct error *err)
{
	struct session *s = r->session;
	struct inbox_item *item;
	int rc = 0;

	if (r->parent != NULL)
		return 0;
	for (;;) {
		monitor_enter(&s->monitor);
		item = inbox_take(&s->inbox, true);
		if (item != NULL)
			session_inbox_changed(s);
		monitor_leave(&s->monitor);
		if (item == NULL || rc != 0)
			return rc;
		rc = request_take(r, item, true, err);
		/* What a hook refuses to hear was not said. */
		if (rc == -ERR_HOOK_DENIED)
			rc = 0;
	}
}

static bool
steering_waits(struct run *r)
{
	struct session *s = r->session;
	bool waits = false;

	monitor_enter(&s->monitor);
	for (size_t i = 0; i < s->inbox.n; i++)
		waits = waits || s->inbox.items[i]->steer;
	monitor_leave(&s->monitor);
	return waits && r->parent == NULL;
}

/* What background commands changed since the last look belongs to the run
 * that goes on. */
static void
record_background(struct run *r)
{
	struct session *s = r->session;
	struct shell_job_info jobs[SHELL_JOBS_MAX];
	size_t n = shell_jobs_list(s->jobs, jobs);
	bool active = false;

	for (size_t i = 0; i < n; i++)
		active = active || jobs[i].running;
	if (s->tracker != NULL)
		tracker_border(s->tracker, active);
}

static int
prepare(struct run *r, struct error *err)
{
	int rc = cancel_check(&r->session->cancel, err);

	record_background(r);

	if (rc == 0 && r->parent == NULL)
		rc = session_apply_model(r->session, err);
	if (rc == 0)
		rc = take_steering(r, err);
	if (rc != 0 || !context_is_full(r))
		return rc;
	rc = compact_run(r, COMPACT_FULL, STR_NONE, err);
	/* Nothing that could go: the server decides. */
	return rc == -ERR_INVALID ? 0 : rc;
}

static bool
has_cut_calls(const struct message *m)
{
	for (size_t i = 0; i < m->n_parts; i++)
		if (m->parts[i].kind == PART_TOOL_CALL && m->parts[i].cut)
			return true;
	return false;
}

static enum run_stop
stop_for(const struct run *r, const struct error *fault)
{
	if (fault->code == ERR_CANCELLED)
		return r->wall_over ? RUN_BUDGET : RUN_CANCELLED;
	if (fault->code == ERR_BUDGET)
		return budget_out_of_turns(r->budget) ? RUN_MAX_TURNS :
							RUN_BUDGET;
	return RUN_ERROR;
}

static enum run_stop
stop_for_reason(enum stop_reason reason)
{
	if (reason == STOP_MAX_TOKENS)
		return RUN_MAX_TOKENS;
	if (reason == STOP_REFUSAL || reason == STOP_CONTENT_FILTER)
		return RUN_REFUSAL;
	return RUN_END_TURN;
}

/* A hook that objects to the end is heard a few times; its words go to the
 * model. */
static int
ask_stop_hooks(struct run *r, enum run_stop stop, bool *ret_done,
    struct error *err)
{
	char reason[HOOK_REASON_MAX] = "";
	CLEANUP_BUF struct buf text = BUF_INIT(4 * KIB);
	struct message *m;

	if (r->parent != NULL || r->stop_tries == STOP_TRIES_MAX ||
	    !hooks_stop(r, run_stop_name(stop), reason))
		return 0;
	r->stop_tries++;
	*ret_done = false;
	buf_printf(&text, "The work does not end yet, says a check of the "
	    "user: %s", reason);
	m = message_create(ROLE_USER);
	message_add_text(m, buf_str(&text));
	return run_keep(r, NULL, m, err);
}

/* Whether the last answer is one that the run may end with. */
static int
look_at_answer(struct run *r, const struct turn *turn, bool *ret_done,
    struct error *err)
{
	enum answer_next next = ANSWER_DONE;
	int rc = 0;

	if (r->parent == NULL && r->session->opts.output_schema != NULL &&
	    stop_for_reason(turn->stop) == RUN_END_TURN)
		rc = answer_settle(r, turn->message, &next, err);
	*ret_done = next == ANSWER_DONE;
	return rc;
}

/* The server finds the request too long. Where nothing can go, the fault stays
 * what it was. */
static int
squeeze(struct run *r, struct error *fault)
{
	struct error full = *fault;
	int rc = compact_run(r, COMPACT_FULL, STR_NONE, fault);

	if (rc != -ERR_INVALID)
		return rc;
	*fault = full;
	return -(int)full.code;
}

enum run_stop
run_loop(struct run *r, struct error *fault)
{
	bool squeezed = false, done;
	int again = 0, cut = 0;

	for (;;) {
		struct turn turn = { .stop = STOP_NONE };
		int rc = prepare(r, fault);

		if (rc == 0)
			rc = turn_run(r, &turn, fault);
		if (rc == -ERR_LLM_CONTEXT && !squeezed && !turn.shown) {
			squeezed = true;
			rc = squeeze(r, fault);
			if (rc == 0)
				continue;
		}
		if (rc != 0 && turn.shown && fault->retryable &&
		    again < AGAIN_MAX) {
			rc = ask_again(r, ++again, &turn, fault);
			if (rc == 0)
				continue;
		}
		if (rc != 0)
			return stop_for(r, fault);
		again = 0;
		if (turn.has_calls) {
			cut = has_cut_calls(turn.message) ? cut + 1 : 0;
			rc = calls_run(r, turn.message, fault);
			if (rc != 0)
				return stop_for(r, fault);
			if (cut == CUT_MAX)
				return RUN_MAX_TOKENS;
			continue;
		}
		if (turn.stop == STOP_PAUSE_TURN || steering_waits(r))
			continue;
		rc = look_at_answer(r, &turn, &done, fault);
		if (rc == 0 && done)
			rc = ask_stop_hooks(r, stop_for_reason(turn.stop),
			    &done, fault);
		if (rc != 0)
			return stop_for(r, fault);
		if (done)
			return stop_for_reason(turn.stop);
	}
}

/* --- beginning and end -------------------------------------------------- */

void
run_init(struct run *r, struct session *s, const struct run *parent,
    const char *id, const char *parent_call)
{
	*r = (struct run){ .session = s, .parent = parent,
		.started_ms = clock_now_ms() };
	memcpy(r->id, id, sizeof(r->id));
	if (parent_call != NULL)
		snprintf(r->parent_call, sizeof(r->parent_call), "%s",
		    parent_call);
	if (parent != NULL)
		memcpy(r->trace, parent->trace, sizeof(r->trace));
	else
		id_hex(r->trace, 16);
	r->to = (struct emit_to){ .store = s->opts.store,
		.bus = s->opts.bus, .session = s->id, .run = r->id,
		.parent_call = parent == NULL ? NULL : r->parent_call };
}

int
run_emit_started(struct run *r, struct str prompt, struct error *err)
{
	struct session *s = r->session;
	const struct llm_target *target = &s->main.targets[0];
	struct emit e;

	r->cost_before = r->budget->cost_microusd;
	emit_begin(&e);
	jw_key_int(&e.w, "schema", EVENT_SCHEMA);
	jw_key_str(&e.w, "prompt", prompt);
	jw_key_cstr(&e.w, "provider", target->provider->name);
	jw_key_cstr(&e.w, "model", target->model);
	jw_key_cstr(&e.w, "mode", policy_mode_name(session_mode(s)));
	jw_key_cstr(&e.w, "cwd", s->opts.roots[0]);
	if (r->parent != NULL)
		jw_key_cstr(&e.w, "parent_call", r->parent_call);
	return emit_end(&e, &r->to, EVENT_RUN_STARTED, err);
}

static struct event *
finished_event(const struct run *r, enum run_stop stop)
{
	struct emit e;

	emit_begin(&e);
	jw_key_cstr(&e.w, "stop_reason", run_stop_name(stop));
	jw_key_int(&e.w, "duration_ms", clock_now_ms() - r->started_ms);
	jw_key_int(&e.w, "cost_microusd",
	    r->budget->cost_microusd - r->cost_before);
	return emit_event(&e, &r->to, EVENT_RUN_FINISHED);
}

void
run_emit_finished(struct run *r, enum run_stop stop,
    const struct error *fault)
{
	struct error told = *fault;

	if (stop == RUN_ERROR || stop == RUN_BUDGET) {
		if (told.trace[0] == '\0')
			memcpy(told.trace, r->trace, sizeof(told.trace));
		emit_surely(&r->to, emit_fault(&r->to, &told));
	}
	if (stop == RUN_MAX_TURNS)
		emit_notice(&r->to, "warning", "budget.turns", told.message,
		    NULL);
	emit_surely(&r->to, finished_event(r, stop));
}

static void
ring_wall(void *ctx)
{
	struct run *r = ctx;

	r->wall_over = true;
	session_cancel(r->session, CANCEL_STOP);
}

static enum run_stop
run_item(struct run *r, const struct run_job *job, struct inbox_item *item,
    struct error *fault)
{
	struct session *s = r->session;
	struct str prompt = item == NULL ? STR("/compact") :
					   buf_str(&item->text);
	int64_t wall_ms = s->opts.max_wall_ms;
	enum run_stop stop = RUN_END_TURN;
	int rc;

	if (s->tracker != NULL)
		tracker_begin_call(s->tracker, r->id, "", "");
	rc = session_apply_model(s, fault);
	if (rc == 0)
		rc = run_emit_started(r, prompt, fault);
	if (rc == 0)
		rc = calls_close(r, "not run: the last run ended before it",
		    NULL, NULL, fault);
	if (wall_ms > 0)
		scribe_set_alarm(s->scribe, clock_now_ms() + wall_ms,
		    ring_wall, r);
	if (rc == 0 && item != NULL) {
		titles_note(s, buf_str(&item->text));
		rc = request_take(r, item, false, fault);
		item = NULL;
	} else if (rc == 0) {
		rc = compact_run(r, COMPACT_ASKED,
		    buf_str(&job->instructions), fault);
		if (rc == 0)
			context_note(r);
	}
	inbox_item_destroy(item);
	if (rc == 0 && job->item != NULL)
		stop = run_loop(r, fault);
	else if (rc != 0)
		stop = stop_for(r, fault);
	if (wall_ms > 0)
		scribe_set_alarm(s->scribe, 0, NULL, NULL);
	if (r->wall_over)
		error_set(fault, ERR_BUDGET,
		    "the run has used its %lld s of wall time",
		    (long long)(wall_ms / 1000));
	return stop;
}

static void
note_end(struct session *s, enum run_stop stop, const struct error *fault)
{
	monitor_enter(&s->monitor);
	s->stop_reason = run_stop_name(stop);
	s->last_error = *fault;
	monitor_leave(&s->monitor);
}

/* Tells the end, and whether the disk has it all. */
static void
finish(struct run *r, enum run_stop stop, struct error *fault)
{
	struct session *s = r->session;
	struct error flush = ERROR_INIT;

	if (stop != RUN_ERROR && stop != RUN_BUDGET)
		memset(fault, 0, sizeof(*fault));
	/* Before it is told: who hears of the end may ask how it was. */
	note_end(s, stop, fault);
	run_emit_finished(r, stop, fault);
	if (store_flush(s->opts.store, true, END_FLUSH_MS, &flush) != 0) {
		memcpy(flush.trace, r->trace, sizeof(flush.trace));
		if (stop != RUN_CANCELLED)
			stop = RUN_ERROR;
		*fault = flush;
		/* What was stored last may wait for room for ever, and so
		 * would whoever waits for the end. When it is stored after
		 * all, it is told again, with its number. */
		emit_publish(&r->to, emit_fault(&r->to, &flush));
		emit_publish(&r->to, finished_event(r, stop));
		note_end(s, stop, fault);
	}
}

/* The next prompt, or NULL: then nothing runs any more. */
static struct inbox_item *
next_item(struct session *s, enum run_stop last)
{
	struct inbox_item *item = NULL;
	bool go_on = last != RUN_CANCELLED && last != RUN_ERROR &&
	    last != RUN_BUDGET;

	monitor_enter(&s->monitor);
	if (inbox_requeue(&s->inbox))
		session_inbox_changed(s);
	if ((go_on || s->go_on) && !s->leaving)
		item = inbox_take(&s->inbox, false);
	s->go_on = false;
	if (item != NULL) {
		session_inbox_changed(s);
		cancel_reset(&s->cancel);
		id_make(s->run_id);
		s->refused = false;
	} else {
		s->running = false;
	}
	monitor_wake(&s->monitor);
	monitor_leave(&s->monitor);
	return item;
}

void *
run_thread(void *ctx)
{
	struct run_job *job = ctx;
	struct session *s = job->session;
	struct inbox_item *item = job->item;

	for (;;) {
		/* Changed only by this thread while it runs. */
		const char *id = s->run_id;
		struct budget_opts opts = { .store = s->opts.store,
			.session = s->id, .caps = s->opts.caps,
			.max_turns = s->opts.max_turns,
			.max_tokens = s->opts.max_tokens };
		struct error fault = ERROR_INIT;
		struct budget budget;
		enum run_stop stop;
		struct run r;

		run_init(&r, s, NULL, id, NULL);
		opts.root_run = r.id;
		budget_init(&budget, &opts);
		r.convo = &s->convo;
		r.tools = &s->tools;
		r.budget = &budget;
		stop = run_item(&r, job, item, &fault);
		finish(&r, stop, &fault);
		item = next_item(s, stop);
		if (item == NULL)
			break;
		job->item = item;
	}
	buf_release(&job->instructions);
	free(job);
	return NULL;
}
