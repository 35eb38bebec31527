/* Events as rows of the audit log; see actions.h. */
#include "audit/actions.h"

#include "base/json.h"
#include "base/json_writer.h"
#include "base/units.h"
#include "safety/secret_scan.h"
#include "store/members.h"

/* Bytes; a longer one is kept by its hash. Paths are kept whole. */
enum { PLAIN_MAX = 2048, PATH_ID_MAX = 16 * 1024 };

#define ROW(type_, action_, resource_, id_, plain_, hashed_)                   \
	.type = type_, .action = action_, .resource = resource_,              \
	.resource_id = id_, .plain = plain_, .hashed = hashed_

static const struct audit_action actions[] = {
	{ ROW(EVENT_RUN_STARTED, "run.start", "run", NULL,
	    "provider model mode cwd", "prompt"), .prompt = "prompt" },
	{ ROW(EVENT_USER_MESSAGE, "prompt", "message", NULL, NULL,
	    "text attachments"), .prompt = "text" },
	{ ROW(EVENT_MESSAGE_FINISHED, "response", "message", "message_id",
	    "stop_reason", "text reasoning"), .response = "text" },
	{ ROW(EVENT_TOOL_STARTED, "tool.call", "tool", "name",
	    "call_id rule reason", "arguments"), .input = "arguments" },
	{ ROW(EVENT_TOOL_FINISHED, "tool.result", "tool", "name",
	    "call_id ok error.code duration_ms files", "result diff"),
	    .output = "result" },
	{ ROW(EVENT_APPROVAL_REQUESTED, "approval.ask", "tool", "name",
	    "call_id kind rule reason summary parts paths hosts always",
	    "diff") },
	{ ROW(EVENT_APPROVAL_RESOLVED, "approval.answer", "call", "call_id",
	    "by decision scope reason", NULL) },
	{ ROW(EVENT_QUESTION_REQUESTED, "question.ask", "call", "call_id",
	    NULL, "questions"), .input = "questions" },
	{ ROW(EVENT_QUESTION_RESOLVED, "question.answer", "call", "call_id",
	    "cancelled", "answers"), .output = "answers" },
	{ ROW(EVENT_SHELL_STARTED, "shell.start", "shell", "shell_id", "cwd",
	    "command"), .input = "command" },
	{ ROW(EVENT_SHELL_EXITED, "shell.exit", "shell", "shell_id",
	    "exit_status signal", NULL) },
	{ ROW(EVENT_MODE_CHANGED, "mode.change", "session", NULL, "mode",
	    NULL) },
	{ ROW(EVENT_MODEL_CHANGED, "model.change", "session", NULL,
	    "provider model effort", NULL) },
	{ ROW(EVENT_FILES_RESTORED, "files.restore", "session", NULL,
	    "files point kind label", NULL) },
	{ ROW(EVENT_USAGE, "model.use", "model", "model",
	    "provider model input_tokens output_tokens cached_tokens "
	    "reasoning_tokens cost_microusd", NULL) },
	{ ROW(EVENT_COMPACTED, "context.compact", "session", NULL,
	    "tokens_before tokens_after", "summary"), .output = "summary" },
	{ ROW(EVENT_ERROR, "error", "session", NULL, "code trace_id",
	    "message"), .output = "message" },
	{ ROW(EVENT_NOTICE, "notice", "session", NULL, "level code", "text"),
	    .output = "text" },
	{ ROW(EVENT_RUN_FINISHED, "run.end", "run", NULL, "stop_reason",
	    NULL) },
};

const struct audit_action *
audit_action_of(enum event_type type)
{
	for (size_t i = 0; i < ARRAY_LEN(actions); i++)
		if (actions[i].type == type)
			return &actions[i];
	return NULL;
}

const struct audit_action *
audit_action_by_name(struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(actions); i++)
		if (str_eq_c(name, actions[i].action))
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

/* "error.code": the member of a member. */
static struct str
find_member(struct str members, struct str name)
{
	size_t dot = str_find_char(name, '.', 0);
	char key[64];
	struct str raw;

	snprintf(key, sizeof(key), "%.*s", STR_ARG(str_sub(name, 0, dot)));
	raw = members_raw(members, key);
	if (dot == SIZE_MAX || raw.len < 2)
		return raw;
	return find_member(str_sub(raw, 1, raw.len - 2),
	    str_sub(name, dot + 1, SIZE_MAX));
}

/* Adds the members named in `names`; `by_hash`: their hashes. */
static void
add_members(struct json_writer *w, struct str members, const char *names,
    bool by_hash)
{
	struct str rest = str_from(names), name;

	while (str_next_field(&rest, ' ', &name)) {
		char key[64];
		struct str raw = find_member(members, name);

		if (raw.ptr == NULL)
			continue;
		snprintf(key, sizeof(key), "%.*s", STR_ARG(name));
		for (char *dot = key; (dot = strchr(dot, '.')) != NULL;)
			*dot = '_';
		if (by_hash || raw.len > PLAIN_MAX)
			add_hash(w, name, raw);
		else
			jw_key_raw(w, key, raw);
	}
}

