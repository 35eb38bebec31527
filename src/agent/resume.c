/* Opening a session again. Messages come back exactly as they were stored.
 * What a kill left open is closed, so that faces and models see an end: the
 * text that was shown of an answer becomes a message, calls get a result,
 * questions are withdrawn, the run is finished.
 *
 *	run.started … text.delta … [killed]
 *	            → message.finished … run.finished
 *	run.started … message.finished tool.started … [killed]
 *	            → tool.finished … run.finished */
#include "agent/calls.h"
#include "agent/hide.h"
#include "agent/impl.h"
#include "agent/plan.h"
#include "agent/run.h"
#include "base/json.h"
#include "base/json_repair.h"
#include "base/mem.h"

enum { WINDOW = 256, WINDOWS_MAX = 400, OPEN_MAX = 64 };

#define INTERRUPTED                                                           \
	"interrupted: friday was stopped before this finished; check the "    \
	"state before you repeat it"

enum open_kind { OPEN_RUN, OPEN_CALL, OPEN_APPROVAL, OPEN_QUESTION };

/* Something that began and has no end yet. */
struct open_thing {
	enum open_kind kind;
	char id[64]; /* run's or call's */
	char name[64];
	char run[ID_SIZE];
	char parent_call[64];
};

struct scan {
	struct open_thing things[OPEN_MAX];
	size_t n;
	/* The answer that was on its way. */
	bool has_message;
	char message_id[ID_SIZE];
	char message_run[ID_SIZE];
	char message_parent[64];
	struct buf text, reasoning;
};

/* --- what is open ------------------------------------------------------- */

static void
begin(struct scan *scan, enum open_kind kind, struct str id, struct str name,
    const struct event *ev)
{
	struct open_thing *t;

	if (scan->n == OPEN_MAX || id.len >= sizeof(t->id))
		return;
	t = &scan->things[scan->n++];
	*t = (struct open_thing){ .kind = kind };
	snprintf(t->id, sizeof(t->id), "%.*s", STR_ARG(id));
	snprintf(t->name, sizeof(t->name), "%.*s", STR_ARG(name));
	memcpy(t->run, ev->run, sizeof(t->run));
	memcpy(t->parent_call, ev->parent_call, sizeof(t->parent_call));
}

static void
end(struct scan *scan, enum open_kind kind, struct str id)
{
	for (size_t i = scan->n; i-- > 0;)
		if (scan->things[i].kind == kind &&
		    str_eq_c(id, scan->things[i].id)) {
			scan->n--;
			memmove(scan->things + i, scan->things + i + 1,
			    (scan->n - i) * sizeof(scan->things[0]));
			return;
		}
}

static void
take_delta(struct scan *scan, const struct event *ev, const struct json *o)
{
	struct str id = json_get_str(o, "message_id");
	struct buf *to = ev->type == EVENT_TEXT_DELTA ? &scan->text :
							&scan->reasoning;

	if (id.len >= sizeof(scan->message_id))
		return;
	if (!scan->has_message || !str_eq_c(id, scan->message_id)) {
		buf_clear(&scan->text);
		buf_clear(&scan->reasoning);
		scan->has_message = true;
		snprintf(scan->message_id, sizeof(scan->message_id), "%.*s",
		    STR_ARG(id));
		memcpy(scan->message_run, ev->run, sizeof(ev->run));
		memcpy(scan->message_parent, ev->parent_call,
		    sizeof(ev->parent_call));
	}
	/* The store may have folded deltas: the offset says where one goes. */
	if (json_get_int(o, "offset_bytes", -1) == (int64_t)to->len)
		buf_add_str(to, json_get_str(o, "text"));
}

static int
scan_event(struct event *ev, void *ctx)
{
	struct scan *scan = ctx;
	CLEANUP_BUF struct buf text = BUF_INIT(65 * MIB);
	CLEANUP_JSON struct json *o = NULL;
	struct str call;

	buf_printf(&text, "{%s}", buf_text(&ev->members));
	if (json_parse(buf_str(&text), NULL, &o, NULL) != 0)
		return 0;
	call = json_get_str(o, "call_id");
	switch (ev->type) {
	case EVENT_RUN_STARTED:
		begin(scan, OPEN_RUN, str_from(ev->run), STR_NONE, ev);
		break;
	case EVENT_RUN_FINISHED:
		end(scan, OPEN_RUN, str_from(ev->run));
		break;
	case EVENT_TEXT_DELTA:
	case EVENT_REASONING_DELTA:
		take_delta(scan, ev, o);
		break;
	case EVENT_MESSAGE_FINISHED:
		scan->has_message = false;
		break;
	case EVENT_TOOL_STARTED:
		begin(scan, OPEN_CALL, call, json_get_str(o, "name"), ev);
		break;
	case EVENT_TOOL_FINISHED:
		end(scan, OPEN_CALL, call);
		break;
	case EVENT_APPROVAL_REQUESTED:
		begin(scan, OPEN_APPROVAL, call, STR_NONE, ev);
		break;
	case EVENT_APPROVAL_RESOLVED:
		end(scan, OPEN_APPROVAL, call);
		break;
	case EVENT_QUESTION_REQUESTED:
		begin(scan, OPEN_QUESTION, call, STR_NONE, ev);
		break;
	case EVENT_QUESTION_RESOLVED:
		end(scan, OPEN_QUESTION, call);
		break;
	default:
		break;
	}
	return 0;
}

