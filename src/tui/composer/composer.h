/* The input: the text being written, its history, completion and the messages
 * that wait. The draft is kept in the session's state as one types, so that it
 * survives a crash.
 *
 * Thread: the screen's. */
#ifndef FRIDAY_TUI_COMPOSER_COMPOSER_H
#define FRIDAY_TUI_COMPOSER_COMPOSER_H

#include "base/json.h"
#include "tui/keymap.h"
#include "tui/terminal/key.h"
#include "tui/terminal/surface.h"

struct app;
struct composer;

struct composer *composer_create(struct app *app);
void composer_destroy(struct composer *c);
/* Another session: its draft, this folder's history. */
void composer_open(struct composer *c, const char *session);

/* Rows it wants at this width, with the completion list and the queue; at most
 * `most`. */
int composer_rows(struct composer *c, int cols, int most);
/* Draws and places the hardware cursor at the caret. */
void composer_draw(struct composer *c, struct surface *s, struct rect r);
enum keymap_context composer_context(const struct composer *c);
/* True: taken. Text, editing, completion, submit, queue, history. */
bool composer_key(struct composer *c, const struct key *key,
    enum action action);
void composer_paste(struct composer *c, struct str text);
bool composer_mouse(struct composer *c, const struct mouse *mouse, int row,
    int col);
void composer_event(struct composer *c, const struct json *event);

bool composer_is_empty(const struct composer *c);
/* The text with placeholders opened; lives until the next change. */
struct str composer_text(struct composer *c);
void composer_set(struct composer *c, struct str text);
void composer_insert(struct composer *c, struct str text);
/* Clears; the text goes to the history, so that it can be taken back. */
void composer_clear(struct composer *c);

/* Vi's keys: the option ui.vi, /vim. */
bool composer_vi(const struct composer *c);
void composer_set_vi(struct composer *c, bool on);
/* Goes into the waiting messages; false: none waits. */
bool composer_open_queue(struct composer *c);

#endif
