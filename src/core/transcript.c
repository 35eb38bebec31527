/* Export and import of sessions; see transcript.h. */
#include "core/transcript.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/json_writer.h"
#include "base/mem.h"
#include "llm/message.h"
#include "safety/scrub_json.h"
#include "safety/scrubber.h"

enum { EXPORT_VERSION = 1, IMPORT_BATCH = 256 };
#define IMPORT_BYTES_MAX (256 * MIB)

/* A fence longer than any run of backticks inside. */
static void
add_fenced(struct buf *out, struct str text)
{
	size_t run = 0, longest = 2;

	for (size_t i = 0; i < text.len; i++) {
		run = text.ptr[i] == '`' ? run + 1 : 0;
		if (run > longest)
			longest = run;
	}
	buf_add_repeated(out, '`', longest + 1);
	buf_add_char(out, '\n');
	buf_add_str(out, text);
	if (!str_ends(text, STR("\n")))
		buf_add_char(out, '\n');
	buf_add_repeated(out, '`', longest + 1);
	buf_add_cstr(out, "\n\n");
}

static void
markdown_user(const struct json *j, struct buf *out)
{
	buf_add_cstr(out, "## You\n\n");
	buf_add_str(out, json_get_str(j, "text"));
	buf_add_cstr(out, "\n\n");
}

static void
markdown_answer(const struct json *j, struct buf *out)
{
	struct str text = json_get_str(j, "text");

	if (str_trim(text).len == 0)
		return;
	buf_add_cstr(out, "## friday\n\n");
	buf_add_str(out, text);
	buf_add_cstr(out, "\n\n");
}

static void
markdown_call(const struct json *j, struct buf *out)
{
	CLEANUP_BUF struct buf args = BUF_INIT(16 * MIB);

	json_print(json_get(j, "arguments"), &args);
	buf_printf(out, "**%.*s**\n\n", STR_ARG(json_get_str(j, "name")));
	add_fenced(out, buf_str(&args));
}

static void
markdown_result(const struct json *j, struct buf *out)
{
	if (!json_get_bool(j, "ok", false))
		buf_add_cstr(out, "failed:\n\n");
	add_fenced(out, json_get_str(j, "result"));
}

static void
markdown_error(const struct json *j, struct buf *out)
{
	buf_printf(out, "> error %.*s: %.*s\n\n",
	    STR_ARG(json_get_str(j, "code")),
	    STR_ARG(json_get_str(j, "message")));
}

static void
markdown_compacted(const struct json *j, struct buf *out)
{
	buf_add_cstr(out, "> older turns summed up:\n\n");
	buf_add_str(out, json_get_str(j, "summary"));
	buf_add_cstr(out, "\n\n");
}

static const struct {
	enum event_type type;
	void (*print)(const struct json *members, struct buf *out);
} markdown_table[] = {
	{ EVENT_USER_MESSAGE, markdown_user },
	{ EVENT_MESSAGE_FINISHED, markdown_answer },
	{ EVENT_TOOL_STARTED, markdown_call },
	{ EVENT_TOOL_FINISHED, markdown_result },
	{ EVENT_ERROR, markdown_error },
	{ EVENT_COMPACTED, markdown_compacted },
};

static int
add_markdown(struct event *ev, void *ctx)
{
	struct buf *out = ctx;
	CLEANUP_BUF struct buf text = BUF_INIT(IMPORT_BYTES_MAX);
	CLEANUP_JSON struct json *j = NULL;

	for (size_t i = 0; i < ARRAY_LEN(markdown_table); i++) {
		if (markdown_table[i].type != ev->type)
			continue;
		event_print(ev, &text);
		if (json_parse(buf_str(&text), NULL, &j, NULL) == 0)
			markdown_table[i].print(j, out);
	}
	return out->failed;
}

