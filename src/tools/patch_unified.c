/* Unified diffs, git's and plain. Models count lines badly, so the counts of
 * a hunk's header only decide where they must: whether "--- x" is a removed
 * line or the next file, and whether a blank line after the hunk is part of
 * it. */
#include "tools/patch_build.h"

#include <ctype.h>
#include <stdlib.h>

#include "base/mem.h"

static bool
is_old_name(struct str line)
{
	return str_starts(line, STR("--- ")) && line.len > 4;
}

static bool
is_new_name(struct str line)
{
	return str_starts(line, STR("+++ ")) && line.len > 4;
}

static bool
is_git_header(struct str line)
{
	return str_starts(line, STR("diff --git "));
}

bool
patch_unified_present(struct str text)
{
	struct str line, before = STR_NONE;

	while (str_next_line(&text, &line)) {
		line = patch_skip_bom(line);
		if (is_git_header(line) ||
		    (is_new_name(line) && is_old_name(before)))
			return true;
		before = line;
	}
	return false;
}

/* Git quotes names with unusual bytes as C strings. */
static void
unquote(struct str text, struct buf *out)
{
	static const char escapes[] = "abtnvfr\"\\",
			  values[] = "\a\b\t\n\v\f\r\"\\";

	for (size_t i = 0; i < text.len; i++) {
		const char *found;
		int octal = 0, digits = 0;

		if (text.ptr[i] == '"')
			return;
		if (text.ptr[i] != '\\' || i + 1 == text.len) {
			buf_add_char(out, text.ptr[i]);
			continue;
		}
		i++;
		while (digits < 3 && i < text.len && text.ptr[i] >= '0' &&
		    text.ptr[i] <= '7') {
			octal = octal * 8 + (text.ptr[i++] - '0');
			digits++;
		}
		if (digits > 0) {
			buf_add_char(out, (char)octal);
			i--;
			continue;
		}
		found = strchr(escapes, text.ptr[i]);
		if (found != NULL && text.ptr[i] != '\0')
			buf_add_char(out, values[found - escapes]);
	}
}

/* Takes " 2024-01-31 12:00:00 +0000" off, where a tab became a space. */
static struct str
without_date(struct str text)
{
	static const char form[] = " 0000-00-00 00:00";
	size_t at, i;

	for (at = 1; at + sizeof(form) - 1 <= text.len; at++) {
		for (i = 0; form[i] != '\0'; i++)
			if (form[i] == '0' ?
			    !isdigit((unsigned char)text.ptr[at + i]) :
			    text.ptr[at + i] != form[i])
				break;
		if (form[i] == '\0')
			return str_trim(str_sub(text, 0, at));
	}
	return text;
}

/* The name in "--- name\tdate"; NULL for /dev/null. */
static char *
read_name(struct str text)
{
	CLEANUP_BUF struct buf name = BUF_INIT(8 * KIB);
	size_t tab;

	text = str_trim(text);
	if (str_starts(text, STR("\""))) {
		unquote(str_sub(text, 1, SIZE_MAX), &name);
		return buf_steal(&name);
	}
	tab = str_find_char(text, '\t', 0);
	text = str_trim(str_sub(text, 0, tab));
	text = without_date(text);
	if (str_eq_c(text, "/dev/null"))
		return NULL;
	return str_dup(text);
}

static struct str
after_slash(const char *name)
{
	const char *slash = strchr(name, '/');

	return slash == NULL ? STR_NONE : str_from(slash + 1);
}

/* Takes a prefix like a/ off both names, when it is one. */
static void
strip_prefixes(char **old_name, char **new_name)
{
	struct str a, b;
	char *stripped;

	if (*old_name != NULL && *new_name != NULL) {
		a = after_slash(*old_name);
		b = after_slash(*new_name);
		if (!(strncmp(*old_name, "a/", 2) == 0 &&
		    strncmp(*new_name, "b/", 2) == 0) &&
		    (a.len == 0 || !str_eq(a, b) ||
		    strcmp(*old_name, *new_name) == 0))
			return;
		stripped = str_dup(a);
		free(*old_name);
		*old_name = stripped;
		stripped = str_dup(b);
		free(*new_name);
		*new_name = stripped;
		return;
	}
	if (*old_name != NULL && strncmp(*old_name, "a/", 2) == 0)
		memmove(*old_name, *old_name + 2, strlen(*old_name) - 1);
	if (*new_name != NULL && strncmp(*new_name, "b/", 2) == 0)
		memmove(*new_name, *new_name + 2, strlen(*new_name) - 1);
}

