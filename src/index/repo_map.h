/* A map of the repository: its most central definitions, as an outline that
 * fits into a number of tokens. */
#ifndef FRIDAY_INDEX_REPO_MAP_H
#define FRIDAY_INDEX_REPO_MAP_H

#include "index/links.h"

enum { MAP_TOKENS_DEFAULT = 1024, MAP_TOKENS_MAX = 100 * 1000 };
enum { MAP_BYTES_PER_TOKEN = 4 }; /* a rule of thumb; nobody counts */

struct map_opts {
	size_t tokens; /* 0: MAP_TOKENS_DEFAULT */
	/* Files and folders that matter most: the map is what they lead to,
	 * and they themselves. */
	const struct str *paths;
	size_t n_paths;
	bool others_only; /* leaves those files themselves out */
};

struct map_item {
	char *kind, *name, *container, *signature;
	uint32_t line, end_line;
	double score; /* share of all */
};

struct map_file {
	char *path;
	struct map_item *items; /* by line */
	size_t n, cap;
};

struct repo_map {
	struct map_file *files; /* by their best definition */
	size_t n, cap;
	size_t tokens; /* about as many as its text has */
	size_t left_out; /* definitions */
};

/* *ret is initialised; release it. Errors: those of the reader; ERR_NOT_FOUND
 * (a path where nothing is). */
int repo_map_make(struct graph *g, const struct links *l,
    const struct map_opts *opts, struct repo_map *ret, struct error *err);
void repo_map_release(struct repo_map *m);
/* As text: each file's path, and below it "LINE: signature". */
void repo_map_print(const struct repo_map *m, struct buf *out);

#endif
