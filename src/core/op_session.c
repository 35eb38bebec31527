/* Operations on sessions: making, finding, naming, forking, handing out. */
#include "agent/commands.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "core/host_scrub.h"
#include "core/host_session.h"
#include "core/operation.h"
#include "core/transcript.h"

enum { PROMPT_MAX = 300 }; /* bytes of one in session.prompts */

#define ID_ARG "\"session\":{\"type\":\"string\"}"

static void
write_row(const struct session_row *row, struct json_writer *w)
{
	char time[CLOCK_ISO_SIZE];

	jw_object(w);
	jw_key_cstr(w, "session", row->id);
	jw_key_cstr(w, "title", row->title);
	jw_key_cstr(w, "folder", row->folder);
	jw_key_cstr(w, "provider", row->provider);
	jw_key_cstr(w, "model", row->model);
	jw_key_cstr(w, "mode", row->mode);
	clock_iso(row->created_ms, time);
	jw_key_cstr(w, "created", time);
	clock_iso(row->updated_ms, time);
	jw_key_cstr(w, "updated", time);
	if (row->parent[0] != '\0')
		jw_key_cstr(w, "parent", row->parent);
	jw_key_bool(w, "trash", row->deleted_ms != 0);
	jw_key_int(w, "last_seq", row->last_seq);
	jw_key_int(w, "messages", row->n_messages);
	jw_key_int(w, "cost_microusd", row->cost_microusd);
	jw_key_int(w, "size_bytes", row->size_bytes);
	jw_end(w);
}

/* The row of the session in the arguments; a prefix of the id is enough. */
static int
row_of(struct op_call *call, struct session_row *ret, struct error *err)
{
	CLEANUP(free_ptr) char *id = str_dup(
	    json_get_str(call->args, "session"));
	struct store_reader *reader;
	int rc = host_reader(call->worker, &reader, err);

	return rc == 0 ? store_session_get(reader, id, ret, err) : rc;
}

static void
write_context(struct session *s, struct json_writer *w)
{
	CLEANUP_BUF struct buf text = BUF_INIT(1 * MIB);
	CLEANUP_JSON struct json *j = NULL;

	session_context_json(s, &text);
	if (json_parse(buf_str(&text), NULL, &j, NULL) != 0)
		return;
	jw_key_int(w, "context_used", json_get_int(j, "used", 0));
	jw_key_int(w, "context_limit", json_get_int(j, "limit", 0));
}

static int
write_open_session(struct op_call *call, struct session *s, struct error *err)
{
	struct store_reader *reader;
	struct session_row row;
	int rc = host_reader(call->worker, &reader, err);

	if (rc == 0)
		rc = store_session_get(reader, session_id(s), &row, err);
	if (rc != 0)
		return rc;
	jw_key_cstr(call->out, "session", row.id);
	jw_key_cstr(call->out, "title", row.title);
	jw_key_cstr(call->out, "provider", row.provider);
	jw_key_cstr(call->out, "model", row.model);
	jw_key_cstr(call->out, "mode", policy_mode_name(session_mode(s)));
	jw_key_cstr(call->out, "folder", row.folder);
	jw_key_cstr(call->out, "effort", host_session_effort(call->host,
	    str_from(row.id)));
	jw_key_int(call->out, "cost_microusd", row.cost_microusd);
	jw_key_int(call->out, "last_seq", row.last_seq);
	write_context(s, call->out);
	return 0;
}

static int
create(struct op_call *call, struct error *err)
{
	const struct json *schema = json_get(call->args, "output_schema");
	CLEANUP_BUF struct buf schema_text = BUF_INIT(1 * MIB);
	struct host_session_opts opts = {
		.provider = json_get_str(call->args, "provider"),
		.model = json_get_str(call->args, "model"),
		.mode = json_get_str(call->args, "mode"),
	};
	struct session *s;
	int rc;

	if (schema != NULL) {
		json_print(schema, &schema_text);
		opts.output_schema = buf_str(&schema_text);
	}
	rc = host_session_open(call->worker, &opts, &s, err);
	return rc == 0 ? write_open_session(call, s, err) : rc;
}

