/* Laying out of blocks; see markdown_state.h. */
#include "base/mem.h"
#include "base/width.h"
#include "tui/text/code.h"
#include "tui/text/markdown_state.h"

enum { CODE_EXTRA = 2, MARKER_MAX = 32 };
/* A paragraph that cannot be cut in two is kept whole up to this size. */
enum { UNCUT_MAX = 64 * 1024 };

static const struct str blanks = STR("                                ");

static struct str
mark(const struct markdown *m, const char *nice, const char *plain)
{
	return str_from(m->opts.ascii ? plain : nice);
}

/* "• ", "12. ", "☑ ". */
static void
make_marker(const struct markdown *m, const struct markdown_container *item,
    struct buf *out)
{
	if (item->mark == '.' || item->mark == ')')
		buf_printf(out, "%u%c ", (unsigned)item->number, item->mark);
	else if (item->task == 0)
		buf_add_str(out, mark(m, "• ", "* "));
	if (item->task != 0)
		buf_add_str(out, item->task == 'x' ? mark(m, "☑ ", "[x] ") :
		    mark(m, "☐ ", "[ ] "));
}

/* One container's part of the prefixes; false: there is no room for it. */
static bool
add_container(struct markdown *m, struct markdown_container *c, size_t *room)
{
	CLEANUP_BUF struct buf text = BUF_INIT(MARKER_MAX);
	struct style style = STYLE(ROLE_MUTED);
	size_t columns;

	if (c->kind == CONTAINER_QUOTE)
		buf_add_str(&text, mark(m, "│ ", "| "));
	else
		make_marker(m, c, &text);
	columns = width_of(buf_str(&text));
	if (columns > *room)
		return false;
	*room -= columns;
	if (c->kind == CONTAINER_QUOTE) {
		style.role = ROLE_BORDER;
		flow_add_copy(&m->first, buf_str(&text), style);
		flow_add_copy(&m->others, buf_str(&text), style);
		return true;
	}
	if (c->task == 'x')
		style.role = ROLE_SUCCESS;
	flow_add_copy(&m->first, c->marker_pending ? buf_str(&text) :
	    str_sub(blanks, 0, columns), style);
	flow_add_copy(&m->others, str_sub(blanks, 0, columns), style);
	return true;
}

int
markdown_prefix(struct markdown *m, size_t extra)
{
	struct markdown_state *s = &m->state;
	size_t width = (size_t)m->opts.width;
	size_t room = width > 24 ? width - 12 : width / 2, before = room;

	flow_clear(&m->first);
	flow_clear(&m->others);
	for (size_t i = 0; i < s->depth; i++)
		if (!add_container(m, &s->stack[i], &room))
			break;
	for (size_t i = 0; i < s->depth; i++)
		s->stack[i].marker_pending = false;
	if (extra <= room) {
		flow_add_copy(&m->first, str_sub(blanks, 0, extra),
		    STYLE(ROLE_TEXT));
		flow_add_copy(&m->others, str_sub(blanks, 0, extra),
		    STYLE(ROLE_TEXT));
		room -= extra;
	}
	return (int)(width - (before - room));
}

/* The quotes that go on from the block before keep their bar. */
static void
put_gap(struct markdown *m)
{
	const struct markdown_state *s = &m->state;
	size_t last = s->common, room = (size_t)m->opts.width;

	while (last > 0 && s->stack[last - 1].kind != CONTAINER_QUOTE)
		last--;
	flow_clear(&m->first);
	flow_clear(&m->others);
	for (size_t i = 0; i < last; i++) {
		struct markdown_container c = s->stack[i];

		c.marker_pending = false;
		if (!add_container(m, &c, &room))
			break;
	}
	lines_begin(&m->lines, 0);
	flow_put(&m->first, &m->lines);
	lines_end(&m->lines);
}

void
markdown_gap(struct markdown *m, bool loud)
{
	struct markdown_state *s = &m->state;
	bool in_item = false;

	for (size_t i = 0; i < s->common; i++)
		in_item |= s->stack[i].kind == CONTAINER_ITEM;
	if (s->any && (s->blank || (!in_item && (s->loud || loud))))
		put_gap(m);
	s->any = true;
	s->blank = false;
	s->loud = loud;
	s->common = s->depth;
}

