/* A store with a session, undo over it, and a workspace folder. */
#ifndef FRIDAY_TESTS_UNDO_FIXTURE_H
#define FRIDAY_TESTS_UNDO_FIXTURE_H

#include <sys/stat.h>
#include <sys/wait.h>

#include "base/id.h"
#include "tests/unit/git_fixture.h"
#include "undo/disk.h"
#include "undo/tracker.h"
#include "undo/undo.h"

struct undo_fixture {
	char *state, *dir;
	struct store *store;
	struct store_reader *reader;
	struct undo *undo;
	struct tracker *tracker;
	char session[ID_SIZE], run[ID_SIZE];
	int64_t file_max, tree_max;
	char warning[4096];
};

static inline void
undo_fixture_warn(const char *text, void *ctx)
{
	struct undo_fixture *f = ctx;

	snprintf(f->warning, sizeof(f->warning), "%s", text);
}

static inline void
undo_fixture_session(struct undo_fixture *f, char id[ID_SIZE])
{
	struct session_row row = { .mode = "auto" };
	struct error err;

	id_make(row.id);
	snprintf(row.folder, sizeof(row.folder), "%s", f->dir);
	assert_ok(store_session_create(f->store, &row, &err));
	memcpy(id, row.id, ID_SIZE);
}

static inline struct tracker *
undo_fixture_tracker(struct undo_fixture *f, const char *session)
{
	const char *roots[] = { f->dir };
	struct tracker_opts opts = { .undo = f->undo, .session = session,
		.roots = roots, .n_roots = 1, .warn = undo_fixture_warn,
		.ctx = f };
	struct tracker *t;
	struct error err;

	assert_ok(tracker_create(&opts, &t, &err));
	tracker_begin_call(t, f->run, "call", "shell");
	return t;
}

static inline void
undo_fixture_open(struct undo_fixture *f)
{
	struct store_opts store = { .folder = f->state };
	struct undo_opts opts = UNDO_OPTS_INIT;
	struct error err;

	assert_ok(store_open(&store, &f->store, &err));
	assert_ok(store_reader_open(f->store, &f->reader, &err));
	opts.store = f->store;
	opts.state_dir = f->state;
	if (f->file_max > 0)
		opts.file_max = f->file_max;
	if (f->tree_max > 0)
		opts.tree_max = f->tree_max;
	assert_ok(undo_open(&opts, &f->undo, &err));
}

static inline void
undo_fixture_close(struct undo_fixture *f)
{
	tracker_destroy(f->tracker);
	undo_close(f->undo);
	store_reader_close(f->reader);
	store_close(f->store);
	f->tracker = NULL;
}

static inline int
undo_fixture_set_up(void **state)
{
	struct undo_fixture *f = mem_new(struct undo_fixture);

	f->state = fixture_folder();
	f->dir = fixture_folder();
	undo_fixture_open(f);
	undo_fixture_session(f, f->session);
	id_make(f->run);
	f->tracker = undo_fixture_tracker(f, f->session);
	*state = f;
	return 0;
}

static inline int
undo_fixture_tear_down(void **state)
{
	struct undo_fixture *f = *state;

	undo_fixture_close(f);
	fixture_remove(f->state);
	fixture_remove(f->dir);
	free(f);
	return 0;
}

/* A command, as the door would run it. */
static inline void
undo_fixture_command(struct undo_fixture *f, const char *script)
{
	struct error err;
	int64_t point;

	assert_ok(tracker_begin_command(f->tracker, &point, &err));
	git_fixture_sh(f->dir, script);
	tracker_end_command(f->tracker, point);
}

/* Everything in the folder but git's: kind, mode, content's hash. */
static inline char *
undo_fixture_tree(const struct undo_fixture *f)
{
	CLEANUP_BUF struct buf out = BUF_INIT(64 * MIB);
	const char *argv[] = { "sh", "-c",
		"find . -name .git -prune -o -mindepth 1 -printf "
		"'%p %y %m %l\\n' | LC_ALL=C sort; find . -name .git -prune "
		"-o -type f -print0 | LC_ALL=C sort -z | xargs -0r sha256sum",
		NULL };
	struct proc_opts opts = PROC_OPTS_INIT;
	struct proc_status status;
	struct error err;

	opts.argv = argv;
	opts.cwd = f->dir;
	assert_ok(proc_capture(&opts, &out, NULL, NULL, &status, &err));
	return buf_steal(&out);
}

/* *ret is released by the caller. */
static inline int
undo_fixture_plan(struct undo_fixture *f, bool redo, struct undo_plan *ret)
{
	struct undo_wish wish = { .session = f->session, .redo = redo };

	return undo_plan_make(f->undo, f->reader, &wish, ret, NULL);
}

static inline bool
undo_fixture_yes(const struct undo_step *s, const void *ctx)
{
	return true;
}

/* 0, or the error of the plan or of carrying it out. */
static inline int
undo_fixture_do(struct undo_fixture *f, bool redo, bool force)
{
	const struct undo_choice all = { .forced = undo_fixture_yes };
	CLEANUP_UNDO_PLAN struct undo_plan plan = { .n = 0 };
	char point[ID_SIZE];
	int rc = undo_fixture_plan(f, redo, &plan);

	if (rc == 0)
		rc = undo_plan_apply(f->undo, &plan, force ? &all : NULL,
		    point, NULL);
	for (size_t i = 0; rc == 0 && i < plan.n; i++)
		if (plan.steps[i].fault.code != ERR_NONE)
			fail_msg("%s: %s", plan.steps[i].path,
			    plan.steps[i].fault.message);
	return rc;
}

#endif
