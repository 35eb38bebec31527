/* Resolving folders below a root; see ws_path.h.
 *
 * openat2(RESOLVE_BENEATH) does the common case in one call. It refuses every
 * absolute link, also one that ends inside, and old kernels and seccomp
 * filters do not have it; then the path is walked here, one component at a
 * time, each opened O_NOFOLLOW below the last, links read and spliced into
 * what is left of the path. ".." pops a stack of open folders, so it can never
 * climb over the root, whatever is renamed meanwhile. */
#include "tools/ws_path.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"

enum {
	WS_DEPTH_MAX = 256, /* folders below one another */
	WS_LINKS_MAX = 40,  /* as the kernel's own limit */
};

static bool
below(const char *folder, struct str path, struct str *ret_rest)
{
	struct str prefix = str_from(folder);

	if (prefix.len == 1) /* "/" */
		prefix.len = 0;
	if (!str_starts(path, prefix))
		return false;
	if (path.len > prefix.len && path.ptr[prefix.len] != '/')
		return false;
	*ret_rest = str_sub(path, prefix.len, SIZE_MAX);
	while (ret_rest->len > 0 && ret_rest->ptr[0] == '/')
		*ret_rest = str_sub(*ret_rest, 1, SIZE_MAX);
	return true;
}

bool
ws_root_of(const struct ws_roots *roots, size_t n, struct str path,
    size_t *ret_root, struct str *ret_rest)
{
	struct str rest;
	bool found = false;

	/* The deepest root wins: one may lie inside another. */
	for (size_t i = 0; i < n; i++) {
		if (!below(roots->items[i].path, path, &rest) &&
		    !below(roots->items[i].given, path, &rest))
			continue;
		if (found && rest.len >= ret_rest->len)
			continue;
		found = true;
		*ret_root = i;
		*ret_rest = rest;
	}
	return found;
}

static int
escape(struct str path, struct error *err)
{
	return error_set(err, ERR_PATH_ESCAPE,
	    "%.*s leads outside the workspace", STR_ARG(path));
}

/* The way down to where the walk is. */
struct walk {
	const struct ws_roots *roots;
	size_t n_roots;
	size_t root;
	int stack[WS_DEPTH_MAX];
	size_t depth;
	struct buf pending; /* what is left of the path */
	unsigned links;
};

static int
top(const struct walk *w)
{
	return w->depth == 0 ? w->roots->items[w->root].fd :
			       w->stack[w->depth - 1];
}

static void
pop_all(struct walk *w)
{
	while (w->depth > 0)
		close(w->stack[--w->depth]);
}

/* Puts the target of a link in front of what is left. */
static int
splice_link(struct walk *w, const char *name, struct str path,
    struct error *err)
{
	char target[PATH_MAX];
	ssize_t len = readlinkat(top(w), name, target, sizeof(target));
	struct str text, rest;

	if (len < 0)
		return error_errno(err, errno, "%.*s", STR_ARG(path));
	if (++w->links > WS_LINKS_MAX || (size_t)len == sizeof(target))
		return error_set(err, ERR_INVALID,
		    "%.*s: too many symbolic links", STR_ARG(path));
	text = str_make(target, (size_t)len);
	if (len > 0 && target[0] == '/') {
		if (!ws_root_of(w->roots, w->n_roots, text, &w->root, &rest))
			return escape(path, err);
		pop_all(w);
		text = rest;
	}
	buf_splice(&w->pending, 0, 0, STR("/"));
	buf_splice(&w->pending, 0, 0, text);
	return buf_check(&w->pending, err);
}

/* One component. *ret_missing: it does not exist. */
static int
step(struct walk *w, const char *name, struct str path, bool *ret_missing,
    struct error *err)
{
	struct stat st;
	int fd;

