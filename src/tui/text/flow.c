/* Breaking of styled text into lines; see flow.h.
 *
 * One pass over the clusters keeps the last place where the line could end.
 * When a line is full it ends there, and what stood behind is looked at once
 * more for the next line: each byte at most twice. */
#include "tui/text/flow.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "base/width.h"

enum { TAB_STOP = 8 };

void
flow_release(struct flow *f)
{
	free(f->runs);
	free(f->starts);
	buf_release(&f->own);
	*f = FLOW_INIT;
}

void
flow_clear(struct flow *f)
{
	f->count = 0;
	f->n_starts = 0;
	buf_clear(&f->own);
}

void
flow_add_run(struct flow *f, const struct flow_run *run)
{
	struct flow_run *last = f->count > 0 ? &f->runs[f->count - 1] : NULL;

	if (run->len == 0)
		return;
	if (last != NULL && run->ptr != NULL && last->ptr != NULL &&
	    last->ptr + last->len == run->ptr && last->link == run->link &&
	    last->inside == run->inside && last->source != LINE_NO_SOURCE &&
	    last->source + last->len == run->source &&
	    memcmp(&last->style, &run->style, sizeof(run->style)) == 0) {
		last->len += run->len;
		return;
	}
	f->runs = mem_grow(f->runs, &f->cap, f->count + 1, sizeof(*f->runs));
	f->runs[f->count++] = *run;
}

void
flow_add(struct flow *f, struct str text, struct style style, uint32_t source)
{
	flow_add_run(f, &(struct flow_run){ .ptr = text.ptr,
	    .len = (uint32_t)text.len, .source = source, .style = style });
}

void
flow_add_copy(struct flow *f, struct str text, struct style style)
{
	size_t at = f->own.len;

	if (buf_add_str(&f->own, text) != 0)
		return;
	flow_add_run(f, &(struct flow_run){ .at = (uint32_t)at,
	    .len = (uint32_t)text.len, .source = LINE_NO_SOURCE,
	    .style = style });
}

struct str
flow_run_text(const struct flow *f, const struct flow_run *run)
{
	return str_make(run->ptr != NULL ? run->ptr :
	    buf_text(&f->own) + run->at, run->len);
}

size_t
flow_width(const struct flow *f)
{
	size_t columns = 0;

	for (size_t i = 0; i < f->count; i++)
		columns += width_of(flow_run_text(f, &f->runs[i]));
	return columns;
}

size_t
flow_width_max(const struct flow *f)
{
	size_t columns = 0, widest = 0;

	for (size_t i = 0; i < f->count; i++) {
		struct str rest = flow_run_text(f, &f->runs[i]);

		for (;;) {
			size_t end = str_find_char(rest, '\n', 0);

			columns += width_of(str_sub(rest, 0, end));
			if (columns > widest)
				widest = columns;
			if (end == SIZE_MAX)
				break;
			columns = 0;
			rest = str_sub(rest, end + 1, SIZE_MAX);
		}
	}
	return widest;
}

size_t
flow_word_max(const struct flow *f)
{
	size_t word = 0, longest = 0;

	for (size_t i = 0; i < f->count; i++) {
		struct str rest = flow_run_text(f, &f->runs[i]);

		while (rest.len > 0) {
			int columns;
			size_t len = width_cluster(rest, &columns);
			bool blank = rest.ptr[0] == ' ' ||
			    rest.ptr[0] == '\t' || rest.ptr[0] == '\n';

			/* Lines break round wide characters. */
			word = blank ? 0 : columns == 2 ? 2 :
			    word + (size_t)columns;
			if (word > longest)
				longest = word;
			rest = str_sub(rest, len, SIZE_MAX);
		}
	}
	return longest;
}

void
flow_put(const struct flow *f, struct lines *out)
{
	for (size_t i = 0; i < f->count; i++)
		lines_add_linked(out, flow_run_text(f, &f->runs[i]),
		    f->runs[i].style, f->runs[i].source, f->runs[i].link);
}

