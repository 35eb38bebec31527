/* Names like a text; see near.h. */
#include "index/near.h"

#include <stdlib.h>

#include "base/mem.h"

enum { TEXT_MAX = GRAPH_NAME_MAX };

/* How near a name is: less is nearer. */
enum {
	NEAR_SAME = 0,
	NEAR_SAME_LETTERS = 100,
	NEAR_BEGINS = 200,
	NEAR_BEGINS_OTHERWISE = 300, /* in another case */
	NEAR_HOLDS = 400,
	NEAR_DIFFERS = 500, /* and 50 for each letter */
	NEAR_SCATTERED = 800,
	NEAR_NOT = 10000,
};

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static bool
holds(struct str name, struct str text)
{
	for (size_t i = 0; i + text.len <= name.len; i++)
		if (str_eq_nocase(str_sub(name, i, text.len), text))
			return true;
	return false;
}

/* Its letters in order, with others between them. */
static bool
is_scattered(struct str name, struct str text)
{
	size_t at = 0;

	for (size_t i = 0; i < name.len && at < text.len; i++)
		at += lower(name.ptr[i]) == lower(text.ptr[at]);
	return at == text.len && text.len > 1;
}

/* Letters that differ (Levenshtein), or more than `max`. */
static unsigned
distance(struct str a, struct str b, unsigned max)
{
	unsigned row[TEXT_MAX + 1];

	if (a.len > TEXT_MAX || b.len > TEXT_MAX ||
	    (a.len > b.len ? a.len - b.len : b.len - a.len) > max)
		return max + 1;
	for (size_t k = 0; k <= b.len; k++)
		row[k] = (unsigned)k;
	for (size_t i = 0; i < a.len; i++) {
		unsigned corner = row[0], least = row[0] = (unsigned)i + 1;

		for (size_t k = 0; k < b.len; k++) {
			unsigned change = corner +
			    (lower(a.ptr[i]) != lower(b.ptr[k]));
			unsigned n = row[k] + 1;

			corner = row[k + 1];
			n = corner + 1 < n ? corner + 1 : n;
			row[k + 1] = change < n ? change : n;
			least = row[k + 1] < least ? row[k + 1] : least;
		}
		if (least > max)
			return max + 1;
	}
	return row[b.len];
}

/* Which letters there are, whatever their case. */
static uint32_t
letters_of(struct str s)
{
	uint32_t set = 0;

	for (size_t i = 0; i < s.len; i++)
		set |= 1u << ((unsigned char)lower(s.ptr[i]) & 31);
	return set;
}

static unsigned
nearness(struct str name, struct str text, uint32_t letters,
    enum near_how how)
{
	unsigned max = (unsigned)(text.len / 4 + 1), d;
	int missing = __builtin_popcount(letters & ~letters_of(name));

	/* Most names are out before anything is compared. */
	if (missing > 0 && (how == NEAR_TYPED || (unsigned)missing > max))
		return NEAR_NOT;
	if (str_eq(name, text))
		return NEAR_SAME;
	if (str_eq_nocase(name, text))
		return NEAR_SAME_LETTERS;
	if (str_starts(name, text))
		return NEAR_BEGINS;
	if (str_starts_nocase(name, text))
		return NEAR_BEGINS_OTHERWISE;
	if (holds(name, text))
		return NEAR_HOLDS;
	if (how == NEAR_TYPED)
		return is_scattered(name, text) ? NEAR_SCATTERED : NEAR_NOT;
	if (text.len > 3 && holds(text, name) && name.len > text.len / 2)
		return NEAR_HOLDS + 50;
	d = distance(name, text, max);
	return d <= max ? NEAR_DIFFERS + 50 * d : NEAR_NOT;
}

struct candidate {
	unsigned score;
	size_t len, index;
};

static int
compare_candidate(const void *left, const void *right)
{
	const struct candidate *a = left, *b = right;

	if (a->score != b->score)
		return a->score < b->score ? -1 : 1;
	if (a->len != b->len)
		return a->len < b->len ? -1 : 1;
	return (a->index > b->index) - (a->index < b->index);
}

int
near_names(struct graph *g, struct str text, enum near_how how, size_t *ret,
    size_t max, size_t *ret_n, struct error *err)
{
	const struct graph_names *names;
	CLEANUP(free_ptr) struct candidate *found = NULL;
	uint32_t letters = letters_of(text);
	size_t n = 0, cap = 0;
	int rc = graph_names_of(g, &names, err);

	if (rc != 0)
		return rc;
	for (size_t i = 0; i < names->n; i++) {
		struct str name = str_from(names->items[i].text);
		unsigned score = nearness(name, text, letters, how);

		if (score == NEAR_NOT)
			continue;
		found = mem_grow(found, &cap, n + 1, sizeof(*found));
		found[n++] = (struct candidate){ score, name.len, i };
	}
	if (n > 0)
		qsort(found, n, sizeof(*found), compare_candidate);
	for (size_t i = 0; i < n && i < max; i++)
		ret[i] = found[i].index;
	*ret_n = n < max ? n : max;
	return 0;
}