int
transcript_export_markdown(struct store_reader *r,
    const struct session_row *row, struct scrubber *scrubber, struct buf *out,
    struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(out->max);
	char time[CLOCK_ISO_SIZE];
	int rc;

	clock_iso(row->created_ms, time);
	buf_printf(&text, "# %s\n\n%s · %s · %s/%s\n\n",
	    row->title[0] ? row->title : "Session", time, row->folder,
	    row->provider, row->model);
	rc = store_events(r, row->id, 0, 0, 0, add_markdown, &text, err);
	if (rc == 0 && scrubber_clean(scrubber, NULL, buf_str(&text), out,
	    NULL) != 0)
		rc = buf_check(out, err);
	return rc;
}

struct export {
	struct json_writer *w;
	struct scrubber *scrubber;
};

static int
add_clean(const struct export *e, struct str text)
{
	const struct json_limits limits = { .bytes_max = IMPORT_BYTES_MAX,
		.depth_max = 128 };
	CLEANUP_JSON struct json *j = NULL;
	int rc = json_parse(text, &limits, &j, NULL);

	if (rc == 0)
		scrub_json(e->scrubber, j, e->w);
	return rc == 0 ? e->w->out->failed : rc;
}

static void
add_clean_text(const struct export *e, struct str text)
{
	CLEANUP_JSON struct json *j = json_new_str(text);

	scrub_json(e->scrubber, j, e->w);
}

static int
add_event(struct event *ev, void *ctx)
{
	CLEANUP_BUF struct buf text = BUF_INIT(IMPORT_BYTES_MAX);

	event_print(ev, &text);
	return add_clean(ctx, buf_str(&text));
}

static int
add_message(struct str json, int64_t seq, void *ctx)
{
	return add_clean(ctx, json);
}

int
transcript_export_json(struct store_reader *r, const struct session_row *row,
    struct scrubber *scrubber, struct buf *out, struct error *err)
{
	struct json_writer w = JSON_WRITER(out);
	struct export export = { &w, scrubber };
	int rc;

	jw_object(&w);
	jw_key_int(&w, "friday_export", EXPORT_VERSION);
	jw_key(&w, "session");
	jw_object(&w);
	jw_key_cstr(&w, "id", row->id);
	jw_key(&w, "title");
	add_clean_text(&export, str_from(row->title));
	jw_key_cstr(&w, "folder", row->folder);
	jw_key_cstr(&w, "provider", row->provider);
	jw_key_cstr(&w, "model", row->model);
	jw_key_cstr(&w, "mode", row->mode);
	jw_end(&w);
	jw_key(&w, "events");
	jw_array(&w);
	rc = store_events(r, row->id, 0, 0, 0, add_event, &export, err);
	jw_end(&w);
	if (rc != 0)
		return rc;
	jw_key(&w, "messages");
	jw_array(&w);
	rc = store_messages(r, row->id, false, add_message, &export, err);
	jw_end(&w);
	jw_end(&w);
	return rc != 0 ? rc : buf_check(out, err);
}

/* Members of an event's object, without those of its head. */
static void
members_of(const struct json *object, struct buf *out)
{
	static const char *const head[] = { "type", "session", "run", "seq",
		"time", "parent_call" };
	CLEANUP_BUF struct buf text = BUF_INIT(out->max);
	struct json_writer w = JSON_WRITER(&text);

	jw_object(&w);
	for (const struct json *m = json_first(object); m; m = json_next(m)) {
		bool in_head = false;

		for (size_t i = 0; i < ARRAY_LEN(head); i++)
			in_head |= str_eq_c(json_key(m), head[i]);
		if (in_head)
			continue;
		jw_key_n(&w, json_key(m));
		jw_json(&w, m);
	}
	jw_end(&w);
	buf_add(out, buf_text(&text) + 1, text.len - 2);
}

