/* The form for what the agent asks (ask_user). Thread: the screen's. */
#ifndef FRIDAY_TUI_VIEW_QUESTION_H
#define FRIDAY_TUI_VIEW_QUESTION_H

struct app;
struct json;

/* A question.requested; several wait in their order. */
void question_ask(struct app *app, const struct json *event);
/* A question.resolved, whoever answered it. */
void question_resolved(struct app *app, const struct json *event);
void question_clear(struct app *app);

#endif