struct header {
	char *old_name, *new_name; /* NULL: /dev/null or unsaid */
	bool named;		   /* by --- and +++ */
	char *rename_from, *rename_to;
	bool is_new, is_deleted, mode_set;
	mode_t mode;
};

static void
header_release(struct header *h)
{
	free(h->old_name);
	free(h->new_name);
	free(h->rename_from);
	free(h->rename_to);
	*h = (struct header){ .named = false };
}

/* "diff --git a/x b/x": both names are the same, so the middle is known. */
static void
read_git_names(struct header *h, struct str rest)
{
	size_t half = rest.len / 2;

	rest = str_trim(rest);
	half = rest.len / 2;
	if (rest.len % 2 == 1 && rest.ptr[half] == ' ') {
		h->old_name = read_name(str_sub(rest, 0, half));
		h->new_name = read_name(str_sub(rest, half + 1, SIZE_MAX));
	} else {
		size_t b = str_find(rest, STR(" b/"), 0);

		if (b == SIZE_MAX)
			return;
		h->old_name = read_name(str_sub(rest, 0, b));
		h->new_name = read_name(str_sub(rest, b + 1, SIZE_MAX));
	}
}

static mode_t
read_mode(struct str text)
{
	mode_t mode = 0;

	text = str_trim(text);
	for (size_t i = 0; i < text.len && i < 7; i++)
		if (text.ptr[i] >= '0' && text.ptr[i] <= '7')
			mode = mode * 8 + (mode_t)(text.ptr[i] - '0');
	return mode;
}

/* One line of git's extended header. False: it is not one. */
static bool
read_extended(struct header *h, struct str line)
{
	static const struct str skipped[] = { { "index ", 6 },
		{ "similarity index ", 17 }, { "dissimilarity index ", 20 },
		{ "old mode ", 9 } };

	if (str_starts(line, STR("rename from "))) {
		free(h->rename_from);
		h->rename_from = read_name(str_sub(line, 12, SIZE_MAX));
	} else if (str_starts(line, STR("rename to "))) {
		free(h->rename_to);
		h->rename_to = read_name(str_sub(line, 10, SIZE_MAX));
	} else if (str_starts(line, STR("new file mode "))) {
		h->is_new = h->mode_set = true;
		h->mode = read_mode(str_sub(line, 14, SIZE_MAX));
	} else if (str_starts(line, STR("deleted file mode "))) {
		h->is_deleted = true;
	} else if (str_starts(line, STR("new mode "))) {
		h->mode_set = true;
		h->mode = read_mode(str_sub(line, 9, SIZE_MAX));
	} else {
		for (size_t i = 0; i < ARRAY_LEN(skipped); i++)
			if (str_starts(line, skipped[i]))
				return true;
		return false;
	}
	return true;
}

static int
add_file(struct patch_reader *r, struct header *h, struct error *err)
{
	enum patch_op op = PATCH_UPDATE;
	struct patch_file *f;
	const char *path, *to = NULL;

	strip_prefixes(&h->old_name, &h->new_name);
	if (h->is_new || (h->named && h->old_name == NULL))
		op = PATCH_ADD;
	else if (h->is_deleted || (h->named && h->new_name == NULL))
		op = PATCH_DELETE;
	path = op == PATCH_DELETE || h->new_name == NULL ? h->old_name :
							   h->new_name;
	if (h->rename_from != NULL && h->rename_to != NULL) {
		path = h->rename_from;
		to = h->rename_to;
	}
	if (path == NULL || path[0] == '\0')
		return patch_error(r, err, "no file is named");
	f = patch_add_file(r, op, str_from(path));
	f->new_path = mem_strdup(to);
	/* A link's or a submodule's "mode" is no mode. */
	f->mode_set = h->mode_set && (h->mode & 0170000) == 0100000;
	f->mode = h->mode & 0777;
	if (h->mode_set && !f->mode_set)
		return patch_error(r, err,
		    "symbolic links and submodules cannot be patched");
	return 0;
}

struct counts {
	bool known;
	size_t old_left, new_left;
};

static size_t
read_count(struct str *s)
{
	size_t n = 0;

	while (s->len > 0 && s->ptr[0] >= '0' && s->ptr[0] <= '9' &&
	    n < 100000000) {
		n = n * 10 + (size_t)(s->ptr[0] - '0');
		*s = str_sub(*s, 1, SIZE_MAX);
	}
	return n;
}

