/* Reading config.json; see config_file.h. */
#include "core/config_file.h"

#include "base/json_schema.h"
#include "core/option_table.h"

#define CONFIG_BYTES_MAX (1 * MIB)

/* Comments and trailing commas become spaces, so that line and column of what
 * is left stay true. */
static void
blank_comments(struct buf *text)
{
	bool in_string = false;
	size_t comma = SIZE_MAX; /* a ',' with only blanks behind it so far */

	for (size_t i = 0; i < text->len; i++) {
		char *c = &text->ptr[i];

		if (in_string) {
			if (*c == '\\')
				i++;
			else if (*c == '"')
				in_string = false;
			continue;
		}
		if (*c == '/' && (c[1] == '/' || c[1] == '*')) {
			bool line = c[1] == '/';
			struct str rest = str_sub(buf_str(text), i, SIZE_MAX);
			size_t end = line ? str_find_char(rest, '\n', 0) :
					    str_find(rest, STR("*/"), 2);

			end = end == SIZE_MAX ? rest.len :
			    line	      ? end :
						end + 2;
			for (size_t k = 0; k < end; k++)
				if (c[k] != '\n')
					c[k] = ' ';
			i += end - 1;
			continue;
		}
		if (*c == ',') {
			comma = i;
		} else if ((*c == '}' || *c == ']') && comma != SIZE_MAX) {
			text->ptr[comma] = ' ';
			comma = SIZE_MAX;
		} else if (*c != ' ' && *c != '\t' && *c != '\n' &&
		    *c != '\r') {
			comma = SIZE_MAX;
			in_string = *c == '"';
		}
	}
}

struct locator {
	struct str text;
	size_t at;
	size_t line;
};

static void
skip_blanks(struct locator *l)
{
	for (; l->at < l->text.len; l->at++) {
		char c = l->text.ptr[l->at];

		if (c == '\n')
			l->line++;
		else if (c != ' ' && c != '\t' && c != '\r' && c != ',' &&
		    c != ':')
			return;
	}
}

static struct str
skip_string(struct locator *l)
{
	size_t start = ++l->at;

	while (l->at < l->text.len && l->text.ptr[l->at] != '"')
		l->at += l->text.ptr[l->at] == '\\' ? 2 : 1;
	if (l->at > l->text.len)
		l->at = l->text.len;
	return str_sub(l->text, start, l->at++ - start);
}

static bool
ends_word(char c)
{
	return c == '\0' || strchr(" \t\r\n,:{}[]\"", c) != NULL;
}

static void
skip_value(struct locator *l)
{
	unsigned depth = 0;

	skip_blanks(l);
	while (l->at < l->text.len) {
		char c = l->text.ptr[l->at];

		if (c == '"') {
			skip_string(l);
		} else if (c == '{' || c == '[') {
			depth++;
			l->at++;
		} else if (c == '}' || c == ']') {
			if (depth == 0)
				return;
			depth--;
			l->at++;
		} else {
			/* A number or a word; always one character on. */
			do
				l->at++;
			while (l->at < l->text.len && !ends_word(
			    l->text.ptr[l->at]));
		}
		if (depth == 0)
			return;
		skip_blanks(l);
	}
}

/* Moves to the member or item of the value at l->at. False: not there. */
static bool
enter(struct locator *l, struct str step)
{
	bool object;
	int64_t index = 0, wanted = -1;

	skip_blanks(l);
	if (l->at >= l->text.len)
		return false;
	object = l->text.ptr[l->at] == '{';
	if (!object && l->text.ptr[l->at] != '[')
		return false;
	if (!object && !str_to_int(step, 0, INT64_MAX, &wanted))
		return false;
	l->at++;
	for (;; index++) {
		skip_blanks(l);
		if (l->at >= l->text.len || l->text.ptr[l->at] == '}' ||
		    l->text.ptr[l->at] == ']')
			return false;
		if (object) {
			struct locator key = *l;
			struct str name;

			if (l->text.ptr[l->at] != '"')
				return false;
			name = skip_string(l);
			if (str_eq(name, step)) {
				l->line = key.line;
				skip_blanks(l);
				return true;
			}
		} else if (index == wanted) {
			return true;
		}
		skip_value(l);
	}
}

size_t
config_line_of(struct str text, const char *pointer)
{
	struct locator l = { .text = text, .line = 1 };
	struct str rest = str_from(pointer), step;
	size_t line;

	skip_blanks(&l);
	line = l.line;
	str_next_field(&rest, '/', &step);
	while (str_next_field(&rest, '/', &step)) {
		if (!enter(&l, step))
			break;
		line = l.line;
	}
	return line;
}

int
config_parse(struct str text, const char *name, struct json **ret,
    struct error *err)
{
	const struct json_limits limits = { .bytes_max = CONFIG_BYTES_MAX,
		.depth_max = 32, .flags = JSON_STRICT };
	CLEANUP_BUF struct buf clean = BUF_INIT(CONFIG_BYTES_MAX);
	CLEANUP_BUF struct buf schema_text = BUF_INIT(CONFIG_BYTES_MAX);
	CLEANUP_JSON struct json *schema = NULL;
	CLEANUP_JSON struct json *value = NULL;
	struct json_schema_fault fault;
	struct error reason = ERROR_INIT;
	int rc;

	buf_add_str(&clean, text);
	rc = buf_check(&clean, err);
	if (rc != 0)
		return error_wrap(err, ERR_TOO_LARGE, "%s is too large", name);
	blank_comments(&clean);
	if (str_trim(buf_str(&clean)).len == 0) {
		buf_clear(&clean);
		buf_add_cstr(&clean, "{}");
	}
	if (json_parse(buf_str(&clean), &limits, &value, &reason) != 0)
		return error_set(err, ERR_CONFIG_SYNTAX, "%s: %s", name,
		    reason.message);
	option_schema_print(&schema_text);
	rc = json_parse(buf_str(&schema_text), NULL, &schema, err);
	if (rc != 0)
		return rc;
	if (json_schema_check(schema, value, &fault, &reason) != 0) {
		char pointer[sizeof(fault.path) + 64];
		const char *quote = strchr(fault.reason, '"');

		/* "x" is not known here: the line of that member. */
		snprintf(pointer, sizeof(pointer), "%s", fault.path);
		if (quote == fault.reason) {
			size_t len = strlen(pointer);
			size_t word = strcspn(quote + 1, "\"");

			snprintf(pointer + len, sizeof(pointer) - len,
			    "/%.*s", (int)word, quote + 1);
		}
		return error_set(err, ERR_CONFIG_INVALID, "%s:%zu: %s%s%s",
		    name, config_line_of(buf_str(&clean), pointer),
		    fault.path[0] ? fault.path + 1 : "",
		    fault.path[0] ? " " : "", fault.reason);
	}
	*ret = steal(value);
	return 0;
}
