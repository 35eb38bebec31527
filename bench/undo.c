/* What undo costs: a file tool's call and a command, in a folder of 50,000
 * tracked files, beside `git status` there. Prints a table; in the build
 * folder: `make bench/undo && bench/undo [FILES [FOLDER]]`. FOLDER decides what
 * a sync costs. */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/proc.h"
#include "base/str.h"
#include "undo/tracker.h"

enum { FILES = 50000, ROUNDS = 21, FILES_MAX = 400000 };

struct bench {
	char *folder, *repo, *state;
	struct store *store;
	struct undo *undo;
	struct tracker *tracker;
	int64_t times[ROUNDS];
};

static void
must(int rc, const struct error *err)
{
	if (rc == 0)
		return;
	fprintf(stderr, "%s: %s\n", err->message, err->details);
	exit(1);
}

static void
sh(const char *folder, const char *script)
{
	CLEANUP_BUF struct buf out = BUF_INIT(64 * MIB);
	const char *argv[] = { "sh", "-ec", script, NULL };
	struct proc_opts opts = PROC_OPTS_INIT;
	struct proc_status status;
	struct error err;

	opts.argv = argv;
	opts.cwd = folder;
	opts.merge = true;
	must(proc_capture(&opts, &out, NULL, NULL, &status, &err), &err);
	if (!status.exited || status.exit_status != 0) {
		fprintf(stderr, "%s: %s\n", script, buf_text(&out));
		exit(1);
	}
}

/* --- measuring ---------------------------------------------------------- */

static int
compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static double
show(struct bench *b, const char *what, double status_ms)
{
	double median;

	qsort(b->times, ROUNDS, sizeof(b->times[0]), compare);
	median = (double)b->times[ROUNDS / 2] / 1000;
	printf("%-44s %9.2f ms (%.2f-%.2f)", what, median,
	    (double)b->times[0] / 1000,
	    (double)b->times[ROUNDS - 1] / 1000);
	if (status_ms > 0)
		printf("  %.2f x git status", median / status_ms);
	putchar('\n');
	return median;
}

/* --- what is measured --------------------------------------------------- */

static void
make_repo(struct bench *b, int files)
{
	CLEANUP(free_ptr) char *script = mem_printf(
	    "git init -q .; git config user.name b; git config user.email "
	    "b@example.invalid; i=0; while [ $i -lt $((%d / 100)) ]; do "
	    "mkdir -p d$((i %% 50))/e$i; for j in 0 1 2 3 4 5 6 7 8 9; do for "
	    "k in 0 1 2 3 4 5 6 7 8 9; do echo \"$i $j $k\" > "
	    "d$((i %% 50))/e$i/f$j$k.c; done; done; i=$((i + 1)); done; "
	    "git add .; git commit -qm all; sleep 2; git update-index "
	    "--refresh; git status", files);

	b->repo = file_join(b->folder, "repo");
	must(file_make_dirs(b->repo, NULL), NULL);
	sh(b->repo, script);
}

static void
open_all(struct bench *b)
{
	struct session_row row = { .title = "bench", .mode = "auto" };
	struct store_opts store = { 0 };
	struct undo_opts opts = UNDO_OPTS_INIT;
	const char *roots[] = { b->repo };
	struct tracker_opts tracker = { .roots = roots, .n_roots = 1 };
	struct error err;

	b->state = file_join(b->folder, "state");
	store.folder = b->state;
	must(store_open(&store, &b->store, &err), &err);
	opts.store = b->store;
	opts.state_dir = b->state;
	must(undo_open(&opts, &b->undo, &err), &err);
	id_make(row.id);
	snprintf(row.folder, sizeof(row.folder), "%s", b->repo);
	must(store_session_create(b->store, &row, &err), &err);
	tracker.undo = b->undo;
	tracker.session = row.id;
	must(tracker_create(&tracker, &b->tracker, &err), &err);
	tracker_begin_call(b->tracker, "bench", "call", "bench");
}

/* As change_commit.c does it, without the change itself. No content was kept
 * before, so that each call waits for the disk. */
static void
file_calls(struct bench *b)
{
	char texts[2 * ROUNDS][KIB];
	struct error err;

	memset(texts, 'x', sizeof(texts));
	for (int i = 0; i < 2 * ROUNDS; i++)
		snprintf(texts[i], sizeof(texts[i]), "%d", i);
	for (int i = 0; i < ROUNDS; i++) {
		struct tracker_file file = { .root = b->repo,
			.path = "d0/e0/f00.c",
			.before = { .kind = UNDO_FILE, .mode = 0644 },
			.after = { .kind = UNDO_FILE, .mode = 0644 },
			.before_bytes = str_make(texts[2 * i], KIB),
			.after_bytes = str_make(texts[2 * i + 1], KIB) };
		int64_t start = clock_now_us(), point;

		must(tracker_begin_files(b->tracker, &file, 1, &point, &err),
		    &err);
		tracker_end_files(b->tracker, point, &file, 1, true);
		b->times[i] = clock_now_us() - start;
	}
}

static void
commands(struct bench *b, const char *script)
{
	struct error err;

	for (int i = 0; i < ROUNDS; i++) {
		int64_t start = clock_now_us(), point, between = 0;

		must(tracker_begin_command(b->tracker, &point, &err), &err);
		if (script != NULL) {
			between = clock_now_us();
			sh(b->repo, script);
			between = clock_now_us() - between;
		}
		tracker_end_command(b->tracker, point);
		b->times[i] = clock_now_us() - start - between;
	}
}

static void
git_status(struct bench *b)
{
	for (int i = 0; i < ROUNDS; i++) {
		int64_t start = clock_now_us();

		sh(b->repo, "git status --porcelain");
		b->times[i] = clock_now_us() - start;
	}
}

int
main(int argc, char **argv)
{
	struct bench b = { .folder = NULL };
	int64_t files = FILES, start, point;
	char here[4096];
	double status;
	struct error err;

	if (argc > 1 && !str_to_int(str_from(argv[1]), 100, FILES_MAX, &files))
		return 2;
	/* The helper programs of the build folder. */
	if (getcwd(here, sizeof(here)) != NULL)
		setenv("FRIDAY_DATA_DIR", here, 0);
	b.folder = mem_printf("%s/friday-bench-XXXXXX",
	    argc > 2 ? argv[2] : "/tmp");
	if (mkdtemp(b.folder) == NULL)
		return 1;
	make_repo(&b, (int)files);
	open_all(&b);
	printf("%lld files; medians of %d (lowest-highest)\n",
	    (long long)files, ROUNDS);
	git_status(&b);
	status = show(&b, "git status", 0);
	file_calls(&b);
	show(&b, "a file tool's call", 0);
	start = clock_now_us();
	must(tracker_begin_command(b.tracker, &point, &err), &err);
	printf("%-44s %9.2f ms  %.2f x git status\n",
	    "before the first command of a session",
	    (double)(clock_now_us() - start) / 1000,
	    (double)(clock_now_us() - start) / 1000 / status);
	tracker_end_command(b.tracker, point);
	commands(&b, NULL);
	show(&b, "around a command that changes nothing", status);
	commands(&b, "date +%N >> d0/e0/f00.c; date +%N > d1/e1/new.c");
	show(&b, "around a command that changes two files", status);
	tracker_destroy(b.tracker);
	undo_close(b.undo);
	store_close(b.store);
	file_remove_tree(b.folder);
	free(b.folder);
	free(b.repo);
	free(b.state);
	return 0;
}
