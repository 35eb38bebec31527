/* Searching; see search.h. */
#include "index/search.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/mem.h"
#include "index/kind.h"
#include "index/nearness.h"
#include "index/signals.h"
#include "index/twins.h"
#include "index/terms.h"
#include "safety/wildmatch.h"
#include "syntax/language.h"

enum { WHY_BYTES_MAX = 300, NEAR_CANDIDATES = 40 };
/* What each further piece of one file loses, times ln(1 + how many of it are
 * better): whoever asks wants to see where else it could be. */
#define SAME_FILE 1.2
/* What a piece gets of its file's score, which is the logarithm of the sum of
 * what its pieces' scores are logarithms of. */
#define OF_FILE 0.2
/* What a definition gets whose name is the whole question: more than all else
 * can make up for. */
#define ASKED_BY_NAME 40
/* And before its constructors, fields of that name and the like, a type. */
#define ASKED_TYPE 10

static const double weights[N_SIGNALS] = {
#define X(name, title, weight) [SIGNAL_##name] = (weight),
	SIGNAL_TABLE(X)
#undef X
};

struct scored {
	double score;
	uint32_t chunk, file;
};

static double
score_of(const struct answer *a, enum search_mode mode)
{
	double sum = 0;

	if (mode == SEARCH_SYMBOL)
		return (double)a->x[SIGNAL_SYMBOL] +
		    (double)a->x[SIGNAL_NAME_PRECISION] +
		    (double)a->x[SIGNAL_NAME_COVER];
	if (mode == SEARCH_VECTOR)
		return (double)a->x[SIGNAL_NEAR];
	if (mode == SEARCH_TEXT)
		return (double)a->x[SIGNAL_ALL];
	for (size_t i = 0; i < N_SIGNALS; i++)
		sum += weights[i] * (double)a->x[i];
	return sum;
}

/* "next" of "Parser.next()" and of "parser::next"; ptr NULL where a question
 * is more than a name. */
static struct str
name_asked(struct str question)
{
	struct str rest = str_trim(question), word, name = STR_NONE;

	for (size_t i = 0; i < rest.len; i++)
		if (isascii((unsigned char)rest.ptr[i]) &&
		    !isalnum((unsigned char)rest.ptr[i]) &&
		    strchr("_$.:#()", rest.ptr[i]) == NULL)
			return STR_NONE;
	while (terms_next_word(&rest, &word))
		name = word;
	return name;
}

static struct scored
score(struct index_reader *r, const struct answer *a, enum search_mode mode,
    int64_t asked_name)
{
	const struct chunk_row *row = &index_reader_chunk(r, a->chunk)->row;
	bool named = asked_name != 0 && row->name_term == asked_name &&
	    (row->flags & ROW_DEFINITION) != 0 &&
	    (mode == SEARCH_HYBRID || mode == SEARCH_SYMBOL);

	double more = !named ? 0 :
	    (kind_meaning_of(row->kind) & KIND_TYPE) != 0 ?
			       ASKED_BY_NAME + ASKED_TYPE : ASKED_BY_NAME;

	return (struct scored){ score_of(a, mode) + more, a->chunk,
		row->file };
}

static int
compare_scored(const void *left, const void *right)
{
	const struct scored *a = left, *b = right;

	if (a->score != b->score)
		return a->score > b->score ? -1 : 1;
	return (a->chunk > b->chunk) - (a->chunk < b->chunk);
}

static int
compare_in_file(const void *left, const void *right)
{
	const struct scored *a = left, *b = right;

	if (a->file != b->file)
		return a->file < b->file ? -1 : 1;
	return compare_scored(left, right);
}

/* Pieces of one file, best first. */
static void
rank_in_file(struct scored *scored, size_t n)
{
	double best = scored->score, sum = 0, of_file;

	for (size_t i = 0; i < n; i++)
		sum += exp(scored[i].score - best);
	of_file = best + log(sum);
	for (size_t i = 0; i < n; i++)
		scored[i].score += OF_FILE * of_file -
		    SAME_FILE * log1p((double)i);
}

/* Best first. */
static void
rank(struct scored *scored, size_t n, enum search_mode mode)
{
	if (mode == SEARCH_HYBRID && n > 0) {
		size_t first = 0;

		qsort(scored, n, sizeof(*scored), compare_in_file);
		for (size_t i = 1; i <= n; i++) {
			if (i < n && scored[i].file == scored[first].file)
				continue;
			rank_in_file(scored + first, i - first);
			first = i;
		}
	}
	qsort(scored, n, sizeof(*scored), compare_scored);
}

