/* Names of new files that some system cannot check out: two that differ in
 * case alone, and what Windows, macOS or a shell takes badly. */
#include <ctype.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/units.h"
#include "base/utf8.h"
#include "checks/families.h"

enum { ROW_CASE, ROW_NAME, PART_MAX = 255, PATH_MAX_BYTES = 1024 };

static const struct check_row rows[] = {
	[ROW_CASE] = { "case-collision", "Names that differ in case",
	    FINDING_ERROR,
	    "Two paths that are one on Windows and macOS: a checkout there "
	    "loses a file.",
	    "Rename one of them.", false },
	[ROW_NAME] = { "file-name", "Name that breaks other systems",
	    FINDING_WARNING,
	    "A name that Windows reserves or cannot write, or with control "
	    "characters, or that is no UTF-8.",
	    "Rename the file.", false },
};

/* --- case --------------------------------------------------------------- */

/* ASCII letters alone: what file systems fold beyond them differs. */
static void
fold(struct str path, struct buf *out)
{
	buf_clear(out);
	for (size_t i = 0; i < path.len; i++)
		buf_add_char(out, (char)tolower((unsigned char)path.ptr[i]));
}

struct fold_entry {
	struct str path; /* of a file or folder; lives as the change list */
};

/* Whether a path stands in the table with another case; adds it else. */
static struct str
enter(struct map *seen, struct str path, struct buf *folded)
{
	struct fold_entry *e;

	fold(path, folded);
	e = map_get(seen, buf_str(folded));
	if (e != NULL)
		return str_eq(e->path, path) ? STR_NONE : e->path;
	e = mem_new(struct fold_entry);
	e->path = path;
	map_set(seen, buf_str(folded), e);
	return STR_NONE;
}

static bool
is_new(const struct repo_change *c)
{
	return c->oid[0] != '\0' && (c->old_oid[0] == '\0' ||
	    c->old_path != NULL);
}

/* Enters each folder of the path, then the path. The other of two that differ
 * in case alone, where there is one. */
static struct str
enter_all(struct map *seen, struct str path, struct buf *folded)
{
	size_t at = 0;

	while ((at = str_find_char(path, '/', at + 1)) != SIZE_MAX) {
		struct str other = enter(seen, str_sub(path, 0, at), folded);

		if (other.len > 0)
			return other;
	}
	return enter(seen, path, folded);
}

static void
look_at_case(struct check_run *run)
{
	const struct repo_changes *changes = check_changes(run), *all;
	CLEANUP(map_destroyp) struct map *seen = NULL;
	CLEANUP_BUF struct buf folded = BUF_INIT(64 * KIB);
	bool any = false;

	for (size_t i = 0; i < changes->n; i++)
		any |= is_new(&changes->items[i]);
	if (!any || (all = check_all_files(run)) == NULL)
		return;
	seen = map_create(free);
	/* What was there comes first: the new one is the one to be told. */
	for (size_t i = 0; i < all->n; i++) {
		const struct repo_change *c = check_change_of(run,
		    str_from(all->items[i].path));

		if (c == NULL || !is_new(c))
			enter_all(seen, str_from(all->items[i].path), &folded);
	}
	for (size_t i = 0; i < changes->n; i++) {
		struct str path = str_from(changes->items[i].path), other;

		if (!is_new(&changes->items[i]))
			continue;
		other = enter_all(seen, path, &folded);
		if (other.len > 0)
			check_report_path(run, &rows[ROW_CASE], path,
			    "differs from %.*s in case alone",
			    STR_ARG(other));
	}
}

/* --- other names -------------------------------------------------------- */

static bool
is_reserved(struct str part)
{
	static const char *const names[] = { "con", "prn", "aux", "nul",
		"conin$", "conout$" };
	struct str stem = str_sub(part, 0, str_find_char(part, '.', 0));

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (str_eq_nocase(stem, str_from(names[i])))
			return true;
	return stem.len == 4 && stem.ptr[3] >= '1' && stem.ptr[3] <= '9' &&
	    (str_starts_nocase(stem, STR("com")) ||
		str_starts_nocase(stem, STR("lpt")));
}

/* What is wrong with a component; NULL: nothing. */
static const char *
fault_of(struct str part)
{
	for (size_t i = 0; i < part.len; i++) {
		unsigned char c = (unsigned char)part.ptr[i];

		if (c < 0x20 || c == 0x7f)
			return "a control character";
		if (strchr("<>:\"|?*\\", c) != NULL)
			return "a character that Windows cannot write";
	}
	if (is_reserved(part))
		return "a name that Windows reserves";
	if (part.ptr[part.len - 1] == '.' || part.ptr[part.len - 1] == ' ')
		return "a dot or blank at the end, which Windows drops";
	if (part.ptr[0] == ' ')
		return "a blank at the beginning";
	if (part.ptr[0] == '-')
		return "a dash at the beginning, which programs take for an "
		       "option";
	if (part.len > PART_MAX)
		return "more than 255 bytes between slashes";
	return utf8_valid(part) ? NULL : "bytes that are no UTF-8";
}

static void
look_at_name(struct check_run *run, struct str path)
{
	struct str rest = path, part;

	while (str_next_field(&rest, '/', &part)) {
		const char *fault = part.len > 0 ? fault_of(part) : NULL;

		if (fault == NULL)
			continue;
		check_report_path(run, &rows[ROW_NAME], path,
		    "the name has %s", fault);
		return;
	}
	if (path.len > PATH_MAX_BYTES)
		check_report_path(run, &rows[ROW_NAME], path,
		    "the path has more than %d bytes", PATH_MAX_BYTES);
}

static void
look(struct check_run *run)
{
	const struct repo_changes *changes = check_changes(run);

	if (check_is_on(run, &rows[ROW_CASE]))
		look_at_case(run);
	for (size_t i = 0; i < changes->n; i++)
		if (is_new(&changes->items[i]))
			look_at_name(run, str_from(changes->items[i].path));
}

const struct check_family check_names = {
	.rows = rows, .n_rows = ARRAY_LEN(rows), .whole = look,
};
