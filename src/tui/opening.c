/* Opening friday and sessions. friday_open() reads files, so it runs on a
 * thread of its own: the first frame is there before. */
#include <stdlib.h>

#include "base/json_writer.h"
#include "base/mem.h"
#include "base/secret.h"
#include "base/thread.h"
#include "core/friday.h"
#include "tui/inner.h"
#include "tui/text/markdown_inline.h"
#include "tui/view/views.h"

struct opened {
	struct letter letter; /* first */
	struct app *app;
	struct friday *friday;
	char *error;
	int status;
};

static void
fail(struct app *app, int status, const struct json *error)
{
	CLEANUP(free_ptr) char *code = str_dup(json_get_str(error, "code"));

	app->status = status;
	error_set(&app->fatal, error_by_name(code), "%.*s",
	    STR_ARG(json_get_str(error, "message")));
	app->quit = true;
}

/* --- sessions ------------------------------------------------------------ */

/* What waited when friday was left waits still: told as if it came now. */
static void
on_queue(struct app *app, int status, const struct json *reply, void *ctx)
{
	CLEANUP_JSON struct json *event = NULL;

	if (status != FRIDAY_OK || json_count(json_get(reply, "items")) == 0)
		return;
	event = json_new_object();
	json_set_str(event, "type", STR("queue.updated"));
	json_set(event, "items", json_copy(json_get(reply, "items")));
	app_event(app, event);
}

static void
show_session(struct app *app, const struct json *reply)
{
	struct str id = json_get_str(reply, "session");
	int64_t last_seq = json_get_int(reply, "last_seq", 0);

	if (app->session[0] != '\0' && !str_eq_c(id, app->session)) {
		struct json *args = json_new_object();

		json_set_str(args, "session", str_from(app->session));
		app_request(app, "session.close", args, NULL, NULL);
	}
	app_forget(app, app->session);
	free(app->session);
	app->session = str_dup(id);
	app->mode_wanted = NULL;
	facts_session(&app->facts, reply);
	deciding_clear(app);
	transcript_open(app->transcript, app->session, last_seq);
	composer_open(app->composer, app->session);
	follower_switch(app->follower, app->session, last_seq);
	requests_session(app->requests, app->session);
	app_request_session(app, "queue.list", NULL, on_queue, app->session);
	repository_look(app);
	repository_look_panel(app);
	welcome_open(app, last_seq);
	app_damage(app, PART_ALL);
}

static void
on_session(struct app *app, int status, const struct json *reply, void *ctx)
{
	bool first = app->session[0] == '\0';

	if (status == FRIDAY_OK) {
		show_session(app, reply);
		if (first && app->opts->prompt != NULL)
			app_submit(app, str_from(app->opts->prompt), NULL,
			    false);
	} else if (first) {
		fail(app, status, reply);
	} else {
		app_toast_error(app, reply);
	}
}

void
app_open_session(struct app *app, const char *operation, struct json *args)
{
	app_request(app, operation, args, on_session, NULL);
}

static void
open_first(struct app *app, void *owner)
{
	struct json *args = json_new_object();

	if (app->session[0] != '\0') {
		json_destroy(args);
		return;
	}
	if (app->opts->resume != NULL)
		json_set_str(args, "session", str_from(app->opts->resume));
	else if (app->opts->last)
		json_set_bool(args, "last", true);
	else {
		app_open_session(app, "session.create", args);
		return;
	}
	app_open_session(app, "session.open", args);
}

/* --- friday -------------------------------------------------------------- */

/* Opens the user's vault. What was asked for in vain ends the screen. */
static void
unlock(struct opened *o, const struct secret *passphrase)
{
	CLEANUP_WIPE struct buf args = BUF_INIT(64 * KIB);
	struct json_writer w = JSON_WRITER(&args);

	buf_reserve(&args, 32 * KIB);
	jw_object(&w);
	jw_key_str(&w, "passphrase", secret_reveal(passphrase));
	jw_end(&w);
	o->status = friday_call(o->friday, "secret.unlock", buf_text(&args),
	    &o->error);
	if (o->status == FRIDAY_OK)
		return;
	friday_close(o->friday);
	o->friday = NULL;
}

static void *
open_friday(void *ctx)
{
	struct opened *o = ctx;
	struct friday_options options = FRIDAY_OPTIONS_INIT;

	markdown_inline_ready();
	options.folder = o->app->opts->folder;
	options.settings = o->app->opts->settings;
	options.flags = FRIDAY_INTERACTIVE;
	o->status = friday_open(&options, &o->friday, &o->error);
	if (o->status == FRIDAY_OK && o->app->opts->passphrase != NULL)
		unlock(o, o->app->opts->passphrase);
	mail_post(o->app->mail, &o->letter);
	return NULL;
}

static void
on_opened(struct app *app, struct letter *letter)
{
	struct opened *o = (struct opened *)letter;
	CLEANUP_JSON struct json *error = NULL;

	if (app == NULL) {
		/* The user left before. */
		friday_close(o->friday);
	} else if (o->status == FRIDAY_OK) {
		app->friday = o->friday;
		follower_connect(app->follower, app->friday);
		requests_connect(app->requests, app->friday);
		trust_check(app, open_first, NULL);
	} else {
		json_parse(str_from(o->error), NULL, &error, NULL);
		fail(app, o->status, error);
	}
	friday_free(o->error);
	free(o);
}

void
app_start(struct app *app)
{
	struct opened *o = mem_new(struct opened);

	o->letter.deliver = on_opened;
	o->app = app;
	if (thread_start(&app->opener, "friday-open", open_friday, o,
		&app->fatal) != 0) {
		free(o);
		app->status = FRIDAY_ERROR;
		app->quit = true;
		return;
	}
	app->opening = true;
}

void
app_close_friday(struct app *app)
{
	if (app->opening)
		pthread_join(app->opener, NULL);
	app->opening = false;
	if (app->follower != NULL)
		follower_connect(app->follower, NULL);
	if (app->requests != NULL)
		requests_connect(app->requests, NULL);
	friday_close(app->friday);
	app->friday = NULL;
}
