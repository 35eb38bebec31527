/* Threads; see thread.h. */
#include "base/thread.h"

#include <signal.h>

int
thread_start(pthread_t *ret, const char *name, void *(*fn)(void *ctx),
    void *ctx, struct error *err)
{
	pthread_t thread;
	sigset_t all, old;
	int rc;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	rc = pthread_create(&thread, NULL, fn, ctx);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (rc != 0)
		return error_errno(err, rc, "cannot start thread %s", name);
	pthread_setname_np(thread, name);
	*ret = thread;
	return 0;
}
