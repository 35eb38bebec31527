/* Theme files and the themes that are compiled in; see theme.h. */
#include "tui/text/theme.h"

#include "base/json.h"
#include "base/utf8.h"

enum { THEME_BYTES_MAX = 256 * KIB };

static const struct {
	const char *name;
	enum style_role fallback;
} role_table[ROLE_COUNT] = {
#define X(enumerator, name_, fallback_) [enumerator] = { name_, fallback_ },
	STYLE_ROLE_TABLE(X)
#undef X
};

static const struct {
	const char *name;
	enum theme_background background;
} appearance_table[] = {
	{ "dark", THEME_DARK },
	{ "light", THEME_LIGHT },
	{ "any", THEME_ANY },
};

static const struct {
	const char *name;
	enum style_flags flag;
} flag_table[] = {
	{ "bold", STYLE_BOLD },
	{ "italic", STYLE_ITALIC },
	{ "underline", STYLE_UNDERLINE },
	{ "strike", STYLE_STRIKE },
	{ "reverse", STYLE_REVERSE },
	{ "dim", STYLE_DIM },
};

/* A file that is being read. */
struct reading {
	struct str text; /* of the file */
	struct theme theme;
	bool set[ROLE_COUNT];
	struct error *err;
};

/* The line on which a member's key stands, after the line of `from`; for
 * messages only, so the first place that looks like it will do. */
static size_t
line_of(struct str text, struct str key, const char *object)
{
	size_t at = 0, line = 1;

	if (object != NULL) {
		at = str_find(text, str_from(object), 0);
		at = at == SIZE_MAX ? 0 : at + strlen(object);
	}
	for (;;) {
		size_t found = str_find(text, key, at);

		if (found == SIZE_MAX) {
			at = 0;
			break;
		}
		at = found + key.len;
		if (found > 0 && text.ptr[found - 1] == '"' &&
		    at < text.len && text.ptr[at] == '"')
			break;
		/* An empty key is found everywhere. */
		at = found + 1;
	}
	for (size_t i = 0; i < at; i++)
		line += text.ptr[i] == '\n';
	return line;
}

