/* The transcript: what was said and done, as blocks that are laid out when
 * they come into sight. Fed by events; the part that is far away is dropped
 * and read again from the store (operation `transcript`) when one scrolls
 * there, so that a session of any length costs the same memory.
 *
 * Thread: the screen's. */
#ifndef FRIDAY_TUI_TRANSCRIPT_TRANSCRIPT_H
#define FRIDAY_TUI_TRANSCRIPT_TRANSCRIPT_H

#include "base/json.h"
#include "tui/keymap.h"
#include "tui/terminal/key.h"
#include "tui/terminal/surface.h"

struct app;
struct transcript;

struct transcript *transcript_create(struct app *app);
void transcript_destroy(struct transcript *t);
/* Shows another session from its end on. */
void transcript_open(struct transcript *t, const char *session,
    int64_t last_seq);
/* The next event of the session, in order. */
void transcript_event(struct transcript *t, const struct json *event);
/* A line of friday's own that is not in the store: a greeting, help. */
void transcript_note(struct transcript *t, struct str markdown);

void transcript_draw(struct transcript *t, struct surface *s, struct rect r);
/* The last of so many rows is blank, but for a mark: something that goes again
 * may stand there, and the text does not move for it. */
bool transcript_has_foot(const struct transcript *t, int rows);
/* While one reads (scrolled up, or Ctrl+O): keys of CONTEXT_SCROLL. */
bool transcript_key(struct transcript *t, const struct key *key,
    enum action action);
bool transcript_mouse(struct transcript *t, const struct mouse *mouse,
    int row, int col);
/* lines < 0: towards the beginning. */
void transcript_scroll(struct transcript *t, int lines);
/* Reading mode: search, selection, copy; `all`: all details open. */
void transcript_read(struct transcript *t, bool all);
bool transcript_is_reading(const struct transcript *t);
/* The last drawing found nothing to show but the choice of a mode or model,
 * and nothing is on its way from the store. */
bool transcript_is_empty(const struct transcript *t);
/* The session holds something that one may want to go on with; true also while
 * that is not known. */
bool transcript_has_talk(const struct transcript *t);
/* Whether the end is in sight: new text then moves the view. */
bool transcript_at_end(const struct transcript *t);
/* Theme or grammars changed: everything is laid out again. */
void transcript_relayout(struct transcript *t);
/* Source of the last answer, for /copy and for leaving; "" when none. */
struct str transcript_last_answer(const struct transcript *t);
/* What the status line says about it: "search: foo 3/17", "selecting"; "".
 * Lives until the next call. */
const char *transcript_status(struct transcript *t);
/* While one reads, the hardware cursor is the transcript's: at the prompt of
 * the search, or hidden. */
void transcript_place_cursor(const struct transcript *t, struct surface *s);
/* A button is down since a press in the transcript: what the mouse does is
 * for it, wherever it is by now. */
bool transcript_is_dragging(const struct transcript *t);

#endif
