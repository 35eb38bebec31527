/* What of an event is text that people read, and look for: the same for the
 * search in the store and for the screen's. */
#ifndef FRIDAY_EVENT_EVENT_TEXT_H
#define FRIDAY_EVENT_EVENT_TEXT_H

#include <stdbool.h>

#include "base/finder.h"
#include "base/json.h"

/* Calls fn for each text of an event (its JSON form), in the order of a fixed
 * table. False from fn ends the walk. */
typedef bool event_text_fn(struct str text, void *ctx);
void event_texts(const struct json *event, event_text_fn *fn, void *ctx);
/* Occurrences in all of them. */
size_t event_text_count(const struct json *event, const struct finder *f);
/* Whether events of that type have any: others need not be looked at. */
bool event_text_has(struct str type);

#endif
