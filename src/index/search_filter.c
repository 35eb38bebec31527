/* Filters of a search; see search_filter.h. What needs more than a piece's row
 * is marked beforehand, one byte for each piece. */
#include "index/search_filter.h"

#include <stdlib.h>

#include "base/mem.h"
#include "index/kind.h"
#include "index/terms.h"
#include "store/index_graph.h"
#include "syntax/language.h"

enum mark {
	MARK_SMALL = 1,	    /* a small definition in it passes */
	MARK_CONTAINER = 2, /* it may be in the container */
	MARK_SIGNATURE = 4, /* its signature has all the words */
};

/* Words of a filter by signature; more are ignored. */
enum { SIGNATURE_WORDS_MAX = 16 };

static bool
fits(struct str wanted, struct str has)
{
	return wanted.ptr == NULL || str_eq(wanted, has);
}

/* "Inner" and "Outer.Inner" are both the container "Outer.Inner". */
static bool
fits_container(struct str wanted, struct str has)
{
	if (wanted.ptr == NULL || str_eq(wanted, has))
		return true;
	return has.len > wanted.len && str_ends(has, wanted) &&
	    has.ptr[has.len - wanted.len - 1] == '.';
}

/* --- files and rows ----------------------------------------------------- */

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

bool
search_filter_has_files(const struct search_filter *f)
{
	return f->opts.path.ptr != NULL || f->opts.language.ptr != NULL ||
	    f->opts.files != NULL;
}

bool
search_filter_file(const struct live_file *file, const void *ctx)
{
	const struct search_filter *f = ctx;

	return is_asked(&f->opts, file->path) &&
	    fits(f->opts.language, str_from(file->language)) &&
	    (f->opts.path.ptr == NULL ||
		wildmatch_set_fits(&f->path, str_from(file->path)));
}

bool
search_filter_has_rows(const struct search_filter *f)
{
	return f->marks != NULL;
}

static bool
own_row(const struct search_filter *f, const struct chunk_row *row,
    size_t number)
{
	unsigned marks = f->marks == NULL ? 0 : f->marks[number];

	return (f->opts.kind.ptr == NULL || row->kind == f->kind) &&
	    (f->opts.symbol.ptr == NULL || row->name_term == f->name_term) &&
	    (f->opts.container.ptr == NULL || (marks & MARK_CONTAINER) != 0) &&
	    (f->opts.signature.ptr == NULL || (marks & MARK_SIGNATURE) != 0);
}

bool
search_filter_row(const struct chunk_row *row, size_t number,
    const void *ctx)
{
	const struct search_filter *f = ctx;

	return (f->marks != NULL && (f->marks[number] & MARK_SMALL) != 0) ||
	    own_row(f, row, number);
}

bool
search_filter_piece(const struct search_filter *f,
    const struct chunk_row *row, size_t number, struct str name,
    struct str container)
{
	return own_row(f, row, number) && fits(f->opts.symbol, name) &&
	    fits_container(f->opts.container, container);
}

