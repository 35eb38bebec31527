/* The box for approvals. Thread: the screen's. */
#ifndef FRIDAY_TUI_VIEW_APPROVAL_H
#define FRIDAY_TUI_VIEW_APPROVAL_H

struct app;
struct json;

/* An approval.requested: shown, or put behind those that wait already. */
void approval_ask(struct app *app, const struct json *event);
/* An approval.resolved, whoever answered it. */
void approval_resolved(struct app *app, const struct json *event);
/* All are gone: the run ended, another session was opened. */
void approval_clear(struct app *app);

#endif
