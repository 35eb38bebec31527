/* Links between files; see links.h. */
#include "index/links.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "index/imports.h"
#include "index/source.h"

/* A name with more definitions than this tells nothing of which is meant. */
enum { NAMESAKES_MAX = 8, ROUNDS = 24 };
#define DAMPING 0.85
/* Tests use everything, and say little about what matters. */
#define TEST_WEIGHT 0.2
#define IMPORTED_WEIGHT 4.0
/* Of what is not imported where it would have to be only methods are used, and
 * of those many have the name of one of the language's own. */
#define UNSEEN_WEIGHT 0.03

struct links {
	struct graph *g;
	size_t n_files;
	struct link_to *items;
	size_t n_items, cap;
	size_t *first; /* by file; one more for the end */
};

/* Definitions by the number of their name: those of name n stand from
 * first[n] on. */
struct by_name {
	struct graph_at *items;
	uint32_t *first;
	size_t n_names;
};

static void
by_name_release(struct by_name *b)
{
	free(b->items);
	free(b->first);
}

static void
count_definition(struct by_name *b, const struct graph_definition *d,
    size_t *cap)
{
	size_t need = (size_t)d->name + 2, old = *cap;

	if (d->name <= 0 || d->name > GRAPH_ALL_NAMES_MAX)
		return;
	b->first = mem_grow(b->first, cap, need, sizeof(*b->first));
	if (*cap > old)
		memset(b->first + old, 0, (*cap - old) * sizeof(*b->first));
	if (need > b->n_names)
		b->n_names = need;
	b->first[d->name]++;
}

static bool
counts(const struct by_name *b, const struct graph_definition *d)
{
	return d->name > 0 && (size_t)d->name + 2 <= b->n_names;
}

static int
sort_definitions(struct graph *g, struct by_name *b, struct error *err)
{
	size_t n_files = index_reader_files(graph_reader(g)), cap = 0;
	uint32_t sum = 0;

	for (size_t i = 0; i < n_files; i++) {
		const struct graph_file *f = graph_file_of(g, i, err);

		if (f == NULL)
			return -ERR_STORE_CORRUPT;
		for (size_t k = 0; k < f->n_definitions; k++)
			count_definition(b, &f->definitions[k], &cap);
	}
	for (size_t n = 0; n < b->n_names; n++) {
		uint32_t count = b->first[n];

		b->first[n] = sum;
		sum += count;
	}
	b->items = mem_alloc((size_t)sum + 1, sizeof(*b->items));
	for (size_t i = 0; i < n_files; i++) {
		const struct graph_file *f = graph_file_of(g, i, err);

		for (size_t k = 0; k < f->n_definitions; k++)
			if (counts(b, &f->definitions[k]))
				b->items[b->first[f->definitions[k].name]++] =
				    (struct graph_at){ (uint32_t)i,
					(uint32_t)k };
	}
	/* Each start has moved to the next one's. */
	for (size_t n = b->n_names; n-- > 1;)
		b->first[n] = b->first[n - 1];
	if (b->n_names > 0)
		b->first[0] = 0;
	return 0;
}

/* --- the links of a file ------------------------------------------------ */

static bool
is_imported(uint32_t file, const uint32_t *imports, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (imports[i] == file)
			return true;
	return false;
}

static void
add_link(struct links *l, struct graph_at to, double weight)
{
	l->items = mem_grow(l->items, &l->cap, l->n_items + 1,
	    sizeof(*l->items));
	l->items[l->n_items++] = (struct link_to){ to, (float)weight };
}

/* The definitions that a use may mean share its weight; those of the file
 * itself take it all, and lead nowhere. */
static void
add_use(struct links *l, size_t file, const struct graph_use *use,
    const struct graph_at *among, size_t n, const uint32_t *imports,
    size_t n_imports)
{
	const struct index_reader *r = graph_reader(l->g);
	const char *language = index_reader_file(r, file)->language;
	double weights[NAMESAKES_MAX], sum = 0;

	for (size_t i = 0; i < n; i++) {
		const struct graph_definition *d = graph_definition_at(l->g,
		    among[i]);

		if (among[i].file == file)
			return;
		weights[i] = is_imported(among[i].file, imports, n_imports) ?
		    IMPORTED_WEIGHT : 1;
		if (graph_is_declaration(d))
			weights[i] /= 4;
		if (!graph_can_see(l->g, (uint32_t)file, among[i].file))
			weights[i] = d->container.len == 0 ? 0 :
							     UNSEEN_WEIGHT;
		if (!imports_are_related(language,
			index_reader_file(r, among[i].file)->language))
			weights[i] = 0;
	}
	for (size_t i = 0; i < n; i++)
		sum += weights[i];
	for (size_t i = 0; i < n; i++)
		if (weights[i] > 0)
			add_link(l, among[i],
			    sqrt(use->count) * weights[i] /
				(sum > 1 ? sum : 1));
}

