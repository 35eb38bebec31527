/* Which part of the session is loaded. At most one request is under way; what
 * is far from the view is dropped, so that a session of any length costs the
 * same. */
#include "tui/transcript/inner.h"

#include "base/mem.h"
#include "core/friday.h"
#include "tui/transcript/intake.h"

enum {
	EVENTS = 200,	      /* of one request */
	BYTES = 512 * 1024,   /* of one request, roughly */
	BLOCKS_MAX = 400,     /* more are dropped where they are far */
	BLOCKS_SLACK = 64,
	NEAR = 30,	      /* shown blocks that shall be loaded round */
	KEPT = 60,	      /* the view; and that are never dropped */
	PENDING_MAX = 4096,
	MEASURE_EVERY = 32,   /* events */
};
#define LOADED_MAX (4 * MIB)
#define SEQ_MAX INT64_C(9007199254740991) /* what JSON carries exactly */

void
window_init(struct window *w, struct transcript *t)
{
	*w = (struct window){ .t = t, .at_start = true };
	t->list.at_end = true;
}

static void
drop_pending(struct window *w)
{
	while (w->n_pending > 0)
		json_destroy(w->pending[--w->n_pending]);
	w->overflow = false;
}

void
window_release(struct window *w)
{
	drop_pending(w);
	free(w->pending);
	w->pending = NULL;
}

/* --- dropping ------------------------------------------------------------ */

/* The index behind which, or before which, nothing is far from the view. */
static bool
border_before(const struct window *w, size_t *ret)
{
	const struct transcript *t = w->t;
	struct block *b = t->rows[0].block;

	for (int i = 0; i < KEPT && b != NULL; i++)
		b = blocks_before(&t->list, b->index);
	if (b != NULL)
		*ret = b->index;
	return b != NULL;
}

static bool
border_behind(const struct window *w, size_t *ret)
{
	const struct transcript *t = w->t;
	struct block *b = t->rows[t->n_rows - 1].block;

	for (int i = 0; i < KEPT && b != NULL; i++)
		b = blocks_after(&t->list, b->index);
	if (b != NULL)
		*ret = b->index;
	return b != NULL;
}

static bool
too_much(const struct window *w)
{
	const struct block_list *l = &w->t->list;

	return l->n > BLOCKS_MAX || l->bytes > LOADED_MAX;
}

static void
drop_before(struct window *w, size_t border)
{
	struct block_list *l = &w->t->list;
	bool running = app_facts(w->t->app)->running;

	while (border > 0 && too_much(w)) {
		struct block *b = l->items[0];

		/* What goes on must be there when it ends. */
		if (running && !b->done && b->seq > 0)
			break;
		/* What ended later than what is kept began must be read
		 * again with it: the windows overlap. */
		if (b->last_seq >= w->head_seq)
			w->head_seq = b->last_seq + 1;
		w->at_start = false;
		l->bytes -= b->bytes < l->bytes ? b->bytes : l->bytes;
		blocks_remove(l, b);
		border--;
	}
	if (l->n > 0 && l->items[0]->seq > w->head_seq)
		w->head_seq = l->items[0]->seq;
}

static void
drop_behind(struct window *w, size_t border)
{
	struct block_list *l = &w->t->list;

	while (l->n > border + 1 && too_much(w)) {
		struct block *b = l->items[l->n - 1];

		if (b->seq > 0 && b->seq <= w->end_seq)
			w->end_seq = b->seq - 1;
		l->at_end = false;
		l->bytes -= b->bytes < l->bytes ? b->bytes : l->bytes;
		blocks_remove(l, b);
	}
}

static void
drop_far(struct window *w)
{
	size_t border;

	if (w->t->list.n <= BLOCKS_MAX + BLOCKS_SLACK &&
	    w->t->list.bytes <= LOADED_MAX)
		return;
	if (w->t->n_rows == 0 || w->t->rows[0].block == NULL ||
	    w->t->rows[w->t->n_rows - 1].block == NULL)
		return;
	if (border_before(w, &border))
		drop_before(w, border);
	if (too_much(w) && border_behind(w, &border))
		drop_behind(w, border);
}

