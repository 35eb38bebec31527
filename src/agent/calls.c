/* The tool calls of one answer; see calls.h.
 *
 * Neighbouring calls that only read form a group and run side by side; each
 * other call is a group of its own. Within a group, workers take the calls in
 * turn; a result is kept as soon as all those before it are, so that the order
 * in the conversation is the order of the calls. */
#include "agent/calls.h"

#include "agent/door.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/json_repair.h"
#include "base/mem.h"
#include "base/thread.h"

enum {
	WORKERS_MAX = 4,
	LOOP_TOLD = 3, /* the same failing call this often: told so */
	LOOP_ENDS = 5, /* this often: the run ends */
};

struct job {
	struct run *run;
	const struct part *call;
	struct door door;
	struct tool_result result;
	int64_t duration_ms;
	bool read_only, done;
};

struct group {
	struct monitor monitor;
	struct job *jobs;
	size_t n;
	size_t next;	/* to be taken */
	size_t settled; /* results kept */
	struct error fault;
};

static void
answer(struct tool_result *result, enum error_code code, const char *text)
{
	tool_result_init(result);
	result->ok = false;
	error_set(&result->error, code, "%s", text);
	buf_printf(&result->text, "Error (%s): %s", error_name(code), text);
}

static void
run_job(struct job *job)
{
	struct run *r = job->run;
	const struct part *call = job->call;
	struct str name = str_from(call->name);
	int64_t start = clock_now_ms();

	job->door.read_only = job->read_only;
	if (cancel_raised(&r->session->cancel))
		answer(&job->result, ERR_CANCELLED,
		    "cancelled by the user before it started");
	else if (call->cut)
		answer(&job->result, ERR_TOOL_ARGUMENTS,
		    "not run: the output limit cut the arguments off. Do the "
		    "same in smaller pieces (several calls with less text)");
	else if (r->looping)
		answer(&job->result, ERR_TOOL_LOOP, "not run");
	else if (!toolset_allows(r->tools, name))
		answer(&job->result, ERR_TOOL_UNKNOWN,
		    "this task does not have that tool");
	else
		tool_run(&job->door.door, call->call_id, name,
		    buf_str(&call->arguments), &job->result);
	job->duration_ms = clock_now_ms() - start - job->door.waited_ms;
}

/* --- results ------------------------------------------------------------ */

/* A call whose very repetition fails again and again gets told; in the end
 * the run is stopped, which costs less than going on. */
static void
guard_loop(struct run *r, const struct job *job, struct tool_result *result)
{
	CLEANUP_BUF struct buf key = BUF_INIT(16 * MIB);
	char hash[HASH_SIZE];

	if (result->error.code == ERR_CANCELLED || job->call->cut ||
	    r->looping)
		return;
	if (result->ok) {
		r->guard.count = 0;
		return;
	}
	buf_add_cstr(&key, job->call->name);
	buf_add_char(&key, '\0');
	buf_add_str(&key, buf_str(&job->call->arguments));
	hash_blake2b(buf_str(&key), hash);
	if (r->guard.count == 0 || strcmp(hash, r->guard.last) != 0) {
		memcpy(r->guard.last, hash, sizeof(hash));
		r->guard.count = 0;
	}
	r->guard.count++;
	if (r->guard.count >= LOOP_TOLD)
		buf_printf(&result->text,
		    "\nThis is the same call, failing for the %dth time. It "
		    "will fail again: do something else.", r->guard.count);
	r->looping = r->guard.count >= LOOP_ENDS;
}

static struct event *
started_event(const struct job *job)
{
	const struct part *call = job->call;
	const struct json_limits limits = { .bytes_max = 8 * MIB,
		.depth_max = 64 };
	CLEANUP_JSON struct json *args = NULL;
	struct emit e;

	emit_begin(&e);
	jw_key_cstr(&e.w, "call_id", call->call_id);
	jw_key_cstr(&e.w, "name", call->name);
	jw_key(&e.w, "arguments");
	if (json_parse_lenient(buf_str(&call->arguments), &limits, &args,
		NULL) == 0 &&
	    json_is(args, JSON_OBJECT)) {
		jw_json(&e.w, args);
	} else {
		jw_object(&e.w);
		jw_end(&e.w);
	}
	return emit_event(&e, &job->run->to, EVENT_TOOL_STARTED);
}

