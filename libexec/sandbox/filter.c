/* The system call filter. Ordinary work does not notice it: what is refused
 * reaches the kernel's less travelled parts, other processes or the terminal's
 * input, and answers with an error (never with death), as on a machine where
 * the user may not do it.
 *
 * Not refused on purpose:
 *  - the few forms of ptrace() that only look (a leak sanitizer stops its own
 *    threads and reads their registers): the process ids of the sandbox are
 *    its own, so there is nobody else to look at;
 *  - NETLINK_ROUTE: node and Go list their addresses with it. */
#include <errno.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libexec/sandbox/parts.h"

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))
/* fchmodat2() is newer than Debian 12's libseccomp. */
#define CALL_FCHMODAT2 452
#define LOW_WORD 0xffffffffu /* the kernel looks at no more of an int */

/* -1 with EPERM. */
static const int refused[] = {
	SCMP_SYS(acct),
	SCMP_SYS(add_key),
	SCMP_SYS(adjtimex),
	SCMP_SYS(bpf),
	SCMP_SYS(chroot),
	SCMP_SYS(clock_adjtime),
	SCMP_SYS(clock_settime),
	SCMP_SYS(create_module),
	SCMP_SYS(delete_module),
	SCMP_SYS(fanotify_init),
	SCMP_SYS(finit_module),
	SCMP_SYS(fsconfig),
	SCMP_SYS(fsmount),
	SCMP_SYS(fsopen),
	SCMP_SYS(fspick),
	SCMP_SYS(get_kernel_syms),
	SCMP_SYS(init_module),
	SCMP_SYS(ioperm),
	SCMP_SYS(iopl),
	SCMP_SYS(kcmp),
	SCMP_SYS(kexec_file_load),
	SCMP_SYS(kexec_load),
	SCMP_SYS(keyctl),
	SCMP_SYS(lookup_dcookie),
	SCMP_SYS(mount),
	SCMP_SYS(mount_setattr),
	SCMP_SYS(move_mount),
	SCMP_SYS(name_to_handle_at),
	SCMP_SYS(nfsservctl),
	SCMP_SYS(open_by_handle_at),
	SCMP_SYS(open_tree),
	SCMP_SYS(perf_event_open),
	SCMP_SYS(pidfd_getfd),
	SCMP_SYS(pivot_root),
	SCMP_SYS(process_madvise),
	SCMP_SYS(process_vm_readv),
	SCMP_SYS(process_vm_writev),
	SCMP_SYS(query_module),
	SCMP_SYS(quotactl),
	SCMP_SYS(reboot),
	SCMP_SYS(request_key),
	SCMP_SYS(setdomainname),
	SCMP_SYS(sethostname),
	SCMP_SYS(setns),
	SCMP_SYS(settimeofday),
	SCMP_SYS(swapoff),
	SCMP_SYS(swapon),
	SCMP_SYS(syslog),
	SCMP_SYS(umount),
	SCMP_SYS(umount2),
	SCMP_SYS(unshare),
	SCMP_SYS(uselib),
	SCMP_SYS(userfaultfd),
	SCMP_SYS(ustat),
	SCMP_SYS(vhangup),
};

/* -1 with ENOSYS, so that callers go the older way, which can be looked at:
 * the flags of clone3() and openat2() are in memory, and io_uring would go
 * round the filter. */
static const int unknown[] = {
	SCMP_SYS(clone3),
	SCMP_SYS(openat2),
	SCMP_SYS(io_uring_setup),
	SCMP_SYS(io_uring_enter),
	SCMP_SYS(io_uring_register),
};

/* Refused where (argument & mask) == value. */
struct masked {
	int call;
	unsigned argument;
	uint64_t mask, value;
};

static const struct masked masked[] = {
	/* Letters and selections put into the user's terminal. */
	{ SCMP_SYS(ioctl), 1, LOW_WORD, TIOCSTI },
	{ SCMP_SYS(ioctl), 1, LOW_WORD, TIOCLINUX },
	{ SCMP_SYS(ioctl), 1, LOW_WORD, TIOCSETD },
	{ SCMP_SYS(ioctl), 1, LOW_WORD, TIOCCONS },
	/* Namespaces of its own would give it capabilities in them. */
	{ SCMP_SYS(clone), 0, CLONE_NEWNS, CLONE_NEWNS },
	{ SCMP_SYS(clone), 0, CLONE_NEWCGROUP, CLONE_NEWCGROUP },
	{ SCMP_SYS(clone), 0, CLONE_NEWUTS, CLONE_NEWUTS },
	{ SCMP_SYS(clone), 0, CLONE_NEWIPC, CLONE_NEWIPC },
	{ SCMP_SYS(clone), 0, CLONE_NEWUSER, CLONE_NEWUSER },
	{ SCMP_SYS(clone), 0, CLONE_NEWPID, CLONE_NEWPID },
	{ SCMP_SYS(clone), 0, CLONE_NEWNET, CLONE_NEWNET },
	/* Device nodes. */
	{ SCMP_SYS(mknod), 1, S_IFMT, S_IFCHR },
	{ SCMP_SYS(mknod), 1, S_IFMT, S_IFBLK },
	{ SCMP_SYS(mknodat), 2, S_IFMT, S_IFCHR },
	{ SCMP_SYS(mknodat), 2, S_IFMT, S_IFBLK },
};

/* Where modes are given. Not the setuid bit: a program left in the workspace
 * that runs as the user for whoever starts it later. The setgid bit is needed
 * by folders of shared repositories; root's group is worth more than those. */
