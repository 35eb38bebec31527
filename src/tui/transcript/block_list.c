/* The blocks that are loaded; see block_list.h. */
#include "tui/transcript/block_list.h"

#include "base/mem.h"

void
blocks_init(struct block_list *l)
{
	*l = (struct block_list){ .n = 0 };
}

void
blocks_clear(struct block_list *l)
{
	while (l->n > 0) {
		struct block *b = l->items[--l->n];

		if (l->leaving != NULL)
			l->leaving(b, l->ctx);
		block_destroy(b);
	}
	l->bytes = 0;
}

void
blocks_release(struct block_list *l)
{
	blocks_clear(l);
	blocks_forget_gone(l);
	free(l->items);
	l->items = NULL;
	l->cap = 0;
}

static void
number(struct block_list *l, size_t from)
{
	for (size_t i = from; i < l->n; i++)
		l->items[i]->index = i;
}

void
blocks_insert(struct block_list *l, size_t index, struct block *b)
{
	l->items = mem_grow(l->items, &l->cap, l->n + 1,
	    sizeof(struct block *));
	memmove(&l->items[index + 1], &l->items[index],
	    (l->n - index) * sizeof(struct block *));
	l->items[index] = b;
	l->n++;
	l->changed = true;
	number(l, index);
}

static void
take_out(struct block_list *l, size_t index)
{
	memmove(&l->items[index], &l->items[index + 1],
	    (l->n - index - 1) * sizeof(struct block *));
	l->n--;
	l->changed = true;
	number(l, index);
}

void
blocks_remove(struct block_list *l, struct block *b)
{
	if (l->leaving != NULL)
		l->leaving(b, l->ctx);
	take_out(l, b->index);
	for (size_t i = 0; i < l->n; i++) {
		if (l->items[i]->owner == b)
			l->items[i]->owner = NULL;
		if (l->items[i]->group == b)
			l->items[i]->group = NULL;
	}
	block_destroy(b);
}

void
blocks_move(struct block_list *l, struct block *b, size_t index)
{
	take_out(l, b->index);
	blocks_insert(l, index, b);
}

struct block *
blocks_find(const struct block_list *l, const struct block_kind *kind,
    struct str id)
{
	for (size_t i = l->n; i-- > 0;) {
		struct block *b = l->items[i];

		if (b->kind == kind && b->id != NULL && str_eq_c(id, b->id))
			return b;
	}
	return NULL;
}

/* Behind the last block of its sub-run; at the end when it has none. */
static size_t
place_of(const struct block_list *l, const struct block *b)
{
	size_t at;

	if (b->owner == NULL)
		return l->n;
	at = b->owner->index + 1;
	while (at < l->n && l->items[at]->owner == b->owner)
		at++;
	return at;
}

static void
find_owner(struct block_list *l, struct block *b)
{
	if (b->parent == NULL)
		return;
	b->owner = blocks_find(l, &block_tool, str_from(b->parent));
	if (b->owner != NULL)
		block_change(b->owner);
}

void
blocks_add(struct block_list *l, struct block *b)
{
	find_owner(l, b);
	blocks_insert(l, place_of(l, b), b);
}

void
blocks_measure(struct block_list *l)
{
	l->bytes = 0;
	for (size_t i = 0; i < l->n; i++)
		l->bytes += l->items[i]->bytes;
}

/* --- going back ---------------------------------------------------------- */

/* Once for each time that somebody went back; who does so more often sees
 * what was taken out first. */
enum { GONE_MAX = 1024 };

void
blocks_take_back(struct block_list *l, struct gone gone)
{
	if (gone.from <= 0 || gone.from >= gone.to || l->n_gone == GONE_MAX)
		return;
	l->gone = mem_grow(l->gone, &l->cap_gone, l->n_gone + 1,
	    sizeof(*l->gone));
	l->gone[l->n_gone++] = gone;
	for (size_t i = l->n; i-- > 0;)
		/* Removing a sum leaves what stands behind it. */
		if (blocks_are_gone(l, l->items[i]->seq))
			blocks_remove(l, l->items[i]);
}

bool
blocks_are_gone(const struct block_list *l, int64_t seq)
{
	for (size_t i = 0; i < l->n_gone && seq > 0; i++)
		if (seq >= l->gone[i].from && seq < l->gone[i].to)
			return true;
	return false;
}

void
blocks_forget_gone(struct block_list *l)
{
	free(l->gone);
	l->gone = NULL;
	l->n_gone = l->cap_gone = 0;
}

/* --- joining ------------------------------------------------------------- */

/* The later half of a block whose beginning is in an earlier window. */
static struct block *
find_half(struct block_list *l, const struct block *b)
{
	for (size_t i = 0; i < l->n; i++) {
		struct block *later = l->items[i];

		if (later->kind != b->kind)
			continue;
		if (later->seq == b->seq && b->seq > 0)
			return later;
		if (later->headless && !b->done && b->id != NULL &&
		    later->id != NULL && strcmp(later->id, b->id) == 0)
			return later;
	}
	return NULL;
}

