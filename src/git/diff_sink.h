/* Where the lines of a diff go, for git's own files: into a buffer until that
 * is full, or into a line of numbers for each file. */
#ifndef FRIDAY_GIT_DIFF_SINK_H
#define FRIDAY_GIT_DIFF_SINK_H

#include "git/repo_diff.h"
#include "git/repository_private.h"

struct diff_sink {
	struct buf *out;
	struct repo_diff_stat stat;
	bool stat_only;
	const struct repo *repo; /* says what is withheld; NULL: nothing */
	bool withheld; /* the file that lines come for */
	char *path; /* of the file that lines come for */
	size_t insertions, deletions; /* of that file */
	bool binary;
};

/* A file begins. old_path: before it was renamed; may be the same. */
void diff_sink_file(struct diff_sink *s, const char *path,
    const char *old_path);
/* origin: '+', '-', ' ' (of the file), 'B' (binary), else a header. `text` is
 * without the origin and with its line feed. */
void diff_sink_line(struct diff_sink *s, char origin, struct str text);
/* A line of git's own output, with its line feed. *in_hunk is false at first.
 */
void diff_sink_program_line(struct diff_sink *s, struct str line,
    bool *in_hunk);
/* After the last line. */
void diff_sink_end(struct diff_sink *s);

/* Prints a libgit2 diff into the sink. Consumes nothing. */
int diff_sink_print(struct diff_sink *s, const struct repo *r,
    git_diff *diff, struct error *err);
/* What both diffs and shows set. `paths` lives as long as the options. */
void diff_sink_options(git_diff_options *o, const struct repo *r,
    const struct repo_diff_opts *opts, char **paths);

#endif
