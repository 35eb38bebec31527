/* Names of changes to review; see review_target.h. */
#include "core/review_target.h"

#include "base/mem.h"
#include "git/program.h"

enum { NUMBER_MAX = 10 };

void
review_target_release(struct review_target *t)
{
	free(t->range);
	free(t->title);
	*t = (struct review_target){ .range = NULL };
}

/* One line of git's answer as a new string; NULL: git has none. */
static char *
ask_git(struct repo *r, const char *const *args)
{
	CLEANUP_BUF struct buf out = BUF_INIT(4 * KIB);
	struct str line;

	if (git_program_read(r, args, &out, NULL, NULL) != 0)
		return NULL;
	line = str_trim(buf_str(&out));
	return line.len == 0 ? NULL : str_dup(line);
}

/* The commit's hash. */
static char *
find_commit(struct repo *r, const char *name)
{
	CLEANUP(free_ptr) char *peeled = mem_printf("%s^{commit}", name);
	const char *args[] = { "rev-parse", "--verify", "--quiet",
		"--end-of-options", peeled, NULL };

	return ask_git(r, args);
}

/* --- names -------------------------------------------------------------- */

/* "#12", "12", "pull/12", "pull/12/head", "merge-requests/12": the number. */
static struct str
number_of(struct str given)
{
	static const char *const fronts[] = { "#", "!", "pull/", "pr/",
		"merge-requests/", "pull-requests/", "" };
	struct str s = given;
	int64_t n;

	for (size_t i = 0; i < ARRAY_LEN(fronts); i++)
		if (str_starts(s, str_from(fronts[i]))) {
			s = str_sub(s, strlen(fronts[i]), SIZE_MAX);
			break;
		}
	if (str_ends(s, STR("/head")))
		s.len -= strlen("/head");
	return s.len <= NUMBER_MAX && str_to_int(s, 1, INT32_MAX, &n) ?
	    s : STR_NONE;
}

/* Where forges keep pull requests, and where people fetch them to. */
static const char *const request_refs[] = {
	"refs/pull/%.*s/head",
	"refs/remotes/origin/pull/%.*s/head",
	"refs/remotes/upstream/pull/%.*s/head",
	"refs/remotes/origin/pull/%.*s",
	"refs/remotes/origin/pr/%.*s",
	"refs/remotes/upstream/pr/%.*s",
	"refs/merge-requests/%.*s/head",
	"refs/remotes/origin/merge-requests/%.*s/head",
	"refs/remotes/origin/merge-requests/%.*s",
	"refs/pull-requests/%.*s/from",
	"refs/heads/pr-%.*s",
	"refs/heads/pr/%.*s",
	"refs/heads/pull/%.*s",
};

static char *
put_number(const char *format, struct str number)
{
	struct str f = str_from(format);
	size_t at = str_find(f, STR("%.*s"), 0);

	return mem_printf("%.*s%.*s%s", (int)at, format, STR_ARG(number),
	    format + at + 4);
}

static char *
find_request(struct repo *r, struct str number, char **ret_ref)
{
	for (size_t i = 0; i < ARRAY_LEN(request_refs); i++) {
		CLEANUP(free_ptr) char *ref =
		    put_number(request_refs[i], number);
		char *commit = find_commit(r, ref);

		if (commit != NULL) {
			*ret_ref = steal(ref);
			return commit;
		}
	}
	return NULL;
}

/* The ref that a name stands for; NULL: it is a hash, HEAD~2 and the like. */
static char *
full_name(struct repo *r, const char *name)
{
	const char *args[] = { "rev-parse", "--verify", "--quiet",
		"--symbolic-full-name", "--end-of-options", name, NULL };
	char *full = strcmp(name, "HEAD") == 0 || strcmp(name, "@") == 0 ?
	    NULL : ask_git(r, args);

	if (full != NULL && !str_starts(str_from(full), STR("refs/"))) {
		free(full);
		return NULL;
	}
	return full;
}

/* A name as it is, or of a branch that only a remote has. */
static char *
find_named(struct repo *r, struct str given, char **ret_ref)
{
	static const char *const fronts[] = { "", "origin/", "upstream/" };

	for (size_t i = 0; i < ARRAY_LEN(fronts); i++) {
		CLEANUP(free_ptr) char *name = mem_printf("%s%.*s", fronts[i],
		    STR_ARG(given));
		char *commit = find_commit(r, name);

		if (commit != NULL) {
			*ret_ref = full_name(r, name);
			return commit;
		}
	}
	return NULL;
}

