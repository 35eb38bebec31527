/* The user's own programs, out of the configuration: hooks, formatters, tests
 * after edits. */
#ifndef FRIDAY_CORE_HOST_HOOKS_H
#define FRIDAY_CORE_HOST_HOOKS_H

#include "agent/hooks.h"
#include "core/config.h"
#include "tools/after_edit.h"

struct hook_list {
	struct hook *hooks;
	size_t n;
};

/* Those of all layers, the user's first: a project, once it is trusted, adds
 * to them and takes none away. Errors: ERR_CONFIG_INVALID. */
int hook_list_from_config(const struct config *c, struct hook_list *ret,
    struct error *err);
void hook_list_release(struct hook_list *list);
/* edit.format and edit.test. Errors: ERR_CONFIG_INVALID. */
int edit_commands_from_config(const struct config *c,
    struct edit_commands *ret, struct error *err);
void edit_commands_release(struct edit_commands *c);

#endif
