/* A manifest whose lock file does not fit it: its dependencies changed, or
 * differ from what the lock file says it was made of. */
#include "base/json.h"
#include "base/mem.h"
#include "base/units.h"
#include "checks/families.h"

#define FILE_MAX (32 * MIB)

static const struct check_row rows[] = {
	{ "lock-file", "Lock file out of step", FINDING_WARNING,
	    "Dependencies in a manifest change, and the lock file beside it "
	    "does not follow.",
	    "Run the package manager and stage its lock file.", false },
};

/* How the dependencies of a manifest are told from the rest of it. */
enum reading {
	READ_JSON,     /* members whose names end in "ependencies" … */
	READ_SECTIONS, /* of TOML, with "dependencies" in their names */
	READ_ALL,      /* every line that is no comment */
};

static const struct {
	const char *manifest;
	const char *locks; /* any of these, beside it or above it */
	enum reading reading;
} pairs[] = {
	{ "package.json", "package-lock.json npm-shrinkwrap.json yarn.lock "
	    "pnpm-lock.yaml bun.lock bun.lockb", READ_JSON },
	{ "composer.json", "composer.lock", READ_JSON },
	{ "Cargo.toml", "Cargo.lock", READ_SECTIONS },
	{ "pyproject.toml", "poetry.lock uv.lock pdm.lock", READ_SECTIONS },
	{ "Pipfile", "Pipfile.lock", READ_SECTIONS },
	{ "Gemfile", "Gemfile.lock", READ_ALL },
	{ "go.mod", "go.sum", READ_ALL },
};

/* --- dependencies ------------------------------------------------------- */

static const char *const members[] = { "dependencies", "devDependencies",
	"peerDependencies", "optionalDependencies", "require",
	"require-dev" };

static bool
same_members(const struct json *a, const struct json *b)
{
	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		const struct json *x = json_get(a, members[i]);
		const struct json *y = json_get(b, members[i]);

		/* An empty object is as good as none. */
		if (json_count(x) == 0 && json_count(y) == 0)
			continue;
		if (!json_equal(x, y))
			return false;
	}
	return true;
}

static bool
same_json(struct str before, struct str after)
{
	CLEANUP_JSON struct json *a = NULL;
	CLEANUP_JSON struct json *b = NULL;

	/* What is no JSON is the matter of another check. */
	if (json_parse(before, NULL, &a, NULL) != 0 ||
	    json_parse(after, NULL, &b, NULL) != 0)
		return true;
	return same_members(a, b);
}

/* Whether the lines under this head name packages. */
static bool
is_dependency_head(struct str head)
{
	static const char *const words[] = { "dependencies", "packages",
		"requires", "dependency-groups" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_find(head, str_from(words[i]), 0) != SIZE_MAX)
			return true;
	return false;
}

/* Of go.mod and Gemfile: no package. */
static bool
is_setting(struct str line)
{
	static const char *const words[] = { "go ", "toolchain ", "module ",
		"ruby ", "source " };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_starts(line, str_from(words[i])))
			return true;
	return false;
}

/* Appends the lines of a manifest that name packages. */
static void
add_dependencies(struct str text, enum reading reading, struct buf *out)
{
	bool inside = false, list = false;
	struct str line;

	while (str_next_line(&text, &line)) {
		line = str_trim(line);
		if (line.len == 0 || line.ptr[0] == '#' ||
		    str_starts(line, STR("//")))
			continue;
		if (reading == READ_ALL) {
			if (is_setting(line))
				continue;
			buf_add_str(out, line);
			buf_add_char(out, '\n');
			continue;
		}
		if (line.ptr[0] == '[' && !list) {
			inside = is_dependency_head(line);
			continue;
		}
		/* "dependencies = [" of [project], up to its "]". */
		if (!inside && (str_starts(line, STR("dependencies")) ||
		    str_starts(line, STR("optional-dependencies"))))
			list = true;
		if (inside || list) {
			buf_add_str(out, line);
			buf_add_char(out, '\n');
		}
		if (list && str_find_char(line, ']', 0) != SIZE_MAX)
			list = false;
	}
}

static bool
same_lines(struct str before, struct str after, enum reading reading)
{
	CLEANUP_BUF struct buf a = BUF_INIT(FILE_MAX);
	CLEANUP_BUF struct buf b = BUF_INIT(FILE_MAX);

	add_dependencies(before, reading, &a);
	add_dependencies(after, reading, &b);
	return str_eq(buf_str(&a), buf_str(&b));
}