/* What rows have in name_term for this name; 0: no row has it. */
static int
find_name_term(struct index_reader *r, struct str name, int64_t *ret,
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

/* --- marks -------------------------------------------------------------- */

/* A word as the term that stands for it in whole. */
static uint32_t
term_of(struct terms *t, struct str word)
{
	struct term_ids ids = terms_of_word(t, word);

	return ids.n == 0 ? TERM_NONE : ids.ids[ids.n - 1];
}

/* Calls mark() for each piece that has the term in a field. */
static int
each_with(struct index_reader *r, uint32_t number, enum index_field field,
    void (*mark)(uint32_t chunk, void *ctx), void *ctx, struct error *err)
{
	CLEANUP(postings_release) struct postings p = { 0 };
	struct vocabulary_term term = { 0 };
	int rc = number == TERM_NONE ? 0 :
	    vocabulary_term(index_reader_vocabulary(r), number, &term, err);

	if (rc == 0 && term.id != 0)
		rc = index_reader_postings(r, term.id, &p, err);
	for (size_t i = 0; rc == 0 && i < p.n; i++)
		if (p.items[i].tf[field] > 0)
			mark(p.items[i].at, ctx);
	return rc;
}

static void
mark_container(uint32_t chunk, void *ctx)
{
	struct search_filter *f = ctx;

	f->marks[chunk] |= MARK_CONTAINER;
}

static void
count_word(uint32_t chunk, void *ctx)
{
	uint8_t *counts = ctx;

	counts[chunk]++;
}

static int
mark_containers(struct search_filter *f, struct index_reader *r,
    struct error *err)
{
	struct terms *t = vocabulary_terms(index_reader_vocabulary(r));

	if (f->opts.container.ptr == NULL)
		return 0;
	return each_with(r, segment_name_term(t,
	    graph_last_part(f->opts.container)), FIELD_SYMBOL,
	    mark_container, f, err);
}

static int
mark_signatures(struct search_filter *f, struct index_reader *r,
    struct error *err)
{
	struct terms *t = vocabulary_terms(index_reader_vocabulary(r));
	size_t n = index_reader_chunks(r);
	CLEANUP(free_ptr) uint8_t *counts = NULL;
	uint32_t asked[SIGNATURE_WORDS_MAX];
	struct str rest = f->opts.signature, word;
	size_t n_asked = 0;
	int rc = 0;

	if (rest.ptr == NULL)
		return 0;
	counts = mem_alloc(n + 1, sizeof(*counts));
	while (rc == 0 && n_asked < SIGNATURE_WORDS_MAX &&
	    terms_next_word(&rest, &word)) {
		uint32_t number = term_of(t, word);
		size_t at = 0;

		while (at < n_asked && asked[at] != number)
			at++;
		if (at < n_asked)
			continue;
		asked[n_asked++] = number;
		rc = each_with(r, number, FIELD_SIGNATURE, count_word, counts,
		    err);
	}
	for (size_t c = 0; rc == 0 && c < n; c++)
		if (counts[c] == n_asked)
			f->marks[c] |= MARK_SIGNATURE;
	return rc;
}

/* --- small definitions -------------------------------------------------- */

bool
search_filter_signature(const struct search_filter *f,
    struct index_reader *r, struct str signature)
{
	struct terms *t = vocabulary_terms(index_reader_vocabulary(r));
	struct str words = f->opts.signature, word;

	while (terms_next_word(&words, &word)) {
		uint32_t wanted = term_of(t, word);
		struct str rest = signature, has;
		bool found = false;

		while (!found && terms_next_word(&rest, &has))
			found = term_of(t, has) == wanted;
		if (!found)
			return false;
	}
	return true;
}

/* The piece that has this line; SIZE_MAX: none. */
static size_t
piece_at(const struct index_reader *r, const struct live_file *file,
    uint32_t line)
{
	size_t low = file->first_chunk, end = low + file->n_chunks;
	size_t high = end;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (index_reader_chunk(r, middle)->row.end_line < line)
			low = middle + 1;
		else
			high = middle;
	}
	return low < end && index_reader_chunk(r, low)->row.start_line <=
	    line ? low : SIZE_MAX;
}

/* In C and C++ a macro without arguments is a constant here, and a macro to
 * whoever asks for one. */
static bool
fits_kind(struct str wanted, const struct graph_definition *d)
{
	return fits(wanted, d->kind) || (str_eq_c(wanted, "macro") &&
	    str_eq_c(d->kind, "constant") && str_starts(d->signature,
	    STR("#")));
}

/* Takes a definition, unless its piece passes by itself. */
static void
take_small(struct search_filter *f, struct index_reader *r,
    const struct graph_definition *d, struct graph_at at)
{
	const struct live_file *file = index_reader_file(r, at.file);
	const struct chunk_row *row;
	size_t chunk;

	if (!fits_kind(f->opts.kind, d) ||
	    !fits_container(f->opts.container, d->container) ||
	    !search_filter_signature(f, r, d->signature) ||
	    (search_filter_has_files(f) && !search_filter_file(file, f)))
		return;
	chunk = piece_at(r, file, d->line);
	if (chunk == SIZE_MAX)
		return;
	row = &index_reader_chunk(r, chunk)->row;
	if (row->kind == kind_number(d->kind) &&
	    (f->kind == 0 || row->kind == f->kind) &&
	    (f->opts.symbol.ptr == NULL || row->name_term == f->name_term))
		return;
	f->small = mem_grow(f->small, &f->small_cap, f->n_small + 1,
	    sizeof(*f->small));
	f->small[f->n_small++] = (struct small_definition){
		(uint32_t)chunk, at };
	if (f->marks != NULL)
		f->marks[chunk] |= MARK_SMALL;
}

static int
find_by_name(struct search_filter *f, struct index_reader *r, size_t max,
    struct error *err)
{
	struct graph_name name = { 0 };
	int64_t id, n_definitions;
	int rc = index_graph_find_name(index_reader_db(r), f->opts.symbol,
	    &id, &n_definitions, err);

	if (rc != 0 || id == 0 || n_definitions > (int64_t)max)
		return rc;
	rc = graph_name_read(f->opts.graph, id, false, &name, err);
	for (size_t i = 0; rc == 0 && i < name.n_definitions; i++)
		take_small(f, r, graph_definition_at(f->opts.graph,
		    name.definitions[i]), name.definitions[i]);
	graph_name_release(&name);
	return rc;
}

