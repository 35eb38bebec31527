/* Files of the deny list by their inodes: what has other names too. For the
 * deny list's own files.
 *
 * Thread: any, after deny_links_init(). */
#ifndef FRIDAY_SAFETY_DENY_LINKS_H
#define FRIDAY_SAFETY_DENY_LINKS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/monitor.h"

struct deny_links {
	struct monitor monitor;
	struct map *inodes; /* [monitor] "dev:ino" */
	bool walking, sought; /* [monitor] */
	int64_t sought_ms, sought_wall_ms; /* [monitor] of the last walk */
};

void deny_links_init(struct deny_links *d);
void deny_links_release(struct deny_links *d);
void deny_links_learn(struct deny_links *d, const struct stat *st);
/* Whether the file is another name of one that was learnt. walk(ctx) learns
 * what there is, in bounded time: it is called on this thread when no walk is
 * young enough to tell. Whoever asks during a walk waits for its end. */
bool deny_links_seek(struct deny_links *d, const struct stat *st,
    void (*walk)(void *ctx), void *ctx);

#endif
