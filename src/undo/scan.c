/* The walk; see scan.h. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/mem.h"
#include "git/repo_index.h"
#include "undo/build_folder.h"
#include "undo/scan_table.h"

enum {
	DEPTH_MAX = 100,
	FILES_MAX = 400 * 1000,
	PATH_LENGTH_MAX = 4096,
	RACY_NS = 50 * 1000 * 1000,
	UNKEPT_NAMES = 8,
};
/* What a command wrote is hashed up to here even where it is not kept: so that
 * an undo can tell it from somebody's later work. */
#define HASHED_MAX ((int64_t)(1024 * MIB))

void
scan_changes_add(struct scan_changes *c, const char *root, const char *path,
    const struct undo_state *before, const struct undo_state *after)
{
	if (c->n == c->cap) {
		c->cap = c->cap == 0 ? 16 : 2 * c->cap;
		c->items = mem_resize(c->items, c->cap, sizeof(*c->items));
	}
	c->items[c->n++] = (struct undo_entry){ mem_strdup(root),
		mem_strdup(path), *before, *after };
}

void
scan_changes_release(struct scan_changes *c)
{
	for (size_t i = 0; i < c->n; i++) {
		free(c->items[i].root);
		free(c->items[i].path);
	}
	free(c->items);
	*c = (struct scan_changes){ .n = 0 };
}

/* --- one path ----------------------------------------------------------- */