/* " -1,3 +1,4 @@": the counts. */
static struct counts
read_counts(struct str s)
{
	struct counts c = { .old_left = 1, .new_left = 1 };

	s = str_trim(s);
	if (!str_starts(s, STR("-")))
		return c;
	s = str_sub(s, 1, SIZE_MAX);
	read_count(&s);
	if (str_starts(s, STR(","))) {
		s = str_sub(s, 1, SIZE_MAX);
		c.old_left = read_count(&s);
	}
	if (!str_starts(s, STR(" +")))
		return c;
	s = str_sub(s, 2, SIZE_MAX);
	read_count(&s);
	if (str_starts(s, STR(","))) {
		s = str_sub(s, 1, SIZE_MAX);
		c.new_left = read_count(&s);
	}
	c.known = true;
	return c;
}

static bool
is_fence(struct str line)
{
	return str_starts(line, STR("```")) || str_starts(line, STR("~~~"));
}

/* "-- " and git's version: the end of a mail. */
static bool
is_signature(const struct patch_reader *r, size_t at, bool full)
{
	struct str line = patch_reader_line(r, at);
	struct str next = patch_reader_line(r, at + 1);

	if (!str_eq_c(line, "-- ") && !str_eq_c(line, "--"))
		return false;
	return full || (next.len > 2 && isdigit((unsigned char)next.ptr[0]) &&
	    next.ptr[1] == '.');
}

/* Whether line i begins something that is no hunk. */
static bool
is_boundary(const struct patch_reader *r, size_t i, bool full)
{
	struct str line = patch_reader_line(r, i);

	if (str_starts(line, STR("@@")) || is_git_header(line) ||
	    is_fence(line) || is_signature(r, i, full))
		return true;
	return is_old_name(line) && is_new_name(patch_reader_line(r, i + 1)) &&
	    (full || str_starts(patch_reader_line(r, i + 2), STR("@@")));
}

static bool
has_sign(struct str line)
{
	return line.len > 0 && memchr(" +-\\", line.ptr[0], 4) != NULL;
}

/* Whether lines of the hunk follow one without a sign: then that is a context
 * line whose space was left out. To end the hunk there would drop the rest of
 * it without a word. */
static bool
hunk_goes_on(const struct patch_reader *r)
{
	for (size_t i = r->at; i < r->lines.n; i++) {
		struct str line = patch_reader_line(r, i);

		if (line.len == 0 || is_boundary(r, i, false))
			return false;
		if (has_sign(line))
			return true;
	}
	return false;
}

/* Whether the line at the cursor cannot belong to the hunk before it. */
static bool
hunk_ends(const struct patch_reader *r, const struct counts *c)
{
	struct str line = patch_reader_line(r, r->at);
	bool full = c->known && c->old_left == 0 && c->new_left == 0;

	if (is_boundary(r, r->at, full) || (full && line.len == 0))
		return true;
	return line.len > 0 && !has_sign(line) &&
	    (full || !hunk_goes_on(r));
}

static bool
only_blank_follows(const struct patch_reader *r)
{
	for (size_t i = r->at; i < r->lines.n; i++) {
		struct str line = patch_reader_line(r, i);

		if (line.len > 0)
			return str_starts(line, STR("```")) ||
			    is_git_header(line) || is_old_name(line) ||
			    memchr(" +-@\\", line.ptr[0], 5) == NULL;
	}
	return true;
}

/* A diff has no mark at its end. One that stops short of its counts inside a
 * fence, or within an added line, was cut off; counts alone say little, since
 * models count badly. */
static int
check_whole(const struct patch_reader *r, const struct counts *c,
    struct error *err)
{
	struct str last;

	if (r->at < r->lines.n || r->lines.n == 0 ||
	    (c->known && c->old_left == 0 && c->new_left == 0))
		return 0;
	last = text_lines_at(&r->lines, r->lines.n - 1);
	if (!r->in_fence && !(c->new_left > 0 && str_starts(last, STR("+")) &&
	    text_lines_eol(&r->lines, r->lines.n - 1).len == 0))
		return 0;
	return error_set(err, ERR_TOOL_PATCH,
	    "the diff ends within a hunk: it may have been cut off. Send it "
	    "whole");
}

