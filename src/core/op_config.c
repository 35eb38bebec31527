/* Operations on settings: what holds and why, remembered answers, trust. */
#include "base/mem.h"
#include "core/host_session.h"
#include "core/operation.h"
#include "core/option_table.h"
#include "core/trust.h"

static int
show(struct op_call *call, struct error *err)
{
	const struct config *c = call->host->config;

	jw_key(call->out, "settings");
	jw_array(call->out);
	for (size_t i = 0; i < option_table_len; i++) {
		const struct option_row *row = &option_table[i];
		enum config_layer layer = LAYER_DEFAULT;
		const struct json *value = config_get(c, row->key, &layer);

		jw_object(call->out);
		jw_key_cstr(call->out, "key", row->key);
		jw_key(call->out, "value");
		jw_json(call->out, value);
		jw_key_cstr(call->out, "source",
		    value ? config_layer_name(layer) : "unset");
		jw_key_cstr(call->out, "summary", row->summary);
		if (row->env != NULL)
			jw_key_cstr(call->out, "env", row->env);
		if (row->flag != NULL)
			jw_key_cstr(call->out, "flag", row->flag);
		jw_end(call->out);
	}
	jw_end(call->out);
	if (config_ignored(c)[0] != '\0')
		jw_key_cstr(call->out, "ignored", config_ignored(c));
	return 0;
}

static int
schema(struct op_call *call, struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(1 * MIB);

	option_schema_print(&text);
	jw_key_raw(call->out, "schema", buf_str(&text));
	return 0;
}

static int
permissions(struct op_call *call, struct error *err)
{
	CLEANUP_JSON struct json *rules = NULL;
	int rc = host_remembered(call->worker, &rules, err);

	if (rc != 0)
		return rc;
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
	jw_key(call->out, "remembered");
	jw_json(call->out, rules);
	return 0;
}

static int
permission_remove(struct op_call *call, struct error *err)
{
	int64_t wanted = json_get_int(call->args, "index", -1), index = 0;
	CLEANUP_JSON struct json *rules = NULL;
	CLEANUP_JSON struct json *kept = json_new_array();
	int rc = host_remembered(call->worker, &rules, err);

	if (rc != 0)
		return rc;
	if (wanted >= (int64_t)json_count(rules))
		return error_set(err, ERR_NOT_FOUND,
		    "there is no remembered answer %lld", (long long)wanted);
	for (const struct json *i = json_first(rules); i; i = json_next(i))
		if (index++ != wanted)
			json_add(kept, json_copy(i));
	return host_set_remembered(call->host, kept, err);
}

static int
trust_get(struct op_call *call, struct error *err)
{
	const struct friday *f = call->host;
	enum trust_answer answer = trust_of_folder(call->worker);
	const char *foreign;

	jw_key_bool(call->out, "trusted", answer == TRUST_YES);
	jw_key_bool(call->out, "answered", answer != TRUST_NOT_ASKED);
	jw_key_cstr(call->out, "file", config_project_file(f->config));
	jw_key_cstr(call->out, "ignored", config_ignored(f->config));
	jw_key(call->out, "foreign");
	jw_array(call->out);
	for (size_t i = 0; (foreign = trust_foreign_at(f, i)) != NULL; i++)
		jw_cstr(call->out, foreign);
	jw_end(call->out);
	return 0;
}

/* Takes effect when friday is opened the next time: a session keeps the
 * settings with which it began. */
static int
trust_set(struct op_call *call, struct error *err)
{
	return trust_set_folder(call->worker,
	    json_get_bool(call->args, "trusted", false), err);
}

const struct operation op_config_rows[] = {
	OPERATION("config.show", "read",
	    "Every setting with its value and where it comes from", ARGS_NONE,
	    show),
	OPERATION("config.schema", "read", "JSON Schema of config.json",
	    ARGS_NONE, schema),
	OPERATION("permission.list", "read",
	    "Rules of the configuration and remembered answers", ARGS_NONE,
	    permissions),
	OPERATION("permission.remove", "admin", "Forget a remembered answer",
	    "{\"type\":\"object\",\"required\":[\"index\"],\"properties\":"
	    "{\"index\":{\"type\":\"integer\",\"minimum\":0}},"
	    "\"additionalProperties\":false}",
	    permission_remove),
	OPERATION("trust.get", "read",
	    "Whether the folder's own settings and commands are trusted",
	    ARGS_NONE,
	    trust_get),
	OPERATION("trust.set", "admin",
	    "Trust the folder's settings as they are now, or no longer",
	    "{\"type\":\"object\",\"required\":[\"trusted\"],\"properties\":"
	    "{\"trusted\":{\"type\":\"boolean\"}},\"additionalProperties\":"
	    "false}",
	    trust_set),
	{ .face = { .name = NULL } },
};
