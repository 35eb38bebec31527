/* The screen's program: what the parts of the screen (composer, transcript,
 * status line, views) ask of the whole. The parts never see each other; what
 * they need of friday they request here, and answers come back on this thread.
 *
 * Thread: the screen's, all of it. Nothing here waits. */
#ifndef FRIDAY_TUI_APP_H
#define FRIDAY_TUI_APP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/json.h"
#include "tui/facts.h"
#include "tui/keymap.h"
#include "tui/view.h"

struct app;
struct composer;
struct theme;
struct transcript;

/* status: enum friday_status. reply lives during the call; with a status
 * other than FRIDAY_OK it is the error object (code, message, hint). */
typedef void app_reply_fn(struct app *app, int status,
    const struct json *reply, void *ctx);

/* Starts an operation. args is consumed (NULL: none). `owner` is whoever must
 * still live when the reply comes: app_forget(owner) drops the replies that
 * are outstanding. reply may be NULL: then errors become a toast. */
void app_request(struct app *app, const char *operation, struct json *args,
    app_reply_fn *reply, void *owner);
/* The same with the member "session" of the session that is open. */
void app_request_session(struct app *app, const char *operation,
    struct json *args, app_reply_fn *reply, void *owner);
/* Also drops the owner's timers. */
void app_forget(struct app *app, void *owner);

/* The index may be in the making: the status line tells how far it is. */
void app_index_look(struct app *app);

/* Calls back once after delay_ms. */
void app_after(struct app *app, int delay_ms,
    void (*fn)(struct app *app, void *owner), void *owner);
int64_t app_now_ms(const struct app *app);
/* When the key before the one that is being handled was pressed; 0: none was.
 * What opens under the user's fingers must not take what was meant for the
 * input. */
int64_t app_last_key_ms(const struct app *app);
/* The bytes that the key being handled came from, for /keymap debug. */
struct str app_raw(const struct app *app);

/* Puts a view on top; it is the stack's now. */
void app_push(struct app *app, struct view *view);
/* Takes it out, wherever it is, and destroys it. */
void app_close(struct app *app, struct view *view);
/* The top view with these ops; NULL: none. */
struct view *app_find(struct app *app, const struct view_ops *ops);

enum app_part {
	PART_TRANSCRIPT = 1,
	PART_COMPOSER = 2, /* also its height */
	PART_STATUS = 4,
	PART_VIEWS = 8,
	PART_PANEL = 16,
	PART_ALL = 31,
};
/* These parts look different now: drawn with the next frame. */
void app_damage(struct app *app, unsigned parts);

/* One short line over the status line for some seconds. */
enum toast_level { TOAST_INFO, TOAST_WARNING, TOAST_ERROR };
void app_toast(struct app *app, enum toast_level level, const char *format,
    ...) __attribute__((format(printf, 3, 4)));
/* An error object as a toast: message and hint. */
void app_toast_error(struct app *app, const struct json *error);

const struct facts *app_facts(const struct app *app);
/* Events of the open session from before it was opened, oldest first. */
void app_past(struct app *app, const struct json *events);
/* Id of the open session; "" until there is one. */
const char *app_session(const struct app *app);
/* Goes over to another session: args as for session.open or .create. */
void app_open_session(struct app *app, const char *operation,
    struct json *args);
struct keymap *app_keymap(struct app *app);
const struct theme *app_theme(const struct app *app);
/* The theme of that name, now. Errors become a toast. */
void app_set_theme(struct app *app, const char *name);
struct composer *app_composer(struct app *app);
struct transcript *app_transcript(struct app *app);
/* Sends text to the agent; `queue`: when the run has ended. attachments: array
 * as run.submit takes it, consumed; NULL: none. */
void app_submit(struct app *app, struct str text, struct json *attachments,
    bool queue);
/* "/model opus": false when there is no such command. */
bool app_slash(struct app *app, struct str line);
/* An action that no part took: mode cycle, interrupt, palette, … */
bool app_action(struct app *app, enum action action);
/* Copies by the clipboard ladder and says how it went. */
void app_copy(struct app *app, struct str text);
/* Leaves the screen, runs a program on the terminal ($EDITOR), comes back.
 * done gets its exit status (negative: it did not start). argv is copied. */
void app_run_program(struct app *app, const char *const *argv,
    void (*done)(struct app *app, int status, void *owner), void *owner);
void app_quit(struct app *app);

/* A job for the worker thread (highlighting): work() runs there, done() here
 * later, with the same job, also when the owner is gone (owner NULL then). At
 * the very end done() comes without an owner and with app NULL, perhaps without
 * work() before: it frees. */
struct app_job {
	void (*work)(struct app_job *job);
	void (*done)(struct app *app, struct app_job *job, void *owner);
	void *owner;
	struct app_job *next; /* the queue's */
};
/* False: too many wait; nothing was taken. */
bool app_work(struct app *app, struct app_job *job);

#endif
