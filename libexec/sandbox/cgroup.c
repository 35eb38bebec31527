/* A control group of our own, where the user's session manager has delegated
 * one (cgroup v2): beside our own group, below its parent, if that may be
 * written and gives memory and pids to its children. Then the kernel holds the
 * two limits exactly; the sums of watch.c stay as they are.
 *
 * Not having one is no missing layer: the same limits hold by watching. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libexec/sandbox/parts.h"

static bool
read_line(const char *path, const char *prefix, char *ret, size_t size)
{
	FILE *file = fopen(path, "re");
	bool found = false;
	size_t len = strlen(prefix);

	while (file != NULL && !found && fgets(ret, (int)size, file) != NULL)
		found = strncmp(ret, prefix, len) == 0;
	if (file != NULL)
		fclose(file);
	if (!found)
		return false;
	ret[strcspn(ret, "\n")] = '\0';
	memmove(ret, ret + len, strlen(ret + len) + 1);
	return true;
}

/* The parent of our own group. */
static bool
find_parent(char *ret, size_t size)
{
	char own[256];
	char *slash;

	if (!read_line("/proc/self/cgroup", "0::/", own, sizeof(own)) ||
	    own[0] == '\0' || strstr(own, "..") != NULL)
		return false;
	slash = strrchr(own, '/');
	if (slash == NULL)
		return false; /* its parent is the whole machine's */
	*slash = '\0';
	return snprintf(ret, size, "/sys/fs/cgroup/%s", own) < (int)size;
}

static bool
write_value(const char *folder, const char *name, uint64_t value)
{
	char path[640], text[32];
	int fd, len;
	bool done;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	len = snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
	done = write(fd, text, (size_t)len) == len;
	close(fd);
	return done;
}

static bool
gives_controllers(const char *parent)
{
	char path[640], line[256];

	snprintf(path, sizeof(path), "%s/cgroup.subtree_control", parent);
	return access(parent, W_OK) == 0 &&
	    read_line(path, "", line, sizeof(line)) &&
	    strstr(line, "memory") != NULL && strstr(line, "pids") != NULL;
}

static bool
choose_parent(const struct plan *plan, char *ret, size_t size)
{
	if (plan->cgroup != NULL)
		return snprintf(ret, size, "%s", plan->cgroup) < (int)size &&
		    gives_controllers(ret);
	return find_parent(ret, size) && gives_controllers(ret);
}

bool
cgroup_available(const struct plan *plan)
{
	char parent[480];

	return choose_parent(plan, parent, sizeof(parent));
}

bool
cgroup_enter(const struct plan *plan, pid_t pid, struct cgroup *ret)
{
	char parent[480];
	const struct limits *l = &plan->limits;

	ret->path[0] = '\0';
	if (!choose_parent(plan, parent, sizeof(parent)))
		return false;
	snprintf(ret->path, sizeof(ret->path), "%s/friday-%d", parent,
	    (int)pid);
	if (mkdir(ret->path, 0755) != 0) {
		ret->path[0] = '\0';
		return false;
	}
	/* Not there without swap, or in older kernels. */
	write_value(ret->path, "memory.swap.max", 0);
	write_value(ret->path, "memory.oom.group", 1);
	if ((l->memory_bytes == 0 ||
		write_value(ret->path, "memory.max", l->memory_bytes)) &&
	    (l->processes == 0 ||
		write_value(ret->path, "pids.max", l->processes + 1)) &&
	    write_value(ret->path, "cgroup.procs", (uint64_t)pid))
		return true;
	cgroup_leave(ret);
	return false;
}

bool
cgroup_ran_out(const struct cgroup *g)
{
	char path[640], line[64];

	snprintf(path, sizeof(path), "%s/memory.events", g->path);
	return g->path[0] != '\0' &&
	    read_line(path, "oom_kill ", line, sizeof(line)) &&
	    strcmp(line, "0") != 0;
}

void
cgroup_leave(struct cgroup *g)
{
	if (g->path[0] != '\0')
		rmdir(g->path);
	g->path[0] = '\0';
}
