/* Building the graph; see graph_builder.h. Names have numbers of their own
 * here until they are written. */
#include "index/graph_builder.h"

#include <stdlib.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "index/graph_pack.h"
#include "store/index_graph.h"
#include "store/index_numbers.h"
#include "store/index_words.h"

#define BYTES_MAX (16 * MIB)

struct held_definition {
	uint32_t name, start_line, end_line, line;
	char *kind, *container, *signature;
};

struct held_place {
	uint32_t name, line, from; /* from: its number + 1; 0: none */
	uint8_t kind;
	bool member, definition;
};

struct held_import {
	uint32_t line;
	char *text;
};

/* Where the parts of a file are in the arrays below; each ends where the next
 * one begins. */
struct held_file {
	int64_t id;
	size_t definition, place, import;
};

struct graph_builder {
	struct map *names; /* to the number + 1, as a pointer */
	struct held_file *files;
	size_t n_files, files_cap;
	struct held_definition *definitions;
	size_t n_definitions, definitions_cap;
	struct held_place *places;
	size_t n_places, places_cap;
	struct held_import *imports;
	size_t n_imports, imports_cap;
};

struct graph_builder *
graph_builder_create(void)
{
	struct graph_builder *b = mem_new(struct graph_builder);

	b->names = map_create(NULL);
	return b;
}

void
graph_builder_clear(struct graph_builder *b)
{
	for (size_t i = 0; i < b->n_definitions; i++) {
		free(b->definitions[i].kind);
		free(b->definitions[i].container);
		free(b->definitions[i].signature);
	}
	for (size_t i = 0; i < b->n_imports; i++)
		free(b->imports[i].text);
	map_destroy(b->names);
	b->names = map_create(NULL);
	b->n_files = b->n_definitions = b->n_places = b->n_imports = 0;
}

void
graph_builder_destroy(struct graph_builder *b)
{
	if (b == NULL)
		return;
	graph_builder_clear(b);
	map_destroy(b->names);
	free(b->files);
	free(b->definitions);
	free(b->places);
	free(b->imports);
	free(b);
}

/* --- names -------------------------------------------------------------- */

static uint32_t
number_of(struct graph_builder *b, struct str name)
{
	uintptr_t n = (uintptr_t)map_get(b->names, name);

	if (n == 0) {
		n = map_count(b->names) + 1;
		map_set(b->names, name, (void *)n);
	}
	return (uint32_t)(n - 1);
}

/* Headings, keys of data and the like are no names that code uses. */
static bool
is_code(const char *kind)
{
	static const char *const kinds[] = { "heading", "key", "element",
		"rule" };

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (strcmp(kind, kinds[i]) == 0)
			return false;
	return true;
}

/* Where the last part of "Outer::inner", "M.run" or "A\B" begins; operators
 * are of one part. */
static size_t
last_part(struct str name)
{
	size_t at = str_find(name, STR("operator"), 0);
	size_t end = at == SIZE_MAX ? name.len : at;

	for (size_t i = end; i-- > 1;)
		if (strchr(".:\\#", name.ptr[i - 1]) != NULL)
			return i;
	return 0;
}

/* "Circle<T>" is Circle. */
static struct str
without_arguments(struct str name)
{
	size_t at = str_find_char(name, '<', 0);

	if (at == SIZE_MAX || at == 0 ||
	    str_find(name, STR("operator"), 0) != SIZE_MAX)
		return name;
	return str_trim(str_sub(name, 0, at));
}

static struct str
without_quotes(struct str name)
{
	while (name.len > 0 && strchr("\"'`$[", *name.ptr) != NULL)
		name = str_sub(name, 1, SIZE_MAX);
	while (name.len > 0 && strchr("\"'`]", name.ptr[name.len - 1]) != NULL)
		name.len--;
	return name;
}

/* "A::b" behind "n" is b in "n.A": one form for all languages. */
static struct str
split_name(const struct outline_item *item, struct buf *container)
{
	struct str name = without_arguments(
	    without_quotes(str_trim(str_from(item->name))));
	struct str outer = without_arguments(str_from(item->container));
	size_t at = last_part(name);
	struct str before = str_sub(name, 0, at);

	buf_clear(container);
	buf_add_str(container, outer);
	while (before.len > 0 &&
	    strchr(".:\\#", before.ptr[before.len - 1]) != NULL)
		before.len--;
	if (str_ends(before, STR(".prototype")))
		before.len -= sizeof(".prototype") - 1;
	if (before.len > 0 && container->len > 0)
		buf_add_char(container, '.');
	for (size_t i = 0; i < before.len; i++) {
		char c = before.ptr[i];

		if (c == ':' && i + 1 < before.len && before.ptr[i + 1] == ':')
			i++;
		buf_add_char(container, strchr(":\\#", c) ? '.' : c);
	}
	if (container->len > GRAPH_CONTAINER_MAX || container->failed != 0)
		buf_clear(container);
	return str_sub(name, at, SIZE_MAX);
}

