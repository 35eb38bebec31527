/* Operations on tools: listing them, running one by hand, applying a reply. */
#include "base/clock.h"
#include "base/mem.h"
#include "core/host_audit.h"
#include "core/rules.h"
#include "tools/tool_run.h"
#include "tools/workspace.h"

static void
write_tool(const struct tool *tool, struct json_writer *w)
{
	static const struct {
		unsigned effect;
		const char *name;
	} names[] = {
		{ EFFECT_READS_FILES, "reads_files" },
		{ EFFECT_WRITES_FILES, "writes_files" },
		{ EFFECT_RUNS_COMMANDS, "runs_commands" },
		{ EFFECT_NETWORK, "network" },
		{ EFFECT_ASKS_USER, "asks_user" },
		{ EFFECT_SESSION, "session" },
		{ EFFECT_WRITES_GIT, "writes_git" },
	};

	jw_object(w);
	jw_key_cstr(w, "name", tool->name);
	jw_key_cstr(w, "summary", tool->summary);
	jw_key_cstr(w, "description", tool->description);
	jw_key_raw(w, "schema", str_from(tool->schema));
	jw_key(w, "effects");
	jw_array(w);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (tool->effects & names[i].effect)
			jw_cstr(w, names[i].name);
	jw_end(w);
	jw_key_int(w, "output_max", (int64_t)tool->output_max);
	jw_key_int(w, "timeout_ms", tool->timeout_ms);
	jw_key_bool(w, "deferred", tool->deferred);
	jw_end(w);
}

static int
list(struct op_call *call, struct error *err)
{
	const struct tool_registry *registry = call->host->registry;

	jw_key(call->out, "tools");
	jw_array(call->out);
	for (size_t i = 0; i < tool_registry_count(registry); i++)
		write_tool(tool_registry_at(registry, i), call->out);
	jw_end(call->out);
	return 0;
}

/* A tool run by hand was typed by the person who would be asked. */
static int
approve(const struct approval_request *request, struct approval_answer *ret,
    void *ctx, struct error *err)
{
	/* A script may call this as well: what is on the deny list stays
	 * there, the person has the file at hand. */
	ret->decision = strcmp(request->kind, APPROVAL_SECRET) == 0 ?
	    APPROVE_NO : APPROVE_ONCE;
	return 0;
}

struct by_hand {
	struct friday *host;
	char call_id[ID_SIZE + 8];
	struct workspace *workspace;
	struct rule_list rules;
	struct policy policy;
	struct tool_env env;
	struct tool_door door;
};

static int
open_workspace(struct friday *f, struct by_hand *h, struct error *err)
{
	const struct json *dirs = config_get(f->config, "add_dirs", NULL);
	struct workspace_opts opts = { .deny = f->deny };
	const char **roots = mem_alloc(json_count(dirs) + 1, sizeof(*roots));
	int rc;

	roots[opts.n_roots++] = f->folder;
	for (const struct json *d = json_first(dirs); d; d = json_next(d))
		roots[opts.n_roots++] = json_str(d).ptr;
	opts.roots = roots;
	rc = workspace_create(&opts, &h->workspace, err);
	free(roots);
	return rc;
}

/* --- the record ---------------------------------------------------------- */

/* What only reads files is left out: the person could have read them with any
 * program. */
static bool
is_recorded(const struct tool *tool)
{
	return tool != NULL && (tool->effects & ~EFFECT_READS_FILES) != 0;
}

static void
begin_body(const struct by_hand *h, struct json_writer *w)
{
	jw_object(w);
	jw_key_cstr(w, "call_id", h->call_id);
	jw_key_cstr(w, "by", "user");
	jw_key_cstr(w, "cwd", h->host->folder);
}

static int
note_call(const char *call_id, const struct tool *tool,
    const struct json *args, void *ctx, struct error *err)
{
	struct by_hand *h = ctx;
	CLEANUP_BUF struct buf body = BUF_INIT(64 * KIB);
	CLEANUP_BUF struct buf text = BUF_INIT(64 * MIB);
	struct json_writer w = JSON_WRITER(&body);
	char hash[HASH_SIZE];

	if (!is_recorded(tool))
		return 0;
	json_print(args, &text);
	hash_blake2b(buf_str(&text), hash);
	begin_body(h, &w);
	jw_key_cstr(&w, "arguments_hash", hash);
	jw_end(&w);
	return host_audit_note(h->host, "tool.call", "tool",
	    str_from(tool->name), buf_str(&body), err);
}

