/* Change sets as undo points: between the check that nobody touched the files
 * and the first rename, what they hold and what they will hold is recorded
 * (undo/tracker.h). Where nothing records, this does nothing. */
#ifndef FRIDAY_TOOLS_CHANGE_RECORD_H
#define FRIDAY_TOOLS_CHANGE_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct change_set;
struct tracker;
struct tracker_file;

struct change_record {
	struct tracker *tracker; /* NULL: nothing was recorded */
	struct tracker_file *files;
	size_t n;
	int64_t point;
};

/* The set is prepared: temporary files and folders are there. Errors:
 * ERR_NO_SPACE and the store's; then nothing may be changed. End it also after
 * an error. */
int change_record_begin(struct change_set *cs, struct change_record *ret,
    struct error *err);
void change_record_end(struct change_record *r, bool changed);

#endif
