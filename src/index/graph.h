/* The code graph as a reader of the index sees it: definitions, where names
 * are used, and which definition a use means.
 *
 * A use is bound when it is asked for: of the definitions with its name the
 * one that fits best counts, by what stands before the name, by the file, by
 * what the file imports, by the folder. Where several fit equally well, all of
 * them do. That is a guess of a kind that a compiler would not make, and good
 * enough to find one's way.
 *
 * Life cycle: graph_create() reads nothing; files are decoded as they are
 * needed and kept. Thread: one at a time, as its reader. */
#ifndef FRIDAY_INDEX_GRAPH_H
#define FRIDAY_INDEX_GRAPH_H

#include "index/graph_pack.h"
#include "index/reader.h"

struct graph;

/* The reader must outlive it. */
struct graph *graph_create(struct index_reader *r);
void graph_destroy(struct graph *g);
DEFINE_CLEANUP(graph_destroy, struct graph);

struct index_reader *graph_reader(const struct graph *g);

/* What a file has; NULL and an error if it cannot be read. A file without any
 * is empty. Lives as long as the graph. */
const struct graph_file *graph_file_of(struct graph *g, size_t file,
    struct error *err);
/* The files that a file imports; lives as long as the graph. Errors: those of
 * the reader. */
int graph_imports_of(struct graph *g, size_t file, const uint32_t **ret,
    size_t *ret_n, struct error *err);

/* A definition: file number, and index in that file. */
struct graph_at {
	uint32_t file, index;
};

const struct graph_definition *graph_definition_at(struct graph *g,
    struct graph_at at);

/* A place where a name is used. */
struct graph_ref {
	uint32_t file;
	struct graph_place place;
};

/* All there is of a name: at most GRAPH_PLACES_MAX of each. */
struct graph_name {
	int64_t id;
	struct graph_at *definitions; /* by file and line */
	size_t n_definitions, definitions_cap;
	struct graph_ref *refs; /* by file and line */
	size_t n_refs, refs_cap;
	bool cut;
};

enum { GRAPH_PLACES_MAX = 5000 };

/* *ret is initialised; release it. Errors: those of the reader. */
int graph_name_read(struct graph *g, int64_t id, bool with_refs,
    struct graph_name *ret, struct error *err);
void graph_name_release(struct graph_name *n);

/* Each name that is defined somewhere, in the order of the bytes; lives as
 * long as the graph. */
struct graph_names {
	struct graph_name_at {
		int64_t id;
		char *text;
		size_t n_definitions;
	} *items;
	size_t n;
};

enum { GRAPH_ALL_NAMES_MAX = 2 * 1000 * 1000 };

int graph_names_of(struct graph *g, const struct graph_names **ret,
    struct error *err);

/* Whether a bare name in one file can mean what another file defines, as far
 * as their languages' rules go: where names have to be imported, only of what
 * is imported, also by way of a package's main file. */
bool graph_can_see(struct graph *g, uint32_t from, uint32_t to);
/* Which of the definitions a use means: their indices, at most `max`; how many
 * there are. 0: none of them. */
size_t graph_bind(struct graph *g, const struct graph_name *n,
    const struct graph_ref *ref, size_t *ret, size_t max);
/* What a definition is. */
bool graph_is_type(const struct graph_definition *d);
bool graph_is_function(const struct graph_definition *d);
/* It only announces or extends what is defined elsewhere. */
bool graph_is_declaration(const struct graph_definition *d);
/* "Inner" of "Outer.Inner". */
struct str graph_last_part(struct str container);

#endif
