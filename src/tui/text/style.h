/* How text looks, by meaning: a role from the theme, perhaps on another role's
 * ground, and attributes. Only the painter turns it into colours. */
#ifndef FRIDAY_TUI_TEXT_STYLE_H
#define FRIDAY_TUI_TEXT_STYLE_H

#include <stdint.h>

/* X(enumerator, name in theme files, role it falls back to). The grounds are
 * used as background only. docs/themes.md says what each is for. */
#define STYLE_ROLE_TABLE(X)                                                   \
	X(ROLE_TEXT, "text", ROLE_TEXT)                                       \
	X(ROLE_BACKGROUND, "background", ROLE_BACKGROUND)                     \
	X(ROLE_MUTED, "muted", ROLE_TEXT)                                     \
	X(ROLE_ACCENT, "accent", ROLE_TEXT)                                   \
	X(ROLE_BORDER, "border", ROLE_MUTED)                                  \
	X(ROLE_SELECTION, "selection", ROLE_BACKGROUND) /* ground */          \
	X(ROLE_MATCH, "match", ROLE_SELECTION) /* ground: search hits */      \
	X(ROLE_PANEL, "panel", ROLE_BACKGROUND) /* ground: popups, input */   \
	X(ROLE_USER, "user", ROLE_ACCENT)                                     \
	X(ROLE_ASSISTANT, "assistant", ROLE_TEXT)                             \
	X(ROLE_TOOL, "tool", ROLE_ACCENT)                                     \
	X(ROLE_REASONING, "reasoning", ROLE_MUTED)                            \
	X(ROLE_HEADING, "heading", ROLE_ACCENT)                               \
	X(ROLE_LINK, "link", ROLE_ACCENT)                                     \
	X(ROLE_CODE, "code", ROLE_TEXT)                                       \
	X(ROLE_QUOTE, "quote", ROLE_MUTED)                                    \
	X(ROLE_ADDED, "added", ROLE_TEXT)                                     \
	X(ROLE_REMOVED, "removed", ROLE_TEXT)                                 \
	X(ROLE_CHANGED, "changed", ROLE_TEXT)                                 \
	X(ROLE_ADDED_LINE, "added_line", ROLE_BACKGROUND) /* ground */        \
	X(ROLE_REMOVED_LINE, "removed_line", ROLE_BACKGROUND) /* ground */    \
	X(ROLE_ADDED_WORD, "added_word", ROLE_ADDED_LINE) /* ground */        \
	X(ROLE_REMOVED_WORD, "removed_word", ROLE_REMOVED_LINE) /* ground */  \
	X(ROLE_SUCCESS, "success", ROLE_TEXT)                                 \
	X(ROLE_WARNING, "warning", ROLE_TEXT)                                 \
	X(ROLE_ERROR, "error", ROLE_TEXT)                                     \
	X(ROLE_KEYWORD, "keyword", ROLE_TEXT)                                 \
	X(ROLE_STRING, "string", ROLE_TEXT)                                   \
	X(ROLE_NUMBER, "number", ROLE_TEXT)                                   \
	X(ROLE_COMMENT, "comment", ROLE_MUTED)                                \
	X(ROLE_FUNCTION, "function", ROLE_TEXT)                               \
	X(ROLE_TYPE, "type", ROLE_TEXT)                                       \
	X(ROLE_CONSTANT, "constant", ROLE_TEXT)                               \
	X(ROLE_VARIABLE, "variable", ROLE_TEXT)                               \
	X(ROLE_OPERATOR, "operator", ROLE_TEXT)                               \
	X(ROLE_PUNCTUATION, "punctuation", ROLE_TEXT)                         \
	X(ROLE_MODE_PLAN, "mode_plan", ROLE_ACCENT)                           \
	X(ROLE_MODE_ASK, "mode_ask", ROLE_MUTED)                              \
	X(ROLE_MODE_EDIT, "mode_edit", ROLE_SUCCESS)                          \
	X(ROLE_MODE_AUTO, "mode_auto", ROLE_WARNING)

enum style_role {
#define X(enumerator, name, fallback) enumerator,
	STYLE_ROLE_TABLE(X)
#undef X
	ROLE_COUNT
};

enum style_flags {
	STYLE_BOLD = 1,
	STYLE_ITALIC = 2,
	STYLE_UNDERLINE = 4,
	STYLE_STRIKE = 8,
	STYLE_REVERSE = 16,
	STYLE_DIM = 32,
};

struct style {
	uint8_t role;	/* enum style_role: foreground */
	uint8_t ground; /* enum style_role: background; 0 (ROLE_TEXT): that of
			 * what is already there */
	uint16_t flags; /* enum style_flags */
};

#define STYLE(role_) ((struct style){ .role = (role_) })
#define STYLE_ON(role_, ground_)                                              \
	((struct style){ .role = (role_), .ground = (ground_) })
#define STYLE_FLAGS(role_, flags_)                                            \
	((struct style){ .role = (role_), .flags = (flags_) })

#endif
