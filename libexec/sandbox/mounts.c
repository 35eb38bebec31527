/* The root that a command sees, built from nothing: what is not put in is not
 * there. Only folders of our own temporary file systems are ever created;
 * never one in the user's tree.
 *
 *	/old	everything as on the host; gone before the command starts
 *	/new	a small tmpfs, read-only in the end: only mount points
 *	/space	a tmpfs of the size of --disk: the private folders
 *
 * Paths are walked from descriptors of /old and /new without following
 * symbolic links (openat2): a command that still runs in the same workspace
 * may swap folders for links while we work. */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "libexec/sandbox/parts.h"

#ifndef OPEN_TREE_CLONE
#define OPEN_TREE_CLONE 1
#endif
#ifndef MOVE_MOUNT_F_EMPTY_PATH
#define MOVE_MOUNT_F_EMPTY_PATH 0x04
#define MOVE_MOUNT_T_EMPTY_PATH 0x40
#endif
/* linux/mount.h and sys/mount.h cannot be had together with older glibcs. */
#define ATTR_RDONLY 0x01
#define ATTR_NOSUID 0x02
#define ATTR_NODEV 0x04
#define ATTR_NOEXEC 0x08

struct mount_attributes {
	uint64_t attr_set, attr_clr, propagation, userns_fd;
};

struct builder {
	const struct channel *channel;
	int old, new, space; /* O_PATH */
	dev_t own[2];	     /* file systems where folders may be made */
	int masked_file, masked_folder; /* what a mask shows */
	unsigned next_private;
};

static int
open_below(int root, const char *path, int flags)
{
	struct open_how how = { .flags = (uint64_t)(flags | O_CLOEXEC),
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS |
		    RESOLVE_NO_MAGICLINKS };

	while (*path == '/')
		path++;
	return (int)syscall(SYS_openat2, root, *path == '\0' ? "." : path,
	    &how, sizeof(how));
}

static void
must(const struct builder *b, int rc, const char *what)
{
	if (rc < 0)
		fail(b->channel, what);
}

static bool
is_own(const struct builder *b, int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 &&
	    (st.st_dev == b->own[0] || st.st_dev == b->own[1]);
}

/* The folder that shall hold the last part of `path`, with what is missing of
 * it made. *ret_name points into path. */
