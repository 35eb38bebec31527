/* The thread for work that would hold up the screen: highlighting, files. It
 * starts with the first job.
 *
 * Thread: the screen's. */
#ifndef FRIDAY_TUI_WORKER_H
#define FRIDAY_TUI_WORKER_H

#include "tui/app.h"
#include "tui/mail.h"

struct worker;

struct worker *worker_create(struct mail *mail);
/* Waits for the job that is being done. Jobs that never ran are given back
 * with the mail too (their owner is NULL). */
void worker_destroy(struct worker *w);
/* False: too many wait. */
bool worker_add(struct worker *w, struct app_job *job);
void worker_forget(struct worker *w, const void *owner);

#endif
