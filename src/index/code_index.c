/* Shared use of an index; see code_index.h. Two monitors: one is held by
 * whoever writes, one by whoever uses the reader. A search never waits for an
 * update: it sees the state before it.
 *
 *	FOLDER/index.db
 *	FOLDER/vectors.db
 *	FOLDER/root	the repository's path, for index_list.h
 *	FOLDER/lock	locked by the process that writes
 */
#include "index/code_index.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/monitor.h"
#include "index/embed_local.h"
#include "index/recency.h"
#include "index/refresher.h"

struct code_index {
	char *root, *folder, *database;
	struct deny_list *deny;
	struct nearness *nearness;
	struct refresher *refresher;

	struct monitor updating;
	bool busy;   /* somebody is at it */
	bool embedding; /* the same, of code_index_embed() */
	int lock_fd; /* of whoever is: no other process is; -1: not locked */
	size_t done, total; /* files of the present update */
	struct index_update_stats last;

	struct monitor asking;
	struct view {
		struct index_reader *reader; /* NULL: to be opened */
		struct graph *graph; /* of the reader; NULL: to be made */
		struct links *links; /* of the graph; the same */
		struct recency *recency; /* NULL: not known, or there is none */
		bool recency_known;
		bool damaged; /* somebody who asked found it so */
	} view;
	int64_t renew_ms; /* not before; of whoever updates */
};

void
code_index_set_embedder(struct code_index *x, struct embedder *e)
{
	CLEANUP(free_ptr) char *path = file_join(x->folder, "vectors.db");

	nearness_destroy(x->nearness);
	x->nearness = nearness_create(path, e);
}

struct code_index *
code_index_create(const char *root, const char *folder,
    struct deny_list *deny)
{
	struct code_index *x = mem_new(struct code_index);

	x->root = mem_strdup(root);
	x->folder = mem_strdup(folder);
	x->database = file_join(folder, "index.db");
	x->deny = deny;
	x->lock_fd = -1;
	code_index_set_embedder(x, embed_local_create());
	x->refresher = refresher_create(x);
	monitor_init(&x->updating);
	monitor_init(&x->asking);
	return x;
}

static void
view_release(struct view *v)
{
	recency_destroy(v->recency);
	links_destroy(v->links);
	graph_destroy(v->graph);
	index_reader_close(v->reader);
}

void
code_index_destroy(struct code_index *x)
{
	if (x == NULL)
		return;
	refresher_destroy(x->refresher);
	view_release(&x->view);
	nearness_destroy(x->nearness);
	monitor_release(&x->updating);
	monitor_release(&x->asking);
	free(x->root);
	free(x->folder);
	free(x->database);
	free(x);
}

const char *
code_index_root(const struct code_index *x)
{
	return x->root;
}

bool
code_index_is_repository(const struct code_index *x)
{
	CLEANUP(free_ptr) char *git = file_join(x->root, ".git");

	return file_exists(git);
}

char *
code_index_path(const struct code_index *x, const char *folder,
    struct str path)
{
	CLEANUP(free_ptr) char *given = str_dup(path);
	CLEANUP(free_ptr) char *joined = *given == '/' ? mem_strdup(given) :
						  file_join(folder, given);
	CLEANUP(free_ptr) char *real = realpath(joined, NULL);
	size_t len = strlen(x->root);

	if (real == NULL || strncmp(real, x->root, len) != 0 ||
	    (real[len] != '/' && real[len] != '\0'))
		return steal(given);
	return mem_strdup(real[len] == '\0' ? "." : real + len + 1);
}

static int
make_folder(const struct code_index *x, struct error *err)
{
	CLEANUP(free_ptr) char *root_file = file_join(x->folder, "root");
	int rc = file_make_dirs(x->folder, err);

	if (rc == 0 && !file_exists(root_file))
		rc = file_write_atomic(root_file, str_from(x->root), 0600,
		    err);
	return rc;
}

/* Puts another reader in the place of the one that is there; NULL: whoever
 * asks next opens one. */
static void
set_reader(struct code_index *x, struct index_reader *r)
{
	struct view old;

	monitor_enter(&x->asking);
	old = x->view;
	x->view = (struct view){ .reader = r };
	monitor_leave(&x->asking);
	view_release(&old);
}