static bool
is_name(struct str s)
{
	if (s.len == 0 || s.len > GRAPH_NAME_MAX)
		return false;
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.ptr[i] < 0x20)
			return false;
	return true;
}

/* --- a file ------------------------------------------------------------- */

static struct held_place *
add_place(struct graph_builder *b, uint32_t name, uint32_t line)
{
	struct held_place *p;

	b->places = mem_grow(b->places, &b->places_cap, b->n_places + 1,
	    sizeof(*b->places));
	p = &b->places[b->n_places++];
	*p = (struct held_place){ .name = name, .line = line };
	return p;
}

static uint32_t
line_of_name(const struct outline_item *item, uint32_t line)
{
	return line < item->start_line ? item->start_line :
	    line > item->end_line      ? item->end_line :
					 line;
}

static void
add_definition(struct graph_builder *b, const struct outline_item *item,
    struct buf *container)
{
	struct str name = split_name(item, container);
	struct str signature = str_from(item->signature);
	struct held_definition *d;

	if (!is_name(name))
		return;
	b->definitions = mem_grow(b->definitions, &b->definitions_cap,
	    b->n_definitions + 1, sizeof(*b->definitions));
	d = &b->definitions[b->n_definitions++];
	signature.len = utf8_cut(signature.ptr, signature.len,
	    GRAPH_SIGNATURE_MAX);
	*d = (struct held_definition){
		.name = number_of(b, name),
		.start_line = item->start_line,
		.end_line = item->end_line,
		.line = line_of_name(item, item->name_line),
		.kind = mem_strdup(item->kind),
		.container = str_dup(buf_str(container)),
		.signature = str_dup(signature),
	};
	add_place(b, d->name, d->line)->definition = true;
}

static void
add_reference(struct graph_builder *b, const struct reference *r)
{
	struct held_place *p;

	if (r->name.len == 0)
		return;
	if (r->kind == REFERENCE_IMPORT) {
		b->imports = mem_grow(b->imports, &b->imports_cap,
		    b->n_imports + 1, sizeof(*b->imports));
		b->imports[b->n_imports++] = (struct held_import){ r->line,
			str_dup(r->name) };
		return;
	}
	p = add_place(b, number_of(b, r->name), r->line);
	p->kind = (uint8_t)r->kind;
	p->member = r->member;
	if (r->from.len > 0)
		p->from = number_of(b, r->from) + 1;
}

void
graph_builder_add(struct graph_builder *b, const struct chunks *chunks)
{
	CLEANUP_BUF struct buf container = BUF_INIT(4 * KIB);

	b->files = mem_grow(b->files, &b->files_cap, b->n_files + 1,
	    sizeof(*b->files));
	b->files[b->n_files++] = (struct held_file){ 0,
		b->n_definitions, b->n_places, b->n_imports };
	if (!chunks->linked)
		return;
	for (size_t i = 0; i < chunks->outline.n_items; i++)
		if (is_code(chunks->outline.items[i].kind))
			add_definition(b, &chunks->outline.items[i],
			    &container);
	for (size_t i = 0; i < chunks->references.n; i++)
		add_reference(b, &chunks->references.items[i]);
}

void
graph_builder_set_file(struct graph_builder *b, size_t n, int64_t id)
{
	b->files[n].id = id;
}

/* --- writing ------------------------------------------------------------ */

/* What is written under a name and a file: a run of sorted places. */
struct link {
	int64_t name;
	uint32_t file, first, n;
};

static int
compare_place(const void *left, const void *right)
{
	const struct held_place *a = left, *b = right;

	if (a->name != b->name)
		return a->name < b->name ? -1 : 1;
	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	if (a->definition != b->definition)
		return a->definition ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->member != b->member)
		return a->member < b->member ? -1 : 1;
	return (a->from > b->from) - (a->from < b->from);
}

static int
compare_link(const void *left, const void *right)
{
	const struct link *a = left, *b = right;

	if (a->name != b->name)
		return a->name < b->name ? -1 : 1;
	return (a->file > b->file) - (a->file < b->file);
}

struct named {
	struct str text;
	size_t at; /* number here */
};

static int
compare_named(const void *left, const void *right)
{
	const struct named *a = left, *b = right;

	return str_compare(a->text, b->text);
}

