/* What is staged, in a few lines of plain facts: files, lines, and which
 * definitions the new lines are in. Made from git's objects alone. */
#ifndef FRIDAY_CORE_COMMIT_SUMMARY_H
#define FRIDAY_CORE_COMMIT_SUMMARY_H

#include "base/buf.h"
#include "git/repository.h"

struct code_index;

/* Appends it; nothing is staged: nothing. index: tells who calls what was
 * changed, as far as there is one; may be NULL. Errors: those of
 * repo_changes_read(). */
int commit_summary(struct repo *r, struct code_index *index, struct buf *out,
    struct error *err);

#endif
