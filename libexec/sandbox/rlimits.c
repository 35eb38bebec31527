/* The limits that hold for each process by itself; what all use together is
 * summed in watch.c. Never RLIMIT_AS: sanitizers, Go and node reserve far more
 * addresses than they use. */
#include <stdint.h>
#include <sys/resource.h>
#include <sys/utsname.h>

#include "libexec/sandbox/parts.h"

/* A limit above the one that we have ourselves cannot be given. */
static void
set(int which, uint64_t value)
{
	struct rlimit now, own;

	if (getrlimit((__rlimit_resource_t)which, &now) != 0)
		return;
	own.rlim_cur = own.rlim_max = (rlim_t)value;
	if (own.rlim_max > now.rlim_max)
		own.rlim_cur = own.rlim_max = now.rlim_max;
	setrlimit((__rlimit_resource_t)which, &own);
}

/* Since Linux 5.14 the number is counted for each user namespace by itself.
 * Before, all processes of the user counted, and a command could not start
 * because of the user's browser. Root is exempt: watch.c counts. */
static bool
counts_by_namespace(void)
{
	struct utsname system;
	int major = 0, minor = 0;

	return uname(&system) == 0 &&
	    sscanf(system.release, "%d.%d", &major, &minor) == 2 &&
	    (major > 5 || (major == 5 && minor >= 14));
}

void
rlimits_apply(const struct plan *plan)
{
	const struct limits *l = &plan->limits;

	set(RLIMIT_CORE, 0);
	if (l->files != 0)
		set(RLIMIT_NOFILE, l->files);
	if (l->file_size_bytes != 0)
		set(RLIMIT_FSIZE, l->file_size_bytes);
	if (l->cpu_ms != 0)
		set(RLIMIT_CPU, l->cpu_ms / 1000 + 1);
	/* One more: the first process of the sandbox counts too. */
	if (l->processes != 0 && (plan->without & LAYER_NAMESPACES) == 0 &&
	    counts_by_namespace())
		set(RLIMIT_NPROC, l->processes + 1);
}
