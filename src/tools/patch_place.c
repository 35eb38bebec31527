/* Placing hunks; see patch_place.h.
 *
 * Candidates are collected for one kind of tolerance after the other, over the
 * whole file, and the first kind that has any decides: exact lines are never
 * passed over for others. Among several candidates the choice is made by what
 * the patch says, in this order: anchors, end of file, the hunks' order, line
 * numbers. What is left is ambiguous. */
#include "tools/patch_place.h"

#include <ctype.h>
#include <stdlib.h>

#include "base/mem.h"

#define BOM "\xef\xbb\xbf"

static const unsigned ladder[] = {
	0,
	MATCH_TRAILING,
	MATCH_INDENT,
	MATCH_INDENT | MATCH_TRAILING,
	MATCH_TYPOGRAPHIC,
	MATCH_TYPOGRAPHIC | MATCH_TRAILING,
	MATCH_TYPOGRAPHIC | MATCH_INDENT | MATCH_TRAILING,
};

/* A growing list of line numbers. */
struct line_set {
	size_t *items;
	size_t n;
};

static void
set_add(struct line_set *s, size_t line)
{
	for (size_t i = 0; i < s->n && s->n < 64; i++)
		if (s->items[i] == line)
			return;
	if ((s->n & (s->n - 1)) == 0)
		s->items = mem_resize(s->items, s->n == 0 ? 1 : 2 * s->n,
		    sizeof(*s->items));
	s->items[s->n++] = line;
}

static void
set_release(struct line_set *s)
{
	free(s->items);
	*s = (struct line_set){ .n = 0 };
}

enum anchor_kind { ANCHOR_WHOLE, ANCHOR_START, ANCHOR_PART, ANCHOR_KINDS };

static bool
ends_word(struct str s, size_t at)
{
	return at >= s.len || !(isalnum((unsigned char)s.ptr[at]) ||
	    s.ptr[at] == '_');
}

static bool
anchor_fits(struct str line, struct str anchor, enum anchor_kind kind)
{
	size_t at;

	line = str_trim(line);
	if (kind == ANCHOR_WHOLE)
		return match_line(line, anchor, MATCH_TYPOGRAPHIC);
	if (kind == ANCHOR_START)
		return str_starts(line, anchor) && ends_word(line, anchor.len);
	at = str_find(line, anchor, 0);
	return at != SIZE_MAX && ends_word(line, at + anchor.len) &&
	    (at == 0 || ends_word(line, at - 1));
}

/* The lines where an anchor is, from `from` on; the strictest kind that has
 * any. */
static void
find_anchor(const struct text_lines *file, struct str anchor, size_t from,
    struct line_set *ret)
{
	for (int kind = 0; kind < ANCHOR_KINDS && ret->n == 0; kind++)
		for (size_t i = from; i < file->n; i++)
			if (anchor_fits(text_lines_at(file, i), anchor,
			    (enum anchor_kind)kind))
				set_add(ret, i);
}

/* The lines where the whole stack of anchors ends: each next one is the first
 * below the one before. */
static void
find_anchors(const struct text_lines *file, const struct patch_hunk *h,
    size_t from, struct line_set *ret)
{
	struct line_set now = { .n = 0 }, next;

	find_anchor(file, h->anchors[0], from, &now);
	for (size_t a = 1; a < h->n_anchors; a++) {
		next = (struct line_set){ .n = 0 };
		for (size_t i = 0; i < now.n; i++) {
			struct line_set found = { .n = 0 };

			find_anchor(file, h->anchors[a], now.items[i] + 1,
			    &found);
			if (found.n > 0)
				set_add(&next, found.items[0]);
			set_release(&found);
		}
		set_release(&now);
		now = next;
	}
	*ret = now;
}

/* The part of a hunk that is looked for. */
struct view {
	const struct patch_hunk *hunk;
	size_t first, n;
	bool raw; /* context lines begin with their own first column: the
		   * model left the marker out */
	struct str *old;
	size_t n_old;
};

static void
view_fill(struct view *v)
{
	v->n_old = 0;
	for (size_t i = v->first; i < v->first + v->n; i++) {
		const struct patch_line *line = &v->hunk->lines[i];
		struct str text = line->text;

		if (line->kind == '+')
			continue;
		if (v->raw && line->kind == ' ' && !line->bare &&
		    text.len > 0)
			text = str_make(text.ptr - 1, text.len + 1);
		if (str_starts(text, STR(BOM)))
			text = str_sub(text, 3, SIZE_MAX);
		v->old[v->n_old++] = text;
	}
}

static bool
overlaps(const struct patch_placer *p, size_t at, size_t n)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct patch_place *q = &p->places[i];

		if (at < q->at + q->n_old && q->at < at + n)
			return true;
	}
	return false;
}

