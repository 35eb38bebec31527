/* Questions as terms; see query.h. */
#include "index/query.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/units.h"
#include "index/terms.h"
#include "index/thesaurus.h"

/* Weights of words that were not asked for, as against those that were. */
#define WEIGHT_AGAIN 0.3 /* for each time more that a word is said */
#define WEIGHT_ABBREVIATION 0.5
#define WEIGHT_SYNONYM 0.4
enum {
	ABBREVIATED_MIN = 5, /* bytes of a word that others shorten */
	ABBREVIATIONS_MAX = 3,
	SKELETON_MAX = 4, /* of an abbreviation by consonants */
	COMPOUNDS_MAX = 24,
	SCOPE_MAX = 48, /* bytes before the colon */
};
/* How much two words must occur together, as the cosine of the pieces that
 * have them, for one to be short for the other. */
#define TOGETHER_MIN 0.02

/* --- terms -------------------------------------------------------------- */

/* Rounded, so that sums of several are the same in any order. */
double
query_idf(const struct index_reader *r, double count)
{
	double n = (double)index_reader_chunks(r);

	return round(log(1 + (n - count + 0.5) / (count + 0.5)) * 4096) /
	    4096;
}

const struct query_term *
query_find(const struct query_terms *t, int64_t id)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->items[i].id == id)
			return &t->items[i];
	return NULL;
}

int
query_add(struct index_reader *r, struct query_terms *to, int64_t id,
    double weight, struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(1 * KIB);
	struct query_term *term;
	int64_t count;
	int rc;

	if (query_find(to, id) != NULL || to->n == QUERY_TERMS_MAX)
		return 0;
	rc = index_db_term(index_reader_db(r), id, &text, &count, err);
	if (rc <= 0 || count <= 0)
		return rc < 0 ? rc : 0;
	to->items = mem_grow(to->items, &to->cap, to->n + 1,
	    sizeof(*to->items));
	term = &to->items[to->n++];
	*term = (struct query_term){ .id = id, .weight = weight,
		.whole = *buf_text(&text) == '=',
		.idf = query_idf(r, (double)count),
		.text = buf_steal(&text) };
	return index_reader_postings(r, id, &term->postings, err);
}

void
query_terms_release(struct query_terms *t)
{
	for (size_t i = 0; i < t->n; i++) {
		postings_release(&t->items[i].postings);
		free(t->items[i].text);
	}
	free(t->items);
	*t = (struct query_terms){ 0 };
}

static int
find_term(struct index_reader *r, struct str text, int64_t *ret,
    struct error *err)
{
	int64_t count;

	return index_db_find_term(index_reader_db(r), text, ret, &count, err);
}

static int
add_own(struct index_reader *r, struct query_terms *own, struct str text,
    struct error *err)
{
	int64_t id;
	int rc = find_term(r, text, &id, err);

	if (rc != 0 || id == 0)
		return rc;
	for (size_t i = 0; i < own->n; i++) {
		if (own->items[i].id == id) {
			own->items[i].weight += WEIGHT_AGAIN;
			return 0;
		}
	}
	return query_add(r, own, id, 1, err);
}

/* --- abbreviations ------------------------------------------------------ */

struct candidate {
	int64_t id;
	uint32_t order;
	double together;
};

struct abbreviate {
	struct str word; /* in lower case */
	size_t stem_len;
	int64_t self; /* the word's own term; 0: the index has it not */
	struct candidate *found;
	size_t n, cap;
};

static bool
is_subsequence(struct str small, struct str large)
{
	size_t at = 0;

	for (size_t i = 0; i < large.len && at < small.len; i++)
		at += large.ptr[i] == small.ptr[at];
	return at == small.len;
}

static bool
has_vowel(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (strchr("aeiou", s.ptr[i]) != NULL)
			return true;
	return false;
}

/* A beginning of the word, or its skeleton without vowels. */
static bool
may_be_short_for(struct str text, const struct abbreviate *a)
{
	return text.len < a->stem_len &&
	    (str_starts(a->word, text) ||
		(text.len <= SKELETON_MAX && is_subsequence(text, a->word) &&
		    !has_vowel(str_sub(text, 1, SIZE_MAX))));
}

static int
find_abbreviations(struct index_reader *r, struct abbreviate *a,
    struct error *err)
{
	struct short_words all;
	int rc = vocabulary_short_words(index_reader_vocabulary(r),
	    *a->word.ptr, &all, err);

	for (size_t i = 0; rc == 0 && i < all.n; i++) {
		const struct short_word *w = &all.items[i];

		if (w->id == a->self || !may_be_short_for(w->text, a))
			continue;
		a->found = mem_grow(a->found, &a->cap, a->n + 1,
		    sizeof(*a->found));
		a->found[a->n++] = (struct candidate){ .id = w->id,
			.order = w->order, .together = 1 };
	}
	return rc;
}

