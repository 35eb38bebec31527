/* The text being written; see edit_buffer.h. */
#include "tui/composer/edit_buffer.h"

#include "base/mem.h"

enum { CHANGES_MAX = 4000 };
/* What undo may keep; the oldest groups are forgotten. */
#define CHANGE_BYTES_MAX (8 * MIB)

struct edit_change {
	size_t at;
	size_t caret; /* before the change */
	unsigned group;
	struct buf removed, added;
};

void
edit_init(struct edit *e)
{
	*e = (struct edit){ .text = BUF_INIT(EDIT_BYTES_MAX), .goal_col = -1 };
}

static void
drop_changes(struct edit *e, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		struct edit_change *c = &e->changes[i];

		e->bytes -= c->removed.len + c->added.len;
		buf_release(&c->removed);
		buf_release(&c->added);
	}
	if (to < e->n)
		memmove(&e->changes[from], &e->changes[to],
		    (e->n - to) * sizeof(*e->changes));
	e->n -= to - from;
}

void
edit_release(struct edit *e)
{
	drop_changes(e, 0, e->n);
	free(e->changes);
	buf_release(&e->text);
}

struct str
edit_text(const struct edit *e)
{
	return str_make(buf_text(&e->text), e->text.len);
}

static void
forget_oldest(struct edit *e)
{
	while (e->n > 1 &&
	    (e->n > CHANGES_MAX || e->bytes > CHANGE_BYTES_MAX)) {
		unsigned group = e->changes[0].group;
		size_t to = 1;

		while (to < e->n && e->changes[to].group == group)
			to++;
		drop_changes(e, 0, to);
	}
	e->done = e->n;
}

/* Letters go on with the change before them: one change a word, not one a
 * letter. */
static bool
goes_on(const struct edit *e, size_t at, size_t len, struct str with)
{
	const struct edit_change *last;
	bool word_begins;

	if (e->kind != EDIT_TYPED || len > 0 || e->done == 0 ||
	    e->changes[e->done - 1].group != e->group)
		return false;
	last = &e->changes[e->done - 1];
	if (last->added.len == 0 || last->at + last->added.len != at)
		return false;
	word_begins = last->added.ptr[last->added.len - 1] == ' ' &&
	    with.ptr[0] != ' ';
	return !word_begins;
}

static void
record(struct edit *e, size_t at, size_t len, struct str with,
    enum edit_kind kind)
{
	struct edit_change *c;

	drop_changes(e, e->done, e->n);
	if (kind == EDIT_TYPED && goes_on(e, at, len, with)) {
		buf_add_str(&e->changes[e->n - 1].added, with);
		e->bytes += with.len;
		return;
	}
	if (e->depth == 0 && (kind != EDIT_ERASED || e->kind != EDIT_ERASED))
		e->group++;
	e->changes = mem_grow(e->changes, &e->cap, e->n + 1,
	    sizeof(*e->changes));
	c = &e->changes[e->n++];
	*c = (struct edit_change){ .at = at, .caret = e->caret,
		.group = e->group, .removed = BUF_INIT(EDIT_BYTES_MAX),
		.added = BUF_INIT(EDIT_BYTES_MAX) };
	buf_add_str(&c->removed, str_sub(edit_text(e), at, len));
	buf_add_str(&c->added, with);
	e->bytes += len + with.len;
	forget_oldest(e);
}

static void
splice(struct edit *e, size_t at, size_t len, struct str with)
{
	buf_splice(&e->text, at, len, with);
	e->caret = at + with.len;
	e->version++;
	e->goal_col = -1;
}

bool
edit_replace(struct edit *e, size_t at, size_t len, struct str with,
    enum edit_kind kind)
{
	if (with.len > EDIT_BYTES_MAX ||
	    e->text.len - len + with.len > EDIT_BYTES_MAX)
		return false;
	if (len == 0 && with.len == 0)
		return true;
	record(e, at, len, with, kind);
	e->kind = kind;
	splice(e, at, len, with);
	return true;
}

bool
edit_insert(struct edit *e, struct str text)
{
	return edit_replace(e, e->caret, 0, text, EDIT_OTHER);
}

bool
edit_type(struct edit *e, struct str character)
{
	return edit_replace(e, e->caret, 0, character, EDIT_TYPED);
}

bool
edit_set(struct edit *e, struct str text)
{
	return edit_replace(e, 0, e->text.len, text, EDIT_OTHER);
}

void
edit_reset(struct edit *e)
{
	drop_changes(e, 0, e->n);
	e->done = 0;
	e->depth = 0;
	e->kind = EDIT_OTHER;
	e->caret = 0;
	e->goal_col = -1;
	e->version++;
	buf_clear(&e->text);
}

void
edit_move(struct edit *e, size_t at)
{
	e->caret = at > e->text.len ? e->text.len : at;
	e->goal_col = -1;
	e->kind = EDIT_OTHER;
}

void
edit_group_begin(struct edit *e)
{
	if (e->depth++ == 0)
		e->group++;
	e->kind = EDIT_OTHER;
}

void
edit_group_end(struct edit *e)
{
	e->depth--;
	e->kind = EDIT_OTHER;
}

bool
edit_undo(struct edit *e)
{
	unsigned group;

	if (e->done == 0)
		return false;
	group = e->changes[e->done - 1].group;
	while (e->done > 0 && e->changes[e->done - 1].group == group) {
		const struct edit_change *c = &e->changes[--e->done];

		splice(e, c->at, c->added.len, buf_str(&c->removed));
		e->caret = c->caret;
	}
	e->kind = EDIT_OTHER;
	return true;
}

bool
edit_redo(struct edit *e)
{
	unsigned group;

	if (e->done == e->n)
		return false;
	group = e->changes[e->done].group;
	while (e->done < e->n && e->changes[e->done].group == group) {
		const struct edit_change *c = &e->changes[e->done++];

		splice(e, c->at, c->removed.len, buf_str(&c->added));
	}
	e->kind = EDIT_OTHER;
	return true;
}
