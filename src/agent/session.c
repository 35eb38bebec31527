/* A session's life: made or opened, runs started and waited for, ended. What a
 * face may say to it in between is in session_control.c, its model in
 * session_model.c. */
#include "agent/session.h"

#include <unistd.h>

#include "agent/hide.h"
#include "agent/impl.h"
#include "agent/lookup.h"
#include "agent/plan.h"
#include "agent/run.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/thread.h"
#include "index/code_index.h"
#include "safety/scrubber.h"
#include "tools/shell_jobs.h"
#include "tools/workspace.h"
#include "undo/tracker.h"

enum { DESTROY_WAIT_MS = 5000, KILL_WAIT_MS = 5000 };
#define SYSTEM_MAX (256 * KIB)

/* --- life --------------------------------------------------------------- */

static void
job_event(const struct shell_job_event *event, void *ctx)
{
	struct session *s = ctx;
	enum event_type type = EVENT_SHELL_OUTPUT;
	struct emit e;

	emit_begin(&e);
	jw_key_cstr(&e.w, "shell_id", event->id);
	if (event->kind == SHELL_JOB_STARTED) {
		type = EVENT_SHELL_STARTED;
		jw_key_cstr(&e.w, "command", event->command);
		jw_key_cstr(&e.w, "cwd",
		    event->cwd == NULL ? s->opts.roots[0] : event->cwd);
	} else if (event->kind == SHELL_JOB_OUTPUT) {
		jw_key_str(&e.w, "text", event->text);
	} else {
		type = EVENT_SHELL_EXITED;
		if (event->status.exited)
			jw_key_int(&e.w, "exit_status",
			    event->status.exit_status);
		if (event->status.signal != 0) {
			const char *name =
			    sigabbrev_np(event->status.signal);

			jw_key_cstr(&e.w, "signal",
			    name == NULL ? "?" : name);
		}
	}
	emit_end(&e, &s->to, type, NULL);
}

static void
warn_unkept(const char *text, void *ctx)
{
	const struct session *s = ctx;

	emit_notice(&s->to, "warning", "undo.partial", text, NULL);
}

/* Folders are named as the workspace does, without links. */
static int
make_tracker(struct session *s, struct error *err)
{
	size_t n = workspace_root_count(s->workspace);
	CLEANUP(free_ptr) const char **roots = mem_alloc(n, sizeof(*roots));
	struct tracker_opts opts = { .undo = s->opts.undo, .session = s->id,
		.roots = roots, .n_roots = n, .warn = warn_unkept, .ctx = s };
	int rc;

	if (s->opts.undo == NULL)
		return 0;
	for (size_t i = 0; i < n; i++)
		roots[i] = workspace_root(s->workspace, i);
	rc = tracker_create(&opts, &s->tracker, err);
	if (rc == 0)
		workspace_set_tracker(s->workspace, s->tracker);
	return rc;
}

static int
make_places(struct session *s, struct error *err)
{
	struct workspace_opts opts = { .roots = s->opts.roots,
		.n_roots = s->opts.n_roots, .deny = s->opts.deny };
	struct shell_jobs_opts jobs = { .on_event = job_event, .ctx = s };
	int rc;

	if (s->opts.state_dir != NULL) {
		CLEANUP(free_ptr) char *spill =
		    file_join(s->opts.state_dir, "spill");

		s->spill_folder = file_join(spill, s->id);
		rc = file_make_dirs(s->spill_folder, err);
		if (rc != 0)
			return rc;
		opts.spill_folder = s->spill_folder;
	}
	rc = workspace_create(&opts, &s->workspace, err);
	if (rc == 0)
		rc = make_tracker(s, err);
	if (rc == 0)
		rc = shell_jobs_create(&jobs, &s->jobs, err);
	s->env = (struct tool_env){ .workspace = s->workspace,
		.index = s->opts.index,
		.jobs = s->jobs, .launcher = s->opts.launcher,
		.registry = s->opts.registry,
		.spill_folder = s->spill_folder,
		.fetch_allow_private = s->opts.fetch_allow_private,
		.shell = s->opts.shell, .after_edit = s->opts.after_edit };
	/* Much may have changed since somebody was here. */
	if (rc == 0 && s->opts.index != NULL)
		code_index_poke(s->opts.index);
	return rc;
}

/* Frees what there is; no run goes on. */
static void
release(struct session *s)
{
	/* Jobs tell of their end, so they go first. */
	shell_jobs_destroy(s->jobs);
	lookup_destroy(s->lookup);
	scribe_destroy(s->scribe);
	if (s->has_lease)
		store_lease_release(s->opts.store, s->id);
	workspace_destroy(s->workspace);
	tracker_destroy(s->tracker);
	scrubber_destroy(s->scrubber);
	if (s->spill_folder != NULL)
		rmdir(s->spill_folder); /* only where nothing was spilled */
	free(s->spill_folder);
	llm_client_destroy(s->client);
	llm_client_destroy(s->small_client);
	toolset_release(&s->tools);
	convo_release(&s->convo);
	plan_release(&s->plan);
	buf_release(&s->system);
	inbox_release(&s->inbox);
	free(s->rules);
	cancel_release(&s->cancel);
	monitor_release(&s->monitor);
	free(s);
}
static inline void
releasep(struct session **s)
{
	if (*s != NULL)
		release(*s);
}

