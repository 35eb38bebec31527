/* Operations that take changes back: list, preview, undo, redo, rewind. */
#include "base/clock.h"
#include "base/mem.h"
#include "core/change_pair.h"
#include "core/host_session.h"
#include "tools/diff.h"

enum { LIST_DEFAULT = 50, BACK_MAX = 10000 };
/* Larger contents are not counted by lines. */
#define COUNT_BYTES_MAX (2 * MIB)

/* --- list --------------------------------------------------------------- */

static int
write_point(const struct undo_point *p, void *ctx)
{
	struct json_writer *w = ctx;
	char time[CLOCK_ISO_SIZE];

	clock_iso(p->time_ms, time);
	jw_object(w);
	jw_key_cstr(w, "point", p->id);
	jw_key_cstr(w, "session", p->session);
	jw_key_cstr(w, "run", p->run);
	jw_key_cstr(w, "call_id", p->call_id);
	jw_key_cstr(w, "kind", undo_source_name(p->source));
	jw_key_cstr(w, "label", p->label);
	jw_key_cstr(w, "time", time);
	jw_key_int(w, "seq", p->seq);
	jw_key_int(w, "files", p->n_entries);
	jw_key_bool(w, "undone", p->undone_by != 0);
	jw_key_bool(w, "open", p->open);
	jw_end(w);
	return 0;
}

static int
list(struct op_call *call, struct error *err)
{
	struct undo_filter filter = { .newest_first = true };
	struct store_reader *reader;
	char session[ID_SIZE];
	int rc = host_undo_session(call, session, err);

	if (rc == 0)
		rc = host_reader(call->worker, &reader, err);
	if (rc != 0)
		return rc;
	filter.session = session;
	filter.limit = (size_t)json_get_int(call->args, "limit",
	    LIST_DEFAULT);
	jw_key_cstr(call->out, "session", session);
	jw_key(call->out, "points");
	jw_array(call->out);
	rc = store_undo_points(reader, &filter, write_point, call->out, err);
	jw_end(call->out);
	return rc;
}

/* --- plans as JSON ------------------------------------------------------ */

static const char *const fate_names[] = {
	[UNDO_CHANGE] = "change",
	[UNDO_SAME] = "same",
	[UNDO_CONFLICT] = "conflict",
	[UNDO_LOST] = "lost",
};

/* Lines that the restore adds and removes. */
static void
write_counts(struct friday *f, const struct undo_step *s,
    struct json_writer *w)
{
	CLEANUP_BUF struct buf before = BUF_INIT(COUNT_BYTES_MAX);
	CLEANUP_BUF struct buf after = BUF_INIT(COUNT_BYTES_MAX);
	CLEANUP_LINES struct text_lines a, b;
	struct diff_script script;
	int64_t added = 0, removed = 0;
	bool shown = change_read(f->undo, &s->current, &before) &&
	    change_read(f->undo, &s->target, &after) &&
	    !change_is_binary(buf_str(&before)) &&
	    !change_is_binary(buf_str(&after));

	text_lines_init(&a, shown ? buf_str(&before) : STR_NONE);
	text_lines_init(&b, shown ? buf_str(&after) : STR_NONE);
	if (!shown)
		return;
	diff_text_lines(&a, &b, &script);
	for (size_t i = 0; i < script.n; i++) {
		const struct diff_run *r = &script.runs[i];

		added += r->kind == DIFF_ADD ? (int64_t)r->n : 0;
		removed += r->kind == DIFF_DROP ? (int64_t)r->n : 0;
	}
	diff_script_release(&script);
	jw_key_int(w, "insertions", added);
	jw_key_int(w, "deletions", removed);
}

