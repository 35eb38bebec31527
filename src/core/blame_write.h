/* Writing shared provenance: blame_notes.h says what a note is. */
#ifndef FRIDAY_CORE_BLAME_WRITE_H
#define FRIDAY_CORE_BLAME_WRITE_H

#include "core/blame_notes.h"
#include "undo/objects.h"

struct scrubber;

struct blame_write_opts {
	struct repo *repo;
	struct store_reader *reader;
	const struct undo_objects *objects;
	struct str revision; /* a commit, or a range */
	bool prompts;	     /* with the first line of each prompt */
	struct scrubber *scrubber; /* for those */
	struct cancel *cancel;
};

struct blame_written {
	size_t commits; /* that were looked at */
	size_t notes;	/* written */
	size_t lines;	/* told of in them */
	bool cut;	/* there were more commits than are looked at */
};

enum { BLAME_COMMITS_MAX = 1000 };

/* Puts a note on each commit that has lines of an agent. What others have
 * noted there stays. Errors: ERR_INVALID (no revision), ERR_GIT, the
 * store's. */
int blame_notes_write(const struct blame_write_opts *opts,
    struct blame_written *ret, struct error *err);

#endif