static int
note_target(const char *call_id, const char *host, unsigned port, void *ctx,
    struct error *err)
{
	struct by_hand *h = ctx;
	CLEANUP_BUF struct buf body = BUF_INIT(64 * KIB);
	CLEANUP_BUF struct buf id = BUF_INIT(KIB);
	struct json_writer w = JSON_WRITER(&body);

	begin_body(h, &w);
	jw_key_cstr(&w, "purpose", "tool");
	jw_end(&w);
	buf_printf(&id, "%s:%u", host, port);
	return host_audit_note(h->host, "network.connect", "host",
	    buf_str(&id), buf_str(&body), err);
}

/* The call has been made: a record that cannot be written now is an error of
 * its own. */
static int
note_result(struct by_hand *h, const struct tool *tool,
    const struct tool_result *r, struct error *err)
{
	CLEANUP_BUF struct buf body = BUF_INIT(64 * KIB);
	struct json_writer w = JSON_WRITER(&body);
	char hash[HASH_SIZE];

	if (!is_recorded(tool))
		return 0;
	begin_body(h, &w);
	jw_key_bool(&w, "ok", r->ok);
	if (!r->ok)
		jw_key_cstr(&w, "error_code", error_name(r->error.code));
	jw_key(&w, "files");
	jw_array(&w);
	for (size_t i = 0; i < r->n_files && body.len < 32 * KIB; i++)
		jw_cstr(&w, r->files[i]);
	jw_end(&w);
	hash_blake2b(buf_str(&r->text), hash);
	jw_key_cstr(&w, "result_hash", hash);
	hash_blake2b(buf_str(&r->diff), hash);
	jw_key_cstr(&w, "diff_hash", hash);
	jw_end(&w);
	return host_audit_note(h->host, "tool.result", "tool",
	    str_from(tool->name), buf_str(&body), err);
}

static int
call_tool(struct by_hand *h, struct str name, struct str args,
    struct tool_result *ret, struct error *err)
{
	tool_run(&h->door, h->call_id, name, args, ret);
	return note_result(h, tool_registry_find(h->door.registry, name), ret,
	    err);
}

static int
by_hand_init(struct friday *f, struct by_hand *h, struct error *err)
{
	int rc;

	*h = (struct by_hand){ .host = f, .policy.mode = MODE_ASK };
	memcpy(h->call_id, "hand-", 5);
	id_make(h->call_id + 5);
	rc = rule_list_from_config(f->config, &h->rules, err);
	h->policy.rules = h->rules.rules;
	h->policy.n_rules = h->rules.n;
	if (rc == 0 &&
	    !policy_mode_by_name(config_str(f->config, "mode"),
		&h->policy.mode))
		rc = error_set(err, ERR_USAGE, "there is no such mode");
	if (rc == 0)
		rc = open_workspace(f, h, err);
	h->env = (struct tool_env){ .workspace = h->workspace,
		.index = f->index, .launcher = f->launcher,
		.registry = f->registry,
		.by_hand = true,
		.fetch_allow_private = config_bool(f->config,
		    "fetch.allow_private"),
		.shell = config_cstr(f->config, "shell") };
	h->door = (struct tool_door){ .registry = f->registry, .env = &h->env,
		.policy = &h->policy, .ask = approve,
		.started = note_call, .target = note_target, .ctx = h,
		.cancel = &f->hand_cancel };
	/* Killed for good: friday is being closed. */
	if (cancel_step(&f->hand_cancel) != CANCEL_KILL)
		cancel_reset(&f->hand_cancel);
	return rc;
}

static void
by_hand_release(struct by_hand *h)
{
	workspace_destroy(h->workspace);
	rule_list_release(&h->rules);
}

static void
write_result(const struct tool_result *r, int64_t started_us,
    struct json_writer *w)
{
	jw_key_bool(w, "ok", r->ok);
	jw_key_str(w, "result", buf_str(&r->text));
	if (!r->ok) {
		jw_key(w, "error");
		jw_object(w);
		error_write_fields(&r->error, w);
		jw_end(w);
	}
	jw_key(w, "files");
	jw_array(w);
	for (size_t i = 0; i < r->n_files; i++)
		jw_cstr(w, r->files[i]);
	jw_end(w);
	if (r->diff.len > 0)
		jw_key_str(w, "diff", buf_str(&r->diff));
	jw_key_int(w, "duration_us", clock_now_us() - started_us);
}