/* Gives an earlier block what the later half knows. */
static void
merge(struct block *b, struct block *later)
{
	if (later->second != NULL && b->second == NULL) {
		b->second = steal(later->second);
		b->bytes += later->bytes;
	}
	if (later->text.len > 0) {
		if (!later->headless) {
			buf_release(&b->text);
			b->text = later->text;
			buf_init(&later->text, 1);
		} else if (later->taken - (int64_t)later->text.len <=
		    b->taken) {
			buf_add_str(&b->text, buf_str(&later->text));
		}
		b->taken = later->taken;
	}
	if (later->kind == &block_reasoning && later->first != NULL &&
	    b->first == NULL)
		b->first = steal(later->first);
	b->done = b->done || later->done;
	b->fold = b->fold == FOLD_AUTO ? later->fold : b->fold;
	if (later->last_seq > b->last_seq)
		b->last_seq = later->last_seq;
	block_forget(b);
	block_change(b);
}

/* Blocks of sub-runs whose card came with an earlier window. */
static void
adopt(struct block_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		struct block *b = l->items[i];

		if (b->parent == NULL || b->owner != NULL)
			continue;
		find_owner(l, b);
		if (b->owner == NULL || b->owner->index > i) {
			b->owner = NULL;
			continue;
		}
		take_out(l, i);
		blocks_insert(l, place_of(l, b), b);
	}
}

void
blocks_join(struct block_list *l, struct block_list *earlier)
{
	struct block **items;
	size_t n = earlier->n;

	for (size_t i = 0; i < n; i++) {
		struct block *b = earlier->items[i];
		struct block *later = b->kind == &block_group ? NULL :
		    find_half(l, b);

		if (later == NULL)
			continue;
		merge(b, later);
		blocks_remove(l, later);
	}
	items = mem_alloc(n + l->n + 1, sizeof(struct block *));
	if (n > 0)
		memcpy(items, earlier->items, n * sizeof(struct block *));
	if (l->n > 0)
		memcpy(items + n, l->items, l->n * sizeof(struct block *));
	free(l->items);
	l->items = items;
	l->cap = n + l->n + 1;
	l->n += n;
	earlier->n = 0;
	number(l, 0);
	adopt(l);
	l->changed = true;
	blocks_regroup(l);
	blocks_measure(l);
}

/* --- what is shown ------------------------------------------------------- */

bool
blocks_is_open(const struct block_list *l, const struct block *b)
{
	return b->fold == FOLD_AUTO ? l->all : b->fold == FOLD_OPEN;
}

bool
blocks_may_show(const struct block_list *l, const struct block *b)
{
	const struct block *next = NULL;

	if (b->kind->hidden == NULL)
		return true;
	for (size_t i = b->index + 1; i < l->n; i++) {
		const struct block *n = l->items[i];

		/* Whoever asks for the next one wants what was said next. */
		if (n->owner == b->owner && (n->kind->hidden == NULL ||
		    n->kind == b->kind || n->kind == &block_end ||
		    n->kind == &block_tool)) {
			next = n;
			break;
		}
	}
	return !b->kind->hidden(b, next);
}

bool
blocks_shows(const struct block_list *l, const struct block *b)
{
	if (b->parent != NULL &&
	    (b->owner == NULL || !blocks_is_open(l, b->owner)))
		return false;
	if (b->group != NULL && !blocks_is_open(l, b->group))
		return false;
	return blocks_may_show(l, b);
}

struct block *
blocks_before(const struct block_list *l, size_t index)
{
	for (size_t i = index < l->n ? index : l->n; i-- > 0;)
		if (blocks_shows(l, l->items[i]))
			return l->items[i];
	return NULL;
}

struct block *
blocks_after(const struct block_list *l, size_t index)
{
	for (size_t i = index + 1; i < l->n; i++)
		if (blocks_shows(l, l->items[i]))
			return l->items[i];
	return NULL;
}

struct block *
blocks_last(const struct block_list *l)
{
	return blocks_before(l, l->n);
}

struct block *
blocks_first(const struct block_list *l)
{
	return l->n > 0 && blocks_shows(l, l->items[0]) ? l->items[0] :
							blocks_after(l, 0);
}

bool
blocks_is_newest(const struct block_list *l, const struct block *b)
{
	if (b->kind != &block_plan || !l->at_end)
		return false;
	for (size_t i = b->index + 1; i < l->n; i++)
		if (l->items[i]->kind == b->kind &&
		    l->items[i]->owner == b->owner)
			return false;
	return true;
}

int
blocks_gap(const struct block_list *l, const struct block *b)
{
	const struct block *before = blocks_before(l, b->index);

	if (before == NULL)
		return 0;
	if (b->owner != NULL)
		return b->owner == before->owner &&
		    (b->kind == &block_answer || before->kind == &block_answer);
	return !(before->kind->flags & b->kind->flags & BLOCK_THIN);
}
