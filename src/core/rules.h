/* The permission rules of the configuration: those of all layers add up. */
#ifndef FRIDAY_CORE_RULES_H
#define FRIDAY_CORE_RULES_H

#include "core/config.h"
#include "safety/policy.h"

struct rule_list {
	struct policy_rule *rules; /* free() */
	size_t n;
};

void rule_list_add(struct rule_list *list, const struct policy_rule *rule);
void rule_list_release(struct rule_list *list);
/* Errors: ERR_CONFIG_INVALID. */
int rule_list_from_config(const struct config *c, struct rule_list *list,
    struct error *err);

#endif
