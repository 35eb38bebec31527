/* The log's view of what happened: model calls, tool calls, faults and the
 * ends of runs, a line each. Content stays in the store: a line says what kind
 * of thing happened, how long it took, what it cost and how it ended. */
#ifndef FRIDAY_CORE_JOURNAL_H
#define FRIDAY_CORE_JOURNAL_H

#include "event/event.h"

/* Called for each event when it has been stored. Thread: the store's writer. */
void journal_note(const struct event *ev);

#endif
