/* Rows of the audit log as JSON; see audit_entry.h. */
#include "core/audit_entry.h"

#include "audit/actions.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/units.h"
#include "base/utf8.h"
#include "core/host_scrub.h"
#include "safety/scrub_json.h"
#include "store/members.h"

#define CONTENT_MAX (64 * MIB)
#define HEX_ID_MAX (64 * KIB)

/* Where a run says something that later rows belong to. */
struct mark {
	enum { MARK_MODEL, MARK_PROMPT, MARK_RESPONSE, MARK_KINDS } kind;
	int64_t seq, event;
	char session[ID_SIZE];
	char hash[HASH_SIZE];	       /* prompt, response */
	const char *member;	       /* of the event */
	char provider[64], model[192]; /* model */
};

struct run_marks {
	struct mark *items;
	size_t n, cap;
};

static void
destroy_marks(void *ptr)
{
	struct run_marks *m = ptr;

	free(m->items);
	free(m);
}

void
audit_entries_init(struct audit_entries *e, struct store_reader *reader,
    bool content)
{
	*e = (struct audit_entries){ .reader = reader, .content = content,
		.runs = map_create(destroy_marks) };
}

void
audit_entries_release(struct audit_entries *e)
{
	map_destroy(e->runs);
	e->runs = NULL;
}

static void
copy(char *out, size_t size, struct str text)
{
	snprintf(out, size, "%.*s", STR_ARG(text));
}

static void
body_hash_of(const struct json *body, const char *member, char *out,
    size_t size)
{
	char key[64];

	snprintf(key, sizeof(key), "%s_hash", member);
	copy(out, size, json_get_str(body, key));
}

static int
keep_mark(const struct audit_row *row, void *ctx)
{
	const struct audit_action *action = audit_action_by_name(row->action);
	CLEANUP_JSON struct json *body = NULL;
	struct run_marks *m = ctx;
	struct mark mark = { .seq = row->seq };

	if (action == NULL ||
	    (action->prompt == NULL && action->response == NULL &&
		action->type != EVENT_MODEL_CHANGED &&
		action->type != EVENT_USAGE) ||
	    json_parse(row->body, NULL, &body, NULL) != 0)
		return 0;
	mark.event = json_get_int(body, "event", 0);
	copy(mark.session, sizeof(mark.session), row->session);
	copy(mark.provider, sizeof(mark.provider),
	    json_get_str(body, "provider"));
	copy(mark.model, sizeof(mark.model), json_get_str(body, "model"));
	m->items = mem_grow(m->items, &m->cap, m->n + 2, sizeof(*m->items));
	if (mark.model[0] != '\0')
		m->items[m->n++] = mark; /* kind 0 */
	mark.member = action->prompt != NULL ? action->prompt :
					       action->response;
	if (mark.member == NULL)
		return 0;
	mark.kind = action->prompt != NULL ? MARK_PROMPT : MARK_RESPONSE;
	body_hash_of(body, mark.member, mark.hash, sizeof(mark.hash));
	m->items[m->n++] = mark;
	return 0;
}

static int
marks_of(struct audit_entries *e, const struct audit_row *row,
    const struct run_marks **ret, struct error *err)
{
	CLEANUP(free_ptr) char *session = str_dup(row->session);
	CLEANUP(free_ptr) char *run = str_dup(row->run);
	struct audit_filter filter = { .session = session, .run = run };
	struct run_marks *m = map_get(e->runs, row->run);
	int rc = 0;

	if (m == NULL) {
		m = mem_new(struct run_marks);
		map_set(e->runs, row->run, m);
		if (run[0] != '\0')
			rc = store_audit_walk(e->reader, &filter, keep_mark,
			    m, err);
	}
	*ret = m;
	return rc;
}

/* The last mark of a kind up to this row; a sub-run has its own. */
static const struct mark *
last_mark(const struct run_marks *m, int kind, int64_t seq)
{
	const struct mark *last = NULL;

	for (size_t i = 0; i < m->n && m->items[i].seq <= seq; i++)
		if ((int)m->items[i].kind == kind)
			last = &m->items[i];
	return last;
}