/* --- credentials -------------------------------------------------------- */

struct cleaning {
	struct str text;
	struct buf *out;
	size_t done;
};

static bool
replace(const struct secret_finding *f, void *ctx)
{
	struct cleaning *c = ctx;

	buf_add_str(c->out, str_sub(c->text, c->done, f->start - c->done));
	buf_printf(c->out, "[secret:%s]", f->rule);
	c->done = f->start + f->len;
	return true;
}

/* Puts names of credentials in their place. A body that is no JSON after that
 * (the scanner knows nothing of quotes) is given up. */
static void
clean(struct buf *text, bool is_body)
{
	CLEANUP_BUF struct buf out = BUF_INIT(text->max);
	CLEANUP_JSON struct json *parsed = NULL;
	struct cleaning c = { .text = buf_str(text), .out = &out };

	if (secret_count(c.text, 1) == 0)
		return;
	secret_scan(c.text, replace, &c);
	buf_add_str(&out, str_sub(c.text, c.done, SIZE_MAX));
	if (is_body &&
	    (out.failed != 0 ||
		json_parse(buf_str(&out), NULL, &parsed, NULL) != 0)) {
		buf_clear(&out);
		buf_add_cstr(&out, "{\"withheld\":\"secret\"}");
	}
	buf_clear(text);
	buf_add_str(text, buf_str(&out));
}

static int
put_clean(struct audit_draft *draft, struct buf *id, struct buf *body,
    int (*put)(const struct audit_draft *draft, void *put_ctx,
    struct error *err), void *put_ctx, struct error *err)
{
	int rc = buf_check(body, err);

	if (rc == 0)
		rc = buf_check(id, err);
	if (rc != 0)
		return rc;
	clean(id, false);
	clean(body, true);
	draft->resource_id = buf_str(id);
	draft->body = buf_str(body);
	return put(draft, put_ctx, err);
}

/* --- changes of files --------------------------------------------------- */

static void
add_state(struct json_writer *w, const char *key, const struct undo_state *s)
{
	static const char *const kinds[] = { [UNDO_ABSENT] = "absent",
		[UNDO_FILE] = "file", [UNDO_LINK] = "link",
		[UNDO_FOLDER] = "folder", [UNDO_OTHER] = "other" };

	jw_key(w, key);
	jw_object(w);
	jw_key_cstr(w, "kind", kinds[s->kind]);
	if (s->kind == UNDO_FILE || s->kind == UNDO_FOLDER)
		jw_key_int(w, "mode", s->mode);
	if (s->kind == UNDO_FILE || s->kind == UNDO_LINK)
		jw_key_int(w, "bytes", s->bytes);
	/* Without: its content is too large to be kept. */
	if (s->hash[0] != '\0')
		jw_key_cstr(w, "hash", s->hash);
	jw_end(w);
}

int
audit_row_of_change(const struct undo_point *point,
    const struct undo_entry *entry,
    int (*put)(const struct audit_draft *draft, void *put_ctx,
    struct error *err), void *put_ctx, void *ctx, struct error *err)
{
	CLEANUP_BUF struct buf body = BUF_INIT(AUDIT_BODY_MAX);
	CLEANUP_BUF struct buf id = BUF_INIT(PATH_ID_MAX);
	struct json_writer w = JSON_WRITER(&body);
	struct audit_draft draft = { .action = "file.change",
		.resource = "file", .session = point->session,
		.run = point->run };

	jw_object(&w);
	jw_key_cstr(&w, "point", point->id);
	if (entry == NULL) {
		draft.action = "change.cancel";
		draft.resource = "point";
		buf_add_cstr(&id, point->id);
	} else {
		buf_printf(&id, "%s/%s", entry->root, entry->path);
		add_state(&w, "before", &entry->before);
		add_state(&w, "after", &entry->after);
	}
	jw_key_cstr(&w, "source", undo_source_name(point->source));
	jw_key_cstr(&w, "call_id", point->call_id);
	jw_key_cstr(&w, "label", point->label);
	jw_end(&w);
	return put_clean(&draft, &id, &body, put, put_ctx, err);
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

	if (action == NULL)
		return 0;
	jw_object(&w);
	jw_key_int(&w, "event", event_seq);
	if (ev->parent_call[0] != '\0')
		jw_key_cstr(&w, "parent_call", ev->parent_call);
	add_members(&w, members, action->plain, false);
	add_members(&w, members, action->hashed, true);
	jw_end(&w);
	if (action->resource_id == NULL)
		buf_add_cstr(&id, strcmp(action->resource, "run") == 0 ?
		    ev->run : ev->session);
	else
		buf_add_str(&id, str_sub(members_text(members,
		    action->resource_id), 0, PLAIN_MAX));
	draft = (struct audit_draft){ .action = action->action,
		.resource = action->resource, .session = ev->session,
		.run = ev->run };
	return put_clean(&draft, &id, &body, put, put_ctx, err);
}
