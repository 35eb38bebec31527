/* Rules of the configuration; see rules.h. */
#include "core/rules.h"

#include "base/mem.h"

void
rule_list_add(struct rule_list *list, const struct policy_rule *rule)
{
	list->rules = mem_resize(list->rules, list->n + 1,
	    sizeof(*list->rules));
	list->rules[list->n++] = *rule;
}

void
rule_list_release(struct rule_list *list)
{
	free(list->rules);
	*list = (struct rule_list){ 0 };
}

int
rule_list_from_config(const struct config *c, struct rule_list *list,
    struct error *err)
{
	for (int layer = 0; layer < LAYER_COUNT; layer++) {
		const char *source = config_layer_name(
		    (enum config_layer)layer);
		const struct json *texts = config_layer_get(c,
		    (enum config_layer)layer, "permissions");

		for (const struct json *i = json_first(texts); i;
		    i = json_next(i)) {
			struct policy_rule rule;
			int rc = policy_rule_parse(json_str(i), source, &rule,
			    err);

			if (rc != 0)
				return rc;
			rule_list_add(list, &rule);
		}
	}
	return 0;
}