static void
write_step(struct op_call *call, const struct undo_step *s, bool applied)
{
	CLEANUP(free_ptr) char *shown = host_undo_shown(call->host, s->root,
	    s->path);
	struct json_writer *w = call->out;

	jw_object(w);
	jw_key_cstr(w, "path", shown);
	jw_key_cstr(w, "action", change_action(&s->current, &s->target));
	jw_key_cstr(w, "fate", fate_names[s->fate]);
	if (s->why[0] != '\0')
		jw_key_cstr(w, "why", s->why);
	if (host_undo_denied(call->host, s->root, s->path))
		jw_key_bool(w, "denied", true);
	if (!applied && s->fate != UNDO_SAME)
		write_counts(call->host, s, w);
	if (applied) {
		jw_key_bool(w, "done", s->done);
		if (s->fault.code != ERR_NONE)
			jw_key_cstr(w, "error", s->fault.message);
	}
	jw_end(w);
}

static void
write_plan(struct op_call *call, const struct undo_plan *p, bool applied)
{
	struct json_writer *w = call->out;
	int64_t conflicts = 0, lost = 0, failed = 0;

	jw_key_cstr(w, "session", p->session);
	jw_key_cstr(w, "run", p->run);
	jw_key_cstr(w, "kind", undo_source_name(p->source));
	jw_key_int(w, "points", (int64_t)p->n_targets);
	jw_key(w, "files");
	jw_array(w);
	for (size_t i = 0; i < p->n; i++) {
		conflicts += p->steps[i].fate == UNDO_CONFLICT;
		lost += p->steps[i].fate == UNDO_LOST;
		failed += p->steps[i].fault.code != ERR_NONE;
		write_step(call, &p->steps[i], applied);
	}
	jw_end(w);
	jw_key_int(w, "conflicts", conflicts);
	jw_key_int(w, "lost", lost);
	if (applied)
		jw_key_int(w, "failed", failed);
}

/* --- what is meant ------------------------------------------------------ */

struct meant {
	struct undo_wish wish;
	char session[ID_SIZE];
	char *run, *point;
};

static void
meant_release(struct meant *m)
{
	free(m->run);
	free(m->point);
}
#define CLEANUP_MEANT CLEANUP(meant_release)

static int
meant_init(struct meant *m, struct op_call *call, bool redo,
    struct error *err)
{
	struct str run = json_get_str(call->args, "run");
	struct str point = json_get_str(call->args, "point");
	int rc = 0;

	*m = (struct meant){ .wish = { .redo = redo } };
	m->run = run.len > 0 ? str_dup(run) : NULL;
	m->point = point.len > 0 ? str_dup(point) : NULL;
	m->wish.run = m->run;
	m->wish.point = m->point;
	m->wish.steps = (size_t)json_get_int(call->args, "steps", 0);
	m->wish.from_seq = json_get_int(call->args, "from_seq", 0);
	/* A run or a point is found whatever session it is of. */
	if (json_get(call->args, "session") == NULL &&
	    (m->run != NULL || m->point != NULL))
		return 0;
	rc = host_undo_session(call, m->session, err);
	m->wish.session = m->session;
	return rc;
}

static int
preview(struct op_call *call, struct error *err)
{
	CLEANUP_UNDO_PLAN struct undo_plan plan = { .n = 0 };
	CLEANUP_MEANT struct meant m = { .run = NULL };
	struct store_reader *reader;
	int rc = host_reader(call->worker, &reader, err);

	if (rc == 0)
		rc = meant_init(&m, call,
		    json_get_bool(call->args, "redo", false), err);
	if (rc == 0)
		rc = undo_plan_make(call->host->undo, reader, &m.wish, &plan,
		    err);
	if (rc == 0)
		write_plan(call, &plan, false);
	return rc;
}

/* --- doing -------------------------------------------------------------- */

static bool
names(const struct op_call *call, const char *key,
    const struct undo_step *s)
{
	CLEANUP(free_ptr) char *shown = host_undo_shown(call->host, s->root,
	    s->path);

	for (const struct json *i = json_first(json_get(call->args, key)); i;
	    i = json_next(i))
		if (str_eq_c(json_str(i), "*") ||
		    str_eq_c(json_str(i), shown))
			return true;
	return false;
}

