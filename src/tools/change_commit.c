/* The doing half of change sets. Three passes: write temporary files, check
 * that nothing moved under us, rename. Until the third pass nothing that
 * anybody else can see has changed; in it, each former file has a second name
 * until all is done, so that going back is renaming too and needs no space. */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "tools/change_entry.h"
#include "tools/change_record.h"
#include "undo/disk.h"
#include "undo/tracker.h"

struct made_folder {
	int parent;
	char *name;
};

struct commit {
	struct change_set *cs;
	struct made_folder *made;
	size_t n_made;
	struct error *err;
};

/* Named after the session, so that undo finds what a kill leaves. */
static char *
side_name(const struct commit *c)
{
	const struct tracker *tracker =
	    workspace_tracker(c->cs->workspace);

	return disk_call_name(tracker == NULL ? "0" :
						tracker_session(tracker));
}

static int
fail(struct commit *c, const struct change_entry *e, const char *what)
{
	return error_errno(c->err, errno, "cannot %s %s", what,
	    e->node.display);
}

/* Makes the folders that are missing and opens the last. */
static int
open_folder(struct commit *c, struct change_entry *e)
{
	struct str rest = str_from(e->node.missing), part;
	int rc = 0;

	e->folder = fcntl(e->node.folder, F_DUPFD_CLOEXEC, 3);
	if (e->folder < 0)
		return fail(c, e, "write");
	while (rc == 0 && str_next_field(&rest, '/', &part)) {
		CLEANUP(free_ptr) char *name = str_dup(part);
		int fd;

		if (part.len == 0 || str_eq_c(part, "."))
			continue;
		if (mkdirat(e->folder, name, 0777) == 0) {
			c->made = mem_resize(c->made, c->n_made + 1,
			    sizeof(*c->made));
			c->made[c->n_made++] = (struct made_folder){
				fcntl(e->folder, F_DUPFD_CLOEXEC, 3),
				mem_strdup(name) };
		} else if (errno != EEXIST) {
			return fail(c, e, "make the folder of");
		}
		fd = openat(e->folder, name,
		    O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd < 0)
			return fail(c, e, "open the folder of");
		close(e->folder);
		e->folder = fd;
	}
	return rc;
}

/* Owner first: changing it clears the set-id bits. A file that cannot be
 * given to its owner does not get those. */
static int
set_owner_and_mode(struct commit *c, const struct change_entry *e, int fd)
{
	bool owned = e->had || e->owner_set;
	uid_t uid = e->had ? e->node.st.st_uid : e->uid;
	gid_t gid = e->had ? e->node.st.st_gid : e->gid;
	mode_t mode = e->mode_set ? e->mode : e->node.st.st_mode & 07777;
	struct stat st;

	if (!e->had && !e->mode_set)
		return 0;
	if (fstat(fd, &st) < 0)
		return fail(c, e, "write");
	if (owned && (st.st_uid != uid || st.st_gid != gid) &&
	    fchown(fd, uid, gid) < 0 && fchown(fd, (uid_t)-1, gid) < 0)
		mode &= 0777;
	if (fchmod(fd, mode) < 0)
		return fail(c, e, "set the mode of");
	return 0;
}