/* A reader of an older state keeps the log from being used again from its
 * beginning: it would become several times as long as the database. */
static void
shorten_log(const struct code_index *x)
{
	CLEANUP(index_db_closep) struct index_db *db = NULL;

	if (index_db_open(x->database, true, &db, NULL) == 0)
		index_db_tidy(db, NULL);
}

/* Whoever asked before will ask again: the one who writes opens the new reader,
 * so that no search waits for it. One that comes while the log is shortened
 * opens its own. */
static void
renew_reader(struct code_index *x)
{
	struct index_reader *r = NULL;
	bool asked;

	monitor_enter(&x->asking);
	asked = x->view.reader != NULL;
	monitor_leave(&x->asking);
	if (!asked)
		return;
	set_reader(x, NULL);
	shorten_log(x);
	if (index_reader_open(x->database, &r, NULL) != 0)
		r = NULL;
	set_reader(x, r);
}

/* Without it a search is hardly worse. */
static void
update_recency(struct code_index *x, struct cancel *cancel)
{
	struct recency *old = NULL;
	bool changed;

	if (recency_update(x->root, x->folder, cancel, &changed, NULL) != 0 ||
	    !changed)
		return;
	monitor_enter(&x->asking);
	old = x->view.recency;
	x->view.recency = NULL;
	x->view.recency_known = false;
	monitor_leave(&x->asking);
	recency_destroy(old);
}

/* While the index is being made, searches see it grow; what that costs is kept
 * to a small part of the time. */
static void
on_written(void *ctx)
{
	enum { PART = 20 };
	struct code_index *x = ctx;
	int64_t start = clock_now_ms();

	if (start < x->renew_ms)
		return;
	renew_reader(x);
	x->renew_ms = clock_now_ms() + PART * (clock_now_ms() - start);
}

/* Waits until no other thread writes, and is then the one that does. */
static int
take_turn(struct code_index *x, const struct code_index_wait *wait,
    struct error *err)
{
	enum { LOOK_MS = 100 }; /* a cancel does not wake the monitor */
	int rc = 0;

	monitor_enter(&x->updating);
	while (rc == 0 && x->busy) {
		monitor_wait(&x->updating, clock_now_ms() + LOOK_MS);
		rc = cancel_check(wait->cancel, err);
		if (rc == 0 && wait->deadline_ms != 0 &&
		    clock_now_ms() > wait->deadline_ms)
			rc = error_set(err, ERR_TIMEOUT,
			    "the index is not complete yet");
	}
	if (rc == 0) {
		x->busy = true;
		x->done = x->total = 0;
	}
	monitor_leave(&x->updating);
	return rc;
}

/* A file that was locked and is there still: another process may have dropped
 * the index meanwhile. */
static bool
is_there(int fd, const char *path)
{
	struct stat held, there;

	return fstat(fd, &held) == 0 && stat(path, &there) == 0 &&
	    held.st_ino == there.st_ino && held.st_dev == there.st_dev;
}

/* 1: this process is the one that writes; 0: another one is. */
static int
try_lock(struct code_index *x, struct error *err)
{
	CLEANUP(free_ptr) char *path = file_join(x->folder, "lock");
	CLEANUP(close_fd) int fd = -1;
	int rc = make_folder(x, err);

	if (rc != 0)
		return rc;
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return error_errno(err, errno, "cannot open %s", path);
	if (flock(fd, LOCK_EX | LOCK_NB) != 0 || !is_there(fd, path))
		return 0;
	x->lock_fd = fd;
	fd = -1;
	return 1;
}

/* A lock of another process wakes nobody: it is looked at again and again. */
static int
lock_others_out(struct code_index *x, const struct code_index_wait *wait,
    struct error *err)
{
	enum { LOOK_MS = 50 };
	int64_t start = clock_now_ms();
	int rc;

	while ((rc = try_lock(x, err)) == 0) {
		int64_t waited = clock_now_ms() - start;

		rc = cancel_check(wait->cancel, err);
		if (rc != 0)
			return rc;
		if (wait->others_ms < 0 ||
		    (wait->others_ms > 0 && waited > wait->others_ms))
			return error_set(err, ERR_BUSY,
			    "another process brings the index of %s up to "
			    "date", x->root);
		if (wait->deadline_ms != 0 &&
		    clock_now_ms() > wait->deadline_ms)
			return error_set(err, ERR_TIMEOUT,
			    "the index is not complete yet");
		monitor_enter(&x->updating);
		monitor_wait(&x->updating, clock_now_ms() + LOOK_MS);
		monitor_leave(&x->updating);
	}
	return rc < 0 ? rc : 0;
}

