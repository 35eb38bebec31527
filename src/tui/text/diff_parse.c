/* Taking diffs apart; see diff_parse.h. */
#include "tui/text/diff_parse.h"

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/units.h"

#define NUMBER_MAX 100000000

struct parser {
	struct str diff, rest;
	struct diff_parsed *out;
	bool in_file;	     /* a file's headers or hunks */
	bool had_hunk;	     /* of this file */
	bool skip_binary;    /* "GIT binary patch" follows */
	uint32_t old_left, new_left; /* lines that the hunk still has */
	uint32_t old_line, new_line;
};

static uint32_t
offset_of(const struct parser *p, struct str part)
{
	return (uint32_t)(part.ptr - p->diff.ptr);
}

static struct diff_row *
add_row(struct parser *p, enum diff_row_kind kind, struct str text)
{
	struct diff_parsed *out = p->out;
	struct diff_row *row;

	out->rows = mem_grow(out->rows, &out->cap, out->count + 1,
	    sizeof(*out->rows));
	row = &out->rows[out->count++];
	*row = (struct diff_row){ .kind = kind,
		.file = out->n_files > 0 ? (uint32_t)out->n_files - 1 : 0,
		.at = text.ptr == NULL ? 0 : offset_of(p, text),
		.len = (uint32_t)text.len };
	return row;
}

static struct diff_file *
begin_file(struct parser *p)
{
	struct diff_parsed *out = p->out;

	out->files = mem_grow(out->files, &out->cap_files, out->n_files + 1,
	    sizeof(*out->files));
	out->files[out->n_files++] = (struct diff_file){ .added = 0 };
	add_row(p, DIFF_FILE, STR_NONE);
	p->in_file = true;
	p->had_hunk = false;
	p->skip_binary = false;
	return &out->files[out->n_files - 1];
}

static struct diff_file *
this_file(struct parser *p)
{
	return p->in_file ? &p->out->files[p->out->n_files - 1] :
	    begin_file(p);
}

static bool
read_number(struct str *s, uint32_t *ret)
{
	size_t n = 0;
	uint64_t value = 0;

	while (n < s->len && s->ptr[n] >= '0' && s->ptr[n] <= '9') {
		value = value * 10 + (uint64_t)(s->ptr[n++] - '0');
		if (value > NUMBER_MAX)
			return false;
	}
	*s = str_sub(*s, n, SIZE_MAX);
	*ret = (uint32_t)value;
	return n > 0;
}

/* "12,3" or "12". */
static bool
read_span(struct str *s, char mark, uint32_t *ret_line, uint32_t *ret_count)
{
	if (s->len == 0 || s->ptr[0] != mark)
		return false;
	*s = str_sub(*s, 1, SIZE_MAX);
	*ret_count = 1;
	if (!read_number(s, ret_line))
		return false;
	if (s->len > 0 && s->ptr[0] == ',') {
		*s = str_sub(*s, 1, SIZE_MAX);
		return read_number(s, ret_count);
	}
	return true;
}

/* "@@ -1,2 +3,4 @@ function". */
static bool
hunk_header(struct parser *p, struct str line)
{
	struct str s = str_sub(line, 4, SIZE_MAX);
	uint32_t old_line, new_line, old_count, new_count;
	struct diff_row *row;

	if (!str_starts(line, STR("@@ -")))
		return false;
	s = str_sub(line, 3, SIZE_MAX);
	if (!read_span(&s, '-', &old_line, &old_count))
		return false;
	if (s.len == 0 || s.ptr[0] != ' ')
		return false;
	s = str_sub(s, 1, SIZE_MAX);
	if (!read_span(&s, '+', &new_line, &new_count) ||
	    !str_starts(s, STR(" @@")))
		return false;
	this_file(p);
	row = add_row(p, DIFF_HUNK, str_trim(str_sub(s, 3, SIZE_MAX)));
	row->old_line = old_line;
	row->new_line = new_line;
	row->old_count = old_count;
	row->new_count = new_count;
	p->old_line = old_line;
	p->new_line = new_line;
	p->old_left = old_count;
	p->new_left = new_count;
	p->had_hunk = true;
	p->out->hunks++;
	return true;
}

