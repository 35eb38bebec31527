/* The index of one repository as its users share it: brought up to date by
 * one at a time, asked by any thread.
 *
 * Life cycle: code_index_create() touches nothing; the database is opened when
 * it is first needed. */
#ifndef FRIDAY_INDEX_CODE_INDEX_H
#define FRIDAY_INDEX_CODE_INDEX_H

#include "index/nearness.h"
#include "index/repo_map.h"
#include "index/search.h"
#include "index/symbol.h"
#include "index/update.h"

struct code_index;
struct deny_list;

/* root: absolute, without links; folder: for the database, made when it is
 * needed. deny outlives it; NULL: nothing is withheld. */
struct code_index *code_index_create(const char *root, const char *folder,
    struct deny_list *deny);
void code_index_destroy(struct code_index *x);
/* Instead of the local embedder; becomes its own. Before any other call. */
void code_index_set_embedder(struct code_index *x, struct embedder *e);
DEFINE_CLEANUP(code_index_destroy, struct code_index);

const char *code_index_root(const struct code_index *x);

/* A path as the index names it, from the root: of one that is relative to
 * `folder` (absolute), or absolute itself. What is not below the root, or not
 * there, stays as it is. free() it. */
char *code_index_path(const struct code_index *x, const char *folder,
    struct str path);

/* Whether the root is a repository. Anything else may be a home folder, which
 * nobody should index who was not asked to. */
bool code_index_is_repository(const struct code_index *x);

struct code_index_wait {
	struct cancel *cancel; /* may be NULL */
	int64_t deadline_ms;   /* clock_now_ms(); 0: none */
	/* How long another process that writes is waited for; 0: as long as
	 * it takes; CODE_INDEX_NO_WAIT. ERR_BUSY when it is over. */
	int64_t others_ms;
};
enum { CODE_INDEX_NO_WAIT = -1 };

/* Brings it up to date; made if it is missing. Whoever comes while another
 * thread is at it waits for that. Errors: those of index_update(). */
int code_index_update(struct code_index *x, const struct code_index_wait *wait,
    struct index_update_stats *ret, struct error *err);
/* The same for an index that is there, while no other process does it: for
 * whoever is told that files changed, where nobody waits. Errors:
 * ERR_NOT_FOUND (there is no index), ERR_BUSY, those of index_update(). */
int code_index_refresh(struct code_index *x, const struct code_index_wait *wait,
    struct index_update_stats *ret, struct error *err);
/* Files may have changed: an index that is there is brought up to date in the
 * background some time from now, at the lowest priority. Returns at once. */
void code_index_poke(struct code_index *x);
/* Makes the vectors that are missing, or all anew, as the embedder sees fit;
 * after code_index_update(), which does what costs little, and beside others:
 * nobody waits for it. Errors: ERR_BUSY (another thread is at it), those of
 * nearness_update(). */
int code_index_embed(struct code_index *x, const struct code_index_wait *wait,
    enum embed_effort effort, struct embed_stats *ret, struct error *err);
int code_index_vectors(struct code_index *x, struct nearness_info *ret,
    struct error *err);
/* How far whoever brings it up to date is: files read of those to be read,
 * which is 0 while they are being looked for. */
struct code_index_progress {
	bool busy;
	size_t done, total;
};

void code_index_progress(struct code_index *x,
    struct code_index_progress *ret);
/* The hits are copies: release them at any time. Errors: ERR_NOT_FOUND (there
 * is no index yet), those of index_search(). */
int code_index_search(struct code_index *x, struct str question,
    const struct search_opts *opts, struct search_hits *ret,
    struct error *err);
/* What the graph knows of a name; a map of the repository. Release the answer
 * at any time. Errors: ERR_NOT_FOUND (there is no index yet), those of
 * symbol_find() and repo_map_make(). */
int code_index_symbol(struct code_index *x, struct str name,
    const struct symbol_opts *opts, struct symbol_report *ret,
    struct error *err);
int code_index_map(struct code_index *x, const struct map_opts *opts,
    struct repo_map *ret, struct error *err);
/* Definitions whose name is like what somebody types, best first: at most
 * `max`, which is at most NEAR_MAX. */
int code_index_like(struct code_index *x, struct str typed, size_t max,
    struct symbol_list *ret, struct error *err);
/* Removes the database. ERR_NOT_FOUND: there is none. */
int code_index_drop(struct code_index *x, struct error *err);

#endif
