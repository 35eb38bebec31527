/* The workspace; see workspace.h. A path is split into folder and last
 * component: the folder is opened (ws_path.c), the last component is looked at
 * without following it and, when it is a link, its target goes through the
 * same mill. What is then opened or renamed is always a plain name in an open
 * folder, with O_NOFOLLOW: a link put there in between is an error. */
#include "tools/workspace.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "safety/deny_list.h"
#include "tools/file_stamps.h"
#include "tools/ws_gate.h"
#include "tools/ws_open.h"
#include "tools/ws_path.h"

enum { ROOTS_MAX = 32, LINKS_MAX = 40, PATH_LENGTH_MAX = 4096 };

struct workspace {
	struct ws_roots roots;
	struct workspace_overlay overlay;
	struct file_stamps *stamps;
	struct workspace_gate *gate; /* NULL: nothing is refused */
	const struct workspace *base; /* of a view: owns all but the gate */
	struct tracker *tracker; /* NULL: nothing is recorded */
	struct scrubber *scrubber; /* NULL: nothing is hidden */
};

static int
open_root(struct workspace *w, const char *path, struct error *err)
{
	struct ws_root *root;
	char *real = realpath(path, NULL);

	if (real == NULL)
		return error_errno(err, errno, "workspace folder %s", path);
	root = &w->roots.items[w->roots.n_read];
	root->path = real;
	root->given = mem_strdup(path[0] == '/' ? path : real);
	while (strlen(root->given) > 1 && str_ends(str_from(root->given),
	    STR("/")))
		root->given[strlen(root->given) - 1] = '\0';
	root->fd = open(real, O_PATH | O_DIRECTORY | O_CLOEXEC);
	w->roots.n_read++;
	if (root->fd < 0)
		return error_errno(err, errno, "workspace folder %s", path);
	return 0;
}

int
workspace_create(const struct workspace_opts *opts, struct workspace **ret,
    struct error *err)
{
	CLEANUP(workspace_destroyp) struct workspace *w =
	    mem_new(struct workspace);
	int rc;

	w->roots.items = mem_alloc(ROOTS_MAX + 1, sizeof(*w->roots.items));
	w->roots.no_openat2 = opts->no_openat2;
	w->overlay = opts->overlay;
	if (opts->deny != NULL)
		w->gate = ws_gate_create(opts->deny);
	w->stamps = file_stamps_create();
	if (opts->n_roots == 0 || opts->n_roots > ROOTS_MAX)
		return error_set(err, ERR_INVALID,
		    "a workspace has 1 to %d folders", ROOTS_MAX);
	for (size_t i = 0; i < opts->n_roots; i++) {
		rc = open_root(w, opts->roots[i], err);
		if (rc != 0)
			return rc;
	}
	w->roots.n = w->roots.n_read;
	/* It may not exist yet, or never: then nothing was spilt. */
	if (opts->spill_folder != NULL && file_is_dir(opts->spill_folder)) {
		rc = open_root(w, opts->spill_folder, err);
		if (rc != 0)
			return rc;
	}
	*ret = steal(w);
	return 0;
}

void
workspace_destroy(struct workspace *w)
{
	if (w == NULL)
		return;
	ws_gate_destroy(w->gate);
	if (w->base != NULL) {
		free(w);
		return;
	}
	for (size_t i = 0; i < w->roots.n_read; i++) {
		close_fd(&w->roots.items[i].fd);
		free(w->roots.items[i].path);
		free(w->roots.items[i].given);
	}
	free(w->roots.items);
	file_stamps_destroy(w->stamps);
	free(w);
}

struct workspace *
workspace_create_view(const struct workspace *base)
{
	struct workspace *w = mem_new(struct workspace);

	*w = *base;
	w->base = base;
	if (base->gate != NULL)
		w->gate = ws_gate_create(ws_gate_list(base->gate));
	return w;
}

char *
workspace_refused(const struct workspace *view)
{
	return view->gate == NULL ? NULL : ws_gate_refused(view->gate);
}

void
workspace_allow(struct workspace *view, const char *path)
{
	if (view->gate != NULL)
		ws_gate_allow(view->gate, path);
}

void
workspace_set_tracker(struct workspace *w, struct tracker *t)
{
	w->tracker = t;
}

struct tracker *
workspace_tracker(const struct workspace *w)
{
	return w->tracker;
}

void
workspace_set_scrubber(struct workspace *w, struct scrubber *s)
{
	w->scrubber = s;
}