static int
read_hunk(struct patch_reader *r, struct counts *c, struct error *err)
{
	int rc = 0;

	while (rc == 0 && r->at < r->lines.n && !hunk_ends(r, c)) {
		struct str line = patch_reader_line(r, r->at);
		struct patch_hunk *h = patch_last_hunk(r);

		if (line.len == 0 && only_blank_follows(r))
			break;
		r->at++;
		if (line.len > 0 && line.ptr[0] == '\\') {
			if (h != NULL && h->n_lines > 0)
				h->lines[h->n_lines - 1].no_newline = true;
			continue;
		}
		if (line.len == 0)
			line = STR(" ");
		if (line.ptr[0] != '+' && c->old_left > 0)
			c->old_left--;
		if (line.ptr[0] != '-' && c->new_left > 0)
			c->new_left--;
		rc = !has_sign(line) ? patch_add_bare(r, line, err) :
		    patch_add_line(r, line.ptr[0], str_sub(line, 1, SIZE_MAX),
		    err);
	}
	return rc == 0 ? check_whole(r, c, err) : rc;
}

static int
read_hunks(struct patch_reader *r, struct error *err)
{
	int rc = 0;

	while (rc == 0 && r->at < r->lines.n) {
		struct str line = patch_reader_line(r, r->at);
		struct counts c = { .known = false };
		struct patch_hunk *h;

		if (str_starts(line, STR("@@"))) {
			r->at++;
			h = patch_add_hunk(r);
			patch_read_marker(h, str_sub(line, 2, SIZE_MAX));
			c = read_counts(str_sub(line, 2, SIZE_MAX));
		} else if (patch_last_hunk(r) != NULL || line.len == 0 ||
		    memchr(" +-", line.ptr[0], 3) == NULL ||
		    is_old_name(line)) {
			break;
		}
		rc = read_hunk(r, &c, err);
	}
	return rc;
}

/* Everything from a file's first header line to the end of its hunks. */
static int
read_file(struct patch_reader *r, struct error *err)
{
	CLEANUP(header_release) struct header h = { .named = false };
	struct str line = patch_reader_line(r, r->at);
	int rc;

	if (is_git_header(line)) {
		read_git_names(&h, str_sub(line, 11, SIZE_MAX));
		r->at++;
		while (r->at < r->lines.n &&
		    read_extended(&h, patch_reader_line(r, r->at)))
			r->at++;
		line = patch_reader_line(r, r->at);
		if (str_starts(line, STR("GIT binary patch")) ||
		    str_starts(line, STR("Binary files "))) {
			r->at++;
			return patch_error(r, err,
			    "binary files cannot be patched");
		}
	}
	if (is_old_name(line) &&
	    is_new_name(patch_reader_line(r, r->at + 1))) {
		free(h.old_name);
		free(h.new_name);
		h.old_name = read_name(str_sub(line, 4, SIZE_MAX));
		h.new_name = read_name(str_sub(
		    patch_reader_line(r, r->at + 1), 4, SIZE_MAX));
		h.named = true;
		r->at += 2;
	}
	rc = add_file(r, &h, err);
	return rc == 0 ? read_hunks(r, err) : rc;
}

static int
check_file(const struct patch_file *f, struct error *err)
{
	if (f->op == PATCH_UPDATE && f->n_hunks == 0 &&
	    f->new_path == NULL && !f->mode_set)
		return error_set(err, ERR_TOOL_PATCH,
		    "the diff of %s has no hunks", f->path);
	for (size_t i = 0; f->op == PATCH_ADD && i < f->n_hunks; i++)
		for (size_t j = 0; j < f->hunks[i].n_lines; j++)
			if (f->hunks[i].lines[j].kind != '+' || i > 0)
				return error_set(err, ERR_TOOL_PATCH,
				    "the new file %s has other lines than "
				    "added ones", f->path);
	return 0;
}

int
patch_unified_parse(struct patch_reader *r, struct error *err)
{
	int rc = 0;

	while (rc == 0 && r->at < r->lines.n) {
		struct str line = patch_reader_line(r, r->at);

		if (is_git_header(line) || (is_old_name(line) &&
		    is_new_name(patch_reader_line(r, r->at + 1))))
			rc = read_file(r, err);
		else
			r->in_fence ^= is_fence(patch_reader_line(r, r->at++));
	}
	for (size_t i = 0; rc == 0 && i < r->patch->n_files; i++)
		rc = check_file(&r->patch->files[i], err);
	return rc;
}
