/* The parts of friday-sandbox: one file and one function each, called in this
 * order by main.c and init.c. Each stops the run with fail() when it cannot do
 * its work: nothing is started with a layer less than was asked for. */
#ifndef FRIDAY_LIBEXEC_SANDBOX_PARTS_H
#define FRIDAY_LIBEXEC_SANDBOX_PARTS_H

#include <sys/types.h>

#include "libexec/sandbox/plan.h"

/* Ends with these, besides the command's own status. */
enum { STATUS_TIMEOUT = 124, STATUS_SETUP = 125, STATUS_LIMIT = 137 };

enum report_kind {
	REPORT_FAILED,	 /* value: errno or 0; text: what could not be done */
	REPORT_NO_START, /* value: errno of exec */
	REPORT_EXITED,	 /* value: exit status of the command */
	REPORT_SIGNALED, /* value: the signal that ended it */
	REPORT_LIMIT,	 /* value: exit status; text: which limit */
};

/* From the first process of the sandbox to the launcher, one packet each. The
 * other way go single bytes: the number of a signal for the command. */
struct report {
	int32_t kind;
	int32_t value;
	char text[248];
};

/* main.c: the launcher's end of the channel is read there. */
struct channel {
	int fd;
};
void report(const struct channel *c, enum report_kind kind, int value,
    const char *text);
/* Reports REPORT_FAILED with errno and ends this process. */
__attribute__((noreturn)) void fail(const struct channel *c, const char *what);

/* mounts.c: the new root. Needs the capabilities of the new namespaces. */
void mounts_build(const struct plan *plan, const struct channel *c);
/* network.c: loopback up, and the proxy's listener handed out. */
void network_prepare(const struct plan *plan, const struct channel *c);
/* guard.c, both outside of the sandbox: before it starts, and when all in it
 * are gone. */
void guard_begin(struct plan *plan);
void guard_end(const struct plan *plan);
/* landlock.c. The newest version that the kernel has; 0: none. */
int landlock_version(void);
void landlock_apply(const struct plan *plan, const struct channel *c);
/* filter.c */
bool filter_available(void);
void filter_apply(const struct plan *plan, const struct channel *c);
/* init.c: the first process of the sandbox; never returns. */
__attribute__((noreturn)) void init_run(const struct plan *plan, int channel,
    int ready);
/* rlimits.c */
void rlimits_apply(const struct plan *plan);

/* watch.c: what all processes of the sandbox use together. */
struct usage {
	uint64_t memory_bytes;
	uint64_t shared_bytes; /* of it what is mapped and shared */
	uint64_t tasks;
	uint64_t cpu_ms;
};
/* What the machine held before. */
struct usage_base {
	uint64_t machine_shared; /* bytes of files in memory */
	dev_t device;		 /* where those without a name are */
};
/* proc: descriptor of /proc of the sandbox. */
void usage_begin(int proc, struct usage_base *ret);
void usage_sum(int proc, const struct usage_base *base, uint64_t memory_limit,
    struct usage *ret);
/* The limit that is passed, in words; NULL: none. */
const char *usage_over(const struct usage *usage, const struct limits *limits);

/* cgroup.c: a group of our own below a delegated one, for the process pid.
 * False: there is none. The limits that it holds are the kernel's business. */
struct cgroup {
	char path[512];
};
bool cgroup_available(const struct plan *plan);
bool cgroup_enter(const struct plan *plan, pid_t pid, struct cgroup *ret);
/* True: the kernel has killed something in it for its limit of memory. */
bool cgroup_ran_out(const struct cgroup *g);
/* Also of one that was not entered. */
void cgroup_leave(struct cgroup *g);

#endif
