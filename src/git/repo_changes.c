/* Changed files; see repo_changes.h. A diff is a list of deltas here: no
 * content is read for it, but for finding renames. */
#include "git/repo_changes.h"

#include <sys/stat.h>

#include "base/file.h"
#include "base/map.h"
#include "base/mem.h"
#include "git/program.h"
#include "git/repo_index.h"
#include "git/repository_private.h"

/* Of the program's output: a line of 250 bytes for each of a million files. */
#define OUTPUT_MAX (256 * MIB)
#define BLOB_MAX (64 * MIB)
#define INDEX_LARGE (2 * MIB)

enum { PARENTS_MAX = 16, RENAMES_MAX = 400 };

GIT2_CLEANUP(tree_entry, tree_entry_free);

/* A change's two sides and the revisions that say them. */
struct sides {
	char *from;	/* revision; NULL: nothing is there yet */
	char *to;	/* revision; NULL: the index */
	char *others[PARENTS_MAX]; /* further parents */
	size_t n_others;
};

static void
sides_release(struct sides *s)
{
	free(s->from);
	free(s->to);
	for (size_t i = 0; i < s->n_others; i++)
		free(s->others[i]);
}

void
repo_change_release(struct repo_change *c)
{
	free(c->path);
	free(c->old_path);
	free(c->others);
}

void
repo_changes_release(struct repo_changes *c)
{
	for (size_t i = 0; i < c->n; i++)
		repo_change_release(&c->items[i]);
	free(c->items);
	*c = (struct repo_changes){ .items = NULL };
}

struct repo_change *
repo_changes_add(struct repo_changes *c)
{
	c->items = mem_grow(c->items, &c->cap, c->n + 1, sizeof(*c->items));
	c->items[c->n] = (struct repo_change){ .path = NULL };
	return &c->items[c->n++];
}

/* --- which sides -------------------------------------------------------- */

/* The commits of a merge that is under way. */
static void
add_merge_heads(const struct repo *r, struct sides *s)
{
	CLEANUP(free_ptr) char *path = file_join(r->gitdir, "MERGE_HEAD");
	CLEANUP_BUF struct buf text = BUF_INIT(16 * KIB);
	struct str rest, line;

	if (file_read(path, &text, NULL) != 0)
		return;
	rest = buf_str(&text);
	while (s->n_others < PARENTS_MAX && str_next_line(&rest, &line))
		if (repo_revision_valid(line))
			s->others[s->n_others++] = str_dup(line);
}

/* The program's answer to a question of one line; NULL: none. */
static char *
ask_program(struct repo *r, const char *const *args)
{
	CLEANUP_BUF struct buf out = BUF_INIT(64 * KIB);

	if (git_program_read(r, args, &out, NULL, NULL) != 0)
		return NULL;
	return str_dup(str_trim(buf_str(&out)));
}

/* A revision as an object's name; NULL: there is no such. */
static char *
resolve(struct repo *r, const char *revision)
{
	CLEANUP(free_ptr) char *commit = mem_printf("%s^{commit}", revision);
	const char *const args[] = { "rev-parse", "--verify", "--quiet",
		"--end-of-options", commit, NULL };
	CLEANUP(free_object) git_object *object = NULL;
	char hex[HEX_MAX];

	if (r->g == NULL)
		return ask_program(r, args);
	if (r->g->revparse_single(&object, r->git2, commit) != 0)
		return NULL;
	repo_hex(r, r->g->commit_id((git_commit *)object), hex);
	return mem_strdup(hex);
}

static int
commit_sides(struct repo *r, const char *revision, struct sides *s,
    struct error *err)
{
	s->to = resolve(r, revision);
	if (s->to == NULL)
		return error_set(err, ERR_NOT_FOUND, "%s is no commit",
		    revision);
	for (unsigned i = 1; i <= PARENTS_MAX; i++) {
		CLEANUP(free_ptr) char *name = mem_printf("%s^%u", s->to, i);
		char *parent = resolve(r, name);

		if (parent == NULL)
			break;
		if (i == 1)
			s->from = parent;
		else
			s->others[s->n_others++] = parent;
	}
	return 0;
}

