/* The form of a patch; see patch.h. */
#include "tools/patch.h"

#include <ctype.h>
#include <stdlib.h>

#include "base/mem.h"
#include "tools/patch_build.h"

enum { FILES_MAX = 1000, HUNKS_MAX = 10000 };
#define TEXT_MAX (16 * MIB)

struct str
patch_skip_bom(struct str line)
{
	return str_starts(line, STR("\xef\xbb\xbf")) ?
	    str_sub(line, 3, SIZE_MAX) : line;
}

struct str
patch_reader_line(const struct patch_reader *r, size_t i)
{
	struct str line;
	size_t n = 0;

	if (i >= r->lines.n)
		return STR_NONE;
	line = text_lines_at(&r->lines, i);
	line = patch_skip_bom(line);
	while (n < r->indent && n < line.len &&
	    (line.ptr[n] == ' ' || line.ptr[n] == '\t'))
		n++;
	return str_sub(line, n, SIZE_MAX);
}

/* Arrays grow by doubling: the capacity is the next power of two. */
static void *
grow(void *items, size_t n, size_t size)
{
	if ((n & (n - 1)) != 0)
		return items;
	return mem_resize(items, n == 0 ? 1 : 2 * n, size);
}

struct patch_file *
patch_add_file(struct patch_reader *r, enum patch_op op, struct str path)
{
	struct patch *p = r->patch;
	struct patch_file *f;

	p->files = grow(p->files, p->n_files, sizeof(*p->files));
	f = &p->files[p->n_files++];
	*f = (struct patch_file){ .op = op, .path = str_dup(path),
		.patch_line = r->at };
	return f;
}

struct patch_hunk *
patch_add_hunk(struct patch_reader *r)
{
	struct patch_file *f = patch_last_file(r);
	struct patch_hunk *h;

	f->hunks = grow(f->hunks, f->n_hunks, sizeof(*f->hunks));
	h = &f->hunks[f->n_hunks++];
	*h = (struct patch_hunk){ .patch_line = r->at };
	return h;
}

int
patch_add_line(struct patch_reader *r, char kind, struct str text,
    struct error *err)
{
	struct patch_hunk *h = patch_last_hunk(r);

	if (h == NULL)
		h = patch_add_hunk(r);
	if (patch_last_file(r)->n_hunks > HUNKS_MAX ||
	    r->patch->n_files > FILES_MAX)
		return error_set(err, ERR_TOO_LARGE, "the patch has too many "
		    "parts");
	h->lines = grow(h->lines, h->n_lines, sizeof(*h->lines));
	h->lines[h->n_lines++] = (struct patch_line){ .kind = kind,
		.text = text };
	return 0;
}

int
patch_add_bare(struct patch_reader *r, struct str text, struct error *err)
{
	struct patch_hunk *h;
	int rc = patch_add_line(r, ' ', text, err);

	h = patch_last_hunk(r);
	if (rc == 0)
		h->lines[h->n_lines - 1].bare = true;
	return rc;
}

struct patch_file *
patch_last_file(struct patch_reader *r)
{
	return r->patch->n_files == 0 ? NULL :
	    &r->patch->files[r->patch->n_files - 1];
}

struct patch_hunk *
patch_last_hunk(struct patch_reader *r)
{
	struct patch_file *f = patch_last_file(r);

	return f == NULL || f->n_hunks == 0 ? NULL :
	    &f->hunks[f->n_hunks - 1];
}

int
patch_error(const struct patch_reader *r, struct error *err,
    const char *what)
{
	struct str line = patch_reader_line(r, r->at > 0 ? r->at - 1 : 0);

	return error_set(err, ERR_TOOL_PATCH,
	    "line %zu of the patch: %s: \"%.*s\"", r->at, what,
	    (int)(line.len > 80 ? 80 : line.len), line.ptr ? line.ptr : "");
}

/* "-12,5 +12,6", "12", "line 12": the first number, if there is nothing else
 * but such. *ret_rest: what follows the closing "@@". */
static bool
read_numbers(struct str text, size_t *ret_line)
{
	size_t i = 0;

	if (str_starts_nocase(text, STR("lines ")))
		text = str_sub(text, 6, SIZE_MAX);
	else if (str_starts_nocase(text, STR("line ")))
		text = str_sub(text, 5, SIZE_MAX);
	for (size_t j = 0; j < text.len; j++)
		if (!isdigit((unsigned char)text.ptr[j]) &&
		    memchr("-+, :", text.ptr[j], 5) == NULL)
			return false;
	while (i < text.len && !isdigit((unsigned char)text.ptr[i]))
		i++;
	if (i == text.len)
		return false;
	*ret_line = 0;
	for (; i < text.len && isdigit((unsigned char)text.ptr[i]) &&
	    *ret_line < 100000000; i++)
		*ret_line = *ret_line * 10 + (size_t)(text.ptr[i] - '0');
	return true;
}

void
patch_read_marker(struct patch_hunk *h, struct str rest)
{
	size_t close = str_find(rest, STR("@@"), 0);
	struct str first = str_trim(str_sub(rest, 0, close));
	struct str heading = close == SIZE_MAX ? STR_NONE :
	    str_trim(str_sub(rest, close + 2, SIZE_MAX));
	bool numbers;

	if (str_eq_c(first, "...") || str_eq_c(first, "\u2026"))
		first = STR_NONE;
	numbers = read_numbers(first, &h->old_line);
	if (numbers) {
		h->has_line = true;
		first = heading;
	} else if (first.len == 0) {
		first = heading;
	} else if (close != SIZE_MAX && heading.len > 0) {
		/* The "@@" is part of the code. */
		first = str_trim(rest);
	}
	if (first.len == 0 || h->n_anchors == PATCH_ANCHORS_MAX)
		return;
	h->heading = numbers;
	h->anchors[h->n_anchors++] = first;
}

bool
patch_present(struct str text)
{
	return patch_envelope_present(text) || patch_unified_present(text);
}

int
patch_parse(struct str text, struct patch *ret, struct error *err)
{
	struct patch_reader r = { .patch = ret };
	int rc;

	*ret = (struct patch){ .text = BUF_INIT(TEXT_MAX) };
	buf_add_str(&ret->text, text);
	rc = buf_check(&ret->text, err);
	if (rc != 0)
		return rc;
	text_lines_init(&r.lines, buf_str(&ret->text));
	if (patch_envelope_present(text))
		rc = patch_envelope_parse(&r, err);
	else
		rc = patch_unified_parse(&r, err);
	text_lines_release(&r.lines);
	if (rc == 0 && ret->n_files == 0)
		rc = error_set(err, ERR_TOOL_PATCH,
		    "there is no patch in the text: it begins with "
		    "*** Begin Patch, or is a unified diff");
	return rc;
}

void
patch_release(struct patch *p)
{
	for (size_t i = 0; i < p->n_files; i++) {
		struct patch_file *f = &p->files[i];

		for (size_t j = 0; j < f->n_hunks; j++)
			free(f->hunks[j].lines);
		free(f->hunks);
		free(f->path);
		free(f->new_path);
	}
	free(p->files);
	buf_release(&p->text);
	p->files = NULL;
	p->n_files = 0;
}
