/* Actions of the input that change or walk the text: a row each. */
#ifndef FRIDAY_TUI_COMPOSER_EDIT_KEYS_H
#define FRIDAY_TUI_COMPOSER_EDIT_KEYS_H

#include "tui/composer/edit_buffer.h"
#include "tui/composer/kill_ring.h"
#include "tui/keymap.h"

/* False: it is no such action. */
bool edit_action(struct edit *e, struct kill_ring *ring, enum action action);

#endif