static int
make(const struct agent_opts *opts, const char *id, struct session **ret,
    struct error *err)
{
	CLEANUP(releasep) struct session *s = mem_new(struct session);
	int rc;

	monitor_init(&s->monitor);
	s->cancel.fd = -1;
	s->opts = *opts;
	s->stop_reason = "";
	memcpy(s->id, id, sizeof(s->id));
	s->to = (struct emit_to){ .store = opts->store, .bus = opts->bus,
		.session = s->id };
	convo_init(&s->convo);
	buf_init(&s->system, SYSTEM_MAX);
	s->scribe = scribe_create(opts->store);
	s->wanted = s->main = opts->main;
	s->model_changed = true;
	for (size_t i = 0; i < opts->n_rules; i++)
		session_add_rule(s, &opts->rules[i]);
	if (opts->main.n_targets == 0 || opts->n_roots == 0)
		return error_set(err, ERR_INTERNAL,
		    "a session needs a model and a folder");
	rc = cancel_init(&s->cancel, err);
	if (rc == 0)
		rc = make_places(s, err);
	if (rc == 0)
		*ret = steal(s);
	return rc;
}

static void
fill_row(struct session *s, enum policy_mode mode)
{
	const struct llm_target *target = &s->opts.main.targets[0];
	struct session_row *row = &s->row;

	memcpy(row->id, s->id, sizeof(row->id));
	snprintf(row->folder, sizeof(row->folder), "%s", s->opts.roots[0]);
	snprintf(row->provider, sizeof(row->provider), "%s",
	    target->provider->name);
	snprintf(row->model, sizeof(row->model), "%s", target->model);
	snprintf(row->mode, sizeof(row->mode), "%s", policy_mode_name(mode));
	s->mode = mode;
}

int
session_create(const struct agent_opts *opts, enum policy_mode mode,
    struct session **ret, struct error *err)
{
	CLEANUP(releasep) struct session *s = NULL;
	char id[ID_SIZE];
	int rc;

	id_make(id);
	rc = make(opts, id, &s, err);
	if (rc != 0)
		return rc;
	fill_row(s, mode);
	rc = store_session_create(opts->store, &s->row, err);
	if (rc == 0)
		rc = hide_open(s, NULL, err);
	if (rc == 0)
		rc = store_lease_take(opts->store, s->id, err);
	if (rc != 0)
		return rc;
	s->has_lease = true;
	*ret = steal(s);
	return 0;
}

int
session_open(const struct agent_opts *opts, const char *id,
    struct session **ret, struct error *err)
{
	CLEANUP(releasep) struct session *s = NULL;
	CLEANUP(store_reader_closep) struct store_reader *reader = NULL;
	struct session_row row;
	enum policy_mode mode = MODE_ASK;
	int rc;

	rc = store_reader_open(opts->store, &reader, err);
	if (rc == 0)
		rc = store_session_get(reader, id, &row, err);
	if (rc == 0)
		rc = make(opts, row.id, &s, err);
	if (rc == 0)
		rc = store_lease_take(opts->store, s->id, err);
	if (rc != 0)
		return rc;
	s->has_lease = true;
	policy_mode_by_name(str_from(row.mode), &mode);
	s->row = row;
	s->mode = mode;
	rc = hide_open(s, reader, err);
	if (rc == 0 && opts->undo != NULL)
		rc = undo_recover(opts->undo, reader, s->id, err);
	if (rc == 0)
		rc = session_restore(s, reader, err);
	if (rc == 0)
		*ret = steal(s);
	return rc;
}

/* Waits inside the monitor for the end of the run. */
static bool
wait_idle(struct session *s, int64_t deadline_ms)
{
	while (s->running)
		if (!monitor_wait(&s->monitor, deadline_ms) &&
		    clock_now_ms() >= deadline_ms)
			return !s->running;
	return true;
}

struct shell_jobs *
session_shells(struct session *s)
{
	return s->jobs;
}

void
session_destroy(struct session *s)
{
	bool idle;

	if (s == NULL)
		return;
	monitor_enter(&s->monitor);
	s->leaving = true;
	monitor_leave(&s->monitor);
	session_cancel(s, CANCEL_STOP);
	monitor_enter(&s->monitor);
	idle = wait_idle(s, clock_now_ms() + DESTROY_WAIT_MS);
	monitor_leave(&s->monitor);
	if (!idle) {
		session_cancel(s, CANCEL_KILL);
		monitor_enter(&s->monitor);
		idle = wait_idle(s, clock_now_ms() + KILL_WAIT_MS);
		monitor_leave(&s->monitor);
	}
	/* A thread that is stuck still uses all this: leaking it is the lesser
	 * evil. */
	if (!idle)
		return;
	if (s->has_thread)
		pthread_join(s->thread, NULL);
	release(s);
}

