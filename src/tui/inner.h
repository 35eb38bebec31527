/* The application's own state, for the files that make it up: app.c (parts and
 * what they ask for), layout.c (where they stand, frames), dispatch.c (input),
 * actions.c, opening.c (friday and the session), loop.c. The parts (composer,
 * transcript, views) never see this. */
#ifndef FRIDAY_TUI_INNER_H
#define FRIDAY_TUI_INNER_H

#include <sys/types.h>

#include "base/error.h"
#include "tui/app.h"
#include "tui/composer/composer.h"
#include "tui/follower.h"
#include "tui/mail.h"
#include "tui/requests.h"
#include "tui/status_line.h"
#include "tui/terminal/input.h"
#include "tui/terminal/painter.h"
#include "tui/terminal/terminal.h"
#include "tui/text/theme.h"
#include "tui/transcript/transcript.h"
#include "tui/tui.h"
#include "tui/worker.h"

enum { TOAST_TEXT = 512, FRAME_MS = 16 };

struct timer {
	int64_t at_ms;
	void (*fn)(struct app *app, void *owner);
	void *owner;
};

/* The newest session of this folder, for the empty one. */
struct welcome {
	char title[256], age[32]; /* "": none */
};

/* Where the parts stand; rows 0: not shown. */
struct layout {
	struct rect transcript, panel, toast, bottom, status;
	struct view *page, *docked; /* what is drawn instead */
	struct view *under; /* a page in place of the transcript */
};

struct app {
	const struct tui_opts *opts;
	struct terminal *terminal;
	struct painter *painter;
	struct surface *surface;
	struct input *input;
	struct theme theme;
	bool theme_chosen; /* by the user: the background no longer counts */
	struct keymap *keymap;
	struct facts facts;
	struct composer *composer;
	struct transcript *transcript;
	struct view *views; /* the top one first */
	/* Threads and friday. */
	struct mail *mail;
	struct requests *requests;
	struct worker *worker;
	struct follower *follower;
	struct friday *friday;
	pthread_t opener;
	bool opening;
	char *session;
	bool look_due, looking, look_again; /* repository.c */
	bool index_asked; /* indexing.c */
	struct welcome welcome;
	/* Painting. */
	struct layout layout;
	unsigned damage; /* enum app_part */
	bool urgent;	 /* after input: the frame does not wait */
	bool panel, mouse;
	int64_t painted_ms;
	/* Toast. */
	char toast[TOAST_TEXT];
	enum toast_level toast_level;
	int64_t toast_until_ms;
	/* Input. */
	const char *mode_wanted; /* asked for, not yet told; NULL: none */
	struct key_chord chord;
	int64_t last_key_ms, escape_ms, quit_ms;
	struct str raw;
	bool unfocused;
	int cancels; /* of the run that goes on */
	struct timer *timers;
	size_t n_timers, cap_timers;
	/* A program that has the terminal. */
	int child_fd; /* pidfd; -1: none */
	pid_t child;
	void (*child_done)(struct app *app, int status, void *owner);
	void *child_owner;
	int signal_fd;
	bool quit, lost;
	int status; /* exit status */
	struct error fatal; /* why it ended; code 0: it did not fail */
};

/* app.c */
int app_create(const struct tui_opts *opts, struct app **ret,
    struct error *err);
void app_destroy(struct app *app);
void app_event(struct app *app, const struct json *event);
int app_timers_wait_ms(const struct app *app);
void app_timers_run(struct app *app);

/* layout.c */
void app_resize(struct app *app);
/* Paints when there is something to paint and it is time. */
void app_paint(struct app *app);
/* Milliseconds until a frame is due; -1: nothing changed. */
int app_frame_wait_ms(const struct app *app);

/* dispatch.c */
void app_read_input(struct app *app);
void app_input(const struct input_event *ev, void *ctx);

/* opening.c */
/* Opens friday on a thread of its own. */
void app_start(struct app *app);
/* Again, with the settings as they are now; then `then`. */
void app_close_friday(struct app *app);

/* loop.c */
void app_loop(struct app *app);
void app_suspend(struct app *app);

/* notify.c */
/* Tells somebody who looks elsewhere that a run ended or asks. */
void notify_event(struct app *app, const struct json *event);

/* repository.c */
/* Asks for branch and dirt, soon. */
void repository_look(struct app *app);
/* Asks for what the panel shows, while it is open. */
void repository_look_panel(struct app *app);
void repository_event(struct app *app, const struct json *event);
/* indexing.c: how far the index is, for the status line. */
void indexing_event(struct app *app, const struct json *event);

/* welcome.c: what an empty session shows. */
/* A session was opened; last_seq 0: nothing was said in it yet. */
void welcome_open(struct app *app, int64_t last_seq);
void welcome_draw(struct app *app, struct rect r);

/* theme_files.c */
/* Before the first frame, so it reads the file at once. */
void app_first_theme(struct app *app);
void app_load_theme(struct app *app, const char *name, bool chosen);

#endif