/* --- what comes ---------------------------------------------------------- */

static void
take(struct window *w, const struct json *event)
{
	struct transcript *t = w->t;
	int64_t seq = json_get_int(event, "seq", 0);

	if (seq > w->end_seq)
		w->end_seq = seq;
	if (!intake(&t->list, event))
		return;
	blocks_regroup(&t->list);
	if (!t->follow)
		t->news = true;
	app_damage(t->app, PART_TRANSCRIPT);
}

static void
keep_pending(struct window *w, const struct json *event)
{
	if (w->n_pending == PENDING_MAX) {
		drop_pending(w);
		w->overflow = true;
	}
	if (w->overflow)
		return;
	w->pending = mem_grow(w->pending, &w->cap_pending, w->n_pending + 1,
	    sizeof(*w->pending));
	w->pending[w->n_pending++] = json_copy(event);
}

void
window_event(struct window *w, const struct json *event)
{
	int64_t seq = json_get_int(event, "seq", 0);

	if (w->load == LOAD_TAIL) {
		keep_pending(w, event);
	} else if (w->t->list.at_end && (seq == 0 || seq > w->end_seq)) {
		take(w, event);
		if (w->until_measured-- == 0) {
			w->until_measured = MEASURE_EVERY;
			blocks_measure(&w->t->list);
		}
	} else if (!w->t->list.at_end) {
		w->t->news = true;
	}
	if (seq > w->live_seq)
		w->live_seq = seq;
}

/* --- loading ------------------------------------------------------------- */

static int64_t
first_seq(const struct json *events)
{
	return json_get_int(json_first(events), "seq", 0);
}

static void
got_back(struct window *w, const struct json *events)
{
	struct transcript *t = w->t;
	struct block_list earlier;

	if (json_first(events) == NULL) {
		w->at_start = true;
		return;
	}
	blocks_init(&earlier);
	for (size_t i = 0; i < t->list.n_gone; i++)
		blocks_take_back(&earlier, t->list.gone[i]);
	for (const struct json *e = json_first(events); e; e = json_next(e))
		intake(&earlier, e);
	blocks_join(&t->list, &earlier);
	for (size_t i = t->list.n_gone; i < earlier.n_gone; i++)
		blocks_take_back(&t->list, earlier.gone[i]);
	blocks_release(&earlier);
	w->head_seq = first_seq(events);
	w->at_start = w->head_seq <= 1;
	if (t->owed > 0) {
		int owed = t->owed;

		t->owed = 0;
		viewport_scroll(t, -owed);
	}
}

static void
got_forward(struct window *w, const struct json *events, int64_t last_seq)
{
	for (const struct json *e = json_first(events); e; e = json_next(e))
		take(w, e);
	if (last_seq > w->live_seq)
		w->live_seq = last_seq;
	if (json_first(events) == NULL || w->end_seq >= w->live_seq)
		w->t->list.at_end = true;
}

static void
replace(struct window *w, const struct json *events)
{
	struct block_list *l = &w->t->list;

	blocks_clear(l);
	w->t->n_rows = 0;
	w->t->top = (struct place){ NULL, 0 };
	w->head_seq = first_seq(events);
	w->end_seq = 0;
	for (const struct json *e = json_first(events); e; e = json_next(e)) {
		int64_t seq = json_get_int(e, "seq", 0);

		intake(l, e);
		if (seq > w->end_seq)
			w->end_seq = seq;
	}
	blocks_regroup(l);
	blocks_measure(l);
}

static void
got_tail(struct window *w, const struct json *events, int64_t last_seq)
{
	replace(w, events);
	w->at_start = w->head_seq <= 1;
	if (last_seq > w->end_seq)
		w->end_seq = last_seq;
	w->t->list.at_end = !w->overflow;
	w->t->follow = true;
	w->t->news = false;
	for (size_t i = 0; i < w->n_pending; i++)
		if (json_get_int(w->pending[i], "seq", 0) > w->end_seq)
			take(w, w->pending[i]);
	drop_pending(w);
}