static int
open_parent(const struct builder *b, const char *path, const char **ret_name)
{
	const char *part = path + strspn(path, "/"), *end;
	int folder = open_below(b->new, "/", O_PATH | O_DIRECTORY);

	must(b, folder, "the new root");
	while (*(end = part + strcspn(part, "/")) != '\0') {
		char name[256];
		size_t len = (size_t)(end - part);
		int next;

		if (len >= sizeof(name)) {
			errno = ENAMETOOLONG;
			fail(b->channel, path);
		}
		memcpy(name, part, len);
		name[len] = '\0';
		if (is_own(b, folder))
			mkdirat(folder, name, 0755);
		next = openat(folder, name,
		    O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		must(b, next, path);
		close(folder);
		folder = next;
		part = end + strspn(end, "/");
	}
	*ret_name = part;
	return folder;
}

/* The place in the new root where something of the kind of `st` goes. */
static int
open_target(const struct builder *b, const char *path, const struct stat *st)
{
	const char *name;
	int parent = open_parent(b, path, &name), fd;

	if (is_own(b, parent)) {
		if (S_ISDIR(st->st_mode)) {
			mkdirat(parent, name, 0755);
		} else {
			fd = openat(parent, name,
			    O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0444);
			if (fd >= 0)
				close(fd);
		}
	}
	fd = openat(parent, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	must(b, fd, path);
	close(parent);
	return fd;
}

static void
attach(const struct builder *b, int source, int target, uint64_t attributes,
    const char *what)
{
	struct mount_attributes a = { .attr_set = attributes };
	int tree = (int)syscall(SYS_open_tree, source, "",
	    OPEN_TREE_CLONE | O_CLOEXEC | AT_EMPTY_PATH | AT_RECURSIVE);

	must(b, tree, what);
	must(b, (int)syscall(SYS_mount_setattr, tree, "",
	    AT_EMPTY_PATH | AT_RECURSIVE, &a, sizeof(a)), what);
	must(b, (int)syscall(SYS_move_mount, tree, "", target, "",
	    MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH), what);
	close(tree);
}

/* A host's file or folder at the same path. Gone meanwhile: nothing to do. */
static void
add_host(const struct builder *b, const struct place *p, uint64_t attributes)
{
	int source = open_below(b->old, p->path, O_PATH | O_NOFOLLOW), target;
	struct stat st;

	if (source < 0 && (errno == ENOENT || errno == ENOTDIR))
		return;
	must(b, source, p->path);
	must(b, fstat(source, &st), p->path);
	if (S_ISLNK(st.st_mode)) {
		errno = ELOOP;
		fail(b->channel, p->path);
	}
	target = open_target(b, p->path, &st);
	attach(b, source, target, attributes | ATTR_NOSUID | ATTR_NODEV,
	    p->path);
	close(target);
	close(source);
}

/* Over something that a place before has brought: both must be the same. */
static void
add_over(const struct builder *b, const struct place *p)
{
	int target = open_below(b->new, p->path, O_PATH | O_NOFOLLOW);
	int source;
	struct stat st;

	if (target < 0 && (errno == ENOENT || errno == ENOTDIR))
		return;
	must(b, target, p->path);
	must(b, fstat(target, &st), p->path);
	if (S_ISLNK(st.st_mode)) {
		errno = ELOOP;
		fail(b->channel, p->path);
	}
	source = p->kind == PLACE_PROTECT ? target :
	    S_ISDIR(st.st_mode)		  ? b->masked_folder :
					    b->masked_file;
	attach(b, source, target, ATTR_RDONLY | ATTR_NOSUID | ATTR_NODEV |
	    (p->kind == PLACE_MASK ? ATTR_NOEXEC : 0), p->path);
	close(target);
}

static void
add_read(struct builder *b, const struct place *p)
{
	add_host(b, p, ATTR_RDONLY);
}

static void
add_write(struct builder *b, const struct place *p)
{
	add_host(b, p, 0);
}

static void
add_protected(struct builder *b, const struct place *p)
{
	add_over(b, p);
}

static void
add_link(struct builder *b, const struct place *p)
{
	const char *name;
	int parent = open_parent(b, p->path, &name);

	if (symlinkat(p->target, parent, name) != 0 && errno != EEXIST)
		fail(b->channel, p->path);
	close(parent);
}

static void
add_private(struct builder *b, const struct place *p)
{
	struct stat st = { .st_mode = S_IFDIR };
	char name[32];
	int source, target;

	snprintf(name, sizeof(name), "%u", b->next_private++);
	must(b, mkdirat(b->space, name, 0700), p->path);
	source = openat(b->space, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
	must(b, source, p->path);
	target = open_target(b, p->path, &st);
	attach(b, source, target, ATTR_NOSUID | ATTR_NODEV, p->path);
	close(source);
	close(target);
}

static void
add_nothing(struct builder *b, const struct place *p)
{
}

static void (*const adders[])(struct builder *b, const struct place *p) = {
	[PLACE_READ] = add_read,
	[PLACE_WRITE] = add_write,
	[PLACE_LINK] = add_link,
	[PLACE_PRIVATE] = add_private,
	[PLACE_PROTECT] = add_protected,
	[PLACE_MASK] = add_protected,
	[PLACE_GUARD] = add_nothing,
};

static void
add_devices(struct builder *b)
{
	static const char *const nodes[] = { "null", "zero", "full", "random",
		"urandom", "tty" };
	static const struct {
		const char *path, *target;
	} links[] = {
		{ "/dev/ptmx", "pts/ptmx" },
		{ "/dev/fd", "/proc/self/fd" },
		{ "/dev/stdin", "/proc/self/fd/0" },
		{ "/dev/stdout", "/proc/self/fd/1" },
		{ "/dev/stderr", "/proc/self/fd/2" },
	};
	static const struct place shm = { .kind = PLACE_PRIVATE,
		.path = "/dev/shm" };
	char path[32];

	mkdir("/new/dev", 0755);
	for (size_t i = 0; i < sizeof(nodes) / sizeof(nodes[0]); i++) {
		struct stat st = { .st_mode = S_IFREG };
		int source, target;

		snprintf(path, sizeof(path), "/dev/%s", nodes[i]);
		source = open_below(b->old, path, O_PATH);
		if (source < 0)
			continue;
		target = open_target(b, path, &st);
		/* Read-only, or root, who owns them, could change the modes of
		 * the host's; they can be written to all the same. */
		attach(b, source, target, ATTR_RDONLY | ATTR_NOSUID |
		    ATTR_NOEXEC, path);
		close(source);
		close(target);
	}
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		add_link(b, &(struct place){ .kind = PLACE_LINK,
		    .path = links[i].path, .target = links[i].target });
	add_private(b, &shm);
	mkdir("/new/dev/pts", 0755);
	must(b, mount("devpts", "/new/dev/pts", "devpts",
	    MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=620"),
	    "own terminals (/dev/pts)");
}

/* Of the whole machine, or a door to its kernel: root could use these without
 * any capability, as the owner of the files. */
static void
add_proc(struct builder *b)
{
	static const char *const masked[] = { "acpi", "asound", "bus",
		"driver", "fs", "interrupts", "iomem", "ioports", "irq",
		"kallsyms", "kcore", "key-users", "keys", "kmsg",
		"kpagecgroup", "kpagecount", "kpageflags", "latency_stats",
		"modules", "mtrr", "pagetypeinfo", "sched_debug", "scsi",
		"slabinfo", "sysrq-trigger", "sysvipc", "timer_list", "tty",
		"vmallocinfo", "zoneinfo" };

	mkdir("/new/proc", 0555);
	/* All of it read-only: /proc/sys/kernel/core_pattern is root's file. */
	must(b, mount("proc", "/new/proc", "proc",
	    MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY, NULL),
	    "the sandbox's own /proc");
	for (size_t i = 0; i < sizeof(masked) / sizeof(masked[0]); i++) {
		char path[64];
		struct place p = { .kind = PLACE_MASK, .path = path };

		snprintf(path, sizeof(path), "/proc/%s", masked[i]);
		add_over(b, &p);
	}
}

/* A file that the caller gave to be read can be opened for writing from /proc,
 * and its mode be changed by its descriptor, since that still is of the host's
 * mounts. So the same file is opened anew, on a read-only mount of it. What is
 * to be written (the other two) must keep its shared position, and has been
 * given for that. */
static void
renew_input(const struct builder *b)
{
	struct mount_attributes a = { .attr_set = ATTR_RDONLY | ATTR_NOSUID |
		    ATTR_NODEV };
	struct stat given, found;
	char name[4096], link[64];
	ssize_t n = readlink("/old/proc/self/fd/0", name, sizeof(name) - 1);
	int flags = fcntl(STDIN_FILENO, F_GETFL), source, tree, fd;

	if (n <= 0 || flags < 0 || (flags & O_ACCMODE) != O_RDONLY ||
	    fstat(STDIN_FILENO, &given) != 0 || !S_ISREG(given.st_mode))
		return;
	name[n] = '\0';
	source = open_below(b->old, name, O_PATH | O_NOFOLLOW);
	/* No longer there under its name (a here-document): nobody's file. */
	if (source < 0 || fstat(source, &found) != 0 ||
	    found.st_dev != given.st_dev || found.st_ino != given.st_ino) {
		if (source >= 0)
			close(source);
		return;
	}
	tree = (int)syscall(SYS_open_tree, source, "",
	    OPEN_TREE_CLONE | O_CLOEXEC | AT_EMPTY_PATH);
	must(b, tree, "the input");
	must(b, (int)syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH, &a,
	    sizeof(a)), "the input");
	snprintf(link, sizeof(link), "/new/proc/self/fd/%d", tree);
	fd = open(link, O_RDONLY | O_CLOEXEC);
	must(b, fd, "the input");
	lseek(fd, lseek(STDIN_FILENO, 0, SEEK_CUR), SEEK_SET);
	must(b, dup2(fd, STDIN_FILENO), "the input");
	close(fd);
	close(tree);
	close(source);
}

/* The same for the host's /dev/null, which most commands get. */
static void
renew_null(void)
{
	struct stat st;

	for (int fd = 0; fd <= STDERR_FILENO; fd++) {
		int own;

		if (fstat(fd, &st) != 0 || !S_ISCHR(st.st_mode) ||
		    st.st_rdev != makedev(1, 3))
			continue;
		own = open("/new/dev/null",
		    (fcntl(fd, F_GETFL) & O_ACCMODE) | O_CLOEXEC);
		if (own >= 0)
			dup2(own, fd);
		if (own > STDERR_FILENO)
			close(own);
	}
}

/* The two things that masks show: nobody may open them, not even their owner
 * (who has no capability), and they cannot be changed. */
static void
make_masks(struct builder *b)
{
	int fd = open("/space/masked-file",
	    O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0);

	must(b, fd, "temporary space");
	close(fd);
	b->masked_file = open("/space/masked-file", O_PATH | O_CLOEXEC);
	must(b, mkdir("/space/masked-folder", 0), "temporary space");
	b->masked_folder = open("/space/masked-folder", O_PATH | O_CLOEXEC);
	must(b, b->masked_file, "temporary space");
	must(b, b->masked_folder, "temporary space");
}

static dev_t
device_of(const struct builder *b, int fd)
{
	struct stat st;

	must(b, fstat(fd, &st), "temporary space");
	return st.st_dev;
}

/* A tmpfs under /tmp becomes the root for a moment, so that all of the host's
 * tree, /tmp as well, is below /old and not hidden. */
static void
open_roots(struct builder *b, const struct plan *plan)
{
	char options[96];
	uint64_t disk = plan->limits.disk_bytes;

	must(b, mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL),
	    "own mounts");
	must(b, mount("tmpfs", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV,
	    "mode=755,size=64k"), "temporary space");
	must(b, chdir("/tmp"), "temporary space");
	mkdir("old", 0755);
	mkdir("new", 0755);
	mkdir("space", 0755);
	must(b, (int)syscall(SYS_pivot_root, ".", "old"), "the new root");
	must(b, chdir("/"), "the new root");
	must(b, mount("tmpfs", "/new", "tmpfs", MS_NOSUID | MS_NODEV,
	    "mode=755,size=16m"), "the new root");
	if (disk == 0)
		disk = (uint64_t)1 << 40; /* as much as there is memory */
	/* An inode is a page or so of memory that `size` does not count. */
	snprintf(options, sizeof(options), "mode=755,size=%llu,nr_inodes=%llu",
	    (unsigned long long)disk,
	    (unsigned long long)(disk / 4096 + 1024));
	must(b, mount("tmpfs", "/space", "tmpfs", MS_NOSUID | MS_NODEV,
	    options), "temporary space");
	b->old = open("/old", O_PATH | O_DIRECTORY | O_CLOEXEC);
	b->new = open("/new", O_PATH | O_DIRECTORY | O_CLOEXEC);
	b->space = open("/space", O_PATH | O_DIRECTORY | O_CLOEXEC);
	b->own[0] = device_of(b, b->new);
	b->own[1] = device_of(b, b->space);
}

static void
enter_new_root(const struct builder *b)
{
	struct mount_attributes a = { .attr_set = ATTR_RDONLY | ATTR_NOSUID |
		    ATTR_NODEV };

	must(b, (int)syscall(SYS_mount_setattr, b->new, "", AT_EMPTY_PATH, &a,
	    sizeof(a)), "the new root");
	must(b, fchdir(b->new), "the new root");
	/* The old root comes to lie on top of the new one, and is let go. */
	must(b, (int)syscall(SYS_pivot_root, ".", "."), "the new root");
	must(b, umount2(".", MNT_DETACH), "the new root");
	must(b, chdir("/"), "the new root");
}

void
mounts_build(const struct plan *plan, const struct channel *c)
{
	struct builder b = { .channel = c };
	int fds[5];

	umask(022);
	open_roots(&b, plan);
	make_masks(&b);
	add_devices(&b);
	add_proc(&b);
	renew_input(&b);
	renew_null();
	for (size_t i = 0; i < plan->n_places; i++)
		adders[plan->places[i].kind](&b, &plan->places[i]);
	enter_new_root(&b);
	fds[0] = b.old;
	fds[1] = b.new;
	fds[2] = b.space;
	fds[3] = b.masked_file;
	fds[4] = b.masked_folder;
	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		close(fds[i]);
}