static int
range_sides(struct repo *r, struct str range, struct sides *s,
    struct error *err)
{
	size_t dots = str_find(range, STR(".."), 0);
	CLEANUP(free_ptr) char *from = NULL;
	CLEANUP(free_ptr) char *to = NULL;
	bool merge_base;

	if (dots == SIZE_MAX)
		return error_set(err, ERR_INVALID,
		    "\"%.*s\" is no range: A..B", STR_ARG(range));
	merge_base = str_starts(str_sub(range, dots, 3), STR("..."));
	from = str_dup(dots == 0 ? STR("HEAD") : str_sub(range, 0, dots));
	to = str_dup(str_sub(range, dots + (merge_base ? 3 : 2), SIZE_MAX));
	s->from = resolve(r, from);
	s->to = resolve(r, to[0] == '\0' ? "HEAD" : to);
	if (s->from == NULL || s->to == NULL)
		return error_set(err, ERR_NOT_FOUND, "%s is no commit",
		    s->from == NULL ? from : to);
	if (merge_base) {
		const char *const args[] = { "merge-base", s->from, s->to,
			NULL };
		char *base = NULL;

		if (r->g == NULL) {
			base = ask_program(r, args);
		} else {
			git_oid a, b, both;
			char hex[HEX_MAX];

			if (r->g->oid_fromstr(&a, s->from) == 0 &&
			    r->g->oid_fromstr(&b, s->to) == 0 &&
			    r->g->merge_base(&both, r->git2, &a, &b) == 0) {
				repo_hex(r, &both, hex);
				base = mem_strdup(hex);
			}
		}
		/* No common history: all of B is new. */
		free(s->from);
		s->from = base;
	}
	return 0;
}

static int
find_sides(struct repo *r, const struct repo_changes_opts *opts,
    struct sides *s, struct error *err)
{
	CLEANUP(free_ptr) char *revision = str_dup(opts->revision);

	switch (opts->what) {
	case REPO_CHANGES_STAGED:
		s->from = resolve(r, "HEAD");
		add_merge_heads(r, s);
		return 0;
	case REPO_CHANGES_ALL:
		if (r->workdir == NULL && revision[0] == '\0')
			s->to = resolve(r, "HEAD");
		if (revision[0] == '\0')
			return 0;
		break;
	case REPO_CHANGES_COMMIT:
	case REPO_CHANGES_RANGE:
		break;
	}
	if (!repo_revision_valid(opts->revision))
		return error_set(err, ERR_INVALID, "this is no revision");
	if (opts->what == REPO_CHANGES_COMMIT)
		return commit_sides(r, revision, s, err);
	if (opts->what == REPO_CHANGES_RANGE)
		return range_sides(r, opts->revision, s, err);
	s->to = resolve(r, revision);
	return s->to != NULL ? 0 :
	    error_set(err, ERR_NOT_FOUND, "%s is no commit", revision);
}

/* --- libgit2 ------------------------------------------------------------ */

static bool
is_intent_to_add(const struct repo *r, git_index *index, const char *path)
{
	const git_index_entry *e = index == NULL ? NULL :
	    r->g->index_get_bypath(index, path, 0);

	return e != NULL &&
	    (e->flags_extended & GIT_INDEX_ENTRY_INTENT_TO_ADD) != 0;
}

static void
take_delta(const struct repo *r, const git_diff_delta *d, git_index *index,
    struct repo_changes *ret)
{
	bool is_new = d->status == GIT_DELTA_ADDED;
	bool gone = d->status == GIT_DELTA_DELETED;
	struct repo_change *c;

