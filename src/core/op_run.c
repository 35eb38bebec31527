/* Operations on runs: submit, cancel, answer, what waits. */
#include "base/base64.h"
#include "base/file.h"
#include "base/mem.h"
#include "core/host_session.h"
#include "core/operation.h"
#include "safety/deny_list.h"

enum { ATTACHMENTS_MAX = 20 };
#define ATTACHMENT_BYTES_MAX (8 * MIB)

static int
session_of(struct op_call *call, struct session **ret, struct error *err)
{
	return host_session_find(call->host,
	    json_get_str(call->args, "session"), ret, err);
}

/* Attachments of a submit: {"media_type","name","data"(base64)|"text"}. */
struct attachments {
	struct attachment items[ATTACHMENTS_MAX];
	struct buf data[ATTACHMENTS_MAX];
	char *names[2 * ATTACHMENTS_MAX];
	size_t n;
};

static void
attachments_release(struct attachments *a)
{
	for (size_t i = 0; i < a->n; i++) {
		buf_release(&a->data[i]);
		free(a->names[2 * i]);
		free(a->names[2 * i + 1]);
	}
}

/* A name is a path where it is one: below the folder, or absolute. */
static bool
is_withheld(const struct friday *f, struct str name, struct error *err)
{
	CLEANUP(free_ptr) char *path = str_dup(name);
	CLEANUP(free_ptr) char *real = realpath(path, NULL);
	struct deny_hit hit;

	if (!deny_list_check(f->deny, name, 0, &hit) && (real == NULL ||
	    !deny_list_check(f->deny, str_from(real), 0, &hit)))
		return false;
	error_set(err, ERR_PATH_DENIED,
	    "%s is on the deny list (%s): it is not sent to a model", path,
	    hit.kind);
	return true;
}

static int
read_attachments(const struct friday *f, const struct json *list,
    struct attachments *a, struct error *err)
{
	for (const struct json *i = json_first(list); i; i = json_next(i)) {
		struct str text = json_get_str(i, "text");
		size_t at = a->n;
		int rc = 0;

		if (at == ATTACHMENTS_MAX)
			return error_set(err, ERR_USAGE,
			    "at most %d attachments", ATTACHMENTS_MAX);
		if (is_withheld(f, json_get_str(i, "name"), err))
			return -ERR_PATH_DENIED;
		a->n++;
		a->data[at] = BUF_INIT(ATTACHMENT_BYTES_MAX);
		a->names[2 * at] = str_dup(json_get_str(i, "media_type"));
		a->names[2 * at + 1] = str_dup(json_get_str(i, "name"));
		if (text.ptr != NULL) {
			buf_add_str(&a->data[at], text);
			rc = buf_check(&a->data[at], err);
		} else {
			rc = base64_decode(json_get_str(i, "data"),
			    &a->data[at], err);
		}
		if (rc != 0)
			return rc;
		a->items[at] = (struct attachment){ a->names[2 * at],
			a->names[2 * at + 1], buf_str(&a->data[at]) };
	}
	return 0;
}

static int
submit(struct op_call *call, struct error *err)
{
	struct attachments attachments = { .n = 0 };
	struct submit_opts opts = { .text = json_get_str(call->args, "text") };
	char run[ID_SIZE] = "";
	struct session *s;
	int rc = session_of(call, &s, err);

	if (rc == 0)
		rc = read_attachments(call->host,
		    json_get(call->args, "attachments"), &attachments, err);
	if (rc == 0) {
		opts.attachments = attachments.items;
		opts.n_attachments = attachments.n;
		if (str_eq(json_get_str(call->args, "when_busy"), STR("queue")))
			opts.when_busy = SUBMIT_QUEUE;
		rc = session_submit(s, &opts, run, err);
	}
	attachments_release(&attachments);
	if (rc == 0)
		jw_key_cstr(call->out, "run", run);
	return rc;
}

static int
cancel(struct op_call *call, struct error *err)
{
	bool now = json_get_bool(call->args, "now", false);
	struct session *s;
	int rc = session_of(call, &s, err);

	if (rc == 0)
		session_cancel(s, now ? CANCEL_KILL : CANCEL_STOP);
	return rc;
}

static int
answer(struct op_call *call, struct error *err)
{
	static const struct {
		const char *name;
		enum approval decision;
	} decisions[] = {
		{ "once", APPROVE_ONCE },
		{ "session", APPROVE_SESSION },
		{ "always", APPROVE_ALWAYS },
		{ "no", APPROVE_NO },
	};
	CLEANUP(free_ptr) char *id = str_dup(
	    json_get_str(call->args, "call_id"));
	/* Anything but a known approval means no. */
	struct approval_answer a = { .decision = APPROVE_NO };
	struct session *s;
	int rc = session_of(call, &s, err);

	if (rc != 0)
		return rc;
	for (size_t i = 0; i < ARRAY_LEN(decisions); i++)
		if (str_eq_c(json_get_str(call->args, "decision"),
		    decisions[i].name))
			a.decision = decisions[i].decision;
	snprintf(a.reason, sizeof(a.reason), "%.*s",
	    STR_ARG(json_get_str(call->args, "reason")));
	for (const struct json *i = json_first(json_get(call->args,
	    "always")); i != NULL && a.n_rules < APPROVAL_RULES_MAX;
	    i = json_next(i)) {
		struct str rule = json_str(i);

		/* A rule that is cut would be another rule. */
		if (rule.len >= sizeof(a.rules[0]))
			return error_set(err, ERR_USAGE,
			    "a rule of `always` is too long");
		snprintf(a.rules[a.n_rules++], sizeof(a.rules[0]), "%.*s",
		    STR_ARG(rule));
	}
	return session_answer(s, id, &a, err);
}