static void leave(struct code_index *x);

static int
enter(struct code_index *x, const struct code_index_wait *wait,
    struct error *err)
{
	int rc = take_turn(x, wait, err);

	if (rc != 0)
		return rc;
	rc = lock_others_out(x, wait, err);
	if (rc != 0)
		leave(x);
	return rc;
}

static void
on_progress(size_t done, size_t total, void *ctx)
{
	struct code_index *x = ctx;

	monitor_enter(&x->updating);
	x->done = done;
	x->total = total;
	monitor_leave(&x->updating);
}

void
code_index_progress(struct code_index *x, struct code_index_progress *ret)
{
	monitor_enter(&x->updating);
	*ret = (struct code_index_progress){ x->busy, x->done, x->total };
	monitor_leave(&x->updating);
}

static void
leave(struct code_index *x)
{
	if (x->lock_fd >= 0)
		close(x->lock_fd);
	x->lock_fd = -1;
	monitor_enter(&x->updating);
	x->busy = false;
	monitor_leave(&x->updating);
	monitor_wake(&x->updating);
}

static int
embed(struct code_index *x, const struct code_index_wait *wait,
    enum embed_effort effort, struct embed_stats *ret, struct error *err)
{
	CLEANUP(index_reader_closep) struct index_reader *reader = NULL;
	struct embed_job job = {
		.root = x->root,
		.effort = effort,
		.deny = x->deny,
		.cancel = wait->cancel,
		.deadline_ms = wait->deadline_ms,
	};
	int rc = index_reader_open(x->database, &reader, err);

	job.reader = reader;
	return rc != 0 ? rc : nearness_update(x->nearness, &job, ret, err);
}

/* It reads a state of the index and writes a file of its own, so nobody waits
 * for it: a server may take minutes. */
int
code_index_embed(struct code_index *x, const struct code_index_wait *wait,
    enum embed_effort effort, struct embed_stats *ret, struct error *err)
{
	bool busy;
	int rc;

	*ret = (struct embed_stats){ 0 };
	monitor_enter(&x->updating);
	busy = x->embedding;
	x->embedding = true;
	monitor_leave(&x->updating);
	if (busy)
		return error_set(err, ERR_BUSY,
		    "the vectors of %s are being made", x->root);
	rc = embed(x, wait, effort, ret, err);
	monitor_enter(&x->updating);
	x->embedding = false;
	monitor_leave(&x->updating);
	return rc;
}

int
code_index_vectors(struct code_index *x, struct nearness_info *ret,
    struct error *err)
{
	return nearness_info(x->nearness, ret, err);
}

static bool
found_damaged(struct code_index *x)
{
	bool damaged;

	monitor_enter(&x->asking);
	damaged = x->view.damaged;
	monitor_leave(&x->asking);
	return damaged;
}

int
code_index_update(struct code_index *x, const struct code_index_wait *wait,
    struct index_update_stats *ret, struct error *err)
{
	const struct index_update_opts opts = {
		.root = x->root,
		.database = x->database,
		.deny = x->deny,
		.cancel = wait->cancel,
		.deadline_ms = wait->deadline_ms,
		.progress = on_progress,
		.written = on_written,
		.ctx = x,
	};
	struct embed_stats vectors;
	struct error ignored = ERROR_INIT;
	int rc = enter(x, wait, err);

	*ret = (struct index_update_stats){ 0 };
	if (rc != 0)
		return rc;
	rc = found_damaged(x) ? -ERR_STORE_CORRUPT :
				index_update(&opts, ret, err);
	/* Taking out what is gone needs room too; without it the index would
	 * stay full of it, and one that is made anew is smaller. */
	if (rc == -ERR_STORE_CORRUPT || (rc == -ERR_STORE_FULL &&
	    ret->removed > 0 && ret->added == 0)) {
		set_reader(x, NULL);
		index_db_remove(x->database);
		rc = index_update(&opts, ret, err);
	}
	if (rc == 0)
		update_recency(x, wait->cancel);
	/* Without vectors a search is worse, not wrong. */
	if (rc == 0 && (ret->added > 0 || ret->removed > 0 ||
	    !nearness_exists(x->nearness)))
		embed(x, wait, EMBED_CHEAP, &vectors, &ignored);
	if (ret->added > 0 || ret->removed > 0)
		renew_reader(x);
	leave(x);
	return rc;
}

