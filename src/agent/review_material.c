/* What reviewers get to see; see review_material.h. */
#include "agent/review_material.h"

#include "agent/ask.h"
#include "base/map.h"
#include "base/mem.h"
#include "syntax/outline.h"

#define DIFF_MAX (16 * MIB)
#define WIDE_MAX (32 * MIB)
#define FILE_TEXT_MAX (2 * MIB)
#define PART_MAX (8 * MIB)

enum {
	BYTES_PER_TOKEN = 4,
	CONTEXT_LINES = 3,
	WHOLE_FILE = 1000000, /* lines of context */
	WIDE_FILES_MAX = 50,  /* two names each, of the hundred git is given */
	DEFINITION_LINES_MAX = 150,
	NAMES_MAX = 16,
	DIFF_SHARE = 60, /* percent that hunks may fill before the rest */
	RELATED_SHARE = 20,
	CUT_BYTES_MIN = 1000, /* less of a file says nothing */
};

int
review_material_read(struct repo *r, enum repo_diff_what what,
    struct str range, struct review_material *ret, struct error *err)
{
	struct repo_diff_opts opts = REPO_DIFF_OPTS_INIT;
	struct repo_diff_stat stat = { 0 };
	int rc;

	*ret = (struct review_material){ .diff_text = BUF_INIT(DIFF_MAX),
		.wide_text = BUF_INIT(WIDE_MAX) };
	opts.what = what;
	opts.range = range;
	opts.context = CONTEXT_LINES;
	rc = repo_diff_read(r, &opts, &ret->diff_text, &stat, err);
	if (rc != 0)
		return rc;
	review_diff_parse(buf_str(&ret->diff_text), &ret->diff);
	ret->cut = stat.cut || ret->diff.cut;
	return 0;
}

void
review_material_release(struct review_material *m)
{
	review_diff_release(&m->diff);
	review_diff_release(&m->wide);
	buf_release(&m->diff_text);
	buf_release(&m->wide_text);
}

void
review_material_widen(struct review_material *m, struct repo *r,
    enum repo_diff_what what, struct str range)
{
	const char *paths[2 * WIDE_FILES_MAX];
	struct repo_diff_opts opts = REPO_DIFF_OPTS_INIT;
	struct repo_diff_stat stat = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < m->diff.n && n + 2 <= ARRAY_LEN(paths); i++) {
		const struct review_file *f = &m->diff.files[i];

		if (f->binary || f->deleted || f->n_hunks == 0)
			continue;
		paths[n++] = f->path;
		if (f->old_path != NULL)
			paths[n++] = f->old_path;
	}
	if (n == 0)
		return;
	opts.what = what;
	opts.range = range;
	opts.context = WHOLE_FILE;
	opts.paths = paths;
	opts.n_paths = n;
	if (repo_diff_read(r, &opts, &m->wide_text, &stat, NULL) != 0)
		buf_clear(&m->wide_text);
	review_diff_parse(buf_str(&m->wide_text), &m->wide);
	/* The last file of a text that was cut is not whole. */
	if (stat.cut && m->wide.n > 0) {
		struct review_file *last = &m->wide.files[m->wide.n - 1];

		last->n_hunks = 0;
	}
}

static const struct review_hunk *
whole_hunk(const struct review_material *m, struct str path)
{
	const struct review_file *f = review_diff_file(&m->wide, path);

	return f != NULL && f->n_hunks == 1 && f->hunks[0].new_start <= 1 ?
	    &f->hunks[0] : NULL;
}

/* One side of a whole file: `drop` is the sign of the other one's lines. */
static void
one_side(const struct review_hunk *h, char drop, struct buf *out)
{
	struct str rest = h->body, line;
	size_t before = out->len;
	char sign = ' ';

	while (rest.len > 0) {
		size_t end = str_find_char(rest, '\n', 0);

		end = end == SIZE_MAX ? rest.len : end + 1;
		line = str_sub(rest, 0, end);
		rest = str_sub(rest, end, SIZE_MAX);
		/* "\ No newline at end of file", of the line before it. */
		if (line.ptr[0] == '\\' && sign != drop && out->len > before)
			buf_truncate(out, out->len - 1);
		sign = line.ptr[0] == '\\' ? sign : line.ptr[0];
		if (line.ptr[0] == '\n')
			buf_add_char(out, '\n');
		else if (line.ptr[0] != '\\' && line.ptr[0] != drop)
			buf_add_str(out, str_sub(line, 1, SIZE_MAX));
	}
}

bool
review_material_text(const struct review_material *m, struct str path,
    struct buf *out)
{
	const struct review_hunk *h = whole_hunk(m, path);

	if (h == NULL)
		return false;
	one_side(h, '-', out);
	return out->failed == 0;
}

/* --- definitions -------------------------------------------------------- */

