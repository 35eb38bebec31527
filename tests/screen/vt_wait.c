/* Waiting, always for something. */
#include "vt.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>

enum { MS = 1000 };

/* When the clock of a wait starts: with the last keys, since their answer may
 * be there before the wait is. */
static int64_t
clock_start(const struct vt *v)
{
	return v->sent_us != 0 ? v->sent_us : vt_now_us();
}

/* The time that is told is from the last keys to when the bytes came, not to
 * when they were looked at. */
void
vt_wait_count(struct vt *v, int64_t ms, struct str text, int least, int most)
{
	int64_t began = clock_start(v), deadline = vt_now_us() + ms * MS;

	for (;;) {
		int count = vt_count(v, text);
		bool ended = v->ended;

		if (count >= least && count <= most)
			break;
		if (vt_now_us() >= deadline || ended) {
			printf(ended ? "no ended %d\n" : "no timeout\n",
			    v->status);
			return;
		}
		vt_pump(v, deadline);
	}
	printf("ok %lld\n", (long long)(v->last_us > began ?
	    v->last_us - began : 0));
}

void
vt_wait_visible(struct vt *v, int64_t ms)
{
	int64_t deadline = vt_now_us() + ms * MS;

	while (v->seen_us == 0 && !v->ended && vt_now_us() < deadline)
		vt_pump(v, deadline);
	printf(v->seen_us != 0 ? "ok\n" : "no timeout\n");
}

void
vt_wait_changed(struct vt *v, int64_t ms)
{
	int64_t began = clock_start(v), deadline = vt_now_us() + ms * MS;

	while (v->last_us <= began && !v->ended && vt_now_us() < deadline)
		vt_pump(v, deadline);
	if (v->last_us > began)
		printf("ok %lld\n", (long long)(v->last_us - began));
	else
		printf("no timeout\n");
}

void
vt_wait_bytes(struct vt *v, int64_t ms, size_t count)
{
	int64_t deadline = vt_now_us() + ms * MS;

	while (v->raw.len < count && !v->ended && vt_now_us() < deadline)
		vt_pump(v, deadline);
	printf("ok %zu\n", v->raw.len);
}

void
vt_wait_exit(struct vt *v, int64_t ms)
{
	int64_t deadline = vt_now_us() + ms * MS;

	while (!v->ended && vt_now_us() < deadline)
		vt_pump(v, deadline);
	/* What it wrote last. */
	if (v->master >= 0)
		vt_pump(v, vt_now_us());
	if (v->ended)
		printf("ok %d\n", v->status);
	else
		printf("no timeout\n");
}

void
vt_wait_quiet(struct vt *v, int64_t ms, int64_t quiet_ms)
{
	int64_t began = vt_now_us(), deadline = began + ms * MS, since;

	do {
		since = v->last_us > began ? v->last_us : began;
		if (vt_now_us() - since >= quiet_ms * MS) {
			printf("ok\n");
			return;
		}
		vt_pump(v, since + quiet_ms * MS);
	} while (vt_now_us() < deadline);
	printf("no timeout\n");
}

void
vt_wait_stop(struct vt *v, int64_t ms)
{
	int64_t deadline = vt_now_us() + ms * MS;
	int status = 0;

	while (vt_now_us() < deadline) {
		if (waitpid(v->child, &status, WNOHANG | WUNTRACED) ==
			v->child &&
		    WIFSTOPPED(status)) {
			vt_pump(v, vt_now_us());
			printf("ok %d\n", WSTOPSIG(status));
			return;
		}
		vt_pump(v, vt_now_us() + 5 * MS);
	}
	printf("no timeout\n");
}
