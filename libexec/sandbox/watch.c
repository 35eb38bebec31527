/* What the processes of the sandbox use together: one walk over its /proc,
 * where there are no others. */
#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
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
	u->memory_bytes += 1024 * (kilobytes(text, "\nRssAnon:") +
	    kilobytes(text, "\nRssShmem:"));
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

void
usage_sum(int proc, struct usage *ret)
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
