/* The events of one session, in order and without gaps: what the subscription
 * delivers, and from the store what it had to drop, asked for without waiting.
 *
 * Thread: the screen's. */
#ifndef FRIDAY_TUI_FEED_H
#define FRIDAY_TUI_FEED_H

#include "core/friday.h"
#include "tui/app.h"

struct feed;

struct feed *feed_create(struct app *app, void (*on_event)(struct app *app,
    const struct json *event));
void feed_destroy(struct feed *f);
/* Before friday_close() too: NULL. */
void feed_connect(struct feed *f, struct friday *friday);
/* Follows another session from behind last_seq on. */
void feed_follow(struct feed *f, const char *session, int64_t last_seq);
/* Readable while events wait; -1: nothing to be read now. */
int feed_fd(const struct feed *f);
/* Gives events for at most budget_ms. True: more wait. */
bool feed_pump(struct feed *f, int budget_ms);

#endif
