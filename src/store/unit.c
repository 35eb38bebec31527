/* Units; see unit.h. Sequence numbers are counted from the session's row
 * inside the transaction, so they have no gaps whatever was rolled back
 * before, and whichever process wrote last. */
#include "store/unit.h"

#include "base/clock.h"
#include "base/mem.h"
#include "store/audit_rows.h"
#include "store/inner.h"
#include "store/members.h"

enum { MESSAGE_BYTES_MAX = 64 << 20 };

struct unit_event {
	struct event *ev;
	int64_t seq, time_ms; /* of the last unit_put */
};

struct unit_message {
	char *id, *session, *run, *role;
	struct buf json;
};

struct unit {
	struct unit_event *events;
	struct unit_message *messages;
	size_t n_events, n_messages, bytes;
	unsigned flags;
	bool border;
};

/* The session that is being written to, with what changes in its row. */
struct target {
	const char *id; /* NULL: none yet */
	int64_t num, last_seq, n_messages, bytes, time_ms;
	bool border;
};

static const char sql_session[] =
    "SELECT num, last_seq FROM session "
    "WHERE id = ?1 AND tenant_id = ?2 AND user_id = ?3";
static const char sql_event[] =
    "INSERT INTO event (session, seq, tenant_id, user_id, type, time_ms, "
    "run, parent_call, message_id, members) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
static const char sql_message[] =
    "INSERT INTO message (session, id, tenant_id, user_id, seq, run, role, "
    "json, position) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, "
    "(SELECT coalesce(max(position), 0) + 1 FROM message WHERE session = ?1))";
static const char sql_has_message[] =
    "SELECT length(CAST(json AS BLOB)) FROM message "
    "WHERE session = ?1 AND id = ?2";
static const char sql_renew_message[] =
    "UPDATE message SET json = ?3 WHERE session = ?1 AND id = ?2";
/* Deltas leave updated_ms alone: it stands in three indexes. */
static const char sql_grown[] =
    "UPDATE session SET last_seq = ?2, n_messages = n_messages + ?3, "
    "size_bytes = size_bytes + ?4 WHERE num = ?1";
static const char sql_updated[] =
    "UPDATE session SET last_seq = ?2, n_messages = n_messages + ?3, "
    "size_bytes = size_bytes + ?4, updated_ms = max(updated_ms, ?5) "
    "WHERE num = ?1";

struct unit *
unit_create(struct event *const *events, size_t n_events,
    const struct store_message *messages, size_t n_messages, unsigned flags)
{
	struct unit *u = mem_new(struct unit);

	u->flags = flags;
	u->events = mem_alloc(n_events, sizeof(*u->events));
	u->n_events = n_events;
	for (size_t i = 0; i < n_events; i++) {
		u->events[i].ev = event_ref(events[i]);
		u->bytes += events[i]->members.len + sizeof(struct event);
		if (event_table[events[i]->type].sync == EVENT_BORDER &&
		    !(flags & UNIT_LAZY))
			u->border = true;
	}
	u->messages = mem_alloc(n_messages, sizeof(*u->messages));
	u->n_messages = n_messages;
	for (size_t i = 0; i < n_messages; i++) {
		struct unit_message *m = &u->messages[i];

		m->id = mem_strdup(messages[i].id);
		m->session = mem_strdup(messages[i].session);
		m->run = mem_strdup(messages[i].run);
		m->role = mem_strdup(messages[i].role);
		buf_init(&m->json, MESSAGE_BYTES_MAX);
		buf_add_str(&m->json, messages[i].json);
		u->bytes += m->json.len;
		u->border = true;
	}
	return u;
}

void
unit_destroy(struct unit *u)
{
	if (u == NULL)
		return;
	for (size_t i = 0; i < u->n_events; i++)
		event_unref(u->events[i].ev);
	for (size_t i = 0; i < u->n_messages; i++) {
		struct unit_message *m = &u->messages[i];

		free(m->id);
		free(m->session);
		free(m->run);
		free(m->role);
		buf_release(&m->json);
	}
	free(u->events);
	free(u->messages);
	free(u);
}

size_t
unit_bytes(const struct unit *u)
{
	return u->bytes;
}

bool
unit_is_border(const struct unit *u)
{
	return u->border;
}

static int
leave_session(struct target *at, struct db *db, struct error *err)
{
	if (at->id == NULL)
		return 0;
	if (!at->border)
		return db_run(db, sql_grown,
		    DB_ARGS(db_int(at->num), db_int(at->last_seq),
			db_int(at->n_messages), db_int(at->bytes)),
		    err);
	return db_run(db, sql_updated,
	    DB_ARGS(db_int(at->num), db_int(at->last_seq),
		db_int(at->n_messages), db_int(at->bytes),
		db_int(at->time_ms)),
	    err);
}

