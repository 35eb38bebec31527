/* Pieces that are alike; see twins.h. Every pair is compared: a search shows a
 * few dozen, and a look at the number of words rules most out. */
#include "index/twins.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"
#include "index/packing.h"

/* Fewer words must be the same ones. */
enum { SHORT_WORDS = 20, SHARED_PERCENT = 90 };

struct piece {
	int64_t *words; /* rising */
	size_t n;
};

struct twins {
	struct piece *pieces;
	size_t n, cap;
};

struct twins *
twins_create(void)
{
	return mem_new(struct twins);
}

void
twins_destroy(struct twins *t)
{
	if (t == NULL)
		return;
	for (size_t i = 0; i < t->n; i++)
		free(t->pieces[i].words);
	free(t->pieces);
	free(t);
}

static struct piece
read_piece(struct str terms)
{
	struct piece p = { 0 };
	struct chunk_terms rest;
	struct chunk_term term;
	size_t cap = 0;

	chunk_terms_open(&rest, terms);
	while (chunk_terms_next(&rest, &term)) {
		p.words = mem_grow(p.words, &cap, p.n + 1, sizeof(*p.words));
		p.words[p.n++] = term.term;
	}
	return p;
}

static bool
are_alike(const struct piece *a, const struct piece *b)
{
	size_t shared = 0, i = 0, j = 0;
	size_t small = a->n < b->n ? a->n : b->n;
	size_t large = a->n < b->n ? b->n : a->n;

	if (small * 100 < large * SHARED_PERCENT ||
	    (large < SHORT_WORDS && small != large))
		return false;
	while (i < a->n && j < b->n) {
		if (a->words[i] == b->words[j]) {
			shared++;
			i++;
			j++;
		} else if (a->words[i] < b->words[j]) {
			i++;
		} else {
			j++;
		}
	}
	return large < SHORT_WORDS ? shared == large :
	    shared * 100 >= (a->n + b->n - shared) * SHARED_PERCENT;
}

size_t
twins_find(const struct twins *t, struct str terms)
{
	struct piece p = read_piece(terms);
	size_t found = SIZE_MAX;

	for (size_t i = 0; found == SIZE_MAX && i < t->n; i++)
		if (are_alike(&t->pieces[i], &p))
			found = i;
	free(p.words);
	return found;
}

void
twins_add(struct twins *t, struct str terms)
{
	t->pieces = mem_grow(t->pieces, &t->cap, t->n + 1,
	    sizeof(*t->pieces));
	t->pieces[t->n++] = read_piece(terms);
}
