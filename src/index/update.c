/* Updates; see update.h. One thread walks and decides what is to be read; all
 * threads then read, cut and count, each into a segment of its own, and write
 * it when it is large, one at a time. */
#include "index/update.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/monitor.h"
#include "base/thread.h"
#include "index/compact.h"
#include "index/segment.h"
#include "index/source.h"
#include "index/terms.h"
#include "index/text_form.h"
#include "safety/deny_list.h"
#include "safety/folder_walk.h"

/* Postings of a segment in memory: 16 bytes each, and as much again for what
 * comes with them while it is written. Each thread makes one. */
enum { SEGMENT_POSTINGS = 1000 * 1000, THREADS_MAX = 8 };
/* The first one is written early, so that searches find something. */
enum { FIRST_POSTINGS = 250 * 1000 };
enum { FILES_MAX = 1000 * 1000, PARSE_MS = 2000, PROGRESS_EVERY = 8 };

/* A file as the database knows it. */
struct known {
	int64_t id, size, mtime_ns, inode;
	char hash[HASH_SIZE];
	bool seen;
};

/* A file to read. */
struct task {
	char *path;
	int64_t size, mtime_ns, inode;
	struct known *known; /* NULL: it is new */
};

struct update {
	const struct index_update_opts *opts;
	struct index_update_stats *stats;
	int root_fd;
	struct map *known; /* path to struct known */
	struct task *tasks;
	size_t n_tasks, cap;

	/* What follows is shared by the threads. */
	struct monitor lock;
	size_t next_task, n_done;
	bool stop;
	int rc; /* the first failure */
	struct error err;

	struct monitor db_lock; /* whoever writes is inside */
	struct index_db *db;
};

