/* A web page as text; see html_text.h. */
#include "tools/html_text.h"

#include "base/utf8.h"
#include "net/url.h"
#include "tools/html_entity.h"
#include "tools/html_tag.h"

enum {
	LISTS_MAX = 8,	   /* nested lists that are indented */
	LINKS_MAX = 2000,  /* links whose address is shown */
	HREF_MAX = 1000,
};

enum action {
	DO_NOTHING,
	DO_BREAK,   /* a line of its own */
	DO_PARA,    /* a paragraph of its own */
	DO_HEADING,
	DO_LIST,
	DO_ORDERED,
	DO_ITEM,
	DO_PRE,
	DO_CODE,
	DO_LINK,
	DO_IMAGE,
	DO_BR,
	DO_RULE,
	DO_CELL,
	DO_TITLE,
	DO_RAW,  /* everything up to the end tag is no markup, and dropped */
	DO_SKIP, /* dropped, with what is nested in it */
};

static const struct element {
	char name[HTML_TAG_MAX];
	enum action action;
} elements[] = {
	{ "a", DO_LINK }, { "article", DO_PARA }, { "aside", DO_PARA },
	{ "audio", DO_SKIP }, { "blockquote", DO_PARA }, { "body", DO_BREAK },
	{ "br", DO_BR }, { "canvas", DO_SKIP },
	{ "code", DO_CODE }, { "dd", DO_BREAK }, { "details", DO_PARA },
	{ "div", DO_BREAK }, { "dl", DO_PARA }, { "dt", DO_BREAK },
	{ "fieldset", DO_BREAK }, { "figcaption", DO_BREAK },
	{ "figure", DO_PARA }, { "footer", DO_PARA }, { "form", DO_BREAK },
	{ "h1", DO_HEADING }, { "h2", DO_HEADING }, { "h3", DO_HEADING },
	{ "h4", DO_HEADING }, { "h5", DO_HEADING }, { "h6", DO_HEADING },
	{ "header", DO_PARA }, { "hr", DO_RULE }, { "iframe", DO_RAW },
	{ "img", DO_IMAGE }, { "kbd", DO_CODE }, { "li", DO_ITEM },
	{ "main", DO_PARA }, { "menu", DO_LIST }, { "nav", DO_PARA },
	{ "noembed", DO_RAW }, { "noframes", DO_RAW }, { "object", DO_SKIP },
	{ "ol", DO_ORDERED }, { "option", DO_BREAK }, { "p", DO_PARA },
	{ "pre", DO_PRE }, { "samp", DO_CODE }, { "script", DO_RAW },
	{ "section", DO_PARA }, { "select", DO_SKIP }, { "style", DO_RAW },
	{ "summary", DO_BREAK }, { "svg", DO_SKIP }, { "table", DO_PARA },
	{ "tbody", DO_BREAK }, { "td", DO_CELL }, { "template", DO_SKIP },
	{ "textarea", DO_RAW }, { "th", DO_CELL }, { "thead", DO_BREAK },
	{ "title", DO_TITLE }, { "tr", DO_BREAK }, { "tt", DO_CODE },
	{ "ul", DO_LIST }, { "video", DO_SKIP }, { "xmp", DO_PRE },
};

struct tag {
	struct html_tag html;
	const struct element *element; /* NULL: not known */
};

struct page {
	struct str in;
	size_t at;
	const struct url *base;
	struct buf *out;
	size_t start;	/* out's length before us */
	unsigned lines; /* line ends to write before the next text */
	bool blank;	/* a blank to write before the next text */
	bool cell;	/* a cell's border to write before the next text */
	unsigned pre;
	unsigned code;
	unsigned lists;
	unsigned numbers[LISTS_MAX]; /* of ordered lists; 0: not ordered */
	const struct element *skipping;
	unsigned skip_depth;
	bool in_link;
	size_t link_start; /* of its "[" in out */
	size_t n_links;
	char href[HREF_MAX];
};

static void
flush(struct page *p)
{
	if (p->out->len == p->start) {
		p->lines = 0;
		p->blank = p->cell = false;
	}
	if (p->lines > 0)
		buf_add_repeated(p->out, '\n', p->lines);
	else if (p->cell)
		buf_add_cstr(p->out, " | ");
	else if (p->blank)
		buf_add_char(p->out, ' ');
	p->lines = 0;
	p->blank = p->cell = false;
}

static void
add(struct page *p, struct str text)
{
	flush(p);
	buf_add_str(p->out, text);
}

static void
need_lines(struct page *p, unsigned lines)
{
	if (lines > p->lines)
		p->lines = lines;
}

/* Text without tags or references in it. */
static void
add_text(struct page *p, struct str text)
{
	size_t i = 0;

	while (i < text.len) {
		size_t start = i;

		if (p->pre > 0) {
			add(p, text);
			return;
		}
		while (i < text.len && !html_is_blank(text.ptr[i]))
			i++;
		if (i > start)
			add(p, str_sub(text, start, i - start));
		while (i < text.len && html_is_blank(text.ptr[i])) {
			p->blank = true;
			i++;
		}
	}
}