static bool
is_forced(const struct undo_step *s, const void *ctx)
{
	return names(ctx, "force", s);
}

/* "*" skips what is in the way, not everything. */
static bool
is_skipped(const struct undo_step *s, const void *ctx)
{
	const struct op_call *call = ctx;

	if (s->fate == UNDO_CONFLICT)
		return names(call, "skip", s) && !names(call, "force", s);
	for (const struct json *i = json_first(
	    json_get(call->args, "skip")); i; i = json_next(i)) {
		CLEANUP(free_ptr) char *shown = host_undo_shown(call->host,
		    s->root, s->path);

		if (str_eq_c(json_str(i), shown))
			return true;
	}
	return false;
}

static int
carry_out(struct op_call *call, struct store_reader *reader,
    const struct undo_wish *wish, struct undo_plan *plan, struct error *err)
{
	const struct undo_choice choice = { is_forced, is_skipped, call };
	char point[ID_SIZE];
	int rc = undo_plan_make(call->host->undo, reader, wish, plan, err);

	if (rc == 0)
		rc = undo_plan_apply(call->host->undo, plan, &choice, point,
		    err);
	if (rc == 0)
		rc = host_undo_tell(call, plan, point, err);
	if (rc == 0)
		jw_key_cstr(call->out, "point", point);
	return rc;
}

/* Which session a run or a point is of. */
static int
find_session(struct op_call *call, struct store_reader *reader,
    struct meant *m, struct error *err)
{
	CLEANUP_UNDO_PLAN struct undo_plan plan = { .n = 0 };
	int rc;

	if (m->wish.session != NULL)
		return 0;
	rc = undo_plan_make(call->host->undo, reader, &m->wish, &plan, err);
	memcpy(m->session, plan.session, sizeof(m->session));
	m->wish.session = m->session;
	return rc;
}

static int
do_it(struct op_call *call, bool redo, struct error *err)
{
	CLEANUP_UNDO_PLAN struct undo_plan plan = { .n = 0 };
	CLEANUP_MEANT struct meant m = { .run = NULL };
	struct store_reader *reader;
	struct undo_hold hold;
	int rc = host_reader(call->worker, &reader, err);

	if (rc == 0)
		rc = meant_init(&m, call, redo, err);
	if (rc == 0)
		rc = find_session(call, reader, &m, err);
	if (rc == 0)
		rc = host_undo_hold(call, m.session, &hold, err);
	if (rc != 0)
		return rc;
	rc = carry_out(call, reader, &m.wish, &plan, err);
	host_undo_release(&hold);
	if (rc == 0)
		write_plan(call, &plan, true);
	return rc;
}

static int
undo_run(struct op_call *call, struct error *err)
{
	return do_it(call, false, err);
}

static int
redo_run(struct op_call *call, struct error *err)
{
	return do_it(call, true, err);
}

/* --- rewind ------------------------------------------------------------- */

struct prompts {
	int64_t wanted_seq; /* 0: the wanted_back-th last */
	int64_t *seqs;
	size_t n;
	struct buf text; /* of the one found */
};

static int
note_prompt(struct event *ev, void *ctx)
{
	struct prompts *p = ctx;
	CLEANUP_BUF struct buf whole = BUF_INIT(64 * MIB);
	CLEANUP_JSON struct json *o = NULL;

	if (ev->type != EVENT_USER_MESSAGE || ev->parent_call[0] != '\0')
		return 0;
	p->seqs = mem_resize(p->seqs, p->n + 1, sizeof(*p->seqs));
	p->seqs[p->n++] = ev->seq;
	if (ev->seq != p->wanted_seq)
		return 0;
	buf_printf(&whole, "{%s}", buf_text(&ev->members));
	if (json_parse(buf_str(&whole), NULL, &o, NULL) == 0)
		buf_add_str(&p->text, json_get_str(o, "text"));
	return 0;
}

