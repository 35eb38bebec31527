/* Reading a diff; see review_diff.h. */
#include "agent/review_diff.h"

#include "base/mem.h"
#include "base/utf8.h"

enum { LINE_SHOWN_MAX = 400 }; /* bytes: generated files have endless lines */

/* --- names -------------------------------------------------------------- */

static bool
is_octal(char c)
{
	return c >= '0' && c <= '7';
}

/* One escape of a quoted name; returns how many bytes it took. */
static size_t
unescape(struct str s, char *ret)
{
	static const char from[] = "abtnvfr\"\\", to[] = "\a\b\t\n\v\f\r\"\\";
	const char *known = s.len > 0 ? strchr(from, s.ptr[0]) : NULL;

	if (known != NULL && *known != '\0') {
		*ret = to[known - from];
		return 1;
	}
	if (s.len >= 3 && is_octal(s.ptr[0]) && is_octal(s.ptr[1]) &&
	    is_octal(s.ptr[2])) {
		*ret = (char)((s.ptr[0] - '0') * 64 + (s.ptr[1] - '0') * 8 +
		    (s.ptr[2] - '0'));
		return 3;
	}
	*ret = '\\';
	return 0;
}

/* A name as git writes it in a header: "a/x", quoted where it must be, with a
 * tab behind it where it has a blank. NULL: /dev/null. */
static char *
read_name(struct str s)
{
	struct buf name = BUF_INIT(64 * KIB);

	if (s.len > 0 && s.ptr[0] == '"') {
		for (size_t i = 1; i < s.len && s.ptr[i] != '"'; i++) {
			char c = s.ptr[i];

			if (c == '\\')
				i += unescape(str_sub(s, i + 1, SIZE_MAX), &c);
			if (c != '\0')
				buf_add_char(&name, c);
		}
	} else {
		buf_add_str(&name,
		    str_sub(s, 0, str_find_char(s, '\t', 0)));
	}
	if (str_eq_c(buf_str(&name), "/dev/null")) {
		buf_release(&name);
		return NULL;
	}
	/* "a/" and "b/". */
	if (name.len > 2 && name.ptr[1] == '/')
		buf_consume(&name, 2);
	return buf_steal(&name);
}

/* --- headers ------------------------------------------------------------ */

static bool
take_number(struct str *s, uint32_t *ret)
{
	uint64_t n = 0;
	size_t i = 0;

	while (i < s->len && s->ptr[i] >= '0' && s->ptr[i] <= '9' && i < 10)
		n = n * 10 + (uint64_t)(s->ptr[i++] - '0');
	*s = str_sub(*s, i, SIZE_MAX);
	*ret = n > UINT32_MAX / 2 ? 0 : (uint32_t)n;
	return i > 0 && n <= UINT32_MAX / 2;
}

/* "12,3" or "12" */
static bool
take_range(struct str *s, char sign, uint32_t *start, uint32_t *lines)
{
	if (s->len == 0 || s->ptr[0] != sign)
		return false;
	*s = str_sub(*s, 1, SIZE_MAX);
	*lines = 1;
	if (!take_number(s, start))
		return false;
	if (s->len == 0 || s->ptr[0] != ',')
		return true;
	*s = str_sub(*s, 1, SIZE_MAX);
	return take_number(s, lines);
}

static bool
read_hunk_header(struct str line, struct review_hunk *ret)
{
	*ret = (struct review_hunk){ 0 };
	if (!str_starts(line, STR("@@ ")))
		return false;
	line = str_sub(line, 3, SIZE_MAX);
	if (!take_range(&line, '-', &ret->old_start, &ret->old_lines) ||
	    line.len == 0 || line.ptr[0] != ' ')
		return false;
	line = str_sub(line, 1, SIZE_MAX);
	if (!take_range(&line, '+', &ret->new_start, &ret->new_lines) ||
	    !str_starts(line, STR(" @@")))
		return false;
	ret->heading = str_trim(str_sub(line, 3, SIZE_MAX));
	return true;
}

