/* What reviewers get to see of a change: its diff, with the definitions around
 * each hunk, and what the index knows of who uses them and which tests there
 * are; within a budget. What does not fit is left out, and told. */
#ifndef FRIDAY_AGENT_REVIEW_MATERIAL_H
#define FRIDAY_AGENT_REVIEW_MATERIAL_H

#include "agent/review_diff.h"
#include "git/repo_diff.h"

struct asker;
struct code_index;
struct deny_list;

struct review_material {
	struct buf diff_text;
	struct review_diff diff;
	/* The same change with whole files as context, where they are not too
	 * large; filled by review_material_widen(). */
	struct buf wide_text;
	struct review_diff wide;
	bool cut; /* git's output was too long: the last files are missing */
};

/* Reads the change. *ret is initialised; release it. Errors:
 * repo_diff_read()'s. */
int review_material_read(struct repo *r, enum repo_diff_what what,
    struct str range, struct review_material *ret, struct error *err);
void review_material_release(struct review_material *m);
#define CLEANUP_REVIEW_MATERIAL CLEANUP(review_material_release)

/* Reads the changed files as they are after the change. What fails is left
 * out: the diff alone will do. */
void review_material_widen(struct review_material *m, struct repo *r,
    enum repo_diff_what what, struct str range);
/* Whether there is nothing in it that somebody wrote by hand: lock files,
 * copies of others' code, pictures. */
bool review_material_is_minor(const struct review_material *m);
/* Appends a changed file's text after the change. False: not known. */
bool review_material_text(const struct review_material *m, struct str path,
    struct buf *out);

struct review_context {
	struct asker *asker; /* replaces secrets, file by file */
	/* Both may be NULL. An index that is not there, or fails, is no
	 * error: the diff counts. */
	struct code_index *index;
	struct deny_list *deny; /* of the index' root */
	int64_t tokens;		/* for all of it */
};

/* Appends the text; *ret_left_out is how many files of the diff are not in it.
 * Their names, and of those that are in it but for their end, go to `names`,
 * one a line. Errors: out's. */
int review_material_write(const struct review_material *m,
    const struct review_context *c, struct buf *out, size_t *ret_left_out,
    struct buf *names, struct error *err);

/* A definition that the change touches. */
struct review_name {
	const char *name;
	const char *path; /* of the file that it is in */
	bool removed;	  /* the file does not define it any more */
};

/* The review's own part of it: what the index knows of these. Appends at most
 * `max` bytes. */
void review_related_write(const struct review_context *c,
    const struct review_name *names, size_t n_names,
    const struct review_diff *diff, size_t max, struct buf *out);

#endif