struct scrubber *
workspace_scrubber(const struct workspace *w)
{
	return w->scrubber;
}

struct deny_list *
workspace_deny_list(const struct workspace *w)
{
	return w->gate == NULL ? NULL : ws_gate_list(w->gate);
}

int
workspace_path_check(const struct workspace *w, struct str path,
    unsigned flags, struct error *err)
{
	CLEANUP(free_ptr) char *text = str_dup(path);

	return w->gate == NULL ? 0 :
	    ws_gate_check(w->gate, text, text, NULL, flags, err);
}

int
workspace_node_check(const struct workspace_node *node, struct error *err)
{
	if (node->gate == NULL)
		return 0;
	return ws_gate_check(node->gate, node->path, node->display,
	    node->exists ? &node->st : NULL,
	    node->exists && S_ISDIR(node->st.st_mode) ? DENY_FOLDER : 0, err);
}

const char *
workspace_root(const struct workspace *w, size_t index)
{
	return index < w->roots.n ? w->roots.items[index].path : NULL;
}

size_t
workspace_root_count(const struct workspace *w)
{
	return w->roots.n;
}

/* A path in the making: below which root, and what is still to resolve. */
struct location {
	size_t n_roots; /* that count for this access */
	size_t root;
	struct buf rest;
};

/* "../x" from a root may end in another root: as its path has no links, the
 * climb can be done on the text. */
static int
climb(const struct workspace *w, struct str path, struct location *at,
    struct error *err)
{
	struct str base = str_from(w->roots.items[0].path), rest = path;
	CLEANUP_BUF struct buf whole = BUF_INIT(2 * PATH_LENGTH_MAX);

	while (str_starts(rest, STR("..")) &&
	    (rest.len == 2 || rest.ptr[2] == '/')) {
		while (base.len > 0 && base.ptr[base.len - 1] != '/')
			base.len--;
		if (base.len > 1)
			base.len--;
		rest = str_sub(rest, 2, SIZE_MAX);
		while (rest.len > 0 && rest.ptr[0] == '/')
			rest = str_sub(rest, 1, SIZE_MAX);
	}
	buf_printf(&whole, "%.*s/%.*s", STR_ARG(base), STR_ARG(rest));
	if (!ws_root_of(&w->roots, at->n_roots, buf_str(&whole), &at->root,
	    &rest))
		return error_set(err, ERR_PATH_ESCAPE,
		    "%.*s is outside the workspace (%s)", STR_ARG(path),
		    w->roots.items[0].path);
	return buf_add_str(&at->rest, rest);
}

static int
start(const struct workspace *w, struct str path, struct location *at,
    struct error *err)
{
	struct str rest;

	if (path.len == 0 || memchr(path.ptr, '\0', path.len) != NULL)
		return error_set(err, ERR_INVALID, "the path is %s",
		    path.len == 0 ? "empty" : "not valid: it holds a NUL");
	if (path.len > PATH_LENGTH_MAX)
		return error_set(err, ERR_INVALID, "the path is too long");
	while (str_starts(path, STR("./")))
		path = str_sub(path, 2, SIZE_MAX);
	if (str_starts(path, STR("..")))
		if (path.len == 2 || path.ptr[2] == '/')
			return climb(w, path, at, err);
	if (path.len == 0 || path.ptr[0] != '/')
		return buf_add_str(&at->rest, path);
	if (!ws_root_of(&w->roots, at->n_roots, path, &at->root, &rest))
		return error_set(err, ERR_PATH_ESCAPE,
		    "%.*s is outside the workspace (%s)", STR_ARG(path),
		    w->roots.items[0].path);
	return buf_add_str(&at->rest, rest);
}

/* Splits into folder and last component; a path that ends in "." or ".." or
 * nothing is all folder. */
static void
split(struct str path, struct str *ret_folder, struct str *ret_name)
{
	size_t end;

	while (path.len > 0 && path.ptr[path.len - 1] == '/')
		path.len--;
	for (end = path.len; end > 0 && path.ptr[end - 1] != '/';)
		end--;
	*ret_folder = str_sub(path, 0, end);
	*ret_name = str_sub(path, end, SIZE_MAX);
	if (str_eq_c(*ret_name, ".") || str_eq_c(*ret_name, "..")) {
		*ret_folder = path;
		*ret_name = STR_NONE;
	}
}

