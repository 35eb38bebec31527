/* Inline Markdown by md4c; see markdown_inline.h.
 *
 * Blocks are found by markdown_block.c, which keeps its place between two
 * deltas; md4c reads one block's text and must not see other blocks in it. So
 * the text stands behind "x " (nothing that begins a block begins there, and
 * no link definition, whose text would vanish), and each further line is
 * indented by four, which after text is text. */
#include "tui/text/markdown_inline.h"

#include <md4c.h>

#include "base/late_library.h"
#include "tui/text/entity.h"

enum { URL_MAX = 4096 };

struct md4c_api {
	__typeof__(md_parse) *parse;
};

static const char *const sonames[] = { "libmd4c.so.0", NULL };
static const struct late_symbol symbols[] = {
	{ "md_parse", offsetof(struct md4c_api, parse) },
};
static struct md4c_api api;
static struct late_library library = LATE_LIBRARY("md4c", sonames, symbols,
    &api);

static const struct str lead = STR("x ");
static const struct str next_line = STR("\n    ");

struct reader {
	const struct markdown_inline *in;
	struct flow *out;
	size_t range; /* where text was found last */
	size_t range_at;
	int strong, emphasis, strike, code, link, image;
	uint16_t link_number;
	size_t link_first; /* run of the link's text */
	struct buf url;
};

static struct style
style_now(const struct reader *r)
{
	struct style style = r->in->style;

	if (r->image > 0)
		style.role = ROLE_MUTED;
	if (r->link > 0) {
		style.role = ROLE_LINK;
		style.flags |= STYLE_UNDERLINE;
	}
	if (r->code > 0)
		style.role = ROLE_CODE;
	if (r->strong > 0)
		style.flags |= STYLE_BOLD;
	if (r->emphasis > 0)
		style.flags |= STYLE_ITALIC;
	if (r->strike > 0)
		style.flags |= STYLE_STRIKE;
	return style;
}

static void
add_run(struct reader *r, struct str text, uint32_t source)
{
	flow_add_run(r->out, &(struct flow_run){ .ptr = text.ptr,
	    .len = (uint32_t)text.len, .source = source,
	    .style = style_now(r), .link = r->link_number,
	    .inside = r->strong + r->emphasis + r->strike + r->code +
		r->link + r->image > 0 });
}

/* Text that is nowhere in the source: copied. */
static void
add_own(struct reader *r, struct str text)
{
	size_t before = r->out->count;

	flow_add_copy(r->out, text, style_now(r));
	if (r->out->count > before) {
		r->out->runs[before].link = r->link_number;
		r->out->runs[before].inside = true;
	}
}

static size_t
glue_len(const struct markdown_range *range, size_t index)
{
	return index == 0 ? lead.len : range->joined ? 0 : next_line.len;
}

/* Bytes of md4c's text at `at` lie in ranges: they are added from the source
 * itself, so that the runs outlive the scratch buffer. */
static void
add_source(struct reader *r, size_t at, size_t len)
{
	const struct markdown_inline *in = r->in;

	if (at < r->range_at) {
		r->range = 0;
		r->range_at = 0;
	}
	while (len > 0 && r->range < in->count) {
		const struct markdown_range *range = &in->ranges[r->range];
		size_t start = r->range_at + glue_len(range, r->range);
		size_t end = start + range->len, n;

		if (at >= end) {
			r->range++;
			r->range_at = end;
			continue;
		}
		if (at < start) {
			n = start - at < len ? start - at : len;
			at += n;
			len -= n;
			continue;
		}
		n = end - at < len ? end - at : len;
		add_run(r, str_make(in->source + range->at + (at - start), n),
		    range->at + (uint32_t)(at - start));
		at += n;
		len -= n;
	}
}

static bool
in_scratch(const struct reader *r, const char *text, size_t *ret_at)
{
	uintptr_t base = (uintptr_t)buf_text(r->in->scratch);
	uintptr_t at = (uintptr_t)text;

	if (at < base || at >= base + r->in->scratch->len)
		return false;
	*ret_at = at - base;
	return true;
}

