/* The block structure of Markdown, a line at a time; see markdown_state.h and
 * https://spec.commonmark.org/0.31.2/#appendix-a-parsing-strategy.
 *
 * Other than there: no raw HTML (it is text), no link reference definitions
 * (text as well: the place that uses them may be settled already), and a list
 * is a row of items, so that each of them can be settled on its own. */
#include "base/mem.h"
#include "tui/text/markdown_line.h"
#include "tui/text/markdown_state.h"

enum { CODE_INDENT = 4 };

static void
end_leaf(struct markdown *m)
{
	enum markdown_leaf leaf = m->state.leaf;

	m->state.leaf = LEAF_NONE;
	if (leaf == LEAF_PARAGRAPH)
		markdown_paragraph_end(m);
	else if (leaf == LEAF_TABLE)
		markdown_table_end(m);
	else if (leaf != LEAF_NONE)
		markdown_code_end(m);
}

/* Ends what is open, and the containers beyond `depth`. */
static void
end_to(struct markdown *m, size_t depth)
{
	struct markdown_state *s = &m->state;
	bool bare = false;

	end_leaf(m);
	for (size_t i = depth; i < s->depth; i++)
		bare |= s->stack[i].marker_pending;
	if (bare)
		markdown_item_bare(m);
	if (s->depth > depth)
		s->depth = depth;
	if (s->common > depth)
		s->common = depth;
}

void
markdown_block_end(struct markdown *m)
{
	end_to(m, 0);
}

/* How many containers go on in this line; the markdown_line stands behind their
 * marks. */
static size_t
match_containers(const struct markdown *m, struct markdown_line *c,
    bool *ret_blank)
{
	const struct markdown_state *s = &m->state;
	size_t i;

	for (i = 0; i < s->depth; i++) {
		const struct markdown_container *one = &s->stack[i];
		size_t indent = markdown_line_indent(*c);
		char first = markdown_line_first(c);

		if (one->kind == CONTAINER_QUOTE) {
			if (indent >= CODE_INDENT || first != '>')
				break;
			markdown_line_skip(c, indent);
			c->at++;
			c->column++;
			if (markdown_line_indent(*c) > 0)
				markdown_line_skip(c, 1);
		} else if (first == '\0') {
			if (one->empty)
				break;
		} else if (indent >= one->indent) {
			markdown_line_skip(c, one->indent);
		} else {
			break;
		}
	}
	*ret_blank = markdown_line_first(c) == '\0';
	return i;
}

static bool
is_fence_end(const struct markdown *m, const struct markdown_line *c)
{
	struct str text = markdown_range_text(m, markdown_line_trimmed(c));

	return markdown_line_indent(*c) < CODE_INDENT &&
	    text.len >= m->state.fence_len &&
	    markdown_run_length(text, m->state.fence) == text.len;
}

/* The begin of what may become the fence's end. */
static bool
is_fence_hint(const struct markdown *m, const struct markdown_line *c)
{
	struct str text = markdown_range_text(m, markdown_line_trimmed(c));

	return text.len > 0 && markdown_line_indent(*c) < CODE_INDENT &&
	    markdown_run_length(text, m->state.fence) == text.len;
}

static void
fence_line(struct markdown *m, struct markdown_line *c, enum markdown_part part)
{
	size_t indent = markdown_line_indent(*c);

	if (part == PART_WHOLE && is_fence_end(m, c)) {
		end_leaf(m);
		return;
	}
	if (part == PART_OPEN && is_fence_hint(m, c))
		return;
	markdown_line_skip(c, indent < m->state.fence_indent ? indent :
	    m->state.fence_indent);
	markdown_code_add(m, markdown_line_all(c));
}