const char *
session_id(const struct session *s)
{
	return s->id;
}

/* --- runs --------------------------------------------------------------- */

/* Inside the monitor, nothing runs: starts the thread. item is taken over
 * when it works. */
static int
start(struct session *s, struct inbox_item *item, struct str instructions,
    struct error *err)
{
	struct run_job *job;
	int rc;

	if (s->has_thread)
		pthread_join(s->thread, NULL); /* it has ended */
	s->has_thread = false;
	job = mem_new(struct run_job);
	job->session = s;
	job->item = item;
	buf_init(&job->instructions, 64 * KIB);
	buf_add_str(&job->instructions, instructions);
	id_make(s->run_id);
	cancel_reset(&s->cancel);
	s->running = true;
	s->refused = false;
	s->go_on = false;
	rc = thread_start(&s->thread, "run", run_thread, job, err);
	if (rc != 0) {
		s->running = false;
		buf_release(&job->instructions);
		free(job);
		return rc;
	}
	s->has_thread = true;
	return 0;
}

int
session_submit(struct session *s, const struct submit_opts *opts,
    char ret_run[ID_SIZE], struct error *err)
{
	CLEANUP(inbox_item_destroyp) struct inbox_item *item = NULL;
	bool steer = opts->when_busy == SUBMIT_STEER;
	int rc = inbox_item_create(opts, steer, &item, err);

	if (rc != 0)
		return rc;
	monitor_enter(&s->monitor);
	ret_run[0] = '\0';
	if (!s->running) {
		rc = start(s, item, STR_NONE, err);
		if (rc == 0)
			memcpy(ret_run, s->run_id, sizeof(s->run_id));
	} else {
		/* What comes behind a cancel is meant for after it. */
		if (cancel_raised(&s->cancel)) {
			item->steer = false;
			s->go_on = true;
		}
		rc = inbox_add(&s->inbox, item, err);
		if (rc == 0 && item->steer)
			memcpy(ret_run, s->run_id, sizeof(s->run_id));
		if (rc == 0)
			session_inbox_changed(s);
	}
	if (rc == 0)
		(void)steal(item);
	monitor_leave(&s->monitor);
	return rc;
}

int
session_queue_start(struct session *s, struct error *err)
{
	CLEANUP(inbox_item_destroyp) struct inbox_item *item = NULL;
	int rc;

	monitor_enter(&s->monitor);
	if (s->running)
		rc = error_set(err, ERR_BUSY,
		    "a run goes on; what waits comes after it");
	else if ((item = inbox_take(&s->inbox, false)) == NULL)
		rc = error_set(err, ERR_NOT_FOUND, "nothing waits");
	else
		rc = start(s, item, STR_NONE, err);
	if (rc == 0) {
		(void)steal(item);
		session_inbox_changed(s);
	}
	monitor_leave(&s->monitor);
	return rc;
}

int
session_compact(struct session *s, struct str instructions,
    struct error *err)
{
	int rc;

	monitor_enter(&s->monitor);
	if (s->running)
		rc = error_set(err, ERR_BUSY,
		    "a run goes on; compact when it has ended");
	else
		rc = start(s, NULL, instructions, err);
	monitor_leave(&s->monitor);
	return rc;
}

/* Inside the monitor, nothing runs: the conversation as the store has it. */
static int
reload(struct session *s, struct error *err)
{
	CLEANUP(store_reader_closep) struct store_reader *reader = NULL;
	int rc = store_reader_open(s->opts.store, &reader, err);

	if (rc != 0)
		return rc;
	convo_release(&s->convo);
	convo_init(&s->convo);
	plan_release(&s->plan);
	s->plan = (struct plan){ .n = 0 };
	return session_load(s, reader, err);
}

int
session_rewind(struct session *s, int64_t from_seq, struct error *err)
{
	int rc;

	monitor_enter(&s->monitor);
	if (s->running)
		rc = error_set(err, ERR_BUSY,
		    "a run goes on; rewind when it has ended");
	else
		rc = store_context_rewind(s->opts.store, s->id, from_seq,
		    err);
	if (rc == 0)
		rc = reload(s, err);
	monitor_leave(&s->monitor);
	return rc;
}

bool
session_running(const struct session *s_const)
{
	struct session *s = (struct session *)(uintptr_t)s_const;
	bool running;

	monitor_enter(&s->monitor);
	running = s->running;
	monitor_leave(&s->monitor);
	return running;
}

bool
session_wait(struct session *s, int timeout_ms)
{
	bool idle = true;

	monitor_enter(&s->monitor);
	if (timeout_ms >= 0)
		idle = wait_idle(s, clock_now_ms() + timeout_ms);
	else
		while (s->running)
			monitor_wait(&s->monitor, 0);
	monitor_leave(&s->monitor);
	return idle;
}

void
session_cancel(struct session *s, enum cancel_step step)
{
	monitor_enter(&s->monitor);
	if (s->running) {
		cancel_raise(&s->cancel, step);
		s->go_on = false;
	}
	monitor_wake(&s->monitor);
	monitor_leave(&s->monitor);
}