/* The link's target becomes what is to resolve. */
static int
follow(const struct workspace *w, int folder, const char *name,
    struct location *at, struct str asked, struct error *err)
{
	char target[PATH_MAX];
	ssize_t len = readlinkat(folder, name, target, sizeof(target));
	struct str text, rest, parent, last;

	if (len < 0)
		return error_errno(err, errno, "%.*s", STR_ARG(asked));
	text = str_make(target, (size_t)len);
	if (len == 0 || target[0] != '/') {
		split(buf_str(&at->rest), &parent, &last);
		return buf_splice(&at->rest, parent.len, SIZE_MAX, text);
	}
	if (!ws_root_of(&w->roots, at->n_roots, text, &at->root, &rest))
		return error_set(err, ERR_PATH_ESCAPE,
		    "%.*s is a link to %.*s, outside the workspace",
		    STR_ARG(asked), STR_ARG(text));
	buf_clear(&at->rest);
	return buf_add_str(&at->rest, rest);
}

/* The path of an open folder as the kernel knows it. Without /proc it is put
 * together from what was asked. */
static void
name_node(const struct workspace *w, const struct location *at,
    struct str folder, struct workspace_node *node)
{
	const char *root = w->roots.items[at->root].path;
	CLEANUP_BUF struct buf path = BUF_INIT(4 * PATH_LENGTH_MAX);
	char link[64], real[PATH_MAX];
	struct str rest;
	ssize_t len;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", node->folder);
	len = readlink(link, real, sizeof(real));
	if (len > 0 && (size_t)len < sizeof(real) && real[0] == '/')
		buf_add(&path, real, (size_t)len);
	else
		buf_printf(&path, "%s/%.*s", root, STR_ARG(folder));
	if (node->missing != NULL)
		buf_printf(&path, "/%s", node->missing);
	if (strcmp(node->name, ".") != 0)
		buf_printf(&path, "%s%s",
		    path.len > 0 && path.ptr[path.len - 1] == '/' ? "" : "/",
		    node->name);
	node->path = buf_steal(&path);
	if (!ws_root_of(&w->roots, 1, str_from(node->path), &(size_t){ 0 },
	    &rest))
		node->display = mem_strdup(node->path);
	else
		node->display = rest.len == 0 ? mem_strdup(".") : str_dup(rest);
}

static bool
has_dot_dot(struct str path)
{
	struct str part;

	while (str_next_field(&path, '/', &part))
		if (str_eq_c(part, ".."))
			return true;
	return false;
}

/* One round: opens the folder, looks at the name. *ret_link: it is a link that
 * was put back into `at`. */
static int
look(const struct workspace *w, struct location *at, unsigned flags,
    struct str asked, struct workspace_node *node, bool *ret_link,
    struct error *err)
{
	struct str folder, name;
	size_t missing_at;
	int rc;

	split(buf_str(&at->rest), &folder, &name);
	rc = ws_open_folder(&w->roots, at->n_roots, &at->root, folder,
	    &node->folder, &missing_at, err);
	if (rc != 0)
		return rc;
	node->name = name.len == 0 ? mem_strdup(".") : str_dup(name);
	if (missing_at < folder.len) {
		struct str missing = str_sub(folder, missing_at, SIZE_MAX);

		while (str_ends(missing, STR("/")))
			missing.len--;
		if (name.len == 0 || has_dot_dot(missing))
			return error_set(err, ERR_NOT_FOUND,
			    "%.*s: no such folder", STR_ARG(asked));
		node->missing = str_dup(missing);
		return 0;
	}
	if (fstatat(node->folder, node->name, &node->st,
	    AT_SYMLINK_NOFOLLOW) < 0) {
		if (errno != ENOENT)
			return error_errno(err, errno, "%.*s", STR_ARG(asked));
		return 0;
	}
	if (S_ISLNK(node->st.st_mode) && !(flags & WORKSPACE_NOFOLLOW)) {
		*ret_link = true;
		return follow(w, node->folder, node->name, at, asked, err);
	}
	node->exists = true;
	return 0;
}

int
workspace_locate(const struct workspace *w, struct str path, unsigned flags,
    struct workspace_node *ret, struct error *err)
{
	struct location at = { .rest = BUF_INIT(64 * KIB),
		.n_roots = flags & WORKSPACE_READ ? w->roots.n_read :
						    w->roots.n };
	struct workspace_node node = WORKSPACE_NODE_INIT;
	struct str folder, name;
	bool link = true;
	int links = 0;
	int rc;