static int
refuse(const struct reading *r, struct str key, const char *object,
    const char *why)
{
	struct str shown = key;

	shown.len = utf8_cut(key.ptr, key.len, 60);
	return error_set(r->err, ERR_CONFIG_INVALID, "line %zu: \"%.*s\" %s",
	    line_of(r->text, key, object), STR_ARG(shown), why);
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "#rrggbb", "color12", "default". */
static bool
read_color(struct str text, struct theme_color *ret)
{
	int64_t index;
	uint32_t value = 0;

	if (str_eq_c(text, "default")) {
		*ret = (struct theme_color){ COLOR_DEFAULT, 0 };
		return true;
	}
	if (str_starts(text, STR("color")) &&
	    str_to_int(str_sub(text, 5, SIZE_MAX), 0, 255, &index)) {
		*ret = (struct theme_color){ COLOR_INDEX, (uint32_t)index };
		return true;
	}
	if (text.len != 7 || text.ptr[0] != '#')
		return false;
	for (size_t i = 1; i < 7; i++) {
		int digit = hex_digit(text.ptr[i]);

		if (digit < 0)
			return false;
		value = value << 4 | (uint32_t)digit;
	}
	*ret = (struct theme_color){ COLOR_RGB, value };
	return true;
}

/* {"color": …, "bold": true}. */
static const char *
read_style_object(const struct json *value, struct theme_style *ret)
{
	for (const struct json *c = json_first(value); c != NULL;
	     c = json_next(c)) {
		struct str key = json_key(c);
		size_t i;

		if (str_eq_c(key, "color")) {
			if (!read_color(json_str(c), &ret->color))
				return "has no colour: \"#rrggbb\", "
				       "\"color0\" to \"color255\" or "
				       "\"default\"";
			continue;
		}
		for (i = 0; i < ARRAY_LEN(flag_table); i++)
			if (str_eq_c(key, flag_table[i].name))
				break;
		if (i == ARRAY_LEN(flag_table))
			return "has a member that is neither \"color\" nor "
			       "an attribute";
		if (!json_is(c, JSON_BOOL))
			return "has an attribute that is neither true nor "
			       "false";
		if (json_bool(c, false))
			ret->flags |= (uint16_t)flag_table[i].flag;
	}
	return NULL;
}

static int
read_role(struct reading *r, const struct json *value)
{
	struct str key = json_key(value);
	struct theme_style style = { { COLOR_DEFAULT, 0 }, 0 };
	const char *why = NULL;
	size_t role;

	for (role = 0; role < ROLE_COUNT; role++)
		if (str_eq_c(key, role_table[role].name))
			break;
	if (role == ROLE_COUNT)
		return refuse(r, key, "\"colors\"", "is no role");
	if (json_is(value, JSON_OBJECT))
		why = read_style_object(value, &style);
	else if (!read_color(json_str(value), &style.color))
		why = "is no colour: \"#rrggbb\", \"color0\" to \"color255\" "
		      "or \"default\"";
	if (why != NULL)
		return refuse(r, key, "\"colors\"", why);
	r->theme.roles[role] = style;
	r->set[role] = true;
	return 0;
}

static int
read_name(const struct reading *r, const struct json *value, char *out,
    size_t size)
{
	struct str text = json_str(value);

	if (text.len == 0 || text.len >= size)
		return refuse(r, json_key(value), NULL,
		    "is empty, too long, or no text");
	memcpy(out, text.ptr, text.len);
	out[text.len] = '\0';
	return 0;
}

static int
read_appearance(struct reading *r, const struct json *value)
{
	for (size_t i = 0; i < ARRAY_LEN(appearance_table); i++) {
		if (!str_eq_c(json_str(value), appearance_table[i].name))
			continue;
		r->theme.background = appearance_table[i].background;
		return 0;
	}
	return refuse(r, json_key(value), NULL,
	    "is none of \"dark\", \"light\", \"any\"");
}

static int
read_colors(struct reading *r, const struct json *colors)
{
	int rc = 0;

	if (!json_is(colors, JSON_OBJECT))
		return refuse(r, json_key(colors), NULL, "is no object");
	for (const struct json *c = json_first(colors); rc == 0 && c != NULL;
	     c = json_next(c))
		rc = read_role(r, c);
	return rc;
}

static int
read_member(struct reading *r, const struct json *value)
{
	struct str key = json_key(value);

	if (str_eq_c(key, "name"))
		return read_name(r, value, r->theme.name,
		    sizeof(r->theme.name));
	if (str_eq_c(key, "summary"))
		return read_name(r, value, r->theme.summary,
		    sizeof(r->theme.summary));
	if (str_eq_c(key, "appearance"))
		return read_appearance(r, value);
	if (str_eq_c(key, "colors"))
		return read_colors(r, value);
	return refuse(r, key, NULL, "is no member of a theme");
}

/* A row's fallback always stands before it, so that one pass is enough. */
static void
fill_missing(struct theme *theme, const bool *set)
{
	for (size_t i = 0; i < ROLE_COUNT; i++) {
		if (set[i] || role_table[i].fallback == (enum style_role)i)
			continue;
		theme->roles[i] = theme->roles[role_table[i].fallback];
	}
}

int
theme_parse(struct str json_text, struct theme *ret, struct error *err)
{
	const struct json_limits limits = { .bytes_max = THEME_BYTES_MAX,
		.depth_max = 8, .flags = JSON_STRICT };
	CLEANUP_JSON struct json *root = NULL;
	struct reading r = { .text = json_text,
		.theme = { .background = THEME_ANY }, .err = err };
	struct error reason = ERROR_INIT;
	int rc = 0;

	if (json_parse(json_text, &limits, &root, &reason) != 0)
		return error_set(err, ERR_CONFIG_SYNTAX, "%s",
		    reason.message);
	if (!json_is(root, JSON_OBJECT))
		return error_set(err, ERR_CONFIG_INVALID,
		    "line 1: a theme is an object");
	for (const struct json *c = json_first(root); rc == 0 && c != NULL;
	     c = json_next(c))
		rc = read_member(&r, c);
	if (rc != 0)
		return rc;
	if (r.theme.name[0] == '\0' || json_get(root, "colors") == NULL)
		return error_set(err, ERR_CONFIG_INVALID,
		    "line 1: a theme needs \"name\" and \"colors\"");
	fill_missing(&r.theme, r.set);
	*ret = r.theme;
	return 0;
}
