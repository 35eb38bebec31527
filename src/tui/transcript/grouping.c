/* Quiet calls in a row are summed up in one line; see block_list.h. All of it
 * is done anew whenever the list changed: it is some hundred blocks long, and
 * so what is shown cannot depend on how it came to be. */
#include "base/mem.h"
#include "tui/transcript/block_list.h"
#include "tui/transcript/card_rows.h"
#include "tui/transcript/sheet.h"

enum { CALLS_MIN = 2, TOOLS_MAX = 16 };
#define SUM_MAX (4 * KIB)

/* May stand between quiet calls without ending their row. */
static bool
is_passed_over(const struct block_list *l, const struct block *b)
{
	return card_is_quiet(b) ||
	    (b->kind == &block_reasoning && b->done) ||
	    !blocks_may_show(l, b);
}

static bool
same_row(const struct block *a, const struct block *b)
{
	return a->owner == b->owner && block_same_run(a, b);
}

struct row {
	size_t first, last; /* quiet calls both */
	size_t calls;
};

/* The row that begins with the next quiet call from `from` on; false: none
 * comes. Blocks of sums are not in the list. */
static bool
next_row(const struct block_list *l, size_t from, struct row *ret)
{
	struct row row = { .first = from };

	while (row.first < l->n && !card_is_quiet(l->items[row.first]))
		row.first++;
	if (row.first == l->n)
		return false;
	row.last = row.first;
	for (size_t i = row.first; i < l->n; i++) {
		const struct block *b = l->items[i];

		if (!same_row(b, l->items[row.first]) ||
		    !is_passed_over(l, b))
			break;
		if (!card_is_quiet(b))
			continue;
		row.last = i;
		row.calls++;
	}
	*ret = row;
	return true;
}

/* The block that summed up any of a row before, for the first row that asks:
 * it keeps its fold and its place in sight. */
static struct block *
former_group(const struct block_list *l, const struct row *row)
{
	for (size_t i = row->first; i <= row->last; i++) {
		struct block *group = l->items[i]->group;

		if (group != NULL && group->members == 0)
			return group;
	}
	return NULL;
}

static struct block *
group_for(const struct block_list *l, const struct row *row)
{
	const struct block *head = l->items[row->first];
	struct block *group = former_group(l, row);

	if (group == NULL) {
		group = block_create(&block_group);
		group->parent = mem_strdup(head->parent);
		group->run = mem_strdup(head->run);
		group->done = true;
	}
	group->seq = group->last_seq = head->seq;
	group->owner = head->owner;
	group->members = row->calls;
	block_change(group);
	return group;
}

/* Takes the sums out of the list. */
static size_t
take_groups_out(struct block_list *l, struct block **groups)
{
	size_t n = 0, kept = 0;

	for (size_t i = 0; i < l->n; i++) {
		struct block *b = l->items[i];

		if (b->kind == &block_group) {
			b->members = 0;
			groups[n++] = b;
			continue;
		}
		b->index = kept;
		l->items[kept++] = b;
	}
	l->n = kept;
	return n;
}

/* Puts the sums in front of their rows, into a list of its own. */
static void
put_groups_in(struct block_list *l)
{
	size_t cap = l->n + l->n / CALLS_MIN + 1, n = 0;
	struct block **items = mem_alloc(cap, sizeof(struct block *));
	struct row row;
	size_t i = 0;

	while (next_row(l, i, &row)) {
		struct block *group = row.calls < CALLS_MIN ? NULL :
		    group_for(l, &row);

		for (; i < row.first; i++) {
			l->items[i]->group = NULL;
			items[n++] = l->items[i];
		}
		if (group != NULL)
			items[n++] = group;
		for (; i <= row.last; i++) {
			l->items[i]->group = group;
			items[n++] = l->items[i];
		}
	}
	for (; i < l->n; i++) {
		l->items[i]->group = NULL;
		items[n++] = l->items[i];
	}
	free(l->items);
	l->items = items;
	l->n = n;
	l->cap = cap;
	for (i = 0; i < n; i++)
		items[i]->index = i;
}

void
blocks_regroup(struct block_list *l)
{
	CLEANUP(free_ptr) struct block **groups = NULL;
	size_t n;

	if (!l->changed)
		return;
	groups = mem_alloc(l->n + 1, sizeof(struct block *));
	n = take_groups_out(l, groups);
	put_groups_in(l);
	for (size_t i = 0; i < n; i++) {
		if (groups[i]->members > 0)
			continue;
		/* Where it stood is where it would stand. */
		if (groups[i]->index > l->n)
			groups[i]->index = l->n;
		if (l->leaving != NULL)
			l->leaving(groups[i], l->ctx);
		block_destroy(groups[i]);
	}
	l->changed = false;
}

/* --- the line ------------------------------------------------------------ */

/* "read 5 files, searched 2 patterns": tools in the order of their first
 * call. */
static void
lay_group(struct block *b, const struct look *look)
{
	struct sheet s = sheet_begin_block(b, look);
	const struct card_row *seen[TOOLS_MAX];
	size_t counts[TOOLS_MAX] = { 0 }, n = 0;
	CLEANUP_BUF struct buf text = BUF_INIT(SUM_MAX);
	bool done = true;

	for (size_t i = b->index + 1; look->list != NULL &&
	    i < look->list->n; i++) {
		const struct block *inner = look->list->items[i];
		const struct card_row *row;
		size_t k = 0;

		if (inner->group != b)
			break;
		if (!card_is_quiet(inner))
			continue;
		done = done && inner->done;
		row = card_row(json_get_str(inner->first, "name"));
		while (k < n && seen[k] != row)
			k++;
		if (k == ARRAY_LEN(seen))
			continue;
		if (k == n)
			seen[n++] = row;
		counts[k]++;
	}
	for (size_t k = 0; k < n; k++) {
		if (k > 0)
			buf_add_cstr(&text, ", ");
		card_row_sum(seen[k], counts[k], &text);
	}
	sheet_begin(&s, TAG_FOLD);
	if (done || look->running)
		sheet_put(&s, "● ", STYLE(done ? ROLE_SUCCESS : ROLE_ACCENT));
	else /* cut off */
		sheet_put(&s, "○ ", STYLE(ROLE_MUTED));
	sheet_add(&s, buf_str(&text), STYLE(ROLE_MUTED));
	sheet_end(&s);
}

const struct block_kind block_group = {
	.name = "group",
	.flags = BLOCK_FOLDS | BLOCK_SHEET | BLOCK_THIN,
	.lay = lay_group,
};