	if (d->status == GIT_DELTA_CONFLICTED ||
	    (is_new && is_intent_to_add(r, index, d->new_file.path)))
		return;
	c = repo_changes_add(ret);
	c->path = mem_strdup(gone ? d->old_file.path : d->new_file.path);
	if (d->status == GIT_DELTA_RENAMED)
		c->old_path = mem_strdup(d->old_file.path);
	if (!gone) {
		c->mode = d->new_file.mode;
		repo_hex(r, &d->new_file.id, c->oid);
	}
	if (!is_new) {
		c->old_mode = d->old_file.mode;
		repo_hex(r, &d->old_file.id, c->old_oid);
	}
}

static int
stop_if_cancelled(const git_diff *diff, const char *old_path,
    const char *new_path, void *payload)
{
	(void)diff, (void)old_path, (void)new_path;
	return cancel_raised(payload) ? GIT_EUSER : 0;
}

static int
read_by_libgit2(struct repo *r, const struct sides *s,
    struct repo_changes *ret, struct error *err)
{
	CLEANUP(free_tree) git_tree *from = NULL, *to = NULL;
	CLEANUP(free_diff) git_diff *diff = NULL;
	CLEANUP(free_index) git_index *index = NULL;
	git_diff_options options = { .version = GIT_DIFF_OPTIONS_VERSION,
		.flags = GIT_DIFF_INCLUDE_TYPECHANGE,
		.progress_cb = stop_if_cancelled, .payload = r->cancel };
	git_diff_find_options find = { .version = GIT_DIFF_FIND_OPTIONS_VERSION,
		.flags = GIT_DIFF_FIND_RENAMES, .rename_limit = RENAMES_MAX };
	int rc = 0;

	if (s->from != NULL)
		rc = repo_tree(r, s->from, &from, err);
	if (rc == 0 && s->to != NULL)
		rc = repo_tree(r, s->to, &to, err);
	if (rc != 0)
		return rc;
	if (s->to != NULL) {
		rc = r->g->diff_tree_to_tree(&diff, r->git2, from, to,
		    &options);
	} else {
		rc = r->g->repository_index(&index, r->git2);
		if (rc == 0)
			rc = r->g->diff_tree_to_index(&diff, r->git2, from,
			    index, &options);
	}
	if (rc == 0 && s->from != NULL)
		rc = r->g->diff_find_similar(diff, &find);
	if (rc != 0 && cancel_raised(r->cancel))
		return cancel_check(r->cancel, err);
	if (rc != 0)
		return git2_error(r->g, rc, err, "changed files");
	for (size_t i = 0; i < r->g->diff_num_deltas(diff); i++)
		take_delta(r, r->g->diff_get_delta(diff, i), index, ret);
	return 0;
}

/* --- the program -------------------------------------------------------- */

static void
put_oid(struct str hex, char out[REPO_OID_SIZE])
{
	if (hex.len < REPO_OID_SIZE && hex.len > 0 &&
	    strspn(hex.ptr, "0") < hex.len)
		snprintf(out, REPO_OID_SIZE, "%.*s", STR_ARG(hex));
}

static unsigned
take_mode(struct str text)
{
	CLEANUP(free_ptr) char *digits = str_dup(text);

	return (unsigned)strtoul(digits, NULL, 8);
}

/* ":100644 100755 OID OID R100", NUL, path, NUL, of a rename a second path;
 * diff-tree and diff-index -z. */
static void
take_raw(struct str text, struct repo_changes *ret)
{
	struct str head, path, second, field[5];

	while (str_next_field(&text, '\0', &head) && head.len > 1 &&
	    str_next_field(&text, '\0', &path)) {
		struct str rest = str_sub(head, 1, SIZE_MAX);
		struct repo_change *c;
		size_t n = 0;

		while (n < ARRAY_LEN(field) &&
		    str_next_field(&rest, ' ', &field[n]))
			n++;
		if (n < ARRAY_LEN(field) || field[4].len == 0)
			return;
		second = STR_NONE;
		if (strchr("RC", field[4].ptr[0]) != NULL &&
		    !str_next_field(&text, '\0', &second))
			return;
		if (field[4].ptr[0] == 'U')
			continue;
		c = repo_changes_add(ret);
		c->path = str_dup(second.len > 0 ? second : path);
		if (field[4].ptr[0] == 'R')
			c->old_path = str_dup(path);
		c->old_mode = take_mode(field[0]);
		c->mode = take_mode(field[1]);
		put_oid(field[2], c->old_oid);
		put_oid(field[3], c->oid);
	}
}