/* A layout on its way. */
struct layout {
	struct flow *flow;
	const struct flow_opts *opts;
	struct lines *out;
	struct flow_place start; /* of the line */
	struct flow_place end;	 /* behind its last cluster that is no blank */
	size_t columns;		 /* of the line so far */
	size_t room;		 /* columns that this line has */
	/* The last place to break: the line's end there, and where the next
	 * one begins. */
	struct flow_place brk_end, brk_next;
	bool has_brk, wide_before;
	bool has_tab; /* so far, in any line */
	size_t n_lines;
	unsigned flags;
	bool full; /* lines_max is reached */
};

static void
set_room(struct layout *l)
{
	const struct flow *prefix = l->n_lines == 0 ? l->opts->first :
	    l->opts->others;
	size_t width = l->opts->width < 1 ? 1 : (size_t)l->opts->width;
	size_t used = prefix == NULL ? 0 : flow_width(prefix);

	l->room = used < width ? width - used : 1;
}

/* Tabs are drawn as blanks, so they are pieces without a source. */
static void
put_text(struct layout *l, struct str text, const struct flow_run *run,
    size_t byte, size_t *columns)
{
	static const struct str blanks = STR("        ");
	uint32_t source = run->source == LINE_NO_SOURCE ? LINE_NO_SOURCE :
	    run->source + (uint32_t)byte;

	while (text.len > 0) {
		size_t tab = str_find_char(text, '\t', 0), n;
		struct str part = str_sub(text, 0, tab);

		lines_add_linked(l->out, part, run->style, source, run->link);
		/* Where the next tab stands; there are few. */
		if (l->has_tab)
			*columns += width_of(part);
		if (tab == SIZE_MAX)
			return;
		n = TAB_STOP - *columns % TAB_STOP;
		lines_add_linked(l->out, str_sub(blanks, 0, n), run->style,
		    LINE_NO_SOURCE, run->link);
		*columns += n;
		text = str_sub(text, tab + 1, SIZE_MAX);
		if (source != LINE_NO_SOURCE)
			source += (uint32_t)tab + 1;
	}
}

/* `columns_max` cuts the line, with room for the "…". */
static void
put_line(struct layout *l, struct flow_place from, struct flow_place to,
    size_t columns_max)
{
	const struct flow *prefix = l->n_lines == 0 ? l->opts->first :
	    l->opts->others;
	size_t columns = 0, left = columns_max;

	l->flow->starts = mem_grow(l->flow->starts, &l->flow->cap_starts,
	    l->flow->n_starts + 1, sizeof(*l->flow->starts));
	l->flow->starts[l->flow->n_starts++] = from;
	lines_begin(l->out, l->flags);
	if (prefix != NULL)
		flow_put(prefix, l->out);
	for (size_t i = from.run; i <= to.run && i < l->flow->count; i++) {
		const struct flow_run *run = &l->flow->runs[i];
		size_t a = i == from.run ? from.byte : 0;
		size_t b = i == to.run ? to.byte : run->len;
		struct str text = str_sub(flow_run_text(l->flow, run), a,
		    b - a);
		size_t used;

		if (columns_max != SIZE_MAX) {
			text.len = width_fit(text, left, &used);
			left -= used;
		}
		put_text(l, text, run, a, &columns);
	}
	if (columns_max != SIZE_MAX)
		lines_add(l->out, STR("…"), STYLE(ROLE_MUTED),
		    LINE_NO_SOURCE);
	lines_end(l->out);
	l->n_lines++;
}

/* Whether anything but blanks comes at or after a place. */
static bool
has_more(const struct flow *f, struct flow_place at)
{
	for (; at.run < f->count; at.run++, at.byte = 0) {
		struct str text = flow_run_text(f, &f->runs[at.run]);

		if (str_trim(str_sub(text, at.byte, SIZE_MAX)).len > 0)
			return true;
	}
	return false;
}

