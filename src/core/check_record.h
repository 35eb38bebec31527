/* What the checks let through, on record: action "check.skip". */
#ifndef FRIDAY_CORE_CHECK_RECORD_H
#define FRIDAY_CORE_CHECK_RECORD_H

#include "checks/checks.h"
#include "core/host.h"

/* All of a report. Nothing is let through that cannot be recorded: look at the
 * result. */
int check_record_skips(struct friday *f, const struct repo *repo,
    const struct check_report *report, struct error *err);
/* One code that somebody asked to skip and that is no check's: a rule of
 * messages, a whole hook, the review. */
int check_record_asked(struct friday *f, struct str code, struct error *err);
/* Whether FRIDAY_SKIP may have this code, although no check has it. */
bool check_record_knows(struct str code);

#endif
