/* The `*** Begin Patch` envelope:
 *
 *	*** Begin Patch
 *	*** Add File: path		every line begins with +
 *	*** Delete File: path
 *	*** Update File: path
 *	*** Move to: path		may follow; then hunks may be missing
 *	@@ anchor			any number, stacked
 *	 context
 *	-removed
 *	+added
 *	*** End of File			the hunk is the file's end
 *	*** End Patch
 *
 * The end must be there: a patch without it was cut off on its way, and what
 * is left of its last hunk could fit where it should not. */
#include "tools/patch_build.h"

#include "base/mem.h"

static bool
is_marker(struct str line, const char *marker)
{
	return str_eq(str_trim(line), str_from(marker));
}

/* "*** Add File: path" gives the path. */
static bool
file_marker(struct str line, const char *word, struct str *ret_path)
{
	struct str rest = line;

	if (!str_starts(rest, STR("*** ")))
		return false;
	rest = str_trim(str_sub(rest, 4, SIZE_MAX));
	if (!str_starts_nocase(rest, str_from(word)))
		return false;
	*ret_path = str_trim(str_sub(rest, strlen(word), SIZE_MAX));
	/* Some write the path as code, or as a string. */
	if (ret_path->len > 2 && strchr("`\"", ret_path->ptr[0]) != NULL &&
	    ret_path->ptr[ret_path->len - 1] == ret_path->ptr[0])
		*ret_path = str_sub(*ret_path, 1, ret_path->len - 2);
	return true;
}

static bool
any_file_marker(struct str line)
{
	struct str path;

	return file_marker(line, "Add File:", &path) ||
	    file_marker(line, "Update File:", &path) ||
	    file_marker(line, "Delete File:", &path);
}

bool
patch_envelope_present(struct str text)
{
	struct str line;

	while (str_next_line(&text, &line)) {
		line = patch_skip_bom(line);
		if (is_marker(line, "*** Begin Patch") ||
		    any_file_marker(line))
			return true;
	}
	return false;
}

static size_t
indent_of(struct str line)
{
	size_t n = 0;

	while (n < line.len && (line.ptr[n] == ' ' || line.ptr[n] == '\t'))
		n++;
	return n;
}

/* A patch in a list or a quote is indented as a whole; a marker that is
 * merely padded says nothing of the lines. */
static size_t
common_indent(const struct patch_reader *r)
{
	size_t n = indent_of(patch_reader_line(r, r->at));

	for (size_t i = r->at + 1; i < r->lines.n && n > 0; i++) {
		struct str line = patch_reader_line(r, i);
		size_t own = indent_of(line);

		if (own < line.len && own < n)
			n = own;
		if (is_marker(line, "*** End Patch"))
			break;
	}
	return n;
}

/* Skips to the first line of an envelope; false: there is none (left). */
static bool
find_begin(struct patch_reader *r)
{
	r->indent = 0;
	for (; r->at < r->lines.n; r->at++) {
		struct str line = patch_reader_line(r, r->at);

		if (is_marker(line, "*** Begin Patch")) {
			r->indent = common_indent(r);
			r->at++;
			return true;
		}
		if (r->patch->n_files == 0 && any_file_marker(line))
			return true;
	}
	return false;
}

static int
start_file(struct patch_reader *r, struct str line, bool *ret_is,
    struct error *err)
{
	struct patch_file *f;
	struct str path;

	*ret_is = true;
	if (file_marker(line, "Add File:", &path)) {
		patch_add_file(r, PATCH_ADD, path);
		patch_add_hunk(r);
	} else if (file_marker(line, "Update File:", &path)) {
		patch_add_file(r, PATCH_UPDATE, path);
	} else if (file_marker(line, "Delete File:", &path)) {
		patch_add_file(r, PATCH_DELETE, path);
	} else if (file_marker(line, "Move to:", &path)) {
		f = patch_last_file(r);
		if (f == NULL || f->op != PATCH_UPDATE || f->n_hunks > 0 ||
		    f->new_path != NULL)
			return patch_error(r, err,
			    "Move to belongs right below Update File");
		f->new_path = str_dup(path);
	} else {
		*ret_is = false;
		return 0;
	}
	return path.len == 0 ? patch_error(r, err, "the path is missing") : 0;
}

/* The lines that follow are blank up to the next marker. */
static bool
only_blank_follows(const struct patch_reader *r)
{
	for (size_t i = r->at; i < r->lines.n; i++) {
		struct str line = patch_reader_line(r, i);

		if (str_starts(line, STR("*** ")))
			return true;
		if (str_trim(line).len > 0)
			return false;
	}
	return true;
}

