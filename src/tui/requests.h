/* Operations that are under way. Replies are parsed where they arrive, on
 * friday's thread, and handed over by mail.
 *
 * Thread: the screen's. */
#ifndef FRIDAY_TUI_REQUESTS_H
#define FRIDAY_TUI_REQUESTS_H

#include "core/friday.h"
#include "tui/app.h"
#include "tui/mail.h"

struct requests;

struct requests *requests_create(struct mail *mail);
/* After friday was closed. */
void requests_destroy(struct requests *r);
/* Sends from now on what was kept until now; NULL: keeps again. */
void requests_connect(struct requests *r, struct friday *friday);
/* The same for what needs a session; "": keeps again. */
void requests_session(struct requests *r, const char *session);
/* args is consumed. */
void requests_add(struct requests *r, const char *operation,
    struct json *args, bool needs_session, app_reply_fn *reply, void *owner);
void requests_forget(struct requests *r, const void *owner);

#endif
