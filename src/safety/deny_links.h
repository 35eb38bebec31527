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
	bool sought;	    /* [monitor] */
	int64_t sought_ms;  /* [monitor] */
};

void deny_links_init(struct deny_links *d);
void deny_links_release(struct deny_links *d);
void deny_links_learn(struct deny_links *d, const struct stat *st);
bool deny_links_knows(struct deny_links *d, const struct stat *st);
/* Whether a walk is due that learns what is there; if so, it is the caller's
 * to do. */
bool deny_links_due(struct deny_links *d);

#endif
