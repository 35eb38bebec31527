/* The walk; see deny_scan.h. Folders that wait are kept as open descriptors'
 * names: a path is opened again from the root with O_NOFOLLOW in its last
 * component, as nothing is read here that a swapped link could give away. */
#include "safety/deny_scan.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "safety/deny_list.h"

enum { ENTRIES_MAX = 200 * 1000, LOOK_EVERY = 256 };

struct folders {
	char **paths;
	size_t n;
};

struct scan {
	struct deny_list *d;
	const struct deny_scan_opts *opts;
	struct folders waiting, denied;
	bool below; /* folders of the list are being looked into */
	size_t seen;
	bool stopped;
};

static void
wait_for(struct folders *f, char *path)
{
	if ((f->n & (f->n - 1)) == 0)
		f->paths = mem_resize(f->paths, f->n == 0 ? 1 : 2 * f->n,
		    sizeof(char *));
	f->paths[f->n++] = path;
}

static void
look_at(struct scan *s, int folder, const char *name, char *path,
    unsigned char type)
{
	bool is_folder = type == DT_DIR;
	struct stat st;

	if (type == DT_UNKNOWN)
		is_folder = fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) ==
			0 && S_ISDIR(st.st_mode);
	if (deny_list_check(s->d, str_from(path),
	    is_folder ? DENY_FOLDER : 0, NULL)) {
		if (!is_folder && fstatat(folder, name, &st,
		    AT_SYMLINK_NOFOLLOW) == 0)
			deny_list_learn(s->d, &st);
		if (s->opts->found != NULL && !s->below)
			s->opts->found(path, is_folder, s->opts->ctx);
		if (is_folder && s->opts->learn_below)
			wait_for(&s->denied, path);
		else
			free(path);
	} else if (is_folder && strcmp(name, ".git") != 0) {
		wait_for(s->below ? &s->denied : &s->waiting, path);
	} else {
		free(path);
	}
}

static void
read_folder(struct scan *s, const char *path)
{
	size_t max = s->opts->entries_max > 0 ? s->opts->entries_max :
						ENTRIES_MAX;
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;

	if (dir == NULL) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while (!s->stopped && (e = readdir(dir)) != NULL) {
		if (strcmp(e->d_name, ".") == 0 ||
		    strcmp(e->d_name, "..") == 0)
			continue;
		if (++s->seen > max || (s->seen % LOOK_EVERY == 0 &&
		    s->opts->deadline_ms != 0 &&
		    clock_now_ms() > s->opts->deadline_ms))
			s->stopped = true;
		else
			look_at(s, fd, e->d_name, file_join(path, e->d_name),
			    e->d_type);
	}
	closedir(dir);
}

static void
read_all(struct scan *s, struct folders *f)
{
	while (f->n > 0) {
		char *path = f->paths[--f->n];

		if (!s->stopped)
			read_folder(s, path);
		free(path);
	}
}

bool
deny_scan(struct deny_list *d, const char *root,
    const struct deny_scan_opts *opts)
{
	struct scan s = { .d = d, .opts = opts };

	wait_for(&s.waiting, mem_strdup(root));
	read_all(&s, &s.waiting);
	/* They may be large: what stands alone comes first. */
	s.below = true;
	read_all(&s, &s.denied);
	free(s.waiting.paths);
	free(s.denied.paths);
	return !s.stopped;
}
