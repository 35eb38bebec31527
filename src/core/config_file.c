/* Reading config.json; see config_file.h. */
#include "core/config_file.h"

#include "base/json_comments.h"
#include "base/json_schema.h"
#include "core/option_table.h"

#define CONFIG_BYTES_MAX (1 * MIB)

struct locator {
	struct str text;
	size_t at;
	size_t key; /* where the name of the last member entered begins */
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
				l->key = key.at;
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
	json_blank_comments(&clean);
	if (str_trim(buf_str(&clean)).len == 0) {
		buf_clear(&clean);
		buf_add_cstr(&clean, "{}");
	}
	if (json_parse(buf_str(&clean), &limits, &value, &reason) != 0)
		return error_set(err, ERR_CONFIG_SYNTAX, "%s: %s", name,
		    reason.message);
	option_schema_print_for(value, &schema_text);
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

/* --- changing ------------------------------------------------------------ */

/* Removes a member with the comma behind it. One that stays behind the last
 * member is allowed here. */
static void
remove_member(struct str text, struct str clean, size_t from, size_t to,
    struct buf *out)
{
	size_t end = to;

	/* What is a blank in the clean text may be a comment. */
	while (end < clean.len && strchr(" \t", clean.ptr[end]) != NULL &&
	    text.ptr[end] != ',')
		end++;
	if (end < text.len && text.ptr[end] == ',')
		to = end + 1;
	/* A line that held nothing else goes with it. */
	while (from > 0 && strchr(" \t", text.ptr[from - 1]) != NULL)
		from--;
	if (from > 0 && text.ptr[from - 1] == '\n' &&
	    (to == text.len || text.ptr[to] == '\n'))
		from--;
	buf_add_str(out, str_sub(text, 0, from));
	buf_add_str(out, str_sub(text, to, SIZE_MAX));
}

/* "rest": value, as the first member of the object that begins at `at`. */
static void
insert_member(struct str text, struct str clean, size_t at, unsigned depth,
    struct str rest, struct str value, struct buf *out)
{
	struct locator l = { .text = clean, .at = at + 1 };
	unsigned closing = 0;
	struct str step;
	bool empty;

	skip_blanks(&l);
	empty = l.at < clean.len && clean.ptr[l.at] == '}';
	buf_add_str(out, str_sub(text, 0, at + 1));
	buf_add_char(out, '\n');
	buf_add_repeated(out, ' ', 2 * (depth + 1));
	while (str_next_field(&rest, '.', &step)) {
		buf_printf(out, "\"%.*s\": ", STR_ARG(step));
		if (rest.len == 0)
			break;
		buf_add_char(out, '{');
		closing++;
	}
	buf_add_str(out, value);
	buf_add_repeated(out, '}', closing);
	if (!empty)
		buf_add_char(out, ',');
	else if (str_find_char(str_sub(text, at, l.at - at), '\n', 0) ==
	    SIZE_MAX)
		buf_add_char(out, '\n');
	buf_add_str(out, str_sub(text, at + 1, SIZE_MAX));
}

int
config_edit(struct str text, const char *key, struct str value,
    struct buf *out, struct error *err)
{
	CLEANUP_BUF struct buf clean = BUF_INIT(CONFIG_BYTES_MAX);
	struct locator l = { .line = 1 };
	struct str rest = str_from(key), step;
	unsigned depth = 0;
	size_t from;

	if (str_trim(text).len == 0)
		text = STR("{}\n");
	buf_add_str(&clean, text);
	if (buf_check(&clean, err) != 0)
		return -ERR_TOO_LARGE;
	json_blank_comments(&clean);
	l.text = buf_str(&clean);
	skip_blanks(&l);
	while (rest.len > 0) {
		struct str here = rest;
		size_t object = l.at;

		if (l.at >= l.text.len || l.text.ptr[l.at] != '{')
			return error_set(err, ERR_CONFIG_SYNTAX,
			    "%s cannot be set: what is above it is no object",
			    key);
		str_next_field(&rest, '.', &step);
		if (enter(&l, step)) {
			depth++;
			continue;
		}
		if (value.len == 0)
			buf_add_str(out, text);
		else
			insert_member(text, buf_str(&clean), object, depth,
			    here, value, out);
		return buf_check(out, err);
	}
	from = l.at;
	skip_value(&l);
	if (value.len == 0) {
		remove_member(text, buf_str(&clean), l.key, l.at, out);
	} else {
		buf_add_str(out, str_sub(text, 0, from));
		buf_add_str(out, value);
		buf_add_str(out, str_sub(text, l.at, SIZE_MAX));
	}
	return buf_check(out, err);
}
