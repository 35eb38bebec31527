/* Lines of source code; see code.h. */
#include "tui/text/code.h"

#include "base/width.h"

/* How many bytes from `at` on look the same. */
static size_t
same_look(const struct code_opts *opts, size_t at, size_t end)
{
	size_t n = at + 1;

	if (opts->roles == NULL && opts->grounds == NULL)
		return end - at;
	while (n < end &&
	    (opts->roles == NULL || opts->roles[n] == opts->roles[at]) &&
	    (opts->grounds == NULL || opts->grounds[n] == opts->grounds[at]))
		n++;
	return n - at;
}

static struct style
style_at(const struct code_opts *opts, size_t at)
{
	struct style style = opts->style;

	if (opts->roles != NULL && opts->roles[at] != ROLE_TEXT)
		style.role = opts->roles[at];
	if (opts->grounds != NULL && opts->grounds[at] != 0)
		style.ground = opts->grounds[at];
	return style;
}

/* Text [from, to), which has no tab, as pieces of one look each. */
static void
put_part(struct str text, size_t from, size_t to, uint32_t source,
    const struct code_opts *opts, struct lines *out)
{
	while (from < to) {
		size_t n = same_look(opts, from, to);

		lines_add(out, str_sub(text, from, n), style_at(opts, from),
		    source + (uint32_t)from);
		from += n;
	}
}

static size_t
room_behind(const struct flow *prefix, int width)
{
	size_t all = width < 1 ? 1 : (size_t)width;
	size_t used = prefix == NULL ? 0 : flow_width(prefix);

	return used < all ? all - used : 1;
}

/* The ground of the last piece goes on to the edge; a byte's own does not. */
static void
end_line(const struct code_opts *opts, size_t at, size_t columns, size_t room,
    struct lines *out)
{
	if ((opts->flags & LINE_FILL) && at > 0 && columns < room &&
	    style_at(opts, at - 1).ground != opts->style.ground)
		lines_add(out, STR(" "), opts->style, LINE_NO_SOURCE);
	lines_end(out);
}

void
code_line(struct str text, uint32_t source, const struct code_opts *opts,
    struct lines *out)
{
	static const struct str blanks = STR("        ");
	const struct flow *prefix = opts->first;
	size_t at = 0, part = 0, columns = 0;
	size_t room = room_behind(prefix, opts->width);

	lines_begin(out, opts->flags);
	if (prefix != NULL)
		flow_put(prefix, out);
	while (at < text.len) {
		bool tab = text.ptr[at] == '\t';
		int wide = 0;
		size_t len = tab ? 1 : width_cluster(str_sub(text, at,
		    SIZE_MAX), &wide);

		if (tab)
			wide = CODE_TAB_STOP - (int)(columns % CODE_TAB_STOP);
		if (tab && (size_t)wide > room)
			wide = (int)room;
		if (columns > 0 && columns + (size_t)wide > room) {
			put_part(text, part, at, source, opts, out);
			end_line(opts, at, columns, room, out);
			prefix = opts->others;
			room = room_behind(prefix, opts->width);
			lines_begin(out, opts->flags | LINE_WRAPPED);
			if (prefix != NULL)
				flow_put(prefix, out);
			part = at;
			columns = 0;
			continue;
		}
		if (tab) {
			put_part(text, part, at, source, opts, out);
			lines_add(out, str_sub(blanks, 0, (size_t)wide),
			    style_at(opts, at), LINE_NO_SOURCE);
			part = at + 1;
		}
		columns += (size_t)wide;
		at += len;
	}
	put_part(text, part, at, source, opts, out);
	end_line(opts, text.len, columns, room, out);
}
