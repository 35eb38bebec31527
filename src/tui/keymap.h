/* Which key does what: one table of actions, three presets and the user's own
 * file over it (keymap.json in the configuration folder). Help, hints and the
 * command palette come from the same rows. */
#ifndef FRIDAY_TUI_KEYMAP_H
#define FRIDAY_TUI_KEYMAP_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "tui/terminal/key.h"

/* Where an action counts; a key may mean different things in each. */
enum keymap_context {
	CONTEXT_GLOBAL,	    /* everywhere, after the others */
	CONTEXT_INPUT,	    /* the prompt, insert mode */
	CONTEXT_VI,	    /* the prompt, vi normal mode */
	CONTEXT_COMPLETION, /* the list over the prompt is open */
	CONTEXT_SCROLL,	    /* reading the transcript, pages */
	CONTEXT_LIST,	    /* pickers, menus */
	CONTEXT_APPROVAL,   /* the approval box */
	CONTEXT_FORM,	    /* ask_user, settings being edited */
	CONTEXT_COUNT
};

/* X(enumerator, context, name in files, meaning). The keys are in keymap.c.
 * Append freely; names are stable. */
#define ACTION_TABLE(X)                                                       \
	X(ACTION_INTERRUPT, GLOBAL, "interrupt", "stop the run")              \
	X(ACTION_CLEAR_OR_QUIT, GLOBAL, "clear-or-quit",                      \
	    "clear the input, stop, then quit")                               \
	X(ACTION_QUIT, GLOBAL, "quit", "quit, when the input is empty")       \
	X(ACTION_REDRAW, GLOBAL, "redraw", "paint everything again")          \
	X(ACTION_SUSPEND, GLOBAL, "suspend", "put friday in the background")  \
	X(ACTION_MODE_CYCLE, GLOBAL, "mode-cycle", "next mode")               \
	X(ACTION_TRANSCRIPT, GLOBAL, "transcript",                            \
	    "read the whole transcript, all details")                         \
	X(ACTION_PALETTE, GLOBAL, "palette", "command palette")               \
	X(ACTION_HELP, GLOBAL, "help", "keys and commands")                   \
	X(ACTION_PANEL, GLOBAL, "panel", "side panel on or off")              \
	X(ACTION_MODEL, GLOBAL, "model", "choose a model")                    \
	X(ACTION_EFFORT_LESS, GLOBAL, "effort-less", "less effort")           \
	X(ACTION_EFFORT_MORE, GLOBAL, "effort-more", "more effort")           \
	X(ACTION_REWIND, GLOBAL, "rewind", "go back to an earlier message")   \
	X(ACTION_BACKGROUND, GLOBAL, "background",                            \
	    "let the running command go on in the background")                \
	X(ACTION_MOUSE, GLOBAL, "mouse", "mouse on or off")                   \
	X(ACTION_SCROLL_UP, GLOBAL, "scroll-up", "a page up")                 \
	X(ACTION_SCROLL_DOWN, GLOBAL, "scroll-down", "a page down")           \
	X(ACTION_SUBMIT, INPUT, "submit", "send; while a run goes on: steer") \
	X(ACTION_QUEUE, INPUT, "queue", "send when the run has ended")        \
	X(ACTION_NEWLINE, INPUT, "newline", "a new line")                     \
	X(ACTION_EDITOR, INPUT, "editor", "write in $EDITOR")                 \
	X(ACTION_HISTORY_SEARCH, INPUT, "history-search", "search history")   \
	X(ACTION_EDIT_QUEUED, INPUT, "edit-queued",                           \
	    "take the last waiting message back")                             \
	X(ACTION_PASTE_IMAGE, INPUT, "paste-image",                           \
	    "paste an image, or text, from the clipboard")                    \
	X(ACTION_OPEN_PASTE, INPUT, "open-paste",                             \
	    "show the pasted text at the caret")                              \
	X(ACTION_LEFT, INPUT, "left", "a character left")                     \
	X(ACTION_RIGHT, INPUT, "right", "a character right")                  \
	X(ACTION_UP, INPUT, "up", "a line up, or earlier history")            \
	X(ACTION_DOWN, INPUT, "down", "a line down, or later history")        \
	X(ACTION_WORD_LEFT, INPUT, "word-left", "a word left")                \
	X(ACTION_WORD_RIGHT, INPUT, "word-right", "a word right")             \
	X(ACTION_LINE_START, INPUT, "line-start", "start of the line")        \
	X(ACTION_LINE_END, INPUT, "line-end", "end of the line")              \
	X(ACTION_TEXT_START, INPUT, "text-start", "start of the text")        \
	X(ACTION_TEXT_END, INPUT, "text-end", "end of the text")              \
	X(ACTION_DELETE_LEFT, INPUT, "delete-left", "delete to the left")     \
	X(ACTION_DELETE_RIGHT, INPUT, "delete-right", "delete to the right")  \
	X(ACTION_KILL_WORD_LEFT, INPUT, "kill-word-left",                     \
	    "cut the word to the left")                                       \
	X(ACTION_KILL_WORD_RIGHT, INPUT, "kill-word-right",                   \
	    "cut the word to the right")                                      \
	X(ACTION_KILL_LINE_LEFT, INPUT, "kill-line-left",                     \
	    "cut to the start of the line")                                   \
	X(ACTION_KILL_LINE_RIGHT, INPUT, "kill-line-right",                   \
	    "cut to the end of the line")                                     \
	X(ACTION_YANK, INPUT, "yank", "put back what was cut")                \
	X(ACTION_YANK_POP, INPUT, "yank-pop", "put back what was cut before") \
	X(ACTION_TRANSPOSE, INPUT, "transpose", "swap two characters")        \
	X(ACTION_UNDO, INPUT, "undo", "undo typing")                          \
	X(ACTION_REDO, INPUT, "redo", "redo typing")                          \
	X(ACTION_COMPLETE_NEXT, COMPLETION, "complete-next", "next")          \
	X(ACTION_COMPLETE_PREVIOUS, COMPLETION, "complete-previous",          \
	    "previous")                                                       \
	X(ACTION_COMPLETE_TAKE, COMPLETION, "complete-take", "take it")       \
	X(ACTION_COMPLETE_CLOSE, COMPLETION, "complete-close", "close")       \
	X(ACTION_LINE_UP, SCROLL, "line-up", "a line up")                     \
	X(ACTION_LINE_DOWN, SCROLL, "line-down", "a line down")               \
	X(ACTION_PAGE_UP, SCROLL, "page-up", "a page up")                     \
	X(ACTION_PAGE_DOWN, SCROLL, "page-down", "a page down")               \
	X(ACTION_HALF_UP, SCROLL, "half-up", "half a page up")                \
	X(ACTION_HALF_DOWN, SCROLL, "half-down", "half a page down")          \
	X(ACTION_TOP, SCROLL, "top", "to the beginning")                      \
	X(ACTION_BOTTOM, SCROLL, "bottom", "to the end")                      \
	X(ACTION_BLOCK_PREVIOUS, SCROLL, "block-previous", "block before")    \
	X(ACTION_BLOCK_NEXT, SCROLL, "block-next", "next block")              \
	X(ACTION_OPEN, SCROLL, "open", "open or close the block")             \
	X(ACTION_SEARCH, SCROLL, "search", "search")                          \
	X(ACTION_SEARCH_NEXT, SCROLL, "search-next", "next hit")              \
	X(ACTION_SEARCH_PREVIOUS, SCROLL, "search-previous", "hit before")    \
	X(ACTION_SELECT, SCROLL, "select", "start or end a selection")        \
	X(ACTION_COPY, SCROLL, "copy", "copy the selection or the block")     \
	X(ACTION_LEAVE, SCROLL, "leave", "back")                              \
	X(ACTION_ITEM_UP, LIST, "item-up", "up")                              \
	X(ACTION_ITEM_DOWN, LIST, "item-down", "down")                        \
	X(ACTION_ITEM_PAGE_UP, LIST, "item-page-up", "a page up")             \
	X(ACTION_ITEM_PAGE_DOWN, LIST, "item-page-down", "a page down")       \
	X(ACTION_ITEM_FIRST, LIST, "item-first", "first")                     \
	X(ACTION_ITEM_LAST, LIST, "item-last", "last")                        \
	X(ACTION_ITEM_TAKE, LIST, "item-take", "choose")                      \
	X(ACTION_ITEM_MARK, LIST, "item-mark", "mark")                        \
	X(ACTION_LIST_CLOSE, LIST, "list-close", "close")                     \
	X(ACTION_APPROVE_ONCE, APPROVAL, "approve-once", "yes, once")         \
	X(ACTION_APPROVE_SESSION, APPROVAL, "approve-session",                \
	    "yes, for this session")                                          \
	X(ACTION_APPROVE_ALWAYS, APPROVAL, "approve-always",                  \
	    "yes, always this rule")                                          \
	X(ACTION_REFUSE, APPROVAL, "refuse", "no")                            \
	X(ACTION_REFUSE_REASON, APPROVAL, "refuse-reason",                    \
	    "no, and say why")                                                \
	X(ACTION_APPROVAL_EDIT, APPROVAL, "approval-edit", "edit the rule")   \
	X(ACTION_APPROVAL_UP, APPROVAL, "approval-up", "up")                  \
	X(ACTION_APPROVAL_DOWN, APPROVAL, "approval-down", "down")            \
	X(ACTION_APPROVAL_PAGE_UP, APPROVAL, "approval-page-up",              \
	    "scroll up")                                                      \
	X(ACTION_APPROVAL_PAGE_DOWN, APPROVAL, "approval-page-down",          \
	    "scroll down")                                                    \
	X(ACTION_APPROVAL_TAKE, APPROVAL, "approval-take",                    \
	    "what is chosen")                                                 \
	X(ACTION_FORM_NEXT, FORM, "form-next", "next field")                  \
	X(ACTION_FORM_PREVIOUS, FORM, "form-previous", "field before")        \
	X(ACTION_FORM_SEND, FORM, "form-send", "send")                        \
	X(ACTION_FORM_CANCEL, FORM, "form-cancel", "cancel")

