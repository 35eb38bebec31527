/* What a face may say to a session while it works: answers, mode, model,
 * title, the queue. Short pieces under the monitor; what must reach the disk
 * goes by the store's queue or the scribe, so that nobody waits. */
#include "agent/impl.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"

/* A session seen from outside is const; its monitor is not. */
static struct session *
unlocked(const struct session *s)
{
	return (struct session *)(uintptr_t)s;
}

/* --- answers ------------------------------------------------------------ */

static struct waiting *
find_waiting(const struct session *s, const char *call_id, bool is_question)
{
	struct waiting *w = s->waiting;

	while (w != NULL &&
	    (w->answered || w->is_question != is_question ||
		strcmp(w->call_id, call_id) != 0))
		w = w->next;
	return w;
}

static void
forget_waiting(struct session *s, const struct waiting *w)
{
	struct waiting **at = &s->waiting;

	while (*at != w)
		at = &(*at)->next;
	*at = w->next;
}

int
session_wait_answer(struct session *s, struct waiting *w,
    int (*ready)(void *ctx, struct error *err), void *ctx,
    struct error *err)
{
	int rc;

	if (s->opts.interactive) {
		monitor_enter(&s->monitor);
		w->next = s->waiting;
		s->waiting = w;
		monitor_leave(&s->monitor);
	}
	rc = ready(ctx, err);
	if (!s->opts.interactive)
		return rc != 0 ? rc :
				 error_set(err, ERR_POLICY_UNANSWERED,
				     "nobody is there to answer");
	monitor_enter(&s->monitor);
	while (rc == 0 && !w->answered) {
		rc = cancel_check(&s->cancel, err);
		if (rc == 0)
			monitor_wait(&s->monitor, 0);
	}
	forget_waiting(s, w);
	monitor_leave(&s->monitor);
	return rc;
}

int
session_answer(struct session *s, const char *call_id,
    const struct approval_answer *answer, struct error *err)
{
	struct waiting *w;

	monitor_enter(&s->monitor);
	w = find_waiting(s, call_id, false);
	if (w != NULL) {
		w->answer = *answer;
		w->answered = true;
		monitor_wake(&s->monitor);
	}
	monitor_leave(&s->monitor);
	return w != NULL ? 0 :
			   error_set(err, ERR_NOT_FOUND,
			       "no approval waits for call %s", call_id);
}

int
session_answer_question(struct session *s, const char *call_id,
    const struct json *answers, struct error *err)
{
	struct waiting *w;

	monitor_enter(&s->monitor);
	w = find_waiting(s, call_id, true);
	if (w != NULL) {
		w->answers = answers == NULL ? NULL : json_copy(answers);
		w->answered = true;
		monitor_wake(&s->monitor);
	}
	monitor_leave(&s->monitor);
	return w != NULL ? 0 :
			   error_set(err, ERR_NOT_FOUND,
			       "no question waits for call %s", call_id);
}

void
session_on_remember(struct session *s, session_remember_fn *fn, void *ctx)
{
	s->remember = fn;
	s->remember_ctx = ctx;
}

void
session_add_rule(struct session *s, const struct policy_rule *rule)
{
	monitor_enter(&s->monitor);
	s->rules = mem_resize(s->rules, s->n_rules + 1, sizeof(*s->rules));
	s->rules[s->n_rules++] = *rule;
	monitor_leave(&s->monitor);
}

void
session_remove_rule(struct session *s, const struct policy_rule *rule)
{
	size_t kept = 0;

	monitor_enter(&s->monitor);
	for (size_t i = 0; i < s->n_rules; i++) {
		const struct policy_rule *r = &s->rules[i];

		if (r->answer == rule->answer && r->exact == rule->exact &&
		    strcmp(r->tool, rule->tool) == 0 &&
		    strcmp(r->pattern, rule->pattern) == 0 &&
		    strcmp(r->source, rule->source) == 0)
			continue;
		s->rules[kept++] = *r;
	}
	s->n_rules = kept;
	monitor_leave(&s->monitor);
}

size_t
session_own_rules(struct session *s, struct policy_rule **ret)
{
	size_t n = 0;

	monitor_enter(&s->monitor);
	*ret = mem_alloc(s->n_rules + 1, sizeof(**ret));
	for (size_t i = 0; i < s->n_rules; i++)
		if (strcmp(s->rules[i].source, "session") == 0)
			(*ret)[n++] = s->rules[i];
	monitor_leave(&s->monitor);
	return n;
}

/* --- settings ----------------------------------------------------------- */

