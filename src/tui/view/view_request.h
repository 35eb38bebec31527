/* What views of every kind do with an operation: ask for it, and keep what an
 * error says. Thread: the screen's. */
#ifndef FRIDAY_TUI_VIEW_VIEW_REQUEST_H
#define FRIDAY_TUI_VIEW_VIEW_REQUEST_H

#include "tui/app.h"

/* app_request(), or app_request_session() where `session` is set. */
void view_request(struct app *app, const char *operation, struct json *args,
    bool session, app_reply_fn *reply, void *owner);
/* The message and the hint of an error (NULL: there is none) as lines for the
 * screen, in the place of the former ones; NULL where there is nothing to
 * say. */
void view_keep_error(const struct json *error, char **message, char **hint);

#endif