static int
write_temporary(struct commit *c, struct change_entry *e)
{
	CLEANUP(close_fd) int fd = -1;
	int rc;

	if (e->had && faccessat(e->node.folder, e->node.name, W_OK,
	    AT_EACCESS) < 0)
		return fail(c, e, "write");
	e->temporary = side_name(c);
	fd = openat(e->folder, e->temporary,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
	if (fd < 0) {
		rc = fail(c, e, "write a file beside");
		free(steal(e->temporary));
		return rc;
	}
	rc = file_write_fd(fd, change_entry_content(e), c->err);
	if (rc == 0)
		rc = set_owner_and_mode(c, e, fd);
	if (rc == 0 && fsync(fd) < 0)
		rc = fail(c, e, "write");
	return rc;
}

static bool
same_time(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

/* Nobody touched it since it was read for this change; `name` is where it is
 * now. */
static int
check_unchanged(struct commit *c, const struct change_entry *e,
    const char *name)
{
	const struct stat *was = &e->node.st;
	struct stat st;
	bool there = fstatat(e->folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0;

	if (!there && errno != ENOENT)
		return fail(c, e, "look at");
	if (there == e->had && (!there || (st.st_ino == was->st_ino &&
	    st.st_dev == was->st_dev && st.st_size == was->st_size &&
	    same_time(st.st_mtim, was->st_mtim))))
		return 0;
	return error_set(c->err, ERR_TOOL_STALE,
	    "%s was changed by somebody else just now: read it again",
	    e->node.display);
}

/* Gives the former file a second name, or moves it there. */
static int
keep_backup(struct commit *c, struct change_entry *e)
{
	e->backup = side_name(c);
	if (e->has && linkat(e->folder, e->node.name, e->folder, e->backup,
	    0) == 0)
		return 0;
	if (renameat(e->folder, e->node.name, e->folder, e->backup) == 0)
		return 0;
	free(steal(e->backup));
	return fail(c, e, e->has ? "replace" : "remove");
}

static int
put_in_place(struct commit *c, struct change_entry *e)
{
	if (e->had) {
		if (renameat(e->folder, e->temporary, e->folder,
		    e->node.name) < 0)
			return fail(c, e, "replace");
	} else if (renameat2(e->folder, e->temporary, e->folder,
	    e->node.name, RENAME_NOREPLACE) < 0) {
		/* Not every file system knows the flag. */
		if (errno != EINVAL && errno != ENOSYS)
			return fail(c, e, "create");
		if (linkat(e->folder, e->temporary, e->folder, e->node.name,
		    0) < 0)
			return fail(c, e, "create");
		unlinkat(e->folder, e->temporary, 0);
	}
	free(steal(e->temporary));
	return 0;
}

static int
do_step(struct commit *c, struct change_entry *e)
{
	int rc = 0;

	if (++c->cs->renames == c->cs->fail_at)
		return error_set(c->err, ERR_IO, "a fault was asked for");
	if (e->had)
		rc = keep_backup(c, e);
	if (rc == 0 && e->has)
		rc = put_in_place(c, e);
	if (rc == 0)
		e->step = STEP_DONE;
	/* Not even between the check and now. */
	if (rc == 0 && e->backup != NULL)
		rc = check_unchanged(c, e, e->backup);
	return rc;
}

static void
undo_step(struct change_entry *e)
{
	if (e->backup != NULL) {
		renameat(e->folder, e->backup, e->folder, e->node.name);
		/* Two names of one file: rename does nothing then. */
		unlinkat(e->folder, e->backup, 0);
	} else if (e->step == STEP_DONE) {
		unlinkat(e->folder, e->node.name, 0);
	}
}

static void
sync_folder(int folder)
{
	CLEANUP(close_fd) int fd = openat(folder, ".",
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0)
		fsync(fd);
}

static void
finish(struct commit *c, struct change_entry *e, struct buf *notes)
{
	nlink_t links = e->had && !e->is_link ? e->node.st.st_nlink : 1;

	if (e->backup != NULL)
		unlinkat(e->folder, e->backup, 0);
	sync_folder(e->folder);
	if (!e->has) {
		workspace_unstamp(c->cs->workspace, &e->node);
		return;
	}
	if (links > 1 && notes != NULL)
		buf_printf(notes,
		    "note: %s had %lu hard links; the other names keep the "
		    "former content\n", e->node.display,
		    (unsigned long)links);
	if (fstatat(e->folder, e->node.name, &e->node.st,
	    AT_SYMLINK_NOFOLLOW) == 0)
		workspace_stamp(c->cs->workspace, &e->node,
		    change_entry_content(e));
}

static int
prepare(struct commit *c)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < c->cs->n; i++) {
		struct change_entry *e = c->cs->items[i];

		if (!change_entry_differs(e))
			continue;
		rc = open_folder(c, e);
		if (rc == 0 && e->has)
			rc = write_temporary(c, e);
	}
	for (size_t i = 0; rc == 0 && i < c->cs->n; i++)
		if (change_entry_differs(c->cs->items[i]))
			rc = check_unchanged(c, c->cs->items[i],
			    c->cs->items[i]->node.name);
	return rc;
}

static void
clean_up(struct commit *c, bool failed)
{
	for (size_t i = 0; i < c->cs->n; i++) {
		struct change_entry *e = c->cs->items[i];

		if (e->temporary != NULL)
			unlinkat(e->folder, e->temporary, 0);
		free(steal(e->temporary));
		free(steal(e->backup));
		close_fd(&e->folder);
		e->folder = -1;
		e->step = STEP_NONE;
	}
	while (c->n_made > 0) {
		struct made_folder *m = &c->made[--c->n_made];

		if (failed)
			unlinkat(m->parent, m->name, AT_REMOVEDIR);
		close_fd(&m->parent);
		free(m->name);
	}
	free(c->made);
}

int
change_set_commit(struct change_set *cs, struct buf *notes, struct error *err)
{
	struct commit c = { .cs = cs, .err = err };
	struct change_record record = { .point = 0 };
	size_t done = 0;
	int rc;

	rc = prepare(&c);
	if (rc == 0)
		rc = change_record_begin(cs, &record, err);
	/* Removals come last: whatever fails before, no file is gone. */
	for (int pass = 0; rc == 0 && pass < 2; pass++) {
		for (done = 0; rc == 0 && done < cs->n; done++) {
			struct change_entry *e = cs->items[done];

			if (change_entry_differs(e) && e->has == (pass == 0))
				rc = do_step(&c, e);
		}
	}
	for (size_t i = 0; i < cs->n; i++) {
		if (!change_entry_differs(cs->items[i]))
			continue;
		if (rc != 0)
			undo_step(cs->items[i]);
		else
			finish(&c, cs->items[i], notes);
	}
	change_record_end(&record, rc == 0);
	clean_up(&c, rc != 0);
	return rc;
}