/* --- closing ------------------------------------------------------------ */

/* A run as it was, to emit in its name. */
static void
name_run(struct run *r, struct session *s, const char *id,
    const char *parent_call, const struct run *root)
{
	run_init(r, s, parent_call[0] == '\0' ? NULL : root, id, parent_call);
	r->convo = &s->convo;
	r->tools = &s->tools;
}

static int
close_message(struct session *s, const struct scan *scan,
    const struct run *root, struct error *err)
{
	struct message *m = message_create(ROLE_ASSISTANT);
	struct event *ev;
	struct run r;
	struct emit e;

	name_run(&r, s, scan->message_run, scan->message_parent, root);
	memcpy(m->id, scan->message_id, sizeof(m->id));
	emit_begin(&e);
	jw_key_cstr(&e.w, "message_id", m->id);
	jw_key_str(&e.w, "text", buf_str(&scan->text));
	if (scan->reasoning.len > 0)
		jw_key_str(&e.w, "reasoning", buf_str(&scan->reasoning));
	jw_key_cstr(&e.w, "stop_reason", stop_reason_name(STOP_NONE));
	ev = emit_event(&e, &r.to, EVENT_MESSAGE_FINISHED);
	if (r.parent != NULL || str_trim(buf_str(&scan->text)).len == 0) {
		message_destroy(m);
		return emit_store(&r.to, &ev, 1, NULL, 0, err);
	}
	message_add_text(m, buf_str(&scan->text));
	return run_keep(&r, ev, m, err);
}

static void
write_end(struct emit *e, const struct open_thing *t)
{
	struct error fault = ERROR_INIT;

	switch (t->kind) {
	case OPEN_RUN:
		jw_key_cstr(&e->w, "stop_reason", run_stop_name(RUN_ERROR));
		break;
	case OPEN_CALL:
		error_set(&fault, ERR_CANCELLED, "%s", INTERRUPTED);
		jw_key_cstr(&e->w, "call_id", t->id);
		jw_key_cstr(&e->w, "name", t->name);
		jw_key_bool(&e->w, "ok", false);
		jw_key_cstr(&e->w, "result", INTERRUPTED);
		jw_key(&e->w, "error");
		jw_object(&e->w);
		error_write_fields(&fault, &e->w);
		jw_end(&e->w);
		jw_key_int(&e->w, "duration_ms", 0);
		jw_key_raw(&e->w, "files", STR("[]"));
		break;
	case OPEN_APPROVAL:
		jw_key_cstr(&e->w, "call_id", t->id);
		jw_key_cstr(&e->w, "decision", "deny");
		jw_key_cstr(&e->w, "scope", "none");
		jw_key_cstr(&e->w, "reason", "interrupted");
		break;
	case OPEN_QUESTION:
		jw_key_cstr(&e->w, "call_id", t->id);
		jw_key_raw(&e->w, "answers", STR("[]"));
		jw_key_bool(&e->w, "cancelled", true);
		break;
	}
}

static int
close_thing(struct session *s, const struct open_thing *t,
    const struct run *root, struct error *err)
{
	static const enum event_type ends[] = {
		[OPEN_RUN] = EVENT_RUN_FINISHED,
		[OPEN_CALL] = EVENT_TOOL_FINISHED,
		[OPEN_APPROVAL] = EVENT_APPROVAL_RESOLVED,
		[OPEN_QUESTION] = EVENT_QUESTION_RESOLVED,
	};
	struct run r;
	struct emit e;

	name_run(&r, s, t->run, t->parent_call, root);
	emit_begin(&e);
	write_end(&e, t);
	return emit_end(&e, &r.to, ends[t->kind], err);
}

static bool
was_started(const char *call_id, void *ctx)
{
	const struct scan *scan = ctx;

	for (size_t i = 0; i < scan->n; i++)
		if (scan->things[i].kind == OPEN_CALL &&
		    strcmp(scan->things[i].id, call_id) == 0)
			return true;
	return false;
}