static int
run(struct op_call *call, struct error *err)
{
	struct str name = json_get_str(call->args, "name");
	struct str raw = json_get_str(call->args, "arguments_text");
	CLEANUP_BUF struct buf args = BUF_INIT(64 * MIB);
	int64_t started_us = clock_now_us();
	struct tool_result result;
	struct by_hand h;
	int rc;

	if (tool_registry_find(call->host->registry, name) == NULL)
		return error_set(err, ERR_TOOL_UNKNOWN,
		    "there is no tool \"%.*s\"; see friday tool list",
		    STR_ARG(name));
	if (raw.ptr != NULL)
		buf_add_str(&args, raw);
	else if (json_get(call->args, "arguments") != NULL)
		json_print(json_get(call->args, "arguments"), &args);
	rc = by_hand_init(call->host, &h, err);
	if (rc == 0) {
		rc = call_tool(&h, name, buf_str(&args), &result, err);
		write_result(&result, started_us, call->out);
		tool_result_release(&result);
	}
	by_hand_release(&h);
	return rc;
}

static int
cancel(struct op_call *call, struct error *err)
{
	cancel_raise(&call->host->hand_cancel, CANCEL_STOP);
	return 0;
}

/* The file with one line more, as a list item. */
static int
with_note(const struct workspace *w, const char *file, struct str note,
    struct buf *out, struct error *err)
{
	int rc = workspace_read(w, str_from(file), out, NULL, err);

	if (rc == -ERR_NOT_FOUND)
		rc = 0;
	if (rc != 0)
		return rc;
	if (out->len > 0 && out->ptr[out->len - 1] != '\n')
		buf_add_char(out, '\n');
	buf_printf(out, "- %.*s\n", STR_ARG(note));
	return buf_check(out, err);
}

/* Goes through the door like any other change of a file. */
static int
note(struct op_call *call, struct error *err)
{
	static const char file[] = "AGENTS.md";
	struct str text = str_trim(json_get_str(call->args, "text"));
	CLEANUP_BUF struct buf content = BUF_INIT(4 * MIB);
	CLEANUP_BUF struct buf args = BUF_INIT(32 * MIB);
	struct json_writer w = JSON_WRITER(&args);
	struct tool_result result;
	struct by_hand h;
	int rc;

	if (text.len == 0)
		return error_set(err, ERR_USAGE, "the note is empty");
	rc = by_hand_init(call->host, &h, err);
	if (rc == 0)
		rc = with_note(h.workspace, file, text, &content, err);
	if (rc == 0) {
		jw_object(&w);
		jw_key_cstr(&w, "path", file);
		jw_key_str(&w, "content", buf_str(&content));
		jw_end(&w);
		rc = call_tool(&h, STR("write"), buf_str(&args), &result,
		    err);
		if (rc == 0 && !result.ok) {
			*err = result.error;
			rc = -(int)result.error.code;
		}
		tool_result_release(&result);
	}
	if (rc == 0)
		jw_key_cstr(call->out, "file", file);
	by_hand_release(&h);
	return rc;
}

const struct operation op_tool_rows[] = {
	OPERATION("tool.list", "read", "Every tool with its schema",
	    ARGS_NONE, list),
	OPERATION_HAND("tool.run", "write",
	    "Run a tool by hand, as the agent would",
	    "{\"type\":\"object\",\"required\":[\"name\"],\"properties\":{"
	    "\"name\":{\"type\":\"string\"},\"arguments\":{\"type\":"
	    "\"object\"},\"arguments_text\":{\"type\":\"string\"}},"
	    "\"additionalProperties\":false}",
	    run),
	OPERATION("tool.cancel", "write",
	    "Stop the tool that was started by tool.run", ARGS_NONE, cancel),
	OPERATION_HAND("note.add", "write",
	    "Add a line to the folder's AGENTS.md",
	    ARGS_WITH("\"text\"", "\"text\":{\"type\":\"string\"}"), note),
	{ .face = { .name = NULL } },
};
