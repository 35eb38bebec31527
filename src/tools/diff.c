/* Line differences; see diff.h. Myers' greedy algorithm (An O(ND) Difference
 * Algorithm, 1986): equal head and tail are cut first, then the furthest
 * reaching paths of each d are kept for the way back. The memory is d squared,
 * hence the bound. */
#include "tools/diff.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/units.h"
#include "base/utf8.h"

enum { EDITS_MAX = 1500, CONTEXT = 3 };

static bool
same_line(const struct text_lines *a, size_t i, const struct text_lines *b,
    size_t j)
{
	return a->items[i].eol == b->items[j].eol &&
	    str_eq(text_lines_at(a, i), text_lines_at(b, j));
}

static void
add_run(struct diff_script *s, int kind, size_t a, size_t b, size_t n)
{
	struct diff_run *last = s->n > 0 ? &s->runs[s->n - 1] : NULL;

	if (n == 0)
		return;
	if (last != NULL && (int)last->kind == kind) {
		last->n += n;
		return;
	}
	/* Grows by doubling: capacity is the next power of two. */
	if ((s->n & (s->n - 1)) == 0)
		s->runs = mem_resize(s->runs, s->n == 0 ? 1 : 2 * s->n,
		    sizeof(*s->runs));
	s->runs[s->n++] = (struct diff_run){ .kind = kind, .a = a, .b = b,
		.n = n };
}

/* The middle part that differs, lines [a0, a0 + n) and [b0, b0 + m). */
struct middle {
	const struct text_lines *a, *b;
	size_t a0, b0;
	int n, m;
};

/* Furthest x on each diagonal k in [-d, d], for each d: row d begins at
 * d * d in one array, as the rows before it have 1 + 3 + 5 … cells. */
struct trace {
	int *cells;
	int d; /* edits needed; -1: over the bound */
};

static int *
cell(const struct trace *t, int d, int k)
{
	return &t->cells[(size_t)d * (size_t)d + (size_t)(k + d)];
}

static int
slide(const struct middle *m, int x, int y)
{
	while (x < m->n && y < m->m &&
	    same_line(m->a, m->a0 + (size_t)x, m->b, m->b0 + (size_t)y)) {
		x++;
		y++;
	}
	return x;
}

/* Whether the path to diagonal k at d edits came from k + 1 (an addition). */
static bool
came_down(const struct trace *t, int d, int k)
{
	return k == -d ||
	    (k != d && *cell(t, d - 1, k - 1) < *cell(t, d - 1, k + 1));
}

static void
find_trace(const struct middle *m, struct trace *t)
{
	int bound = m->n + m->m < EDITS_MAX ? m->n + m->m : EDITS_MAX;

	for (int d = 0; d <= bound; d++) {
		size_t cells = ((size_t)d + 1) * ((size_t)d + 1);

		t->cells = mem_resize(t->cells, cells, sizeof(int));
		for (int k = -d; k <= d; k++)
			*cell(t, d, k) = -1;
		for (int k = -d; k <= d; k += 2) {
			int x = 0;

			if (d > 0 && came_down(t, d, k))
				x = *cell(t, d - 1, k + 1);
			else if (d > 0)
				x = *cell(t, d - 1, k - 1) + 1;
			/* Past an edge: this diagonal is dead. */
			if (x > m->n || x - k > m->m || x < 0 || x - k < 0) {
				*cell(t, d, k) = -2;
				continue;
			}
			x = slide(m, x, x - k);
			*cell(t, d, k) = x;
			if (x == m->n && x - k == m->m) {
				t->d = d;
				return;
			}
		}
	}
	t->d = -1;
}

/* Walks back from the end; moves are found last first. */
static void
read_trace(const struct middle *m, const struct trace *t,
    struct diff_script *s)
{
	struct move {
		int kind, x, y, n;
	} *moves = mem_alloc((size_t)t->d * 2 + 2, sizeof(*moves));
	size_t n = 0;
	int x = m->n, y = m->m;

	for (int d = t->d; d > 0; d--) {
		int k = x - y;
		bool down = came_down(t, d, k);
		int from_k = down ? k + 1 : k - 1;
		int from_x = *cell(t, d - 1, from_k);
		int from_y = from_x - from_k;
		int kept = down ? x - from_x : x - from_x - 1;

		moves[n++] = (struct move){ DIFF_KEEP, x - kept, y - kept,
			kept };
		moves[n++] = (struct move){ down ? DIFF_ADD : DIFF_DROP,
			from_x, from_y, 1 };
		x = from_x;
		y = from_y;
	}
	add_run(s, DIFF_KEEP, m->a0, m->b0, (size_t)x);
	while (n > 0) {
		n--;
		add_run(s, moves[n].kind, m->a0 + (size_t)moves[n].x,
		    m->b0 + (size_t)moves[n].y, (size_t)moves[n].n);
	}
	free(moves);
}

void
diff_text_lines(const struct text_lines *a, const struct text_lines *b,
    struct diff_script *ret)
{
	size_t head = 0, tail = 0;
	struct trace t = { .cells = NULL, .d = -1 };
	struct middle m;

