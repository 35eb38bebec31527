/* Edits in replies; see reply_edits.h.
 *
 *	src/a.c				the path stands on a line of its own,
 *	```c				before the fence or in it, perhaps as
 *	<<<<<<< SEARCH			`path`, **path** or "File: path:"
 *	old
 *	=======
 *	new
 *	>>>>>>> REPLACE
 *	```
 *
 * A whole file is a fence with a path in the same places, or behind the
 * language: ```c src/a.c, ```c:src/a.c, ```c path=src/a.c. */
#include "tools/reply_edits.h"

#include "tools/edit_text.h"
#include "tools/match.h"
#include "tools/patch.h"
#include "tools/patch_apply.h"
#include "tools/reply_line.h"
#include "tools/text_lines.h"

#define BOM "\xef\xbb\xbf"
#define REPLY_MAX (16 * MIB)

struct reader {
	struct text_lines lines;
	struct change_set *cs; /* NULL: only counting */
	struct buf *said;
	struct str path; /* that was named last */
	size_t edits, nameless;
};

/* The path named on the last line before `at` that is not blank. */
static struct str
path_before(const struct reader *r, size_t at)
{
	struct str info;
	int fences = 0;

	while (at > 0) {
		struct str line = text_lines_at(&r->lines, --at);

		if (str_trim(line).len == 0)
			continue;
		if (reply_line_fence(line, &info) > 0 && fences < 2) {
			struct str path = reply_line_info_path(info);

			if (path.len > 0)
				return path;
			fences++;
			continue;
		}
		return reply_line_path(line);
	}
	return STR_NONE;
}

static void
join(const struct reader *r, size_t from, size_t to, struct buf *out)
{
	for (size_t i = from; i < to; i++) {
		buf_add_str(out, text_lines_at(&r->lines, i));
		buf_add_char(out, '\n');
	}
}

static int
plan_replace(struct reader *r, struct str old, struct str fresh,
    struct error *err)
{
	CLEANUP_BUF struct buf out = BUF_INIT(64 * MIB);
	struct text_edit edit = { .old_string = old, .new_string = fresh };
	struct text_edit_report report = { .places = 0 };
	struct str content = STR_NONE;
	bool exists;
	int rc = change_set_exists(r->cs, r->path, &exists, err);

	if (rc == 0 && exists)
		rc = change_set_read(r->cs, r->path, &content, err);
	if (rc != 0)
		return rc;
	if (old.len == 0 && content.len == 0)
		return change_set_put(r->cs, r->path, fresh, 0, err);
	if (!exists)
		return error_set(err, ERR_NOT_FOUND, "%.*s does not exist",
		    STR_ARG(r->path));
	rc = edit_once(content, &edit, &out, &report, err);
	if (rc != 0) {
		char message[sizeof(err->message)];

		if (err == NULL)
			return rc;
		snprintf(message, sizeof(message), "%s", err->message);
		snprintf(err->message, sizeof(err->message), "%.*s: %.180s",
		    (int)(r->path.len > 60 ? 60 : r->path.len), r->path.ptr,
		    message);
		return rc;
	}
	if (report.tolerance != 0) {
		buf_printf(r->said, "note: in %.*s the block was not exact, "
		    "it differed in: ", STR_ARG(r->path));
		match_tolerance_print(report.tolerance, r->said);
		buf_add_char(r->said, '\n');
	}
	return change_set_put(r->cs, r->path, buf_str(&out), 0, err);
}

/* The fence that closes around the blocks is no opening one. */
static size_t
behind_fence(const struct reader *r, size_t at)
{
	struct str info;
	size_t i = at;

	while (i < r->lines.n &&
	    str_trim(text_lines_at(&r->lines, i)).len == 0)
		i++;
	if (i < r->lines.n && reply_line_fence(text_lines_at(&r->lines, i),
	    &info) > 0 && info.len == 0)
		return i + 1;
	return at;
}