/* "100644 OID 0", tab, path, NUL; ls-files -s -z and, with the kind between
 * mode and name, ls-tree -r -z. */
static void
take_listing(struct str text, struct repo_changes *ret)
{
	struct str entry;

	while (str_next_field(&text, '\0', &entry)) {
		size_t tab = str_find_char(entry, '\t', 0);
		struct str head = str_sub(entry, 0, tab), mode, oid;
		struct repo_change *c;

		if (tab == SIZE_MAX || !str_next_field(&head, ' ', &mode) ||
		    !str_next_field(&head, ' ', &oid))
			continue;
		if (oid.len < 40) /* the kind */
			str_next_field(&head, ' ', &oid);
		c = repo_changes_add(ret);
		c->path = str_dup(str_sub(entry, tab + 1, SIZE_MAX));
		c->mode = take_mode(mode);
		put_oid(oid, c->oid);
	}
}

static int
read_by_program(struct repo *r, const struct sides *s,
    struct repo_changes *ret, struct error *err)
{
	CLEANUP_BUF struct buf out = BUF_INIT(OUTPUT_MAX);
	bool cut = false;
	int rc;

	if (s->from == NULL && s->to == NULL) {
		const char *const args[] = { "ls-files", "-s", "-z", NULL };

		rc = git_program_read(r, args, &out, &cut, err);
	} else if (s->from == NULL) {
		const char *const args[] = { "ls-tree", "-r", "-z", s->to,
			NULL };

		rc = git_program_read(r, args, &out, &cut, err);
	} else if (s->to == NULL) {
		const char *const args[] = { "diff-index", "--cached",
			"--raw", "-z", "--no-abbrev", "-M",
			"--ita-invisible-in-index", s->from, NULL };

		rc = git_program_read(r, args, &out, &cut, err);
	} else {
		const char *const args[] = { "diff-tree", "-r", "--raw", "-z",
			"--no-abbrev", "-M", s->from, s->to, NULL };

		rc = git_program_read(r, args, &out, &cut, err);
	}
	if (rc == 0 && cut)
		rc = error_set(err, ERR_TOO_LARGE, "too many changed files");
	if (rc != 0)
		return rc;
	if (s->from == NULL)
		take_listing(buf_str(&out), ret);
	else
		take_raw(buf_str(&out), ret);
	return 0;
}

/* --- merges ------------------------------------------------------------- */

/* The blob and mode of a path in a commit; false: not there. */
static bool
find_blob(struct repo *r, const char *commit, const char *path,
    unsigned *ret_mode, char ret_oid[REPO_OID_SIZE])
{
	CLEANUP(free_tree) git_tree *tree = NULL;
	CLEANUP(free_tree_entry) git_tree_entry *entry = NULL;

	if (r->g == NULL) {
		const char *const args[] = { "ls-tree", "-z", commit, "--",
			path, NULL };
		CLEANUP_BUF struct buf out = BUF_INIT(64 * KIB);
		struct repo_changes one = { .n = 0 };
		bool found;

		if (git_program_read(r, args, &out, NULL, NULL) != 0)
			return false;
		take_listing(buf_str(&out), &one);
		found = one.n == 1;
		if (found) {
			*ret_mode = one.items[0].mode;
			memcpy(ret_oid, one.items[0].oid, REPO_OID_SIZE);
		}
		repo_changes_release(&one);
		return found;
	}
	if (repo_tree(r, commit, &tree, NULL) != 0 ||
	    r->g->tree_entry_bypath(&entry, tree, path) != 0)
		return false;
	*ret_mode = (unsigned)r->g->tree_entry_filemode(entry);
	repo_hex(r, r->g->tree_entry_id(entry), ret_oid);
	return true;
}