static int
write_names(struct graph_builder *b, struct index_db *db, int64_t *ids,
    struct error *err)
{
	size_t n = map_count(b->names), cursor = 0, i = 0;
	CLEANUP(free_ptr) uint32_t *defined = mem_alloc(n + 1,
	    sizeof(*defined));
	CLEANUP(free_ptr) struct named *names = mem_alloc(n + 1,
	    sizeof(*names));
	CLEANUP(free_ptr) struct index_word *words = mem_alloc(n + 1,
	    sizeof(*words));
	void *value;
	int rc;

	for (size_t k = 0; k < b->n_definitions; k++)
		defined[b->definitions[k].name]++;
	for (; map_next(b->names, &cursor, &names[i].text, &value); i++)
		names[i].at = i;
	if (n > 0)
		qsort(names, n, sizeof(*names), compare_named);
	for (i = 0; i < n; i++)
		words[i] = (struct index_word){ .text = names[i].text,
			.order = (uint32_t)names[i].at,
			.by = defined[names[i].at] };
	rc = index_words_add(db, INDEX_NAMES, words, n, err);
	for (i = 0; rc == 0 && i < n; i++)
		ids[names[i].at] = words[i].id;
	return rc;
}

/* Where the next file's parts begin. */
static struct held_file
end_of(const struct graph_builder *b, size_t file)
{
	const struct held_file end = { 0, b->n_definitions, b->n_places,
		b->n_imports };

	return file + 1 == b->n_files ? end : b->files[file + 1];
}

/* Sorts the places of a file, drops what is there twice, and tells the runs of
 * each name. */
static void
collect_links(struct graph_builder *b, size_t file, const int64_t *ids,
    struct link *links, size_t *n_links)
{
	size_t first = b->files[file].place;
	size_t end = end_of(b, file).place, n = first;

	if (end > first)
		qsort(&b->places[first], end - first, sizeof(*b->places),
		    compare_place);
	for (size_t i = first; i < end; i++) {
		struct held_place p = b->places[i];

		if (n > first && compare_place(&b->places[n - 1], &p) == 0)
			continue;
		if (n == first || b->places[n - 1].name != p.name)
			links[(*n_links)++] = (struct link){ ids[p.name],
				(uint32_t)file, (uint32_t)n, 0 };
		b->places[n++] = p;
		links[*n_links - 1].n++;
	}
}

static void
pack_places(const struct graph_builder *b, const struct link *l,
    const int64_t *ids, struct buf *out)
{
	uint32_t line = 0;

	for (size_t i = l->first; i < l->first + l->n; i++) {
		const struct held_place *h = &b->places[i];
		const struct graph_place p = { .line = h->line,
			.definition = h->definition,
			.kind = (enum reference_kind)h->kind,
			.member = h->member,
			.from = h->from == 0 ? 0 : ids[h->from - 1] };

		graph_place_pack(&p, &line, out);
	}
}

/* How often the name is used; its places are set later. */
static struct graph_use
use_of(const struct graph_builder *b, const struct link *l)
{
	struct graph_use use = { .name = l->name };

	for (size_t i = l->first; i < l->first + l->n; i++)
		if (!b->places[i].definition && use.count < UINT16_MAX)
			use.count++;
	return use;
}

static int
set_uses(const struct graph_builder *b, const struct link *links, size_t n,
    const int64_t *ids, struct graph_file *out, struct buf *places,
    struct error *err)
{
	CLEANUP(free_ptr) size_t *ends = mem_alloc(n + 1, sizeof(*ends));
	struct str all;

	out->uses = mem_alloc(n + 1, sizeof(*out->uses));
	out->n_uses = n;
	buf_clear(places);
	for (size_t i = 0; i < n; i++) {
		out->uses[i] = use_of(b, &links[i]);
		pack_places(b, &links[i], ids, places);
		ends[i] = places->len;
	}
	all = buf_str(places);
	for (size_t i = 0, at = 0; i < n; at = ends[i++])
		out->uses[i].places = str_sub(all, at, ends[i] - at);
	return buf_check(places, err);
}

static int
write_file(const struct graph_builder *b, struct index_db *db, size_t file,
    const struct link *links, size_t n_links, const int64_t *ids,
    struct error *err)
{
	CLEANUP_BUF struct buf data = BUF_INIT(BYTES_MAX);
	CLEANUP_BUF struct buf places = BUF_INIT(BYTES_MAX);
	const struct held_file *f = &b->files[file];
	struct held_file end = end_of(b, file);
	CLEANUP(graph_file_release) struct graph_file out = {
		.n_definitions = end.definition - f->definition,
		.n_imports = end.import - f->import,
	};
	int rc;

