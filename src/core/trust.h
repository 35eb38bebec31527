/* Trust: what a folder brings along (its own settings, commands and skills of
 * other assistants) counts in full only once the user has said so. The answer
 * is kept: for a project's settings under their content's hash, so that a
 * change asks again; for a folder without settings under its path. */
#ifndef FRIDAY_CORE_TRUST_H
#define FRIDAY_CORE_TRUST_H

#include "core/host.h"

enum trust_answer { TRUST_NOT_ASKED, TRUST_NO, TRUST_YES };

/* The answer kept for this hash. */
enum trust_answer trust_of_hash(struct worker *w, const char *hash);
/* For the workspace. */
enum trust_answer trust_of_folder(struct worker *w);
int trust_set_folder(struct worker *w, bool trusted, struct error *err);
/* Folders of other assistants that the workspace has: ".claude/commands". NULL
 * past the last; index counts those that are there. */
const char *trust_foreign_at(const struct friday *f, size_t index);

#endif
