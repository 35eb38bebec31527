/* Operations on permissions: the rules of the configuration, those kept for
 * the folder, and those of an open session. What changes here counts in open
 * sessions at once, from their next call on. */
#include "base/mem.h"
#include "core/host_session.h"
#include "core/operation.h"
#include "core/remembered.h"

static void
write_rule(struct json_writer *out, const struct policy_rule *rule)
{
	char text[640];

	policy_rule_print(rule, text);
	jw_object(out);
	jw_key_cstr(out, "rule", text);
	jw_key_bool(out, "exact", rule->exact);
	jw_end(out);
}

static void
write_configured(struct op_call *call)
{
	jw_key(call->out, "configured");
	jw_array(call->out);
	for (int layer = 0; layer < LAYER_COUNT; layer++) {
		const struct json *list = config_layer_get(call->host->config,
		    (enum config_layer)layer, "permissions");

		for (const struct json *i = json_first(list); i;
		    i = json_next(i)) {
			jw_object(call->out);
			jw_key_str(call->out, "rule", json_str(i));
			jw_key_cstr(call->out, "source",
			    config_layer_name((enum config_layer)layer));
			jw_end(call->out);
		}
	}
	jw_end(call->out);
}

/* The rules of "for this session", in the order in which they came. */
static int
session_rules(struct op_call *call, struct session **ret,
    struct policy_rule **ret_rules, size_t *ret_n, struct error *err)
{
	int rc = host_session_find(call->host,
	    json_get_str(call->args, "session"), ret, err);

	if (rc == 0)
		*ret_n = session_own_rules(*ret, ret_rules);
	return rc;
}

static int
list(struct op_call *call, struct error *err)
{
	CLEANUP(free_ptr) struct policy_rule *rules = NULL;
	struct session *s;
	size_t n = 0;
	int rc = 0;

	if (json_get(call->args, "session") != NULL)
		rc = session_rules(call, &s, &rules, &n, err);
	if (rc != 0)
		return rc;
	write_configured(call);
	jw_key(call->out, "remembered");
	rc = remembered_write(call->worker, call->out, err);
	if (rc != 0)
		return rc;
	jw_key(call->out, "session");
	jw_array(call->out);
	for (size_t i = 0; i < n; i++)
		write_rule(call->out, &rules[i]);
	jw_end(call->out);
	return 0;
}

static void
add_to(struct session *s, const void *ctx)
{
	session_add_rule(s, ctx);
}

static void
remove_from(struct session *s, const void *ctx)
{
	session_remove_rule(s, ctx);
}

static int
add(struct op_call *call, struct error *err)
{
	struct policy_rule rule;
	char text[640];
	int rc = policy_rule_parse(json_get_str(call->args, "rule"),
	    "remembered", &rule, err);

	if (rc == 0)
		rc = remembered_add(call->worker, &rule, err);
	if (rc != 0)
		return rc;
	host_sessions_each(call->host, add_to, &rule);
	policy_rule_print(&rule, text);
	jw_key_cstr(call->out, "rule", text);
	return 0;
}

static int
remove_rule(struct op_call *call, struct error *err)
{
	CLEANUP(free_ptr) struct policy_rule *rules = NULL;
	size_t index = (size_t)json_get_int(call->args, "index", 0), n = 0;
	struct policy_rule rule;
	struct session *s;
	char text[640];
	int rc;

	if (json_get(call->args, "session") == NULL) {
		rc = remembered_remove(call->worker, index, &rule, err);
		if (rc != 0)
			return rc;
		host_sessions_each(call->host, remove_from, &rule);
	} else {
		rc = session_rules(call, &s, &rules, &n, err);
		if (rc != 0)
			return rc;
		if (index >= n)
			return error_set(err, ERR_NOT_FOUND,
			    "there is no rule %zu of this session", index + 1);
		rule = rules[index];
		session_remove_rule(s, &rule);
	}
	policy_rule_print(&rule, text);
	jw_key_cstr(call->out, "rule", text);
	return 0;
}

const struct operation op_permission_rows[] = {
	OPERATION("permission.list", "read",
	    "Rules of the configuration, remembered answers, and with session "
	    "those that hold for it alone",
	    ARGS("\"session\":{\"type\":\"string\"}"), list),
	OPERATION("permission.add", "admin",
	    "Keep a rule for this folder: \"allow|ask|deny TOOL(PATTERN)\"",
	    ARGS_WITH("\"rule\"", "\"rule\":{\"type\":\"string\"}"), add),
	OPERATION("permission.remove", "admin",
	    "Forget a remembered answer, or with session one that holds for "
	    "it alone",
	    ARGS_WITH("\"index\"",
		"\"index\":{\"type\":\"integer\",\"minimum\":0},"
		"\"session\":{\"type\":\"string\"}"),
	    remove_rule),
	{ .face = { .name = NULL } },
};