struct span {
	uint32_t first, last;
};

struct spans {
	struct span *items;
	size_t n, cap;
};

static void
add_span(struct spans *s, uint32_t first, uint32_t last)
{
	struct span *before = s->n > 0 ? &s->items[s->n - 1] : NULL;

	if (before != NULL && first <= before->last + 1) {
		if (first < before->first)
			before->first = first;
		if (last > before->last)
			before->last = last;
		return;
	}
	s->items = mem_grow(s->items, &s->cap, s->n + 1, sizeof(*s->items));
	s->items[s->n++] = (struct span){ first, last };
}

static bool
in_spans(const struct spans *s, uint32_t line)
{
	for (size_t i = 0; i < s->n; i++)
		if (line >= s->items[i].first && line <= s->items[i].last)
			return true;
	return false;
}

/* Names of definitions that the change touches, each once. */
struct names {
	struct map *seen;
	struct review_name items[NAMES_MAX];
	size_t n;
};

static void
note_name(struct names *names, const char *name, const char *path,
    bool removed)
{
	struct str s = str_from(name);

	if (names->n >= NAMES_MAX || s.len < 3 || s.len > 200 ||
	    map_has(names->seen, s))
		return;
	map_set(names->seen, s, mem_strdup(name));
	names->items[names->n++] = (struct review_name){
		map_get(names->seen, s), path, removed };
}

/* Whether a hunk changes anything in these lines. */
static bool
touches(const struct review_hunk *h, uint32_t first, uint32_t last)
{
	struct review_walk walk;
	struct review_line line;

	review_walk_begin(&walk, h);
	while (review_walk_next(&walk, &line))
		if (line.sign != ' ' && line.line >= first &&
		    line.line <= last)
			return true;
	return false;
}

/* The lines of a hunk and of the definitions that it changes something in. */
static void
surround(const struct review_file *f, const struct review_hunk *h,
    const struct outline *o, struct names *names, struct spans *ret)
{
	uint32_t first = h->new_start, last = h->new_start + h->new_lines;

	last = h->new_lines > 0 ? last - 1 : last;
	for (size_t i = 0; i < o->n_items; i++) {
		const struct outline_item *d = &o->items[i];

		if (d->start_line > last || d->end_line < first ||
		    !touches(h, d->start_line, d->end_line))
			continue;
		/* A class of a thousand lines is not what was touched. */
		if (d->end_line - d->start_line >= DEFINITION_LINES_MAX)
			continue;
		note_name(names, d->name, f->path, false);
		first = d->start_line < first ? d->start_line : first;
		last = d->end_line > last ? d->end_line : last;
	}
	add_span(ret, first, last);
}

static bool
has_definition(const struct outline *o, const char *name)
{
	for (size_t i = 0; i < o->n_items; i++)
		if (strcmp(o->items[i].name, name) == 0)
			return true;
	return false;
}

static bool
removes_in(const struct review_file *f, uint32_t first, uint32_t last)
{
	struct review_walk walk;
	struct review_line line;

	for (size_t i = 0; i < f->n_hunks; i++) {
		const struct review_hunk *h = &f->hunks[i];

		if (h->old_start > last ||
		    h->old_start + h->old_lines < first)
			continue;
		review_walk_begin(&walk, h);
		while (review_walk_next(&walk, &line))
			if (line.sign == '-' && line.old_line >= first &&
			    line.old_line <= last)
				return true;
	}
	return false;
}

/* What was there before and is not any more: somebody may still use it. */
static void
note_removed(const struct review_file *f, const struct language *language,
    const struct review_hunk *whole, const struct outline *now,
    struct names *names)
{
	CLEANUP_BUF struct buf text = BUF_INIT(FILE_TEXT_MAX);
	struct outline before = { .n_items = 0 };
	int rc;

	one_side(whole, '+', &text);
	if (f->added || text.failed != 0)
		return;
	rc = outline_make(language, buf_str(&text), NULL, &before, NULL);
	for (size_t i = 0; rc == 0 && i < before.n_items; i++) {
		const struct outline_item *d = &before.items[i];

		if (!has_definition(now, d->name) &&
		    removes_in(f, d->start_line, d->end_line))
			note_name(names, d->name, f->path, true);
	}
	outline_release(&before);
}

static int
find_spans(const struct review_file *f, struct str text,
    const struct review_hunk *whole, struct names *names, struct spans *ret)
{
	const struct language *language =
	    language_of_file(str_from(f->path), text);
	struct outline outline = { .n_items = 0 };
	int rc;

	if (language == NULL)
		return -ERR_UNSUPPORTED;
	rc = outline_make(language, text, NULL, &outline, NULL);
	if (rc == 0)
		note_removed(f, language, whole, &outline, names);
	for (size_t i = 0; rc == 0 && i < f->n_hunks; i++)
		surround(f, &f->hunks[i], &outline, names, ret);
	outline_release(&outline);
	return rc;
}

