/* Recording; see tracker.h. */
#include "undo/tracker.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "undo/scan.h"

/* Contents beyond these are not synced one by one: they are many, and each
 * reading checks them. */
enum { SYNCED_MAX = 16, ROOTS_MAX = 32, WARNING_MAX = 4096 };

struct tracker {
	struct undo *undo;
	char session[ID_SIZE];
	char **roots;
	struct scan **scans; /* NULL until the first command */
	size_t n_roots;
	struct store_reader *reader; /* opened at first need */
	char run[ID_SIZE], call_id[64], label[128];
	int64_t began_ms; /* of the scan before what is looked for */
	bool blind;	  /* the tree is too large */
	bool was_active;  /* a background command ran at the last border */
	char *warned;	  /* the last warning */
	void (*warn)(const char *text, void *ctx);
	void *ctx;
};

int
tracker_create(const struct tracker_opts *opts, struct tracker **ret,
    struct error *err)
{
	struct tracker *t;

	if (opts->n_roots == 0 || opts->n_roots > ROOTS_MAX)
		return error_set(err, ERR_INVALID,
		    "a workspace has 1 to %d folders", ROOTS_MAX);
	t = mem_new(struct tracker);
	t->undo = opts->undo;
	snprintf(t->session, sizeof(t->session), "%s", opts->session);
	t->n_roots = opts->n_roots;
	t->roots = mem_alloc(t->n_roots, sizeof(*t->roots));
	t->scans = mem_alloc(t->n_roots, sizeof(*t->scans));
	for (size_t i = 0; i < t->n_roots; i++)
		t->roots[i] = mem_strdup(opts->roots[i]);
	t->warn = opts->warn;
	t->ctx = opts->ctx;
	*ret = t;
	return 0;
}

void
tracker_destroy(struct tracker *t)
{
	if (t == NULL)
		return;
	for (size_t i = 0; i < t->n_roots; i++) {
		scan_close(t->scans[i]);
		free(t->roots[i]);
	}
	free(t->scans);
	free(t->roots);
	free(t->warned);
	store_reader_close(t->reader);
	free(t);
}

const char *
tracker_session(const struct tracker *t)
{
	return t->session;
}

void
tracker_begin_call(struct tracker *t, const char *run, const char *call_id,
    const char *label)
{
	snprintf(t->run, sizeof(t->run), "%s", run);
	snprintf(t->call_id, sizeof(t->call_id), "%s", call_id);
	snprintf(t->label, sizeof(t->label), "%s", label);
}

static void
fill_point(const struct tracker *t, enum undo_source source,
    struct undo_point *ret)
{
	*ret = (struct undo_point){ .source = source };
	id_make(ret->id);
	memcpy(ret->session, t->session, sizeof(ret->session));
	memcpy(ret->run, t->run, sizeof(ret->run));
	memcpy(ret->call_id, t->call_id, sizeof(ret->call_id));
	memcpy(ret->label, t->label, sizeof(ret->label));
}

static struct store *
store_of(const struct tracker *t)
{
	return undo_opts_of(t->undo)->store;
}

/* What could not be recorded after the fact is no reason to fail a call that
 * has happened; the next scan, or the next start, finds it. */
static void
report(const struct error *err)
{
	if (err->code != ERR_NONE)
		log_error(err, NULL);
}

/* --- file tools --------------------------------------------------------- */

static int
keep(struct tracker *t, struct undo_state *s, struct str bytes,
    unsigned flags, struct error *err)
{
	if (s->kind != UNDO_FILE && s->kind != UNDO_LINK)
		return 0;
	s->bytes = (int64_t)bytes.len;
	return undo_objects_put(undo_objects_of(t->undo), bytes, flags,
	    s->hash, err);
}

int
tracker_begin_files(struct tracker *t, struct tracker_file *files, size_t n,
    int64_t *ret_point, struct error *err)
{
	CLEANUP(free_ptr) struct undo_entry *entries = mem_alloc(n + 1,
	    sizeof(*entries));
	struct undo_point point;
	int rc = 0;

	for (size_t i = 0; i < n && rc == 0; i++) {
		struct tracker_file *f = &files[i];

		rc = keep(t, &f->before, f->before_bytes,
		    n <= SYNCED_MAX ? UNDO_OBJECT_SYNCED : 0, err);
		/* The file itself is synced: this is for showing it. */
		if (rc == 0)
			rc = keep(t, &f->after, f->after_bytes, 0, err);
		entries[i] = (struct undo_entry){
			(char *)(uintptr_t)f->root,
			(char *)(uintptr_t)f->path, f->before, f->after };
	}
	if (rc != 0)
		return rc;
	fill_point(t, UNDO_BY_FILES, &point);
	return store_undo_begin(store_of(t), &point, entries, n, NULL, 0,
	    ret_point, err);
}

static void
note_file(struct tracker *t, const struct tracker_file *f)
{
	for (size_t i = 0; i < t->n_roots; i++)
		if (t->scans[i] != NULL && scan_is_loaded(t->scans[i]) &&
		    strcmp(t->roots[i], f->root) == 0)
			scan_note(t->scans[i], f->path, &f->after);
}

void
tracker_end_files(struct tracker *t, int64_t point,
    const struct tracker_file *files, size_t n, bool changed)
{
	static const struct undo_entry nothing[1];
	struct error err = ERROR_INIT;

	store_undo_finish(store_of(t), point, changed ? NULL : nothing, 0,
	    &err);
	report(&err);
	for (size_t i = 0; changed && i < n; i++)
		note_file(t, &files[i]);
}

