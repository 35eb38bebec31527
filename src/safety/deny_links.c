/* Other names of a file; see deny_links.h. */
#include "safety/deny_links.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/map.h"

enum { INODES_MAX = 100000, AGAIN_MS = 30 * 1000 };

static void
inode_key(const struct stat *st, char out[64])
{
	snprintf(out, 64, "%llx:%llx", (unsigned long long)st->st_dev,
	    (unsigned long long)st->st_ino);
}

void
deny_links_init(struct deny_links *d)
{
	*d = (struct deny_links){ .inodes = map_create(NULL) };
	monitor_init(&d->monitor);
}

void
deny_links_release(struct deny_links *d)
{
	map_destroy(d->inodes);
	monitor_release(&d->monitor);
}

void
deny_links_learn(struct deny_links *d, const struct stat *st)
{
	char key[64];

	if (!S_ISREG(st->st_mode) || st->st_nlink < 2)
		return;
	inode_key(st, key);
	monitor_enter(&d->monitor);
	if (map_count(d->inodes) < INODES_MAX)
		map_set(d->inodes, str_from(key), d);
	monitor_leave(&d->monitor);
}

bool
deny_links_knows(struct deny_links *d, const struct stat *st)
{
	char key[64];
	bool known;

	if (!S_ISREG(st->st_mode) || st->st_nlink < 2)
		return false;
	inode_key(st, key);
	monitor_enter(&d->monitor);
	known = map_has(d->inodes, str_from(key));
	monitor_leave(&d->monitor);
	return known;
}

bool
deny_links_due(struct deny_links *d)
{
	int64_t now = clock_now_ms();
	bool due;

	monitor_enter(&d->monitor);
	due = !d->sought || now - d->sought_ms > AGAIN_MS;
	if (due) {
		d->sought = true;
		d->sought_ms = now;
	}
	monitor_leave(&d->monitor);
	return due;
}