static struct event *
finished_event(const struct job *job)
{
	const struct tool_result *result = &job->result;
	struct emit e;

	emit_begin(&e);
	jw_key_cstr(&e.w, "call_id", job->call->call_id);
	jw_key_cstr(&e.w, "name", job->call->name);
	jw_key_bool(&e.w, "ok", result->ok);
	jw_key_str(&e.w, "result", buf_str(&result->text));
	if (!result->ok) {
		jw_key(&e.w, "error");
		jw_object(&e.w);
		error_write_fields(&result->error, &e.w);
		jw_end(&e.w);
	}
	jw_key_int(&e.w, "duration_ms", job->duration_ms);
	jw_key(&e.w, "files");
	jw_array(&e.w);
	for (size_t i = 0; i < result->n_files; i++)
		jw_cstr(&e.w, result->files[i]);
	jw_end(&e.w);
	if (result->diff.len > 0)
		jw_key_str(&e.w, "diff", buf_str(&result->diff));
	return emit_event(&e, &job->run->to, EVENT_TOOL_FINISHED);
}

static struct message *
result_message(const struct job *job)
{
	const struct tool_result *result = &job->result;
	struct message *m = message_create(ROLE_USER);
	struct str text = buf_str(&result->text);

	if (text.len == 0)
		text = STR("(no output)");
	message_add_result(m, job->call->call_id, job->call->name, text,
	    !result->ok);
	for (size_t i = 0; i < result->n_images; i++)
		message_add_image(m, result->images[i].media_type,
		    buf_str(&result->images[i].data));
	return m;
}

/* Keeps a result: its event and its message in one unit. A call that did not
 * pass the gate is told as started and finished at once, so that each
 * "finished" has its "started". */
static int
settle(struct job *job, struct error *err)
{
	struct run *r = job->run;
	struct tool_result *result = &job->result;
	enum error_code code = result->error.code;

	guard_loop(r, job, result);
	if (!result->ok && !job->door.said_no &&
	    (code == ERR_POLICY_DENIED || code == ERR_POLICY_UNANSWERED ||
		code == ERR_HOOK_DENIED ||
		code == ERR_PATH_DENIED)) {
		monitor_enter(&r->session->monitor);
		r->session->refused = true;
		monitor_leave(&r->session->monitor);
	}
	if (result->ok && strcmp(job->call->name, "tool_search") == 0)
		toolset_offer_found(r->tools, buf_str(&result->text));
	if (!job->door.started) {
		struct event *ev = started_event(job);
		int rc = emit_store(&r->to, &ev, 1, NULL, 0, err);

		if (rc != 0)
			return rc;
	}
	return run_keep(r, finished_event(job), result_message(job), err);
}

/* Inside the group's monitor: keeps what is ready. After a fault of the store
 * the conversation still gets each result; only the record is short. */
static void
settle_ready(struct group *g)
{
	while (g->settled < g->n && g->jobs[g->settled].done) {
		struct error err = ERROR_INIT;

		if (settle(&g->jobs[g->settled], &err) != 0 &&
		    g->fault.code == ERR_NONE)
			g->fault = err;
		g->settled++;
	}
}

/* --- groups ------------------------------------------------------------- */

static void *
work(void *ctx)
{
	struct group *g = ctx;

	monitor_enter(&g->monitor);
	while (g->next < g->n) {
		struct job *job = &g->jobs[g->next++];

		monitor_leave(&g->monitor);
		run_job(job);
		monitor_enter(&g->monitor);
		job->done = true;
		settle_ready(g);
	}
	monitor_leave(&g->monitor);
	return NULL;
}