static int
open_one(struct op_call *call, struct error *err)
{
	const struct json *schema = json_get(call->args, "output_schema");
	CLEANUP_BUF struct buf schema_text = BUF_INIT(1 * MIB);
	struct store_reader *reader;
	struct session_row row;
	struct host_session_opts opts;
	struct session *s;
	int rc = host_reader(call->worker, &reader, err);

	if (rc != 0)
		return rc;
	if (json_get_bool(call->args, "last", false))
		rc = store_session_last(reader, call->host->folder, &row, err);
	else if (json_get(call->args, "session") == NULL)
		rc = error_set(err, ERR_USAGE,
		    "session.open needs \"session\" or \"last\"");
	else
		rc = row_of(call, &row, err);
	if (rc != 0)
		return rc;
	if (schema != NULL)
		json_print(schema, &schema_text);
	opts = (struct host_session_opts){ .id = str_from(row.id),
		.provider = json_get_str(call->args, "provider"),
		.model = json_get_str(call->args, "model"),
		.mode = json_get_str(call->args, "mode"),
		.output_schema = buf_str(&schema_text) };
	rc = host_session_open(call->worker, &opts, &s, err);
	return rc == 0 ? write_open_session(call, s, err) : rc;
}

static int
close_one(struct op_call *call, struct error *err)
{
	jw_key_bool(call->out, "closed", host_session_close(call->host,
	    json_get_str(call->args, "session")));
	return 0;
}

static int
write_listed(const struct session_row *row, void *ctx)
{
	write_row(row, ctx);
	return 0;
}

static int
list(struct op_call *call, struct error *err)
{
	CLEANUP(free_ptr) char *folder = str_dup(
	    json_get_str(call->args, "folder"));
	CLEANUP(free_ptr) char *text = str_dup(
	    json_get_str(call->args, "text"));
	struct session_filter filter = {
		.folder = folder[0] ? folder : NULL,
		.text = text[0] ? text : NULL,
		.in_trash = json_get_bool(call->args, "trash", false),
		.before_ms = json_get_int(call->args, "before_ms", 0),
		.limit = (size_t)json_get_int(call->args, "limit", 100),
	};
	struct store_reader *reader;
	int rc = host_reader(call->worker, &reader, err);

	if (rc != 0)
		return rc;
	if (json_get_bool(call->args, "here", false))
		filter.folder = call->host->folder;
	jw_key(call->out, "sessions");
	jw_array(call->out);
	rc = store_session_list(reader, &filter, write_listed, call->out, err);
	jw_end(call->out);
	return rc;
}

static int
get(struct op_call *call, struct error *err)
{
	struct session_row row;
	int rc = row_of(call, &row, err);

	if (rc != 0)
		return rc;
	jw_key(call->out, "session");
	write_row(&row, call->out);
	return 0;
}

static int
rename_one(struct op_call *call, struct error *err)
{
	CLEANUP(free_ptr) char *title = str_dup(
	    json_get_str(call->args, "title"));
	struct session_row row;
	struct session *open;
	struct store *store;
	int rc = row_of(call, &row, err);

	if (rc != 0)
		return rc;
	if (host_session_find(call->host, str_from(row.id), &open, NULL) == 0)
		return session_rename(open, title, err);
	if ((rc = host_store(call->host, &store, err)) != 0)
		return rc;
	snprintf(row.title, sizeof(row.title), "%s", title);
	return store_session_update(store, &row, err);
}

static int
fork_one(struct op_call *call, struct error *err)
{
	char id[ID_SIZE];
	struct session_row row;
	struct store *store;
	int rc = row_of(call, &row, err);

	if (rc != 0 || (rc = host_store(call->host, &store, err)) != 0)
		return rc;
	id_make(id);
	rc = store_session_fork(store, row.id,
	    json_get_int(call->args, "until_seq", 0), id, err);
	if (rc == 0)
		jw_key_cstr(call->out, "session", id);
	return rc;
}

