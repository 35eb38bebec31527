/* Showing one object; see repo_show.h. */
#include "git/repo_show.h"

#include "base/clock.h"
#include "base/mem.h"
#include "git/commit_text.h"
#include "git/diff_sink.h"
#include "git/program.h"

#define PATHS_MAX 100

static void
print_header(const struct repo_commit *c, unsigned parents, struct buf *out)
{
	char when[CLOCK_ISO_SIZE];
	struct str rest = c->message, line;

	clock_iso(c->time_s * 1000, when);
	buf_printf(out, "commit %s%s\nAuthor: %.*s <%.*s>\nDate:   %s\n\n",
	    c->hash, parents > 1 ? " (a merge; diff to its first parent)" : "",
	    STR_ARG(c->author), STR_ARG(c->email), when);
	while (str_next_line(&rest, &line))
		buf_printf(out, "    %.*s\n", STR_ARG(line));
	buf_add_char(out, '\n');
}

static int
show_commit(struct repo *r, git_commit *commit, const char *const *paths,
    size_t n_paths, struct buf *out, bool *ret_cut, struct error *err)
{
	struct repo_diff_opts opts = REPO_DIFF_OPTS_INIT;
	struct diff_sink sink = { .out = out, .repo = r };
	CLEANUP(free_tree) git_tree *tree = NULL, *parent_tree = NULL;
	CLEANUP(free_commit) git_commit *parent = NULL;
	CLEANUP(free_diff) git_diff *diff = NULL;
	char *pathspec[PATHS_MAX];
	git_diff_options options;
	struct commit_text text;
	int rc = r->g->commit_tree(&tree, commit);

	commit_text_init(&text, r, commit);
	print_header(&text.commit, r->g->commit_parentcount(commit), out);
	if (rc == 0 && r->g->commit_parentcount(commit) > 0)
		rc = r->g->commit_parent(&parent, commit, 0);
	if (rc == 0 && parent != NULL)
		rc = r->g->commit_tree(&parent_tree, parent);
	opts.paths = paths;
	opts.n_paths = n_paths;
	diff_sink_options(&options, r, &opts, pathspec);
	if (rc == 0)
		rc = r->g->diff_tree_to_tree(&diff, r->git2, parent_tree, tree,
		    &options);
	if (rc != 0)
		return git2_error(r->g, rc, err, "git show");
	rc = diff_sink_print(&sink, r, diff, err);
	diff_sink_end(&sink);
	*ret_cut = sink.stat.cut;
	return rc;
}

static void
show_tree(struct repo *r, git_tree *tree, struct buf *out, bool *ret_cut)
{
	for (size_t i = 0; i < r->g->tree_entrycount(tree); i++) {
		const git_tree_entry *e = r->g->tree_entry_byindex(tree, i);
		const char *name = r->g->tree_entry_name(e);

		if (out->max - out->len < strlen(name) + 2) {
			*ret_cut = true;
			return;
		}
		buf_printf(out, "%s%s\n", name,
		    r->g->tree_entry_type(e) == GIT_OBJECT_TREE ? "/" : "");
	}
}

static void
show_blob(struct repo *r, git_blob *blob, struct buf *out, bool *ret_cut)
{
	size_t size = (size_t)r->g->blob_rawsize(blob);
	size_t room = out->max - out->len;

	*ret_cut = size > room;
	buf_add(out, r->g->blob_rawcontent(blob), size > room ? room : size);
}

static int
show_by_libgit2(struct repo *r, const char *revision,
    const char *const *paths, size_t n_paths, struct buf *out, bool *ret_cut,
    struct error *err)
{
	CLEANUP(free_object) git_object *object = NULL;
	CLEANUP(free_object) git_object *commit = NULL;
	int rc = r->g->revparse_single(&object, r->git2, revision);
	git_object_t type;