static void
candidates(const struct patch_placer *p, const struct view *v,
    unsigned tolerance, struct line_set *ret)
{
	struct match_indent indent;

	for (size_t at = 0; at + v->n_old <= p->file->n; at++)
		if (match_block(p->file, at, v->old, v->n_old, tolerance,
		    &indent) && !overlaps(p, at, v->n_old))
			set_add(ret, at);
}

/* Keeps what the anchors allow: the first candidate at or below each. */
static void
keep_anchored(const struct patch_placer *p, const struct patch_hunk *h,
    size_t from, struct line_set *s)
{
	struct line_set anchors, kept = { .n = 0 };

	find_anchors(p->file, h, from, &anchors);
	for (size_t i = 0; i < anchors.n; i++) {
		for (size_t j = 0; j < s->n; j++) {
			if (s->items[j] >= anchors.items[i]) {
				set_add(&kept, s->items[j]);
				break;
			}
		}
	}
	set_release(&anchors);
	set_release(s);
	*s = kept;
}

static size_t
count_from(const struct line_set *s, size_t line)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		n += s->items[i] >= line;
	return n;
}

static bool
set_has(const struct line_set *s, size_t line)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->items[i] == line)
			return true;
	return false;
}

/* The one candidate that the patch means, or SIZE_MAX: not decided. */
static size_t
choose(const struct patch_placer *p, const struct patch_hunk *h, size_t n_old,
    const struct line_set *s)
{
	size_t after = count_from(s, p->cursor);

	if (h->at_end && set_has(s, p->file->n - n_old))
		return p->file->n - n_old;
	if (s->n == 1)
		return s->items[0];
	if (after == 1)
		return s->items[s->n - 1];
	if (h->has_line && h->old_line > 0) {
		long said = (long)h->old_line - 1;

		if (p->has_drift && said + p->drift >= 0 &&
		    set_has(s, (size_t)(said + p->drift)))
			return (size_t)(said + p->drift);
		if (set_has(s, (size_t)said))
			return (size_t)said;
	}
	return SIZE_MAX;
}

static int
ambiguous(const struct patch_hunk *h, const struct line_set *s,
    struct error *err)
{
	CLEANUP_BUF struct buf where = BUF_INIT(200);

	for (size_t i = 0; i < s->n && i < 5; i++)
		buf_printf(&where, "%s%zu", i ? ", " : "", s->items[i] + 1);
	return error_set(err, ERR_TOOL_AMBIGUOUS,
	    "the hunk at line %zu of the patch fits at %zu places (lines "
	    "%s%s): add context lines or an @@ anchor until one is left",
	    h->patch_line, s->n, buf_text(&where), s->n > 5 ? ", …" : "");
}

static void
take(struct patch_placer *p, const struct view *v, size_t at,
    unsigned tolerance)
{
	struct patch_place *q = &p->places[p->n++];

	*q = (struct patch_place){ .hunk = v->hunk, .first = v->first,
		.n_lines = v->n, .at = at, .n_old = v->n_old,
		.tolerance = tolerance };
	match_block(p->file, at, v->old, v->n_old, tolerance, &q->indent);
	p->cursor = at + v->n_old;
	if (v->hunk->has_line && v->hunk->old_line > 0 && v->n_old > 0) {
		p->drift = (long)at - ((long)v->hunk->old_line - 1);
		p->has_drift = true;
	}
}

/* 1: placed; 0: its lines are nowhere; negative: an error. */
static int
try_view(struct patch_placer *p, struct view *v, struct error *err)
{
	const struct patch_hunk *h = v->hunk;
	bool anchored = h->n_anchors > 0 && !h->heading;
	int rc = 0;

	view_fill(v);
	if (v->n_old == 0)
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(ladder) && rc == 0; i++) {
		struct line_set all = { .n = 0 }, kept = { .n = 0 };
		size_t at;

		candidates(p, v, ladder[i], &all);
		for (size_t j = 0; j < all.n; j++)
			set_add(&kept, all.items[j]);
		if (anchored && kept.n > 0) {
			keep_anchored(p, h, p->cursor, &kept);
			if (kept.n == 0) {
				for (size_t j = 0; j < all.n; j++)
					set_add(&kept, all.items[j]);
				keep_anchored(p, h, 0, &kept);
			}
		}
		at = kept.n == 0 ? SIZE_MAX : choose(p, h, v->n_old, &kept);
		if (kept.n > 1 && at == SIZE_MAX && h->heading) {
			keep_anchored(p, h, p->cursor, &kept);
			if (kept.n == 1)
				at = kept.items[0];
		}
		if (at != SIZE_MAX) {
			take(p, v, at, ladder[i]);
			rc = 1;
		} else if (kept.n > 1) {
			rc = ambiguous(h, &kept, err);
		} else if (all.n > 0) {
			i = ARRAY_LEN(ladder); /* anchors are missing */
		}
		set_release(&all);
		set_release(&kept);
	}
	return rc;
}