static int64_t
ns_of(struct timespec t)
{
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

void
scan_key(struct scan_row *row, const struct stat *st)
{
	row->size = st->st_size;
	row->mtime_ns = ns_of(st->st_mtim);
	row->ctime_ns = ns_of(st->st_ctim);
	row->ino = st->st_ino;
}

static bool
has_key(const struct scan_row *row, const struct stat *st)
{
	return row->size == st->st_size && row->ino == st->st_ino &&
	    row->mtime_ns == ns_of(st->st_mtim) &&
	    row->ctime_ns == ns_of(st->st_ctim) &&
	    /* What was not read need not be read again. */
	    ((row->flags & SCAN_RACY) == 0 ||
		(row->flags & SCAN_UNKEPT) != 0);
}

static struct undo_state
state_before(struct scan *s, const struct scan_row *row)
{
	struct undo_state before = { .kind = UNDO_ABSENT };

	if (row == NULL)
		return before;
	before = row->state;
	if ((row->flags & SCAN_GIT) != 0)
		scan_git_fetch(s, &before);
	return before;
}

static int
read_state(struct scan *s, int folder, const char *name, const char *path,
    bool changed, struct stat *st, struct scan_row *fresh, struct error *err)
{
	const struct undo_opts *o = undo_opts_of(s->undo);
	struct disk_look look = { .objects = undo_objects_of(s->undo),
		.flags = DISK_KEEP, .file_max = o->file_max };
	int rc;

	if (!changed && (fresh->flags & SCAN_RACY) == 0 &&
	    scan_git_is_clean(s, path, st, fresh->state.hash)) {
		fresh->state.kind = UNDO_FILE;
		fresh->state.mode = st->st_mode & 07777;
		fresh->state.bytes = st->st_size;
		fresh->flags |= SCAN_GIT;
		return 0;
	}
	if (S_ISREG(st->st_mode) && (st->st_size > o->file_max ||
	    s->kept_bytes + st->st_size > o->tree_max)) {
		look.flags = 0;
		look.file_max = changed ? HASHED_MAX : -1;
	}
	rc = disk_look_at(&look, folder, name, &fresh->state, st, err);
	if (rc != 0 || fresh->state.kind != UNDO_FILE)
		return rc;
	if (look.flags == 0 || fresh->state.hash[0] == '\0')
		fresh->flags |= SCAN_UNKEPT;
	else
		s->kept_bytes += fresh->state.bytes;
	return 0;
}

static struct scan_row *
put_row(struct scan *s, const char *path, const struct scan_row *fresh)
{
	struct scan_row *row = map_get(s->rows, str_from(path));

	if (row == NULL) {
		row = mem_new(struct scan_row);
		map_set(s->rows, str_from(path), row);
	}
	*row = *fresh;
	row->seen = s->number;
	row->unsaved = true;
	return row;
}

/* A file, link or folder as it is now. */
static int
visit(struct scan *s, int folder, const char *name, const char *path,
    struct stat *st, struct scan_changes *changes, struct error *err)
{
	struct scan_row *row = map_get(s->rows, str_from(path));
	struct scan_row fresh = { .seen = 0 };
	struct undo_state before;
	int rc;

	/* A folder's times change with what is in it. */
	if (row != NULL && (S_ISDIR(st->st_mode) ?
		row->state.kind == UNDO_FOLDER &&
		    row->state.mode == (st->st_mode & 07777) :
		has_key(row, st))) {
		row->seen = s->number;
		return 0;
	}
	if (ns_of(st->st_ctim) > s->started_ns - RACY_NS)
		fresh.flags |= SCAN_RACY;
	rc = read_state(s, folder, name, path, changes != NULL, st, &fresh,
	    err);
	if (rc != 0)
		return rc;
	/* Gone between the two looks: the next scan says so. */
	if (fresh.state.kind == UNDO_ABSENT)
		return 0;
	scan_key(&fresh, st);
	if (changes != NULL) {
		before = state_before(s, row);
		if (!undo_state_same(&before, &fresh.state) &&
		    (before.kind != UNDO_OTHER ||
			fresh.state.kind != UNDO_OTHER))
			scan_changes_add(changes, s->root, path, &before,
			    &fresh.state);
	}
	put_row(s, path, &fresh);
	return 0;
}

/* Once bounded it stays so for the session: a folder must not be half known
 * before a command and whole after it. Nor the other way: what was known
 * before is looked at again, however large the command has made it (`known`).
 */
static bool
is_bounded(struct scan *s, int folder, const char *name, const char *path,
    bool known)
{
	struct scan_row *row = map_get(s->rows, str_from(path));

	if (row != NULL && (row->flags & SCAN_BOUNDED) != 0)
		return true;
	if (known || !build_folder_named(str_from(name)))
		return false;
	return !scan_git_tracks(s, path) &&
	    build_folder_is_large(folder, name);
}

/* --- the walk ----------------------------------------------------------- */

struct walk {
	struct scan *scan;
	struct scan_changes *changes;
	struct buf path;
	size_t files;
	struct error *err;
};

static bool
is_ours(const struct scan *s, const char *name, const struct stat *st)
{
	struct str n = str_from(name);

	if (st->st_ino == s->state_ino && st->st_dev == s->state_dev)
		return true;
	return str_starts(n, STR(".friday-undo-")) ||
	    (str_starts(n, STR(".friday-")) && str_ends(n, STR(".tmp")));
}

/* The inside of a repository below ours: that it is there is known, so that
 * who loses it is told, but undo brings no history back. The file .git of a
 * worktree or a submodule is a file like any other. */
static int
note_repository(struct scan *s, const char *path)
{
	const struct scan_row fresh = { .state = { .kind = UNDO_OTHER },
		.flags = SCAN_REPOSITORY };
	struct scan_row *row = map_get(s->rows, str_from(path));

	if (row != NULL && (row->flags & SCAN_REPOSITORY) != 0)
		row->seen = s->number;
	else
		put_row(s, path, &fresh);
	return 0;
}

static int walk_folder(struct walk *w, int fd, int depth);

static int
walk_below(struct walk *w, int folder, const char *name, int depth)
{
	int fd;

	if (depth >= DEPTH_MAX)
		return 0;
	fd = openat(folder, name,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	/* Unreadable, or gone meanwhile. */
	return fd < 0 ? 0 : walk_folder(w, fd, depth + 1);
}

static int
walk_name(struct walk *w, int folder, const char *name, int depth)
{
	struct scan *s = w->scan;
	const char *path = buf_text(&w->path);
	struct scan_row *row;
	struct stat st;
	bool known;
	int rc;

	if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
	    is_ours(s, name, &st))
		return 0;
	if (S_ISDIR(st.st_mode) && strcmp(name, ".git") == 0)
		return depth == 0 ? 0 : note_repository(s, path);
	if (++w->files > FILES_MAX)
		return error_set(w->err, ERR_TOO_LARGE,
		    "%s holds more than %d files", s->root, FILES_MAX);
	known = w->changes != NULL && map_has(s->rows, str_from(path));
	rc = visit(s, folder, name, path, &st, w->changes, w->err);
	/* It changes while we look: the next scan reads it again. */
	if (rc == -ERR_BUSY || rc == -ERR_NOT_FOUND)
		rc = 0;
	if (rc != 0 || !S_ISDIR(st.st_mode))
		return rc;
	if (!is_bounded(s, folder, name, path, known))
		return walk_below(w, folder, name, depth);
	row = map_get(s->rows, str_from(path));
	if (row != NULL && (row->flags & SCAN_BOUNDED) == 0) {
		row->flags |= SCAN_BOUNDED;
		row->unsaved = true;
	}
	return 0;
}

/* Takes fd over. */
static int
walk_folder(struct walk *w, int fd, int depth)
{
	CLEANUP(close_dir) DIR *dir = fdopendir(fd);
	size_t len = w->path.len;
	const struct dirent *d;
	int rc = 0;

	if (dir == NULL) {
		close(fd);
		return 0;
	}
	while (rc == 0 && (d = readdir(dir)) != NULL) {
		if (strcmp(d->d_name, ".") == 0 ||
		    strcmp(d->d_name, "..") == 0)
			continue;
		buf_printf(&w->path, "%s%s", len > 0 ? "/" : "", d->d_name);
		if (w->path.failed == 0)
			rc = walk_name(w, dirfd(dir), d->d_name, depth);
		w->path.failed = 0;
		buf_truncate(&w->path, len);
	}
	return rc;
}

/* Below a folder that is not looked into, or in one whose names could not be
 * read, nothing is known to be gone. */
static bool
is_hidden(const struct scan *s, struct str path)
{
	size_t slash = SIZE_MAX;

	while ((slash = str_find_char(path, '/',
		slash == SIZE_MAX ? 0 : slash + 1)) != SIZE_MAX) {
		const struct scan_row *row = map_get(s->rows,
		    str_sub(path, 0, slash));

		if (row != NULL && (row->flags & SCAN_BOUNDED) != 0 &&
		    row->seen == s->number)
			return true;
	}
	return false;
}

static void
drop_row(struct scan *s, struct str path, struct scan_changes *changes)
{
	char *name = str_dup(path);
	const struct scan_row *row = map_get(s->rows, path);
	struct undo_state gone = { .kind = UNDO_ABSENT };

	if (changes != NULL && !is_hidden(s, path) &&
	    (row->state.kind != UNDO_OTHER ||
		(row->flags & SCAN_REPOSITORY) != 0)) {
		struct undo_state before = state_before(s, row);

		scan_changes_add(changes, s->root, name, &before, &gone);
	}
	s->removed = mem_resize(s->removed, s->n_removed + 1,
	    sizeof(*s->removed));
	s->removed[s->n_removed++] = name;
	map_remove(s->rows, path);
}

static void
drop_unseen(struct scan *s, struct scan_changes *changes)
{
	struct str *gone = NULL, path;
	size_t n = 0, at = 0;
	void *value;

	while (map_next(s->rows, &at, &path, &value))
		if (((struct scan_row *)value)->seen != s->number) {
			gone = mem_resize(gone, n + 1, sizeof(*gone));
			gone[n++] = str_from(str_dup(path));
		}
	for (size_t i = 0; i < n; i++) {
		drop_row(s, gone[i], changes);
		free((void *)(uintptr_t)gone[i].ptr);
	}
	free(gone);
}

int
scan_run(struct scan *s, struct scan_changes *changes, struct error *err)
{
	struct walk w = { .scan = s, .changes = changes,
		.path = BUF_INIT(PATH_LENGTH_MAX), .err = err };
	struct timespec now;
	int fd = openat(s->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc;

	if (fd < 0)
		return error_errno(err, errno, "cannot open %s", s->root);
	/* The clock that the kernel stamps files with. */
	clock_gettime(CLOCK_REALTIME_COARSE, &now);
	s->started_ns = ns_of(now);
	s->number++;
	rc = walk_folder(&w, fd, 0);
	if (rc == 0)
		drop_unseen(s, changes);
	buf_release(&w.path);
	return rc;
}

/* --- life --------------------------------------------------------------- */

int
scan_open(struct undo *u, const char *root, const char *session,
    struct scan **ret, struct error *err)
{
	CLEANUP(scan_closep) struct scan *s = mem_new(struct scan);
	CLEANUP(free_ptr) char *folder = scan_folder(u, root);
	struct stat st;

	s->undo = u;
	s->root = mem_strdup(root);
	s->rows = map_create(free);
	s->fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->fd < 0)
		return error_errno(err, errno, "cannot open %s", root);
	if (stat(undo_opts_of(u)->state_dir, &st) == 0) {
		s->state_dev = st.st_dev;
		s->state_ino = st.st_ino;
	}
	s->cache_path = mem_printf("%s/%s", folder, session);
	scan_load(s, session);
	*ret = steal(s);
	return 0;
}

void
scan_close(struct scan *s)
{
	if (s == NULL)
		return;
	if (s->fd >= 0)
		close(s->fd);
	map_destroy(s->rows);
	map_destroy(s->tracked);
	repo_index_destroy(s->index);
	repo_destroy(s->repo);
	for (size_t i = 0; i < s->n_removed; i++)
		free(s->removed[i]);
	free(s->removed);
	free(s->prefix);
	free(s->cache_path);
	free(s->root);
	free(s);
}

bool
scan_is_loaded(const struct scan *s)
{
	return s->number > 0;
}

const char *
scan_root(const struct scan *s)
{
	return s->root;
}

size_t
scan_count(const struct scan *s)
{
	return map_count(s->rows);
}

void
scan_note(struct scan *s, const char *path, const struct undo_state *state)
{
	struct scan_row fresh = { .state = *state, .flags = SCAN_RACY };
	CLEANUP(close_fd) int folder = -1;
	const char *name;
	struct stat st;

	if (state->kind == UNDO_ABSENT) {
		if (map_has(s->rows, str_from(path)))
			drop_row(s, str_from(path), NULL);
		return;
	}
	if (disk_open_folder(s->fd, path, &folder, &name, NULL) != 0 ||
	    fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return;
	/* Not trusted before it was read again: somebody may write it now. */
	scan_key(&fresh, &st);
	put_row(s, path, &fresh);
}

void
scan_unkept(const struct scan *s, struct buf *out)
{
	struct str path;
	size_t at = 0, n = 0;
	void *value;

	while (map_next(s->rows, &at, &path, &value)) {
		const struct scan_row *row = value;

		if ((row->flags & SCAN_NOT_WHOLE) == 0)
			continue;
		if (n++ >= UNKEPT_NAMES)
			continue;
		buf_printf(out, "%s%.*s", n > 1 ? ", " : "", STR_ARG(path));
		if ((row->flags & SCAN_BOUNDED) != 0)
			buf_add_cstr(out, "/ (a large build folder)");
		else if ((row->flags & SCAN_REPOSITORY) != 0)
			buf_add_cstr(out, "/ (a repository of its own)");
		else
			buf_printf(out, " (%.1f MB)",
			    (double)row->size / 1e6);
	}
	if (n > UNKEPT_NAMES)
		buf_printf(out, " and %zu more", n - UNKEPT_NAMES);
}