/* --- what it is compared with ------------------------------------------- */

static char *
find_base(struct repo *r, struct str base, const char *ref,
    const char **ret_name)
{
	static const char *const names[] = { "refs/remotes/origin/HEAD",
		"refs/remotes/upstream/HEAD", "refs/remotes/origin/main",
		"refs/remotes/origin/master", "refs/heads/main",
		"refs/heads/master", "refs/heads/trunk" };

	if (base.len > 0) {
		CLEANUP(free_ptr) char *given = str_dup(base);

		*ret_name = "its base";
		return find_commit(r, given);
	}
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		char *commit = strcmp(names[i], ref) == 0 ? NULL :
		    find_commit(r, names[i]);

		if (commit != NULL) {
			*ret_name = strchr(names[i] + 5, '/') + 1;
			return commit;
		}
	}
	return NULL;
}

/* Its hash; git knows it without having it. */
static char *
empty_tree(struct repo *r)
{
	static const char *const args[] = { "hash-object", "-t", "tree",
		"/dev/null", NULL };

	return ask_git(r, args);
}

static int
one_commit(struct repo *r, const char *commit, struct str given,
    struct review_target *ret, struct error *err)
{
	CLEANUP(free_ptr) char *name = mem_printf("%s^1", commit);
	CLEANUP(free_ptr) char *parent = find_commit(r, name);

	/* Of a first commit everything is new. */
	ret->from_nothing = parent == NULL;
	if (parent == NULL)
		parent = empty_tree(r);
	if (parent == NULL)
		return error_set(err, ERR_GIT,
		    "%.*s has nothing before it to compare with",
		    STR_ARG(given));
	ret->range = mem_printf("%s..%s", parent, commit);
	ret->title = mem_printf("commit %.10s", commit);
	return 0;
}

static int
beyond_base(struct repo *r, const char *commit, const char *ref,
    struct str given, struct str base_given, struct review_target *ret,
    struct error *err)
{
	const char *base_name = "";
	CLEANUP(free_ptr) char *base = find_base(r, base_given, ref,
	    &base_name);
	const char *args[] = { "merge-base", base, commit, NULL };
	CLEANUP(free_ptr) char *common = base == NULL ? NULL :
	    ask_git(r, args);

	if (base == NULL)
		return error_set(err, ERR_NOT_FOUND,
		    "cannot tell what %.*s is to be compared with; name it "
		    "with --base, or give a range A..B", STR_ARG(given));
	if (common == NULL)
		return error_set(err, ERR_NOT_FOUND,
		    "%.*s and %s have no commit in common", STR_ARG(given),
		    base_name);
	/* It was merged: its last commit is what is left to look at. */
	if (strcmp(common, commit) == 0)
		return one_commit(r, commit, given, ret, err);
	ret->range = mem_printf("%s..%s", common, commit);
	ret->title = mem_printf("%.*s beyond %.*s", STR_ARG(given),
	    base_given.len > 0 ? (int)base_given.len : (int)strlen(base_name),
	    base_given.len > 0 ? base_given.ptr : base_name);
	return 0;
}

int
review_target_find(struct repo *r, struct str given, struct str base,
    struct review_target *ret, struct error *err)
{
	CLEANUP(free_ptr) char *ref = NULL;
	CLEANUP(free_ptr) char *commit = NULL;
	struct str number = number_of(given);

	if (!repo_revision_valid(given) ||
	    (base.len > 0 && !repo_revision_valid(base)))
		return error_set(err, ERR_INVALID, "\"%.*s\" is no revision",
		    (int)(given.len > 80 ? 80 : given.len), given.ptr);
	if (str_find(given, STR(".."), 0) != SIZE_MAX) {
		ret->range = str_dup(given);
		ret->title = str_dup(given);
		return 0;
	}
	if (number.len > 0)
		commit = find_request(r, number, &ref);
	if (commit == NULL)
		commit = find_named(r, given, &ref);
	if (commit == NULL && number.len > 0)
		return error_set(err, ERR_NOT_FOUND,
		    "pull request %.*s is not here; fetch it first: git fetch "
		    "origin pull/%.*s/head:refs/pull/%.*s/head",
		    STR_ARG(number), STR_ARG(number), STR_ARG(number));
	if (commit == NULL)
		return error_set(err, ERR_NOT_FOUND,
		    "there is no revision \"%.*s\" here", STR_ARG(given));
	return ref == NULL ? one_commit(r, commit, given, ret, err) :
			     beyond_base(r, commit, ref, given, base, ret, err);
}
