/* Looking at the members of an event (JSON members without braces) without
 * building a tree: deltas are many, and a whole answer can be megabytes. */
#ifndef FRIDAY_STORE_MEMBERS_H
#define FRIDAY_STORE_MEMBERS_H

#include "base/str.h"

/* The raw JSON value of the member `key` at the top level, or STR_NONE. Keys
 * are compared as written (ours have no escapes). Malformed text gives
 * STR_NONE or some part of it, never a read outside. */
struct str members_raw(struct str members, const char *key);
/* The inside of a string's quotes, escapes as they are; STR_NONE if the
 * member is missing or no string. */
struct str members_text(struct str members, const char *key);

#endif
