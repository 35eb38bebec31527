/* Kinds of files: links that lead nowhere, programs that no system can start,
 * and repositories inside of the repository. */
#include "base/mem.h"
#include "base/units.h"
#include "checks/families.h"

enum { ROW_LINK, ROW_EXECUTABLE, ROW_SUBMODULE, ROW_MOVED };

#define MODULES_MAX (1 * MIB)

static const struct check_row rows[] = {
	[ROW_LINK] = { "broken-link", "Broken link", FINDING_WARNING,
	    "A symbolic link to what the commit does not hold.",
	    "Correct where it points, or add what it points to.", false },
	[ROW_EXECUTABLE] = { "exec-shebang", "Executable without #!",
	    FINDING_WARNING,
	    "A text file that is marked as a program, without a first line "
	    "that says what runs it.",
	    "git update-index --chmod=-x FILE, or add the line.", false },
	[ROW_SUBMODULE] = { "submodule", "Repository without .gitmodules",
	    FINDING_ERROR,
	    "A folder with a repository of its own was added as a link: "
	    "without a row in .gitmodules nobody else can get it.",
	    "git rm --cached FOLDER, then git submodule add URL FOLDER; or "
	    "remove its .git.", false },
	[ROW_MOVED] = { "submodule-moved", "Submodule moved", FINDING_NOTE,
	    "A submodule's commit changes together with other files: with "
	    "commit -a that is often by accident.",
	    "git restore --staged FOLDER, if it was not meant.", false },
};

/* --- links -------------------------------------------------------------- */

/* "a/b" and "../c/./d" as "a/c/d". NULL: it leaves the repository. */
static char *
resolve(struct str folder, struct str target)
{
	CLEANUP_BUF struct buf out = BUF_INIT(64 * KIB);
	struct str parts[2] = { folder, target }, part;

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		while (str_next_field(&parts[i], '/', &part)) {
			if (part.len == 0 || str_eq_c(part, "."))
				continue;
			if (!str_eq_c(part, "..")) {
				buf_printf(&out, "%s%.*s",
				    out.len > 0 ? "/" : "", STR_ARG(part));
				continue;
			}
			if (out.len == 0)
				return NULL;
			while (out.len > 0 && out.ptr[out.len - 1] != '/')
				buf_truncate(&out, out.len - 1);
			if (out.len > 0)
				buf_truncate(&out, out.len - 1);
		}
	}
	return mem_strdup(buf_text(&out));
}

/* A file, or a folder that a file is in. */
static bool
is_there(struct check_run *run, const char *path)
{
	const struct repo_listing *all = check_listing(run);

	return all == NULL || path[0] == '\0' ||
	    repo_listing_find(all, str_from(path), NULL) ||
	    repo_listing_has_folder(all, str_from(path));
}

static void
look_at_link(struct check_run *run, const struct repo_change *c)
{
	CLEANUP_BUF struct buf target = BUF_INIT(16 * KIB);
	struct str path = str_from(c->path);
	const char *slash = strrchr(c->path, '/');
	CLEANUP(free_ptr) char *to = NULL;

	if (!check_blob(run, c->oid, &target))
		return;
	if (str_starts(buf_str(&target), STR("/"))) {
		check_report_path(run, &rows[ROW_LINK], path,
		    "points to %s, which is on this machine alone",
		    buf_text(&target));
		return;
	}
	to = resolve(slash == NULL ? STR_NONE : str_sub(path, 0,
	    (size_t)(slash - c->path)), buf_str(&target));
	if (to == NULL)
		check_report_path(run, &rows[ROW_LINK], path,
		    "points to %s, outside of the repository",
		    buf_text(&target));
	else if (!is_there(run, to))
		check_report_path(run, &rows[ROW_LINK], path,
		    "points to %s, which is not in the commit",
		    buf_text(&target));
}

/* --- submodules --------------------------------------------------------- */

static bool
is_known_module(struct check_run *run, const char *path)
{
	CLEANUP_BUF struct buf text = BUF_INIT(MODULES_MAX);
	struct str rest, line;

	if (!check_text_of(run, STR(".gitmodules"), &text))
		return false;
	rest = buf_str(&text);
	while (str_next_line(&rest, &line)) {
		struct str key;

		line = str_trim(line);
		if (!str_next_field(&line, '=', &key) ||
		    !str_eq_c(str_trim(key), "path"))
			continue;
		line = str_trim(line);
		if (line.len >= 2 && line.ptr[0] == '"')
			line = str_sub(line, 1, line.len - 2);
		if (str_eq_c(line, path))
			return true;
	}
	return false;
}

static void
look_at_module(struct check_run *run, const struct repo_change *c)
{
	const struct repo_changes *changes = check_changes(run);
	bool alone = true;

	if (c->old_mode != CHECK_MODE_SUBMODULE) {
		if (!is_known_module(run, c->path))
			check_report_path(run, &rows[ROW_SUBMODULE],
			    str_from(c->path),
			    "a repository inside of the repository, without "
			    ".gitmodules");
		return;
	}
	for (size_t i = 0; i < changes->n; i++)
		alone &= changes->items[i].mode == CHECK_MODE_SUBMODULE ||
		    strcmp(changes->items[i].path, ".gitmodules") == 0;
	if (!alone)
		check_report_path(run, &rows[ROW_MOVED], str_from(c->path),
		    "goes from %.8s to %.8s", c->old_oid, c->oid);
}

static void
look_at_all(struct check_run *run)
{
	const struct repo_changes *changes = check_changes(run);

	for (size_t i = 0; i < changes->n; i++) {
		const struct repo_change *c = &changes->items[i];

		if (c->mode == CHECK_MODE_LINK)
			look_at_link(run, c);
		else if (c->mode == CHECK_MODE_SUBMODULE)
			look_at_module(run, c);
	}
}

/* --- programs ----------------------------------------------------------- */

/* Windows starts these by their names. */
static bool
is_windows_program(const struct check_file *f)
{
	static const char *const tails[] = { ".bat", ".cmd", ".exe", ".ps1" };

	for (size_t i = 0; i < ARRAY_LEN(tails); i++)
		if (str_ends(f->name, str_from(tails[i])))
			return true;
	return false;
}

static void
look(struct check_run *run, struct check_file *f)
{
	if (f->change->mode != CHECK_MODE_EXECUTABLE ||
	    f->change->old_mode == CHECK_MODE_EXECUTABLE || f->is_binary ||
	    !f->is_read || str_starts(f->text, STR("#!")) ||
	    is_windows_program(f))
		return;
	check_report(run, &rows[ROW_EXECUTABLE], f, 0, 0,
	    "is executable, but its first line does not begin with #!");
}

const struct check_family check_mode = {
	.rows = rows, .n_rows = ARRAY_LEN(rows), .file = look,
	.whole = look_at_all,
};
