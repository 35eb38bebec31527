/* audit.trail: the chain of custody of a file or a line, with what the record
 * says of each change: prompts, model, answer, call, approvals. */
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "core/causes.h"
#include "core/custody.h"
#include "core/host_audit.h"
#include "undo/undo.h"

#define TEXT_MAX (16 * MIB)
#define CONTENT_SHOWN_MAX (64 * KIB)

/* --- writing ------------------------------------------------------------ */

struct trail {
	struct op_call *call;
	struct json_writer *out;
	struct store_reader *reader;
	struct causes causes;
};

static void
write_time(struct json_writer *w, int64_t time_ms)
{
	char text[CLOCK_ISO_SIZE];

	clock_iso(time_ms, text);
	jw_key_cstr(w, "time", text);
}

/* The text behind a hash, and whether it still is that text. */
static void
write_content(struct trail *t, const struct cause *c, const char *member,
    const char *key)
{
	CLEANUP_BUF struct buf text = BUF_INIT(TEXT_MAX);
	bool altered;

	if (!causes_content(&t->causes, t->reader, c, member, &text,
		&altered))
		return;
	if (text.len <= CONTENT_SHOWN_MAX)
		jw_key_raw(t->out, key, buf_str(&text));
	jw_key_bool(t->out, "as_recorded", !altered);
}

static void
begin_cause(struct trail *t, const struct cause *c)
{
	jw_object(t->out);
	jw_key_int(t->out, "seq", c->seq);
	write_time(t->out, c->time_ms);
}

static void
write_member(struct trail *t, const struct cause *c, const char *name)
{
	const struct json *value = json_get(c->body, name);

	if (value == NULL)
		return;
	jw_key(t->out, name);
	jw_json(t->out, value);
}

static void
write_prompts(struct trail *t, const struct custody_change *change)
{
	jw_key(t->out, "prompts");
	jw_array(t->out);
	for (size_t i = 0; i < t->causes.n; i++) {
		const struct cause *c = &t->causes.items[i];

		if (c->seq > change->seq ||
		    strcmp(c->run, change->run) != 0 ||
		    strcmp(c->name, "prompt") != 0)
			continue;
		begin_cause(t, c);
		jw_key_cstr(t->out, "user", c->user);
		write_content(t, c, "text", "text");
		jw_end(t->out);
	}
	jw_end(t->out);
}

/* What the model said when it made the call, and which model that was. */
static void
write_answer(struct trail *t, const struct cause *call)
{
	const struct cause *answer = causes_find_last(&t->causes, "response",
	    call->run, call->seq);
	const struct cause *model = causes_find_model(&t->causes, call);

	if (model != NULL) {
		jw_key(t->out, "model");
		jw_object(t->out);
		write_member(t, model, "provider");
		write_member(t, model, "model");
		jw_end(t->out);
	}
	if (answer == NULL)
		return;
	jw_key(t->out, "response");
	begin_cause(t, answer);
	write_content(t, answer, "text", "text");
	jw_end(t->out);
}

static void
write_approvals(struct trail *t, const struct cause *call)
{
	CLEANUP(free_ptr) char *id = str_dup(json_get_str(call->body,
	    "call_id"));
	static const char *const members[] = { "kind", "rule", "reason",
		"summary", "by", "decision", "scope" };

	jw_key(t->out, "approvals");
	jw_array(t->out);
	for (size_t i = 0; i < t->causes.n; i++) {
		const struct cause *c = &t->causes.items[i];

		if (strcmp(c->run, call->run) != 0 ||
		    (!cause_is_of_call(c, "approval.ask", id) &&
			!cause_is_of_call(c, "approval.answer", id) &&
			!cause_is_of_call(c, "path.permit", id)))
			continue;
		begin_cause(t, c);
		jw_key_cstr(t->out, "action", c->name);
		jw_key_cstr(t->out, "user", c->user);
		for (size_t m = 0; m < ARRAY_LEN(members); m++)
			write_member(t, c, members[m]);
		jw_end(t->out);
	}
	jw_end(t->out);
}

static void
write_call(struct trail *t, const struct cause *call)
{
	jw_key(t->out, "call");
	begin_cause(t, call);
	jw_key_cstr(t->out, "tool", call->resource_id);
	write_member(t, call, "call_id");
	write_member(t, call, "rule");
	write_member(t, call, "reason");
	write_content(t, call, "arguments", "arguments");
	jw_end(t->out);
}