/* Text with references. */
static void
add_decoded(struct page *p, struct str text)
{
	while (text.len > 0 && p->out->failed == 0) {
		size_t mark = str_find_char(text, '&', 0), len;
		uint32_t code;
		char bytes[4];

		add_text(p, str_sub(text, 0, mark));
		if (mark == SIZE_MAX)
			return;
		text = str_sub(text, mark, SIZE_MAX);
		len = html_entity(text, &code);
		if (len > 0)
			add_text(p, str_make(bytes, utf8_encode(code, bytes)));
		else
			add_text(p, str_sub(text, 0, len = 1));
		text = str_sub(text, len, SIZE_MAX);
	}
}

static const struct element *
find_element(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(elements); i++)
		if (strcmp(elements[i].name, name) == 0)
			return &elements[i];
	return NULL;
}

/* The address to show for a link; false: none is worth it. */
static bool
read_href(struct page *p, const struct tag *tag)
{
	CLEANUP_BUF struct buf text = BUF_INIT(HREF_MAX - 1);
	CLEANUP_BUF struct buf whole = BUF_INIT(HREF_MAX - 1);
	struct url url;

	html_decode(str_trim(html_attribute(&tag->html, STR("href"))), &text);
	if (text.failed != 0 || text.len == 0 || text.ptr[0] == '#' ||
	    p->n_links >= LINKS_MAX)
		return false;
	if (p->base != NULL) {
		if (url_join(p->base, buf_str(&text), &url, NULL) != 0 ||
		    url_print(&url, &whole) != 0)
			return false;
	} else {
		buf_add_str(&whole, buf_str(&text));
	}
	memcpy(p->href, buf_text(&whole), whole.len + 1);
	return true;
}

static void
close_link(struct page *p)
{
	if (!p->in_link)
		return;
	p->in_link = false;
	if (p->out->len == p->link_start + 1) {
		buf_truncate(p->out, p->link_start); /* no text: no link */
		return;
	}
	if (p->out->failed != 0)
		return;
	p->n_links++;
	buf_printf(p->out, "](%s)", p->href);
}

static void
do_link(struct page *p, const struct tag *tag)
{
	close_link(p);
	if (tag->html.closing || p->pre > 0 || !read_href(p, tag))
		return;
	flush(p);
	p->link_start = p->out->len;
	p->in_link = true;
	buf_add_char(p->out, '[');
}

static void
do_list(struct page *p, const struct tag *tag)
{
	if (tag->html.closing && p->lists > 0)
		p->lists--;
	need_lines(p, p->lists > 0 ? 1 : 2);
	if (tag->html.closing)
		return;
	if (p->lists < LISTS_MAX)
		p->numbers[p->lists] = tag->element->action == DO_ORDERED;
	p->lists++;
}

static void
do_item(struct page *p, const struct tag *tag)
{
	unsigned depth = p->lists > 0 ? p->lists : 1;
	unsigned *number;

	need_lines(p, 1);
	if (tag->html.closing)
		return;
	if (depth > LISTS_MAX)
		depth = LISTS_MAX;
	flush(p);
	buf_add_repeated(p->out, ' ', 2 * (depth - 1));
	number = &p->numbers[depth - 1];
	if (p->lists > 0 && *number > 0)
		buf_printf(p->out, "%u. ", (*number)++);
	else
		buf_add_cstr(p->out, "- ");
}

static void
do_pre(struct page *p, const struct tag *tag)
{
	if (tag->html.closing) {
		if (p->pre == 0 || --p->pre > 0)
			return;
		if (p->out->len > 0 && p->out->ptr[p->out->len - 1] != '\n')
			buf_add_char(p->out, '\n');
		buf_add_cstr(p->out, "```");
		need_lines(p, 2);
		return;
	}
	if (p->pre++ > 0)
		return;
	close_link(p);
	need_lines(p, 2);
	add(p, STR("```\n"));
	/* The first line end inside belongs to the tag. */
	if (tag->html.end < p->in.len && p->in.ptr[tag->html.end] == '\n')
		p->at++;
}

static void
do_code(struct page *p, const struct tag *tag)
{
	if (p->pre > 0)
		return;
	if (!tag->html.closing) {
		p->code++;
		add(p, STR("`"));
	} else if (p->code > 0) {
		p->code--;
		p->blank = false;
		add(p, STR("`"));
	}
}

static void
do_heading(struct page *p, const struct tag *tag)
{
	need_lines(p, 2);
	if (tag->html.closing)
		return;
	flush(p);
	buf_add_repeated(p->out, '#', (size_t)(tag->html.name[1] - '0'));
	buf_add_char(p->out, ' ');
}

static void
do_image(struct page *p, const struct tag *tag)
{
	CLEANUP_BUF struct buf text = BUF_INIT(HREF_MAX);

	html_decode(str_trim(html_attribute(&tag->html, STR("alt"))), &text);
	if (text.len == 0 || tag->html.closing)
		return;
	flush(p);
	buf_printf(p->out, "[image: %s]", buf_text(&text));
}

