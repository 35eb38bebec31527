/* Tags of HTML; see html_tag.h. */
#include "tools/html_tag.h"

#include "base/utf8.h"
#include "tools/html_entity.h"

bool
html_is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static bool
is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '-';
}

/* The end of a tag: the '>' that is not within quotes of an html_attribute. */
static size_t
tag_end(struct str in, size_t at)
{
	char quote = '\0', previous = '\0';

	for (; at < in.len; at++) {
		char c = in.ptr[at];

		if (quote != '\0') {
			if (c == quote)
				quote = '\0';
		} else if (c == '>') {
			return at;
		} else if ((c == '"' || c == '\'') && previous == '=') {
			quote = c;
		}
		if (!html_is_blank(c))
			previous = c;
	}
	return in.len;
}

bool
html_tag_read(struct str in, size_t at, struct html_tag *ret)
{
	size_t start, len;

	*ret = (struct html_tag){ .closing = false };
	at++;
	if (at < in.len && in.ptr[at] == '/') {
		ret->closing = true;
		at++;
	}
	start = at;
	while (at < in.len && is_name_char(in.ptr[at]))
		at++;
	len = at - start;
	if (len == 0 || (in.ptr[start] | 32) < 'a')
		return false; /* "a < b", "<3" */
	for (size_t i = 0; i < len && i < HTML_TAG_MAX - 1; i++)
		ret->name[i] = in.ptr[start + i] |
		    (in.ptr[start + i] >= 'A' ? 32 : 0);
	ret->end = tag_end(in, at);
	ret->attributes = str_sub(in, at, ret->end - at);
	if (ret->end < in.len)
		ret->end++;
	return true;
}

/* Cuts the next html_attribute off *rest. */
static bool
next_attribute(struct str *rest, struct str *ret_name, struct str *ret_value)
{
	struct str r = *rest;
	size_t i = 0, start;
	char quote;

	while (i < r.len && (html_is_blank(r.ptr[i]) || r.ptr[i] == '/'))
		i++;
	if (i == r.len)
		return false;
	start = i;
	while (i < r.len && !html_is_blank(r.ptr[i]) && r.ptr[i] != '=' &&
	    r.ptr[i] != '/')
		i++;
	*ret_name = str_sub(r, start, i - start);
	*ret_value = STR_NONE;
	while (i < r.len && html_is_blank(r.ptr[i]))
		i++;
	if (i < r.len && r.ptr[i] == '=') {
		i++;
		while (i < r.len && html_is_blank(r.ptr[i]))
			i++;
		quote = i < r.len ? r.ptr[i] : '\0';
		start = i;
		if (quote == '"' || quote == '\'') {
			size_t end = str_find_char(r, quote, i + 1);

			*ret_value = str_sub(r, i + 1,
			    (end == SIZE_MAX ? r.len : end) - i - 1);
			i = end == SIZE_MAX ? r.len : end + 1;
		} else {
			while (i < r.len && !html_is_blank(r.ptr[i]))
				i++;
			*ret_value = str_sub(r, start, i - start);
		}
	}
	*rest = str_sub(r, i, SIZE_MAX);
	return true;
}

struct str
html_attribute(const struct html_tag *tag, struct str wanted)
{
	struct str rest = tag->attributes, name, value;

	while (next_attribute(&rest, &name, &value))
		if (str_eq_nocase(name, wanted))
			return value;
	return STR_NONE;
}

void
html_decode(struct str text, struct buf *out)
{
	while (text.len > 0 && out->failed == 0) {
		size_t mark = str_find_char(text, '&', 0), len;
		uint32_t code = '&';
		char bytes[4];

		buf_add_str(out, str_sub(text, 0, mark));
		if (mark == SIZE_MAX)
			return;
		text = str_sub(text, mark, SIZE_MAX);
		len = html_entity(text, &code);
		buf_add(out, bytes, utf8_encode(code, bytes));
		text = str_sub(text, len > 0 ? len : 1, SIZE_MAX);
	}
}
