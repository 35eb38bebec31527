/* Runs a command and tells what it took: `launch COMMAND [ARGUMENT…]` writes
 * "STATUS WALL_US CPU_US RSS_KIB\n" to descriptor 3. CPU is that of all
 * processes that ended with it; RSS is the peak of the largest of them.
 *
 * The parent of a command must be small: Linux takes the parent's memory over
 * into a child's peak, so that a harness in Python could not see anything
 * below its own size. As subreaper it also counts children of children whose
 * parent did not wait for them. */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int64_t
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int64_t
cpu_us(const struct rusage *use)
{
	return (int64_t)(use->ru_utime.tv_sec + use->ru_stime.tv_sec) *
	    1000000 + use->ru_utime.tv_usec + use->ru_stime.tv_usec;
}

int
main(int argc, char **argv)
{
	struct rusage use = { .ru_maxrss = 0 };
	int64_t start, wall;
	int status;
	pid_t pid;

	if (argc < 2) {
		fputs("usage: launch COMMAND [ARGUMENT…] 3>FILE\n", stderr);
		return 2;
	}
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	start = now_us();
	pid = fork();
	if (pid == 0) {
		setsid();
		close(3);
		execvp(argv[1], argv + 1);
		perror(argv[1]);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid) {
		perror("launch");
		return 1;
	}
	wall = now_us() - start;
	/* What it left behind belongs to the same run. */
	kill(-pid, SIGKILL);
	while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
		;
	getrusage(RUSAGE_CHILDREN, &use);
	dprintf(3, "%d %lld %lld %ld\n",
	    WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
	    (long long)wall, (long long)cpu_us(&use), use.ru_maxrss);
	return 0;
}
