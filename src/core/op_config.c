/* Operations on settings: what holds and why, remembered answers, trust. */
#include "base/file.h"
#include "base/mem.h"
#include "core/config_file.h"
#include "core/host_audit.h"
#include "core/host_session.h"
#include "core/operation.h"
#include "core/option_table.h"
#include "core/trust.h"

/* What a form needs to ask for a value. */
static void
write_kind(const struct option_row *row, struct json_writer *w)
{
	static const char *const kinds[] = { [OPTION_STRING] = "string",
		[OPTION_INT] = "integer", [OPTION_NUMBER] = "number",
		[OPTION_BOOL] = "boolean", [OPTION_ENUM] = "enum",
		[OPTION_STRINGS] = "strings", [OPTION_OBJECT] = "object" };

	jw_key_cstr(w, "kind", kinds[row->kind]);
	if (row->values != NULL)
		jw_key_cstr(w, "values", row->values);
	if (row->fallback != NULL)
		jw_key_raw(w, "default", str_from(row->fallback));
	if (row->kind == OPTION_INT || row->kind == OPTION_NUMBER) {
		jw_key(w, "minimum");
		jw_double(w, row->min);
		jw_key(w, "maximum");
		jw_double(w, row->max);
	}
}

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
		write_kind(row, call->out);
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
reload(struct op_call *call, struct error *err)
{
	return host_reload(call->host, err);
}

static const struct option_row *
option_of(struct str key)
{
	for (size_t i = 0; i < option_table_len; i++)
		if (str_eq_c(key, option_table[i].key))
			return &option_table[i];
	return NULL;
}

/* Writes the user's file and takes it in. What the file holds beside the key
 * stays as it is, comments too. */
static int
set(struct op_call *call, struct error *err)
{
	const struct option_row *row = option_of(json_get_str(call->args,
	    "key"));
	const struct json *wanted = json_get(call->args, "value");
	CLEANUP(free_ptr) char *folder = file_config_dir();
	CLEANUP(free_ptr) char *path = folder ?
	    file_join(folder, "config.json") : NULL;
	CLEANUP_BUF struct buf text = BUF_INIT(1 * MIB);
	CLEANUP_BUF struct buf value = BUF_INIT(1 * MIB);
	CLEANUP_BUF struct buf changed = BUF_INIT(1 * MIB);
	CLEANUP_JSON struct json *parsed = NULL;
	enum config_layer layer = LAYER_DEFAULT;
	int rc;

	if (row == NULL)
		return error_set(err, ERR_USAGE, "there is no setting "
		    "\"%.*s\"", STR_ARG(json_get_str(call->args, "key")));
	if (path == NULL)
		return error_set(err, ERR_USAGE,
		    "no home folder: set HOME or XDG_CONFIG_HOME");
	if (wanted != NULL && !json_is(wanted, JSON_NULL))
		json_print(wanted, &value);
	rc = file_exists(path) ? file_read(path, &text, err) : 0;
	if (rc == 0)
		rc = config_parse(buf_str(&text), path, &parsed, err);
	if (rc == 0)
		rc = config_edit(buf_str(&text), row->key, buf_str(&value),
		    &changed, err);
	json_destroy(steal(parsed));
	if (rc == 0)
		rc = config_parse(buf_str(&changed), path, &parsed, err);
	if (rc == 0)
		rc = host_audit_note_setting(call->host, "setting",
		    str_from(row->key), buf_str(&value), err);
	if (rc == 0)
		rc = file_make_dirs(folder, err);
	if (rc == 0)
		rc = file_write_atomic(path, buf_str(&changed), 0600, err);
	if (rc == 0)
		rc = host_reload(call->host, err);
	if (rc != 0)
		return rc;
	config_get(call->host->config, row->key, &layer);
	jw_key_cstr(call->out, "file", path);
	jw_key(call->out, "value");
	jw_json(call->out, config_get(call->host->config, row->key, NULL));
	/* Another layer than the user's: what was set does not count here. */
	jw_key_cstr(call->out, "source", config_layer_name(layer));
	return 0;
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
	OPERATION("config.reload", "write",
	    "Read the settings again, for sessions that are opened from now "
	    "on", ARGS_NONE, reload),
	OPERATION("config.set", "admin",
	    "Write a setting into the user's config.json; null removes it",
	    ARGS_WITH("\"key\"", "\"key\":{\"type\":\"string\"},\"value\":{}"),
	    set),
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