/* --- hits --------------------------------------------------------------- */

struct filter {
	const struct search_opts *opts;
	struct wildmatch_set path;
	uint8_t kind;	   /* kind_number(), of a filter by kind */
	int64_t name_term; /* of one by symbol; 0: no term */
};

/* A piece as the database has it, and whether it passes. */
struct look {
	const struct filter *filter;
	struct search_hit *hit;
	bool passes;
	char words[HASH_SIZE]; /* digest of its terms */
	const struct twins *twins;
	size_t copy_of; /* number of a hit; SIZE_MAX: of none */
	struct buf *terms;
};

static bool
fits(struct str wanted, struct str has)
{
	return wanted.ptr == NULL || str_eq(wanted, has);
}

static void
look_at_text(const struct index_text *t, void *ctx)
{
	struct look *l = ctx;

	l->passes = fits(l->filter->opts->kind, t->kind);
	if (!l->passes)
		return;
	l->hit->kind = str_dup(t->kind);
	l->hit->signature = str_dup(t->signature);
}

static void
look_at_chunk(const struct index_chunk *c, void *ctx)
{
	struct look *l = ctx;

	if (!fits(l->filter->opts->symbol, c->name))
		return;
	l->copy_of = twins_find(l->twins, c->terms);
	l->passes = true;
	l->hit->name = str_dup(c->name);
	l->hit->container = str_dup(c->container);
	hash_blake2b(c->terms, l->words);
	buf_add_str(l->terms, c->terms);
}

/* By what stands in the row; look_at_chunk() looks at the words themselves. */
static bool
row_passes(const struct chunk_row *row, const void *ctx)
{
	const struct filter *f = ctx;

	return (f->opts->kind.ptr == NULL || row->kind == f->kind) &&
	    (f->opts->symbol.ptr == NULL || row->name_term == f->name_term);
}

/* An answer of nothing to a name that nothing can have would be a lie. */
static int
read_filters(const struct search_opts *given, struct search_opts *ret,
    struct error *err)
{
	const struct language *language;

	*ret = *given;
	if (given->kind.ptr != NULL && kind_number(given->kind) == 0)
		return error_set(err, ERR_USAGE, "there is no kind \"%.*s\": "
		    "function, method, class, struct, interface, type, enum, "
		    "constant, macro, variable, field, test, heading, key … "
		    "(docs/index.md)", STR_ARG(given->kind));
	if (given->language.ptr == NULL)
		return 0;
	language = language_by_name(given->language);
	if (language == NULL)
		return error_set(err, ERR_USAGE, "the language \"%.*s\" is "
		    "not known", STR_ARG(given->language));
	ret->language = str_from(language->name);
	return 0;
}

/* What rows have in name_term for this name; 0: no row has it. */
static int
find_name(struct index_reader *r, struct str name, int64_t *ret,
    struct error *err)
{
	struct vocabulary *v = index_reader_vocabulary(r);
	struct vocabulary_term term = { 0 };
	uint32_t number = name.len == 0 ? TERM_NONE :
	    segment_name_term(vocabulary_terms(v), name);
	int rc = number == TERM_NONE ? 0 :
				       vocabulary_term(v, number, &term, err);

	*ret = term.id;
	return rc;
}

static int
prepare_rows(struct index_reader *r, struct filter *f, struct query *q,
    struct error *err)
{
	int rc;

	if (f->opts->kind.ptr == NULL && f->opts->symbol.ptr == NULL)
		return 0;
	f->kind = kind_number(f->opts->kind);
	rc = find_name(r, f->opts->symbol, &f->name_term, err);
	q->row_passes = row_passes;
	q->row_ctx = f;
	return rc;
}

static const struct posting *
find_posting(const struct query_term *t, uint32_t chunk)
{
	size_t low = 0, high = t->postings.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (t->postings.items[middle].at < chunk)
			low = middle + 1;
		else
			high = middle;
	}
	return low < t->postings.n && t->postings.items[low].at == chunk ?
	    &t->postings.items[low] : NULL;
}

