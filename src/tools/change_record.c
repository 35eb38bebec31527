/* Recording change sets; see change_record.h. */
#include "tools/change_record.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "tools/change_entry.h"
#include "undo/tracker.h"

static struct tracker_file *
add_file(struct change_record *r, const char *root, char *path)
{
	struct tracker_file *f;

	r->files = mem_resize(r->files, r->n + 1, sizeof(*r->files));
	f = &r->files[r->n++];
	*f = (struct tracker_file){ .root = root, .path = path };
	return f;
}

static bool
has_path(const struct change_record *r, const char *path)
{
	for (size_t i = 0; i < r->n; i++)
		if (strcmp(r->files[i].path, path) == 0)
			return true;
	return false;
}

static size_t
count_names(const char *missing)
{
	struct str rest = str_from(missing), name;
	size_t n = 0;

	while (missing != NULL && str_next_field(&rest, '/', &name))
		n += name.len > 0 && !str_eq_c(name, ".");
	return n;
}

/* The folders that were made for a new file: the last so many of its path. */
static void
add_folders(struct change_record *r, const char *root, const char *path,
    size_t n)
{
	CLEANUP(free_ptr) char *folder = mem_strdup(path);

	for (; n > 0; n--) {
		CLEANUP(free_ptr) char *full = NULL;
		char *slash = strrchr(folder, '/');
		struct tracker_file *f;
		struct stat st;

		if (slash == NULL)
			return;
		*slash = '\0';
		full = mem_printf("%s/%s", root, folder);
		if (has_path(r, folder) || lstat(full, &st) < 0)
			continue;
		f = add_file(r, root, mem_strdup(folder));
		f->after.kind = UNDO_FOLDER;
		f->after.mode = st.st_mode & 07777;
	}
}

/* A link is removed as such: its target is what it holds. */
static int
read_link(struct change_entry *e, struct error *err)
{
	char target[PATH_MAX];
	ssize_t n = readlinkat(e->folder, e->node.name, target,
	    sizeof(target));

	if (n < 0)
		return error_errno(err, errno, "cannot read the link %s",
		    e->node.display);
	buf_clear(&e->before);
	return buf_add(&e->before, target, (size_t)n) == 0 ? 0 :
	    buf_check(&e->before, err);
}

static int
fill_before(struct change_entry *e, struct tracker_file *f,
    struct error *err)
{
	int rc = 0;

	if (!e->had)
		return 0;
	f->before.kind = e->is_link ? UNDO_LINK : UNDO_FILE;
	if (e->is_link)
		rc = read_link(e, err);
	else
		f->before.mode = e->node.st.st_mode & 07777;
	f->before_bytes = buf_str(&e->before);
	return rc;
}

/* The mode is that of the file which waits to be renamed. */
static int
fill_after(const struct change_entry *e, struct tracker_file *f,
    struct error *err)
{
	struct stat st;

	if (!e->has)
		return 0;
	if (e->temporary == NULL ||
	    fstatat(e->folder, e->temporary, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return error_errno(err, errno, "cannot look at %s",
		    e->node.display);
	f->after.kind = UNDO_FILE;
	f->after.mode = st.st_mode & 07777;
	f->after_bytes = change_entry_content(e);
	return 0;
}

static int
add_entry(struct change_record *r, const struct workspace *w,
    struct change_entry *e, struct error *err)
{
	const char *root = workspace_root(w, e->node.root);
	struct str path = str_from(e->node.path);
	struct tracker_file *f;
	int rc;

	if (root == NULL || !str_starts(path, str_from(root)))
		return 0; /* outside of what undo knows */
	path = str_sub(path, strlen(root), SIZE_MAX);
	while (str_starts(path, STR("/")))
		path = str_sub(path, 1, SIZE_MAX);
	f = add_file(r, root, str_dup(path));
	rc = fill_before(e, f, err);
	if (rc == 0)
		rc = fill_after(e, f, err);
	if (rc == 0 && e->has)
		add_folders(r, root, f->path, count_names(e->node.missing));
	return rc;
}

int
change_record_begin(struct change_set *cs, struct change_record *ret,
    struct error *err)
{
	struct tracker *tracker = workspace_tracker(cs->workspace);
	int rc = 0;

	*ret = (struct change_record){ .point = 0 };
	if (tracker == NULL)
		return 0;
	for (size_t i = 0; i < cs->n && rc == 0; i++)
		if (change_entry_differs(cs->items[i]))
			rc = add_entry(ret, cs->workspace, cs->items[i], err);
	if (rc == 0 && ret->n > 0)
		rc = tracker_begin_files(tracker, ret->files, ret->n,
		    &ret->point, err);
	if (rc == 0 && ret->n > 0)
		ret->tracker = tracker;
	return rc;
}

void
change_record_end(struct change_record *r, bool changed)
{
	if (r->tracker != NULL)
		tracker_end_files(r->tracker, r->point, r->files, r->n,
		    changed);
	for (size_t i = 0; i < r->n; i++)
		free((void *)(uintptr_t)r->files[i].path);
	free(r->files);
	*r = (struct change_record){ .point = 0 };
}
