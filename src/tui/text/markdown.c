/* Markdown that grows; see markdown.h, and markdown_state.h for the parts.
 *
 * What is laid out must not depend on how the text came: whole lines are read
 * as they end, and a line that is longer than MARKDOWN_PART_MAX in parts of
 * that size, whether its end is there already or not. Everything else is a
 * function of those parts. The rest of the text - less than one part - and the
 * block that is open is the open end: laid out when somebody looks. */
#include "tui/text/markdown.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "tui/text/markdown_state.h"

enum { WIDTH_MAX = 1000, HELD_MAX = 12 };

static void
clear(struct markdown *m)
{
	m->state = (struct markdown_state){ .leaf = LEAF_NONE };
	m->line_at = 0;
	m->in_line = false;
	m->settled = m->settled_links = 0;
	m->open_end = false;
	m->dirty = true;
	m->n_codes = m->n_code_ranges = 0;
	lines_clear(&m->lines);
}

struct markdown *
markdown_create(const struct markdown_opts *opts)
{
	struct markdown *m = mem_new(struct markdown);

	m->opts = *opts;
	if (m->opts.width < 1)
		m->opts.width = 1;
	if (m->opts.width > WIDTH_MAX)
		m->opts.width = WIDTH_MAX;
	m->lines = LINES_INIT;
	m->flow = m->cell = m->first = m->others = FLOW_INIT;
	m->scratch = BUF_INIT(1 * MIB);
	clear(m);
	return m;
}

void
markdown_destroy(struct markdown *m)
{
	if (m == NULL)
		return;
	lines_release(&m->lines);
	flow_release(&m->flow);
	flow_release(&m->cell);
	flow_release(&m->first);
	flow_release(&m->others);
	buf_release(&m->scratch);
	free(m->ranges);
	free(m->ranges_kept);
	free(m->codes);
	free(m->code_ranges);
	free(m);
}

static void
drop_open_end(struct markdown *m)
{
	if (m->open_end) {
		lines_truncate(&m->lines, m->settled);
		lines_forget_links(&m->lines, m->settled_links);
	}
	m->open_end = false;
	m->dirty = true;
}

static void
settle(struct markdown *m)
{
	m->settled = m->lines.count;
	m->settled_links = m->lines.n_links;
}

/* Reads one line or part of one; `end`: a line feed follows. */
static void
take(struct markdown *m, size_t len, bool end)
{
	struct markdown_range range = { (uint32_t)m->line_at, (uint32_t)len,
		m->in_line };

	markdown_block_line(m, range, m->in_line ? PART_CONTINUED :
	    end ? PART_WHOLE : PART_FIRST);
	m->line_at += len + end;
	m->in_line = !end;
}

/* Reads all whole lines and whole parts. */
static void
take_all(struct markdown *m)
{
	for (;;) {
		struct str rest = str_sub(m->text, m->line_at, SIZE_MAX);
		const char *feed = rest.len == 0 ? NULL :
		    memchr(rest.ptr, '\n', rest.len);
		size_t len = feed == NULL ? rest.len :
		    (size_t)(feed - rest.ptr);

		if (len > MARKDOWN_PART_MAX)
			take(m, utf8_cut(rest.ptr, len, MARKDOWN_PART_MAX),
			    false);
		else if (feed != NULL)
			take(m, len, true);
		else
			return;
	}
}

void
markdown_feed(struct markdown *m, struct str text)
{
	if (m->finished || text.len > UINT32_MAX - 1)
		return;
	drop_open_end(m);
	m->text = text;
	take_all(m);
	settle(m);
}

void
markdown_finish(struct markdown *m)
{
	if (m->finished)
		return;
	drop_open_end(m);
	if (m->line_at < m->text.len || m->in_line)
		take(m, m->text.len - m->line_at, true);
	markdown_block_end(m);
	settle(m);
	m->finished = true;
}

/* A few marks from which a fence, a list, a rule or a heading may yet come
 * are held back until it is clear: nothing flashes up as another thing. */
static bool
is_held(const struct markdown *m, struct str line)
{
	struct str text = str_trim(line);
	size_t max = HELD_MAX;

	if (m->in_line || m->state.leaf == LEAF_FENCE)
		return false;
	/* What may be a table's header, until the line below it is there. */
	if (m->state.leaf == LEAF_NONE && str_starts(text, STR("|")))
		return true;
	/* Below what may be a table's header. */
	if (m->state.leaf == LEAF_PARAGRAPH)
		max = 400;
	if (text.len > max)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (strchr("-=*+_`~#>|:.)[] \t", c) == NULL &&
		    (c < '0' || c > '9'))
			return false;
	}
	return text.len > 0;
}

/* A whole line that may be a table's header; what is below is not there yet, or
 * may be its rule. */
static bool
may_be_header(const struct markdown *m, struct str below)
{
	const struct markdown_state *s = &m->state;

	return s->leaf == LEAF_PARAGRAPH && s->n_ranges == 1 &&
	    m->text.ptr[m->ranges[0].at] == '|' &&
	    (below.len == 0 || is_held(m, below));
}

static void
swap_ranges(struct markdown *m)
{
	struct markdown_range *ranges = m->ranges;
	size_t cap = m->cap_ranges;

	m->ranges = m->ranges_kept;
	m->cap_ranges = m->cap_kept;
	m->ranges_kept = ranges;
	m->cap_kept = cap;
}

/* On copies of the state and of the open block's ranges. */
static void
lay_open_end(struct markdown *m)
{
	struct markdown_state saved = m->state;
	struct str rest = str_sub(m->text, m->line_at, SIZE_MAX);
	size_t len = rest.len - utf8_incomplete_tail(rest);

	m->ranges_kept = mem_grow(m->ranges_kept, &m->cap_kept,
	    saved.n_ranges + 1, sizeof(*m->ranges));
	if (saved.n_ranges > 0)
		memcpy(m->ranges_kept, m->ranges,
		    saved.n_ranges * sizeof(*m->ranges));
	swap_ranges(m);
	m->provisional = true;
	if (may_be_header(m, str_sub(rest, 0, len)))
		m->state.leaf = LEAF_NONE;
	else if (len > 0 && !is_held(m, str_sub(rest, 0, len)))
		markdown_block_line(m, (struct markdown_range){
		    (uint32_t)m->line_at, (uint32_t)len, m->in_line },
		    m->in_line ? PART_CONTINUED : PART_OPEN);
	markdown_block_end(m);
	m->provisional = false;
	swap_ranges(m);
	m->state = saved;
}

const struct lines *
markdown_lines(struct markdown *m)
{
	if (!m->finished && m->dirty) {
		drop_open_end(m);
		lay_open_end(m);
		m->open_end = true;
		m->dirty = false;
	}
	return &m->lines;
}

size_t
markdown_settled(const struct markdown *m)
{
	/* Code that is open gets better colours with each part of it. */
	if (m->n_codes > 0 && !m->codes[m->n_codes - 1].closed)
		return m->codes[m->n_codes - 1].first_line;
	return m->settled;
}

void
markdown_reset(struct markdown *m)
{
	bool finished = m->finished;

	clear(m);
	m->finished = false;
	markdown_feed(m, m->text);
	if (finished)
		markdown_finish(m);
}
