/* Streaming JSON text; see json_writer.h. */
#include "base/json_writer.h"

#include <assert.h>
#include <math.h>

#include "base/json.h"
#include "base/utf8.h"

static uint64_t
bit(const struct json_writer *w)
{
	return UINT64_C(1) << (w->depth - 1);
}

/* What stands before a value or key: a comma, or nothing. */
static void
before(struct json_writer *w)
{
	if (w->after_key) {
		w->after_key = false;
		return;
	}
	if (w->depth == 0)
		return;
	if (w->has_items & bit(w))
		buf_add_char(w->out, ',');
	w->has_items |= bit(w);
}

static void
open_level(struct json_writer *w, bool is_object)
{
	before(w);
	assert(w->depth < 64);
	w->depth++;
	w->has_items &= ~bit(w);
	if (is_object)
		w->is_object |= bit(w);
	else
		w->is_object &= ~bit(w);
	buf_add_char(w->out, is_object ? '{' : '[');
}

void
jw_object(struct json_writer *w)
{
	open_level(w, true);
}

void
jw_array(struct json_writer *w)
{
	open_level(w, false);
}

void
jw_end(struct json_writer *w)
{
	assert(w->depth > 0 && !w->after_key);
	buf_add_char(w->out, w->is_object & bit(w) ? '}' : ']');
	w->depth--;
}

void
json_escape(struct str s, struct buf *out)
{
	static const char hex[] = "0123456789abcdef";
	size_t from = 0;

	if (s.len == 0)
		return;
	for (size_t i = 0; i < s.len; i++) {
		unsigned char ch = (unsigned char)s.ptr[i];
		char u[6] = { '\\', 'u', '0', '0', 0, 0 };

		if (ch >= 0x20 && ch != '"' && ch != '\\' && ch != 0x7f)
			continue;
		buf_add(out, s.ptr + from, i - from);
		from = i + 1;
		switch (ch) {
		case '"':
			buf_add(out, "\\\"", 2);
			break;
		case '\\':
			buf_add(out, "\\\\", 2);
			break;
		case '\n':
			buf_add(out, "\\n", 2);
			break;
		case '\r':
			buf_add(out, "\\r", 2);
			break;
		case '\t':
			buf_add(out, "\\t", 2);
			break;
		default:
			u[4] = hex[ch >> 4];
			u[5] = hex[ch & 15];
			buf_add(out, u, sizeof(u));
		}
	}
	buf_add(out, s.ptr + from, s.len - from);
}

static void
quoted(struct json_writer *w, struct str s)
{
	buf_add_char(w->out, '"');
	if (utf8_valid(s)) {
		json_escape(s, w->out);
	} else {
		CLEANUP_BUF struct buf clean = BUF_INIT(SIZE_MAX / 4);

		utf8_repair(s, &clean);
		json_escape(buf_str(&clean), w->out);
	}
	buf_add_char(w->out, '"');
}

void
jw_key_n(struct json_writer *w, struct str key)
{
	assert(w->depth > 0 && !w->after_key);
	before(w);
	quoted(w, key);
	buf_add_char(w->out, ':');
	w->after_key = true;
}

void
jw_key(struct json_writer *w, const char *key)
{
	jw_key_n(w, str_from(key));
}

void
jw_str(struct json_writer *w, struct str s)
{
	before(w);
	quoted(w, s);
}

void
jw_cstr(struct json_writer *w, const char *text)
{
	if (text == NULL)
		jw_null(w);
	else
		jw_str(w, str_from(text));
}

void
jw_int(struct json_writer *w, int64_t n)
{
	before(w);
	buf_printf(w->out, "%lld", (long long)n);
}

void
jw_double(struct json_writer *w, double n)
{
	if (!isfinite(n)) {
		jw_null(w);
		return;
	}
	before(w);
	buf_printf(w->out, "%.15g", n);
}

void
jw_bool(struct json_writer *w, bool b)
{
	before(w);
	buf_add_cstr(w->out, b ? "true" : "false");
}

void
jw_null(struct json_writer *w)
{
	before(w);
	buf_add_cstr(w->out, "null");
}

void
jw_raw(struct json_writer *w, struct str json)
{
	before(w);
	buf_add_str(w->out, json);
}

void
jw_json(struct json_writer *w, const struct json *j)
{
	before(w);
	if (j == NULL)
		buf_add_cstr(w->out, "null");
	else
		json_print(j, w->out);
}

void
jw_members(struct json_writer *w, struct str members)
{
	if (members.len > 0)
		jw_raw(w, members);
}

void
jw_key_str(struct json_writer *w, const char *key, struct str s)
{
	jw_key(w, key);
	jw_str(w, s);
}

void
jw_key_cstr(struct json_writer *w, const char *key, const char *text)
{
	jw_key(w, key);
	jw_cstr(w, text);
}

void
jw_key_int(struct json_writer *w, const char *key, int64_t n)
{
	jw_key(w, key);
	jw_int(w, n);
}

void
jw_key_bool(struct json_writer *w, const char *key, bool b)
{
	jw_key(w, key);
	jw_bool(w, b);
}

void
jw_key_raw(struct json_writer *w, const char *key, struct str json)
{
	jw_key(w, key);
	jw_raw(w, json);
}