static size_t
find_nocase(struct str text, struct str needle, size_t from)
{
	while ((from = str_find_char(text, needle.ptr[0], from)) != SIZE_MAX) {
		if (str_starts_nocase(str_sub(text, from, needle.len), needle))
			return from;
		from++;
	}
	return SIZE_MAX;
}

/* Text up to the end tag, in which tags mean nothing. */
static struct str
take_raw(struct page *p, const struct tag *tag)
{
	char needle[HTML_TAG_MAX + 2];
	struct str text;
	size_t end;

	snprintf(needle, sizeof(needle), "</%.*s", HTML_TAG_MAX - 1,
	    tag->html.name);
	end = find_nocase(p->in, str_from(needle), p->at);
	if (end == SIZE_MAX)
		end = p->in.len;
	text = str_sub(p->in, p->at, end - p->at);
	p->at = end;
	return text;
}

static void
do_title(struct page *p, const struct tag *tag)
{
	struct str text;

	if (tag->html.closing)
		return;
	text = take_raw(p, tag);
	if (p->out->len > p->start || str_trim(text).len == 0)
		return;
	add(p, STR("Title: "));
	add_decoded(p, str_trim(text));
	need_lines(p, 2);
}

static void
do_tag(struct page *p, const struct tag *tag)
{
	switch (tag->element->action) {
	case DO_NOTHING:
		break;
	case DO_BREAK:
		need_lines(p, 1);
		break;
	case DO_PARA:
		need_lines(p, 2);
		break;
	case DO_HEADING:
		do_heading(p, tag);
		break;
	case DO_LIST:
	case DO_ORDERED:
		do_list(p, tag);
		break;
	case DO_ITEM:
		do_item(p, tag);
		break;
	case DO_PRE:
		do_pre(p, tag);
		break;
	case DO_CODE:
		do_code(p, tag);
		break;
	case DO_LINK:
		do_link(p, tag);
		break;
	case DO_IMAGE:
		do_image(p, tag);
		break;
	case DO_BR:
		if (p->pre > 0)
			add(p, STR("\n"));
		else
			need_lines(p, p->lines + 1 > 2 ? 2 : p->lines + 1);
		break;
	case DO_RULE:
		need_lines(p, 2);
		add(p, STR("---"));
		need_lines(p, 2);
		break;
	case DO_CELL:
		p->cell = p->lines == 0;
		break;
	case DO_TITLE:
		do_title(p, tag);
		break;
	case DO_RAW:
		if (!tag->html.closing)
			take_raw(p, tag);
		break;
	case DO_SKIP:
		if (!tag->html.closing &&
		    !str_ends(tag->html.attributes, STR("/"))) {
			p->skipping = tag->element;
			p->skip_depth = 1;
		}
		break;
	}
}

/* Comments, declarations and processing instructions. */
static void
skip_declaration(struct page *p)
{
	struct str rest = str_sub(p->in, p->at, SIZE_MAX);
	bool comment = str_starts(rest, STR("<!--"));
	size_t end = comment ? str_find(rest, STR("-->"), 2) :
			       str_find_char(rest, '>', 0);

	p->at = end == SIZE_MAX ? p->in.len : p->at + end + (comment ? 3 : 1);
}

static void
take_markup(struct page *p)
{
	struct tag tag;
	char next = p->at + 1 < p->in.len ? p->in.ptr[p->at + 1] : '\0';

	if (next == '!' || next == '?') {
		skip_declaration(p);
		return;
	}
	if (!html_tag_read(p->in, p->at, &tag.html)) {
		if (p->skipping == NULL)
			add_text(p, STR("<"));
		p->at++;
		return;
	}
	p->at = tag.html.end;
	tag.element = find_element(tag.html.name);
	if (tag.element == NULL)
		return;
	if (p->skipping == NULL)
		do_tag(p, &tag);
	else if (tag.element->action == DO_RAW && !tag.html.closing)
		take_raw(p, &tag);
	else if (tag.element == p->skipping) {
		p->skip_depth += tag.html.closing ? -1u : 1u;
		if (p->skip_depth == 0)
			p->skipping = NULL;
	}
}

int
html_to_text(struct str page, const struct url *base, struct buf *out,
    struct error *err)
{
	CLEANUP_BUF struct buf repaired = BUF_INIT(3 * page.len + 1);
	struct page p = { .base = base, .out = out, .start = out->len };
	int rc = utf8_repair(page, &repaired);

	if (rc != 0)
		return buf_check(&repaired, err);
	p.in = buf_str(&repaired);
	while (p.at < p.in.len && out->failed == 0) {
		size_t mark = str_find_char(p.in, '<', p.at);
		struct str text = str_sub(p.in, p.at,
		    (mark == SIZE_MAX ? p.in.len : mark) - p.at);

		if (p.skipping == NULL)
			add_decoded(&p, text);
		p.at += text.len;
		if (p.at < p.in.len)
			take_markup(&p);
	}
	close_link(&p);
	if (p.pre > 0)
		buf_add_cstr(out, "\n```");
	rc = buf_check(out, err);
	if (rc == -ERR_TOO_LARGE)
		out->failed = 0;
	return rc;
}
