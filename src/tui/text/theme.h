/* Themes: what colours the roles of style.h have. JSON files in themes/ and in
 * the user's configuration folder; docs/themes.md describes them. */
#ifndef FRIDAY_TUI_TEXT_THEME_H
#define FRIDAY_TUI_TEXT_THEME_H

#include "base/error.h"
#include "base/str.h"
#include "tui/text/style.h"

enum theme_color_kind { COLOR_DEFAULT, COLOR_INDEX, COLOR_RGB };

struct theme_color {
	enum theme_color_kind kind;
	uint32_t value; /* 0 to 255, or 0xRRGGBB */
};

struct theme_style {
	struct theme_color color;
	uint16_t flags; /* enum style_flags that the theme adds */
};

enum theme_background { THEME_DARK, THEME_LIGHT, THEME_ANY };

struct theme {
	char name[64], summary[128];
	enum theme_background background;
	struct theme_style roles[ROLE_COUNT];
};

/* The theme that is compiled in: also what counts when no file can be read. */
void theme_default(struct theme *ret, enum theme_background background);
/* One file's text. Errors: ERR_CONFIG_SYNTAX, ERR_CONFIG_INVALID, with the
 * line; *ret is untouched then. */
int theme_parse(struct str json_text, struct theme *ret, struct error *err);
/* The nearest of 256 or 16 colours, for terminals without RGB. */
struct theme_color theme_reduce(struct theme_color color, int colors);

#endif
