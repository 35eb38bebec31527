/* See worker.h. */
#include "tui/worker.h"

#include <stdatomic.h>

#include "base/mem.h"
#include "base/queue.h"
#include "base/thread.h"

enum { JOBS_MAX = 64 };

struct task {
	struct letter letter; /* first */
	struct worker *worker;
	struct app_job *job;
	struct task *next;
};

struct worker {
	struct mail *mail;
	struct queue *tasks;
	pthread_t thread;
	bool started;
	atomic_bool ending;
	struct task *first; /* not delivered yet; the screen's thread only */
};

struct worker *
worker_create(struct mail *mail)
{
	struct worker *w = mem_new(struct worker);

	w->mail = mail;
	w->tasks = queue_create(JOBS_MAX);
	return w;
}

static void
deliver(struct app *app, struct letter *letter)
{
	struct task *t = (struct task *)letter;
	struct app_job *job = t->job;
	struct task **at;

	/* At the end the worker is gone before its mail is. */
	if (app != NULL) {
		at = &t->worker->first;
		while (*at != t)
			at = &(*at)->next;
		*at = t->next;
	} else {
		job->owner = NULL;
	}
	free(t);
	job->done(app, job, job->owner);
}

static void *
work(void *ctx)
{
	struct worker *w = ctx;
	struct task *t;

	while ((t = queue_pop(w->tasks, -1)) != NULL) {
		if (!atomic_load(&w->ending))
			t->job->work(t->job);
		mail_post(w->mail, &t->letter);
	}
	return NULL;
}

void
worker_destroy(struct worker *w)
{
	if (w == NULL)
		return;
	atomic_store(&w->ending, true);
	queue_close(w->tasks);
	if (w->started)
		pthread_join(w->thread, NULL);
	queue_destroy(w->tasks, NULL);
	free(w);
}

bool
worker_add(struct worker *w, struct app_job *job)
{
	struct task *t;

	if (!w->started &&
	    thread_start(&w->thread, "friday-screen", work, w, NULL) != 0)
		return false;
	w->started = true;
	t = mem_new(struct task);
	t->letter.deliver = deliver;
	t->worker = w;
	t->job = job;
	if (!queue_try_push(w->tasks, t)) {
		free(t);
		return false;
	}
	t->next = w->first;
	w->first = t;
	return true;
}

void
worker_forget(struct worker *w, const void *owner)
{
	for (struct task *t = w->first; t != NULL; t = t->next)
		if (t->job->owner == owner)
			t->job->owner = NULL;
}
