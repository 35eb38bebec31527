/* Blame; see repo_blame.h. The format is git blame --line-porcelain: a line
 * "HASH ORIGINAL FINAL [COUNT]", lines of "key value", then a tab and the
 * text. */
#include "git/repo_blame.h"

#include "base/mem.h"
#include "git/program.h"

#define OUTPUT_MAX (64 * MIB)

static void
parse_header(struct str line, struct repo_blame_line *b)
{
	struct str field, rest = line;
	int64_t n;

	*b = (struct repo_blame_line){ .line = 0 };
	str_next_field(&rest, ' ', &b->hash);
	if (str_next_field(&rest, ' ', &field) &&
	    str_to_int(field, 1, INT32_MAX, &n))
		b->origin_line = (size_t)n;
	if (str_next_field(&rest, ' ', &field) &&
	    str_to_int(field, 1, INT32_MAX, &n))
		b->line = (size_t)n;
}

int
repo_blame_read(struct repo *r, const struct repo_blame_opts *opts,
    void (*on_line)(const struct repo_blame_line *line, void *ctx), void *ctx,
    struct error *err)
{
	CLEANUP(free_ptr) char *revision = NULL;
	CLEANUP(free_ptr) char *lines = NULL;
	CLEANUP_BUF struct buf out = BUF_INIT(OUTPUT_MAX);
	struct repo_blame_line b = { .line = 0 };
	const char *args[10] = { "blame", "--line-porcelain",
		"--no-textconv" };
	struct str rest, line, value;
	bool header = true;
	size_t n = 3;
	int rc;

	if (opts->first > 0) {
		lines = opts->last >= opts->first ?
		    mem_printf("-L%zu,%zu", opts->first, opts->last) :
		    mem_printf("-L%zu,", opts->first);
		args[n++] = lines;
	}
	if (opts->revision.len > 0) {
		if (!repo_revision_valid(opts->revision))
			return error_set(err, ERR_INVALID,
			    "\"%.*s\" is no revision", STR_ARG(opts->revision));
		revision = str_dup(opts->revision);
		args[n++] = revision;
	}
	args[n++] = "--";
	args[n++] = opts->path;
	args[n] = NULL;
	rc = git_program_read(r, args, &out, NULL, err);
	rest = buf_str(&out);
	while (rc == 0 && str_next_line(&rest, &line)) {
		if (header) {
			parse_header(line, &b);
			header = false;
		} else if (line.len > 0 && line.ptr[0] == '\t') {
			b.text = str_sub(line, 1, SIZE_MAX);
			on_line(&b, ctx);
			header = true;
		} else if (git_value(line, STR("author-time "), &value)) {
			str_to_int(value, REPO_TIME_MIN, REPO_TIME_MAX,
			    &b.time_s);
		} else if (!git_value(line, STR("author "), &b.author) &&
		    !git_value(line, STR("filename "), &b.origin_path)) {
			git_value(line, STR("summary "), &b.summary);
		}
	}
	return rc;
}