static int
run_group(struct job *jobs, size_t n, struct error *err)
{
	struct group g = { .jobs = jobs, .n = n };
	pthread_t threads[WORKERS_MAX - 1];
	size_t n_threads = 0;

	monitor_init(&g.monitor);
	/* This thread is a worker too. */
	while (n_threads + 1 < n && n_threads < ARRAY_LEN(threads) &&
	    thread_start(&threads[n_threads], "tool", work, &g, NULL) == 0)
		n_threads++;
	work(&g);
	for (size_t i = 0; i < n_threads; i++)
		pthread_join(threads[i], NULL);
	monitor_release(&g.monitor);
	for (size_t i = 0; i < n; i++)
		if (jobs[i].door.fault.code != ERR_NONE &&
		    jobs[i].door.fault.code != ERR_CANCELLED &&
		    g.fault.code == ERR_NONE)
			g.fault = jobs[i].door.fault;
	if (g.fault.code != ERR_NONE) {
		if (err != NULL)
			*err = g.fault;
		return -(int)g.fault.code;
	}
	return 0;
}

static size_t
collect_jobs(struct run *r, const struct message *answer, struct job **ret)
{
	struct job *jobs = mem_alloc(answer->n_parts + 1, sizeof(*jobs));
	size_t n = 0;

	for (size_t i = 0; i < answer->n_parts; i++) {
		const struct part *p = &answer->parts[i];

		if (p->kind == PART_TOOL_CALL)
			jobs[n++] = (struct job){ .run = r, .call = p };
	}
	*ret = jobs;
	return n;
}

int
calls_run(struct run *r, const struct message *answer, struct error *err)
{
	CLEANUP(free_ptr) struct job *jobs = NULL;
	size_t n = collect_jobs(r, answer, &jobs);
	size_t first = 0, end;
	int rc = 0, one;

	/* Results are added behind the answer, whose parts stay in place. */
	while (first < n) {
		for (end = first; end < n; end++) {
			struct job *job = &jobs[end];

			door_init(&job->door, r);
			job->read_only = job->call->cut ||
			    tool_call_is_read_only(&job->door.door,
				str_from(job->call->name),
				buf_str(&job->call->arguments));
			if (!job->read_only && end > first) {
				door_release(&job->door);
				break;
			}
			if (!job->read_only) {
				end++;
				break;
			}
		}
		one = run_group(jobs + first, end - first, err);
		if (rc == 0)
			rc = one;
		for (; first < end; first++) {
			door_release(&jobs[first].door);
			tool_result_release(&jobs[first].result);
		}
	}
	if (rc == 0)
		rc = cancel_check(&r->session->cancel, err);
	if (rc == 0 && r->looping)
		rc = error_set(err, ERR_TOOL_LOOP,
		    "the model repeated the same failing call of %s %d times",
		    n > 0 ? jobs[n - 1].call->name : "a tool", LOOP_ENDS);
	return rc;
}

int
calls_close(struct run *r, const char *why,
    bool (*was_started)(const char *call_id, void *ctx), void *ctx,
    struct error *err)
{
	struct convo *c = r->convo;
	int rc = 0;

	for (size_t i = c->n; i-- > 0 && rc == 0;) {
		const struct message *m = c->items[i];

		/* Only the end of a conversation can be open. */
		if (m->role != ROLE_ASSISTANT)
			continue;
		for (size_t j = 0; j < m->n_parts && rc == 0; j++) {
			struct job job = { .run = r, .call = &m->parts[j] };

			if (job.call->kind != PART_TOOL_CALL ||
			    convo_answered(c, i, job.call->call_id))
				continue;
			answer(&job.result, ERR_CANCELLED, why);
			job.door.started = was_started != NULL &&
			    was_started(job.call->call_id, ctx);
			rc = settle(&job, err);
			tool_result_release(&job.result);
		}
		break;
	}
	return rc;
}