/* Without a name each file has to be looked at. */
static int
find_in_files(struct search_filter *f, struct index_reader *r,
    struct error *err)
{
	for (size_t i = 0; i < index_reader_files(r); i++) {
		const struct graph_file *file;

		if (search_filter_has_files(f) &&
		    !search_filter_file(index_reader_file(r, i), f))
			continue;
		file = graph_file_of(f->opts.graph, i, err);
		if (file == NULL)
			return -ERR_STORE_CORRUPT;
		for (size_t k = 0; k < file->n_definitions; k++)
			take_small(f, r, &file->definitions[k],
			    (struct graph_at){ (uint32_t)i, (uint32_t)k });
	}
	return 0;
}

static int
compare_small(const void *left, const void *right)
{
	const struct small_definition *a = left, *b = right;

	if (a->chunk != b->chunk)
		return a->chunk < b->chunk ? -1 : 1;
	return (a->at.index > b->at.index) - (a->at.index < b->at.index);
}

static int
find_small(struct search_filter *f, struct index_reader *r,
    struct error *err)
{
	int rc;

	/* What runs is a piece, however short it is. */
	if (f->opts.graph == NULL || (f->opts.symbol.ptr == NULL &&
		(kind_meaning_of(f->kind) & KIND_PIECE) != 0))
		return 0;
	rc = f->opts.symbol.ptr != NULL ?
	    find_by_name(f, r, GRAPH_PLACES_MAX, err) :
	    find_in_files(f, r, err);
	if (f->n_small > 0)
		qsort(f->small, f->n_small, sizeof(*f->small), compare_small);
	return rc;
}

const struct small_definition *
search_filter_small(const struct search_filter *f, uint32_t chunk,
    size_t *ret_n)
{
	size_t low = 0, high = f->n_small, end;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (f->small[middle].chunk < chunk)
			low = middle + 1;
		else
			high = middle;
	}
	for (end = low; end < f->n_small && f->small[end].chunk == chunk;)
		end++;
	*ret_n = end - low;
	return f->small + low;
}

/* --- the whole ---------------------------------------------------------- */

/* An answer of nothing to a name that nothing can have would be a lie. */
static int
read_names(struct search_filter *f, struct error *err)
{
	struct search_opts *o = &f->opts;
	const struct language *language;

	f->kind = o->kind.ptr == NULL ? 0 : kind_number(o->kind);
	if (o->kind.ptr != NULL && f->kind == 0)
		return error_set(err, ERR_USAGE, "there is no kind \"%.*s\": "
		    "function, method, class, struct, interface, type, enum, "
		    "constant, macro, variable, field, test, heading, key … "
		    "(docs/index.md)", STR_ARG(o->kind));
	if (o->language.ptr == NULL)
		return 0;
	language = language_by_name(o->language);
	if (language == NULL)
		return error_set(err, ERR_USAGE, "the language \"%.*s\" is "
		    "not known", STR_ARG(o->language));
	o->language = str_from(language->name);
	return 0;
}

int
search_filter_init(struct search_filter *ret, struct index_reader *r,
    const struct search_opts *opts, struct error *err)
{
	struct search_filter *f = ret;
	int rc;

	*f = (struct search_filter){ .opts = *opts };
	rc = read_names(f, err);
	if (rc == 0 && opts->path.ptr != NULL)
		rc = wildmatch_set_init(&f->path, opts->path, err);
	if (rc != 0 || (opts->kind.ptr == NULL && opts->symbol.ptr == NULL &&
		opts->container.ptr == NULL && opts->signature.ptr == NULL))
		return rc;
	f->marks = mem_alloc(index_reader_chunks(r) + 1, sizeof(*f->marks));
	if (opts->symbol.ptr != NULL)
		rc = find_name_term(r, opts->symbol, &f->name_term, err);
	if (rc == 0)
		rc = mark_containers(f, r, err);
	if (rc == 0)
		rc = mark_signatures(f, r, err);
	return rc != 0 ? rc : find_small(f, r, err);
}

int
search_filter_init_named(struct search_filter *ret, struct index_reader *r,
    const struct search_opts *opts, struct str name, size_t max,
    struct error *err)
{
	struct search_filter *f = ret;
	int rc;

	*f = (struct search_filter){ .opts = *opts };
	if (name.len == 0)
		return 0;
	rc = find_name_term(r, name, &f->name_term, err);
	if (rc != 0 || opts->graph == NULL || opts->symbol.ptr != NULL)
		return rc;
	f->opts.symbol = name;
	rc = read_names(f, err);
	if (rc == 0 && opts->path.ptr != NULL)
		rc = wildmatch_set_init(&f->path, opts->path, err);
	return rc != 0 ? rc : find_by_name(f, r, max, err);
}

void
search_filter_release(struct search_filter *f)
{
	wildmatch_set_release(&f->path);
	free(f->marks);
	free(f->small);
	*f = (struct search_filter){ .n_small = 0 };
}
