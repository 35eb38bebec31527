/* Searching the transcript; see search.h. */
#include "tui/transcript/search.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "base/width.h"
#include "core/friday.h"
#include "event/event_text.h"
#include "tui/transcript/inner.h"

enum {
	HITS_MAX = 1000,
	ASK_MS = 30,  /* after the last letter, unless Enter comes */
	LOOK_MS = 40, /* for a part */
};

void
search_init(struct search *s, struct transcript *t)
{
	*s = (struct search){ .t = t };
	buf_init(&s->pattern, FINDER_MAX - 1);
}

void
search_release(struct search *s)
{
	app_forget(s->t->app, s);
	buf_release(&s->pattern);
	free(s->hits);
}

static void
damage(struct search *s)
{
	app_damage(s->t->app, PART_TRANSCRIPT | PART_STATUS);
}

bool
search_is_on(const struct search *s)
{
	return s->typing || s->pattern.len > 0;
}

static void
forget_hits(struct search *s)
{
	app_forget(s->t->app, s);
	s->n = s->total = s->hit = s->nth = s->n_told = 0;
	s->due = s->asking = s->more = s->going = s->settled = false;
	s->now = (struct found){ .block = NULL };
}

void
search_begin(struct search *s)
{
	forget_hits(s);
	buf_clear(&s->pattern);
	finder_init_smart(&s->finder, STR_NONE);
	s->typing = true;
	damage(s);
}

void
search_end(struct search *s)
{
	forget_hits(s);
	buf_clear(&s->pattern);
	s->typing = false;
	damage(s);
}

/* --- hits ---------------------------------------------------------------- */

static void
add_hit(struct search *s, const struct hit *hit)
{
	s->hits = mem_grow(s->hits, &s->cap, s->n + 1, sizeof(*s->hits));
	s->hits[s->n++] = *hit;
	s->total += hit->count;
}

static bool
is_said(const struct block *b)
{
	return !(b->kind->flags & BLOCK_SHEET);
}

/* Occurrences in what one event of a block said: its first, or its second. */
static size_t
count_in(const struct search *s, const struct block *b, bool second)
{
	if (is_said(b))
		return second ? 0 : finder_count(&s->finder,
		    buf_str(&b->text));
	return event_text_count(second ? b->second : b->first, &s->finder);
}

/* The event that a text of a block came with: an answer's with its end. */
static int64_t
seq_of(const struct block *b, bool second)
{
	return second || is_said(b) ? b->last_seq : b->seq;
}

static void
look_in(struct search *s, struct block *b, bool second)
{
	struct hit hit = { .seq = seq_of(b, second), .block = b,
		.count = count_in(s, b, second) };

	if (hit.count == 0)
		return;
	/* Thoughts and answer came with one event. */
	if (s->n > 0 && hit.seq != 0 && s->hits[s->n - 1].seq == hit.seq) {
		s->hits[s->n - 1].count += hit.count;
		s->total += hit.count;
		return;
	}
	add_hit(s, &hit);
}

static int
compare_hits(const void *a, const void *b)
{
	const struct hit *x = a, *y = b;

	return (x->seq > y->seq) - (x->seq < y->seq);
}

static void
look_in_loaded(struct search *s)
{
	struct block_list *l = &s->t->list;
	bool in_order = true;

	s->n = s->total = 0;
	for (size_t i = 0; i < l->n; i++) {
		look_in(s, l->items[i], false);
		look_in(s, l->items[i], true);
	}
	for (size_t i = 1; i < s->n; i++)
		in_order = in_order && s->hits[i - 1].seq <= s->hits[i].seq;
	/* Calls that ran side by side end in any order. */
	if (!in_order)
		qsort(s->hits, s->n, sizeof(*s->hits), compare_hits);
}

/* --- where they are ------------------------------------------------------ */

/* The block that shows the nth occurrence of an event; *nth becomes the number
 * within the block. NULL: it is not loaded. */
static struct block *
block_of(const struct search *s, const struct hit *hit, size_t *nth,
    bool *ret_second)
{
	const struct block_list *l = &s->t->list;

	*ret_second = false;
	if (hit->seq == 0)
		return hit->block;
	for (size_t i = 0; i < l->n; i++) {
		struct block *b = l->items[i];
		size_t count;

		if (b->kind == &block_group)
			continue;
		if (b->seq == hit->seq || seq_of(b, false) == hit->seq) {
			count = count_in(s, b, false);
			if (*nth < count)
				return b;
			*nth -= count;
		}
		if (b->second != NULL && b->last_seq == hit->seq) {
			*ret_second = true;
			return b;
		}
	}
	return NULL;
}

/* Opens what hides a block or a part of it. */
static void
uncover(struct transcript *t, struct block *b)
{
	if (b->owner != NULL)
		b->owner->fold = FOLD_OPEN;
	if (b->group != NULL)
		b->group->fold = FOLD_OPEN;
	if (b->kind->flags & BLOCK_FOLDS)
		b->fold = FOLD_OPEN;
}