static struct review_file *
add_file(struct review_diff *d)
{
	if (d->n >= REVIEW_FILES_MAX) {
		d->cut = true;
		return NULL;
	}
	d->files = mem_grow(d->files, &d->cap, d->n + 1, sizeof(*d->files));
	d->files[d->n] = (struct review_file){ .path = NULL };
	return &d->files[d->n++];
}

/* --- hunks -------------------------------------------------------------- */

static void
count_line(struct review_diff *d, struct review_file *f, char sign)
{
	f->insertions += sign == '+';
	f->deletions += sign == '-';
	d->insertions += sign == '+';
	d->deletions += sign == '-';
}

/* Takes the lines that the header counts off *rest. */
static void
read_hunk(struct review_diff *d, struct review_file *f,
    const struct review_hunk *header, struct str *rest, size_t *n_hunks)
{
	uint32_t old_left = header->old_lines, new_left = header->new_lines;
	struct review_hunk h = *header;
	struct str line, at = *rest;

	h.body.ptr = rest->ptr;
	while ((old_left > 0 || new_left > 0) && str_next_line(&at, &line)) {
		char sign = line.len == 0 ? ' ' : line.ptr[0];

		if (sign == '\\') {
			*rest = at;
			continue;
		}
		if (strchr(" +-", sign) == NULL)
			break;
		if ((sign != '+' && old_left == 0) ||
		    (sign != '-' && new_left == 0))
			break;
		old_left -= sign != '+';
		new_left -= sign != '-';
		count_line(d, f, sign);
		*rest = at;
	}
	h.body.len = rest->ptr == NULL ? 0 : (size_t)(rest->ptr - h.body.ptr);
	if (++*n_hunks > REVIEW_HUNKS_MAX) {
		d->cut = true;
		return;
	}
	f->hunks = mem_grow(f->hunks, &f->cap_hunks, f->n_hunks + 1,
	    sizeof(*f->hunks));
	f->hunks[f->n_hunks++] = h;
}

static void
set_name(char **name, char *value)
{
	free(*name);
	*name = value;
}

/* Names in "diff --git a/x b/x" matter only where nothing else names the file:
 * both are the same then. */
static char *
name_of_header(struct str line)
{
	struct str names = str_sub(line, strlen("diff --git "), SIZE_MAX);

	if (names.len > 0 && names.ptr[0] == '"')
		return read_name(names);
	if (names.len < 5 || names.len % 2 == 0)
		return NULL;
	return read_name(str_sub(names, 0, names.len / 2));
}

static void
read_header_line(struct review_file *f, struct str line)
{
	struct str s = str_trim_end(line);

	if (str_starts(s, STR("--- "))) {
		char *name = read_name(str_sub(s, 4, SIZE_MAX));

		f->added |= name == NULL;
		set_name(&f->old_path, name);
	} else if (str_starts(s, STR("+++ "))) {
		char *name = read_name(str_sub(s, 4, SIZE_MAX));

		f->deleted |= name == NULL;
		if (name != NULL)
			set_name(&f->path, name);
	} else if (str_starts(s, STR("rename from "))) {
		set_name(&f->old_path, str_dup(str_sub(s, 12, SIZE_MAX)));
	} else if (str_starts(s, STR("rename to "))) {
		set_name(&f->path, str_dup(str_sub(s, 10, SIZE_MAX)));
	} else if (str_starts(s, STR("new file mode"))) {
		f->added = true;
	} else if (str_starts(s, STR("deleted file mode"))) {
		f->deleted = true;
	} else if (str_starts(s, STR("Binary files ")) ||
	    str_starts(s, STR("GIT binary patch"))) {
		f->binary = true;
	}
}