static int
on_text(MD_TEXTTYPE type, const MD_CHAR *text, MD_SIZE size, void *ctx)
{
	struct reader *r = ctx;
	CLEANUP_BUF struct buf decoded = BUF_INIT(64);
	size_t at;

	switch (type) {
	case MD_TEXT_BR:
	case MD_TEXT_SOFTBR:
		add_run(r, STR("\n"), LINE_NO_SOURCE);
		return 0;
	case MD_TEXT_NULLCHAR:
		add_run(r, STR("\xef\xbf\xbd"), LINE_NO_SOURCE);
		return 0;
	case MD_TEXT_ENTITY:
		if (entity_decode(str_make(text, size), &decoded)) {
			add_own(r, buf_str(&decoded));
			return 0;
		}
		break;
	default:
		break;
	}
	if (in_scratch(r, text, &at))
		add_source(r, at, size);
	else
		add_own(r, str_make(text, size));
	return 0;
}

/* A URL for OSC 8 and for showing: only graphic ASCII. */
static void
read_url(const MD_ATTRIBUTE *attribute, struct buf *out)
{
	CLEANUP_BUF struct buf plain = BUF_INIT(URL_MAX);

	buf_clear(out);
	for (size_t i = 0; attribute->text != NULL &&
	     attribute->substr_offsets[i] < attribute->size; i++) {
		size_t at = attribute->substr_offsets[i];
		struct str part = str_make(attribute->text + at,
		    attribute->substr_offsets[i + 1] - at);

		if (attribute->substr_types[i] != MD_TEXT_ENTITY ||
		    !entity_decode(part, &plain))
			buf_add_str(&plain, part);
	}
	for (size_t i = 0; i < plain.len; i++) {
		unsigned char c = (unsigned char)plain.ptr[i];

		if (c > 0x20 && c < 0x7f)
			buf_add_char(out, (char)c);
		else
			buf_printf(out, "%%%02X", c);
	}
}

static void
begin_link(struct reader *r, const MD_ATTRIBUTE *url)
{
	read_url(url, &r->url);
	r->link_first = r->out->count;
	r->link_number = r->in->links && r->url.len > 0 &&
	    r->url.failed == 0 ?
	    lines_link(r->in->lines, buf_str(&r->url)) : 0;
}

/* Whether the text of a link claims to be an address, as "example.org/x" and
 * "https://example.org" do. */
static bool
looks_like_url(struct str text)
{
	return str_find(text, STR("://"), 0) != SIZE_MAX ||
	    str_starts_nocase(text, STR("www."));
}

static bool
shows_url(struct str text, struct str url)
{
	static const struct str schemes[] = { STR("mailto:"), STR("http://"),
		STR("https://"), STR("file://") };

	if (str_eq(text, url))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(schemes); i++)
		if (str_starts(url, schemes[i]) &&
		    str_eq(text, str_sub(url, schemes[i].len, SIZE_MAX)))
			return true;
	return false;
}

/* Behind the text stands where it leads, where the terminal cannot tell or
 * the text says something else. */
static void
end_link(struct reader *r)
{
	CLEANUP_BUF struct buf text = BUF_INIT(URL_MAX);
	struct str url = buf_str(&r->url);
	struct style muted = r->in->style;
	bool hidden = r->link_number != 0;

	r->link_number = 0;
	muted.role = ROLE_MUTED;
	for (size_t i = r->link_first; i < r->out->count; i++)
		buf_add_str(&text, flow_run_text(r->out, &r->out->runs[i]));
	if (url.len == 0 || shows_url(buf_str(&text), url) ||
	    (hidden && !looks_like_url(buf_str(&text))))
		return;
	flow_add_copy(r->out, STR(" ("), muted);
	flow_add_copy(r->out, url, muted);
	flow_add_copy(r->out, STR(")"), muted);
}

static int
on_enter_span(MD_SPANTYPE type, void *detail, void *ctx)
{
	struct reader *r = ctx;

	switch (type) {
	case MD_SPAN_EM:
		r->emphasis++;
		break;
	case MD_SPAN_STRONG:
		r->strong++;
		break;
	case MD_SPAN_DEL:
		r->strike++;
		break;
	case MD_SPAN_CODE:
		r->code++;
		break;
	case MD_SPAN_A:
		if (r->link++ == 0 && r->image == 0)
			begin_link(r, &((MD_SPAN_A_DETAIL *)detail)->href);
		break;
	case MD_SPAN_IMG:
		if (r->image++ > 0)
			break;
		if (r->link == 0)
			begin_link(r, &((MD_SPAN_IMG_DETAIL *)detail)->src);
		add_own(r, STR("[image: "));
		break;
	default:
		break;
	}
	return 0;
}

