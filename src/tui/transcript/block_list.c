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
	number(l, index);
}

static void
take_out(struct block_list *l, size_t index)
{
	memmove(&l->items[index], &l->items[index + 1],
	    (l->n - index - 1) * sizeof(struct block *));
	l->n--;
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
	/* Halves that met may be quiet now; and a row may go on over the
	 * border. */
	for (size_t i = 0; i < l->n && i <= n; i++)
		if (l->items[i]->group == NULL || i + 1 >= n)
			blocks_regroup(l, i);
	blocks_measure(l);
}

/* --- what is shown ------------------------------------------------------- */

bool
blocks_is_open(const struct block_list *l, const struct block *b)
{
	return b->fold == FOLD_AUTO ? l->all : b->fold == FOLD_OPEN;
}

/* Hidden whatever is folded; blocks of its own kind look at what follows. */
static bool
by_itself(const struct block_list *l, const struct block *b)
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
	return by_itself(l, b);
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

/* --- several in one ------------------------------------------------------ */

/* May stand between quiet calls without ending their row. */
static bool
is_passed_over(const struct block_list *l, const struct block *b)
{
	return card_is_quiet(b) || b->kind == &block_group ||
	    (b->kind == &block_reasoning && b->done) || !by_itself(l, b);
}

static bool
same_row(const struct block *a, const struct block *b)
{
	return a->owner == b->owner && block_same_run(a, b);
}

static void
set_group(struct block_list *l, size_t first, size_t last, size_t calls)
{
	struct block *head = l->items[first];
	struct block *group = NULL;

	for (size_t i = first; i <= last && group == NULL; i++)
		group = l->items[i]->group;
	if (calls < 2) {
		if (group != NULL)
			blocks_remove(l, group);
		return;
	}
	if (group == NULL) {
		group = block_create(&block_group);
		group->seq = group->last_seq = head->seq;
		group->parent = mem_strdup(head->parent);
		group->run = mem_strdup(head->run);
		group->done = true;
		blocks_insert(l, first, group);
		group->owner = head->owner;
		last++;
	} else {
		take_out(l, group->index);
		blocks_insert(l, head->index, group);
	}
	group->members = calls;
	for (size_t i = group->index + 1; i <= last; i++) {
		struct block *b = l->items[i];

		if (b->kind == &block_group)
			continue;
		b->group = group;
	}
	block_change(group);
}

void
blocks_regroup(struct block_list *l, size_t index)
{
	const struct block *here;
	size_t first = index, last = index, calls = 0;

	if (index >= l->n || !is_passed_over(l, l->items[index]))
		return;
	here = l->items[index];
	while (first > 0 && same_row(l->items[first - 1], here) &&
	    is_passed_over(l, l->items[first - 1]))
		first--;
	while (last + 1 < l->n && same_row(l->items[last + 1], here) &&
	    is_passed_over(l, l->items[last + 1]))
		last++;
	/* From the first quiet call to the last; thoughts round them stay. */
	while (first < last && !card_is_quiet(l->items[first]))
		first++;
	while (last > first && !card_is_quiet(l->items[last]))
		last--;
	if (!card_is_quiet(l->items[first]))
		return;
	/* One group for all of them: that of the first. */
	for (size_t i = first; i <= last;) {
		struct block *b = l->items[i];

		calls += card_is_quiet(b);
		if (b->kind == &block_group) {
			blocks_remove(l, b);
			last--;
			continue;
		}
		i++;
	}
	set_group(l, first, last, calls);
}