static double
cosine(const struct postings *a, const struct postings *b)
{
	size_t i = 0, j = 0, both = 0;

	while (i < a->n && j < b->n) {
		if (a->items[i].at == b->items[j].at) {
			both++;
			i++;
			j++;
		} else if (a->items[i].at < b->items[j].at) {
			i++;
		} else {
			j++;
		}
	}
	return a->n == 0 || b->n == 0 ? 0 :
	    (double)both / sqrt((double)a->n * (double)b->n);
}

static int
compare_candidate(const void *left, const void *right)
{
	const struct candidate *a = left, *b = right;

	if (a->together != b->together)
		return a->together > b->together ? -1 : 1;
	return (a->order > b->order) - (a->order < b->order);
}

static int
measure_together(struct index_reader *r, struct abbreviate *a,
    const struct query_terms *own, struct error *err)
{
	const struct query_term *self = query_find(own, a->self);

	for (size_t i = 0; i < a->n && self != NULL; i++) {
		CLEANUP(postings_release) struct postings p;
		int rc = index_reader_postings(r, a->found[i].id, &p, err);

		if (rc != 0)
			return rc;
		a->found[i].together = cosine(&self->postings, &p);
	}
	if (a->n > 0)
		qsort(a->found, a->n, sizeof(*a->found), compare_candidate);
	return 0;
}

static int
add_abbreviations(struct index_reader *r, struct query *q, struct str word,
    struct str stem, struct error *err)
{
	struct abbreviate a = { .word = word, .stem_len = stem.len };
	int rc = find_term(r, stem, &a.self, err);

	if (rc == 0)
		rc = find_abbreviations(r, &a, err);
	if (rc == 0)
		rc = measure_together(r, &a, &q->own, err);
	for (size_t i = 0; rc == 0 && i < a.n && i < ABBREVIATIONS_MAX; i++)
		if (a.found[i].together > TOGETHER_MIN &&
		    query_find(&q->own, a.found[i].id) == NULL)
			rc = query_add(r, &q->abbreviations, a.found[i].id,
			    WEIGHT_ABBREVIATION, err);
	free(a.found);
	return rc;
}

/* --- synonyms ----------------------------------------------------------- */

static bool
row_has(struct terms *t, const char *row, const char *term)
{
	struct str rest = str_from(row), word;

	while (terms_next_word(&rest, &word)) {
		struct term_ids ids = terms_of_word(t, word);

		if (ids.n == 1 &&
		    str_eq_c(terms_text(t, ids.ids[0]), term))
			return true;
	}
	return false;
}

static int
add_row(struct index_reader *r, struct query *q, struct terms *t,
    const char *row, struct error *err)
{
	struct str rest = str_from(row), word;
	int rc = 0;

	while (rc == 0 && terms_next_word(&rest, &word)) {
		struct term_ids ids = terms_of_word(t, word);
		int64_t id = 0;

		if (ids.n == 1)
			rc = find_term(r, terms_text(t, ids.ids[0]), &id, err);
		if (rc == 0 && id != 0 && query_find(&q->own, id) == NULL)
			rc = query_add(r, &q->synonyms, id, WEIGHT_SYNONYM,
			    err);
	}
	return rc;
}

static int
add_synonyms(struct index_reader *r, struct query *q, struct terms *t,
    struct error *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < q->own.n; i++)
		for (unsigned row = 0; rc == 0 && row < thesaurus_rows &&
		    !q->own.items[i].whole; row++)
			if (row_has(t, thesaurus[row], q->own.items[i].text))
				rc = add_row(r, q, t, thesaurus[row], err);
	return rc;
}

/* --- compounds ---------------------------------------------------------- */

struct whole {
	int64_t id, count;
	uint32_t order;
	unsigned n_parts, n_hit;
	double idf; /* of the parts that were asked for */
};

struct wholes {
	struct whole *items;
	size_t n, cap;
	double idf; /* of the part that is looked at */
};

static void
take_whole(int64_t whole, void *ctx)
{
	struct wholes *w = ctx;

	w->items = mem_grow(w->items, &w->cap, w->n + 1, sizeof(*w->items));
	w->items[w->n++] = (struct whole){ .id = whole, .n_hit = 1,
		.idf = w->idf };
}

static void
describe_whole(const struct index_term *term, void *ctx)
{
	struct whole *w = ctx;

	w->order = terms_order(term->text);
	w->n_parts = (unsigned)term->n_parts;
	w->count = term->count;
}

static int
compare_whole(const void *left, const void *right)
{
	const struct whole *a = left, *b = right;

	return (a->id > b->id) - (a->id < b->id);
}

/* How much of the word was asked for, by what those parts are worth. */
static double
worth(const struct whole *w)
{
	return w->idf * w->n_hit / w->n_parts;
}

