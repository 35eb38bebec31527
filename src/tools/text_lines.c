/* Lines of a text; see text_lines.h. Eight bytes a line: a large file of
 * nothing but line feeds must not take gigabytes. */
#include "tools/text_lines.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/units.h"

static size_t
count_lines(struct str text)
{
	size_t n = 0;

	for (size_t at = 0; at < text.len; n++) {
		size_t lf = str_find_char(text, '\n', at);

		at = lf == SIZE_MAX ? text.len : lf + 1;
	}
	return n;
}

void
text_lines_init(struct text_lines *l, struct str text)
{
	size_t at = 0;

	assert(text.len < 1 * GIB);
	*l = (struct text_lines){ .text = text, .n = count_lines(text) };
	l->items = mem_alloc(l->n + 1, sizeof(*l->items));
	for (size_t i = 0; i < l->n; i++) {
		struct text_line *line = &l->items[i];
		size_t lf = str_find_char(text, '\n', at);
		size_t end = lf == SIZE_MAX ? text.len : lf;

		line->start = (uint32_t)at;
		line->eol = lf != SIZE_MAX;
		if (lf != SIZE_MAX && end > at && text.ptr[end - 1] == '\r') {
			line->eol = 2;
			end--;
		}
		line->len = (uint32_t)(end - at) & 0x3fffffff;
		at = lf + 1;
	}
}

void
text_lines_release(struct text_lines *l)
{
	free(l->items);
	*l = (struct text_lines){ .n = 0 };
}

struct str
text_lines_at(const struct text_lines *l, size_t i)
{
	return str_sub(l->text, l->items[i].start, l->items[i].len);
}

struct str
text_lines_eol(const struct text_lines *l, size_t i)
{
	return str_sub(l->text, l->items[i].start + l->items[i].len,
	    l->items[i].eol);
}

size_t
text_lines_offset(const struct text_lines *l, size_t i)
{
	return i < l->n ? l->items[i].start : l->text.len;
}

size_t
text_lines_find(const struct text_lines *l, size_t offset)
{
	size_t low = 0, high = l->n;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (l->items[middle].start <= offset)
			low = middle;
		else
			high = middle;
	}
	return low;
}

struct str
text_lines_eol_near(const struct text_lines *l, size_t i)
{
	if (i < l->n && l->items[i].eol > 0)
		return text_lines_eol(l, i);
	if (i > 0 && i - 1 < l->n && l->items[i - 1].eol > 0)
		return text_lines_eol(l, i - 1);
	if (i > 1 && i - 2 < l->n && l->items[i - 2].eol > 0)
		return text_lines_eol(l, i - 2);
	return STR("\n");
}