/* A line of a hunk that is not at its end yet. */
static bool
hunk_line(struct parser *p, struct str line)
{
	char mark = line.len == 0 ? ' ' : line.ptr[0];
	struct str text = str_sub(line, 1, SIZE_MAX);
	struct diff_row *row;

	if (mark == '\\' && p->had_hunk && str_starts(line, STR("\\ "))) {
		add_row(p, DIFF_NO_NEWLINE, text);
		return true;
	}
	if (p->old_left == 0 && p->new_left == 0)
		return false;
	if (line.len == 0)
		text = line;
	if (mark == ' ' && p->old_left > 0 && p->new_left > 0) {
		row = add_row(p, DIFF_SAME, text);
		row->old_line = p->old_line++;
		row->new_line = p->new_line++;
		p->old_left--;
		p->new_left--;
	} else if (mark == '-' && p->old_left > 0) {
		row = add_row(p, DIFF_REMOVED, text);
		row->old_line = p->old_line++;
		p->old_left--;
		this_file(p)->removed++;
	} else if (mark == '+' && p->new_left > 0) {
		row = add_row(p, DIFF_ADDED, text);
		row->new_line = p->new_line++;
		p->new_left--;
		this_file(p)->added++;
	} else {
		/* Its header lied. */
		p->old_left = p->new_left = 0;
		return false;
	}
	return true;
}

/* "a/x" of "--- a/x<TAB>time". */
static struct str
path_of(struct str s)
{
	s = str_sub(s, 0, str_find_char(s, '\t', 0));
	return str_trim(s);
}

static struct str
strip(struct str path)
{
	if (str_starts(path, STR("a/")) || str_starts(path, STR("b/")))
		return str_sub(path, 2, SIZE_MAX);
	return path;
}

/* "diff --git a/x b/x": the paths, where both are the same. Others come in
 * lines of their own. */
static void
read_git_paths(struct diff_file *file, struct str s)
{
	size_t half = s.len / 2;

	if (s.len % 2 == 1 && s.ptr[half] == ' ' &&
	    str_eq(strip(str_sub(s, 0, half)),
		strip(str_sub(s, half + 1, SIZE_MAX))))
		file->old_path = file->new_path = strip(str_sub(s, 0, half));
}

enum { TO_OLD_MODE, TO_NEW_MODE, TO_OLD_PATH, TO_NEW_PATH, TO_NOTHING };

static const struct {
	const char *begin;
	int value;	 /* where what follows goes */
	size_t flag;	 /* of struct diff_file; 0: none */
} header_table[] = {
	{ "old mode ", TO_OLD_MODE, 0 },
	{ "new mode ", TO_NEW_MODE, 0 },
	{ "new file mode ", TO_NOTHING, offsetof(struct diff_file, is_new) },
	{ "deleted file mode ", TO_NOTHING,
	    offsetof(struct diff_file, is_deleted) },
	{ "rename from ", TO_OLD_PATH,
	    offsetof(struct diff_file, is_renamed) },
	{ "rename to ", TO_NEW_PATH,
	    offsetof(struct diff_file, is_renamed) },
	{ "copy from ", TO_OLD_PATH, offsetof(struct diff_file, is_copied) },
	{ "copy to ", TO_NEW_PATH, offsetof(struct diff_file, is_copied) },
	{ "index ", TO_NOTHING, 0 },
	{ "similarity index ", TO_NOTHING, 0 },
	{ "dissimilarity index ", TO_NOTHING, 0 },
	{ "Binary files ", TO_NOTHING,
	    offsetof(struct diff_file, is_binary) },
};