/* A hunk of nothing but additions. */
static int
place_insertion(struct patch_placer *p, const struct patch_hunk *h,
    struct error *err)
{
	struct patch_place *q = &p->places[p->n];
	struct line_set anchors;
	size_t at = p->file->n;

	if (h->n_anchors > 0 && !h->heading && !h->at_end) {
		find_anchors(p->file, h, p->cursor, &anchors);
		if (anchors.n == 0)
			find_anchors(p->file, h, 0, &anchors);
		if (anchors.n > 1) {
			int rc = ambiguous(h, &anchors, err);

			set_release(&anchors);
			return rc;
		}
		if (anchors.n == 1)
			at = anchors.items[0] + 1;
		else
			at = SIZE_MAX;
		set_release(&anchors);
		if (at == SIZE_MAX)
			return error_set(err, ERR_TOOL_NO_MATCH,
			    "the anchor \"%.*s\" (line %zu of the patch) is "
			    "not in the file", (int)(h->anchors[0].len > 80 ?
			    80 : h->anchors[0].len), h->anchors[0].ptr,
			    h->patch_line);
	} else if (h->has_line && !h->at_end && h->old_line < p->file->n) {
		/* "-5,0": after line 5. */
		at = h->old_line;
	}
	*q = (struct patch_place){ .hunk = h, .n_lines = h->n_lines,
		.at = at };
	p->n++;
	p->cursor = at;
	return 0;
}

static bool
blank_context(const struct patch_line *line)
{
	return line->kind == ' ' && str_trim(line->text).len == 0;
}

static int
not_found(const struct patch_placer *p, const struct view *v,
    struct error *err)
{
	CLEANUP_BUF struct buf old = BUF_INIT(1 * MIB);
	CLEANUP_BUF struct buf closest = BUF_INIT(500);
	const struct patch_hunk *h = v->hunk;
	struct line_set anchors = { .n = 0 };
	int rc;

	for (size_t i = 0; i < v->n_old; i++) {
		buf_add_str(&old, v->old[i]);
		buf_add_char(&old, '\n');
	}
	match_closest(p->file, buf_str(&old), &closest);
	if (h->n_anchors > 0 && !h->heading) {
		find_anchors(p->file, h, 0, &anchors);
		if (anchors.n == 0)
			rc = error_set(err, ERR_TOOL_NO_MATCH,
			    "the anchor \"%.*s\" of the hunk at line %zu of "
			    "the patch is not in the file; nothing was "
			    "changed", (int)(h->anchors[h->n_anchors - 1].len >
			    80 ? 80 : h->anchors[h->n_anchors - 1].len),
			    h->anchors[h->n_anchors - 1].ptr, h->patch_line);
		else
			rc = error_set(err, ERR_TOOL_NO_MATCH,
			    "the lines of the hunk at line %zu of the patch "
			    "are not below its anchor; nothing was changed",
			    h->patch_line);
		set_release(&anchors);
	} else {
		rc = error_set(err, ERR_TOOL_NO_MATCH,
		    "the lines of the hunk at line %zu of the patch are not "
		    "in the file: nothing was changed. Read the file again",
		    h->patch_line);
	}
	if (closest.len > 0)
		error_detail(err, "%s", buf_text(&closest));
	return rc;
}

int
patch_place_hunk(struct patch_placer *p, const struct patch_hunk *hunk,
    struct error *err)
{
	struct view v = { .hunk = hunk, .n = hunk->n_lines };
	int rc;

	v.old = mem_alloc(hunk->n_lines + 1, sizeof(*v.old));
	rc = try_view(p, &v, err);
	if (rc == 0 && v.n_old == 0) {
		rc = place_insertion(p, hunk, err);
		free(v.old);
		return rc;
	}
	/* Models add blank lines around a hunk that are not in the file. */
	while (rc == 0 && v.n > 1 &&
	    blank_context(&hunk->lines[v.first + v.n - 1])) {
		v.n--;
		rc = try_view(p, &v, err);
	}
	while (rc == 0 && v.n > 1 && blank_context(&hunk->lines[v.first])) {
		v.first++;
		v.n--;
		rc = try_view(p, &v, err);
	}
	if (rc == 0) {
		v = (struct view){ .hunk = hunk, .n = hunk->n_lines,
			.old = v.old, .raw = true };
		rc = try_view(p, &v, err);
		v.raw = false;
	}
	if (rc == 0) {
		view_fill(&v);
		rc = not_found(p, &v, err);
	}
	free(v.old);
	return rc < 0 ? rc : 0;
}