static int
on_leave_span(MD_SPANTYPE type, void *detail, void *ctx)
{
	struct reader *r = ctx;

	switch (type) {
	case MD_SPAN_EM:
		r->emphasis--;
		break;
	case MD_SPAN_STRONG:
		r->strong--;
		break;
	case MD_SPAN_DEL:
		r->strike--;
		break;
	case MD_SPAN_CODE:
		r->code--;
		break;
	case MD_SPAN_A:
		if (--r->link == 0 && r->image == 0)
			end_link(r);
		break;
	case MD_SPAN_IMG:
		if (r->image == 1)
			add_own(r, STR("]"));
		if (--r->image == 0 && r->link == 0)
			end_link(r);
		break;
	default:
		break;
	}
	return 0;
}

static int
on_block(MD_BLOCKTYPE type, void *detail, void *ctx)
{
	return 0;
}

/* Most text has nothing for md4c in it. */
static bool
is_plain(const struct markdown_inline *in)
{
	static const bool special[256] = { ['\0'] = true, ['*'] = true,
		['_'] = true, ['`'] = true, ['['] = true, [']'] = true,
		['!'] = true, ['<'] = true, ['&'] = true, ['\\'] = true,
		['~'] = true, [':'] = true, ['@'] = true };

	for (size_t i = 0; i < in->count; i++) {
		const struct markdown_range *range = &in->ranges[i];
		struct str text = str_make(in->source + range->at,
		    range->len);

		for (size_t k = 0; k < text.len; k++)
			if (special[(unsigned char)text.ptr[k]])
				return false;
		for (size_t k = str_find_char(text, '.', 0); k != SIZE_MAX;
		     k = str_find_char(text, '.', k + 1))
			if (k > 0 && (text.ptr[k - 1] | 0x20) == 'w')
				return false;
	}
	return true;
}

static void
add_plain(const struct markdown_inline *in, struct flow *out)
{
	for (size_t i = 0; i < in->count; i++) {
		const struct markdown_range *range = &in->ranges[i];
		struct str text = str_make(in->source + range->at,
		    range->len);

		if (i > 0 && !range->joined)
			flow_add(out, STR("\n"), in->style, LINE_NO_SOURCE);
		flow_add(out, text, in->style, range->at);
	}
}

bool
markdown_inline_ready(void)
{
	return late_library_get(&library, NULL) != NULL;
}

void
markdown_inline(const struct markdown_inline *in, struct flow *out)
{
	static const MD_PARSER parser = {
		.flags = MD_FLAG_STRIKETHROUGH | MD_FLAG_NOHTML |
		    MD_FLAG_PERMISSIVEAUTOLINKS,
		.enter_block = on_block,
		.leave_block = on_block,
		.enter_span = on_enter_span,
		.leave_span = on_leave_span,
		.text = on_text,
	};
	const struct md4c_api *md4c;
	struct reader r = { .in = in, .out = out,
		.url = BUF_INIT(3 * URL_MAX) };
	size_t before = out->count;

	if (is_plain(in)) {
		add_plain(in, out);
		return;
	}
	md4c = late_library_get(&library, NULL);
	buf_clear(in->scratch);
	for (size_t i = 0; i < in->count; i++) {
		const struct markdown_range *range = &in->ranges[i];

		buf_add_str(in->scratch, i == 0 ? lead : range->joined ?
		    STR_NONE : next_line);
		buf_add(in->scratch, in->source + range->at, range->len);
	}
	if (md4c == NULL || in->scratch->failed != 0 ||
	    md4c->parse(buf_text(in->scratch), (MD_SIZE)in->scratch->len,
		&parser, &r) != 0) {
		out->count = before;
		add_plain(in, out);
	}
	buf_release(&r.url);
}