void
code_index_poke(struct code_index *x)
{
	if (file_exists(x->database))
		refresher_poke(x->refresher);
}

int
code_index_refresh(struct code_index *x, const struct code_index_wait *wait,
    struct index_update_stats *ret, struct error *err)
{
	struct code_index_wait at_once = *wait;

	if (!file_exists(x->database))
		return error_set(err, ERR_NOT_FOUND, "there is no index of %s",
		    x->root);
	at_once.others_ms = CODE_INDEX_NO_WAIT;
	return code_index_update(x, &at_once, ret, err);
}

/* Inside the monitor. */
static int
open_graph(struct code_index *x, struct error *err)
{
	int rc = 0;

	if (x->view.reader == NULL)
		rc = index_reader_open(x->database, &x->view.reader, err);
	if (rc == 0 && x->view.graph == NULL)
		x->view.graph = graph_create(x->view.reader);
	return rc;
}

int
code_index_search(struct code_index *x, struct str question,
    const struct search_opts *opts, struct search_hits *ret,
    struct error *err)
{
	struct search_opts with_all = *opts;
	int rc;

	with_all.nearness = x->nearness;
	*ret = (struct search_hits){ 0 };
	monitor_enter(&x->asking);
	rc = open_graph(x, err);
	if (rc == 0)
		with_all.graph = x->view.graph;
	if (rc == 0 && !x->view.recency_known) {
		x->view.recency = recency_read(x->folder);
		x->view.recency_known = true;
	}
	with_all.recency = x->view.recency;
	if (rc == 0)
		rc = index_search(x->view.reader, question, &with_all, ret,
		    err);
	x->view.damaged |= rc == -ERR_STORE_CORRUPT;
	monitor_leave(&x->asking);
	return rc;
}

int
code_index_symbol(struct code_index *x, struct str name,
    const struct symbol_opts *opts, struct symbol_report *ret,
    struct error *err)
{
	int rc;

	*ret = (struct symbol_report){ 0 };
	monitor_enter(&x->asking);
	rc = open_graph(x, err);
	if (rc == 0)
		rc = symbol_find(x->view.graph, name, opts, ret, err);
	x->view.damaged |= rc == -ERR_STORE_CORRUPT;
	monitor_leave(&x->asking);
	return rc;
}

int
code_index_map(struct code_index *x, const struct map_opts *opts,
    struct repo_map *ret, struct error *err)
{
	int rc;

	*ret = (struct repo_map){ 0 };
	monitor_enter(&x->asking);
	rc = open_graph(x, err);
	if (rc == 0 && x->view.links == NULL)
		rc = links_create(x->view.graph, &x->view.links, err);
	if (rc == 0)
		rc = repo_map_make(x->view.graph, x->view.links, opts, ret,
		    err);
	x->view.damaged |= rc == -ERR_STORE_CORRUPT;
	monitor_leave(&x->asking);
	return rc;
}

int
code_index_like(struct code_index *x, struct str typed, size_t max,
    struct symbol_list *ret, struct error *err)
{
	int rc;

	*ret = (struct symbol_list){ 0 };
	monitor_enter(&x->asking);
	rc = open_graph(x, err);
	if (rc == 0)
		rc = symbol_like(x->view.graph, typed, max, ret, err);
	x->view.damaged |= rc == -ERR_STORE_CORRUPT;
	monitor_leave(&x->asking);
	return rc;
}

int
code_index_drop(struct code_index *x, struct error *err)
{
	const struct code_index_wait wait = { 0 };
	int rc;

	if (!file_exists(x->database))
		return error_set(err, ERR_NOT_FOUND, "there is no index of %s",
		    x->root);
	rc = enter(x, &wait, err);
	if (rc != 0)
		return rc;
	set_reader(x, NULL);
	file_remove_tree(x->folder);
	leave(x);
	return 0;
}
