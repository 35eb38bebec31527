/* Words that changed; see diff_words.h. What both lines begin and end with is
 * set apart first; only the middle is compared by its longest common
 * subsequence, whose cost is the product of both lengths. */
#include "tui/text/diff_words.h"

#include "base/cleanup.h"
#include "base/mem.h"

enum { LINE_MAX_BYTES = 4096, TABLE_MAX = 250 * 250 };

struct word {
	uint32_t at, len;
	bool blank, changed;
};

struct words {
	struct word *items;
	size_t count, cap;
};

static void
words_release(struct words *w)
{
	free(w->items);
}

enum byte_class { BYTE_WORD, BYTE_BLANK, BYTE_MARK };

static enum byte_class
class_of(char c)
{
	if (c == ' ' || c == '\t')
		return BYTE_BLANK;
	if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80)
		return BYTE_WORD;
	return BYTE_MARK;
}

static void
split(struct str line, struct words *ret)
{
	size_t at = 0, n;

	for (; at < line.len; at += n) {
		enum byte_class class = class_of(line.ptr[at]);

		for (n = 1; class != BYTE_MARK && at + n < line.len &&
		     class_of(line.ptr[at + n]) == class; n++)
			;
		ret->items = mem_grow(ret->items, &ret->cap, ret->count + 1,
		    sizeof(*ret->items));
		ret->items[ret->count++] = (struct word){
			.at = (uint32_t)at, .len = (uint32_t)n,
			.blank = class == BYTE_BLANK, .changed = true };
	}
}

struct comparison {
	struct str old, new;
	struct words old_words, new_words;
	size_t first, old_end, new_end; /* the middle */
	size_t common; /* bytes of words that are the same, without blanks */
};

static bool
is_same(const struct comparison *c, size_t i, size_t k)
{
	const struct word *a = &c->old_words.items[i];
	const struct word *b = &c->new_words.items[k];

	return a->len == b->len &&
	    memcmp(c->old.ptr + a->at, c->new.ptr + b->at, a->len) == 0;
}

static void
keep(struct comparison *c, size_t i, size_t k)
{
	struct word *word = &c->old_words.items[i];

	word->changed = false;
	c->new_words.items[k].changed = false;
	if (!word->blank)
		c->common += word->len;
}

static void
keep_ends(struct comparison *c)
{
	c->old_end = c->old_words.count;
	c->new_end = c->new_words.count;
	while (c->first < c->old_end && c->first < c->new_end &&
	    is_same(c, c->first, c->first)) {
		keep(c, c->first, c->first);
		c->first++;
	}
	while (c->old_end > c->first && c->new_end > c->first &&
	    is_same(c, c->old_end - 1, c->new_end - 1)) {
		c->old_end--;
		c->new_end--;
		keep(c, c->old_end, c->new_end);
	}
}

static void
keep_middle(struct comparison *c, size_t *budget)
{
	size_t n = c->old_end - c->first, m = c->new_end - c->first;
	CLEANUP(free_ptr) uint16_t *table = NULL;
	size_t i = 0, k = 0;

	if (n == 0 || m == 0 || n * m > TABLE_MAX || n * m > *budget)
		return;
	*budget -= n * m;
	/* table[i][k]: how many are the same from i and k on. */
	table = mem_alloc((n + 1) * (m + 1), sizeof(*table));
	for (i = n; i-- > 0;) {
		for (k = m; k-- > 0;) {
			uint16_t right = table[i * (m + 1) + k + 1];
			uint16_t down = table[(i + 1) * (m + 1) + k];

			table[i * (m + 1) + k] =
			    is_same(c, c->first + i, c->first + k) ?
			    (uint16_t)(table[(i + 1) * (m + 1) + k + 1] + 1) :
			    right > down ? right : down;
		}
	}
	for (i = k = 0; i < n && k < m;) {
		if (is_same(c, c->first + i, c->first + k))
			keep(c, c->first + i++, c->first + k++);
		else if (table[i * (m + 1) + k + 1] >
		    table[(i + 1) * (m + 1) + k])
			k++;
		else
			i++;
	}
}

static size_t
bytes_of(const struct words *w)
{
	size_t bytes = 0;

	for (size_t i = 0; i < w->count; i++)
		if (!w->items[i].blank)
			bytes += w->items[i].len;
	return bytes;
}

/* A blank between two changed words is no island. */
static void
join(struct words *w)
{
	for (size_t i = 1; i + 1 < w->count; i++)
		if (w->items[i].blank && w->items[i - 1].changed &&
		    w->items[i + 1].changed)
			w->items[i].changed = true;
}

static void
mark(const struct words *w, uint8_t *grounds, uint8_t value)
{
	for (size_t i = 0; i < w->count; i++)
		if (w->items[i].changed)
			memset(grounds + w->items[i].at, value,
			    w->items[i].len);
}

bool
diff_words(struct str old, struct str new, uint8_t *old_grounds,
    uint8_t old_mark, uint8_t *new_grounds, uint8_t new_mark, size_t *budget)
{
	CLEANUP(words_release) struct words a = { NULL, 0, 0 };
	CLEANUP(words_release) struct words b = { NULL, 0, 0 };
	struct comparison c = { .old = old, .new = new };
	size_t longer;

	if (old.len == 0 || new.len == 0 || old.len > LINE_MAX_BYTES ||
	    new.len > LINE_MAX_BYTES || old.len + new.len > *budget)
		return false;
	*budget -= old.len + new.len;
	split(old, &c.old_words);
	split(new, &c.new_words);
	keep_ends(&c);
	keep_middle(&c, budget);
	a = c.old_words;
	b = c.new_words;
	longer = bytes_of(&a) > bytes_of(&b) ? bytes_of(&a) : bytes_of(&b);
	if (c.common * 3 < longer || longer == 0)
		return false;
	join(&a);
	join(&b);
	mark(&a, old_grounds, old_mark);
	mark(&b, new_grounds, new_mark);
	return true;
}