/* --- contents ----------------------------------------------------------- */

struct looking {
	const char *member;
	struct buf *out;
	bool found;
};

static int
take_member(struct event *ev, void *ctx)
{
	struct looking *l = ctx;
	struct str raw = members_raw(buf_str(&ev->members), l->member);

	if (raw.ptr == NULL)
		return 1;
	l->found = true;
	return buf_add_str(l->out, raw) != 0 ? -ERR_TOO_LARGE : 1;
}

bool
audit_entry_content(struct store_reader *reader, const char *session,
    int64_t event, const char *member, const char *hash, struct buf *out,
    bool *ret_altered)
{
	struct looking l = { .member = member, .out = out };
	char now[HASH_SIZE];

	*ret_altered = false;
	if (event <= 0 || session[0] == '\0')
		return false;
	store_events(reader, session, event - 1, event, 1, take_member, &l,
	    NULL);
	if (!l.found)
		return false;
	hash_blake2b(buf_str(out), now);
	*ret_altered = strcmp(now, hash) != 0;
	return true;
}

static void
write_content(struct audit_entries *e, const char *session, int64_t event,
    const char *member, const char *hash, struct json_writer *w)
{
	CLEANUP_BUF struct buf text = BUF_INIT(CONTENT_MAX);
	CLEANUP_BUF struct buf plain = BUF_INIT(CONTENT_MAX);
	CLEANUP_BUF struct buf clean = BUF_INIT(4 * CONTENT_MAX);
	struct json_writer writer = JSON_WRITER(&clean);
	CLEANUP(scrubber_destroyp) struct scrubber *scrubber = NULL;
	CLEANUP_JSON struct json *j = NULL;
	bool altered;

	if (!e->content || member == NULL ||
	    !audit_entry_content(e->reader, session, event, member, hash,
		&text, &altered))
		return;
	if (json_parse(buf_str(&text), NULL, &j, NULL) != 0)
		return;
	/* An export leaves: its hash is that of what stays here. */
	scrubber = host_scrub_session(e->reader, session);
	scrub_json(scrubber, j, &writer);
	json_print(j, &plain);
	jw_key_raw(w, "content", buf_str(&clean));
	if (!str_eq(buf_str(&clean), buf_str(&plain)))
		jw_key_bool(w, "scrubbed", true);
	if (altered)
		jw_key_bool(w, "altered", true);
}

/* The text stands in the entry that brings it, not in each that belongs to
 * it. */
static void
write_mark(struct audit_entries *e, const char *key, const struct mark *m,
    int64_t seq, struct json_writer *w)
{
	jw_key(w, key);
	if (m == NULL) {
		jw_null(w);
		return;
	}
	jw_object(w);
	jw_key_int(w, "seq", m->seq);
	jw_key_cstr(w, "hash", m->hash);
	if (m->seq == seq)
		write_content(e, m->session, m->event, m->member, m->hash, w);
	jw_end(w);
}

/* What the row itself has: arguments, a result. */
static void
write_own(struct audit_entries *e, const char *key, const char *member,
    const struct audit_row *row, const struct json *body,
    struct json_writer *w)
{
	char hash[HASH_SIZE] = "", session[ID_SIZE];

	if (member != NULL)
		body_hash_of(body, member, hash, sizeof(hash));
	jw_key(w, key);
	if (hash[0] == '\0') {
		jw_null(w);
		return;
	}
	copy(session, sizeof(session), row->session);
	jw_object(w);
	jw_key_cstr(w, "hash", hash);
	write_content(e, session, json_get_int(body, "event", 0), member,
	    hash, w);
	jw_end(w);
}

static void
write_model(const struct mark *m, const struct json *body,
    struct json_writer *w)
{
	struct str model = json_get_str(body, "model");
	struct str provider = json_get_str(body, "provider");

