/* Repair in one pass over the text: a small scanner copies the value and mends
 * what is surely a slip on the way; see json_repair.h. */
#include "base/json_repair.h"

enum { DEPTH_MAX = 128 };

struct repair {
	struct str text;
	size_t at;
	struct buf *out;
	char open[DEPTH_MAX]; /* '{' or '[' */
	unsigned depth;
};

/* Inside a string: raw control characters become escapes. */
static bool
copy_string(struct repair *r)
{
	buf_add_char(r->out, '"');
	for (r->at++; r->at < r->text.len; r->at++) {
		char c = r->text.ptr[r->at];

		if (c == '"') {
			buf_add_char(r->out, '"');
			r->at++;
			return true;
		}
		if (c == '\\' && r->at + 1 < r->text.len) {
			char next = r->text.ptr[r->at + 1];

			/* \' is no JSON escape, and surely means '. */
			if (next == '\'') {
				buf_add_char(r->out, '\'');
				r->at++;
				continue;
			}
			buf_add_char(r->out, c);
			buf_add_char(r->out, next);
			r->at++;
		} else if (c == '\n') {
			buf_add_cstr(r->out, "\\n");
		} else if (c == '\r') {
			buf_add_cstr(r->out, "\\r");
		} else if (c == '\t') {
			buf_add_cstr(r->out, "\\t");
		} else if ((unsigned char)c < 0x20) {
			buf_printf(r->out, "\\u%04x", (unsigned)c);
		} else {
			buf_add_char(r->out, c);
		}
	}
	return false;
}

static bool
skip_comment(struct repair *r)
{
	struct str rest = str_sub(r->text, r->at, SIZE_MAX);
	size_t end;

	if (str_starts(rest, STR("//")))
		end = str_find_char(rest, '\n', 0);
	else if (str_starts(rest, STR("/*")))
		end = str_find(rest, STR("*/"), 2);
	else
		return false;
	r->at = end == SIZE_MAX ? r->text.len : r->at + end + 1;
	if (end != SIZE_MAX && str_starts(rest, STR("/*")))
		r->at++;
	return true;
}

static void
drop_trailing_comma(struct buf *out)
{
	size_t len = out->len;

	while (len > 0 && (out->ptr[len - 1] == ' ' ||
	    out->ptr[len - 1] == '\n' || out->ptr[len - 1] == '\t' ||
	    out->ptr[len - 1] == '\r'))
		len--;
	if (len > 0 && out->ptr[len - 1] == ',')
		buf_truncate(out, len - 1);
}

/* Python's words. True: one was copied. */
static bool
copy_word(struct repair *r)
{
	static const struct { struct str from, to; } words[] = {
		{ { "True", 4 }, { "true", 4 } },
		{ { "False", 5 }, { "false", 5 } },
		{ { "None", 4 }, { "null", 4 } },
	};
	struct str rest = str_sub(r->text, r->at, SIZE_MAX);

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (!str_starts(rest, words[i].from))
			continue;
		buf_add_str(r->out, words[i].to);
		r->at += words[i].from.len;
		return true;
	}
	return false;
}

/* Copies one value that starts at r->at. True: it is whole. */
static bool
copy_value(struct repair *r)
{
	while (r->at < r->text.len) {
		char c = r->text.ptr[r->at];

		if (c == '"') {
			if (!copy_string(r))
				return false;
			if (r->depth == 0)
				return true;
			continue;
		}
		if (c == '/' && skip_comment(r))
			continue;
		if ((c == 'T' || c == 'F' || c == 'N') && copy_word(r))
			continue;
		if (c == '{' || c == '[') {
			if (r->depth == DEPTH_MAX)
				return false;
			r->open[r->depth++] = c;
		} else if (c == '}' || c == ']') {
			if (r->depth == 0 ||
			    r->open[r->depth - 1] != (c == '}' ? '{' : '['))
				return false;
			drop_trailing_comma(r->out);
			r->depth--;
		}
		buf_add_char(r->out, c);
		r->at++;
		if (r->depth == 0)
			return true;
	}
	return false;
}

int
json_repair(struct str text, struct buf *out, struct error *err)
{
	size_t start = 0;

	/* The first bracket that opens a value which closes again: words
	 * before it may hold brackets of their own. */
	while (start < text.len) {
		struct repair r = { .text = text, .out = out };
		size_t mark = out->len;
		struct json *probe = NULL;
		size_t brace = str_find_char(text, '{', start);
		size_t square = str_find_char(text, '[', start);

		r.at = brace < square ? brace : square;
		if (r.at == SIZE_MAX)
			break;
		start = r.at + 1;
		if (copy_value(&r) && json_parse(str_sub(buf_str(out), mark,
		    SIZE_MAX), NULL, &probe, NULL) == 0) {
			json_destroy(probe);
			return buf_check(out, err);
		}
		buf_truncate(out, mark);
		/* A value that never closes was cut off: what looks like a
		 * smaller value inside it is not the answer. */
		if (r.at >= text.len)
			break;
	}
	return error_set(err, ERR_PARSE, "no whole JSON value in the text");
}

int
json_parse_lenient(struct str text, const struct json_limits *limits,
    struct json **ret, struct error *err)
{
	CLEANUP_BUF struct buf repaired = BUF_INIT(
	    text.len > SIZE_MAX / 8 ? SIZE_MAX / 2 : text.len * 6 + 64);

	if (json_parse(text, limits, ret, err) == 0)
		return 0;
	if (json_repair(text, &repaired, NULL) != 0)
		return json_parse(text, limits, ret, err);
	return json_parse(buf_str(&repaired), limits, ret, err);
}
