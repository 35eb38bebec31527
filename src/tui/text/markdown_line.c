/* Lines of Markdown: columns, and the marks that begin blocks. */
#include "tui/text/markdown_line.h"

#include <string.h>

enum { TAB_STOP = 4, NUMBER_DIGITS_MAX = 9 };

size_t
markdown_line_indent(struct markdown_line c)
{
	size_t columns = c.spare;

	c.column += c.spare;
	for (; c.at < c.end; c.at++) {
		size_t n = c.text[c.at] == '\t' ?
		    TAB_STOP - c.column % TAB_STOP : 1;

		if (c.text[c.at] != ' ' && c.text[c.at] != '\t')
			break;
		columns += n;
		c.column += n;
	}
	return columns;
}

void
markdown_line_skip(struct markdown_line *c, size_t columns)
{
	while (columns > 0) {
		size_t n = c->spare;

		if (n == 0) {
			if (c->at == c->end)
				return;
			n = c->text[c->at] == '\t' ?
			    TAB_STOP - c->column % TAB_STOP : 1;
			c->at++;
		}
		if (n > columns) {
			c->column += columns;
			c->spare = n - columns;
			return;
		}
		c->column += n;
		c->spare = 0;
		columns -= n;
	}
}

char
markdown_line_first(const struct markdown_line *c)
{
	uint32_t at = c->at;

	while (at < c->end && (c->text[at] == ' ' || c->text[at] == '\t'))
		at++;
	return at < c->end ? c->text[at] : '\0';
}

struct markdown_range
markdown_line_trimmed(const struct markdown_line *c)
{
	struct markdown_range r = { c->at, 0, false };
	uint32_t end = c->end;

	while (r.at < end && (c->text[r.at] == ' ' || c->text[r.at] == '\t'))
		r.at++;
	while (end > r.at &&
	    (c->text[end - 1] == ' ' || c->text[end - 1] == '\t'))
		end--;
	r.len = end - r.at;
	return r;
}

struct markdown_range
markdown_line_all(const struct markdown_line *c)
{
	return (struct markdown_range){ c->at, c->end - c->at, false };
}

struct str
markdown_range_text(const struct markdown *m, struct markdown_range r)
{
	return str_make(m->text.ptr + r.at, r.len);
}

size_t
markdown_run_length(struct str text, char c)
{
	size_t n = 0;

	while (n < text.len && text.ptr[n] == c)
		n++;
	return n;
}

bool
markdown_is_rule(struct str text)
{
	size_t marks = 0;

	if (text.len == 0 || strchr("-_*", text.ptr[0]) == NULL)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == text.ptr[0])
			marks++;
		else if (text.ptr[i] != ' ' && text.ptr[i] != '\t')
			return false;
	}
	return marks >= 3;
}

bool
markdown_is_underline(struct str text)
{
	return text.len > 0 && (text.ptr[0] == '=' || text.ptr[0] == '-') &&
	    markdown_run_length(text, text.ptr[0]) == text.len;
}

bool
markdown_read_heading(const struct markdown *m, struct markdown_range line,
    struct markdown_range *ret)
{
	struct str text = markdown_range_text(m, line);
	size_t level = markdown_run_length(text, '#'), end;

	if (level < 1 || level > 6 ||
	    (level < text.len && text.ptr[level] != ' ' &&
		text.ptr[level] != '\t'))
		return false;
	while (level < text.len &&
	    (text.ptr[level] == ' ' || text.ptr[level] == '\t'))
		level++;
	end = text.len;
	while (end > level && text.ptr[end - 1] == '#')
		end--;
	if (end > level && text.ptr[end - 1] != ' ' &&
	    text.ptr[end - 1] != '\t')
		end = text.len;
	while (end > level &&
	    (text.ptr[end - 1] == ' ' || text.ptr[end - 1] == '\t'))
		end--;
	*ret = (struct markdown_range){ line.at + (uint32_t)level,
		(uint32_t)(end - level), false };
	return true;
}

bool
markdown_read_fence(const struct markdown *m, struct markdown_range line,
    size_t *ret_len, struct markdown_range *ret_language)
{
	struct str text = markdown_range_text(m, line);
	char c = text.len == 0 ? '\0' : text.ptr[0];
	size_t len = markdown_run_length(text, c), at = len, n = 0;

	if ((c != '`' && c != '~') || len < 3)
		return false;
	if (c == '`' && str_find_char(text, '`', len) != SIZE_MAX)
		return false;
	while (at < text.len && strchr(" \t{.", text.ptr[at]) != NULL)
		at++;
	while (at + n < text.len && strchr(" \t{},:", text.ptr[at + n]) ==
	    NULL)
		n++;
	*ret_len = len;
	*ret_language = (struct markdown_range){ line.at + (uint32_t)at,
		(uint32_t)n, false };
	return true;
}

bool
markdown_read_marker(const struct markdown_line *c,
    struct markdown_container *ret, size_t *ret_len)
{
	struct markdown_range line = markdown_line_trimmed(c);
	struct str text = str_make(c->text + line.at, line.len);
	size_t digits = 0;

	*ret = (struct markdown_container){ .kind = CONTAINER_ITEM };
	while (digits < text.len && text.ptr[digits] >= '0' &&
	    text.ptr[digits] <= '9') {
		if (digits == NUMBER_DIGITS_MAX)
			return false;
		ret->number = ret->number * 10 +
		    (uint32_t)(text.ptr[digits++] - '0');
	}
	if (digits == text.len || strchr(digits == 0 ? "-+*" : ".)",
		text.ptr[digits]) == NULL)
		return false;
	ret->mark = text.ptr[digits];
	*ret_len = digits + 1;
	return *ret_len == text.len || text.ptr[*ret_len] == ' ' ||
	    text.ptr[*ret_len] == '\t';
}

void
markdown_read_task(struct markdown_line *c, struct markdown_container *item)
{
	struct str text = str_make(c->text + c->at, c->end - c->at);

	if (text.len < 4 || text.ptr[0] != '[' || text.ptr[2] != ']' ||
	    text.ptr[3] != ' ' || strchr(" xX", text.ptr[1]) == NULL ||
	    str_trim(str_sub(text, 4, SIZE_MAX)).len == 0)
		return;
	item->task = text.ptr[1] == ' ' ? ' ' : 'x';
	c->at += 4;
	c->column += 4;
}
