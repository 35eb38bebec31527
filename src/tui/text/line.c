/* Laid-out text; see line.h. */
#include "tui/text/line.h"

#include <assert.h>

#include "base/mem.h"
#include "base/width.h"

enum { LINKS_MAX = 60000 };

void
lines_release(struct lines *l)
{
	lines_clear(l);
	buf_release(&l->text);
	free(l->pieces);
	free(l->lines);
	free(l->links);
	*l = LINES_INIT;
}

void
lines_clear(struct lines *l)
{
	for (size_t i = 0; i < l->n_links; i++)
		free(l->links[i]);
	l->n_links = 0;
	l->n_pieces = 0;
	l->count = 0;
	l->open = false;
	l->full = false;
	buf_clear(&l->text);
}

void
lines_truncate(struct lines *l, size_t count)
{
	uint32_t first;

	assert(!l->open);
	if (count >= l->count)
		return;
	first = l->lines[count].first;
	/* Text is only appended, pieces before may be of any text before. */
	if (first < l->n_pieces)
		buf_truncate(&l->text, l->pieces[first].at);
	l->n_pieces = first;
	l->count = count;
	l->full = false;
}

void
lines_begin(struct lines *l, unsigned flags)
{
	assert(!l->open);
	if (l->count == LINES_MAX) {
		l->full = true;
		l->count--;
	}
	l->lines = mem_grow(l->lines, &l->cap, l->count + 1,
	    sizeof(*l->lines));
	l->lines[l->count] = (struct line){ .first = (uint32_t)l->n_pieces,
		.flags = (uint16_t)flags };
	l->open = true;
}

void
lines_add_linked(struct lines *l, struct str text, struct style style,
    uint32_t source, uint16_t link)
{
	struct line *line = &l->lines[l->count];
	struct piece *last = line->count > 0 ? &l->pieces[l->n_pieces - 1] :
	    NULL;

	assert(l->open);
	if (text.len == 0 || l->full || buf_add_str(&l->text, text) != 0)
		return;
	if (last != NULL && last->link == link &&
	    memcmp(&last->style, &style, sizeof(style)) == 0 &&
	    (source == LINE_NO_SOURCE ? last->source == LINE_NO_SOURCE :
	    last->source != LINE_NO_SOURCE &&
	    last->source + last->len == source)) {
		last->len += (uint32_t)text.len;
		return;
	}
	l->pieces = mem_grow(l->pieces, &l->cap_pieces, l->n_pieces + 1,
	    sizeof(*l->pieces));
	l->pieces[l->n_pieces++] = (struct piece){
		.at = (uint32_t)(l->text.len - text.len),
		.len = (uint32_t)text.len, .source = source, .style = style,
		.link = link };
	line->count++;
}

void
lines_add(struct lines *l, struct str text, struct style style,
    uint32_t source)
{
	lines_add_linked(l, text, style, source, 0);
}

void
lines_end(struct lines *l)
{
	assert(l->open);
	l->open = false;
	l->count++;
}

void
lines_put(struct lines *l, struct str text, struct style style)
{
	lines_begin(l, 0);
	lines_add(l, text, style, LINE_NO_SOURCE);
	lines_end(l);
}

uint16_t
lines_link(struct lines *l, struct str url)
{
	/* Equal ones mostly follow each other: a link that wraps. */
	if (l->n_links > 0 && str_eq_c(url, l->links[l->n_links - 1]))
		return (uint16_t)l->n_links;
	if (l->n_links == LINKS_MAX)
		return 0;
	l->links = mem_grow(l->links, &l->cap_links, l->n_links + 1,
	    sizeof(*l->links));
	l->links[l->n_links++] = str_dup(url);
	return (uint16_t)l->n_links;
}

void
lines_forget_links(struct lines *l, size_t count)
{
	while (l->n_links > count)
		free(l->links[--l->n_links]);
}

void
lines_append(struct lines *l, const struct lines *other, size_t from,
    size_t to)
{
	for (size_t i = from; i < to && i < other->count; i++) {
		const struct line *line = &other->lines[i];

		lines_begin(l, line->flags);
		l->lines[l->count].tag = line->tag;
		for (size_t k = 0; k < line->count; k++) {
			const struct piece *p =
			    &other->pieces[line->first + k];

			lines_add_linked(l, lines_piece_text(other, p),
			    p->style, p->source, p->link == 0 ? 0 :
			    lines_link(l,
			    str_from(other->links[p->link - 1])));
		}
		lines_end(l);
	}
}

struct str
lines_piece_text(const struct lines *l, const struct piece *p)
{
	return str_make(buf_text(&l->text) + p->at, p->len);
}

size_t
lines_width(const struct lines *l, size_t index)
{
	const struct line *line = &l->lines[index];
	size_t columns = 0;

	for (size_t k = 0; k < line->count; k++)
		columns += width_of(lines_piece_text(l,
		    &l->pieces[line->first + k]));
	return columns;
}

void
lines_text(const struct lines *l, size_t index, struct buf *out)
{
	const struct line *line = &l->lines[index];

	for (size_t k = 0; k < line->count; k++)
		buf_add_str(out, lines_piece_text(l,
		    &l->pieces[line->first + k]));
}
