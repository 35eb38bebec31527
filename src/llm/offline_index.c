/* See offline_index.h. */
#include "llm/offline_index.h"

#include "base/mem.h"

/* "path:12-40 rest" or "path:12 rest". */
static bool
cut_place(struct str line, struct str *path, int64_t *first,
    struct str *rest)
{
	size_t colon = str_find_char(line, ':', 0), end;
	struct str number;

	if (colon == SIZE_MAX || colon == 0 || *line.ptr == ' ')
		return false;
	number = str_sub(line, colon + 1, SIZE_MAX);
	for (end = 0; end < number.len && number.ptr[end] >= '0' &&
	     number.ptr[end] <= '9'; end++)
		continue;
	if (!str_to_int(str_sub(number, 0, end), 1, INT32_MAX, first))
		return false;
	*path = str_sub(line, 0, colon);
	*rest = str_sub(number, end, SIZE_MAX);
	if (rest->len > 0 && *rest->ptr == '-') {
		end = str_find_char(*rest, ' ', 0);
		*rest = end == SIZE_MAX ? STR_NONE :
					  str_sub(*rest, end, SIZE_MAX);
	}
	*rest = str_trim(*rest);
	return true;
}

/* What is behind the first ": ", the line itself. */
static struct str
line_of(struct str rest)
{
	size_t at = str_find(rest, STR(": "), 0);

	return str_starts(rest, STR(": ")) ? str_sub(rest, 2, SIZE_MAX) :
	    at == SIZE_MAX		   ? STR_NONE :
					     str_sub(rest, at + 2, SIZE_MAX);
}

static void
add(struct hits *h, struct str path, int64_t line, struct str text)
{
	if (h->n == HITS_MAX) {
		h->more = true;
		return;
	}
	if ((h->n & (h->n - 1)) == 0)
		h->items = mem_resize(h->items, h->n == 0 ? 1 : 2 * h->n,
		    sizeof(*h->items));
	h->items[h->n++] = (struct hit){ .path = path, .line = line,
		.text = str_trim(text) };
}

bool
index_read_symbol(struct str result, struct hits *definitions,
    struct hits *uses)
{
	/* Lists by their titles; those of other names are passed over. */
	struct hits *to = NULL;
	struct str line;

	while (str_next_line(&result, &line)) {
		struct str path, rest;
		int64_t at;

		if (str_eq_c(line, "Definitions:"))
			to = definitions;
		else if (str_eq_c(line, "Called by:") ||
		    str_eq_c(line, "Tests:") ||
		    str_eq_c(line, "Other uses:"))
			to = uses;
		else if (str_ends(line, STR(":")) &&
		    str_find_char(line, ':', 0) + 1 == line.len)
			to = NULL;
		else if (to != NULL && str_starts(line, STR("and ")))
			to->more = true;
		else if (to != NULL && cut_place(line, &path, &at, &rest))
			add(to, path, at, line_of(rest));
	}
	return definitions->n + uses->n > 0;
}

bool
index_next_piece(struct str *rest, struct found_piece *ret)
{
	struct str line;

	while (str_next_line(rest, &line)) {
		const char *start = rest->ptr;
		size_t why;

		if (!cut_place(line, &ret->path, &ret->line, &ret->title))
			continue;
		/* The reasons are for a model. */
		why = str_find(ret->title, STR("("), 0);
		ret->title = str_trim(str_sub(ret->title, 0, why));
		ret->text = STR_NONE;
		for (struct str after = *rest;
		     str_next_line(&after, &line) && line.len > 0 &&
		     (*line.ptr == ' ' || *line.ptr == '\t' ||
			 (*line.ptr >= '0' && *line.ptr <= '9')); *rest = after)
			ret->text = str_make(start,
			    (size_t)(line.ptr + line.len - start));
		return true;
	}
	return false;
}
