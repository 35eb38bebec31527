/* What a run of the checks knows and keeps; see check_run.h and check.h. */
#include "checks/check_run.h"

#include <stdarg.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "checks/mark.h"
#include "git/repo_index.h"

enum { MESSAGE_MAX = 500, NOTES_MAX = 50 };

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

/* What the change leads to. */
static struct str
end_of(const struct check_opts *opts)
{
	size_t dots = str_find(opts->revision, STR(".."), 0);

	if (opts->what == REPO_CHANGES_COMMIT)
		return opts->revision;
	if (opts->what != REPO_CHANGES_RANGE)
		return STR_NONE;
	while (dots < opts->revision.len && opts->revision.ptr[dots] == '.')
		dots++;
	return dots < opts->revision.len ?
	    str_sub(opts->revision, dots, SIZE_MAX) : STR("HEAD");
}

const struct repo_listing *
check_listing(struct check_run *run)
{
	const struct check_opts *opts = run->opts;

	if (run->listing_tried)
		return run->listing;
	run->listing_tried = true;
	if (opts->texts != NULL) {
		struct repo_changes all = { .n = 0 };

		list_texts(opts, false, &all);
		run->listing = repo_listing_make(&all);
	} else {
		repo_listing_open(opts->repo, end_of(opts), &run->listing,
		    NULL);
	}
	return run->listing;
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
	const struct repo_listing *all = check_listing(run);
	struct repo_entry entry;

	return all != NULL && repo_listing_find(all, path, &entry) &&
	    (entry.mode & 0170000) == 0100000 &&
	    check_blob(run, entry.oid, out);
}

/* --- results ------------------------------------------------------------ */

struct check_skip *
check_run_skip(struct check_report *r, const struct check_row *row,
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
	skip = check_run_skip(run->report, row, reason);
	skip->count++;
	if (skip->n_places < CHECK_SKIP_PLACES)
		skip->places[skip->n_places++] = f->line > 0 ?
		    mem_printf("%.300s:%u %.*s", f->path, f->line,
			STR_ARG(str_sub(words, 0, 200))) :
		    mem_printf("%.300s", f->path);
	monitor_leave(&run->result);
}

/* What lets a finding through; false: nothing does. */
static bool
find_skip(const struct check_run *run, const struct check_row *row,
    struct str path, struct check_file *file, uint32_t n,
    enum check_skip_reason *ret_reason, struct str *ret_words)
{
	struct str line = file != NULL && n > 0 ? check_file_line(file, n) :
						  STR_NONE;
	struct str above = file != NULL && n > 1 ?
	    check_file_line(file, n - 1) : STR_NONE;
	struct str code = str_from(row->code);

	*ret_words = STR_NONE;
	*ret_reason = CHECK_SKIP_MARK;
	if (mark_allows(line, code, ret_words) || (mark_is_alone(above) &&
	    mark_allows(above, code, ret_words)))
		return true;
	*ret_reason = CHECK_SKIP_ALLOWED;
	return check_config_allows(run->opts->config, row, path, line);
}

bool
check_lets_through(const struct check_run *run, const struct check_row *row,
    struct check_file *file, uint32_t line)
{
	enum check_skip_reason reason;
	struct str words;

	return find_skip(run, row, file->path, file, line, &reason, &words);
}

static void
add_finding(struct check_run *run, const struct check_row *row,
    struct str path, struct check_file *file, struct finding *f)
{
	struct str line = file != NULL && f->line > 0 ?
	    check_file_line(file, f->line) : STR_NONE;
	enum check_skip_reason reason;
	struct str words;

	f->severity = check_config_severity(run->opts->config, row);
	f->code = (char *)(uintptr_t)row->code;
	f->fix = (char *)(uintptr_t)row->fix;
	finding_fingerprint(str_from(row->code), path, line.len > 0 ? line :
	    str_from(f->message), f->fingerprint);
	if (find_skip(run, row, path, file, f->line, &reason, &words)) {
		add_skip(run, f, row, reason, words);
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
	/* A grammar misses something behind the last line feed. */
	if (line > check_file_lines(file)) {
		line = check_file_lines(file);
		column = 0;
	}
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

/* --- its life ----------------------------------------------------------- */

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

int
check_run_begin(struct check_run *run, struct error *err)
{
	const struct check_opts *opts = run->opts;
	struct repo_changes_opts what = { .what = opts->what,
		.revision = opts->revision };
	int rc = 0;

	monitor_init(&run->result);
	run->deadline_ms = clock_now_ms() + opts->timeout_ms;
	if (opts->texts != NULL)
		list_texts(opts, true, &run->changes);
	else
		rc = repo_changes_read(opts->repo, &what, &run->changes, err);
	if (rc != 0)
		return rc;
	keep_wanted(opts, &run->changes);
	run->by_path = map_changes(&run->changes);
	return 0;
}

void
check_run_release(struct check_run *run)
{
	monitor_release(&run->result);
	map_destroy(run->by_path);
	repo_listing_destroy(run->listing);
	baseline_destroy(run->baseline);
	repo_changes_release(&run->changes);
}

int
check_run_load(struct check_run *run, const struct repo_change *c,
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
