/* What the user did, as the input decoder reports it: the same for every
 * terminal and protocol. */
#ifndef FRIDAY_TUI_TERMINAL_KEY_H
#define FRIDAY_TUI_TERMINAL_KEY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum key_mods {
	MOD_SHIFT = 1, /* only where it is told apart: never for letters */
	MOD_ALT = 2,
	MOD_CTRL = 4,
	MOD_SUPER = 8,
};

/* Keys that are no character; above Unicode. X(enumerator, name in keymap
 * files). Ctrl+letter is the lower-case letter with MOD_CTRL. */
#define KEY_SYMBOL_TABLE(X)                                                   \
	X(SYM_ENTER, "enter")                                                 \
	X(SYM_TAB, "tab") /* Shift+Tab: MOD_SHIFT */                          \
	X(SYM_BACKSPACE, "backspace")                                         \
	X(SYM_ESCAPE, "escape")                                               \
	X(SYM_UP, "up")                                                       \
	X(SYM_DOWN, "down")                                                   \
	X(SYM_LEFT, "left")                                                   \
	X(SYM_RIGHT, "right")                                                 \
	X(SYM_HOME, "home")                                                   \
	X(SYM_END, "end")                                                     \
	X(SYM_PAGE_UP, "pageup")                                              \
	X(SYM_PAGE_DOWN, "pagedown")                                          \
	X(SYM_INSERT, "insert")                                               \
	X(SYM_DELETE, "delete")                                               \
	X(SYM_F1, "f1") X(SYM_F2, "f2") X(SYM_F3, "f3") X(SYM_F4, "f4")       \
	X(SYM_F5, "f5") X(SYM_F6, "f6") X(SYM_F7, "f7") X(SYM_F8, "f8")       \
	X(SYM_F9, "f9") X(SYM_F10, "f10") X(SYM_F11, "f11") X(SYM_F12, "f12")

enum key_symbol {
	SYM_NONE = 0x110000,
#define X(enumerator, name) enumerator,
	KEY_SYMBOL_TABLE(X)
#undef X
	SYM_END_OF_TABLE
};

struct key {
	uint32_t code;	/* Unicode scalar value, or enum key_symbol */
	unsigned mods;	/* enum key_mods */
};

enum mouse_action {
	MOUSE_PRESS, MOUSE_RELEASE, MOUSE_DRAG, MOUSE_WHEEL_UP,
	MOUSE_WHEEL_DOWN,
};

struct mouse {
	enum mouse_action action;
	int button;   /* 1 left, 2 middle, 3 right; 0 none */
	unsigned mods;
	int row, col; /* cell, from 0 */
};

/* Whether it puts a character into text: printable, neither Ctrl nor Alt. */
bool key_is_text(const struct key *key);
/* The one form that a key is reported in, whatever said it: Shift+a is 'A',
 * Ctrl+A is ctrl with 'a', Alt+Shift+a is alt with 'A'. */
struct key key_normal(struct key key);
/* "ctrl+shift+a", "alt+enter", "é": as keymap files write it. */
void key_print(const struct key *key, char out[48]);
/* The way back. False: no such key. */
bool key_parse(struct str name, struct key *ret);

#endif
