/* User commands: Markdown files whose name is the command's, in
 * .friday/commands of the repository and commands of the configuration
 * folder; once the folder is trusted also .claude/commands,
 * .opencode/command(s) and codex' prompts. Sub-folders make names with ':'.
 * `/init` is built in. */
#ifndef FRIDAY_AGENT_COMMANDS_H
#define FRIDAY_AGENT_COMMANDS_H

#include "base/buf.h"

struct agent_opts;

struct user_command {
	const char *name; /* without the slash */
	const char *description;
	const char *argument_hint; /* "" where none */
	const char *path;	   /* NULL: built in */
};

/* Calls fn for each, the first of a name counts; what it gets dies when it
 * returns. */
void commands_list(const struct agent_opts *opts,
    void (*fn)(const struct user_command *command, void *ctx), void *ctx);
/* Whether text is "/NAME …" of a command; appends what the model gets:
 * $ARGUMENTS is all that follows, $1 to $9 are its words (quotes hold words
 * together); without any of these the arguments stand at the end. */
bool commands_expand(const struct agent_opts *opts, struct str text,
    struct buf *out);

#endif
