/* What the user wants run after files were edited: a formatter for each file,
 * tests once. They are the user's own commands (`edit.format`, `edit.test`),
 * run in the sandbox, their changes recorded for undo, and what they say goes
 * to the model behind the result of its edit. */
#ifndef FRIDAY_TOOLS_AFTER_EDIT_H
#define FRIDAY_TOOLS_AFTER_EDIT_H

#include <stddef.h>

struct tool_call;
struct tool_result;

struct edit_command {
	char *pattern; /* of paths, as wildmatch_set_fits() takes them */
	char *command; /* for sh -c; {file} is the file's path */
};

struct edit_commands {
	struct edit_command *format, *test;
	size_t n_format, n_test;
	int format_timeout_ms, test_timeout_ms; /* of one command */
};

/* After a call that changed result->files. Appends to result->text; no failure
 * here makes the edit fail. */
void after_edit_run(const struct tool_call *call,
    const struct edit_commands *commands, struct tool_result *result);

#endif
