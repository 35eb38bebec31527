/* Opening a file for reading; see ws_open.h. */
#include "tools/ws_open.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "tools/ws_gate.h"

static const char *
kind_of(mode_t mode)
{
	if (S_ISDIR(mode))
		return "a folder";
	if (S_ISFIFO(mode))
		return "a FIFO";
	if (S_ISSOCK(mode))
		return "a socket";
	if (S_ISLNK(mode))
		return "a symbolic link";
	return "a device";
}

static int
check_regular(const struct workspace_node *node, mode_t mode,
    struct error *err)
{
	if (S_ISREG(mode))
		return 0;
	return error_set(err, ERR_INVALID, "%s is %s, not a file",
	    node->display, kind_of(mode));
}

/* Whether the name that an open file was found by is still one of its names.
 * One that lost it may have others that its links no longer tell: a secret's.
 * The kernel marks the paths of such files. */
static bool
has_its_name(int fd, const char *name)
{
	char link[64], real[PATH_MAX];
	struct str path, own = str_from(name);
	ssize_t len;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	len = readlink(link, real, sizeof(real));
	if (len <= 0)
		return true;
	path = str_make(real, (size_t)len);
	if (!str_ends(path, STR(" (deleted)")))
		return true;
	return path.len > own.len && str_ends(path, own) &&
	    path.ptr[path.len - own.len - 1] == '/';
}

/* Programs that save a file put a new one in its place: that one is meant. */
static int
open_named(const struct workspace_node *node, int *ret_fd, struct stat *st,
    struct error *err)
{
	enum { TRIES = 5 };

	for (int i = 0; i < TRIES; i++) {
		CLEANUP(close_fd) int fd = openat(node->folder, node->name,
		    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

		if (fd < 0 || fstat(fd, st) < 0)
			return error_errno(err, errno, "cannot read %s",
			    node->display);
		if (node->gate == NULL || st->st_nlink > 1 ||
		    has_its_name(fd, node->name)) {
			*ret_fd = steal_fd(&fd);
			return 0;
		}
	}
	return error_set(err, ERR_BUSY,
	    "%s is replaced again and again: try later", node->display);
}

int
ws_open_file(const struct workspace_node *node, int *ret_fd, struct stat *st,
    struct error *err)
{
	CLEANUP(close_fd) int fd = -1;
	int rc;

	if (!node->exists)
		return error_set(err, ERR_NOT_FOUND, "%s does not exist",
		    node->display);
	/* Looked at before it is opened: opening a device can have effects. */
	rc = check_regular(node, node->st.st_mode, err);
	if (rc == 0)
		rc = workspace_node_check(node, err);
	if (rc == 0)
		rc = open_named(node, &fd, st, err);
	if (rc == 0)
		rc = check_regular(node, st->st_mode, err);
	/* Another file may have got the name, or have another name. */
	if (rc == 0 && node->gate != NULL && st->st_nlink > 1)
		rc = ws_gate_check(node->gate, node->path, node->display, st,
		    0, err);
	if (rc == 0)
		*ret_fd = steal_fd(&fd);
	return rc;
}
