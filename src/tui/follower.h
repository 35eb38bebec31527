/* The events of one session, in order and without gaps: what the subscription
 * delivers, and from the store what it had to drop, asked for without waiting.
 *
 * Thread: the screen's. */
#ifndef FRIDAY_TUI_FOLLOWER_H
#define FRIDAY_TUI_FOLLOWER_H

#include "core/friday.h"
#include "tui/app.h"

struct follower;

struct follower *follower_create(struct app *app,
    void (*on_event)(struct app *app, const struct json *event));
void follower_destroy(struct follower *f);
/* Before friday_close() too: NULL. */
void follower_connect(struct follower *f, struct friday *friday);
/* Follows another session from behind last_seq on. */
void follower_switch(struct follower *f, const char *session, int64_t last_seq);
/* Readable while events wait; -1: nothing to be read now. */
int follower_fd(const struct follower *f);
/* Gives events for at most budget_ms. True: more wait. */
bool follower_pump(struct follower *f, int budget_ms);

#endif