/* Almost always a unit is about one session; it may be about several. */
static int
enter_session(struct target *at, const char *id, struct db *db,
    const struct scope *scope, struct error *err)
{
	struct db_rows *rows;
	int rc;

	if (at->id != NULL && strcmp(at->id, id) == 0)
		return 0;
	rc = leave_session(at, db, err);
	if (rc != 0)
		return rc;
	*at = (struct target){ 0 };
	rc = db_query(db, sql_session,
	    DB_ARGS(db_text(id), db_text(scope->tenant),
		db_text(scope->user)),
	    &rows, err);
	if (rc == DB_ROW)
		*at = (struct target){ .id = id, .num = db_col_int(rows, 0),
			.last_seq = db_col_int(rows, 1) };
	else if (rc == DB_DONE)
		rc = error_set(err, ERR_SESSION_NOT_FOUND, "no session %s",
		    id);
	db_done(rows);
	return rc < 0 ? rc : 0;
}

static bool
names_message(enum event_type type)
{
	return type == EVENT_TEXT_DELTA || type == EVENT_REASONING_DELTA ||
	    type == EVENT_MESSAGE_FINISHED;
}

static int
put_event(struct unit_event *e, unsigned flags, struct target *at,
    struct db *db, const struct scope *scope, struct error *err)
{
	const struct event *ev = e->ev;
	struct str members = buf_str(&ev->members);
	struct str message_id = STR_NONE;
	int rc;

	if (names_message(ev->type))
		message_id = members_text(members, "message_id");
	e->seq = ++at->last_seq;
	e->time_ms = flags & UNIT_KEEP_TIME ? ev->time_ms : clock_wall_ms();
	at->time_ms = e->time_ms;
	at->bytes += (int64_t)members.len;
	if (event_table[ev->type].sync == EVENT_BORDER)
		at->border = true;
	rc = db_run(db, sql_event,
	    DB_ARGS(db_int(at->num), db_int(e->seq), db_text(scope->tenant),
		db_text(scope->user), db_text(event_table[ev->type].name),
		db_int(e->time_ms), db_text(ev->run), db_text(ev->parent_call),
		db_str(message_id), db_str(members)),
	    err);
	/* What is imported was not done here. */
	if (rc != 0 || flags & UNIT_KEEP_TIME)
		return rc;
	return audit_put_event(ev, e->seq, db, scope, err);
}

/* A message whose id is there already replaces its content and keeps its
 * place: writing it again after a doubt does no harm. */
static int
put_message(const struct unit_message *m, struct target *at, struct db *db,
    const struct scope *scope, struct error *err)
{
	struct str json = buf_str(&m->json);
	int64_t former = -1;
	int rc;

	at->border = true;
	if (at->time_ms == 0)
		at->time_ms = clock_wall_ms();
	rc = db_get_int(db, sql_has_message,
	    DB_ARGS(db_int(at->num), db_text(m->id)), -1, &former, err);
	if (rc != 0)
		return rc;
	if (former >= 0) {
		at->bytes += (int64_t)json.len - former;
		return db_run(db, sql_renew_message,
		    DB_ARGS(db_int(at->num), db_text(m->id), db_str(json)),
		    err);
	}
	at->bytes += (int64_t)json.len;
	at->n_messages++;
	return db_run(db, sql_message,
	    DB_ARGS(db_int(at->num), db_text(m->id), db_text(scope->tenant),
		db_text(scope->user), db_int(at->last_seq),
		db_text(m->run == NULL ? "" : m->run), db_text(m->role),
		db_str(json)),
	    err);
}

int
unit_put(struct unit *u, struct db *db, const struct scope *scope,
    struct error *err)
{
	struct target at = { 0 };
	int rc = 0;

	for (size_t i = 0; i < u->n_events && rc == 0; i++) {
		struct unit_event *e = &u->events[i];

		rc = buf_check(&e->ev->members, err);
		if (rc == 0)
			rc = enter_session(&at, e->ev->session, db, scope,
			    err);
		if (rc == 0)
			rc = put_event(e, u->flags, &at, db, scope, err);
	}
	for (size_t i = 0; i < u->n_messages && rc == 0; i++) {
		const struct unit_message *m = &u->messages[i];

		rc = buf_check(&m->json, err);
		if (rc == 0)
			rc = enter_session(&at, m->session, db, scope, err);
		if (rc == 0)
			rc = put_message(m, &at, db, scope, err);
	}
	return rc == 0 ? leave_session(&at, db, err) : rc;
}

void
unit_publish(struct unit *u, void (*on_stored)(struct event *ev, void *ctx),
    void *ctx)
{
	for (size_t i = 0; i < u->n_events; i++) {
		struct unit_event *e = &u->events[i];

		e->ev->seq = e->seq;
		e->ev->time_ms = e->time_ms;
		if (on_stored != NULL)
			on_stored(e->ev, ctx);
	}
}
