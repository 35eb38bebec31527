/* Running the checks; see checks.h. One thread reads the files, which is its
 * alone to do with a repository; it and a few others judge them. */
#include "checks/checks.h"

#include <stdarg.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json_writer.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/monitor.h"
#include "base/queue.h"
#include "base/thread.h"
#include "base/utf8.h"
#include "checks/baseline.h"
#include "checks/families.h"
#include "checks/mark.h"
#include "git/repo_index.h"

enum {
	THREADS_MAX = 4,
	FILES_A_THREAD = 4, /* fewer are not worth a thread */
	QUEUE_MAX = 32,
	MESSAGE_MAX = 500,
	NOTES_MAX = 50,
};

/* Bytes of text in one commit: about a second of one processor. */
#define PARSED_MAX (4 * MIB)

struct check_run {
	const struct check_opts *opts;
	struct check_report *report;
	struct repo_changes changes;
	struct map *by_path; /* struct repo_change of `changes` */
	struct repo_changes all; /* of the commit; when asked for */
	struct map *all_by_path;
	bool all_tried;
	struct baseline *baseline; /* NULL: none */
	int64_t deadline_ms;
	struct queue *files;   /* read, to be judged; NULL: no threads */
	struct monitor result; /* guards the report and what follows */
	size_t parsed_bytes, unparsed_files;
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

/* --- what the families ask ---------------------------------------------- */

bool
check_is_on(const struct check_run *run, const struct check_row *row)
{
	return check_config_severity(run->opts->config, row) != FINDING_OFF &&
	    !check_config_skips(run->opts->config, row);
}

const struct check_config *
check_config_of(const struct check_run *run)
{
	return run->opts->config;
}

const struct repo_changes *
check_changes(const struct check_run *run)
{
	return &run->changes;
}

static struct map *
map_changes(const struct repo_changes *changes)
{
	struct map *map = map_create(NULL);

	for (size_t i = 0; i < changes->n; i++)
		map_set(map, str_from(changes->items[i].path),
		    &changes->items[i]);
	return map;
}

const struct repo_change *
check_change_of(const struct check_run *run, struct str path)
{
	return map_get(run->by_path, path);
}

/* Of texts, the names of blobs are their places in the list. */
static void
list_texts(const struct check_opts *opts, bool changed,
    struct repo_changes *ret)
{
	for (size_t i = 0; i < opts->n_texts; i++) {
		const struct check_text *t = &opts->texts[i];
		struct repo_change *c;

		if (changed ? t->same : t->mode == 0)
			continue;
		c = repo_changes_add(ret);
		c->path = mem_strdup(t->path);
		c->mode = t->mode;
		c->old_mode = t->old_mode;
		if (t->mode != 0)
			snprintf(c->oid, sizeof(c->oid), "%zu",
			    2 * i + (t->same ? 0 : 1));
		if (t->old_mode != 0)
			snprintf(c->old_oid, sizeof(c->old_oid), "%zu",
			    2 * i);
	}
}

static bool
find_text(const struct check_opts *opts, const char *oid, struct str *ret)
{
	int64_t n;

	if (!str_to_int(str_from(oid), 0, 2 * (int64_t)opts->n_texts - 1, &n))
		return false;
	*ret = n % 2 != 0 ? opts->texts[n / 2].after :
			    opts->texts[n / 2].before;
	return true;
}

const struct repo_changes *
check_all_files(struct check_run *run)
{
	const struct check_opts *opts = run->opts;
	struct repo_changes_opts all = { .what = REPO_CHANGES_ALL };

	if (run->all_tried)
		return run->all_by_path != NULL ? &run->all : NULL;
	if (opts->texts != NULL) {
		run->all_tried = true;
		list_texts(opts, false, &run->all);
		run->all_by_path = map_changes(&run->all);
		return &run->all;
	}
	run->all_tried = true;
	if (opts->what == REPO_CHANGES_COMMIT)
		all.revision = opts->revision;
	if (opts->what == REPO_CHANGES_RANGE) {
		size_t dots = str_find(opts->revision, STR(".."), 0);

		while (dots < opts->revision.len &&
		    opts->revision.ptr[dots] == '.')
			dots++;
		all.revision = str_sub(opts->revision, dots, SIZE_MAX);
		if (all.revision.len == 0)
			all.revision = STR("HEAD");
	}
	if (repo_changes_read(opts->repo, &all, &run->all, NULL) != 0)
		return NULL;
	run->all_by_path = map_changes(&run->all);
	return &run->all;
}

const struct repo_change *
check_file_of(struct check_run *run, struct str path)
{
	return check_all_files(run) == NULL ? NULL :
	    map_get(run->all_by_path, path);
}

bool
check_blob(struct check_run *run, const char *oid, struct buf *out)
{
	struct str text;
	size_t size;

	if (run->opts->texts != NULL)
		return find_text(run->opts, oid, &text) &&
		    buf_add_str(out, text) == 0;
	return oid[0] != '\0' &&
	    repo_blob_size(run->opts->repo, oid, &size, NULL) == 0 &&
	    size <= out->max &&
	    repo_blob_read(run->opts->repo, oid, out, NULL) == 0;
}

bool
check_text_of(struct check_run *run, struct str path, struct buf *out)
{
	const struct repo_change *c = check_file_of(run, path);

	return c != NULL && (c->mode & 0170000) == 0100000 &&
	    check_blob(run, c->oid, out);
}

/* --- results ------------------------------------------------------------ */

static struct check_skip *
skip_of(struct check_report *r, const struct check_row *row,
    enum check_skip_reason reason)
{
	for (size_t i = 0; i < r->n_skips; i++)
		if (r->skips[i].row == row && r->skips[i].reason == reason)
			return &r->skips[i];
	r->skips = mem_grow(r->skips, &r->cap_skips, r->n_skips + 1,
	    sizeof(*r->skips));
	r->skips[r->n_skips] = (struct check_skip){ .row = row,
		.reason = reason };
	return &r->skips[r->n_skips++];
}

static void
add_skip(struct check_run *run, const struct finding *f,
    const struct check_row *row, enum check_skip_reason reason,
    struct str words)
{
	struct check_skip *skip;