/* Looks a change up in the further parents. False: one of them has the file
 * just so. */
static bool
compare_others(struct repo *r, const struct sides *s, struct repo_change *c)
{
	c->others = mem_alloc(s->n_others, sizeof(*c->others));
	for (size_t i = 0; i < s->n_others; i++) {
		char oid[REPO_OID_SIZE] = "";
		unsigned mode = 0;

		find_blob(r, s->others[i], c->path, &mode, oid);
		if (mode == c->mode && strcmp(oid, c->oid) == 0)
			return false;
		if (oid[0] != '\0')
			memcpy(c->others[c->n_others++], oid, sizeof(oid));
	}
	return true;
}

static void
keep_own_changes(struct repo *r, const struct sides *s,
    struct repo_changes *changes)
{
	size_t kept = 0;

	for (size_t i = 0; i < changes->n; i++) {
		struct repo_change *c = &changes->items[i];

		if (compare_others(r, s, c))
			changes->items[kept++] = *c;
		else
			repo_change_release(c);
	}
	changes->n = kept;
}

/* --- public ------------------------------------------------------------- */

/* libgit2 reads every tree of HEAD for what is staged; git itself keeps their
 * sums in the index, which is much quicker from some 20,000 files on. */
static bool
is_quicker_by_program(const struct repo *r, const struct sides *s)
{
	const char *named = getenv("GIT_INDEX_FILE");
	CLEANUP(free_ptr) char *path = named != NULL ? mem_strdup(named) :
	    file_join(r->gitdir, "index");
	struct stat st;

	return s->from != NULL && s->to == NULL && r->workdir != NULL &&
	    stat(path, &st) == 0 && (size_t)st.st_size > INDEX_LARGE;
}

static int
read_changes(struct repo *r, const struct sides *s, struct repo_changes *ret,
    struct error *err)
{
	if (r->g == NULL)
		return read_by_program(r, s, ret, err);
	/* Where git is missing or fails, it takes longer. */
	if (is_quicker_by_program(r, s) &&
	    read_by_program(r, s, ret, NULL) == 0)
		return 0;
	return read_by_libgit2(r, s, ret, err);
}

int
repo_changes_read(struct repo *r, const struct repo_changes_opts *opts,
    struct repo_changes *ret, struct error *err)
{
	CLEANUP(sides_release) struct sides s = { .from = NULL };
	CLEANUP_REPO_CHANGES struct repo_changes changes = { .n = 0 };
	int rc = find_sides(r, opts, &s, err);

	if (rc == 0)
		rc = read_changes(r, &s, &changes, err);
	if (rc != 0)
		return rc;
	if (s.n_others > 0)
		keep_own_changes(r, &s, &changes);
	*ret = changes;
	changes = (struct repo_changes){ .items = NULL };
	return 0;
}

int
repo_change_lines(struct repo *r, const struct repo_change *change,
    struct str before, struct str after, struct line_set *ret,
    struct error *err)
{
	CLEANUP_LINE_SET struct line_set lines = { .n = 0 };
	int rc = line_set_added(before, after, &lines, err);

	for (size_t i = 0; rc == 0 && i < change->n_others; i++) {
		CLEANUP_LINE_SET struct line_set other = { .n = 0 };
		CLEANUP_BUF struct buf text = BUF_INIT(BLOB_MAX);

		if (repo_blob_read(r, change->others[i], &text, NULL) != 0)
			continue;
		rc = line_set_added(buf_str(&text), after, &other, err);
		if (rc == 0)
			line_set_meet(&lines, &other);
	}
	if (rc != 0)
		return rc;
	*ret = lines;
	lines = (struct line_set){ .items = NULL };
	return 0;
}
