/* A run of the checks from inside: what it was asked, what it has read of the
 * change, and what it found. Of this room only; the families see check.h.
 *
 * Life cycle: check_run_begin(), …, check_run_release() also after a failure.
 */
#ifndef FRIDAY_CHECKS_CHECK_RUN_H
#define FRIDAY_CHECKS_CHECK_RUN_H

#include "base/map.h"
#include "base/monitor.h"
#include "checks/baseline.h"
#include "checks/families.h"

struct queue;

/* Bytes of text in one commit: about a second of one processor. */
#define PARSED_MAX (4 * MIB)

struct check_run {
	const struct check_opts *opts;
	struct check_report *report;
	struct repo_changes changes;
	struct map *by_path; /* struct repo_change of `changes` */
	struct repo_listing *listing; /* of the commit; when asked for */
	bool listing_tried;
	struct baseline *baseline; /* NULL: none */
	int64_t deadline_ms;
	struct queue *files;   /* read, to be judged; NULL: no threads */
	struct monitor result; /* guards the report and what follows */
	size_t parsed_bytes, unparsed_files;
};

/* With `opts` and `report` set. Errors: repo_changes_read()'s. */
int check_run_begin(struct check_run *run, struct error *err);
void check_run_release(struct check_run *run);
/* A file of the change; release it also after a failure. Thread: the one that
 * began. */
int check_run_load(struct check_run *run, const struct repo_change *change,
    struct check_file *ret, struct error *err);
/* The row of the report for what is let through; made if it is not there. The
 * report must not be used by others meanwhile. */
struct check_skip *check_run_skip(struct check_report *report,
    const struct check_row *row, enum check_skip_reason reason);

#endif