enum policy_mode
session_mode(const struct session *s)
{
	enum policy_mode mode;

	monitor_enter(&unlocked(s)->monitor);
	mode = s->mode;
	monitor_leave(&unlocked(s)->monitor);
	return mode;
}

int
session_set_mode(struct session *s, enum policy_mode mode, struct error *err)
{
	struct emit e;

	monitor_enter(&s->monitor);
	s->mode = mode;
	snprintf(s->row.mode, sizeof(s->row.mode), "%s",
	    policy_mode_name(mode));
	scribe_save_session(s->scribe, &s->row);
	monitor_leave(&s->monitor);
	emit_begin(&e);
	jw_key_cstr(&e.w, "mode", policy_mode_name(mode));
	return emit_end(&e, &s->to, EVENT_MODE_CHANGED, err);
}

int
session_set_model(struct session *s, const struct agent_model *main,
    struct error *err)
{
	static const char *const efforts[] = { [EFFORT_DEFAULT] = "default",
		[EFFORT_NONE] = "none", [EFFORT_LOW] = "low",
		[EFFORT_MEDIUM] = "medium", [EFFORT_HIGH] = "high" };
	const struct llm_target *target = main->targets;
	struct emit e;

	if (main->n_targets == 0)
		return error_set(err, ERR_INVALID, "no model is given");
	monitor_enter(&s->monitor);
	s->wanted = *main;
	s->model_changed = true;
	snprintf(s->row.provider, sizeof(s->row.provider), "%s",
	    target->provider->name);
	snprintf(s->row.model, sizeof(s->row.model), "%s", target->model);
	scribe_save_session(s->scribe, &s->row);
	monitor_leave(&s->monitor);
	emit_begin(&e);
	jw_key_cstr(&e.w, "provider", target->provider->name);
	jw_key_cstr(&e.w, "model", target->model);
	jw_key_cstr(&e.w, "effort", efforts[main->effort]);
	return emit_end(&e, &s->to, EVENT_MODEL_CHANGED, err);
}

int
session_rename(struct session *s, const char *title, struct error *err)
{
	struct emit e;

	monitor_enter(&s->monitor);
	snprintf(s->row.title, sizeof(s->row.title), "%s", title);
	scribe_save_session(s->scribe, &s->row);
	monitor_leave(&s->monitor);
	emit_begin(&e);
	jw_key_cstr(&e.w, "title", title);
	return emit_end(&e, &s->to, EVENT_SESSION_CHANGED, err);
}

void
session_notice(struct session *s, const char *level, const char *code,
    const char *text)
{
	emit_notice(&s->to, level, code, text, NULL);
}

/* --- the queue ---------------------------------------------------------- */

void
session_inbox_changed(struct session *s)
{
	CLEANUP_BUF struct buf json = BUF_INIT(64 * MIB);
	char key[ID_SIZE + 8];
	struct emit e;

	snprintf(key, sizeof(key), "queue/%s", s->id);
	if (s->inbox.n > 0)
		inbox_save(&s->inbox, &json);
	if (json.failed == 0)
		scribe_save_state(s->scribe, key, buf_str(&json));
	buf_clear(&json);
	inbox_print(&s->inbox, &json);
	emit_begin(&e);
	jw_key_raw(&e.w, "items", buf_str(&json));
	emit_end(&e, &s->to, EVENT_QUEUE_UPDATED, NULL);
}

void
session_queue_json(struct session *s, struct buf *out)
{
	monitor_enter(&s->monitor);
	inbox_print(&s->inbox, out);
	monitor_leave(&s->monitor);
}

int
session_queue_change(struct session *s, const char *item_id,
    struct str new_text, int new_index, bool drop, struct error *err)
{
	int rc;

	monitor_enter(&s->monitor);
	rc = inbox_change(&s->inbox, item_id, new_text, new_index, drop, err);
	if (rc == 0)
		session_inbox_changed(s);
	monitor_leave(&s->monitor);
	return rc;
}

/* --- the last run ------------------------------------------------------- */

const char *
session_stop_reason(const struct session *s)
{
	const char *reason;

	monitor_enter(&unlocked(s)->monitor);
	reason = s->stop_reason;
	monitor_leave(&unlocked(s)->monitor);
	return reason;
}

bool
session_refused(const struct session *s)
{
	bool refused;

	monitor_enter(&unlocked(s)->monitor);
	refused = s->refused;
	monitor_leave(&unlocked(s)->monitor);
	return refused;
}

void
session_last_error(const struct session *s, struct error *ret)
{
	monitor_enter(&unlocked(s)->monitor);
	*ret = s->last_error;
	monitor_leave(&unlocked(s)->monitor);
}