	*ret = (struct diff_script){ .n = 0 };
	while (head < a->n && head < b->n && same_line(a, head, b, head))
		head++;
	while (tail < a->n - head && tail < b->n - head &&
	    same_line(a, a->n - 1 - tail, b, b->n - 1 - tail))
		tail++;
	m = (struct middle){ a, b, head, head, (int)(a->n - head - tail),
		(int)(b->n - head - tail) };
	add_run(ret, DIFF_KEEP, 0, 0, head);
	if (m.n > 0 && m.m > 0)
		find_trace(&m, &t);
	if (t.d >= 0) {
		read_trace(&m, &t, ret);
	} else {
		add_run(ret, DIFF_DROP, head, head, (size_t)m.n);
		add_run(ret, DIFF_ADD, head + (size_t)m.n, head, (size_t)m.m);
	}
	add_run(ret, DIFF_KEEP, a->n - tail, b->n - tail, tail);
	free(t.cells);
}

void
diff_script_release(struct diff_script *s)
{
	free(s->runs);
	*s = (struct diff_script){ .n = 0 };
}

static void
put_lines(char mark, const struct text_lines *l, size_t from, size_t n,
    struct buf *out)
{
	for (size_t i = from; i < from + n; i++) {
		buf_add_char(out, mark);
		utf8_repair(text_lines_at(l, i), out);
		if (l->items[i].eol == 2)
			buf_add_char(out, '\r');
		buf_add_char(out, '\n');
		if (l->items[i].eol == 0)
			buf_add_cstr(out, "\\ No newline at end of file\n");
	}
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static void
put_range(char mark, size_t first, size_t n, struct buf *out)
{
	/* An empty range names the line before it. */
	buf_printf(out, " %c%zu", mark, n == 0 ? first : first + 1);
	if (n != 1)
		buf_printf(out, ",%zu", n);
}

/* One hunk: runs [from, to), with context cut from the kept runs at its
 * ends. */
static void
put_hunk(const struct diff_script *s, size_t from, size_t to,
    const struct text_lines *a, const struct text_lines *b, struct buf *out)
{
	size_t before = from > 0 ? least(s->runs[from - 1].n, CONTEXT) : 0;
	size_t after = to < s->n ? least(s->runs[to].n, CONTEXT) : 0;
	size_t first_a = s->runs[from].a - before;
	size_t first_b = s->runs[from].b - before;
	size_t n_a = before + after, n_b = before + after;

	for (size_t i = from; i < to; i++) {
		n_a += s->runs[i].kind != DIFF_ADD ? s->runs[i].n : 0;
		n_b += s->runs[i].kind != DIFF_DROP ? s->runs[i].n : 0;
	}
	buf_add_cstr(out, "@@");
	put_range('-', first_a, n_a, out);
	put_range('+', first_b, n_b, out);
	buf_add_cstr(out, " @@\n");
	put_lines(' ', a, first_a, before, out);
	for (size_t i = from; i < to; i++) {
		const struct diff_run *r = &s->runs[i];

		if (r->kind == DIFF_ADD)
			put_lines('+', b, r->b, r->n, out);
		else
			put_lines(r->kind == DIFF_DROP ? '-' : ' ', a, r->a,
			    r->n, out);
	}
	if (to < s->n)
		put_lines(' ', a, s->runs[to].a, after, out);
}

static void
put_hunks(const struct diff_script *s, const struct text_lines *a,
    const struct text_lines *b, struct buf *out)
{
	size_t from = 0;

	while (from < s->n) {
		size_t to;

		if (s->runs[from].kind == DIFF_KEEP) {
			from++;
			continue;
		}
		/* Changes whose contexts touch are one hunk. */
		for (to = from + 1; to < s->n; to++)
			if (s->runs[to].kind == DIFF_KEEP &&
			    (s->runs[to].n > 2 * CONTEXT || to + 1 == s->n))
				break;
		put_hunk(s, from, to, a, b, out);
		from = to;
	}
}

void
diff_unified(struct str before, struct str after, const char *label_a,
    const char *label_b, struct buf *out)
{
	CLEANUP_BUF struct buf text = BUF_INIT(out->max);
	CLEANUP_LINES struct text_lines a, b;
	struct diff_script s;
	size_t room = out->max - out->len;

	text_lines_init(&a, before);
	text_lines_init(&b, after);
	if (!str_eq(before, after) || label_a == NULL || label_b == NULL) {
		diff_text_lines(&a, &b, &s);
		buf_printf(&text, "--- %s%s\n+++ %s%s\n",
		    label_a ? "a/" : "/dev/null", label_a ? label_a : "",
		    label_b ? "b/" : "/dev/null", label_b ? label_b : "");
		put_hunks(&s, &a, &b, &text);
		diff_script_release(&s);
	}
	if (text.failed == 0 && text.len <= room) {
		buf_add_str(out, buf_str(&text));
		return;
	}
	if (room < 128)
		return;
	/* Cut at a line. */
	buf_truncate(&text, least(text.len, room - 64));
	while (text.len > 0 && text.ptr[text.len - 1] != '\n')
		buf_truncate(&text, text.len - 1);
	buf_add_str(out, buf_str(&text));
	buf_add_cstr(out, "\\ The rest of the diff is left out\n");
}
