/* Maps; see repo_map.h. A definition is worth what the files that use it pass
 * on to it, and a share of its own file's rank. */
#include "index/repo_map.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "index/source.h"
#include "store/index_graph.h"

/* Not every definition is part of an outline's point. */
#define VALUE_WEIGHT 0.3   /* variables, constants, fields */
#define OWN_SHARE 0.15	   /* of a file's rank, for its definitions */
#define OTHERS_START 0.02  /* where one begins at the files not named */
#define NAMED_WEIGHT 4.0   /* what stands in a file that was named */
enum { LINE_OVERHEAD = 8, MISSES_MAX = 200 };

struct ranked {
	struct graph_at at;
	double score;
};

struct job {
	struct graph *g;
	const struct links *l;
	const struct map_opts *opts;
	struct repo_map *out;
	size_t n_files;
	bool *named; /* by file: it is below one of the paths */
	double *ranks;
	double **scores; /* by file and definition */
	struct ranked *all;
	size_t n_all;
	uint32_t *places; /* by file: index in the map + 1 */
	size_t bytes;
};

static void
job_release(struct job *j)
{
	for (size_t i = 0; j->scores != NULL && i < j->n_files; i++)
		free(j->scores[i]);
	free(j->named);
	free(j->ranks);
	free(j->scores);
	free(j->all);
	free(j->places);
}

/* --- what matters ------------------------------------------------------- */

static bool
is_below(struct str path, struct str folder)
{
	while (str_starts(folder, STR("./")))
		folder = str_sub(folder, 2, SIZE_MAX);
	while (folder.len > 0 && folder.ptr[folder.len - 1] == '/')
		folder.len--;
	if (folder.len == 0 || str_eq_c(folder, ".") || str_eq(path, folder))
		return true;
	return str_starts(path, folder) && path.ptr[folder.len] == '/';
}

static int
find_named(struct job *j, struct error *err)
{
	for (size_t p = 0; p < j->opts->n_paths; p++) {
		size_t n = 0;

		for (size_t i = 0; i < j->n_files; i++) {
			const char *path = index_reader_file(
			    graph_reader(j->g), i)->path;

			if (!is_below(str_from(path), j->opts->paths[p]))
				continue;
			j->named[i] = true;
			n++;
		}
		if (n == 0 && !j->opts->others_only)
			return error_set(err, ERR_NOT_FOUND,
			    "there is no %.*s in the index",
			    STR_ARG(j->opts->paths[p]));
	}
	return 0;
}

static bool
is_test(const struct job *j, size_t file)
{
	return (index_reader_file(graph_reader(j->g), file)->flags &
		   SOURCE_TEST) != 0;
}

static void
rank_files(struct job *j)
{
	CLEANUP(free_ptr) double *start = mem_alloc(j->n_files + 1,
	    sizeof(*start));
	bool any = false;

	for (size_t i = 0; i < j->n_files; i++) {
		start[i] = j->named[i] ? 1 : 0;
		any |= j->named[i];
	}
	/* A little from everywhere, for what nothing named leads to. */
	for (size_t i = 0; any && i < j->n_files; i++)
		if (!j->named[i] && !is_test(j, i))
			start[i] = OTHERS_START / (double)j->n_files;
	links_rank(j->l, any ? start : NULL, j->ranks);
}

static double
weight_of(const struct graph_definition *d)
{
	if (graph_is_declaration(d))
		return 0;
	return graph_is_function(d) || graph_is_type(d) ? 1 : VALUE_WEIGHT;
}

static int
rank_definitions(struct job *j, struct error *err)
{
	for (size_t i = 0; i < j->n_files; i++) {
		const struct graph_file *f = graph_file_of(j->g, i, err);

		if (f == NULL)
			return -ERR_STORE_CORRUPT;
		j->scores[i] = mem_alloc(f->n_definitions + 1,
		    sizeof(**j->scores));
		for (size_t k = 0; k < f->n_definitions; k++)
			j->scores[i][k] = OWN_SHARE * j->ranks[i] /
			    (double)f->n_definitions;
		j->n_all += f->n_definitions;
	}
	for (size_t i = 0; i < j->n_files; i++) {
		size_t n;
		const struct link_to *links = links_of(j->l, i, &n);

		for (size_t k = 0; k < n; k++)
			j->scores[links[k].to.file][links[k].to.index] +=
			    j->ranks[i] * (double)links[k].weight;
	}
	return 0;
}

static int
compare_ranked(const void *left, const void *right)
{
	const struct ranked *a = left, *b = right;

	if (a->score != b->score)
		return a->score > b->score ? -1 : 1;
	if (a->at.file != b->at.file)
		return a->at.file < b->at.file ? -1 : 1;
	return (a->at.index > b->at.index) - (a->at.index < b->at.index);
}

