/* Themes from files: read on the worker, taken when they have come. A user's
 * own (configuration folder) goes before those that friday brings. */
#include <stdlib.h>

#include "base/file.h"
#include "base/mem.h"
#include "tui/inner.h"

struct theme_job {
	struct app_job job; /* first */
	char *name;
	bool chosen;
	struct theme theme;
	struct error err;
	int rc;
};

static int
read_theme(const char *path, struct theme *ret, struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(1 * MIB);
	int rc = file_read(path, &text, err);

	if (rc == 0)
		rc = theme_parse(buf_str(&text), ret, err);
	return rc;
}

/* A name, not a path. */
static bool
is_name(const char *name)
{
	return name[0] != '\0' && name[0] != '.' && strchr(name, '/') == NULL;
}

static int
find_theme(const char *name, struct theme *ret, struct error *err)
{
	CLEANUP(free_ptr) char *config = file_config_dir();
	CLEANUP(free_ptr) char *file = mem_printf("%s.json", name);
	CLEANUP(free_ptr) char *own = mem_printf("%s/themes/%s",
	    config == NULL ? "" : config, file);
	CLEANUP(free_ptr) char *brought = file_data_path("themes", file);

	if (file_exists(own))
		return read_theme(own, ret, err);
	if (brought != NULL)
		return read_theme(brought, ret, err);
	return error_set(err, ERR_NOT_FOUND, "there is no theme \"%s\"", name);
}

static void
load(struct app_job *job)
{
	struct theme_job *t = (struct theme_job *)job;

	t->rc = find_theme(t->name, &t->theme, &t->err);
}

static void
take(struct app *app, struct app_job *job, void *owner)
{
	struct theme_job *t = (struct theme_job *)job;

	if (app != NULL && t->rc == 0) {
		app->theme = t->theme;
		painter_set_theme(app->painter, &app->theme);
		surface_spoil(app->surface);
		transcript_relayout(app->transcript);
		app_damage(app, PART_ALL);
	} else if (app != NULL && t->chosen) {
		app_toast(app, TOAST_ERROR, "Theme %s: %s", t->name,
		    t->err.message);
	}
	free(t->name);
	free(t);
}

void
app_load_theme(struct app *app, const char *name, bool chosen)
{
	struct theme_job *t = mem_new(struct theme_job);

	if (!is_name(name)) {
		app_toast(app, TOAST_ERROR, "That is no name of a theme.");
		free(t);
		return;
	}
	app->theme_chosen |= chosen;
	t->job.work = load;
	t->job.done = take;
	t->job.owner = app;
	t->name = mem_strdup(name);
	t->chosen = chosen;
	if (!app_work(app, &t->job)) {
		free(t->name);
		free(t);
	}
}

/* rxvt and others say their colours in the environment: "15;0" is light on
 * dark. The terminal is asked too, but answers later. */
static enum theme_background
guess_background(const struct app *app)
{
	int count = terminal_traits(app->terminal)->colors;
	const char *colors = getenv("COLORFGBG");
	const char *back = colors == NULL ? NULL : strrchr(colors, ';');

	/* Of few colours its user chose each. */
	if (count > 0 && count <= 16)
		return THEME_ANY;
	return back != NULL &&
		(strcmp(back, ";15") == 0 || strcmp(back, ";7") == 0) ?
	    THEME_LIGHT :
	    THEME_DARK;
}

void
app_first_theme(struct app *app)
{
	const char *name = app->opts->theme;
	struct error err = ERROR_INIT;

	theme_default(&app->theme, guess_background(app));
	if (name == NULL || strcmp(name, "auto") == 0)
		return;
	app->theme_chosen = true;
	if (!is_name(name))
		error_set(&err, ERR_CONFIG_INVALID, "that is no name");
	else
		find_theme(name, &app->theme, &err);
	if (err.code != ERR_NONE)
		app_toast(app, TOAST_ERROR, "Theme %s: %s", name,
		    err.message);
}