static void
got_part(struct window *w, const struct json *events, int64_t last_seq)
{
	replace(w, events);
	if (last_seq > w->live_seq)
		w->live_seq = last_seq;
	w->t->list.at_end = w->end_seq >= w->live_seq;
	w->t->follow = false;
}

static void
got_window(struct app *app, int status, const struct json *reply, void *owner)
{
	struct window *w = owner;
	struct transcript *t = w->t;
	const struct json *events = json_get(reply, "events");
	int64_t last_seq = json_get_int(reply, "last_seq", 0);
	enum load load = w->load;

	w->load = LOAD_NONE;
	if (status != FRIDAY_OK) {
		/* Not again by itself: the next key may try. */
		w->at_start = true;
		t->list.at_end = true;
		app_toast_error(app, reply);
		drop_pending(w);
		return;
	}
	if (load == LOAD_BACK || load == LOAD_TAIL)
		transcript_past(t, events);
	switch (load) {
	case LOAD_BACK:
		got_back(w, events);
		break;
	case LOAD_FORWARD:
		got_forward(w, events, last_seq);
		blocks_measure(&t->list);
		break;
	case LOAD_TAIL:
		got_tail(w, events, last_seq);
		break;
	case LOAD_TOP:
		got_part(w, events, last_seq);
		w->at_start = true;
		t->top = (struct place){ blocks_first(&t->list), 0 };
		break;
	case LOAD_AROUND:
		got_part(w, events, last_seq);
		w->at_start = w->head_seq <= 1;
		t->top = (struct place){ blocks_last(&t->list), 0 };
		break;
	case LOAD_NONE:
		break;
	}
	app_damage(app, PART_TRANSCRIPT | PART_STATUS);
	search_loaded(&t->search);
}

static void
request(struct window *w, enum load load)
{
	struct json *args = json_new_object();

	w->load = load;
	json_set_str(args, "session", str_from(w->t->session));
	json_set_int(args, "limit", EVENTS);
	json_set_int(args, "bytes", BYTES);
	switch (load) {
	case LOAD_BACK:
		json_set_int(args, "before", w->head_seq);
		break;
	case LOAD_FORWARD:
		json_set_int(args, "after", w->end_seq);
		break;
	case LOAD_TOP:
		json_set_int(args, "after", 0);
		break;
	case LOAD_AROUND:
		json_set_int(args, "before", w->target + 1);
		break;
	case LOAD_TAIL:
	case LOAD_NONE:
		json_set_int(args, "before", SEQ_MAX);
		break;
	}
	app_request(w->t->app, "transcript", args, got_window, w);
}

void
window_jump(struct window *w, enum load load, int64_t seq)
{
	if (w->t->session[0] == '\0')
		return;
	app_forget(w->t->app, w);
	drop_pending(w);
	w->target = seq;
	request(w, load);
}

void
window_open(struct window *w, int64_t last_seq)
{
	struct transcript *t = w->t;

	app_forget(t->app, w);
	window_release(w);
	window_init(w, t);
	w->live_seq = last_seq;
	t->follow = true;
	t->news = false;
	if (last_seq > 0)
		window_jump(w, LOAD_TAIL, 0);
}

void
window_follow(struct window *w)
{
	const struct transcript *t = w->t;
	struct block *first = t->n_rows > 0 ? t->rows[0].block : NULL;
	struct block *last = t->n_rows > 0 ? t->rows[t->n_rows - 1].block :
					     NULL;

	if (w->load != LOAD_NONE || t->session[0] == '\0')
		return;
	drop_far(w);
	for (int i = 0; i < NEAR && first != NULL; i++)
		first = blocks_before(&t->list, first->index);
	for (int i = 0; i < NEAR && last != NULL; i++)
		last = blocks_after(&t->list, last->index);
	if (!t->list.at_end && last == NULL)
		request(w, LOAD_FORWARD);
	else if (!w->at_start && first == NULL)
		request(w, LOAD_BACK);
}