static int
answer_question(struct op_call *call, struct error *err)
{
	CLEANUP(free_ptr) char *id = str_dup(
	    json_get_str(call->args, "call_id"));
	const struct json *answers = json_get(call->args, "answers");
	struct session *s;
	int rc = session_of(call, &s, err);

	if (rc != 0)
		return rc;
	return session_answer_question(s, id,
	    json_is(answers, JSON_NULL) ? NULL : answers, err);
}

static int
status(struct op_call *call, struct error *err)
{
	struct session *s;
	int rc = session_of(call, &s, err);

	if (rc != 0)
		return rc;
	jw_key_bool(call->out, "running", session_running(s));
	jw_key_cstr(call->out, "mode", policy_mode_name(session_mode(s)));
	jw_key_cstr(call->out, "stop_reason", session_stop_reason(s));
	jw_key_bool(call->out, "refused", session_refused(s));
	return 0;
}

static int
queue_list(struct op_call *call, struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(16 * MIB);
	struct session *s;
	int rc = session_of(call, &s, err);

	if (rc != 0)
		return rc;
	session_queue_json(s, &text);
	jw_key_raw(call->out, "items", buf_str(&text));
	return 0;
}

static int
queue_change(struct op_call *call, struct error *err)
{
	CLEANUP(free_ptr) char *item = str_dup(
	    json_get_str(call->args, "item"));
	struct session *s;
	int rc = session_of(call, &s, err);

	if (rc != 0)
		return rc;
	return session_queue_change(s, item, json_get_str(call->args, "text"),
	    (int)json_get_int(call->args, "index", -1),
	    json_get_bool(call->args, "drop", false), err);
}

static int
queue_start(struct op_call *call, struct error *err)
{
	struct session *s;
	int rc = session_of(call, &s, err);

	return rc != 0 ? rc : session_queue_start(s, err);
}

static int
write_history(struct str text, int64_t time_ms, void *ctx)
{
	jw_str(ctx, text);
	return 0;
}

static int
history_list(struct op_call *call, struct error *err)
{
	struct store_reader *reader;
	int rc = host_reader(call->worker, &reader, err);

	if (rc != 0)
		return rc;
	jw_key(call->out, "items");
	jw_array(call->out);
	rc = store_history(reader, call->host->folder,
	    (size_t)json_get_int(call->args, "limit", 200), write_history,
	    call->out, err);
	jw_end(call->out);
	return rc;
}

static int
history_add(struct op_call *call, struct error *err)
{
	struct store *store;
	int rc = host_store(call->host, &store, err);

	if (rc != 0)
		return rc;
	return store_history_add(store, call->host->folder,
	    json_get_str(call->args, "text"), err);
}

#define S "\"session\":{\"type\":\"string\"}"

const struct operation op_run_rows[] = {
	OPERATION("run.submit", "write",
	    "Say something: starts a run, steers the one that goes on, or "
	    "waits behind it",
	    ARGS_WITH("\"session\",\"text\"",
		S ",\"text\":{\"type\":\"string\"},\"when_busy\":{\"enum\":"
		  "[\"steer\",\"queue\"]},\"attachments\":{\"type\":\"array\","
		  "\"items\":{\"type\":\"object\"}}"),
	    submit),
	OPERATION("run.cancel", "write", "Stop a run; now: kill at once",
	    ARGS_WITH("\"session\"", S ",\"now\":{\"type\":\"boolean\"}"),
	    cancel),
	OPERATION("run.answer", "write", "Answer an approval.requested",
	    ARGS_WITH("\"session\",\"call_id\",\"decision\"",
		S ",\"call_id\":{\"type\":\"string\"},\"decision\":{\"type\":"
		  "\"string\"},\"reason\":{\"type\":\"string\"},"
		  "\"always\":{\"type\":\"array\",\"maxItems\":16,"
		  "\"items\":{\"type\":\"string\"}}"),
	    answer),
	OPERATION("run.answer_question", "write",
	    "Answer a question.requested; null cancels it",
	    ARGS_WITH("\"session\",\"call_id\"",
		S ",\"call_id\":{\"type\":\"string\"},\"answers\":{}"),
	    answer_question),
	OPERATION("run.status", "read", "Whether a run goes on, how it ended",
	    ARGS_WITH("\"session\"", S), status),
	OPERATION("queue.list", "read", "What waits behind the run",
	    ARGS_WITH("\"session\"", S), queue_list),
	OPERATION("queue.change", "write", "Edit, move or drop what waits",
	    ARGS_WITH("\"session\",\"item\"",
		S ",\"item\":{\"type\":\"string\"},\"text\":{\"type\":"
		  "\"string\"},\"index\":{\"type\":\"integer\"},\"drop\":"
		  "{\"type\":\"boolean\"}"),
	    queue_change),
	OPERATION("queue.start", "write",
	    "Start a run with the first that waits, after one that was "
	    "stopped or failed", ARGS_WITH("\"session\"", S), queue_start),
	OPERATION("history.list", "read", "Prompts typed in this folder",
	    ARGS("\"limit\":{\"type\":\"integer\"}"), history_list),
	OPERATION("history.add", "write", "Keep a prompt in the history",
	    ARGS_WITH("\"text\"", "\"text\":{\"type\":\"string\"}"),
	    history_add),
	{ .face = { .name = NULL } },
};
