/* Changing paths on the disk; see disk.h. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <stdlib.h>

#include "base/id.h"
#include "base/mem.h"
#include "undo/disk.h"

enum { TEMPORARY_MAX = 80 };

/* A folder that its owner made read-only is opened up for one change. */
struct unlocked {
	int folder;
	mode_t mode;
	bool changed;
};

static void
unlock_folder(struct unlocked *u, int folder)
{
	struct stat st;

	*u = (struct unlocked){ .folder = folder };
	if (faccessat(folder, ".", W_OK | X_OK, AT_EACCESS) == 0 ||
	    fstat(folder, &st) < 0 || st.st_uid != geteuid())
		return;
	u->mode = st.st_mode & 07777;
	u->changed = fchmod(folder, u->mode | S_IRWXU) == 0;
}

static void
lock_folder(struct unlocked *u)
{
	/* It was ours a moment ago. */
	if (u->changed && fchmod(u->folder, u->mode) < 0)
		return;
}

static void
sync_folder(int folder)
{
	/* Not every file system can. */
	if (fsync(folder) < 0)
		return;
}

/* What is written, and, in the moment between, what it takes the place of. The
 * first may be thrown away at any time; the second only when it is kept. */
struct side_names {
	char fresh[TEMPORARY_MAX], old[TEMPORARY_MAX];
};

static void
name_sides(const char *tag, struct side_names *ret)
{
	snprintf(ret->fresh, TEMPORARY_MAX, ".friday-undo-%s.tmp", tag);
	snprintf(ret->old, TEMPORARY_MAX, ".friday-undo-%s.old", tag);
}

static int
moved_on(const char *name, struct error *err)
{
	return error_set(err, ERR_UNDO_CONFLICT,
	    "%s was changed by somebody else just now", name);
}

/* Whether what was set aside is what the plan knew. */
static int
check_old(struct undo_objects *o, int folder, const char *old,
    const char *name, const struct undo_state *from, struct error *err)
{
	const struct disk_look look = { .objects = o,
		.file_max = INT64_MAX };
	struct undo_state now;
	int rc = disk_look_at(&look, folder, old, &now, NULL, err);

	if (rc == 0 && !undo_state_same(&now, from))
		rc = moved_on(name, err);
	return rc;
}

/* Such a file system cannot exchange two names: looking comes first then. */
static bool
has_no_flags(int fault)
{
	return fault == EINVAL || fault == ENOSYS || fault == ENOTSUP;
}

static int
remove_file(struct undo_objects *o, int folder, const char *name,
    const struct undo_state *from, const char *tag, struct error *err)
{
	struct side_names side;
	int rc;

	name_sides(tag, &side);
	if (renameat2(folder, name, folder, side.old, RENAME_NOREPLACE) < 0) {
		if (errno == ENOENT)
			return 0;
		if (!has_no_flags(errno))
			return error_errno(err, errno, "cannot remove %s",
			    name);
		rc = check_old(o, folder, name, name, from, err);
		if (rc == 0 && unlinkat(folder, name, 0) < 0)
			rc = error_errno(err, errno, "cannot remove %s", name);
		return rc;
	}
	rc = check_old(o, folder, side.old, name, from, err);
	if (rc != 0)
		renameat2(folder, side.old, folder, name, RENAME_NOREPLACE);
	else
		unlinkat(folder, side.old, 0);
	return rc;
}

static int
remove_folder(int folder, const char *name, struct error *err)
{
	if (unlinkat(folder, name, AT_REMOVEDIR) == 0 || errno == ENOENT)
		return 0;
	if (errno == ENOTEMPTY || errno == EEXIST)
		return error_set(err, ERR_BUSY,
		    "%s stays: there is something else in it", name);
	return error_errno(err, errno, "cannot remove %s", name);
}

int
disk_remove(struct undo_objects *o, int root, const char *path,
    const struct undo_state *from, const char *tag, struct error *err)
{
	CLEANUP(close_fd) int folder = -1;
	struct unlocked unlocked;
	const char *name;
	int rc = disk_open_folder(root, path, &folder, &name, err);

	if (rc != 0)
		return rc == -ERR_NOT_FOUND ? 0 : rc;
	unlock_folder(&unlocked, folder);
	rc = from->kind == UNDO_FOLDER ?
	    remove_folder(folder, name, err) :
	    remove_file(o, folder, name, from, tag, err);
	lock_folder(&unlocked);
	return rc;
}

