/* What a family of checks is made of: rows, and functions that look at one
 * file or at the whole change. Of this room only. A new family is a file
 * check_*.c and a line in check_table.c. */
#ifndef FRIDAY_CHECKS_CHECK_H
#define FRIDAY_CHECKS_CHECK_H

#include "checks/check_file.h"
#include "checks/check_table.h"
#include "checks/checks.h"
#include "git/repo_listing.h"

struct check_run;

struct check_family {
	const struct check_row *rows;
	size_t n_rows;
	/* For each file of the change, gone ones too; NULL: none. */
	void (*file)(struct check_run *run, struct check_file *file);
	/* Once, before the files; NULL: none. */
	void (*whole)(struct check_run *run);
	/* Appends the file's text without what the fixable rows would find in
	 * its added lines. False: nothing to do. NULL: no safe way. */
	bool (*fix)(struct check_run *run, struct check_file *file,
	    struct buf *out);
};

/* Whether anybody wants to know: neither off nor skipped. */
bool check_is_on(const struct check_run *run, const struct check_row *row);
/* A finding in a file's line; line 0: in the file as a whole. Only for lines
 * that the change adds: the caller looks. Marks, allow-lists and the baseline
 * are looked at here. */
void check_report(struct check_run *run, const struct check_row *row,
    struct check_file *file, uint32_t line, uint32_t column,
    const char *format, ...) __attribute__((format(printf, 6, 7)));
/* The same for a path whose file is not at hand. */
void check_report_path(struct check_run *run, const struct check_row *row,
    struct str path, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Whether a finding there would be let through by a mark or the
 * configuration: then it is not to be fixed either. */
bool check_lets_through(const struct check_run *run,
    const struct check_row *row, struct check_file *file, uint32_t line);
/* Whether a text of so many bytes may still be parsed whole: a commit of
 * thousands of new files would take too long. What is refused is told. */
bool check_may_parse(struct check_run *run, size_t bytes);
void check_note(struct check_run *run, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The change as a whole. */
const struct repo_changes *check_changes(const struct check_run *run);
/* The change of a path; NULL: it is not changed. */
const struct repo_change *check_change_of(const struct check_run *run,
    struct str path);
/* All files of the commit: those of the index, or of the commit's tree. NULL:
 * could not be read. Like the rest below, only for check_family.whole. */
const struct repo_listing *check_listing(struct check_run *run);
/* Appends a file's text as the commit has it. False: not there, too large. */
bool check_text_of(struct check_run *run, struct str path, struct buf *out);
bool check_blob(struct check_run *run, const char *oid, struct buf *out);
const struct check_config *check_config_of(const struct check_run *run);

#endif
