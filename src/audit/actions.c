/* Events as rows of the audit log; see actions.h. */
#include "audit/actions.h"

#include "base/json.h"
#include "base/json_writer.h"
#include "base/units.h"
#include "store/members.h"

enum { PLAIN_MAX = 2048 }; /* bytes; a longer one is kept by its hash */

static const struct audit_action actions[] = {
	{ EVENT_RUN_STARTED, "run.start", "run", NULL,
	    "provider model mode cwd", "prompt" },
	{ EVENT_USER_MESSAGE, "prompt", "message", NULL, NULL,
	    "text attachments" },
	{ EVENT_MESSAGE_FINISHED, "response", "message", "message_id",
	    "stop_reason", "text reasoning" },
	{ EVENT_TOOL_STARTED, "tool.call", "tool", "name", "call_id",
	    "arguments" },
	{ EVENT_TOOL_FINISHED, "tool.result", "tool", "name",
	    "call_id ok duration_ms files", "result diff error" },
	{ EVENT_APPROVAL_REQUESTED, "approval.ask", "tool", "name",
	    "call_id kind rule reason summary parts paths hosts always",
	    "diff" },
	{ EVENT_APPROVAL_RESOLVED, "approval.answer", "call", "call_id",
	    "decision scope reason", NULL },
	{ EVENT_QUESTION_REQUESTED, "question.ask", "call", "call_id", NULL,
	    "questions" },
	{ EVENT_QUESTION_RESOLVED, "question.answer", "call", "call_id",
	    "cancelled", "answers" },
	{ EVENT_SHELL_STARTED, "shell.start", "shell", "shell_id", "cwd",
	    "command" },
	{ EVENT_SHELL_EXITED, "shell.exit", "shell", "shell_id",
	    "exit_status signal", NULL },
	{ EVENT_MODE_CHANGED, "mode.change", "session", NULL, "mode", NULL },
	{ EVENT_MODEL_CHANGED, "model.change", "session", NULL,
	    "provider model effort", NULL },
	{ EVENT_FILES_RESTORED, "files.restore", "session", NULL, "files",
	    NULL },
	{ EVENT_USAGE, "model.use", "model", "model",
	    "provider input_tokens output_tokens cached_tokens "
	    "reasoning_tokens cost_microusd", NULL },
	{ EVENT_COMPACTED, "context.compact", "session", NULL,
	    "tokens_before tokens_after", "summary" },
	{ EVENT_ERROR, "error", "session", NULL, "code trace_id", "message" },
	{ EVENT_RUN_FINISHED, "run.end", "run", NULL, "stop_reason", NULL },
};

const struct audit_action *
audit_action_of(enum event_type type)
{
	for (size_t i = 0; i < ARRAY_LEN(actions); i++)
		if (actions[i].type == type)
			return &actions[i];
	return NULL;
}

bool
audit_ends(enum event_type type)
{
	return type == EVENT_RUN_FINISHED;
}

static void
add_hash(struct json_writer *w, struct str name, struct str raw)
{
	char key[64], hash[HASH_SIZE];

	snprintf(key, sizeof(key), "%.*s_hash", STR_ARG(name));
	hash_blake2b(raw, hash);
	jw_key_cstr(w, key, hash);
}

/* Adds the members named in `names`; `by_hash`: their hashes. */
static void
add_members(struct json_writer *w, struct str members, const char *names,
    bool by_hash)
{
	struct str rest = str_from(names), name;

	while (str_next_field(&rest, ' ', &name)) {
		char key[64];
		struct str raw;

		snprintf(key, sizeof(key), "%.*s", STR_ARG(name));
		raw = members_raw(members, key);
		if (raw.ptr == NULL)
			continue;
		if (by_hash || raw.len > PLAIN_MAX)
			add_hash(w, name, raw);
		else
			jw_key_raw(w, key, raw);
	}
}

/* What a call changed, one row a file, so that a file's history is found. */
static int
put_files(const struct event *ev, int64_t event_seq, struct str members,
    int (*put)(const struct audit_draft *draft, void *put_ctx,
    struct error *err), void *put_ctx, struct error *err)
{
	CLEANUP_JSON struct json *files = NULL;
	int rc = 0;

	if (json_parse(members_raw(members, "files"), NULL, &files, NULL) != 0)
		return 0;
	for (const struct json *i = json_first(files); i != NULL && rc == 0;
	    i = json_next(i)) {
		CLEANUP_BUF struct buf body = BUF_INIT(AUDIT_BODY_MAX);
		struct audit_draft draft = { .action = "file.change",
			.resource = "file", .resource_id = json_str(i),
			.session = ev->session, .run = ev->run };
		struct json_writer w = JSON_WRITER(&body);

		jw_object(&w);
		jw_key_int(&w, "event", event_seq);
		add_members(&w, members, "call_id name", false);
		add_members(&w, members, "diff", true);
		jw_end(&w);
		draft.body = buf_str(&body);
		rc = put(&draft, put_ctx, err);
	}
	return rc;
}

int
audit_rows_of_event(const struct event *ev, int64_t event_seq,
    int (*put)(const struct audit_draft *draft, void *put_ctx,
    struct error *err), void *put_ctx, void *ctx, struct error *err)
{
	const struct audit_action *action = audit_action_of(ev->type);
	struct str members = buf_str(&ev->members);
	CLEANUP_BUF struct buf body = BUF_INIT(AUDIT_BODY_MAX);
	CLEANUP_BUF struct buf id = BUF_INIT(PLAIN_MAX);
	struct json_writer w = JSON_WRITER(&body);
	struct audit_draft draft;
	int rc;

	if (action == NULL)
		return 0;
	jw_object(&w);
	jw_key_int(&w, "event", event_seq);
	if (ev->parent_call[0] != '\0')
		jw_key_cstr(&w, "parent_call", ev->parent_call);
	add_members(&w, members, action->plain, false);
	add_members(&w, members, action->hashed, true);
	jw_end(&w);
	rc = buf_check(&body, err);
	if (rc != 0)
		return rc;
	if (action->resource_id == NULL)
		buf_add_cstr(&id, strcmp(action->resource, "run") == 0 ?
		    ev->run : ev->session);
	else
		buf_add_str(&id, str_sub(members_text(members,
		    action->resource_id), 0, PLAIN_MAX));
	draft = (struct audit_draft){ .action = action->action,
		.resource = action->resource, .resource_id = buf_str(&id),
		.session = ev->session, .run = ev->run,
		.body = buf_str(&body) };
	rc = put(&draft, put_ctx, err);
	if (rc == 0 && ev->type == EVENT_TOOL_FINISHED)
		rc = put_files(ev, event_seq, members, put, put_ctx, err);
	return rc;
}
