/* Changed files; see check_file.h. */
#include "checks/check_file.h"

#include "base/mem.h"
#include "git/repo_index.h"
#include "index/source.h"

enum { BINARY_HEAD = 8000, /* bytes, as git looks */
	KINDS_MS = 500 };

/* Larger files are not coloured: what a byte is stays unknown. */
#define KINDS_MAX (512 * KIB)

static struct str
last_component(struct str path)
{
	size_t at = path.len;

	while (at > 0 && path.ptr[at - 1] != '/')
		at--;
	return str_sub(path, at, SIZE_MAX);
}

/* A side that is no file (a submodule), or too large, reads as empty. */
static int
read_side(struct repo *r, unsigned mode, const char *oid, struct buf *out,
    size_t *ret_size, struct error *err)
{
	int rc;

	*ret_size = 0;
	if (oid[0] == '\0' || mode == CHECK_MODE_SUBMODULE)
		return 0;
	rc = repo_blob_size(r, oid, ret_size, err);
	if (rc != 0 || *ret_size > out->max)
		return rc;
	return repo_blob_read(r, oid, out, err);
}

static bool
looks_binary(struct str text)
{
	return str_find_char(str_sub(text, 0, BINARY_HEAD), '\0', 0) !=
	    SIZE_MAX;
}

static void
begin(struct check_file *f, const struct repo_change *change)
{
	*f = (struct check_file){ .change = change,
		.path = str_from(change->path) };
	f->name = last_component(f->path);
	f->is_regular = (change->mode & 0170000) == 0100000;
}

/* Whether the lines of a side can be told apart: a text of a file. */
static bool
has_lines(unsigned mode, struct str text)
{
	return (mode & 0170000) == 0100000 && !looks_binary(text);
}

/* With both texts there. */
static int
finish(struct repo *r, struct check_file *f, struct error *err)
{
	const struct repo_change *c = f->change;

	f->is_read = c->oid[0] != '\0' && f->size == f->text.len &&
	    c->mode != CHECK_MODE_SUBMODULE;
	f->is_binary = looks_binary(f->text);
	f->source = source_of_text(f->path, f->text);
	f->language = language_of_file(f->path, f->text);
	if (!has_lines(c->old_mode, f->old))
		f->old = STR_NONE;
	if (!f->is_read || !has_lines(c->mode, f->text) ||
	    strcmp(c->oid, c->old_oid) == 0)
		return 0;
	return repo_change_lines(r, c, f->old, f->text, &f->added, err);
}

int
check_file_load(struct repo *r, const struct repo_change *change,
    size_t bytes_max, struct check_file *ret, struct error *err)
{
	struct check_file *f = ret;
	int rc;

	begin(f, change);
	buf_init(&f->text_buf, bytes_max);
	buf_init(&f->old_buf, bytes_max);
	rc = read_side(r, change->mode, change->oid, &f->text_buf, &f->size,
	    err);
	/* Of the same blob (a rename, a changed mode) no line is new. */
	f->old_size = f->size;
	if (rc == 0 && strcmp(change->oid, change->old_oid) != 0)
		rc = read_side(r, change->old_mode, change->old_oid,
		    &f->old_buf, &f->old_size, err);
	if (rc != 0)
		return rc;
	f->text = buf_str(&f->text_buf);
	f->old = buf_str(&f->old_buf);
	return finish(r, f, err);
}

int
check_file_take(const struct repo_change *change, struct str before,
    struct str after, struct check_file *ret, struct error *err)
{
	begin(ret, change);
	ret->text = after;
	ret->size = after.len;
	ret->old = before;
	ret->old_size = before.len;
	return finish(NULL, ret, err);
}

void
check_file_release(struct check_file *f)
{
	buf_release(&f->text_buf);
	buf_release(&f->old_buf);
	line_set_release(&f->added);
	free(f->starts);
	free(f->kinds);
}

/* --- lines -------------------------------------------------------------- */

static void
find_starts(struct check_file *f)
{
	size_t cap = 0, at = 0;

	if (f->starts != NULL)
		return;
	for (;;) {
		f->starts = mem_grow(f->starts, &cap, f->n_lines + 1,
		    sizeof(*f->starts));
		f->starts[f->n_lines] = (uint32_t)at;
		if (at >= f->text.len)
			return;
		f->n_lines++;
		at = str_find_char(f->text, '\n', at);
		at = at == SIZE_MAX ? f->text.len : at + 1;
	}
}

uint32_t
check_file_lines(struct check_file *f)
{
	find_starts(f);
	return f->n_lines;
}

size_t
check_file_offset(struct check_file *f, uint32_t n)
{
	find_starts(f);
	return f->starts[n - 1];
}

struct str
check_file_line(struct check_file *f, uint32_t n)
{
	struct str line;

	find_starts(f);
	if (n == 0 || n > f->n_lines)
		return STR_NONE;
	line = str_sub(f->text, f->starts[n - 1],
	    f->starts[n] - f->starts[n - 1]);
	if (line.len == 0 || line.ptr[line.len - 1] != '\n')
		return line;
	line.len--;
	if (line.len > 0 && line.ptr[line.len - 1] == '\r')
		line.len--;
	return line;
}

uint32_t
check_file_line_at(struct check_file *f, size_t offset, uint32_t *ret_column)
{
	uint32_t low = 0, high;

	find_starts(f);
	high = f->n_lines;
	while (high - low > 1) {
		uint32_t mid = low + (high - low) / 2;

		if (f->starts[mid] <= offset)
			low = mid;
		else
			high = mid;
	}
	if (ret_column != NULL)
		*ret_column = (uint32_t)(offset - f->starts[low]) + 1;
	return low + 1;
}

bool
check_file_is_added(const struct check_file *f, uint32_t line)
{
	return line_set_has(&f->added, line);
}

bool
check_file_next_added(struct check_file *f, uint32_t *line,
    struct str *ret_text)
{
	uint32_t next = line_set_next(&f->added, *line + 1);

	if (next == 0 || next > check_file_lines(f))
		return false;
	*line = next;
	*ret_text = check_file_line(f, next);
	return true;
}

/* --- kinds -------------------------------------------------------------- */

static void
find_kinds(struct check_file *f)
{
	struct syntax_opts opts = SYNTAX_OPTS_INIT;

	if (f->kinds_tried)
		return;
	f->kinds_tried = true;
	if (f->language == NULL || f->text.len > KINDS_MAX)
		return;
	opts.timeout_ms = KINDS_MS;
	opts.cancel = f->cancel;
	f->kinds = mem_alloc(f->text.len + 1, 1);
	if (syntax_highlight(f->language, f->text, &opts, f->kinds, NULL) !=
	    0) {
		free(f->kinds);
		f->kinds = NULL;
	}
}

enum syntax_kind
check_file_kind(struct check_file *f, size_t offset)
{
	find_kinds(f);
	return f->kinds == NULL || offset >= f->text.len ? SYNTAX_PLAIN :
	    (enum syntax_kind)f->kinds[offset];
}

bool
check_file_is_code(struct check_file *f, size_t offset)
{
	enum syntax_kind kind = check_file_kind(f, offset);

	return kind != SYNTAX_STRING && kind != SYNTAX_ESCAPE &&
	    kind != SYNTAX_COMMENT;
}