	monitor_enter(&run->result);
	skip = skip_of(run->report, row, reason);
	skip->count++;
	if (skip->n_places < CHECK_SKIP_PLACES)
		skip->places[skip->n_places++] = f->line > 0 ?
		    mem_printf("%s:%u %.*s", f->path, f->line,
			STR_ARG(str_sub(words, 0, 200))) :
		    mem_strdup(f->path);
	monitor_leave(&run->result);
}

static void
add_finding(struct check_run *run, const struct check_row *row,
    struct str path, struct check_file *file, struct finding *f)
{
	struct str line = file != NULL && f->line > 0 ?
	    check_file_line(file, f->line) : STR_NONE;
	struct str above = file != NULL && f->line > 1 ?
	    check_file_line(file, f->line - 1) : STR_NONE;
	struct str words = STR_NONE, code = str_from(row->code);

	f->severity = check_config_severity(run->opts->config, row);
	f->code = (char *)(uintptr_t)row->code;
	f->fix = (char *)(uintptr_t)row->fix;
	finding_fingerprint(code, path, line.len > 0 ? line :
	    str_from(f->message), f->fingerprint);
	if (mark_allows(line, code, &words) || (mark_is_alone(above) &&
	    mark_allows(above, code, &words))) {
		add_skip(run, f, row, CHECK_SKIP_MARK, words);
		return;
	}
	if (check_config_allows(run->opts->config, row, path, line)) {
		add_skip(run, f, row, CHECK_SKIP_ALLOWED, STR_NONE);
		return;
	}
	if (baseline_has(run->baseline, f->fingerprint)) {
		add_skip(run, f, row, CHECK_SKIP_BASELINE, STR_NONE);
		return;
	}
	monitor_enter(&run->result);
	findings_add(&run->report->findings, f);
	monitor_leave(&run->result);
}

static char *
make_message(const char *format, va_list args)
{
	CLEANUP_BUF struct buf text = BUF_INIT(64 * KIB);
	CLEANUP_BUF struct buf sound = BUF_INIT(64 * KIB);

	buf_vprintf(&text, format, args);
	utf8_repair(buf_str(&text), &sound);
	buf_truncate(&sound, utf8_cut(buf_text(&sound), sound.len,
	    MESSAGE_MAX));
	return buf_steal(&sound);
}

void
check_report(struct check_run *run, const struct check_row *row,
    struct check_file *file, uint32_t line, uint32_t column,
    const char *format, ...)
{
	CLEANUP(free_ptr) char *message = NULL;
	CLEANUP(free_ptr) char *path = str_dup(file->path);
	struct finding f = FINDING_INIT;
	va_list args;

	if (!check_is_on(run, row))
		return;
	va_start(args, format);
	message = make_message(format, args);
	va_end(args);
	f.path = path;
	f.line = line;
	f.column = column;
	f.message = message;
	add_finding(run, row, file->path, file, &f);
}

void
check_report_path(struct check_run *run, const struct check_row *row,
    struct str path, const char *format, ...)
{
	CLEANUP(free_ptr) char *message = NULL;
	CLEANUP(free_ptr) char *name = str_dup(path);
	struct finding f = FINDING_INIT;
	va_list args;

