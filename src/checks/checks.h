/* The checks of a commit that need no model: what is staged (or what a commit,
 * a range or the whole index holds) is read from git's objects and judged by
 * the rows of check_table.h. Neither the working tree nor the index is looked
 * at or changed, but for checks_fix().
 *
 *	checks_run(&opts, &report, err);
 *	… report.findings …
 *	check_report_release(&report);
 *
 * Thread: any; the repository is used by this call alone meanwhile. */
#ifndef FRIDAY_CHECKS_CHECKS_H
#define FRIDAY_CHECKS_CHECKS_H

#include "base/cancel.h"
#include "base/units.h"
#include "checks/check_config.h"
#include "checks/finding.h"
#include "git/repo_changes.h"

/* A file that is in no repository. */
struct check_text {
	const char *path;
	struct str before, after;
	unsigned old_mode, mode; /* as git's; 0: it is not there */
	bool same; /* in the commit, but not changed by it: before counts */
};

struct check_opts {
	struct repo *repo;
	/* Judged instead of the repository, which may then be NULL. */
	const struct check_text *texts;
	size_t n_texts;
	/* What is judged; see repo_changes.h. */
	enum repo_changes_what what;
	struct str revision;
	/* Only these files, and what is below these folders: relative to the
	 * top, literal. */
	const char *const *paths;
	size_t n_paths; /* 0: all */
	const struct check_config *config;
	bool no_baseline;    /* findings that are known are told too */
	size_t findings_max; /* kept; more are counted */
	size_t bytes_max;    /* of one file; larger ones are not read */
	int timeout_ms;	     /* for all; what is left over is said in notes */
	struct cancel *cancel;
};

#define CHECK_OPTS_INIT                                                       \
	((struct check_opts){ .findings_max = 1000, .bytes_max = 4 * MIB,     \
	    .timeout_ms = 30000 })

/* Why findings are not shown. */
enum check_skip_reason {
	CHECK_SKIP_ASKED,    /* FRIDAY_SKIP: the check did not run at all */
	CHECK_SKIP_MARK,     /* "friday:allow" beside it */
	CHECK_SKIP_BASELINE, /* known before */
	CHECK_SKIP_ALLOWED,  /* a path or a pattern of the configuration */
	CHECK_SKIP_REASONS
};

/* "asked", "mark", "baseline", "allowed". */
const char *check_skip_name(enum check_skip_reason reason);

enum { CHECK_SKIP_PLACES = 20 };

/* One row for each code and reason; to be told and recorded. */
struct check_skip {
	const struct check_row *row;
	enum check_skip_reason reason;
	size_t count; /* findings; 0 for CHECK_SKIP_ASKED */
	/* The first ones: "path:line", and the words behind the mark. */
	size_t n_places;
	char *places[CHECK_SKIP_PLACES];
};

struct check_report {
	struct findings findings; /* in order of their places */
	struct check_skip *skips;
	size_t n_skips, cap_skips;
	size_t files, lines; /* judged; lines: added ones */
	/* Sentences on what was not looked at (time, size, unknown names in
	 * FRIDAY_SKIP); may be empty. */
	char **notes;
	size_t n_notes, cap_notes;
};

/* *ret is initialised; release it. Errors: repo_changes_read()'s,
 * ERR_CANCELLED. A file that cannot be read is a note. */
int checks_run(const struct check_opts *opts, struct check_report *ret,
    struct error *err);
void check_report_release(struct check_report *r);
#define CLEANUP_CHECK_REPORT CLEANUP(check_report_release)

/* A file whose text could be made right. */
struct check_fix {
	char *path;
	unsigned mode;
	struct buf before, after; /* as it is staged; as it should be */
};

struct check_fixes {
	struct check_fix *items;
	size_t n, cap;
};

/* What can be fixed safely (check_row.fixable); changes nothing. *ret is
 * initialised; release it. Errors: as checks_run(). */
int checks_fix(const struct check_opts *opts, struct check_fixes *ret,
    struct error *err);
void check_fixes_release(struct check_fixes *f);
#define CLEANUP_CHECK_FIXES CLEANUP(check_fixes_release)

/* Writes members into the object that is open: "findings", "errors",
 * "warnings", "notes_found" (numbers), "dropped", "files", "lines", "skipped"
 * ([{code,reason,count,places}]) and "notes". */
void check_report_write_json(const struct check_report *r,
    struct json_writer *w);

#endif