/* The REPLACE mark of the block at line `at`, or what comes first that shows
 * that there is none. */
static size_t
block_end(const struct reader *r, size_t at)
{
	size_t end = at + 1;

	while (end < r->lines.n &&
	    !reply_line_is_replace(text_lines_at(&r->lines, end)) &&
	    !reply_line_is_search(text_lines_at(&r->lines, end)))
		end++;
	return end;
}

static size_t
mark_length(struct str line)
{
	size_t n = 0;

	while (n < line.len && line.ptr[n] == line.ptr[0])
		n++;
	return n;
}

/* The ======= between the marks. A text may have such a line of its own (a
 * heading's underline): the one that is as long as the SEARCH mark is meant,
 * and two of those leave it open where the old text ends. */
static int
find_divider(const struct reader *r, size_t at, size_t end, size_t *ret,
    struct error *err)
{
	size_t length = mark_length(text_lines_at(&r->lines, at));
	size_t any = 0, alike = 0;

	for (size_t i = at + 1; i < end; i++) {
		struct str line = text_lines_at(&r->lines, i);

		if (!reply_line_is_divider(line))
			continue;
		if (mark_length(line) == length && alike++ == 0)
			*ret = i;
		else if (any++ == 0 && alike == 0)
			*ret = i;
	}
	if (alike == 1 || (alike == 0 && any == 1))
		return 0;
	return error_set(err, ERR_TOOL_PATCH, alike + any == 0 ?
	    "the SEARCH block at line %zu has no ======= line" :
	    "the SEARCH block at line %zu has more than one ======= line: "
	    "choose blocks without such a line, or use edit", at + 1);
}

/* A block whose SEARCH mark is line `at`; *ret_next: the line behind it. */
static int
read_block(struct reader *r, size_t at, size_t *ret_next, struct error *err)
{
	CLEANUP_BUF struct buf old = BUF_INIT(16 * MIB);
	CLEANUP_BUF struct buf fresh = BUF_INIT(16 * MIB);
	struct str path = path_before(r, at);
	size_t middle = at, end = block_end(r, at);
	int rc;

	if (end >= r->lines.n ||
	    !reply_line_is_replace(text_lines_at(&r->lines, end)))
		return error_set(err, ERR_TOOL_PATCH,
		    "the SEARCH block at line %zu has no REPLACE mark: the "
		    "reply may have been cut off", at + 1);
	rc = find_divider(r, at, end, &middle, err);
	if (rc != 0)
		return rc;
	*ret_next = behind_fence(r, end + 1);
	r->edits++;
	if (path.len > 0)
		r->path = path;
	if (r->path.len == 0)
		return error_set(err, ERR_TOOL_PATCH,
		    "the SEARCH block at line %zu names no file: write its "
		    "path on the line above", at + 1);
	if (r->cs == NULL)
		return 0;
	join(r, at + 1, middle, &old);
	join(r, middle + 1, end, &fresh);
	return plan_replace(r, buf_str(&old), buf_str(&fresh), err);
}

/* The closing line of the fence that `at` opens, or lines.n. */
static size_t
fence_end(const struct reader *r, size_t at, size_t length)
{
	struct str open = str_trim(text_lines_at(&r->lines, at)), info;

	for (size_t i = at + 1; i < r->lines.n; i++) {
		struct str line = str_trim(text_lines_at(&r->lines, i));

		if (reply_line_fence(line, &info) >= length && info.len == 0 &&
		    line.ptr[0] == open.ptr[0])
			return i;
	}
	return r->lines.n;
}

static bool
has_block(const struct reader *r, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (reply_line_is_search(text_lines_at(&r->lines, i)))
			return true;
	return false;
}

/* Hunks without the names of files: the fence has one. */
static bool
is_hunk(struct str content, struct str info)
{
	return str_starts(content, STR("@@")) ||
	    str_starts(info, STR("diff")) || str_starts(info, STR("patch"));
}

