/* Undo in this host; see host_undo.h. */
#include "core/host_undo.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "core/host_session.h"
#include "safety/deny_list.h"

#define DAY_MS (INT64_C(24) * 3600 * 1000)
#define MEMBERS_MAX (16 * MIB)

/* --- opening ------------------------------------------------------------ */

struct cut_off {
	char (*ids)[ID_SIZE];
	size_t n;
};

static int
collect_session(const struct undo_point *p, void *ctx)
{
	struct cut_off *c = ctx;

	if (c->n > 0 && strcmp(c->ids[c->n - 1], p->session) == 0)
		return 0;
	c->ids = mem_resize(c->ids, c->n + 1, sizeof(*c->ids));
	memcpy(c->ids[c->n++], p->session, ID_SIZE);
	return 0;
}

/* A half restore must not wait until its session is opened again. */
static int
complete_cut_off(struct friday *f, struct error *err)
{
	CLEANUP(store_reader_closep) struct store_reader *reader = NULL;
	const struct undo_filter open = { .open_only = true };
	struct cut_off c = { .n = 0 };
	int rc = store_reader_open(f->store, &reader, err);

	if (rc == 0)
		rc = store_undo_points(reader, &open, collect_session, &c,
		    err);
	for (size_t i = 0; i < c.n && rc == 0; i++) {
		struct error own = ERROR_INIT;

		/* Somebody works there: it is not cut off. */
		if (store_lease_take(f->store, c.ids[i], NULL) != 0)
			continue;
		if (undo_recover(f->undo, reader, c.ids[i], &own) != 0)
			log_error(&own, NULL);
		store_lease_release(f->store, c.ids[i]);
	}
	free(c.ids);
	return rc;
}

int
host_undo_open(struct friday *f, struct error *err)
{
	struct undo_opts opts = UNDO_OPTS_INIT;
	int rc;

	opts.store = f->store;
	opts.state_dir = f->state_dir;
	opts.max_age_ms = config_int(f->config, "undo.max_age_days") * DAY_MS;
	opts.max_bytes = config_int(f->config, "undo.max_bytes");
	opts.file_max = config_int(f->config, "undo.max_file_bytes");
	opts.tree_max = config_int(f->config, "undo.max_tree_bytes");
	rc = undo_open(&opts, &f->undo, err);
	if (rc == 0)
		rc = complete_cut_off(f, err);
	if (rc != 0) {
		undo_close(f->undo);
		f->undo = NULL;
	}
	return rc;
}

/* --- retention ---------------------------------------------------------- */

#define GC_KEY "undo/gc"

int
host_undo_gc(struct op_call *call, bool dry_run, struct error *err)
{
	CLEANUP_BUF struct buf now = BUF_INIT(64);
	struct store_reader *reader;
	struct undo_size size;
	struct store *store;
	int rc = host_store(call->host, &store, err);

	if (rc == 0)
		rc = host_reader(call->worker, &reader, err);
	if (rc == 0)
		rc = dry_run ?
		    undo_size(call->host->undo, reader, &size, err) :
		    undo_gc(call->host->undo, reader, &size, err);
	buf_printf(&now, "%lld", (long long)clock_wall_ms());
	if (rc == 0 && !dry_run)
		rc = store_state_set(store, GC_KEY, buf_str(&now), err);
	if (rc != 0)
		return rc;
	jw_key_int(call->out, "undo_points", size.points);
	jw_key_int(call->out, "undo_contents", size.objects);
	jw_key_int(call->out, "undo_bytes", size.bytes);
	return 0;
}

void
host_undo_gc_if_due(struct worker *w)
{
	CLEANUP_BUF struct buf last = BUF_INIT(64);
	struct store_reader *reader;
	int64_t ms = 0;

	if (host_reader(w, &reader, NULL) != 0)
		return;
	if (store_state_get(reader, GC_KEY, &last))
		str_to_int(buf_str(&last), 0, INT64_MAX, &ms);
	if (clock_wall_ms() - ms >= DAY_MS)
		friday_request(w->host, "undo.gc", NULL, NULL, NULL);
}

/* --- sessions ----------------------------------------------------------- */

int
host_undo_session(struct op_call *call, char ret[ID_SIZE], struct error *err)
{
	CLEANUP(free_ptr) char *id = str_dup(
	    json_get_str(call->args, "session"));
	struct store_reader *reader;
	struct session_row row;
	int rc = host_reader(call->worker, &reader, err);

	if (rc == 0)
		rc = id[0] != '\0' ?
		    store_session_get(reader, id, &row, err) :
		    store_session_last(reader, call->host->folder, &row, err);
	if (rc == 0)
		memcpy(ret, row.id, ID_SIZE);
	return rc;
}

int
host_undo_hold(struct op_call *call, const char *session,
    struct undo_hold *ret, struct error *err)
{
	struct store_reader *reader;
	struct session *open;
	int rc = host_store(call->host, &ret->store, err);

	ret->leased = false;
	if (rc == 0)
		rc = host_reader(call->worker, &reader, err);
	if (rc != 0)
		return rc;
	memcpy(ret->session, session, ID_SIZE);
	if (host_session_find(call->host, str_from(session), &open, NULL) ==
	    0)
		return session_running(open) ?
		    error_set(err, ERR_BUSY,
			"a run goes on in that session; stop it first") :
		    0;
	rc = store_lease_take(ret->store, session, err);
	if (rc != 0)
		return rc;
	ret->leased = true;
	rc = undo_recover(call->host->undo, reader, session, err);
	if (rc != 0)
		host_undo_release(ret);
	return rc;
}

void
host_undo_release(struct undo_hold *h)
{
	if (h->leased)
		store_lease_release(h->store, h->session);
	h->leased = false;
}

/* --- faces -------------------------------------------------------------- */

char *
host_undo_shown(const struct friday *f, const char *root, const char *path)
{
	return strcmp(root, f->folder) == 0 ? mem_strdup(path) :
	    mem_printf("%s/%s", root, path);
}

bool
host_undo_denied(struct friday *f, const char *root, const char *path)
{
	CLEANUP(free_ptr) char *full = mem_printf("%s/%s", root, path);

	return f->deny != NULL &&
	    deny_list_check(f->deny, str_from(full), 0, NULL);
}

int
host_undo_tell(struct op_call *call, const struct undo_plan *p,
    const char *point, struct error *err)
{
	CLEANUP_BUF struct buf members = BUF_INIT(MEMBERS_MAX);
	CLEANUP(event_unrefp) struct event *ev = NULL;
	struct json_writer w = JSON_WRITER(&members);
	struct store *store;
	int rc = host_store(call->host, &store, err);

	if (rc != 0)
		return rc;
	jw_object(&w);
	jw_key(&w, "files");
	jw_array(&w);
	for (size_t i = 0; i < p->n; i++) {
		CLEANUP(free_ptr) char *shown = host_undo_shown(call->host,
		    p->steps[i].root, p->steps[i].path);

		if (p->steps[i].done)
			jw_cstr(&w, shown);
	}
	jw_end(&w);
	jw_key_cstr(&w, "point", point);
	jw_key_cstr(&w, "kind", undo_source_name(p->source));
	jw_key_cstr(&w, "label", p->label);
	jw_end(&w);
	if ((rc = buf_check(&members, err)) != 0)
		return rc;
	ev = event_create(EVENT_FILES_RESTORED, p->session, NULL,
	    str_sub(buf_str(&members), 1, members.len - 2));
	return store_append(store, &ev, 1, NULL, 0, err);
}