static void
write_state(struct json_writer *w, const char *key,
    const struct undo_state *s)
{
	jw_key(w, key);
	if (s->kind == UNDO_ABSENT)
		jw_null(w);
	else
		jw_cstr(w, s->hash);
}

static int
write_change(struct trail *t, const struct custody_change *c,
    struct error *err)
{
	const struct cause *call;
	int rc = causes_load(&t->causes, t->reader, c->session, err);

	if (rc != 0)
		return rc;
	call = causes_find_call(&t->causes, c->call_id, c->seq);
	jw_object(t->out);
	jw_key_int(t->out, "seq", c->seq);
	write_time(t->out, c->time_ms);
	jw_key_cstr(t->out, "user", c->user);
	jw_key_cstr(t->out, "session", c->session);
	jw_key_cstr(t->out, "run", c->run);
	jw_key_cstr(t->out, "source", c->source);
	jw_key_cstr(t->out, "label", c->label);
	write_state(t->out, "before", &c->before);
	write_state(t->out, "after", &c->after);
	write_prompts(t, c);
	if (call != NULL) {
		write_answer(t, call);
		write_call(t, call);
		write_approvals(t, call);
	}
	jw_end(t->out);
	return 0;
}

static int
write_changes(struct trail *t, const char *path, struct error *err)
{
	CLEANUP_CUSTODY_CHANGES struct custody_changes changes = { .n = 0 };
	int rc = custody_changes_read(t->reader, path, 0, &changes, err);

	jw_key(t->out, "changes");
	jw_array(t->out);
	for (size_t i = 0; i < changes.n && rc == 0; i++)
		rc = write_change(t, &changes.items[i], err);
	jw_end(t->out);
	return rc;
}

static int
write_step(struct trail *t, const struct custody_step *s, struct error *err)
{
	static const char *const kinds[] = { [CUSTODY_CHANGE] = "change",
		[CUSTODY_BY_HAND] = "by_hand", [CUSTODY_BEFORE] = "before",
		[CUSTODY_MOVED] = "moved", [CUSTODY_UNKNOWN] = "unknown" };
	int rc = 0;

	jw_object(t->out);
	jw_key_cstr(t->out, "kind", kinds[s->kind]);
	jw_key_int(t->out, "line", (int64_t)s->line);
	jw_key_cstr(t->out, "text", s->text);
	if (s->path != NULL)
		jw_key_cstr(t->out, "path", s->path);
	if (s->has_change) {
		jw_key(t->out, "change");
		rc = write_change(t, &s->change, err);
	}
	jw_end(t->out);
	return rc;
}

static int
write_line(struct trail *t, const char *path, size_t line, struct error *err)
{
	CLEANUP_CUSTODY_LINE struct custody_line history = { .n = 0 };
	CLEANUP_BUF struct buf text = BUF_INIT(TEXT_MAX);
	const struct undo_objects *objects =
	    undo_objects_of(t->call->host->undo);
	int rc = file_read(path, &text, err);

	if (rc == 0)
		rc = custody_follow(t->reader, objects, path, buf_str(&text),
		    line, &history, err);
	jw_key_int(t->out, "line", (int64_t)line);
	jw_key(t->out, "steps");
	jw_array(t->out);
	for (size_t i = 0; i < history.n && rc == 0; i++)
		rc = write_step(t, &history.steps[i], err);
	jw_end(t->out);
	return rc;
}

static int
trail(struct op_call *call, struct error *err)
{
	CLEANUP(free_ptr) char *path = custody_path(call->host->folder,
	    json_get_str(call->args, "path"));
	int64_t line = json_get_int(call->args, "line", 0);
	struct trail t = { .call = call, .out = call->out };
	int rc = host_reader(call->worker, &t.reader, err);

	if (rc != 0)
		return rc;
	jw_key_cstr(call->out, "path", path);
	rc = line == 0 ? write_changes(&t, path, err) :
			 write_line(&t, path, (size_t)line, err);
	causes_release(&t.causes);
	return rc;
}

const struct operation op_trail_rows[] = {
	OPERATION_SLOW("audit.trail", "read",
	    "Which prompts, models, calls and approvals led to a file, or to "
	    "a line of it",
	    ARGS_WITH("\"path\"", "\"path\":{\"type\":\"string\"},"
		"\"line\":{\"type\":\"integer\",\"minimum\":1}"), trail),
	{ .face = { .name = NULL } },
};
