/* What one whole control sequence from the terminal means. The decoder
 * (input.h) finds where a sequence ends; this says what it is.
 *
 * Each fills *ev and returns true, or returns false for a sequence that means
 * nothing to us. `body` is without the introducer (ESC [, ESC O, …). */
#ifndef FRIDAY_TUI_TERMINAL_SEQUENCE_H
#define FRIDAY_TUI_TERMINAL_SEQUENCE_H

#include "tui/terminal/input.h"

/* body ends in the final byte; the three bytes of an X10 mouse report and the
 * letter of the Linux console's "[A" belong to it. */
bool sequence_csi(struct str body, struct input_event *ev);
bool sequence_ss3(struct str body, struct input_event *ev);
/* kind: ']' OSC, 'P' DCS; body without the terminator. */
bool sequence_string(char kind, struct str body, struct input_event *ev);

#endif