	if (model.len == 0 && m != NULL) {
		model = str_from(m->model);
		provider = str_from(m->provider);
	}
	jw_key(w, "model");
	if (model.len == 0) {
		jw_null(w);
		return;
	}
	jw_object(w);
	jw_key_str(w, "provider", provider);
	jw_key_str(w, "name", model);
	jw_end(w);
}

/* --- the object --------------------------------------------------------- */

static void
write_id(const struct audit_row *row, struct json_writer *w)
{
	CLEANUP_BUF struct buf hex = BUF_INIT(HEX_ID_MAX);

	jw_key_str(w, "resource_id", row->resource_id);
	if (utf8_valid(row->resource_id))
		return;
	/* A path need not be text: these are its bytes. */
	for (size_t i = 0; i < row->resource_id.len; i++)
		buf_printf(&hex, "%02x",
		    (unsigned char)row->resource_id.ptr[i]);
	jw_key_str(w, "resource_id_hex", buf_str(&hex));
}

static void
write_text_or_null(struct json_writer *w, const char *key, struct str text)
{
	jw_key(w, key);
	if (text.ptr == NULL)
		jw_null(w);
	else
		jw_str(w, text);
}

/* What the hashes are made of, for a program that checks them. */
static void
write_record(const struct audit_row *row, struct json_writer *w)
{
	jw_key(w, "record");
	jw_object(w);
	write_text_or_null(w, "salt", row->salt);
	write_text_or_null(w, "body", row->body);
	jw_key_str(w, "body_hash", row->body_hash);
	jw_key_str(w, "hash", row->hash);
	jw_end(w);
}

int
audit_entry_write(struct audit_entries *e, const struct audit_row *row,
    struct json_writer *w, struct error *err)
{
	const struct audit_action *action = audit_action_by_name(row->action);
	CLEANUP_JSON struct json *body = NULL;
	const struct run_marks *marks;
	char time[CLOCK_ISO_SIZE];
	int rc = marks_of(e, row, &marks, err);

	if (rc != 0)
		return rc;
	if (row->body.ptr != NULL)
		json_parse(row->body, NULL, &body, NULL);
	clock_iso(row->time_ms, time);
	jw_object(w);
	jw_key_cstr(w, "kind", "entry");
	jw_key_int(w, "seq", row->seq);
	jw_key_cstr(w, "time", time);
	jw_key_int(w, "time_ms", row->time_ms);
	jw_key_str(w, "user", row->user);
	jw_key_str(w, "action", row->action);
	jw_key_str(w, "resource", row->resource);
	write_id(row, w);
	jw_key_str(w, "session", row->session);
	jw_key_str(w, "run", row->run);
	write_model(last_mark(marks, MARK_MODEL, row->seq), body, w);
	write_mark(e, "prompt", last_mark(marks, MARK_PROMPT, row->seq),
	    row->seq, w);
	write_mark(e, "response", last_mark(marks, MARK_RESPONSE, row->seq),
	    row->seq, w);
	write_own(e, "input", action == NULL ? "arguments" : action->input,
	    row, body, w);
	write_own(e, "output", action == NULL ? "result" : action->output,
	    row, body, w);
	jw_key_bool(w, "erased", row->body.ptr == NULL);
	jw_key(w, "details");
	if (body == NULL)
		jw_null(w);
	else
		jw_json(w, body);
	write_record(row, w);
	jw_end(w);
	return 0;
}

void
audit_seal_write(const struct audit_seal *s, struct json_writer *w)
{
	char time[CLOCK_ISO_SIZE];

	clock_iso(s->time_ms, time);
	jw_object(w);
	jw_key_cstr(w, "kind", "seal");
	jw_key_int(w, "seq", s->seq);
	jw_key_cstr(w, "time", time);
	jw_key_int(w, "time_ms", s->time_ms);
	jw_key_cstr(w, "hash", s->hash);
	jw_key_cstr(w, "key", s->key);
	jw_key_cstr(w, "signature", s->signature);
	jw_end(w);
}
