/* The lines of a diff; see diff_sink.h. */
#include "git/diff_sink.h"

#include "base/mem.h"

/* Larger files are shown as binary: nobody reads such a diff. */
#define FILE_MAX (8 * MIB)

/* Whole lines or nothing. */
static void
add(struct diff_sink *s, struct str origin, struct str text)
{
	size_t room = s->out->max - s->out->len;

	if (s->stat.cut)
		return;
	if (origin.len > room || text.len > room - origin.len) {
		s->stat.cut = true;
		return;
	}
	buf_add_str(s->out, origin);
	buf_add_str(s->out, text);
}

static void
finish_file(struct diff_sink *s)
{
	CLEANUP_BUF struct buf line = BUF_INIT(8 * KIB);

	if (s->path == NULL)
		return;
	if (s->stat_only) {
		if (s->binary)
			buf_printf(&line, "%s (binary)\n", s->path);
		else
			buf_printf(&line, "%s +%zu -%zu\n", s->path,
			    s->insertions, s->deletions);
		add(s, STR_NONE, buf_str(&line));
	}
	free(s->path);
	s->path = NULL;
}

void
diff_sink_file(struct diff_sink *s, const char *path, const char *old_path)
{
	finish_file(s);
	s->withheld = s->repo != NULL &&
	    (repo_withholds(s->repo, str_from(path)) ||
		repo_withholds(s->repo, str_from(old_path)));
	s->path = mem_strdup(path);
	s->insertions = s->deletions = 0;
	s->binary = false;
	s->stat.files++;
}

void
diff_sink_line(struct diff_sink *s, char origin, struct str text)
{
	s->binary |= origin == 'B';
	s->insertions += origin == '+';
	s->stat.insertions += origin == '+';
	s->deletions += origin == '-';
	s->stat.deletions += origin == '-';
	if (s->stat_only)
		return;
	if (s->withheld && origin != 'F') {
		if (origin == 'H')
			add(s, STR_NONE, STR("[on the deny list: content "
					     "withheld]\n"));
		return;
	}
	if (origin == '+' || origin == '-' || origin == ' ')
		add(s, str_make(&origin, 1), text);
	else
		add(s, STR_NONE, text);
}

/* The path in "+++ b/x", "--- a/x"; the name in a header may be quoted, which
 * is left so. */
void
diff_sink_program_line(struct diff_sink *s, struct str line, bool *in_hunk)
{
	CLEANUP(free_ptr) char *name = NULL;
	CLEANUP(free_ptr) char *old = NULL;
	struct str text = str_trim_end(line);
	bool header = false;
	size_t at;

	if (!*in_hunk || line.len == 0 ||
	    strchr("+- \\", line.ptr[0]) == NULL) {
		*in_hunk = str_starts(line, STR("@@ "));
		header = *in_hunk;
	}
	if (str_starts(line, STR("diff --git "))) {
		at = str_find(text, STR(" b/"), 0);
		name = str_dup(str_sub(text, at == SIZE_MAX ? 11 : at + 3,
		    SIZE_MAX));
		old = str_dup(str_sub(text, 13,
		    at == SIZE_MAX || at < 13 ? 0 : at - 13));
		diff_sink_file(s, name, old);
	}
	if (str_starts(line, STR("Binary files ")))
		diff_sink_line(s, 'B', line);
	else if (*in_hunk && line.len > 0 && strchr("+- ", line.ptr[0]))
		diff_sink_line(s, line.ptr[0], str_sub(line, 1, SIZE_MAX));
	else
		diff_sink_line(s, header ? 'H' : 'F', line);
}

void
diff_sink_end(struct diff_sink *s)
{
	finish_file(s);
}

struct print_ctx {
	struct diff_sink *sink;
	const struct repo *repo;
};

static int
take_line(const git_diff_delta *delta, const git_diff_hunk *hunk,
    const git_diff_line *line, void *payload)
{
	struct print_ctx *ctx = payload;

	if (cancel_raised(ctx->repo->cancel))
		return GIT_EUSER;
	if (line->origin == GIT_DIFF_LINE_FILE_HDR)
		diff_sink_file(ctx->sink,
		    delta->status == GIT_DELTA_DELETED ?
			delta->old_file.path :
			delta->new_file.path,
		    delta->old_file.path);
	diff_sink_line(ctx->sink, line->origin,
	    str_make(line->content, line->content_len));
	return 0;
}

int
diff_sink_print(struct diff_sink *s, const struct repo *r, git_diff *diff,
    struct error *err)
{
	git_diff_find_options find = { .version = GIT_DIFF_FIND_OPTIONS_VERSION,
		.flags = GIT_DIFF_FIND_RENAMES, .rename_limit = 400 };
	struct print_ctx ctx = { s, r };
	int rc = r->g->diff_find_similar(diff, &find);

	if (rc == 0)
		rc = r->g->diff_print(diff, GIT_DIFF_FORMAT_PATCH, take_line,
		    &ctx);
	if (rc != 0 && cancel_raised(r->cancel))
		return cancel_check(r->cancel, err);
	return rc == 0 ? 0 : git2_error(r->g, rc, err, "git diff");
}

static int
stop_if_cancelled(const git_diff *diff, const char *old_path,
    const char *new_path, void *payload)
{
	/* Not 1: libgit2 1.5 takes only negative values as an end. */
	return cancel_raised(payload) ? GIT_EUSER : 0;
}

void
diff_sink_options(git_diff_options *o, const struct repo *r,
    const struct repo_diff_opts *opts, char **paths)
{
	*o = (git_diff_options){ .version = GIT_DIFF_OPTIONS_VERSION,
		.flags = GIT_DIFF_INCLUDE_TYPECHANGE |
		    GIT_DIFF_DISABLE_PATHSPEC_MATCH,
		.ignore_submodules = GIT_SUBMODULE_IGNORE_DIRTY,
		.context_lines = opts->context,
		.max_size = FILE_MAX,
		.progress_cb = stop_if_cancelled,
		.payload = r->cancel,
		.pathspec = { paths, opts->n_paths } };
	for (size_t i = 0; i < opts->n_paths; i++) {
		paths[i] = (char *)(uintptr_t)opts->paths[i];
		if (paths[i][0] == '\0') /* the top: everything */
			o->pathspec.count = 0;
	}
}
