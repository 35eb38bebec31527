/* Programs that take text on their standard input and keep a child in the
 * background: clipboard tools hold the selection for as long as somebody may
 * paste it, so they must outlive the call (base/proc.h would end them). */
#ifndef FRIDAY_TUI_TERMINAL_TOOLS_H
#define FRIDAY_TUI_TERMINAL_TOOLS_H

#include <stdbool.h>

#include "base/str.h"

/* Runs argv ([0] on PATH) with `text` as its input and waits at most
 * timeout_ms for it to end; its children may stay. True: exit status 0.
 * Thread: any but the screen's. */
bool tools_feed(const char *const *argv, struct str text, int timeout_ms);

#endif
