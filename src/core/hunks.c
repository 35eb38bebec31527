/* Hunks; see hunks.h. */
#include "core/hunks.h"

#include <stdlib.h>

#include "base/mem.h"

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Lines of the one and of the other text that a run covers. */
static size_t
lines_a(const struct diff_run *r)
{
	return r->kind == DIFF_ADD ? 0 : r->n;
}

static size_t
lines_b(const struct diff_run *r)
{
	return r->kind == DIFF_DROP ? 0 : r->n;
}

/* Where context begins in the run before a change, and ends in the one behind
 * it. */
static void
close_hunk(struct hunks *h, size_t first, size_t last, size_t context)
{
	const struct diff_run *runs = h->script.runs;
	struct hunk k = { .first = first, .last = last };
	size_t before = 0, behind = 0;

	if (first > 0)
		before = least(context, runs[first - 1].n);
	if (last + 1 < h->script.n)
		behind = least(context, runs[last + 1].n);
	k.from_a = runs[first].a;
	k.from_b = runs[first].b;
	k.a = k.from_a - before;
	k.b = k.from_b - before;
	k.n_a = k.n_b = before + behind;
	for (size_t i = first; i <= last; i++) {
		k.n_a += lines_a(&runs[i]);
		k.n_b += lines_b(&runs[i]);
	}
	h->items = mem_resize(h->items, h->n + 1, sizeof(*h->items));
	h->items[h->n++] = k;
}

void
hunks_init(struct hunks *h, struct str before, struct str after,
    size_t context)
{
	size_t first = SIZE_MAX, last = 0;

	*h = (struct hunks){ .n = 0 };
	text_lines_init(&h->a, before);
	text_lines_init(&h->b, after);
	diff_text_lines(&h->a, &h->b, &h->script);
	for (size_t i = 0; i < h->script.n; i++) {
		const struct diff_run *r = &h->script.runs[i];

		h->insertions += r->kind == DIFF_ADD ? r->n : 0;
		h->deletions += r->kind == DIFF_DROP ? r->n : 0;
		if (r->kind != DIFF_KEEP) {
			first = first == SIZE_MAX ? i : first;
			last = i;
		} else if (first != SIZE_MAX && r->n > 2 * context) {
			close_hunk(h, first, last, context);
			first = SIZE_MAX;
		}
	}
	if (first != SIZE_MAX)
		close_hunk(h, first, last, context);
}

void
hunks_release(struct hunks *h)
{
	free(h->items);
	diff_script_release(&h->script);
	text_lines_release(&h->a);
	text_lines_release(&h->b);
}

/* --- showing ------------------------------------------------------------ */

static void
write_lines(const struct hunks *h, const char *kind, size_t a, size_t b,
    size_t n, struct json_writer *w)
{
	bool old = kind[0] != '+', new = kind[0] != '-';

	for (size_t i = 0; i < n; i++) {
		jw_object(w);
		jw_key_cstr(w, "kind", kind);
		if (old)
			jw_key_int(w, "old", (int64_t)(a + i + 1));
		if (new)
			jw_key_int(w, "new", (int64_t)(b + i + 1));
		jw_key_str(w, "text", old ? text_lines_at(&h->a, a + i) :
					    text_lines_at(&h->b, b + i));
		jw_end(w);
	}
}

static void
write_hunk(const struct hunks *h, const struct hunk *k, struct json_writer *w)
{
	static const char *const kinds[] = { [DIFF_KEEP] = " ",
		[DIFF_DROP] = "-", [DIFF_ADD] = "+" };
	size_t a = k->from_a, b = k->from_b;

	jw_object(w);
	jw_key_int(w, "old_start", (int64_t)(k->a + (k->n_a > 0)));
	jw_key_int(w, "old_lines", (int64_t)k->n_a);
	jw_key_int(w, "new_start", (int64_t)(k->b + (k->n_b > 0)));
	jw_key_int(w, "new_lines", (int64_t)k->n_b);
	jw_key(w, "lines");
	jw_array(w);
	write_lines(h, " ", k->a, k->b, k->from_a - k->a, w);
	for (size_t i = k->first; i <= k->last; i++) {
		const struct diff_run *r = &h->script.runs[i];

		write_lines(h, kinds[r->kind], r->a, r->b, r->n, w);
		a = r->a + lines_a(r);
		b = r->b + lines_b(r);
	}
	write_lines(h, " ", a, b, k->a + k->n_a - a, w);
	jw_end(w);
	jw_end(w);
}

void
hunks_write(const struct hunks *h, struct json_writer *w)
{
	jw_array(w);
	for (size_t i = 0; i < h->n; i++)
		write_hunk(h, &h->items[i], w);
	jw_end(w);
}

/* --- putting back ------------------------------------------------------- */

static struct str
part(const struct text_lines *l, size_t from, size_t to)
{
	size_t start = text_lines_offset(l, from);

	return str_sub(l->text, start, text_lines_offset(l, to) - start);
}

void
hunks_revert(const struct hunks *h, size_t index, struct buf *out)
{
	const struct hunk *k = &h->items[index];

	buf_add_str(out, part(&h->b, 0, k->b));
	buf_add_str(out, part(&h->a, k->a, k->a + k->n_a));
	buf_add_str(out, part(&h->b, k->b + k->n_b, h->b.n));
}
