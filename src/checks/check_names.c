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

/* A new file or a folder on the way to one. */
struct place {
	struct str path;  /* of the file or folder; lives as the change */
	struct str owner; /* the new file */
	struct str other; /* differs in case alone; empty: none does */
	bool was_there;
};

static bool
is_new(const struct repo_change *c)
{
	return c->oid[0] != '\0' && (c->old_oid[0] == '\0' ||
	    c->old_path != NULL);
}

/* ASCII letters alone: what file systems fold beyond them differs. */
static struct str
fold(struct str path, struct buf *out)
{
	buf_clear(out);
	for (size_t i = 0; i < path.len; i++)
		buf_add_char(out, (char)tolower((unsigned char)path.ptr[i]));
	return buf_str(out);
}

/* The next part of a path that ends at a slash or at its end: "a", "a/b" of
 * "a/b". *at is 0 at first. */
static bool
next_prefix(struct str path, size_t *at, struct str *ret)
{
	size_t slash;

	if (*at >= path.len)
		return false;
	slash = str_find_char(path, '/', *at);
	*ret = str_sub(path, 0, slash);
	*at = slash == SIZE_MAX ? path.len : slash + 1;
	return true;
}

static void
enter(struct map *places, struct str path, struct buf *folded)
{
	struct str prefix;
	size_t at = 0;

	while (next_prefix(path, &at, &prefix)) {
		struct place *p = map_get(places, fold(prefix, folded));

		if (p != NULL) {
			if (!str_eq(p->path, prefix) && p->other.len == 0) {
				p->other = p->path;
				p->path = prefix;
				p->owner = path;
			}
			continue;
		}
		p = mem_new(struct place);
		p->path = prefix;
		p->owner = path;
		map_set(places, buf_str(folded), p);
	}
}

/* Looks an old path up among the places. */
static void
compare(const struct map *places, struct str path, struct buf *folded)
{
	struct str prefix;
	size_t at = 0;

	fold(path, folded);
	while (next_prefix(path, &at, &prefix)) {
		struct place *p = map_get(places, str_sub(buf_str(folded), 0,
		    prefix.len));

		if (p == NULL)
			return; /* nothing new below it */
		if (str_eq(p->path, prefix))
			p->was_there = true;
		else
			p->other = prefix;
	}
}

static void
report_places(struct check_run *run, const struct map *places)
{
	struct str key, told = STR_NONE;
	size_t at = 0;
	void *value;

	while (map_next(places, &at, &key, &value)) {
		const struct place *p = value;

		if (p->other.len == 0 || p->was_there ||
		    str_eq(told, p->owner))
			continue;
		told = p->owner;
		check_report_path(run, &rows[ROW_CASE], p->owner,
		    "differs from %.*s in case alone", STR_ARG(p->other));
	}
}

/* The new paths stand in a table; the old ones, which may be a hundred
 * thousand, are only looked up. */
static void
look_at_case(struct check_run *run)
{
	const struct repo_changes *changes = check_changes(run);
	CLEANUP(map_destroyp) struct map *places = map_create(free);
	CLEANUP_BUF struct buf folded = BUF_INIT(64 * KIB);
	const struct repo_listing *all;

	for (size_t i = 0; i < changes->n; i++)
		if (is_new(&changes->items[i]))
			enter(places, str_from(changes->items[i].path),
			    &folded);
	if (map_count(places) == 0 || (all = check_listing(run)) == NULL)
		return;
	for (size_t i = 0; i < repo_listing_count(all); i++) {
		struct str path = str_from(repo_listing_path(all, i));
		const struct repo_change *c = check_change_of(run, path);

		if (c == NULL || !is_new(c))
			compare(places, path, &folded);
	}
	report_places(run, places);
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
