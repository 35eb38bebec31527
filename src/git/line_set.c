/* Ranges of lines; see line_set.h. */
#include "git/line_set.h"

#include "base/mem.h"
#include "git/git2_api.h"

void
line_set_release(struct line_set *s)
{
	free(s->items);
	*s = (struct line_set){ .items = NULL };
}

void
line_set_add(struct line_set *s, uint32_t first, uint32_t count)
{
	struct line_range *last = s->n > 0 ? &s->items[s->n - 1] : NULL;

	if (count == 0)
		return;
	if (last != NULL && last->first + last->count == first) {
		last->count += count;
		return;
	}
	s->items = mem_grow(s->items, &s->cap, s->n + 1, sizeof(*s->items));
	s->items[s->n++] = (struct line_range){ first, count };
}

uint32_t
line_set_next(const struct line_set *s, uint32_t line)
{
	size_t low = 0, high = s->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (s->items[mid].first + s->items[mid].count <= line)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == s->n)
		return 0;
	return s->items[low].first > line ? s->items[low].first : line;
}

bool
line_set_has(const struct line_set *s, uint32_t line)
{
	return line > 0 && line_set_next(s, line) == line;
}

size_t
line_set_count(const struct line_set *s)
{
	size_t count = 0;

	for (size_t i = 0; i < s->n; i++)
		count += s->items[i].count;
	return count;
}

void
line_set_meet(struct line_set *s, const struct line_set *other)
{
	struct line_set both = { .items = NULL };
	size_t i = 0, k = 0;

	while (i < s->n && k < other->n) {
		const struct line_range *a = &s->items[i];
		const struct line_range *b = &other->items[k];
		uint32_t a_end = a->first + a->count;
		uint32_t b_end = b->first + b->count;
		uint32_t first = a->first > b->first ? a->first : b->first;
		uint32_t end = a_end < b_end ? a_end : b_end;

		if (first < end)
			line_set_add(&both, first, end - first);
		if (a_end < b_end)
			i++;
		else
			k++;
	}
	line_set_release(s);
	*s = both;
}

/* --- differences -------------------------------------------------------- */

static uint32_t
count_lines(struct str text)
{
	uint32_t lines = 0;
	struct str line;

	while (str_next_line(&text, &line))
		lines++;
	return lines;
}

static int
take_hunk(const git_diff_delta *delta, const git_diff_hunk *hunk,
    void *payload)
{
	(void)delta;
	if (hunk->new_lines > 0)
		line_set_add(payload, (uint32_t)hunk->new_start,
		    (uint32_t)hunk->new_lines);
	return 0;
}

/* Cuts equal lines off both ends. */
static void
add_middle(struct str before, struct str after, struct line_set *ret)
{
	uint32_t first = 1, rest;
	struct str a = STR_NONE, b = STR_NONE;

	while (before.len > 0 && after.len > 0) {
		struct str before_next = before, after_next = after;

		str_next_line(&before_next, &a);
		str_next_line(&after_next, &b);
		if (!str_eq(a, b))
			break;
		before = before_next;
		after = after_next;
		first++;
	}
	rest = count_lines(after);
	while (before.len > 0 && after.len > 0 && rest > 0 &&
	    before.ptr[before.len - 1] == after.ptr[after.len - 1]) {
		before.len--;
		after.len--;
		/* A line is equal once its predecessor's end is met. */
		if (after.len > 0 && after.ptr[after.len - 1] == '\n' &&
		    before.len > 0 && before.ptr[before.len - 1] == '\n')
			rest--;
	}
	line_set_add(ret, first, rest);
}

int
line_set_added(struct str before, struct str after, struct line_set *ret,
    struct error *err)
{
	const struct git2_api *g;
	git_diff_options options = { .version = GIT_DIFF_OPTIONS_VERSION,
		.flags = GIT_DIFF_FORCE_TEXT, .context_lines = 0 };
	int rc;

	if (before.len == 0) {
		line_set_add(ret, 1, count_lines(after));
		return 0;
	}
	g = git2_api_get(NULL);
	if (g == NULL) {
		add_middle(before, after, ret);
		return 0;
	}
	rc = g->diff_buffers(before.ptr, before.len, NULL, after.ptr,
	    after.len, NULL, &options, NULL, NULL, take_hunk, NULL, ret);
	return rc == 0 ? 0 : git2_error(g, rc, err, "comparing two texts");
}