/* The event that an object stands for; it was checked. */
static struct event *
make_event(const char *session, const struct json *j)
{
	CLEANUP_BUF struct buf members = BUF_INIT(IMPORT_BYTES_MAX);
	CLEANUP(free_ptr) char *run = str_dup(json_get_str(j, "run"));
	CLEANUP(free_ptr) char *time = str_dup(json_get_str(j, "time"));
	enum event_type type = EVENT_NOTICE;
	struct event *ev;

	event_type_by_name(json_get_str(j, "type"), &type);
	members_of(j, &members);
	ev = event_create(type, session, run, buf_str(&members));
	clock_parse_iso(time, &ev->time_ms);
	snprintf(ev->parent_call, sizeof(ev->parent_call), "%.*s",
	    STR_ARG(json_get_str(j, "parent_call")));
	return ev;
}

static int
import_events(struct store *s, const char *session, const struct json *list,
    struct error *err)
{
	struct event *batch[IMPORT_BATCH];
	const struct json *j = json_first(list);
	int rc = 0;

	while (j != NULL && rc == 0) {
		size_t n = 0;

		for (; j != NULL && n < IMPORT_BATCH; j = json_next(j))
			batch[n++] = make_event(session, j);
		rc = store_import(s, batch, n, NULL, 0, err);
		while (n > 0)
			event_unref(batch[--n]);
	}
	return rc;
}

/* A message gets a new id: the same export may come in twice. */
static int
import_message(struct store *s, const char *session, const struct json *j,
    struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(IMPORT_BYTES_MAX);
	CLEANUP(message_destroyp) struct message *m = NULL;
	struct store_message row = { .session = session, .run = "" };
	int rc = message_parse(j, &m, err);

	if (rc != 0)
		return rc;
	id_make(m->id);
	message_print(m, &text);
	row.id = m->id;
	row.role = m->role == ROLE_USER ? "user" : "assistant";
	row.json = buf_str(&text);
	return store_import(s, NULL, 0, &row, 1, err);
}

static int
check_import(const struct json *j, struct error *err)
{
	int rc = 0;

	if (json_get_int(j, "friday_export", 0) != EXPORT_VERSION)
		return error_set(err, ERR_INVALID,
		    "this is no export of a friday session");
	for (const struct json *e = json_first(json_get(j, "events"));
	    e && rc == 0; e = json_next(e))
		rc = event_check(e, err);
	for (const struct json *m = json_first(json_get(j, "messages"));
	    m && rc == 0; m = json_next(m)) {
		CLEANUP(message_destroyp) struct message *parsed = NULL;

		rc = message_parse(m, &parsed, err);
	}
	return rc;
}

static void
copy_text(char *to, size_t size, struct str from)
{
	snprintf(to, size, "%.*s", STR_ARG(from));
}

int
transcript_import(struct store *s, struct str text, const char *folder,
    char ret_id[ID_SIZE], struct error *err)
{
	const struct json_limits limits = { .bytes_max = IMPORT_BYTES_MAX,
		.depth_max = 128 };
	CLEANUP_JSON struct json *j = NULL;
	const struct json *session;
	struct session_row row = { .created_ms = clock_wall_ms() };
	int rc = json_parse(text, &limits, &j, err);

	if (rc == 0)
		rc = check_import(j, err);
	if (rc != 0)
		return rc;
	session = json_get(j, "session");
	id_make(row.id);
	row.updated_ms = row.created_ms;
	copy_text(row.title, sizeof(row.title), json_get_str(session, "title"));
	copy_text(row.folder, sizeof(row.folder), str_from(folder));
	copy_text(row.provider, sizeof(row.provider),
	    json_get_str(session, "provider"));
	copy_text(row.model, sizeof(row.model), json_get_str(session, "model"));
	copy_text(row.mode, sizeof(row.mode), json_get_str(session, "mode"));
	rc = store_session_create(s, &row, err);
	if (rc == 0)
		rc = import_events(s, row.id, json_get(j, "events"), err);
	for (const struct json *m = json_first(json_get(j, "messages"));
	    m && rc == 0; m = json_next(m))
		rc = import_message(s, row.id, m, err);
	if (rc == 0)
		rc = store_flush(s, true, 30000, err);
	if (rc == 0)
		memcpy(ret_id, row.id, ID_SIZE);
	return rc;
}