/* Ends the line; the next one begins at `next`. */
static void
end_line(struct layout *l, struct flow_place end, struct flow_place next,
    unsigned next_flags)
{
	bool last = l->opts->lines_max != 0 &&
	    l->n_lines + 1 == l->opts->lines_max;

	if (last && has_more(l->flow, next)) {
		put_line(l, l->start, end, l->room - 1);
		l->full = true;
		return;
	}
	put_line(l, l->start, end, SIZE_MAX);
	l->full = last;
	l->flags = next_flags;
	l->start = l->end = next;
	l->columns = 0;
	l->has_brk = false;
	l->wide_before = false;
	set_room(l);
}

/* Punctuation that must not begin a line (a short kinsoku list). */
static bool
clings(struct str cluster)
{
	static const char list[] = "。、，．・）」』】》〉！？：；〕］｝";
	uint32_t code, one;
	size_t n;

	if (utf8_decode(cluster.ptr, cluster.len, &code) == 0)
		return false;
	for (size_t i = 0; i < sizeof(list) - 1; i += n) {
		n = utf8_decode(list + i, sizeof(list) - 1 - i, &one);
		if (one == code)
			return true;
	}
	return false;
}

static void
lay_blank(struct layout *l, struct flow_place *at, char c)
{
	struct flow_place next = { at->run, at->byte + 1 };
	size_t columns = c == '\t' ? TAB_STOP - l->columns % TAB_STOP : 1;

	if (!l->has_brk || at->run != l->brk_next.run ||
	    at->byte != l->brk_next.byte)
		l->brk_end = l->end;
	l->brk_next = next;
	/* Blanks that begin a line are its indent. */
	l->has_brk = l->end.run != l->start.run ||
	    l->end.byte != l->start.byte;
	l->columns += columns;
	l->has_tab = l->has_tab || c == '\t';
	l->wide_before = false;
	*at = next;
}

static void
lay_cluster(struct layout *l, struct flow_place *at, struct str cluster,
    size_t columns)
{
	bool wide = columns == 2 && !clings(cluster);

	if (l->columns > 0 && (wide || (l->wide_before && columns > 0 &&
	    !clings(cluster)))) {
		/* A blank before it is the better place already. */
		if (!l->has_brk || l->brk_next.run != at->run ||
		    l->brk_next.byte != at->byte) {
			l->brk_end = l->brk_next = *at;
			l->has_brk = true;
		}
	}
	if (l->columns > 0 && l->columns + columns > l->room) {
		struct flow_place end = l->has_brk ? l->brk_end : l->end;
		struct flow_place next = l->has_brk ? l->brk_next : *at;

		end_line(l, end, next, LINE_WRAPPED);
		*at = next;
		return;
	}
	l->columns += columns;
	l->wide_before = columns == 2;
	at->byte += cluster.len;
	l->end = *at;
}

void
flow_layout(struct flow *f, const struct flow_opts *opts, struct lines *out)
{
	struct layout l = { .flow = f, .opts = opts, .out = out,
		.flags = opts->flags };
	struct flow_place at = { 0, 0 };

	f->n_starts = 0;
	set_room(&l);
	while (!l.full && at.run < f->count) {
		struct str text = flow_run_text(f, &f->runs[at.run]);
		struct str rest = str_sub(text, at.byte, SIZE_MAX);
		int columns;
		size_t len;

		if (rest.len == 0) {
			bool at_break = l.has_brk &&
			    l.brk_next.run == at.run &&
			    l.brk_next.byte == at.byte;

			at = (struct flow_place){ at.run + 1, 0 };
			if (at_break)
				l.brk_next = at;
			continue;
		}
		if (rest.ptr[0] == '\n') {
			at.byte++;
			end_line(&l, l.end, at, 0);
			continue;
		}
		if (rest.ptr[0] == ' ' || rest.ptr[0] == '\t') {
			lay_blank(&l, &at, rest.ptr[0]);
			continue;
		}
		len = width_cluster(rest, &columns);
		lay_cluster(&l, &at, str_sub(rest, 0, len), (size_t)columns);
	}
	if (!l.full)
		put_line(&l, l.start, l.end, SIZE_MAX);
}
