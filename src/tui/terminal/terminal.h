/* The terminal: its modes, what it can do, its size, and bytes to it that
 * never block. Every mode that is set is undone on every way out: leave,
 * suspend, exit, fatal signals.
 *
 * Thread: the screen's; terminal_rescue() from a signal handler. */
#ifndef FRIDAY_TUI_TERMINAL_TERMINAL_H
#define FRIDAY_TUI_TERMINAL_TERMINAL_H

#include <stdbool.h>

#include "base/error.h"
#include "base/str.h"

struct input_event;
struct terminal;
struct terminfo;

struct terminal_traits {
	int colors;	    /* 0 (NO_COLOR), 8, 16, 256 or 0x1000000 */
	bool utf8;	    /* the locale's characters are UTF-8 */
	bool synchronized;  /* mode 2026 was answered */
	bool kitty_keys;    /* kitty keyboard protocol is on */
	bool links;	    /* OSC 8 is known not to be printed */
	bool multiplexed;   /* in tmux, screen or zellij */
	bool remote;	    /* over ssh or mosh */
	int background;	    /* 0xRRGGBB; -1: not answered */
};

/* Finds and opens it; changes nothing of it yet. Errors: ERR_UNSUPPORTED (no
 * terminal, TERM unknown), ERR_IO. */
int terminal_create(struct terminal **ret, struct error *err);
/* Gives it back as it was. */
void terminal_destroy(struct terminal *t);
/* Takes over the user's locale, for the process, before the first thread is
 * started. Until then `utf8` is what its name promises. Returns whether that
 * was wrong. */
bool terminal_set_locale(struct terminal *t);
/* Takes it: raw mode, alternate screen, paste, focus. Questions to it are
 * sent, never waited for; the first time all but raw mode goes out with the
 * next bytes that are written. */
void terminal_enter(struct terminal *t);
/* For a while: $EDITOR, Ctrl+Z. */
void terminal_leave(struct terminal *t);

int terminal_fd(const struct terminal *t); /* for poll() and read() */
const struct terminfo *terminal_terminfo(const struct terminal *t);
/* What the terminal said: traits change, modes that it has are set. */
void terminal_answer(struct terminal *t, const struct input_event *ev);
const struct terminal_traits *terminal_traits(const struct terminal *t);
/* What it calls itself (XTVERSION); "": it did not say. */
const char *terminal_name(const struct terminal *t);
void terminal_size(const struct terminal *t, int *ret_rows, int *ret_cols);
void terminal_mouse(struct terminal *t, bool on);
/* Bytes for the terminal, sent as it takes them. */
void terminal_write(struct terminal *t, struct str bytes);
/* Whether bytes wait: the next frame waits too. */
bool terminal_is_behind(const struct terminal *t);
/* Sends what it takes now. False: the terminal is gone. */
bool terminal_flush(struct terminal *t);
/* Async-signal-safe: puts the terminal back, for handlers of fatal signals. */
void terminal_rescue(void);

#endif
