/* A hash map from text to a pointer: open addressing, insertion order kept for
 * walking. Keys are copied. Values are the caller's unless a destructor was
 * given. Not thread-safe. */
#ifndef FRIDAY_BASE_MAP_H
#define FRIDAY_BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"
#include "base/str.h"

struct map;
typedef void map_value_destroy_fn(void *value);

struct map *map_create(map_value_destroy_fn *destroy); /* NULL: no destroy */
void map_destroy(struct map *m);
DEFINE_CLEANUP(map_destroy, struct map);
/* Sets, replacing (and destroying) a former value. */
void map_set(struct map *m, struct str key, void *value);
void *map_get(const struct map *m, struct str key); /* NULL: absent */
bool map_has(const struct map *m, struct str key);
/* Removes (and destroys). False: it was not there. */
bool map_remove(struct map *m, struct str key);
size_t map_count(const struct map *m);
/* Walks in insertion order: *cursor starts at 0; false at the end. The map
 * must not change meanwhile. */
bool map_next(const struct map *m, size_t *cursor, struct str *ret_key,
    void **ret_value);

#endif
