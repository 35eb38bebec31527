/* Scrubbers outside a run: for the log, and for what leaves as an export. */
#ifndef FRIDAY_CORE_HOST_SCRUB_H
#define FRIDAY_CORE_HOST_SCRUB_H

#include "safety/scrubber.h"
#include "store/store.h"

/* A log_filter_fn; ctx: a struct scrubber. */
void host_scrub_log(struct str text, struct buf *out, void *ctx);
/* The caller's: with the key of the session, so that an export has the
 * placeholders that the model saw; with a new one where it has none. */
struct scrubber *host_scrub_session(struct store_reader *r,
    const char *session);
/* With a key of its own. */
struct scrubber *host_scrub_create(void);

#endif