static const struct {
	int call;
	unsigned argument;
} modes[] = {
	{ SCMP_SYS(chmod), 1 },
	{ SCMP_SYS(fchmod), 1 },
	{ SCMP_SYS(fchmodat), 2 },
	{ SCMP_SYS(creat), 1 },
	{ SCMP_SYS(open), 2 },
	{ SCMP_SYS(openat), 3 },
	{ SCMP_SYS(mknod), 1 },
	{ SCMP_SYS(mknodat), 2 },
	{ CALL_FCHMODAT2, 2 },
};

/* Of ptrace(), only what looks. Sorted. */
static const int ptrace_allowed[] = { PTRACE_CONT, PTRACE_KILL, PTRACE_GETREGS,
	PTRACE_GETFPREGS, PTRACE_ATTACH, PTRACE_DETACH, PTRACE_GETREGSET };

/* Of the families of sockets, these; of netlink, only routes. Sorted. */
static const int families[] = { AF_UNIX, AF_INET, AF_INET6, AF_NETLINK };

/* A gap between two listed values is refused value by value, this far from
 * either end; the numbers between (of ptrace) have never been used. */
enum { GAP_END = 48 };

struct builder {
	const struct channel *channel;
	scmp_filter_ctx context;
};

static void
add(struct builder *b, int error, int call, unsigned n,
    const struct scmp_arg_cmp *compared)
{
	int rc = seccomp_rule_add_array(b->context,
	    SCMP_ACT_ERRNO((unsigned)error), call, n, compared);

	/* A call that this machine does not have needs no rule. */
	if (rc != 0 && rc != -EDOM) {
		errno = -rc;
		fail(b->channel, "the system call filter");
	}
}

/* Refuses every value of the first argument that is not listed. Higher bits
 * than the kernel looks at make a value larger than all, and so refused. */
static void
refuse_others(struct builder *b, int error, int call, const int *sorted,
    size_t n)
{
	struct scmp_arg_cmp c = { 0, SCMP_CMP_LT, (uint64_t)sorted[0], 0 };

	add(b, error, call, 1, &c);
	c.op = SCMP_CMP_GT;
	c.datum_a = (uint64_t)sorted[n - 1];
	add(b, error, call, 1, &c);
	c.op = SCMP_CMP_EQ;
	for (size_t i = 0; i + 1 < n; i++) {
		int low = sorted[i], high = sorted[i + 1];

		for (int v = low + 1; v < high; v++) {
			if (v - low > GAP_END && high - v > GAP_END)
				v = high - GAP_END;
			c.datum_a = (uint64_t)v;
			add(b, error, call, 1, &c);
		}
	}
}

static void
add_modes(struct builder *b, uint64_t bit)
{
	for (size_t i = 0; i < LENGTH(modes); i++) {
		struct scmp_arg_cmp c = { modes[i].argument,
			SCMP_CMP_MASKED_EQ, bit, bit };

		add(b, EPERM, modes[i].call, 1, &c);
	}
}

static void
add_all(struct builder *b, bool network)
{
	static const struct scmp_arg_cmp other_netlink[] = {
		{ 0, SCMP_CMP_EQ, AF_NETLINK, 0 },
		{ 2, SCMP_CMP_NE, NETLINK_ROUTE, 0 },
	};

	for (size_t i = 0; i < LENGTH(refused); i++)
		add(b, EPERM, refused[i], 0, NULL);
	for (size_t i = 0; i < LENGTH(unknown); i++)
		add(b, ENOSYS, unknown[i], 0, NULL);
	for (size_t i = 0; i < LENGTH(masked); i++) {
		struct scmp_arg_cmp c = { masked[i].argument,
			SCMP_CMP_MASKED_EQ, masked[i].mask, masked[i].value };

		add(b, EPERM, masked[i].call, 1, &c);
	}
	add_modes(b, S_ISUID);
	if (geteuid() == 0)
		add_modes(b, S_ISGID);
	refuse_others(b, EPERM, SCMP_SYS(ptrace), ptrace_allowed,
	    LENGTH(ptrace_allowed));
	/* Without a network of its own a command gets only local sockets. */
	refuse_others(b, EAFNOSUPPORT, SCMP_SYS(socket), families,
	    network ? LENGTH(families) : 1);
	if (network)
		add(b, EPERM, SCMP_SYS(socket), 2, other_netlink);
}

bool
filter_available(void)
{
	/* EFAULT: the kernel would have looked at a filter. */
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, NULL) == -1 &&
	    errno == EFAULT;
}

void
filter_apply(const struct plan *plan, const struct channel *c)
{
	unsigned open = LAYER_NETWORK | LAYER_NAMESPACES;
	struct builder b = { .channel = c };
	int rc;

	if ((plan->without & LAYER_SECCOMP) != 0)
		return;
	b.context = seccomp_init(SCMP_ACT_ALLOW);
	if (b.context == NULL)
		fail(c, "the system call filter");
	/* 32-bit programs have other numbers; they get ENOSYS for all. */
	seccomp_attr_set(b.context, SCMP_FLTATR_ACT_BADARCH,
	    SCMP_ACT_ERRNO(ENOSYS));
	seccomp_attr_set(b.context, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	add_all(&b, (plan->without & open) == 0);
	rc = seccomp_load(b.context);
	if (rc != 0) {
		errno = -rc;
		fail(c, "the system call filter");
	}
	seccomp_release(b.context);
}
