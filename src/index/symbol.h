/* All that the graph knows of a name: where it is defined, used, called; what
 * it calls; what implements it; which tests use it. */
#ifndef FRIDAY_INDEX_SYMBOL_H
#define FRIDAY_INDEX_SYMBOL_H

#include "index/graph.h"

enum { SYMBOL_NAME_MAX = 300, SYMBOL_NEAR_MAX = 8 };

struct symbol_opts {
	size_t references_max; /* of each list; 0: SYMBOL_LIST_DEFAULT */
	struct str path;       /* definitions in this file or folder alone */
};

enum { SYMBOL_LIST_DEFAULT = 100, SYMBOL_LIST_MAX = 1000 };

/* A definition, or a use. */
struct symbol_item {
	char *path;
	uint32_t line, end_line; /* of a use: its line twice */
	const char *how;	 /* of a use: "call", "type", … */
	/* The definition; of a use: the one around it, "" at the top. */
	char *kind, *name, *container, *signature;
	uint32_t start_line; /* of that definition; 0: none */
	size_t count;	     /* of callers: how often */
	/* Of a use: which definition it means, index + 1; 0: unclear. */
	size_t means;
};

struct symbol_list {
	struct symbol_item *items;
	size_t n, cap;
	size_t total; /* with those that are left out */
};

struct symbol_report {
	/* No definition: the name is used, but not defined here. */
	struct symbol_list definitions;
	struct symbol_list references; /* outside of tests first */
	struct symbol_list callers;    /* definitions that call it */
	struct symbol_list callees;    /* definitions that it calls */
	struct symbol_list bases;      /* what it inherits from */
	struct symbol_list implementations;
	struct symbol_list tests; /* definitions in tests that use it */
	char *near[SYMBOL_NEAR_MAX]; /* when there is nothing: like names */
	size_t n_near;
	bool cut; /* the name is used too often to look at all places */
};

/* name: "run", or "Outer.run", "Outer::run", "Outer#run", "file/run". *ret is
 * initialised; release it. A name that is not there is no error. Errors:
 * ERR_INVALID (no name), those of the reader. */
int symbol_find(struct graph *g, struct str name,
    const struct symbol_opts *opts, struct symbol_report *ret,
    struct error *err);
void symbol_report_release(struct symbol_report *r);
/* The first definition of each name that is like what somebody types, best
 * first. *ret is initialised; release it. */
int symbol_like(struct graph *g, struct str typed, size_t max,
    struct symbol_list *ret, struct error *err);
void symbol_list_release(struct symbol_list *list);

#endif
