/* The line at the bottom: the facts in the order of their worth, as many as
 * fit. Thread: the screen's. */
#ifndef FRIDAY_TUI_STATUS_LINE_H
#define FRIDAY_TUI_STATUS_LINE_H

#include "base/str.h"
#include "tui/facts.h"
#include "tui/terminal/surface.h"

struct status_line {
	const struct facts *facts;
	struct str hints;   /* keys of the top view; empty: none is open */
	struct str reading; /* transcript_status(); empty */
	int64_t now_ms;	    /* clock_now_ms(): for the running time */
};

/* Draws into the first row of r. While facts->running the text changes once a
 * second, else only with the facts. */
void status_line_draw(const struct status_line *l, struct surface *s,
    struct rect r);
/* Milliseconds until the running time shows another second; -1: nothing that
 * moves is shown. */
int status_line_wait_ms(const struct facts *facts, int64_t now_ms);

#endif
