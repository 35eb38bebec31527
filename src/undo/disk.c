/* Looking at paths on the disk; see disk.h. */
#include "undo/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>

#include "base/mem.h"

bool
undo_state_same(const struct undo_state *a, const struct undo_state *b)
{
	if (a->kind != b->kind)
		return false;
	if (a->kind == UNDO_ABSENT)
		return true;
	if (a->kind == UNDO_OTHER)
		return false;
	if (a->kind != UNDO_LINK && a->mode != b->mode)
		return false;
	return a->kind == UNDO_FOLDER ||
	    (a->hash[0] != '\0' && strcmp(a->hash, b->hash) == 0);
}

static bool
is_plain_name(struct str name)
{
	return name.len > 0 && !str_eq_c(name, ".") && !str_eq_c(name, "..");
}

/* The next folder below `at`, which is closed. */
static int
step_down(int *at, const char *name, bool make, struct error *err)
{
	int next;

	if (make && mkdirat(*at, name, 0777) < 0 && errno != EEXIST)
		return error_errno(err, errno, "cannot make the folder %s",
		    name);
	next = openat(*at, name,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (next < 0)
		return errno == ENOTDIR || errno == ELOOP ?
		    error_set(err, ERR_NOT_FOUND, "%s is no folder", name) :
		    error_errno(err, errno, "cannot open the folder %s", name);
	close(*at);
	*at = next;
	return 0;
}

static int
open_folder(int root, const char *path, bool make, int *ret_folder,
    const char **ret_name, struct error *err)
{
	const char *slash = strrchr(path, '/');
	struct str rest = str_make(path,
	    slash == NULL ? 0 : (size_t)(slash - path)), part;
	CLEANUP(close_fd) int at = -1;
	int rc = 0;

	at = fcntl(root, F_DUPFD_CLOEXEC, 3);
	if (at < 0)
		return error_errno(err, errno, "cannot open a folder");
	while (rc == 0 && rest.len > 0 && str_next_field(&rest, '/', &part)) {
		CLEANUP(free_ptr) char *name = str_dup(part);

		if (!is_plain_name(part))
			return error_set(err, ERR_INVALID,
			    "%s is no path of a workspace", path);
		rc = step_down(&at, name, make, err);
	}
	*ret_name = slash == NULL ? path : slash + 1;
	if (rc == 0 && !is_plain_name(str_from(*ret_name)))
		rc = error_set(err, ERR_INVALID,
		    "%s is no path of a workspace", path);
	if (rc == 0)
		*ret_folder = steal_fd(&at);
	return rc;
}

int
disk_open_folder(int root, const char *path, int *ret_folder,
    const char **ret_name, struct error *err)
{
	return open_folder(root, path, false, ret_folder, ret_name, err);
}

int
disk_make_folders(int root, const char *path, int *ret_folder,
    const char **ret_name, struct error *err)
{
	return open_folder(root, path, true, ret_folder, ret_name, err);
}

/* --- looking ------------------------------------------------------------ */

static unsigned
object_flags(const struct disk_look *l)
{
	unsigned flags = 0;

	if ((l->flags & DISK_KEEP) == 0)
		flags |= UNDO_OBJECT_HASH_ONLY;
	if ((l->flags & DISK_SYNCED) != 0)
		flags |= UNDO_OBJECT_SYNCED;
	return flags;
}

static int
look_at_file(const struct disk_look *l, int folder, const char *name,
    struct undo_state *s, struct stat *st, struct error *err)
{
	/* A FIFO put there meanwhile must not hold us up. */
	CLEANUP(close_fd) int fd = openat(folder, name,
	    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	int rc;

	if (s->bytes > l->file_max)
		return 0;
	/* Nobody may read it: its content cannot be kept. */
	if (fd < 0 && (errno == EACCES || errno == EPERM))
		return 0;
	if (fd < 0 || fstat(fd, st) < 0)
		return error_errno(err, errno, "cannot read %s", name);
	if (!S_ISREG(st->st_mode))
		return error_set(err, ERR_BUSY, "%s changes just now", name);
	s->bytes = st->st_size;
	rc = undo_objects_put_fd(l->objects, fd, l->file_max, object_flags(l),
	    s->hash, err);
	return rc == -ERR_TOO_LARGE ? 0 : rc;
}

static int
look_at_link(const struct disk_look *l, int folder, const char *name,
    struct undo_state *s, struct error *err)
{
	char target[PATH_MAX];
	ssize_t n = readlinkat(folder, name, target, sizeof(target));

	if (n < 0)
		return error_errno(err, errno, "cannot read the link %s",
		    name);
	s->bytes = n;
	return undo_objects_put(l->objects, str_make(target, (size_t)n),
	    object_flags(l), s->hash, err);
}

int
disk_look_at(const struct disk_look *l, int folder, const char *name,
    struct undo_state *ret, struct stat *ret_st, struct error *err)
{
	struct undo_state s = { .kind = UNDO_ABSENT };
	struct stat st;
	int rc = 0;

	if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		if (errno != ENOENT && errno != ENOTDIR)
			return error_errno(err, errno, "cannot look at %s",
			    name);
		*ret = s;
		return 0;
	}
	s.mode = st.st_mode & 07777;
	s.kind = UNDO_OTHER;
	if (S_ISREG(st.st_mode)) {
		s.kind = UNDO_FILE;
		s.bytes = st.st_size;
		rc = look_at_file(l, folder, name, &s, &st, err);
	} else if (S_ISLNK(st.st_mode)) {
		s.kind = UNDO_LINK;
		s.mode = 0;
		rc = look_at_link(l, folder, name, &s, err);
	} else if (S_ISDIR(st.st_mode)) {
		s.kind = UNDO_FOLDER;
	}
	if (rc != 0)
		return rc;
	*ret = s;
	if (ret_st != NULL)
		*ret_st = st;
	return 0;
}

int
disk_look(const struct disk_look *l, int root, const char *path,
    struct undo_state *ret, struct error *err)
{
	CLEANUP(close_fd) int folder = -1;
	const char *name;
	int rc = disk_open_folder(root, path, &folder, &name, err);

	if (rc == -ERR_NOT_FOUND) {
		*ret = (struct undo_state){ .kind = UNDO_ABSENT };
		return 0;
	}
	return rc == 0 ? disk_look_at(l, folder, name, ret, NULL, err) : rc;
}
