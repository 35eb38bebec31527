/* A change of one file in pieces that can be shown and put back one by one. */
#ifndef FRIDAY_CORE_HUNKS_H
#define FRIDAY_CORE_HUNKS_H

#include "base/json_writer.h"
#include "tools/diff.h"

struct hunk {
	size_t first, last; /* runs of the script, both counted in */
	/* Lines, context included; from 0. */
	size_t a, n_a, b, n_b;
	size_t from_a, from_b; /* context lines before, taken of run first */
};

struct hunks {
	struct text_lines a, b;
	struct diff_script script;
	struct hunk *items;
	size_t n;
	size_t insertions, deletions;
};

/* Both texts outlive it. Changes with at most twice `context` lines between
 * them are one hunk. */
void hunks_init(struct hunks *h, struct str before, struct str after,
    size_t context);
void hunks_release(struct hunks *h);
#define CLEANUP_HUNKS CLEANUP(hunks_release)
/* An array of {old_start, old_lines, new_start, new_lines, lines: [{kind, old,
 * new, text}]}; kind " ", "-" or "+", numbers from 1. */
void hunks_write(const struct hunks *h, struct json_writer *w);
/* Appends `after` with hunk `index` as it was in `before`. */
void hunks_revert(const struct hunks *h, size_t index, struct buf *out);

#endif