static int
to_trash(struct op_call *call, bool into, struct error *err)
{
	struct session_row row;
	struct session *open;
	struct store *store;
	int rc = row_of(call, &row, err);

	if (rc != 0 || (rc = host_store(call->host, &store, err)) != 0)
		return rc;
	if (into && host_session_find(call->host, str_from(row.id), &open,
	    NULL) == 0 && session_running(open))
		return error_set(err, ERR_SESSION_BUSY,
		    "a run goes on in that session");
	host_session_close(call->host, str_from(row.id));
	rc = store_session_trash(store, row.id, into, err);
	if (rc == 0)
		jw_key_cstr(call->out, "session", row.id);
	return rc;
}

static int
delete_one(struct op_call *call, struct error *err)
{
	return to_trash(call, true, err);
}

static int
undelete(struct op_call *call, struct error *err)
{
	return to_trash(call, false, err);
}

static int
set_mode(struct op_call *call, struct error *err)
{
	struct session *s;
	enum policy_mode mode;
	int rc;

	if (!policy_mode_by_name(json_get_str(call->args, "mode"), &mode))
		return error_set(err, ERR_USAGE,
		    "the modes are plan, ask, edit and auto");
	rc = host_session_find(call->host, json_get_str(call->args, "session"),
	    &s, err);
	return rc == 0 ? session_set_mode(s, mode, err) : rc;
}

static int
set_model(struct op_call *call, struct error *err)
{
	return host_session_set_model(call->host,
	    json_get_str(call->args, "session"),
	    json_get_str(call->args, "provider"),
	    json_get_str(call->args, "model"),
	    json_get_str(call->args, "effort"), err);
}

static int
compact(struct op_call *call, struct error *err)
{
	struct session *s;
	int rc = host_session_find(call->host,
	    json_get_str(call->args, "session"), &s, err);

	if (rc != 0)
		return rc;
	return session_compact(s, json_get_str(call->args, "instructions"),
	    err);
}

/* Reads the summary of the older turns, or replaces its text. */
static int
summary(struct op_call *call, struct error *err)
{
	struct str fresh = json_get_str(call->args, "text");
	CLEANUP_BUF struct buf text = BUF_INIT(16 * MIB);
	struct session *s;
	int rc = host_session_find(call->host,
	    json_get_str(call->args, "session"), &s, err);

	if (rc == 0 && fresh.ptr != NULL)
		rc = session_set_summary(s, fresh, err);
	if (rc == 0)
		rc = session_summary(s, &text, err);
	if (rc == 0)
		jw_key_str(call->out, "text", buf_str(&text));
	return rc;
}

static int
context(struct op_call *call, struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(1 * MIB);
	struct session *s;
	int rc = host_session_find(call->host,
	    json_get_str(call->args, "session"), &s, err);

	if (rc != 0)
		return rc;
	session_context_json(s, &text);
	jw_key_raw(call->out, "context", buf_str(&text));
	return 0;
}

/* The member "path", from the workspace's folder on. New string; NULL: not
 * given. */
static char *
path_of(struct op_call *call)
{
	struct str path = json_get_str(call->args, "path");
	CLEANUP(free_ptr) char *text = str_dup(path);

	if (path.len == 0)
		return NULL;
	return text[0] == '/' ? steal(text) :
				file_join(call->host->folder, text);
}

/* A file that is there already is somebody's: it is never written over. */
static int
write_export(struct op_call *call, struct str text, struct error *err)
{
	CLEANUP(free_ptr) char *path = path_of(call);
	int rc;

	if (file_exists(path))
		return error_set(err, ERR_EXISTS, "%s is there already", path);
	rc = file_write_atomic(path, text, 0600, err);
	if (rc == 0)
		jw_key_cstr(call->out, "path", path);
	return rc;
}

