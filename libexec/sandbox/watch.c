/* What the processes of the sandbox use together: one walk over its /proc,
 * where there are no others. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libexec/sandbox/parts.h"

/* Reads a small file whole. False: the process is gone. */
static bool
read_small(int proc, const char *pid, const char *name, char *text,
    size_t size)
{
	char path[64];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%.20s/%s", pid, name);
	fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, text, size - 1);
	close(fd);
	if (n <= 0)
		return false;
	text[n] = '\0';
	return true;
}

static uint64_t
kilobytes(const char *text, const char *key)
{
	const char *at = strstr(text, key);

	return at == NULL ? 0 : strtoull(at + strlen(key), NULL, 10);
}

/* Memory of its own, and what it shares by shm and memfd (for each that has
 * it mapped); not the pages of programs and libraries. */
static void
add_memory(int proc, const char *pid, struct usage *u)
{
	char text[4096];

	if (!read_small(proc, pid, "status", text, sizeof(text)))
		return;
	u->memory_bytes += 1024 * kilobytes(text, "\nRssAnon:");
	u->shared_bytes += 1024 * kilobytes(text, "\nRssShmem:");
}

/* Fields 14 to 17 and 20 (proc(5)), behind the name, which may hold anything.
 * Those of children that were waited for are counted with their parent. */
static void
add_times(int proc, const char *pid, long ticks, struct usage *u)
{
	char text[1024];
	const char *at;
	uint64_t user, system, children_user, children_system, threads;

	if (!read_small(proc, pid, "stat", text, sizeof(text)))
		return;
	at = strrchr(text, ')');
	if (at == NULL ||
	    sscanf(at + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u "
		"%" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64
		" %*d %*d %" SCNu64, &user, &system, &children_user,
		&children_system, &threads) != 5)
		return;
	u->cpu_ms += (user + system + children_user + children_system) *
	    1000 / (uint64_t)ticks;
	u->tasks += threads;
}

/* --- files in memory that nobody has mapped -------------------------------
 *
 * memfd_create() and an inherited descriptor are enough to hold memory that no
 * process's numbers show. Finding it takes a look at every descriptor, so that
 * is done only when the machine as a whole holds so much more of such files
 * than before that they could be ours. */

enum { FILES_SEEN = 8192 };

/* Inode numbers that have been counted; a file has many descriptors. */
struct seen {
	ino_t inodes[FILES_SEEN];
};

static bool
is_new(struct seen *s, ino_t inode)
{
	size_t at = (size_t)(inode * 2654435761u) % FILES_SEEN;

	for (size_t i = 0; i < FILES_SEEN; i++, at = (at + 1) % FILES_SEEN) {
		if (s->inodes[at] == inode)
			return false;
		if (s->inodes[at] == 0) {
			s->inodes[at] = inode;
			return true;
		}
	}
	return true;
}

/* False: they cannot be seen (it has made itself not dumpable). */
static bool
add_files(int proc, const char *pid, dev_t device, struct seen *seen,
    uint64_t *bytes)
{
	char path[64];
	struct dirent *entry;
	int fd;
	bool visible = true;
	DIR *dir;

	snprintf(path, sizeof(path), "%.20s/fd", pid);
	fd = openat(proc, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT || errno == ESRCH;
	dir = fdopendir(fd);
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		struct stat st;

		if (entry->d_name[0] == '.')
			continue;
		if (fstatat(fd, entry->d_name, &st, 0) != 0)
			visible &= errno == ENOENT || errno == ESRCH;
		else if (st.st_dev == device && is_new(seen, st.st_ino))
			*bytes += (uint64_t)st.st_blocks * 512;
	}
	if (dir != NULL)
		closedir(dir);
	else
		close(fd);
	return visible;
}

static uint64_t
machine_shared(int proc)
{
	char text[4096];

	return read_small(proc, ".", "meminfo", text, sizeof(text)) ?
	    1024 * kilobytes(text, "\nShmem:") : 0;
}

/* The kernel's own mount where such files are. */
static dev_t
memory_device(void)
{
	struct stat st = { .st_dev = 0 };
	int fd = memfd_create("", MFD_CLOEXEC);

	if (fd >= 0) {
		fstat(fd, &st);
		close(fd);
	}
	return st.st_dev;
}

static uint64_t
sum_files(int proc, dev_t device, uint64_t grown)
{
	static struct seen seen;
	int fd = openat(proc, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	uint64_t bytes = 0;
	bool all = true;

	memset(&seen, 0, sizeof(seen));
	while (dir != NULL && (entry = readdir(dir)) != NULL)
		if (entry->d_name[0] > '1' || (entry->d_name[0] == '1' &&
			entry->d_name[1] != '\0'))
			all = (entry->d_name[0] > '9' || add_files(proc,
			    entry->d_name, device, &seen, &bytes)) && all;
	if (dir != NULL)
		closedir(dir);
	/* Who hides them is taken to hold all that there is more of. */
	return all || bytes > grown ? bytes : grown;
}

void
usage_begin(int proc, struct usage_base *ret)
{
	ret->machine_shared = machine_shared(proc);
	ret->device = memory_device();
}

/* Called when the rest is summed. */
static void
add_unmapped(int proc, const struct usage_base *base, uint64_t limit,
    struct usage *u)
{
	struct shm_info info;
	uint64_t held = 0, now = machine_shared(proc), grown;

	/* System V segments: of our own namespace. */
	if (shmctl(0, SHM_INFO, (struct shmid_ds *)(void *)&info) >= 0)
		held = info.shm_rss * (uint64_t)sysconf(_SC_PAGESIZE);
	grown = now > base->machine_shared ? now - base->machine_shared : 0;
	if (limit != 0 && u->memory_bytes + grown > limit)
		held += sum_files(proc, base->device, grown);
	u->memory_bytes += held > u->shared_bytes ? held : u->shared_bytes;
}

void
usage_sum(int proc, const struct usage_base *base, uint64_t memory_limit,
    struct usage *ret)
{
	long ticks = sysconf(_SC_CLK_TCK);
	int fd = openat(proc, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	*ret = (struct usage){ 0 };
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] < '1' || entry->d_name[0] > '9')
			continue;
		add_times(proc, entry->d_name, ticks, ret);
		/* The first process is ours; its time is that of its dead. */
		if (strcmp(entry->d_name, "1") == 0)
			ret->tasks--;
		else
			add_memory(proc, entry->d_name, ret);
	}
	if (dir != NULL)
		closedir(dir);
	add_unmapped(proc, base, memory_limit, ret);
}

const char *
usage_over(const struct usage *usage, const struct limits *limits)
{
	if (limits->memory_bytes != 0 &&
	    usage->memory_bytes > limits->memory_bytes)
		return "used more memory than it may";
	if (limits->processes != 0 && usage->tasks > limits->processes)
		return "started more processes than it may";
	if (limits->cpu_ms != 0 && usage->cpu_ms > limits->cpu_ms)
		return "used more processor time than it may";
	return NULL;
}