static int
compare_link(const void *left, const void *right)
{
	const struct link_to *a = left, *b = right;

	if (a->to.file != b->to.file)
		return a->to.file < b->to.file ? -1 : 1;
	return (a->to.index > b->to.index) - (a->to.index < b->to.index);
}

static int
read_file(struct links *l, const struct by_name *names, size_t file,
    struct error *err)
{
	const struct graph_file *f = graph_file_of(l->g, file, err);
	size_t first = l->n_items, n_imports;
	const uint32_t *imports;
	double linked = 0, all = 0;
	int rc = graph_imports_of(l->g, file, &imports, &n_imports, err);

	if (rc != 0)
		return rc;
	for (size_t i = 0; i < f->n_uses; i++) {
		const struct graph_use *use = &f->uses[i];
		size_t from, n;

		if (use->count == 0 || use->name <= 0 ||
		    (size_t)use->name + 1 >= names->n_names)
			continue;
		from = names->first[use->name];
		n = names->first[use->name + 1] - from;
		if (n == 0 || n > NAMESAKES_MAX)
			continue;
		all += sqrt(use->count);
		add_use(l, file, use, &names->items[from], n, imports,
		    n_imports);
	}
	/* Names have numbers in the order of their coming: not this order. */
	if (l->n_items > first)
		qsort(&l->items[first], l->n_items - first,
		    sizeof(*l->items), compare_link);
	for (size_t i = first; i < l->n_items; i++)
		linked += (double)l->items[i].weight;
	/* A file of weak links alone passes little on. */
	for (size_t i = first; i < l->n_items; i++)
		l->items[i].weight = (float)((double)l->items[i].weight /
		    (linked > all ? linked : all));
	return 0;
}

int
links_create(struct graph *g, struct links **ret, struct error *err)
{
	CLEANUP(by_name_release) struct by_name names = { 0 };
	CLEANUP(links_destroyp) struct links *l = mem_new(struct links);
	int rc = sort_definitions(g, &names, err);

	l->g = g;
	l->n_files = index_reader_files(graph_reader(g));
	l->first = mem_alloc(l->n_files + 1, sizeof(*l->first));
	for (size_t i = 0; rc == 0 && i < l->n_files; i++) {
		l->first[i] = l->n_items;
		rc = read_file(l, &names, i, err);
	}
	if (rc != 0)
		return rc;
	l->first[l->n_files] = l->n_items;
	*ret = steal(l);
	return 0;
}

void
links_destroy(struct links *l)
{
	if (l == NULL)
		return;
	free(l->items);
	free(l->first);
	free(l);
}

const struct link_to *
links_of(const struct links *l, size_t file, size_t *ret_n)
{
	*ret_n = l->first[file + 1] - l->first[file];
	return &l->items[l->first[file]];
}

/* --- ranks -------------------------------------------------------------- */

static bool
is_test(const struct links *l, size_t file)
{
	return (index_reader_file(graph_reader(l->g), file)->flags &
		   SOURCE_TEST) != 0;
}

/* Where one begins, as shares of one. */
static void
fill_start(const struct links *l, const double *start, double *ret)
{
	double sum = 0;

	for (size_t i = 0; i < l->n_files; i++) {
		ret[i] = start != NULL ? start[i] :
		    is_test(l, i)      ? 0 :
					 1;
		sum += ret[i];
	}
	for (size_t i = 0; i < l->n_files; i++)
		ret[i] = sum > 0 ? ret[i] / sum : 1.0 / (double)l->n_files;
}

/* One round: each file gives its rank on along its links. */
static void
step(const struct links *l, const double *start, const double *from,
    double *to)
{
	double rest = 0; /* what nobody passes on */

	for (size_t i = 0; i < l->n_files; i++)
		to[i] = 0;
	for (size_t i = 0; i < l->n_files; i++) {
		double share = DAMPING * from[i] *
		    (is_test(l, i) ? TEST_WEIGHT : 1);
		size_t n;
		const struct link_to *links = links_of(l, i, &n);

		rest += from[i];
		for (size_t k = 0; k < n; k++) {
			double passed = share * (double)links[k].weight;

			to[links[k].to.file] += passed;
			rest -= passed;
		}
	}
	for (size_t i = 0; i < l->n_files; i++)
		to[i] += rest * start[i];
}

void
links_rank(const struct links *l, const double *start, double *ret)
{
	CLEANUP(free_ptr) double *begin = mem_alloc(l->n_files + 1,
	    sizeof(*begin));
	CLEANUP(free_ptr) double *next = mem_alloc(l->n_files + 1,
	    sizeof(*next));

	fill_start(l, start, begin);
	memcpy(ret, begin, l->n_files * sizeof(*ret));
	for (unsigned round = 0; round < ROUNDS; round++) {
		step(l, begin, ret, next);
		memcpy(ret, next, l->n_files * sizeof(*ret));
	}
}