	if (rc != 0)
		return git2_error(r->g, rc, err, revision);
	type = r->g->object_type(object);
	if (type == GIT_OBJECT_TREE) {
		show_tree(r, (git_tree *)object, out, ret_cut);
		return 0;
	}
	if (type == GIT_OBJECT_BLOB && r->deny != NULL &&
	    strchr(revision, ':') == NULL)
		return error_set(err, ERR_INVALID,
		    "%s is a file's content without its name: give "
		    "COMMIT:path", revision);
	if (type == GIT_OBJECT_BLOB) {
		show_blob(r, (git_blob *)object, out, ret_cut);
		return 0;
	}
	rc = r->g->object_peel(&commit, object, GIT_OBJECT_COMMIT);
	if (rc != 0)
		return git2_error(r->g, rc, err, revision);
	return show_commit(r, (git_commit *)commit, paths, n_paths, out,
	    ret_cut, err);
}

static int
show_by_program(struct repo *r, const char *revision,
    const char *const *paths, size_t n_paths, struct buf *out, bool *ret_cut,
    struct error *err)
{
	struct diff_sink sink = { .out = out, .repo = r };
	CLEANUP_BUF struct buf text = BUF_INIT(out->max);
	/* Without a path only a commit: a file's name says what is withheld. */
	CLEANUP(free_ptr) char *commit = mem_printf("%s^{commit}", revision);
	const char *args[PATHS_MAX + 16];
	bool in_hunk = false;
	size_t n = 0, at = 0;
	int rc;

	args[n++] = "show";
	args[n++] = "--no-ext-diff";
	args[n++] = "--no-textconv";
	args[n++] = "--no-color";
	args[n++] = "--no-show-signature";
	args[n++] = "--no-notes";
	args[n++] = "--first-parent";
	args[n++] = "-m";
	args[n++] = "--submodule=short";
	args[n++] = r->deny != NULL && strchr(revision, ':') == NULL ?
	    commit : revision;
	args[n++] = "--";
	for (size_t i = 0; i < n_paths; i++)
		args[n++] = paths[i][0] != '\0' ? paths[i] : ".";
	args[n] = NULL;
	if (strchr(revision, ':') != NULL)
		return git_program_read(r, args, out, ret_cut, err);
	rc = git_program_read(r, args, &text, ret_cut, err);
	while (rc == 0 && at < text.len) {
		size_t end = str_find_char(buf_str(&text), '\n', at);
		size_t next = end == SIZE_MAX ? text.len : end + 1;

		diff_sink_program_line(&sink,
		    str_sub(buf_str(&text), at, next - at), &in_hunk);
		at = next;
	}
	diff_sink_end(&sink);
	*ret_cut |= sink.stat.cut;
	return rc;
}

int
repo_show(struct repo *r, struct str revision, const char *const *paths,
    size_t n_paths, struct buf *out, bool *ret_cut, struct error *err)
{
	CLEANUP(free_ptr) char *name = str_dup(revision);
	size_t at;

	/* A name behind "HEAD:" may hold blanks. */
	if (!repo_revision_valid(str_sub(revision, 0,
		str_find_char(revision, ':', 1))) ||
	    str_find_char(revision, '\0', 0) != SIZE_MAX)
		return error_set(err, ERR_INVALID, "\"%.80s\" is no revision",
		    name);
	if (n_paths > PATHS_MAX)
		return error_set(err, ERR_INVALID, "more than %d paths",
		    PATHS_MAX);
	*ret_cut = false;
	at = str_find_char(revision, ':', 0);
	if (at != SIZE_MAX &&
	    repo_withholds(r, str_sub(revision, at + 1, SIZE_MAX)))
		return error_set(err, ERR_PATH_DENIED,
		    "%s is on the deny list: its content is neither read nor "
		    "sent, in no version", name + at + 1);
	return r->g != NULL ?
	    show_by_libgit2(r, name, paths, n_paths, out, ret_cut, err) :
	    show_by_program(r, name, paths, n_paths, out, ret_cut, err);
}