/* One of git's lines between "diff --git" and the first hunk. */
static bool
git_header(struct parser *p, struct str line)
{
	struct diff_file *file = this_file(p);

	for (size_t i = 0; i < ARRAY_LEN(header_table); i++) {
		struct str begin = str_from(header_table[i].begin);
		struct str value = str_sub(line, begin.len, SIZE_MAX);
		struct str *targets[] = { &file->old_mode, &file->new_mode,
			&file->old_path, &file->new_path };

		if (!str_starts(line, begin))
			continue;
		if (header_table[i].value != TO_NOTHING)
			*targets[header_table[i].value] = value;
		if (header_table[i].flag != 0)
			*(bool *)((char *)file + header_table[i].flag) = true;
		return true;
	}
	if (str_eq_c(line, "GIT binary patch")) {
		file->is_binary = true;
		p->skip_binary = true;
		return true;
	}
	return false;
}

/* "--- a/x" with "+++ b/x" in the next line. */
static bool
plain_header(struct parser *p, struct str line)
{
	struct str ahead = p->rest, next, old_path, new_path;
	struct diff_file *file;

	if (!str_starts(line, STR("--- ")) || !str_next_line(&ahead, &next) ||
	    !str_starts(next, STR("+++ ")))
		return false;
	p->rest = ahead;
	if (p->in_file && p->had_hunk)
		p->in_file = false;
	file = this_file(p);
	old_path = path_of(str_sub(line, 4, SIZE_MAX));
	new_path = path_of(str_sub(next, 4, SIZE_MAX));
	if (str_eq_c(old_path, "/dev/null"))
		file->is_new = true;
	else
		file->old_path = strip(old_path);
	if (str_eq_c(new_path, "/dev/null"))
		file->is_deleted = true;
	else
		file->new_path = strip(new_path);
	return true;
}

static void
read_line(struct parser *p, struct str line)
{
	if (hunk_line(p, line))
		return;
	if (str_starts(line, STR("diff --git "))) {
		read_git_paths(begin_file(p), str_sub(line, 11, SIZE_MAX));
		return;
	}
	if (hunk_header(p, line) || plain_header(p, line))
		return;
	if (p->in_file && !p->had_hunk && git_header(p, line))
		return;
	if (p->skip_binary)
		return;
	/* Blank lines between two files. */
	if (line.len == 0 && p->in_file)
		return;
	add_row(p, DIFF_TEXT, line);
}

size_t
diff_find_change(const struct diff_parsed *p, size_t from, size_t *ret_middle)
{
	size_t i = from;

	while (i < p->count && p->rows[i].kind == DIFF_REMOVED)
		i++;
	*ret_middle = i;
	while (i < p->count && p->rows[i].kind == DIFF_ADDED)
		i++;
	return i;
}

/* Lines that were replaced by themselves: CRLF became LF, or back. */
static void
find_line_ends(struct str diff, struct diff_parsed *p)
{
	size_t next, middle;

	for (size_t i = 0; i < p->count; i = next) {
		bool same = true;

		next = diff_find_change(p, i, &middle);
		if (next == i)
			next++;
		if (middle == i || next - middle != middle - i)
			continue;
		for (size_t k = 0; same && k < middle - i; k++) {
			const struct diff_row *a = &p->rows[i + k];
			const struct diff_row *b = &p->rows[middle + k];

			same = str_eq(str_sub(diff, a->at, a->len),
			    str_sub(diff, b->at, b->len));
		}
		p->rows[next - 1].only_line_ends = same &&
		    (next == p->count ||
			p->rows[next].kind != DIFF_NO_NEWLINE);
	}
}

void
diff_parse(struct str diff, struct diff_parsed *ret)
{
	struct parser p = { .diff = diff, .rest = diff, .out = ret };
	struct str line;

	*ret = (struct diff_parsed){ .count = 0 };
	if (diff.len >= UINT32_MAX)
		return;
	while (str_next_line(&p.rest, &line))
		read_line(&p, line);
	find_line_ends(diff, ret);
}

void
diff_parsed_release(struct diff_parsed *p)
{
	free(p->rows);
	free(p->files);
	*p = (struct diff_parsed){ .count = 0 };
}

struct str
diff_file_path(const struct diff_file *f)
{
	return f->new_path.len > 0 ? f->new_path : f->old_path;
}
