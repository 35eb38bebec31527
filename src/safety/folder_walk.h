/* Walks the files below a folder: the one walk of list, glob, grep, completion
 * and the index, with one set of rules for what is left out: what git ignores,
 * what .fridayignore names, and .git itself. Links are shown, not followed. */
#ifndef FRIDAY_SAFETY_FOLDER_WALK_H
#define FRIDAY_SAFETY_FOLDER_WALK_H

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "base/cancel.h"
#include "base/error.h"
#include "base/str.h"

struct folder_entry {
	struct str path; /* from the folder where the walk began */
	size_t depth;	 /* 1: directly in it */
	int folder;	 /* descriptor of the folder that it is in */
	const char *name; /* in that folder */
	bool is_folder, is_file, is_link;
	struct stat st;
};

struct folder_walk_opts {
	size_t depth_max; /* 0: no limit (but 200) */
	bool ignored_too; /* only .git is left out */
	struct cancel *cancel;
	int64_t deadline_ms; /* clock_now_ms(); 0: none */
	/* Names of a folder come sorted by their bytes, a folder before what
	 * is in it. False: the walk ends. */
	bool (*visit)(const struct folder_entry *entry, void *ctx);
	void *ctx;
};

/* Walks an open folder, which it closes. `start` is its path below `root`,
 * the absolute folder where rules begin to count; root NULL: only rules in
 * the folder and below count. Errors: ERR_CANCELLED, ERR_TOOL_TIMEOUT.
 * Folders that cannot be read are passed over. */
int folder_walk(const char *root, struct str start, DIR *dir,
    const struct folder_walk_opts *opts, struct error *err);

#endif
