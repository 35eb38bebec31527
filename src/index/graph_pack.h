/* What the packed bytes of store/index_graph.h mean.
 *
 *	graph	n_texts, of each: the text (kinds and containers, each once);
 *		n_definitions, of each: name, kind, container, signature,
 *		first line (less that of the one before), lines, line of name
 *		(less its first);
 *		n_imports, of each: line (less the one before), text;
 *		n_names, of each: number (less the one before), uses, places
 *	places	of each: line (less the one before), kind and flags, number of
 *		the name before it (where the flag says so)
 *
 * Texts and places are a length and bytes; kinds and containers are indices of
 * the first list. All that is read here may be damaged. */
#ifndef FRIDAY_INDEX_GRAPH_PACK_H
#define FRIDAY_INDEX_GRAPH_PACK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "syntax/references.h"

enum {
	GRAPH_DEFINITIONS_MAX = OUTLINE_ITEMS_MAX,
	GRAPH_NAMES_MAX = OUTLINE_ITEMS_MAX + 2 * REFERENCES_MAX,
	GRAPH_NAME_MAX = REFERENCE_NAME_MAX,
	GRAPH_CONTAINER_MAX = 200,
	GRAPH_SIGNATURE_MAX = 160,
};

/* A definition; its strs point into the bytes that it was read from. */
struct graph_definition {
	int64_t name;
	struct str kind, container, signature;
	uint32_t start_line, end_line, line; /* line: the name's */
};

struct graph_import {
	uint32_t line;
	struct str text;
};

/* How often a file uses a name, its own definitions not counted; at most
 * 65,535. */
struct graph_use {
	int64_t name;
	uint32_t count;
	struct str places; /* packed; definitions too */
};

struct graph_file {
	struct graph_definition *definitions; /* by place, outer ones first */
	size_t n_definitions;
	struct graph_import *imports; /* by line */
	size_t n_imports;
	struct graph_use *uses; /* by number; 0 times where a name is only
				 * defined */
	size_t n_uses;
};

/* *ret is initialised; release it. False: the bytes are damaged; what was read
 * stays. */
bool graph_file_read(struct str data, struct graph_file *ret);
void graph_file_release(struct graph_file *f);
void graph_file_pack(const struct graph_file *f, struct buf *out);
/* NULL: the file does not have the name. */
const struct graph_use *graph_file_use(const struct graph_file *f,
    int64_t name);
/* The innermost definition around a line; NULL: there is none. */
const struct graph_definition *graph_file_around(const struct graph_file *f,
    uint32_t line);

/* A place where a name stands. */
struct graph_place {
	uint32_t line;
	bool definition; /* kind is nothing then */
	enum reference_kind kind;
	bool member;
	int64_t from; /* number of the name before it; 0: none */
};

/* The next place of packed ones. False: at the end, or damaged. *line is 0 at
 * first. */
bool graph_place_next(struct str *rest, uint32_t *line,
    struct graph_place *ret);
void graph_place_pack(const struct graph_place *p, uint32_t *line,
    struct buf *out);

#endif