struct style
markdown_text_style(const struct markdown *m)
{
	struct style style = m->opts.style;

	for (size_t i = 0; i < m->state.depth; i++)
		if (m->state.stack[i].kind == CONTAINER_QUOTE &&
		    style.role == ROLE_TEXT)
			style.role = ROLE_QUOTE;
	return style;
}

static void
fill_flow(struct markdown *m, const struct markdown_range *ranges,
    size_t count, struct style style)
{
	const struct markdown_inline in = { .source = m->text.ptr,
		.ranges = ranges, .count = count, .style = style,
		.links = m->opts.links, .lines = &m->lines,
		.scratch = &m->scratch };

	flow_clear(&m->flow);
	markdown_inline(&in, &m->flow);
}

static void
lay_flow(struct markdown *m, unsigned flags)
{
	flow_layout(&m->flow, &(struct flow_opts){ .width = m->opts.width,
	    .first = &m->first, .others = &m->others, .flags = flags },
	    &m->lines);
}

static void
lay_paragraph(struct markdown *m)
{
	struct markdown_state *s = &m->state;

	if (!s->cut)
		markdown_gap(m, false);
	markdown_prefix(m, 0);
	fill_flow(m, m->ranges, s->n_ranges, markdown_text_style(m));
	lay_flow(m, s->cut_in_line ? LINE_WRAPPED : 0);
}

void
markdown_paragraph_end(struct markdown *m)
{
	if (m->state.n_ranges > 0)
		lay_paragraph(m);
	m->state.n_ranges = 0;
	m->state.cut = false;
	m->state.cut_in_line = false;
}

/* The byte of the source at which line i of the flow begins; `clean`: it must
 * be in plain text, with nothing open. */
static bool
line_source(const struct markdown *m, size_t i, bool clean, uint32_t *ret)
{
	const struct flow *f = &m->flow;
	struct flow_place at = f->starts[i];
	const struct flow_run *run;

	if (at.run < f->count && at.byte == f->runs[at.run].len)
		at = (struct flow_place){ at.run + 1, 0 };
	if (at.run >= f->count)
		return false;
	run = &f->runs[at.run];
	if (run->source == LINE_NO_SOURCE || (clean && run->inside))
		return false;
	*ret = run->source + (uint32_t)at.byte;
	/* Right before a run there may be marks that belong to it. */
	return at.byte > 0 || !clean || strchr(" \t\n",
	    m->text.ptr[*ret - 1]) != NULL;
}

/* The byte of the source with `bytes` of the paragraph before it. */
static uint32_t
source_after(const struct markdown *m, size_t bytes)
{
	size_t i = 0;

	while (i + 1 < m->state.n_ranges && m->ranges[i].len + 1 <= bytes)
		bytes -= m->ranges[i++].len + 1;
	return m->ranges[i].at + (uint32_t)bytes;
}

/* The last line that begins at a good place, in the first three quarters: what
 * is still open at the end mostly began later. 0: none. */
static size_t
find_cut(const struct markdown *m, uint32_t *ret_source)
{
	uint32_t limit = source_after(m, m->state.bytes / 4 * 3);

	for (int clean = 1; clean >= 0; clean--)
		for (size_t i = m->flow.n_starts - 1; i > 0; i--)
			if (line_source(m, i, clean == 1, ret_source) &&
			    *ret_source <= limit)
				return i;
	return 0;
}

static void
drop_ranges(struct markdown *m, uint32_t source)
{
	struct markdown_state *s = &m->state;
	size_t n = 0;

	while (n < s->n_ranges &&
	    m->ranges[n].at + m->ranges[n].len <= source)
		n++;
	s->n_ranges -= n;
	memmove(m->ranges, m->ranges + n, s->n_ranges * sizeof(*m->ranges));
	if (s->n_ranges > 0 && m->ranges[0].at < source) {
		m->ranges[0].len -= source - m->ranges[0].at;
		m->ranges[0].at = source;
	}
	s->bytes = 0;
	for (size_t i = 0; i < s->n_ranges; i++)
		s->bytes += m->ranges[i].len + 1;
}