/* The words that a piece has of these, by the place where they say most. */
static void
add_reasons(struct buf *out, const struct query_terms *terms, uint32_t chunk,
    const char *extra)
{
	static const struct {
		const char *place;
		enum index_field field;
	} places[] = {
		{ "name", FIELD_SYMBOL },
		{ "file", FIELD_PATH },
		{ "comment", FIELD_COMMENT },
		{ "text", FIELD_BODY },
	};
	bool told[QUERY_TERMS_MAX] = { false };

	for (size_t p = 0; p < ARRAY_LEN(places); p++) {
		bool first = true;

		for (size_t i = 0; i < terms->n; i++) {
			const struct query_term *t = &terms->items[i];
			const struct posting *has = find_posting(t, chunk);

			if (told[i] || has == NULL ||
			    has->tf[places[p].field] == 0)
				continue;
			told[i] = true;
			if (first)
				buf_printf(out, "%s%s%s: ",
				    out->len > 0 ? "; " : "", extra,
				    places[p].place);
			else
				buf_add_cstr(out, ", ");
			buf_add_cstr(out, t->text + t->whole);
			first = false;
		}
	}
}

static char *
reasons(const struct query *q, uint32_t chunk)
{
	CLEANUP_BUF struct buf out = BUF_INIT(64 * KIB);

	add_reasons(&out, &q->own, chunk, "");
	add_reasons(&out, &q->abbreviations, chunk, "short in ");
	if (out.len == 0)
		add_reasons(&out, &q->synonyms, chunk, "alike in ");
	if (out.len == 0)
		buf_add_cstr(&out, q->nearness != NULL ?
		    "near in meaning, or its file" : "its file");
	buf_truncate(&out, WHY_BYTES_MAX);
	return buf_steal(&out);
}

static int
compare_path(const void *key, const void *item)
{
	return strcmp(key, *(const char *const *)item);
}

static bool
is_asked(const struct search_opts *o, const char *path)
{
	return o->files == NULL || bsearch(path, o->files, o->n_files,
	    sizeof(*o->files), compare_path) != NULL;
}

static bool
file_passes(const struct live_file *file, const void *ctx)
{
	const struct filter *f = ctx;

	return is_asked(f->opts, file->path) &&
	    fits(f->opts->language, str_from(file->language)) &&
	    (f->opts->path.ptr == NULL ||
		wildmatch_set_fits(&f->path, str_from(file->path)));
}

static void
make_id(struct index_reader *r, uint32_t number, const char *words,
    struct search_hit *hit)
{
	const struct live_chunk *c = index_reader_chunk(r, number);
	const struct live_file *file = index_reader_file(r, c->row.file);
	CLEANUP_BUF struct buf text = BUF_INIT(64 * KIB);
	unsigned nth = 0;
	char digest[HASH_SIZE];

	for (size_t i = file->first_chunk; i < number; i++)
		nth += index_reader_chunk(r, i)->row.name_term ==
		    c->row.name_term;
	if (hit->name[0] == '\0')
		buf_printf(&text, "%s\n%s", file->path, words);
	else
		buf_printf(&text, "%s\n%s\n%s\n%s\n%u", file->path, hit->kind,
		    hit->container, hit->name, nth);
	hash_blake2b(buf_str(&text), digest);
	snprintf(hit->id, sizeof(hit->id), "%.*s", SEARCH_ID_SIZE - 1, digest);
}

static void
hit_clear(struct search_hit *hit)
{
	free(hit->path);
	free(hit->kind);
	free(hit->name);
	free(hit->container);
	free(hit->signature);
	free(hit->why);
	*hit = (struct search_hit){ 0 };
}

/* 1: a hit; 0: it does not pass, or is a copy; negative: error. */
static int
make_hit(struct index_reader *r, const struct filter *filter,
    const struct query *q, const struct scored *s, struct twins *twins,
    struct search_hits *hits, struct error *err)
{
	const struct live_chunk *c = index_reader_chunk(r, s->chunk);
	const struct live_file *file = index_reader_file(r, c->row.file);
	struct search_hit *hit = &hits->items[hits->n];
	CLEANUP_BUF struct buf terms = BUF_INIT(16 * MIB);
	struct look look = { .filter = filter, .hit = hit, .twins = twins,
		.terms = &terms };
	int rc;