	if (!check_is_on(run, row))
		return;
	va_start(args, format);
	message = make_message(format, args);
	va_end(args);
	f.path = name;
	f.message = message;
	add_finding(run, row, path, NULL, &f);
}

static void
add_note(struct check_report *r, char *text)
{
	if (r->n_notes >= NOTES_MAX) {
		free(text);
		return;
	}
	r->notes = mem_grow(r->notes, &r->cap_notes, r->n_notes + 1,
	    sizeof(*r->notes));
	r->notes[r->n_notes++] = text;
}

void
check_note(struct check_run *run, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = make_message(format, args);
	va_end(args);
	monitor_enter(&run->result);
	add_note(run->report, text);
	monitor_leave(&run->result);
}

bool
check_may_parse(struct check_run *run, size_t bytes)
{
	bool may;

	monitor_enter(&run->result);
	may = bytes <= PARSED_MAX - run->parsed_bytes;
	if (may)
		run->parsed_bytes += bytes;
	else
		run->unparsed_files++;
	monitor_leave(&run->result);
	return may;
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
	if (file->is_regular && !file->is_read)
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

static int
load(struct check_run *run, const struct repo_change *c,
    struct check_file *file, struct error *err)
{
	const struct check_opts *opts = run->opts;
	struct str before = STR_NONE, after = STR_NONE;

	if (opts->texts == NULL)
		return check_file_load(opts->repo, c, opts->bytes_max, file,
		    err);
	find_text(opts, c->old_oid, &before);
	find_text(opts, c->oid, &after);
	return check_file_take(c, before, after, file, err);
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
		if (load(run, c, file, &err) != 0) {
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

static bool
is_wanted(const struct check_opts *opts, struct str path)
{
	for (size_t i = 0; i < opts->n_paths; i++) {
		struct str want = str_from(opts->paths[i]);

		if (want.len == 0 || str_eq(path, want) ||
		    (str_starts(path, want) && (path.ptr[want.len] == '/' ||
			want.ptr[want.len - 1] == '/')))
			return true;
	}
	return opts->n_paths == 0;
}

static void
keep_wanted(const struct check_opts *opts, struct repo_changes *changes)
{
	size_t kept = 0;

	for (size_t i = 0; i < changes->n; i++) {
		struct repo_change *c = &changes->items[i];

		if (is_wanted(opts, str_from(c->path)))
			changes->items[kept++] = *c;
		else
			repo_change_release(c);
	}
	changes->n = kept;
}

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
			skip_of(run->report, row, CHECK_SKIP_ASKED);
}

static int
run_all(struct check_run *run, struct error *err)
{
	const struct check_opts *opts = run->opts;
	struct repo_changes_opts what = { .what = opts->what,
		.revision = opts->revision };
	const struct check_family *family;
	int rc = 0;

	if (opts->texts != NULL)
		list_texts(opts, true, &run->changes);
	else
		rc = repo_changes_read(opts->repo, &what, &run->changes, err);
	if (rc != 0)
		return rc;
	keep_wanted(opts, &run->changes);
	run->by_path = map_changes(&run->changes);
	tell_skipped(run);
	if (run->changes.n > 0 && opts->texts == NULL)
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
	struct check_run run = { .opts = opts, .report = &report,
		.deadline_ms = clock_now_ms() + opts->timeout_ms };
	int rc;

	report.findings.max = opts->findings_max;
	monitor_init(&run.result);
	rc = run_all(&run, err);
	monitor_release(&run.result);
	map_destroy(run.by_path);
	map_destroy(run.all_by_path);
	baseline_destroy(run.baseline);
	repo_changes_release(&run.changes);
	repo_changes_release(&run.all);
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
