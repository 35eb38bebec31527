/* What .fridayignore files in the workspace put on the deny list. A file is
 * read again when it has changed. For the deny list's own files.
 *
 * Thread: any, after deny_ignore_init(). */
#ifndef FRIDAY_SAFETY_DENY_IGNORE_H
#define FRIDAY_SAFETY_DENY_IGNORE_H

#include <stdbool.h>

#include "base/monitor.h"
#include "safety/deny_path.h"

struct deny_ignore {
	const char *const *roots; /* of the workspace; borrowed */
	size_t n_roots;
	struct monitor monitor;
	struct map *files; /* [monitor] by folder: struct rules_file */
};

void deny_ignore_init(struct deny_ignore *d, const char *const *roots,
    size_t n_roots);
void deny_ignore_release(struct deny_ignore *d);
/* Whether a file names the path or a folder that it is in. */
bool deny_ignore_hits(struct deny_ignore *d, const struct deny_parts *path,
    bool is_folder);

#endif
