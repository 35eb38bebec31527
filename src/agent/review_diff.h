/* A unified diff, as git prints it, in a form that can be asked: which files,
 * which lines of the new side, which of them were added. The counts in the
 * hunks' headers decide where a hunk ends, so that lines of a file that look
 * like headers are what they are: lines of a file.
 *
 * Everything borrows from the diff's text. */
#ifndef FRIDAY_AGENT_REVIEW_DIFF_H
#define FRIDAY_AGENT_REVIEW_DIFF_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

struct review_hunk {
	uint32_t old_start, old_lines, new_start, new_lines;
	struct str heading; /* behind the second @@ */
	struct str body;    /* its lines, each with its sign */
};

struct review_file {
	char *path;	/* of the new side; of the old one when it is deleted */
	char *old_path; /* NULL: the same, or there was none */
	bool added, deleted, binary;
	struct review_hunk *hunks;
	size_t n_hunks, cap_hunks;
	size_t insertions, deletions;
};

struct review_diff {
	struct review_file *files;
	size_t n, cap;
	size_t insertions, deletions;
	bool cut; /* more files or hunks than the limits take */
};

enum { REVIEW_FILES_MAX = 5000, REVIEW_HUNKS_MAX = 20000 };

/* Never fails: what is not understood is left out. *ret is initialised. */
void review_diff_parse(struct str text, struct review_diff *ret);
void review_diff_release(struct review_diff *d);
#define CLEANUP_REVIEW_DIFF CLEANUP(review_diff_release)

/* NULL: the diff has no such file. */
const struct review_file *review_diff_file(const struct review_diff *d,
    struct str path);
/* Whether the diff shows this line (from 1) of the new side. */
bool review_file_shows(const struct review_file *f, uint32_t line);

/* A line of a hunk as it is walked. */
struct review_line {
	char sign;     /* ' ', '+' or '-' */
	/* Of the new and of the old side, from 1; of '-' and of '+': where it
	 * would be on the side that does not have it. */
	uint32_t line, old_line;
	struct str text; /* without sign and line end */
};

struct review_walk {
	struct str rest;
	uint32_t next, next_old;
};

void review_walk_begin(struct review_walk *w, const struct review_hunk *h);
bool review_walk_next(struct review_walk *w, struct review_line *ret);

/* Appends the hunks with the numbers of the new side in front of their lines:
 * what a model can name a line by. */
void review_file_print(const struct review_file *f, struct buf *out);

#endif
