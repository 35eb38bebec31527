/* The index of the repository around the host's folder: where it is, and a
 * reader of it that is kept between questions.
 *
 * Thread: the slow worker's own. */
#ifndef FRIDAY_CORE_HOST_INDEX_H
#define FRIDAY_CORE_HOST_INDEX_H

#include "core/host.h"
#include "index/reader.h"
#include "index/update.h"

struct host_index;
void host_index_destroy(struct host_index *x);

/* Top of the repository, or the host's folder where there is none. Errors:
 * ERR_NOT_FOUND (no home folder for caches), ERR_IO. */
int host_index_root(struct friday *f, const char **ret, struct error *err);
/* Brings it up to date; made if it is missing. */
int host_index_update(struct friday *f, struct index_update_stats *ret,
    struct error *err);
/* The reader; valid until the next update. Errors: ERR_NOT_FOUND. */
int host_index_reader(struct friday *f, struct index_reader **ret,
    struct error *err);
/* Removes the database. ERR_NOT_FOUND: there is none. */
int host_index_drop(struct friday *f, struct error *err);

#endif