/* Settles the begin of a long paragraph at the begin of one of its lines. */
static void
settle_paragraph(struct markdown *m)
{
	struct markdown_state *s = &m->state, before = *s;
	size_t count = m->lines.count, links = m->lines.n_links, cut;
	uint32_t source;

	lay_paragraph(m);
	cut = find_cut(m, &source);
	if (cut > 0) {
		size_t first = m->lines.count - m->flow.n_starts;

		s->cut_in_line = (m->lines.lines[first + cut].flags &
		    LINE_WRAPPED) != 0;
		lines_truncate(&m->lines, first + cut);
		drop_ranges(m, source);
	} else if (s->bytes < UNCUT_MAX) {
		lines_truncate(&m->lines, count);
		lines_forget_links(&m->lines, links);
		*s = before;
		s->retry = s->bytes * 2;
		return;
	} else {
		s->n_ranges = s->bytes = 0;
		s->cut_in_line = true;
	}
	s->cut = true;
	s->retry = MARKDOWN_PARAGRAPH_MAX;
}

void
markdown_paragraph_add(struct markdown *m, struct markdown_range line)
{
	struct markdown_state *s = &m->state;

	if (s->cut && s->n_ranges == 0 && !line.joined)
		s->cut_in_line = false;
	m->ranges = mem_grow(m->ranges, &m->cap_ranges, s->n_ranges + 1,
	    sizeof(*m->ranges));
	m->ranges[s->n_ranges++] = line;
	s->bytes += line.len + 1;
	while (!m->provisional && s->bytes >= s->retry)
		settle_paragraph(m);
}

void
markdown_heading(struct markdown *m, struct markdown_range text)
{
	markdown_gap(m, true);
	markdown_prefix(m, 0);
	fill_flow(m, &text, 1, STYLE_FLAGS(ROLE_HEADING, STYLE_BOLD));
	lay_flow(m, 0);
}

void
markdown_rule(struct markdown *m)
{
	CLEANUP_BUF struct buf line = BUF_INIT(8 * KIB);
	int columns;

	markdown_gap(m, true);
	columns = markdown_prefix(m, 0);
	for (int i = 0; i < columns; i++)
		buf_add_str(&line, mark(m, "─", "-"));
	lines_begin(&m->lines, 0);
	flow_put(&m->first, &m->lines);
	lines_add(&m->lines, buf_str(&line), STYLE(ROLE_BORDER),
	    LINE_NO_SOURCE);
	lines_end(&m->lines);
}

void
markdown_item_bare(struct markdown *m)
{
	markdown_gap(m, false);
	markdown_prefix(m, 0);
	lines_begin(&m->lines, 0);
	flow_put(&m->first, &m->lines);
	lines_end(&m->lines);
}

void
markdown_code_begin(struct markdown *m, struct markdown_range language)
{
	markdown_gap(m, true);
	markdown_color_begin(m, language);
}

static void
put_code(struct markdown *m, struct markdown_range line)
{
	const struct code_opts opts = { .width = m->opts.width,
		.first = &m->first, .others = &m->others,
		.style = m->opts.style,
		.flags = line.joined ? LINE_WRAPPED : 0 };

	markdown_prefix(m, CODE_EXTRA);
	code_line(str_make(m->text.ptr + line.at, line.len), line.at, &opts,
	    &m->lines);
	markdown_color_add(m, line);
}

void
markdown_code_add(struct markdown *m, struct markdown_range line)
{
	for (; m->state.blanks > 0; m->state.blanks--)
		put_code(m, (struct markdown_range){ line.at, 0, false });
	put_code(m, line);
}

void
markdown_code_end(struct markdown *m)
{
	if (m->state.blanks > 0)
		m->state.blank = true;
	m->state.blanks = 0;
	markdown_color_end(m);
}
