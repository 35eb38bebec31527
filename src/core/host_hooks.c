/* Hooks and commands after edits; see host_hooks.h. */
#include "core/host_hooks.h"

#include "base/json_schema.h"
#include "base/mem.h"
#include "safety/wildmatch.h"

enum { HOOKS_MAX = 100, EDIT_COMMANDS_MAX = 100 };

static const char schema[] =
    "{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":"
    "[\"command\"],\"properties\":{\"command\":{\"type\":\"string\","
    "\"minLength\":1},\"tool\":{\"type\":\"string\",\"minLength\":1},"
    "\"seconds\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":3600},"
    "\"sandbox\":{\"type\":\"boolean\"}},\"additionalProperties\":false}}";

static bool
event_by_name(struct str name, enum hook_event *ret)
{
	for (int i = 0; i < HOOK_EVENTS; i++) {
		if (str_eq_c(name, hook_event_name((enum hook_event)i))) {
			*ret = (enum hook_event)i;
			return true;
		}
	}
	return false;
}

static void
add_hook(struct hook_list *list, enum hook_event event,
    const struct json *item)
{
	struct str tool = json_get_str(item, "tool");

	list->hooks = mem_resize(list->hooks, list->n + 1,
	    sizeof(*list->hooks));
	list->hooks[list->n++] = (struct hook){ .event = event,
		.command = str_dup(json_get_str(item, "command")),
		.tool = tool.len > 0 ? str_dup(tool) : mem_strdup("*"),
		.timeout_ms = (int)json_get_int(item, "seconds",
		    HOOK_TIMEOUT_MS / 1000) * 1000,
		.sandbox = json_get_bool(item, "sandbox", false) };
}

static int
add_layer(struct hook_list *list, const struct json *events,
    const struct json *shape, const char *layer, struct error *err)
{
	for (const struct json *e = json_first(events); e != NULL;
	    e = json_next(e)) {
		struct json_schema_fault fault;
		enum hook_event event;

		if (!event_by_name(json_key(e), &event))
			return error_set(err, ERR_CONFIG_INVALID,
			    "hooks: there is no event \"%.*s\"; there are "
			    "before_tool, after_tool, prompt, stop and "
			    "session_start", STR_ARG(json_key(e)));
		if (json_schema_check(shape, e, &fault, NULL) != 0)
			return error_set(err, ERR_CONFIG_INVALID,
			    "hooks.%s%s %s (%s)", hook_event_name(event),
			    fault.path, fault.reason, layer);
		for (const struct json *i = json_first(e); i != NULL;
		    i = json_next(i)) {
			if (list->n == HOOKS_MAX)
				return error_set(err, ERR_CONFIG_INVALID,
				    "more than %d hooks", HOOKS_MAX);
			add_hook(list, event, i);
		}
	}
	return 0;
}

int
hook_list_from_config(const struct config *c, struct hook_list *ret,
    struct error *err)
{
	CLEANUP_JSON struct json *shape = NULL;
	int rc = json_parse(str_from(schema), NULL, &shape, err);

	for (int layer = 0; rc == 0 && layer < LAYER_COUNT; layer++)
		rc = add_layer(ret, config_layer_get(c,
		    (enum config_layer)layer, "hooks"), shape,
		    config_layer_name((enum config_layer)layer), err);
	return rc;
}

void
hook_list_release(struct hook_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		free(list->hooks[i].command);
		free(list->hooks[i].tool);
	}
	free(list->hooks);
	*list = (struct hook_list){ .n = 0 };
}

static int
load_commands(const struct config *c, const char *key,
    struct edit_command **ret, size_t *ret_n, struct error *err)
{
	const struct json *rows = config_get(c, key, NULL);
	struct edit_command *list = mem_alloc(json_count(rows) + 1,
	    sizeof(*list));

	*ret = list;
	*ret_n = 0;
	for (const struct json *i = json_first(rows); i; i = json_next(i)) {
		CLEANUP_WILDMATCH struct wildmatch_set set = { .n = 0 };

		if (!json_is(i, JSON_STRING) || json_str(i).len == 0 ||
		    wildmatch_set_init(&set, json_key(i), NULL) != 0)
			return error_set(err, ERR_CONFIG_INVALID,
			    "%s: \"%.*s\" needs a command, as text", key,
			    STR_ARG(json_key(i)));
		if (*ret_n == EDIT_COMMANDS_MAX)
			return error_set(err, ERR_CONFIG_INVALID,
			    "%s: more than %d rows", key, EDIT_COMMANDS_MAX);
		list[(*ret_n)++] = (struct edit_command){
			str_dup(json_key(i)), str_dup(json_str(i)) };
	}
	return 0;
}

int
edit_commands_from_config(const struct config *c, struct edit_commands *ret,
    struct error *err)
{
	int rc;

	ret->format_timeout_ms =
	    (int)config_int(c, "edit.format_seconds") * 1000;
	ret->test_timeout_ms = (int)config_int(c, "edit.test_seconds") * 1000;
	rc = load_commands(c, "edit.format", &ret->format, &ret->n_format,
	    err);
	if (rc == 0)
		rc = load_commands(c, "edit.test", &ret->test, &ret->n_test,
		    err);
	return rc;
}

static void
free_commands(struct edit_command *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(list[i].pattern);
		free(list[i].command);
	}
	free(list);
}

void
edit_commands_release(struct edit_commands *c)
{
	free_commands(c->format, c->n_format);
	free_commands(c->test, c->n_test);
	*c = (struct edit_commands){ .n_format = 0 };
}