/* The lines of `whole` that are in the spans, as one file of a diff. */
static void
print_spans(const struct review_hunk *whole, const struct spans *spans,
    struct buf *out)
{
	for (size_t i = 0; i < spans->n; i++) {
		struct spans one = { &spans->items[i], 1, 1 };
		struct buf body = BUF_INIT(PART_MAX);
		struct review_hunk h = {
			.new_start = spans->items[i].first };
		struct review_file file = { .hunks = &h, .n_hunks = 1 };
		struct review_walk walk;
		struct review_line line;

		review_walk_begin(&walk, whole);
		while (review_walk_next(&walk, &line)) {
			if (!in_spans(&one, line.line))
				continue;
			buf_add_char(&body, line.sign);
			buf_add_str(&body, line.text);
			buf_add_char(&body, '\n');
		}
		h.body = buf_str(&body);
		review_file_print(&file, out);
		buf_release(&body);
	}
}

/* Appends the file with the definitions around its hunks. False: only the
 * hunks are known. */
static bool
print_wide(const struct review_material *m, const struct review_file *f,
    struct names *names, struct buf *out)
{
	const struct review_hunk *whole = whole_hunk(m, str_from(f->path));
	CLEANUP_BUF struct buf text = BUF_INIT(FILE_TEXT_MAX);
	struct spans spans = { .n = 0 };
	bool done = false;

	if (whole == NULL)
		return false;
	one_side(whole, '-', &text);
	if (text.failed == 0 &&
	    find_spans(f, buf_str(&text), whole, names, &spans) == 0) {
		print_spans(whole, &spans, out);
		done = out->failed == 0;
	}
	free(spans.items);
	return done;
}

/* --- files -------------------------------------------------------------- */

static bool
has_any(struct str path, const char *const *ends, size_t n_ends,
    const char *const *parts, size_t n_parts)
{
	for (size_t i = 0; i < n_ends; i++)
		if (str_ends(path, str_from(ends[i])))
			return true;
	for (size_t i = 0; i < n_parts; i++)
		if (str_find(path, str_from(parts[i]), 0) != SIZE_MAX)
			return true;
	return false;
}

enum rank { RANK_CODE, RANK_TEST, RANK_TEXT, RANK_MINOR, RANKS };

/* What is looked at first when not everything fits. */
static enum rank
rank_of(const struct review_file *f)
{
	static const char *const minor_ends[] = { ".lock", "-lock.json",
		".min.js", ".min.css", ".svg", ".map", ".snap", "go.sum",
		".po", "-lock.yaml" };
	static const char *const minor_parts[] = { "vendor/",
		"node_modules/", "third_party/", "dist/", "fixtures/",
		"seeds/" };
	static const char *const text_ends[] = { ".md", ".rst", ".txt",
		".adoc", ".1", ".5" };
	static const char *const test_parts[] = { "test", "spec/" };
	struct str path = str_from(f->path);

	if (f->binary || has_any(path, minor_ends, ARRAY_LEN(minor_ends),
		minor_parts, ARRAY_LEN(minor_parts)))
		return RANK_MINOR;
	if (has_any(path, text_ends, ARRAY_LEN(text_ends), NULL, 0))
		return RANK_TEXT;
	if (has_any(path, NULL, 0, test_parts, ARRAY_LEN(test_parts)))
		return RANK_TEST;
	return RANK_CODE;
}

bool
review_material_is_minor(const struct review_material *m)
{
	for (size_t i = 0; i < m->diff.n; i++)
		if (m->diff.files[i].n_hunks > 0 &&
		    rank_of(&m->diff.files[i]) != RANK_MINOR)
			return false;
	return true;
}

/* A name may hold anything but NUL; here it must stay on its line. */
static void
print_path(const char *path, struct buf *out)
{
	for (; *path != '\0'; path++)
		buf_add_char(out, (unsigned char)*path < ' ' ? '?' : *path);
}

static void
print_title(const struct review_file *f, struct buf *out)
{
	buf_add_cstr(out, "=== ");
	print_path(f->path, out);
	if (f->added)
		buf_add_cstr(out, " (new file)");
	if (f->deleted)
		buf_add_cstr(out, " (deleted)");
	if (f->old_path != NULL && !f->deleted && !f->added) {
		buf_add_cstr(out, " (was ");
		print_path(f->old_path, out);
		buf_add_char(out, ')');
	}
	if (f->binary)
		buf_add_cstr(out, " (binary)");
	buf_add_char(out, '\n');
}

struct sheet { /* one file as it will be shown */
	const struct review_file *file;
	struct buf text;
	bool in;
	bool cut; /* only its beginning is in */
};