static int
compare_worth(const void *left, const void *right)
{
	const struct whole *a = left, *b = right;

	if (worth(a) != worth(b))
		return worth(a) > worth(b) ? -1 : 1;
	return (a->order > b->order) - (a->order < b->order);
}

/* Keeps those of which at least two parts were asked for. A common part has
 * thousands of words: their texts are read only now. */
static int
keep_compounds(struct index_reader *r, struct wholes *w, struct error *err)
{
	size_t n = 0;

	if (w->n > 0)
		qsort(w->items, w->n, sizeof(*w->items), compare_whole);
	for (size_t i = 0, j; i < w->n; i = j) {
		struct whole sum = w->items[i];
		int rc;

		for (j = i + 1; j < w->n && w->items[j].id == sum.id; j++) {
			sum.n_hit++;
			sum.idf += w->items[j].idf;
		}
		if (sum.n_hit < 2)
			continue;
		rc = index_db_look_up_term(index_reader_db(r), sum.id,
		    describe_whole, &sum, err);
		if (rc < 0)
			return rc;
		if (sum.count > 0 && sum.n_parts > 0)
			w->items[n++] = sum;
	}
	w->n = n;
	return 0;
}

static int
add_compounds(struct index_reader *r, struct query *q, struct error *err)
{
	struct wholes w = { 0 };
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < q->own.n; i++) {
		w.idf = q->own.items[i].idf;
		if (!q->own.items[i].whole)
			rc = index_db_each_whole(index_reader_db(r),
			    q->own.items[i].id, take_whole, &w, err);
	}
	if (rc == 0)
		rc = keep_compounds(r, &w, err);
	if (rc == 0 && w.n > 0)
		qsort(w.items, w.n, sizeof(*w.items), compare_worth);
	for (size_t i = 0; rc == 0 && i < w.n && i < COMPOUNDS_MAX; i++)
		rc = query_add(r, &q->compounds, w.items[i].id,
		    worth(&w.items[i]), err);
	free(w.items);
	return rc;
}

/* --- the whole ---------------------------------------------------------- */

static int
add_word(struct index_reader *r, struct query *q, struct terms *t,
    struct str word, struct error *err)
{
	struct term_ids ids = terms_of_word(t, word);
	char lower[TERM_PART_MAX];
	int rc = 0;

	if (ids.n == 1 && word.len <= sizeof(lower)) {
		for (size_t i = 0; i < word.len; i++)
			lower[i] = (char)tolower((unsigned char)word.ptr[i]);
		if (terms_is_stop_word(str_make(lower, word.len)))
			return 0;
	}
	for (size_t i = 0; rc == 0 && i < ids.n; i++)
		rc = add_own(r, &q->own, terms_text(t, ids.ids[i]), err);
	if (rc == 0 && ids.n == 1 && word.len >= ABBREVIATED_MIN &&
	    word.len <= sizeof(lower))
		rc = add_abbreviations(r, q, str_make(lower, word.len),
		    terms_text(t, ids.ids[0]), err);
	return rc;
}

/* The bytes up to a colon near the beginning that has only names before it, as
 * in "parser: keep comments" or "fix(http): read the last chunk"; 0: none. */
static size_t
scope_of(struct str text)
{
	for (size_t i = 0; i + 1 < text.len && i < SCOPE_MAX; i++) {
		unsigned char c = (unsigned char)text.ptr[i];

		if (c == ':' && text.ptr[i + 1] == ' ')
			return i;
		if (!isalnum(c) && strchr(" ._,/()!-", c) == NULL)
			return 0;
	}
	return 0;
}

int
query_make(struct index_reader *r, struct str text, struct query *ret,
    struct error *err)
{
	struct vocabulary *vocabulary = index_reader_vocabulary(r);
	struct str rest = str_sub(text, 0, QUERY_BYTES_MAX), word;
	struct terms *t;
	int rc = 0;

	vocabulary_trim(vocabulary);
	t = vocabulary_terms(vocabulary);

	const char *scope_end = text.ptr + scope_of(text);

	*ret = (struct query){ 0 };
	while (rc == 0 && terms_next_word(&rest, &word)) {
		size_t first = ret->own.n;

		rc = add_word(r, ret, t, word, err);
		for (size_t i = first; i < ret->own.n; i++)
			ret->own.items[i].scope = word.ptr < scope_end;
	}
	if (rc == 0)
		rc = add_synonyms(r, ret, t, err);
	if (rc == 0)
		rc = add_compounds(r, ret, err);
	return rc;
}

void
query_release(struct query *q)
{
	query_terms_release(&q->own);
	query_terms_release(&q->abbreviations);
	query_terms_release(&q->synonyms);
	query_terms_release(&q->compounds);
}