/* The message that is gone back to: by its event, or counted from the end. */
static int
find_prompt(struct op_call *call, struct store_reader *reader,
    const char *session, struct prompts *p, struct error *err)
{
	size_t back = (size_t)json_get_int(call->args, "back", 0);
	int rc;

	p->wanted_seq = json_get_int(call->args, "seq", 0);
	if (p->wanted_seq == 0 && back == 0)
		return error_set(err, ERR_USAGE,
		    "rewind needs \"seq\" or \"back\"");
	rc = store_events(reader, session, 0, 0, 0, note_prompt, p, err);
	if (rc != 0)
		return rc;
	if (p->wanted_seq == 0) {
		if (back > p->n)
			return error_set(err, ERR_NOT_FOUND,
			    "the session has %zu messages of yours", p->n);
		p->wanted_seq = p->seqs[p->n - back];
		return store_events(reader, session, p->wanted_seq - 1,
		    p->wanted_seq, 0, note_prompt, p, err);
	}
	for (size_t i = 0; i < p->n; i++)
		if (p->seqs[i] == p->wanted_seq)
			return 0;
	return error_set(err, ERR_NOT_FOUND,
	    "event %lld is no message of yours", (long long)p->wanted_seq);
}

static int
tell_rewound(struct op_call *call, const char *session, int64_t seq,
    struct error *err)
{
	CLEANUP(event_unrefp) struct event *ev = NULL;
	CLEANUP_BUF struct buf members = BUF_INIT(KIB);
	struct store *store;
	int rc = host_store(call->host, &store, err);

	if (rc != 0)
		return rc;
	buf_printf(&members, "\"rewound_to\":%lld", (long long)seq);
	ev = event_create(EVENT_SESSION_CHANGED, session, NULL,
	    buf_str(&members));
	return store_append(store, &ev, 1, NULL, 0, err);
}

static int
rewind_conversation(struct op_call *call, const char *session, int64_t seq,
    struct error *err)
{
	struct session *open;
	struct store *store;
	int rc = host_store(call->host, &store, err);

	if (rc == 0)
		rc = host_session_find(call->host, str_from(session), &open,
			 NULL) == 0 ?
		    session_rewind(open, seq, err) :
		    store_context_rewind(store, session, seq, err);
	return rc == 0 ? tell_rewound(call, session, seq, err) : rc;
}

static int
rewind_files(struct op_call *call, struct store_reader *reader,
    const char *session, int64_t seq, bool look, struct error *err)
{
	CLEANUP_UNDO_PLAN struct undo_plan plan = { .n = 0 };
	const struct undo_wish wish = { .session = session,
		.from_seq = seq };
	struct error own = ERROR_INIT;
	int rc = look ?
	    undo_plan_make(call->host->undo, reader, &wish, &plan, &own) :
	    carry_out(call, reader, &wish, &plan, &own);

	/* No files were changed since then: that is no failure. */
	if (rc == -ERR_NOT_FOUND) {
		snprintf(plan.session, sizeof(plan.session), "%s", session);
		rc = 0;
	}
	if (rc == 0)
		write_plan(call, &plan, !look);
	else if (err != NULL)
		*err = own;
	return rc;
}

static int
rewind_held(struct op_call *call, struct store_reader *reader,
    const char *session, const struct prompts *p, struct error *err)
{
	struct str what = json_get_str(call->args, "what");
	bool look = json_get_bool(call->args, "preview", false);
	bool files = !str_eq(what, STR("conversation"));
	bool talk = !str_eq(what, STR("files"));
	int rc = 0;

	/* Files first: they may be refused. */
	if (files)
		rc = rewind_files(call, reader, session, p->wanted_seq, look,
		    err);
	if (rc == 0 && talk && !look)
		rc = rewind_conversation(call, session, p->wanted_seq, err);
	if (rc != 0)
		return rc;
	jw_key_int(call->out, "seq", p->wanted_seq);
	jw_key_str(call->out, "text", buf_str(&p->text));
	return 0;
}