static void
write_sheet(const struct review_context *c, struct sheet *s,
    const struct buf *body)
{
	buf_clear(&s->text);
	print_title(s->file, &s->text);
	asker_clean(c->asker, s->file->path, buf_str(body), &s->text);
}

/* The beginning of what does not fit, to whole lines. */
static void
cut_sheet(struct sheet *s, size_t room)
{
	static const char note[] = "[the rest of this file is left out]\n";
	size_t end = room > sizeof(note) ? room - sizeof(note) : 0;

	while (end > 0 && s->text.ptr[end - 1] != '\n')
		end--;
	if (end < CUT_BYTES_MIN)
		return;
	buf_truncate(&s->text, end);
	buf_add_cstr(&s->text, note);
	s->in = s->cut = true;
}

/* Files of a rank that fit whole. Returns the bytes used. */
static size_t
fill_whole(struct sheet *sheets, size_t n, enum rank rank, size_t room)
{
	size_t used = 0;

	for (size_t i = 0; i < n; i++) {
		struct sheet *s = &sheets[i];

		if (rank_of(s->file) != rank || s->text.failed != 0 ||
		    s->text.len > room - used)
			continue;
		s->in = true;
		used += s->text.len;
	}
	return used;
}

/* Hunks first, while there is room: one large file must not keep the small
 * ones out. Returns the bytes used. */
static size_t
fill_hunks(const struct review_context *c, struct sheet *sheets, size_t n,
    size_t max)
{
	size_t used = 0;

	for (size_t i = 0; i < n; i++) {
		CLEANUP_BUF struct buf body = BUF_INIT(PART_MAX);

		review_file_print(sheets[i].file, &body);
		write_sheet(c, &sheets[i], &body);
		if (body.failed != 0)
			sheets[i].text.failed = body.failed;
	}
	for (int rank = RANK_CODE; rank < RANK_MINOR; rank++)
		used += fill_whole(sheets, n, (enum rank)rank, max - used);
	for (size_t i = 0; i < n; i++) {
		struct sheet *s = &sheets[i];

		if (s->in || s->text.failed != 0 ||
		    rank_of(s->file) == RANK_MINOR)
			continue;
		cut_sheet(s, max - used);
		used += s->in ? s->text.len : 0;
	}
	return used + fill_whole(sheets, n, RANK_MINOR, max - used);
}

/* Then what is around them, while there is room. */
static size_t
fill_definitions(const struct review_material *m,
    const struct review_context *c, struct sheet *sheets, size_t n,
    size_t max, size_t used, struct names *names)
{
	for (size_t i = 0; i < n; i++) {
		CLEANUP_BUF struct buf body = BUF_INIT(PART_MAX);
		struct sheet *s = &sheets[i];
		struct sheet wide = { .file = s->file,
			.text = BUF_INIT(PART_MAX) };

		if (s->in && !s->cut && print_wide(m, s->file, names, &body)) {
			write_sheet(c, &wide, &body);
			if (wide.text.failed == 0 &&
			    used - s->text.len + wide.text.len <= max) {
				struct buf swap = s->text;

				used = used - s->text.len + wide.text.len;
				s->text = wide.text;
				wide.text = swap;
			}
		}
		buf_release(&wide.text);
	}
	return used;
}

int
review_material_write(const struct review_material *m,
    const struct review_context *c, struct buf *out, size_t *ret_left_out,
    struct buf *left_out, struct error *err)
{
	size_t n = m->diff.n, max = (size_t)c->tokens * BYTES_PER_TOKEN, used;
	struct sheet *sheets = mem_alloc(n + 1, sizeof(*sheets));
	struct names names = { .seen = map_create(free) };

	for (size_t i = 0; i < n; i++)
		sheets[i] = (struct sheet){ .file = &m->diff.files[i],
			.text = BUF_INIT(PART_MAX) };
	used = fill_hunks(c, sheets, n, max);
	if (used <= max / 100 * DIFF_SHARE)
		used = fill_definitions(m, c, sheets, n,
		    max / 100 * (100 - RELATED_SHARE), used, &names);
	*ret_left_out = 0;
	for (size_t i = 0; i < n; i++) {
		if (sheets[i].in)
			buf_add_str(out, buf_str(&sheets[i].text));
		else
			++*ret_left_out;
		if (!sheets[i].in || sheets[i].cut) {
			print_path(m->diff.files[i].path, left_out);
			buf_add_cstr(left_out, sheets[i].in ?
			    " (but for its beginning)\n" : "\n");
		}
		buf_release(&sheets[i].text);
	}
	if (c->index != NULL && names.n > 0 && used < max)
		review_related_write(c, names.items, names.n, &m->diff,
		    max - used, out);
	map_destroy(names.seen);
	free(sheets);
	return buf_check(out, err);
}