/* The owner of a file that is replaced stays, where we may. */
static void
keep_owner(int folder, const char *name, int fd)
{
	struct stat old, st;

	if (fstatat(folder, name, &old, AT_SYMLINK_NOFOLLOW) < 0 ||
	    !S_ISREG(old.st_mode) || fstat(fd, &st) < 0 ||
	    (old.st_uid == st.st_uid && old.st_gid == st.st_gid))
		return;
	if (fchown(fd, old.st_uid, old.st_gid) < 0 &&
	    fchown(fd, (uid_t)-1, old.st_gid) < 0)
		return;
}

static int
write_file(struct undo_objects *o, int folder, const char *name,
    const char *fresh, const struct undo_state *to, struct error *err)
{
	CLEANUP(close_fd) int fd = openat(folder, fresh,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	int rc;

	if (fd < 0)
		return error_errno(err, errno, "cannot write a file beside %s",
		    name);
	rc = undo_objects_copy(o, to->hash, fd, err);
	if (rc == 0)
		keep_owner(folder, name, fd);
	if (rc == 0 && fchmod(fd, to->mode) < 0)
		rc = error_errno(err, errno, "cannot set the mode of %s", name);
	if (rc == 0 && fsync(fd) < 0)
		rc = error_errno(err, errno, "cannot write %s", name);
	return rc;
}

static int
write_link(struct undo_objects *o, int folder, const char *fresh,
    const struct undo_state *to, struct error *err)
{
	CLEANUP_BUF struct buf target = BUF_INIT(PATH_MAX);
	int rc = undo_objects_read(o, to->hash, &target, err);

	if (rc != 0)
		return rc;
	if (symlinkat(buf_text(&target), folder, fresh) < 0)
		return error_errno(err, errno, "cannot make a link");
	return 0;
}

/* Where nothing was, nothing may be overwritten. */
static int
put_new(int folder, const char *fresh, const char *name, struct error *err)
{
	if (renameat2(folder, fresh, folder, name, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno == EEXIST)
		return moved_on(name, err);
	if (has_no_flags(errno) && linkat(folder, fresh, folder, name, 0) == 0)
		return 0;
	return errno == EEXIST ? moved_on(name, err) :
				 error_errno(err, errno, "cannot make %s",
				     name);
}

/* Both names change places at once: then what was there is looked at, and goes
 * back if somebody else has just written it. */
static int
put_instead(struct undo_objects *o, int folder, const struct side_names *side,
    const char *name, const struct undo_state *from, struct error *err)
{
	int rc;

	if (renameat(folder, side->fresh, folder, side->old) < 0)
		return error_errno(err, errno, "cannot replace %s", name);
	if (renameat2(folder, side->old, folder, name, RENAME_EXCHANGE) < 0) {
		if (!has_no_flags(errno)) {
			rc = errno == ENOENT ? moved_on(name, err) :
					       error_errno(err, errno,
						   "cannot replace %s", name);
			unlinkat(folder, side->old, 0);
			return rc;
		}
		rc = check_old(o, folder, name, name, from, err);
		if (rc == 0 && renameat(folder, side->old, folder, name) < 0)
			rc = error_errno(err, errno, "cannot replace %s",
			    name);
		if (rc != 0)
			unlinkat(folder, side->old, 0);
		return rc;
	}
	rc = check_old(o, folder, side->old, name, from, err);
	if (rc != 0 && renameat2(folder, side->old, folder, name,
	    RENAME_EXCHANGE) < 0)
		return rc; /* both stay, under two names */
	unlinkat(folder, side->old, 0);
	return rc;
}

static int
make_folder(int folder, const char *name, unsigned mode, struct error *err)
{
	CLEANUP(close_fd) int fd = -1;

	if (mkdirat(folder, name, 0777) < 0 && errno != EEXIST)
		return error_errno(err, errno, "cannot make the folder %s",
		    name);
	fd = openat(folder, name,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return error_set(err, ERR_EXISTS,
		    "%s is there and is no folder", name);
	if (fchmod(fd, mode) < 0)
		return error_errno(err, errno, "cannot set the mode of %s",
		    name);
	return 0;
}

static int
make_file(struct undo_objects *o, int folder, const char *name,
    const struct undo_state *from, const struct undo_state *to,
    const char *tag, struct error *err)
{
	struct side_names side;
	int rc;

	name_sides(tag, &side);
	unlinkat(folder, side.fresh, 0);
	rc = to->kind == UNDO_LINK ?
	    write_link(o, folder, side.fresh, to, err) :
	    write_file(o, folder, name, side.fresh, to, err);
	if (rc == 0)
		rc = from->kind == UNDO_ABSENT ?
		    put_new(folder, side.fresh, name, err) :
		    put_instead(o, folder, &side, name, from, err);
	unlinkat(folder, side.fresh, 0);
	sync_folder(folder);
	return rc;
}

int
disk_make(struct undo_objects *o, int root, const char *path,
    const struct undo_state *from, const struct undo_state *to,
    const char *tag, struct error *err)
{
	CLEANUP(close_fd) int folder = -1;
	struct unlocked unlocked;
	const char *name;
	int rc = disk_make_folders(root, path, &folder, &name, err);

	if (rc != 0)
		return rc;
	unlock_folder(&unlocked, folder);
	rc = to->kind == UNDO_FOLDER ?
	    make_folder(folder, name, to->mode, err) :
	    make_file(o, folder, name, from, to, tag, err);
	lock_folder(&unlocked);
	return rc;
}

/* --- after a kill ------------------------------------------------------- */

/* Set aside in the moment of the kill. Kept content may go; what nobody has
 * kept is somebody's work. */
static void
clean_old(struct undo_objects *o, int folder, const char *name,
    const char *old)
{
	const struct disk_look look = { .objects = o,
		.file_max = INT64_MAX };
	struct undo_state s;

	if (disk_look_at(&look, folder, old, &s, NULL, NULL) != 0 ||
	    s.kind == UNDO_ABSENT)
		return;
	if (s.hash[0] != '\0' && undo_objects_has(o, s.hash))
		unlinkat(folder, old, 0);
	else
		renameat2(folder, old, folder, name, RENAME_NOREPLACE);
}

void
disk_clean(struct undo_objects *o, int root, const char *path,
    const char *tag)
{
	CLEANUP(close_fd) int folder = -1;
	struct unlocked unlocked;
	struct side_names side;
	const char *name;

	if (disk_open_folder(root, path, &folder, &name, NULL) != 0)
		return;
	name_sides(tag, &side);
	if (faccessat(folder, side.fresh, F_OK, AT_SYMLINK_NOFOLLOW) < 0 &&
	    faccessat(folder, side.old, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
		return;
	unlock_folder(&unlocked, folder);
	unlinkat(folder, side.fresh, 0);
	clean_old(o, folder, name, side.old);
	lock_folder(&unlocked);
}

char *
disk_call_name(const char *session)
{
	char id[ID_SIZE];

	id_make(id);
	return mem_printf(".friday-%s-%s.tmp", session, id);
}

static bool
is_call_name(struct str name, const char *session)
{
	CLEANUP(free_ptr) char *start = mem_printf(".friday-%s-", session);

	return str_starts(name, str_from(start)) &&
	    str_ends(name, STR(".tmp"));
}

void
disk_clean_calls(int root, const char *path, const char *session)
{
	CLEANUP(close_fd) int folder = -1;
	CLEANUP(close_dir) DIR *dir = NULL;
	const struct dirent *d;
	const char *name;
	int fd;

	if (disk_open_folder(root, path, &folder, &name, NULL) != 0)
		return;
	fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || (dir = fdopendir(fd)) == NULL) {
		close_fd(&fd);
		return;
	}
	while ((d = readdir(dir)) != NULL)
		if (is_call_name(str_from(d->d_name), session))
			unlinkat(folder, d->d_name, 0);
}