/* Begins an item, if there is one; `at`: how many containers stay. */
static bool
begin_item(struct markdown *m, struct markdown_line *c, size_t at,
    size_t indent, enum markdown_part part)
{
	struct markdown_state *s = &m->state;
	bool interrupts = s->leaf == LEAF_PARAGRAPH && at == s->depth;
	struct markdown_container item;
	const struct markdown_container *before;
	struct markdown_line content;
	size_t len, blanks;
	bool empty;

	if (at == MARKDOWN_DEPTH_MAX || !markdown_read_marker(c, &item, &len))
		return false;
	content = *c;
	markdown_line_skip(&content, indent);
	content.at += (uint32_t)len;
	content.column += len;
	blanks = markdown_line_indent(content);
	empty = markdown_line_first(&content) == '\0';
	if (empty && (interrupts || part == PART_OPEN))
		return false;
	before = at < s->depth ? &s->stack[at] : NULL;
	if (interrupts && item.mark != '-' && item.mark != '*' &&
	    item.mark != '+' && item.number != 1)
		return false;
	if (before != NULL && before->kind == CONTAINER_ITEM &&
	    before->mark == item.mark)
		item.number = before->number + 1;
	if (empty || blanks > CODE_INDENT)
		blanks = 1;
	end_to(m, at);
	markdown_line_skip(&content, blanks);
	item.indent = (uint16_t)(indent + len + blanks);
	item.marker_pending = true;
	item.empty = empty;
	markdown_read_task(&content, &item);
	s->stack[s->depth++] = item;
	*c = content;
	return true;
}

static void
begin_quote(struct markdown *m, struct markdown_line *c, size_t at,
    size_t indent)
{
	struct markdown_state *s = &m->state;

	end_to(m, at);
	markdown_line_skip(c, indent);
	c->at++;
	c->column++;
	if (markdown_line_indent(*c) > 0)
		markdown_line_skip(c, 1);
	s->stack[s->depth++] =
	    (struct markdown_container){ .kind = CONTAINER_QUOTE };
}

/* Turns the paragraph's last line into a table's header. */
static bool
begin_table(struct markdown *m, struct markdown_range line)
{
	struct markdown_state *s = &m->state;
	uint8_t align[MARKDOWN_COLUMNS_MAX];
	struct markdown_range header;
	size_t columns;

	if (s->n_ranges == 0 || m->ranges[s->n_ranges - 1].joined)
		return false;
	header = m->ranges[s->n_ranges - 1];
	columns = markdown_table_delimiter(markdown_range_text(m, line), align);
	if (columns == 0 || columns !=
	    markdown_table_count(markdown_range_text(m, header)))
		return false;
	if (s->n_ranges == 1 && s->cut)
		return false;
	s->n_ranges--;
	end_leaf(m);
	memcpy(s->align, align, sizeof(align));
	s->columns = columns;
	s->leaf = LEAF_TABLE;
	markdown_table_begin(m, header);
	return true;
}

/* A setext heading: the paragraph so far is its text. */
static bool
end_as_heading(struct markdown *m)
{
	struct markdown_state *s = &m->state;
	struct markdown_range *r = m->ranges;

	if (s->n_ranges != 1 || s->cut)
		return false;
	s->leaf = LEAF_NONE;
	markdown_heading(m, r[0]);
	return true;
}

/* Blocks that their first line tells; `at`: how many containers stay. */
static bool
begin_leaf(struct markdown *m, struct markdown_line *c, size_t at,
    size_t indent, enum markdown_part part)
{
	struct markdown_state *s = &m->state;
	struct markdown_range line = markdown_line_trimmed(c), inner;
	struct str text = markdown_range_text(m, line);
	bool goes_on = s->leaf == LEAF_PARAGRAPH && at == s->depth;
	size_t len;

	if (part != PART_WHOLE && part != PART_OPEN)
		return false;
	if (markdown_read_heading(m, line, &inner)) {
		end_to(m, at);
		markdown_heading(m, inner);
		return true;
	}
	if (markdown_read_fence(m, line, &len, &inner)) {
		end_to(m, at);
		s->fence = text.ptr[0];
		s->fence_len = len;
		s->fence_indent = indent;
		s->leaf = LEAF_FENCE;
		markdown_code_begin(m, inner);
		return true;
	}
	if (part != PART_WHOLE)
		return false;
	if (goes_on && markdown_is_underline(text) && end_as_heading(m))
		return true;
	if (goes_on && begin_table(m, line))
		return true;
	if (markdown_is_rule(text)) {
		end_to(m, at);
		markdown_rule(m);
		return true;
	}
	return false;
}

static void
fill_items(struct markdown_state *s, size_t depth)
{
	for (size_t i = 0; i < depth; i++)
		s->stack[i].empty = false;
}

