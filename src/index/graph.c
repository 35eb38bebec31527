/* Lookups in the graph; see graph.h. */
#include "index/graph.h"

#include <stdlib.h>

#include "base/mem.h"
#include "index/imports.h"
#include "index/kind.h"
#include "store/index_graph.h"
#include "store/index_numbers.h"

#define FILE_BYTES_MAX (16 * MIB)

struct loaded {
	bool is_read;
	struct buf data; /* what the definitions point into */
	struct graph_file file;
	bool has_imports;
	uint32_t *imports;
	size_t n_imports;
};

struct graph {
	struct index_reader *r;
	struct loaded *files; /* by number */
	size_t n_files;
	struct imports *imports; /* NULL: not needed yet */
	struct graph_names names;
	bool has_names;
};

struct graph *
graph_create(struct index_reader *r)
{
	struct graph *g = mem_new(struct graph);

	g->r = r;
	g->n_files = index_reader_files(r);
	g->files = mem_alloc(g->n_files + 1, sizeof(*g->files));
	return g;
}

void
graph_destroy(struct graph *g)
{
	if (g == NULL)
		return;
	for (size_t i = 0; i < g->n_files; i++) {
		buf_release(&g->files[i].data);
		graph_file_release(&g->files[i].file);
		free(g->files[i].imports);
	}
	free(g->files);
	imports_destroy(g->imports);
	for (size_t i = 0; i < g->names.n; i++)
		free(g->names.items[i].text);
	free(g->names.items);
	free(g);
}

struct index_reader *
graph_reader(const struct graph *g)
{
	return g->r;
}

static int
damaged(struct error *err)
{
	return error_set(err, ERR_STORE_CORRUPT, "the index is damaged");
}

const struct graph_file *
graph_file_of(struct graph *g, size_t file, struct error *err)
{
	struct loaded *l = &g->files[file];
	int rc;

	if (l->is_read)
		return &l->file;
	buf_init(&l->data, FILE_BYTES_MAX);
	rc = index_graph_file(index_reader_db(g->r),
	    index_reader_file(g->r, file)->id, &l->data, err);
	if (rc == 0 && l->data.len > 0 &&
	    !graph_file_read(buf_str(&l->data), &l->file))
		rc = damaged(err);
	if (rc != 0) {
		graph_file_release(&l->file);
		buf_release(&l->data);
		return NULL;
	}
	l->is_read = true;
	return &l->file;
}

static int
compare_number(const void *left, const void *right)
{
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;

	return (a > b) - (a < b);
}

int
graph_imports_of(struct graph *g, size_t file, const uint32_t **ret,
    size_t *ret_n, struct error *err)
{
	const struct graph_file *f = graph_file_of(g, file, err);
	struct loaded *l = &g->files[file];
	size_t cap = 0, n = 0;

	if (f == NULL)
		return err == NULL ? -ERR_STORE_CORRUPT : -(int)err->code;
	if (g->imports == NULL)
		g->imports = imports_create(g->r);
	for (size_t i = 0; !l->has_imports && i < f->n_imports; i++) {
		uint32_t found[IMPORT_FILES_MAX];
		size_t k = imports_resolve(g->imports, file,
		    f->imports[i].text, found);

		l->imports = mem_grow(l->imports, &cap, l->n_imports + k + 1,
		    sizeof(*l->imports));
		memcpy(l->imports + l->n_imports, found, k * sizeof(*found));
		l->n_imports += k;
	}
	if (!l->has_imports && l->n_imports > 0) {
		qsort(l->imports, l->n_imports, sizeof(*l->imports),
		    compare_number);
		for (size_t i = 0; i < l->n_imports; i++)
			if (n == 0 || l->imports[n - 1] != l->imports[i])
				l->imports[n++] = l->imports[i];
		l->n_imports = n;
	}
	l->has_imports = true;
	*ret = l->imports;
	*ret_n = l->n_imports;
	return 0;
}

const struct graph_definition *
graph_definition_at(struct graph *g, struct graph_at at)
{
	return &g->files[at.file].file.definitions[at.index];
}

/* --- names -------------------------------------------------------------- */

struct collect {
	struct graph *g;
	struct graph_name *out;
	struct error *err;
};

/* The definitions of a name in a file. */
static int
collect_definitions(struct collect *c, size_t file)
{
	const struct graph_file *f = graph_file_of(c->g, file, c->err);
	struct graph_name *out = c->out;

	if (f == NULL)
		return -ERR_STORE_CORRUPT;
	for (size_t i = 0; i < f->n_definitions; i++) {
		if (f->definitions[i].name != out->id)
			continue;
		if (out->n_definitions == GRAPH_PLACES_MAX) {
			out->cut = true;
			break;
		}
		out->definitions = mem_grow(out->definitions,
		    &out->definitions_cap, out->n_definitions + 1,
		    sizeof(*out->definitions));
		out->definitions[out->n_definitions++] = (struct graph_at){
			(uint32_t)file, (uint32_t)i };
	}
	return 0;
}

