/* What changed inside a line: two lines, compared by words. */
#ifndef FRIDAY_TUI_TEXT_DIFF_WORDS_H
#define FRIDAY_TUI_TEXT_DIFF_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/* Sets changed bytes in old_grounds[0..old.len) to old_mark, in new_grounds to
 * new_mark; the others stay as they are. False, and nothing is set, when the
 * lines have too little in common, or are too long. *budget: steps that may
 * still be spent, by all calls. */
bool diff_words(struct str old, struct str new, uint8_t *old_grounds,
    uint8_t old_mark, uint8_t *new_grounds, uint8_t new_mark, size_t *budget);

#endif