enum action {
	ACTION_NONE,
#define X(enumerator, context, name, meaning) enumerator,
	ACTION_TABLE(X)
#undef X
	ACTION_COUNT
};

struct action_row {
	enum keymap_context context;
	const char *name, *meaning;
};

extern const struct action_row action_table[ACTION_COUNT]; /* by action */

/* Two keys in a row are the longest: ctrl+x ctrl+e. */
struct key_chord {
	struct key keys[2];
	int count;
};

enum { KEY_CHORD_TEXT = 100 };
/* "ctrl+x e" and back. False: no such key. */
bool key_chord_parse(struct str text, struct key_chord *ret);
void key_chord_print(const struct key_chord *chord, char out[KEY_CHORD_TEXT]);

const char *keymap_context_name(enum keymap_context context);
/* ACTION_NONE: there is none of that name. */
enum action action_by_name(struct str name);

struct keymap;

/* preset: "friday" (NULL), "codex", "claude" or "opencode". Errors:
 * ERR_CONFIG_INVALID. */
int keymap_create(const char *preset, struct keymap **ret,
    struct error *err);
void keymap_destroy(struct keymap *m);
/* The user's file: {"preset":"claude","keys":{"input":{"ctrl+s":"submit",
 * "ctrl+x ctrl+e":"editor","ctrl+k":null}}}; without a preset, that of m. A
 * bad file changes nothing.
 * Errors: ERR_CONFIG_SYNTAX, ERR_CONFIG_INVALID, with the line. */