static int
read_add(struct patch_reader *r, struct str line, struct error *err)
{
	if (line.len > 0 && line.ptr[0] == '+')
		return patch_add_line(r, '+', str_sub(line, 1, SIZE_MAX),
		    err);
	if (str_trim(line).len == 0)
		return only_blank_follows(r) ? 0 :
		    patch_add_line(r, '+', STR_NONE, err);
	return patch_error(r, err,
	    "each line of an added file begins with +");
}

static int
read_update(struct patch_reader *r, struct str line, struct error *err)
{
	struct patch_hunk *h = patch_last_hunk(r);

	/* The names of a unified diff, where the file is named already. */
	if (h == NULL && str_starts(line, STR("--- ")) &&
	    str_starts(patch_reader_line(r, r->at), STR("+++ ")) &&
	    str_starts(patch_reader_line(r, r->at + 1), STR("@@"))) {
		r->at++;
		return 0;
	}
	if (str_starts(line, STR("@@"))) {
		if (h == NULL || h->n_lines > 0 || h->at_end)
			h = patch_add_hunk(r);
		patch_read_marker(h, str_sub(line, 2, SIZE_MAX));
		return 0;
	}
	if (line.len == 0) {
		if (only_blank_follows(r) || h == NULL)
			return 0;
		return patch_add_line(r, ' ', STR_NONE, err);
	}
	if (h != NULL && h->at_end) {
		if (str_trim(line).len == 0)
			return 0;
		h = patch_add_hunk(r);
	}
	if (memchr(" +-", line.ptr[0], 3) != NULL)
		return patch_add_line(r, line.ptr[0],
		    str_sub(line, 1, SIZE_MAX), err);
	if (line.ptr[0] == '\\' && h != NULL && h->n_lines > 0) {
		h->lines[h->n_lines - 1].no_newline = true;
		return 0;
	}
	/* Not by the form, but models do: it has to be in the file. */
	return patch_add_bare(r, line, err);
}

static int
read_body(struct patch_reader *r, struct str line, struct error *err)
{
	struct patch_file *f = patch_last_file(r);
	struct patch_hunk *h = patch_last_hunk(r);
	bool is_file = false;
	int rc;

	/* Where no line of a hunk can be, a marker may be padded. */
	if (f == NULL || f->op == PATCH_DELETE ||
	    (f->op == PATCH_UPDATE && h == NULL && any_file_marker(str_trim(
	    line))))
		line = str_trim(line);
	if (str_starts(line, STR("***"))) {
		if (is_marker(line, "*** End of File")) {
			if (h != NULL)
				h->at_end = true;
			return 0;
		}
		rc = start_file(r, line, &is_file, err);
		if (rc != 0 || is_file)
			return rc;
		return patch_error(r, err, "not a marker that is known");
	}
	if (f != NULL && f->op == PATCH_ADD)
		return read_add(r, line, err);
	if (f != NULL && f->op == PATCH_UPDATE)
		return read_update(r, line, err);
	if (str_trim(line).len == 0)
		return 0;
	return patch_error(r, err, f == NULL ?
	    "the first line names a file: *** Update File: path" :
	    "nothing belongs below Delete File");
}

static int
check_files(struct patch_reader *r, struct error *err)
{
	for (size_t i = 0; i < r->patch->n_files; i++) {
		const struct patch_file *f = &r->patch->files[i];
		bool empty = f->new_path == NULL && f->op == PATCH_UPDATE;

		for (size_t j = 0; j < f->n_hunks; j++)
			empty &= f->hunks[j].n_lines == 0;
		if (empty)
			return error_set(err, ERR_TOOL_PATCH,
			    "the update of %s has no lines", f->path);
	}
	return 0;
}

int
patch_envelope_parse(struct patch_reader *r, struct error *err)
{
	while (find_begin(r)) {
		bool ended = false;

		while (!ended && r->at < r->lines.n) {
			struct str line = patch_reader_line(r, r->at++);
			int rc = 0;

			ended = str_starts(line, STR("*** ")) &&
			    is_marker(line, "*** End Patch");
			/* A padded end is one only as the last line. */
			if (!ended && is_marker(line, "*** End Patch") &&
			    only_blank_follows(r))
				ended = true;
			if (!ended)
				rc = read_body(r, line, err);
			if (rc != 0)
				return rc;
		}
		if (!ended)
			return error_set(err, ERR_TOOL_PATCH,
			    "there is no *** End Patch: the patch may have "
			    "been cut off. Send it whole");
	}
	return check_files(r, err);
}
