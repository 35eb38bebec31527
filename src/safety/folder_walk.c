/* The walk; see folder_walk.h. An explicit stack of open folders; each is
 * opened below its parent without following links. */
#include "safety/folder_walk.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "safety/ignore.h"

enum { DEPTH_MAX = 200 };
#define IGNORE_FILE_MAX (1 * MIB)

struct frame {
	int fd;
	char **names;
	size_t n, at;
	size_t path_len; /* of the folder, in walk.path */
	struct ignore *ignore;
};

struct walk {
	const struct folder_walk_opts *opts;
	struct buf path;    /* from the root of the workspace */
	size_t start_len;   /* the part of it above the start */
	struct frame frames[DEPTH_MAX];
	size_t depth;
	struct ignore *above[DEPTH_MAX]; /* of the folders above the start */
	size_t n_above;
};

static void
add_ignore_file(struct ignore *ig, int folder, const char *name)
{
	CLEANUP_BUF struct buf text = BUF_INIT(IGNORE_FILE_MAX);
	struct stat st;
	CLEANUP(close_fd) int fd = openat(folder, name,
	    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    file_read_fd(fd, &text, NULL) == 0)
		ignore_add(ig, buf_str(&text));
}

static struct ignore *
read_ignore(const struct ignore *above, struct str folder, int fd)
{
	struct ignore *ig = ignore_create(above, folder);

	if (folder.len == 0)
		add_ignore_file(ig, fd, ".git/info/exclude");
	add_ignore_file(ig, fd, ".gitignore");
	add_ignore_file(ig, fd, ".fridayignore");
	return ig;
}

/* The rules of the root and the folders down to (not with) the start. */
static void
read_above(struct walk *w, const char *root, struct str start)
{
	CLEANUP(close_fd) int fd = open(root,
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct str rest = start, part;
	size_t done = 0;

	while (fd >= 0 && rest.len > 0 && w->n_above < DEPTH_MAX &&
	    str_next_field(&rest, '/', &part)) {
		CLEANUP(free_ptr) char *name = str_dup(part);
		int next;

		w->above[w->n_above] = read_ignore(w->n_above == 0 ? NULL :
		    w->above[w->n_above - 1], str_sub(start, 0, done), fd);
		w->n_above++;
		done += (done > 0) + part.len;
		next = openat(fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
		    O_CLOEXEC);
		close(fd);
		fd = next;
	}
}

static int
by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Reads the names of a folder; takes dir. */
static void
push(struct walk *w, DIR *dir)
{
	struct frame *f = &w->frames[w->depth];
	const struct ignore *above = w->depth > 0 ?
	    w->frames[w->depth - 1].ignore :
	    w->n_above > 0 ? w->above[w->n_above - 1] : NULL;
	struct dirent *entry;

	*f = (struct frame){ .path_len = w->path.len };
	f->fd = fcntl(dirfd(dir), F_DUPFD_CLOEXEC, 3);
	if (f->fd < 0) {
		closedir(dir);
		return;
	}
	while ((entry = readdir(dir)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0 ||
		    strcmp(entry->d_name, ".git") == 0)
			continue;
		if ((f->n & (f->n - 1)) == 0)
			f->names = mem_resize(f->names,
			    f->n == 0 ? 1 : 2 * f->n, sizeof(char *));
		f->names[f->n++] = mem_strdup(entry->d_name);
	}
	closedir(dir);
	if (f->n > 0)
		qsort(f->names, f->n, sizeof(char *), by_bytes);
	f->ignore = read_ignore(above, buf_str(&w->path), f->fd);
	w->depth++;
}

static void
pop(struct walk *w)
{
	struct frame *f = &w->frames[--w->depth];

	for (size_t i = 0; i < f->n; i++)
		free(f->names[i]);
	free(f->names);
	ignore_destroy(f->ignore);
	close(f->fd);
	if (w->depth > 0)
		buf_truncate(&w->path, w->frames[w->depth - 1].path_len);
}

static void
enter(struct walk *w, const struct frame *f, const char *name)
{
	int fd;
	DIR *dir;

	if (w->depth == DEPTH_MAX || (w->opts->depth_max > 0 &&
	    w->depth >= w->opts->depth_max))
		return;
	fd = openat(f->fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
	    O_CLOEXEC);
	if (fd < 0)
		return;
	dir = fdopendir(fd);
	if (dir == NULL)
		close(fd);
	else
		push(w, dir);
}

/* One name. False: the visitor has enough. */
static bool
visit(struct walk *w, struct frame *f, const char *name)
{
	struct folder_entry e = { .depth = w->depth, .folder = f->fd };
	size_t depth = w->depth;
	bool go_on;

	buf_truncate(&w->path, f->path_len);
	if (w->path.len > 0)
		buf_add_char(&w->path, '/');
	e.name = name;
	buf_add_cstr(&w->path, name);
	if (w->path.failed != 0 ||
	    fstatat(f->fd, name, &e.st, AT_SYMLINK_NOFOLLOW) < 0)
		return true;
	e.is_folder = S_ISDIR(e.st.st_mode);
	e.is_file = S_ISREG(e.st.st_mode);
	e.is_link = S_ISLNK(e.st.st_mode);
	if (!w->opts->ignored_too &&
	    ignore_fits(f->ignore, buf_str(&w->path), e.is_folder))
		return true;
	e.path = str_sub(buf_str(&w->path), w->start_len, SIZE_MAX);
	go_on = w->opts->visit(&e, w->opts->ctx);
	if (go_on && e.is_folder)
		enter(w, f, name);
	if (w->depth == depth)
		buf_truncate(&w->path, f->path_len);
	return go_on;
}

static int
run(struct walk *w, struct error *err)
{
	bool go_on = true;
	size_t steps = 0;
	int rc = 0;

	while (rc == 0 && go_on && w->depth > 0) {
		struct frame *f = &w->frames[w->depth - 1];

		if (f->at == f->n) {
			pop(w);
			continue;
		}
		if (++steps % 64 == 0) {
			rc = cancel_check(w->opts->cancel, err);
			if (rc == 0 && w->opts->deadline_ms != 0 &&
			    clock_now_ms() > w->opts->deadline_ms)
				rc = error_set(err, ERR_TOOL_TIMEOUT,
				    "too many files for the time limit: "
				    "choose a deeper folder");
		}
		if (rc == 0)
			go_on = visit(w, f, f->names[f->at++]);
	}
	return rc;
}

int
folder_walk(const char *root, struct str start, DIR *dir,
    const struct folder_walk_opts *opts, struct error *err)
{
	struct walk *walk = mem_new(struct walk);
	int rc;

	walk->opts = opts;
	walk->path = BUF_INIT(64 * KIB);
	buf_add_str(&walk->path, start);
	walk->start_len = walk->path.len + (walk->path.len > 0);
	if (root != NULL)
		read_above(walk, root, buf_str(&walk->path));
	push(walk, dir);
	rc = run(walk, err);
	while (walk->depth > 0)
		pop(walk);
	for (size_t i = 0; i < walk->n_above; i++)
		ignore_destroy(walk->above[i]);
	buf_release(&walk->path);
	free(walk);
	return rc;
}