int keymap_read(struct keymap *m, struct str json_text, struct error *err);

const char *keymap_preset(const struct keymap *m);
/* The preset's keys alone, without those of the user's file. */
int keymap_set_preset(struct keymap *m, const char *preset,
    struct error *err);

enum keymap_result { KEYMAP_NONE, KEYMAP_ACTION, KEYMAP_MORE };
/* Looks the chord up in the context (completion and vi: then in the input),
 * then in CONTEXT_GLOBAL. KEYMAP_MORE: it begins a longer one. */
enum keymap_result keymap_find(const struct keymap *m,
    enum keymap_context context, const struct key_chord *chord,
    enum action *ret);
/* The first key of an action, "Ctrl+R", for hints; "" when it has none. */
void keymap_hint(const struct keymap *m, enum action action, char out[64]);
/* All keys of an action, for help; returns how many were written. */
size_t keymap_keys(const struct keymap *m, enum action action,
    struct key_chord *ret, size_t max);
/* Every key, for /keymap; own: from the user's file. */
typedef void keymap_walk_fn(enum keymap_context context,
    const struct key_chord *chord, enum action action, bool own, void *ctx);
void keymap_walk(const struct keymap *m, keymap_walk_fn *fn, void *ctx);
/* Appends a line for each key of the user's file that hides another one. */
void keymap_conflicts(const struct keymap *m, struct buf *out);

#endif