	rc = start(w, path, &at, err);
	while (rc == 0 && link) {
		workspace_node_release(&node);
		link = false;
		rc = look(w, &at, flags, path, &node, &link, err);
		if (rc == 0 && link && ++links > LINKS_MAX)
			rc = error_set(err, ERR_INVALID,
			    "%.*s: too many symbolic links", STR_ARG(path));
	}
	if (rc == 0) {
		split(buf_str(&at.rest), &folder, &name);
		name_node(w, &at, folder, &node);
		node.root = at.root < w->roots.n ? at.root : SIZE_MAX;
		node.linked = links > 0;
		node.gate = w->gate;
		*ret = node;
	} else {
		workspace_node_release(&node);
		*ret = WORKSPACE_NODE_INIT;
	}
	buf_release(&at.rest);
	return rc;
}

void
workspace_node_release(struct workspace_node *node)
{
	close_fd(&node->folder);
	free(node->name);
	free(node->missing);
	free(node->path);
	free(node->display);
	*node = WORKSPACE_NODE_INIT;
}

int
workspace_open(const struct workspace_node *node, int *ret_fd,
    struct error *err)
{
	struct stat st;

	return ws_open_file(node, ret_fd, &st, err);
}

int
workspace_read_node(struct workspace_node *node, struct buf *out,
    struct error *err)
{
	CLEANUP(close_fd) int fd = -1;
	struct stat st;
	int rc;

	rc = ws_open_file(node, &fd, &st, err);
	if (rc != 0)
		return rc;
	if ((uintmax_t)st.st_size > out->max)
		return error_set(err, ERR_TOO_LARGE,
		    "%s has %lld bytes; %zu are allowed here", node->display,
		    (long long)st.st_size, out->max);
	rc = file_read_fd(fd, out, err);
	if (rc == 0)
		node->st = st;
	return rc;
}

int
workspace_read(const struct workspace *w, struct str path, struct buf *out,
    struct workspace_node *ret_node, struct error *err)
{
	CLEANUP_NODE struct workspace_node own = WORKSPACE_NODE_INIT;
	struct workspace_node *node = ret_node != NULL ? ret_node : &own;
	int rc;

	rc = workspace_locate(w, path, WORKSPACE_READ, node, err);
	if (rc != 0)
		return rc;
	rc = workspace_read_overlay(w, node, out, err);
	if (rc != 0)
		return rc > 0 ? 0 : rc;
	return workspace_read_node(node, out, err);
}

bool
workspace_has_overlay(const struct workspace *w)
{
	return w->overlay.read != NULL;
}

int
workspace_read_overlay(const struct workspace *w,
    const struct workspace_node *node, struct buf *out, struct error *err)
{
	int rc;

	if (w->overlay.read == NULL)
		return 0;
	rc = workspace_node_check(node, err);
	if (rc != 0)
		return rc;
	return w->overlay.read(node->path, out, w->overlay.ctx, err);
}

int
workspace_open_dir(const struct workspace_node *node, DIR **ret,
    struct error *err)
{
	CLEANUP(close_fd) int fd = -1;
	DIR *dir;

	if (!node->exists)
		return error_set(err, ERR_NOT_FOUND, "%s does not exist",
		    node->display);
	if (!S_ISDIR(node->st.st_mode))
		return error_set(err, ERR_INVALID, "%s is not a folder",
		    node->display);
	fd = openat(node->folder, node->name,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return error_errno(err, errno, "cannot list %s",
		    node->display);
	dir = fdopendir(fd);
	if (dir == NULL)
		return error_errno(err, errno, "cannot list %s",
		    node->display);
	steal_fd(&fd);
	*ret = dir;
	return 0;
}

void
workspace_stamp(struct workspace *w, const struct workspace_node *node,
    struct str content)
{
	file_stamps_note(w->stamps, str_from(node->path), &node->st, content);
}

void
workspace_stamp_stat(struct workspace *w, const struct workspace_node *node)
{
	file_stamps_note(w->stamps, str_from(node->path), &node->st, STR_NONE);
}

void
workspace_unstamp(struct workspace *w, const struct workspace_node *node)
{
	file_stamps_forget(w->stamps, str_from(node->path));
}

enum stamp_state
workspace_stamp_check(struct workspace *w, const struct workspace_node *node,
    struct str content)
{
	return file_stamps_check(w->stamps, str_from(node->path), &node->st,
	    content);
}