static int
export_one(struct op_call *call, struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(256 * MIB);
	bool json = str_eq(json_get_str(call->args, "format"), STR("json"));
	CLEANUP(scrubber_destroyp) struct scrubber *scrubber = NULL;
	struct store_reader *reader;
	struct session_row row;
	int rc = row_of(call, &row, err);

	if (rc != 0 || (rc = host_reader(call->worker, &reader, err)) != 0)
		return rc;
	scrubber = host_scrub_session(reader, row.id);
	rc = json ? transcript_export_json(reader, &row, scrubber, &text,
			err) :
		    transcript_export_markdown(reader, &row, scrubber, &text,
			err);
	if (rc == 0 && json_get_str(call->args, "path").len > 0)
		return write_export(call, buf_str(&text), err);
	if (rc == 0)
		jw_key_str(call->out, "text", buf_str(&text));
	return rc;
}

static int
import_one(struct op_call *call, struct error *err)
{
	CLEANUP_BUF struct buf file = BUF_INIT(256 * MIB);
	CLEANUP(free_ptr) char *path = path_of(call);
	struct str text = json_get_str(call->args, "text");
	char id[ID_SIZE];
	struct store *store;
	int rc = host_store(call->host, &store, err);

	if (rc == 0 && text.ptr == NULL && path == NULL)
		rc = error_set(err, ERR_USAGE,
		    "session.import needs \"text\" or \"path\"");
	if (rc == 0 && text.ptr == NULL) {
		rc = file_read(path, &file, err);
		text = buf_str(&file);
	}
	if (rc == 0)
		rc = transcript_import(store, text, call->host->folder, id,
		    err);
	if (rc == 0)
		jw_key_cstr(call->out, "session", id);
	return rc;
}

/* What the user said, as one line each: enough to find the place again. */
static int
write_prompt(struct event *ev, void *ctx)
{
	struct json_writer *w = ctx;
	CLEANUP_BUF struct buf whole = BUF_INIT(64 * MIB);
	CLEANUP_JSON struct json *o = NULL;
	struct str text;
	char time[CLOCK_ISO_SIZE];

	if (ev->type != EVENT_USER_MESSAGE || ev->parent_call[0] != '\0')
		return 0;
	buf_printf(&whole, "{%s}", buf_text(&ev->members));
	if (json_parse(buf_str(&whole), NULL, &o, NULL) != 0)
		return 0;
	text = str_trim(json_get_str(o, "text"));
	if (text.len > PROMPT_MAX)
		text.len = utf8_cut(text.ptr, text.len, PROMPT_MAX);
	clock_iso(ev->time_ms, time);
	jw_object(w);
	jw_key_int(w, "seq", ev->seq);
	jw_key_cstr(w, "time", time);
	jw_key_str(w, "text", text);
	jw_end(w);
	return w->out->failed;
}

static int
prompts(struct op_call *call, struct error *err)
{
	struct store_reader *reader;
	struct session_row row;
	int rc = row_of(call, &row, err);

	if (rc != 0 || (rc = host_reader(call->worker, &reader, err)) != 0)
		return rc;
	jw_key(call->out, "prompts");
	jw_array(call->out);
	rc = store_events(reader, row.id, 0, 0, 0, write_prompt, call->out,
	    err);
	jw_end(call->out);
	return rc;
}

static void
write_command(const struct user_command *command, void *ctx)
{
	struct json_writer *w = ctx;

	jw_object(w);
	jw_key_cstr(w, "name", command->name);
	jw_key_cstr(w, "description", command->description);
	jw_key_cstr(w, "argument_hint", command->argument_hint);
	jw_key_cstr(w, "path", command->path);
	jw_end(w);
}

static int
list_commands(struct op_call *call, struct error *err)
{
	const struct agent_opts *opts = host_session_agent_opts(call->host,
	    json_get_str(call->args, "session"));

	if (opts == NULL)
		return error_set(err, ERR_SESSION_NOT_FOUND,
		    "that session is not open here");
	jw_key(call->out, "commands");
	jw_array(call->out);
	commands_list(opts, write_command, call->out);
	jw_end(call->out);
	return 0;
}

#define MODEL_ARGS                                                            \
	"\"provider\":{\"type\":\"string\"},\"model\":{\"type\":\"string\"}"
