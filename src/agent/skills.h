/* Skills: folders with a SKILL.md (front matter name, description; then what
 * to do), in .friday/skills of the repository and the configuration folder;
 * .claude/skills once the folder is trusted. The model sees names and
 * descriptions, and reads a skill when it needs it. */
#ifndef FRIDAY_AGENT_SKILLS_H
#define FRIDAY_AGENT_SKILLS_H

#include "base/buf.h"
#include "base/error.h"

struct agent_opts;

/* Calls fn for each skill, in the order in which they are looked for. */
typedef void skills_list_fn(const char *name, const char *description,
    const char *folder, void *ctx);
void skills_list(const struct agent_opts *opts, skills_list_fn *fn,
    void *ctx);
/* Appends the list as <skills>…</skills>; nothing when there are none. */
void skills_write_list(const struct agent_opts *opts, struct buf *out);
/* Appends the body of the skill with this name. Errors: ERR_NOT_FOUND. */
int skills_read(const struct agent_opts *opts, struct str name,
    struct buf *out, struct error *err);

#endif
