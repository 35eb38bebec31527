/* Colours of code blocks; see markdown_state.h. They may come at once, or
 * later, when the owner calls markdown_recolor(): then the pieces of the lines
 * that stand already are replaced.
 *
 * Code in the making is asked for each time it has grown by half, so that the
 * whole of it is looked at three times and not once a line. */
#include "base/mem.h"
#include "tui/text/highlight.h"
#include "tui/text/markdown_state.h"

enum { FIRST_ASK = 256 };

static struct markdown_code *
open_code(struct markdown *m)
{
	struct markdown_code *last = m->n_codes > 0 ?
	    &m->codes[m->n_codes - 1] : NULL;

	return m->provisional || last == NULL || last->closed ? NULL : last;
}

/* The code of the first `count` ranges. */
static void
gather(const struct markdown *m, const struct markdown_code *code,
    size_t count, struct buf *out)
{
	for (size_t i = 0; i < count; i++) {
		const struct markdown_range *r =
		    &m->code_ranges[code->first + i];

		if (i > 0 && !r->joined)
			buf_add_char(out, '\n');
		buf_add(out, m->text.ptr + r->at, r->len);
	}
}

/* Walks over the ranges as the pieces of the lines do. */
struct place {
	const struct markdown_range *ranges;
	size_t count, index;
	size_t code_at; /* of ranges[index] in the gathered code */
};

/* Where a byte of the source is in the gathered code; false: it is not. */
static bool
find_code(struct place *p, uint32_t source, size_t *ret)
{
	while (p->index < p->count && source >= p->ranges[p->index].at +
	    p->ranges[p->index].len) {
		p->code_at += p->ranges[p->index++].len;
		if (p->index < p->count && !p->ranges[p->index].joined)
			p->code_at++;
	}
	if (p->index == p->count || source < p->ranges[p->index].at)
		return false;
	*ret = p->code_at + (source - p->ranges[p->index].at);
	return true;
}

static void
add_piece(struct lines *l, struct piece piece)
{
	if (piece.len == 0)
		return;
	l->pieces = mem_grow(l->pieces, &l->cap_pieces, l->n_pieces + 1,
	    sizeof(*l->pieces));
	l->pieces[l->n_pieces++] = piece;
}

/* Splits one piece by the roles of its bytes. */
static void
color_piece(struct markdown *m, struct piece piece, struct place *place,
    const uint8_t *roles)
{
	struct piece part = piece;
	size_t at, n;

	if (piece.source == LINE_NO_SOURCE ||
	    !find_code(place, piece.source, &at)) {
		add_piece(&m->lines, piece);
		return;
	}
	for (size_t done = 0; done < piece.len; done += n) {
		uint8_t role = roles[at + done];

		for (n = 1; done + n < piece.len &&
		     roles[at + done + n] == role; n++)
			;
		part.at = piece.at + (uint32_t)done;
		part.len = (uint32_t)n;
		part.source = piece.source + (uint32_t)done;
		part.style.role = role == ROLE_TEXT ? m->opts.style.role :
		    role;
		add_piece(&m->lines, part);
	}
}

/* New pieces go behind all others; when the code is what was laid out last,
 * they take the place of the old ones. */
static void
paint(struct markdown *m, const struct markdown_code *code,
    const uint8_t *roles)
{
	struct lines *l = &m->lines;
	size_t end = code->closed ? code->end_line : l->count;
	size_t old_end = l->n_pieces, count = 0, shift;
	size_t old = code->first_line < l->count ?
	    l->lines[code->first_line].first : old_end;
	struct place place = { m->code_ranges + code->first, code->asked, 0,
		0 };

	for (size_t i = code->first_line; i < end; i++) {
		struct line line = l->lines[i];

		count += line.count;
		l->lines[i].first = (uint32_t)l->n_pieces;
		for (size_t k = 0; k < line.count; k++)
			color_piece(m, l->pieces[line.first + k], &place,
			    roles);
		l->lines[i].count = (uint32_t)(l->n_pieces -
		    l->lines[i].first);
	}
	if (end < l->count || old + count != old_end)
		return;
	shift = old_end - old;
	memmove(l->pieces + old, l->pieces + old_end,
	    (l->n_pieces - old_end) * sizeof(*l->pieces));
	l->n_pieces -= shift;
	for (size_t i = code->first_line; i < end; i++)
		l->lines[i].first -= (uint32_t)shift;
}

static void
ask(struct markdown *m, struct markdown_code *code)
{
	CLEANUP_BUF struct buf text = BUF_INIT(HIGHLIGHT_MAX + 1);
	CLEANUP(free_ptr) uint8_t *roles = NULL;
	struct str language = str_make(m->text.ptr + code->language.at,
	    code->language.len);

	gather(m, code, code->asked, &text);
	/* Once it is too long for the colours it stays as it is. */
	if (text.failed != 0 || text.len == 0) {
		code->colored = true;
		return;
	}
	roles = mem_alloc(text.len, 1);
	code->colored = m->opts.highlight(language, buf_str(&text), roles,
	    m->opts.ctx);
	if (code->colored)
		paint(m, code, roles);
}

void
markdown_color_begin(struct markdown *m, struct markdown_range language)
{
	if (m->provisional || m->opts.highlight == NULL || language.len == 0)
		return;
	m->codes = mem_grow(m->codes, &m->cap_codes, m->n_codes + 1,
	    sizeof(*m->codes));
	m->codes[m->n_codes++] = (struct markdown_code){
		.language = language, .first_line = m->lines.count,
		.first = m->n_code_ranges, .next_ask = FIRST_ASK,
		.colored = true };
}

void
markdown_color_add(struct markdown *m, struct markdown_range line)
{
	struct markdown_code *code = open_code(m);

	if (code == NULL)
		return;
	m->code_ranges = mem_grow(m->code_ranges, &m->cap_code_ranges,
	    m->n_code_ranges + 1, sizeof(*m->code_ranges));
	m->code_ranges[m->n_code_ranges++] = line;
	code->count++;
	code->bytes += line.len + 1;
	if (code->bytes < code->next_ask)
		return;
	code->next_ask = code->bytes + code->bytes / 2;
	code->asked = code->count;
	ask(m, code);
}

void
markdown_color_end(struct markdown *m)
{
	struct markdown_code *code = open_code(m);

	if (code == NULL)
		return;
	code->closed = true;
	code->end_line = m->lines.count;
	code->asked = code->count;
	ask(m, code);
	if (!code->colored)
		return;
	m->n_code_ranges = code->first;
	m->n_codes--;
}

void
markdown_recolor(struct markdown *m)
{
	size_t kept = 0;

	if (m->open_end) {
		lines_truncate(&m->lines, m->settled);
		lines_forget_links(&m->lines, m->settled_links);
		m->open_end = false;
	}
	m->dirty = true;
	for (size_t i = 0; i < m->n_codes; i++) {
		if (!m->codes[i].colored)
			ask(m, &m->codes[i]);
		if (!m->codes[i].closed || !m->codes[i].colored)
			m->codes[kept++] = m->codes[i];
	}
	m->n_codes = kept;
	if (kept == 0)
		m->n_code_ranges = 0;
}
