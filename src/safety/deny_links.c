/* Other names of a file; see deny_links.h. */
#include "safety/deny_links.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/map.h"

enum { INODES_MAX = 100000, AGAIN_MS = 30 * 1000 };
enum { TICK_MS = 20 }; /* a file system's clock is behind by that much */

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

	if (!S_ISREG(st->st_mode))
		return;
	inode_key(st, key);
	monitor_enter(&d->monitor);
	if (map_count(d->inodes) < INODES_MAX)
		map_set(d->inodes, str_from(key), d);
	monitor_leave(&d->monitor);
}

/* Making a name changes the inode, so a file that has not changed since a walk
 * began has no name that was not there then. Inside the monitor. */
static bool
is_due(const struct deny_links *d, const struct stat *st)
{
	int64_t changed_ms = st->st_ctim.tv_sec * INT64_C(1000) +
	    st->st_ctim.tv_nsec / 1000000;

	return !d->sought || clock_now_ms() - d->sought_ms > AGAIN_MS ||
	    changed_ms + TICK_MS >= d->sought_wall_ms;
}

bool
deny_links_seek(struct deny_links *d, const struct stat *st,
    void (*walk)(void *ctx), void *ctx)
{
	char key[64];
	bool known;

	if (!S_ISREG(st->st_mode) || st->st_nlink < 2)
		return false;
	inode_key(st, key);
	monitor_enter(&d->monitor);
	/* What is not known yet may be known at the end of a walk. */
	while (!map_has(d->inodes, str_from(key)) && d->walking)
		monitor_wait(&d->monitor, 0);
	known = map_has(d->inodes, str_from(key));
	if (!known && is_due(d, st)) {
		d->walking = d->sought = true;
		d->sought_ms = clock_now_ms();
		d->sought_wall_ms = clock_wall_ms();
		monitor_leave(&d->monitor);
		walk(ctx);
		monitor_enter(&d->monitor);
		d->walking = false;
		monitor_wake(&d->monitor);
		known = map_has(d->inodes, str_from(key));
	}
	monitor_leave(&d->monitor);
	return known;
}