static int
plan_hunks(struct reader *r, struct str path, struct str content,
    struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(17 * MIB);
	CLEANUP_PATCH struct patch patch = { .n_files = 0 };
	int rc;

	buf_printf(&text, "--- %.*s\n+++ %.*s\n", STR_ARG(path),
	    STR_ARG(path));
	buf_add_str(&text, content);
	rc = patch_parse(buf_str(&text), &patch, err);
	return rc == 0 ? patch_apply_files(&patch, r->cs, r->said, err) : rc;
}

/* The new content in the layout of the file it replaces: a fence can say
 * nothing of a BOM, of CRLF or of a missing last newline. */
static int
plan_whole(struct reader *r, struct str path, struct str content,
    struct error *err)
{
	CLEANUP_BUF struct buf out = BUF_INIT(32 * MIB);
	struct str now = STR_NONE;
	bool exists, crlf;
	int rc = change_set_exists(r->cs, path, &exists, err);

	if (rc == 0 && exists)
		rc = change_set_read(r->cs, path, &now, err);
	if (rc == 0 && exists)
		rc = edit_text_check_encoding(now, content, err);
	if (rc != 0)
		return rc;
	crlf = str_find(now, STR("\r\n"), 0) != SIZE_MAX &&
	    str_find(content, STR("\r\n"), 0) == SIZE_MAX;
	if (str_starts(now, STR(BOM)) && !str_starts(content, STR(BOM)))
		buf_add_cstr(&out, BOM);
	if (now.len > 0 && !str_ends(now, STR("\n")) &&
	    str_ends(content, STR("\n")))
		content.len--;
	for (size_t i = 0; i < content.len; i++) {
		if (crlf && content.ptr[i] == '\n')
			buf_add_char(&out, '\r');
		buf_add_char(&out, content.ptr[i]);
	}
	rc = buf_check(&out, err);
	return rc == 0 ? change_set_put(r->cs, path, buf_str(&out), 0, err) :
	    rc;
}

/* A fence of a whole file, opened at line `at`, closed at `end`. */
static int
read_fence(struct reader *r, size_t at, size_t end, struct str info,
    struct error *err)
{
	CLEANUP_BUF struct buf content = BUF_INIT(16 * MIB);
	struct str path = reply_line_info_path(info);

	join(r, at + 1, end, &content);
	/* Its patch was taken with the others. */
	if (patch_present(buf_str(&content)))
		return 0;
	if (path.len == 0 && at > 0) {
		size_t above = at - 1;

		if (above > 0 &&
		    str_trim(text_lines_at(&r->lines, above)).len == 0)
			above--;
		path = reply_line_path(text_lines_at(&r->lines, above));
	}
	if (path.len == 0) {
		r->nameless++;
		if (r->said != NULL)
			buf_printf(r->said, "note: the code at line %zu of "
			    "the reply names no file and was left out\n",
			    at + 1);
		return 0;
	}
	r->edits++;
	if (r->cs == NULL)
		return 0;
	if (end >= r->lines.n)
		return error_set(err, ERR_TOOL_PATCH,
		    "the code of %.*s has no end: the reply may have been cut "
		    "off", STR_ARG(path));
	if (is_hunk(buf_str(&content), info))
		return plan_hunks(r, path, buf_str(&content), err);
	return plan_whole(r, path, buf_str(&content), err);
}

static int
read_all(struct reader *r, struct error *err)
{
	size_t at = 0;
	int rc = 0;

	while (rc == 0 && at < r->lines.n) {
		struct str line = text_lines_at(&r->lines, at), info;
		size_t length = reply_line_fence(line, &info);

		if (reply_line_is_search(line)) {
			rc = read_block(r, at, &at, err);
		} else if (length > 0) {
			size_t end = fence_end(r, at, length);

			if (has_block(r, at + 1, end)) {
				at++;
				continue;
			}
			rc = read_fence(r, at, end, info, err);
			at = end + 1;
		} else {
			at++;
		}
	}
	return rc;
}

