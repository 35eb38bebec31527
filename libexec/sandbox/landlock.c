/* Landlock, the newest version that the kernel has. Below the mounts it is the
 * second lock on writing and on devices; where namespaces are missing it is
 * the only one, and then reading and the network go by it too.
 *
 * The numbers are the kernel's (Documentation/userspace-api/landlock.rst); our
 * own copies, because Debian 12's headers end at version 2. */
#include <errno.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "libexec/sandbox/parts.h"

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule 445
#define SYS_landlock_restrict_self 446
#endif

enum {
	CREATE_VERSION = 1, /* flag: asks for the version */
	RULE_PATH_BENEATH = 1,

	FS_EXECUTE = 1 << 0,
	FS_WRITE_FILE = 1 << 1,
	FS_READ_FILE = 1 << 2,
	FS_READ_DIR = 1 << 3,
	FS_VERSION_1 = (1 << 13) - 1, /* and remove and make of each kind */
	FS_REFER = 1 << 13,	      /* 2: rename and link across folders */
	FS_TRUNCATE = 1 << 14,	      /* 3 */
	FS_IOCTL_DEV = 1 << 15,	      /* 5 */

	NET_BIND_TCP = 1 << 0, /* 4 */
	NET_CONNECT_TCP = 1 << 1,

	SCOPE_ABSTRACT_SOCKET = 1 << 0, /* 6 */
	SCOPE_SIGNAL = 1 << 1,

	/* Without REFER nothing could be moved between folders. */
	VERSION_MIN = 2,
};

/* What applies to files too; the rest is for folders. */
#define FS_OF_FILES                                                           \
	(FS_EXECUTE | FS_WRITE_FILE | FS_READ_FILE | FS_TRUNCATE | FS_IOCTL_DEV)

struct ruleset {
	uint64_t fs, net, scoped;
};

struct path_rule {
	uint64_t access;
	int32_t parent_fd;
} __attribute__((packed));

int
landlock_version(void)
{
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0,
	    CREATE_VERSION);

	return version < 0 ? 0 : (int)version;
}

static struct ruleset
make_ruleset(const struct plan *plan, int version)
{
	struct ruleset r = { .fs = FS_VERSION_1 | FS_REFER };
	unsigned open = LAYER_NETWORK | LAYER_NAMESPACES;

	if (version >= 3)
		r.fs |= FS_TRUNCATE;
	if (version >= 5)
		r.fs |= FS_IOCTL_DEV;
	/* A network of its own is the stronger lock, and commands may listen
	 * and connect in there; without one, TCP is closed here. */
	if (version >= 4 && (plan->without & open) != 0)
		r.net = NET_BIND_TCP | NET_CONNECT_TCP;
	if (version >= 6)
		r.scoped = SCOPE_ABSTRACT_SOCKET | SCOPE_SIGNAL;
	return r;
}

static size_t
ruleset_size(int version)
{
	if (version >= 6)
		return sizeof(struct ruleset);
	return version >= 4 ? 2 * sizeof(uint64_t) : sizeof(uint64_t);
}

struct rules {
	const struct channel *channel;
	int fd;
	uint64_t handled;
};

/* A path that is not there needs no rule. */
static void
allow(const struct rules *r, const char *path, uint64_t access)
{
	struct path_rule rule = { .parent_fd = open(path, O_PATH | O_CLOEXEC) };
	struct stat st;

	if (rule.parent_fd < 0)
		return;
	rule.access = access & r->handled;
	if (fstat(rule.parent_fd, &st) != 0 || !S_ISDIR(st.st_mode))
		rule.access &= FS_OF_FILES;
	if (syscall(SYS_landlock_add_rule, r->fd, RULE_PATH_BENEATH, &rule,
	    0) != 0)
		fail(r->channel, "Landlock");
	close(rule.parent_fd);
}

static void
allow_places(const struct rules *r, const struct plan *plan, uint64_t reading)
{
	bool own_root = (plan->without & LAYER_NAMESPACES) == 0;

	if (own_root)
		allow(r, "/", reading);
	for (size_t i = 0; i < plan->n_places; i++) {
		const struct place *p = &plan->places[i];

		if (p->kind == PLACE_WRITE ||
		    (p->kind == PLACE_PRIVATE && own_root))
			allow(r, p->path, r->handled & ~(uint64_t)FS_IOCTL_DEV);
		else if (p->kind == PLACE_READ && !own_root)
			allow(r, p->path, reading);
	}
	if (!own_root)
		allow(r, "/proc/self", reading);
}

static void
allow_devices(const struct rules *r)
{
	static const char *const nodes[] = { "/dev/null", "/dev/zero",
		"/dev/full", "/dev/random", "/dev/urandom", "/dev/tty",
		"/dev/ptmx", "/dev/pts" };

	for (size_t i = 0; i < sizeof(nodes) / sizeof(nodes[0]); i++)
		allow(r, nodes[i], FS_OF_FILES & ~FS_EXECUTE);
	allow(r, "/dev/shm", r->handled & ~(uint64_t)FS_IOCTL_DEV);
}

void
landlock_apply(const struct plan *plan, const struct channel *c)
{
	int version = landlock_version();
	struct ruleset set;
	struct rules r = { .channel = c };

	if ((plan->without & LAYER_LANDLOCK) != 0)
		return;
	if (version > plan->landlock_abi)
		version = plan->landlock_abi;
	if (version < VERSION_MIN) {
		errno = 0;
		fail(c, "Landlock: the kernel has no version 2 of it");
	}
	set = make_ruleset(plan, version);
	r.handled = set.fs;
	r.fd = (int)syscall(SYS_landlock_create_ruleset, &set,
	    ruleset_size(version), 0);
	if (r.fd < 0)
		fail(c, "Landlock");
	allow_places(&r, plan, FS_EXECUTE | FS_READ_FILE | FS_READ_DIR);
	allow_devices(&r);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    syscall(SYS_landlock_restrict_self, r.fd, 0) != 0)
		fail(c, "Landlock");
	close(r.fd);
}
