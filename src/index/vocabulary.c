/* Remembered words; see vocabulary.h. */
#include "index/vocabulary.h"

#include <ctype.h>
#include <stdlib.h>

#include "base/mem.h"
#include "index/terms.h"
#include "store/index_db.h"

/* Terms that are remembered; each takes about 100 bytes. */
enum { TERMS_MAX = 200 * 1000, LETTERS = 26, SHORT_MIN = 3 };

struct short_list {
	struct short_word *items;
	size_t n, cap;
	bool read;
};

struct vocabulary {
	struct index_db *db;
	struct terms *terms;
	struct memo {
		struct vocabulary_term term;
		bool known;
	} *memo; /* by the number of the term */
	size_t memo_cap;
	struct short_list letters[LETTERS];
};

struct vocabulary *
vocabulary_create(struct index_db *db)
{
	struct vocabulary *v = mem_new(struct vocabulary);

	v->db = db;
	v->terms = terms_create();
	return v;
}

static void
clear_list(struct short_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		free((char *)list->items[i].text.ptr);
	free(list->items);
	*list = (struct short_list){ 0 };
}

static void
forget_terms(struct vocabulary *v)
{
	terms_destroy(v->terms);
	free(v->memo);
	v->memo = NULL;
	v->memo_cap = 0;
}

void
vocabulary_destroy(struct vocabulary *v)
{
	if (v == NULL)
		return;
	forget_terms(v);
	for (size_t l = 0; l < LETTERS; l++)
		clear_list(&v->letters[l]);
	free(v);
}

void
vocabulary_trim(struct vocabulary *v)
{
	if (terms_count(v->terms) < TERMS_MAX)
		return;
	forget_terms(v);
	v->terms = terms_create();
}

struct terms *
vocabulary_terms(struct vocabulary *v)
{
	return v->terms;
}

int
vocabulary_term(struct vocabulary *v, uint32_t term,
    struct vocabulary_term *ret, struct error *err)
{
	size_t cap = v->memo_cap;
	struct memo *m;
	int rc = 0;

	v->memo = mem_grow(v->memo, &v->memo_cap, (size_t)term + 1,
	    sizeof(*v->memo));
	for (; cap < v->memo_cap; cap++)
		v->memo[cap].known = false;
	m = &v->memo[term];
	if (!m->known)
		rc = index_db_find_term(v->db, terms_text(v->terms, term),
		    &m->term.id, &m->term.count, err);
	m->known = rc == 0;
	if (rc == 0)
		*ret = m->term;
	return rc;
}

static void
take_short(int64_t id, struct str text, int64_t count, void *ctx)
{
	struct short_list *list = ctx;

	if (count < 2 || text.len < SHORT_MIN || text.len > TERM_PART_MAX)
		return;
	for (size_t i = 0; i < text.len; i++)
		if (!islower((unsigned char)text.ptr[i]))
			return;
	list->items = mem_grow(list->items, &list->cap, list->n + 1,
	    sizeof(*list->items));
	list->items[list->n++] = (struct short_word){ .id = id,
		.order = terms_order(text),
		.text = str_make(str_dup(text), text.len) };
}

int
vocabulary_short_words(struct vocabulary *v, char letter,
    struct short_words *ret, struct error *err)
{
	struct short_list *list;
	int rc = 0;

	*ret = (struct short_words){ 0 };
	if (letter < 'a' || letter > 'z')
		return 0;
	list = &v->letters[letter - 'a'];
	if (!list->read)
		rc = index_db_each_term(v->db, str_make(&letter, 1),
		    take_short, list, err);
	list->read = true;
	if (rc != 0)
		clear_list(list);
	*ret = (struct short_words){ list->items, list->n };
	return rc;
}