static void
begin_indented(struct markdown *m, struct markdown_line *c, size_t at)
{
	struct markdown_state *s = &m->state;

	end_to(m, at);
	markdown_line_skip(c, CODE_INDENT);
	s->leaf = LEAF_INDENTED;
	s->blanks = 0;
	markdown_code_begin(m, (struct markdown_range){ c->at, 0, false });
	markdown_code_add(m, markdown_line_all(c));
}

static void
blank_line(struct markdown *m, size_t matched)
{
	struct markdown_state *s = &m->state;

	if (s->leaf == LEAF_INDENTED && matched == s->depth) {
		s->blanks++;
		return;
	}
	/* An item that has begun with nothing ends at the second such line. */
	end_to(m, matched);
	s->blank = true;
}

/* The text of a line that begins nothing. */
static void
text_line(struct markdown *m, struct markdown_line *c, size_t at,
    enum markdown_part part)
{
	struct markdown_state *s = &m->state;
	struct markdown_range line = markdown_line_trimmed(c);

	/* The first part's last blank belongs to the text. */
	if (part == PART_FIRST)
		line.len = c->end - line.at;
	if (s->leaf == LEAF_TABLE && at == s->depth && part == PART_WHOLE) {
		markdown_table_row(m, line);
		return;
	}
	if (s->leaf != LEAF_PARAGRAPH) {
		bool row = s->leaf == LEAF_TABLE && part == PART_OPEN;

		end_to(m, at);
		/* A row in the making stands where it will stand. */
		if (row)
			s->loud = false;
		s->leaf = LEAF_PARAGRAPH;
		s->n_ranges = s->bytes = 0;
		s->cut = s->cut_in_line = false;
		s->retry = MARKDOWN_PARAGRAPH_MAX;
	}
	fill_items(s, s->depth);
	markdown_paragraph_add(m, line);
}

static void
continued_part(struct markdown *m, struct markdown_range line)
{
	struct markdown_state *s = &m->state;

	if (s->leaf == LEAF_PARAGRAPH)
		markdown_paragraph_add(m, line);
	else if (s->leaf == LEAF_FENCE || s->leaf == LEAF_INDENTED)
		markdown_code_add(m, line);
}

static void
code_indented_line(struct markdown *m, struct markdown_line *c)
{
	markdown_line_skip(c, CODE_INDENT);
	markdown_code_add(m, markdown_line_all(c));
}

void
markdown_block_line(struct markdown *m, struct markdown_range line,
    enum markdown_part part)
{
	struct markdown_state *s = &m->state;
	struct markdown_line c = { m->text.ptr, line.at, line.at + line.len,
		0, 0 };
	bool blank;
	size_t at;

	if (part == PART_CONTINUED) {
		continued_part(m, line);
		return;
	}
	at = match_containers(m, &c, &blank);
	if (s->leaf == LEAF_FENCE && at == s->depth) {
		fence_line(m, &c, part);
		return;
	}
	if (blank) {
		blank_line(m, at);
		return;
	}
	if (s->leaf == LEAF_INDENTED && at == s->depth &&
	    markdown_line_indent(c) >= CODE_INDENT) {
		code_indented_line(m, &c);
		return;
	}
	for (;;) {
		size_t indent = markdown_line_indent(c);

		if (indent >= CODE_INDENT && s->leaf == LEAF_PARAGRAPH)
			break;
		if (indent >= CODE_INDENT) {
			fill_items(s, s->depth);
			begin_indented(m, &c, at);
			return;
		}
		if (markdown_line_first(&c) == '>' && at < MARKDOWN_DEPTH_MAX) {
			begin_quote(m, &c, at, indent);
		} else if (begin_leaf(m, &c, at, indent, part)) {
			fill_items(s, s->depth);
			return;
		} else if (!begin_item(m, &c, at, indent, part)) {
			break;
		}
		fill_items(s, s->depth - 1);
		at = s->depth;
		if (markdown_line_first(&c) == '\0')
			return;
	}
	/* What lies beyond `at` ends here, but for a paragraph, which a line
	 * without its containers' marks continues. */
	if (s->leaf != LEAF_PARAGRAPH && at < s->depth)
		end_to(m, at);
	text_line(m, &c, at, part);
}
