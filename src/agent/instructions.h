/* Project instructions: AGENTS.md of the user's configuration folder, then
 * those from the repository's root down to the current folder; CLAUDE.md
 * where there is no AGENTS.md. */
#ifndef FRIDAY_AGENT_INSTRUCTIONS_H
#define FRIDAY_AGENT_INSTRUCTIONS_H

#include <stdbool.h>

#include "base/buf.h"

/* The rest of a file is cut, which is said. */
#define INSTRUCTIONS_FILE_MAX (32 * KIB)

/* Appends each file as <instructions path="…">text</instructions>. Files that
 * cannot be read, or that a link leads out of the repository, are left out.
 * config_dir may be NULL. */
void instructions_read(const char *config_dir, const char *cwd,
    struct buf *out);
/* Calls fn with each place where such a file is looked for: the name that is
 * there, else AGENTS.md with exists false. */
void instructions_list(const char *config_dir, const char *cwd,
    void (*fn)(const char *path, bool exists, void *ctx), void *ctx);
/* The folder with .git at or above cwd; cwd itself where there is none. New
 * string. */
char *instructions_root(const char *cwd);

#endif