/* Innermost first: a sub-run's things before the call it belongs to. */
static int
close_all(struct session *s, struct scan *scan, struct error *err)
{
	struct run root;
	int rc = 0;

	if (scan->n == 0 || scan->things[0].kind != OPEN_RUN)
		return 0;
	name_run(&root, s, scan->things[0].run, "", NULL);
	if (scan->has_message)
		rc = close_message(s, scan, &root, err);
	for (size_t i = scan->n; i-- > 1 && rc == 0;) {
		const struct open_thing *t = &scan->things[i];

		/* The root's calls have messages too: see below. */
		if (t->kind != OPEN_CALL || t->parent_call[0] != '\0')
			rc = close_thing(s, t, &root, err);
	}
	if (rc == 0)
		rc = calls_close(&root, INTERRUPTED, was_started, scan, err);
	if (rc == 0)
		rc = emit_notice(&root.to, "warning", "session.interrupted",
		    "friday was stopped before this run finished; the session "
		    "goes on from here", err);
	if (rc == 0)
		rc = close_thing(s, &scan->things[0], &root, err);
	return rc;
}

/* --- reading ------------------------------------------------------------ */

struct search {
	int64_t first_seq;   /* of the window */
	int64_t started_seq; /* of the last topmost run; 0: not found */
	bool finished;	     /* … and it has its end */
	size_t n;
};

static int
search_event(struct event *ev, void *ctx)
{
	struct search *search = ctx;

	if (search->n++ == 0)
		search->first_seq = ev->seq;
	if (ev->parent_call[0] != '\0')
		return 0;
	if (ev->type == EVENT_RUN_STARTED) {
		search->started_seq = ev->seq;
		search->finished = false;
	} else if (ev->type == EVENT_RUN_FINISHED) {
		search->finished = true;
	}
	return 0;
}

static int
repair(struct session *s, struct store_reader *reader, struct error *err)
{
	struct search search = { .first_seq = 0 };
	struct scan scan = { .text = BUF_INIT(64 * MIB),
		.reasoning = BUF_INIT(64 * MIB) };
	int rc = 0;

	for (int i = 0; i < WINDOWS_MAX; i++) {
		search.n = 0;
		search.finished = false;
		rc = store_events_back(reader, s->id, search.first_seq, WINDOW,
		    0, search_event, &search, err);
		if (rc != 0 || search.n == 0 || search.finished)
			return rc;
		if (search.started_seq != 0)
			break;
	}
	if (search.started_seq == 0)
		return 0;
	rc = store_events(reader, s->id, search.started_seq - 1, 0, 0,
	    scan_event, &scan, err);
	if (rc == 0)
		rc = close_all(s, &scan, err);
	buf_release(&scan.text);
	buf_release(&scan.reasoning);
	return rc;
}

struct loading {
	struct session *session;
	struct error *err;
};

static int
load_message(struct str json, int64_t seq, void *ctx)
{
	struct loading *loading = ctx;
	CLEANUP_JSON struct json *tree = NULL;
	struct message *m;
	int rc;

	(void)seq;
	rc = json_parse(json, NULL, &tree, loading->err);
	if (rc == 0)
		rc = message_parse(tree, &m, loading->err);
	/* What was stored before there was a scrubber, or imported. */
	if (rc == 0)
		hide_message(loading->session, m);
	if (rc == 0)
		convo_add(&loading->session->convo, m);
	return rc;
}

static void
load_queue(struct session *s, struct store_reader *reader)
{
	CLEANUP_BUF struct buf json = BUF_INIT(64 * MIB);
	CLEANUP_JSON struct json *saved = NULL;
	char key[ID_SIZE + 8];

	snprintf(key, sizeof(key), "queue/%s", s->id);
	/* A queue that cannot be read is no reason not to open the session. */
	if (store_state_get(reader, key, &json) &&
	    json_parse(buf_str(&json), NULL, &saved, NULL) == 0)
		inbox_load(&s->inbox, saved, NULL);
}

/* The last plan that a call kept. */
static void
load_plan(struct session *s)
{
	for (size_t i = s->convo.n; i-- > 0;)
		for (size_t j = s->convo.items[i]->n_parts; j-- > 0;) {
			const struct part *p = &s->convo.items[i]->parts[j];
			CLEANUP_JSON struct json *args = NULL;

			if (p->kind != PART_TOOL_CALL ||
			    strcmp(p->name, "plan") != 0 ||
			    json_parse_lenient(buf_str(&p->arguments), NULL,
				&args, NULL) != 0)
				continue;
			plan_set(&s->plan, args);
			return;
		}
}

int
session_load(struct session *s, struct store_reader *reader,
    struct error *err)
{
	struct loading loading = { s, err };
	int rc = store_messages(reader, s->id, false, load_message, &loading,
	    err);

	if (rc == 0)
		load_plan(s);
	return rc;
}

int
session_restore(struct session *s, struct store_reader *reader,
    struct error *err)
{
	int rc = session_load(s, reader, err);

	if (rc == 0)
		rc = repair(s, reader, err);
	if (rc == 0)
		load_queue(s, reader);
	return rc;
}