	if (strcmp(name, "..") == 0) {
		if (w->depth == 0)
			return escape(path, err);
		close(w->stack[--w->depth]);
		return 0;
	}
	if (w->depth == WS_DEPTH_MAX)
		return error_set(err, ERR_INVALID, "%.*s: too deep",
		    STR_ARG(path));
	fd = openat(top(w), name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT) {
		*ret_missing = true;
		return 0;
	}
	if (fd < 0)
		return error_errno(err, errno, "%.*s", STR_ARG(path));
	if (fstat(fd, &st) < 0) {
		int saved = errno;

		close(fd);
		return error_errno(err, saved, "%.*s", STR_ARG(path));
	}
	if (S_ISLNK(st.st_mode)) {
		close(fd);
		return splice_link(w, name, path, err);
	}
	if (!S_ISDIR(st.st_mode)) {
		close(fd);
		return error_set(err, ERR_NOT_FOUND,
		    "%.*s: %s is not a folder", STR_ARG(path), name);
	}
	w->stack[w->depth++] = fd;
	return 0;
}

/* Cuts the first component off what is left. */
static bool
next_component(struct walk *w, char name[NAME_MAX + 2])
{
	struct str rest = buf_str(&w->pending);
	size_t start = 0, end;

	while (start < rest.len && rest.ptr[start] == '/')
		start++;
	for (end = start; end < rest.len && rest.ptr[end] != '/';)
		end++;
	if (start == end)
		return false;
	/* One byte too many is kept, so that the kernel refuses the name. */
	snprintf(name, NAME_MAX + 2, "%.*s", (int)(end - start),
	    rest.ptr + start);
	buf_consume(&w->pending, end);
	return true;
}

static int
walk_folder(const struct ws_roots *roots, size_t n, size_t *root,
    struct str path, int *ret_fd, size_t *ret_missing_at, struct error *err)
{
	struct walk w = { .roots = roots, .n_roots = n, .root = *root,
		.pending = BUF_INIT(64 * KIB) };
	char name[NAME_MAX + 2];
	bool missing = false;
	size_t left = 0;
	int rc;

	rc = buf_add_str(&w.pending, path);
	while (rc == 0 && !missing && next_component(&w, name)) {
		left = strlen(name) + w.pending.len;
		if (strcmp(name, ".") != 0)
			rc = step(&w, name, path, &missing, err);
	}
	if (rc == 0 && missing && left > path.len)
		/* What is missing is the target of a link. */
		rc = error_set(err, ERR_NOT_FOUND,
		    "%.*s: a link on the way leads nowhere", STR_ARG(path));
	if (rc == 0 && missing && w.links > 0 &&
	    !str_ends(path, str_make(buf_text(&w.pending), w.pending.len)))
		rc = error_set(err, ERR_NOT_FOUND,
		    "%.*s: a link on the way leads nowhere", STR_ARG(path));
	if (rc == 0) {
		*ret_fd = fcntl(top(&w), F_DUPFD_CLOEXEC, 3);
		if (*ret_fd < 0)
			rc = error_errno(err, errno, "%.*s", STR_ARG(path));
		*ret_missing_at = missing ? path.len - left : path.len;
		*root = w.root;
	}
	pop_all(&w);
	buf_release(&w.pending);
	return rc;
}

static int
open_beneath(int fd, const char *path)
{
	struct open_how how = {
		.flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
	};

	return (int)syscall(SYS_openat2, fd, path, &how, sizeof(how));
}

int
ws_open_folder(const struct ws_roots *roots, size_t n, size_t *root,
    struct str path, int *ret_fd, size_t *ret_missing_at, struct error *err)
{
	CLEANUP(free_ptr) char *text = str_dup(path);

	if (!roots->no_openat2) {
		int fd = open_beneath(roots->items[*root].fd,
		    path.len == 0 ? "." : text);

		if (fd >= 0) {
			*ret_fd = fd;
			*ret_missing_at = path.len;
			return 0;
		}
		/* Whatever the reason - absent call, absolute link, missing
		 * folder, race - the walk finds out exactly, and is no less
		 * strict. */
	}
	return walk_folder(roots, n, root, path, ret_fd, ret_missing_at, err);
}