	rc = index_db_chunk(index_reader_db(r), c->segment, c->at,
	    look_at_chunk, &look, err);
	if (rc >= 0 && look.passes) {
		look.passes = false;
		rc = index_db_text(index_reader_db(r), file->id,
		    s->chunk - file->first_chunk, look_at_text, &look, err);
	}
	if (rc < 0 || !look.passes || look.copy_of != SIZE_MAX) {
		if (rc >= 0 && look.passes)
			hits->items[look.copy_of].copies++;
		hit_clear(hit);
		return rc < 0 ? rc : 0;
	}
	twins_add(twins, buf_str(&terms));
	make_id(r, s->chunk, look.words, hit);
	hit->path = mem_strdup(file->path);
	hit->start_line = c->row.start_line;
	hit->end_line = c->row.end_line;
	hit->score = s->score;
	hit->why = reasons(q, s->chunk);
	return 1;
}

static int
take_best(struct index_reader *r, const struct filter *filter,
    const struct query *q, struct scored *scored, size_t n, size_t k,
    struct search_hits *ret, struct error *err)
{
	CLEANUP(twins_destroyp) struct twins *twins = twins_create();
	int rc = 0;

	ret->items = mem_alloc(k, sizeof(*ret->items));
	for (size_t i = 0; rc >= 0 && i < n && ret->n < k; i++) {
		ret->items[ret->n] = (struct search_hit){ 0 };
		rc = make_hit(r, filter, q, &scored[i], twins, ret,
		    err);
		ret->n += rc == 1;
	}
	return rc < 0 ? rc : 0;
}

/* Vectors are a help: a search does without where they cannot be had, but for
 * one that asks for nothing else. */
static int
ask_nearness(struct index_reader *r, struct str question,
    const struct search_opts *opts, size_t k, struct query *q,
    struct vector_asked *asked, struct error *err)
{
	struct error ignored = ERROR_INIT;
	bool alone = opts->mode == SEARCH_VECTOR;
	int rc = 0;

	if (opts->nearness != NULL && (alone || opts->mode == SEARCH_HYBRID))
		rc = nearness_ask(opts->nearness, r, q, question, asked,
		    alone ? err : &ignored);
	if (rc == 1) {
		q->nearness = opts->nearness;
		q->asked = asked;
		/* Some are copies, or do not pass. */
		q->near_max = NEAR_CANDIDATES + (alone ? 4 * k : 0);
	}
	if (!alone || rc != 0)
		return alone && rc < 0 ? rc : 0;
	return error_set(err, ERR_NOT_FOUND,
	    "there are no vectors that could answer this");
}

int
index_search(struct index_reader *r, struct str question,
    const struct search_opts *given, struct search_hits *ret,
    struct error *err)
{
	struct search_opts read, *opts = &read;
	CLEANUP(query_release) struct query q = { 0 };
	CLEANUP(answers_release) struct answers answers = { 0 };
	struct filter filter = { .opts = &read };
	CLEANUP(free_ptr) struct vector_asked *asked =
	    mem_new(struct vector_asked);
	struct scored *scored;
	size_t k = given->k == 0 ? SEARCH_HITS_DEFAULT : given->k;
	int64_t asked_name = 0;
	int rc = read_filters(given, &read, err);

	*ret = (struct search_hits){ 0 };
	if (rc == 0 && opts->path.ptr != NULL)
		rc = wildmatch_set_init(&filter.path, opts->path, err);
	if (rc == 0)
		rc = query_make(r, question, &q, err);
	if (rc == 0)
		rc = prepare_rows(r, &filter, &q, err);
	if (rc == 0)
		rc = find_name(r, name_asked(question), &asked_name, err);
	if (rc == 0)
		rc = ask_nearness(r, question, opts,
		    k > SEARCH_HITS_MAX ? SEARCH_HITS_MAX : k, &q, asked,
		    err);
	if (rc == 0)
		rc = signals_make(r, &q,
		    opts->path.ptr != NULL || opts->language.ptr != NULL ||
			    opts->files != NULL ?
			file_passes : NULL, &filter, &answers, err);
	if (rc == 0) {
		scored = mem_alloc(answers.n + 1, sizeof(*scored));
		for (size_t i = 0; i < answers.n; i++)
			scored[i] = score(r, &answers.items[i], opts->mode,
			    asked_name);
		rank(scored, answers.n, opts->mode);
		rc = take_best(r, &filter, &q, scored, answers.n,
		    k > SEARCH_HITS_MAX ? SEARCH_HITS_MAX : k, ret, err);
		free(scored);
	}
	wildmatch_set_release(&filter.path);
	return rc;
}

void
search_hits_release(struct search_hits *h)
{
	for (size_t i = 0; i < h->n; i++)
		hit_clear(&h->items[i]);
	free(h->items);
	*h = (struct search_hits){ 0 };
}
