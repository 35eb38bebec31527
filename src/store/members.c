/* One pass over the top level; see members.h. */
#include "store/members.h"

static void
skip_blank(struct str s, size_t *at)
{
	while (*at < s.len && strchr(" \t\r\n", s.ptr[*at]) != NULL &&
	    s.ptr[*at] != '\0')
		(*at)++;
}

/* Behind the closing quote; *at is at the opening one. */
static void
skip_string(struct str s, size_t *at)
{
	for ((*at)++; *at < s.len; (*at)++) {
		if (s.ptr[*at] == '\\')
			(*at)++;
		else if (s.ptr[*at] == '"')
			break;
	}
	*at = *at < s.len ? *at + 1 : s.len;
}

/* Up to the comma that ends the value, or the end. */
static void
skip_value(struct str s, size_t *at)
{
	size_t depth = 0;

	while (*at < s.len) {
		char c = s.ptr[*at];

		if (c == '"') {
			skip_string(s, at);
			continue;
		}
		if (c == ',' && depth == 0)
			return;
		if (c == '{' || c == '[')
			depth++;
		else if ((c == '}' || c == ']') && depth > 0)
			depth--;
		(*at)++;
	}
}

struct str
members_raw(struct str members, const char *key)
{
	size_t at = 0;

	for (;;) {
		size_t start;
		struct str name;

		skip_blank(members, &at);
		if (at >= members.len || members.ptr[at] != '"')
			return STR_NONE;
		start = at + 1;
		skip_string(members, &at);
		if (at < start + 1)
			return STR_NONE;
		name = str_sub(members, start, at - start - 1);
		skip_blank(members, &at);
		if (at >= members.len || members.ptr[at] != ':')
			return STR_NONE;
		at++;
		skip_blank(members, &at);
		start = at;
		skip_value(members, &at);
		if (str_eq_c(name, key))
			return str_trim_end(
			    str_sub(members, start, at - start));
		if (at >= members.len)
			return STR_NONE;
		at++;
	}
}

struct str
members_text(struct str members, const char *key)
{
	struct str raw = members_raw(members, key);

	if (raw.len < 2 || raw.ptr[0] != '"' || raw.ptr[raw.len - 1] != '"')
		return STR_NONE;
	return str_sub(raw, 1, raw.len - 2);
}