static int
rewind_run(struct op_call *call, struct error *err)
{
	struct prompts p = { .text = BUF_INIT(64 * MIB) };
	struct store_reader *reader;
	struct undo_hold hold;
	char session[ID_SIZE];
	int rc = host_undo_session(call, session, err);

	if (rc == 0)
		rc = host_reader(call->worker, &reader, err);
	if (rc == 0)
		rc = host_undo_hold(call, session, &hold, err);
	if (rc != 0)
		return rc;
	rc = find_prompt(call, reader, session, &p, err);
	if (rc == 0)
		rc = rewind_held(call, reader, session, &p, err);
	host_undo_release(&hold);
	buf_release(&p.text);
	free(p.seqs);
	return rc;
}

/* --- retention ---------------------------------------------------------- */

static int
gc(struct op_call *call, struct error *err)
{
	return host_undo_gc(call, json_get_bool(call->args, "dry_run", false),
	    err);
}

/* --- rows --------------------------------------------------------------- */

#define SESSION "\"session\":{\"type\":\"string\"}"
#define WHICH                                                                 \
	SESSION ",\"run\":{\"type\":\"string\"},\"point\":{\"type\":"         \
	"\"string\"},\"steps\":{\"type\":\"integer\",\"minimum\":1},"         \
	"\"from_seq\":{\"type\":\"integer\",\"minimum\":1}"
#define PATHS "{\"type\":\"array\",\"items\":{\"type\":\"string\"}}"
#define CHOICE ",\"force\":" PATHS ",\"skip\":" PATHS

/* What each gives. A point: {point, session, run, call_id, kind (files,
 * command, background, undo, redo, revert), label, time, seq, files, undone,
 * open}. A plan: {session, run, kind, points, files: [{path, action (create,
 * delete, modify, mode, type), fate (change, same, conflict, lost), why?,
 * denied?, insertions?, deletions?}], conflicts, lost}; carried out, each file
 * has done and perhaps error, and the plan has point and failed. force and
 * skip take paths as the preview names them, or "*" for all that is in the
 * way. Without run, point, steps and from_seq: the last run with changes. */
const struct operation op_undo_rows[] = {
	OPERATION_SLOW("undo.list", "read",
	    "What can be undone, newest first",
	    ARGS(SESSION ",\"limit\":{\"type\":\"integer\",\"minimum\":1,"
			 "\"maximum\":10000}"),
	    list),
	OPERATION_SLOW("undo.preview", "read",
	    "What an undo (or a redo) would change, and what is in its way",
	    ARGS(WHICH ",\"redo\":{\"type\":\"boolean\"}"), preview),
	OPERATION("undo.apply", "write",
	    "Take changes back; refused while somebody's later work is in the "
	    "way",
	    ARGS(WHICH CHOICE), undo_run),
	OPERATION("redo.apply", "write", "Take the last undo back",
	    ARGS(SESSION CHOICE), redo_run),
	OPERATION("undo.rewind", "write",
	    "Back to before a message of the user: the conversation, the "
	    "files, or both; gives its text",
	    ARGS(SESSION ",\"seq\":{\"type\":\"integer\",\"minimum\":1},"
			 "\"back\":{\"type\":\"integer\",\"minimum\":1,"
			 "\"maximum\":10000},\"what\":{\"enum\":["
			 "\"conversation\",\"files\",\"both\"]},"
			 "\"preview\":{\"type\":\"boolean\"}" CHOICE),
	    rewind_run),
	OPERATION_SLOW("undo.gc", "admin",
	    "Drop former contents that are too old or too much",
	    ARGS("\"dry_run\":{\"type\":\"boolean\"}"), gc),
	{ .face = { .name = NULL } },
};