static void
sort_definitions(struct job *j)
{
	size_t n = 0;

	j->all = mem_alloc(j->n_all + 1, sizeof(*j->all));
	for (size_t i = 0; i < j->n_files; i++) {
		const struct graph_file *f = graph_file_of(j->g, i, NULL);

		if (j->named[i] ? j->opts->others_only : is_test(j, i))
			continue;
		for (size_t k = 0; k < f->n_definitions; k++) {
			double score = j->scores[i][k] *
			    weight_of(&f->definitions[k]);

			if (j->named[i])
				score *= NAMED_WEIGHT;
			/* Sums in another order differ in their last bits. */
			score = floor(score * 1e12) / 1e12;
			if (score > 0)
				j->all[n++] = (struct ranked){
					{ (uint32_t)i, (uint32_t)k }, score };
		}
	}
	j->n_all = n;
	if (n > 0)
		qsort(j->all, n, sizeof(*j->all), compare_ranked);
}

/* --- what fits ---------------------------------------------------------- */

static struct map_file *
file_of(struct job *j, size_t number)
{
	struct repo_map *m = j->out;

	if (j->places[number] == 0) {
		m->files = mem_grow(m->files, &m->cap, m->n + 1,
		    sizeof(*m->files));
		m->files[m->n++] = (struct map_file){ .path = mem_strdup(
			index_reader_file(graph_reader(j->g),
			    number)->path) };
		j->places[number] = (uint32_t)m->n;
	}
	return &m->files[j->places[number] - 1];
}

static size_t
cost_of(const struct job *j, const struct ranked *r)
{
	const struct graph_definition *d = graph_definition_at(j->g, r->at);
	size_t cost = d->signature.len + LINE_OVERHEAD;

	if (j->places[r->at.file] == 0)
		cost += strlen(index_reader_file(graph_reader(j->g),
		    r->at.file)->path) + 1;
	return cost;
}

static void
add_item(struct job *j, const struct ranked *r)
{
	const struct graph_definition *d = graph_definition_at(j->g, r->at);
	struct map_file *f = file_of(j, r->at.file);
	CLEANUP_BUF struct buf name = BUF_INIT(4 * KIB);

	index_graph_name(index_reader_db(graph_reader(j->g)), d->name, &name,
	    NULL);
	f->items = mem_grow(f->items, &f->cap, f->n + 1, sizeof(*f->items));
	f->items[f->n++] = (struct map_item){
		.kind = str_dup(d->kind),
		.name = str_dup(buf_str(&name)),
		.container = str_dup(d->container),
		.signature = str_dup(d->signature),
		.line = d->start_line,
		.end_line = d->end_line,
		.score = r->score,
	};
}

static int
compare_line(const void *left, const void *right)
{
	const struct map_item *a = left, *b = right;

	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	return (a->end_line < b->end_line) - (a->end_line > b->end_line);
}

static void
take_what_fits(struct job *j)
{
	size_t tokens = j->opts->tokens == 0 ? MAP_TOKENS_DEFAULT :
					       j->opts->tokens;
	size_t max = tokens * MAP_BYTES_PER_TOKEN, misses = 0;

	for (size_t i = 0; i < j->n_all; i++) {
		size_t cost = cost_of(j, &j->all[i]);

		if (misses == MISSES_MAX || j->bytes + cost > max) {
			misses += misses < MISSES_MAX;
			j->out->left_out++;
			continue;
		}
		j->bytes += cost;
		add_item(j, &j->all[i]);
	}
	for (size_t i = 0; i < j->out->n; i++)
		qsort(j->out->files[i].items, j->out->files[i].n,
		    sizeof(struct map_item), compare_line);
	j->out->tokens = (j->bytes + MAP_BYTES_PER_TOKEN - 1) /
	    MAP_BYTES_PER_TOKEN;
}

int
repo_map_make(struct graph *g, const struct links *l,
    const struct map_opts *opts, struct repo_map *ret, struct error *err)
{
	CLEANUP(job_release) struct job j = { .g = g, .l = l, .opts = opts,
		.out = ret };
	int rc;

	*ret = (struct repo_map){ 0 };
	j.n_files = index_reader_files(graph_reader(g));
	j.named = mem_alloc(j.n_files + 1, sizeof(*j.named));
	j.ranks = mem_alloc(j.n_files + 1, sizeof(*j.ranks));
	j.scores = mem_alloc(j.n_files + 1, sizeof(*j.scores));
	j.places = mem_alloc(j.n_files + 1, sizeof(*j.places));
	rc = find_named(&j, err);
	if (rc != 0)
		return rc;
	rank_files(&j);
	rc = rank_definitions(&j, err);
	if (rc != 0)
		return rc;
	sort_definitions(&j);
	take_what_fits(&j);
	return 0;
}

void
repo_map_release(struct repo_map *m)
{
	for (size_t i = 0; i < m->n; i++) {
		struct map_file *f = &m->files[i];

		for (size_t k = 0; k < f->n; k++) {
			free(f->items[k].kind);
			free(f->items[k].name);
			free(f->items[k].container);
			free(f->items[k].signature);
		}
		free(f->items);
		free(f->path);
	}
	free(m->files);
	*m = (struct repo_map){ 0 };
}

void
repo_map_print(const struct repo_map *m, struct buf *out)
{
	for (size_t i = 0; i < m->n; i++) {
		const struct map_file *f = &m->files[i];

		buf_printf(out, "%s\n", f->path);
		for (size_t k = 0; k < f->n; k++)
			buf_printf(out, "%5u: %s\n",
			    (unsigned)f->items[k].line,
			    *f->items[k].signature != '\0' ?
				f->items[k].signature :
				f->items[k].name);
	}
}
