/* The block structure of Markdown, a line at a time; see markdown_state.h and
 * https://spec.commonmark.org/0.31.2/#appendix-a-parsing-strategy.
 *
 * Other than there: no raw HTML (it is text), no link reference definitions
 * (text as well: the place that uses them may be settled already), and a list
 * is a row of items, so that each of them can be settled on its own. */
#include "base/mem.h"
#include "tui/text/markdown_state.h"

enum { TAB_STOP = 4, CODE_INDENT = 4, NUMBER_DIGITS_MAX = 9 };

/* The rest of a line, and the column where it begins: tabs count by column,
 * and may be eaten in part. */
struct cursor {
	const char *text; /* of the source */
	uint32_t at, end;
	size_t column;
	size_t spare; /* columns of a tab that are left */
};

static size_t
indent_of(struct cursor c)
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

static void
skip_columns(struct cursor *c, size_t columns)
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

static char
first_char(const struct cursor *c)
{
	uint32_t at = c->at;

	while (at < c->end && (c->text[at] == ' ' || c->text[at] == '\t'))
		at++;
	return at < c->end ? c->text[at] : '\0';
}

/* The line's text without the blanks before and behind it. */
static struct markdown_range
trimmed(const struct cursor *c)
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

static struct markdown_range
all_of(const struct cursor *c)
{
	return (struct markdown_range){ c->at, c->end - c->at, false };
}

static struct str
text_of(const struct markdown *m, struct markdown_range r)
{
	return str_make(m->text.ptr + r.at, r.len);
}

static size_t
run_length(struct str text, char c)
{
	size_t n = 0;

	while (n < text.len && text.ptr[n] == c)
		n++;
	return n;
}

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

/* How many containers go on in this line; the cursor stands behind their
 * marks. */
static size_t
match_containers(const struct markdown *m, struct cursor *c, bool *ret_blank)
{
	const struct markdown_state *s = &m->state;
	size_t i;

	for (i = 0; i < s->depth; i++) {
		const struct markdown_container *one = &s->stack[i];
		size_t indent = indent_of(*c);
		char first = first_char(c);

		if (one->kind == CONTAINER_QUOTE) {
			if (indent >= CODE_INDENT || first != '>')
				break;
			skip_columns(c, indent);
			c->at++;
			c->column++;
			if (indent_of(*c) > 0)
				skip_columns(c, 1);
		} else if (first == '\0') {
			if (one->empty)
				break;
		} else if (indent >= one->indent) {
			skip_columns(c, one->indent);
		} else {
			break;
		}
	}
	*ret_blank = first_char(c) == '\0';
	return i;
}

static bool
is_fence_end(const struct markdown *m, const struct cursor *c)
{
	struct str text = text_of(m, trimmed(c));

	return indent_of(*c) < CODE_INDENT &&
	    text.len >= m->state.fence_len &&
	    run_length(text, m->state.fence) == text.len;
}

/* The begin of what may become the fence's end. */
static bool
is_fence_hint(const struct markdown *m, const struct cursor *c)
{
	struct str text = text_of(m, trimmed(c));

	return text.len > 0 && indent_of(*c) < CODE_INDENT &&
	    run_length(text, m->state.fence) == text.len;
}

static void
fence_line(struct markdown *m, struct cursor *c, enum markdown_part part)
{
	size_t indent = indent_of(*c);

	if (part == PART_WHOLE && is_fence_end(m, c)) {
		end_leaf(m);
		return;
	}
	if (part == PART_OPEN && is_fence_hint(m, c))
		return;
	skip_columns(c, indent < m->state.fence_indent ? indent :
	    m->state.fence_indent);
	markdown_code_add(m, all_of(c));
}

static bool
is_rule(struct str text)
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

static bool
is_underline(struct str text)
{
	return text.len > 0 && (text.ptr[0] == '=' || text.ptr[0] == '-') &&
	    run_length(text, text.ptr[0]) == text.len;
}

