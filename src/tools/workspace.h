/* The workspace: every file access of every tool. It has one or more root
 * folders; nothing outside them can be reached, whatever a path or a symbolic
 * link says. Names are resolved relative to open folder descriptors (openat2
 * with RESOLVE_BENEATH; component by component where that is missing), never
 * by comparing strings, so that a folder swapped for a link in the middle of a
 * call does not lead out. An absolute link is followed when it ends inside.
 *
 * Life cycle: workspace_create(), used by any number of threads, then
 * workspace_destroy(). Nodes are values of one thread. */
#ifndef FRIDAY_TOOLS_WORKSPACE_H
#define FRIDAY_TOOLS_WORKSPACE_H

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/str.h"
#include "base/units.h"

struct deny_list;
struct workspace;
struct workspace_gate;
struct workspace_node;

/* The most that a file may have to be read or changed as a whole. */
#define WORKSPACE_FILE_MAX (64 * MIB)

/* Reads that an editor may answer: it holds unsaved text of some files. */
struct workspace_overlay {
	/* Appends what the editor holds for this absolute path. 1: answered;
	 * 0: it holds nothing, the disk counts; negative: error. Called on the
	 * thread that reads. NULL: there is no editor. */
	int (*read)(const char *path, struct buf *out, void *ctx,
	    struct error *err);
	void *ctx;
};

struct workspace_opts {
	const char *const *roots; /* folders; [0] is where relative paths
				   * begin; at most 32 */
	size_t n_roots;
	const char *spill_folder; /* may be read, never written; NULL */
	struct workspace_overlay overlay;
	/* What is never read; outlives the workspace. NULL: nothing. */
	struct deny_list *deny;
	bool no_openat2; /* tests: resolve component by component */
};

/* Errors: ERR_NOT_FOUND and others for a root that cannot be opened. */
int workspace_create(const struct workspace_opts *opts,
    struct workspace **ret, struct error *err);
void workspace_destroy(struct workspace *w);
DEFINE_CLEANUP(workspace_destroy, struct workspace);

/* The same workspace for one call, with its own list of paths that a person
 * allowed although they are on the deny list. `base` outlives it. */
struct workspace *workspace_create_view(const struct workspace *base);
/* The path that was refused last through this view; NULL: none. The caller's.
 * Allowing it lets it be read, through this view alone. */
char *workspace_refused(const struct workspace *view);
void workspace_allow(struct workspace *view, const char *path);
/* Whether the deny list holds the content of this node back. Errors:
 * ERR_PATH_DENIED, with a message for the model. */
int workspace_node_check(const struct workspace_node *node,
    struct error *err);
/* The list, for paths that are not opened here; NULL: none. */
struct deny_list *workspace_deny_list(const struct workspace *w);
/* The same question about a path that need not exist. `flags`: those of
 * deny_list.h. */
int workspace_path_check(const struct workspace *w, struct str path,
    unsigned flags, struct error *err);

/* What records changes, for undo; outlives the workspace and its views. NULL,
 * as at first: nothing is recorded. */
struct tracker;
void workspace_set_tracker(struct workspace *w, struct tracker *t);
struct tracker *workspace_tracker(const struct workspace *w);

/* What hides secrets in what is read, and puts them back in what is written;
 * outlives the workspace and its views. NULL, as at first: nothing does. */
struct scrubber;
void workspace_set_scrubber(struct workspace *w, struct scrubber *s);
struct scrubber *workspace_scrubber(const struct workspace *w);

/* Absolute path of a root, without links; NULL past the last. */
const char *workspace_root(const struct workspace *w, size_t index);
size_t workspace_root_count(const struct workspace *w);

enum workspace_flags {
	/* The last component is not followed when it is a link: for removing
	 * and renaming the link itself. */
	WORKSPACE_NOFOLLOW = 1,
	/* Nothing but reading is meant: the spill folder counts too. */
	WORKSPACE_READ = 2,
};

/* Where a path leads: a folder that is open, and a name in it. */
struct workspace_node {
	int folder;    /* O_PATH descriptor; -1: released */
	char *name;    /* last component, after links; "." for a root */
	char *missing; /* folders between `folder` and name that do not exist
			* yet: "a/b"; NULL: none */
	char *path;    /* absolute, without links */
	char *display; /* relative to the first root, else as path */
	size_t root;   /* index; SIZE_MAX: the spill folder */
	bool exists;
	bool linked;	/* the path was a link to it */
	struct workspace_gate *gate; /* the workspace's; NULL: no list */
	struct stat st; /* of the target, when it exists */
};

#define WORKSPACE_NODE_INIT ((struct workspace_node){ .folder = -1 })
#define CLEANUP_NODE CLEANUP(workspace_node_release)

/* Resolves a path (relative to the first root, or absolute inside any). A
 * last component that does not exist is no error: see node->exists. Errors:
 * ERR_PATH_ESCAPE, ERR_INVALID (empty, NUL), ERR_NOT_FOUND (a folder on the
 * way is a file), ERR_PERMISSION, ERR_IO. */
int workspace_locate(const struct workspace *w, struct str path,
    unsigned flags, struct workspace_node *ret, struct error *err);
void workspace_node_release(struct workspace_node *node);

/* Opens the regular file for reading; FIFOs, devices and sockets are refused
 * without waiting for them. Errors: ERR_NOT_FOUND, ERR_INVALID (not a regular
 * file), ERR_PERMISSION, ERR_PATH_DENIED (the deny list). */
int workspace_open(const struct workspace_node *node, int *ret_fd,
    struct error *err);
/* Appends the whole file as it is on disk; out's ceiling is the limit. The
 * node's st becomes that of what was read. */
int workspace_read_node(struct workspace_node *node, struct buf *out,
    struct error *err);
/* locate and read in one; an editor's unsaved text comes first. ret_node may
 * be NULL; else release it, also after an error. */
int workspace_read(const struct workspace *w, struct str path,
    struct buf *out, struct workspace_node *ret_node, struct error *err);
/* Whether an editor may hold other text than the disk. */
bool workspace_has_overlay(const struct workspace *w);
/* Appends what an editor holds unsaved for it. 1: it does; 0: it does not. */
int workspace_read_overlay(const struct workspace *w,
    const struct workspace_node *node, struct buf *out, struct error *err);
/* Opens the folder for listing. Errors: ERR_NOT_FOUND, ERR_INVALID. */
int workspace_open_dir(const struct workspace_node *node, DIR **ret,
    struct error *err);

/* What is known about files: their content when it was last read or written
 * by us. Thread-safe. */
enum stamp_state { STAMP_UNKNOWN, STAMP_SAME, STAMP_CHANGED };
/* Keeps that this content is known. */
void workspace_stamp(struct workspace *w, const struct workspace_node *node,
    struct str content);
/* Keeps only size, time and inode: for files too large to be hashed. */
void workspace_stamp_stat(struct workspace *w,
    const struct workspace_node *node);
void workspace_unstamp(struct workspace *w, const struct workspace_node *node);
/* Compares what is there now with what was known. */
enum stamp_state workspace_stamp_check(struct workspace *w,
    const struct workspace_node *node, struct str content);

#endif
