/* Rules that were kept for the workspace: answers of "always", and those that
 * a person wrote down with permission.add. They are in the store, by the
 * folder; the agent cannot reach them. */
#ifndef FRIDAY_CORE_REMEMBERED_H
#define FRIDAY_CORE_REMEMBERED_H

#include "core/host.h"
#include "core/rules.h"

/* Thread: any, with a worker of its own. Errors: of the store. */
int remembered_add(struct worker *w, const struct policy_rule *rule,
    struct error *err);
/* Adds them to the list, in the order in which they were kept. */
int remembered_load(struct worker *w, struct rule_list *list,
    struct error *err);
/* Forgets the one at index; *ret is what it was. Errors: ERR_NOT_FOUND. */
int remembered_remove(struct worker *w, size_t index, struct policy_rule *ret,
    struct error *err);
/* Writes the array of them: [{"tool","pattern","exact","rule",…}]. */
int remembered_write(struct worker *w, struct json_writer *out,
    struct error *err);

#endif
