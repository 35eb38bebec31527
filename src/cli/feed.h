/* The events of one session, in order and without gaps, as parsed JSON: what
 * the subscription delivers, and from the store what it had to drop. */
#ifndef FRIDAY_CLI_FEED_H
#define FRIDAY_CLI_FEED_H

#include "cli/cli.h"

struct feed;

struct feed *feed_create(struct cli *cli, const char *session,
    int64_t last_seq);
void feed_destroy(struct feed *f);
DEFINE_CLEANUP(feed_destroy, struct feed);
/* Readable while events wait. */
int feed_fd(const struct feed *f);
/* The next event, the caller's; NULL: none waits. *ret_text (may be NULL): its
 * text, which lives until the next call. */
struct json *feed_next(struct feed *f, struct str *ret_text);

#endif
