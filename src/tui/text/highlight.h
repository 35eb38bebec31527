/* Colours of source text by tree-sitter (room syntax). The work has a time
 * limit and is meant for the worker thread (app_work()); grammars are loaded
 * there when first needed. */
#ifndef FRIDAY_TUI_TEXT_HIGHLIGHT_H
#define FRIDAY_TUI_TEXT_HIGHLIGHT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* Fills roles[0..code.len) with enum style_role. `language`: a fence's word
 * ("c", "py", "tsx") or a file name. False: unknown language, too long
 * (HIGHLIGHT_MAX bytes), or out of time: then roles are untouched.
 * Thread: any. */
#define HIGHLIGHT_MAX (512 * 1024)
bool highlight(struct str language, struct str code, int timeout_ms,
    uint8_t *roles);

#endif
