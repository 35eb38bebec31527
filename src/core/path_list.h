/* The paths of the workspace for completion: files and folders that git does
 * not ignore, kept in memory and read again when they may have changed.
 *
 * Thread: one at a time (the worker that completes). */
#ifndef FRIDAY_CORE_PATH_LIST_H
#define FRIDAY_CORE_PATH_LIST_H

#include "base/error.h"
#include "base/json.h"
#include "base/json_writer.h"

struct path_list;
struct workspace;

struct path_list *path_list_create(void);
void path_list_destroy(struct path_list *l);
/* Walks the workspace. On an error what was known stays. */
int path_list_read(struct path_list *l, const struct workspace *w,
    struct error *err);
/* Milliseconds since it was read; -1: never. */
int64_t path_list_age_ms(const struct path_list *l);
size_t path_list_count(const struct path_list *l);
/* How often and when paths were named: {"path": [count, wall_ms]}. */
void path_list_set_used(struct path_list *l, const struct json *used);
/* Writes the best `limit` matches into the open array, best first:
 * {"path", "folder"}; folders end in a slash. Returns how many match. */
size_t path_list_find(const struct path_list *l, struct str query,
    size_t limit, struct json_writer *w);

#endif