/* The nth occurrence in the source of a laid-out block. A card says its target
 * twice, and more than its events do: what its end said is counted from the
 * end. */
static size_t
place_in_source(const struct search *s, const struct block *b, size_t nth,
    size_t count, bool second)
{
	struct str source = block_source(b);
	size_t all = finder_count(&s->finder, source);
	size_t at = finder_next(&s->finder, source, 0);

	if (second && all > count)
		nth += all - count;
	if (nth >= all)
		nth = all - 1;
	while (nth-- > 0 && at != SIZE_MAX)
		at = finder_next(&s->finder, source, at + s->finder.len);
	return at;
}

/* Shows where we are; asks for that part of the session if it is not loaded.
 */
static void
show(struct search *s)
{
	struct transcript *t = s->t;
	size_t nth = s->nth, at;
	struct block *b;
	bool second;

	s->going = false;
	s->now = (struct found){ .block = NULL };
	damage(s);
	if (s->n == 0)
		return;
	b = block_of(s, &s->hits[s->hit], &nth, &second);
	if (b == NULL) {
		s->going = true;
		window_jump(&t->window, LOAD_AROUND, s->hits[s->hit].seq);
		return;
	}
	uncover(t, b);
	if (!blocks_shows(&t->list, b))
		return;
	t->focus = b;
	viewport_lines(t, b);
	at = place_in_source(s, b, nth, s->hits[s->hit].count, second);
	if (at == SIZE_MAX) {
		viewport_show(t, b, 0);
		return;
	}
	s->now = (struct found){ b, at, s->finder.len };
	viewport_show(t, b, viewport_line_of(viewport_lines(t, b),
	    (uint32_t)at));
}

void
search_loaded(struct search *s)
{
	bool second;
	size_t nth = s->nth;

	if (!s->going || s->n == 0)
		return;
	/* Once: what is not there now will not be there next time either. */
	if (block_of(s, &s->hits[s->hit], &nth, &second) != NULL)
		show(s);
	s->going = false;
}

/* Where in a block's source what is in sight of it ends; 0: nothing is. */
static size_t
seen_until(struct transcript *t, struct block *b)
{
	const struct lines *l;
	size_t end = 0;

	for (int i = t->n_rows; i-- > 0 && end == 0;) {
		int at = t->rows[i].line - blocks_gap(&t->list, b);

		if (t->rows[i].block != b || at < 0)
			continue;
		l = viewport_lines(t, b);
		if ((size_t)at >= l->count)
			continue;
		for (size_t k = l->lines[at].count; k-- > 0 && end == 0;) {
			const struct piece *p =
			    &l->pieces[l->lines[at].first + k];

			if (p->source != LINE_NO_SOURCE)
				end = p->source + lines_piece_text(l, p).len;
		}
	}
	return end;
}

/* Within the hit: its last occurrence that is in sight or above. */
static void
go_to_seen(struct search *s)
{
	size_t nth = 0, before = 0, end, at;
	struct block *b;
	struct str source;
	bool second;

	b = block_of(s, &s->hits[s->hit], &nth, &second);
	end = b == NULL || second ? 0 : seen_until(s->t, b);
	if (end == 0)
		return;
	source = block_source(b);
	for (at = finder_next(&s->finder, source, 0);
	    at < end && before < s->hits[s->hit].count;
	    at = finder_next(&s->finder, source, at + s->finder.len))
		before++;
	if (before > 0) {
		s->nth = before - 1;
	} else if (s->hit > 0) {
		s->hit--;
		s->nth = s->hits[s->hit].count - 1;
	} else {
		s->nth = 0;
	}
}

/* The last event in sight; INT64_MAX: the end of the session. */
static int64_t
seen_seq(const struct transcript *t)
{
	for (int i = t->n_rows; i-- > 0 && !t->follow;)
		if (t->rows[i].block != NULL && t->rows[i].block->seq > 0)
			return t->rows[i].block->last_seq;
	return INT64_MAX;
}

/* The hit that one sees, or else the nearest before it: what was said last is
 * what is looked for most. */
static void
go_to_nearest(struct search *s)
{
	int64_t seq = seen_seq(s->t);

	s->hit = s->nth = 0;
	s->settled = s->n > 0;
	if (s->n == 0)
		return;
	s->hit = s->n - 1;
	while (s->hit > 0 && s->hits[s->hit].seq > seq)
		s->hit--;
	s->nth = s->hits[s->hit].count - 1;
	if (!s->t->follow)
		go_to_seen(s);
}

/* --- the whole session --------------------------------------------------- */

/* The store has spoken for all events from `next` on: what it told takes the
 * place of what was found there among the loaded ones. */
