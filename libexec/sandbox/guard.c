/* What mounts cannot hold: names that run code later (hooks, editors' and CI's
 * configuration) and that the workspace does not have yet, and protected ones
 * whose folder was moved away to put another in its place. Nothing is ever
 * created to hold a place. Instead the launcher looks when all processes of the
 * command are gone, and puts what has come to be there aside, under a name that
 * nobody reads: NAME.unapproved. Nothing is lost, and it is said.
 *
 * Done outside of the sandbox, by the launcher: the first process may have been
 * killed. */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "libexec/sandbox/parts.h"

#ifndef RENAME_NOREPLACE
#define RENAME_NOREPLACE 1
#endif
enum { NAMES_MAX = 1000 };

/* The folder of `path`, not through links; *ret_name points into path. */
static int
open_folder(const char *path, const char **ret_name)
{
	struct open_how how = { .flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
		.resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS };
	const char *slash = strrchr(path, '/');
	char folder[4096];

	if (slash - path >= (ptrdiff_t)sizeof(folder))
		return -1;
	snprintf(folder, sizeof(folder), "%.*s", (int)(slash - path), path);
	*ret_name = slash + 1;
	return (int)syscall(SYS_openat2, AT_FDCWD,
	    folder[0] == '\0' ? "/" : folder, &how, sizeof(how));
}

/* False: it is not there. */
static bool
look(const char *path, struct mark *ret)
{
	const char *name;
	struct stat folder, own;
	int fd = open_folder(path, &name);
	bool there = fd >= 0 && fstat(fd, &folder) == 0 &&
	    fstatat(fd, name, &own, AT_SYMLINK_NOFOLLOW) == 0;

	if (fd >= 0)
		close(fd);
	if (there)
		*ret = (struct mark){ folder.st_dev, folder.st_ino, own.st_dev,
			own.st_ino };
	return there;
}

void
guard_begin(struct plan *plan)
{
	for (size_t i = 0; i < plan->n_places; i++) {
		struct place *p = &plan->places[i];

		p->there = (p->kind == PLACE_GUARD ||
			p->kind == PLACE_PROTECT) && look(p->path, &p->mark);
	}
}

/* True: something of the command's making stands there. */
static bool
is_foreign(const struct place *p)
{
	struct mark now;

	if ((p->kind != PLACE_GUARD && p->kind != PLACE_PROTECT) ||
	    !look(p->path, &now))
		return false;
	if (!p->there)
		return p->kind == PLACE_GUARD;
	/* A new file in the same folder is the user's own work: editors and
	 * git replace files by new ones. */
	return p->kind == PLACE_PROTECT &&
	    (now.folder_dev != p->mark.folder_dev ||
		now.folder_ino != p->mark.folder_ino) &&
	    (now.dev != p->mark.dev || now.ino != p->mark.ino);
}

static void
put_aside(const char *path)
{
	const char *name;
	int fd = open_folder(path, &name), rc = -1;
	char aside[300];

	for (int i = 1; fd >= 0 && rc != 0 && i < NAMES_MAX; i++) {
		if (i == 1)
			snprintf(aside, sizeof(aside), "%.255s.unapproved",
			    name);
		else
			snprintf(aside, sizeof(aside), "%.255s.unapproved-%d",
			    name, i);
		rc = (int)syscall(SYS_renameat2, fd, name, fd, aside,
		    RENAME_NOREPLACE);
		if (rc != 0 && errno != EEXIST)
			break;
	}
	if (rc == 0)
		fprintf(stderr, "friday-sandbox: %s came to be while the "
		    "command ran and may run code later; it was renamed to "
		    "%s\n", path, aside);
	else if (fd < 0 || errno != ENOENT)
		fprintf(stderr, "friday-sandbox: %s came to be while the "
		    "command ran and may run code later: look at it\n", path);
	if (fd >= 0)
		close(fd);
}

void
guard_end(const struct plan *plan)
{
	for (size_t i = 0; i < plan->n_places; i++)
		if (is_foreign(&plan->places[i]))
			put_aside(plan->places[i].path);
}