/* "## Title ##". */
static bool
read_heading(const struct markdown *m, struct markdown_range line,
    struct markdown_range *ret)
{
	struct str text = text_of(m, line);
	size_t level = run_length(text, '#'), end;

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

/* "~~~ c": the fence and its language. */
static bool
read_fence(const struct markdown *m, struct markdown_range line,
    size_t *ret_len, struct markdown_range *ret_language)
{
	struct str text = text_of(m, line);
	char c = text.len == 0 ? '\0' : text.ptr[0];
	size_t len = run_length(text, c), at = len, n = 0;

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

/* "- ", "12. ": the mark, its length and the number. */
static bool
read_marker(const struct cursor *c, struct markdown_container *ret,
    size_t *ret_len)
{
	struct markdown_range line = trimmed(c);
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

/* "[x] " behind the marker. */
static void
read_task(struct cursor *c, struct markdown_container *item)
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

/* Begins an item, if there is one; `at`: how many containers stay. */
static bool
begin_item(struct markdown *m, struct cursor *c, size_t at, size_t indent,
    enum markdown_part part)
{
	struct markdown_state *s = &m->state;
	bool interrupts = s->leaf == LEAF_PARAGRAPH && at == s->depth;
	struct markdown_container item;
	const struct markdown_container *before;
	struct cursor content;
	size_t len, blanks;
	bool empty;

	if (at == MARKDOWN_DEPTH_MAX || !read_marker(c, &item, &len))
		return false;
	content = *c;
	skip_columns(&content, indent);
	content.at += (uint32_t)len;
	content.column += len;
	blanks = indent_of(content);
	empty = first_char(&content) == '\0';
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
	skip_columns(&content, blanks);
	item.indent = (uint16_t)(indent + len + blanks);
	item.marker_pending = true;
	item.empty = empty;
	read_task(&content, &item);
	s->stack[s->depth++] = item;
	*c = content;
	return true;
}

static void
begin_quote(struct markdown *m, struct cursor *c, size_t at, size_t indent)
{
	struct markdown_state *s = &m->state;

	end_to(m, at);
	skip_columns(c, indent);
	c->at++;
	c->column++;
	if (indent_of(*c) > 0)
		skip_columns(c, 1);
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
	columns = markdown_table_delimiter(text_of(m, line), align);
	if (columns == 0 || columns !=
	    markdown_table_count(text_of(m, header)))
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
begin_leaf(struct markdown *m, struct cursor *c, size_t at, size_t indent,
    enum markdown_part part)
{
	struct markdown_state *s = &m->state;
	struct markdown_range line = trimmed(c), inner;
	struct str text = text_of(m, line);
	bool goes_on = s->leaf == LEAF_PARAGRAPH && at == s->depth;
	size_t len;

	if (part != PART_WHOLE && part != PART_OPEN)
		return false;
	if (read_heading(m, line, &inner)) {
		end_to(m, at);
		markdown_heading(m, inner);
		return true;
	}
	if (read_fence(m, line, &len, &inner)) {
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
	if (goes_on && is_underline(text) && end_as_heading(m))
		return true;
	if (goes_on && begin_table(m, line))
		return true;
	if (is_rule(text)) {
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
begin_indented(struct markdown *m, struct cursor *c, size_t at)
{
	struct markdown_state *s = &m->state;

	end_to(m, at);
	skip_columns(c, CODE_INDENT);
	s->leaf = LEAF_INDENTED;
	s->blanks = 0;
	markdown_code_begin(m, (struct markdown_range){ c->at, 0, false });
	markdown_code_add(m, all_of(c));
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
text_line(struct markdown *m, struct cursor *c, size_t at,
    enum markdown_part part)
{
	struct markdown_state *s = &m->state;
	struct markdown_range line = trimmed(c);

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
code_indented_line(struct markdown *m, struct cursor *c)
{
	skip_columns(c, CODE_INDENT);
	markdown_code_add(m, all_of(c));
}

void
markdown_block_line(struct markdown *m, struct markdown_range line,
    enum markdown_part part)
{
	struct markdown_state *s = &m->state;
	struct cursor c = { m->text.ptr, line.at, line.at + line.len, 0, 0 };
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
	    indent_of(c) >= CODE_INDENT) {
		code_indented_line(m, &c);
		return;
	}
	for (;;) {
		size_t indent = indent_of(c);

		if (indent >= CODE_INDENT && s->leaf == LEAF_PARAGRAPH)
			break;
		if (indent >= CODE_INDENT) {
			fill_items(s, s->depth);
			begin_indented(m, &c, at);
			return;
		}
		if (first_char(&c) == '>' && at < MARKDOWN_DEPTH_MAX) {
			begin_quote(m, &c, at, indent);
		} else if (begin_leaf(m, &c, at, indent, part)) {
			fill_items(s, s->depth);
			return;
		} else if (!begin_item(m, &c, at, indent, part)) {
			break;
		}
		fill_items(s, s->depth - 1);
		at = s->depth;
		if (first_char(&c) == '\0')
			return;
	}
	/* What lies beyond `at` ends here, but for a paragraph, which a line
	 * without its containers' marks continues. */
	if (s->leaf != LEAF_PARAGRAPH && at < s->depth)
		end_to(m, at);
	text_line(m, &c, at, part);
}
