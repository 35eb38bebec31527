/* One line of text that is being edited: a filter, a name, a reason. Thread:
 * the screen's. */
#ifndef FRIDAY_TUI_VIEW_FIELD_H
#define FRIDAY_TUI_VIEW_FIELD_H

#include <stdbool.h>

#include "base/buf.h"
#include "tui/terminal/key.h"
#include "tui/terminal/surface.h"

#define FIELD_MAX (16 * KIB) /* bytes; what would go over is not taken */

struct field {
	struct buf text;
	size_t caret; /* offset, between clusters */
};

#define FIELD_INIT ((struct field){ .text = { .max = FIELD_MAX } })

void field_release(struct field *f);
/* The caret goes behind the text. Line feeds become blanks. */
void field_set(struct field *f, struct str text);
void field_insert(struct field *f, struct str text);
/* Takes text and the usual keys of a line (arrows, Home, End, Ctrl+A E B F U K
 * W H D, Delete). False: not one of them. */
bool field_key(struct field *f, const struct key *key);
struct str field_text(const struct field *f);
/* Draws the part around the caret; `focused` puts the cursor there. While it
 * is empty, `ghost` is shown. */
void field_draw(const struct field *f, struct surface *s, struct rect r,
    struct str ghost, bool focused);

#endif
