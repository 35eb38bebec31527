/* Running the checks; see checks.h. One thread reads the files, which is its
 * alone to do with a repository; it and a few others judge them. */
#include "checks/checks.h"

#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/queue.h"
#include "base/thread.h"
#include "checks/check_run.h"
#include "git/repo_index.h"

enum {
	THREADS_MAX = 4,
	FILES_A_THREAD = 4, /* fewer are not worth a thread */
	QUEUE_MAX = 32,
};

static const char *const skip_names[] = {
	[CHECK_SKIP_ASKED] = "asked",
	[CHECK_SKIP_MARK] = "mark",
	[CHECK_SKIP_BASELINE] = "baseline",
	[CHECK_SKIP_ALLOWED] = "allowed",
};

const char *
check_skip_name(enum check_skip_reason reason)
{
	return skip_names[reason];
}

/* --- files -------------------------------------------------------------- */

static void
judge(struct check_run *run, struct check_file *file)
{
	const struct check_family *family;

	for (size_t i = 0; (family = check_family_at(i)) != NULL; i++) {
		bool on = false;

		for (size_t k = 0; k < family->n_rows; k++)
			on |= check_is_on(run, &family->rows[k]);
		if (on && family->file != NULL)
			family->file(run, file);
	}
}

static void
count_file(struct check_run *run, const struct check_file *file)
{
	monitor_enter(&run->result);
	run->report->files++;
	run->report->lines += line_set_count(&file->added);
	monitor_leave(&run->result);
}

static void
judge_and_drop(struct check_run *run, struct check_file *file)
{
	size_t large = check_config_large(run->opts->config);

	/* One that has just become large is a finding, and enough said. */
	if (file->is_regular && !file->is_read &&
	    (file->size <= large || file->old_size > large))
		check_note(run, "%s was not read: it has %zu bytes",
		    file->change->path, file->size);
	judge(run, file);
	count_file(run, file);
	check_file_release(file);
	free(file);
}

static void *
work(void *ctx)
{
	struct check_run *run = ctx;
	struct check_file *file;

	while ((file = queue_pop(run->files, -1)) != NULL)
		judge_and_drop(run, file);
	return NULL;
}

/* Reads the files, and judges one where all others are busy. */
static void
feed(struct check_run *run)
{
	const struct check_opts *opts = run->opts;

	for (size_t i = 0; i < run->changes.n; i++) {
		const struct repo_change *c = &run->changes.items[i];
		struct check_file *file;
		struct error err = ERROR_INIT;

		if (cancel_raised(opts->cancel))
			return;
		if (clock_now_ms() >= run->deadline_ms) {
			check_note(run, "%zu of %zu files were not looked at: "
			    "the time of %d ms was over", run->changes.n - i,
			    run->changes.n, opts->timeout_ms);
			return;
		}
		file = mem_new(struct check_file);
		if (check_run_load(run, c, file, &err) != 0) {
			check_note(run, "%s was not read: %s", c->path,
			    err.message);
			check_file_release(file);
			free(file);
			continue;
		}
		file->cancel = opts->cancel;
		if (run->files == NULL || !queue_try_push(run->files, file))
			judge_and_drop(run, file);
	}
}

static void
judge_all(struct check_run *run)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	size_t wanted = run->changes.n / FILES_A_THREAD, n = 0;
	pthread_t threads[THREADS_MAX];

	if (processors > 0 && wanted > (size_t)processors - 1)
		wanted = (size_t)processors - 1;
	if (wanted > 0)
		run->files = queue_create(QUEUE_MAX);
	while (n < wanted && n < THREADS_MAX &&
	    thread_start(&threads[n], "checks", work, run, NULL) == 0)
		n++;
	feed(run);
	if (run->files == NULL)
		return;
	queue_close(run->files);
	work(run); /* what is left */
	for (size_t i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
	queue_destroy(run->files, NULL);
}

/* --- all ---------------------------------------------------------------- */

/* The baseline of the commit before. */
static void
read_baseline(struct check_run *run)
{
	const struct check_opts *opts = run->opts;
	CLEANUP_BUF struct buf text = BUF_INIT(BASELINE_BYTES_MAX);
	CLEANUP(free_ptr) char *name = NULL;
	struct error err = ERROR_INIT;
	size_t dots = str_find(opts->revision, STR(".."), 0);

	if (opts->what == REPO_CHANGES_COMMIT)
		name = mem_printf("%.*s^:" BASELINE_PATH,
		    STR_ARG(opts->revision));
	else if (opts->what == REPO_CHANGES_RANGE && dots > 0)
		name = mem_printf("%.*s:" BASELINE_PATH,
		    STR_ARG(str_sub(opts->revision, 0, dots)));
	else
		name = mem_strdup("HEAD:" BASELINE_PATH);
	if (repo_blob_read(opts->repo, name, &text, NULL) != 0)
		return;
	if (baseline_parse(buf_str(&text), &run->baseline, &err) != 0)
		check_note(run, BASELINE_PATH " does not count: %s",
		    err.message);
}

static void
tell_skipped(struct check_run *run)
{
	const struct check_row *row;

	for (size_t i = 0; (row = check_at(i)) != NULL; i++)
		if (check_config_skips(run->opts->config, row) &&
		    check_config_severity(run->opts->config, row) !=
		    FINDING_OFF)
			check_run_skip(run->report, row, CHECK_SKIP_ASKED);
}

static int
run_all(struct check_run *run, struct error *err)
{
	const struct check_opts *opts = run->opts;
	const struct check_family *family;
	int rc = check_run_begin(run, err);

	if (rc != 0)
		return rc;
	tell_skipped(run);
	if (run->changes.n > 0 && opts->texts == NULL && !opts->no_baseline)
		read_baseline(run);
	for (size_t i = 0; (family = check_family_at(i)) != NULL; i++)
		if (family->whole != NULL)
			family->whole(run);
	judge_all(run);
	if ((rc = cancel_check(opts->cancel, err)) != 0)
		return rc;
	if (run->unparsed_files > 0)
		check_note(run, "%zu files were not parsed for syntax errors: "
		    "the commit has more than %zu MiB of sources",
		    run->unparsed_files, (size_t)(PARSED_MAX / MIB));
	findings_sort(&run->report->findings);
	return 0;
}

int
checks_run(const struct check_opts *opts, struct check_report *ret,
    struct error *err)
{
	CLEANUP_CHECK_REPORT struct check_report report = { .n_skips = 0 };
	struct check_run run = { .opts = opts, .report = &report };
	int rc;

	report.findings.max = opts->findings_max;
	rc = run_all(&run, err);
	check_run_release(&run);
	if (rc != 0)
		return rc;
	*ret = report;
	report = (struct check_report){ .n_skips = 0 };
	return 0;
}

void
check_report_release(struct check_report *r)
{
	findings_release(&r->findings);
	for (size_t i = 0; i < r->n_skips; i++)
		for (size_t k = 0; k < r->skips[i].n_places; k++)
			free(r->skips[i].places[k]);
	free(r->skips);
	for (size_t i = 0; i < r->n_notes; i++)
		free(r->notes[i]);
	free(r->notes);
	*r = (struct check_report){ .n_skips = 0 };
}
