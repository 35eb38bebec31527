/* The views, as the application and the slash commands open them. Each is a
 * file of its own; opening one that is open already brings nothing new.
 *
 * Thread: the screen's. */
#ifndef FRIDAY_TUI_VIEW_VIEWS_H
#define FRIDAY_TUI_VIEW_VIEWS_H

#include <stdbool.h>

#include "base/str.h"
#include "tui/keymap.h"

struct app;
struct json;

/* The view that an action asks for: palette, help, model, rewind. False: the
 * action is none of those. */
bool views_action(struct app *app, enum action action);

/* What the slash commands of those names open. */
void view_code_search(struct app *app, struct str words);
void view_compact(struct app *app, struct str instructions);
void view_context(struct app *app);
void view_cost(struct app *app);
void view_diff(struct app *app, struct str scope); /* "run", "tree", "" */
void view_help(struct app *app);
void view_key_debug(struct app *app);
void view_keys(struct app *app);
void view_memory(struct app *app);
void view_model(struct app *app);
void view_modes(struct app *app);
void view_palette(struct app *app);
void view_permissions(struct app *app);
void view_rename(struct app *app);
/* What is not committed; "staged"; a range, a branch, a commit. */
void view_review(struct app *app, struct str what);
void view_rewind(struct app *app);
void view_sessions(struct app *app);
void view_settings(struct app *app);
void view_shells(struct app *app);
void view_skills(struct app *app);
void view_status(struct app *app);
void view_summary(struct app *app);
void view_themes(struct app *app);
void view_tools(struct app *app);
/* These keys from now on; kept in the configuration. */
void keys_keep(struct app *app, const char *preset);
/* One step more or less of effort: 1, -1. */
void view_effort(struct app *app, int step);

/* Takes in each event of the session, before the open views do: opens the box
 * for an approval or a question that nobody has answered yet. */
void deciding_event(struct app *app, const struct json *event);
/* After another session was opened: what waited in the former is gone. */
void deciding_clear(struct app *app);

/* Asks whether this folder is trusted, where that is not known; friday's
 * settings are read again after a yes. Then, in each case and once: then().
 * To be called before the first session is made. */
void trust_check(struct app *app,
    void (*then)(struct app *app, void *owner), void *owner);

#endif