static void
merge_hits(struct search *s, const struct json *hits, int64_t next)
{
	size_t n = s->n;

	s->n = s->total = 0;
	for (size_t i = 0; i < n; i++) {
		struct hit hit = s->hits[i];

		if (hit.told || (hit.seq > 0 && hit.seq < next))
			add_hit(s, &hit);
	}
	for (const struct json *h = json_first(hits); h; h = json_next(h)) {
		struct hit hit = { .seq = json_get_int(h, "seq", 0),
			.count = (size_t)json_get_int(h, "count", 1),
			.told = true };

		s->n_told++;
		if (!blocks_are_gone(&s->t->list, hit.seq))
			add_hit(s, &hit);
	}
	if (s->n > 0)
		qsort(s->hits, s->n, sizeof(*s->hits), compare_hits);
}

/* Stays at the hit of an event, wherever that is now. */
static bool
stay_at(struct search *s, int64_t seq)
{
	for (size_t i = 0; i < s->n && seq != 0; i++)
		if (s->hits[i].seq == seq) {
			s->hit = i;
			if (s->nth >= s->hits[i].count)
				s->nth = s->hits[i].count - 1;
			return true;
		}
	return false;
}

static void got_hits(struct app *app, int status, const struct json *reply,
    void *owner);

/* before: the seq where the part ends; 0: the session's end. */
static void
ask_part(struct search *s, int64_t before)
{
	struct json *args = json_new_object();

	json_set_str(args, "session", str_from(s->t->session));
	json_set_str(args, "text", buf_str(&s->pattern));
	json_set_int(args, "limit", (int64_t)(HITS_MAX - s->n_told));
	json_set_int(args, "ms", LOOK_MS);
	if (before != 0)
		json_set_int(args, "before", before);
	s->due = false;
	s->asking = true;
	app_request(s->t->app, "transcript.search", args, got_hits, s);
}

static void
got_hits(struct app *app, int status, const struct json *reply, void *owner)
{
	struct search *s = owner;
	int64_t seq = s->n > 0 ? s->hits[s->hit].seq : 0;
	int64_t next = json_get_int(reply, "next", 0);

	s->asking = false;
	damage(s);
	if (status != FRIDAY_OK) {
		app_toast_error(app, reply);
		return;
	}
	merge_hits(s, json_get(reply, "hits"), next);
	s->more = next != 0 && s->n_told >= HITS_MAX;
	if (next != 0 && !s->more)
		ask_part(s, next);
	s->settled = s->settled && stay_at(s, seq);
	/* The nearest one above what is in sight may be still to come. */
	if (!s->settled && (!s->asking || next <= seen_seq(s->t))) {
		go_to_nearest(s);
		show(s);
	}
}

static void
ask(struct app *app, void *owner)
{
	ask_part(owner, 0);
}

static void
pattern_changed(struct search *s)
{
	struct transcript *t = s->t;

	forget_hits(s);
	finder_init_smart(&s->finder, buf_str(&s->pattern));
	look_in_loaded(s);
	go_to_nearest(s);
	show(s);
	if (s->pattern.len == 0 || t->session[0] == '\0' ||
	    (t->window.at_start && t->list.at_end))
		return;
	s->due = s->asking = true;
	app_after(t->app, ASK_MS, ask, s);
}

void
search_step(struct search *s, int step)
{
	if (s->n == 0)
		return;
	s->settled = true;
	if (step > 0 && ++s->nth >= s->hits[s->hit].count) {
		s->hit = (s->hit + 1) % s->n;
		s->nth = 0;
	} else if (step < 0 && s->nth-- == 0) {
		s->hit = (s->hit + s->n - 1) % s->n;
		s->nth = s->hits[s->hit].count - 1;
	}
	show(s);
}

void
search_leaving(struct search *s, const struct block *b)
{
	if (s->now.block == b)
		s->now.block = NULL;
	for (size_t i = 0; i < s->n; i++)
		if (s->hits[i].seq == 0 && s->hits[i].block == b)
			s->hits[i].block = NULL;
}

/* --- the prompt ---------------------------------------------------------- */

void
search_key(struct search *s, const struct key *key)
{
	char bytes[4];

	if (key_is_text(key)) {
		buf_add(&s->pattern, bytes, utf8_encode(key->code, bytes));
		s->pattern.failed = 0;
	} else if (key->code == SYM_BACKSPACE && s->pattern.len > 0) {
		buf_truncate(&s->pattern, width_cluster_before(
		    buf_str(&s->pattern), s->pattern.len));
	} else if (key->code == 'u' && key->mods == MOD_CTRL) {
		buf_clear(&s->pattern);
	} else if (key->code == SYM_ENTER && s->pattern.len > 0) {
		s->typing = false;
		damage(s);
		if (s->due) {
			app_forget(s->t->app, s);
			ask_part(s, 0);
		}
		return;
	} else if (key->code == SYM_UP || key->code == SYM_DOWN) {
		search_step(s, key->code == SYM_UP ? -1 : 1);
		return;
	} else if (key->code == SYM_ESCAPE || key->code == SYM_ENTER ||
	    key->code == SYM_BACKSPACE ||
	    (key->mods == MOD_CTRL && (key->code == 'c' ||
		key->code == 'g'))) {
		search_end(s);
		return;
	}
	pattern_changed(s);
}