static int
take_definer(int64_t id, void *ctx)
{
	struct collect *c = ctx;
	size_t file = index_reader_file_number(c->g->r, id);

	return file == SIZE_MAX ? 0 : collect_definitions(c, file);
}

static int
take_user(int64_t id, void *ctx)
{
	struct collect *c = ctx;
	struct graph_name *out = c->out;
	size_t file = index_reader_file_number(c->g->r, id);
	const struct graph_file *f = file == SIZE_MAX ? NULL :
	    graph_file_of(c->g, file, c->err);
	const struct graph_use *use = f == NULL ? NULL :
						  graph_file_use(f, out->id);
	struct str places = use == NULL ? STR_NONE : use->places;
	struct graph_place place;
	uint32_t line = 0;

	if (f == NULL)
		return file == SIZE_MAX ? 0 : -ERR_STORE_CORRUPT;
	while (graph_place_next(&places, &line, &place)) {
		if (place.definition)
			continue;
		if (out->n_refs == GRAPH_PLACES_MAX) {
			out->cut = true;
			continue;
		}
		out->refs = mem_grow(out->refs, &out->refs_cap,
		    out->n_refs + 1, sizeof(*out->refs));
		out->refs[out->n_refs++] = (struct graph_ref){
			(uint32_t)file, place };
	}
	return 0;
}

static int
compare_at(const void *left, const void *right)
{
	const struct graph_at *a = left, *b = right;

	if (a->file != b->file)
		return a->file < b->file ? -1 : 1;
	return (a->index > b->index) - (a->index < b->index);
}

static int
compare_ref(const void *left, const void *right)
{
	const struct graph_ref *a = left, *b = right;

	if (a->file != b->file)
		return a->file < b->file ? -1 : 1;
	if (a->place.line != b->place.line)
		return a->place.line < b->place.line ? -1 : 1;
	return (a->place.kind > b->place.kind) -
	    (a->place.kind < b->place.kind);
}

int
graph_name_read(struct graph *g, int64_t id, bool with_refs,
    struct graph_name *ret, struct error *err)
{
	struct index_db *db = index_reader_db(g->r);
	struct collect c = { g, ret, err };
	int rc;

	*ret = (struct graph_name){ .id = id };
	rc = index_numbers_each(db, INDEX_DEFINERS, id, take_definer, &c, err);
	if (rc == 0 && with_refs)
		rc = index_numbers_each(db, INDEX_USERS, id, take_user, &c,
		    err);
	if (ret->n_definitions > 0)
		qsort(ret->definitions, ret->n_definitions,
		    sizeof(*ret->definitions), compare_at);
	if (ret->n_refs > 0)
		qsort(ret->refs, ret->n_refs, sizeof(*ret->refs),
		    compare_ref);
	return rc;
}

void
graph_name_release(struct graph_name *n)
{
	free(n->definitions);
	free(n->refs);
	*n = (struct graph_name){ 0 };
}

struct collect_names {
	struct graph_names *out;
	size_t cap;
};

static int
take_name(int64_t id, struct str text, int64_t n_definitions, void *ctx)
{
	struct collect_names *c = ctx;
	struct graph_names *out = c->out;

	if (out->n == GRAPH_ALL_NAMES_MAX)
		return 0;
	out->items = mem_grow(out->items, &c->cap, out->n + 1,
	    sizeof(*out->items));
	out->items[out->n++] = (struct graph_name_at){ id, str_dup(text),
		(size_t)(n_definitions < 0 ? 0 : n_definitions) };
	return 0;
}

int
graph_names_of(struct graph *g, const struct graph_names **ret,
    struct error *err)
{
	struct collect_names c = { .out = &g->names };
	int rc = 0;

	if (!g->has_names)
		rc = index_graph_each_defined(index_reader_db(g->r),
		    take_name, &c, err);
	if (rc != 0) {
		for (size_t i = 0; i < g->names.n; i++)
			free(g->names.items[i].text);
		free(g->names.items);
		g->names = (struct graph_names){ 0 };
		return rc;
	}
	g->has_names = true;
	*ret = &g->names;
	return 0;
}

/* --- kinds -------------------------------------------------------------- */

bool
graph_is_type(const struct graph_definition *d)
{
	return (kind_meaning(d->kind) & KIND_TYPE) != 0;
}

bool
graph_is_function(const struct graph_definition *d)
{
	return (kind_meaning(d->kind) & KIND_CALLED) != 0;
}

bool
graph_is_declaration(const struct graph_definition *d)
{
	return (kind_meaning(d->kind) & KIND_DECLARES) != 0;
}

struct str
graph_last_part(struct str container)
{
	for (size_t i = container.len; i-- > 0;)
		if (container.ptr[i] == '.')
			return str_sub(container, i + 1, SIZE_MAX);
	return container;
}
