/* Which process holds something, in a form that can be judged after it is
 * gone: its number and start time, within one boot and one process namespace.
 * A number alone is reused; a container counts its own. */
#ifndef FRIDAY_STORE_HOLDER_H
#define FRIDAY_STORE_HOLDER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct db;
struct db_rows;
struct scope;

/* How often a holder gives a sign of life, and after how long without one it
 * is taken for dead where its process cannot be seen. */
#define HOLDER_BEAT_MS 20000
#define HOLDER_STALE_MS 90000

struct holder {
	int64_t pid, started, beat_ms;
	char boot[40], pid_space[40];
};

/* This process, now. */
void holder_self(struct holder *ret);
bool holder_alive(const struct holder *h);
/* Columns pid, started, boot, pid_space, beat_ms from `column` on. */
void holder_read(struct db_rows *rows, int column, struct holder *ret);
/* Makes or renews the row `id` of this process. */
int holder_put(struct db *db, const struct scope *scope, const char *id,
    struct error *err);
/* Removes the row unless something is still held by it. */
int holder_drop(struct db *db, const char *id, struct error *err);

#endif