#define OPEN_ARGS                                                             \
	MODEL_ARGS ",\"mode\":{\"type\":\"string\"},\"output_schema\":{}"

const struct operation op_session_rows[] = {
	OPERATION("session.create", "write", "Start a session",
	    ARGS(OPEN_ARGS), create),
	OPERATION("session.open", "write",
	    "Resume a session, or the last one of the workspace",
	    ARGS(ID_ARG ",\"last\":{\"type\":\"boolean\"}," OPEN_ARGS),
	    open_one),
	OPERATION("session.close", "write",
	    "Let go of a session: a run that goes on is cancelled",
	    ARGS_WITH("\"session\"", ID_ARG), close_one),
	OPERATION("session.list", "read", "Sessions, newest first",
	    ARGS("\"folder\":{\"type\":\"string\"},\"text\":{\"type\":"
		   "\"string\"},\"here\":{\"type\":\"boolean\"},\"trash\":"
		   "{\"type\":\"boolean\"},\"before_ms\":{\"type\":"
		   "\"integer\"},\"limit\":{\"type\":\"integer\",\"minimum\":"
		   "1,\"maximum\":10000}"),
	    list),
	OPERATION("session.get", "read", "One session's row",
	    ARGS_WITH("\"session\"", ID_ARG), get),
	OPERATION("session.rename", "write", "Give a session another title",
	    ARGS_WITH("\"session\",\"title\"",
		ID_ARG ",\"title\":{\"type\":\"string\"}"),
	    rename_one),
	OPERATION("session.fork", "write",
	    "A new session with the beginning of another",
	    ARGS_WITH("\"session\"",
		ID_ARG ",\"until_seq\":{\"type\":\"integer\",\"minimum\":0}"),
	    fork_one),
	OPERATION("session.delete", "write", "Move a session to the trash",
	    ARGS_WITH("\"session\"", ID_ARG), delete_one),
	OPERATION("session.undelete", "write",
	    "Take a session out of the trash",
	    ARGS_WITH("\"session\"", ID_ARG), undelete),
	OPERATION("session.mode", "write", "Change what needs an approval",
	    ARGS_WITH("\"session\",\"mode\"",
		ID_ARG ",\"mode\":{\"type\":\"string\"}"),
	    set_mode),
	OPERATION("session.model", "write",
	    "Change the model or its effort; what is not given stays",
	    ARGS_WITH("\"session\"",
		ID_ARG "," MODEL_ARGS ",\"effort\":{\"enum\":[\"default\","
		       "\"none\",\"low\",\"medium\",\"high\"]}"),
	    set_model),
	OPERATION("session.compact", "write", "Sum up the older turns now",
	    ARGS_WITH("\"session\"",
		ID_ARG ",\"instructions\":{\"type\":\"string\"}"),
	    compact),
	OPERATION("session.summary", "write",
	    "Read or replace the summary of the older turns",
	    ARGS_WITH("\"session\"",
		ID_ARG ",\"text\":{\"type\":\"string\"}"),
	    summary),
	OPERATION("session.context", "read", "What fills the context",
	    ARGS_WITH("\"session\"", ID_ARG), context),
	OPERATION_SLOW("session.prompts", "read",
	    "What the user said in a session, with the places",
	    ARGS_WITH("\"session\"", ID_ARG), prompts),
	OPERATION("command.list", "read", "The user's own slash commands",
	    ARGS_WITH("\"session\"", ID_ARG), list_commands),
	OPERATION_SLOW("session.export", "read",
	    "The session as Markdown or JSON text, or into a new file",
	    ARGS_WITH("\"session\"",
		ID_ARG ",\"format\":{\"enum\":[\"markdown\",\"json\"]},"
		       "\"path\":{\"type\":\"string\"}"),
	    export_one),
	OPERATION_SLOW("session.import", "write",
	    "A new session from an export in JSON",
	    ARGS("\"text\":{\"type\":\"string\"},\"path\":{\"type\":"
		   "\"string\"}"),
	    import_one),
	{ .face = { .name = NULL } },
};