static int64_t
stamp_ns(const struct stat *st)
{
	return (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
}

/* --- what there is ------------------------------------------------------ */

static int
learn_file(const struct index_file *file, void *ctx)
{
	struct update *u = ctx;
	struct known *k = mem_new(struct known);

	*k = (struct known){ .id = file->id, .size = file->size,
		.mtime_ns = file->mtime_ns, .inode = file->inode };
	snprintf(k->hash, sizeof(k->hash), "%.*s", STR_ARG(file->hash));
	map_set(u->known, file->path, k);
	return 0;
}

static bool
is_withheld(struct update *u, struct str path, const char *name)
{
	CLEANUP_BUF struct buf full = BUF_INIT(16 * KIB);

	if (u->opts->deny == NULL ||
	    !deny_list_may_fit(u->opts->deny, str_from(name)))
		return false;
	buf_printf(&full, "%s/", u->opts->root);
	buf_add_str(&full, path);
	return full.failed != 0 ||
	    deny_list_check(u->opts->deny, buf_str(&full), 0, NULL);
}

static bool
visit(const struct folder_entry *e, void *ctx)
{
	struct update *u = ctx;
	struct known *k;

	if (!e->is_file || e->path.len > UINT16_MAX)
		return true;
	if (is_withheld(u, e->path, e->name)) {
		u->stats->withheld++;
		return true;
	}
	if (u->stats->files + 1 > FILES_MAX)
		return false;
	u->stats->files++;
	k = map_get(u->known, e->path);
	if (k != NULL)
		k->seen = true;
	if (k != NULL && k->size == e->st.st_size &&
	    k->mtime_ns == stamp_ns(&e->st) &&
	    k->inode == (int64_t)e->st.st_ino)
		return true;
	u->tasks = mem_grow(u->tasks, &u->cap, u->n_tasks + 1,
	    sizeof(*u->tasks));
	u->tasks[u->n_tasks++] = (struct task){ .path = str_dup(e->path),
		.size = e->st.st_size, .mtime_ns = stamp_ns(&e->st),
		.inode = (int64_t)e->st.st_ino, .known = k };
	return true;
}

static int
walk(struct update *u, struct error *err)
{
	const struct folder_walk_opts opts = {
		.cancel = u->opts->cancel,
		.deadline_ms = u->opts->deadline_ms,
		.visit = visit,
		.ctx = u,
	};
	int fd = openat(u->root_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (dir == NULL)
		return error_set(err, ERR_IO, "%s cannot be read",
		    u->opts->root);
	return folder_walk(u->opts->root, STR_NONE, dir, &opts, err);
}

static int
remove_gone(struct update *u, struct error *err)
{
	size_t cursor = 0;
	struct str path;
	void *value;
	int rc = index_db_begin(u->db, err);

	while (rc == 0 && map_next(u->known, &cursor, &path, &value)) {
		const struct known *k = value;

		if (k->seen)
			continue;
		rc = segment_remove_file(u->db, k->id, err);
		u->stats->removed++;
	}
	if (rc == 0)
		rc = index_db_commit(u->db, err);
	if (rc != 0)
		index_db_rollback(u->db);
	return rc;
}

/* --- reading ------------------------------------------------------------ */

struct worker {
	struct update *u;
	pthread_t thread; /* the starting thread's */
	bool reports; /* progress */
	struct segment_builder *builder;
	/* Of the files in the builder: what they replace. */
	int64_t *replaced;
	size_t n_replaced, replaced_cap;
	struct index_update_stats stats; /* of what it took in */
	size_t postings_max; /* of the segment that is being made */
};

static int
write_segment(struct worker *w, struct error *err)
{
	struct update *u = w->u;
	int rc;

	monitor_enter(&u->db_lock);
	rc = index_db_begin(u->db, err);
	for (size_t i = 0; rc == 0 && i < w->n_replaced; i++)
		rc = segment_remove_file(u->db, w->replaced[i], err);
	if (rc == 0)
		rc = segment_builder_write(w->builder, u->db, err);
	if (rc == 0)
		rc = index_db_commit(u->db, err);
	if (rc != 0)
		index_db_rollback(u->db);
	if (rc == 0 && u->opts->written != NULL)
		u->opts->written(u->opts->ctx);
	monitor_leave(&u->db_lock);
	w->n_replaced = 0;
	return rc;
}

static int
touch(struct update *u, const struct index_file *file, struct error *err)
{
	int rc;

	monitor_enter(&u->db_lock);
	rc = index_db_touch_file(u->db, file, err);
	monitor_leave(&u->db_lock);
	return rc;
}

/* Reads what is worth it: of a file that is too large, the beginning. */
static int
read_task(struct update *u, const struct task *task, struct buf *out)
{
	int rc;

	buf_clear(out);
	rc = source_read(u->root_fd, task->path, out);
	return rc == -ERR_TOO_LARGE ? 0 : rc;
}

static void
count_left_out(struct index_update_stats *s, unsigned flags)
{
	size_t *reason = flags & SOURCE_BINARY ? &s->binary :
	    flags & SOURCE_LARGE     ? &s->large :
	    flags & SOURCE_VENDORED  ? &s->vendored :
	    flags & SOURCE_GENERATED ? &s->generated :
	    flags & SOURCE_MINIFIED  ? &s->minified :
				       NULL;

	if (reason == NULL)
		return;
	++*reason;
	s->left_out++;
}

static void
add_stats(struct index_update_stats *to, const struct index_update_stats *s)
{
	to->bytes += s->bytes;
	to->chunks += s->chunks;
	to->added += s->added;
	to->left_out += s->left_out;
	to->binary += s->binary;
	to->large += s->large;
	to->vendored += s->vendored;
	to->generated += s->generated;
	to->minified += s->minified;
}

static int
take_in(struct worker *w, const struct task *task, struct buf *text,
    struct error *err)
{
	struct syntax_opts opts = SYNTAX_OPTS_INIT;
	CLEANUP(chunks_release) struct chunks chunks = { 0 };
	const struct language *language;
	char hash[HASH_SIZE];
	struct index_file file = {
		.path = str_from(task->path),
		.size = task->size,
		.mtime_ns = task->mtime_ns,
		.inode = task->inode,
	};
	int rc = 0;

	hash_blake2b(buf_str(text), hash);
	if (task->known != NULL && strcmp(task->known->hash, hash) == 0) {
		file.id = task->known->id;
		return touch(w->u, &file, err);
	}
	text_form_to_utf8(text);
	language = language_of_file(file.path, buf_str(text));
	file.hash = str_from(hash);
	file.language = str_from(language == NULL ? "" : language->name);
	file.flags = source_of_text(file.path, buf_str(text));
	if (task->size > (int64_t)SOURCE_BYTES_MAX)
		file.flags |= SOURCE_LARGE;
	opts.timeout_ms = PARSE_MS;
	opts.cancel = w->u->opts->cancel;
	if ((file.flags & SOURCE_LEFT_OUT) == 0)
		rc = chunks_make(language, buf_str(text), &opts, &chunks,
		    err);
	if (rc != 0)
		return rc;
	if (task->known != NULL) {
		w->replaced = mem_grow(w->replaced, &w->replaced_cap,
		    w->n_replaced + 1, sizeof(*w->replaced));
		w->replaced[w->n_replaced++] = task->known->id;
	}
	segment_builder_add(w->builder, &file, buf_str(text), &chunks);
	w->stats.bytes += text->len;
	w->stats.chunks += chunks.n;
	w->stats.added++;
	count_left_out(&w->stats, (unsigned)file.flags);
	if (segment_builder_size(w->builder) <= w->postings_max)
		return 0;
	w->postings_max = SEGMENT_POSTINGS;
	return write_segment(w, err);
}

static const struct task *
next_task(struct update *u)
{
	const struct task *task = NULL;

	monitor_enter(&u->lock);
	if (!u->stop && u->next_task < u->n_tasks)
		task = &u->tasks[u->next_task++];
	monitor_leave(&u->lock);
	return task;
}

static void
stop_all(struct update *u, int rc, const struct error *err)
{
	monitor_enter(&u->lock);
	if (u->rc == 0) {
		u->rc = rc;
		u->err = *err;
	}
	u->stop = true;
	monitor_leave(&u->lock);
}

static int
check_time(const struct update *u, struct error *err)
{
	if (u->opts->deadline_ms != 0 &&
	    clock_now_ms() > u->opts->deadline_ms)
		return error_set(err, ERR_TIMEOUT,
		    "the index is not complete yet");
	return cancel_check(u->opts->cancel, err);
}

static void *
work(void *ctx)
{
	struct worker *w = ctx;
	struct update *u = w->u;
	CLEANUP_BUF struct buf text = BUF_INIT(SOURCE_BYTES_MAX + 1);
	struct error err = ERROR_INIT;
	const struct task *task;
	size_t done, own = 0;
	int rc = 0;

	while (rc == 0 && (task = next_task(u)) != NULL) {
		rc = check_time(u, &err);
		/* A file that went away, or cannot be read, is no failure. */
		if (rc == 0 && read_task(u, task, &text) == 0)
			rc = take_in(w, task, &text, &err);
		monitor_enter(&u->lock);
		done = ++u->n_done;
		monitor_leave(&u->lock);
		/* One tells, as often as it is done with some. */
		if (w->reports && u->opts->progress != NULL &&
		    own++ % PROGRESS_EVERY == 0)
			u->opts->progress(done, u->n_tasks, u->opts->ctx);
	}
	/* What was read until a time limit is kept. */
	if (rc == 0 || rc == -ERR_TIMEOUT || rc == -ERR_CANCELLED) {
		struct error second = ERROR_INIT;
		int written = write_segment(w, &second);

		if (rc == 0 && written != 0) {
			rc = written;
			err = second;
		}
	}
	if (rc != 0)
		stop_all(u, rc, &err);
	return NULL;
}

static unsigned
count_threads(const struct update *u)
{
	long n = u->opts->n_threads;

	if (n == 0)
		n = sysconf(_SC_NPROCESSORS_ONLN);
	if ((size_t)n > u->n_tasks / 4 + 1)
		n = (long)(u->n_tasks / 4 + 1);
	return n < 1 ? 1 : n > THREADS_MAX ? THREADS_MAX : (unsigned)n;
}

/* This thread is the first worker. */
static int
run_tasks(struct update *u, struct error *err)
{
	struct worker workers[THREADS_MAX] = { 0 };
	unsigned n = count_threads(u), started = 1;

	for (unsigned i = 0; i < n; i++) {
		workers[i].u = u;
		workers[i].builder = segment_builder_create();
		workers[i].postings_max = FIRST_POSTINGS;
	}
	workers[0].reports = true;
	while (started < n && thread_start(&workers[started].thread, "index",
	    work, &workers[started], NULL) == 0)
		started++;
	work(&workers[0]);
	for (unsigned i = 1; i < started; i++)
		pthread_join(workers[i].thread, NULL);
	for (unsigned i = 0; i < n; i++) {
		segment_builder_destroy(workers[i].builder);
		free(workers[i].replaced);
		add_stats(u->stats, &workers[i].stats);
	}
	if (u->rc != 0 && err != NULL)
		*err = u->err;
	return u->rc;
}

int
index_update(const struct index_update_opts *opts,
    struct index_update_stats *ret, struct error *err)
{
	struct update u = { .opts = opts, .stats = ret };
	int rc;

	*ret = (struct index_update_stats){ 0 };
	u.root_fd = open(opts->root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (u.root_fd < 0)
		return error_set(err, ERR_NOT_FOUND, "%s cannot be opened",
		    opts->root);
	monitor_init(&u.lock);
	monitor_init(&u.db_lock);
	u.known = map_create(free);
	rc = terms_ready(err);
	if (rc == 0)
		rc = index_db_open(opts->database, true, &u.db, err);
	if (rc == 0)
		rc = index_db_each_file(u.db, learn_file, &u, err);
	if (rc == 0)
		rc = walk(&u, err);
	if (rc == 0)
		rc = remove_gone(&u, err);
	if (rc == 0 && u.n_tasks > 0)
		rc = run_tasks(&u, err);
	if (rc == 0 && (ret->added > 0 || ret->removed > 0))
		rc = index_compact(u.db, opts->cancel, err);
	if (rc == 0)
		rc = index_db_tidy(u.db, err);
	index_db_close(u.db);
	for (size_t i = 0; i < u.n_tasks; i++)
		free(u.tasks[i].path);
	free(u.tasks);
	map_destroy(u.known);
	monitor_release(&u.lock);
	monitor_release(&u.db_lock);
	close(u.root_fd);
	return rc;
}