static size_t
indent_of(struct str line)
{
	size_t n = 0;

	while (n < line.len && (line.ptr[n] == ' ' || line.ptr[n] == '\t'))
		n++;
	return n;
}

/* Blanks before the fence at line `at`, when all lines up to its end have them
 * too: it stands in a list. *ret_next: the line behind it. */
static size_t
fence_indent(const struct reader *r, size_t at, size_t *ret_next)
{
	struct str line = text_lines_at(&r->lines, at), info;
	size_t length = reply_line_fence(line, &info), n = indent_of(line);
	size_t end = length > 0 ? fence_end(r, at, length) : r->lines.n;

	*ret_next = at + 1;
	if (end == r->lines.n)
		return 0;
	*ret_next = end + 1;
	for (size_t i = at; i <= end; i++) {
		line = text_lines_at(&r->lines, i);
		if (indent_of(line) < n && indent_of(line) < line.len)
			return 0;
	}
	return n;
}

/* The reply without the indentation of its fences. What a block or a fence
 * holds is not looked into. */
static void
dedent(struct str text, struct buf *out)
{
	struct reader r = { .edits = 0 };
	size_t n = 0, next = 0;

	text_lines_init(&r.lines, text);
	for (size_t i = 0; i < r.lines.n; i++) {
		struct str line = text_lines_at(&r.lines, i);
		size_t own = indent_of(line);

		if (i == next && reply_line_is_search(line)) {
			n = 0;
			next = block_end(&r, i) + 1;
		} else if (i == next) {
			n = fence_indent(&r, i, &next);
		}
		buf_add_str(out, str_sub(line, own < n ? own : n, SIZE_MAX));
		buf_add_str(out, text_lines_eol(&r.lines, i));
	}
	text_lines_release(&r.lines);
}

bool
reply_edits_present(struct str text)
{
	CLEANUP_BUF struct buf flat = BUF_INIT(REPLY_MAX);
	struct reader r = { .edits = 0 };
	bool present = patch_present(text);

	if (!present && text.len < REPLY_MAX) {
		dedent(text, &flat);
		text_lines_init(&r.lines, buf_str(&flat));
		read_all(&r, NULL);
		present = r.edits > 0 || patch_present(buf_str(&flat));
		text_lines_release(&r.lines);
	}
	return present;
}

int
reply_edits_plan(struct str text, struct change_set *cs, struct buf *said,
    struct error *err)
{
	CLEANUP_BUF struct buf flat = BUF_INIT(REPLY_MAX);
	struct reader r = { .cs = cs, .said = said };
	bool has_patch = patch_present(text);
	int rc = 0;

	if (text.len >= REPLY_MAX)
		return error_set(err, ERR_TOO_LARGE, "the reply is too long");
	/* Not inside a patch: its lines have a column of their own. */
	if (!has_patch) {
		dedent(text, &flat);
		text = buf_str(&flat);
		has_patch = patch_present(text);
	}
	if (has_patch) {
		CLEANUP_PATCH struct patch patch = { .n_files = 0 };

		rc = patch_parse(text, &patch, err);
		if (rc == 0)
			rc = patch_apply_files(&patch, cs, said, err);
	}
	/* The text of an envelope may hold marks and fences of its own. */
	if (rc == 0 && (!has_patch ||
	    str_find(text, STR("*** Begin Patch"), 0) == SIZE_MAX)) {
		text_lines_init(&r.lines, text);
		rc = read_all(&r, err);
		text_lines_release(&r.lines);
	}
	if (rc == 0 && !has_patch && r.edits == 0)
		rc = error_set(err, ERR_TOOL_PATCH, r.nameless > 0 ?
		    "the code in the reply names no file: write the path on "
		    "the line above the fence" :
		    "there is no edit in the text: no patch, diff, "
		    "SEARCH/REPLACE block or file in a fence");
	return rc;
}