static void
finish_names(struct review_diff *d)
{
	size_t n = 0;

	for (size_t i = 0; i < d->n; i++) {
		struct review_file *f = &d->files[i];

		if (f->deleted && f->old_path != NULL)
			set_name(&f->path, steal(f->old_path));
		if (f->path != NULL && f->old_path != NULL &&
		    strcmp(f->path, f->old_path) == 0)
			set_name(&f->old_path, NULL);
		if (f->path == NULL || f->path[0] == '\0') {
			free(f->path);
			free(f->old_path);
			free(f->hunks);
			continue;
		}
		d->files[n++] = *f;
	}
	d->n = n;
}

void
review_diff_parse(struct str text, struct review_diff *ret)
{
	struct review_file *f = NULL;
	struct review_hunk header;
	struct str rest = text, line;
	size_t n_hunks = 0;

	*ret = (struct review_diff){ .n = 0 };
	while (str_next_line(&rest, &line)) {
		if (str_starts(line, STR("diff --git "))) {
			f = add_file(ret);
			if (f == NULL)
				break;
			f->path = name_of_header(str_trim_end(line));
		} else if (f != NULL && read_hunk_header(line, &header)) {
			read_hunk(ret, f, &header, &rest, &n_hunks);
		} else if (f != NULL && f->n_hunks == 0) {
			read_header_line(f, line);
		}
	}
	finish_names(ret);
}

void
review_diff_release(struct review_diff *d)
{
	for (size_t i = 0; i < d->n; i++) {
		free(d->files[i].path);
		free(d->files[i].old_path);
		free(d->files[i].hunks);
	}
	free(d->files);
	*d = (struct review_diff){ .n = 0 };
}

/* --- asking ------------------------------------------------------------- */

const struct review_file *
review_diff_file(const struct review_diff *d, struct str path)
{
	for (size_t i = 0; i < d->n; i++)
		if (str_eq_c(path, d->files[i].path))
			return &d->files[i];
	return NULL;
}

bool
review_file_shows(const struct review_file *f, uint32_t line)
{
	for (size_t i = 0; i < f->n_hunks; i++)
		if (line >= f->hunks[i].new_start &&
		    line - f->hunks[i].new_start < f->hunks[i].new_lines)
			return true;
	return false;
}

void
review_walk_begin(struct review_walk *w, const struct review_hunk *h)
{
	*w = (struct review_walk){ .rest = h->body, .next = h->new_start,
		.next_old = h->old_start };
}

bool
review_walk_next(struct review_walk *w, struct review_line *ret)
{
	struct str line;

	while (str_next_line(&w->rest, &line)) {
		if (line.len > 0 && line.ptr[0] == '\\')
			continue;
		ret->sign = line.len == 0 ? ' ' : line.ptr[0];
		ret->text = str_sub(line, 1, SIZE_MAX);
		ret->line = w->next;
		ret->old_line = w->next_old;
		w->next += ret->sign != '-';
		w->next_old += ret->sign != '+';
		return true;
	}
	return false;
}

void
review_file_print(const struct review_file *f, struct buf *out)
{
	struct review_walk walk;
	struct review_line line;

	for (size_t i = 0; i < f->n_hunks; i++) {
		const struct review_hunk *h = &f->hunks[i];

		buf_printf(out, "@@ line %u @@", h->new_start);
		if (h->heading.len > 0)
			buf_printf(out, " %.*s", STR_ARG(h->heading));
		buf_add_char(out, '\n');
		review_walk_begin(&walk, h);
		while (review_walk_next(&walk, &line)) {
			size_t shown = utf8_cut(line.text.ptr, line.text.len,
			    LINE_SHOWN_MAX);

			if (line.sign == '-')
				buf_add_cstr(out, "      - ");
			else
				buf_printf(out, "%5u %c ", line.line,
				    line.sign);
			utf8_repair(str_sub(line.text, 0, shown), out);
			buf_add_cstr(out, shown < line.text.len ? "…\n" :
								  "\n");
		}
	}
}