	if (out.n_definitions + out.n_imports + n_links == 0)
		return 0;
	out.definitions = mem_alloc(out.n_definitions + 1,
	    sizeof(*out.definitions));
	out.imports = mem_alloc(out.n_imports + 1, sizeof(*out.imports));
	for (size_t i = 0; i < out.n_definitions; i++) {
		const struct held_definition *d =
		    &b->definitions[f->definition + i];

		out.definitions[i] = (struct graph_definition){
			.name = ids[d->name], .kind = str_from(d->kind),
			.container = str_from(d->container),
			.signature = str_from(d->signature),
			.start_line = d->start_line, .end_line = d->end_line,
			.line = d->line };
	}
	for (size_t i = 0; i < out.n_imports; i++)
		out.imports[i] = (struct graph_import){
			b->imports[f->import + i].line,
			str_from(b->imports[f->import + i].text) };
	rc = set_uses(b, links, n_links, ids, &out, &places, err);
	if (rc != 0)
		return rc;
	graph_file_pack(&out, &data);
	rc = buf_check(&data, err);
	return rc != 0 ? rc :
	    index_graph_add_file(db, f->id, buf_str(&data), err);
}

/* Which files have a name, and which define it. */
static int
write_links(const struct graph_builder *b, struct index_db *db,
    const struct link *links, size_t n, struct error *err)
{
	CLEANUP(free_ptr) struct index_pair *pairs = mem_alloc(n + 1,
	    sizeof(*pairs));
	size_t n_defined = 0;
	int rc;

	for (size_t i = 0; i < n; i++)
		pairs[i] = (struct index_pair){ links[i].name,
			b->files[links[i].file].id };
	rc = index_numbers_add(db, INDEX_USERS, pairs, n, err);
	for (size_t i = 0; i < n; i++) {
		const struct link *l = &links[i];
		bool defined = false;

		for (size_t k = l->first; k < l->first + l->n; k++)
			defined |= b->places[k].definition;
		if (defined)
			pairs[n_defined++] = (struct index_pair){ l->name,
				b->files[l->file].id };
	}
	return rc != 0 ? rc :
	    index_numbers_add(db, INDEX_DEFINERS, pairs, n_defined, err);
}

int
graph_builder_write(struct graph_builder *b, struct index_db *db,
    struct error *err)
{
	CLEANUP(free_ptr) int64_t *ids = mem_alloc(map_count(b->names) + 1,
	    sizeof(*ids));
	CLEANUP(free_ptr) struct link *links = mem_alloc(b->n_places + 1,
	    sizeof(*links));
	size_t n_links = 0;
	int rc = write_names(b, db, ids, err);

	for (size_t i = 0; rc == 0 && i < b->n_files; i++) {
		size_t first = n_links;

		collect_links(b, i, ids, links, &n_links);
		if (n_links > first)
			qsort(&links[first], n_links - first, sizeof(*links),
			    compare_link);
		rc = write_file(b, db, i, &links[first], n_links - first,
		    ids, err);
	}
	return rc != 0 ? rc : write_links(b, db, links, n_links, err);
}

int
graph_remove_file(struct index_db *db, int64_t id, struct error *err)
{
	CLEANUP_BUF struct buf data = BUF_INIT(BYTES_MAX);
	CLEANUP(graph_file_release) struct graph_file f = { 0 };
	CLEANUP(free_ptr) struct index_pair *pairs = NULL;
	CLEANUP(free_ptr) struct index_count *counts = NULL;
	int rc = index_graph_file(db, id, &data, err);

	if (rc != 0 || data.len == 0)
		return rc;
	if (!graph_file_read(buf_str(&data), &f))
		return error_set(err, ERR_STORE_CORRUPT,
		    "the index is damaged");
	pairs = mem_alloc(f.n_uses + 1, sizeof(*pairs));
	counts = mem_alloc(f.n_definitions + 1, sizeof(*counts));
	for (size_t i = 0; i < f.n_uses; i++)
		pairs[i] = (struct index_pair){ f.uses[i].name, id };
	for (size_t i = 0; i < f.n_definitions; i++)
		counts[i] = (struct index_count){ f.definitions[i].name, -1 };
	rc = index_numbers_remove(db, INDEX_USERS, pairs, f.n_uses, err);
	if (rc == 0)
		rc = index_numbers_remove(db, INDEX_DEFINERS, pairs,
		    f.n_uses, err);
	if (rc == 0)
		rc = index_words_count(db, INDEX_NAMES, counts,
		    f.n_definitions, err);
	return rc != 0 ? rc : index_graph_remove_file(db, id, err);
}
