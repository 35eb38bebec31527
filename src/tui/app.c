/* The application: its parts and what they ask of it; see app.h. */
#include <stdarg.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/term_text.h"
#include "tui/inner.h"
#include "tui/slash.h"
#include "tui/view/views.h"

enum { TOAST_MS = 4000, TOAST_ERROR_MS = 9000 };

int
app_create(const struct tui_opts *opts, struct app **ret, struct error *err)
{
	struct app *app = mem_new(struct app);
	int rows, cols, rc;

	app->opts = opts;
	app->child_fd = -1;
	app->session = mem_strdup("");
	facts_init(&app->facts);
	app->terminal = opts->terminal;
	terminal_enter(app->terminal);
	rc = keymap_create(opts->keymap, &app->keymap, err);
	if (rc == 0)
		app_first_theme(app);
	if (rc == 0)
		rc = painter_create(app->terminal, &app->theme, &app->painter,
		    err);
	if (rc != 0) {
		app_destroy(app);
		return rc;
	}
	terminal_size(app->terminal, &rows, &cols);
	app->surface = surface_create(rows, cols);
	app->input = input_create(app_input, app);
	app->mouse = opts->mouse;
	terminal_mouse(app->terminal, app->mouse);
	app->mail = mail_create();
	app->requests = requests_create(app->mail);
	app->worker = worker_create(app->mail);
	app->follower = follower_create(app, app_event);
	app->transcript = transcript_create(app);
	app->composer = composer_create(app);
	app->damage = PART_ALL;
	app->urgent = true;
	*ret = app;
	return 0;
}

void
app_destroy(struct app *app)
{
	if (app == NULL)
		return;
	while (app->views != NULL)
		app_close(app, app->views);
	composer_destroy(app->composer);
	transcript_destroy(app->transcript);
	painter_destroy(app->painter);
	terminal_destroy(app->terminal);
	app_close_friday(app);
	worker_destroy(app->worker);
	mail_destroy(app->mail);
	follower_destroy(app->follower);
	requests_destroy(app->requests);
	input_destroy(app->input);
	surface_destroy(app->surface);
	keymap_destroy(app->keymap);
	facts_release(&app->facts);
	free(app->timers);
	free(app->session);
	free(app);
}

/* --- what the parts see -------------------------------------------------- */

const struct facts *
app_facts(const struct app *app)
{
	return &app->facts;
}

void
app_past(struct app *app, const struct json *events)
{
	if (facts_past(&app->facts, events))
		app_damage(app, PART_STATUS | PART_PANEL);
}

const char *
app_session(const struct app *app)
{
	return app->session;
}

struct keymap *
app_keymap(struct app *app)
{
	return app->keymap;
}

const struct theme *
app_theme(const struct app *app)
{
	return &app->theme;
}

struct composer *
app_composer(struct app *app)
{
	return app->composer;
}

struct transcript *
app_transcript(struct app *app)
{
	return app->transcript;
}

int64_t
app_now_ms(const struct app *app)
{
	return clock_now_ms();
}

int64_t
app_last_key_ms(const struct app *app)
{
	return app->last_key_ms;
}

struct str
app_raw(const struct app *app)
{
	return app->raw;
}

void
app_damage(struct app *app, unsigned parts)
{
	app->damage |= parts;
}

void
app_set_theme(struct app *app, const char *name)
{
	app_load_theme(app, name, true);
}

void
app_quit(struct app *app)
{
	app->quit = true;
}

/* --- requests, work, time ------------------------------------------------ */

void
app_request(struct app *app, const char *operation, struct json *args,
    app_reply_fn *reply, void *owner)
{
	requests_add(app->requests, operation, args, false, reply, owner);
}

void
app_request_session(struct app *app, const char *operation, struct json *args,
    app_reply_fn *reply, void *owner)
{
	requests_add(app->requests, operation, args, true, reply, owner);
}

bool
app_work(struct app *app, struct app_job *job)
{
	return worker_add(app->worker, job);
}

void
app_forget(struct app *app, void *owner)
{
	size_t kept = 0;

	requests_forget(app->requests, owner);
	worker_forget(app->worker, owner);
	for (size_t i = 0; i < app->n_timers; i++)
		if (app->timers[i].owner != owner)
			app->timers[kept++] = app->timers[i];
	app->n_timers = kept;
	if (app->child_owner == owner)
		app->child_done = NULL;
}

void
app_after(struct app *app, int delay_ms,
    void (*fn)(struct app *app, void *owner), void *owner)
{
	app->timers = mem_grow(app->timers, &app->cap_timers,
	    app->n_timers + 1, sizeof(*app->timers));
	app->timers[app->n_timers++] = (struct timer){
		clock_now_ms() + delay_ms, fn, owner };
}

