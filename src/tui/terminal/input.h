/* Bytes from the terminal as keys, pastes, mouse, focus and answers to our
 * questions. Sequences may arrive in any pieces; unknown ones vanish, none is
 * ever text. Understands xterm, rxvt, Linux console, SS3 and CSI forms,
 * modifyOtherKeys, the kitty keyboard protocol, SGR mouse, bracketed paste,
 * focus reports, DA1, DECRPM, OSC 10/11 colour answers and XTVERSION.
 *
 * An Escape alone is told from the start of a sequence by time: input_timeout()
 * says how long to wait, input_expired() ends it. */
#ifndef FRIDAY_TUI_TERMINAL_INPUT_H
#define FRIDAY_TUI_TERMINAL_INPUT_H

#include "base/buf.h"
#include "tui/terminal/key.h"

enum input_kind {
	INPUT_KEY, INPUT_PASTE, INPUT_MOUSE, INPUT_FOCUS,
	INPUT_MODE,	  /* DECRPM: mode, setting */
	INPUT_COLOR,	  /* OSC 10 (foreground) or 11 (background) */
	INPUT_ATTRIBUTES, /* DA1: the terminal has answered all before it */
	INPUT_KITTY,	  /* CSI ? flags u */
	INPUT_NAME,	  /* XTVERSION: text */
};

struct input_event {
	enum input_kind kind;
	struct key key;
	struct mouse mouse;
	struct str text;    /* paste (whole, line ends are \n), name */
	bool cut;	    /* the paste was longer than INPUT_PASTE_MAX */
	bool focused;
	int mode, setting;  /* DECRPM: 1 set, 2 reset, 0 unknown, … */
	uint32_t rgb;	    /* 0xRRGGBB */
	struct str raw;	    /* the bytes it came from, for /keymap debug;
			     * empty for a paste */
};

#define INPUT_PASTE_MAX (8 * 1024 * 1024)
#define INPUT_ESCAPE_MS 25

struct input;

/* on_event: the event and its text live during the call. */
struct input *input_create(void (*on_event)(const struct input_event *ev,
    void *ctx), void *ctx);
void input_destroy(struct input *in);
/* Keys that terminfo knows under other bytes: the terminal's own. */
void input_learn(struct input *in, struct str bytes, const struct key *key);
void input_feed(struct input *in, struct str bytes);
/* Milliseconds until input_expired() must be called; -1: not at all. */
int input_timeout(const struct input *in);
void input_expired(struct input *in);

#endif
