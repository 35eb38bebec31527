/* A walk over the names of a tree that finds what of the deny list is there:
 * for the sandbox, which puts mounts over it, and for files with several
 * names. Nothing is opened but folders and what rules look into. */
#ifndef FRIDAY_SAFETY_DENY_SCAN_H
#define FRIDAY_SAFETY_DENY_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct deny_list;

struct deny_scan_opts {
	size_t entries_max;  /* names looked at; 0: 200,000 */
	int64_t deadline_ms; /* clock_now_ms(); 0: none */
	/* A file or folder of the list; what is below such a folder is not
	 * told. */
	void (*found)(const char *path, bool is_folder, void *ctx);
	void *ctx;
	bool learn_below; /* files in such folders too (deny_list_learn) */
};

/* Walks one folder (absolute, without links); links are not followed. Files
 * of the list are learnt (deny_list_learn). False: a limit was met
 * before the end. Thread: any. */
bool deny_scan(struct deny_list *d, const char *root,
    const struct deny_scan_opts *opts);

#endif