int
app_timers_wait_ms(const struct app *app)
{
	int64_t first = 0;

	for (size_t i = 0; i < app->n_timers; i++)
		if (first == 0 || app->timers[i].at_ms < first)
			first = app->timers[i].at_ms;
	return clock_left_ms(first);
}

void
app_timers_run(struct app *app)
{
	int64_t now = clock_now_ms();

	for (size_t i = 0; i < app->n_timers;) {
		struct timer due = app->timers[i];

		if (due.at_ms > now) {
			i++;
			continue;
		}
		app->timers[i] = app->timers[--app->n_timers];
		due.fn(app, due.owner);
		/* It may have changed the list. */
		i = 0;
	}
}

/* --- views --------------------------------------------------------------- */

void
app_push(struct app *app, struct view *view)
{
	view->app = app;
	view->below = app->views;
	app->views = view;
	app->chord.count = 0;
	app_damage(app, PART_ALL);
}

void
app_close(struct app *app, struct view *view)
{
	struct view **at = &app->views;

	while (*at != NULL && *at != view)
		at = &(*at)->below;
	if (*at == NULL)
		return;
	*at = view->below;
	view->ops->destroy(view);
	app->chord.count = 0;
	app_damage(app, PART_ALL);
}

struct view *
app_find(struct app *app, const struct view_ops *ops)
{
	for (struct view *v = app->views; v != NULL; v = v->below)
		if (v->ops == ops)
			return v;
	return NULL;
}

/* --- toasts -------------------------------------------------------------- */

static void
end_toast(struct app *app, void *owner)
{
	if (clock_now_ms() < app->toast_until_ms)
		return;
	app->toast[0] = '\0';
	app_damage(app, PART_ALL);
}

void
app_toast(struct app *app, enum toast_level level, const char *format, ...)
{
	CLEANUP_BUF struct buf text = BUF_INIT(4 * KIB);
	CLEANUP_BUF struct buf clean = BUF_INIT(64 * KIB);
	int wait = level == TOAST_INFO ? TOAST_MS : TOAST_ERROR_MS;
	va_list args;

	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	term_text_line(buf_str(&text), &clean);
	snprintf(app->toast, sizeof(app->toast), "%s", buf_text(&clean));
	app->toast_level = level;
	app->toast_until_ms = clock_now_ms() + wait;
	app_after(app, wait, end_toast, &app->toast);
	app_damage(app, PART_ALL);
}

void
app_toast_error(struct app *app, const struct json *error)
{
	struct str message = json_get_str(error, "message");
	struct str hint = json_get_str(error, "hint");

	if (message.len == 0)
		message = STR("that did not work");
	if (hint.len > 0)
		app_toast(app, TOAST_ERROR, "%.*s%s %.*s", STR_ARG(message),
		    str_ends(message, STR(".")) ? "" : ".", STR_ARG(hint));
	else
		app_toast(app, TOAST_ERROR, "%.*s", STR_ARG(message));
}

/* --- the session --------------------------------------------------------- */

void
app_submit(struct app *app, struct str text, struct json *attachments,
    bool queue)
{
	struct json *args = json_new_object();

	json_set_str(args, "text", text);
	if (attachments != NULL)
		json_set(args, "attachments", attachments);
	if (queue)
		json_set_str(args, "when_busy", STR("queue"));
	app_request_session(app, "run.submit", args, NULL, NULL);
}

bool
app_slash(struct app *app, struct str line)
{
	const struct slash_row *row;
	struct str name;
	size_t end;

	line = str_trim(line);
	if (line.len < 2 || line.ptr[0] != '/')
		return false;
	end = str_find_char(line, ' ', 0);
	name = str_sub(line, 1, end == SIZE_MAX ? SIZE_MAX : end - 1);
	row = slash_find(name);
	if (row == NULL)
		return false;
	row->run(app, end == SIZE_MAX ? STR_NONE :
					str_trim(str_sub(line, end, SIZE_MAX)));
	return true;
}

void
app_event(struct app *app, const struct json *event)
{
	struct view *below;

	if (facts_event(&app->facts, event, clock_now_ms()))
		app_damage(app, PART_STATUS | PART_PANEL);
	if (app->mode_wanted != NULL &&
	    strcmp(app->facts.mode, app->mode_wanted) == 0)
		app->mode_wanted = NULL;
	if (!app->facts.running)
		app->cancels = 0;
	notify_event(app, event);
	repository_event(app, event);
	indexing_event(app, event);
	transcript_event(app->transcript, event);
	composer_event(app->composer, event);
	deciding_event(app, event);
	for (struct view *v = app->views; v != NULL; v = below) {
		below = v->below;
		if (v->ops->event != NULL)
			v->ops->event(v, event);
	}
}