/* --- lock files --------------------------------------------------------- */

/* The lock file of a folder or of one above it; new string or NULL. */
static char *
find_lock(struct check_run *run, struct str folder, const char *names)
{
	const struct repo_listing *all = check_listing(run);

	if (all == NULL)
		return NULL;
	for (;;) {
		struct str rest = str_from(names), name;

		while (str_next_field(&rest, ' ', &name)) {
			char *path = mem_printf("%.*s%.*s", STR_ARG(folder),
			    STR_ARG(name));

			if (repo_listing_find(all, str_from(path), NULL))
				return path;
			free(path);
		}
		if (folder.len == 0)
			return NULL;
		folder.len--; /* the slash */
		while (folder.len > 0 && folder.ptr[folder.len - 1] != '/')
			folder.len--;
	}
}

/* npm notes in its lock file what the manifest said; since its version 7. */
static bool
npm_fits(struct check_run *run, struct str manifest, const char *lock,
    bool *ret_known)
{
	CLEANUP_BUF struct buf text = BUF_INIT(FILE_MAX);
	CLEANUP_JSON struct json *a = NULL;
	CLEANUP_JSON struct json *b = NULL;
	const struct json *root;

	*ret_known = false;
	if (!str_ends(str_from(lock), STR("package-lock.json")) ||
	    !check_text_of(run, str_from(lock), &text) ||
	    json_parse(manifest, NULL, &a, NULL) != 0 ||
	    json_parse(buf_str(&text), NULL, &b, NULL) != 0)
		return true;
	root = json_get(json_get(b, "packages"), "");
	if (root == NULL)
		return true;
	*ret_known = true;
	for (size_t i = 0; i < 4; i++) {
		const struct json *x = json_get(a, members[i]);
		const struct json *y = json_get(root, members[i]);

		if ((json_count(x) > 0 || json_count(y) > 0) &&
		    !json_equal(x, y))
			return false;
	}
	return true;
}

static void
look_at_pair(struct check_run *run, const struct repo_change *c,
    struct str folder, size_t pair)
{
	CLEANUP_BUF struct buf before = BUF_INIT(FILE_MAX);
	CLEANUP_BUF struct buf after = BUF_INIT(FILE_MAX);
	CLEANUP(free_ptr) char *lock = find_lock(run, folder,
	    pairs[pair].locks);
	bool known, same;

	if (lock == NULL || !check_blob(run, c->oid, &after))
		return;
	if (c->old_oid[0] != '\0' && !check_blob(run, c->old_oid, &before))
		return;
	same = pairs[pair].reading == READ_JSON ?
	    same_json(buf_str(&before), buf_str(&after)) :
	    same_lines(buf_str(&before), buf_str(&after),
		pairs[pair].reading);
	if (c->old_oid[0] == '\0' || same)
		return;
	/* A lock file above it is that of a workspace, with other notes. */
	if (strlen(lock) == folder.len + strlen("package-lock.json") &&
	    !npm_fits(run, buf_str(&after), lock, &known)) {
		check_report_path(run, &rows[0], str_from(c->path),
		    "%s was made of other dependencies", lock);
		return;
	}
	if (check_change_of(run, str_from(lock)) == NULL)
		check_report_path(run, &rows[0], str_from(c->path),
		    "its dependencies change, %s does not", lock);
}

static void
look(struct check_run *run)
{
	const struct repo_changes *changes = check_changes(run);

	for (size_t i = 0; i < changes->n; i++) {
		const struct repo_change *c = &changes->items[i];
		struct str path = str_from(c->path);
		const char *slash = strrchr(c->path, '/');
		size_t at = slash == NULL ? 0 : (size_t)(slash - c->path) + 1;

		if ((c->mode & 0170000) != 0100000 ||
		    str_find(path, STR("node_modules/"), 0) != SIZE_MAX)
			continue;
		for (size_t k = 0; k < ARRAY_LEN(pairs); k++)
			if (str_eq_c(str_sub(path, at, SIZE_MAX),
			    pairs[k].manifest))
				look_at_pair(run, c, str_sub(path, 0, at), k);
	}
}

const struct check_family check_lock = {
	.rows = rows, .n_rows = ARRAY_LEN(rows), .whole = look,
};