/* --- commands ----------------------------------------------------------- */

static void
tell_unkept(struct tracker *t)
{
	CLEANUP_BUF struct buf names = BUF_INIT(WARNING_MAX);
	char *text;

	for (size_t i = 0; i < t->n_roots; i++)
		if (t->scans[i] != NULL)
			scan_unkept(t->scans[i], &names);
	if (names.len == 0 || t->warn == NULL)
		return;
	text = mem_printf("changes that commands make to these could not be "
			  "undone: %s", buf_text(&names));
	if (t->warned == NULL || strcmp(t->warned, text) != 0)
		t->warn(text, t->ctx);
	free(t->warned);
	t->warned = text;
}

static int
scan_all(struct tracker *t, struct scan_changes *changes, struct error *err)
{
	int rc = 0;

	for (size_t i = 0; i < t->n_roots && rc == 0; i++) {
		if (t->scans[i] == NULL)
			rc = scan_open(t->undo, t->roots[i], t->session,
			    &t->scans[i], err);
		if (rc == 0)
			rc = scan_run(t->scans[i], changes, err);
	}
	return rc;
}

static int
save_all(struct tracker *t, struct error *err)
{
	int rc = 0;

	for (size_t i = 0; i < t->n_roots && rc == 0; i++)
		if (t->scans[i] != NULL)
			rc = scan_save(t->scans[i], err);
	return rc;
}

/* Nothing can be said of a tree that is too large; the user knows it before
 * the first command there. */
static int
go_blind(struct tracker *t, struct error *err)
{
	t->blind = true;
	if (t->warn != NULL)
		t->warn("this folder holds too many files: what commands "
			"change in it cannot be undone", t->ctx);
	*err = ERROR_INIT;
	return 0;
}

int
tracker_begin_command(struct tracker *t, int64_t *ret_point,
    struct error *err)
{
	struct error own = ERROR_INIT;
	struct undo_point point;
	int rc;

	*ret_point = 0;
	if (t->blind)
		return 0;
	rc = scan_all(t, NULL, &own);
	if (rc == -ERR_TOO_LARGE)
		return go_blind(t, &own);
	if (rc == 0)
		rc = save_all(t, &own);
	if (rc != 0) {
		if (err != NULL)
			*err = own;
		return rc;
	}
	tell_unkept(t);
	t->began_ms = clock_wall_ms();
	fill_point(t, UNDO_BY_COMMAND, &point);
	return store_undo_begin(store_of(t), &point, NULL, 0, NULL, 0,
	    ret_point, err);
}

/* Another session in the same folder works too, and the user may undo while a
 * background command runs: what is recorded as theirs is not ours. */
static void
leave_to_others(struct tracker *t, struct scan_changes *c)
{
	size_t n = 0;

	if (t->reader == NULL &&
	    store_reader_open(store_of(t), &t->reader, NULL) != 0)
		return;
	for (size_t i = 0; i < c->n; i++) {
		if (!store_undo_is_others(t->reader, t->session, t->began_ms,
			&c->items[i])) {
			c->items[n++] = c->items[i];
			continue;
		}
		free(c->items[i].root);
		free(c->items[i].path);
	}
	c->n = n;
}

void
tracker_end_command(struct tracker *t, int64_t point)
{
	static const struct undo_entry nothing[1];
	CLEANUP_SCAN_CHANGES struct scan_changes changes = { .n = 0 };
	struct error err = ERROR_INIT;
	int rc;

	if (point == 0)
		return;
	rc = scan_all(t, &changes, &err);
	if (rc == -ERR_TOO_LARGE)
		go_blind(t, &err);
	if (rc == 0)
		leave_to_others(t, &changes);
	t->began_ms = clock_wall_ms();
	/* Of a scan that failed half way, what it found counts. */
	store_undo_finish(store_of(t), point,
	    changes.n > 0 ? changes.items : nothing, changes.n,
	    rc == 0 ? &err : NULL);
	if (rc == 0)
		save_all(t, err.code == ERR_NONE ? &err : NULL);
	report(&err);
}

void
tracker_border(struct tracker *t, bool active)
{
	CLEANUP_SCAN_CHANGES struct scan_changes changes = { .n = 0 };
	bool look = (active || t->was_active) && !t->blind &&
	    t->scans[0] != NULL && scan_is_loaded(t->scans[0]);
	struct error err = ERROR_INIT;
	struct undo_point point;
	int64_t num;
	int rc;

	t->was_active = active;
	if (!look)
		return;
	rc = scan_all(t, &changes, &err);
	if (rc == 0)
		leave_to_others(t, &changes);
	t->began_ms = clock_wall_ms();
	if (changes.n > 0) {
		fill_point(t, UNDO_BY_BACKGROUND, &point);
		point.call_id[0] = '\0';
		snprintf(point.label, sizeof(point.label),
		    "background command");
		rc = store_undo_begin(store_of(t), &point, changes.items,
		    changes.n, NULL, 0, &num, &err);
		if (rc == 0)
			rc = store_undo_finish(store_of(t), num, NULL, 0,
			    &err);
	}
	if (rc == 0)
		save_all(t, &err);
	report(&err);
}
