/* Questions to the index; see lookup.h. The thread asks the index as it is,
 * brings it up to date, and asks again if that changed anything: whoever asks
 * takes the best answer that there is when his time is over. */
#include "agent/lookup.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/monitor.h"
#include "base/thread.h"

enum { LOOK_MS = 20, QUESTION_MAX = 2000 };

struct lookup {
	struct code_index *index;
	struct cancel cancel;
	pthread_t thread;
	bool has_thread;

	/* The thread's own. */
	char *question;
	size_t hits, map_tokens;

	struct monitor monitor;
	bool done;	/* the thread is */
	bool has_answer; /* one that may be out of date */
	struct lookup_answer answer;
	int rc; /* of the last question */
	struct error err;
};

struct lookup *
lookup_create(struct code_index *index)
{
	struct lookup *l = mem_new(struct lookup);

	l->index = index;
	monitor_init(&l->monitor);
	if (cancel_init(&l->cancel, NULL) != 0)
		l->index = NULL;
	return l;
}

void
lookup_answer_release(struct lookup_answer *a)
{
	search_hits_release(&a->hits);
	repo_map_release(&a->map);
	*a = (struct lookup_answer){ 0 };
}

static void
forget(struct lookup *l)
{
	if (l->has_thread)
		pthread_join(l->thread, NULL);
	l->has_thread = false;
	lookup_answer_release(&l->answer);
	free(l->question);
	l->question = NULL;
}

void
lookup_destroy(struct lookup *l)
{
	if (l == NULL)
		return;
	if (l->index != NULL)
		cancel_raise(&l->cancel, CANCEL_STOP);
	forget(l);
	if (l->index != NULL)
		cancel_release(&l->cancel);
	monitor_release(&l->monitor);
	free(l);
}

/* The files of the hits are where the map begins. */
static int
make_map(struct lookup *l, struct lookup_answer *a, struct error *err)
{
	struct map_opts opts = { .tokens = l->map_tokens };
	const struct search_hits *hits = &a->hits;
	CLEANUP(free_ptr) struct str *paths = mem_alloc(hits->n + 1,
	    sizeof(*paths));

	for (size_t i = 0; i < hits->n; i++)
		paths[opts.n_paths++] = str_from(hits->items[i].path);
	opts.paths = paths;
	return code_index_map(l->index, &opts, &a->map, err);
}

/* Asks the index as it is, and shows the answer. */
static int
ask_index(struct lookup *l)
{
	const struct search_opts opts = { .k = l->hits };
	struct lookup_answer a = { 0 }, old;
	struct error err = ERROR_INIT;
	int rc = code_index_search(l->index, str_from(l->question), &opts,
	    &a.hits, &err);

	if (rc == 0 && l->map_tokens > 0)
		rc = make_map(l, &a, &err);
	monitor_enter(&l->monitor);
	old = rc == 0 ? l->answer : a;
	if (rc == 0)
		l->answer = a;
	l->has_answer |= rc == 0;
	l->rc = rc;
	l->err = err;
	monitor_leave(&l->monitor);
	lookup_answer_release(&old);
	return rc;
}

static void *
work(void *ctx)
{
	struct lookup *l = ctx;
	const struct code_index_wait wait = { .cancel = &l->cancel };
	struct index_update_stats stats;
	struct error err = ERROR_INIT;
	int first = ask_index(l);
	int rc = code_index_update(l->index, &wait, &stats, &err);

	if (rc == 0 && (first != 0 || stats.added + stats.removed > 0))
		ask_index(l);
	monitor_enter(&l->monitor);
	l->done = true;
	monitor_leave(&l->monitor);
	monitor_wake(&l->monitor);
	return NULL;
}

/* Until the thread is done. False: not in time. */
static bool
wait_done(struct lookup *l, int64_t deadline_ms, const struct cancel *cancel)
{
	bool done;

	monitor_enter(&l->monitor);
	while (!l->done && clock_now_ms() < deadline_ms &&
	    !cancel_raised(cancel)) {
		int64_t next = clock_now_ms() + LOOK_MS;

		monitor_wait(&l->monitor,
		    next < deadline_ms ? next : deadline_ms);
	}
	done = l->done;
	monitor_leave(&l->monitor);
	return done;
}

/* The best answer that there is by now. */
static int
take(struct lookup *l, bool done, struct lookup_answer *ret,
    struct error *err)
{
	int rc = 0;

	monitor_enter(&l->monitor);
	if (l->has_answer) {
		*ret = l->answer;
		l->answer = (struct lookup_answer){ 0 };
		l->has_answer = false;
	} else if (!done) {
		rc = error_set(err, ERR_TIMEOUT, "the index is not ready");
	} else {
		/* Also when it could not be brought up to date. */
		rc = l->rc != 0 ? l->rc : -ERR_NOT_FOUND;
		if (err != NULL)
			*err = l->err;
	}
	monitor_leave(&l->monitor);
	return rc;
}

int
lookup_ask(struct lookup *l, const struct lookup_opts *opts,
    struct lookup_answer *ret, struct error *err)
{
	int64_t deadline = clock_now_ms() + opts->wait_ms;
	int rc;

	*ret = (struct lookup_answer){ 0 };
	if (l->index == NULL)
		return error_set(err, ERR_UNSUPPORTED, "there is no index");
	/* That of an earlier request may still go on. */
	if (l->has_thread && !wait_done(l, deadline, opts->cancel))
		return error_set(err, ERR_TIMEOUT, "the index is not ready");
	forget(l);
	l->question = str_dup(str_sub(opts->question, 0, QUESTION_MAX));
	l->hits = opts->hits;
	l->map_tokens = opts->map_tokens;
	l->done = l->has_answer = false;
	l->rc = 0;
	rc = thread_start(&l->thread, "lookup", work, l, err);
	if (rc != 0)
		return rc;
	l->has_thread = true;
	return take(l, wait_done(l, deadline, opts->cancel), ret, err);
}
