/* Steps through text that is being edited: characters as people see them
 * (grapheme clusters), words, lines. Offsets are bytes and always stand between
 * characters.
 *
 * A chip is one character that stands for something larger: a long paste, an
 * image (chips.h). It is a private-use code point, so that moving, deleting,
 * undo and the kill ring treat it as the one thing it is; edit_filter() keeps
 * such code points out of text from outside. */
#ifndef FRIDAY_TUI_COMPOSER_EDIT_TEXT_H
#define FRIDAY_TUI_COMPOSER_EDIT_TEXT_H

#include <stdbool.h>

#include "base/buf.h"

enum {
	CHIP_FIRST = 0x100000, /* code point of chip 0 */
	CHIP_LAST = 0x1003ff,
	CHIP_BYTES = 4, /* UTF-8 length of a chip */
};

/* The chip at byte `at`, or -1. */
int edit_chip_at(struct str text, size_t at);
/* Ends of the characters at and before `at`; the text's ends at its ends. */
size_t edit_next(struct str text, size_t at);
size_t edit_before(struct str text, size_t at);
/* The line around `at`, without its line feed. */
size_t edit_line_start(struct str text, size_t at);
size_t edit_line_end(struct str text, size_t at);

enum edit_class { EDIT_BLANK, EDIT_WORD, EDIT_PUNCTUATION };
/* Class of the character at `at`; EDIT_BLANK at the end of the text. */
enum edit_class edit_class_at(struct str text, size_t at);
/* As emacs moves: over what is no word, then over the word. */
size_t edit_word_left(struct str text, size_t at);
size_t edit_word_right(struct str text, size_t at);

/* Appends text from outside: control characters are made visible, line ends
 * become \n, chips become U+FFFD. */
void edit_filter(struct str text, struct buf *out);

#endif
